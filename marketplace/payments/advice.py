"""What a buyer may do whose payment failed: another provider, where this one or its wallet is in the way."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.payments.gateways import gateway
from marketplace.payments.models import Attempt, Intent
from marketplace.payments.offers import Offer, offers
from marketplace.payments.ports import UNAVAILABLE, Hindrance
from marketplace.payments.states import AttemptStatus, IntentStatus


@dataclass(frozen=True, slots=True)
class Advice:
    """`others` can take the payment now; `sentence` says all of it, for people."""

    hindrance: Hindrance
    others: list[Offer]
    sentence: str


def advice_about(intent: Intent) -> Advice | None:
    """On the latest attempt of a payment; `intent.attempts` may have been fetched before."""
    latest = max(intent.attempts.all(), key=lambda attempt: attempt.pk, default=None)
    return advice_on(latest) if latest else None


def advice_on(attempt: Attempt) -> Advice | None:
    """For a failed attempt of a payment that is still open; None where another way would not help."""
    if attempt.status != AttemptStatus.FAILED or attempt.intent.status != IntentStatus.OPEN:
        return None
    hindrance = _hindrance(attempt)
    if not hindrance:
        return None
    others = [
        offer
        for offer in offers(msisdn=attempt.msisdn, amount_minor=attempt.amount_minor)
        if offer.is_available and offer.provider != attempt.provider
    ]
    return Advice(hindrance, others, _sentence(attempt, hindrance, others))


def _hindrance(attempt: Attempt) -> Hindrance:
    if attempt.provider_code == UNAVAILABLE:
        return Hindrance.UNREACHABLE
    return gateway(attempt.provider).hindrance(
        code=attempt.provider_code, message=attempt.provider_message
    )


def _sentence(attempt: Attempt, hindrance: Hindrance, others: list[Offer]) -> str:
    said = {
        Hindrance.NOT_REGISTERED: _("%(number)s has no wallet at %(provider)s."),
        Hindrance.NO_MONEY: _("The %(provider)s wallet of %(number)s has too little money."),
        Hindrance.LIMIT: _("The %(provider)s wallet of %(number)s has reached a limit."),
        Hindrance.UNREACHABLE: _("%(provider)s could not be reached; nothing was charged."),
    }[hindrance] % {"number": attempt.msisdn, "provider": attempt.get_provider_display()}
    if not others:
        return said
    names = ", ".join(offer.label for offer in others)
    also = _("You can also pay with %(others)s.") % {"others": names}
    return f"{said} {also}"
