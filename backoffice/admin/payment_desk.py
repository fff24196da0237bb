"""The payment desk: money that fits nothing, messages that nobody believes, payments in silence."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.ledger import postings_table
from backoffice.admin.order_page import DELIVERY
from backoffice.admin.payments import WALLETS, attempts_table, refunds_table
from backoffice.pages.blocks import ROWS_MAX, Facts, Page
from backoffice.pages.decisions import Asked, Decision, actor_of
from backoffice.pages.display import link, moment, money, money_column, state_column
from backoffice.pages.forms import Choice, LongWords, ReasonForm, Suggested, Words
from backoffice.pages.search import upper
from backoffice.sayings import said_again
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from marketplace.ledger.queries import postings_for
from marketplace.payments.commands import (
    apply_issue,
    confirm_settlement,
    note_issue,
    propose_settlement,
    refund_issue,
    send_settlement_back,
)
from marketplace.payments.models import PaymentIssue
from marketplace.payments.states import AttemptStatus, IssueKind, IssueStatus, SettledAs

DUTY = "settle_payments"
WITH_MONEY = {IssueKind.OVERPAID, IssueKind.UNDERPAID, IssueKind.DUPLICATE, IssueKind.LATE}
UNCERTAIN = {IssueKind.UNKNOWN, IssueKind.DOUBTFUL}
UNSETTLED = {
    AttemptStatus.CREATED,
    AttemptStatus.SENT,
    AttemptStatus.PENDING,
    AttemptStatus.UNKNOWN,
}


class ApplyForm(forms.Form):
    order = Suggested(
        "order",
        label=_("Order"),
        max_length=20,
        help_text=_("Reference of an open order of the same buyer; what is over goes back."),
    )
    reason = LongWords(label=_("Reason"), max_length=200)


class SettlementForm(forms.Form):
    outcome = Choice(label=_("What happened"), choices=SettledAs.choices)
    receipt = Words(label=_("Provider receipt"), max_length=40, required=False)
    evidence = LongWords(
        label=_("Evidence"),
        max_length=500,
        help_text=_("Where you saw it: the provider's portal, its statement, a call with a name."),
    )


def _refund(asked: Asked) -> None:
    refund_issue(issue_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _apply(asked: Asked) -> None:
    apply_issue(
        issue_id=asked.object.pk,
        order_reference=asked.data["order"],
        reason=asked.data["reason"],
        actor=asked.actor,
    )


def _propose(asked: Asked) -> None:
    propose_settlement(
        issue_id=asked.object.pk,
        outcome=asked.data["outcome"],
        receipt=asked.data["receipt"],
        evidence=asked.data["evidence"],
        actor=asked.actor,
    )


def _confirm(asked: Asked) -> None:
    confirm_settlement(issue_id=asked.object.pk, actor=asked.actor)


def _send_back(asked: Asked) -> None:
    send_settlement_back(issue_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _note(asked: Asked) -> None:
    note_issue(issue_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _holds_money(issue: Any, request: HttpRequest) -> bool:
    return issue.status == IssueStatus.OPEN and issue.kind in WITH_MONEY


def _is_silent(issue: Any, request: HttpRequest) -> bool:
    return (
        issue.status == IssueStatus.OPEN
        and issue.kind in UNCERTAIN
        and issue.attempt is not None
        and issue.attempt.status in UNSETTLED
    )


def _waits_for_me(issue: Any, request: HttpRequest) -> bool:
    is_mine = issue.proposed_by_id == actor_of(request).user_id
    return issue.status == IssueStatus.PROPOSED and not is_mine


def _needs_no_money(issue: Any, request: HttpRequest) -> bool:
    is_decided_elsewhere = _holds_money(issue, request) or _is_silent(issue, request)
    return issue.status == IssueStatus.OPEN and not is_decided_elsewhere


class IssueColumns(Console):
    list_display: Sequence[str] = (
        "reference", "kind_shown", "provider_shown", "attempt", "expected", "arrived",
        "status_label", "opened",
    )  # fmt: skip
    list_select_related = ("attempt",)
    list_filter = ("kind", "provider")
    search_by = {
        "reference__startswith": upper,
        "attempt__reference__startswith": upper,
        "receipt": upper,
    }
    search_hint = _("Reference of the issue or attempt, or provider receipt")
    status_label = state_column()
    expected = money_column("expected_minor", _("Expected"))
    arrived = money_column("arrived_minor", _("Arrived"))

    @display(description=_("Kind"), ordering="kind")
    def kind_shown(self, issue: PaymentIssue) -> Any:
        return issue.get_kind_display()

    @display(description=_("Provider"), ordering="provider")
    def provider_shown(self, issue: PaymentIssue) -> Any:
        return issue.get_provider_display()

    @display(description=_("Opened"), ordering="-pk")
    def opened(self, issue: PaymentIssue) -> Any:
        return moment(issue.opened_at)


@admin.register(PaymentIssue)
class PaymentIssueAdmin(CasePage, IssueColumns):
    """What was expected, what arrived, whose it is, and what a person decided."""

    aggregate = "issue"
    page_select_related = ("attempt__intent__order__buyer", "message", "proposed_by", "decided_by")
    chips = "status"
    exported = {
        _("Reference"): "reference",
        _("Kind"): "get_kind_display",
        _("State"): "get_status_display",
        _("Provider"): "get_provider_display",
        _("Attempt"): "attempt__reference",
        _("Expected (TZS)"): "expected_minor",
        _("Arrived (TZS)"): "arrived_minor",
        _("Decision"): "get_decision_display",
        _("Opened"): "opened_at",
        _("Decided"): "decided_at",
    }
    decisions = (
        Decision(
            "refund",
            _("Give it back"),
            DUTY,
            _refund,
            done=_("The money is on its way back; the buyer is told when it arrives."),
            form=ReasonForm,
            ask=_("All that arrived goes back to the wallet that sent it."),
            icon="undo",
            variant="danger",
            when=_holds_money,
        ),
        Decision(
            "apply",
            _("Apply to an order"),
            DUTY,
            _apply,
            done=_("The order is paid; buyer and sellers are told."),
            form=ApplyForm,
            icon="task_alt",
            variant="primary",
            when=_holds_money,
        ),
        Decision(
            "propose",
            _("Say what happened"),
            DUTY,
            _propose,
            done=_("A second person decides now."),
            form=SettlementForm,
            ask=_("With evidence only. A second person has to agree."),
            icon="rate_review",
            variant="primary",
            when=_is_silent,
        ),
        Decision(
            "confirm",
            _("Agree"),
            DUTY,
            _confirm,
            done=_("The payment is settled."),
            ask=_("You have seen the evidence yourself. The payment is settled as proposed."),
            icon="verified",
            variant="primary",
            when=_waits_for_me,
        ),
        Decision(
            "send_back",
            _("Do not agree"),
            DUTY,
            _send_back,
            done=_("It is open again."),
            form=ReasonForm,
            icon="reply",
            variant="danger",
            when=_waits_for_me,
        ),
        Decision(
            "close",
            _("Close it"),
            DUTY,
            _note,
            done=_("It is closed."),
            form=ReasonForm,
            ask=_("No money is moved."),
            icon="done",
            when=_needs_no_money,
        ),
        *hands("issue", DUTY),
    )

    def page(self, request: HttpRequest, issue: PaymentIssue) -> Page:
        page = Page(
            figures=[
                (_("Expected"), money(issue.expected_minor)),
                (_("Arrived"), money(issue.arrived_minor)),
                (_("Kind"), issue.get_kind_display()),
                (_("Opened"), moment(issue.opened_at)),
            ],
            notices=[("warning", said_again(issue.note))] if issue.note else [],
            main=[_facts(issue)],
            subjects=[("issue", [issue.pk])],
        )
        attempt = issue.attempt
        if attempt is not None:
            refunds = list(attempt.refunds.order_by("-pk")[:ROWS_MAX])
            order = attempt.intent.order
            siblings = attempt.intent.attempts.order_by("-pk")[:ROWS_MAX]
            shown = WALLETS.on(request, attempt.intent)
            page.main += [attempts_table(list(siblings), shown), refunds_table(refunds)]
            page.side.append(_whose(request, issue, order))
            page.subjects += [
                ("attempt", [attempt.pk]),
                ("refund", [one.pk for one in refunds]),
                ("order", [order.pk]),
            ]
            if request.user.has_perm("ledger.view_entry"):
                about = [attempt.reference, *(one.reference for one in refunds)]
                postings = list(postings_for(references=about)[:ROWS_MAX])
                page.main.append(postings_table(_("Books"), postings, with_entry=True))
        if issue.message is not None:
            page.subjects.append(("message", [issue.message.pk]))
        return page


def _facts(issue: PaymentIssue) -> Facts:
    return Facts(
        _("Issue"),
        [
            (_("Provider"), issue.get_provider_display()),
            (_("Receipt"), issue.receipt),
            (_("Message"), link(issue.message)),
            (_("Proposed"), issue.get_proposed_outcome_display()),
            (_("Proposed receipt"), issue.proposed_receipt),
            (_("Evidence"), issue.evidence),
            (_("Proposed by"), issue.proposed_by),
            (_("Decision"), issue.get_decision_display()),
            (_("Reason"), issue.reason),
            (_("Decided by"), issue.decided_by or (_("system") if issue.decision else "")),
            (_("Decided"), moment(issue.decided_at)),
        ],
        is_growing=True,
    )


def _whose(request: HttpRequest, issue: PaymentIssue, order: Any) -> Facts:
    may_see, shown = request.user.has_perm("accounts.view_user"), DELIVERY.on(request, order)
    return Facts(
        _("Whose it is"),
        [
            (_("Attempt"), link(issue.attempt)),
            (_("Order"), link(order)),
            (_("State"), order.get_status_display()),
            (_("Buyer"), link(order.buyer) if may_see else order.buyer),
            (_("Phone"), shown("phone", order.phone)),
        ],
        actions=shown.button,
    )
