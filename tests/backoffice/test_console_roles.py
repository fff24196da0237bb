"""Two administrators give a role at the console; one takes it away; nobody decides about themselves."""

import pytest
from django.urls import reverse

from backoffice.pages.display import page_of
from marketplace.accounts.models import RoleRequest
from marketplace.accounts.queries import roles_of
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, list_address, said, signed_in
from tests.factories.accounts import a_role_request, a_staff_member, a_user

pytestmark = pytest.mark.django_db
QUEUE = "backoffice.rolequeue"
WHY = {"reason": "She begins on Monday"}


def page(client, thing) -> str:
    return client.get(page_of(thing)).content.decode()


def test_one_administrator_asks_another_agrees_and_the_person_enters(client):
    first, somebody = signed_in(client, "administrator"), a_user()

    answer = decide(client, somebody, "roles", roles=["finance", "support"], **WHY)

    request = RoleRequest.objects.get()
    assert f"{request.reference} waits for a second person" in said(answer)
    assert roles_of(somebody.pk) == []
    assert "somebody else decides" in page(client, request)
    assert "Who asked for this cannot decide" in said(decide(client, request, "approve"))
    assert roles_of(somebody.pk) == []

    second = signed_in(client, "administrator")
    assert request.reference in client.get(list_address(QUEUE)).content.decode()
    shown = page(client, request)
    for words in (
        first.name,
        WHY["reason"],
        "Is given",
        "Can approve and reject payout batches",
        "roles: – → Finance, Support",
    ):
        assert words in shown
    decide(client, request, "approve")

    assert roles_of(somebody.pk) == ["finance", "support"]
    given = LoggedEvent.objects.get(name="accounts.roles_changed.v1")
    assert given.actor_id == str(second.pk)
    client.force_login(somebody)
    assert client.get(reverse("admin:index")).status_code == 200


def test_roles_are_taken_away_at_once(client):
    signed_in(client, "administrator")
    somebody = a_staff_member("finance")

    assert decide(client, somebody, "roles", roles=[]).status_code == 422
    decide(client, somebody, "roles", roles=[], reason="Left us")

    assert roles_of(somebody.pk) == []
    assert not RoleRequest.objects.exists()


def test_nobody_decides_about_themselves(client):
    me = signed_in(client, "administrator")
    about_me = a_role_request(
        me, roles_before=["administrator"], roles=["administrator", "support"]
    )

    assert decide(client, me, "roles", roles=["support"], **WHY).status_code == 409
    assert "Nobody changes their own roles" in said(decide(client, about_me, "approve"))
    assert "This is about you" in page(client, about_me)
    assert roles_of(me.pk) == ["administrator"]


def test_the_form_says_what_it_would_do_before_it_is_sent(client):
    signed_in(client, "administrator")
    somebody = a_staff_member("finance")
    address = f"/console/accounts/user/{somebody.pk}/do/roles/preview/"

    given = client.post(address, {"roles": ["finance", "support"]}).content.decode()
    taken = client.post(address, {"roles": []}).content.decode()

    assert "Once a second person agrees" in given
    assert "Support" in given
    assert "At once." in taken
    assert "Finance" in taken


def test_who_asked_withdraws_and_a_rejection_says_why(client):
    me = signed_in(client, "administrator")
    mine, other = a_role_request(requested_by=me), a_role_request()

    decide(client, mine, "withdraw")
    decide(client, other, "withdraw")
    decide(client, other, "reject", reason="Nobody knows her")

    assert list(RoleRequest.objects.order_by("pk").values_list("status", "decision_reason")) == [
        ("withdrawn", ""),
        ("rejected", "Nobody knows her"),
    ]


def test_the_persons_page_shows_what_waits_and_what_was_decided(client):
    request = a_role_request()
    signed_in(client, "administrator")

    shown = page(client, request.subject)

    assert f"{request.requested_by} asks that this person be given: Support." in shown
    assert page_of(request) in shown
    signed_in(client, "operations_lead")
    shown = page(client, request.subject)
    assert request.reference in shown
    assert page_of(request) not in shown


def test_a_lone_administrator_reads_what_to_do(client):
    lone = signed_in(client, "administrator")

    assert "manage.py give_roles" in page(client, a_role_request(requested_by=lone))
    a_staff_member("administrator")
    assert "manage.py give_roles" not in page(client, a_role_request(requested_by=lone))
