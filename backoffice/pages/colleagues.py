"""Choosing a colleague: those whose role has the duty in question."""

from typing import Any, ClassVar

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.pages.decisions import ThingForm
from backoffice.pages.forms import Choice
from marketplace.accounts.models import User

COLLEAGUES_MAX = 200
FRESH_S, KEY = 30, "console:colleagues:"


def colleagues_with(duty: str) -> QuerySet[User]:
    """Who may enter the console and has the duty, by name."""
    may = Q(groups__permissions__codename=duty) | Q(is_superuser=True)
    return User.objects.filter(may, is_staff=True, is_active=True).distinct().order_by("name")


def offered_with(duty: str, *, is_answer: bool) -> list[tuple[str, str]]:
    """(id, name) to choose from, at most `FRESH_S` old; what was chosen is compared with the truth."""
    key = f"{KEY}{duty}"
    known: list[tuple[str, str]] | None = None if is_answer else cache.get(key)
    if known is None:
        names = colleagues_with(duty).values_list("pk", "name")[:COLLEAGUES_MAX]
        known = [(str(pk), name) for pk, name in names]
        cache.set(key, known, FRESH_S)
    return known


class ColleagueForm(ThingForm):
    """Begins with who has the thing now (`assignee`)."""

    duty: ClassVar[str] = ""
    assignee = Choice(label=_("Colleague"))

    def __init__(self, *args: Any, duty: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].choices = offered_with(  # type: ignore[attr-defined]
            duty or self.duty_of(self.thing), is_answer=self.is_bound
        )

    def duty_of(self, thing: Any) -> str:
        return self.duty

    def values_of(self, thing: Any) -> dict[str, Any]:
        return {"assignee": str(thing.assignee_id or "")}
