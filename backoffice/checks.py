"""What Django's `check` says about our settings, each with a code and a hint."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from backoffice.unsafe import LOOPBACK


def queue_times(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A task that may be sent again while it still runs would run twice at once."""
    clusters = {settings.Q_CLUSTER["name"]: settings.Q_CLUSTER} | settings.Q_CLUSTER["ALT_CLUSTERS"]
    return [
        Error(
            f"Queue '{name}' sends a task again after {cluster['retry']} s, but lets it run {cluster['timeout']} s.",
            hint="Q_CLUSTER: retry must exceed timeout.",
            id="backoffice.E001",
        )
        for name, cluster in clusters.items()
        if cluster["retry"] <= cluster["timeout"]
    ]


def simulators_in_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Money that a simulator confirms is no money."""
    if settings.ENVIRONMENT != "production":
        return []
    return [
        Error(
            f"Payment provider '{provider}' is reached at {address}, which is a simulator's address.",
            hint="Set the provider's own https:// address.",
            id="backoffice.E002",
        )
        for provider, configured in settings.PAYMENT_PROVIDERS.items()
        for address in _addresses(configured["options"])
        if urlsplit(address).scheme != "https" or urlsplit(address).hostname in LOOPBACK
    ]


def _addresses(options: Mapping[str, Any]) -> Iterator[str]:
    """Every address among an adapter's options that is set."""
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield from _addresses(value)
        elif name.endswith("url") and value:
            yield str(value)


def shared_database_role(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Row-level security does not bind the owner of a table."""
    default, owner = settings.DATABASES["default"], settings.DATABASES["owner"]
    if settings.ENVIRONMENT == "test" or default["USER"] != owner["USER"]:
        return []
    return [
        Caution(
            "The application connects as the role that owns the tables: row-level security does not bite.",
            hint="Make the roles with backoffice/embedded/roles.sql and set DATABASE_OWNER_URL.",
            id="backoffice.W001",
        )
    ]
