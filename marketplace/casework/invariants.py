"""What must hold of casework."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "casework.macros_were_used",
        _("A prepared answer was used as often as the event log says."),
        by_sql(
            "SELECT count(*) FROM casework_macro",
            "SELECT m.name FROM casework_macro m WHERE m.times_used <>"
            " (SELECT count(*) FROM shared_loggedevent e WHERE e.aggregate = 'macro'"
            " AND e.aggregate_id = m.id::text AND e.name = 'casework.macro_used.v1')",
        ),
    ),
    Invariant(
        "casework.cases_are_with_staff",
        _("Whoever has a case was a member of staff when it was given to them: an event says so."),
        by_sql(
            "SELECT count(*) FROM casework_work WHERE assignee_id IS NOT NULL",
            "SELECT w.kind || ':' || w.case_id FROM casework_work w"
            " WHERE w.assignee_id IS NOT NULL AND NOT EXISTS (SELECT FROM shared_loggedevent e"
            " WHERE e.aggregate = 'case' AND e.aggregate_id = w.kind || ':' || w.case_id"
            " AND (e.name = 'casework.claimed.v1' AND e.actor_id = w.assignee_id::text"
            " OR e.name = 'casework.assigned.v1'"
            " AND e.payload->>'assignee_id' = w.assignee_id::text))",
        ),
    ),
    Invariant(
        "casework.bulk_decisions_add_up",
        _(
            "A bulk decision that is over since a week at most has no row that waits, and adds up its rows."
        ),
        by_sql(
            "SELECT count(*) FROM casework_bulkrun WHERE finished_at > now() - interval '7 days'",
            "SELECT b.reference FROM casework_bulkrun b JOIN casework_bulkrow r ON r.run_id = b.id"
            " WHERE b.finished_at > now() - interval '7 days' GROUP BY b.id"
            " HAVING bool_or(r.outcome = 'waiting') OR count(*) <> b.total"
            " OR count(*) FILTER (WHERE r.outcome = 'done') <> b.done"
            " OR count(*) FILTER (WHERE r.outcome = 'refused') <> b.refused"
            " OR count(*) FILTER (WHERE r.outcome = 'failed') <> b.failed",
        ),
    ),
    Invariant(
        "casework.times_were_set",
        _("Every time of a queue is the one that the last event about it says."),
        by_sql(
            "SELECT count(*) FROM casework_queuetime",
            "SELECT t.queue FROM casework_queuetime t WHERE t.hours IS DISTINCT FROM"
            " (SELECT (e.payload->>'hours')::int FROM shared_loggedevent e"
            " WHERE e.aggregate = 'queue' AND e.aggregate_id = t.queue ORDER BY e.id DESC LIMIT 1)",
        ),
    ),
]
