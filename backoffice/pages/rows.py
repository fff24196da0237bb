"""The rows of a list, drawn by Python: Unfold renders a handful of templates for each cell.

What a column needs is found out once for the page; a cell is then one call, a row one join. The
console's lists only read, so there is nothing here of forms, row actions or rows within rows.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import label_for_field, lookup_field, quote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from unfold.utils import display_for_field, display_for_value

from backoffice.masks import MASKS
from backoffice.pages.display import chip, yes_no

# How what stands on the right begins: amounts, and counts.
FIGURES = ('<span class="zt-money"', '<span class="zt-number"')

# Stands for a row's key in the address of its page; quoting leaves it as it is.
KEY = "0KEY0"

type Show = Callable[[Any], Any]


def rows_of(cl: ChangeList) -> SafeString:
    """The `<tr>` of each thing on the page; "" where there is none."""
    links = cl.list_display_links or ()
    columns = [_Column(cl, str(name), is_link=name in links) for name in cl.list_display]
    address, key = _address(cl), cl.pk_attname
    drawn = []
    for thing in cl.result_list:
        href = address.replace(KEY, quote(str(getattr(thing, key))))
        cells = "".join([column.cell(thing, href) for column in columns])
        drawn.append(f'<tr class="data-row">{cells}</tr>')
    # Each part was escaped where it was made.
    return SafeString("".join(drawn))


class _Column:
    """How one column's cells are made."""

    def __init__(self, cl: ChangeList, name: str, *, is_link: bool) -> None:
        self.empty = str(cl.model_admin.get_empty_value_display())
        # Names and days do not break.
        self.is_whole = False
        self.show = self._by_field(cl, name) or self._by_method(cl, name) or _by_django(cl, name)
        tag = "th" if is_link else "td"
        scope = ' scope="row"' if is_link else ""
        whole = " zt-whole" if self.is_whole else ""
        said = f' data-label="{_heading(cl, name)}"'
        self.opens, self.closes = f'<{tag} class="field-{name}{whole}"{scope}{said}>', f"</{tag}>"
        self.opens_empty = f'<{tag} class="field-{name} zt-none"{scope}{said}>'
        self.opens_figure = f'<{tag} class="field-{name} zt-number"{scope}{said}>'
        self.is_link = is_link

    def cell(self, thing: Any, href: str) -> str:
        try:
            shown = self.show(thing)
        except ObjectDoesNotExist:
            shown = None
        is_empty = shown is None or shown == ""
        text = self.empty if is_empty else conditional_escape(shown)
        if self.is_link:
            text = f'<a href="{href}" class="text-important">{text}</a>'
        elif text.startswith(FIGURES):
            return f"{self.opens_figure}{text}{self.closes}"
        return f"{self.opens_empty if is_empty else self.opens}{text}{self.closes}"

    def _by_method(self, cl: ChangeList, name: str) -> Show | None:
        """A column that the pages' own class shows."""
        method: Any = getattr(cl.model_admin, name, None)
        if method is None or name == "__str__":
            return None
        self.empty = str(getattr(method, "empty_value_display", self.empty))
        if label := getattr(method, "label", None):
            assert isinstance(label, dict)
            return lambda thing: chip(*method(thing))
        if getattr(method, "boolean", False):
            return lambda thing: yes_no(method(thing))
        return lambda thing: _plain(method(thing))

    def _by_field(self, cl: ChangeList, name: str) -> Show | None:
        """A column that is a field of the model."""
        try:
            field: Any = cl.lookup_opts.get_field(name)
        except FieldDoesNotExist:
            return None
        self.is_whole = isinstance(field, models.DateField | models.ForeignKey)
        if isinstance(field.remote_field, models.ManyToOneRel):
            return lambda thing: getattr(thing, name)
        if field.choices:
            choices = dict(field.flatchoices)
            return lambda thing: choices.get(getattr(thing, name))
        if mask := MASKS.get(name):
            return lambda thing: mask(getattr(thing, name))
        if isinstance(field, models.CharField | models.TextField):
            return lambda thing: getattr(thing, name)
        if isinstance(field, models.IntegerField):
            return lambda thing: _plain(getattr(thing, name))
        return lambda thing: display_for_field(getattr(thing, name), field, self.empty)


def _heading(cl: ChangeList, name: str) -> str:
    """Stands beside each value where a phone shows a row as a block of its own."""
    label = label_for_field(name, cl.model, cl.model_admin)
    return conditional_escape(capfirst(str(label)))


def _plain(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    shown = display_for_value(value, "")
    is_figure = isinstance(value, int) and not isinstance(value, bool)
    return format_html('<span class="zt-number">{}</span>', shown) if is_figure else shown


def _by_django(cl: ChangeList, name: str) -> Show:
    """`__str__`, or whatever else the model has under that name."""
    return lambda thing: _plain(lookup_field(name, thing, cl.model_admin)[2])


def _address(cl: ChangeList) -> str:
    """Of a thing's page, with `KEY` in it: resolved once instead of for every row."""
    name = f"admin:{cl.opts.app_label}_{cl.opts.model_name}_change"
    address = reverse(name, args=[KEY], current_app=cl.model_admin.admin_site.name)
    kept = add_preserved_filters(
        {"preserved_filters": cl.preserved_filters, "opts": cl.opts}, address
    )
    return conditional_escape(kept)
