"""Where payment providers tell us what happened. Stored as it came; workers decide what to believe."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from ninja import Router

from api.errors import BodyTooLarge, RouteUnknown
from api.refusals import refuses
from api.throttling import Unpaced, client_address
from marketplace.payments.commands import acknowledgement, answer_bill, receive_message
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.health import count_turned_away

router = Router(auth=None)

# A result of a provider has some hundred bytes.
BODY_BYTES_MAX = 64_000
_CALLBACK = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {
                    "input_OriginalConversationID": "3c9f2a7de1b84d0f",
                    "input_ThirdPartyConversationID": "ATT7K3M9QX2",
                    "input_TransactionID": "8FD5H2K1LM",
                    "input_ResultCode": "INS-0",
                    "input_ResultDesc": "Request processed successfully",
                },
            }
        },
    },
    "responses": {
        200: {
            "description": "Taken, in the words that this provider wants to read.",
            "content": {
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {
                        "output_OriginalConversationID": "3c9f2a7de1b84d0f",
                        "output_ResponseCode": "0",
                        "output_ResponseDesc": "Successfully Accepted Result",
                        "output_ThirdPartyConversationID": "ATT7K3M9QX2",
                    },
                },
                "text/plain": {"schema": {"type": "string"}, "example": "success"},
            },
        }
    },
}

_BILL = {
    "requestBody": {
        "required": True,
        "content": {
            "application/xml": {
                "schema": {"type": "string"},
                "example": "<COMMAND><TYPE>SYNC_BILLPAY_REQUEST</TYPE><TXNID>61234567890</TXNID>"
                "<MSISDN>255713000123</MSISDN><AMOUNT>25000</AMOUNT>"
                "<COMPANYNAME>ZETUTECH</COMPANYNAME>"
                "<CUSTOMERREFERENCEID>PAY7K3M9QX2</CUSTOMERREFERENCEID>"
                "<SENDERNAME>ASHA M.</SENDERNAME></COMMAND>",
            }
        },
    },
    "responses": {
        200: {
            "description": "Taken (`TS`) or not (`TF`, with the protocol's own code).",
            "content": {
                "application/xml": {
                    "schema": {"type": "string"},
                    "example": "<COMMAND><TYPE>SYNC_BILLPAY_RESPONSE</TYPE>"
                    "<TXNID>61234567890</TXNID><REFID>MKTATT7K3M9QX2</REFID><RESULT>TS</RESULT>"
                    "<ERRORCODE>error000</ERRORCODE><ERRORDESCRIPTION>Success</ERRORDESCRIPTION>"
                    "<MSISDN>255713000123</MSISDN><FLAG>Y</FLAG>"
                    "<CONTENT>ZetuTech, order ORD-7K3M9QX2: TZS 25,000</CONTENT></COMMAND>",
                }
            },
        }
    },
}


@router.post(
    "/{provider}/{secret}",
    throttle=Unpaced(),
    summary="Take a message of a payment provider",
    openapi_extra=_CALLBACK,
)
@refuses(RouteUnknown, BodyTooLarge)
def provider_message(request: HttpRequest, provider: str, secret: str) -> HttpResponse:
    """The address itself carries a secret, as most providers sign nothing, and a message is
    believed only as far as the provider's own enquiry confirms it or its protocol allows. The same
    message again is only counted."""
    _require_secret(provider, secret)
    body = _body(request)
    receive_message(
        provider=provider,
        body=body,
        headers=dict(request.headers),
        remote_address=client_address(request),
    )
    answer = acknowledgement(provider=provider, body=body)
    return HttpResponse(answer.body, content_type=answer.content_type, status=answer.http_status)


@router.post(
    "/{provider}/{secret}/bills",
    throttle=Unpaced(),
    summary="Answer a provider whose customer pays a bill",
    openapi_extra=_BILL,
)
@refuses(RouteUnknown, BodyTooLarge)
def bill(request: HttpRequest, provider: str, secret: str) -> HttpResponse:
    """A buyer pays from the phone's own menu: the provider asks, waits, and moves the money where we
    say so. The same payment again gets the first answer. Mixx by Yas only."""
    _require_secret(provider, secret)
    try:
        answer = answer_bill(
            provider=provider,
            body=_body(request),
            headers=dict(request.headers),
            remote_address=client_address(request),
        )
    except ProviderUnknown as error:
        raise RouteUnknown from error
    return HttpResponse(answer.body, content_type=answer.content_type, status=answer.http_status)


def _require_secret(provider: str, secret: str) -> None:
    """Raises RouteUnknown: whoever guesses learns nothing, and nothing that they sent is read."""
    configured = settings.PAYMENT_PROVIDERS.get(provider)
    if configured is None:
        raise RouteUnknown
    if not constant_time_compare(secret, configured["callback_secret"]):
        count_turned_away(provider)
        raise RouteUnknown


def _body(request: Any) -> bytes:
    """The raw body, as far as we are willing to read. Raises BodyTooLarge."""
    body: bytes = request.read(BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        raise BodyTooLarge
    return body
