"""One person takes roles away, two people give one; the system gives any."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from backoffice.roles import sync_roles
from marketplace.accounts.commands import (
    approve_roles,
    reject_roles,
    request_roles,
    set_roles,
    withdraw_roles,
)
from marketplace.accounts.errors import (
    NoRoleAdded,
    NotKeeperOfRoles,
    OwnRoles,
    RoleNeedsSecondPerson,
    RoleRequestNotFound,
    RoleRequestWaits,
    RolesMoved,
    RoleUnknown,
    UserNotFound,
)
from marketplace.accounts.models import RoleRequest, User
from marketplace.accounts.queries import roles_of
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes, NotWhoAsked, ReasonMissing
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import (
    SYSTEM,
    a_keeper,
    a_staff_member,
    a_user,
    staff_actor,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_roles() -> None:
    sync_roles()


def keeper() -> Actor:
    return staff_actor(a_keeper())


def asked_for(user: User, *roles: str, **given: Any) -> RoleRequest:
    given = {"reason": "She begins on Monday", "actor": keeper()} | given
    return request_roles(user_id=user.pk, roles=roles, **given)


def events(name: str) -> int:
    return LoggedEvent.objects.filter(name=f"accounts.{name}.v1").count()


# --- At once ---


def test_the_system_gives_roles_which_open_the_console_and_their_loss_closes_it():
    user = a_user()

    set_roles(user_id=user.pk, roles=["finance"], actor=SYSTEM)
    user.refresh_from_db()
    assert user.is_staff
    assert roles_of(user.pk) == ["finance"]

    set_roles(user_id=user.pk, roles=[], actor=SYSTEM)
    user.refresh_from_db()
    assert not user.is_staff
    fact = LoggedEvent.objects.filter(name="accounts.roles_changed.v1").latest("id")
    assert (fact.before, fact.after) == ({"roles": ["finance"]}, {"roles": []})


def test_one_person_takes_roles_away_but_gives_none():
    user = a_staff_member("finance")

    with pytest.raises(RoleNeedsSecondPerson):
        set_roles(user_id=user.pk, roles=["finance", "support"], actor=keeper())
    with pytest.raises(RoleNeedsSecondPerson):
        set_roles(user_id=user.pk, roles=["support"], actor=keeper())
    assert roles_of(user.pk) == ["finance"]

    set_roles(user_id=user.pk, roles=[], reason="Left us", actor=keeper())
    assert roles_of(user.pk) == []
    assert broken_invariants() == []


def test_unknown_roles_ones_own_and_those_of_nobody_are_refused():
    me = a_keeper()

    with pytest.raises(RoleUnknown, match="emperor"):
        set_roles(user_id=a_user().pk, roles=["emperor"], actor=SYSTEM)
    with pytest.raises(OwnRoles):
        set_roles(user_id=me.pk, roles=[], actor=staff_actor(me))
    with pytest.raises(OwnRoles):
        asked_for(me, "administrator", actor=staff_actor(me))
    with pytest.raises(UserNotFound):
        set_roles(user_id=uuid7(), roles=[], actor=keeper())


def test_only_keepers_of_roles_decide_about_them():
    user, other = a_staff_member("support"), staff_actor(a_staff_member("operations_lead"))
    request = asked_for(a_user(), "support")

    for refused in (
        lambda: set_roles(user_id=user.pk, roles=[], actor=other),
        lambda: asked_for(user, "finance", actor=other),
        lambda: approve_roles(request_id=request.pk, actor=other),
        lambda: reject_roles(request_id=request.pk, reason="No", actor=other),
    ):
        with pytest.raises(NotKeeperOfRoles):
            refused()


def test_who_lost_the_right_while_the_page_was_open_decides_no_more():
    request, former = asked_for(a_user(), "support"), a_staff_member("administrator")
    set_roles(user_id=former.pk, roles=[], actor=keeper())

    with pytest.raises(NotKeeperOfRoles):
        approve_roles(request_id=request.pk, actor=staff_actor(former))


# --- By two ---


def test_a_request_changes_nothing_until_another_agrees():
    user, second = a_user(), keeper()

    request = asked_for(user, "support", "finance")
    assert roles_of(user.pk) == []

    approve_roles(request_id=request.pk, actor=second)
    user.refresh_from_db()
    request.refresh_from_db()
    assert roles_of(user.pk) == ["finance", "support"]
    assert user.is_staff
    assert request.status == "approved"
    fact = LoggedEvent.objects.get(name="accounts.roles_changed.v1")
    assert fact.actor_id == second.id
    assert fact.payload["request_id"] == str(request.pk)
    assert (fact.before, fact.after) == ({"roles": []}, {"roles": ["finance", "support"]})
    assert broken_invariants() == []


def test_one_request_exchanges_roles():
    user = a_staff_member("operations_agent")

    request = asked_for(user, "operations_lead")
    approve_roles(request_id=request.pk, actor=keeper())

    assert roles_of(user.pk) == ["operations_lead"]


def test_neither_who_asked_nor_whom_it_is_about_decides():
    me, subject = staff_actor(a_keeper()), a_keeper()
    request = asked_for(subject, "support", actor=me)

    for actor, refusal in ((me, FourEyes), (staff_actor(subject), OwnRoles)):
        with pytest.raises(refusal):
            approve_roles(request_id=request.pk, actor=actor)
        with pytest.raises(refusal):
            reject_roles(request_id=request.pk, reason="No", actor=actor)
    assert roles_of(subject.pk) == []


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_the_database_refuses_the_word_of_who_asked_and_of_whom_it_is_about(status):
    request = asked_for(a_user(), "support")

    for person, constraint in (
        (request.requested_by_id, "decided_by_another"),
        (request.subject_id, "about_another"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            RoleRequest.objects.update(status=status, decided_by_id=person, decided_at=clock.now())
    with pytest.raises(IntegrityError, match="about_another"), transaction.atomic():
        RoleRequest.objects.update(requested_by_id=request.subject_id)


def test_a_rejected_request_gives_nothing_and_is_decided_once():
    user = a_user()
    request = asked_for(user, "support")

    with pytest.raises(ReasonMissing):
        reject_roles(request_id=request.pk, reason=" ", actor=keeper())
    reject_roles(request_id=request.pk, reason="Nobody knows her", actor=keeper())

    request.refresh_from_db()
    assert (request.status, request.decision_reason) == ("rejected", "Nobody knows her")
    with pytest.raises(IllegalTransition):
        approve_roles(request_id=request.pk, actor=keeper())
    assert roles_of(user.pk) == []


def test_an_approved_request_gives_its_roles_once():
    user, request = (user := a_user()), asked_for(user, "support")
    approve_roles(request_id=request.pk, actor=keeper())
    set_roles(user_id=user.pk, roles=[], actor=keeper())

    with pytest.raises(IllegalTransition):
        approve_roles(request_id=request.pk, actor=keeper())

    assert roles_of(user.pk) == []


def test_who_asked_withdraws_and_nobody_else():
    me = keeper()
    request = asked_for(a_user(), "support", actor=me)

    with pytest.raises(NotWhoAsked):
        withdraw_roles(request_id=request.pk, actor=keeper())
    withdraw_roles(request_id=request.pk, actor=me)

    with pytest.raises(IllegalTransition):
        approve_roles(request_id=request.pk, actor=keeper())
    assert events("role_request_withdrawn") == 1


def test_one_request_about_a_person_waits_at_a_time():
    user = a_user()
    first = asked_for(user, "support")

    with pytest.raises(RoleRequestWaits, match=first.reference):
        asked_for(user, "finance")
    with pytest.raises(IntegrityError, match="waits_once"), transaction.atomic():
        RoleRequest.objects.create(
            subject=user, roles_before=[], roles=["finance"], reason="x",
            requested_by=a_staff_member(), requested_at=clock.now(),
        )  # fmt: skip


def test_asks_for_a_reason_and_for_something_new():
    user = a_staff_member("finance", email="f@example.test")

    with pytest.raises(ReasonMissing):
        asked_for(user, "support", reason=" ")
    with pytest.raises(NoRoleAdded):
        asked_for(user, "finance")
    with pytest.raises(RoleRequestNotFound):
        approve_roles(request_id=uuid7(), actor=keeper())


def test_a_request_is_overtaken_when_the_roles_are_changed_in_another_way():
    user = a_staff_member("operations_agent")
    request = asked_for(user, "operations_agent", "operations_lead")

    set_roles(user_id=user.pk, roles=[], reason="Left us", actor=keeper())

    request.refresh_from_db()
    assert (request.status, request.decided_by_id) == ("overtaken", None)
    with pytest.raises(IllegalTransition):
        approve_roles(request_id=request.pk, actor=keeper())
    assert roles_of(user.pk) == []
    assert broken_invariants() == []


def test_a_request_about_roles_that_were_changed_behind_our_back_is_not_approved():
    user = a_staff_member("finance")
    request = asked_for(user, "finance", "support")
    user.groups.set(Group.objects.filter(name="administrator"))

    with pytest.raises(RolesMoved):
        approve_roles(request_id=request.pk, actor=keeper())

    assert roles_of(user.pk) == ["administrator"]
    assert any("about_the_present" in name for name in broken_invariants())
    reject_roles(request_id=request.pk, reason="Look into it", actor=keeper())


def test_what_one_person_gave_past_the_commands_is_found():
    user, me = a_user(), keeper()
    request = asked_for(user, "support", actor=me)
    approve_roles(request_id=request.pk, actor=keeper())
    assert broken_invariants() == []

    with transaction.atomic():
        RoleRequest.objects.update(status="withdrawn")

    assert any("roles_given_by_two" in name for name in broken_invariants())


# --- From the server ---


def test_the_server_gives_the_first_administrator_and_says_so(monkeypatch, capsys):
    monkeypatch.setattr(
        "backoffice.management.commands.give_roles.getpass", lambda: "Twiga-na-simba-9"
    )
    first = ("owner@example.test", "administrator", "--because", "Opening")

    call_command("give_roles", *first, "--name", "Anna Mushi")

    owner = User.objects.get(email="owner@example.test")
    assert owner.is_staff
    assert owner.check_password("Twiga-na-simba-9")
    fact = LoggedEvent.objects.get(name="accounts.roles_changed.v1")
    assert (fact.actor_kind, fact.actor_id) == ("system", "server command")
    assert fact.payload["reason"] == "Opening"
    call_command("give_roles", "owner@example.test", "support", "--because", "Also")
    assert roles_of(owner.pk) == ["administrator", "support"]
    assert "administrator, support" in capsys.readouterr().out


def test_the_server_opens_no_account_without_a_name():
    with pytest.raises(CommandError, match="--name"):
        call_command("give_roles", "nobody@example.test", "support", "--because", "x")
