"""kill -9 of real django-q2 clusters in the middle of a delivery, and of the process that imports."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django_q.brokers import get_broker
from django_q.tasks import async_task

from marketplace.listings.commands import imports, upload_import
from marketplace.listings.models import ImportBatch, Listing
from marketplace.listings.states import ImportStatus
from marketplace.payments.commands import enquire_due_attempts
from marketplace.payments.models import Attempt
from marketplace.payments.states import AttemptStatus
from marketplace.payouts.models import Earning
from marketplace.shared import clock, outbox
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, DeliveryStatus
from marketplace.shared.outbox import record
from tasks.outbox import sweep
from tests.deliveries import deliver_all
from tests.factories.catalog import a_category
from tests.factories.ledger import SomethingHappened
from tests.factories.orders import an_attempt, an_order
from tests.factories.sellers import a_seller, seller_actor
from tests.marketplace.shared.outbox_table import effects
from tests.patience import PATIENCE_S, wait_until
from tests.processes import a_worker, die, kill_9, without_row_locks
from tests.proof.naive_tasks import BEGUN
from tests.simulators import API_KEY
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
MANAGE = [sys.executable, "manage.py", "qcluster", "--verbosity", "0"]
COUNTING = """
import django; django.setup()
from django.conf import settings
settings.OUTBOX_SUBSCRIPTIONS = "tests.marketplace.shared.outbox_table.TABLE"
from django.core.management import call_command
call_command("qcluster", verbosity=0)
"""


@contextmanager
def a_cluster(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """All of its processes die at the end of the block, as in a power cut."""
    cluster = subprocess.Popen(
        command,
        cwd=django_settings.BASE_DIR,
        env=os.environ | environment,
        start_new_session=True,
    )
    try:
        yield cluster
    finally:
        os.killpg(cluster.pid, signal.SIGKILL)
        cluster.wait(PATIENCE_S)


def leases_end() -> None:
    """Two minutes later: whoever held a delivery and died is no longer waited for."""
    Delivery.objects.filter(status=DeliveryStatus.PENDING).update(next_attempt_at=clock.now())


def swept_until(is_so: Callable[[], Any]) -> None:
    """The sweeper strikes now and then: a hint may go to a connection whose worker is dead."""

    def is_so_now() -> bool:
        sweep()
        deadline = time.monotonic() + 1
        while not is_so() and time.monotonic() < deadline:
            time.sleep(0.05)
        return bool(is_so())

    wait_until(is_so_now)


# --- A worker of django-q2 ---


@pytest.fixture
def _counting_handlers(settings):
    settings.OUTBOX_SUBSCRIPTIONS = "tests.marketplace.shared.outbox_table.TABLE"
    outbox.subscriptions.cache_clear()
    yield
    outbox.subscriptions.cache_clear()


def something_happens() -> Delivery:
    with transaction.atomic():
        logged = record(SomethingHappened(thing_id="1"), actor=Actor.system("tests"))
    return Delivery.objects.get(event=logged)


def is_at_work(delivery: Delivery) -> bool:
    delivery.refresh_from_db()
    return delivery.attempts == 1


@pytest.mark.usefixtures("_counting_handlers")
def test_what_a_killed_cluster_was_working_on_takes_effect_once_after_a_restart():
    delivery = something_happens()
    with a_cluster([sys.executable, "-c", COUNTING], HANG_IN_HANDLER="1"):
        wait_until(partial(is_at_work, delivery))

    delivery.refresh_from_db()
    assert (delivery.status, effects()) == (DeliveryStatus.PENDING, 0)
    with a_cluster([sys.executable, "-c", COUNTING]):
        leases_end()
        swept_until(lambda: Delivery.objects.filter(status=DeliveryStatus.DONE).exists())

    assert effects() == 1


def test_control_a_task_that_only_the_queue_knows_of_is_lost_with_its_worker():
    async_task("tests.proof.naive_tasks.announce_and_hang", cluster="default", save=False)
    with a_cluster(MANAGE):
        wait_until(lambda: effects() == BEGUN)  # It has begun; its effect was to come.

    assert get_broker().queue_size() == 0
    assert sweep() == 0, "nobody knows that there is anything left to do"
    assert effects() == BEGUN


def test_a_worker_killed_between_push_and_answer_never_pushes_again(mpesa):
    """The provider hangs (…904); `manage.py qcluster` works with the real handlers."""
    provider = {
        "MPESA_BASE_URL": mpesa.options["base_url"],
        "MPESA_API_KEY": API_KEY,
        "MPESA_SESSION_WARM_UP_S": "0",
        "MPESA_PUBLIC_KEY": mpesa.options["public_key"],
    }
    attempt = an_attempt(an_order(), msisdn=mpesa.number("904"))
    with a_cluster(MANAGE, **provider):
        wait_until(lambda: mpesa.requests("c2bPayment"))

    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.SENT
    mpesa.settle()
    with a_cluster(MANAGE, **provider):
        leases_end()
        swept_until(lambda: is_done("payments.send_attempt"))
        Attempt.objects.update(next_enquiry_at=clock.now())
        assert enquire_due_attempts() == 1
        swept_until(lambda: is_done("payouts.open_earnings"))

    attempt.refresh_from_db()
    assert (attempt.status, attempt.is_applied) == (AttemptStatus.SUCCEEDED, True)
    assert len(mpesa.requests("c2bPayment")) == 1
    assert Earning.objects.count() == 1
    assert broken_invariants() == []


def is_done(handler: str) -> bool:
    return Delivery.objects.filter(handler=handler, status=DeliveryStatus.DONE).exists()


# --- A worker that imports ---

ROWS = 60
STEP = 7


def an_import(monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    monkeypatch.setattr(imports, "ROWS_PER_STEP", STEP)
    category, seller = a_category(), a_seller()
    rows = [f"S-{n},Phone {n % 4},Tecno,{category.slug},{n + 1},1" for n in range(ROWS)]
    text = "\n".join(["sku,title,brand,category,price_tzs,quantity", *rows])
    file = SimpleUploadedFile("stock.csv", text.encode())
    return upload_import(seller_id=seller.pk, file=file, actor=seller_actor(seller))


def hang_after_writing(monkeypatch: pytest.MonkeyPatch, *, in_step: int) -> None:
    """The worker of that step stops after its rows are written, before their progress is."""
    really_write = imports.write_rows

    def write_and_hang(batch: ImportBatch, *args: Any) -> Any:
        written = really_write(batch, *args)
        if batch.next_row == in_step * STEP:
            signal.pause()
        return written

    monkeypatch.setattr(imports, "write_rows", write_and_hang)


def die_after_writing(monkeypatch: pytest.MonkeyPatch, *, in_step: int) -> None:
    """The same, and it is dead at once."""
    really_write = imports.write_rows

    def write_and_die(batch: ImportBatch, *args: Any) -> Any:
        written = really_write(batch, *args)
        if batch.next_row == in_step * STEP:
            die()
        return written

    monkeypatch.setattr(imports, "write_rows", write_and_die)


def progress(batch: ImportBatch) -> int:
    batch.refresh_from_db()
    return batch.next_row


def every_row_is_there_once(batch: ImportBatch) -> None:
    batch.refresh_from_db()
    assert batch.status == ImportStatus.FINISHED
    assert (batch.rows_created, batch.rows_updated, batch.rows_failed) == (ROWS, 0, 0)
    prices = Listing.objects.values_list("price_minor", flat=True)
    assert sorted(prices) == [100 * (n + 1) for n in range(ROWS)]
    assert broken_invariants() == []


def test_an_import_that_is_killed_inside_a_step_goes_on_where_it_was(monkeypatch):
    batch = an_import(monkeypatch)
    with monkeypatch.context() as patch:
        hang_after_writing(patch, in_step=3)
        with a_worker(deliver_all) as worker:
            wait_until(lambda: progress(batch) == 3 * STEP)
            wait_until(lambda: Delivery.objects.filter(attempts=1, status="pending").exists())
            kill_9(worker)

    assert Listing.objects.count() == 3 * STEP, "nothing of the step that was killed"
    leases_end()
    deliver_all()

    every_row_is_there_once(batch)


def test_an_import_that_is_killed_again_and_again_still_brings_every_row_once(monkeypatch):
    batch = an_import(monkeypatch)
    for step in (0, 1, 4, 8):
        with monkeypatch.context() as patch:
            die_after_writing(patch, in_step=step)
            with a_worker(deliver_all) as worker:
                wait_until(lambda worker=worker: not worker.is_alive())
        assert progress(batch) == step * STEP
        leases_end()

    deliver_all()

    every_row_is_there_once(batch)


def test_control_with_rows_and_progress_in_two_transactions_rows_are_written_twice(monkeypatch):
    batch = an_import(monkeypatch)
    actor = Actor.system("tests")
    imports.import_step(batch_id=batch.pk, next_row=0, actor=actor)
    step = partial(imports.import_step.__wrapped__, actor=actor)
    with monkeypatch.context() as patch:
        without_row_locks(patch)  # They need the transaction that is missing here.
        hang_after_writing(patch, in_step=1)
        with a_worker(partial(step, batch_id=batch.pk, next_row=STEP)) as worker:
            wait_until(lambda: Listing.objects.count() == 2 * STEP)
            kill_9(worker)

    deliver_all()

    batch.refresh_from_db()
    assert batch.rows_updated == STEP, "the rows of the killed step were counted as old ones"
