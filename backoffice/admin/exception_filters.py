"""How the list of exceptions is narrowed: by wallet, age, person and amount."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Abs
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.pages.display import provider_name
from marketplace.accounts.models import User
from marketplace.payments.gateways import provider_names
from marketplace.reconciliation.models import ReconciliationException
from marketplace.reconciliation.policies import AGE_BANDS
from marketplace.reconciliation.states import ExceptionStatus
from marketplace.reconciliation.waiting import DIFFERENCE, late, of_age
from marketplace.shared import clock

BANDS = {
    "0-2": _("0–2 days"),
    "3-7": _("3–7 days"),
    "8-30": _("8–30 days"),
    "over-30": _("Over 30 days"),
}
LATE = "late"
MINE, NOBODY = "me", "nobody"
# Of the difference, without its sign: from, and up to but without, in minor units.
AMOUNTS: dict[str, tuple[int, int | None]] = {
    "small": (0, 10_000_00),
    "middle": (10_000_00, 100_000_00),
    "large": (100_000_00, 1_000_000_00),
    "huge": (1_000_000_00, None),
}
COLLEAGUES_MAX = 200


class WalletFilter(admin.SimpleListFilter):
    title = _("wallet")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [(name, provider_name(name)) for name in provider_names()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(provider=self.value()) if self.value() else queryset


class AgeFilter(admin.SimpleListFilter):
    title = _("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [*BANDS.items(), (LATE, _("Late"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        if asked == LATE:
            return queryset.filter(late(clock.now()))
        return queryset.filter(of_age(asked, clock.now())) if asked in AGE_BANDS else queryset


class AssigneeFilter(admin.SimpleListFilter):
    title = _("assigned to")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        working = ReconciliationException.objects.filter(
            status=ExceptionStatus.OPEN, assignee__isnull=False
        )
        colleagues = User.objects.filter(pk__in=working.values("assignee")).order_by("name")
        names = colleagues.exclude(pk=str(request.user.pk)).values_list("pk", "name")
        return [
            (MINE, _("Me")),
            (NOBODY, _("Nobody")),
            *((str(pk), name) for pk, name in names[:COLLEAGUES_MAX]),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        known = {str(value) for value, _label in self.lookup_choices}
        if asked not in known:
            return queryset
        if asked == NOBODY:
            return queryset.filter(assignee=None)
        return queryset.filter(assignee=request.user.pk if asked == MINE else asked)


class AmountFilter(admin.SimpleListFilter):
    title = _("difference")
    parameter_name = "amount"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [
            ("small", _("Under TZS 10,000")),
            ("middle", _("TZS 10,000 to 100,000")),
            ("large", _("TZS 100,000 to 1,000,000")),
            ("huge", _("TZS 1,000,000 and more")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        if asked not in AMOUNTS:
            return queryset
        since, until = AMOUNTS[asked]
        within = Q(absolute_minor__gte=since)
        if until is not None:
            within &= Q(absolute_minor__lt=until)
        return queryset.alias(absolute_minor=Abs(DIFFERENCE)).filter(within)
