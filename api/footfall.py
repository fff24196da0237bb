"""Steps of buyers are counted, unless their browser asks not to be."""

from django.http import HttpRequest

from marketplace.analytics.footfall import count_step
from marketplace.analytics.states import Step


def count(request: HttpRequest, step: Step) -> None:
    """A number of the day; who asks with `Sec-GPC` or `DNT` is not even that."""
    if "1" not in (request.META.get("HTTP_SEC_GPC"), request.META.get("HTTP_DNT")):
        count_step(step)
