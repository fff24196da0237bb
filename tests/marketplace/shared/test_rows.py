"""Rows written and read without the ORM's composing of statements."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, transaction

from marketplace.shared import clock
from marketplace.shared.models import Delivery, Heartbeat, InvariantResult, LoggedEvent
from marketplace.shared.rows import change, change_along, fetch, insert, together, uuids
from tests.factories.ledger import a_fact

pytestmark = pytest.mark.django_db


def results(count: int) -> list[InvariantResult]:
    return [
        InvariantResult(
            name=f"tests.{number}",
            counted=number,
            differing=0,
            examples=[{"of": number}],
            checked_at=clock.now(),
        )
        for number in range(count)
    ]


def test_what_is_inserted_reads_as_it_was_written():
    (written,) = results(1)

    insert([written])

    read = InvariantResult.objects.get()
    assert (read.examples, read.checked_at) == (written.examples, written.checked_at)
    assert not written._state.adding


def test_a_number_from_a_sequence_and_the_time_of_creation_are_set():
    due = clock.now() + timedelta(hours=1)
    deliveries = [Delivery(event=a_fact(), handler=f"h{n}", next_attempt_at=due) for n in range(3)]

    insert(numbered=deliveries)

    assert {row.pk for row in deliveries} == set(Delivery.objects.values_list("pk", flat=True))
    assert all(row.created_at is not None for row in deliveries)


def test_thousands_of_rows_are_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        insert(results(5_000))

    assert InvariantResult.objects.count() == 5_000


@pytest.mark.parametrize("text", ['it\'s "so" \\ {1}%s', "Çay ☕ 😀", "a\nb\tc", "null"])
def test_any_text_reads_as_it_was_written(text):
    (row,) = results(1)
    row.name, row.examples = text, [text, None]

    insert([row])

    assert InvariantResult.objects.values_list("name", "examples").get() == (text, [text, None])


def test_a_nul_is_refused_whole():
    bad = results(2)
    bad[1].name = "N\0L"

    with pytest.raises(DataError), transaction.atomic():
        insert(bad)

    assert not InvariantResult.objects.exists()


def test_what_json_does_not_carry_exactly_is_refused():
    (row,) = results(1)
    row.examples = [b"bytes"]

    with pytest.raises(TypeError):
        insert([row])


def test_rows_of_several_tables_are_written_in_one_statement(django_assert_num_queries):
    event = LoggedEvent(
        name="tests.v1", aggregate="thing", aggregate_id="1", payload={}, occurred_at=clock.now()
    )
    deliveries = [
        Delivery(event=event, handler=f"h{n}", next_attempt_at=clock.now()) for n in range(2)
    ]

    with django_assert_num_queries(1):
        insert([event], [], results(3), numbered=deliveries)

    assert InvariantResult.objects.count() == 3
    assert {row.pk for row in deliveries} == set(event.deliveries.values_list("pk", flat=True))


def test_what_is_inserted_together_leaves_at_the_end_in_one_statement(django_assert_num_queries):
    first, second, third = results(3)
    deliveries = [Delivery(event=a_fact(), handler="h", next_attempt_at=clock.now())]

    with django_assert_num_queries(1), together():
        insert([first], numbered=deliveries)
        with together():
            insert([second])
        insert([third])
        assert first._state.adding

    assert InvariantResult.objects.count() == 3
    assert deliveries[0].pk == Delivery.objects.get().pk


def test_a_change_goes_along_with_what_is_inserted(django_assert_num_queries):
    insert(results(2))
    (fresh,) = [row for row in results(3) if row.name == "tests.2"]
    forget = "DELETE FROM shared_invariantresult WHERE counted = ANY(%s::int[])"

    with django_assert_num_queries(1), together():
        change_along(forget, [0, 1])
        insert([fresh])

    assert list(InvariantResult.objects.values_list("name", flat=True)) == ["tests.2"]


def test_a_change_that_goes_along_with_nothing_goes_alone():
    insert(results(2))
    forget = "DELETE FROM shared_invariantresult WHERE counted = %s"

    with together():
        change_along(forget, 0)
    change_along(forget, 1)

    assert not InvariantResult.objects.exists()


def test_ids_are_one_value():
    facts = [a_fact(), a_fact()]
    found = "SELECT id FROM shared_loggedevent WHERE id = ANY(%s::uuid[])"

    assert {key for (key,) in fetch(found, uuids(f.pk for f in facts))} == {f.pk for f in facts}
    assert fetch(found, uuids([])) == []


def test_nothing_is_written_where_something_fails_among_what_belongs_together():
    with suppress(IntegrityError), transaction.atomic(), together():
        insert(results(1))
        Heartbeat.objects.create(name="x", interval_s=None)

    insert(results(2))

    assert InvariantResult.objects.count() == 2


def test_inserting_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert([], [])


def test_fetching_and_changing_take_values_in_their_order():
    fact = a_fact()

    assert fetch("SELECT name FROM shared_loggedevent WHERE id = %s", fact.pk) == [(fact.name,)]
    assert fetch("SELECT 1 WHERE %s = ANY(%s)", fact.pk, [fact.pk]) == [(1,)]
    assert change("DELETE FROM shared_heartbeat WHERE name = %s", "nobody") == 0
    assert LoggedEvent.objects.count() == 1
