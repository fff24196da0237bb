"""What services may be told, and nothing else: of each deed, the properties that it may have.

No name, address, phone or search words stand here. What is not in this table never leaves the house.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from marketplace.analytics.states import DeedName

type Value = str | int | bool

TEXT_LENGTH_MAX = 80
PSEUDONYM_LENGTH = 32
# Told by a pseudonym: a reference that stands on parcels and receipts would name its buyer.
HIDDEN = frozenset({"order"})

_ORDER: dict[str, type] = {"order": str, "total": int, "currency": str}
ALLOWED: Mapping[DeedName, Mapping[str, type]] = {
    DeedName.SEARCHED: {
        "category": str, "sort": str, "in_stock": bool, "words": int, "filters": int, "found": int,
    },
    DeedName.VIEWED: {"product": str, "brand": str, "category": str, "offers": int},
    DeedName.CART_CHANGED: {"listing": str, "quantity": int},
    DeedName.ORDER_PLACED: {**_ORDER, "pieces": int, "sellers": int},
    DeedName.ORDER_PAID: _ORDER,
    DeedName.PARCEL_DELIVERED: _ORDER,
    DeedName.REFUNDED: {**_ORDER, "reason": str},
}  # fmt: skip


def permitted(name: str, properties: Mapping[str, Any]) -> dict[str, Value]:
    """What of the properties may be told of such a deed: nothing of one that is not in the table."""
    allowed: Mapping[str, type] = ALLOWED[DeedName(name)] if name in DeedName else {}
    return {
        key: value[:TEXT_LENGTH_MAX] if isinstance(value, str) else value
        for key, value in properties.items()
        if _is_a(allowed.get(key), value)
    }


def _is_a(kind: type | None, value: Any) -> bool:
    """Exactly: a yes or no is no number."""
    return type(value) is kind


def pseudonym(key: str, kind: str, name: object) -> str:
    """The same for the same thing and key; who has not the key cannot tell what it stands for."""
    sealed = hmac.new(key.encode(), f"{kind}:{name}".encode(), sha256)
    return sealed.hexdigest()[:PSEUDONYM_LENGTH]
