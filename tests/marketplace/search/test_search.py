"""People find what can be bought, as they write it, and can narrow it down."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.catalog.errors import CategoryNotFound
from marketplace.search.commands import rebuild
from marketplace.search.errors import CursorInvalid, LimitInvalid, SortUnknown, TooManyFilters
from marketplace.search.queries import search, suggest
from tests.factories.search import SHILLING, many_products, on_sale, the_shelves, the_window

pytestmark = pytest.mark.django_db


def titles(**wanted):
    return [hit.title for hit in search(**wanted).hits]


def test_words_are_found_in_titles_brands_shelves_descriptions_and_attributes():
    the_window()

    assert titles(text="ultra") == ["Galaxy S24 Ultra 256GB"]
    assert set(titles(text="samsung")) == {
        "Galaxy A15 128GB",
        "Galaxy S24 Ultra 256GB",
        "Clear cover A15",
    }
    assert set(titles(text="warranty")) == {"Galaxy A15 128GB"}
    assert titles(text="gold") == ["Galaxy S24 Ultra 256GB"]
    assert titles(text="12gb memory") == titles(text="12 GB kumbukumbu") == titles(text="gold")


def test_shelves_are_found_in_english_and_swahili_in_other_forms_and_from_above():
    the_window()

    assert len(titles(text="simu")) == 4
    assert len(titles(text="phone")) == 4
    assert len(titles(text="kava")) == 2
    assert len(titles(text="elektroniki")) == 6


def test_a_hit_carries_what_a_list_shows():
    window = the_window()

    (hit,) = search(text="galaxy a15").hits

    assert (hit.product_id, hit.reference, hit.slug) == (
        window["a15"].pk,
        window["a15"].reference,
        window["a15"].slug,
    )
    assert (hit.brand, hit.category_slug) == ("Samsung", "phones")
    assert (hit.price_minor, hit.currency, hit.offers) == (450_000 * SHILLING, "TZS", 1)
    assert hit.listing_reference.startswith("LST-")
    assert hit.attributes == {"ram_gb": 4, "colour": "Black"}


def test_the_thing_comes_before_what_belongs_to_it():
    the_window()

    assert titles(text="iphone 13") == ["iPhone 13", "Case for iPhone 13"]


def test_what_can_be_bought_comes_before_what_is_sold_out():
    phones = the_shelves()["phones"]
    on_sale(phones, "Nokia", "Nokia 3310", on_hand=0)
    on_sale(phones, "Nokia", "Nokia 3310 classic blue")
    rebuild()

    assert titles(text="nokia 3310") == ["Nokia 3310 classic blue", "Nokia 3310"]
    assert titles(text="nokia 3310", in_stock=True) == ["Nokia 3310 classic blue"]


@pytest.mark.parametrize(
    "written",
    [
        "GALAXY a15",
        "galaxy-a15",
        "galaxy/a15 128 GB",
        "Gálaxy  A15",
        "the galaxy a15",
        "a15 galaxy!",
    ],
)
def test_case_accents_signs_units_and_small_words_do_not_matter(written):
    the_window()

    page = search(text=written)

    assert [hit.title for hit in page.hits] == ["Galaxy A15 128GB"]
    assert not page.is_approximate


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("samsng galxy s24", "Galaxy S24 Ultra 256GB"),
        ("iphnoe", "iPhone 13"),
        ("tekno sprak", "Spark 20 Pro"),
    ],
)
def test_a_typing_mistake_finds_what_is_similar_and_says_so(written, meant):
    the_window()

    page = search(text=written)

    assert page.hits[0].title == meant
    assert page.is_approximate


def test_nonsense_finds_nothing_and_says_nothing():
    the_window()

    page = search(text="zzzzqqqq")

    assert (page.hits, page.total, page.is_approximate, page.next_cursor) == ([], 0, False, "")
    assert page.facets.brands == []


@pytest.mark.parametrize("written", ["'", "\\", "a & | ! b", "%", "100%", "\x00", ":*", "((", "…"])
def test_signs_that_mean_something_to_the_database_mean_nothing_here(written):
    the_window()

    search(text=written)
    suggest(prefix=written)


def test_filters_narrow_and_a_shelf_holds_what_stands_below_it():
    the_window()

    assert len(titles(category_slug="electronics")) == 6
    assert set(titles(category_slug="cases")) == {"Case for iPhone 13", "Clear cover A15"}
    assert titles(category_slug="phones", brand="apple") == ["iPhone 13"]
    assert set(titles(attributes={"ram_gb": ["4"]})) == {"Galaxy A15 128GB", "iPhone 13"}
    assert titles(attributes={"ram_gb": ["4", "12"], "colour": ["Gold", "Blue"]}, sort="price") == [
        "iPhone 13",
        "Galaxy S24 Ultra 256GB",
    ]
    assert titles(price_min_minor=400_000 * SHILLING, price_max_minor=450_000 * SHILLING) == [
        "Galaxy A15 128GB"
    ]


def test_results_can_be_sorted():
    the_window()

    cheap_first = titles(sort="price")
    assert cheap_first[0] == "Clear cover A15"
    assert cheap_first[-1] == "Galaxy S24 Ultra 256GB"
    assert titles(sort="-price") == cheap_first[::-1]
    assert titles(sort="newest")[0] == titles()[0] == "Clear cover A15"


@pytest.mark.parametrize("sort", ["relevance", "price", "-price", "newest"])
@pytest.mark.parametrize("text", ["", "pop", "ppop"])
def test_pages_hold_every_result_once(sort, text):
    many_products(23)
    seen, cursor = [], ""

    while True:
        page = search(text=text, sort=sort, cursor=cursor, limit=5)
        seen += [hit.product_id for hit in page.hits]
        cursor = page.next_cursor
        if not cursor:
            break

    assert len(seen) == len(set(seen)) == 23
    assert page.total == 23
    assert page.total_is_exact


def test_a_total_stops_counting_at_a_thousand():
    many_products(1_001)

    page = search(text="pop")

    assert (page.total, page.total_is_exact) == (1_000, False)
    assert page.facets.categories[0].count == 1_001


def test_facets_say_how_many_each_choice_would_leave():
    the_window()

    facets = search(text="samsung").facets

    assert [(c.value, c.label_sw, c.count) for c in facets.categories] == [
        ("phones", "Simu", 2),
        ("cases", "Kava", 1),
    ]
    assert [(c.value, c.label_en, c.count) for c in facets.brands] == [("samsung", "Samsung", 3)]
    memory, colour = facets.attributes
    assert (memory.key, memory.label_sw, memory.unit) == ("ram_gb", "Kumbukumbu", "GB")
    assert [(c.value, c.count) for c in memory.choices] == [("4", 1), ("12", 1)]
    assert [(c.value, c.count) for c in colour.choices] == [("Black", 1), ("Gold", 1)]


def test_a_chosen_filter_does_not_hide_the_other_choices_of_its_own_facet():
    the_window()

    facets = search(category_slug="phones", brand="samsung", attributes={"ram_gb": ["4"]}).facets

    assert {c.value: c.count for c in facets.brands} == {"samsung": 1, "apple": 1}
    memory, colour = facets.attributes
    assert {c.value: c.count for c in memory.choices} == {"4": 1, "12": 1}
    assert {c.value: c.count for c in colour.choices} == {"Black": 1}
    assert [(c.value, c.count) for c in facets.categories] == [("phones", 1)]


def test_facets_can_be_left_out():
    the_window()

    assert search(text="samsung", with_facets=False).facets.brands == []


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"sort": "best"}, SortUnknown),
        ({"limit": 0}, LimitInvalid),
        ({"limit": 101}, LimitInvalid),
        ({"cursor": "nonsense"}, CursorInvalid),
        ({"cursor": "!"}, CursorInvalid),
        ({"cursor": "WzFd"}, CursorInvalid),
        ({"category_slug": "nowhere"}, CategoryNotFound),
        ({"attributes": {f"key_{n}": ["x"] for n in range(11)}}, TooManyFilters),
    ],
)
def test_what_cannot_be_asked_is_refused(wanted, refusal):
    with pytest.raises(refusal):
        search(**wanted)


def test_a_cursor_of_another_order_is_refused():
    many_products(3)
    cursor = search(sort="price", limit=1).next_cursor

    with pytest.raises(CursorInvalid):
        search(sort="newest", cursor=cursor)


@pytest.mark.parametrize(
    "wanted",
    [
        {"text": "pop"},
        {"text": "ppop", "category_slug": "phones", "attributes": {"ram_gb": ["4"]}},
    ],
)
def test_a_page_costs_the_same_queries_however_long_it_is(wanted):
    many_products(30)

    costs = []
    for limit in (1, 30):
        with CaptureQueriesContext(connection) as made:
            search(limit=limit, **wanted)
        costs.append(len([q for q in made if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]))

    assert costs[0] == costs[1] <= 12


def test_suggestions_name_shelves_makers_and_products():
    the_window()

    found = [(s.kind, s.text) for s in suggest(prefix="sa")]
    assert ("brand", "Samsung") in found
    assert ("product", "Samsung Galaxy A15 128GB") in found
    assert suggest(prefix="sim")[0].slug == "phones"
    assert [s.text for s in suggest(prefix="galaxy s2")] == ["Samsung Galaxy S24 Ultra 256GB"]
    assert suggest(prefix="  ") == suggest(prefix="xyzzy") == []
    assert len(suggest(prefix="a", limit=2)) == 2
