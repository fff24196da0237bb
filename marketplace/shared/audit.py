"""The event log for reports: who did what to which thing, before and after."""

from datetime import datetime

from marketplace.shared.rows import Selection


def event_rows(
    *, since: datetime, until: datetime, actor: str = "", aggregate: str = "", about: str = ""
) -> Selection:
    """Events in [since, until), oldest first.

    `actor` is an id or how a name begins, `aggregate` the kind of thing, `about` its id. When,
    event, aggregate, id, kind of actor, name, id of the actor, request, before, after.
    """
    return Selection(
        """
        SELECT occurred_at, name, aggregate, aggregate_id, actor_kind, actor_label, actor_id,
            request_id, before::text, after::text
        FROM shared_loggedevent
        WHERE occurred_at >= %(since)s AND occurred_at < %(until)s
            AND (%(actor)s = '' OR actor_id = %(actor)s
                OR starts_with(lower(actor_label), lower(%(actor)s)))
            AND %(aggregate)s IN ('', aggregate) AND %(about)s IN ('', aggregate_id)
        ORDER BY occurred_at, id""",
        {
            "since": since, "until": until,
            "actor": actor, "aggregate": aggregate, "about": about,
        },
    )  # fmt: skip
