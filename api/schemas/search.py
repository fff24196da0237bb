"""What can be bought, and how the results can be narrowed down."""

from typing import Any

from django.utils.translation import get_language
from ninja import Schema
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from api.schemas.base import AMOUNT_MAX, Choice, Money, Out, Text, money, reference_of
from marketplace.listings.states import Condition
from marketplace.search import facets, queries

ATTRIBUTES_MAX = 30
LIMIT_DEFAULT = queries.LIMIT_DEFAULT
CURSOR_LENGTH_MAX = 600


class SearchIn(Schema):
    """The query string of a search."""

    q: Text = Field("", max_length=200, examples=["simu samsung"])
    category: Text = Field("", max_length=80, description="A slug.", examples=[""])
    brand: Text = Field("", max_length=100, description="A slug.", examples=[""])
    price_min: int | None = Field(
        None, ge=0, le=AMOUNT_MAX, description="Minor units.", examples=[100_000_00]
    )
    price_max: int | None = Field(
        None, ge=0, le=AMOUNT_MAX, description="Minor units.", examples=[900_000_00]
    )
    in_stock: bool = Field(False, examples=[True])
    attribute: list[Text] = Field(
        [],
        max_length=ATTRIBUTES_MAX,
        description="`key:value`, repeated; values of one key are alternatives.",
        examples=[["ram_gb:8", "ram_gb:12"]],
    )
    sort: Text = Field(
        "relevance",
        max_length=20,
        description="relevance, price, -price or newest.",
        examples=["relevance"],
    )
    cursor: str = Field("", max_length=CURSOR_LENGTH_MAX, examples=[""])
    limit: int = Field(LIMIT_DEFAULT, ge=1, le=queries.LIMIT_MAX, examples=[LIMIT_DEFAULT])
    facets: bool = Field(True, description="Further pages need none.", examples=[True])

    @field_validator("attribute")
    @classmethod
    def _pairs(cls, given: list[str]) -> list[str]:
        for pair in given:
            key, colon, value = pair.partition(":")
            if not (key and colon and value) or len(pair) > 200:
                raise PydanticCustomError("key_value", "Use key:value.")
        return given

    def attributes(self) -> dict[str, list[str]]:
        """Accepted values by key."""
        wanted: dict[str, list[str]] = {}
        for pair in self.attribute:
            key, _colon, value = pair.partition(":")
            wanted.setdefault(key, []).append(value)
        return wanted


class HitOut(Out):
    """A product with its best offer: the cheapest in stock, or the cheapest where none is."""

    product: str = reference_of("PRD")
    title: str = Field(examples=["Tecno Spark 20"])
    slug: str = Field(examples=["tecno-spark-20"])
    brand: str = Field(examples=["Tecno"])
    category: str = Field(examples=["smartphones"])
    listing: str = reference_of("LST")
    condition: Choice = Field(examples=[{"code": "new", "label": "New"}])
    price: Money
    offers: int = Field(examples=[3])
    in_stock: bool
    thumbnail_url: str = Field(examples=["/media/listings/7k3m/PIC-7K3M9QX2-small.webp"])
    attributes: dict[str, Any] = Field(examples=[{"ram_gb": 8}])

    @classmethod
    def of(cls, hit: queries.Hit) -> "HitOut":
        return cls(
            product=hit.reference,
            title=hit.title,
            slug=hit.slug,
            brand=hit.brand,
            category=hit.category_slug,
            listing=hit.listing_reference,
            condition=Choice(code=hit.condition, label=str(Condition(hit.condition).label)),
            price=money(hit.price_minor, hit.currency),
            offers=hit.offers,
            in_stock=hit.in_stock,
            thumbnail_url=hit.thumbnail_url,
            attributes=hit.attributes,
        )


class FacetChoice(Out):
    """`value` is what to search with; `count` what it would leave."""

    value: str = Field(examples=["tecno"])
    label: str = Field(examples=["Tecno"])
    count: int = Field(examples=[42])

    @classmethod
    def of(cls, choice: facets.Choice) -> "FacetChoice":
        return cls(value=choice.value, label=_label(choice), count=choice.count)


class AttributeFacetOut(Out):
    key: str = Field(examples=["ram_gb"])
    label: str = Field(examples=["RAM"])
    unit: str = Field(examples=["GB"])
    choices: list[FacetChoice]

    @classmethod
    def of(cls, facet: facets.AttributeFacet) -> "AttributeFacetOut":
        return cls(
            key=facet.key,
            label=_label(facet),
            unit=facet.unit,
            choices=[FacetChoice.of(each) for each in facet.choices],
        )


class FacetsOut(Out):
    categories: list[FacetChoice]
    brands: list[FacetChoice]
    attributes: list[AttributeFacetOut]

    @classmethod
    def of(cls, found: facets.Facets) -> "FacetsOut":
        return cls(
            categories=[FacetChoice.of(each) for each in found.categories],
            brands=[FacetChoice.of(each) for each in found.brands],
            attributes=[AttributeFacetOut.of(each) for each in found.attributes],
        )


class SearchOut(Out):
    """`is_approximate`: nothing matched as written, these are similar."""

    items: list[HitOut]
    next_cursor: str | None = Field(examples=[None])
    total: int = Field(examples=[128])
    total_is_exact: bool = Field(description="False where we stopped counting.")
    is_approximate: bool = Field(examples=[False])
    facets: FacetsOut


class SuggestionOut(Out):
    kind: str = Field(examples=["product"], description="product, brand or category.")
    text: str = Field(examples=["Tecno Spark 20"])
    slug: str = Field(examples=["tecno-spark-20"])


def _label(named: facets.Choice | facets.AttributeFacet) -> str:
    """In the caller's language."""
    return named.label_sw if get_language() == "sw" else named.label_en
