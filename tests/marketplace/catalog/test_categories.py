"""The category tree."""

import pytest

from marketplace.catalog import queries
from marketplace.catalog.commands import save_category
from marketplace.catalog.commands.categories import LEVELS_MAX
from marketplace.catalog.errors import (
    CategoryCycle,
    CategoryNotFound,
    CategoryTooDeep,
    SchemaInvalid,
    SlugInvalid,
    SlugTaken,
    TextInvalid,
)
from marketplace.catalog.invariants import INVARIANTS
from marketplace.catalog.models import Category
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import SYSTEM
from tests.factories.catalog import COLOUR, RAM, a_category
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db


def save(slug="phones", **changes):
    values = {"name_en": slug.title(), "name_sw": f"{slug} (sw)", "actor": SYSTEM}
    return save_category(slug=slug, **{**values, **changes})


def test_a_category_is_created_and_rewritten_with_its_history():
    created = save("phones", attribute_schema=[RAM])

    save("mobile-phones", category_id=created.pk, position=3)

    created.refresh_from_db()
    assert (created.slug, created.position, created.attribute_schema) == ("mobile-phones", 3, [])
    fact = LoggedEvent.objects.filter(name="catalog.category_changed.v1").latest("id")
    assert fact.before["slug"] == "phones"
    assert fact.after["slug"] == "mobile-phones"


@pytest.mark.parametrize("slug", ["", "Phones", "smart phones", "-tv", "tv-", "a--b", "x" * 81])
def test_a_slug_that_is_no_address_is_refused(slug):
    with pytest.raises(SlugInvalid):
        save(slug, name_en="Phones", name_sw="Simu")


def test_a_taken_slug_a_missing_name_and_an_unknown_category_are_refused():
    save("phones")

    with pytest.raises(SlugTaken):
        save("phones")
    with pytest.raises(TextInvalid) as refusal:
        save("tablets", name_sw=" ")
    assert refusal.value.field == "name_sw"
    with pytest.raises(CategoryNotFound):
        save("tablets", category_id=uuid7())
    with pytest.raises(CategoryNotFound):
        save("tablets", parent_id=uuid7())


def test_a_category_cannot_stand_below_itself():
    root = save("electronics")
    child = save("phones", parent_id=root.pk)

    for parent in (root, child):
        with pytest.raises(CategoryCycle):
            save("electronics", category_id=root.pk, parent_id=parent.pk)


@pytest.mark.django_db(transaction=True)
def test_two_moves_that_make_a_cycle_together_are_not_both_done():
    one, two = save("one"), save("two")

    outcomes = at_once(
        lambda: save("one", category_id=one.pk, parent_id=two.pk),
        lambda: save("two", category_id=two.pk, parent_id=one.pk),
    )

    assert [type(error) for error in refused(outcomes)] == [CategoryCycle]
    assert [i.check().differing for i in INVARIANTS] == [0]


def test_the_tree_has_a_bottom_also_for_whole_branches():
    parent_id = None
    for level in range(LEVELS_MAX):
        parent_id = save(f"level-{level}", parent_id=parent_id).pk
    branch = save("branch")
    save("twig", parent_id=branch.pk)

    with pytest.raises(CategoryTooDeep):
        save("too-deep", parent_id=parent_id)
    lowest_but_one = Category.objects.get(slug=f"level-{LEVELS_MAX - 2}")
    with pytest.raises(CategoryTooDeep):
        save("branch", category_id=branch.pk, parent_id=lowest_but_one.pk)


def test_a_category_inherits_attributes_and_cannot_redefine_them():
    root = save("electronics", attribute_schema=[COLOUR])
    phones = save("phones", parent_id=root.pk, attribute_schema=[RAM])

    assert [d["key"] for d in queries.schema_of(phones.pk)] == ["colour", "ram_gb"]
    with pytest.raises(SchemaInvalid):
        save("tablets", parent_id=root.pk, attribute_schema=[COLOUR])
    with pytest.raises(SchemaInvalid):
        save("electronics", category_id=root.pk, attribute_schema=[COLOUR, RAM])


def test_an_invariant_notices_a_cycle_made_past_the_commands():
    one, two = a_category(), a_category()
    Category.objects.filter(pk=one.pk).update(parent=two)
    Category.objects.filter(pk=two.pk).update(parent=one)

    assert [i.check().differing for i in INVARIANTS] == [2]


def test_the_tree_is_read_in_one_query_without_what_is_retired(django_assert_num_queries):
    root = save("electronics")
    save("phones", parent_id=root.pk, position=2)
    save("tablets", parent_id=root.pk, position=1)
    retired = save("fax", is_active=False)
    save("paper", parent_id=retired.pk)

    with django_assert_num_queries(1):
        tree = queries.category_tree()

    assert [node.slug for node in tree] == ["electronics"]
    assert [node.slug for node in tree[0].children] == ["tablets", "phones"]


def test_ways_up_and_down_include_the_category_itself():
    root = a_category()
    phones, tablets = a_category(root), a_category(root)
    smart = a_category(phones)

    assert queries.ancestors(smart.pk) == [root, phones, smart]
    assert queries.descendant_ids(root.pk) == {root.pk, phones.pk, tablets.pk, smart.pk}
    with pytest.raises(CategoryNotFound):
        queries.ancestors(uuid7())


def test_categories_are_found_by_slug_with_their_whole_schema(django_assert_num_queries):
    root = a_category(slug="electronics", attribute_schema=[COLOUR])
    a_category(root, slug="phones", attribute_schema=[RAM])
    a_category(slug="fax", is_active=False)

    with django_assert_num_queries(1):
        cards = queries.categories_by_slug({"phones", "fax", "nothing"})

    assert list(cards) == ["phones"]
    assert [d["key"] for d in cards["phones"].schema] == ["colour", "ram_gb"]
