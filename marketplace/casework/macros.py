"""Prepared answers: which placeholders they know, and how one is filled in. Pure.

Nothing but whole names is looked up: no attributes, no formats. A value that looks like a placeholder
stays as it is.
"""

import re
from collections.abc import Mapping, Sequence

from marketplace.casework.errors import MacroBraceStray, MacroPlaceholderUnknown, MacroTextMissing
from marketplace.casework.states import MacroKind

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
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def checked(text: str, kind: str) -> str:
    """The text as it is kept. Raises MacroTextMissing, MacroBraceStray and MacroPlaceholderUnknown."""
    text = text.replace("\r\n", "\n").strip()
    if not 1 <= len(text) <= TEXT_MAX:
        raise MacroTextMissing(limit=TEXT_MAX)
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        raise MacroBraceStray
    if unknown := set(_PLACEHOLDER.findall(text)) - set(PLACEHOLDERS[kind]):
        known = ", ".join(PLACEHOLDERS[kind])
        raise MacroPlaceholderUnknown(unknown=min(unknown), known=known)
    return text


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder's value; "…" where there is none, for the writer to fill in."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or "…", text)
