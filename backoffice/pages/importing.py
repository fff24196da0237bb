"""The decision to bring reference data in by file: looked at first, then imported whole or not at all.

The file is kept for half an hour between the two. What the second step would do is worked out anew;
where others changed something meanwhile, the person looks again.
"""

import json
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from import_export.results import Result
from tablib import Dataset
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice.pages.blocks import NOTHING, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import chip
from backoffice.pages.reference import ReferenceResource
from marketplace.shared.errors import DomainError, Invalid
from marketplace.shared.tables import TableUnreadable, read_table, repeated

BYTES_MAX = 2_000_000
ROWS_MAX = 500  # Each asks a command, twice, while a person waits.
KEPT_S = 1_800


class FileRefused(Invalid):
    """The file as a whole; `field` is where it was chosen."""

    code = "reference_file_refused"
    message = _("%(problem)s")
    field = "file"


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File"), required=False, widget=UnfoldAdminFileFieldWidget(),
        help_text=_("CSV or XLSX, its columns named in the first row."),
    )  # fmt: skip
    # Of the second step: which file was looked at, and what it would have done.
    kept = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    agreed = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())


def importing(resource: type[ReferenceResource], permission: str) -> Decision:
    """The import of a list; the list's export, as CSV or XLSX, is a file that fits."""
    return Decision(
        "import",
        _("Import"),
        permission,
        partial(_import, resource=resource),
        form=ImportForm,
        ask=_asked(resource),
        icon="upload_file",
        submit=_("Look at what would change"),
        own_page=True,
    )


def _asked(resource: type[ReferenceResource]) -> Any:
    def ask(thing: Any) -> str:
        optional = [name for name in resource.columns() if name not in resource.required]
        return gettext(
            "Columns: %(required)s; if wanted: %(optional)s. An export of the list is such a file. "
            "You see what would change before anything does."
        ) % {"required": ", ".join(resource.required), "optional": ", ".join(optional) or "–"}

    return ask


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: what it does (`new`, `changed`, `unchanged`, `refused`), to what, and how."""

    number: int
    what: str
    name: str
    changes: tuple[tuple[str, str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    lines: tuple[Line, ...]

    def of(self, what: str) -> list[Line]:
        return [line for line in self.lines if line.what == what]

    @property
    def seal(self) -> str:
        """The same where the same would happen."""
        said = [(line.number, line.what, line.changes) for line in self.lines]
        return sha256(json.dumps(said).encode()).hexdigest()


def _import(asked: Asked, *, resource: type[ReferenceResource]) -> HttpResponse:
    data = asked.data
    key, content = (data["kept"], _kept(asked, data["kept"])) if data["kept"] else _keep(asked)
    numbers, rows = _read(content, resource)
    with transaction.atomic():
        outcome = _outcome(resource, resource(asked.actor).import_data(rows), numbers, rows)
        is_done = data["agreed"] == outcome.seal and not outcome.of("refused")
        if not is_done:
            transaction.set_rollback(True)
    if not is_done:
        return _review(asked, outcome, key, resource._meta.model)
    cache.delete(_cache_key(asked, key))
    messages.success(asked.request, _said(outcome))
    return HttpResponseRedirect(asked.request.path.partition("do/")[0])


# --- The file ---


def _keep(asked: Asked) -> tuple[str, bytes]:
    file = asked.data["file"]
    content = file.read(BYTES_MAX + 1) if file else b""
    if not content:
        raise FileRefused(problem=gettext("Choose a file that is not empty."))
    if len(content) > BYTES_MAX:
        raise FileRefused(problem=gettext("The file is too large."))
    key = uuid4().hex
    cache.set(_cache_key(asked, key), content, KEPT_S)
    return key, content


def _kept(asked: Asked, key: str) -> bytes:
    content: bytes | None = cache.get(_cache_key(asked, key))
    if content is None:
        raise FileRefused(problem=gettext("This file is not kept any more. Choose it again."))
    return content


def _cache_key(asked: Asked, key: str) -> str:
    return f"reference:{asked.actor.id}:{key}"


def _read(content: bytes, resource: type[ReferenceResource]) -> tuple[list[int], Dataset]:
    """The rows that are not empty, and their numbers as a spreadsheet shows them."""
    try:
        table = list(read_table(content, rows_max=ROWS_MAX + 2))
    except TableUnreadable as error:
        raise FileRefused(problem=str(error)) from error
    header = [name.strip().lower() for name in table[0]] if table else []
    _check_header(header, resource)
    if len(table) > ROWS_MAX + 1:
        raise FileRefused(
            problem=gettext("The file has more than %(most)s rows. Please split it.")
            % {"most": ROWS_MAX}
        )
    numbers, rows = [], Dataset(headers=header)
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            numbers.append(number)
            rows.append([*cells, *[""] * len(header)][: len(header)])
    if not numbers:
        raise FileRefused(problem=gettext("The file has no rows below its header."))
    return numbers, rows


def _check_header(header: list[str], resource: type[ReferenceResource]) -> None:
    def refuse(problem: str, names: list[str]) -> None:
        if names:
            raise FileRefused(problem=problem % {"columns": ", ".join(names)})

    missing = [name for name in resource.required if name not in header]
    refuse(gettext("The first row must name the columns; missing: %(columns)s."), missing)
    refuse(gettext("These columns stand in the first row twice: %(columns)s."), repeated(header))
    unknown = [name for name in header if name and name not in resource.columns()]
    refuse(gettext("We do not know these columns: %(columns)s."), unknown)


# --- What comes of it ---


def _outcome(
    resource: type[ReferenceResource], result: Result, numbers: list[int], rows: Dataset
) -> Outcome:
    """Raises what is no refusal: a row that meets a bug is not the file's fault."""
    for error in result.base_errors:
        raise error.error
    columns = {field.attribute: field.column_name for field in resource.fields.values()}
    problems = {row.number: _problems(row.error_dict, columns) for row in result.invalid_rows}
    lines = []
    for place, (number, row, cells) in enumerate(
        zip(numbers, result.rows, rows, strict=True), start=1
    ):
        for error in row.errors:
            if not isinstance(error.error, DomainError):
                raise error.error
            field = error.error.field
            problems[place] = (
                f"{field}: {error.error}" if field in rows.headers else str(error.error)
            )
        what = "refused" if place in problems else _TOLD[row.import_type]
        changes = tuple(row.diff or ()) if what in {"new", "changed"} else ()
        lines.append(Line(number, what, cells[0], changes, problems.get(place, "")))
    return Outcome(tuple(lines))


