"""What reconciliation does when something happened."""

from marketplace.payments import commands as payments
from marketplace.payments.gateways import provider_names
from marketplace.payouts.events import TopUpApproved
from marketplace.reconciliation.claims import claimed_reversals
from marketplace.reconciliation.commands import (
    bring_back_payouts,
    explain_orphans,
    fetch_statements,
    import_statement,
    look_again,
    settle_by_statements,
    take_dropped,
)
from marketplace.reconciliation.events import StatementImported, StatementUploaded
from marketplace.reconciliation.queries import provider_of
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

SYSTEM = Actor.system("reconciliation")


def read_statement(event: StatementUploaded, meta: EventMeta) -> None:
    """A file was kept: read and match it."""
    import_statement(statement_id=event.statement_id, actor=SYSTEM)


def ask_about_reversals(event: StatementImported, meta: EventMeta) -> None:
    """External: where a line takes a payment back, the provider is asked whether it is true."""
    named = claimed_reversals(statement_id=event.statement_id)
    if named and payments.ask_about_reversals(attempt_ids=named):
        look_again_everywhere()


def return_payouts(event: StatementImported, meta: EventMeta) -> None:
    """External, as each payout comes back in its own transaction: what a statement sends back."""
    if bring_back_payouts():
        look_again_everywhere()


def settle_what_is_shown(event: StatementImported, meta: EventMeta) -> None:
    """External, as above: refunds and payouts of which only the statement tells."""
    if settle_by_statements():
        look_again_everywhere()


def match_top_up(event: TopUpApproved, meta: EventMeta) -> None:
    """Its line may have come before a second person had seen the transfer."""
    look_again(provider=event.provider, actor=SYSTEM)


def explain_callbacks(event: StatementImported, meta: EventMeta) -> None:
    """Callbacks about unknown payments whose money the statement shows."""
    explain_orphans(provider=provider_of(statement_id=event.statement_id))


def look_again_everywhere() -> str:
    """The sweep's form: lines that our books did not know, judged anew, provider by provider."""
    bring_back_payouts()
    settle_by_statements()
    matched = sum(look_again(provider=provider, actor=SYSTEM) for provider in provider_names())
    explained = sum(explain_orphans(provider=provider) for provider in provider_names())
    return f"{matched} lines matched, {explained} callbacks explained"


def take_dropped_statements() -> str:
    """The sweep's form: files that providers left in the watched place."""
    return take_dropped(actor=SYSTEM)


def fetch_statements_of_providers() -> str:
    """The sweep's form: what providers list that are set to be asked."""
    return fetch_statements(actor=SYSTEM)
