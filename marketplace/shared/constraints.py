"""Constraints that many tables carry, so that they read the same everywhere."""

from typing import Any

from django.db import IntegrityError, models
from django.db.models import F, Q, Value
from django.db.models.functions import Mod
from django.db.models.lookups import Exact

from marketplace.shared.money import DEFAULT_CURRENCY, QUANTUM


def status_known(name: str, choices: type[models.TextChoices], field: str = "status") -> Any:
    """The state is one that the machine knows, whoever writes the row."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def whole_shillings(name: str, field: str) -> Any:
    """Mobile money moves whole shillings: the amount is a multiple of 100 minor units."""
    quantum = QUANTUM[DEFAULT_CURRENCY]
    return models.CheckConstraint(
        condition=Exact(Mod(F(field), Value(quantum)), Value(0)), name=name
    )


def not_negative(name: str, *fields: str) -> Any:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gte": 0})
    return models.CheckConstraint(condition=condition, name=name)


def positive(name: str, *fields: str) -> Any:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gt": 0})
    return models.CheckConstraint(condition=condition, name=name)


def violated(error: IntegrityError) -> str:
    """The name of the constraint that refused; "" where the database does not say.

    The constraint is the referee of a race: the pre-check gives the friendly answer to most, this
    gives the same answer to the one who came second by a millisecond.
    """
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""
