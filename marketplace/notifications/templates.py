"""The default templates of every kind, channel and language, and how a text is filled in.

`sync_templates` puts them into the database, where staff may edit them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marketplace.notifications.errors import (
    BraceStray,
    PlaceholderMissing,
    PlaceholderUnknown,
    SubjectInvalid,
    TextInvalid,
)
from marketplace.notifications.kinds import KINDS
from marketplace.notifications.states import Channel
from marketplace.notifications.texts import english, swahili

FALLBACK_LANGUAGE = "en"
LANGUAGES = {FALLBACK_LANGUAGE: english, "sw": swahili}
SUBJECT_CHARACTERS_MAX = 160
EMAIL_CHARACTERS_MAX = 4_000
SMS_CHARACTERS_MAX = 480
"""Three to four segments: what a reason typed by staff may make of a message, and no more."""
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Text:
    """A template's words, or a rendered message's."""

    subject: str
    body: str


def defaults() -> Iterator[tuple[str, Channel, str, Text]]:
    """(code, channel, language, text) of everything we can say."""
    for code, kind in KINDS.items():
        for channel in kind.channels:
            for language in LANGUAGES:
                yield code, channel, language, default(code, channel, language)


def default(code: str, channel: Channel, language: str) -> Text:
    """The words we ship; English where we do not speak the language."""
    ours = LANGUAGES.get(language, LANGUAGES[FALLBACK_LANGUAGE])
    words = ours.WORDS[code]
    if channel is Channel.SMS:
        return Text("", words.sms)
    return Text(words.subject, f"{ours.GREETING}\n\n{words.email}\n\n{ours.FAREWELL}")


def render(text: Text, context: Mapping[str, object], *, channel: Channel) -> Text:
    """Fill the placeholders in, once: a value that looks like a placeholder stays as it is.

    Nothing but whole names is looked up: no attributes, no formats. Raises KeyError for a
    placeholder without a value, which edit_template does not let through.
    """
    subject = " ".join(_fill(text.subject, context).split())[:SUBJECT_CHARACTERS_MAX]
    body = _fill(text.body, context)
    if channel is Channel.SMS and len(body) > SMS_CHARACTERS_MAX:
        body = body[: SMS_CHARACTERS_MAX - 3] + "..."
    return Text(subject, body)


def check(code: str, channel: Channel, text: Text) -> None:
    """Refuse words that this kind of message cannot be told with.

    Raises TextInvalid, SubjectInvalid, BraceStray, PlaceholderUnknown and PlaceholderMissing.
    """
    maximum = SMS_CHARACTERS_MAX if channel is Channel.SMS else EMAIL_CHARACTERS_MAX
    if not 1 <= len(text.body.strip()) <= maximum:
        raise TextInvalid(maximum=maximum)
    has_subject = bool(text.subject.strip())
    is_one_line = len(text.subject.splitlines()) <= 1
    if (
        has_subject is not (channel is Channel.EMAIL)
        or not is_one_line
        or len(text.subject) > SUBJECT_CHARACTERS_MAX
    ):
        raise SubjectInvalid
    kind = KINDS[code]
    for field, words in (("subject", text.subject), ("body", text.body)):
        if set("{}") & set(_PLACEHOLDER.sub("", words)):
            raise BraceStray(field=field)
        if unknown := set(_PLACEHOLDER.findall(words)) - kind.variables:
            raise PlaceholderUnknown(
                field=field, unknown=min(unknown), known=", ".join(sorted(kind.variables))
            )
    if missing := kind.required - set(_PLACEHOLDER.findall(text.body)):
        raise PlaceholderMissing(missing=min(missing))


def _fill(words: str, context: Mapping[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda found: _CONTROL.sub("", str(context[found[1]])), words)
