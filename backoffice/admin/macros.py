"""Prepared answers: what a colleague may insert into a message, in the reader's language."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanWidget

from backoffice.admin.base import Console
from backoffice.pages.blocks import Page, Text
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import page_of, yes_no
from backoffice.pages.forms import REASON_MAX, Choice, LongWords, Words
from backoffice.pages.search import same
from backoffice.work.prepared import forget
from marketplace.casework.commands import save_macro
from marketplace.casework.macros import NAME_MAX, TEXT_MAX
from marketplace.casework.models import Macro
from marketplace.casework.states import MacroKind
from marketplace.disputes.states import DisputeReason

DUTY = "edit_templates"
# Kind → what an answer may be about there; "" is all of it.
SUITS: dict[str, list[tuple[str, Any]]] = {
    MacroKind.DISPUTES: [("", _("Every dispute")), *DisputeReason.choices],
    MacroKind.APPLICATIONS: [
        ("", _("Every application")),
        ("information", _("Asking for information")),
        ("rejection", _("Rejecting an application")),
        ("document", _("Rejecting a document")),
    ],
    MacroKind.LISTINGS: [("", _("Every listing"))],
    MacroKind.REVIEWS: [
        ("", _("Every review")),
        ("review", _("What a buyer wrote")),
        ("reply", _("What a seller answered")),
    ],
}
# As one list to choose from: "kind:reason".
CHOICES = [
    (MacroKind(kind).label, [(f"{kind}:{reason}", label) for reason, label in reasons])
    for kind, reasons in SUITS.items()
]


class MacroForm(ThingForm):
    name = Words(label=_("Name"), max_length=NAME_MAX)
    suits = Choice(
        label=_("Suits"),
        choices=CHOICES,
        help_text=format_lazy(
            _(
                "In disputes, and where information is asked for, it is a message; elsewhere it is a"
                " reason: at most {limit} characters, with what is filled in."
            ),
            limit=REASON_MAX,
        ),
    )
    english = LongWords(label=_("In English"), max_length=TEXT_MAX, rows=7)
    swahili = LongWords(label=_("In Swahili"), max_length=TEXT_MAX, rows=7)
    is_active = forms.BooleanField(
        label=_("Offered"), required=False, initial=True, widget=UnfoldBooleanWidget()
    )

    def values_of(self, macro: Macro) -> dict[str, Any]:
        values = {name: getattr(macro, name) for name in self.base_fields if name != "suits"}
        return {**values, "suits": f"{macro.kind}:{macro.reason}"}


def _save(asked: Asked) -> HttpResponse:
    macro_id: UUID | None = asked.object.pk if asked.object else None
    written = dict(asked.data)
    kind, _colon, reason = written.pop("suits").partition(":")
    macro = save_macro(macro_id=macro_id, kind=kind, reason=reason, actor=asked.actor, **written)
    forget()
    return HttpResponseRedirect(page_of(macro))


def _writing(name: str, label: Any, icon: str) -> Decision:
    return Decision(
        name,
        label,
        DUTY,
        _save,
        done=_("Saved."),
        form=MacroForm,
        ask=_(
            "Filled in are {name}, {me} and {shop}; in disputes also {dispute}, {order}, {amount} and"
            " {deadline}, in applications {application}, for listings {listing} and {product}, for"
            " reviews {review} and {product}."
        ),
        icon=icon,
        variant="primary",
        submit=_("Save"),
        own_page=True,
    )


@admin.register(Macro)
class MacroAdmin(Console):
    """Shown to whoever writes to buyers, sellers and applicants: those that suit best, then the most used."""

    aggregate = "macro"
    chips = "kind"
    list_display = ("name", "kind", "suits", "times_used", "offered_now")
    ordering = ("-times_used", "name")
    search_by = {"name__istartswith": same}
    search_hint = _("Beginning of the name")
    exported = {
        _("Name"): "name",
        _("Offered for"): "get_kind_display",
        _("Suits"): "reason",
        _("In English"): "english",
        _("In Swahili"): "swahili",
        _("Offered"): "is_active",
        _("Used"): "times_used",
    }
    list_decisions = (_writing("add", _("Add a prepared answer"), "add"),)
    decisions = (_writing("edit", _("Edit"), "edit"),)

    @display(description=_("Suits"), ordering="reason")
    def suits(self, macro: Macro) -> Any:
        return dict(SUITS[macro.kind]).get(macro.reason, macro.reason)

    @display(description=_("Offered"), ordering="is_active")
    def offered_now(self, macro: Macro) -> Any:
        return yes_no(macro.is_active)

    def page(self, request: HttpRequest, macro: Macro) -> Page:
        return Page(
            figures=[
                (_("Offered for"), macro.get_kind_display()),
                (_("Suits"), self.suits(macro)),
                (_("Offered"), yes_no(macro.is_active)),
                (_("Used"), macro.times_used),
            ],
            main=[Text(_("In English"), macro.english), Text(_("In Swahili"), macro.swahili)],
        )
