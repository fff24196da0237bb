"""Saved views and the time of a queue."""

from datetime import timedelta

import pytest

from marketplace.casework.commands import delete_view, save_view, set_queue_time
from marketplace.casework.errors import (
    QueueTimeInvalid,
    ViewInvalid,
    ViewNameTaken,
    ViewNotFound,
)
from marketplace.casework.policies import DEFAULT_HOURS
from marketplace.casework.queries import allowed_in, views_for
from marketplace.casework.states import HOURS_MAX, QueueName
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import staff_actor

pytestmark = pytest.mark.django_db


def saved(name: str, query: str = "work=late&p=3", *, shared: bool = False, actor=None):
    actor = actor or staff_actor()
    return save_view(queue="refundqueue", name=name, query=query, is_shared=shared, actor=actor)


def names(actor) -> list[str]:
    return [one.name for one in views_for(queue="refundqueue", user_id=actor.user_id)]


def test_a_view_is_its_owners_and_a_shared_one_everybodys():
    asha, juma = staff_actor(), staff_actor()
    saved("Late ones", actor=asha)
    view = saved("For us all", shared=True, actor=asha)

    assert names(asha) == ["For us all", "Late ones"]
    assert names(juma) == ["For us all"]
    assert view.query == "work=late"
    with pytest.raises(ViewNotFound):
        delete_view(view_id=view.pk, actor=juma)
    delete_view(view_id=view.pk, actor=asha)
    assert names(juma) == []


def test_a_name_is_taken_once_by_each_and_once_by_all():
    asha, juma = staff_actor(), staff_actor()
    saved("Late", actor=asha)
    saved("Late", actor=juma)
    saved("Ours", shared=True, actor=asha)

    with pytest.raises(ViewNameTaken):
        saved("Late", actor=asha)
    with pytest.raises(ViewNameTaken):
        saved("Ours", shared=True, actor=juma)


@pytest.mark.parametrize(
    ("name", "query"),
    [(" ", "work=late"), ("x" * 61, "work=late"), ("All", "p=2"), ("Q", "q=" + "x" * 600)],
)
def test_a_view_without_name_or_filter_is_refused(name, query):
    with pytest.raises(ViewInvalid):
        saved(name, query)


def test_the_time_of_a_queue_is_set_at_once_and_the_change_is_on_record():
    before = DEFAULT_HOURS[QueueName.REFUNDS]

    set_queue_time(queue=QueueName.REFUNDS, hours=4, reason="Promised.", actor=staff_actor())
    set_queue_time(queue=QueueName.REFUNDS, hours=6, reason="Too much.", actor=staff_actor())

    assert allowed_in(QueueName.REFUNDS) == timedelta(hours=6)
    events = LoggedEvent.objects.filter(name="casework.queue_time_set.v1").order_by("id")
    assert [(one.before, one.after) for one in events] == [
        ({"hours": before}, {"hours": 4}),
        ({"hours": 4}, {"hours": 6}),
    ]


@pytest.mark.parametrize("hours", [0, HOURS_MAX + 1])
def test_a_time_out_of_bounds_is_refused(hours):
    with pytest.raises(QueueTimeInvalid):
        set_queue_time(
            queue=QueueName.REFUNDS, hours=hours, reason="Whatever.", actor=staff_actor()
        )
