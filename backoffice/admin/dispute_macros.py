"""Prepared answers in a dispute: to the buyer or to the seller, each in their own language."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format

from backoffice.work.prepared import Prepared
from marketplace.casework.states import MacroKind
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import Party
from marketplace.sellers.queries import owner_of
from marketplace.shared.money import format_minor

ASKED = [(party.value, party.label) for party in (Party.BUYER, Party.SELLER)]


def _user_of(dispute: Dispute, party: str) -> UUID:
    return dispute.buyer_id if party == Party.BUYER else owner_of(dispute.seller_id)


def _values(dispute: Dispute) -> dict[str, Any]:
    return {
        "dispute": dispute.reference,
        "order": dispute.seller_order.order.reference,
        "shop": dispute.seller.name,
        "amount": format_minor(dispute.claimed_minor, dispute.currency),
        "deadline": date_format(timezone.localtime(dispute.due_at), "j F Y, H:i"),
    }


TO_A_PARTY = Prepared(
    MacroKind.DISPUTES,
    _user_of,
    _values,
    suits=lambda dispute: dispute.reason,
    readers=ASKED,
)
