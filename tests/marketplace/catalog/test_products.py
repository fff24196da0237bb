"""Brands and products, one by one and by the hundred."""

import pytest

from marketplace.catalog import queries
from marketplace.catalog.commands import (
    ProductDraft,
    brand_named,
    create_product,
    edit_product,
    find_or_create_products,
)
from marketplace.catalog.errors import (
    AttributeMissing,
    BrandNotFound,
    CategoryNotFound,
    ProductChangedMeanwhile,
    ProductExists,
    ProductNotFound,
    TextInvalid,
)
from marketplace.catalog.models import Brand, Product
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import SYSTEM
from tests.factories.catalog import RAM, a_brand, a_category, a_product
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db


def create(category=None, **changes):
    values = {"title": "Galaxy A15", "brand_name": "Samsung", "actor": SYSTEM}
    category_id = (category or a_category()).pk
    return create_product(category_id=category_id, **{**values, **changes})


def draft(category, title="Galaxy A15", brand_name="Samsung", **changes):
    return ProductDraft(title=title, brand_name=brand_name, category_id=category.pk, **changes)


def created_facts():
    names = ["catalog.product_created.v1", "catalog.product_imported.v1"]
    return LoggedEvent.objects.filter(name__in=names)


def test_a_product_is_created_with_brand_attributes_and_address():
    category = a_category(attribute_schema=[RAM])

    product = create(category, title=" Galaxy   A15 ", attributes={"ram_gb": "8"})

    product.refresh_from_db()
    assert (product.title, product.brand.name) == ("Galaxy A15", "Samsung")
    assert product.attributes == {"ram_gb": 8}
    assert product.slug.startswith("samsung-galaxy-a15-")
    assert created_facts().get().aggregate_id == str(product.pk)


def test_an_address_does_not_repeat_the_brand_and_survives_any_alphabet():
    assert create(title="Samsung S24").slug.startswith("samsung-s24-")
    assert create(title="电话", brand_name="华为").slug
    assert len(create(title="x" * 160, brand_name="y" * 80).slug) <= 180


def test_what_cannot_be_a_product_is_refused():
    category = a_category(attribute_schema=[RAM])

    with pytest.raises(AttributeMissing):
        create(category)
    with pytest.raises(CategoryNotFound):
        create_product(title="X", brand_name="Y", category_id=uuid7(), actor=SYSTEM)
    with pytest.raises(BrandNotFound):
        create(brand_id=uuid7())
    for field, changes in {
        "title": {"title": " "},
        "brand": {"brand_name": ""},
        "description": {"description": "x" * 5001},
    }.items():
        with pytest.raises(TextInvalid) as refusal:
            create(**changes)
        assert refusal.value.field == field


def test_the_same_title_twice_is_refused_with_the_reference_of_the_first():
    first = create()

    with pytest.raises(ProductExists, match=first.reference):
        create(brand_name="SAMSUNG")


def test_a_brand_is_found_in_any_case_and_created_once():
    first = brand_named(name="TECNO", actor=SYSTEM)

    assert brand_named(name=" tecno ", actor=SYSTEM) == first
    assert brand_named(name="Tecno Mobile", actor=SYSTEM) != first


@pytest.mark.django_db(transaction=True)
def test_a_new_brand_wanted_by_many_at_once_is_created_once():
    names = ["Infinix", "INFINIX", "infinix", "Infinix "]

    outcomes = at_once(*[lambda n=name: brand_named(name=n, actor=SYSTEM) for name in names])

    assert refused(outcomes) == []
    assert Brand.objects.count() == 1


def test_an_edit_keeps_the_address_and_the_history():
    product = create()
    slug = product.slug

    edited = edit_product(
        product_id=product.pk,
        version=1,
        title="Galaxy A15 5G",
        brand_name="Samsung Mobile",
        description="New",
        is_active=False,
        actor=SYSTEM,
    )

    edited.refresh_from_db()
    assert (edited.title, edited.slug, edited.version) == ("Galaxy A15 5G", slug, 2)
    assert (edited.brand.name, edited.is_active) == ("Samsung Mobile", False)
    fact = LoggedEvent.objects.get(name="catalog.product_changed.v1")
    assert fact.before["title"] == "Galaxy A15"
    assert fact.after["title"] == "Galaxy A15 5G"
    assert "attributes" not in fact.after


def test_moving_a_product_asks_for_the_new_categorys_attributes():
    product, phones = create(), a_category(attribute_schema=[RAM])

    with pytest.raises(AttributeMissing):
        edit_product(product_id=product.pk, category_id=phones.pk, actor=SYSTEM)
    moved = edit_product(
        product_id=product.pk, category_id=phones.pk, attributes={"ram_gb": 4}, actor=SYSTEM
    )

    assert (moved.category_id, moved.attributes) == (phones.pk, {"ram_gb": 4})


