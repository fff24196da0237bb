"""Categories, products and the offers of them."""

from typing import Any

from pydantic import Field

from api.schemas.base import Choice, Money, Out, money, reference_of
from api.schemas.reviews import RatingOut
from marketplace.catalog.queries import CategoryNode, ProductCard
from marketplace.listings.queries import OfferCard
from marketplace.listings.states import Condition
from marketplace.sellers.queries import SellerCard


class CategoryOut(Out):
    """A category and what stands below it."""

    reference: str = reference_of("CAT")
    slug: str = Field(examples=["smartphones"])
    name_en: str = Field(examples=["Smartphones"])
    name_sw: str = Field(examples=["Simu janja"])
    children: list["CategoryOut"] = Field(examples=[[]])

    @classmethod
    def of(cls, node: CategoryNode) -> "CategoryOut":
        return cls(
            reference=node.reference,
            slug=node.slug,
            name_en=node.name_en,
            name_sw=node.name_sw,
            children=[cls.of(child) for child in node.children],
        )


class AttributeOut(Out):
    """One thing that products of the category say of themselves."""

    key: str = Field(examples=["ram_gb"])
    label_en: str = Field(examples=["RAM"])
    label_sw: str = Field(examples=["RAM"])
    type: str = Field(examples=["integer"])
    unit: str = Field("", examples=["GB"])
    choices: list[str] = Field([], examples=[[]])
    required: bool = Field(False, examples=[True])
    facet: bool = Field(False, examples=[True])


class CategoryDetail(Out):
    reference: str = reference_of("CAT")
    slug: str = Field(examples=["smartphones"])
    name_en: str = Field(examples=["Smartphones"])
    name_sw: str = Field(examples=["Simu janja"])
    attributes: list[AttributeOut]


class SellerBrief(Out):
    """What everybody may know of a seller."""

    reference: str = reference_of("SEL")
    name: str = Field(examples=["Kariakoo Electronics"])
    slug: str = Field(examples=["kariakoo-electronics"])
    region: str = Field(examples=["Dar es Salaam"])

    @classmethod
    def of(cls, card: SellerCard) -> "SellerBrief":
        return cls(reference=card.reference, name=card.name, slug=card.slug, region=card.region)


class OfferOut(Out):
    """One seller's offer of a product; order it by its `listing`."""

    listing: str = reference_of("LST")
    seller: SellerBrief
    condition: Choice = Field(examples=[{"code": "new", "label": "New"}])
    price: Money
    available: int = Field(examples=[7])
    warranty_months: int = Field(examples=[12])
    thumbnail_url: str = Field(examples=["/media/listings/7k3m/PIC-7K3M9QX2-small.webp"])
    picture_url: str = Field(examples=["/media/listings/7k3m/PIC-7K3M9QX2.webp"])

    @classmethod
    def of(cls, offer: OfferCard, seller: SellerCard) -> "OfferOut":
        return cls(
            listing=offer.reference,
            seller=SellerBrief.of(seller),
            condition=Choice(code=offer.condition, label=str(Condition(offer.condition).label)),
            price=money(offer.price_minor),
            available=offer.available,
            warranty_months=offer.warranty_months,
            thumbnail_url=offer.thumbnail_url,
            picture_url=offer.large_url,
        )


class ProductBrief(Out):
    """A product where it is mentioned."""

    reference: str = reference_of("PRD")
    title: str = Field(examples=["Tecno Spark 20"])
    slug: str = Field(examples=["tecno-spark-20"])
    brand: str = Field(examples=["Tecno"])
    category: str = Field(examples=["smartphones"], description="The category's slug.")

    @classmethod
    def of(cls, card: ProductCard) -> "ProductBrief":
        return cls(
            reference=card.reference,
            title=card.title,
            slug=card.slug,
            brand=card.brand,
            category=card.category_slug,
        )

    @classmethod
    def of_row(cls, row: Any) -> "ProductBrief":
        return cls(
            reference=row.reference,
            title=row.title,
            slug=row.slug,
            brand=row.brand.name,
            category=row.category.slug,
        )


class ProductOut(ProductBrief):
    """A product in a list. `best_price` is null where nobody offers it now."""

    best_price: Money | None
    offers: int = Field(examples=[3])
    thumbnail_url: str = Field(examples=["/media/listings/7k3m/PIC-7K3M9QX2-small.webp"])


class ProductDetail(ProductBrief):
    """`offers` are those that can be bought now, the cheapest first."""

    description: str = Field(examples=["6.6 inch, 8 GB RAM, 256 GB."])
    attributes: dict[str, Any] = Field(examples=[{"ram_gb": 8, "storage_gb": 256}])
    rating: RatingOut
    offers: list[OfferOut]
