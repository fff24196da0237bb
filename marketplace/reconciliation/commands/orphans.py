"""Callbacks about payments that nobody knew: a statement tells what became of them."""

from django.db import transaction

from marketplace.payments.commands import explain_orphan
from marketplace.payments.queries import open_orphans
from marketplace.reconciliation.models import Match, StatementLine


@transaction.atomic
def explain_orphans(*, provider: str) -> int:
    """Close the callbacks whose money a statement shows; returns how many. Repeatable.

    A line that stands for something of ours explains its callback; one that does not has an exception
    of its own, where the money is dealt with, so that nobody works on the same money at two desks.
    """
    orphans = open_orphans(provider=provider)
    if not orphans:
        return 0
    named = {spelling for receipt in orphans.values() for spelling in (receipt, receipt.upper())}
    lines = StatementLine.objects.filter(
        provider=provider, receipt__in=named, amount_minor__gt=0
    ).exclude(kind="fee")
    shown = {line.receipt.upper(): line for line in lines.order_by("-pk")}
    explained = 0
    for issue_id, receipt in orphans.items():
        line = shown.get(receipt.upper())
        if line is not None:
            explained += explain_orphan(issue_id=issue_id, reason=_found(line))
    return explained


def _found(line: StatementLine) -> str:
    """Where its money is dealt with."""
    exception = line.exceptions.order_by("-pk").first()
    if exception is not None:
        return f"a statement shows it: {exception.reference}"
    match = Match.objects.get(line=line)
    return f"a statement shows it: {match.target_reference or line.statement.reference}"
