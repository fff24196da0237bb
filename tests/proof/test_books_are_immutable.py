"""M14 and part of M18, from the database's own catalogue: whatever a later migration adds is looked at, too."""

import pytest
from django.db import DatabaseError, connection, connections, transaction

from marketplace.ledger.commands import check_now
from marketplace.ledger.models import Posting
from marketplace.ledger.seals import seal_due
from marketplace.reconciliation.models import StatementLine
from tests.deliveries import deliver_all, failures
from tests.factories.billing import an_invoice
from tests.factories.orders import a_paid_order
from tests.marketplace.reconciliation.test_with_the_provider import a_payment_through, imported
from tests.servers import empty_this_database, superuser
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
# What is written once. A migration that adds such a table has to name it here.
BOOKS = {
    "billing_commissionline",
    "billing_document",
    "billing_fiscalreceipt",
    "billing_fiscalreport",
    "closing_close",
    "closing_closingbalance",
    "disputes_evidence",
    "ledger_entry",
    "ledger_posting",
    "ledger_seal",
    "ledger_sealedrow",
    "reconciliation_exceptionnote",
    "shared_loggedevent",
}
# Never changed, but gone when its month is opened again.
REOPENED = {"ledger_closedtotal"}
CHANGES = (
    ("ledger_entry", "UPDATE ledger_entry SET memo = memo || '!'"),
    ("ledger_posting", "UPDATE ledger_posting SET amount_minor = amount_minor + 100"),
    ("shared_loggedevent", "UPDATE shared_loggedevent SET actor_label = 'somebody else'"),
    ("ledger_seal", "UPDATE ledger_seal SET digest = previous"),
    ("ledger_sealedrow", "UPDATE ledger_sealedrow SET digest = ''"),
    ("billing_document", "UPDATE billing_document SET vat_minor = vat_minor + 100"),
    ("billing_commissionline", "UPDATE billing_commissionline SET vat_minor = vat_minor + 100"),
)
# Django's own groups and permissions count in four bytes; nothing of money hangs on them.
FRAMEWORKS = ("auth_", "django_", "accounts_user_groups.", "accounts_user_user_permissions.")


def columns(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [str(row[0]) for row in cursor.fetchall()]


@pytest.fixture
def rows_in_the_books():
    """A trigger for rows speaks only where there is one."""
    part = a_paid_order().seller_orders.get()
    deliver_all()
    an_invoice(part.seller, number=1)
    seal_due()
    check_now()


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    return str(refusal.value)


@pytest.mark.parametrize(("table", "statement"), CHANGES)
def test_a_row_that_is_written_cannot_be_changed_or_deleted(table, statement, rows_in_the_books):
    assert columns(f"SELECT count(*) FROM {table}") != ["0"]

    refused(statement)
    refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", sorted(BOOKS))
@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE {} CASCADE", "DROP TABLE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER ALL",
     "ALTER TABLE {} ADD COLUMN more bigint", "SET session_replication_role = replica"],
)  # fmt: skip
def test_the_application_cannot_do_away_with_a_book_or_its_guards(table, statement):
    refused(statement.format(table))


def test_every_book_has_both_its_guards_and_no_table_has_only_one():
    """By the catalogue: type bits 1 row, 2 before, 8 delete, 16 update, 32 truncate; enabled always."""
    guarded = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgenabled = 'O' AND "

    assert set(columns(guarded + "tgtype & 27 = 27")) == BOOKS
    assert set(columns(guarded + "tgtype & 34 = 34")) == BOOKS | REOPENED


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


FOUR_BYTES = 2**31
SEQUENCES = (
    "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
    " WHERE schemaname = 'public' AND data_type = 'bigint'::regtype"
)


@pytest.fixture
def sequences_near_the_end_of_four_bytes():
    """All of them; they go back to where they were once the database is empty again."""
    with superuser() as server:
        found = server.execute(SEQUENCES).fetchall()
        for name, _value in found:
            server.execute("SELECT setval(%s, %s)", [name, FOUR_BYTES - 3])
    yield
    connections.close_all()
    empty_this_database()
    with superuser() as server:
        for name, value in found:
            server.execute("SELECT setval(%s, %s, %s)", [name, value or 1, value is not None])


@pytest.mark.django_db(transaction=True)
def test_numbers_go_on_beyond_what_four_bytes_can_hold(sequences_near_the_end_of_four_bytes, mpesa):
    """Orders, their payments and a statement pass that end."""
    a_payment_through(mpesa, "123")
    imported(mpesa)
    a_payment_through(mpesa, "123")

    assert Posting.objects.latest("pk").pk > FOUR_BYTES
    assert StatementLine.objects.latest("pk").pk > FOUR_BYTES - 3
    assert failures() == []
    assert broken_invariants() == []
