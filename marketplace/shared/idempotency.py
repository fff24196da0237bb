"""Idempotency keys: the same key and body give the stored answer; nothing runs twice.

The answer is stored in the transaction of the effect itself, so that the two cannot come apart; a
refused or failed request stores nothing and may be sent again.
Shape: docs.stripe.com/api/idempotent_requests.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Invalid
from marketplace.shared.locks import try_alone
from marketplace.shared.models import IdempotentRequest


class RequestInProgress(Conflict):
    code = "request_in_progress"
    message = _("The same request is being worked on. Ask again in a moment.")


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used with a different request. Use a new key.")
    field = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    status: int
    body: str


def begin(*, scope: str, key: str, request_hash: str) -> StoredAnswer | None:
    """The stored answer if there is one; otherwise the caller alone may go on, in this transaction.

    `scope` names the user and the route, so that keys of two users never meet. Raises
    RequestInProgress while a twin runs and IdempotencyKeyReused for another body.
    """
    if not try_alone(f"idempotency:{scope}:{key}"):
        raise RequestInProgress
    stored = IdempotentRequest.objects.filter(scope=scope, key=key).first()
    if stored is None:
        return None
    if stored.request_hash != request_hash:
        raise IdempotencyKeyReused
    return StoredAnswer(stored.response_status, stored.response_body)


def finish(*, scope: str, key: str, request_hash: str, status: int, body: str) -> None:
    """Keep the answer, in the same transaction as the effect."""
    IdempotentRequest.objects.create(
        scope=scope, key=key, request_hash=request_hash, response_status=status, response_body=body
    )


def forget_before(*, instant: datetime) -> int:
    """Drop answers older than `instant`; how many. Safe to run twice."""
    deleted, _by_model = IdempotentRequest.objects.filter(created_at__lt=instant).delete()
    return deleted
