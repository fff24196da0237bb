"""The doors and what every request passes."""

import json
import logging
import sys

import pytest
from django.core.checks import run_checks
from django.test import Client

from backoffice.logs import JsonFormatter
from backoffice.sorry import failed
from marketplace.shared.request_context import current_request_id


def test_the_probe_answers_without_a_database(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.parametrize("path", ["/", "/admin/"])
def test_other_doors_lead_to_the_console(client, path):
    response = client.get(path)

    assert (response.status_code, response["Location"]) == (302, "/console/")


@pytest.mark.django_db
def test_the_login_page_opens_under_a_policy_that_unfold_can_live_with(client):
    response = client.get("/console/login/")

    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "frame-ancestors 'none'" in policy


def test_outside_of_the_console_the_policy_is_strict(client):
    policy = client.get("/healthz")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "object-src 'none'" in policy


def test_a_request_keeps_a_sane_id_and_gets_a_new_one_for_any_other(client):
    kept = client.get("/healthz", headers={"X-Request-ID": "order-7K3M9Q-1"})
    replaced = client.get("/healthz", headers={"X-Request-ID": "x\r\nforged: 1"})
    made = client.get("/healthz")

    assert kept["X-Request-ID"] == "order-7K3M9Q-1"
    assert len(replaced["X-Request-ID"]) == 32
    assert made["X-Request-ID"] != replaced["X-Request-ID"]
    assert current_request_id.get() == ""


def test_a_json_log_line_is_one_line_with_its_request_and_its_error():
    token = current_request_id.set("request-1")
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.LogRecord("z", logging.ERROR, "", 1, "a\nb", (), sys.exc_info())
        line = JsonFormatter().format(record)
    finally:
        current_request_id.reset(token)

    entry = json.loads(line)
    assert "\n" not in line
    assert (entry["level"], entry["message"], entry["request_id"]) == ("error", "a\nb", "request-1")
    assert "ValueError" in entry["error"]


def test_checks_refuse_a_queue_that_would_run_a_task_twice(settings):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"retry": 300, "timeout": 300}

    assert "backoffice.E001" in {message.id for message in run_checks()}


def test_checks_refuse_a_simulator_in_production(settings):
    settings.ENVIRONMENT = "production"

    assert "backoffice.E002" in {message.id for message in run_checks()}


def test_checks_are_content_with_the_defaults():
    assert [message for message in run_checks() if message.id.startswith("backoffice")] == []


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_says_so_in_the_language_of_the_reader(client):
    english = client.get("/nowhere-at-all")
    swahili = client.get("/reports.html", headers={"Accept-Language": "sw"})

    assert (english.status_code, swahili.status_code) == (404, 404)
    assert "There is nothing here" in english.content.decode()
    assert "Hakuna kitu hapa" in swahili.content.decode()
    assert "stylesheet" in swahili.content.decode()


def test_a_failure_of_ours_has_its_page_without_database_and_session(rf):
    page = failed(rf.get("/console/"))

    assert page.status_code == 500
    assert "Something broke on our side" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_console_asks_for_patience(settings, database_away):
    browser = Client(raise_request_exception=False)
    browser.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
    page = browser.get("/console/")

    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "We are away for a moment" in page.content.decode()
