"""What the parties say, and who of them may."""

from uuid import UUID

from django.db import transaction

from marketplace.disputes.commands.turns import answered, pass_turn
from marketplace.disputes.errors import (
    AskedInSecret,
    DisputeClosed,
    DisputeNotFound,
    MessageEmpty,
    NotAParty,
)
from marketplace.disputes.events import DisputeMessagePosted
from marketplace.disputes.models import Dispute, DisputeMessage, Proposal
from marketplace.disputes.states import (
    IN_TALKS,
    PROPOSAL_TRANSITIONS,
    DisputeStatus,
    Party,
    ProposalStatus,
)
from marketplace.sellers.queries import seller_ids_of_user
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.outbox import record
from marketplace.shared.states import move

DISPUTES = Actor.system("disputes")
MESSAGE_CHARACTERS_MAX = 4000


@transaction.atomic
def post_message(
    *,
    dispute_id: UUID,
    body: str,
    actor: Actor,
    is_internal: bool = False,
    ask: str = "",
) -> DisputeMessage:
    """Say something in the thread; an internal note is staff's own.

    A side whose turn it is has answered by it. Staff may `ask` a side: it is that side's turn then,
    and our own clock stands still. Raises DisputeNotFound, DisputeClosed, NotAParty, MessageEmpty
    and AskedInSecret.
    """
    dispute = locked_in_talks(dispute_id)
    message = write(dispute, body, actor=actor, is_internal=is_internal)
    if not ask:
        answered(dispute, Party(message.party), actor=actor)
        return message
    if message.party != Party.STAFF:
        raise NotAParty
    if is_internal:
        raise AskedInSecret
    pass_turn(dispute, Party(ask), actor=actor)
    return message


def write(dispute: Dispute, body: str, *, actor: Actor, is_internal: bool) -> DisputeMessage:
    """A message of a party in an open, locked dispute."""
    text = body.strip()
    if not text:
        raise MessageEmpty
    party = party_of(dispute, actor)
    if is_internal and party != Party.STAFF:
        raise NotAParty
    message = DisputeMessage.objects.create(
        dispute=dispute,
        author_id=UUID(actor.id),
        party=party,
        body=text[:MESSAGE_CHARACTERS_MAX],
        is_internal=is_internal,
        created_at=clock.now(),
    )
    record(
        DisputeMessagePosted(
            dispute_id=dispute.pk, message_id=message.pk, party=party, is_internal=is_internal
        ),
        actor=actor,
    )
    return message


def party_of(dispute: Dispute, actor: Actor) -> Party:
    """Whose side the actor speaks for. Raises NotAParty."""
    if actor.kind == ActorKind.STAFF:
        return Party.STAFF
    if actor.kind == ActorKind.BUYER and actor.user_id == dispute.buyer_id:
        return Party.BUYER
    if actor.kind == ActorKind.SELLER and dispute.seller_id in seller_ids_of_user(
        user_id=UUID(actor.id)
    ):
        return Party.SELLER
    raise NotAParty


def end_proposal(dispute: Dispute, status: ProposalStatus, *, actor: Actor) -> Proposal | None:
    """The open proposal of a locked case, if there is one, is open no more."""
    proposal = dispute.proposals.filter(status=ProposalStatus.OPEN).first()
    if proposal is not None:
        move(proposal, status, PROPOSAL_TRANSITIONS, actor=actor, ended_at=clock.now())
    return proposal


def locked_open(dispute_id: UUID) -> Dispute:
    """The dispute, locked, if it is open. Raises DisputeNotFound and DisputeClosed."""
    dispute = locked(dispute_id)
    if dispute.status != DisputeStatus.OPEN:
        raise DisputeClosed
    return dispute


def locked_in_talks(dispute_id: UUID) -> Dispute:
    """The same, also if it is in appeal: the sides may speak then, too."""
    dispute = locked(dispute_id)
    if dispute.status not in IN_TALKS:
        raise DisputeClosed
    return dispute


def locked(dispute_id: UUID) -> Dispute:
    """The dispute, locked, whatever became of it. Raises DisputeNotFound."""
    dispute = Dispute.objects.select_for_update().filter(pk=dispute_id).first()
    if dispute is None:
        raise DisputeNotFound
    return dispute
