"""Deciding a dispute: the form, what it would do to each side's money, and the command."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.pages.blocks import Piece
from backoffice.pages.decisions import Asked
from backoffice.pages.display import money
from backoffice.pages.forms import Choice, LongWords, Shillings
from marketplace.disputes.commands import resolve_dispute
from marketplace.disputes.effects import Effect, effect_of
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import CULPRITS, OF_AN_AMOUNT, DisputeOutcome
from marketplace.payments.queries import needs_second_person
from marketplace.payments.refund_shares import remaining_shares, shipping_left
from marketplace.payments.states import Bearer
from marketplace.shared.errors import DomainError

UNCHOSEN = ("", gettext_lazy("Choose…"))


class ResolutionForm(forms.Form):
    outcome = Choice(label=gettext_lazy("Outcome"), choices=[UNCHOSEN, *DisputeOutcome.choices])
    fault = Choice(
        label=gettext_lazy("Who is at fault"),
        choices=[UNCHOSEN, *((one.value, one.label) for one in CULPRITS)],
        help_text=gettext_lazy("For the carrier's and our own faults we pay, not the seller."),
    )
    refund = Shillings(
        label=gettext_lazy("Amount (TZS)"),
        required=False,
        help_text=gettext_lazy("For a partial refund, and for goodwill."),
    )
    note = LongWords(
        label=gettext_lazy("Note"),
        max_length=2000,
        rows=4,
        help_text=gettext_lazy("Buyer and seller read it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") in OF_AN_AMOUNT and not data.get("refund"):
            self.add_error("refund", _("Say how much goes back."))
        return data


def resolve(asked: Asked) -> None:
    """Nothing is booked but what the person has been shown."""
    resolve_dispute(
        dispute_id=asked.object.pk,
        outcome=asked.data["outcome"],
        fault=asked.data["fault"],
        refund_minor=asked.data["refund"] or 0,
        note=asked.data["note"],
        actor=asked.actor,
        seen=asked.seen,
    )


def preview(asked: Asked) -> Piece:
    """The effect of the answers so far, in shillings; or what is still missing."""
    effect, missing = None, _("Choose an outcome and who is at fault to see what it does.")
    outcome, fault = asked.data.get("outcome"), asked.data.get("fault")
    if outcome and fault:
        part = asked.object.seller_order
        try:
            effect = effect_of(
                remaining_shares(part),
                outcome,
                fault,
                amount_minor=asked.data.get("refund") or 0,
                shipping_left_minor=shipping_left(part),
            )
        except DomainError as refusal:
            missing = str(refusal)
    context = shown(effect, asked) if effect else {"missing": missing}
    return Piece("", "console/blocks/effect.html", context)


def shown(effect: Effect, asked: Asked) -> dict[str, Any]:
    dispute, given = asked.object, effect.given
    made_of = [
        (_("commission"), given.commission_minor),
        (_("goodwill"), given.goodwill_minor),
        (_("VAT on the commission, which falls away:"), given.commission_vat_minor),
    ]
    return {
        "effect": effect,
        "buyer": money(effect.buyer_minor),
        "seller": money(given.seller_minor),
        "seller_keeps": money(effect.seller_keeps_minor),
        "marketplace": money(effect.marketplace_minor),
        "made_of": [(label, money(minor)) for label, minor in made_of if minor],
        "sentences": _sentences(effect, dispute, asked),
    }


def _sentences(effect: Effect, dispute: Dispute, asked: Asked) -> list[str]:
    said = []
    if effect.bearer == Bearer.MARKETPLACE and effect.buyer_minor:
        said.append(_("The seller keeps the earning; we pay."))
    if effect.outcome == DisputeOutcome.REPLACEMENT:
        said.append(_("The seller sends another one, and keeps the earning."))
    elif not effect.buyer_minor:
        said.append(_("No money moves; the seller's earning goes on."))
    elif needs_second_person(
        order_id=dispute.seller_order.order_id,
        amount_minor=effect.buyer_minor,
        actor=asked.actor,
    ):
        said.append(_("A second person has to approve it before anything moves."))
    else:
        said.append(_("It goes to the wallet that paid, at once."))
    return said
