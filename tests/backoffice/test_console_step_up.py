"""What moves money or gives power wants a fresh proof of who sits there; nothing else does."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client

from backoffice.configuration import BASE_DIR
from backoffice.roles import sync_roles
from backoffice.work.many import Many
from marketplace.accounts import lockout
from marketplace.accounts.models import RoleRequest
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundStatus
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, do, list_address, pages_by_model, signed_in
from tests.factories.accounts import (
    PASSWORD,
    a_staff_member,
    code_of,
    with_second_factor,
    wrong_code,
)
from tests.factories.console import a_world

pytestmark = pytest.mark.django_db
SUPPORT = {"roles": ["support"], "reason": "She begins on Monday"}
ASKED = "Confirm that it is you, then decide."
NEEDS_PROOF = {
    "accounts.rolerequest:approve",
    "accounts.user:add", "accounts.user:remove-second-step", "accounts.user:roles",
    "accounts.user:correct-invitation",
    "disputes.dispute:approve",
    "disputes.dispute:decide_appeal",
    "accounts.user:see-as", "sellers.seller:see-as",
    "disputes.dispute:resolve",
    "closing.period:approve", "closing.period:close", "closing.period:request",
    "payments.refund:approve", "payments.refund:payout", "payments.refund:settle",
    "payouts.payout:not_paid", "payouts.payout:paid", "payouts.payout:returned",
    "payouts.payoutbatch:approve", "payouts.payoutbatch:retry",
    "payouts.resultfile:upload", "payouts.topup:approve", "payouts.walletcheck:accept",
    "sellers.standingrequest:approve",
    "rules.rulerequest:approve", "rules.rulesetting:ask", "rules.rulesetting:ask-usual",
    "rules.rulesetting:reset", "rules.rulesetting:set",
    "payouts.reserverule:ask", "payouts.termsrequest:approve", "sellers.seller:payout-terms",
}  # fmt: skip


def guarded():
    """(model, decision, whether it is about no thing) of whatever wants a proof."""
    return [
        (label, one.name, one in page.above_the_list)
        for label, page in pages_by_model().items()
        for one in (*page.decisions, *page.above_the_list)
        if one.needs_proof
    ]


def long_ago(client):
    """The session's person proved who they are longer ago than is believed."""
    session = client.session
    proved = clock.now() - timedelta(minutes=configured.STEP_UP_MINUTES, seconds=1)
    session["proved_at"] = proved.timestamp()
    session.save()


def roles_asked_for(person):
    """In the request that waits."""
    waiting = RoleRequest.objects.filter(subject=person, status="requested")
    return [role for request in waiting for role in request.roles]


def test_these_decisions_want_a_proof_and_the_queues_that_show_the_same_things():
    found = {f"{label}:{name}" for label, name, _listed in guarded()}

    # A queue is another list of the same things, with the same decisions.
    assert found >= NEEDS_PROOF
    assert {one.split(":")[1] for one in found} == {one.split(":")[1] for one in NEEDS_PROOF}


def test_a_decision_is_run_in_two_places_and_both_ask():
    runs = {
        path.relative_to(BASE_DIR).as_posix(): path.read_text()
        for path in (BASE_DIR / "backoffice").rglob("*.py")
        if re.search(r"\b(decision|bulk|one)\.run\(", path.read_text())
    }

    assert {Path(name).name for name in runs} == {"deciding.py", "many.py"}
    assert all("proof_asked(" in text and "proof is None" in text for text in runs.values())


@pytest.mark.parametrize(("label", "name", "is_listed"), guarded())
def test_without_a_fresh_proof_it_is_asked_for_and_nothing_happens(client, label, name, is_listed):
    a_world()
    signed_in(client, "administrator")
    long_ago(client)
    rows = pages_by_model()[label].model._default_manager.order_by("pk")
    before = LoggedEvent.objects.count()

    answer = do(client, label, name) if is_listed else decide(client, rows.last(), name)

    assert answer.status_code == 422
    assert ASKED in answer.content.decode()
    assert LoggedEvent.objects.count() == before


def test_a_session_of_which_nobody_knows_when_it_was_opened_proves_nothing(client):
    signed_in(client, "administrator")
    person = a_staff_member()
    session = client.session
    del session["proved_at"]
    session.save()

    decide(client, person, "roles", **SUPPORT)

    assert roles_asked_for(person) == []


