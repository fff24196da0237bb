"""Steps of buyers are counted, and told to analytics services where the buyer allows it: neither where
the browser asks not to be tracked."""

from django.http import HttpRequest

from api.auth import is_seen_by_staff, visitor_id
from marketplace.analytics.commands import note_deed
from marketplace.analytics.destinations import destinations
from marketplace.analytics.footfall import count_step
from marketplace.analytics.states import DeedName, Step


def count(request: HttpRequest, step: Step) -> None:
    """A number of the day; who asks with `Sec-GPC` or `DNT` is not even that, nor is staff who look at
    somebody's account."""
    if not _asks_not_to_be_tracked(request) and not is_seen_by_staff(request):
        count_step(step)


def tell(request: HttpRequest, name: DeedName, **properties: str | int | bool) -> None:
    """Of a visitor who signed in; about anybody else, services learn nothing."""
    if not destinations() or _asks_not_to_be_tracked(request):
        return
    buyer_id = visitor_id(request)
    if buyer_id:
        note_deed(buyer_id=buyer_id, name=name, properties=properties)


def _asks_not_to_be_tracked(request: HttpRequest) -> bool:
    return "1" in (request.META.get("HTTP_SEC_GPC"), request.META.get("HTTP_DNT"))
