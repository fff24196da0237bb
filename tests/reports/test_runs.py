"""Ordering a report, its making in the background, its download and its end."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, LoggedEvent
from marketplace.shared.states import IllegalTransition
from marketplace.shared.storage import private_storage
from reports import registry, runs
from reports.errors import (
    FormatUnknown,
    ParameterInvalid,
    ReportForbidden,
    ReportNotReady,
    ReportUnknown,
    TooManyRuns,
)
from reports.models import ReportRun
from reports.runs import (
    BeingMade,
    download_url,
    expire_due,
    fail_abandoned,
    make_report,
    reports_for,
    request_report,
    retry_report,
)
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import SYSTEM, a_buyer, a_staff_member, buyer_actor, staff_actor
from tests.factories.reconciliation import NOON, a_payment
from tests.reports.people import a_finance_actor

pytestmark = pytest.mark.django_db

DAY = {"on": "2026-10-04"}


@pytest.fixture
def finance() -> Actor:
    return a_finance_actor()


def ordered(actor, report="trial_balance", parameters=DAY, form="csv") -> ReportRun:
    return request_report(report=report, parameters=parameters, format=form, actor=actor)


def test_a_report_is_made_in_the_background_and_downloaded_with_a_trace(finance, client):
    a_payment(settled_at=NOON)
    run = ordered(finance)

    deliver_all()

    run.refresh_from_db()
    assert failures() == []
    assert (run.status, run.rows_done, run.rows_total) == ("ready", 2, 2)
    with run.file.open("rb") as file:
        content = file.read()
    assert b"provider_clearing:mpesa" in content
    url = download_url(run_id=run.pk, actor=finance)
    answer = client.get(url)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == content
    trace = LoggedEvent.objects.get(name="reports.downloaded.v1")
    assert (trace.actor_id, trace.aggregate_id) == (finance.id, str(run.pk))


def test_only_who_may_see_the_data_may_order_and_download(finance):
    run = ordered(finance)
    deliver_all()

    for somebody in (
        staff_actor(a_staff_member("support")),
        staff_actor(),
        buyer_actor(a_buyer()),
        Actor.system("tests"),
    ):
        with pytest.raises(ReportForbidden):
            ordered(somebody)
        with pytest.raises(ReportForbidden):
            download_url(run_id=run.pk, actor=somebody)
    assert ReportRun.objects.count() == 1


def test_each_role_is_offered_the_reports_of_its_work(finance):
    lead = a_finance_actor("operations_lead")

    of_finance = {report.code for report in reports_for(finance.user_id)}
    assert of_finance == set(registry.REPORTS) - {"audit_extract"}
    of_the_lead = {report.code for report in reports_for(lead.user_id)}
    assert of_the_lead == {"sales", "refunds", "audit_extract"}
    assert reports_for(a_staff_member().pk) == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "on"),
        ({"on": "4.10.2026"}, "on"),
        ({"on": "2026-10-04", "invented": "1"}, "invented"),
    ],
)
def test_parameters_are_checked_field_by_field(finance, parameters, field):
    with pytest.raises(ParameterInvalid) as refused:
        ordered(finance, parameters=parameters)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": "2026-09-30"}, "until"),
        ({"until": "2027-10-04"}, "until"),
        ({"provider": "ghost"}, "provider"),
        ({"provider": None}, "provider"),
    ],
)
def test_a_period_and_a_choice_are_checked(finance, changes, field):
    parameters = {"provider": "mpesa", "since": "2026-10-01", "until": "2026-10-04", **changes}

    with pytest.raises(ParameterInvalid) as refused:
        ordered(finance, report="reconciliation", parameters=parameters)

    assert refused.value.field == field


def test_an_unknown_report_or_format_is_refused_and_so_is_a_sixth_one_at_once(finance):
    with pytest.raises(ReportUnknown):
        ordered(finance, report="ghost")
    with pytest.raises(FormatUnknown):
        ordered(finance, form="docx")
    for _ in range(5):
        ordered(finance)
    with pytest.raises(TooManyRuns):
        ordered(finance)


def test_a_run_whose_maker_died_is_made_from_the_start(finance):
    a_payment(settled_at=NOON)
    run = ordered(finance)
    ReportRun.objects.filter(pk=run.pk).update(status="running", rows_done=1_000)

    deliver_all()

    run.refresh_from_db()
    assert (run.status, run.rows_done) == ("ready", 2)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_report_that_every_worker_died_of_has_failed_and_may_be_ordered_again(finance, status):
    run = ordered(finance)
    assert fail_abandoned() == "0 reports given up"
    Delivery.objects.filter(handler="reports.make").update(
        status="dead", finished_at=clock.now(), attempts=8
    )
    ReportRun.objects.filter(pk=run.pk).update(status=status)

    assert fail_abandoned() == "1 reports given up"
    assert fail_abandoned() == "0 reports given up"

    run.refresh_from_db()
    assert (run.status, "workers" in run.failure) == ("failed", True)
    retry_report(run_id=run.pk, actor=finance)
    assert fail_abandoned() == "0 reports given up"
    deliver_all()
    run.refresh_from_db()
    assert run.status == "ready"


def test_two_workers_do_not_make_the_same_report(finance):
    run = ordered(finance)
    cache.add(f"report-being-made:{run.pk}", "1", timeout=60)

    with pytest.raises(BeingMade):
        make_report(run_id=run.pk, actor=SYSTEM)

    cache.clear()
    make_report(run_id=run.pk, actor=SYSTEM)
    made = ReportRun.objects.get(pk=run.pk)
    make_report(run_id=run.pk, actor=SYSTEM)
    assert ReportRun.objects.get(pk=run.pk).sha256 == made.sha256
    assert LoggedEvent.objects.filter(name="reports.finished.v1").count() == 1


def test_a_failure_is_kept_with_the_run_and_the_report_can_be_ordered_again(finance):
    run = ordered(finance)
    ReportRun.objects.filter(pk=run.pk).update(parameters={"on": "never"})
    deliver_all()
    run.refresh_from_db()
    assert run.status == "failed"
    assert "2026-10-31" in run.failure
    with pytest.raises(ReportNotReady):
        download_url(run_id=run.pk, actor=finance)

    ReportRun.objects.filter(pk=run.pk).update(parameters=DAY)
    retry_report(run_id=run.pk, actor=finance)
    deliver_all()

    run.refresh_from_db()
    assert (run.status, run.failure) == ("ready", "")
    with pytest.raises(IllegalTransition):
        retry_report(run_id=run.pk, actor=finance)


def test_a_file_is_deleted_when_its_time_is_over(finance, settings):
    run = ordered(finance)
    deliver_all()
    run.refresh_from_db()
    assert run.expires_at == run.finished_at + timedelta(days=settings.REPORT_DAYS)
    name = run.file.name
    assert expire_due() == "0 reports expired"

    with time_machine.travel(clock.now() + timedelta(days=settings.REPORT_DAYS, minutes=1)):
        assert expire_due() == "1 reports expired"
        assert expire_due() == "0 reports expired"

    run.refresh_from_db()
    assert (run.status, run.file.name) == ("expired", "")
    assert not private_storage().exists(name)
    with pytest.raises(ReportNotReady):
        download_url(run_id=run.pk, actor=finance)


def test_every_report_is_offered_with_a_form_that_can_be_sent_as_it_is(finance):
    # Whose account a statement is about, nobody can propose.
    for report in reports_for(finance.user_id):
        if report.code == "seller_statement":
            continue
        proposed = {parameter.name: parameter.initial() for parameter in report.parameters}
        run = ordered(finance, report=report.code, parameters=proposed, form="xlsx")
        deliver_all()
        run.refresh_from_db()
        assert run.status == "ready", run.failure
        runs.download_url(run_id=run.pk, actor=finance)
