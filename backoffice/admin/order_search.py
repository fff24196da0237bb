"""Orders by whatever a person has of one: reference, phone, e-mail, buyer's name, SKU, provider's receipt.

The shape of the words says which indexes are asked. What other tables know leads to the newest so many
orders first, so that no look-up walks a big table.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from backoffice.finding import PHONE, people_named
from backoffice.pages.search import by_reference, phone_of
from marketplace.accounts.models import User
from marketplace.orders.models import Order, OrderLine, SellerOrder
from marketplace.payments.gateways import provider_names
from marketplace.payments.models import Attempt

ORDERS_MAX = 200
PEOPLE_MAX = 50


def matching(words: str) -> Q:
    """The condition that orders fulfil."""
    capitals = words.upper()
    if capitals.startswith("ORD-"):
        return by_reference("reference", capitals)
    if capitals.startswith("SO-"):
        parts = SellerOrder.objects.filter(by_reference("reference", capitals))
        return Q(pk__in=parts.values("order")[:ORDERS_MAX])
    if PHONE.match(words):
        return Q(phone=phone_of(words)) | Q(pk__in=_ids([_paid_by(capitals)]))
    if "@" in words:
        return Q(buyer__in=User.objects.filter(email=words.lower()).values("pk"))
    return Q(pk__in=_ids([_paid_by(capitals), _with_sku(words), _of_people_named(words)]))


def _ids(found: Iterable[QuerySet[Any, Any]]) -> list[Any]:
    first, *others = (rows[:ORDERS_MAX] for rows in found)
    return list(first.union(*others, all=True) if others else first)


def _paid_by(receipt: str) -> QuerySet[Any, Any]:
    # The index begins with the provider: each is asked for by name.
    attempts = Attempt.objects.filter(provider__in=provider_names(), receipt=receipt)
    return attempts.exclude(receipt="").values_list("intent__order", flat=True)


def _with_sku(words: str) -> QuerySet[Any, Any]:
    lines = OrderLine.objects.filter(sku__in={words, words.upper()}).order_by("-pk")
    return lines.values_list("seller_order__order", flat=True)


def _of_people_named(words: str) -> QuerySet[Any, Any]:
    people = people_named(words)[:PEOPLE_MAX]
    return Order.objects.filter(buyer__in=people).order_by("-pk").values_list("pk", flat=True)
