"""M13: each invariant that production checks finds the corruption that it is there for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction

from marketplace.ledger.commands import check_now
from marketplace.shared.invariants import Invariant
from tasks.verification import INVARIANTS
from tests import servers
from tests.proof.sabotage.corruptions import CORRUPTIONS
from tests.proof.sabotage.worlds import a_marketplace, a_reconciled_day

OF_A_STATEMENT = "reconciliation."
GUARDS_MAX = 5


@pytest.fixture
def _as_superuser(django_db_setup, django_db_blocker: Any) -> Iterator[None]:
    """One transaction as the role that may do what nobody else may: corrupt the data."""
    application = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        connections.close_all()
        connection.settings_dict.update(
            USER="postgres", PASSWORD=servers.LAYOUT.secrets["superuser"]
        )
        try:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        finally:
            connections.close_all()
            connection.settings_dict.update(application)


def test_every_invariant_has_its_corruption():
    assert sorted(invariant.name for invariant in INVARIANTS) == sorted(CORRUPTIONS)


@pytest.mark.usefixtures("_as_superuser", "mpesa", "vfd")
def test_every_invariant_of_the_marketplace_finds_what_it_is_there_for():
    a_marketplace()

    assert blind([i for i in INVARIANTS if not i.name.startswith(OF_A_STATEMENT)]) == []


@pytest.mark.usefixtures("_as_superuser")
def test_every_invariant_of_reconciliation_finds_what_it_is_there_for():
    a_reconciled_day()

    assert blind([i for i in INVARIANTS if i.name.startswith(OF_A_STATEMENT)]) == []


def blind(invariants: list[Invariant]) -> list[str]:
    """Those that are broken before, or see nothing wrong after their corruption."""
    check_now()
    found = []
    for invariant in invariants:
        if (before := invariant.check()).differing:
            found.append(f"{invariant.name} does not even hold before: {before.examples}")
        with corrupted(CORRUPTIONS[invariant.name]):
            if not invariant.check().differing:
                found.append(invariant.name)
    return found


@contextmanager
def corrupted(statement: str) -> Iterator[None]:
    """Without triggers, and without the constraints that would refuse it; all comes back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for _guard in range(GUARDS_MAX):
                try:
                    with transaction.atomic():
                        cursor.execute(statement)
                    break
                except IntegrityError as error:
                    _drop_guard(error)
            else:
                raise AssertionError(f"too many constraints refuse {statement}")
        yield
        transaction.set_rollback(True)


def _drop_guard(error: IntegrityError) -> None:
    """The constraint, or the unique index, that stood in the way."""
    cause = error.__cause__
    assert isinstance(cause, psycopg.IntegrityError), error
    table, name = cause.diag.table_name, cause.diag.constraint_name
    assert table, error
    assert re.fullmatch(r"\w+", name or ""), error
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [name])
        is_constraint = cursor.fetchone()
        cursor.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT {name}" if is_constraint else f"DROP INDEX {name}"
        )
