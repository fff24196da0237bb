"""What the results could be narrowed by, with how many each choice would leave."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import connection

from marketplace.catalog.queries import categories_by_slug
from marketplace.search.matching import Criteria

SAMPLE_MAX = 20_000
"""Facets of more results than that count these; nobody reads beyond the first pages."""
CHOICES_MAX = 30
ATTRIBUTES_MAX = 12
_ATTRIBUTE_VALUES_MAX = 400


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` is what to search with: a slug, or an attribute's value in stored form."""

    value: str
    label_en: str
    label_sw: str
    count: int


@dataclass(frozen=True, slots=True)
class AttributeFacet:
    key: str
    label_en: str
    label_sw: str
    unit: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Facets:
    """The most frequent choices first; numbers of an attribute in their own order."""

    categories: list[Choice]
    brands: list[Choice]
    attributes: list[AttributeFacet]


NONE = Facets([], [], [])


def facets_of(criteria: Criteria, *, category_slug: str) -> Facets:
    """At most two queries. Each facet leaves its own filter out, so that it can be changed.

    Attributes are those of the category, or of the one that holds most of the results.
    """
    found: dict[str, list[tuple[str, Choice]]] = defaultdict(list)
    for facet, key, value, label_en, label_sw, count in _counted(criteria):
        found[facet].append((key, Choice(value, label_en, label_sw, count)))
    categories = [choice for _key, choice in found["category"]]
    leading = category_slug or (categories[0].value if categories else "")
    return Facets(
        categories=categories,
        brands=[choice for _key, choice in found["brand"]],
        attributes=_attributes(leading, found["attribute"]),
    )


def _counted(criteria: Criteria) -> list[tuple[str, str, str, str, str, int]]:
    base, brand, missed = criteria.base(), criteria.of_brand(), criteria.missed()
    statement = f"""
WITH hits AS MATERIALIZED (
    SELECT d.category_id, d.brand_id, d.attributes,
        {brand.sql} AS of_brand, {missed.sql} AS missed
    FROM search_searchdocument d WHERE {base.sql} LIMIT %s
)
(SELECT 'category', '', c.slug, c.name_en, c.name_sw, count(*) AS n
    FROM hits JOIN catalog_category c ON c.id = hits.category_id
    WHERE of_brand AND missed = '{{}}' GROUP BY c.id ORDER BY n DESC, c.slug LIMIT %s)
UNION ALL
(SELECT 'brand', '', b.slug, b.name, b.name, count(*) AS n
    FROM hits JOIN catalog_brand b ON b.id = hits.brand_id
    WHERE missed = '{{}}' GROUP BY b.id ORDER BY n DESC, b.slug LIMIT %s)
UNION ALL
(SELECT 'attribute', said.key, said.value, said.value, said.value, count(*) AS n
    FROM hits CROSS JOIN LATERAL jsonb_each_text(hits.attributes) said
    WHERE of_brand AND missed <@ ARRAY[said.key]
    GROUP BY said.key, said.value ORDER BY n DESC, said.key, said.value LIMIT %s)"""  # noqa: S608 - our own pieces, values are parameters
    params = [*brand.params, *missed.params, *base.params, SAMPLE_MAX]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, CHOICES_MAX, CHOICES_MAX, _ATTRIBUTE_VALUES_MAX])
        return list(cursor.fetchall())


def _attributes(category_slug: str, counted: list[tuple[str, Choice]]) -> list[AttributeFacet]:
    """In the order of the category's schema; only what it marks as a facet."""
    if not counted or not category_slug:
        return []
    category = categories_by_slug([category_slug]).get(category_slug)
    by_key: dict[str, list[Choice]] = defaultdict(list)
    for key, choice in counted:
        by_key[key].append(choice)
    facets = [
        AttributeFacet(
            key=definition["key"],
            label_en=definition["label_en"],
            label_sw=definition["label_sw"],
            unit=definition.get("unit", ""),
            choices=_ordered(definition, by_key[definition["key"]])[:CHOICES_MAX],
        )
        for definition in (category.schema if category else [])
        if definition.get("facet") and by_key[definition["key"]]
    ]
    return facets[:ATTRIBUTES_MAX]


def _ordered(definition: dict[str, Any], choices: list[Choice]) -> list[Choice]:
    if definition["type"] in {"integer", "decimal"}:
        return sorted(choices[:CHOICES_MAX], key=lambda choice: float(choice.value))
    return choices
