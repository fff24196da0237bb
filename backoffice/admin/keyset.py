"""Lists of millions, newest first, paged by key: the ten-thousandth page costs what the first costs.

`?before=<key>` shows what is older than a row, `?after=<key>` what is newer. Under another order, or
where a page is asked for by number, the list pages as any other.
"""

from typing import Any, ClassVar

from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.admin.base import CalmChangeList, CappedPaginator, Console

BEFORE, AFTER = "before", "after"


class KeysetPaginator(CappedPaginator):
    """Nobody pages by its numbers: the count is only said."""

    template_name = "console/keyset.html"
    counted_max = 1_000


class KeysetChangeList(CalmChangeList):
    """Knows the keys from which the list goes on."""

    older = newer = newest = ""
    is_cut = False
    is_counted = True

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        return {key: value for key, value in found.items() if key not in (BEFORE, AFTER)}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Another filter begins at the newest again."""
        return str(super().get_query_string(new_params, [*(remove or ()), BEFORE, AFTER]))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not isinstance(self.paginator, KeysetPaginator):
            return
        before, after = self._key(BEFORE), self._key(AFTER)
        rows = self._page(before, after)
        has_more = len(rows) > self.list_per_page
        rows = rows[: self.list_per_page]
        if after is not None:
            rows.reverse()
        self.result_list: list[Any] = rows
        self.is_cut = self.result_count >= KeysetPaginator.counted_max
        if not rows:
            self.newest = self._link() if before is not None or after is not None else ""
            return
        if after is not None or has_more:
            self.older = self._link(**{BEFORE: rows[-1].pk})
        if before is not None or (after is not None and has_more):
            self.newer = self._link(**{AFTER: rows[0].pk})
            self.newest = self._link()

    def _page(self, before: Any, after: Any) -> list[Any]:
        """One row more than is shown: whether there is another page."""
        rows: QuerySet[Any] = self.queryset
        if after is not None:
            rows = rows.filter(pk__gt=after).order_by("pk")
        elif before is not None:
            rows = rows.filter(pk__lt=before)
        return list(rows[: self.list_per_page + 1])

    def _key(self, name: str) -> Any:
        """The key that the address names; None where it names none that could be one."""
        try:
            return self.opts.pk.to_python(self.params[name]) if name in self.params else None
        except ValidationError:
            return None

    def _link(self, **key: Any) -> str:
        return str(super().get_query_string(key, [BEFORE, AFTER, PAGE_VAR]))


class Keyset(Console):
    """A list of a big table; its order is the newest first."""

    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    paginator = KeysetPaginator

    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
    ) -> CappedPaginator:
        is_numbered = ORDER_VAR in request.GET or request.GET.get(PAGE_VAR, "1") != "1"
        kind = CappedPaginator if is_numbered else self.paginator
        return kind(queryset, per_page, orphans, allow_empty_first_page)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysetChangeList
