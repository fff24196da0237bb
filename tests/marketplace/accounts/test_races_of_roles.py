"""Administrators at the same moment: power is given once, and never does the last of them go.

Each proof has its control: the same race with the protection away goes wrong.
"""

import threading
from typing import Any

import pytest

from backoffice.roles import sync_roles
from marketplace.accounts.commands import (
    approve_roles,
    reject_roles,
    request_roles,
    roles,
    set_roles,
)
from marketplace.accounts.errors import NotKeeperOfRoles, RoleRequestWaits
from marketplace.accounts.models import RoleRequest, User
from marketplace.accounts.queries import people_who_may, roles_of
from marketplace.shared import four_eyes
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import a_staff_member, a_user, staff_actor
from tests.patience import PATIENCE_S
from tests.processes import dwell, unguarded_moves, without_constraint, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _known_roles() -> None:
    sync_roles()


def administrator() -> User:
    return a_staff_member("administrator")


def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "one_at_a_time", lambda _name: None)
    without_row_locks(monkeypatch)


def both_reach(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Nobody goes on from their first call of this function before both have read."""
    real, met = getattr(roles, name), threading.Barrier(2)
    arrived = threading.local()

    def reading(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        if threading.current_thread() is not threading.main_thread() and not getattr(
            arrived, "before", False
        ):
            arrived.before = True
            met.wait(10 * PATIENCE_S)
        return found

    monkeypatch.setattr(roles, name, reading)


def grants() -> int:
    return LoggedEvent.objects.filter(name="accounts.roles_changed.v1").count()


def ask(user: User, *wanted: str) -> RoleRequest:
    asking = staff_actor(administrator())
    return request_roles(user_id=user.pk, roles=wanted, reason="New here", actor=asking)


# --- Two approve, or one approves and one rejects ---


def two_approve(request: RoleRequest) -> list[Any]:
    first, second = staff_actor(administrator()), staff_actor(administrator())
    return at_once(
        lambda: approve_roles(request_id=request.pk, actor=first),
        lambda: approve_roles(request_id=request.pk, actor=second),
    )


def test_of_two_who_approve_at_once_one_gives_and_the_other_is_told(monkeypatch):
    request = ask(a_user(), "support")
    dwell(monkeypatch, roles, "_locked")

    outcomes = two_approve(request)

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert grants() == 1
    assert broken_invariants() == []


def test_control_without_lock_and_guards_roles_are_given_twice(monkeypatch):
    request = ask(a_user(), "support")
    both_reach(monkeypatch, "_locked")
    without_the_lock(monkeypatch)
    # The look at the roles of the moment would still notice.
    monkeypatch.setattr(roles, "roles_of", lambda _user_id: [])
    unguarded_moves(monkeypatch, four_eyes)

    outcomes = two_approve(request)

    assert refused(outcomes) == []
    assert grants() == 2
    assert broken_invariants() != []


def approve_and_reject(request: RoleRequest) -> list[Any]:
    first, second = staff_actor(administrator()), staff_actor(administrator())
    return at_once(
        lambda: approve_roles(request_id=request.pk, actor=first),
        lambda: reject_roles(request_id=request.pk, reason="No", actor=second),
    )


def test_of_a_yes_and_a_no_at_once_one_counts(monkeypatch):
    user = a_user()
    request = ask(user, "support")
    dwell(monkeypatch, roles, "_locked")

    outcomes = approve_and_reject(request)

    request.refresh_from_db()
    assert len(refused(outcomes)) == 1
    assert (request.status == "approved") == (roles_of(user.pk) == ["support"])
    assert broken_invariants() == []


# --- Two ask about the same person ---


def two_ask(user: User) -> list[Any]:
    first, second = staff_actor(administrator()), staff_actor(administrator())
    return at_once(
        lambda: request_roles(user_id=user.pk, roles=["support"], reason="New", actor=first),
        lambda: request_roles(user_id=user.pk, roles=["finance"], reason="New", actor=second),
    )


def test_of_two_who_ask_at_once_about_a_person_the_second_is_told_of_the_first(monkeypatch):
    dwell(monkeypatch, roles, "_waiting_about")

    outcomes = two_ask(a_user())

    assert [type(error) for error in refused(outcomes)] == [RoleRequestWaits]
    assert RoleRequest.objects.count() == 1


def test_control_without_lock_and_constraint_two_requests_wait(monkeypatch):
    user = a_user()
    both_reach(monkeypatch, "_waiting_about")
    without_the_lock(monkeypatch)

    with without_constraint("accounts_rolerequest", "role_request_waits_once"):
        assert refused(two_ask(user)) == []
        assert RoleRequest.objects.filter(status="requested").count() == 2


# --- Two take each other's role away ---


def take_each_others_role() -> list[Any]:
    one, other = administrator(), administrator()
    return at_once(
        lambda: set_roles(user_id=other.pk, roles=[], reason="No", actor=staff_actor(one)),
        lambda: set_roles(user_id=one.pk, roles=[], reason="No", actor=staff_actor(other)),
    )


def test_of_two_administrators_who_take_each_others_role_away_one_remains(monkeypatch):
    dwell(monkeypatch, roles, "people_who_may")

    outcomes = take_each_others_role()

    assert [type(error) for error in refused(outcomes)] == [NotKeeperOfRoles]
    assert len(people_who_may("set_roles")) == 1


def test_control_without_the_lock_nobody_remains(monkeypatch):
    both_reach(monkeypatch, "people_who_may")
    without_the_lock(monkeypatch)

    assert refused(take_each_others_role()) == []
    assert people_who_may("set_roles") == []