@pytest.mark.parametrize("has_factor", [True, False])
def test_a_fresh_sign_in_is_proof_enough(has_factor):
    sync_roles()
    client, me, person = Client(), a_staff_member("administrator"), a_staff_member()
    if has_factor:
        with_second_factor(me)
    answer = client.post("/console/login/", {"username": me.email, "password": PASSWORD})
    if has_factor:
        client.post(answer.url, {"code": code_of(me)})

    decide(client, person, "roles", **SUPPORT)

    assert roles_asked_for(person) == ["support"]


def test_the_question_stands_in_the_form_and_what_was_typed_is_kept(client):
    signed_in(client, "administrator")
    person = a_staff_member()
    long_ago(client)

    asked = decide(client, person, "roles", **SUPPORT)

    assert roles_asked_for(person) == []
    assert re.search(r'value="support"[^>]*checked', asked.content.decode())
    decide(client, person, "roles", **SUPPORT, proof=PASSWORD)
    assert roles_asked_for(person) == ["support"]


def test_the_page_and_its_address_show_the_question_before_anybody_presses(client):
    signed_in(client, "administrator")
    person = a_staff_member()
    address = f"/console/accounts/user/{person.pk}/"
    assert ASKED not in client.get(f"{address}change/").content.decode()
    long_ago(client)

    assert ASKED in client.get(f"{address}change/").content.decode()
    assert ASKED in client.get(f"{address}do/roles/").content.decode()


def test_once_proved_it_holds_for_a_while(client):
    signed_in(client, "administrator")
    first, second = a_staff_member(), a_staff_member()
    long_ago(client)

    decide(client, first, "roles", **SUPPORT, proof=PASSWORD)
    decide(client, second, "roles", **SUPPORT)

    assert roles_asked_for(second) == ["support"]


@pytest.mark.parametrize("has_factor", [True, False])
def test_a_wrong_answer_decides_nothing_and_is_counted(client, has_factor):
    me = signed_in(client, "administrator")
    if has_factor:
        with_second_factor(me)
        session = client.session
        session["second_step"] = me.second_factor_since.isoformat()
        session.save()
    person = a_staff_member()
    long_ago(client)

    # With a second factor the password is a wrong answer too.
    wrong = [PASSWORD, wrong_code(me)] if has_factor else ["not-it"]
    for answer in wrong:
        page = decide(client, person, "roles", **SUPPORT, proof=answer)
        assert page.status_code == 422
    assert roles_asked_for(person) == []

    right = code_of(me) if has_factor else PASSWORD
    decide(client, person, "roles", **SUPPORT, proof=right)
    assert roles_asked_for(person) == ["support"]


def test_passwords_are_not_guessed_at_an_open_desk(client):
    signed_in(client, "administrator")
    person = a_staff_member()
    long_ago(client)
    for _attempt in range(lockout.FAILURES_PER_LOGIN_MAX):
        decide(client, person, "roles", **SUPPORT, proof="guess")

    page = decide(client, person, "roles", **SUPPORT, proof=PASSWORD)

    assert "Too many failed sign-ins" in page.content.decode()
    assert roles_asked_for(person) == []


def test_refunds_approved_together_want_it_too(client):
    a_world()
    signed_in(client, "administrator")
    refund = Refund.objects.order_by("pk").last()
    Refund.objects.filter(pk=refund.pk).update(
        status=RefundStatus.PROPOSED, requested_by=a_staff_member().pk
    )
    long_ago(client)
    address = f"{list_address('backoffice.refundqueue')}many/approve/"
    chosen = {"chosen": [str(refund.pk)], "decided": "1"}

    asked = client.post(address, chosen)

    assert ASKED in asked.content.decode()
    refund.refresh_from_db()
    assert refund.status == RefundStatus.PROPOSED
    client.post(address, chosen | {"proof": "not-it"})
    refund.refresh_from_db()
    assert refund.status == RefundStatus.PROPOSED
    client.post(address, chosen | {"proof": PASSWORD})
    refund.refresh_from_db()
    assert refund.status != RefundStatus.PROPOSED


def test_whatever_wants_it_alone_wants_it_together():
    alone = {(label.split(".")[1], name) for label, name, _listed in guarded()}
    for page in pages_by_model().values():
        if not isinstance(page, Many):
            continue
        model = page.model._meta.concrete_model._meta.model_name
        for bulk in page.together():
            assert bulk.needs_proof == ((model, bulk.name) in alone), (model, bulk.name)
