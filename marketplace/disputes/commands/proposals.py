"""The sides look for an amount by themselves: one proposal is open at a time, and the other side answers it."""

from uuid import UUID

from django.db import transaction

from marketplace.disputes.commands.resolution import settle
from marketplace.disputes.commands.thread import end_proposal, locked_open, party_of
from marketplace.disputes.commands.turns import pass_turn
from marketplace.disputes.effects import agreed
from marketplace.disputes.errors import NotAParty, ProposalGone, ProposalInvalid, TakenBack
from marketplace.disputes.events import ProposalAccepted, ProposalMade
from marketplace.disputes.models import Dispute, Proposal
from marketplace.disputes.states import Party, ProposalStatus
from marketplace.orders.queries import seller_order_by_id
from marketplace.payments.commands import locked_shares
from marketplace.payments.refund_shares import remaining_shares
from marketplace.rules.queries import require_open
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.money import format_minor, is_whole
from marketplace.shared.outbox import record

OTHER = {Party.BUYER: Party.SELLER, Party.SELLER: Party.BUYER}
AGREED = "Buyer and seller agreed on this amount. / Mnunuzi na muuzaji walikubaliana kiasi hiki."


@transaction.atomic
def propose_amount(*, dispute_id: UUID, amount_minor: int, actor: Actor) -> Proposal:
    """The buyer or the seller would settle on this; it takes the place of an open proposal.

    It is the other side's turn then. Raises ClosedForNow, DisputeNotFound, DisputeClosed,
    NotAParty, TakenBack and ProposalInvalid.
    """
    require_open(RuleName.PROPOSALS)
    dispute = locked_open(dispute_id)
    party = _side(dispute, actor)
    if dispute.taken_back_minor:
        raise TakenBack
    most = remaining_shares(seller_order_by_id(dispute.seller_order_id)).amount_minor
    if not 0 < amount_minor <= most or not is_whole(amount_minor):
        raise ProposalInvalid(most=format_minor(most))
    end_proposal(dispute, ProposalStatus.COUNTERED, actor=actor)
    proposal = Proposal.objects.create(
        dispute=dispute,
        author_id=UUID(actor.id),
        party=party,
        amount_minor=amount_minor,
        made_at=clock.now(),
    )
    record(
        ProposalMade(
            dispute_id=dispute.pk,
            proposal_id=proposal.pk,
            party=party,
            amount_minor=amount_minor,
        ),
        actor=actor,
    )
    if dispute.turn != OTHER[party]:
        pass_turn(dispute, OTHER[party], actor=actor)
    return proposal


@transaction.atomic
def accept_proposal(*, dispute_id: UUID, amount_minor: int, actor: Actor) -> Dispute:
    """The other side takes the open proposal, whose amount it names: the case is settled by it.

    Above the threshold the refund waits for our approval as any other. Raises DisputeNotFound,
    DisputeClosed, NotAParty, ProposalGone and the refund's refusals.
    """
    dispute = locked_open(dispute_id)
    party = _side(dispute, actor)
    fitting = dispute.proposals.filter(
        status=ProposalStatus.OPEN, party=OTHER[party], amount_minor=amount_minor
    )
    if not fitting.exists():
        raise ProposalGone
    effect = agreed(locked_shares(seller_order_by_id(dispute.seller_order_id)), amount_minor)
    proposal = end_proposal(dispute, ProposalStatus.ACCEPTED, actor=actor)
    assert proposal is not None
    record(
        ProposalAccepted(dispute_id=dispute.pk, proposal_id=proposal.pk, amount_minor=amount_minor),
        actor=actor,
    )
    settle(dispute, effect, AGREED, actor=actor)
    return dispute


def _side(dispute: Dispute, actor: Actor) -> Party:
    party = party_of(dispute, actor)
    if party == Party.STAFF:
        raise NotAParty
    return party
