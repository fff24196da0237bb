"""Filters of a queue kept under a name."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import QueryDict

from marketplace.casework.errors import ViewInvalid, ViewNameTaken, ViewNotFound
from marketplace.casework.events import ViewDeleted, ViewSaved
from marketplace.casework.models import SavedView
from marketplace.casework.policies import VIEW_NAME_MAX, VIEW_QUERY_MAX
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


def save_view(*, queue: str, name: str, query: str, is_shared: bool, actor: Actor) -> SavedView:
    """Keep the filters (`status=open&p=2`, without its page). Raises ViewInvalid and ViewNameTaken."""
    name, kept = name.strip(), QueryDict(query.lstrip("?"), mutable=True)
    kept.pop("p", None)
    wanted = kept.urlencode()
    if not name or len(name) > VIEW_NAME_MAX or not wanted or len(wanted) > VIEW_QUERY_MAX:
        raise ViewInvalid(limit=VIEW_NAME_MAX)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                queue=queue, owner_id=UUID(actor.id), name=name, query=wanted, is_shared=is_shared
            )
            record(ViewSaved(view_id=view.pk, queue=queue, is_shared=is_shared), actor=actor)
    except IntegrityError:
        raise ViewNameTaken from None
    return view


@transaction.atomic
def delete_view(*, view_id: UUID, actor: Actor) -> None:
    """Only its owner may. Raises ViewNotFound."""
    view = SavedView.objects.filter(pk=view_id, owner_id=actor.user_id).first()
    if view is None:
        raise ViewNotFound
    record(ViewDeleted(view_id=view.pk), actor=actor, before={"name": view.name})
    view.delete()
