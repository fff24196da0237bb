"""What reports do when something happened."""

from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta
from reports.events import ReportFinished, ReportRequested
from reports.runs import make_report
from reports.schedules import tell_recipients


def make(event: ReportRequested, meta: EventMeta) -> None:
    """A report was ordered. Runs outside a transaction, so that its progress can be seen."""
    make_report(run_id=event.run_id, actor=Actor.system("reports"))


def mail(event: ReportFinished, meta: EventMeta) -> None:
    """A report is made: whoever a schedule names hears of it, with a link."""
    tell_recipients(run_id=event.run_id)
