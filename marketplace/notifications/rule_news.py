"""Who is told that rules about money, payout terms or reserves are to change, and what was decided.

Whoever may agree hears what is asked for, and whoever asked what came of it: each in their own language.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from marketplace.accounts.queries import contact_of, people_who_may
from marketplace.notifications import commands
from marketplace.payouts.events import TermsApproved, TermsRejected, TermsRequested
from marketplace.payouts.queries import terms_request
from marketplace.payouts.words import changes
from marketplace.rules.events import RuleChangeApproved, RuleChangeRejected, RuleChangeRequested
from marketplace.rules.policies import in_words
from marketplace.rules.queries import rule_request
from marketplace.rules.states import RuleName
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta
from marketplace.shared.four_eyes import TwoPersonRequest

NOTIFICATIONS = Actor.system("notifications")
OF_RULES, OF_PAYOUTS = "set_rules", "approve_payouts"
RULE_PAGE, TERMS_PAGE = "admin:rules_rulerequest_change", "admin:payouts_termsrequest_change"


def change_requested(event: RuleChangeRequested, meta: EventMeta) -> None:
    _ask(
        OF_RULES,
        "rule_change_requested",
        meta,
        lambda: {
            "rule": str(RuleName(event.rule).label),
            "before": in_words(event.rule, event.value_before),
            "after": in_words(event.rule, event.value),
            "reason": event.reason,
            "link": _address(RULE_PAGE, event.rule_request_id),
        },
    )


def change_decided(event: RuleChangeApproved | RuleChangeRejected, meta: EventMeta) -> None:
    request = rule_request(event.rule_request_id)
    _answer(request, lambda: str(request.rule), RULE_PAGE, meta)


def terms_requested(event: TermsRequested, meta: EventMeta) -> None:
    request = terms_request(event.terms_request_id)
    _ask(
        OF_PAYOUTS,
        "terms_change_requested",
        meta,
        lambda: {
            "whose": str(request.about),
            "changes": "\n".join(
                f"{label}: {before} → {after}"
                for label, before, after in changes(request.before, request.after)
            ),
            "reason": event.reason,
            "link": _address(TERMS_PAGE, request.pk),
        },
    )


def terms_decided(event: TermsApproved | TermsRejected, meta: EventMeta) -> None:
    request = terms_request(event.terms_request_id)
    _answer(request, lambda: str(request.about), TERMS_PAGE, meta)


def _ask(duty: str, code: str, meta: EventMeta, told: Callable[[], dict[str, Any]]) -> None:
    """Everybody who may agree, but for the person who asks."""
    asking = meta.actor.user_id
    who = contact_of(asking).name if asking else "–"
    for keeper in people_who_may(duty):
        if keeper != asking:
            _tell(keeper, code, meta, lambda: {"who": who, **told()})


def _answer(
    request: TwoPersonRequest, about: Callable[[], str], page: str, meta: EventMeta
) -> None:
    deciding = meta.actor.user_id
    _tell(
        request.requested_by_id,
        "request_decided",
        meta,
        lambda: {
            "who": contact_of(deciding).name if deciding else "–",
            "request": str(request),
            "about": about(),
            "decision": request.get_status_display(),
            "reason": request.decision_reason or request.reason,
            "link": _address(page, request.pk),
        },
    )


def _tell(user_id: UUID, code: str, meta: EventMeta, told: Callable[[], dict[str, Any]]) -> None:
    with translation.override(contact_of(user_id).language):
        context = told()
    commands.tell(
        code=code,
        context=context,
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=user_id,
    )


def _address(page: str, request_id: UUID) -> str:
    return f"{settings.PUBLIC_URL}{reverse(page, args=[request_id])}"
