"""Finding anything by what a person has of it: a reference, phone, name, address, SKU or receipt.

Each kind of thing says which look-ups fit which words; all of them are answered by indexes and asked
in one statement, each bounded. What a person may not open is not even looked for.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult

from backoffice.masks import masked
from backoffice.navigation import entries, may_open
from backoffice.pages.search import by_reference, phone_of, wallet_of
from backoffice.things import REFERENCES
from marketplace.accounts.models import User
from marketplace.payments.gateways import provider_names

EACH_MAX = 5
# Orders are looked for by the names of so many people.
PEOPLE_MAX = 20
WORDS_MIN, WORDS_MAX = 3, 60
PHONE_DIGITS_MIN = 9

REFERENCE = re.compile(r"^[A-Z]{2,3}-[0-9A-Z]*$")
PHONE = re.compile(r"^\+?[0-9][0-9 ()-]{7,18}$")
RECEIPT = re.compile(r"^[A-Z0-9][A-Z0-9.]{5,39}$")


@dataclass(frozen=True, slots=True)
class Way:
    """How words of one shape find things of one model; `title` and `note` are columns to show."""

    model: str
    kind: Any
    icon: str
    condition: Callable[[str], Q]
    title: str
    note: str

    @property
    def permission(self) -> str:
        app, model = self.model.split(".")
        return f"{app}.view_{model}"

    def rows(self, words: str) -> QuerySet[Any, Any]:
        text = CharField()
        return (
            apps.get_model(self.model)
            ._default_manager.filter(self.condition(words))
            .annotate(
                way=Value(f"{self.model}:{self.title}", output_field=text),
                thing=Cast("pk", text),
                shown=Cast(F(self.title), text),
                beside=Cast(F(self.note), text),
            )
            # Not by the key itself: PostgreSQL would walk all rows along it to find the few that fit.
            .order_by("-thing")
            .values_list("way", "thing", "shown", "beside")[:EACH_MAX]
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A thing, as one line of an answer."""

    title: str
    note: str
    kind: Any
    icon: str
    address: str


def _by_phone(column: str) -> Callable[[str], Q]:
    return lambda words: Q(**{column: phone_of(words)})


def _by_receipt(words: str) -> Q:
    # The index begins with the provider: each is asked for by name.
    return Q(provider__in=provider_names(), receipt=words.upper())


def _named(column: str) -> Callable[[str], Q]:
    return lambda words: Q(**{f"{column}__icontains": words})


def _of_people_named(words: str) -> Q:
    return Q(buyer__in=people_named(words)[:PEOPLE_MAX])


def people_named(words: str) -> QuerySet[Any, Any]:
    """Their keys, the newest first; see `Way.rows` for the order."""
    people = User.objects.filter(name__icontains=words)
    return people.order_by(Cast("pk", CharField()).desc()).values("pk")


ORDER, SELLER, PERSON = _("Order"), _("Seller"), _("Person")
LISTING, PAYMENT, REFUND, PAYOUT = _("Listing"), _("Payment"), _("Refund"), _("Payout")

BY_PHONE = (
    Way("accounts.user", PERSON, "person", _by_phone("phone"), "name", "phone"),
    Way("orders.order", ORDER, "shopping_cart", _by_phone("phone"), "reference", "phone"),
    Way(
        "payments.attempt",
        PAYMENT,
        "payments",
        lambda words: Q(msisdn__in=[phone_of(words), wallet_of(words)]),
        "reference",
        "msisdn",
    ),
    Way("sellers.seller", SELLER, "storefront", _by_phone("phone"), "name", "phone"),
)
BY_EMAIL = (
    Way(
        "accounts.user",
        PERSON,
        "person",
        lambda words: Q(email=words.lower()),
        "name",
        "email",
    ),
)
BY_RECEIPT = (
    Way("payments.attempt", PAYMENT, "payments", _by_receipt, "reference", "receipt"),
    Way(
        "payments.refund",
        REFUND,
        "undo",
        lambda words: Q(receipt=words.upper()) & ~Q(receipt=""),
        "reference",
        "receipt",
    ),
    Way("payouts.payout", PAYOUT, "send_money", _by_receipt, "reference", "receipt"),
    Way(
        "reconciliation.statementline",
        _("Statement line"),
        "receipt_long",
        _by_receipt,
        "receipt",
        "counterparty",
    ),
)
BY_WORDS = (
    Way("sellers.seller", SELLER, "storefront", _named("name"), "name", "reference"),
    Way("accounts.user", PERSON, "person", _named("name"), "name", "reference"),
    Way(
        "listings.listing",
        LISTING,
        "shopping_bag",
        lambda words: Q(sku__istartswith=words),
        "sku",
        "reference",
    ),
    Way("orders.order", ORDER, "shopping_cart", _of_people_named, "reference", "buyer__name"),
    Way("catalog.product", _("Product"), "inventory_2", _named("title"), "title", "reference"),
)


def ways_for(words: str) -> Sequence[Way]:
    """Which look-ups the shape of the words allows; none for what is too short or too long."""
    if not WORDS_MIN <= len(words) <= WORDS_MAX:
        return ()
    capitals = words.upper()
    if REFERENCE.match(capitals) and (ways := _by_reference(capitals)):
        return ways
    if "@" in words:
        return BY_EMAIL
    digits = sum(character.isdigit() for character in words)
    if PHONE.match(words) and digits >= PHONE_DIGITS_MIN:
        return (*BY_PHONE, *BY_RECEIPT)
    if digits and RECEIPT.match(capitals):
        return (*BY_RECEIPT, *BY_WORDS)
    return BY_WORDS


def find_all(request: HttpRequest, words: str) -> list[Found]:
    """What fits, of all kinds that this person may open, newest first within each; one query."""
    words = " ".join(words.split())
    ways = [way for way in ways_for(words) if request.user.has_perm(way.permission)]
    if not ways:
        return []
    first, *others = (way.rows(words) for way in ways)
    rows = first.union(*others, all=True) if others else first
    known = {f"{way.model}:{way.title}": way for way in ways}
    return [_found(known[row[0]], *row[1:]) for row in rows]


def palette(request: HttpRequest, words: str) -> list[SearchResult]:
    """The command palette's answers: pages by their names, then things."""
    wanted = words.strip().casefold()
    pages = [
        SearchResult(str(entry.title), str(_("Page")), entry.address, entry.icon)
        for entry in entries()
        if entry.page and wanted in str(entry.title).casefold() and may_open(request, entry)
    ]
    things = [
        SearchResult(one.title, f"{one.kind} · {one.note}", one.address, one.icon)
        for one in find_all(request, words)
    ]
    return pages + things


def _found(way: Way, thing: str, shown: str, beside: str) -> Found:
    name = way.model.replace(".", "_")
    address = reverse(f"admin:{name}_change", args=[thing])
    return Found(shown or thing, masked(way.note, beside or ""), way.kind, way.icon, address)


def _by_reference(words: str) -> Sequence[Way]:
    label = REFERENCES.get(words.partition("-")[0])
    if label is None:
        return ()
    kind: str | Promise = apps.get_model(label)._meta.verbose_name or label
    begins = by_reference("reference", words)
    return (Way(label, kind, "tag", lambda _words: begins, "reference", "reference"),)
