"""Which documents a search means, as SQL conditions with their parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

WORDS_MAX = 8
TEXT_CHARACTERS_MAX = 200
SIMILAR_ENOUGH = 0.3
"""Forgives one letter of five ("tekno") and two swapped ("iphnoe"), and so also finds the less
similar; asked only where nothing matches as written, and the most similar comes first."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of SQL over `search_searchdocument d`."""

    sql: str
    params: tuple[Any, ...] = ()

    def __and__(self, other: Self) -> "Clause":
        return Clause(f"{self.sql} AND {other.sql}", self.params + other.params)


ANY_OFFER = Clause("d.offers > 0")
TRUE = Clause("true")
_TSQUERY = "(plainto_tsquery('simple', %s) || plainto_tsquery('english', %s))"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for. `words` are as `search_words` writes them; prices in minor units.

    `category_ids` None means everywhere; `attributes` are accepted values by key.
    """

    words: tuple[str, ...] = ()
    category_ids: tuple[UUID, ...] | None = None
    brand: str = ""
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    in_stock: bool = False
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    with_typos: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def base(self) -> Clause:
        """Everything but brand and attributes, whose facets show what else could be chosen."""
        clause = ANY_OFFER & self._matches()
        if self.category_ids is not None:
            clause &= Clause("d.category_id = ANY(%s)", (list(self.category_ids),))
        if self.price_min_minor is not None:
            clause &= Clause("d.price_minor >= %s", (self.price_min_minor,))
        if self.price_max_minor is not None:
            clause &= Clause("d.price_minor <= %s", (self.price_max_minor,))
        return clause & Clause("d.in_stock") if self.in_stock else clause

    def of_brand(self) -> Clause:
        if not self.brand:
            return TRUE
        return Clause("d.brand_id = (SELECT id FROM catalog_brand WHERE slug = %s)", (self.brand,))

    def missed(self) -> Clause:
        """The keys of the attribute filters that a document does not meet, as `text[]`."""
        cases = ", ".join(
            "CASE WHEN d.attributes ->> %s = ANY(%s) THEN NULL ELSE %s END" for _ in self.attributes
        )
        params = tuple(
            param for key, values in self.attributes for param in (key, list(values), key)
        )
        return Clause(f"array_remove(ARRAY[{cases}]::text[], NULL)", params)

    def all(self) -> Clause:
        clause = self.base() & self.of_brand()
        for key, values in self.attributes:
            clause &= Clause("d.attributes ->> %s = ANY(%s)", (key, list(values)))
        return clause

    def score(self) -> Clause:
        """How well a document fits, in millionths; what is sold out counts half."""
        if self.with_typos:
            each = " + ".join("word_similarity(%s, d.words)" for _ in self.words)
            fits = Clause(f"({each}) / {len(self.words)}", self.words)
        else:
            fits = Clause(f"ts_rank(d.vector, {_TSQUERY}, 1)", (self.text, self.text))
        # Of two that fit alike, the one that is nothing else besides: a phone before its case.
        fits = Clause(f"{fits.sql} + similarity(d.words, %s) / 2", (*fits.params, self.text))
        stock = "CASE WHEN d.in_stock THEN 1000000 ELSE 500000 END"
        return Clause(f"round(({fits.sql}) * {stock})::bigint", fits.params)

    def _matches(self) -> Clause:
        if not self.words:
            return TRUE
        if not self.with_typos:
            return Clause(f"d.vector @@ {_TSQUERY}", (self.text, self.text))
        clause = TRUE
        for word in self.words:
            clause &= Clause("%s <%% d.words", (word,))
        return clause


def attribute_filters(
    attributes: Mapping[str, Sequence[str]],
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """In a fixed order, without keys that accept anything."""
    return tuple((key, tuple(values)) for key, values in sorted(attributes.items()) if values)
