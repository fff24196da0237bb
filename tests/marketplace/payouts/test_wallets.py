"""Whose wallet is it, and since when: nothing is paid to a stranger or to a number just changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from marketplace.notifications.models import Message
from marketplace.payments.gateways import gateway
from marketplace.payments.ports import ProviderUnavailable
from marketplace.payouts.commands import (
    approve_batch,
    check_wallet,
    check_wallets_due,
    decide_wallet,
    prepare_batch,
)
from marketplace.payouts.errors import NothingToPayOut, ReasonMissing, WalletCheckNotFound
from marketplace.payouts.models import WalletCheck
from marketplace.payouts.queries import prospects
from marketplace.payouts.states import Obstacle, PayoutStatus, WalletCheckStatus
from marketplace.sellers.commands import change_wallet
from marketplace.sellers.errors import (
    NotTheOwner,
    PayoutNumberInvalid,
    SellerClosed,
    WalletUnchanged,
)
from marketplace.sellers.errors import ReasonMissing as WhyMissing
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from marketplace.shared.sealing import unseal
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.payouts import a_ripe_part, an_approved_payout
from tests.factories.sellers import (
    a_confirmed_wallet,
    a_seller,
    applicant_actor,
    close_seller,
    seller_actor,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
NEW = {
    "payout_provider": "mpesa",
    "payout_msisdn": "+255754999000",
    "payout_name": "Asha Mushi",
}
RESTED = timedelta(hours=settings.WALLET_COOLING_OFF_HOURS, seconds=1)


def the_provider_says(monkeypatch: Any, name: str | None) -> None:
    """The answer to the look-up; the wire is tests/marketplace/payments' business."""
    monkeypatch.setattr(gateway("mpesa"), "holder_name", lambda *, msisdn: name)


def obstacles(seller_id) -> list[Obstacle]:
    (prospect,) = prospects(seller_ids=[seller_id])
    return [one.obstacle for one in prospect.blocked]


def an_unchecked_part():
    part = a_ripe_part()
    WalletCheck.objects.all().delete()
    return part


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ("MUSHI ASHA", WalletCheckStatus.MATCHED),
        ("Juma Ally", WalletCheckStatus.DIFFERS),
        (None, WalletCheckStatus.NOT_AVAILABLE),
    ],
)
def test_the_provider_is_asked_before_the_first_payout(monkeypatch, found, status):
    part = an_unchecked_part()
    the_provider_says(monkeypatch, found)
    assert Obstacle.NAME in obstacles(part.seller_id)

    assert check_wallets_due() == 1
    assert check_wallet(seller_id=part.seller_id).status == status

    is_clear = status == WalletCheckStatus.MATCHED
    assert (obstacles(part.seller_id) == []) is is_clear
    assert check_wallets_due() == 0
    if not is_clear:
        with pytest.raises(NothingToPayOut):
            prepare_batch(actor=staff_actor())


def test_a_provider_that_is_away_is_asked_by_the_next_sweep(monkeypatch):
    part = an_unchecked_part()

    def away(*, msisdn: str) -> str:
        raise ProviderUnavailable("no connection")

    monkeypatch.setattr(gateway("mpesa"), "holder_name", away)
    assert check_wallet(seller_id=part.seller_id).status == WalletCheckStatus.WAITING

    the_provider_says(monkeypatch, "Asha Mushi")
    assert check_wallets_due() == 1
    assert obstacles(part.seller_id) == []


def test_a_person_decides_what_the_provider_cannot_say(monkeypatch):
    part = an_unchecked_part()
    the_provider_says(monkeypatch, None)
    check = check_wallet(seller_id=part.seller_id)

    with pytest.raises(ReasonMissing):
        decide_wallet(check_id=check.pk, accept=True, reason="", actor=staff_actor())
    decide_wallet(check_id=check.pk, accept=True, reason="bank letter", actor=staff_actor())
    assert obstacles(part.seller_id) == []
    decide_wallet(check_id=check.pk, accept=False, reason="it was forged", actor=staff_actor())

    assert obstacles(part.seller_id) == [Obstacle.NAME]
    deliver_all()
    assert Message.objects.filter(code="wallet_refused").exists()


