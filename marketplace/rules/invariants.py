"""What must hold of the rules."""

from django.utils.translation import gettext_lazy as _

from marketplace.rules.policies import RULES
from marketplace.shared.invariants import Invariant, by_sql

MONEY = ", ".join(f"'{name.value}'" for name, rule in RULES.items() if rule.touches_money)

INVARIANTS = [
    Invariant(
        "rules.were_set",
        _("Every rule that somebody set is as the last event about it says, and no other is set."),
        by_sql(
            "SELECT count(*) FROM rules_rulesetting",
            "SELECT s.name FROM rules_rulesetting s WHERE s.value IS DISTINCT FROM"
            " (SELECT (e.payload->>'value')::bigint FROM shared_loggedevent e"
            " WHERE e.aggregate = 'rule' AND e.aggregate_id = s.name ORDER BY e.id DESC LIMIT 1)",
        ),
    ),
    Invariant(
        "rules.of_money_by_two",
        _("A rule that touches money was set by one person as another had asked."),
        by_sql(
            "SELECT count(*) FROM shared_loggedevent WHERE name = 'rules.set.v1'",
            # What was set before two people were needed says nothing of a request.
            "SELECT e.aggregate_id FROM shared_loggedevent e WHERE e.name = 'rules.set.v1'"  # noqa: S608
            f" AND e.aggregate_id IN ({MONEY}) AND jsonb_exists(e.payload, 'request_id')"
            " AND NOT EXISTS (SELECT FROM rules_rulerequest r"
            " WHERE r.id::text = e.payload ->> 'request_id' AND r.rule_id = e.aggregate_id"
            " AND r.status = 'approved' AND r.decided_by_id::text = e.actor_id"
            " AND r.requested_by_id <> r.decided_by_id AND (e.payload ->> 'value')::bigint"
            " IS NOT DISTINCT FROM CASE WHEN r.to_usual THEN NULL ELSE r.value_after END)",
        ),
    ),
    Invariant(
        "rules.agreed_changes_are_made_once",
        _("What two people agreed about a rule was set, and set once."),
        by_sql(
            "SELECT count(*) FROM rules_rulerequest WHERE status = 'approved'",
            "SELECT r.reference FROM rules_rulerequest r LEFT JOIN shared_loggedevent e"
            " ON e.name = 'rules.set.v1' AND e.aggregate_id = r.rule_id"
            " AND e.payload ->> 'request_id' = r.id::text WHERE r.status = 'approved'"
            " GROUP BY r.reference HAVING count(e.id) <> 1",
        ),
    ),
]
