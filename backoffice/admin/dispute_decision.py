"""Deciding a dispute: the form, what it would do to each side's money, and the command."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.pages.blocks import Piece
from backoffice.pages.decisions import Asked, ThingForm
from backoffice.pages.display import money
from backoffice.pages.forms import Choice, LongWords, Shillings, Words
from marketplace.disputes.commands import needs_colleague, resolve_dispute
from marketplace.disputes.effects import Effect, effect_of, effect_of_loss
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import (
    CULPRITS,
    OF_AN_AMOUNT,
    OF_CLAIMS,
    OF_TAKEN_BACK,
    DisputeOutcome,
)
from marketplace.payments.queries import needs_second_person
from marketplace.payments.refund_shares import remaining_shares, shares_taken_back, shipping_left
from marketplace.payments.states import Bearer
from marketplace.shared.errors import DomainError

UNCHOSEN = ("", gettext_lazy("Choose…"))


class ResolutionForm(ThingForm):
    """Of a claim, or of what the provider took back: only the outcomes that fit are offered."""

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
    came_back_as = Words(
        label=gettext_lazy("Came back as"),
        max_length=20,
        required=False,
        help_text=gettext_lazy(
            "If it was won back: the reconciliation exception (EXC-…) by which it was booked to"
            " suspense."
        ),
    )
    note = LongWords(
        label=gettext_lazy("Note"),
        max_length=2000,
        rows=4,
        help_text=gettext_lazy("Buyer and seller read it."),
    )

    def __init__(self, *args: Any, thing: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, thing=thing, **kwargs)
        taken_back = thing is not None and thing.taken_back_minor
        outcomes = OF_TAKEN_BACK if taken_back else OF_CLAIMS
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            UNCHOSEN,
            *((one.value, one.label) for one in outcomes),
        ]
        del self.fields["refund" if taken_back else "came_back_as"]
        if taken_back:
            self.fields["fault"].help_text = gettext_lazy(
                "Only for the seller's fault the seller pays; any other loss is ours."
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") in OF_AN_AMOUNT and not data.get("refund"):
            self.add_error("refund", _("Say how much goes back."))
        if data.get("outcome") == DisputeOutcome.WON_BACK and not data.get("came_back_as"):
            self.add_error("came_back_as", _("Say by which exception it came back."))
        return data


def resolve(asked: Asked) -> None:
    """Nothing is booked but what the person has been shown."""
    resolve_dispute(
        dispute_id=asked.object.pk,
        outcome=asked.data["outcome"],
        fault=asked.data["fault"],
        refund_minor=asked.data.get("refund") or 0,
        came_back_as=asked.data.get("came_back_as") or "",
        note=asked.data["note"],
        actor=asked.actor,
        seen=asked.seen,
    )


def preview(asked: Asked) -> Piece:
    """The effect of the answers so far, in shillings; or what is still missing."""
    effect, missing = None, _("Choose an outcome and who is at fault to see what it does.")
    outcome, fault = asked.data.get("outcome"), asked.data.get("fault")
    if outcome and fault:
        try:
            effect = _effect(asked, outcome, fault)
        except DomainError as refusal:
            missing = str(refusal)
    context = shown(effect, asked) if effect else {"missing": missing}
    return Piece("", "console/blocks/effect.html", context)


def _effect(asked: Asked, outcome: str, fault: str) -> Effect:
    dispute, part = asked.object, asked.object.seller_order
    if dispute.taken_back_minor:
        return effect_of_loss(shares_taken_back(seller_order_id=part.pk), outcome, fault)
    return effect_of(
        remaining_shares(part),
        outcome,
        fault,
        amount_minor=asked.data.get("refund") or 0,
        shipping_left_minor=shipping_left(part),
    )


def shown(effect: Effect, asked: Asked) -> dict[str, Any]:
    dispute, given = asked.object, effect.given
    made_of = [
        (_("commission"), given.commission_minor),
        (_("our loss") if effect.is_gone else _("goodwill"), given.goodwill_minor),
        (_("VAT on the commission, which falls away:"), given.commission_vat_minor),
    ]
    return {
        "effect": effect,
        "buyer_label": _("Buyer has") if effect.is_gone else _("Buyer gets"),
        "buyer": money(dispute.taken_back_minor if effect.is_gone else effect.buyer_minor),
        "seller": money(given.seller_minor),
        "seller_keeps": money(effect.seller_keeps_minor),
        "marketplace": money(effect.marketplace_minor),
        "made_of": [(label, money(minor)) for label, minor in made_of if minor],
        "sentences": _sentences(effect, dispute, asked),
    }


def _sentences(effect: Effect, dispute: Dispute, asked: Asked) -> list[str]:
    if effect.outcome == DisputeOutcome.WON_BACK:
        return [_("The money in suspense settles it; the seller's earning goes on.")]
    if effect.is_gone:
        is_ours = effect.bearer == Bearer.MARKETPLACE
        bears = (
            _("The seller keeps the earning; the loss is ours.")
            if is_ours
            else _("It is taken from the seller's balance, and our commission on it falls away.")
        )
        agreement = _("A second person has to agree before anything moves.")
        return [bears, *([agreement] if needs_colleague(effect, asked.actor) else [])]
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
