"""What a member of staff may do, asked once a request: their own permissions and their roles' together.

Django asks twice, and every page of the console begins with it.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission

_KEPT = "_perm_cache"


class DutiesBackend(ModelBackend):
    """Django's own rules. Nothing is kept beyond the request: a role that is taken away ends at once."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, _KEPT):
            rows = Permission.objects.order_by()
            if not user_obj.is_superuser:
                # Two short index look-ups: an OR over both joins would read the whole table.
                own = rows.filter(user=user_obj)
                rows = own.union(rows.filter(group__user=user_obj))
            named = rows.values_list("content_type__app_label", "codename")
            setattr(user_obj, _KEPT, {f"{app}.{codename}" for app, codename in named})
        kept: set[str] = getattr(user_obj, _KEPT)
        return kept
