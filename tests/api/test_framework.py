"""What holds for every operation: problems, limits, languages, request ids."""

import socket

import pytest
from django.test import Client
from django.urls import path

from api import throttling
from api.throttling import Rate, client_address
from marketplace.accounts.tokens import issue_access
from tests.api.client import PROBLEM, Caller, refusal
from tests.factories.accounts import a_buyer, a_user
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db

urlpatterns = [path("api/v1/broken", lambda request: 1 / 0)]


@pytest.fixture
def owner_of_a_listing() -> tuple[Caller, str]:
    owner = a_user()
    return Caller(owner), f"/listings/{a_listing(a_seller(owner)).reference}"


def test_a_problem_has_the_shape_of_rfc_9457():
    answer = Caller().get("/auth/me", headers={"X-Request-ID": "ticket-4711"})

    assert answer["Content-Type"] == PROBLEM
    assert answer.json() == {
        "type": "/api/v1/problems#unauthenticated",
        "title": "Unauthorized",
        "status": 401,
        "code": "unauthenticated",
        "detail": "Please sign in.",
        "errors": [],
        "request_id": "ticket-4711",
    }


def test_an_address_that_does_not_exist_is_a_problem_too():
    assert refusal(Caller().get("/nothing/here")) == (404, "route_not_found")


def test_a_method_that_does_not_exist_is_a_problem_too():
    answer = Caller().delete("/auth/me")

    assert refusal(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "GET"


@pytest.mark.parametrize("body", ["{", '"text', "\xff"])
def test_broken_json_is_a_problem_too(body):
    assert refusal(Caller().post("/auth/login", body)) == (400, "malformed_request")


@pytest.mark.parametrize("body", ["[]", "null", "1", '"text"'])
def test_json_of_another_shape_is_a_problem_too(body):
    assert refusal(Caller().post("/auth/login", body)) == (422, "validation_failed")


def test_a_nul_character_is_refused_wherever_it_stands():
    body = {"login": "a\0b", "password": "x"}

    assert refusal(Caller().post("/auth/login", body)) == (422, "validation_failed")
    assert refusal(Caller().get("/problems", name="%00")) == (400, "malformed_request")
    assert Client().get("/api/v1/%00").status_code == 400


def test_a_file_name_longer_than_a_header_may_be_is_a_problem(owner_of_a_listing):
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + b"x" * 3_000
    caller, path = owner_of_a_listing

    answer = caller.http.generic(
        "POST",
        f"/api/v1{path}/pictures",
        part + b'.png"\r\n\r\nx\r\n--b--\r\n',
        content_type="multipart/form-data; boundary=b",
        headers={"Authorization": f"Bearer {issue_access(caller.user)}"},
    )

    assert refusal(answer) == (400, "malformed_request")


def test_a_number_in_quotes_is_a_text(owner_of_a_listing):
    caller, path = owner_of_a_listing

    answer = caller.patch(path, {"on_hand": "5"}, headers={"If-Match": '"v1"'})

    assert refusal(answer) == (422, "validation_failed")
    assert answer.json()["errors"][0]["field"] == "on_hand"


def test_a_body_that_is_too_large_is_refused(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = {"login": "a" * 200, "password": "x"}

    assert refusal(Caller().post("/auth/login", body)) == (413, "body_too_large")


@pytest.mark.urls("tests.api.test_framework")
def test_a_bug_is_a_problem_that_shows_nothing():
    answer = Client(raise_request_exception=False).get("/api/v1/broken")

    assert refusal(answer) == (500, "internal_error")
    assert "ZeroDivision" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_a_caller_is_told_to_try_again(database_away):
    answer = Client(raise_request_exception=False).get("/api/v1/products?brand=Tecno")

    assert refusal(answer) == (503, "unavailable")
    assert answer["Retry-After"] == "5"


def test_the_caller_chooses_the_language():
    answer = Caller().get("/auth/me", headers={"Accept-Language": "sw"})

    assert answer["Content-Language"] == "sw"


def test_without_a_choice_it_is_the_persons_own_language():
    answer = Caller(a_buyer(language="sw")).get("/auth/me")

    assert answer["Content-Language"] == "sw"


@pytest.mark.parametrize("path", ["/problems", "/nothing/here"])
def test_an_answer_is_data_that_nobody_runs_or_frames(path):
    answer = Caller().get(path)

    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["Vary"] == "Accept-Language"


def test_the_docs_page_keeps_the_policy_of_pages(client):
    policy = client.get("/api/v1/docs")["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_host_that_is_not_ours_is_refused():
    answer = Client().get("/api/v1/problems", headers={"Host": "evil.example"})

    assert refusal(answer) == (400, "malformed_request")


def test_answers_to_a_person_are_not_stored_on_the_way():
    answer = Caller(a_buyer()).get("/auth/me")

    assert answer["Cache-Control"] == "no-store"
    assert answer["Vary"] == "Accept-Language, Authorization"


def test_every_answer_says_what_is_left():
    answer = Caller(a_buyer()).get("/auth/me")

    assert answer["RateLimit-Policy"] == '"read";q=300000;w=60'
    assert answer["RateLimit"].startswith('"read";r=299999;t=')


def test_whoever_is_too_fast_waits(settings, monkeypatch):
    monkeypatch.setitem(throttling.RATES, "read", Rate("read", 2))
    settings.API_RATE_SCALE = 1
    hasty, calm = Caller(a_buyer()), Caller(a_buyer())

    statuses = [hasty.get("/auth/me").status_code for _ask in range(2)]
    refused = hasty.get("/auth/me")

    assert statuses == [200, 200]
    assert refusal(refused) == (429, "rate_limited")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert calm.get("/auth/me").status_code == 200


def test_an_address_has_a_limit_of_its_own(settings, monkeypatch):
    monkeypatch.setattr("api.middleware.ADDRESS", Rate("address", 1))
    settings.API_RATE_SCALE = 1

    first, second = Caller().get("/problems"), Caller().get("/problems")

    assert first.status_code == 200
    assert refusal(second) == (429, "rate_limited")
    assert "Retry-After" in second


def test_without_valkey_nobody_is_refused(settings, monkeypatch):
    dead = throttling.Redis.from_url("redis://127.0.0.1:1/0")
    monkeypatch.setattr(throttling, "valkey", lambda: dead)
    monkeypatch.setattr(throttling, "_line", throttling._Line())

    assert Caller().get("/problems").status_code == 200


def test_a_connection_that_broke_opens_itself_again():
    Caller().get("/problems")
    throttling._line.connection._sock.shutdown(socket.SHUT_RDWR)

    uncounted, counted = Caller().get("/problems"), Caller().get("/problems")

    assert uncounted["RateLimit"].startswith('"read";r=300000;')
    assert counted["RateLimit"].startswith('"read";r=299998;')


def test_only_what_our_own_proxies_add_is_believed(rf, settings):
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 41.59.1.2"})

    assert client_address(request) == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert client_address(request) == "41.59.1.2"


def test_the_error_codes_are_listed_once_each():
    codes = [row["code"] for row in Caller().get("/problems").json()]

    assert codes == sorted(set(codes))
    assert {"validation_failed", "email_taken", "rate_limited"} <= set(codes)


def test_the_docs_page_needs_no_script_of_its_own_and_names_the_demo_logins(client, settings):
    page = client.get("/api/v1/docs").content.decode()

    assert "https://" not in page
    assert "<script>" not in page
    assert "buyer@zetutech.test" in page
    settings.ENVIRONMENT = "production"
    assert "buyer@zetutech.test" not in client.get("/api/v1/docs").content.decode()