_TOLD = {"new": "new", "update": "changed", "skip": "unchanged"}
WHAT = {
    "new": _("New"),
    "changed": _("Changed"),
    "unchanged": _("As it is"),
    "refused": _("Refused"),
}
COLOURS = {"new": "done", "changed": "waiting", "refused": "refused"}


def _problems(by_field: dict[str, list[str]], columns: dict[str, str]) -> str:
    return " ".join(
        f"{columns.get(field, field)}: {' '.join(problems)}" for field, problems in by_field.items()
    )


def _review(asked: Asked, outcome: Outcome, key: str, model: Any) -> HttpResponse:
    pages: Any = admin.site._registry[model]
    refused = outcome.of("refused")
    moving = len(outcome.lines) - len(outcome.of("unchanged"))
    context = pages._context(asked.request, None) | {
        "title": gettext("Import: %(list)s") % {"list": pages.opts.verbose_name_plural},
        "figures": [(label, len(outcome.of(what))) for what, label in WHAT.items()],
        "blocks": [_table(outcome)],
        "form": ImportForm(initial={"kept": key, "agreed": outcome.seal}),
        "is_possible": bool(moving) and not refused,
        "refused": refused,
        "is_another": bool(asked.data["agreed"]),
        "moving": moving,
        "address": asked.request.path,
        "back": pages.address(),
    }
    status = 422 if refused else 200
    return TemplateResponse(asked.request, "console/import.html", context, status=status)


def _table(outcome: Outcome) -> Table:
    """What is refused first: it is to be mended. What is as it was is only counted."""
    shown = [line for what in ("refused", "new", "changed") for line in outcome.of(what)]
    return Table(
        gettext("Rows"),
        [(_("Row"), "number"), _("Name"), _("What happens"), _("What changes")],
        [_drawn(line) for line in shown],
        empty=gettext("Every row says what is so already."),
        is_said=True,
    )


def _drawn(line: Line) -> tuple[Any, ...]:
    said = line.problem or format_html_join(
        mark_safe("<br>"),
        "<strong>{}</strong>: {}{}",
        (
            (column, f"{before} → " if before else "", after or NOTHING)
            for column, before, after in line.changes
        ),
    )
    return line.number, line.name, chip(COLOURS[line.what], WHAT[line.what]), said


def _said(outcome: Outcome) -> str:
    new, changed = len(outcome.of("new")), len(outcome.of("changed"))
    return " ".join(
        (
            ngettext("%(count)s was added.", "%(count)s were added.", new) % {"count": new},
            ngettext("%(count)s was changed.", "%(count)s were changed.", changed)
            % {"count": changed},
        )
    )
