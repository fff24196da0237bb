"""Disputes: the queue, and the page on which one is settled."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanWidget

from backoffice.admin.base import Console, buttons
from backoffice.admin.dispute_clock import time_left, whose_turn
from backoffice.admin.dispute_decision import ResolutionForm, preview, resolve
from backoffice.pages.blocks import Facts, Page, Piece, Table
from backoffice.pages.colleagues import COLLEAGUES_MAX, colleagues_with
from backoffice.pages.decisions import Asked, Decision, Place, ThingForm
from backoffice.pages.display import (
    late,
    link,
    moment,
    money,
    money_column,
    reference_link,
    state,
    state_column,
    two_lines,
)
from backoffice.pages.forms import MESSAGE_MAX, Choice, LongWords, Words
from backoffice.pages.search import upper
from backoffice.step_up import proof_asked
from backoffice.work.case import CasePage
from backoffice.work.hands import giving, put_aside, taking
from marketplace.disputes.checklist import checklist
from marketplace.disputes.commands import (
    add_evidence,
    assign_dispute,
    contest_reversal,
    post_message,
)
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import Record, Thread, record_of, thread
from marketplace.disputes.states import DisputeStatus, EvidenceKind, Party
from marketplace.payments.queries import chargeback_of
from marketplace.payments.refund_shares import remaining_shares

ASKED = [(party.value, party.label) for party in (Party.BUYER, Party.SELLER)]
HANDLE, RESOLVE = "handle_disputes", "resolve_disputes"


class ReplyForm(forms.Form):
    body = LongWords(label=_("Message"), max_length=MESSAGE_MAX, rows=3)
    is_internal = forms.BooleanField(
        label=_("Internal note: only colleagues read it"),
        required=False,
        widget=UnfoldBooleanWidget(),
    )

    ask = Choice(
        label=_("Then it is the turn of"),
        choices=[("", _("us")), *ASKED],
        required=False,
        help_text=_(
            "Whoever is asked has to answer in time; our own clock stands still meanwhile."
        ),
    )


class EvidenceForm(forms.Form):
    kind = Choice(label=_("It shows"), choices=EvidenceKind.choices, initial=EvidenceKind.OTHER)
    file = forms.FileField(label=_("PDF or picture"), widget=UnfoldAdminFileFieldWidget())
    note = Words(label=_("Note"), max_length=300, required=False)


class ContestForm(forms.Form):
    number = Words(label=_("The provider's number for it"), max_length=60)


class AssigneeForm(ThingForm):
    """Colleagues whose role handles disputes."""

    assignee = Choice(label=_("Colleague"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = colleagues_with(HANDLE).values_list("pk", "name")[:COLLEAGUES_MAX]
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *((str(pk), name) for pk, name in names),
        ]

    def values_of(self, dispute: Dispute) -> dict[str, Any]:
        return {"assignee": str(dispute.assignee_id or "")}


def _is_open(dispute: Any, request: HttpRequest) -> bool:
    return dispute.status == DisputeStatus.OPEN


def _is_contestable(dispute: Any, request: HttpRequest) -> bool:
    is_ours = bool(dispute.taken_back_minor) and dispute.contested_at is None
    return is_ours and _is_open(dispute, request)


def _is_not_mine(dispute: Any, request: HttpRequest) -> bool:
    return _is_open(dispute, request) and dispute.assignee_id != request.user.pk


def _take(asked: Asked) -> None:
    assign_dispute(dispute_id=asked.object.pk, assignee_id=asked.actor.user_id, actor=asked.actor)


def _assign(asked: Asked) -> None:
    assign_dispute(
        dispute_id=asked.object.pk,
        assignee_id=asked.data["assignee"] or None,
        actor=asked.actor,
    )


def _contest(asked: Asked) -> None:
    contest_reversal(
        dispute_id=asked.object.pk, case_number=asked.data["number"], actor=asked.actor
    )


def _reply(asked: Asked) -> None:
    post_message(
        dispute_id=asked.object.pk,
        body=asked.data["body"],
        is_internal=asked.data["is_internal"],
        ask=asked.data["ask"],
        actor=asked.actor,
    )


def _add_evidence(asked: Asked) -> None:
    add_evidence(
        dispute_id=asked.object.pk,
        file=asked.data["file"],
        kind=asked.data["kind"],
        note=asked.data["note"],
        actor=asked.actor,
    )


class DisputeColumns(Console):
    list_display: Sequence[str] = (
        "reference", "seller_order", "buyer", "seller", "reason_shown", "claimed",
        "status_label", "turn_shown", "assignee", "due",
    )  # fmt: skip
    list_select_related = ("seller_order", "buyer", "seller", "assignee")
    search_by = {"reference__startswith": upper, "seller_order__reference__startswith": upper}
    search_hint = _("Reference of the dispute or seller order")
    status_label = state_column()
    claimed = money_column("claimed_minor", _("Claimed"))

    @display(description=_("Reason"), ordering="reason")
    def reason_shown(self, dispute: Dispute) -> Any:
        return dispute.get_reason_display()

    @display(description=_("Turn"), ordering="turn")
    def turn_shown(self, dispute: Dispute) -> Any:
        return whose_turn(dispute)

    @display(description=_("Due"), ordering="due_at")
    def due(self, dispute: Dispute) -> Any:
        return moment(dispute.due_at)


@admin.register(Dispute)
class DisputeAdmin(CasePage, DisputeColumns):
    """A buyer's case against one seller order. While it is open, the earning is on hold."""

    aggregate = "dispute"
    chips = "status"
    decisions = (
        taking(HANDLE, _take, _is_not_mine, name="take"),
        giving(HANDLE, _assign, _is_open, AssigneeForm),
        Decision(
            "contest",
            _("Contest"),
            RESOLVE,
            _contest,
            done=_("Contested; the case waits for the provider now."),
            form=ContestForm,
            ask=_("Send the provider what the seller has shown, then say here under which number."),
            icon="undo",
            when=_is_contestable,
        ),
        Decision(
            "resolve",
            _("Resolve"),
            RESOLVE,
            resolve,
            done=_("The dispute is resolved."),
            form=ResolutionForm,
            icon="gavel",
            variant="primary",
            when=_is_open,
            place=Place.PAGE,
            own_page=True,
            needs_proof=True,
            key="a",
            preview=preview,
        ),
        # These have their place in the page, not above it.
        Decision(
            "reply",
            _("Write"),
            HANDLE,
            _reply,
            form=ReplyForm,
            when=_is_open,
            own_page=True,
            place=Place.PAGE,
            only_adds=True,
        ),
        Decision(
            "evidence",
            _("Add a file"),
            HANDLE,
            _add_evidence,
            done=_("The file is part of the case."),
            form=EvidenceForm,
            ask=_("Buyer and seller see it."),
            icon="attach_file",
            when=_is_open,
            place=Place.PAGE,
            only_adds=True,
        ),
        *put_aside("dispute", HANDLE),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        rows = super().get_queryset(request)
        return rows.select_related("seller_order__order", "buyer", "seller", "assignee")

    def page(self, request: HttpRequest, dispute: Dispute) -> Page:
        said = thread(dispute_id=dispute.pk, for_staff=True)
        part = dispute.seller_order
        left = remaining_shares(part)
        record = record_of(
            seller_id=dispute.seller_id, buyer_id=dispute.buyer_id, besides=dispute.pk
        )
        return Page(
            figures=[
                (_("Claimed"), money(dispute.claimed_minor, dispute.currency)),
                (_("Taken back"), money(dispute.taken_back_minor))
                if dispute.taken_back_minor
                else (_("Left to refund"), money(left.amount_minor)),
                (_("Reason"), dispute.get_reason_display()),
                (_("Turn"), two_lines(whose_turn(dispute), time_left(dispute))),
            ],
            main=[
                self._thread(request, dispute, said.messages),
                self._evidence(request, dispute, said),
            ],
            side=[
                *self._decide_here(request, dispute),
                *([_taken_back(dispute)] if dispute.taken_back_minor else []),
                *([_resolution(dispute)] if dispute.outcome else []),
                *([_proposals(said)] if said.proposals else []),
                Facts(
                    _("Case"),
                    [
                        (_("Seller order"), link(part)),
                        (_("Order"), link(part.order)),
                        (_("Paid for it"), money(part.gross_minor)),
                        (_("Delivered"), moment(part.delivered_at)),
                        (_("Opened"), moment(dispute.opened_at)),
                        (_("Opened by"), dispute.get_origin_display()),
                    ],
                ),
                _parties(dispute, record),
            ],
        )

    def _decide_here(self, request: HttpRequest, dispute: Dispute) -> list[Piece]:
        """The decision in the page itself, beside all that it rests on."""
        decision = next(one for one in self.decisions if one.name == "resolve")
        if not decision.is_offered(request, dispute):
            return []
        context = {
            "decision": decision,
            "form": decision.bound(request, dispute),
            "proof": proof_asked(request, decision, answered=False),
            "address": self.decision_address(decision, dispute),
        }
        return [Piece(decision.label, "console/blocks/decide.html", context)]

    def _thread(self, request: HttpRequest, dispute: Dispute, messages: list[Any]) -> Piece:
        reply = next(one for one in self.decisions if one.name == "reply")
        context: dict[str, Any] = {"messages": messages}
        if reply.is_offered(request, dispute):
            context["form"] = reply.bound(request, dispute)
            context["address"] = self.decision_address(reply, dispute)
        return Piece(_("Thread"), "console/blocks/thread.html", context)

    def _evidence(self, request: HttpRequest, dispute: Dispute, said: Any) -> Piece:
        actions = buttons(request, dispute, only=("evidence",))
        return Piece(
            _("Evidence"),
            "console/blocks/evidence.html",
            {
                "files": said.evidence,
                "required": checklist(dispute.reason, said.evidence),
                "actions": actions,
            },
        )


def _proposals(said: Thread) -> Table:
    """The amounts on which the sides would settle, newest first."""
    return Table(
        _("Proposals"),
        [_("Who proposes"), (_("Amount"), "number"), _("State")],
        [
            (
                one.get_party_display(),
                money(one.amount_minor),
                two_lines(state(one), moment(one.made_at)),
            )
            for one in reversed(said.proposals)
        ],
    )


def _parties(dispute: Dispute, record: Record) -> Table:
    """Who claims often, and who often loses, in other cases than this one."""
    buyer: Any = dispute.buyer
    seller: Any = link(dispute.seller)
    if record.claims_often:
        buyer = two_lines(buyer, late(_("claims often")))
    if record.loses_often:
        seller = two_lines(seller, late(_("often at fault")))
    return Table(
        _("Their other disputes, last %(days)s days") % {"days": settings.DISPUTE_RECORD_DAYS},
        [
            _("Party"),
            (_("Cases"), "number"),
            (_("Won"), "number"),
            (_("Lost"), "number"),
            (_("Refunded"), "number"),
        ],
        [
            (
                buyer,
                record.buyer_cases,
                record.buyer_won,
                record.buyer_lost,
                money(record.buyer_refunded_minor),
            ),
            (
                seller,
                record.seller_cases,
                record.seller_won,
                record.seller_lost,
                money(record.seller_refunded_minor),
            ),
        ],
    )


def _taken_back(dispute: Dispute) -> Facts:
    """What the provider took back, and what became of it."""
    taken = chargeback_of(seller_order_id=dispute.seller_order_id)
    if taken is None:
        return Facts(_("Taken back by the provider"), [])
    return Facts(
        _("Taken back by the provider"),
        [
            (_("Payment"), link(taken.attempt)),
            (_("Provider"), taken.attempt.get_provider_display()),
            (_("Taken back"), two_lines(money(taken.amount_minor), moment(taken.taken_at))),
            (_("of it the seller's"), money(taken.seller_minor)),
            (_("State"), state(taken)),
            (_("Contested"), moment(dispute.contested_at)),
            (_("The provider's number"), dispute.contest_number),
            (_("Came back as"), reference_link(taken.won_by)),
        ],
    )


def _resolution(dispute: Dispute) -> Any:
    refund = reference_link(dispute.refund_reference)
    return Facts(
        _("Resolution"),
        [
            (_("Outcome"), dispute.get_outcome_display()),
            (_("At fault"), dispute.get_fault_display()),
            (_("Refunded"), money(dispute.refunded_minor, dispute.currency)),
            (_("Refund"), refund),
            (_("Closed"), moment(dispute.closed_at)),
            (_("Note"), dispute.resolution_note),
        ],
    )
