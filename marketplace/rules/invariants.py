"""What must hold of the rules."""

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "rules.were_set",
        "Every rule that somebody set is as the last event about it says, and no other is set.",
        by_sql(
            "SELECT count(*) FROM rules_rulesetting",
            "SELECT s.name FROM rules_rulesetting s WHERE s.value IS DISTINCT FROM"
            " (SELECT (e.payload->>'value')::bigint FROM shared_loggedevent e"
            " WHERE e.aggregate = 'rule' AND e.aggregate_id = s.name ORDER BY e.id DESC LIMIT 1)",
        ),
    ),
]
