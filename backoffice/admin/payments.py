"""Payments: intents, attempts, refunds, and what the providers sent us."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import is_about_one
from backoffice.admin.keyset import Keyset
from backoffice.pages.blocks import Facts, Page, Preformatted, Table
from backoffice.pages.display import (
    link,
    moment,
    money,
    money_column,
    reference_link,
    state,
    state_column,
    two_lines,
)
from backoffice.pages.search import same, upper, wallet_of
from backoffice.personal import Personal, Shown, Whose
from backoffice.sayings import provider_said, said_again
from marketplace.payments.models import Attempt, InboxMessage, Intent, Refund

ROWS = 50


def _payer(thing: Any) -> Whose:
    """The buyer who pays; a message that names no attempt is nobody's whom we know."""
    attempt = thing.attempt if isinstance(thing, InboxMessage) else thing
    if attempt is None:
        return Whose()
    intent = attempt if isinstance(attempt, Intent) else attempt.intent
    return Whose(user_id=intent.order.buyer_id)


WALLETS = Personal("wallets", ("msisdn",), _payer)
CONTENT = Personal("content", ("raw",), _payer)


@admin.register(Intent)
class IntentAdmin(Keyset):
    """One per order: what is to be paid, and whether it is."""

    aggregate = "intent"
    page_select_related = ("order",)
    decisions = WALLETS.decisions
    chips = "status"
    list_display = ("reference", "order", "amount", "status_label", "created")
    list_select_related = ("order",)
    search_by = {"reference__startswith": upper, "order__reference__startswith": upper}
    search_hint = _("Reference of the payment or of the order")
    status_label = state_column()
    amount = money_column("amount_minor", _("Amount"))

    @display(description=_("Created"), ordering="-pk")
    def created(self, intent: Intent) -> Any:
        return moment(intent.created_at)

    def page(self, request: HttpRequest, intent: Intent) -> Page:
        attempts = list(intent.attempts.order_by("-pk")[:ROWS])
        refunds = list(Refund.objects.filter(attempt__intent=intent).order_by("-pk")[:ROWS])
        return Page(
            figures=[
                (_("Amount"), money(intent.amount_minor, intent.currency)),
                (_("Order"), link(intent.order)),
                (_("Created"), moment(intent.created_at)),
            ],
            main=[
                attempts_table(attempts, WALLETS.on(request, intent)),
                refunds_table(refunds),
            ],
            subjects=[
                ("intent", [intent.pk]),
                ("attempt", [one.pk for one in attempts]),
                ("refund", [one.pk for one in refunds]),
            ],
        )


@admin.register(Attempt)
class AttemptAdmin(Keyset):
    exported = {
        _("Reference"): "reference",
        _("Order"): "intent__order__reference",
        _("Provider"): "get_provider_display",
        _("Wallet number"): "msisdn",
        _("Channel"): "get_channel_display",
        _("State"): "get_status_display",
        _("Amount (TZS)"): "amount_minor",
        _("Receipt"): "receipt",
        _("Created"): "created_at",
        _("Settled"): "settled_at",
    }
    aggregate = "attempt"
    decisions = WALLETS.decisions
    page_select_related = ("intent__order",)
    chips = "status"
    list_display = (
        "reference", "provider_shown", "msisdn", "amount", "status_label", "receipt", "created",
    )  # fmt: skip
    search_by = {"reference__startswith": upper, "msisdn": wallet_of, "receipt": upper}
    search_hint = _("Reference, wallet number or provider receipt")
    list_filter = ("provider",)
    status_label = state_column()
    amount = money_column("amount_minor", _("Amount"))

    @display(description=_("Provider"), ordering="provider")
    def provider_shown(self, attempt: Attempt) -> Any:
        return attempt.get_provider_display()

    @display(description=_("Created"), ordering="-pk")
    def created(self, attempt: Attempt) -> Any:
        return moment(attempt.created_at)

    def page(self, request: HttpRequest, attempt: Attempt) -> Page:
        shown = WALLETS.on(request, attempt)
        return Page(
            figures=[
                (_("Amount"), money(attempt.amount_minor, attempt.currency)),
                (_("Provider"), attempt.get_provider_display()),
                *([(_("Receipt"), attempt.receipt)] if attempt.receipt else []),
            ],
            main=[
                Facts(
                    _("Attempt"),
                    [
                        (_("Payment"), link(attempt.intent)),
                        (_("Order"), link(attempt.intent.order)),
                        (_("Wallet number"), shown("msisdn", attempt.msisdn)),
                        (_("Channel"), attempt.get_channel_display()),
                        (_("Conversation"), attempt.conversation_id),
                        (_("Provider code"), attempt.provider_code),
                        (_("Provider message"), provider_said(attempt)),
                        (_("Created"), moment(attempt.created_at)),
                        (_("Sent"), moment(attempt.sent_at)),
                        (_("Settled"), moment(attempt.settled_at)),
                        (_("Enquiries"), attempt.enquiries),
                        (_("Next enquiry"), moment(attempt.next_enquiry_at)),
                    ],
                    is_growing=True,
                    actions=shown.button,
                ),
                refunds_table(list(attempt.refunds.order_by("-pk")[:ROWS])),
                _messages(attempt),
            ],
        )


