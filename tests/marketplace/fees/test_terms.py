"""Which rates apply to a sale, and what they come to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from marketplace.catalog.errors import CategoryNotFound
from marketplace.fees.errors import NoCommissionRule, NoVatRate
from marketplace.fees.models import VatRate
from marketplace.fees.queries import Sale, terms_for, vat_rate
from marketplace.shared.ids import uuid7
from marketplace.shared.money import is_whole
from tests.factories.catalog import a_category
from tests.factories.fees import a_rule, the_terms
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


def a_sale(category=None, seller=None, amount_minor=118_000_00, key="line"):
    return Sale(key, (category or a_category()).pk, seller.pk if seller else uuid7(), amount_minor)


def terms_of(sale, on=TODAY):
    return terms_for([sale], on)[sale.key]


def test_the_ordinary_terms_of_a_sale():
    rule = the_terms()

    terms = terms_of(a_sale(amount_minor=118_000_00))

    assert (terms.vat_bp, terms.vat_minor) == (1_800, 18_000_00)
    assert (terms.commission_bp, terms.commission_minor) == (1_000, 11_800_00)
    assert (terms.commission_vat_bp, terms.commission_vat_minor) == (1_800, 2_124_00)
    assert terms.rule == f"Everything ({rule.reference})"


def test_the_first_rule_that_covers_the_sale_wins_whatever_its_rate():
    the_terms()
    phones = a_category()
    a_rule(1_500, position=20, category=phones)
    a_rule(500, position=10, category=phones)
    a_rule(50, position=30, category=phones)

    assert terms_of(a_sale(phones)).commission_bp == 500
    assert terms_of(a_sale()).commission_bp == 1_000


def test_a_rule_for_a_category_covers_all_below_it_and_nothing_above():
    the_terms()
    root = a_category()
    phones = a_category(root)
    a_rule(700, category=phones)

    assert terms_of(a_sale(a_category(phones))).commission_bp == 700
    assert terms_of(a_sale(root)).commission_bp == 1_000


def test_a_rule_for_a_seller_or_for_both_covers_exactly_that():
    the_terms()
    seller, phones = a_seller(), a_category()
    a_rule(300, position=1, category=phones, seller=seller)
    a_rule(400, position=2, seller=seller)

    assert terms_of(a_sale(phones, seller)).commission_bp == 300
    assert terms_of(a_sale(None, seller)).commission_bp == 400
    assert terms_of(a_sale(phones)).commission_bp == 1_000


def test_a_rule_applies_from_its_first_day_to_the_day_before_its_last():
    the_terms()
    a_rule(600, valid_from=TODAY, valid_until=TODAY + timedelta(days=2))
    sale = a_sale()

    rates = [terms_of(sale, TODAY + timedelta(days=n)).commission_bp for n in range(-1, 3)]

    assert rates == [1_000, 600, 600, 1_000]


def test_vat_is_that_of_the_day():
    VatRate.objects.create(rate_bp=1_800, valid_from=date(2020, 1, 1), valid_until=TODAY)
    VatRate.objects.create(rate_bp=1_600, valid_from=TODAY)

    assert vat_rate(TODAY - timedelta(days=1)) == 1_800
    assert vat_rate(TODAY) == 1_600


def test_without_a_rule_or_a_rate_nothing_is_sold_and_the_reason_is_clear():
    sale = a_sale()
    with pytest.raises(NoVatRate, match="2026-06-01"):
        terms_of(sale)

    rule = the_terms()
    rule.delete()
    a_rule(500, category=a_category())
    with pytest.raises(NoCommissionRule, match="2026-06-01"):
        terms_of(sale)


def test_a_category_we_do_not_know_has_no_terms():
    the_terms()

    with pytest.raises(CategoryNotFound):
        terms_of(Sale("x", uuid7(), uuid7(), 100))


def test_many_sales_cost_one_query(django_assert_num_queries):
    the_terms()
    a_rule(500, category=a_category())
    sales = [a_sale(key=number) for number in range(20)]

    with django_assert_num_queries(1):
        terms = terms_for(sales, TODAY)

    assert terms.keys() == set(range(20))
    assert terms_for([], TODAY) == {}


RULE = st.fixed_dictionaries(
    {
        "category": st.none() | st.integers(0, 3),
        "seller": st.none() | st.integers(0, 1),
        "first_day": st.integers(-2, 2),
        "days": st.none() | st.integers(1, 3),
        "rate_bp": st.integers(0, 5_000),
    }
)


class TestTermsAgreeWithTheirDefinition(TestCase):
    """Against a plain reading of the rule: the first in the list that covers the sale."""

    @given(st.lists(RULE, max_size=6), st.integers(0, 3), st.integers(0, 1), st.integers(1, 10**7))
    def test_the_first_match_wins_and_amounts_are_whole_and_within_the_price(
        self, rules, place, who, shillings
    ):
        root = a_category()
        branch = [root, a_category(root)]
        categories = [*branch, a_category(branch[1]), a_category()]
        above = {0: {0}, 1: {0, 1}, 2: {0, 1, 2}, 3: {3}}
        sellers = [a_seller(), a_seller()]
        the_terms()
        for position, rule in enumerate(rules):
            begin = TODAY + timedelta(days=rule["first_day"])
            a_rule(
                rule["rate_bp"],
                position=position,
                category=None if rule["category"] is None else categories[rule["category"]],
                seller=None if rule["seller"] is None else sellers[rule["seller"]],
                valid_from=begin,
                valid_until=begin + timedelta(days=rule["days"]) if rule["days"] else None,
            )

        terms = terms_of(a_sale(categories[place], sellers[who], shillings * 100))

        expected = next((r for r in rules if _covers(r, above[place], who)), {"rate_bp": 1_000})
        assert terms.commission_bp == expected["rate_bp"]
        assert all(map(is_whole, (terms.vat_minor, terms.commission_minor)))
        assert is_whole(terms.commission_vat_minor)
        assert 0 <= terms.commission_minor + terms.commission_vat_minor <= shillings * 100
        assert abs(terms.vat_minor * 11_800 - shillings * 100 * 1_800) <= 50 * 11_800


def _covers(rule, places, who) -> bool:
    last = None if rule["days"] is None else rule["first_day"] + rule["days"]
    return (
        (rule["category"] is None or rule["category"] in places)
        and rule["seller"] in (None, who)
        and rule["first_day"] <= 0
        and (last is None or last > 0)
    )
