"""A memo taken apart, so that it can be said in another language: what kind of sentence, about what.

The books keep a memo for ever as it was written, in English and with codes. Its kind is the memo
without its reference, and without digits where it counts something: `Payment  applied`. Who knows
the kinds brings a sentence for each, with the places %(reference)s and, of a statement's lines,
%(month)s and %(count)s. PostgreSQL, for reports, and Python, for a page, find the same words.
"""

from collections.abc import Mapping

# By kind of memo; what has none is said as it was written.
type Sentences = Mapping[str, str]

_DIGITS = "0123456789"
_PLACES = {"reference": "%1$s", "month": "%2$s", "count": "%3$s"}

# The reference is a memo's first word where that is one (`SO-7K3M9QX2: …`), else its second.
REFERENCE = (
    "rtrim(split_part({memo}, ' ',"
    " CASE WHEN split_part({memo}, ' ', 1) LIKE '%%-%%:' THEN 1 ELSE 2 END), ':,')"
)
COUNTS = "×"


def kind_of(memo: str) -> str:
    return _about(memo)[0]


def in_words(memo: str, sentences: Sentences) -> str:
    kind, reference = _about(memo)
    sentence = sentences.get(kind)
    if sentence is None:
        return memo
    words = [*memo.split(" "), "", "", ""]
    return sentence % {"reference": reference, "month": words[2].rstrip(":"), "count": words[3]}


def joined(memo: str) -> str:
    """The joins that find the sentence of the memo in this column; values by name: `values_of`."""
    reference = REFERENCE.format(memo=memo)
    kind = f"replace({memo}, about.reference, '')"
    return f"""
        CROSS JOIN LATERAL (SELECT {reference} AS reference) about
        LEFT JOIN unnest(%(memo_kinds)s::text[], %(memo_sentences)s::text[])
            AS words (kind, sentence)
            ON words.kind = CASE WHEN strpos({memo}, '{COUNTS}') = 0 THEN {kind}
                ELSE translate({kind}, '{_DIGITS}', '') END"""


def selected(memo: str) -> str:
    """The memo in words, where `joined` is in FROM."""
    return (
        f"coalesce(format(words.sentence, about.reference,"
        f" rtrim(split_part({memo}, ' ', 3), ':'), split_part({memo}, ' ', 4)), {memo})"
    )


def values_of(sentences: Sentences) -> dict[str, list[str]]:
    return {
        "memo_kinds": list(sentences),
        "memo_sentences": [sentence % _PLACES for sentence in sentences.values()],
    }


def _about(memo: str) -> tuple[str, str]:
    """Its kind and its reference."""
    first, second = [*memo.split(" "), ""][:2]
    reference = (first if "-" in first and first.endswith(":") else second).rstrip(":,")
    kind = memo.replace(reference, "") if reference else memo
    return kind.translate(str.maketrans("", "", _DIGITS)) if COUNTS in kind else kind, reference
