"""Bulk decisions: what was chosen and would be refused, started with a reason, followed, cancelled, taken away."""

import csv
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.exception_together import ResolutionForm
from backoffice.admin.keyset import Keyset
from backoffice.pages.blocks import Facts, Page, Piece, Table
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import NOTHING, chip, moment, money, state_column
from backoffice.pages.export import attachment
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import upper
from backoffice.work.later import IN_BULK
from backoffice.work.prepared import PreparedLater
from marketplace.accounts.states import Language
from marketplace.casework.commands import cancel_bulk, mark_bulk_seen, start_bulk
from marketplace.casework.models import BulkRow, BulkRun
from marketplace.casework.states import BulkStatus, RowOutcome
from marketplace.reconciliation.states import Resolution
from reports.taking import record_export
from reports.texts import disarmed
from tasks.bulk import ACTIONS, WORDS, may_decide, with_words

SAMPLE = 20
FORMS = {"listings.reject": ReasonForm, "exceptions.resolve": ResolutionForm}


class StartForm(ThingForm):
    """What a single decision of this kind asks, once for all rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = FORMS.get(self.thing.action) if self.thing is not None else None
        if asked is not None:
            self.fields.update(asked().fields)


def _start(asked: Asked) -> None:
    answers = with_words(asked.object.action, asked.data, asked.request.POST.get("macro", ""))
    start_bulk(run_id=asked.object.pk, answers=answers, actor=asked.actor)


def _cancel(asked: Asked) -> None:
    cancel_bulk(run_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _discard(asked: Asked) -> None:
    cancel_bulk(run_id=asked.object.pk, reason="", actor=asked.actor)


def _download(asked: Asked) -> StreamingHttpResponse:
    """Every row with what came of it; taking it leaves a trace, as the export of any list."""
    run = asked.object
    record_export(of="casework.bulkrun", form="csv", query=run.reference, actor=asked.actor)
    response = StreamingHttpResponse(_sheet(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = attachment(run.reference.lower(), "csv")
    return response


class _Echo:
    def write(self, text: str) -> str:
        return text


def _sheet(run: BulkRun) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(
        [gettext("Reference"), gettext("Outcome"), gettext("Reason"), gettext("Decided")]
    )
    for row in run.rows.order_by("id").iterator(chunk_size=2_000):
        at = f"{localtime(row.decided_at):%Y-%m-%d %H:%M:%S}" if row.decided_at else ""
        outcome = str(row.get_outcome_display())
        yield writer.writerow([disarmed(row.label), outcome, disarmed(row.said), at])


def _is_mine(run: BulkRun, request: HttpRequest) -> bool:
    return bool(run.requested_by_id == request.user.pk)


def _may_start(run: BulkRun, request: HttpRequest) -> bool:
    is_draft = run.status == BulkStatus.DRAFT
    return is_draft and _is_mine(run, request) and may_decide(run.action, run.requested_by_id)


def _may_discard(run: BulkRun, request: HttpRequest) -> bool:
    return run.status == BulkStatus.DRAFT and _is_mine(run, request)


def _may_cancel(run: BulkRun, request: HttpRequest) -> bool:
    return run.status == BulkStatus.RUNNING and _is_mine(run, request)


@admin.register(BulkRun)
class BulkRunAdmin(Keyset):
    aggregate = "bulk"
    chips = "status"
    intro = _(
        "Decisions about more rows than one request makes. A worker makes them, one by one; you may"
        " leave the page."
    )
    empty = _("Choose “all that are listed” above a queue to decide about more than one page.")
    list_display = (
        "reference", "what", "status_label", "total", "done", "refused", "requested_by", "requested",
    )  # fmt: skip
    list_select_related = ("requested_by",)
    page_select_related = ("requested_by",)
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the bulk decision")
    status_label = state_column()
    decisions = (
        Decision(
            "discard",
            _("Let it be"),
            IN_BULK,
            _discard,
            done=_("Nothing was decided."),
            icon="delete",
            when=_may_discard,
        ),
        Decision(
            "start",
            _("Decide all of them"),
            IN_BULK,
            _start,
            done=_("It runs. You may leave the page; “My work” tells when it is done."),
            form=StartForm,
            prepared=PreparedLater(lambda run: ACTIONS[run.action].macros),
            ask=_("Each row is decided by itself, as if you had decided it alone, in your name."),
            icon="done_all",
            variant="primary",
            when=_may_start,
            key="a",
        ),
        Decision(
            "cancel",
            _("Cancel the rest"),
            IN_BULK,
            _cancel,
            done=_("The rest is left undecided."),
            form=ReasonForm,
            ask=_("What is decided stays decided."),
            icon="stop_circle",
            variant="danger",
            when=_may_cancel,
            only_adds=True,
        ),
        Decision(
            "download",
            _("Outcome as CSV"),
            IN_BULK,
            _download,
            icon="download",
            only_adds=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkRun]:
        """Those about which this person might decide, too: rows and reasons tell something."""
        rows: QuerySet[BulkRun] = super().get_queryset(request)
        known = [
            name
            for name, action in ACTIONS.items()
            if request.user.has_perm(f"backoffice.{action.duty}")
        ]
        return rows.filter(action__in=known)

    @display(description=_("Decision"))
    def what(self, run: BulkRun) -> Any:
        return ACTIONS[run.action].label

    @display(description=_("Requested"), ordering="-pk")
    def requested(self, run: BulkRun) -> Any:
        return moment(run.requested_at)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().changeform_view(request, object_id, form_url, extra_context)
        user: Any = request.user
        if object_id is not None and mark_bulk_seen(run_id=UUID(object_id), user_id=user.pk):
            waiting.forget_unread(user.pk)
        return response

    def page(self, request: HttpRequest, run: BulkRun) -> Page:
        action = ACTIONS[run.action]
        is_moving = run.status == BulkStatus.RUNNING
        figures = [
            (_("Rows"), f"{run.total:,}"),
            (_("Done"), f"{run.done:,}"),
            (_("Refused"), f"{run.refused:,}"),
        ]
        if run.failed:
            figures.append((_("Failed"), f"{run.failed:,}"))
        if run.sum_minor is not None:
            figures.append((_("Sum"), money(run.sum_minor)))
        main: list[Any] = []
        if is_moving:
            decided = run.done + run.refused + run.failed
            percent = decided * 100 // run.total
            progress = {"done": decided, "total": run.total, "percent": percent}
            main.append(Piece("", "console/blocks/report_progress.html", progress))
        if run.status == BulkStatus.DRAFT:
            main.append(_trial(run))
        else:
            main += _others(run)
        main.append(_rows_table(run, _("The first of them"), run.rows.order_by("id")))
        return Page(
            title=f"{action.label} · {run.reference}",
            is_moving=is_moving,
            figures=figures,
            main=main,
            side=[_asked(run)],
            subjects=[("bulk", [run.pk])],
        )


def _asked(run: BulkRun) -> Facts:
    resolutions = dict(Resolution.choices)
    answers = [
        (_ANSWERS[name], resolutions.get(value, value))
        for name, value in run.answers.items()
        if name in _ANSWERS
    ]
    words = run.answers.get(WORDS, {})
    if len(set(words.values())) > 1:
        # Each reads it in their own language: all of them stand here.
        names = dict(Language.choices)
        answers = [(names.get(language, language), text) for language, text in words.items()]
    return Facts(
        _("What was asked for"),
        [
            (_("Requested by"), run.requested_by),
            (_("Requested"), moment(run.requested_at)),
            (_("Filters"), run.filters or NOTHING),
            *answers,
            (_("Started"), moment(run.started_at)),
            (_("Finished"), moment(run.finished_at)),
        ],
    )


_ANSWERS = {"reason": _("Reason"), "resolution": _("Resolution")}


def _trial(run: BulkRun) -> Table:
    """What a start would refuse: tried with the real commands, undone at once."""
    tried, refused = run.trial.get("tried", 0), run.trial.get("refused", [])
    note = _("%(tried)s rows, spread evenly, were tried and undone: %(refused)s would be refused.")
    return Table(
        _("What would be refused"),
        [_("Row"), _("Reason")],
        refused,
        empty=_("None of those that were tried.")
        if tried
        else _("Not known before it is answered."),
        note=note % {"tried": tried, "refused": len(refused)} if tried else "",
    )


def _others(run: BulkRun) -> list[Table]:
    """The rows that were not done, as far as they fit; all of them are in the CSV."""
    others = run.rows.filter(outcome__in=[RowOutcome.REFUSED, RowOutcome.FAILED])
    if not (run.refused or run.failed):
        return []
    return [_rows_table(run, _("Refused and failed"), others.order_by("id"))]


def _rows_table(run: BulkRun, title: Any, rows: QuerySet[BulkRow]) -> Table:
    colours = {RowOutcome.DONE: "done", RowOutcome.REFUSED: "refused", RowOutcome.FAILED: "failed"}
    return Table(
        title,
        [_("Row"), _("Outcome"), _("Reason"), _("Decided")],
        [
            (
                _linked(run, row),
                chip(colours.get(RowOutcome(row.outcome), ""), row.get_outcome_display()),
                row.said,
                moment(row.decided_at),
            )
            for row in rows[:SAMPLE]
        ],
    )


def _linked(run: BulkRun, row: BulkRow) -> Any:
    """To the thing itself, which may be gone."""
    name = ACTIONS[run.action].model.replace(".", "_")
    try:
        address = reverse(f"admin:{name}_change", args=[row.thing_id])
    except NoReverseMatch:
        return row.label
    return format_html('<a class="zt-link zt-whole" href="{}">{}</a>', address, row.label)
