"""What an event changed, in words: labels of columns and states instead of their stored names."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from backoffice.field_names import NAMES, SAID
from backoffice.masks import MASKS, masked
from backoffice.roles import BY_NAME
from marketplace.disputes.states import EvidenceKind
from marketplace.payments.states import Provider
from marketplace.privacy.states import RevealReason
from marketplace.shared.money import format_minor

STATES = ("status", "state")
# Columns that keep a provider by its code, where the model below payments cannot name it.
PROVIDERS = ("provider", "payout_provider")
# How a dispute names itself where it holds money back.
OF_A_DISPUTE = "dispute "


def change_in_words(model: type[models.Model] | None, key: str, before: Any, after: Any) -> str:
    """`Draft → In moderation` for a state; `price: TZS 900 → TZS 800` for another column."""
    new = value_in_words(model, key, after)
    old = "" if before in (None, "") else value_in_words(model, key, before)
    change = f"{old} → {new}" if old else new
    return change if key in STATES else f"{name_in_words(model, key)}: {change}"


def value_in_words(model: type[models.Model] | None, key: str, value: Any) -> str:
    """A choice or role by its label, an amount with its currency, yes or no; else as it is."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(value_in_words(model, key, one) for one in value) or "–"
    if key == "roles" and value in BY_NAME:
        return str(BY_NAME[value].label)
    if key in PROVIDERS and value in Provider.values:
        return str(Provider(value).label)
    if key == "fields":
        return name_in_words(model, value)
    if key == "kinds" and value in EvidenceKind.values:
        return str(EvidenceKind(value).label)
    if key == "reason" and value in RevealReason.values:
        return str(RevealReason(value).label)
    if key == "reason" and str(value).startswith(OF_A_DISPUTE):
        return _("dispute %(reference)s") % {"reference": value.removeprefix(OF_A_DISPUTE)}
    if key.endswith("provider") and value in Provider.values:
        return str(Provider(value).label)
    if key in MASKS:
        return str(masked(key, value))
    field = _field(model, key)
    label = dict(getattr(field, "flatchoices", ())).get(value) if isinstance(value, str) else None
    if label is not None:
        return str(label)
    if key.endswith("_minor") and isinstance(value, int):
        return format_minor(value)
    return str(value).replace("_", " ") if key in STATES else str(value)


def name_in_words(model: type[models.Model] | None, key: str) -> str:
    """What people call a column, or a field of an event."""
    field = _field(model, key)
    if field is not None:
        return str(field.verbose_name)
    bare = key.removesuffix("_minor").removesuffix("_id")
    for known in (key, bare):
        if name := NAMES.get(known) or SAID.get(known):
            return str(name)
    return bare.replace("_", " ")


def _field(model: type[models.Model] | None, key: str) -> Any:
    if model is None:
        return None
    try:
        found = model._meta.get_field(key)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None
