"""The pages of a wallet's proof: three ways side by side, what stands behind them, day after day."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from marketplace.reconciliation.models import ReconciliationException, Statement
from marketplace.shared import clock
from tests.backoffice.console_pages import signed_in
from tests.factories.reconciliation import NOON, Row, a_payment, a_receipt, charge, paid
from tests.marketplace.reconciliation.books import an_imported_statement

pytestmark = pytest.mark.django_db
QUERIES_MAX = 20


@pytest.fixture
def a_day():
    payment, short = a_payment(20_000_00), a_payment(7_000_00)
    an_imported_statement(
        [paid(payment), charge(payment.receipt), paid(short, amount_minor=6_500_00),
         Row(a_receipt(), 4_000_00)]
    )  # fmt: skip
    return payment, short


def shown(client, page: str, **asked) -> str:
    return client.get(reverse(f"admin:{page}"), {"provider": "mpesa", **asked}).content.decode()


def test_the_check_shows_the_kinds_and_what_stands_behind_one(client, a_day):
    payment, short = a_day
    signed_in(client, "finance")

    page = shown(client, "three_way", day="2026-10-04")
    assert "TZS 30,500" in page
    assert short.reference not in page

    page = shown(client, "three_way", month="2026-10", kind="payment")
    assert page.index(short.reference) < page.index(payment.reference)
    for row in ReconciliationException.objects.filter(kind="missing_in_books"):
        assert row.reference in page


def test_the_proof_leads_from_a_day_to_its_check(client, a_day):
    signed_in(client, "finance")

    page = shown(client, "daily_proof", month="2026-10")

    address = f"{reverse('admin:three_way')}?provider=mpesa&amp;day=2026-10-04"
    assert address in page
    assert "TZS 30,250" in page


@pytest.mark.parametrize(
    "asked",
    [{"day": "9999-12-31"}, {"day": "x"}, {"month": "2026-13"}, {"month": "1970-01"},
     {"provider": "nobody"}, {"kind": "' OR 1=1"}, {"day": "2000-01-01"}, {}],
)  # fmt: skip
@pytest.mark.parametrize("page", ["three_way", "daily_proof"])
def test_whatever_is_asked_a_page_answers(client, page, asked):
    signed_in(client, "finance")

    assert client.get(reverse(f"admin:{page}"), asked).status_code == 200


def test_a_month_costs_as_much_as_a_day(client, a_day, django_assert_max_num_queries):
    for day in range(1, 4):
        at = NOON + timedelta(days=day)
        an_imported_statement(
            [paid(a_payment(settled_at=at))],
            since=at - timedelta(hours=12),
            until=at + timedelta(hours=12),
        )
    signed_in(client, "finance")
    month = f"{NOON.astimezone(clock.EAT):%Y-%m}"
    shown(client, "three_way", day="2026-10-04")

    with django_assert_max_num_queries(QUERIES_MAX):
        shown(client, "three_way", month=month, kind="payment")
    with django_assert_max_num_queries(QUERIES_MAX):
        shown(client, "daily_proof", month=month)


def test_a_statement_says_what_moved_and_which_lines_wait_for_whom(client, a_day):
    signed_in(client, "finance")
    statement = Statement.objects.get()

    page = client.get(reverse("admin:reconciliation_statement_change", args=[statement.pk]))
    said = page.content.decode()

    assert "Provider fee" in said
    assert "TZS 30,500" in said
    for row in ReconciliationException.objects.filter(line__isnull=False):
        assert row.reference in said


@pytest.mark.parametrize(
    ("closing", "said"), [("20,000.00", "to the shilling"), ("26,000.00", "TZS 6,000 less")]
)
def test_a_statement_whose_lines_do_not_come_to_its_closing_balance_says_so(client, closing, said):
    an_imported_statement([paid(a_payment(20_000_00))], closing=closing)
    Statement.objects.update(opening_minor=0)
    signed_in(client, "finance")
    address = reverse("admin:reconciliation_statement_change", args=[Statement.objects.get().pk])

    assert said in client.get(address).content.decode()


def test_kinds_of_lines_are_told_in_the_readers_language(client, a_day):
    signed_in(client, "finance")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "sw"
    lines = reverse("admin:reconciliation_statementline_changelist")

    assert "Ada ya mtoa huduma" in client.get(lines).content.decode()
