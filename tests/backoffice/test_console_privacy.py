"""Personal data is masked on every page, and shown to whoever may see it and says what for."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from backoffice.admin.base import Queue
from backoffice.masks import masked
from backoffice.pages.display import page_of
from backoffice.personal import SHOWN_FOR
from marketplace.accounts.models import Address, User
from marketplace.notifications.models import Message
from marketplace.orders.models import Order
from marketplace.payments.models import Attempt, InboxMessage
from marketplace.payouts.models import Payout, WalletCheck
from marketplace.privacy.queries import REVEALS
from marketplace.reconciliation.models import StatementLine
from marketplace.sellers.models import Application, Seller
from marketplace.shared import clock
from marketplace.shared.models import Delivery, LoggedEvent
from tests.backoffice.console_pages import (
    SITE_PAGES,
    decide,
    do,
    list_address,
    pages_by_model,
    signed_in,
)
from tests.factories.console import World, a_world

pytestmark = pytest.mark.django_db

PHONE, WALLET, PAYOUT_WALLET = "255754999001", "255754999002", "255754999003"
EMAIL, STREET = "mtu.binafsi@nyumbani.test", "Mtaa wa Siri 77"
TIN, NIDA = "987654321", "19900415141010009876"
SECRETS = (PHONE, PHONE[3:], WALLET, WALLET[3:], PAYOUT_WALLET, PAYOUT_WALLET[3:],
           EMAIL, STREET, TIN, NIDA)  # fmt: skip


@pytest.fixture
def world() -> World:
    """One of everything, and one person's data wherever a person's data can stand."""
    world = a_world()
    person = User.objects.filter(pk=world.buyer.pk)
    person.update(phone=f"+{PHONE}", email=EMAIL)
    at = {"phone": f"+{PHONE}", "street": STREET, "landmark": STREET}
    Address.objects.update(**at)
    Order.objects.update(**at)
    Attempt.objects.update(msisdn=WALLET)
    body = f'{{"msisdn": "{WALLET}", "email": "{EMAIL}"}}'.encode()
    InboxMessage.objects.update(body=body, headers={"X-Payer": f"+{WALLET}"})
    Message.objects.update(recipient=f"+{PHONE}", body=f"Call +{PHONE} or write to {EMAIL}.")
    StatementLine.objects.update(
        counterparty=f"{WALLET} - ASHA", details=f"Paid by 0{WALLET[3:]}", raw={"From": WALLET}
    )
    numbers = {"tin": TIN, "phone": f"+{PHONE}", "payout_msisdn": PAYOUT_WALLET}
    Application.objects.update(nida_number=NIDA, address=STREET, **numbers)
    Seller.objects.update(**numbers)
    Payout.objects.update(msisdn=PAYOUT_WALLET)
    WalletCheck.objects.update(msisdn=PAYOUT_WALLET)
    told = {"user_id": str(world.buyer.pk), "phone": f"+{PHONE}"}
    _an_event("accounts.phone_verified.v1", world.buyer, told)
    Delivery.objects.update(last_error=f"no answer from +{PHONE} ({EMAIL})")
    return world


def _an_event(name, user, told) -> LoggedEvent:
    return LoggedEvent.objects.create(
        name=name, aggregate="user", aggregate_id=str(user.pk), payload=told,
        before={"phone": ""}, after={"phone": f"+{PHONE}"},
        actor_kind="buyer", actor_id=str(user.pk), occurred_at=clock.now(),
    )  # fmt: skip


def in_full(response) -> list[str]:
    page = response.content.decode()
    return [secret for secret in SECRETS if secret in page]


def every_address(world: World) -> list[str]:
    """Lists, pages of each kind of thing that there is, and the pages of no model."""
    found = [page_of(getattr(world, name)) for name in OF_THE_PERSON]
    found += [reverse("admin:index"), *(reverse(f"admin:{name}") for name in SITE_PAGES)]
    for label, page in pages_by_model().items():
        found.append(list_address(label))
        if not isinstance(page, Queue):
            rows = page.model._default_manager.order_by("-pk")[:3]
            found += [f"{list_address(label)}{row.pk}/change/" for row in rows]
    return found


OF_THE_PERSON = (
    "buyer", "order", "seller_order", "attempt", "payout", "message", "line", "seller", "application",
)  # fmt: skip


# --- Masked ---


def test_no_page_of_the_console_holds_anybodys_data_in_full(client, world):
    signed_in(client, "administrator")

    told = {}
    for address in every_address(world):
        response = client.get(address)
        assert response.status_code == 200, address
        told[address] = in_full(response)
    assert {address: secrets for address, secrets in told.items() if secrets} == {}


def test_the_person_of_the_world_stands_on_the_pages_that_were_walked(client, world):
    """The walk above would pass on empty pages too."""
    signed_in(client, "administrator")

    masked = [
        one
        for one in every_address(world)
        if "•••\N{NO-BREAK SPACE}" in client.get(one).content.decode()
    ]

    assert {page_of(getattr(world, name)) for name in OF_THE_PERSON} <= set(masked)
    assert {list_address(label) for label in LISTED} <= set(masked)


LISTED = (
    "accounts.user", "orders.order", "payments.attempt", "sellers.seller", "notifications.message",
    "payouts.walletcheck", "reconciliation.statementline", "shared.loggedevent",
)  # fmt: skip


@pytest.mark.parametrize("words", [f"0{PHONE[3:]}", EMAIL])
def test_people_are_still_found_by_what_is_masked(client, world, words):
    signed_in(client, "administrator")

    people = client.get(list_address("accounts.user"), {"q": words}).context["cl"].result_list
    palette = client.get("/console/search/", {"s": words})

    assert [one.pk for one in people] == [world.buyer.pk]
    assert world.buyer.name in palette.content.decode()
    assert in_full(palette) == []


@pytest.mark.parametrize("label", ["orders.order", "payments.attempt", "sellers.seller",
                                   "reconciliation.statementline", "shared.loggedevent"])  # fmt: skip
def test_a_list_is_taken_away_masked(client, world, label):
    signed_in(client, "administrator")

    response = do(client, label, "export", format="csv")

    content = b"".join(response) if response.streaming else response.content
    assert response.status_code == 200
    assert [secret for secret in SECRETS if secret in content.decode()] == []


# --- Revealed ---


def _reveal(client, thing, name, **answers):
    return decide(client, thing, f"reveal-{name}", **{"reason": "contact", "note": "", **answers})


THINGS = [
    ("buyer", "contact", (f"+{PHONE}", EMAIL), ["email", "phone"]),
    ("buyer", "addresses", (STREET,), ["phone", "street"]),
    ("order", "delivery", (f"+{PHONE}", STREET), ["phone", "street", "landmark"]),
    ("order", "wallets", (WALLET,), ["msisdn"]),
    ("attempt", "wallets", (WALLET,), ["msisdn"]),
    ("message", "said", (f"+{PHONE}", EMAIL), ["recipient", "text"]),
]


@pytest.mark.parametrize(("thing", "name", "shown", "fields"), THINGS)
def test_a_reason_shows_the_data_and_stays_in_the_timeline_of_the_person(
    client, world, thing, name, shown, fields
):
    subject = getattr(world, thing)
    staff = signed_in(client, "administrator")

    _reveal(client, subject, name, reason="delivery", note="The courier is lost")
    page = client.get(page_of(subject)).content.decode()
    timeline = client.get(page_of(world.buyer)).content.decode()

    assert [value for value in shown if value not in page] == []
    event = LoggedEvent.objects.get(name__in=REVEALS)
    assert (event.aggregate, event.aggregate_id) == ("user", str(world.buyer.pk))
    assert (event.actor_id, event.payload["fields"]) == (str(staff.pk), fields)
    assert (event.payload["reason"], event.payload["note"]) == ("delivery", "The courier is lost")
    assert event.payload["thing_id"] == str(subject.pk)
    assert event.request_id
    for words in ("Personal data revealed", "The courier is lost", "To help a parcel arrive"):
        assert words in timeline, words
    assert not any(secret in str(event.payload) for secret in SECRETS)


@pytest.mark.parametrize(
    ("thing", "name", "shown"), [("seller", "contact", TIN), ("payout", "wallet", PAYOUT_WALLET)]
)
def test_the_data_of_a_shop_stands_in_the_shops_timeline(client, world, thing, name, shown):
    signed_in(client, "administrator")
    subject = getattr(world, thing)

    _reveal(client, subject, name)

    assert shown in client.get(page_of(subject)).content.decode()
    event = LoggedEvent.objects.get(name__in=REVEALS)
    assert (event.aggregate, event.aggregate_id) == ("seller", str(world.seller.pk))
    assert "Data of a seller revealed" in client.get(page_of(world.seller)).content.decode()


def test_what_a_provider_wrote_of_a_stranger_is_revealed_as_a_record(client, world):
    signed_in(client, "finance")

    _reveal(client, world.line, "named", reason="payment")

    assert WALLET in client.get(page_of(world.line)).content.decode()
    event = LoggedEvent.objects.get(name__in=REVEALS)
    assert (event.aggregate, event.aggregate_id) == ("record", str(world.line.pk))


def test_only_what_was_asked_for_is_shown_and_only_to_who_asked(client, world):
    other = type(client)()
    signed_in(client, "support")
    signed_in(other, "support")

    _reveal(client, world.order, "delivery")

    mine = in_full(client.get(page_of(world.order)))
    assert STREET in mine
    assert WALLET not in mine
    assert in_full(client.get(page_of(world.buyer))) == []
    assert in_full(client.get(list_address("orders.order"))) == []
    assert in_full(other.get(page_of(world.order))) == []


def test_it_is_masked_again_after_five_minutes_or_when_it_is_hidden(client, world, monkeypatch):
    signed_in(client, "support")
    address = page_of(world.order)
    _reveal(client, world.order, "delivery")

    assert "Shown until" in client.get(address).content.decode()
    decide(client, world.order, "hide-delivery")
    assert in_full(client.get(address)) == []

    _reveal(client, world.order, "delivery")
    later = clock.now() + SHOWN_FOR
    monkeypatch.setattr("backoffice.personal.clock.now", lambda: later)
    assert in_full(client.get(address)) == []


def test_who_lost_the_duty_sees_it_masked_at_once(client, world):
    staff = signed_in(client, "support")
    _reveal(client, world.order, "delivery")
    assert in_full(client.get(page_of(world.order))) != []

    staff.groups.clear()
    staff.user_permissions.set(_permissions("orders.view_order"))

    assert in_full(client.get(page_of(world.order))) == []
    assert _reveal(client, world.order, "delivery").status_code == 403


def _permissions(*names):
    return Permission.objects.filter(codename__in=[name.split(".")[1] for name in names])


@pytest.mark.parametrize(
    "answers",
    [{"reason": ""}, {"reason": "curiosity"}, {"reason": "other", "note": "  "}],
)
def test_nothing_is_shown_without_a_reason(client, world, answers):
    signed_in(client, "support")

    refused = _reveal(client, world.order, "delivery", **answers)

    assert refused.status_code in (409, 422)
    assert in_full(refused) == in_full(client.get(page_of(world.order))) == []
    assert not LoggedEvent.objects.filter(name__in=REVEALS).exists()


def test_who_may_see_an_order_but_not_reveal_is_offered_no_button(client, world):
    staff = signed_in(client, None)
    staff.user_permissions.set(_permissions("orders.view_order"))

    page = client.get(page_of(world.order))

    assert page.status_code == 200
    assert "reveal-delivery" not in page.content.decode()
    assert _reveal(client, world.order, "delivery").status_code == 403
    assert not LoggedEvent.objects.filter(name__in=REVEALS).exists()


def test_what_cannot_be_written_down_is_not_shown(client, world, monkeypatch):
    signed_in(client, "support")

    def broken(*_args, **_kwargs):
        raise RuntimeError("the log is full")

    monkeypatch.setattr("marketplace.privacy.commands.revealing.record", broken)
    with pytest.raises(RuntimeError):
        _reveal(client, world.order, "delivery")
    monkeypatch.undo()

    assert in_full(client.get(page_of(world.order))) == []


def test_revealing_costs_the_page_no_question(client, world, django_assert_max_num_queries):
    signed_in(client, "support")
    _reveal(client, world.order, "delivery")
    address = page_of(world.order)
    client.get(address)

    with django_assert_max_num_queries(18):
        client.get(address)


def test_who_reveals_a_lot_in_an_hour_stands_on_the_system_page(client, world, settings):
    settings.REVEALS_PER_HOUR = 3
    staff = signed_in(client, "administrator")
    for _time in range(3):
        _reveal(client, world.order, "delivery")

    def notices():
        return [
            str(text)
            for _level, text in client.get(reverse("admin:system")).context["page"].notices
        ]

    assert not any(staff.name in text for text in notices())
    _reveal(client, world.order, "wallets")
    assert f"{staff.name} revealed personal data 4 times in the last hour." in notices()


def test_an_old_reveal_alarms_nobody(client, world, settings, monkeypatch):
    settings.REVEALS_PER_HOUR = 0
    staff = signed_in(client, "administrator")
    _reveal(client, world.order, "delivery")
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr("backoffice.system.clock.now", lambda: later)

    page = client.get(reverse("admin:system")).context["page"]

    assert not any(staff.name in str(text) for _level, text in page.notices)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("784999666", "•••\N{NO-BREAK SPACE}666"),
        (
            "from: 784999666\namount: 784999666.00",
            "from: •••\N{NO-BREAK SPACE}666\namount: 784999666.00",
        ),
        ("+255 784 999 666", "•••\N{NO-BREAK SPACE}666"),
        # Receipts, amounts with commas, references.
        ("64528970772 713,500,000 TILL77C41BBF65", "64528970772 713,500,000 TILL77C41BBF65"),
    ],
)
def test_numbers_in_statements_are_masked_without_the_country_too_and_amounts_are_not(
    written, shown
):
    assert masked("counterparty", written) == shown
