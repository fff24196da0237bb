"""Read the log by time, whatever else is asked of it: built and dropped beside the traffic.

The indexes by name and by actor went on by id; those that take their place go on by time.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Index, Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shared", "0002_events_are_immutable")]

    operations = [
        AddIndexConcurrently(
            "loggedevent", Index(fields=["occurred_at", "id"], name="event_by_time")
        ),
        AddIndexConcurrently(
            "loggedevent",
            Index(fields=["name", "occurred_at", "id"], name="event_by_name_and_time"),
        ),
        AddIndexConcurrently(
            "loggedevent",
            Index(fields=["actor_id", "occurred_at", "id"], name="event_by_actor_and_time"),
        ),
        AddIndexConcurrently(
            "loggedevent",
            Index(fields=["request_id"], condition=~Q(request_id=""), name="event_by_request"),
        ),
        RemoveIndexConcurrently("loggedevent", "event_by_name"),
        RemoveIndexConcurrently("loggedevent", "event_by_actor"),
    ]
