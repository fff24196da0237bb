"""Where payment providers tell us what happened. Stored as it came; workers decide what to believe."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from ninja import Router
from pydantic import Field

from api.errors import BodyTooLarge, RouteUnknown
from api.refusals import refuses
from api.schemas.base import Out
from api.throttling import Unpaced, client_address
from marketplace.payments.commands import acknowledgement, receive_message

router = Router(auth=None)

MPESA = "mpesa"
# A result of M-Pesa has some hundred bytes.
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
    }
}


class MpesaAck(Out):
    """What M-Pesa wants to read, whatever we think of its message."""

    output_OriginalConversationID: str = Field(examples=["3c9f2a7de1b84d0f"])
    output_ResponseCode: str = Field(examples=["0"])
    output_ResponseDesc: str = Field(examples=["Successfully Accepted Result"])
    output_ThirdPartyConversationID: str = Field(examples=["ATT7K3M9QX2"])


@router.post(
    "/mpesa/{secret}",
    throttle=Unpaced(),
    response=MpesaAck,
    summary="Take a message of M-Pesa",
    openapi_extra=_CALLBACK,
)
@refuses(RouteUnknown, BodyTooLarge)
def mpesa(request: HttpRequest, secret: str) -> dict[str, str]:
    """M-Pesa signs nothing, so the address itself carries the secret, and nothing is believed
    before M-Pesa's own enquiry confirms it. The same message again is only counted."""
    if not constant_time_compare(secret, settings.MPESA_CALLBACK_SECRET):
        raise RouteUnknown
    body = _body(request)
    receive_message(
        provider=MPESA,
        body=body,
        headers=dict(request.headers),
        remote_address=client_address(request),
    )
    return acknowledgement(provider=MPESA, body=body)


def _body(request: Any) -> bytes:
    """The raw body, as far as we are willing to read. Raises BodyTooLarge."""
    body: bytes = request.read(BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        raise BodyTooLarge
    return body
