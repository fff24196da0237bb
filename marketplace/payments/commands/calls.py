"""Asking a provider, and keeping how it answered."""

from collections.abc import Callable
from datetime import datetime, timedelta

from marketplace.payments.gateways import gateway
from marketplace.payments.models import ProviderStatus
from marketplace.payments.ports import Answer, PaymentProvider, ProviderUnavailable
from marketplace.shared import clock

# When to ask again about something uncertain (PROVIDERS section 1.8), counted by enquiries made.
LADDER = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 900, 3600))


def ask(provider: str, question: Callable[[PaymentProvider], Answer]) -> Answer:
    """Put a question to a provider, outside any transaction. Raises ProviderUnavailable."""
    try:
        answer = question(gateway(provider))
    except ProviderUnavailable as error:
        ProviderStatus.objects.update_or_create(
            provider=provider,
            defaults={"last_failure_at": clock.now(), "last_failure": str(error)[:300]},
        )
        raise
    ProviderStatus.objects.update_or_create(
        provider=provider, defaults={"last_answer_at": clock.now()}
    )
    return answer


def next_enquiry(enquiries: int) -> datetime:
    """When to ask again after `enquiries` were in vain."""
    return clock.now() + LADDER[min(enquiries, len(LADDER) - 1)]
