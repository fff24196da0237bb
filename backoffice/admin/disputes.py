"""Disputes: the queue, and the page on which one is settled."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console, is_about_one
from backoffice.admin.dispute_appeal import (
    APPEALING,
    appeal_facts,
    decider_of,
    is_deciders_own,
    waits_for_colleague,
)
from backoffice.admin.dispute_clock import time_left, whose_turn
from backoffice.admin.dispute_decision import ResolutionForm, preview, resolve
from backoffice.admin.dispute_evidence import drafts, evidence
from backoffice.admin.dispute_facts import parties, proposals, resolution, taken_back
from backoffice.admin.dispute_steps import next_step
from backoffice.admin.dispute_work import ADDING, ASIDE, RESOLVE, WORKING, is_open
from backoffice.pages.blocks import Facts, Page, Piece
from backoffice.pages.decisions import Decision, Place
from backoffice.pages.display import (
    NOTHING,
    link,
    moment,
    money,
    money_column,
    state_column,
    two_lines,
)
from backoffice.pages.search import upper
from backoffice.step_up import proof_asked
from backoffice.work.case import CasePage
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import record_of, thread, with_goods, with_sides_preparing
from marketplace.disputes.states import DisputeStatus
from marketplace.payments.refund_shares import remaining_shares

GOODS_MAX = 3


class DisputeColumns(Console):
    list_display: Sequence[str] = (
        "reference", "seller_order", "sides", "reason_shown", "claimed", "status_label",
        "turn_shown", "due",
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

    @display(description=_("Buyer and seller"))
    def sides(self, dispute: Dispute) -> Any:
        return two_lines(dispute.buyer, dispute.seller)

    @display(description=_("Due"), ordering="due_at")
    def due(self, dispute: Dispute) -> Any:
        due = moment(dispute.due_at)
        return two_lines(due, dispute.assignee) if dispute.assignee else due


def _what_became(dispute: Dispute) -> Any:
    """Of a decision just made: it may be one of two."""
    dispute.refresh_from_db(fields=["status"])
    if dispute.status == DisputeStatus.APPROVAL:
        return _("Decided; nothing moves before a second person agrees.")
    return _("The dispute is resolved.")


@admin.register(Dispute)
class DisputeAdmin(CasePage, DisputeColumns):
    """A buyer's case against one seller order. While it is open, the earning is on hold."""

    aggregate = "dispute"
    chips = "status"
    decisions = (
        *WORKING,
        Decision(
            "resolve",
            _("Resolve"),
            RESOLVE,
            resolve,
            done=_what_became,
            form=ResolutionForm,
            icon="gavel",
            variant="primary",
            when=is_open,
            place=Place.PAGE,
            own_page=True,
            needs_proof=True,
            key="a",
            preview=preview,
        ),
        *APPEALING,
        *ADDING,
        *ASIDE,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        rows = with_sides_preparing(super().get_queryset(request))
        if is_about_one(request):
            rows = with_goods(rows)
        return rows.select_related(
            "seller_order__order",
            "seller_order__shipment",
            "buyer",
            "seller",
            "assignee",
            "decided_by",
            "approved_by",
            "appeal__first_decided_by",
            "appeal__decided_by",
        )

    def page(self, request: HttpRequest, dispute: Dispute) -> Page:
        said = thread(dispute_id=dispute.pk, for_staff=True)
        part = dispute.seller_order
        record = record_of(
            seller_id=dispute.seller_id, buyer_id=dispute.buyer_id, besides=dispute.pk
        )
        return Page(
            figures=[
                (_("Claimed"), money(dispute.claimed_minor, dispute.currency)),
                (_("Taken back"), money(dispute.taken_back_minor))
                if dispute.taken_back_minor
                else (_("Left to refund"), _with_shipping(dispute)),
                (_("Reason"), two_lines(dispute.get_reason_display(), _goods(dispute))),
                (_("Turn"), _turn(dispute)),
            ],
            next_step=next_step(request, dispute, is_proposed=said.is_proposed),
            notices=[*_notices(request, dispute), *drafts(dispute)],
            main=[
                self._thread(request, dispute, said.messages),
                evidence(request, dispute, said.evidence),
            ],
            side=[
                *self._decide_here(request, dispute),
                *([taken_back(dispute)] if dispute.taken_back_minor else []),
                *appeal_facts(dispute),
                *([resolution(dispute)] if dispute.outcome else []),
                *([proposals(said)] if said.proposals else []),
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
                parties(dispute, record),
            ],
        )

    def _decide_here(self, request: HttpRequest, dispute: Dispute) -> list[Piece]:
        """The decision in the page itself, beside all that it rests on."""
        deciding = (one for one in self.decisions if one.name in ("resolve", "decide_appeal"))
        decision = next((one for one in deciding if one.is_offered(request, dispute)), None)
        if decision is None:
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
            context["prepared"] = self.answers_beside(reply, dispute)
        return Piece(_("Thread"), "console/blocks/thread.html", context)


def _goods(dispute: Any) -> str:
    """What was bought; of a long list its beginning."""
    *shown, last = dispute.goods[: GOODS_MAX + 1] or [""]
    return ", ".join([*shown, "…" if len(shown) == GOODS_MAX else last])


def _with_shipping(dispute: Dispute) -> Any:
    """What is left to refund, and why that may be more than was claimed."""
    left_minor = remaining_shares(dispute.seller_order).amount_minor
    if left_minor <= dispute.claimed_minor:
        return money(left_minor)
    return two_lines(money(left_minor), _("the shipping included"))


def _turn(dispute: Dispute) -> Any:
    turn = whose_turn(dispute)
    return two_lines(turn, time_left(dispute)) if turn else NOTHING


def _notices(request: HttpRequest, dispute: Dispute) -> list[tuple[str, Any]]:
    """Who else is to act where this person is not, or what the second person agrees to."""
    if dispute.status == DisputeStatus.APPEALED:
        if is_deciders_own(dispute, request):
            return [("info", _("You decided this case. Somebody else looks at the appeal."))]
        return [("warning", _("The decision was appealed: look at the case as if it were new."))]
    if not waits_for_colleague(dispute):
        return []
    decider = decider_of(dispute)
    if decider == request.user:
        return [("info", _("You decided this: a colleague has to agree before anything moves."))]
    name = {"name": decider or gettext("system")}
    return [("warning", _("%(name)s decided this. It takes effect once you agree.") % name)]
