"""A lease is renewed while its work goes on, and never after."""

import os
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest

from marketplace.shared import heartbeat as beating
from marketplace.shared.heartbeat import heartbeat
from tests.patience import wait_until

OFTEN = timedelta(milliseconds=20)
SELDOM = timedelta(hours=1)


class Lease:
    """Counts its renewals."""

    def __init__(self) -> None:
        self.renewals = 0

    def renew(self) -> None:
        self.renewals += 1

    def wait_for(self, renewals: int) -> None:
        wait_until(
            lambda: self.renewals >= renewals,
            every_s=0.005,
            complaint=lambda: f"{self.renewals} renewals only",
        )


def test_is_renewed_until_the_work_ends_and_not_after() -> None:
    lease = Lease()
    with heartbeat(lease.renew, every=OFTEN):
        lease.wait_for(3)
    at_the_end = lease.renewals

    time.sleep(OFTEN.total_seconds() * 5)

    assert lease.renewals == at_the_end


def test_work_that_ends_early_is_never_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    early, other = Lease(), Lease()
    with heartbeat(other.renew, every=OFTEN):
        with heartbeat(early.renew, every=SELDOM):
            pass
        hours_pass(monkeypatch)
        other.wait_for(other.renewals + 3)

    assert early.renewals == 0


def test_control_what_is_not_over_by_then_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    lasting, other = Lease(), Lease()
    with heartbeat(other.renew, every=OFTEN), heartbeat(lasting.renew, every=SELDOM):
        hours_pass(monkeypatch)
        lasting.wait_for(1)


def hours_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """For heartbeats only: whatever was to be renewed within an hour is due."""
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + 2 * SELDOM.total_seconds())
    monkeypatch.setattr(beating, "time", later)


def test_a_frequent_lease_does_not_wait_for_a_seldom_one() -> None:
    seldom, often = Lease(), Lease()
    with heartbeat(seldom.renew, every=SELDOM), heartbeat(often.renew, every=OFTEN):
        often.wait_for(3)

    assert seldom.renewals == 0


def test_a_renewal_that_fails_is_tried_again() -> None:
    lease = Lease()

    def fails_first() -> None:
        lease.renew()
        if lease.renewals == 1:
            raise ConnectionError("the database restarts")

    with heartbeat(fails_first, every=OFTEN):
        lease.wait_for(3)


def test_the_block_does_not_end_in_the_middle_of_a_renewal() -> None:
    done = []

    def slow() -> None:
        done.append("began")
        time.sleep(0.1)
        done.append("ended")

    with heartbeat(slow, every=OFTEN):
        wait_until(lambda: done, every_s=0.001)

    assert done[-1] == "ended"


def test_a_forked_worker_renews_its_own() -> None:
    with heartbeat(Lease().renew, every=OFTEN):
        child = os.fork()
        if child == 0:
            lease = Lease()
            try:
                with heartbeat(lease.renew, every=OFTEN):
                    lease.wait_for(2)
            except BaseException:
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)

    assert status == 0
