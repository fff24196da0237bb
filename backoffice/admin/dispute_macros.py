"""Prepared answers in a dispute: to the buyer or to the seller, each in their own language."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone, translation
from django.utils.formats import date_format

from backoffice.work.prepared import Reader, said_to
from marketplace.accounts.queries import contacts_of
from marketplace.casework.errors import MacroNotFound
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import Party
from marketplace.sellers.queries import owner_of
from marketplace.shared.money import format_minor


def answer(
    request: HttpRequest, dispute: Dispute, macro_id: UUID, party: str, duty: str
) -> JsonResponse:
    """JSON with the text, filled in, for whoever may write in the dispute."""
    if not request.user.has_perm(f"backoffice.{duty}"):
        raise PermissionDenied
    if party not in (Party.BUYER, Party.SELLER):
        raise Http404
    user_id = dispute.buyer_id if party == Party.BUYER else owner_of(dispute.seller_id)
    contact = contacts_of(ids=[user_id])[user_id]
    reader = Reader(contact.name, contact.language)
    try:
        text = said_to(macro_id, reader, _values(request, dispute, reader.language))
    except MacroNotFound as error:
        raise Http404 from error
    return JsonResponse({"text": text, "language": reader.language})


def _values(request: HttpRequest, dispute: Dispute, language: str) -> dict[str, Any]:
    me: Any = request.user
    with translation.override(language):
        deadline = date_format(timezone.localtime(dispute.due_at), "j F Y, H:i")
    return {
        "me": me.name,
        "dispute": dispute.reference,
        "order": dispute.seller_order.order.reference,
        "shop": dispute.seller.name,
        "amount": format_minor(dispute.claimed_minor, dispute.currency),
        "deadline": deadline,
    }
