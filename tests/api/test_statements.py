"""Statements that come by the API: from people of finance, once each."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.reconciliation.models import Statement
from tests.api.client import Caller, refusal
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, a_staff_member
from tests.factories.reconciliation import a_payment, paid, statement_file

pytestmark = pytest.mark.django_db
PATH = "/admin/statements"
KEY = "5f0c2d1e-8a4b-4c7d"


@pytest.fixture
def finance() -> Caller:
    user = a_staff_member()
    user.user_permissions.add(Permission.objects.get(codename="upload_statements"))
    return Caller(user)


def a_file(rows=(), data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("week40.csv", data or statement_file(list(rows)).getvalue())


def upload(caller: Caller, file: SimpleUploadedFile, provider: str = "mpesa", **options):
    return caller.post(PATH, {"provider": provider}, files={"file": file}, **options)


def test_a_statement_is_uploaded_and_followed_until_it_is_imported(finance):
    answer = upload(finance, a_file([paid(a_payment())]))
    deliver_all()

    found = finance.get(f"{PATH}/{answer.json()['reference']}").json()
    assert answer.status_code == 201
    assert (found["status"]["code"], found["lines"]) == ("imported", 1)
    assert Statement.objects.get().uploaded_by == finance.user


def test_a_retry_gets_the_same_answer_and_another_file_under_the_key_does_not(finance):
    rows = [paid(a_payment())]

    first, retry = (upload(finance, a_file(rows), key=KEY) for _ in range(2))
    other = upload(finance, a_file([]), key=KEY)

    assert retry.content == first.content
    assert retry["Idempotency-Replayed"] == "true"
    assert refusal(other) == (422, "idempotency_key_reused")
    assert Statement.objects.count() == 1


def test_the_same_file_under_another_key_is_refused_by_name(finance):
    first = upload(finance, a_file())

    again = upload(finance, a_file())

    assert refusal(again) == (409, "statement_already_uploaded")
    assert first.json()["reference"] in again.json()["detail"]


def test_only_people_with_the_duty_may_upload_or_look(finance):
    reference = upload(finance, a_file()).json()["reference"]

    for caller in (Caller(a_buyer()), Caller(a_staff_member())):
        assert refusal(upload(caller, a_file(data=b"x"))) == (403, "duty_missing")
        assert refusal(caller.get(f"{PATH}/{reference}")) == (403, "duty_missing")
    assert refusal(upload(Caller(), a_file(data=b"x")))[0] == 401
    assert Statement.objects.count() == 1


def test_what_cannot_be_taken_is_refused(finance, settings):
    settings.STATEMENT_BYTES_MAX = 10

    assert refusal(upload(finance, a_file(data=b"x" * 11)))[1] == "statement_too_large"
    assert refusal(upload(finance, a_file(data=b"x"), provider="ghost"))[1] == "provider_unknown"
    assert refusal(upload(finance, a_file(), key=""))[1] == "idempotency_key_missing"
    assert refusal(finance.get(f"{PATH}/STM-00000000"))[1] == "statement_not_found"
