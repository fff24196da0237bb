"""Money from our bank into a provider's wallet: asked for by one person, let go by another, booked once."""

from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.gateways import provider_names
from marketplace.payouts.errors import (
    OwnTopUp,
    ReasonMissing,
    TopUpInvalid,
    TopUpNotFound,
    TransferKnown,
)
from marketplace.payouts.events import TopUpApproved, TopUpRejected, TopUpRequested
from marketplace.payouts.models import TopUp
from marketplace.payouts.states import TOP_UP_TRANSITIONS, TopUpStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.money import DEFAULT_CURRENCY, QUANTUM
from marketplace.shared.outbox import record
from marketplace.shared.states import move

REASON_CHARS, BANK_REFERENCE_CHARS = 300, 40


@transaction.atomic
def request_top_up(
    *, provider: str, amount_minor: int, bank_reference: str, reason: str, actor: Actor
) -> TopUp:
    """Ask for a transfer of `amount_minor` from our bank; nothing is booked until it is approved.

    Whole shillings. Raises ProviderUnknown (of payments), TopUpInvalid, ReasonMissing, and
    TransferKnown where another top-up names this transfer of the bank.
    """
    if provider not in provider_names():
        raise ProviderUnknown(provider=provider)
    if not reason.strip():
        raise ReasonMissing
    # Spaces and capitals are nobody's second transfer.
    bank_reference = "".join(bank_reference.split()).upper()
    is_whole = amount_minor > 0 and amount_minor % QUANTUM[DEFAULT_CURRENCY] == 0
    if not is_whole or not 0 < len(bank_reference) <= BANK_REFERENCE_CHARS:
        raise TopUpInvalid
    _refuse_known(bank_reference)
    try:
        with transaction.atomic():
            top_up = TopUp.objects.create(
                provider=provider,
                amount_minor=amount_minor,
                bank_reference=bank_reference,
                reason=reason.strip()[:REASON_CHARS],
                requested_by_id=UUID(actor.id),
                requested_at=clock.now(),
            )
    except IntegrityError as error:
        if violated(error) == "top_up_once_per_transfer":
            _refuse_known(bank_reference)
        raise
    record(
        TopUpRequested(top_up_id=top_up.pk, provider=provider, amount_minor=amount_minor),
        actor=actor,
        after={"status": top_up.status, "bank_reference": bank_reference},
    )
    return top_up


@transaction.atomic
def approve_top_up(*, top_up_id: UUID, actor: Actor) -> TopUp:
    """A second person has seen the transfer: the wallet holds it from now on.

    Dr provider clearing, Cr bank. The statement must show it; until then it is in transit.
    Raises TopUpNotFound, OwnTopUp and IllegalTransition.
    """
    top_up = _locked(top_up_id)
    if top_up.requested_by_id == actor.user_id:
        raise OwnTopUp
    _decide(top_up, TopUpStatus.APPROVED, actor)
    event = record(
        TopUpApproved(
            top_up_id=top_up.pk, provider=top_up.provider, amount_minor=top_up.amount_minor
        ),
        actor=actor,
        before={"status": TopUpStatus.PROPOSED},
        after={"status": top_up.status},
    )
    post(
        event=event,
        memo=f"Top-up {top_up.reference} of the wallet at {top_up.provider}",
        lines=[
            Line(chart.provider_clearing(top_up.provider), top_up.amount_minor, top_up.reference),
            Line(chart.BANK, -top_up.amount_minor, top_up.reference),
        ],
    )
    return top_up


@transaction.atomic
def reject_top_up(*, top_up_id: UUID, reason: str, actor: Actor) -> TopUp:
    """It was never sent, or is wrong; another may name the same transfer.

    Raises TopUpNotFound, ReasonMissing and IllegalTransition.
    """
    if not reason.strip():
        raise ReasonMissing
    top_up = _locked(top_up_id)
    reason = reason.strip()[:REASON_CHARS]
    _decide(top_up, TopUpStatus.REJECTED, actor, decision_reason=reason)
    record(
        TopUpRejected(top_up_id=top_up.pk, reason=reason),
        actor=actor,
        before={"status": TopUpStatus.PROPOSED},
        after={"status": top_up.status, "reason": reason},
    )
    return top_up


def _locked(top_up_id: UUID) -> TopUp:
    top_up = TopUp.objects.select_for_update().filter(pk=top_up_id).first()
    if top_up is None:
        raise TopUpNotFound
    return top_up


def _decide(top_up: TopUp, status: TopUpStatus, actor: Actor, **more: str) -> None:
    move(
        top_up,
        status,
        TOP_UP_TRANSITIONS,
        actor=actor,
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
        **more,
    )


def _refuse_known(bank_reference: str) -> None:
    rows = TopUp.objects.exclude(status=TopUpStatus.REJECTED)
    earlier = rows.filter(bank_reference=bank_reference).first()
    if earlier is not None:
        raise TransferKnown(reference=earlier.reference)
