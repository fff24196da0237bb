"""Running the machine: so many steps from a seed, over three simulators that wait to be told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.machine.rules import MoneyMachine
from tests.proof.machine.world import Patient
from tests.simulators import Airtel, Mixx, Mpesa, Simulation, point_to

STEPS_PER_LIFE = 50


class PatientMpesa(Mpesa):
    plans_by = Patient
    may_overdraw = False


class PatientMixx(Mixx):
    plans_by = Patient
    may_overdraw = False


class PatientAirtel(Airtel):
    plans_by = Patient
    may_overdraw = False


@contextmanager
def three_providers(settings: Any, folder: Path) -> Iterator[dict[str, Simulation]]:
    """Running, and configured as the only ones."""
    kinds = {"mpesa": PatientMpesa, "mixx": PatientMixx, "airtel": PatientAirtel}
    running: dict[str, Simulation] = {}
    for name, kind in kinds.items():
        simulation = kind(folder / f"{name}.sqlite3")
        running[name] = simulation
        point_to(settings, name, simulation.options)
    try:
        yield running
    finally:
        for simulation in running.values():
            simulation.stop()


def run_machine(
    providers: dict[str, Simulation], *, steps: int, first: int, shrinks: bool = True
) -> int:
    """How many steps were checked, at least `steps`. Raises what Hypothesis does, with the shortest
    story that it found.

    Lives end early where nothing else can happen in them: further ones, from the next seeds, make
    up for it.
    """
    done, number = 0, first
    while done < steps:
        done += _lives(providers, steps - done, number, shrinks)
        number += 1
    return done


def _lives(providers: dict[str, Simulation], steps: int, first: int, shrinks: bool) -> int:
    @seed(first)
    class Lives(MoneyMachine):
        pass

    Lives.providers, Lives.steps = providers, 0
    phases = [Phase.generate, *([Phase.shrink] if shrinks else [])]
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=max(steps // STEPS_PER_LIFE, 1),
            stateful_step_count=min(steps, STEPS_PER_LIFE),
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    return Lives.steps
