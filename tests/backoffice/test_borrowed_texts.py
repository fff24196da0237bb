"""What the console borrows of its frameworks' texts is still what they say."""

import re
from functools import cache
from pathlib import Path

import django
import polib
import pytest
import unfold

from backoffice import borrowed_texts

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@cache
def _sources_of_unfold() -> str:
    files = [
        path
        for path in Path(unfold.__file__).parent.rglob("*")
        if path.suffix in (".html", ".py") and "locale" not in path.parts
    ]
    text = "\n".join(path.read_text() for path in files)
    return re.sub(r"\s+", " ", VARIABLE.sub(r"%(\1)s", text))


@cache
def _texts_of_django() -> set[str]:
    root = Path(django.__file__).parent
    catalogues = root.glob("**/locale/en/LC_MESSAGES/django.po")
    return {entry.msgid for path in catalogues for entry in polib.pofile(str(path))}


def _is_said(text: str) -> bool:
    return text in _texts_of_django() or re.sub(r"\s+", " ", text) in _sources_of_unfold()


@pytest.mark.parametrize(
    "text",
    [
        *borrowed_texts.UNFOLD,
        *borrowed_texts.DJANGO,
        *(one for one, _many in borrowed_texts.COUNTED),
    ],
)
def test_a_borrowed_text_is_still_said_by_its_owner(text):
    assert _is_said(text)
