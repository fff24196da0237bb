"""What a buyer takes back is not told any more."""

from uuid import UUID

from marketplace.analytics.models import ForwardedDeed
from marketplace.analytics.states import ForwardStatus

WITHDRAWN = "consent withdrawn"


def withhold_waiting(*, buyer_id: UUID) -> int:
    """Forget what waits to be told of this buyer; returns how many rows. Safe to repeat.

    What stands in an open batch is looked at again before each request.
    """
    waiting = ForwardedDeed.objects.filter(
        buyer_id=buyer_id, status=ForwardStatus.WAITING, batch=None
    )
    return waiting.update(status=ForwardStatus.WITHHELD, properties={}, failure=WITHDRAWN)