def test_an_edit_of_an_older_version_is_refused_and_one_without_change_is_no_news():
    product = create()

    with pytest.raises(ProductChangedMeanwhile):
        edit_product(product_id=product.pk, version=7, title="X", actor=SYSTEM)
    edit_product(product_id=product.pk, title="Galaxy A15", actor=SYSTEM)

    assert not LoggedEvent.objects.filter(name="catalog.product_changed.v1").exists()
    with pytest.raises(ProductNotFound):
        edit_product(product_id=uuid7(), title="X", actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_of_edits_of_one_version_at_once_one_wins():
    product = create()
    titles = ["A", "B", "C"]

    outcomes = at_once(
        *[
            lambda t=title: edit_product(product_id=product.pk, version=1, title=t, actor=SYSTEM)
            for title in titles
        ]
    )

    assert [type(error) for error in refused(outcomes)] == [ProductChangedMeanwhile] * 2


def test_drafts_find_what_exists_and_create_the_rest():
    category = a_category(attribute_schema=[RAM])
    known = create(category, attributes={"ram_gb": 8})
    drafts = [
        draft(category, "galaxy a15", "SAMSUNG", attributes={"ram_gb": 4}),
        draft(category, "Galaxy S24", attributes={"ram_gb": "12"}),
        draft(category, "galaxy  s24", "samsung", attributes={"ram_gb": 12}),
        draft(category, "Redmi 13", "Xiaomi", attributes={"ram_gb": 8}),
    ]

    found = find_or_create_products(drafts=drafts, actor=SYSTEM)

    assert len(found) == 3
    assert found[drafts[0].key] == known.pk
    assert found[drafts[1].key] == found[drafts[2].key]
    known.refresh_from_db()
    assert known.attributes == {"ram_gb": 8}
    assert created_facts().count() == 3
    assert Product.objects.get(title="Galaxy S24").attributes == {"ram_gb": 12}


def test_drafts_again_create_nothing_and_cost_two_queries(django_assert_num_queries):
    category = a_category()
    drafts = [draft(category, f"Phone {number}") for number in range(200)]
    first = find_or_create_products(drafts=drafts, actor=SYSTEM)

    with django_assert_num_queries(4):  # The other two begin and end a transaction.
        again = find_or_create_products(drafts=drafts, actor=SYSTEM)

    assert again == first
    assert Product.objects.count() == 200


def test_a_wrong_draft_creates_nothing():
    category = a_category(attribute_schema=[RAM])

    with pytest.raises(AttributeMissing):
        find_or_create_products(
            drafts=[draft(category, "A", attributes={"ram_gb": 4}), draft(category, "B")],
            actor=SYSTEM,
        )

    assert not Product.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_parallel_imports_of_the_same_products_in_any_order_agree():
    category = a_category()
    drafts = [draft(category, f"Phone {n}", f"Brand {n % 5}") for n in range(60)]
    orders = [drafts, drafts[::-1], drafts[30:] + drafts[:30]]

    outcomes = at_once(
        *[lambda o=order: find_or_create_products(drafts=o, actor=SYSTEM) for order in orders]
    )

    assert refused(outcomes) == []
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert Product.objects.count() == created_facts().count() == 60


def test_cards_come_in_one_query(django_assert_num_queries):
    one, two = a_product(), a_product(brand=a_brand("TECNO"))

    with django_assert_num_queries(1):
        cards = queries.product_cards([one.pk, two.pk, uuid7()])

    assert cards.keys() == {one.pk, two.pk}
    assert (cards[two.pk].brand, cards[two.pk].category_slug) == ("TECNO", two.category.slug)


def test_products_of_a_category_include_those_below_it():
    root = a_category()
    above, below, other = a_product(root), a_product(a_category(root)), a_product()
    a_product(root, is_active=False)

    assert list(queries.products(category_id=root.pk)) == [below, above]
    assert other in queries.products()


def test_a_product_is_found_by_id_reference_or_address():
    product = a_product()

    assert queries.get_product(product.pk) == product
    assert queries.product_by_reference(product.reference) == product
    assert queries.product_by_slug(product.slug) == product
    for find, key in [
        (queries.get_product, uuid7()),
        (queries.product_by_reference, "PRD-NOTHING"),
        (queries.product_by_slug, "nothing"),
    ]:
        with pytest.raises(ProductNotFound):
            find(key)
