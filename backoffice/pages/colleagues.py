"""Choosing a colleague: those whose role has the duty in question."""

from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.pages.decisions import ThingForm
from backoffice.pages.forms import Choice
from marketplace.accounts.models import User

COLLEAGUES_MAX = 200


class ColleagueForm(ThingForm):
    """Begins with who has the thing now (`assignee`)."""

    duty: ClassVar[str]
    assignee = Choice(label=_("Colleague"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = Q(groups__permissions__codename=self.duty) | Q(is_superuser=True)
        colleagues = User.objects.filter(may, is_staff=True, is_active=True).distinct()
        names = colleagues.order_by("name").values_list("pk", "name")[:COLLEAGUES_MAX]
        self.fields["assignee"].choices = [(str(pk), name) for pk, name in names]  # type: ignore[attr-defined]

    def values_of(self, thing: Any) -> dict[str, Any]:
        return {"assignee": str(thing.assignee_id or "")}