def test_a_changed_wallet_rests_and_is_asked_about_anew(monkeypatch):
    part = a_ripe_part()
    the_provider_says(monkeypatch, "Asha Mushi")

    seller = change_wallet(seller_id=part.seller_id, actor=seller_actor(part.seller_id), **NEW)
    assert obstacles(seller.pk) == [Obstacle.NAME, Obstacle.COOLING_OFF]
    deliver_all()
    assert obstacles(seller.pk) == [Obstacle.COOLING_OFF]
    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())

    with clock.at(clock.now() + RESTED):
        assert prepare_batch(actor=staff_actor()).payouts.get().msisdn == NEW["payout_msisdn"]
    assert WalletCheck.objects.filter(seller=seller).count() == 2


def test_the_old_number_and_the_owner_are_told_and_the_log_names_neither():
    part = a_ripe_part()
    old = part.seller.payout_msisdn
    change_wallet(seller_id=part.seller_id, actor=seller_actor(part.seller_id), **NEW)
    deliver_all()

    assert Message.objects.get(code="wallet_left").recipient == old
    assert Message.objects.filter(code="wallet_changed").exists()
    event = LoggedEvent.objects.get(name="sellers.payout_wallet_changed.v1")
    logged = f"{event.payload} {event.before} {event.after}"
    assert old not in logged
    assert NEW["payout_msisdn"] not in logged
    assert unseal(event.payload["sealed_old_msisdn"]) == old


def test_a_change_after_the_approval_keeps_the_money_here():
    payout = an_approved_payout()
    change_wallet(seller_id=payout.seller_id, actor=seller_actor(payout.seller_id), **NEW)

    deliver_all()

    payout.refresh_from_db()
    assert (payout.status, payout.sent_at) == (PayoutStatus.FAILED, None)
    assert "wallet" in payout.provider_message
    assert broken_invariants() == []


def test_a_change_after_preparing_cancels_that_payout():
    part = a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    change_wallet(seller_id=part.seller_id, actor=seller_actor(part.seller_id), **NEW)
    with clock.at(clock.now() + RESTED):
        a_confirmed_wallet(type(part.seller).objects.get(pk=part.seller_id))

        approve_batch(batch_id=batch.pk, actor=staff_actor())

    assert batch.payouts.get().status == PayoutStatus.CANCELLED


def test_only_the_owner_and_staff_with_a_reason_change_a_wallet():
    seller = a_seller()
    with pytest.raises(NotTheOwner):
        change_wallet(seller_id=seller.pk, actor=applicant_actor(), **NEW)
    with pytest.raises(WhyMissing):
        change_wallet(seller_id=seller.pk, actor=staff_actor(), **NEW)
    with pytest.raises(PayoutNumberInvalid):
        change_wallet(
            seller_id=seller.pk, actor=seller_actor(seller), **NEW | {"payout_msisdn": "12"}
        )

    change_wallet(seller_id=seller.pk, actor=staff_actor(), reason="letter", **NEW)
    with pytest.raises(WalletUnchanged):
        change_wallet(seller_id=seller.pk, actor=seller_actor(seller), **NEW)
    close_seller(seller_id=seller.pk, reason="gone")
    with pytest.raises(SellerClosed):
        change_wallet(
            seller_id=seller.pk,
            actor=seller_actor(seller),
            **NEW | {"payout_msisdn": "+255754999001"},
        )


def test_a_decision_about_a_wallet_that_is_gone_is_refused(monkeypatch):
    part = an_unchecked_part()
    the_provider_says(monkeypatch, None)
    check = check_wallet(seller_id=part.seller_id)
    change_wallet(seller_id=part.seller_id, actor=seller_actor(part.seller_id), **NEW)

    with pytest.raises(WalletCheckNotFound):
        decide_wallet(check_id=check.pk, accept=True, reason="fine", actor=staff_actor())
