"""Asking for a refund on a seller's part of an order: by pieces and shipping, or by amount."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from backoffice.pages.decisions import Asked, ThingForm
from backoffice.pages.forms import REASON_MAX, Choice, LongWords, Number, Shillings
from marketplace.payments.commands import refund_pieces, refund_seller_order
from marketplace.payments.models import Attempt
from marketplace.payments.refund_shares import Left, left_to_refund
from marketplace.payments.states import AttemptStatus, RefundReason, RefundStatus
from marketplace.shared.money import format_minor

PIECES = "pieces-"
# What a person may give as the reason; the others are the system's own.
REASONS = (RefundReason.RETURNED, RefundReason.NOT_DELIVERED, RefundReason.PRICE_ADJUSTED)


class RefundForm(ThingForm):
    """Pieces of each line and the shipping, or else an amount. The token makes a double click one refund."""

    token = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4)
    reason = Choice(label=_("Reason"), choices=[(one.value, one.label) for one in REASONS])
    note = LongWords(label=_("Note"), max_length=REASON_MAX, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: dict[str, forms.Field] = {}
        left = left_of(self.thing)
        for line in self.thing.lines.all():
            if most := left.pieces[line.pk]:
                asked[f"{PIECES}{line.pk}"] = Number(
                    label=line.title,
                    min_value=0,
                    max_value=most,
                    required=False,
                    help_text=gettext("Pieces, at most %(most)s at %(price)s each.")
                    % {"most": most, "price": format_minor(line.unit_price_minor)},
                )
        if shipping := left.shipping_minor:
            asked["shipping"] = forms.BooleanField(
                label=gettext("Shipping, %(amount)s") % {"amount": format_minor(shipping)},
                required=False,
                widget=UnfoldBooleanWidget(),
            )
        asked["amount"] = Shillings(
            label=_("Or an amount (TZS)"),
            required=False,
            help_text=gettext("At most %(most)s; seller and commission bear it in proportion.")
            % {"most": format_minor(left.shares.amount_minor)},
        )
        self.fields = asked | self.fields

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["pieces"] = {
            int(name.removeprefix(PIECES)): count
            for name, count in data.items()
            if name.startswith(PIECES) and count
        }
        by_pieces = bool(data["pieces"]) or bool(data.get("shipping"))
        if by_pieces == bool(data.get("amount")):
            self.add_error("amount", _("Choose pieces and shipping, or else give an amount."))
        return data


def has_something_to_refund(part: Any, request: HttpRequest) -> bool:
    if not hasattr(part, "is_paid_for"):
        keep_what_is_left([part])
    return bool(part.is_paid_for) and left_of(part).shares.amount_minor > 0


def left_of(part: Any) -> Left:
    """What can still be given back, asked once for as long as the page is drawn."""
    if not hasattr(part, "left_to_refund"):
        part.left_to_refund = left_to_refund([part])[part.pk]
    left: Left = part.left_to_refund
    return left


def keep_what_is_left(parts: Sequence[Any]) -> None:
    """Keep with each part whether its order's payment stands and what is left: for all parts at once."""
    left = left_to_refund(parts)
    paid = set(
        standing_payments()
        .filter(intent__order_id__in={part.order_id for part in parts})
        .values_list("intent__order_id", flat=True)
    )
    for part in parts:
        part.is_paid_for, part.left_to_refund = part.order_id in paid, left[part.pk]


def standing_payments() -> QuerySet[Attempt]:
    """Those that paid an order and were not taken back."""
    return Attempt.objects.filter(is_applied=True, status=AttemptStatus.SUCCEEDED)


def request_refund(asked: Asked) -> None:
    data = asked.data
    common: dict[str, Any] = {
        "seller_order_id": asked.object.pk,
        "reason": data["reason"],
        "note": data["note"],
        "cause": f"staff:{data['token']}",
        "actor": asked.actor,
    }
    if data.get("amount"):
        refund = refund_seller_order(amount_minor=data["amount"], **common)
    else:
        refund = refund_pieces(
            pieces=data["pieces"], with_shipping=bool(data.get("shipping")), **common
        )
    said = (
        gettext("%(refund)s waits for a second person to approve it.")
        if refund.status == RefundStatus.PROPOSED
        else gettext("%(refund)s is on its way to the buyer.")
    )
    messages.success(asked.request, said % {"refund": refund.reference})
