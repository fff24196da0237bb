"""Staff see an account as its owner does: they read, everything is written down, nothing is done."""

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from api.app import api
from api.sights import SAFE
from marketplace.accounts.commands import set_roles
from marketplace.accounts.errors import AccessTokenInvalid
from marketplace.accounts.models import User
from marketplace.accounts.queries import user_by_access_token, user_id_of_token
from marketplace.accounts.tokens import Acting, issue_access, issue_sight
from marketplace.analytics.footfall import write_down_footfall
from marketplace.analytics.models import Footfall
from marketplace.notifications.models import Message
from marketplace.privacy.commands import end_sight
from marketplace.privacy.models import Sight
from marketplace.privacy.queries import sight_token, standing, uses_of
from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.api.client import Caller, refusal
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, a_keeper, staff_actor
from tests.factories.orders import an_order
from tests.factories.privacy import a_sight, a_watcher

pytestmark = pytest.mark.django_db


class Watcher(Caller):
    """A client that sends the token of a sight."""

    def __init__(self, sight: Sight) -> None:
        super().__init__()
        self.token = sight_token(sight)

    def _identity(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def test_staff_read_what_the_owner_reads():
    order = an_order()
    sight = a_sight(order.buyer)
    watcher = Watcher(sight)

    assert watcher.get("/auth/me").json() == Caller(order.buyer).get("/auth/me").json()
    assert watcher.get("/orders").json() == Caller(order.buyer).get("/orders").json()
    assert watcher.get(f"/orders/{order.reference}").json()["reference"] == order.reference


def test_every_request_stands_in_the_log_with_what_came_of_it():
    order, other = an_order(), an_order()
    sight = a_sight(order.buyer)
    watcher = Watcher(sight)

    watcher.get("/orders", limit=5)
    watcher.get(f"/orders/{other.reference}")
    watcher.post("/orders", {})

    told = [
        (one.payload["method"], one.payload["path"], one.payload["status"], one.actor_id)
        for one in reversed(uses_of(sight))
    ]
    me = str(sight.staff_id)
    assert told == [
        ("GET", "/api/v1/orders?limit=5", 200, me),
        ("GET", f"/api/v1/orders/{other.reference}", 404, me),
        ("POST", "/api/v1/orders", 403, me),
    ]
    assert {one.payload["user_id"] for one in uses_of(sight)} == {str(order.buyer_id)}


def unsafe_operations() -> list[tuple[str, str]]:
    document = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return [
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method.upper() in {"POST", "PUT", "PATCH", "DELETE"}
    ]


def test_nothing_can_be_done_at_any_address_of_the_api():
    """Of the document, every operation that writes: also those that ask for no token."""
    sight = a_sight(an_order().buyer)
    client, token = Client(), sight_token(sight)
    before = LoggedEvent.objects.exclude(name="privacy.sight_used.v1").count()
    operations = unsafe_operations()
    assert ("POST", "/api/v1/auth/refresh") in operations
    assert len(operations) > 25

    for method, path in operations:
        address = path.replace("{", "").replace("}", "")
        answer = client.generic(
            method, address, "{}", content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "x" * 20},
        )  # fmt: skip
        assert refusal(answer) == (403, "sight_read_only"), (method, path)

    assert LoggedEvent.objects.exclude(name="privacy.sight_used.v1").count() == before
    assert uses_of(sight).count() == len(operations)


def test_an_owner_with_the_same_requests_is_not_refused_for_looking():
    """The walk above would pass if every request were refused."""
    client, buyer = Client(), a_buyer()
    headers = {"Authorization": f"Bearer {issue_access(buyer)}"}
    for method, path in unsafe_operations():
        address = path.replace("{", "").replace("}", "")
        answer = client.generic(
            method, address, "{}", content_type="application/json", headers=headers
        )
        assert b"sight_read_only" not in answer.content, (method, path)


def test_no_method_but_reading_is_safe():
    assert {"GET", "HEAD", "OPTIONS"} == SAFE


# --- It is over at once ---


def test_an_ended_sight_shows_nothing_more():
    sight = a_sight()
    watcher = Watcher(sight)
    assert watcher.get("/auth/me").status_code == 200

    end_sight(sight_id=sight.pk, may_end_others=False, actor=staff_actor(sight.staff))

    assert refusal(watcher.get("/auth/me")) == (403, "sight_over")


def test_it_ends_by_itself(monkeypatch):
    sight = a_sight()
    watcher = Watcher(sight)
    later = sight.ends_at + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert refusal(watcher.get("/auth/me")) == (401, "token_expired")


def _role_lost(sight):
    sight.staff.groups.clear()


