"""A state machine is moved by one function, and of two racers one loses cleanly."""

import threading

import pytest
from django.db import connection, models

from marketplace.notifications.models import Message
from marketplace.notifications.states import MESSAGE_TRANSITIONS, MessageStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.states import IllegalTransition, TransitionNotYours, may_move, move

SYSTEM, STAFF = Actor.system("tests"), Actor.staff("00000000-0000-7000-8000-000000000000")


def a_message() -> Message:
    return Message.objects.create(
        code="test", channel="sms", language="en", recipient="+255700000001", body="Hello",
        dedupe_key="1", created_at=clock.now(),
    )  # fmt: skip


@pytest.mark.django_db
def test_a_step_writes_its_changes_and_returns_what_it_left():
    message = a_message()

    left = move(message, MessageStatus.SENT, MESSAGE_TRANSITIONS, actor=SYSTEM, sent_at=clock.now())

    message.refresh_from_db()
    assert left == MessageStatus.QUEUED
    assert message.status == MessageStatus.SENT
    assert message.sent_at is not None


@pytest.mark.django_db
def test_a_step_that_the_table_lacks_is_refused_by_name():
    message = a_message()
    move(message, MessageStatus.SENT, MESSAGE_TRANSITIONS, actor=SYSTEM, sent_at=clock.now())

    with pytest.raises(IllegalTransition, match="This is Sent now"):
        move(message, MessageStatus.FAILED, MESSAGE_TRANSITIONS, actor=SYSTEM)


@pytest.mark.django_db
def test_a_step_of_somebody_else_is_refused():
    message = a_message()

    with pytest.raises(TransitionNotYours):
        move(message, MessageStatus.SENT, MESSAGE_TRANSITIONS, actor=STAFF)

    assert not may_move(MESSAGE_TRANSITIONS, message.status, MessageStatus.SENT, STAFF)
    assert may_move(MESSAGE_TRANSITIONS, message.status, MessageStatus.SENT, SYSTEM)


def race_to(wanted: list[str], message: Message, guarded: bool) -> int:
    """How many of the racers believe that they moved the message."""
    barrier, winners = threading.Barrier(len(wanted)), []

    def work(status: str) -> None:
        mine = Message.objects.get(pk=message.pk)
        barrier.wait()
        try:
            if guarded:
                move(mine, status, MESSAGE_TRANSITIONS, actor=SYSTEM, sent_at=clock.now())
            else:
                _move_unguarded(mine, status)
            winners.append(status)
        except IllegalTransition:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(status,)) for status in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(winners)


def _move_unguarded(row: models.Model, status: str) -> None:
    if status not in MESSAGE_TRANSITIONS[row.status]:
        raise IllegalTransition
    row.status, row.sent_at = status, clock.now()
    row.save()


@pytest.mark.django_db(transaction=True)
def test_of_racers_one_wins():
    assert race_to([MessageStatus.SENT, MessageStatus.FAILED] * 2, a_message(), guarded=True) == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_guard_several_believe_they_won():
    assert race_to([MessageStatus.SENT, MessageStatus.FAILED] * 2, a_message(), guarded=False) > 1
