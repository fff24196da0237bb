"""What reconciliation does when something happened."""

from marketplace.payments.gateways import provider_names
from marketplace.reconciliation.commands import import_statement, look_again
from marketplace.reconciliation.events import StatementUploaded
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

SYSTEM = Actor.system("reconciliation")


def read_statement(event: StatementUploaded, meta: EventMeta) -> None:
    """A file was kept: read and match it."""
    import_statement(statement_id=event.statement_id, actor=SYSTEM)


def look_again_everywhere() -> str:
    """The sweep's form: lines that our books did not know, judged anew, provider by provider."""
    matched = sum(look_again(provider=provider, actor=SYSTEM) for provider in provider_names())
    return f"{matched} lines matched"
