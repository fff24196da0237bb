"""SMS through Twilio's Messages resource (PROVIDERS 6.2)."""

import httpx
from django.conf import settings

from marketplace.notifications.ports import Outgoing, SendFailed

TIMEOUT = httpx.Timeout(20, connect=5)
PERMANENT_STATUSES = {400, 422}
"""This message was refused. 401, 403 and 404 are our account, which somebody will correct."""
VALIDITY_S = 14_400
"""An SMS that could not be delivered for four hours is no news any more."""


class TwilioSender:
    def send(self, message: Outgoing) -> str:
        account = settings.TWILIO_ACCOUNT_SID
        base = settings.TWILIO_API_URL.rstrip("/")
        try:
            answer = httpx.post(
                f"{base}/2010-04-01/Accounts/{account}/Messages.json",
                auth=(account, settings.TWILIO_AUTH_TOKEN),
                data={
                    "To": message.to,
                    "From": settings.TWILIO_FROM,
                    "Body": message.body,
                    "ValidityPeriod": str(VALIDITY_S),
                },
                # Twilio documents no such key for this resource; a proxy of ours may use it.
                headers={"Idempotency-Key": message.idempotency_key},
                timeout=TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise SendFailed(f"{type(error).__name__}: {error}", permanent=False) from error
        if answer.is_success:
            return str(_object(answer).get("sid", ""))
        body = _object(answer)
        said = f"HTTP {answer.status_code} {body.get('code', '')} {body.get('message', '')}"
        raise SendFailed(said.strip(), permanent=answer.status_code in PERMANENT_STATUSES)


def _object(answer: httpx.Response) -> dict[str, object]:
    """The JSON object of an answer, or nothing where it is something else."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
