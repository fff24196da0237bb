"""Who is told whose turn it is in a dispute, and that a side was silent for too long."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from marketplace.disputes.checklist import checklist
from marketplace.disputes.events import (
    AppealDecided,
    DisputeAppealed,
    DisputeSideSilent,
    DisputeTakenBack,
    DisputeTurnPassed,
    EvidenceAdded,
    EvidenceSubmitted,
    ProposalMade,
)
from marketplace.disputes.queries import dispute_by_id
from marketplace.disputes.states import AppealStatus, DisputeOutcome, DisputeReason, Party
from marketplace.notifications import commands
from marketplace.payments.queries import chargeback_of
from marketplace.payments.states import ChargebackStatus
from marketplace.sellers.queries import owner_of
from marketplace.shared.actors import Actor
from marketplace.shared.clock import EAT
from marketplace.shared.events import EventMeta
from marketplace.shared.money import format_minor

NOTIFICATIONS = Actor.system("notifications")
SILENT = {Party.SELLER: "dispute_seller_silent", Party.BUYER: "dispute_buyer_silent"}


def tell_of_claim(meta: EventMeta, dispute: Any) -> None:
    """Both sides, each with what it is asked to show; the seller is to answer first."""
    facts = {"amount": format_minor(dispute.claimed_minor)}
    asked = _asked(dispute, Party.BUYER)
    _tell(meta, dispute.buyer_id, "dispute_opened", dispute, **facts, asked=asked)
    facts["until"] = f"{dispute.due_at.astimezone(EAT):%Y-%m-%d %H:%M}"
    owner = owner_of(dispute.seller_id)
    reason, asked = DisputeReason(dispute.reason).label, _asked(dispute, Party.SELLER)
    _tell(meta, owner, "seller_dispute_opened", dispute, **facts, reason=reason, asked=asked)


def turn_passed(event: DisputeTurnPassed, meta: EventMeta) -> None:
    """The side that is to answer, and until when; we ourselves have our queue."""
    dispute = dispute_by_id(event.dispute_id)
    sides = {Party.BUYER: dispute.buyer_id, Party.SELLER: owner_of(dispute.seller_id)}
    asked = sides.get(Party(event.party))
    if asked is None:
        return
    until = datetime.fromisoformat(event.due_at).astimezone(EAT)
    _tell(meta, asked, "dispute_your_turn", dispute, until=f"{until:%Y-%m-%d %H:%M}")


def evidence_added(event: EvidenceAdded, meta: EventMeta) -> None:
    """Of what we wrote down for a side: itself, so that nobody puts a number into its mouth, and the other.

    A file that somebody adds by themselves is news for nobody, as before.
    """
    if not event.is_taken_down:
        return
    dispute = dispute_by_id(event.dispute_id)
    own, other = _own_and_other(dispute, event.party)
    _tell(meta, own, "dispute_number_taken_down", dispute)
    _tell(meta, other, "dispute_evidence", dispute)


def evidence_submitted(event: EvidenceSubmitted, meta: EventMeta) -> None:
    """The other side may look at it; who let their time pass reads that we did it for them."""
    dispute = dispute_by_id(event.dispute_id)
    own, other = _own_and_other(dispute, event.party)
    _tell(meta, other, "dispute_evidence", dispute)
    if event.is_automatic:
        _tell(meta, own, "dispute_draft_submitted", dispute)


def proposal_made(event: ProposalMade, meta: EventMeta) -> None:
    """The other side, which may accept it or name another amount."""
    dispute = dispute_by_id(event.dispute_id)
    is_buyers = event.party == Party.BUYER
    other = owner_of(dispute.seller_id) if is_buyers else dispute.buyer_id
    _tell(meta, other, "dispute_proposal", dispute, amount=format_minor(event.amount_minor))


def appealed(event: DisputeAppealed, meta: EventMeta) -> None:
    """Both sides: they may speak and show once more."""
    dispute = dispute_by_id(event.dispute_id)
    until = datetime.fromisoformat(event.due_at).astimezone(EAT)
    for user_id in (dispute.buyer_id, owner_of(dispute.seller_id)):
        _tell(meta, user_id, "dispute_appealed", dispute, until=f"{until:%Y-%m-%d %H:%M}")


def appeal_decided(event: AppealDecided, meta: EventMeta) -> None:
    """Both sides: upheld or changed, and what stands now."""
    dispute = dispute_by_id(event.dispute_id)
    result = AppealStatus.UPHELD if event.is_upheld else AppealStatus.CHANGED
    told = {
        "result": result.label,
        "outcome": DisputeOutcome(event.outcome).label,
        "amount": format_minor(event.refunded_minor),
    }
    for user_id in (dispute.buyer_id, owner_of(dispute.seller_id)):
        _tell(meta, user_id, "appeal_decided", dispute, **told)


def taken_back(event: DisputeTakenBack, meta: EventMeta) -> None:
    """Both parties of a case that the buyer had opened before."""
    tell_of_reversal(meta, dispute_by_id(event.dispute_id))


def tell_of_reversal(meta: EventMeta, dispute: Any) -> None:
    """The seller is to show that the goods arrived; the buyer may have asked for nothing."""
    amount = format_minor(dispute.taken_back_minor)
    until = f"{dispute.due_at.astimezone(EAT):%Y-%m-%d %H:%M}"
    _tell(meta, dispute.buyer_id, "payment_taken_back", dispute, amount=amount)
    owner = owner_of(dispute.seller_id)
    _tell(meta, owner, "seller_payment_taken_back", dispute, amount=amount, until=until)


def tell_who_bears_it(meta: EventMeta, dispute: Any) -> None:
    """The seller, and what it costs them; the buyer has had the money since the reversal."""
    taken = chargeback_of(seller_order_id=dispute.seller_order_id)
    bears = taken is not None and taken.status == ChargebackStatus.EARNERS
    amount = format_minor(taken.seller_minor if taken is not None and bears else 0)
    outcome = DisputeOutcome(dispute.outcome).label
    owner = owner_of(dispute.seller_id)
    _tell(meta, owner, "seller_chargeback_resolved", dispute, outcome=outcome, amount=amount)


def side_silent(event: DisputeSideSilent, meta: EventMeta) -> None:
    """Both parties read what it led to; that we are late ourselves is our own affair, and
    a proposal that nobody answered changes nothing for them."""
    party = Party(event.party)
    if party == Party.STAFF or (party == Party.BUYER and not event.is_lost):
        return
    code = SILENT[party]
    dispute = dispute_by_id(event.dispute_id)
    for user_id in (dispute.buyer_id, owner_of(dispute.seller_id)):
        _tell(meta, user_id, code, dispute)


def _own_and_other(dispute: Any, party: str) -> tuple[UUID, UUID]:
    """Who speaks for a side, and who for the other."""
    owner = owner_of(dispute.seller_id)
    return (dispute.buyer_id, owner) if party == Party.BUYER else (owner, dispute.buyer_id)


def _asked(dispute: Any, party: Party) -> Any:
    """What a side has to show, a line each, in the language in which it is read."""
    kinds = [item.kind.label for item in checklist(dispute.reason, ()) if item.party == party]
    lines = kinds or [gettext_lazy("whatever speaks for you")]
    return format_lazy("\n".join(["- {}"] * len(lines)), *lines)


def _tell(meta: EventMeta, user_id: UUID | None, code: str, dispute: Any, **more: object) -> None:
    if user_id is None:
        return
    commands.tell(
        code=code,
        context={
            "dispute": dispute.reference,
            "order": dispute.seller_order.reference,
            **more,
        },
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=user_id,
        about=dispute.reference,
    )
