"""What a colleague does for a buyer on the phone: send the order elsewhere, ask the wallet once more."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.masks import masked
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.forms import REASON_MAX, Choice, LongWords, Words
from marketplace.orders.commands import change_delivery
from marketplace.orders.models import Order
from marketplace.orders.queries import shipping_regions
from marketplace.orders.states import OrderStatus, SellerOrderStatus
from marketplace.payments.commands import start_attempt
from marketplace.payments.errors import PaymentNotFound
from marketplace.payments.models import Attempt, Intent
from marketplace.shared import clock
from marketplace.shared.actors import Actor

OF_THE_DELIVERY = "delivery"
WALLETS_MAX = 5
ON_ITS_WAY = {SellerOrderStatus.SHIPPED, SellerOrderStatus.DELIVERED}


class DeliveryForm(ThingForm):
    """What is personal is asked for anew, not shown: a box that stays empty changes nothing."""

    recipient = Words(label=_("Recipient"), max_length=120)
    phone = Words(label=_("Phone"), max_length=30, required=False)
    street = Words(label=_("Street"), max_length=200, required=False)
    landmark = Words(label=_("Landmark"), max_length=200, required=False)
    district = Words(label=_("District"), max_length=60)
    region = Choice(
        label=_("Region"), help_text=_("Those to which a parcel costs what was paid for it.")
    )
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order, fees = self.thing, shipping_regions()
        paid = {part.shipping_minor for part in order.seller_orders.all()}
        same = [name for name, fee in fees.items() if paid == {fee} or name == order.region]
        self.fields["region"].choices = [(name, name) for name in same or [order.region]]  # type: ignore[attr-defined]
        for name in ("phone", "street", "landmark"):
            kept = masked(name, getattr(order, name)) or "–"
            self.fields[name].widget.attrs["placeholder"] = gettext("As it is: %(value)s") % {
                "value": kept
            }

    def values_of(self, order: Order) -> dict[str, Any]:
        return {name: getattr(order, name) for name in ("recipient", "district", "region")}


class PushForm(ThingForm):
    """The wallets asked before, and the phone of the delivery. None can be typed: nobody else is charged."""

    wallet = Choice(label=_("Wallet"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wallet"].choices = [  # type: ignore[attr-defined]
            (key, masked("msisdn", number)) for key, number in _wallets(self.thing).items()
        ]


def _wallets(order: Order) -> dict[str, str]:
    """Number by what the form calls it, the one asked last first, each once."""
    tried = Attempt.objects.filter(intent__order=order).order_by("-pk")[:WALLETS_MAX]
    found: dict[str, str] = {}
    for attempt in tried:
        is_of_delivery = attempt.msisdn == order.phone
        found.setdefault(attempt.msisdn, OF_THE_DELIVERY if is_of_delivery else str(attempt.pk))
    found.setdefault(order.phone, OF_THE_DELIVERY)
    return {key: number for number, key in found.items()}


def _redirect(asked: Asked) -> None:
    data = dict(asked.data)
    reason = data.pop("reason")
    change_delivery(
        order_id=asked.object.pk,
        reason=reason,
        actor=asked.actor,
        **{name: text or None for name, text in data.items()},
    )


def ask_wallet(order: Order, actor: Actor, *, wallet: str = "") -> None:
    """Ask the wallet of this key, or the one asked last. Raises what `start_attempt` does."""
    wallets = _wallets(order)
    intent_id = Intent.objects.filter(order=order).values_list("pk", flat=True).first()
    if intent_id is None:
        raise PaymentNotFound
    msisdn = wallets[wallet] if wallet else next(iter(wallets.values()))
    start_attempt(intent_id=intent_id, msisdn=msisdn, actor=actor)


def _push(asked: Asked) -> None:
    ask_wallet(asked.object, asked.actor, wallet=asked.data["wallet"])


def _goes_nowhere_yet(order: Any, request: HttpRequest) -> bool:
    if order.status not in (OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID):
        return False
    return not order.seller_orders.filter(status__in=ON_ITS_WAY).exists()


def _may_be_paid(order: Any, request: HttpRequest) -> bool:
    return order.status == OrderStatus.AWAITING_PAYMENT and order.expires_at > clock.now()


HELP = (
    Decision(
        "push",
        _("Ask for the payment again"),
        "help_buyers",
        _push,
        done=_("The wallet is asked: the buyer sees it on the phone in a moment."),
        form=PushForm,
        ask=_("The provider asks on the phone; only the buyer's PIN there pays."),
        icon="phonelink_ring",
        variant="primary",
        submit=_("Ask the wallet"),
        when=_may_be_paid,
    ),
    Decision(
        "redirect",
        _("Change the address"),
        "help_buyers",
        _redirect,
        done=_("The order goes there now; buyer and sellers are told."),
        form=DeliveryForm,
        ask=_("A box that stays empty leaves that part as it is. Buyer and sellers are told."),
        icon="edit_location_alt",
        when=_goes_nowhere_yet,
    ),
)
