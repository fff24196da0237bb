"""Asking a provider, and keeping how it answered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import F

from marketplace.payments.gateways import gateway
from marketplace.payments.health import count_call, count_unavailable
from marketplace.payments.models import ProviderStatus
from marketplace.payments.ports import Answer, Outcome, PaymentProvider, ProviderUnavailable
from marketplace.shared import clock

# When to ask again about something uncertain (PROVIDERS section 1.8), counted by enquiries made.
LADDER = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 900, 3600))


def ask(provider: str, question: Callable[[PaymentProvider], Answer]) -> Answer:
    """Put a question to a provider, outside any transaction. Raises ProviderUnavailable."""
    began = monotonic()
    try:
        answer = question(gateway(provider))
    except ProviderUnavailable as error:
        facts = {"last_failure_at": clock.now(), "last_failure": str(error)[:300]}
        _keep(provider, **facts, failures_in_row=F("failures_in_row") + 1)
        count_unavailable(provider)
        raise
    _keep(provider, last_answer_at=clock.now(), failures_in_row=0)
    count_call(provider, began=began, is_uncertain=answer.outcome == Outcome.UNKNOWN)
    return answer


def next_enquiry(enquiries: int) -> datetime:
    """When to ask again after `enquiries` were in vain."""
    return clock.now() + LADDER[min(enquiries, len(LADDER) - 1)]


def _keep(provider: str, **facts: object) -> None:
    rows = ProviderStatus.objects.filter(provider=provider)
    if not rows.update(**facts):
        ProviderStatus.objects.bulk_create(
            [ProviderStatus(provider=provider)], ignore_conflicts=True
        )
        rows.update(**facts)
