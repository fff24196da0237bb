"""Rows written and read without the ORM's composing of statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.shared import clock, rows
from marketplace.shared.models import Delivery, InvariantResult, LoggedEvent
from marketplace.shared.rows import change, fetch, insert
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

    insert(deliveries)

    assert {row.pk for row in deliveries} == set(Delivery.objects.values_list("pk", flat=True))
    assert all(row.created_at is not None for row in deliveries)


def test_more_rows_than_a_statement_takes_parameters_are_written_in_several(monkeypatch):
    monkeypatch.setattr(rows, "PARAMETERS_MAX", 13)

    with CaptureQueriesContext(connection) as queries:
        insert(results(5))

    assert InvariantResult.objects.count() == 5
    assert len(queries) == 3


def test_rows_of_several_tables_are_written_in_one_statement(django_assert_num_queries):
    event = LoggedEvent(
        name="tests.v1", aggregate="thing", aggregate_id="1", payload={}, occurred_at=clock.now()
    )
    deliveries = [
        Delivery(event=event, handler=f"h{n}", next_attempt_at=clock.now()) for n in range(2)
    ]

    with django_assert_num_queries(1):
        insert([event], [], results(3), deliveries)

    assert InvariantResult.objects.count() == 3
    assert {row.pk for row in deliveries} == set(event.deliveries.values_list("pk", flat=True))


def test_inserting_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert([], [])


def test_fetching_and_changing_take_values_in_their_order():
    fact = a_fact()

    assert fetch("SELECT name FROM shared_loggedevent WHERE id = %s", fact.pk) == [(fact.name,)]
    assert fetch("SELECT 1 WHERE %s = ANY(%s)", fact.pk, [fact.pk]) == [(1,)]
    assert change("DELETE FROM shared_heartbeat WHERE name = %s", "nobody") == 0
    assert LoggedEvent.objects.count() == 1
