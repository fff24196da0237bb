"""Ids sort in the order of their making; references can be read over the telephone."""

import time
from uuid import RFC_4122, UUID

import time_machine

from marketplace.shared.ids import ALPHABET, reference, uuid7


def test_an_id_is_a_uuid_of_version_7():
    ids = [uuid7() for _ in range(1_000)]

    assert {(one.version, one.variant) for one in ids} == {(7, RFC_4122)}
    assert len(set(ids)) == len(ids)


def test_an_id_holds_its_instant_to_the_millisecond():
    with time_machine.travel(1_800_000_000.5, tick=False):
        assert uuid7().int >> 80 == 1_800_000_000_500


def test_ids_sort_in_the_order_of_their_making_also_within_a_millisecond():
    ids: list[UUID] = []
    for _ in range(2_000):
        ids.append(uuid7())
        time.sleep(0)
        began = time.perf_counter_ns()
        while time.perf_counter_ns() - began < 2_000:  # Far less than a command's own queries.
            pass

    assert ids == sorted(ids)


def test_a_reference_has_its_prefix_and_eight_characters_that_cannot_be_confused():
    prefix, _, rest = reference("ORD").partition("-")

    assert (prefix, len(rest)) == ("ORD", 8)
    assert set(rest) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)
