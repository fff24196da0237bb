"""Finding anything from the command palette: by whatever a person has of it, and only what is theirs to see."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.finding import BY_EMAIL, BY_PHONE, BY_RECEIPT, BY_WORDS, find_all, ways_for
from marketplace.accounts.models import User
from marketplace.listings.models import Listing
from marketplace.payments.models import Attempt
from tests.backoffice.console_pages import signed_in
from tests.factories.accounts import a_buyer, a_staff_member
from tests.factories.console import a_world

pytestmark = pytest.mark.django_db


def found(words: str, role: str = "administrator") -> set[str]:
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=a_staff_member(role).pk)
    return {one.title for one in find_all(request, words)}


def test_an_order_is_found_by_its_reference_its_phone_and_its_buyers_name():
    order = a_world().order
    User.objects.filter(pk=order.buyer_id).update(name="Zuhura Mwinyi")
    type(order).objects.filter(pk=order.pk).update(phone="+255754123456")

    assert order.reference in found(order.reference[:6])
    assert order.reference in found(order.reference.lower())
    assert order.reference in found("0754 123 456")
    assert order.reference in found("+255754123456")
    assert order.reference in found("huRA mwi")


def test_a_payment_is_found_by_the_providers_receipt():
    attempt = a_world().attempt
    Attempt.objects.filter(pk=attempt.pk).update(receipt="SKJ4HU7XYZ")

    assert attempt.reference in found("skj4hu7xyz")


def test_sellers_listings_products_and_people_are_found_by_what_they_are_called():
    world = a_world()
    Listing.objects.filter(pk=world.listing.pk).update(sku="TAB-S9-128")
    a_buyer(email="zena@example.test", name="Zena Ali")

    assert world.seller.name in found(world.seller.name[2:8].upper())
    assert "TAB-S9-128" in found("tab-s9")
    assert world.listing.product.title in found(world.listing.product.title[1:7])
    assert found("Zena@example.test") == {"Zena Ali"}


def test_a_role_finds_only_what_it_may_open():
    world = a_world()
    Attempt.objects.filter(pk=world.attempt.pk).update(receipt="SKJ4HU7XYZ")
    a_buyer(name="Zena Ali")

    assert found("Zena Ali", "catalogue_moderator") == set()
    assert found("SKJ4HU7XYZ", "catalogue_moderator") == set()
    assert found(world.order.reference, "catalogue_moderator") == set()
    assert found("Zena Ali", "support") == {"Zena Ali"}


@pytest.mark.parametrize("words", ["", "ab", "x" * 100, "ABC-12345", "%%%", "'; --"])
def test_words_that_fit_nothing_find_nothing(words):
    a_world()

    assert found(words) == set()


@pytest.mark.parametrize("words", ["ORD-7K3", "0754123456", "a@b.tz", "SKJ4HU7XYZ", "samsung"])
def test_all_kinds_are_asked_in_one_statement(words):
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=a_staff_member("administrator").pk)
    request.user.has_perm("orders.view_order")

    with CaptureQueriesContext(connection) as asked:
        find_all(request, words)

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("way", "words"),
    [
        *((way, "0754123456") for way in BY_PHONE),
        *((way, "a@b.tz") for way in BY_EMAIL),
        *((way, "SKJ4HU7XYZ") for way in BY_RECEIPT),
        *((way, "samsung") for way in BY_WORDS),
        *((way, "ORD-7K3") for way in ways_for("ORD-7K3")),
    ],
    ids=lambda value: getattr(value, "model", value),
)
def test_every_look_up_is_answered_by_an_index(way, words):
    rows = apps.get_model(way.model)._default_manager.filter(way.condition(words))

    with transaction.atomic(), connection.cursor() as cursor:
        # In tables as small as these the planner would rather read all, or all of any index.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        plan = rows.explain()

    assert "Seq Scan" not in plan
    assert "Index Cond" in plan


def test_the_palette_answers_pages_and_things(client):
    world = a_world()
    signed_in(client, "finance")

    pages = client.get(reverse("admin:search"), {"s": "trial"}).content.decode()
    things = client.get(reverse("admin:search"), {"s": world.order.reference}).content.decode()

    assert reverse("admin:trial_balance") in pages
    assert reverse("admin:orders_order_change", args=[world.order.pk]) in things
    signed_in(client, "catalogue_moderator")
    nothing = client.get(reverse("admin:search"), {"s": "trial"}).content.decode()
    assert reverse("admin:trial_balance") not in nothing


def offered(client, kind, words):
    return client.get(reverse("suggest", args=[kind]), {"q": words}).json()["offers"]


def test_a_box_offers_what_it_takes_by_what_people_know_of_it(client):
    world = a_world()
    signed_in(client, "administrator")
    seller, brand = world.seller_order.seller, world.listing.product.brand

    assert [seller.reference, seller.name] in offered(client, "seller", seller.name[:5].lower())
    assert offered(client, "seller", seller.reference)[0][0] == seller.reference
    assert world.order.reference in dict(offered(client, "order", world.order.reference[:6]))
    assert [brand.name, ""] in offered(client, "brand", brand.name[:2])


def test_nothing_is_offered_of_what_may_not_be_opened_or_of_what_is_no_word(client):
    a_world()
    signed_in(client, "support")

    assert client.get(reverse("suggest", args=["seller"]), {"q": "shop"}).status_code == 403
    assert client.get(reverse("suggest", args=["nothing"]), {"q": "shop"}).status_code == 404
    for words in ("", "x" * 500, "%"):
        assert offered(client, "order", words) == [], words
