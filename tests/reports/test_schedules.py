"""Reports that order themselves: when they strike, for whom, and what the mailed link gives."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.notifications.models import Message
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from reports.errors import (
    BeatInvalid,
    LinkInvalid,
    ParameterInvalid,
    PeriodFixed,
    RecipientsMissing,
    RecipientUnfit,
    ReportForbidden,
)
from reports.models import ReportRun, ReportSchedule
from reports.periods import Preset, days_of
from reports.schedules import (
    change_schedule,
    follow_link,
    latest_beat,
    link_for,
    next_beat,
    order_due,
    schedule_report,
)
from tests.deliveries import deliver_all
from tests.factories.accounts import a_staff_member, staff_actor
from tests.reports.people import a_finance_actor
from tests.threads import at_once

pytestmark = pytest.mark.django_db

END_OF_JANUARY = datetime(2026, 1, 31, 9, 0, tzinfo=clock.EAT)


@pytest.fixture
def finance() -> User:
    return User.objects.get(pk=a_finance_actor().user_id)


def scheduled(owner: User, *recipients: User, **changes) -> ReportSchedule:
    values = {
        "report": "settlement",
        "parameters": {"period": "last_month"},
        "format": "csv",
        "cadence": "monthly",
        "day": 1,
        "hour": 7,
        "emails": [user.email for user in recipients or (owner,)],
        "actor": staff_actor(owner),
    }
    return schedule_report(**values | changes)


# --- Periods and beats ---


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("today", "2026-03-01", "2026-03-01"),
        ("yesterday", "2026-02-28", "2026-02-28"),
        ("this_week", "2026-02-23", "2026-03-01"),
        ("last_week", "2026-02-16", "2026-02-22"),
        ("this_month", "2026-03-01", "2026-03-01"),
        ("last_month", "2026-02-01", "2026-02-28"),
        ("this_quarter", "2026-01-01", "2026-03-01"),
        ("last_quarter", "2025-10-01", "2025-12-31"),
    ],
)
def test_a_period_by_name_on_the_first_of_march_a_sunday(preset, first, last):
    days = days_of(Preset(preset), date(2026, 3, 1))

    assert days == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("cadence", "day", "expected"),
    [
        ("daily", 1, ["2026-02-01", "2026-02-02"]),
        ("weekly", 1, ["2026-02-02", "2026-02-09"]),
        ("monthly", 1, ["2026-02-01", "2026-03-01"]),
        ("monthly", 31, ["2026-02-28", "2026-03-31", "2026-04-30"]),
    ],
)
def test_beats_follow_each_other_across_the_ends_of_months(cadence, day, expected):
    schedule = ReportSchedule(cadence=cadence, day=day, hour=7)
    beat, found = END_OF_JANUARY, []

    for _ in expected:
        beat = next_beat(schedule, after=beat)
        found.append(f"{beat.astimezone(clock.EAT):%Y-%m-%d}")
        assert latest_beat(schedule, until=beat + timedelta(hours=1)) == beat

    assert found == expected


# --- Made and changed ---


def test_only_who_may_see_the_report_schedules_it_and_gets_it(finance):
    lead = User.objects.get(pk=a_finance_actor("operations_lead").user_id)
    left = a_staff_member("finance", is_active=False)

    with pytest.raises(ReportForbidden):
        scheduled(lead)
    for unfit in (lead, left, a_staff_member()):
        with pytest.raises(RecipientUnfit, match=unfit.email):
            scheduled(finance, finance, unfit)
    with pytest.raises(RecipientsMissing):
        scheduled(finance, emails=[" "])
    assert not ReportSchedule.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"parameters": {"since": "2026-01-01", "until": "2026-01-31"}}, PeriodFixed),
        ({"parameters": {"period": "custom", "since": "2026-01-01", "until": "2026-01-31"}}, PeriodFixed),
        ({"parameters": {"period": "never"}}, ParameterInvalid),
        ({"day": 32}, BeatInvalid),
        ({"day": 0}, BeatInvalid),
        ({"cadence": "weekly", "day": 8}, BeatInvalid),
        ({"cadence": "hourly"}, BeatInvalid),
        ({"hour": 24}, BeatInvalid),
    ],
)  # fmt: skip
def test_what_means_nothing_every_time_is_refused(finance, changes, refusal):
    with pytest.raises(refusal):
        scheduled(finance, **changes)


def test_a_paused_schedule_waits_and_a_deleted_one_is_over(finance):
    actor = staff_actor(finance)
    schedule = scheduled(finance, cadence="daily")
    change_schedule(schedule_id=schedule.pk, status="paused", actor=actor)

    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert order_due() == "0 reports ordered"
        change_schedule(schedule_id=schedule.pk, status="active", actor=actor)
        assert order_due() == "0 reports ordered"
    with time_machine.travel(clock.now() + timedelta(days=5)):
        assert order_due() == "1 reports ordered"
    change_schedule(schedule_id=schedule.pk, status="deleted", actor=actor, reason="unused")

    with pytest.raises(IllegalTransition):
        change_schedule(schedule_id=schedule.pk, status="active", actor=actor)


# --- Struck ---


def test_a_beat_orders_the_report_of_its_own_day_once_however_late_the_sweep(finance):
    with time_machine.travel(END_OF_JANUARY):
        schedule = scheduled(finance, day=31)
    late = datetime(2026, 3, 2, 12, 0, tzinfo=clock.EAT)

    with time_machine.travel(late):
        assert [order_due(), order_due()] == ["1 reports ordered", "0 reports ordered"]

    run = ReportRun.objects.get()
    # February's beat is its last day, and its last month is January.
    assert run.parameters == {"since": "2026-01-01", "until": "2026-01-31"}
    assert f"{run.due_at.astimezone(clock.EAT):%Y-%m-%d %H:%M}" == "2026-02-28 07:00"
    schedule.refresh_from_db()
    assert f"{schedule.next_at.astimezone(clock.EAT):%Y-%m-%d}" == "2026-03-31"


def test_the_mail_carries_a_link_that_works_for_its_reader_only(finance, client):
    colleague = a_staff_member("finance")
    schedule = scheduled(finance, finance, colleague, cadence="daily")
    with time_machine.travel(schedule.next_at):
        order_due()
        deliver_all()
        mails = {mail.user_id: mail for mail in Message.objects.filter(code="report_ready")}
        run = ReportRun.objects.get()
        assert mails.keys() == {finance.pk, colleague.pk}
        assert {mail.channel for mail in mails.values()} == {"email"}
        assert run.reference not in mails[finance.pk].body
        path = mails[finance.pk].body.split("/reports/")[1].split()[0]

        client.force_login(finance)
        answer = client.get(f"/reports/{path}")
        assert answer["Location"].startswith("/files/")
        assert LoggedEvent.objects.filter(name="reports.downloaded.v1").count() == 1
        client.force_login(colleague)
        assert client.get(f"/reports/{path}").status_code == 404
        client.logout()
        assert client.get(f"/reports/{path}")["Location"].startswith("/console/login/")


def test_a_link_ends_and_asks_for_the_permission_again(finance, settings):
    actor = staff_actor(finance)
    schedule = scheduled(finance, cadence="daily")
    with time_machine.travel(schedule.next_at) as traveller:
        order_due()
        deliver_all()
        token = link_for(ReportRun.objects.get(), finance.pk).rpartition("/")[2]
        assert follow_link(token=token, actor=actor)
        with pytest.raises(LinkInvalid):
            follow_link(token=f"{token}x", actor=actor)

        finance.groups.clear()
        with pytest.raises(ReportForbidden):
            follow_link(token=token, actor=actor)
        traveller.shift(timedelta(days=settings.REPORT_DAYS, minutes=1))
        with pytest.raises(LinkInvalid):
            follow_link(token=token, actor=actor)


def test_who_lost_the_permission_gets_nothing_and_a_schedule_for_nobody_is_skipped(finance):
    colleague = a_staff_member("finance")
    schedule = scheduled(finance, finance, colleague, cadence="daily")
    colleague.groups.clear()
    with time_machine.travel(schedule.next_at):
        order_due()
        deliver_all()
    assert [mail.user_id for mail in Message.objects.filter(code="report_ready")] == [finance.pk]

    finance.is_active = False
    finance.save()
    schedule.refresh_from_db()
    with time_machine.travel(schedule.next_at):
        assert order_due() == "0 reports ordered"
        assert order_due() == "0 reports ordered"

    assert LoggedEvent.objects.filter(name="reports.schedule_skipped.v1").count() == 1
    assert ReportRun.objects.count() == 1


def test_the_permission_may_also_go_between_the_order_and_the_mail(finance):
    schedule = scheduled(finance, cadence="daily")
    with time_machine.travel(schedule.next_at):
        order_due()
        finance.groups.clear()
        deliver_all()

    assert ReportRun.objects.get().status == "ready"
    assert not Message.objects.filter(code__startswith="report_").exists()


def test_a_report_that_fails_is_told_too(finance):
    schedule = scheduled(finance, cadence="daily")
    with time_machine.travel(schedule.next_at):
        order_due()
        ReportRun.objects.update(parameters={"since": "never", "until": "never"})
        deliver_all()

    mail = Message.objects.get(code="report_failed")
    assert "2026-10-31" in mail.body


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_order_a_beat_once(finance):
    schedule = scheduled(finance, cadence="daily")
    ReportSchedule.objects.filter(pk=schedule.pk).update(next_at=clock.now())

    at_once(order_due, order_due, order_due)

    assert ReportRun.objects.count() == 1


# --- In the console ---


def test_a_schedule_is_made_paused_and_deleted_with_a_reason_in_the_console(finance, client):
    client.force_login(finance)
    address = reverse("admin:reports_reportschedule_do", args=["settlement"])
    answers = {
        "provider": "", "period": "last_month", "format": "xlsx", "cadence": "monthly",
        "day": "31", "hour": "6", "recipients": finance.email,
    }  # fmt: skip

    assert client.get(address).status_code == 200
    assert client.post(address, {**answers, "recipients": "x@y.test"}).status_code == 422
    page = client.post(address, answers)["Location"]

    schedule = ReportSchedule.objects.get()
    assert (schedule.parameters, schedule.day) == ({"period": "last_month"}, 31)
    for decision, data, status in (
        ("pause", {}, "paused"), ("resume", {}, "active"), ("delete", {"reason": "x"}, "deleted"),
    ):  # fmt: skip
        client.post(page.replace("change/", f"do/{decision}/"), data)
        schedule.refresh_from_db()
        assert schedule.status == status
    assert client.get(page).status_code == 200
