"""Lists that are taken away as files. What leaves the house leaves a trace, whatever is in it."""

from django.db import transaction

from marketplace.accounts.queries import get_user
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from reports.errors import ExportForbidden
from reports.events import ListExported

EXPORT_PERMISSION = "backoffice.export_lists"


@transaction.atomic
def record_export(*, of: str, form: str, query: str, actor: Actor) -> None:
    """Write down that a list (`orders.order`), as `query` filters it, is handed out as a file.

    Called before the first row leaves. Raises ExportForbidden for who may not take lists away.
    """
    person = get_user(user_id=actor.user_id) if actor.user_id else None
    if person is None or not person.has_perm(EXPORT_PERMISSION):
        raise ExportForbidden
    record(ListExported(list_id=of, format=form, query=query), actor=actor)
