"""A small shop window for tests of search."""

from typing import Any

from marketplace.catalog.models import Brand, Category, Product
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.search.commands import rebuild
from tests.factories.catalog import COLOUR, RAM, a_category, a_product
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller

SHILLING = 100


def the_shelves() -> dict[str, Category]:
    """Electronics, and below it phones (with memory and colour) and cases (with colour)."""
    root = a_category(slug="electronics", name_en="Electronics", name_sw="Elektroniki")
    return {
        "electronics": root,
        "phones": a_category(
            root,
            slug="phones",
            name_en="Phones",
            name_sw="Simu",
            attribute_schema=[RAM, COLOUR],
        ),
        "cases": a_category(
            root, slug="cases", name_en="Cases", name_sw="Kava", attribute_schema=[COLOUR]
        ),
    }


def a_maker(name: str) -> Brand:
    return Brand.objects.get_or_create(slug=name.lower(), defaults={"name": name})[0]


def on_sale(
    category: Category, brand: str, title: str, price: int = 100_000, **changes: Any
) -> Product:
    """A product with one live offer, price in shillings."""
    on_hand = changes.pop("on_hand", 5)
    product = a_product(category, a_maker(brand), title=title, **changes)
    a_listing(product=product, price_minor=price * SHILLING, on_hand=on_hand)
    return product


def the_window() -> dict[str, Product]:
    """Six products of three makers, indexed."""
    shelves = the_shelves()
    phones, cases = shelves["phones"], shelves["cases"]
    window = {
        "a15": on_sale(
            phones, "Samsung", "Galaxy A15 128GB", 450_000,
            attributes={"ram_gb": 4, "colour": "Black"}, description="Six months of warranty.",
        ),
        "s24": on_sale(
            phones, "Samsung", "Galaxy S24 Ultra 256GB", 3_000_000,
            attributes={"ram_gb": 12, "colour": "Gold"},
        ),
        "iphone": on_sale(
            phones, "Apple", "iPhone 13", 1_900_000, attributes={"ram_gb": 4, "colour": "Blue"}
        ),
        "spark": on_sale(
            phones, "Tecno", "Spark 20 Pro", 380_000, on_hand=0,
            attributes={"ram_gb": 8, "colour": "Black"},
        ),
        "case": on_sale(
            cases, "Apple", "Case for iPhone 13", 25_000, attributes={"colour": "Black"}
        ),
        "cover": on_sale(cases, "Samsung", "Clear cover A15", 15_000),
    }  # fmt: skip
    rebuild()
    return window


def many_products(count: int) -> None:
    """`count` phones of one seller, three at each price, indexed."""
    phones, seller, maker = the_shelves()["phones"], a_seller(), a_maker("Tecno")
    products = Product.objects.bulk_create(
        Product(
            category=phones,
            brand=maker,
            title=f"Pop {number}",
            slug=f"pop-{number}",
            attributes={"ram_gb": 4},
        )
        for number in range(count)
    )
    Listing.objects.bulk_create(
        Listing(
            seller=seller,
            product=product,
            sku=f"POP-{number}",
            price_minor=(10_000 + number // 3) * SHILLING,
            on_hand=1,
            status=ListingStatus.LIVE,
        )
        for number, product in enumerate(products)
    )
    rebuild()
