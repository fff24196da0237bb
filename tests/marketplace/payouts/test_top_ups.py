"""Our own money for the providers' wallets: two people, one entry, one line."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.payments.errors import ProviderUnknown
from marketplace.payouts.commands import (
    approve_batch,
    approve_top_up,
    prepare_batch,
    reject_top_up,
    request_top_up,
    resume_payouts,
    top_ups,
)
from marketplace.payouts.errors import (
    OwnTopUp,
    ReasonMissing,
    TopUpInvalid,
    TopUpNotFound,
    TransferKnown,
)
from marketplace.payouts.models import PayoutPause, TopUp
from marketplace.payouts.states import PayoutStatus
from marketplace.reconciliation.commands import upload_statement
from marketplace.reconciliation.models import Match, ReconciliationException, StatementLine
from marketplace.reconciliation.queries import proof
from marketplace.reconciliation.threeway import three_way
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.payouts import a_requested_top_up, a_top_up, an_approved_payout
from tests.factories.sellers import a_seller
from tests.processes import dwell, unguarded_moves, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

AMOUNT = 1_000_000_00
PROVIDERS = ("mpesa", "mixx", "airtel")


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def asked(**changes: Any) -> TopUp:
    given = {
        "provider": "mpesa",
        "amount_minor": AMOUNT,
        "bank_reference": "CRDB 4711",
        "reason": "Payouts are due",
        "actor": staff_actor(),
    }
    return request_top_up(**(given | changes))


def wallet_and_bank(name: str = "mpesa") -> tuple[int, int]:
    return balance(account=chart.provider_clearing(name)), balance(account=chart.BANK)


def a_statement(provider: Any) -> None:
    name = provider.dialect.name
    file = BytesIO(provider.statement(end=clock.now() + timedelta(hours=1)))
    file.name = f"{name}.csv"
    upload_statement(provider=name, file=file, actor=staff_actor())
    deliver_all()


# --- Two people ---


@pytest.mark.django_db
def test_a_top_up_is_booked_when_a_second_person_has_seen_the_transfer():
    top_up = a_requested_top_up(AMOUNT)
    assert wallet_and_bank() == (0, 0)

    approve_top_up(top_up_id=top_up.pk, actor=staff_actor())

    assert wallet_and_bank() == (AMOUNT, -AMOUNT)
    names = LoggedEvent.objects.filter(aggregate_id=str(top_up.pk)).order_by("pk")
    assert list(names.values_list("name", flat=True)) == [
        "payouts.top_up_requested.v1",
        "payouts.top_up_approved.v1",
    ]
    assert broken_invariants() == []


@pytest.mark.django_db
def test_who_asked_does_not_approve_and_what_is_decided_stays_decided():
    asker = staff_actor()
    top_up = asked(actor=asker)

    with pytest.raises(OwnTopUp):
        approve_top_up(top_up_id=top_up.pk, actor=asker)
    with pytest.raises(ReasonMissing):
        reject_top_up(top_up_id=top_up.pk, reason=" ", actor=staff_actor())
    reject_top_up(top_up_id=top_up.pk, reason="Never sent", actor=asker)
    with pytest.raises(IllegalTransition):
        approve_top_up(top_up_id=top_up.pk, actor=staff_actor())
    with pytest.raises(TopUpNotFound):
        approve_top_up(top_up_id=uuid4(), actor=staff_actor())

    assert wallet_and_bank() == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"provider": "halopesa"}, ProviderUnknown),
        ({"amount_minor": 0}, TopUpInvalid),
        ({"amount_minor": -AMOUNT}, TopUpInvalid),
        ({"amount_minor": 150}, TopUpInvalid),
        ({"bank_reference": " "}, TopUpInvalid),
        ({"bank_reference": "X" * 41}, TopUpInvalid),
        ({"reason": " "}, ReasonMissing),
    ],
)
def test_what_is_no_transfer_is_refused(changes, refusal):
    with pytest.raises(refusal):
        asked(**changes)


@pytest.mark.django_db
def test_a_transfer_of_the_bank_is_asked_for_once_however_it_is_written():
    first = asked(bank_reference="CRDB 4711")

    with pytest.raises(TransferKnown, match=first.reference):
        asked(bank_reference="crdb4711")
    reject_top_up(top_up_id=first.pk, reason="The wrong wallet", actor=staff_actor())

    assert asked(bank_reference="crdb4711", provider="airtel").status == "proposed"


# --- Races ---


def three_approvals(top_up: TopUp) -> list[Any]:
    actors = [staff_actor() for _person in range(3)]
    return at_once(
        *(lambda actor=actor: approve_top_up(top_up_id=top_up.pk, actor=actor) for actor in actors)
    )


@pytest.mark.django_db(transaction=True)
def test_of_several_who_approve_at_once_one_books_it(monkeypatch):
    top_up = asked()
    dwell(monkeypatch, top_ups, "_locked")

    outcomes = three_approvals(top_up)

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition] * 2
    assert wallet_and_bank() == (AMOUNT, -AMOUNT)
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_guard_it_is_booked_several_times(monkeypatch):
    top_up = asked()
    dwell(monkeypatch, top_ups, "_locked")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, top_ups)

    three_approvals(top_up)

    assert wallet_and_bank() == (3 * AMOUNT, -3 * AMOUNT)
    assert any("payouts.top_ups_booked" in broken for broken in broken_invariants())


@pytest.mark.django_db(transaction=True)
def test_of_several_who_ask_for_the_same_transfer_at_once_one_is_heard(monkeypatch):
    actors = [staff_actor() for _person in range(3)]
    dwell(monkeypatch, top_ups, "_refuse_known")

    outcomes = at_once(*(lambda actor=actor: asked(actor=actor) for actor in actors))

    assert [type(error) for error in refused(outcomes)] == [TransferKnown] * 2
    assert TopUp.objects.count() == 1


# --- Its line ---


@pytest.mark.django_db
@pytest.mark.parametrize("is_named", [True, False], ids=["by our reference", "by its amount"])
def test_its_line_is_matched_and_three_sides_agree(provider, is_named):
    name = provider.dialect.name
    top_up = a_top_up(AMOUNT, name)
    reference = top_up.reference.replace("-", "") if is_named else ""
    provider.book.top_up(AMOUNT, reference=reference)

    a_statement(provider)

    line, match = StatementLine.objects.get(), Match.objects.get()
    assert (line.kind, line.amount_minor) == ("top_up", AMOUNT)
    assert (match.target_kind, match.target_reference) == ("top_up", top_up.reference)
    assert match.rule == ("reference" if is_named else "top_up")
    assert wallet_and_bank(name) == (AMOUNT, -AMOUNT), "it is booked once"
    now = clock.now()
    period = {"since": now - timedelta(days=2), "until": now + timedelta(days=2)}
    assert [row.agrees for row in three_way(provider=name, **period)] == [True]
    found = proof(provider=name, **period)
    assert (found.difference_minor, found.unexplained_minor) == (0, 0)
    assert broken_invariants() == []


@pytest.mark.django_db
def test_a_line_that_comes_before_the_approval_waits_for_it(mpesa):
    mpesa.book.top_up(AMOUNT)
    a_statement(mpesa)
    waiting = ReconciliationException.objects.get()
    assert waiting.kind == "missing_in_books"

    a_top_up(AMOUNT)
    deliver_all()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.resolution) == ("resolved", "arrived_later")
    assert Match.objects.get().target_kind == "top_up"
    assert broken_invariants() == []


@pytest.mark.django_db
def test_one_that_never_arrives_is_missing_in_the_statement(mpesa):
    with clock.at(clock.now() - timedelta(hours=2)):
        top_up = a_top_up(AMOUNT)

    a_statement(mpesa)

    gap = ReconciliationException.objects.get()
    assert (gap.kind, gap.target_reference) == ("missing_in_statement", top_up.reference)
    assert broken_invariants() == []


@pytest.mark.django_db
def test_two_of_one_amount_take_the_nearest_line_each(mpesa):
    earlier, later = clock.now() - timedelta(days=2), clock.now() - timedelta(hours=1)
    with clock.at(earlier):
        first = a_top_up(AMOUNT)
    with clock.at(later):
        second = a_top_up(AMOUNT)
    near_first = mpesa.book.top_up(AMOUNT, at=earlier.timestamp() + 600)
    near_second = mpesa.book.top_up(AMOUNT, at=later.timestamp() + 600)

    a_statement(mpesa)

    found = Match.objects.values_list("line__receipt", "target_reference")
    assert set(found) == {
        (near_first.receipt, first.reference),
        (near_second.receipt, second.reference),
    }


# --- What a wallet does not hold, it does not pay ---


@pytest.mark.django_db
def test_an_empty_wallet_pays_nobody_until_it_is_topped_up(mpesa, airtel):
    """Buyers pay into another one; the simulator refuses what a real wallet would."""
    airtel.book.may_overdraw = False
    seller = a_seller(payout_provider="airtel", payout_msisdn=airtel.number("000"))
    payout = an_approved_payout(a_listing(seller=seller))

    deliver_all()
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.FAILED
    pause = PayoutPause.objects.get(resumed_at__isnull=True)

    airtel.book.top_up(AMOUNT, reference=a_top_up(AMOUNT, "airtel").reference.replace("-", ""))
    resume_payouts(provider=pause.provider, reason="Filled", actor=staff_actor())
    again = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=again.pk, actor=staff_actor())
    deliver_all()

    assert again.payouts.get().status == PayoutStatus.PAID
    assert wallet_and_bank("airtel")[0] == AMOUNT - payout.amount_minor
    assert broken_invariants() == []
