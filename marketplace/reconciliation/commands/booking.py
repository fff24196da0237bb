"""A statement's charges and transfers in the ledger: one entry per statement, kind and month."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncMonth

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, in_open_month, post
from marketplace.reconciliation.events import LinesBooked
from marketplace.reconciliation.models import Statement, StatementLine
from marketplace.reconciliation.states import LineState, TargetKind
from marketplace.shared.actors import Actor
from marketplace.shared.clock import EAT
from marketplace.shared.outbox import record

_AGAINST = {TargetKind.FEE: chart.PROVIDER_FEES, TargetKind.SWEEP: chart.BANK}


def book_charges_and_transfers(*, statement: Statement, actor: Actor) -> None:
    """Dr provider fees or bank, Cr provider clearing, at the time of the month's last line booked.

    What belongs to a closed month is booked now; its memo and its event name the month. Called once
    per statement, in the transaction that imports it; lines that an earlier file brought belong to
    that file's entry.
    """
    for kind, against in _AGAINST.items():
        lines = StatementLine.objects.filter(
            statement=statement, state=LineState.MATCHED, match__target_kind=kind
        )
        months = lines.annotate(month=TruncMonth("completed_at", tzinfo=EAT)).order_by("month")
        sums = months.values("month").annotate(
            total_minor=Sum("amount_minor"), count=Count("pk"), latest=Max("completed_at")
        )
        for of_month in sums:
            if of_month["total_minor"]:
                _book(statement, kind, against, of_month, actor)


def _book(
    statement: Statement, kind: str, against: str, of_month: Mapping[str, Any], actor: Actor
) -> None:
    amount_minor, count, latest = (of_month[name] for name in ("total_minor", "count", "latest"))
    month = f"{of_month['month']:%Y-%m}"
    event = record(
        LinesBooked(statement_id=statement.pk, kind=kind),
        actor=actor,
        after={"lines": count, "amount_minor": amount_minor, "month": month},
    )
    post(
        event=event,
        memo=f"Statement {statement.reference}, {month}: {count} × {kind}",
        lines=[
            Line(chart.provider_clearing(statement.provider), amount_minor, statement.reference),
            Line(against, -amount_minor, statement.reference),
        ],
        posted_at=in_open_month(latest),
    )