@admin.register(InboxMessage)
class InboxMessageAdmin(Keyset):
    """Callbacks as they came, stored before anything is believed of them."""

    intro = _(
        "What providers told us, as it came; it is believed once its signature and its sums are."
    )
    empty = _("The next payment, refund or payout that a provider tells us of stands here.")
    aggregate = "message"
    page_select_related = ("attempt__intent__order",)
    decisions = CONTENT.decisions
    chips = "status"
    list_display = (
        "received", "provider_shown", "status_label", "said", "attempt", "times_received",
    )  # fmt: skip
    list_select_related = ("attempt",)
    search_by = {"dedupe_key": same, "attempt__reference__startswith": upper}
    search_hint = _("Reference of the attempt")
    status_label = state_column()

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows if is_about_one(request) else rows.defer("body")

    @display(description=_("Received"), ordering="-pk")
    def received(self, message: InboxMessage) -> Any:
        return moment(message.received_at)

    @display(description=_("Verdict"))
    def said(self, message: InboxMessage) -> Any:
        return said_again(message.verdict)

    @display(description=_("Provider"), ordering="provider")
    def provider_shown(self, message: InboxMessage) -> Any:
        return message.get_provider_display()

    def page(self, request: HttpRequest, message: InboxMessage) -> Page:
        shown = CONTENT.on(request, message)
        return Page(
            figures=[
                (_("Provider"), message.get_provider_display()),
                (_("Received"), moment(message.received_at)),
                (_("Times received"), message.times_received),
            ],
            main=[
                Facts(
                    _("Message"),
                    [
                        (_("Verdict"), said_again(message.verdict)),
                        (_("Attempt"), link(message.attempt)),
                        (_("From"), message.remote_address),
                        (_("Processed"), moment(message.processed_at)),
                    ],
                    actions=shown.button,
                ),
                Preformatted(
                    _("Body"), shown("raw", bytes(message.body).decode("utf-8", "replace"))
                ),
                Preformatted(_("Headers"), shown("raw", json.dumps(message.headers, indent=2))),
            ],
        )


def attempts_table(attempts: list[Attempt], shown: Shown) -> Table:
    return Table(
        _("Attempts"),
        [_("Attempt"), _("Wallet"), _("State"), _("Receipt"), (_("Amount"), "number")],
        [
            (
                two_lines(reference_link(one.reference), moment(one.created_at)),
                two_lines(one.get_provider_display(), shown("msisdn", one.msisdn)),
                state(one),
                one.receipt,
                money(one.amount_minor, one.currency),
            )
            for one in attempts
        ],
        empty=_("Nobody has tried to pay yet."),
        actions=shown.button if attempts else "",
    )  # fmt: skip


def refunds_table(refunds: list[Refund]) -> Table:
    return Table(
        _("Refunds"),
        [_("Refund"), _("Reason"), _("State"), _("Created"), (_("Amount"), "number")],
        [
            (
                reference_link(one.reference),
                one.get_reason_display(),
                state(one),
                moment(one.created_at),
                money(one.amount_minor, one.currency),
            )
            for one in refunds
        ],
        empty=_("Nothing went back."),
    )


def _messages(attempt: Attempt) -> Table:
    rows = attempt.messages.defer("body").order_by("-pk")[:ROWS]
    return Table(
        _("Provider messages"),
        [_("Received"), _("State"), _("Verdict"), (_("Times"), "number")],
        [(link(one), state(one), said_again(one.verdict), one.times_received) for one in rows],
        empty=_("The provider has not called back."),
    )
