"""Choosing a colleague: those whose role has the duty in question."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.pages.decisions import ThingForm
from backoffice.pages.forms import Choice
from marketplace.accounts.models import User

COLLEAGUES_MAX = 200


def colleagues_with(duty: str) -> QuerySet[User]:
    """Who may enter the console and has the duty, by name."""
    may = Q(groups__permissions__codename=duty) | Q(is_superuser=True)
    return User.objects.filter(may, is_staff=True, is_active=True).distinct().order_by("name")


class ColleagueForm(ThingForm):
    """Begins with who has the thing now (`assignee`)."""

    duty: ClassVar[str] = ""
    assignee = Choice(label=_("Colleague"))

    def __init__(self, *args: Any, duty: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = colleagues_with(duty or self.duty_of(self.thing)).values_list("pk", "name")
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            (str(pk), name) for pk, name in names[:COLLEAGUES_MAX]
        ]

    def duty_of(self, thing: Any) -> str:
        return self.duty

    def values_of(self, thing: Any) -> dict[str, Any]:
        return {"assignee": str(thing.assignee_id or "")}