def _session_ended(sight):
    Session.objects.all().delete()


def _staff_leaves(sight):
    User.objects.filter(pk=sight.staff_id).update(is_active=False)


def _owner_becomes_staff(sight):
    User.objects.filter(pk=sight.user_id).update(is_staff=True)


@pytest.mark.parametrize("loss", [_role_lost, _session_ended, _staff_leaves, _owner_becomes_staff])
def test_what_it_rests_on_ends_it(loss):
    sight = a_sight()
    watcher = Watcher(sight)
    assert watcher.get("/auth/me").status_code == 200

    loss(sight)

    assert refusal(watcher.get("/auth/me")) == (403, "sight_over")


def test_an_answer_that_was_on_its_way_does_not_leave_once_the_sight_is_ended(monkeypatch):
    """The end is committed while the API composes its answer."""
    sight = a_sight()
    monkeypatch.setattr("api.sights.standing", _standing_then_ended(sight))

    assert refusal(Watcher(sight).get("/auth/me")) == (403, "sight_over")
    assert not uses_of(sight).exists()


def _standing_then_ended(sight):
    """What the middleware asks first; the sight is ended as soon as it has its answer."""

    def asked(**which):
        found = standing(**which)
        end_sight(sight_id=sight.pk, may_end_others=False, actor=staff_actor(sight.staff))
        return found

    return asked


def test_control_without_the_second_look_the_answer_would_leave(monkeypatch):
    sight = a_sight()
    monkeypatch.setattr("api.sights.standing", _standing_then_ended(sight))
    monkeypatch.setattr("marketplace.privacy.commands.sights.is_standing", lambda _sight: True)

    assert Watcher(sight).get("/auth/me").status_code == 200


# --- What a token is worth ---


def test_a_token_of_a_sight_is_nobodys_sign_in():
    token = sight_token(a_sight())

    with pytest.raises(AccessTokenInvalid):
        user_by_access_token(token)
    assert user_id_of_token(token) is None


@pytest.mark.parametrize("change", ["sight", "staff", "user"])
def test_a_token_that_names_another_sight_opens_nothing(change):
    sight, other = a_sight(), a_sight()
    acting = Acting(
        other.staff_id if change == "staff" else sight.staff_id,
        uuid7() if change == "sight" else sight.pk,
    )
    user = other.user if change == "user" else sight.user
    token = issue_sight(user, acting, until=clock.now() + timedelta(minutes=5))

    answer = Client().get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})

    assert refusal(answer) == (403, "sight_over")


def test_a_token_that_nobody_signed_opens_nothing_and_writes_nothing():
    sight = a_sight()
    head, claims, _signature = sight_token(sight).split(".")

    answer = Client().get(
        "/api/v1/auth/me", headers={"Authorization": f"Bearer {head}.{claims}.AAAA"}
    )

    assert refusal(answer) == (401, "token_invalid")
    assert not uses_of(sight).exists()


def test_looking_uses_up_nothing_of_the_owners_allowance(settings):
    settings.API_RATE_SCALE = 1
    sight = a_sight()
    owner = Caller(sight.user)
    left = owner.get("/auth/me")["RateLimit"]
    for _time in range(5):
        Watcher(sight).get("/auth/me")

    def remaining(header):
        return int(header.split("r=")[1].split(";")[0])

    assert remaining(owner.get("/auth/me")["RateLimit"]) == remaining(left) - 1


def test_staff_who_look_are_no_visitors():
    """Whom a shop's figures count; the same request of the owner is one."""
    cache.clear()
    sight = a_sight()
    Watcher(sight).get("/search", q="phone")
    write_down_footfall()
    assert not Footfall.objects.exists()

    Caller(sight.user).get("/search", q="phone")
    write_down_footfall()

    assert Footfall.objects.get().count == 1


# --- What its owner learns, and what ends it ---


def test_the_owner_is_told_that_staff_look_and_why():
    buyer = a_buyer(language="sw")
    sight = a_sight(buyer)
    deliver_all()

    messages = Message.objects.filter(user=buyer, code="account_seen")
    assert {one.channel for one in messages} == {"email", "sms"}
    for one in messages:
        assert sight.reason in one.body
        assert "akaunti yako" in one.body
        assert one.about == sight.reference
        assert sight.staff.name not in one.body


def test_the_log_of_roles_ends_what_they_allowed():
    sight = a_sight(staff=a_watcher())

    set_roles(user_id=sight.staff_id, roles=[], reason="She left", actor=staff_actor(a_keeper()))
    deliver_all()

    sight.refresh_from_db()
    assert sight.ended_at is not None
