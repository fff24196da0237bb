"""What reports do when something happened."""

from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta
from reports.events import ReportRequested
from reports.runs import make_report


def make(event: ReportRequested, meta: EventMeta) -> None:
    """A report was ordered. Runs outside a transaction, so that its progress can be seen."""
    make_report(run_id=event.run_id, actor=Actor.system("reports"))
