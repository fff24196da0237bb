"""The base of all pages of the console: reads everything, writes nothing.

A list is bounded (page size, capped count, indexed search), a thing's page is made of blocks, and
whatever changes the world is a `Decision`: a POST with a permission that ends in one command.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from backoffice.admin.deciding import Deciding
from backoffice.exports import Columns, columns_of
from backoffice.masks import masked
from backoffice.pages.blocks import Facts, Page
from backoffice.pages.decisions import Decision, Place
from backoffice.pages.display import NOTHING, moment, money, percent, state
from backoffice.pages.export import exporting
from backoffice.pages.search import by_reference
from marketplace.shared.fields import EncryptedTextField

COUNTED_MAX = 10_000


class CappedPaginator(Paginator):
    """Counts no further than anybody pages: a count of millions costs more than the page."""

    counted_max = COUNTED_MAX

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: self.counted_max].count()
        return len(rows)


class CalmChangeList(ChangeList):
    """Does not offer to "show all" where nothing is filtered."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters and not self.get_filters_params():
            self.full_result_count = self.result_count


class Console(Deciding):
    """A read-only list and page. Subclasses say what is shown, searched and decided."""

    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    paginator = CappedPaginator
    actions = None
    empty_value_display = NOTHING
    ordering: ClassVar[Sequence[Any]] = ("-pk",)
    change_list_template = "console/change_list.html"
    list_before_template = "console/list_before.html"
    # The states to filter by, as chips above the list: a field with choices.
    chips: str = ""
    # Look-up → what to make of the search term; every look-up has an index.
    search_by: ClassVar[dict[str, Callable[[str], str]]] = {}
    search_hint: Any = ""
    # What a spreadsheet of the list holds; empty: the columns of its table that are fit to be carried off.
    exported: ClassVar[Columns] = {}
    # Where a list must not leave, or leaves in a way of its own.
    is_exported = True
    page_template = "console/page.html"
    # What the page of a thing shows of others, read with it.
    page_select_related: ClassVar[Sequence[str]] = ()
    # What the events call such a thing; its timeline stands on its page.
    aggregate: str = ""
    intro: Any = ""
    # What an empty list says: what would bring something here.
    empty: Any = ""
    is_queue: ClassVar[bool] = False

    # --- Nothing is written here ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- The list ---

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CalmChangeList

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        return tuple(self.search_by)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term or not self.search_by:
            return queryset, False
        wanted = Q()
        for lookup, prepare in self.search_by.items():
            field = lookup.removesuffix("__startswith")
            is_reference = lookup.endswith("reference__startswith")
            wanted |= by_reference(field, term) if is_reference else Q(**{lookup: prepare(term)})
        return queryset.filter(wanted), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self.search_help_text = self.search_hint
        return super().changelist_view(
            request,
            {
                "title": self.opts.verbose_name_plural,
                "chips": self._chips(request),
                "intro": self.intro,
                "list_decisions": self.offered(request, None, self.above_the_list),
            }
            | (extra_context or {}),
        )

    @cached_property
    def above_the_list(self) -> Sequence[Decision]:
        """The list's own decisions, and its export."""
        return (*self.list_decisions, *([exporting(self)] if self.is_exported else []))

    @cached_property
    def columns(self) -> Columns:
        """Of the list as a spreadsheet."""
        return self.exported or columns_of(self.model)

    def _chips(self, request: HttpRequest) -> list[dict[str, Any]]:
        if not self.chips:
            return []
        key = f"{self.chips}__exact"
        chosen = request.GET.get(key, "")
        kept = request.GET.copy()
        for name in (key, "p"):
            kept.pop(name, None)
        choices = self.opts.get_field(self.chips).flatchoices
        return [
            {
                "title": label,
                "link": "?" + _with(kept, key, value),
                "active": chosen == str(value),
            }
            for value, label in [("", _("All")), *choices]
        ]

    # --- The page of a thing ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.page_select_related and is_about_one(request):
            return rows.select_related(*self.page_select_related)
        return rows

    def page(self, request: HttpRequest, thing: Any) -> Page:
        """What is shown of a thing; by default all its columns that are fit to be read."""
        return Page(main=[self.all_columns(thing)])

    def beside(self, request: HttpRequest, thing: Any) -> dict[str, Any]:
        """What a page's own template wants beside the blocks."""
        return {}

    def all_columns(self, thing: models.Model) -> Facts:
        rows = []
        for field in self.opts.concrete_fields:
            if isinstance(field, EncryptedTextField | models.BinaryField | models.FileField):
                continue
            if field.name in ("id", "password"):
                continue
            rows.append((_heading(field), _shown(thing, field)))
        return Facts("", rows)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None:
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        thing = self.thing(request, object_id)
        page = self.page(request, thing)
        if self.aggregate and not page.subjects:
            page.subjects = [(self.aggregate, [thing.pk])]
        if not page.status and hasattr(thing, "status"):
            page.status = state(thing)
        return TemplateResponse(
            request,
            self.page_template,
            self._context(request, thing)
            | {
                "title": page.title or str(thing),
                "page": page,
                "decisions": self.offered(request, thing, self.decisions_at(Place.HEAD)),
                "seen": self.version(request, thing),
            }
            | self.beside(request, thing),
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """History is the timeline on the page itself."""
        return HttpResponseRedirect(self.address(object_id))


def buttons(request: HttpRequest, thing: models.Model, *, only: Sequence[str] = ()) -> SafeString:
    """A thing's decisions as buttons, for use on the page of another thing: those above its own page,
    or `only` those named."""
    pages = admin.site._registry[type(thing)]
    assert isinstance(pages, Console)
    named = [one for one in pages.decisions if one.name in only]
    wanted = named if only else pages.decisions_at(Place.HEAD)
    return render_to_string(
        "console/decisions.html",
        {"decisions": pages.offered(request, thing, wanted), "size": "sm"},
        request=request,
    )


class Queue(Console):
    """A list of what waits for somebody; a row leads to the thing's own page, where it is decided."""

    of: type[models.Model]
    is_queue = True

    def waiting(self) -> QuerySet[Any]:
        """What is in the queue."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.waiting().order_by(*self.ordering)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        meta = self.of._meta
        return HttpResponseRedirect(
            reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[object_id])
        )


def is_about_one(request: HttpRequest) -> bool:
    """Whether the request is for one thing's page, not for the list."""
    match = request.resolver_match
    return match is not None and "object_id" in match.kwargs


def _with(parameters: Any, key: str, value: str) -> str:
    changed = parameters.copy()
    if value:
        changed[key] = value
    return str(changed.urlencode())


def _heading(field: Any) -> str:
    """Of a share without the unit that it is kept in: it is shown in per cent."""
    name = str(field.verbose_name)
    return name.partition(" (")[0] if field.name.endswith("_bp") else name


def _shown(thing: models.Model, field: Any) -> Any:
    if field.choices:
        return getattr(thing, f"get_{field.name}_display")()
    value = getattr(thing, field.name)
    if field.name.endswith("_minor"):
        return money(value)
    if field.name.endswith("_bp"):
        return percent(value)
    if isinstance(field, models.BooleanField):
        return _("Yes") if value else _("No")
    return moment(value) if isinstance(field, models.DateTimeField) else masked(field.name, value)
