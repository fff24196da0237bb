"""Sweeps are scheduled, have a pulse, and a missing pulse shows."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django_q.models import Schedule

from marketplace.shared import clock, heartbeats
from marketplace.shared.models import Heartbeat
from tasks import schedules
from tasks.schedules import SWEEPS, run_sweep, sync_schedules

pytestmark = pytest.mark.django_db


def test_syncing_twice_leaves_one_schedule_and_one_pulse_for_each_sweep():
    Schedule.objects.create(name="gone", func="nothing.at_all")

    sync_schedules()
    call_command("sync_schedules")

    expected = sorted(sweep.name for sweep in SWEEPS)
    assert sorted(Schedule.objects.values_list("name", flat=True)) == expected
    assert sorted(Heartbeat.objects.values_list("name", flat=True)) == expected


def test_every_sweep_runs_on_an_empty_marketplace_and_beats():
    sync_schedules()
    before = clock.now()

    for sweep in SWEEPS:
        run_sweep(sweep.name)

    for pulse in heartbeats.pulses(now=clock.now()):
        assert pulse.last_succeeded_at >= before, pulse.name
        assert not pulse.is_overdue


def test_a_sweep_that_missed_its_beats_is_overdue():
    sync_schedules()

    late = clock.now() + timedelta(days=2)

    assert all(pulse.is_overdue for pulse in heartbeats.pulses(now=late))


def test_a_failing_sweep_keeps_its_error_and_its_old_success(monkeypatch):
    def explode() -> None:
        raise RuntimeError("no network")

    sync_schedules()
    name = SWEEPS[0].name
    earlier = Heartbeat.objects.get(name=name).last_succeeded_at
    monkeypatch.setitem(schedules._BY_NAME, name, schedules.Sweep(name, explode, 1, "test"))

    with pytest.raises(RuntimeError):
        run_sweep(name)

    beat = Heartbeat.objects.get(name=name)
    assert "no network" in beat.last_error
    assert beat.last_succeeded_at == earlier
