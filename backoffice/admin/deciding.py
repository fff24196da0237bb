"""Deciding on a page of the console: which buttons a person sees, and what pressing one does.

A decision is not taken on another state of the thing than the person saw, and what was typed is
never lost: a conflict or a refusal shows the form again, as it was filled in.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from backoffice import waiting
from backoffice.pages.conflicts import changes_since, events_by_others
from backoffice.pages.decisions import Asked, Decision, Place, actor_of
from backoffice.step_up import proof_asked
from backoffice.work.prepared import count_use
from marketplace.casework.errors import MacroNotFound
from marketplace.shared.errors import DomainError


class Deciding(ModelAdmin):
    """The part of the console's pages that offers decisions and takes them."""

    decisions: Sequence[Decision] = ()
    # Decisions without a thing: their buttons stand above the list.
    list_decisions: Sequence[Decision] = ()
    # What the events call such a thing.
    aggregate: str = ""

    # --- What it is about ---

    def thing(self, request: HttpRequest, object_id: str) -> Any:
        """The row behind an address; 404 where there is none, 403 for who may not see it."""
        thing = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        if thing is None:
            raise Http404
        return thing

    def called(self, thing: Any) -> Any:
        """What a dialog calls the thing that it is about: more than a reference, where one needs it."""
        return str(thing)

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

    # --- What is offered ---

    @cached_property
    def above_the_list(self) -> Sequence[Decision]:
        """The decisions that are about no thing yet."""
        return self.list_decisions

    def decisions_at(self, place: Place) -> list[Decision]:
        """The decisions whose buttons stand there."""
        return [one for one in self.decisions if one.place == place]

    def watched(self, thing: Any) -> list[tuple[str, list[Any]]]:
        """The (aggregate, ids) whose events make a thing another than the one that was shown."""
        return [(self.aggregate, [thing.pk])] if self.aggregate and thing is not None else []

    def version(self, request: HttpRequest, thing: Any) -> int | None:
        """What the forms of the page carry; None where events say nothing of such things."""
        watched = self.watched(thing)
        return events_by_others(watched, me=actor_of(request)) if watched else None

    def offered(
        self, request: HttpRequest, thing: Any, decisions: Sequence[Decision] | None = None
    ) -> list[dict[str, Any]]:
        """The buttons that this person sees on this thing now, with their forms and addresses.

        The obvious one stands last, where the eye ends; what takes something away is farthest from it.
        """
        about = self._about(thing)
        return [
            {
                "decision": decision,
                "about": about,
                "ask": decision.question(thing),
                "form": decision.bound(request, thing) if decision.has_dialog else None,
                "proof": proof_asked(request, decision, answered=False),
                "prepared": self.answers_beside(decision, thing) if decision.has_dialog else None,
                "address": self.decision_address(decision, thing),
                "lacks": decision.lacks(thing, request) if decision.lacks else "",
                "id": f"{self.opts.model_name}-{getattr(thing, 'pk', 'new')}-{decision.name}",
            }
            for decision in sorted(self.decisions if decisions is None else decisions, key=_place)
            if decision.is_offered(request, thing)
        ]

    def decision_address(self, decision: Decision, thing: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if thing is None:
            return reverse(f"{name}_do", args=[decision.name])
        return reverse(f"{name}_decide", args=[thing.pk, decision.name])

    def answers_beside(
        self, decision: Decision, thing: Any, *, chosen: str = ""
    ) -> dict[str, Any] | None:
        """The prepared answers beside the decision's text box, where it has any."""
        if decision.prepared is None:
            return None
        address = f"{self.decision_address(decision, thing)}prepared/"
        return decision.prepared.context(thing, address, chosen)

    # --- What happens ---

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
            answer = self.admin_site.admin_view(self.prepared_view)
            mine.append(
                path(
                    "<path:object_id>/do/<slug:decision_name>/prepared/<slug:reader>/<uuid:macro_id>/",
                    answer,
                    name=f"{name}_prepared",
                )
            )
            preview = self.admin_site.admin_view(self.preview_view)
            mine.append(
                path(
                    "<path:object_id>/do/<slug:decision_name>/preview/",
                    preview,
                    name=f"{name}_preview",
                )
            )
        return mine + super().get_urls()

    def do_view(self, request: HttpRequest, decision_name: str) -> HttpResponseBase:
        """A decision that is about no thing yet: something new, or all of them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._decide(request, _named(self.above_the_list, decision_name), None)

    def decide_view(
        self, request: HttpRequest, object_id: str, decision_name: str
    ) -> HttpResponseBase:
        """GET shows the question and changes nothing; POST asks the command."""
        return self._decide(
            request, _named(self.decisions, decision_name), self.thing(request, object_id)
        )

    def preview_view(
        self, request: HttpRequest, object_id: str, decision_name: str
    ) -> HttpResponse:
        """What the decision would do as the form is filled in now. Changes nothing."""
        decision = _named(self.decisions, decision_name)
        if decision.preview is None:
            raise Http404
        if not decision.is_permitted(request):
            raise PermissionDenied
        thing = self.thing(request, object_id)
        piece = _previewed(request, decision, thing, decision.bound(request, thing, posted=True))
        return TemplateResponse(request, piece.template, {"block": piece})

    def prepared_view(
        self,
        request: HttpRequest,
        object_id: str,
        decision_name: str,
        reader: str,
        macro_id: UUID,
    ) -> JsonResponse:
        """A prepared answer as it would read; changes nothing."""
        decision = _named(self.decisions, decision_name)
        if decision.prepared is None:
            raise Http404
        if not decision.is_permitted(request):
            raise PermissionDenied
        thing = self.thing(request, object_id)
        try:
            answer = decision.prepared.answer(thing, reader, macro_id, request.user)
        except MacroNotFound as error:
            raise Http404 from error
        return JsonResponse({"text": answer.text, "language": answer.language})

    def _decide(self, request: HttpRequest, decision: Decision, thing: Any) -> HttpResponseBase:
        if not decision.is_permitted(request):
            raise PermissionDenied
        is_posted = request.method == "POST"
        form = decision.bound(request, thing, posted=is_posted)
        changes = self._changes(request, decision, thing) if is_posted else []
        proof = proof_asked(request, decision, answered=is_posted)
        refused = ""
        if is_posted and proof is None and not changes and (form is None or form.is_valid()):
            try:
                answer = decision.run(Asked(request, thing, form.cleaned_data if form else {}))
            except DomainError as refusal:
                if form is None:
                    messages.error(request, str(refusal))
                    return HttpResponseRedirect(self._back(request, thing))
                if refusal.field in form.fields:
                    form.add_error(refusal.field, str(refusal))
                else:
                    # What was typed stays before the person's eyes.
                    refused = str(refusal)
            else:
                if decision.prepared is not None:
                    count_use(request.POST.get("macro", ""), actor_of(request))
                waiting.forget()
                following = answer or HttpResponseRedirect(self.after(request, thing))
                self._announce(request, decision, thing, following)
                return following
        return TemplateResponse(
            request,
            "console/decision.html",
            self._context(request, thing)
            | {
                "decision": decision,
                "about": self._about(thing),
                "ask": decision.question(thing),
                "form": form,
                "proof": proof,
                "prepared": self.answers_beside(
                    decision, thing, chosen=request.POST.get("macro", "")
                ),
                "back": self._back(request, thing),
                "address": request.path,
                "seen": self.version(request, thing),
                "changes": changes,
                "refused": refused,
                "preview": _previewed(request, decision, thing, form) if is_posted else None,
                "is_possible": decision.is_offered(request, thing),
            },
            status=_status(is_posted, bool(changes or refused), form, proof),
        )

    def _changes(self, request: HttpRequest, decision: Decision, thing: Any) -> list[Any]:
        """What others did to the thing since this person's page was drawn."""
        if decision.only_adds:
            return []
        seen, watched = request.POST.get("seen", ""), self.watched(thing)
        return changes_since(watched, seen=seen, me=actor_of(request)) if watched else []

    def _announce(
        self, request: HttpRequest, decision: Decision, thing: Any, following: HttpResponseBase
    ) -> None:
        """Say that it is done, to what if another page follows, and where it can be undone."""
        message: Any = decision.done(thing) if callable(decision.done) else decision.done
        if not message:
            return
        if thing is not None and thing.pk and self._is_elsewhere(following, thing):
            own = self.address(thing.pk)
            message = format_html('<a class="zt-subject" href="{}">{}</a>: {}', own, thing, message)
        undo = next((one for one in self.decisions if one.name == decision.undo), None)
        if undo is not None and undo.is_permitted(request):
            address = self.decision_address(undo, thing)
            # Nothing to be asked: `work.js` posts it, and without it the page behind the link does.
            is_plain = undo.only_adds and undo.form is None and not undo.needs_proof
            message = format_html(
                '{} <a class="zt-undo" href="{}"{}>{}</a>',
                message,
                address,
                SafeString(" data-at-once") if is_plain else "",
                _("Undo"),
            )
        messages.success(request, message)

    def _is_elsewhere(self, following: HttpResponseBase, thing: Any) -> bool:
        """Whether the person will no longer stand before the thing that they decided."""
        return urlsplit(following.get("Location", "")).path != self.address(thing.pk)

    def after(self, request: HttpRequest, thing: Any) -> str:
        """Where a person goes on once it is decided."""
        return self._back(request, thing)

    def _about(self, thing: Any) -> Any:
        return "" if thing is None else self.called(thing)

    def _back(self, request: HttpRequest, thing: Any) -> str:
        """Where the person came from, if that is one of our pages."""
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            return wanted
        return self.address(thing.pk if thing is not None else None)


def _status(is_posted: bool, is_conflict: bool, form: Any, proof: Any) -> int:
    if is_conflict:
        return 409
    return 422 if is_posted and (proof is not None or (form and form.errors)) else 200


def _previewed(request: HttpRequest, decision: Decision, thing: Any, form: Any) -> Any:
    """Of the answers that are right so far."""
    if decision.preview is None or form is None:
        return None
    form.is_valid()
    return decision.preview(Asked(request, thing, form.cleaned_data))


def _named(decisions: Sequence[Decision], name: str) -> Decision:
    for decision in decisions:
        if decision.name == name:
            return decision
    raise Http404


def _place(decision: Decision) -> int:
    return {"danger": 0, "primary": 2}.get(decision.variant, 1)
