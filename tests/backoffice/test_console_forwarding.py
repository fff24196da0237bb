"""The pages of analytics forwarding: how it goes, what was refused, and sending that once more."""

import pytest
from django.urls import reverse

from marketplace.analytics.models import ForwardBatch, ForwardedDeed
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, said, signed_in
from tests.factories.forwarding import (
    a_buyer_who_allows,
    an_answered_batch,
    forward,
    looks_at_something,
    statuses,
)

pytestmark = pytest.mark.django_db


def text_of(client, address: str) -> str:
    return client.get(address).content.decode()


def page_of(batch: ForwardBatch) -> str:
    return reverse("admin:analytics_forwardbatch_change", args=[batch.pk])


def services_on(client) -> dict[str, tuple[str, ...]]:
    """The rows of the system page's table of services, by service."""
    blocks = client.get(reverse("admin:system")).context["page"].main
    tables = [block for block in blocks if str(block.title) == "Analytics services"]
    return {str(row[0]): tuple(map(str, row[1:])) for table in tables for row in table.rows}


def test_a_batch_shows_what_was_refused_and_why_but_not_of_whom_it_tells(client):
    signed_in(client, "administrator")
    batch = an_answered_batch()
    buyer = a_buyer_who_allows()
    ForwardedDeed.objects.update(buyer_id=buyer.pk)

    shown = text_of(client, page_of(batch))

    assert "is invalid" in shown
    assert "The service refused 1 of these events." in shown
    assert str(buyer.pk) not in shown
    listed = text_of(client, reverse("admin:analytics_forwardbatch_changelist"))
    assert "Mixpanel" in listed


def test_refused_ones_are_sent_again_once(client, mixpanel):
    person = signed_in(client, "administrator")
    batch = an_answered_batch()

    answer = said(decide(client, batch, "retry"))

    assert "They wait for the next batch." in answer
    assert statuses() == {"sent", "waiting"}
    event = LoggedEvent.objects.get(name="analytics.refused_told_again.v1")
    assert (event.actor_id, event.payload["deeds"]) == (str(person.pk), 1)
    assert "Send refused ones again" not in text_of(client, page_of(batch))
    forward()
    assert [told["name"] for told in mixpanel.told] == ["Product Viewed"]


def test_the_list_is_narrowed_to_what_needs_somebody(client):
    signed_in(client, "administrator")
    an_answered_batch()
    an_answered_batch(destination="segment", refused=0)
    waiting = an_answered_batch(closed_at=None, refused=0, failure="HTTP 500")
    address = reverse("admin:analytics_forwardbatch_changelist")

    def found(outcome: str) -> list[int]:
        rows = client.get(address, {"outcome": outcome}).context["cl"].result_list
        return [row.pk for row in rows]

    assert found("refused") == [ForwardBatch.objects.get(refused=1).pk]
    assert found("open") == [waiting.pk]
    assert "Waiting for an answer" in text_of(client, page_of(waiting))


def test_the_system_page_says_how_each_service_does(client, services):
    signed_in(client, "administrator")
    assert services_on(client)["Segment"][1] == "0"
    services[0].switch("500")
    looks_at_something(a_buyer_who_allows())

    forward()

    shown = services_on(client)
    assert "HTTP 500" in shown["Segment"][0]
    assert shown["Segment"][1].startswith("1<")  # With the hour of the oldest below.
    assert "HTTP" not in shown["Mixpanel"][0]
    assert shown["Mixpanel"][1] == "0"
    assert "<time" in shown["Mixpanel"][3]
    assert "1 taken" in shown["Mixpanel"][3]


def test_where_nothing_is_forwarded_the_system_page_does_not_speak_of_it(client):
    signed_in(client, "administrator")

    assert services_on(client) == {}


def test_support_may_neither_look_nor_send(client):
    batch = an_answered_batch()
    signed_in(client, "support")

    assert client.get(page_of(batch)).status_code == 403
    assert decide(client, batch, "retry").status_code == 403
