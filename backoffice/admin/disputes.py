"""Disputes: the queue, and the page on which one is settled."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanWidget

from backoffice.admin.base import Console, buttons
from backoffice.pages.blocks import Facts, Page, Piece, Table
from backoffice.pages.colleagues import COLLEAGUES_MAX, colleagues_with
from backoffice.pages.decisions import Asked, Decision, Place, ThingForm
from backoffice.pages.display import link, moment, money, money_column, reference_link, state_column
from backoffice.pages.forms import MESSAGE_MAX, Choice, LongWords, Shillings, Words
from backoffice.pages.search import upper
from backoffice.work.case import CasePage
from backoffice.work.hands import giving, put_aside, taking
from marketplace.disputes.checklist import checklist
from marketplace.disputes.commands import (
    add_evidence,
    assign_dispute,
    post_message,
    resolve_dispute,
)
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import Thread, thread
from marketplace.disputes.states import DisputeOutcome, DisputeStatus, EvidenceKind
from marketplace.payments.models import RefundPart
from marketplace.payments.states import RefundStatus

HANDLE, RESOLVE = "handle_disputes", "resolve_disputes"


class ReplyForm(forms.Form):
    body = LongWords(label=_("Message"), max_length=MESSAGE_MAX, rows=4)
    is_internal = forms.BooleanField(
        label=_("Internal note: only colleagues read it"),
        required=False,
        widget=UnfoldBooleanWidget(),
    )


class EvidenceForm(forms.Form):
    kind = Choice(label=_("It shows"), choices=EvidenceKind.choices, initial=EvidenceKind.OTHER)
    file = forms.FileField(label=_("PDF or picture"), widget=UnfoldAdminFileFieldWidget())
    note = Words(label=_("Note"), max_length=300, required=False)


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


class ResolutionForm(forms.Form):
    outcome = Choice(label=_("Outcome"), choices=DisputeOutcome.choices)
    refund = Shillings(
        label=_("Partial refund (TZS)"),
        required=False,
        help_text=_("Only for a partial refund; a full one gives all back that is left."),
    )
    note = LongWords(
        label=_("Note"), max_length=2000, rows=5, help_text=_("Buyer and seller read it.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == DisputeOutcome.REFUND_PARTIAL and not data.get("refund"):
            self.add_error("refund", _("Say how much goes back."))
        return data


def _is_open(dispute: Any, request: HttpRequest) -> bool:
    return dispute.status == DisputeStatus.OPEN


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


def _reply(asked: Asked) -> None:
    post_message(
        dispute_id=asked.object.pk,
        body=asked.data["body"],
        is_internal=asked.data["is_internal"],
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


def _resolve(asked: Asked) -> None:
    resolve_dispute(
        dispute_id=asked.object.pk,
        outcome=asked.data["outcome"],
        refund_minor=asked.data["refund"] or 0,
        note=asked.data["note"],
        actor=asked.actor,
    )


class DisputeColumns(Console):
    list_display: Sequence[str] = (
        "reference", "seller_order", "buyer", "seller", "reason_shown", "claimed",
        "status_label", "assignee", "due",
    )  # fmt: skip
    list_select_related = ("seller_order", "buyer", "seller", "assignee")
    search_by = {"reference__startswith": upper, "seller_order__reference__startswith": upper}
    search_hint = _("Reference of the dispute or seller order")
    status_label = state_column()
    claimed = money_column("claimed_minor", _("Claimed"))

    @display(description=_("Reason"), ordering="reason")
    def reason_shown(self, dispute: Dispute) -> Any:
        return dispute.get_reason_display()

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
            "resolve",
            _("Resolve"),
            RESOLVE,
            _resolve,
            done=_("The dispute is resolved."),
            form=ResolutionForm,
            ask=_("The refund, if any, is sent at once, and the seller's money goes on."),
            icon="gavel",
            variant="primary",
            when=_is_open,
            key="a",
        ),
        # These two have their place in the page, not above it.
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
        refunded = _refunded(dispute)
        page = Page(
            figures=[
                (_("Claimed"), money(dispute.claimed_minor, dispute.currency)),
                (_("Reason"), dispute.get_reason_display()),
                (_("Due"), moment(dispute.due_at)),
                (_("Assigned to"), dispute.assignee or _("nobody yet")),
            ],
            main=[
                self._thread(request, dispute, said.messages),
                _required(dispute, said),
                self._evidence(request, dispute, said),
            ],
            side=[
                Facts(
                    _("Case"),
                    [
                        (_("Seller order"), link(part)),
                        (_("Order"), link(part.order)),
                        (_("Buyer"), dispute.buyer),
                        (_("Seller"), dispute.seller),
                        (_("Paid for it"), money(part.gross_minor)),
                        (_("Refunded already"), money(refunded)),
                        (_("Left to refund"), money(part.gross_minor - refunded)),
                        (_("Delivered"), moment(part.delivered_at)),
                        (_("Opened"), moment(dispute.opened_at)),
                    ],
                )
            ],
        )
        if dispute.outcome:
            page.main.insert(0, _resolution(dispute))
        return page

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
            {"files": said.evidence, "actions": actions},
        )


def _refunded(dispute: Dispute) -> int:
    """What of the seller order is back with the buyer, or on its way."""
    parts = RefundPart.objects.filter(seller_order_id=dispute.seller_order_id)
    not_going = [RefundStatus.PROPOSED, RefundStatus.REJECTED, RefundStatus.FAILED]
    total: int = parts.exclude(refund__status__in=not_going).aggregate(
        total=Sum("amount_minor", default=0)
    )["total"]
    return total


def _required(dispute: Dispute, said: Thread) -> Table:
    """What each side has to show for this reason; only a side itself ticks its items."""
    return Table(
        _("What has to be shown"),
        [_("Party"), _("Evidence"), _("State")],
        [
            (item.party.label, item.kind.label, _("shown") if item.is_shown else _("missing"))
            for item in checklist(dispute.reason, said.evidence)
        ],
        empty=_("For this reason nobody has to show anything."),
    )


def _resolution(dispute: Dispute) -> Any:
    refund = reference_link(dispute.refund_reference)
    return Facts(
        _("Resolution"),
        [
            (_("Outcome"), dispute.get_outcome_display()),
            (_("Refunded"), money(dispute.refunded_minor, dispute.currency)),
            (_("Refund"), refund),
            (_("Closed"), moment(dispute.closed_at)),
            (_("Note"), dispute.resolution_note),
        ],
    )
