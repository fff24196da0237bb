"""The services that are told what buyers do: those that `settings.FORWARDING` names."""

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.analytics.ports import Destination


def destinations() -> list[str]:
    """Names, in the order of the settings; none where nothing is forwarded."""
    return list(settings.FORWARDING["destinations"])


def destination(name: str) -> Destination:
    configured = settings.FORWARDING["destinations"][name]
    service: Destination = import_string(configured["adapter"])(**configured["options"])
    return service


def pseudonym_key() -> str:
    return str(settings.FORWARDING["pseudonym_key"])
