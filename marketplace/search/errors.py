"""What search refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Invalid


class CursorInvalid(Invalid):
    code = "cursor_invalid"
    message = _("This place in the results is not known. Please start from the first page.")
    field = "cursor"


class SortUnknown(Invalid):
    code = "sort_unknown"
    message = _("Results can be sorted by %(known)s.")
    field = "sort"


class LimitInvalid(Invalid):
    code = "limit_invalid"
    message = _("Between 1 and %(maximum)s results can be asked for.")
    field = "limit"


class TooManyFilters(Invalid):
    code = "too_many_filters"
    message = _("At most %(maximum)s attributes can be filtered by.")
    field = "attributes"
