"""Random lives of orders: `make proof STEPS=10000 SEED=7`; a few hundred steps with every run of the tests."""

import os
import time

import pytest

from tests.bench.recorder import record_figure
from tests.proof.machine.running import run_machine, three_providers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow(95)]
STEPS = int(os.environ.get("PROOF_STEPS") or 500)
SEED = int(os.environ.get("PROOF_SEED") or 2026)


def test_no_life_of_an_order_breaks_the_books(settings, tmp_path):
    began = time.perf_counter()
    with three_providers(settings, tmp_path) as providers:
        steps = run_machine(providers, steps=STEPS, first=SEED)
    took_s = time.perf_counter() - began

    assert steps >= STEPS
    record_figure("proof.steps_s", steps / took_s, "steps/s")
    print(f"\n{steps} steps, seed {SEED}, {took_s:.0f} s: no broken invariant")
