"""M14: what the owner of the database changes behind our back is found by the seals, and named."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from marketplace.ledger import seals
from marketplace.ledger.models import Entry, Posting, Seal, SealedRow
from marketplace.ledger.seals import checks, last_seal, seal_due
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all
from tests.factories.orders import a_paid_order, an_order
from tests.servers import superuser

pytestmark = pytest.mark.django_db(transaction=True)
EVENT = "(SELECT id FROM shared_loggedevent ORDER BY id LIMIT 1)"
POSTING = "(SELECT min(id) FROM ledger_posting)"
# What the owner of the database does, and which check names which row.
TAMPERING = {
    "an event is edited": (
        f"UPDATE shared_loggedevent SET actor_label = 'somebody else' WHERE id = {EVENT}",
        "sealed_rows_rest: event",
    ),
    "one character of a payload is another": (
        "UPDATE shared_loggedevent SET payload = jsonb_set(payload, '{order_id}', '\"x\"')"
        f" WHERE id = {EVENT}",
        "sealed_rows_rest: event",
    ),
    "the time of an event is moved": (
        "UPDATE shared_loggedevent SET occurred_at = occurred_at + interval '1 microsecond'"
        f" WHERE id = {EVENT}",
        "sealed_rows_rest: event",
    ),
    "an event is deleted": (
        f"DELETE FROM shared_loggedevent WHERE id = {EVENT}",
        "sealed_rows_rest: event",
    ),
    "an event of the past is inserted": (
        "INSERT INTO shared_loggedevent SELECT (jsonb_populate_record(e, jsonb_build_object("
        "'id', '00000000-0000-7000-8000-000000000000'))).* FROM shared_loggedevent e LIMIT 1",
        "nothing_slips_in: event",
    ),
    "a posting is one cent more": (
        f"UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE id = {POSTING}",
        "sealed_rows_rest: entry",
    ),
    "a posting is deleted": (
        f"DELETE FROM ledger_posting WHERE id = {POSTING}",
        "sealed_rows_rest: entry",
    ),
    "a balanced pair is added to an entry": (
        "INSERT INTO ledger_posting (entry_id, account_id, amount_minor, currency, reference,"
        " posted_at) SELECT p.entry_id, p.account_id, sign, p.currency, p.reference, p.posted_at"
        f" FROM ledger_posting p, unnest(ARRAY[100, -100]) sign WHERE p.id = {POSTING}",
        "sealed_rows_rest: entry",
    ),
    "an account gets the name of another": (
        "UPDATE ledger_account SET code = code || '-2' WHERE id ="
        f" (SELECT account_id FROM ledger_posting WHERE id = {POSTING})",
        "sealed_rows_rest: entry",
    ),
    "a row's digest is taken away with it": (
        f"DELETE FROM ledger_sealedrow WHERE id = {EVENT};"
        f" DELETE FROM shared_loggedevent WHERE id = {EVENT}",
        "seals_chain: seal 1",
    ),
    "a seal is taken out of the chain": (
        "DELETE FROM ledger_sealedrow WHERE seal_id = 1; DELETE FROM ledger_seal WHERE number = 1",
        "seals_chain: seal 2",
    ),
}


@pytest.fixture
def sealed_trade() -> None:
    """Two seals: an order that was paid, and another that was placed."""
    a_paid_order()
    deliver_all()
    seal_due()
    an_order()
    seal_due()


def found(*, whole: bool = True) -> list[str]:
    """What the chain names, by check."""
    findings = [(one.name.removeprefix("ledger."), one.check()) for one in checks(whole=whole)]
    return [f"{name}: {each}" for name, finding in findings for each in finding.examples]


def tamper(statement: str) -> None:
    """As the superuser, with every guard off."""
    with superuser() as server:
        server.execute("SET session_replication_role = replica")
        server.execute(statement)


def in_other_sessions(count: int, work: Callable[[], object]) -> None:
    def alone() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        for future in [pool.submit(alone) for _session in range(count)]:
            future.result()


def test_every_event_and_entry_is_sealed_once_and_rests(sealed_trade):
    assert Posting.objects.exists()
    assert SealedRow.objects.count() == LoggedEvent.objects.count() + Entry.objects.count()
    assert (found(), found(whole=False)) == ([], [])


def test_where_nothing_happened_nothing_is_sealed(sealed_trade):
    seal_due()

    assert Seal.objects.count() == 2


@pytest.mark.parametrize(("statement", "named"), TAMPERING.values(), ids=TAMPERING.keys())
def test_what_is_changed_behind_our_back_is_found_and_named(statement, named, sealed_trade):
    tamper(statement)

    assert any(one.startswith(named) for one in found(whole=False)), found(whole=False)


def test_no_setting_of_a_session_changes_a_digest(sealed_trade):
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'Asia/Tokyo'")
        cursor.execute("SET bytea_output = 'escape'")

    assert found() == []
    connection.close()


def test_who_rewrites_the_whole_chain_is_found_by_a_seal_kept_elsewhere(sealed_trade, capsys):
    kept = last_seal()
    assert kept
    call_command("verify", seal=kept.text)

    tamper(
        f"UPDATE shared_loggedevent SET actor_label = 'x' WHERE id = {EVENT};"
        " DELETE FROM ledger_sealedrow; DELETE FROM ledger_seal"
    )
    seal_due()

    assert found() == []
    with pytest.raises(CommandError, match="rewritten"):
        call_command("verify", seal=kept.text)


def test_an_old_seal_is_looked_at_in_its_hour_or_on_demand(sealed_trade, monkeypatch):
    tamper(f"UPDATE shared_loggedevent SET actor_label = 'x' WHERE id = {EVENT}")
    tamper("UPDATE ledger_seal SET sealed_at = '2020-01-01'")

    monkeypatch.setattr(seals, "SHARES", 10**12)
    assert found(whole=False) == []
    assert found(whole=True) != []
    monkeypatch.setattr(seals, "SHARES", 1)
    assert found(whole=False) == found(whole=True)


def test_what_commits_late_is_sealed_next_and_is_no_intruder(sealed_trade):
    before = SealedRow.objects.count()
    with transaction.atomic():
        an_order()
        in_other_sessions(1, seal_due)
    assert SealedRow.objects.count() == before

    seal_due()

    assert SealedRow.objects.count() == LoggedEvent.objects.count() + Entry.objects.count()
    assert found() == []


def test_sweeps_at_once_make_one_chain(monkeypatch):
    monkeypatch.setattr(seals, "SEAL_ROWS_MAX", 2)
    a_paid_order()

    in_other_sessions(4, seal_due)

    assert SealedRow.objects.count() == LoggedEvent.objects.count() + Entry.objects.count()
    assert list(Seal.objects.order_by("number").values_list("number", flat=True)) == list(
        range(1, Seal.objects.count() + 1)
    )
    assert found() == []
