"""What Segment and Mixpanel take, refuse and lose, over real HTTP."""

from datetime import timedelta

import pytest

from marketplace.analytics.adapters import posting
from marketplace.analytics.adapters.mixpanel import Mixpanel
from marketplace.analytics.adapters.segment import Segment
from marketplace.analytics.ports import BatchRefused, BatchTooLarge, Deed, NotTaken
from marketplace.shared import clock
from marketplace.shared.ids import uuid7


def a_deed(**changes) -> Deed:
    values = {
        "id": uuid7(),
        "name": "Order Placed",
        "who": "b5d4045c3f466fa91fe2cc6abe79232a",
        "at": clock.now(),
        "properties": {"total": 25_000, "currency": "TZS"},
    }
    return Deed(**values | changes)


def adapter_of(service) -> Segment | Mixpanel:
    return {"segment": Segment, "mixpanel": Mixpanel}[service.name](**service.options)


def hand_over(service, *deeds: Deed) -> dict[int, str]:
    adapter = adapter_of(service)
    return dict(adapter.send([adapter.encode(deed) for deed in deeds]))


@pytest.fixture(params=["segment", "mixpanel"])
def service(request):
    return request.getfixturevalue(request.param)


def test_a_service_takes_a_batch_as_it_was_meant(service):
    deed, other = a_deed(), a_deed(name="Product Viewed", properties={"in_stock": True})

    assert hand_over(service, deed, other) == {}

    first, second = service.told
    assert first["message_id"] == str(deed.id)
    assert (first["name"], first["who"]) == (deed.name, deed.who)
    assert abs(first["happened_at"] - deed.at.timestamp()) < 0.002
    assert first["properties"] == deed.properties
    assert second["properties"] == {"in_stock": True}


def test_a_service_takes_what_comes_again_once(service):
    deed = a_deed()

    hand_over(service, deed)
    hand_over(service, deed, a_deed())

    assert [told["times"] for told in service.told] == [2, 1]


@pytest.mark.parametrize(("kind", "taken", "after_s"), [
    ("429", 0, 1), ("500", 0, None), ("unheard", 0, None), ("lost", 1, None), ("slow", 1, None),
])  # fmt: skip
def test_a_batch_without_a_good_answer_is_to_be_sent_again(
    service, monkeypatch, kind, taken, after_s
):
    monkeypatch.setattr(posting, "TIMEOUT", 1)
    service.switch(kind)
    deed = a_deed()

    with pytest.raises(NotTaken) as refused:
        hand_over(service, deed)

    assert refused.value.after_s == after_s
    assert len(service.told) == taken
    hand_over(service, deed)
    assert [told["message_id"] for told in service.told] == [str(deed.id)]


def test_a_service_that_is_away_is_tried_again(service):
    adapter = adapter_of(service)
    service.simulator.stop()

    with pytest.raises(NotTaken, match="ConnectError"):
        adapter.send([adapter.encode(a_deed())])


def test_the_largest_batch_that_we_send_is_taken(service):
    adapter = adapter_of(service)
    big = adapter.encode(a_deed(properties={"padding": "x" * 2_000}))
    batch = [adapter.encode(a_deed()) for _ in range(adapter.limits.deeds_max - 100)]
    left = adapter.limits.body_bytes_max - sum(len(one) + 1 for one in batch)
    batch += [
        adapter.encode(a_deed(properties={"padding": "x" * 2_000}))
        for _ in range(max(0, min(100, left // (len(big) + 1))))
    ]
    while sum(len(one) + 1 for one in batch) > adapter.limits.body_bytes_max:
        batch.pop()

    assert adapter.send(batch) == {}

    assert len(service.told) == len(batch)


def test_mixpanel_names_what_it_refuses_and_takes_the_rest(mixpanel):
    deeds = [
        a_deed(),
        a_deed(at=clock.now() + timedelta(hours=2)),
        a_deed(who="anonymous"),
        a_deed(),
    ]

    refused = hand_over(mixpanel, *deeds)

    assert sorted(refused) == [1, 2]
    assert refused[1].startswith("properties.time: ")
    assert [told["message_id"] for told in mixpanel.told] == [str(deeds[0].id), str(deeds[3].id)]


def test_mixpanel_with_wrong_credentials_is_tried_again_when_they_are_right(mixpanel):
    wrong = Mixpanel(**{**mixpanel.options, "service_secret": "guessed"})

    with pytest.raises(NotTaken, match="401 Invalid credentials"):
        wrong.send([wrong.encode(a_deed())])

    assert mixpanel.told == []


def test_mixpanel_that_finds_a_batch_too_large_says_so(mixpanel):
    mixpanel.switch("413")

    with pytest.raises(BatchTooLarge):
        hand_over(mixpanel, a_deed())


def test_a_batch_that_segment_cannot_read_is_refused_whole(segment):
    segment.switch("400")

    with pytest.raises(BatchRefused, match="malformed JSON"):
        hand_over(segment, a_deed())


def test_segment_says_yes_to_a_wrong_key_and_takes_nothing(segment):
    wrong = Segment(url=segment.url, write_key="guessed")

    assert wrong.send([wrong.encode(a_deed())]) == {}

    assert segment.told == []


def test_a_body_above_segments_own_limit_is_refused(segment):
    adapter = adapter_of(segment)
    deeds = [adapter.encode(a_deed(properties={"padding": "x" * 30_000})) for _ in range(20)]

    with pytest.raises(BatchRefused, match="500KB"):
        adapter.send(deeds)
