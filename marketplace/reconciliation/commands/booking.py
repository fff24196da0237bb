"""A statement's charges and transfers in the ledger: one entry per statement and kind."""

from django.db.models import Count, Max, Sum

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.reconciliation.events import LinesBooked
from marketplace.reconciliation.models import Statement, StatementLine
from marketplace.reconciliation.states import LineState, TargetKind
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record

_AGAINST = {TargetKind.FEE: chart.PROVIDER_FEES, TargetKind.SWEEP: chart.BANK}


def book_charges_and_transfers(*, statement: Statement, actor: Actor) -> None:
    """Dr provider fees or bank, Cr provider clearing, at the time of the last line booked.

    Called once per statement, in the transaction that imports it; lines that an earlier file
    brought belong to that file's entry.
    """
    for kind, against in _AGAINST.items():
        lines = StatementLine.objects.filter(
            statement=statement, state=LineState.MATCHED, match__target_kind=kind
        )
        sums = lines.aggregate(
            amount_minor=Sum("amount_minor", default=0),
            count=Count("pk"),
            latest=Max("completed_at"),
        )
        if not sums["amount_minor"]:
            continue
        event = record(
            LinesBooked(statement_id=statement.pk, kind=kind),
            actor=actor,
            after={"lines": sums["count"], "amount_minor": sums["amount_minor"]},
        )
        clearing = chart.provider_clearing(statement.provider)
        post(
            event=event,
            memo=f"Statement {statement.reference}: {sums['count']} × {kind}",
            lines=[
                Line(clearing, sums["amount_minor"], statement.reference),
                Line(against, -sums["amount_minor"], statement.reference),
            ],
            posted_at=sums["latest"],
        )
