"""Entries say what they were in the reader's language; the books keep what was written."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from backoffice.configuration import BASE_DIR
from marketplace.ledger.memos import joined, selected, values_of
from marketplace.shared.rows import fetch
from reports.memos import known_memos, memo_in_words, sentences

pytestmark = pytest.mark.django_db


def by_postgres(written: list[str]) -> list[str]:
    rows = fetch(
        f"SELECT {selected('e.memo')} FROM unnest(%(memos)s::text[]) WITH ORDINALITY"
        f" AS e (memo, place) {joined('e.memo')} ORDER BY e.place",
        memos=written,
        **values_of(sentences()),
    )
    return [text for (text,) in rows]


def test_an_entry_is_said_in_the_readers_language_with_its_codes_in_words():
    written = {
        "Payment PAY-7K3M9QX2 without an order": "Malipo PAY-7K3M9QX2 yasiyo na agizo",
        "Refund RFD-00000002: late_payment": "Marejesho RFD-00000002: Imelipwa baada ya",
        "SO-7K3M9QX2: pending → available": "Mapato ya SO-7K3M9QX2: Inasubiri → Inapatikana",
        "Statement STM-11111111, 2026-05: 12 × fee": "Taarifa STM-11111111, 2026-05: 12 ×",
        "Top-up TOP-7K3M9QX2 of the wallet at mixx": "Mixx by Yas",
    }

    with translation.override("sw"):
        for memo, words in written.items():
            assert words in memo_in_words(memo)
    assert memo_in_words("SO-7K3M9QX2: on_hold → available").endswith("On hold → Available")


@pytest.mark.parametrize("language", ["en", "sw"])
def test_postgresql_says_the_same_as_we_do(language):
    # A seller order's reference has two letters before its dash, the others' have three.
    written = [
        memo.replace("AAA-A", reference)
        for memo, _sentence in known_memos()
        for reference in ("SO-7K3M9QX2", "ATT-7K3M9QX2")
    ]
    written += ["Sale", "", "a: b", "100 %s of it", "Payment PAY-7K3M9QX2 of a kind nobody knows"]

    with translation.override(language):
        said = by_postgres(written)

        assert said == [memo_in_words(memo) for memo in written]
        assert not any("_" in words for words in said)
    assert said[-5:] == written[-5:]


def test_every_memo_that_our_code_writes_has_a_sentence():
    known = [memo for memo, _sentence in known_memos()]
    written = [
        memo
        for path in sorted((BASE_DIR / "marketplace").rglob("commands/*.py"))
        for memo in memos_written(path)
    ]

    assert [memo for memo in written if not any(re.fullmatch(memo, one) for one in known)] == []
    assert len(written) > 15


def memos_written(path: Path) -> list[str]:
    """As patterns: whatever is filled in may be anything."""
    return [
        "".join(
            re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else ".+"
            for piece in keyword.value.values
        )
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "memo" and isinstance(keyword.value, ast.JoinedStr)
    ]
