"""The base of all pages of the console: reads everything, writes nothing.

A list is bounded (page size, capped count, indexed search), a thing's page is made of blocks, and
whatever changes the world is a `Decision`: a POST with a permission that ends in one command.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from backoffice import waiting
from backoffice.exports import Columns
from backoffice.pages.blocks import Facts, Page
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import moment, state
from backoffice.pages.export import exporting
from marketplace.shared.errors import DomainError
from marketplace.shared.fields import EncryptedTextField

COUNTED_MAX = 10_000


class CappedPaginator(Paginator):
    """Counts no further than anybody pages: a count of millions costs more than the page."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:COUNTED_MAX].count()
        return len(rows)


class CalmChangeList(ChangeList):
    """Does not offer to "show all" where nothing is filtered."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters and not self.get_filters_params():
            self.full_result_count = self.result_count


class Console(ModelAdmin):
    """A read-only list and page. Subclasses say what is shown, searched and decided."""

    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    paginator = CappedPaginator
    actions = None
    ordering: ClassVar[Sequence[str]] = ("-pk",)
    list_before_template = "console/list_before.html"
    # The states to filter by, as chips above the list: a field with choices.
    chips: str = ""
    # Look-up → what to make of the search term; every look-up has an index.
    search_by: ClassVar[dict[str, Callable[[str], str]]] = {}
    search_hint: Any = ""
    decisions: Sequence[Decision] = ()
    # Decisions without a thing: their buttons stand above the list.
    list_decisions: Sequence[Decision] = ()
    # What a spreadsheet of the list holds; empty: it cannot be exported.
    exported: ClassVar[Columns] = {}
    page_template = "console/page.html"
    # What the events call such a thing; its timeline stands on its page.
    aggregate: str = ""
    intro: Any = ""

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
            wanted |= Q(**{lookup: prepare(term)})
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
        return (*self.list_decisions, *([exporting(self)] if self.exported else []))

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
            rows.append((field.verbose_name, _shown(thing, field)))
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
            | {"page": page, "decisions": self.offered(request, thing)}
            | self.beside(request, thing),
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """History is the timeline on the page itself."""
        return HttpResponseRedirect(self.address(object_id))

    def thing(self, request: HttpRequest, object_id: str) -> Any:
        """The row behind an address; 404 where there is none, 403 for who may not see it."""
        thing = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        if thing is None:
            raise Http404
        return thing

    def address(self, object_id: Any = None) -> str:
        """Of a thing's page, or of the list."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if object_id is None:
            return reverse(f"{name}_changelist")
        return reverse(f"{name}_change", args=[object_id])

    def _context(self, request: HttpRequest, thing: Any) -> dict[str, Any]:
        request.current_app = self.admin_site.name
        return {
            **self.admin_site.each_context(request),
            "title": str(thing) if thing is not None else self.opts.verbose_name_plural,
            "opts": self.opts,
            "object": thing,
            "model_admin": self,
        }

    # --- Decisions ---

    def offered(
        self, request: HttpRequest, thing: Any, decisions: Sequence[Decision] | None = None
    ) -> list[dict[str, Any]]:
        """The buttons that this person sees on this thing now, with their forms and addresses."""
        return [
            {
                "decision": decision,
                "form": decision.bound(request, thing) if decision.has_dialog else None,
                "address": self.decision_address(decision, thing),
                "id": f"{self.opts.model_name}-{getattr(thing, 'pk', 'new')}-{decision.name}",
            }
            for decision in (self.decisions if decisions is None else decisions)
            if decision.is_offered(request, thing)
        ]

    def decision_address(self, decision: Decision, thing: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if thing is None:
            return reverse(f"{name}_do", args=[decision.name])
        return reverse(f"{name}_decide", args=[thing.pk, decision.name])

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        mine = []
        if self.above_the_list:
            do = self.admin_site.admin_view(self.do_view)
            mine.append(path("do/<slug:decision_name>/", do, name=f"{name}_do"))
        if self.decisions:
            decide = self.admin_site.admin_view(self.decide_view)
            mine.append(
                path("<path:object_id>/do/<slug:decision_name>/", decide, name=f"{name}_decide")
            )
        return mine + super().get_urls()

    def do_view(self, request: HttpRequest, decision_name: str) -> HttpResponse:
        """A decision that is about no thing yet: something new, or all of them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._decide(request, _named(self.above_the_list, decision_name), None)

    def decide_view(self, request: HttpRequest, object_id: str, decision_name: str) -> HttpResponse:
        """GET shows the question and changes nothing; POST asks the command."""
        return self._decide(
            request, _named(self.decisions, decision_name), self.thing(request, object_id)
        )

    def _decide(self, request: HttpRequest, decision: Decision, thing: Any) -> HttpResponse:
        if not decision.is_permitted(request):
            raise PermissionDenied
        form = decision.bound(request, thing, posted=request.method == "POST")
        if request.method == "POST" and (form is None or form.is_valid()):
            data = form.cleaned_data if form else {}
            try:
                answer = decision.run(Asked(request, thing, data))
            except DomainError as refusal:
                if form is not None and refusal.field in form.fields:
                    form.add_error(refusal.field, str(refusal))
                else:
                    messages.error(request, str(refusal))
                    return HttpResponseRedirect(self._back(request, thing))
            else:
                waiting.forget()
                if decision.done:
                    messages.success(request, str(decision.done))
                return answer or HttpResponseRedirect(self._back(request, thing))
        return TemplateResponse(
            request,
            "console/decision.html",
            self._context(request, thing)
            | {
                "decision": decision,
                "form": form,
                "back": self._back(request, thing),
                "address": request.path,
            },
            status=422 if form is not None and form.errors else 200,
        )

    def _back(self, request: HttpRequest, thing: Any) -> str:
        """Where the person came from, if that is one of our pages."""
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            return wanted
        return self.address(thing.pk if thing is not None else None)


def buttons(request: HttpRequest, thing: models.Model, *, only: Sequence[str] = ()) -> SafeString:
    """A thing's decisions as buttons, for use on the page of another thing; `only` those named."""
    pages = admin.site._registry[type(thing)]
    assert isinstance(pages, Console)
    wanted = [one for one in pages.decisions if not only or one.name in only]
    return render_to_string(
        "console/decisions.html",
        {"decisions": pages.offered(request, thing, wanted), "size": "sm"},
        request=request,
    )


class Queue(Console):
    """A list of what waits for somebody; a row leads to the thing's own page, where it is decided."""

    of: type[models.Model]

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


def _named(decisions: Sequence[Decision], name: str) -> Decision:
    for decision in decisions:
        if decision.name == name:
            return decision
    raise Http404


def _shown(thing: models.Model, field: Any) -> Any:
    if field.choices:
        return getattr(thing, f"get_{field.name}_display")()
    value = getattr(thing, field.name)
    if isinstance(field, models.BooleanField):
        return _("Yes") if value else _("No")
    return moment(value) if isinstance(field, models.DateTimeField) else value
