"""A seller downloads the statement of their own account; it is the ledger's to the shilling."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.shared import clock
from tests.api.client import Caller
from tests.factories.accounts import a_buyer
from tests.factories.sellers import a_seller
from tests.marketplace.billing.test_documents import a_sale, give_back
from tests.reports.files import minor

pytestmark = pytest.mark.django_db
FAMILIES = (chart.seller_pending, chart.seller_available, chart.seller_on_hold)


def days(since: int = 1, until: int = 0) -> dict[str, Any]:
    """From so many days ago to so many days ago."""
    first, last = (clock.today() - timedelta(days=ago) for ago in (since, until))
    return {"since": first, "until": last}


def content(caller: Caller, **query: Any) -> bytes:
    response = caller.get("/sellers/me/statement", **query)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_statement_runs_to_what_the_ledger_owes_and_holds_only_ones_own(form):
    part = a_sale()
    a_sale(a_seller())
    give_back(part, part.gross_minor // 4 // 100 * 100)

    file = content(Caller(part.seller.application.applicant), **days(), format=form)

    owed = -sum(balance(account=family(part.seller.reference)) for family in FAMILIES)
    assert owed > 0
    if form == "csv":
        rows = [row for row in csv.reader(io.StringIO(file.decode("utf-8-sig"))) if row]
        movements = [row for row in rows if len(row) == 7]
        assert (movements[1][2], movements[1][6]) == ("Opening balance", "0.00")
        assert minor(movements[-1][6]) == owed
        assert {row[3] for row in movements[2:-1]} == {part.reference}
    else:
        sheets = openpyxl.load_workbook(io.BytesIO(file)).worksheets
        rows = [row for sheet in sheets for row in sheet.iter_rows(values_only=True)]
        (closing,) = [row for row in rows if "Closing balance" in row]
        assert round(closing[6] * 100) == owed


def test_the_statement_comes_on_paper():
    part = a_sale()

    file = content(Caller(part.seller.application.applicant), **days(), format="pdf")

    assert file.startswith(b"%PDF-")


def test_an_earlier_period_closes_where_the_next_one_opens():
    part = a_sale()
    caller = Caller(part.seller.application.applicant)

    file = content(caller, **days(9, 1), format="csv").decode("utf-8-sig")

    closing = next(line for line in file.splitlines() if "Closing balance" in line)
    assert closing.endswith(",0.00")


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2026-10-02", "until": "2026-10-01"},
        {"since": "2025-01-01", "until": "2026-10-01"},
        {"since": "2026-10-01"},
        {"since": "yesterday", "until": "today"},
        {"since": "2026-10-01", "until": "2026-10-02", "format": "docx"},
    ],
)
def test_a_period_or_format_that_there_is_not_is_refused(query):
    response = Caller(a_seller().application.applicant).get("/sellers/me/statement", **query)

    assert response.status_code == 422


def test_who_sells_nothing_has_no_statement():
    assert Caller(a_buyer()).get("/sellers/me/statement", **days()).status_code == 403
