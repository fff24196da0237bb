"""How long cases may wait in each queue."""

from uuid import UUID

from django.db import transaction

from marketplace.casework.errors import QueueTimeInvalid
from marketplace.casework.events import QueueTimeSet
from marketplace.casework.models import QueueTime
from marketplace.casework.policies import DEFAULT_HOURS
from marketplace.casework.states import HOURS_MAX, QueueName
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record


@transaction.atomic
def set_queue_time(*, queue: QueueName, hours: int, reason: str, actor: Actor) -> QueueTime:
    """Also of what waits already. Raises QueueTimeInvalid."""
    if not 1 <= hours <= HOURS_MAX:
        raise QueueTimeInvalid(limit=HOURS_MAX)
    one_at_a_time(f"queue-time:{queue}")
    known = QueueTime.objects.filter(pk=queue).first()
    before = known.hours if known else DEFAULT_HOURS[queue]
    row, _is_new = QueueTime.objects.update_or_create(
        queue=queue,
        defaults={"hours": hours, "set_by_id": UUID(actor.id), "set_at": clock.now()},
    )
    record(
        QueueTimeSet(queue_id=queue, hours=hours, reason=reason),
        actor=actor,
        before={"hours": before},
        after={"hours": hours},
    )
    return row
