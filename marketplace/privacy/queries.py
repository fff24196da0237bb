"""Who looks at a lot."""

from datetime import datetime, timedelta

from django.db.models import Count

from marketplace.privacy.events import PersonRevealed, RecordRevealed, SellerRevealed
from marketplace.shared.models import LoggedEvent

REVEALS = tuple(one.name for one in (PersonRevealed, SellerRevealed, RecordRevealed))
HOUR = timedelta(hours=1)


def reveals_of_the_hour(*, now: datetime) -> dict[str, int]:
    """How often each member of staff, by the id of their account, revealed something since an hour ago."""
    rows = LoggedEvent.objects.filter(name__in=REVEALS, occurred_at__gte=now - HOUR)
    return dict(rows.values_list("actor_id").annotate(times=Count("pk")).order_by("-times"))
