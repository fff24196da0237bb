"""The sidebar, drawn once for each state that it can be in: half of a page's template work was its."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from backoffice import waiting
from backoffice.navigation import NAVIGATION, Entry, entries, may_open

# Of people with different duties, languages and places, before the oldest is drawn again.
DRAWN_MAX = 512
ALL = '<div id="nav-sidebar-apps" class="h-0 grow overflow-auto scrollbar-default-hover">{}</div>'
GROUP = '<div class="mb-1.5">{}<ol class="flex flex-col px-6">{}</ol></div>'
TITLE = (
    '<hr class="border-t border-base-200 mx-6 my-2 dark:border-base-800"><h2 class="font-semibold'
    " flex flex-row group items-center mb-1 mx-3 py-1.5 px-3 select-none text-font-important-light"
    ' text-sm dark:text-font-important-dark">{}</h2>'
)
ITEM = (
    '<li><a href="{}" class="{}"><span class="material-symbols-outlined md-18 mr-3 w-[18px]">{}'
    "</span><span>{}</span>{}</a></li>"
)
ITEM_CLASSES = (
    "cursor-pointer flex h-[38px] items-center -mx-3 px-3 rounded-default hover:text-primary-600"
    " dark:hover:text-primary-500"
)
HERE_CLASSES = (
    " bg-base-100 font-semibold text-primary-600 dark:bg-white/[.06] dark:text-primary-500 active"
)
BADGE = (
    '<span class="sidebar-badge font-semibold h-[18px] leading-[18px] ms-2 px-1 relative rounded-xs'
    ' text-center text-[11px] whitespace-nowrap uppercase min-w-[18px] {}">{}</span>'
)
BADGE_COLOURS = {
    "primary": "bg-primary-100 text-primary-700 dark:bg-primary-500/20 dark:text-primary-400",
    "danger": "bg-red-100 text-red-700 dark:bg-red-500/20 dark:text-red-400",
}

type Badge = tuple[str, str]
"""What it says, and its colour; the former is empty where nothing waits."""


def sidebar(request: HttpRequest) -> SafeString:
    """The navigation of this person on this page: what they may open, with the work that waits."""
    counts, late = waiting.figures()
    user: Any = request.user
    if user.is_authenticated:
        counts = counts | {"my_work": waiting.unread(user.pk)}
    offered = tuple(
        (number, *_badge(entry, counts, late))
        for number, entry in enumerate(entries())
        if may_open(request, entry)
    )
    return _drawn(get_language(), _place(request.path), offered)


def _badge(entry: Entry, counts: dict[str, int], late: dict[str, int]) -> Badge:
    """Red where something is late."""
    count = counts.get(entry.queue or entry.page, 0)
    shown = f"{count}+" if count >= waiting.COUNTED_MAX else str(count or "")
    return shown, "danger" if late.get(entry.model) else entry.variant


def _place(path: str) -> int:
    """The number of the entry whose page this is, or one below it; -1 for none."""
    if path == _addresses()[0]:
        return 0
    found = (
        number for number, address in enumerate(_addresses()) if number and path.startswith(address)
    )
    return next(found, -1)


@lru_cache(maxsize=1)
def _addresses() -> list[str]:
    return [entry.address for entry in entries()]


@lru_cache(maxsize=DRAWN_MAX)
def _drawn(language: str, place: int, offered: tuple[tuple[int, str, str], ...]) -> SafeString:
    badges = {number: (shown, colour) for number, shown, colour in offered}
    drawn, first = [], 0
    for title, group in NAVIGATION:
        items = [
            _item(entry, number == place, *badges[number])
            for number, entry in enumerate(group, first)
            if number in badges
        ]
        first += len(group)
        if items:
            head = format_html(TITLE, title) if title else ""
            drawn.append(format_html(GROUP, head, SafeString("".join(items))))
    return format_html(ALL, SafeString("".join(drawn)))


def _item(entry: Entry, is_here: bool, waits: str, colour: str) -> str:
    badge = format_html(BADGE, BADGE_COLOURS[colour], waits) if waits else ""
    classes = f"{ITEM_CLASSES}{HERE_CLASSES if is_here else ''}"
    return format_html(ITEM, entry.address, classes, entry.icon, entry.title, badge)
