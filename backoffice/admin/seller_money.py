"""A seller's money on their page: when they are paid, what is in its way, and what finance may do."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.admin.earnings import holds_table
from backoffice.admin.terms_requests import (
    ASKED_FOR,
    ask_for_terms,
    asked_table,
    may_ask,
)
from backoffice.pages.blocks import ROWS_MAX, Facts, Table
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import link, moment, money, provider_name, reference_link, state
from backoffice.pages.forms import (
    REASON_MAX,
    Choice,
    LongWords,
    Number,
    ReasonForm,
    Shillings,
    Words,
)
from marketplace.payouts.commands import free_seller, hold_seller
from marketplace.payouts.models import Hold
from marketplace.payouts.queries import (
    Outlook,
    earnings_of,
    holds_of,
    outlook_of,
    reasons_of,
    terms_held,
)
from marketplace.payouts.states import Frequency, HoldKind, RiskTier
from marketplace.rules.policies import SHILLING
from marketplace.sellers.commands import change_wallet
from marketplace.sellers.models import Seller
from marketplace.sellers.states import SellerStatus

DUTY = "hold_earnings"


class TermsForm(ThingForm):
    tier = Choice(label=_("Tier of risk"), choices=RiskTier.choices)
    frequency = Choice(label=_("Paid"), choices=Frequency.choices)
    weekday = Number(label=_("Weekday (Monday is 1)"), min_value=1, max_value=7)
    month_day = Number(label=_("Day of the month"), min_value=1, max_value=28)
    minimum_minor = Shillings(label=_("Own minimum (TZS)"), min_value=1, required=False)
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)

    def values_of(self, thing: Any) -> dict[str, Any]:
        terms = terms_held(seller_id=thing.pk)
        minimum = terms["minimum_minor"]
        return terms | {"minimum_minor": None if minimum is None else minimum // SHILLING}


class WalletForm(ThingForm):
    payout_provider = Choice(label=_("Payout wallet"))
    payout_msisdn = Words(label=_("Payout number"), max_length=30)
    payout_name = Words(label=_("Name on the wallet"), max_length=120)
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provider: Any = self.fields["payout_provider"]
        provider.choices = [(name, provider_name(name)) for name in settings.PAYMENT_PROVIDERS]

    def values_of(self, thing: Any) -> dict[str, Any]:
        return {"payout_provider": thing.payout_provider, "payout_name": thing.payout_name}


def _hold(asked: Asked) -> None:
    hold_seller(seller_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _free(asked: Asked) -> None:
    free_seller(seller_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _change_wallet(asked: Asked) -> None:
    change_wallet(seller_id=asked.object.pk, actor=asked.actor, **asked.data)


def _is_held(seller: Any, request: Any) -> bool:
    return any(hold.kind == HoldKind.RISK for hold in holds_of(seller_id=seller.pk))


def _is_not_held(seller: Any, request: Any) -> bool:
    return not _is_held(seller, request)


def _is_open(seller: Any, request: Any) -> bool:
    return seller.status != SellerStatus.CLOSED


def _decision(name: str, label: Any, run: Any, form: type[forms.Form], **more: Any) -> Decision:
    return Decision(name, label, DUTY, run, form=form, **more)


DECISIONS = (
    _decision(
        "hold-money",
        _("Hold the money"),
        _hold,
        ReasonForm,
        done=_("Nothing is paid to this seller until somebody frees it."),
        icon="pause",
        when=_is_not_held,
    ),
    _decision(
        "free-money",
        _("Free the money"),
        _free,
        ReasonForm,
        done=_("What nothing else holds goes on."),
        icon="play_arrow",
        when=_is_held,
    ),
    _decision(
        "payout-terms",
        _("Payout terms"),
        ask_for_terms,
        TermsForm,
        done=ASKED_FOR,
        ask=_("Nothing changes until a second person agrees."),
        submit=_("Ask for a change"),
        icon="event_repeat",
        when=may_ask,
        needs_proof=True,
    ),
    _decision(
        "wallet",
        _("Change the wallet"),
        _change_wallet,
        WalletForm,
        done=_("Both numbers are told; nothing is paid to the new one for a while."),
        icon="account_balance_wallet",
        when=_is_open,
    ),
)


def money_blocks(request: HttpRequest, seller: Seller) -> list[Any]:
    """When they are paid, what is in the way, line by line."""
    outlook = outlook_of(seller_id=seller.pk)
    holds = Hold.objects.filter(seller=seller, earning__isnull=True).order_by("-pk")[:ROWS_MAX]
    return [
        _when(outlook),
        *asked_table(request, seller),
        _lines(seller),
        holds_table(_("Holds of the whole seller"), holds),
    ]


def _when(outlook: Outlook) -> Facts:
    terms = outlook.prospect.terms
    in_the_way = "; ".join(str(one) for one in outlook.prospect.blocked)
    return Facts(
        _("Payouts"),
        [
            (_("Next payout"), outlook.next_payout_on or _("by hand")),
            (_("In its way"), in_the_way or _("nothing")),
            (_("Schedule"), terms.frequency.label),
            (_("Minimum"), money(terms.minimum_minor)),
            (_("Tier of risk"), terms.tier.label),
            (_("In reserve"), money(outlook.in_reserve_minor)),
        ],
    )


def _lines(seller: Seller) -> Table:
    of_seller = holds_of(seller_id=seller.pk)
    rows = []
    for earning in earnings_of(seller_id=seller.pk)[:ROWS_MAX]:
        reasons = reasons_of(earning, of_seller=of_seller)
        rows.append(
            (
                reference_link(earning.seller_order.reference),
                state(earning),
                moment(earning.release_at),
                " ".join(str(one.text) for one in reasons) or "–",
                link(earning.payout),
                money(earning.net_minor),
            )
        )
    return Table(
        _("Earnings"),
        [_("Seller order"), _("State"), _("Available from"), _("Why not yet"), _("Payout"),
         (_("Net"), "number")],
        rows,
        empty=_("Nothing was earned yet."),
    )  # fmt: skip
