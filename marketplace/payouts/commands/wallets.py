"""Whose wallet is it? Asked of the provider before the first payout and after every change."""

import logging
from uuid import UUID

from django.db import transaction

from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.gateways import gateway
from marketplace.payments.ports import ProviderUnavailable
from marketplace.payouts.errors import ReasonMissing, WalletCheckNotFound
from marketplace.payouts.events import WalletChecked
from marketplace.payouts.models import WalletCheck
from marketplace.payouts.names import same_person
from marketplace.payouts.queries import prospects
from marketplace.payouts.states import WALLET_CHECK_TRANSITIONS, Obstacle, WalletCheckStatus
from marketplace.sellers.queries import get_seller, payout_wallet
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.states import move

logger = logging.getLogger(__name__)

PAYOUTS = Actor.system("payouts")
ASKED_PER_SWEEP = 100
NAME_CHARS = 120


def check_wallet(*, seller_id: UUID) -> WalletCheck:
    """Ask the provider for the name behind a seller's wallet, once per wallet. Safe to repeat.

    Where the provider cannot be reached the check waits for the next sweep.
    """
    check = _open(seller_id)
    if check.status != WalletCheckStatus.WAITING:
        return check
    try:
        found = gateway(check.provider).holder_name(msisdn=check.msisdn)
    except (ProviderUnavailable, ProviderUnknown) as error:
        logger.info("%s could not tell whose wallet it is: %s", check.provider, error)
        return check
    return _answered(check.pk, found)


def check_wallets_due() -> int:
    """Ask about wallets of sellers with money that nobody has looked at; returns how many."""
    due = [
        one.seller_id
        for one in prospects()
        if any(blocked.obstacle == Obstacle.NAME for blocked in one.blocked)
    ]
    looked_at = WalletCheck.objects.filter(seller_id__in=due, is_current=True)
    done = set(
        looked_at.exclude(status=WalletCheckStatus.WAITING).values_list("seller_id", flat=True)
    )
    stale = {pk for pk in done if not _is_of_this_wallet(looked_at.get(seller_id=pk))}
    waiting = [pk for pk in due if pk not in done or pk in stale][:ASKED_PER_SWEEP]
    for seller_id in waiting:
        check_wallet(seller_id=seller_id)
    return len(waiting)


@transaction.atomic
def decide_wallet(*, check_id: int, accept: bool, reason: str, actor: Actor) -> WalletCheck:
    """A person has looked: pay to this wallet, or do not.

    Raises ReasonMissing, WalletCheckNotFound (also where the wallet changed meanwhile) and state errors.
    """
    if not reason.strip():
        raise ReasonMissing
    check = WalletCheck.objects.select_for_update().filter(pk=check_id, is_current=True).first()
    if check is None or not _is_of_this_wallet(check):
        raise WalletCheckNotFound
    wanted = WalletCheckStatus.ACCEPTED if accept else WalletCheckStatus.REFUSED
    before = move(
        check,
        wanted,
        WALLET_CHECK_TRANSITIONS,
        actor=actor,
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
        reason=reason.strip()[:300],
    )
    _record(check, before, actor)
    return check


@transaction.atomic
def _open(seller_id: UUID) -> WalletCheck:
    """The check of the wallet that the seller has now; an earlier wallet's check is history."""
    one_at_a_time(f"wallet-check:{seller_id}")
    wallet = payout_wallet(get_seller(seller_id).pk)
    known = WalletCheck.objects.filter(seller_id=seller_id, is_current=True).first()
    if known is not None:
        if _is_of_this_wallet(known):
            return known
        WalletCheck.objects.filter(pk=known.pk).update(is_current=False)
    return WalletCheck.objects.create(
        seller_id=seller_id,
        provider=wallet.provider,
        msisdn=wallet.msisdn,
        name=wallet.name,
        opened_at=clock.now(),
    )


@transaction.atomic
def _answered(check_id: int, found: str | None) -> WalletCheck:
    check = WalletCheck.objects.select_for_update().get(pk=check_id)
    if check.status != WalletCheckStatus.WAITING:
        return check
    wanted = WalletCheckStatus.NOT_AVAILABLE
    if found:
        is_same = same_person(check.name, found)
        wanted = WalletCheckStatus.MATCHED if is_same else WalletCheckStatus.DIFFERS
    before = move(
        check,
        wanted,
        WALLET_CHECK_TRANSITIONS,
        actor=PAYOUTS,
        holder_name=(found or "")[:NAME_CHARS],
        asked_at=clock.now(),
    )
    _record(check, before, PAYOUTS)
    return check


def _record(check: WalletCheck, before: str, actor: Actor) -> None:
    event = WalletChecked(
        seller_id=check.seller_id, check_id=check.pk, status=check.status, reason=check.reason
    )
    record(event, actor=actor, before={"status": before}, after={"status": check.status})


def _is_of_this_wallet(check: WalletCheck) -> bool:
    wallet = payout_wallet(check.seller_id)
    mine = (check.provider, check.msisdn, check.name)
    return mine == (wallet.provider, wallet.msisdn, wallet.name)
