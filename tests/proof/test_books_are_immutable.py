"""M14 and part of M18, from the database's own catalogue: whatever a later migration adds is looked at, too."""

import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, check_now, post
from tests.factories.ledger import a_fact

pytestmark = pytest.mark.django_db
BOOKS = ("ledger_entry", "ledger_posting", "shared_loggedevent")
# Django's own groups and permissions count in four bytes; nothing of money hangs on them.
FRAMEWORKS = ("auth_", "django_", "accounts_user_groups.", "accounts_user_user_permissions.")


def columns(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [str(row[0]) for row in cursor.fetchall()]


@pytest.mark.parametrize("table", BOOKS)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE", "DROP TABLE {} CASCADE",
     "ALTER TABLE {} DISABLE TRIGGER ALL"],
)  # fmt: skip
def test_the_application_cannot_change_a_book(table, statement, a_booked_entry):
    with pytest.raises(DatabaseError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table))


@pytest.fixture
def a_booked_entry():
    """A trigger for rows speaks only where there is one."""
    post(
        event=a_fact(),
        memo="tests",
        lines=[Line(chart.BANK, 100, "A"), Line(chart.SUSPENSE, -100, "A")],
    )
    check_now()


def test_the_application_owns_no_table_and_may_truncate_none():
    owned = columns("SELECT tablename FROM pg_tables WHERE tableowner = current_user")
    truncatable = columns(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace ="
        " 'public'::regnamespace AND has_table_privilege(oid, 'TRUNCATE')"
    )

    assert (owned, truncatable) == ([], [])


def test_money_and_keys_are_eight_bytes_wide():
    narrow = columns(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('integer', 'smallint', 'real',"
        " 'double precision', 'numeric', 'money')"
        " AND (column_name LIKE '%\\_minor' OR column_name = 'id' OR column_name LIKE '%\\_id')"
    )

    assert [each for each in narrow if not each.startswith(FRAMEWORKS)] == []
