"""Ordering a report in the console: questions, preview, order, progress, file."""

import pytest
from django.urls import reverse

from marketplace.shared.models import LoggedEvent
from reports import streams
from reports.models import ReportRun
from reports.registry import REPORTS
from tests.backoffice.console_pages import decide, list_address, signed_in
from tests.deliveries import deliver_all
from tests.factories.orders import a_paid_order

pytestmark = pytest.mark.django_db


def address_of(code: str) -> str:
    return reverse("admin:reports_reportrun_do", args=[code])


@pytest.mark.parametrize("code", sorted(set(REPORTS) - {"audit_extract", "seller_statement"}))
def test_each_report_opens_with_its_questions_answered_and_its_rows_shown(client, code):
    a_paid_order()
    signed_in(client, "finance")

    answer = client.get(address_of(code))

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Preview" in page
    assert 'name="format"' in page
    assert not ReportRun.objects.exists()


def test_the_preview_shows_the_first_rows_the_totals_of_all_and_the_verdict(client):
    order = a_paid_order()
    signed_in(client, "finance")

    page = client.get(address_of("sales"), {"period": "today"}).content.decode()

    assert order.reference in page
    assert page.count("55,000.00") >= 2
    assert "Ties to the ledger" in page


def test_wrong_answers_are_shown_beside_their_question_and_nothing_is_ordered(client):
    signed_in(client, "finance")
    answers = {"period": "custom", "since": "2026-02-01", "until": "2026-01-01", "format": "csv"}

    looked = client.get(address_of("sales"), answers)
    ordered = client.post(address_of("sales"), answers)

    assert (looked.status_code, ordered.status_code) == (200, 422)
    for answer in (looked, ordered):
        assert "The last day lies before the first one." in answer.content.decode()
        assert "Answer the questions first." in answer.content.decode()
    assert not ReportRun.objects.exists()


def test_a_preview_that_takes_too_long_says_so_and_the_report_can_be_ordered(client, monkeypatch):
    signed_in(client, "finance")
    monkeypatch.setattr("backoffice.admin.report_orders.PREVIEW_MS_MAX", 1)
    slow = (
        "SELECT now(), '', '', '', '', '', n, n, '', ''"
        " FROM generate_series(1, 10000000) n ORDER BY -n"
    )
    monkeypatch.setattr(
        "reports.ledger_journal.journal_rows", lambda **scope: streams.Selection(slow)
    )

    answer = client.get(address_of("ledger_journal"), {"period": "today"})

    assert "takes too long" in answer.content.decode()
    assert 'name="format"' in answer.content.decode()


def test_a_run_is_ordered_again_with_the_same_parameters_and_taken_from_the_list(client):
    a_paid_order()
    signed_in(client, "finance")
    client.post(address_of("sales"), {"period": "today", "format": "csv"})
    deliver_all()
    first = ReportRun.objects.get()

    decide(client, first, "again")
    deliver_all()

    again = ReportRun.objects.exclude(pk=first.pk).get()
    assert (again.parameters, again.rows_sha256) == (first.parameters, first.rows_sha256)
    page = client.get(f"{list_address('reports.reportrun')}{first.pk}/change/").content.decode()
    assert first.sha256 in page
    assert first.rows_sha256 in page
    listed = client.get(list_address("reports.reportrun")).content.decode()
    assert f"/console/reports/reportrun/{first.pk}/do/download/" in listed


def test_the_audit_extract_is_an_event_itself_and_not_for_finance(client):
    signed_in(client, "finance")
    assert client.get(address_of("audit_extract")).status_code == 403
    signed_in(client, "administrator")

    client.post(address_of("audit_extract"), {"period": "today", "actor": "x", "format": "csv"})

    event = LoggedEvent.objects.get(name="reports.requested.v1")
    assert event.after["report"] == "audit_extract"
    assert event.after["parameters"]["actor"] == "x"


def test_who_may_not_see_a_report_does_not_see_its_runs(client):
    signed_in(client, "finance")
    client.post(address_of("trial_balance"), {"day": "today", "format": "csv"})
    run = ReportRun.objects.get()
    signed_in(client, "operations_lead")

    assert run.reference not in client.get(list_address("reports.reportrun")).content.decode()
    assert client.get(f"{list_address('reports.reportrun')}{run.pk}/change/").status_code == 403
