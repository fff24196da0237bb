"""M4: every route that moves something is replayed under its key, at once and later, by its list in the document."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.disputes.models import Dispute
from marketplace.listings.commands import stock
from marketplace.orders.models import Order, SellerOrder
from marketplace.payments.models import Attempt, Intent
from marketplace.reconciliation.models import Statement
from marketplace.reviews.models import Review
from marketplace.shared import idempotency
from marketplace.shared.models import IdempotentRequest, LoggedEvent
from tests.api.client import Caller, document, refusal
from tests.api.test_orders import wish
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, a_staff_member
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import (
    a_delivered_part,
    a_paid_order,
    an_order,
    the_shipping_rates,
)
from tests.factories.reconciliation import statement_file
from tests.processes import dwell, without_constraint
from tests.proof.tiers import IS_LONG
from tests.threads import at_once
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "5f0c2d1e-8a4b-4c7d"
REPEATS = 50 if IS_LONG else 12
# Other routes write, too, and need no key: the state that they leave, a code that is used up or the
# provider's own id makes a repetition harmless, or it is one more thing of which nobody loses money.
WITHOUT_A_KEY = {
    "/auth/register", "/auth/login", "/auth/refresh", "/auth/logout", "/auth/phone/code",
    "/auth/phone/verify", "/auth/addresses",
    "/sellers/applications", "/sellers/applications/{reference}/documents",
    "/sellers/applications/{reference}/submit",
    "/listings", "/listings/{reference}/submit", "/listings/{reference}/pause",
    "/listings/{reference}/resume", "/listings/{reference}/pictures",
    "/imports", "/imports/{reference}/cancel",
    "/seller-orders/{reference}/confirm", "/seller-orders/{reference}/ship",
    "/seller-orders/{reference}/deliver",
    "/disputes/{reference}/messages", "/disputes/{reference}/evidence",
    "/disputes/{reference}/draft", "/disputes/{reference}/draft/submit",
    "/disputes/{reference}/withdraw", "/disputes/{reference}/proposals",
    "/disputes/{reference}/accept", "/disputes/{reference}/appeal",
    "/reviews/{reference}/reports", "/reviews/{reference}/reply",
    "/webhooks/{provider}/{secret}", "/webhooks/{provider}/{secret}/bills",
}  # fmt: skip


@dataclass(frozen=True)
class Request:
    """Who sends what where; `effects` counts what it made, `another` is a body that is not the same."""

    user: Any
    path: str
    body: Callable[[], dict[str, Any]]
    another: Callable[[], dict[str, Any]]
    effects: Callable[[], int]

    def send(self, key: str = KEY, *, differs: bool = False) -> Any:
        given = self.another() if differs else self.body()
        files = given.pop("files", None)
        return Caller(self.user).post(self.path, given, key=key, files=files)


def an_order_is_placed() -> Request:
    the_terms()
    the_shipping_rates()
    listing = a_listing()
    return Request(
        a_buyer(), "/orders", partial(wish, listing), partial(wish, listing, quantity=2),
        Order.objects.count,
    )  # fmt: skip


def an_order_is_cancelled() -> Request:
    order = an_order()
    return Request(
        order.buyer, f"/orders/{order.reference}/cancel", lambda: {"reason": "Changed my mind"},
        lambda: {"reason": "Another"}, LoggedEvent.objects.filter(name__contains="cancelled").count,
    )  # fmt: skip


def a_payment_is_asked_for() -> Request:
    order = an_order()
    return Request(
        order.buyer, f"/payments/{Intent.objects.get(order=order).reference}/attempts",
        lambda: {"msisdn": "0754000111"}, lambda: {"msisdn": "0754000222"}, Attempt.objects.count,
    )  # fmt: skip


def a_part_is_cancelled() -> Request:
    part = a_paid_order().seller_orders.get()
    owner = part.seller.members.first().user
    return Request(
        owner, f"/seller-orders/{part.reference}/cancel", lambda: {"reason": "Broken"},
        lambda: {"reason": "Lost"}, SellerOrder.objects.filter(status="cancelled").count,
    )  # fmt: skip


def a_dispute_is_opened() -> Request:
    part = a_paid_order().seller_orders.get()
    SellerOrder.objects.update(status="shipped")

    def claim(text: str) -> dict[str, Any]:
        return {
            "seller_order": part.reference, "reason": "damaged", "message": text,
            "claimed": {"amount": 1_000_00},
        }  # fmt: skip

    return Request(
        part.order.buyer, "/disputes", partial(claim, "Broken."), partial(claim, "Wet."),
        Dispute.objects.count,
    )  # fmt: skip


def a_statement_is_uploaded() -> Request:
    user = a_staff_member()
    user.user_permissions.add(Permission.objects.get(codename="upload_statements"))
    data = statement_file([]).getvalue()

    def form(name: str) -> dict[str, Any]:
        return {"provider": "mpesa", "files": {"file": SimpleUploadedFile(name, data)}}

    return Request(
        user, "/admin/statements", partial(form, "a.csv"), partial(form, "b.csv"),
        Statement.objects.count,
    )  # fmt: skip


def a_review_is_written() -> Request:
    part = a_delivered_part()
    listing = part.lines.get().listing

    def words(title: str) -> dict[str, Any]:
        return {
            "seller_order": part.reference, "listing": listing.reference, "rating": 4,
            "title": title, "body": "Lasts two days.",
        }  # fmt: skip

    return Request(
        part.order.buyer, "/reviews", partial(words, "Good"), partial(words, "Bad"),
        Review.objects.count,
    )  # fmt: skip


ROUTES: dict[str, Callable[[], Request]] = {
    "/orders": an_order_is_placed,
    "/orders/{reference}/cancel": an_order_is_cancelled,
    "/payments/{reference}/attempts": a_payment_is_asked_for,
    "/seller-orders/{reference}/cancel": a_part_is_cancelled,
    "/disputes": a_dispute_is_opened,
    "/reviews": a_review_is_written,
    "/admin/statements": a_statement_is_uploaded,
}
EVERY_ROUTE = pytest.mark.parametrize("route", ROUTES)


def posts() -> dict[str, bool]:
    """Every POST of the document, and whether it demands a key."""
    found = {}
    for path, operations in document()["paths"].items():
        if "post" in operations:
            names = [each["name"] for each in operations["post"].get("parameters", [])]
            found[path.removeprefix("/api/v1")] = "Idempotency-Key" in names
    return found


def test_every_post_is_replayed_here_or_named_as_one_that_needs_no_key():
    demanding = {path for path, demands in posts().items() if demands}

    assert demanding == set(ROUTES)
    assert posts().keys() - demanding == WITHOUT_A_KEY


@EVERY_ROUTE
def test_many_repeats_at_once_have_one_effect_and_one_answer(route):
    request = ROUTES[route]()
    deliver_all()
    before = request.effects()

    answers = at_once(*[request.send] * REPEATS)
    late = request.send()
    deliver_all()

    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    done = [answer for answer in answers if answer.status_code != 409]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert {refusal(answer)[1] for answer in waiting} <= {"request_in_progress"}
    assert {answer.content for answer in done} == {late.content}
    assert late["Idempotency-Replayed"] == "true"
    assert request.effects() == before + 1
    assert IdempotentRequest.objects.count() == 1
    assert broken_invariants() == []


@EVERY_ROUTE
def test_another_body_under_the_key_and_somebody_elses_key_get_nothing_of_it(route):
    request = ROUTES[route]()
    first = request.send()
    before = request.effects()

    other = request.send(differs=True)
    stranger = Request(a_buyer(), request.path, request.body, request.another, request.effects)
    answer = stranger.send()

    assert first.status_code in {200, 201}
    assert refusal(other) == (422, "idempotency_key_reused")
    assert "Idempotency-Replayed" not in answer
    if answer.status_code >= 400:  # What is not theirs they cannot touch, whatever their key.
        assert request.effects() == before


def test_control_without_lock_and_constraint_repeats_have_many_effects(monkeypatch):
    request = an_order_is_placed()
    dwell(monkeypatch, stock, "fetch")
    monkeypatch.setattr(idempotency, "try_alone", lambda _name: True)

    with without_constraint("shared_idempotentrequest", "idempotent_request_once"):
        at_once(*[request.send] * 2)

        assert request.effects() == 2
