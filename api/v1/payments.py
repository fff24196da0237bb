"""Paying an order: a push to a wallet, then polling until it is settled."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from api.auth import buyer, person
from api.idempotency import idempotent
from api.refusals import refuses
from api.schemas.payments import (
    AttemptIn,
    AttemptOut,
    BillOut,
    OptionOut,
    OptionsOut,
    PaymentOut,
)
from api.throttling import Pace
from marketplace.accounts.errors import PhoneInvalid
from marketplace.accounts.phones import normalise
from marketplace.payments import errors
from marketplace.payments.advice import advice_about
from marketplace.payments.commands import start_attempt
from marketplace.payments.offers import bill_offers, offers
from marketplace.payments.queries import get_intent, refunds_of

router = Router()


@router.get("/{reference}", response=PaymentOut, summary="Show a payment and its attempts")
@refuses(errors.PaymentNotFound)
def show_payment(request: HttpRequest, reference: str) -> PaymentOut:
    """Poll this every few seconds while an attempt is `created`, `sent`, `pending` or `unknown`."""
    intent = _mine(request, reference)
    refunds = list(refunds_of(order_id=intent.order_id))
    return PaymentOut.of(intent, refunds, advice_about(intent))


@router.get(
    "/{reference}/options",
    response=OptionsOut,
    summary="List the providers that can take a payment",
)
@refuses(errors.PaymentNotFound, errors.NotAMobileNumber, PhoneInvalid)
def options(
    request: HttpRequest,
    reference: str,
    msisdn: Annotated[str, Query(min_length=1, max_length=30, examples=["0754 123 456"])],
) -> OptionsOut:
    """By the number's prefix, as a suggestion: numbers are ported, so name another `provider` with
    the attempt where an answer says that the number is not registered."""
    intent = _mine(request, reference)
    found = offers(msisdn=normalise(msisdn, field="msisdn"), amount_minor=intent.amount_minor)
    return OptionsOut(
        items=[OptionOut.of(each) for each in found],
        bills=[BillOut.of(each, intent.currency) for each in bill_offers(intent)],
    )


@router.post(
    "/{reference}/attempts",
    throttle=Pace("money"),
    response={201: AttemptOut},
    summary="Ask a wallet for the money",
)
@refuses(
    errors.PaymentNotFound,
    errors.OrderNotPayable,
    errors.AttemptInFlight,
    errors.ProviderUnknown,
    errors.WalletNotSupported,
    errors.ProviderNotOffered,
    errors.NoProviderOffered,
    errors.NotAMobileNumber,
    PhoneInvalid,
)
@idempotent
def attempt(request: HttpRequest, reference: str, body: AttemptIn) -> Status[AttemptOut]:
    """The provider asks the buyer on the phone. One attempt at a time; after one that failed the
    next may follow. One whose answer is unknown is resolved by asking the provider."""
    row = start_attempt(
        intent_id=_mine(request, reference).pk,
        msisdn=normalise(body.msisdn, field="msisdn"),
        provider=body.provider,
        actor=buyer(request),
    )
    return Status(201, AttemptOut.of(row))


def _mine(request: HttpRequest, reference: str) -> Any:
    return get_intent(reference=reference, buyer_id=person(request).id)
