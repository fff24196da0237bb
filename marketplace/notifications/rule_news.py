"""Who is told that a rule which touches money is to be changed."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from marketplace.accounts.queries import contact_of, people_who_may
from marketplace.notifications import commands
from marketplace.rules.events import RuleChangeRequested
from marketplace.rules.policies import in_words
from marketplace.rules.states import RuleName
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

NOTIFICATIONS = Actor.system("notifications")
DUTY = "set_rules"


def change_requested(event: RuleChangeRequested, meta: EventMeta) -> None:
    """Everybody who may agree, in their own language, but for the person who asks."""
    asking = meta.actor.user_id
    who = contact_of(asking).name if asking else "–"
    address = reverse("admin:rules_rulerequest_change", args=[event.rule_request_id])
    for keeper in people_who_may(DUTY):
        if keeper == asking:
            continue
        with translation.override(contact_of(keeper).language):
            context = {
                "who": who,
                "rule": str(RuleName(event.rule).label),
                "before": in_words(event.rule, event.value_before),
                "after": in_words(event.rule, event.value),
                "reason": event.reason,
                "link": f"{settings.PUBLIC_URL}{address}",
            }
        commands.tell(
            code="rule_change_requested",
            context=context,
            dedupe_key=str(meta.event_id),
            actor=NOTIFICATIONS,
            user_id=keeper,
        )
