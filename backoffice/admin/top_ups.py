"""Our own money in the providers' wallets: asked for by one person, let go by another."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.two_people import AskedColumns, Says, TwoPeople, asked_and_decided
from backoffice.pages.blocks import Page
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import money, money_column, page_of, provider_name
from backoffice.pages.forms import REASON_MAX, Choice, LongWords, Shillings, Words
from backoffice.pages.search import upper
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.payments.gateways import provider_names
from marketplace.payouts.commands import approve_top_up, reject_top_up, request_top_up
from marketplace.payouts.models import TopUp
from marketplace.payouts.states import TopUpStatus
from marketplace.shared.money import format_minor

TRANSFER_MAX = 40
BY_TWO = TwoPeople(
    "approve_payouts", TopUpStatus.PROPOSED, approve_top_up, reject_top_up, key="top_up_id"
)


class TopUpForm(forms.Form):
    """Which wallet, how much, and what our bank calls the transfer."""

    provider = Choice(label=_("Wallet"))
    amount_minor = Shillings(label=_("Amount (TZS)"), min_value=1)
    bank_reference = Words(
        label=_("Reference at the bank"),
        max_length=TRANSFER_MAX,
        help_text=_("As it stands in the bank's confirmation; each transfer is booked once."),
    )
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, _choice(name)) for name in sorted(provider_names())]
        self.fields["provider"].choices = choices  # type: ignore[attr-defined]


def _choice(provider: str) -> str:
    held = format_minor(balance(account=chart.provider_clearing(provider)))
    return _("%(provider)s, which holds %(amount)s by our books") % {
        "provider": provider_name(provider),
        "amount": held,
    }


def _request(asked: Asked) -> HttpResponse:
    return HttpResponseRedirect(page_of(request_top_up(actor=asked.actor, **asked.data)))


@admin.register(TopUp)
class TopUpAdmin(AskedColumns):
    """Transfers from our bank, the newest first."""

    intro = _(
        "A wallet pays refunds and payouts of what it holds. What you send it from the bank is booked"
        " once a second person has seen the transfer; the statement must show it."
    )
    aggregate = "top_up"
    chips = "status"
    list_display = (
        "reference",
        "wallet",
        "amount",
        "status_label",
        "bank_reference",
        "asked",
        "decided_by",
    )
    search_by = {"reference__startswith": upper, "bank_reference": upper}
    search_hint = _("Reference of the top-up or of the transfer at the bank")
    amount = money_column("amount_minor", _("Amount"))
    list_decisions = (
        Decision(
            "request",
            _("Top up a wallet"),
            "prepare_payouts",
            _request,
            done=_("It is asked for; somebody else approves it."),
            form=TopUpForm,
            icon="add",
            variant="primary",
        ),
    )
    decisions = BY_TWO.decisions(
        approving=Says(
            _("You have seen the transfer at the bank: wallet and bank are booked now."),
            _("It is booked: the wallet holds it."),
        ),
        rejecting=Says("", _("The top-up is rejected; nothing is booked.")),
        icon="verified",
    )

    def called(self, top_up: TopUp) -> str:
        amount = format_minor(top_up.amount_minor, top_up.currency)
        return f"{provider_name(top_up.provider)} · {amount} · {top_up.bank_reference}"

    @display(description=_("Wallet"))
    def wallet(self, top_up: TopUp) -> Any:
        return provider_name(top_up.provider)

    def page(self, request: HttpRequest, top_up: TopUp) -> Page:
        held_minor = balance(account=chart.provider_clearing(top_up.provider))
        return Page(
            figures=[
                (_("Amount"), money(top_up.amount_minor, top_up.currency)),
                (_("Wallet"), provider_name(top_up.provider)),
                (_("In the wallet by our books"), money(held_minor)),
                (_("Reference at the bank"), top_up.bank_reference),
            ],
            notices=BY_TWO.notices(top_up, request),
            main=[asked_and_decided(top_up, title=_("Top-up"))],
        )
