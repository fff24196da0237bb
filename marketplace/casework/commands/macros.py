"""Prepared answers: written once, in both languages, and counted when they are sent."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from marketplace.casework.errors import MacroNameMissing, MacroNameTaken, MacroNotFound
from marketplace.casework.events import MacroSaved, MacroUsed
from marketplace.casework.macros import NAME_MAX, checked
from marketplace.casework.models import Macro
from marketplace.casework.states import MacroKind
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


@transaction.atomic
def save_macro(
    *,
    name: str,
    kind: str = MacroKind.DISPUTES,
    reason: str,
    english: str,
    swahili: str,
    is_active: bool,
    actor: Actor,
    macro_id: UUID | None = None,
) -> Macro:
    """Write a prepared answer, or another text for one. What was sent by it stays as it was.

    Raises MacroNotFound, MacroNameMissing, MacroNameTaken and the refusals of `macros.checked`.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_MAX:
        raise MacroNameMissing(limit=NAME_MAX)
    wanted = {
        "name": name,
        "kind": kind,
        "reason": reason,
        "english": checked(english, kind, reason, field="english"),
        "swahili": checked(swahili, kind, reason, field="swahili"),
        "is_active": is_active,
    }
    macro = Macro() if macro_id is None else _locked(macro_id)
    before = None if macro_id is None else {key: getattr(macro, key) for key in wanted}
    if before == wanted:
        return macro
    for key, value in wanted.items():
        setattr(macro, key, value)
    try:
        with transaction.atomic():
            if macro_id is None:
                macro.save(force_insert=True)
            else:
                macro.save(update_fields=list(wanted))
    except IntegrityError as error:
        raise MacroNameTaken from error
    record(MacroSaved(macro_id=macro.pk), actor=actor, before=before, after=wanted)
    return macro


@transaction.atomic
def use_macro(*, macro_id: UUID, actor: Actor) -> None:
    """A message was sent that began with it: the most used stand first. Raises MacroNotFound."""
    if not Macro.objects.filter(pk=macro_id).update(times_used=F("times_used") + 1):
        raise MacroNotFound
    record(MacroUsed(macro_id=macro_id), actor=actor)


def _locked(macro_id: UUID) -> Macro:
    macro = Macro.objects.select_for_update().filter(pk=macro_id).first()
    if macro is None:
        raise MacroNotFound
    return macro
