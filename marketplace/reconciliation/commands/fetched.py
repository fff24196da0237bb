"""Statements that nobody brings: providers that list their movements are asked for them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import File

from marketplace.payments.gateways import lister, listing_providers
from marketplace.reconciliation.commands.statements import upload_statement
from marketplace.reconciliation.errors import AlreadyUploaded
from marketplace.reconciliation.models import Statement
from marketplace.reconciliation.policies import SAFETY_MARGIN
from marketplace.reconciliation.states import StatementStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor

# How long a movement may take to be listed.
LAG = timedelta(minutes=5)
FIRST_LOOK = timedelta(days=1)
# Each list reaches back over the edge of the one before, where nobody is said to be missing.
OVERLAP = 2 * SAFETY_MARGIN + timedelta(minutes=30)


def fetch_statements(*, actor: Actor) -> str:
    """The sweep's form: each provider of ours that is set to be asked; what became of it. Repeatable."""
    wanted = [
        name
        for name in listing_providers()
        if settings.PAYMENT_PROVIDERS[name].get("fetches_statements")
    ]
    fetched = [fetch_statement(provider=name, actor=actor) for name in wanted]
    return f"{sum(each is not None for each in fetched)} of {len(wanted)} had news"


def fetch_statement(*, provider: str, actor: Actor) -> Statement | None:
    """Keep what the provider lists since the last time as a statement; None where nothing moved.

    Two at once, or one after a crash, list the same movements again, which are taken once. Raises
    ProviderUnavailable, ProviderUnknown for one that lists nothing, and StatementTooLarge.
    """
    until = (clock.now() - LAG).replace(microsecond=0)
    since = _listed_until(provider)
    since = until - FIRST_LOOK if since is None else min(since, until) - OVERLAP
    listing = lister(provider).listing(since=since, until=until)
    if listing is None:
        return None
    with listing:
        name = f"{provider}-{until.astimezone(clock.EAT):%Y%m%d-%H%M%S}.csv"
        try:
            return upload_statement(
                provider=provider, file=File(listing, name=name), actor=actor, is_fetched=True
            )
        except AlreadyUploaded:
            return None


def _listed_until(provider: str) -> datetime | None:
    """The end of the last list that was read; a refused one is asked for again."""
    rows = Statement.objects.filter(
        provider=provider, is_fetched=True, status=StatementStatus.IMPORTED
    )
    return rows.order_by("-period_end").values_list("period_end", flat=True).first()
