"""Prepared answers: which placeholders they know, and how one is filled in. Pure.

Nothing but whole names is looked up: no attributes, no formats. A value that looks like a placeholder
stays as it is.
"""

import re
from collections.abc import Mapping, Sequence

from marketplace.casework.errors import (
    MacroBraceStray,
    MacroPlaceholderUnknown,
    MacroTextMissing,
    MacroTooLongForReason,
)
from marketplace.casework.states import MacroKind
from marketplace.shared.four_eyes import REASON_MAX

TEXT_MAX = 2000
NAME_MAX = 60
# name: of the person written to; me: of who writes.
EVERYWHERE = ("name", "me", "shop")
PLACEHOLDERS: Mapping[str, Sequence[str]] = {
    MacroKind.DISPUTES: (*EVERYWHERE, "dispute", "order", "amount", "deadline"),
    MacroKind.APPLICATIONS: (*EVERYWHERE, "application"),
    MacroKind.LISTINGS: (*EVERYWHERE, "listing", "product"),
    MacroKind.REVIEWS: (*EVERYWHERE, "review", "product"),
}
# What becomes a message; everything else becomes a reason, which is shorter.
MESSAGES = {(MacroKind.APPLICATIONS, "information")}
# How many characters to leave for what is filled in; references have fewer, a few titles more.
ROOM = {"name": 15, "me": 20, "shop": 30, "product": 45, "listing": 20}
ROOM_OF_OTHERS = 14
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def checked(text: str, kind: str, reason: str = "", *, field: str = "") -> str:
    """The text as it is kept.

    Raises MacroTextMissing, MacroBraceStray, MacroPlaceholderUnknown and MacroTooLongForReason, of
    `field` where that is given.
    """
    text = text.replace("\r\n", "\n").strip()
    if not 1 <= len(text) <= TEXT_MAX:
        raise MacroTextMissing(limit=TEXT_MAX, field=field)
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        raise MacroBraceStray(field=field)
    if unknown := set(_PLACEHOLDER.findall(text)) - set(PLACEHOLDERS[kind]):
        known = ", ".join(PLACEHOLDERS[kind])
        raise MacroPlaceholderUnknown(unknown=min(unknown), known=known, field=field)
    if becomes_a_reason(kind, reason) and (length := _length(text)) > REASON_MAX:
        raise MacroTooLongForReason(limit=REASON_MAX, length=length, field=field)
    return text


def becomes_a_reason(kind: str, reason: str) -> bool:
    """Whether it may be put where a reason is asked for."""
    return kind != MacroKind.DISPUTES and (kind, reason) not in MESSAGES


def _length(text: str) -> int:
    """With room for what is filled in."""
    return len(_PLACEHOLDER.sub(lambda found: "x" * ROOM.get(found[1], ROOM_OF_OTHERS), text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder's value; "…" where there is none, for the writer to fill in."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or "…", text)
