"""What a moderator sees first: numbers, addresses, links and swear words, also where they are disguised."""

import pytest

from marketplace.reviews.policies import display_name
from marketplace.reviews.screening import screen
from marketplace.reviews.states import HoldRule


@pytest.mark.parametrize(
    ("text", "rule", "found"),
    [
        ("Piga 0754 000 111 upate nyingine", HoldRule.PHONE, "0754 000 111"),
        ("Call +255754000111", HoldRule.PHONE, "+255754000111"),
        ("namba ni 0754-000-111", HoldRule.PHONE, "0754-000-111"),
        ("or (0754) 000.111 at night", HoldRule.PHONE, "0754) 000.111"),
        ("Its IMEI is 356938035643809", HoldRule.PHONE, "356938035643809"),
        ("Write to duka@example.co.tz", HoldRule.EMAIL, "duka@example.co.tz"),
        ("Write to duka (at) example (dot) com", HoldRule.EMAIL, "duka (at) example (dot) com"),
        ("Cheaper at https://duka.example/x", HoldRule.LINK, "https://duka.example/x"),
        ("Cheaper at dukani.co.tz today", HoldRule.LINK, "dukani.co.tz"),
        ("Find us @duka_langu", HoldRule.LINK, "@duka_langu"),
        ("What a shit phone", HoldRule.SWEARING_EN, "shit"),
        ("FUUUUCK this", HoldRule.SWEARING_EN, "FUUUUCK"),
        ("a piece of sh1t", HoldRule.SWEARING_EN, "sh1t"),
        ("Huyu muuzaji ni mshenzi", HoldRule.SWEARING_SW, "mshenzi"),
        ("WAPUMBAVU!!", HoldRule.SWEARING_SW, "WAPUMBAVU!!"),
    ],
)
def test_a_rule_names_what_it_found(text, rule, found):
    assert screen(text) == [(rule, found)]


@pytest.mark.parametrize(
    "text",
    [
        "The battery lasts two days. I charged it on 24.11.2026 at 08:30.",
        "Nimenunua kwa TZS 1,250,000; dukani ni 1,400,000.",
        "Charges at 33W, has 256 GB and a 6.6 inch screen (1080 x 2400).",
        "I assess it as a classic: the glass passes. Shitaki mushrooms fit in the box.",
        "Simu nzuri sana, betri inakaa siku mbili. Asante kwa kufungasha vizuri.",
        "Good.Fast delivery.Thanks",
        "5/5, 10/10 ningenunua tena",
    ],
)
def test_what_people_say_of_goods_is_not_held(text):
    assert screen(text) == []


def test_every_rule_speaks_once_and_in_their_order():
    hits = screen("Shit! Call 0754 000 111", "or 0754 000 222, you bastards; www.duka.example")

    assert [hit.rule for hit in hits] == [HoldRule.PHONE, HoldRule.LINK, HoldRule.SWEARING_EN]
    assert hits[0].found == "0754 000 111"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Asha Juma Mushi", "Asha M."),
        ("Asha", "Asha"),
        ("  Neema   mollel ", "Neema M."),
        ("", ""),
        ("A" * 200 + " B", "A" * 37 + " B."),
    ],
)
def test_nobody_is_found_by_the_name_that_a_review_shows(name, shown):
    assert display_name(name) == shown
