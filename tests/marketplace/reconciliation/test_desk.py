"""Who works on an exception, what they wrote down, and many of a kind decided with one reason."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from marketplace.ledger import chart
from marketplace.reconciliation.commands import (
    assign_exception,
    claim_exception,
    note_exception,
    release_exception,
    resolve_exceptions,
)
from marketplace.reconciliation.commands.desk import NOTE_MAX
from marketplace.reconciliation.errors import (
    AlreadyTaken,
    AssigneeUnknown,
    DifferentKinds,
    ExceptionIsResolved,
    ExceptionNotFound,
    NoteMissing,
    NoteTooLong,
    ReasonMissing,
    ResolutionNotPossible,
    TooManyAtOnce,
)
from marketplace.reconciliation.models import ExceptionNote, ReconciliationException
from marketplace.reconciliation.policies import AGE_BANDS, BULK_MAX, SLA, age_band, age_days, due_at
from marketplace.reconciliation.states import ExceptionKind
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import a_buyer, a_staff_member, staff_actor
from tests.factories.reconciliation import NOON, Row, a_payment, a_receipt, paid
from tests.marketplace.reconciliation.books import (
    CLEARING,
    an_imported_statement,
    broken_invariants,
    money,
)

pytestmark = pytest.mark.django_db
PAID_OUT = "Business Payment to Customer via API"


def an_exception(amount_minor: int = 12_000_00) -> ReconciliationException:
    an_imported_statement([Row(a_receipt(), amount_minor)])
    return ReconciliationException.objects.latest("pk")


def resolved_together(rows, resolution="to_suspense", reason="Seen at the till", actor=None):
    return resolve_exceptions(
        exception_ids=[row.pk for row in rows],
        resolution=resolution,
        reason=reason,
        actor=actor or staff_actor(),
    )


# --- Taking, giving, putting back ---


def test_an_exception_is_taken_given_to_a_colleague_and_put_back():
    row, neema = an_exception(), a_staff_member(name="Neema")
    asha = staff_actor(a_staff_member(name="Asha"))

    claim_exception(exception_id=row.pk, actor=asha)
    claim_exception(exception_id=row.pk, actor=asha)
    assign_exception(exception_id=row.pk, assignee_id=neema.pk, actor=asha)
    release_exception(exception_id=row.pk, actor=asha)
    release_exception(exception_id=row.pk, actor=asha)

    row.refresh_from_db()
    assert row.assignee is None
    told = LoggedEvent.objects.filter(aggregate="exception").order_by("id")
    assert [(event.name.split(".")[1], event.before["assignee"], event.after["assignee"])
            for event in told] == [
        ("exception_claimed", "", "Asha"),
        ("exception_assigned", "Asha", "Neema"),
        ("exception_released", "Neema", ""),
    ]  # fmt: skip


def test_who_comes_second_is_told_who_has_taken_it():
    row = an_exception()
    claim_exception(exception_id=row.pk, actor=staff_actor(a_staff_member(name="Neema")))

    with pytest.raises(AlreadyTaken) as refusal:
        claim_exception(exception_id=row.pk, actor=staff_actor())

    assert "Neema" in str(refusal.value)


def test_only_a_colleague_who_may_enter_can_be_given_work():
    row, left = an_exception(), a_staff_member(is_active=False)

    for nobody in (a_buyer().pk, left.pk, uuid7()):
        with pytest.raises(AssigneeUnknown):
            assign_exception(exception_id=row.pk, assignee_id=nobody, actor=staff_actor())


def test_what_is_resolved_or_unknown_is_nobodys_work():
    row = an_exception()
    resolved_together([row])

    for command in (claim_exception, release_exception):
        with pytest.raises(ExceptionIsResolved):
            command(exception_id=row.pk, actor=staff_actor())
        with pytest.raises(ExceptionNotFound):
            command(exception_id=uuid7(), actor=staff_actor())


# --- Notes ---


def test_notes_keep_author_and_words_and_are_written_after_the_resolution_too():
    row, neema = an_exception(), a_staff_member(name="Neema")
    note_exception(
        exception_id=row.pk, body="  Called the till.\nNobody. ", actor=staff_actor(neema)
    )
    resolved_together([row])
    note_exception(exception_id=row.pk, body="<script>x</script>", actor=staff_actor(neema))

    assert [(note.author, note.body) for note in row.notes.order_by("pk")] == [
        (neema, "Called the till.\nNobody."),
        (neema, "<script>x</script>"),
    ]
    assert LoggedEvent.objects.filter(name="reconciliation.exception_noted.v1").count() == 2


def test_a_note_says_something_and_not_too_much():
    row = an_exception()

    with pytest.raises(NoteMissing):
        note_exception(exception_id=row.pk, body=" \n ", actor=staff_actor())
    with pytest.raises(NoteTooLong):
        note_exception(exception_id=row.pk, body="x" * (NOTE_MAX + 1), actor=staff_actor())
    with pytest.raises(ExceptionNotFound):
        note_exception(exception_id=uuid7(), body="x", actor=staff_actor())
    assert not ExceptionNote.objects.exists()


@pytest.mark.parametrize(
    "change", ["UPDATE reconciliation_exceptionnote SET body = 'y'",
               "DELETE FROM reconciliation_exceptionnote"],
)  # fmt: skip
def test_the_database_keeps_notes_as_they_were_written(change):
    note_exception(exception_id=an_exception().pk, body="Called the till", actor=staff_actor())

    with (
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


# --- Many at once ---


def test_many_of_a_kind_are_resolved_with_one_reason_and_an_entry_each():
    an_imported_statement([Row(a_receipt(), 12_000_00), Row(a_receipt(), 3_000_00)])
    rows = list(ReconciliationException.objects.all())
    before = money()

    assert resolved_together(rows) == (2, [])

    assert money()[CLEARING] - before[CLEARING] == 15_000_00
    assert money()[chart.SUSPENSE] - before[chart.SUSPENSE] == -15_000_00
    assert set(ReconciliationException.objects.values_list("status", "reason")) == {
        ("resolved", "Seen at the till")
    }
    assert broken_invariants() == {}


def test_what_a_colleague_resolved_in_the_meantime_is_named_and_the_rest_goes_on():
    an_imported_statement([Row(a_receipt(), 12_000_00), Row(a_receipt(), 3_000_00)])
    first, second = ReconciliationException.objects.order_by("pk")
    resolved_together([first])

    assert resolved_together([first, second]) == (1, [first.reference])
    assert broken_invariants() == {}


def test_a_resolution_that_does_not_fit_one_of_them_closes_none():
    an_imported_statement(
        [Row(a_receipt(), -12_000_00, reason=PAID_OUT), Row(a_receipt(), 3_000_00)]
    )
    rows = list(ReconciliationException.objects.all())

    with pytest.raises(ResolutionNotPossible):
        resolved_together(rows, "as_fee")
    with pytest.raises(ReasonMissing):
        resolved_together(rows, reason=" ")

    assert not ReconciliationException.objects.filter(status="resolved").exists()


def test_different_kinds_and_too_many_are_refused():
    payment = a_payment(25_000_00)
    an_imported_statement([paid(payment, amount_minor=24_000_00), Row(a_receipt(), 12_000_00)])

    with pytest.raises(DifferentKinds):
        resolved_together(list(ReconciliationException.objects.all()))
    with pytest.raises(TooManyAtOnce):
        resolve_exceptions(
            exception_ids=[uuid7() for _ in range(BULK_MAX + 1)],
            resolution="no_action",
            reason="-",
            actor=staff_actor(),
        )
    assert not ReconciliationException.objects.filter(status="resolved").exists()


# --- Age ---


def test_every_kind_has_a_time_within_which_it_is_explained():
    assert set(SLA) == set(ExceptionKind)
    assert due_at(kind="reversed", opened_at=NOON) == NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "band"),
    [(0, "0-2"), (2, "0-2"), (3, "3-7"), (7, "3-7"), (8, "8-30"), (30, "8-30"), (31, "over-30"),
     (4000, "over-30")],
)  # fmt: skip
def test_an_age_in_whole_days_stands_in_one_band(days, band):
    opened_at = NOON - timedelta(days=days, hours=1)

    assert age_days(opened_at=opened_at, now=NOON) == days
    assert age_band(days) == band
    assert band in AGE_BANDS
