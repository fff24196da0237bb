"""Lists leave the console as spreadsheets: the rows that were looked at, and nothing that runs."""

import csv
import io

import openpyxl
import pytest

from backoffice import exports
from tests.backoffice.console_pages import do, list_address, pages_by_model, signed_in
from tests.factories.console import a_world
from tests.factories.orders import a_paid_order, an_order

pytestmark = pytest.mark.django_db
EXPORTED = sorted(label for label, page in pages_by_model().items() if page.exported)
BY_COLUMNS = sorted(
    label for label, page in pages_by_model().items() if page.is_exported and not page.exported
)
# The log leaves row by row as the audit extract; reports are files; jobs are pickled.
OTHERWISE = {
    "shared.loggedevent",
    "reports.reportrun",
    "reports.reportschedule",
    "django_q.task",
    "backoffice.failedjob",
}


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_rows_are_those_of_the_list_as_it_was_filtered(client):
    paid, _unpaid = a_paid_order(), an_order()
    signed_in(client, "finance")
    looked_at = list_address("orders.order") + "?status__exact=paid"

    (row,) = table(do(client, "orders.order", "export", format="csv", next=looked_at))

    assert row["Reference"] == paid.reference
    assert row["Total (TZS)"] == f"{paid.total_minor / 100:.2f}"
    assert row["Buyer"] == paid.buyer.name


def test_what_a_spreadsheet_would_run_is_disarmed(client):
    order = an_order()
    order.buyer.name = "=HYPERLINK(1)"
    order.buyer.save()
    signed_in(client, "finance")

    (row,) = table(do(client, "orders.order", "export", format="csv"))

    assert not row["Buyer"].startswith("=")


@pytest.mark.parametrize("label", EXPORTED)
def test_every_export_opens_as_a_workbook(client, label):
    a_world()
    signed_in(client, "administrator")

    answer = do(client, label, "export", format="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    headings = [cell.value for cell in sheet[1]]
    assert headings == [str(heading) for heading in pages_by_model()[label].exported]
    assert sheet.max_row > 1 or label == "billing.fiscalreceipt"  # Only an authority makes one.
    assert answer["Content-Disposition"].endswith('.xlsx"')


def test_a_list_that_is_too_long_says_what_to_do_instead(client, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_MAX", 1)
    an_order()
    an_order()
    signed_in(client, "finance")

    answer = do(client, "orders.order", "export", format="csv")

    assert answer.status_code == 422
    assert "order a report" in answer.content.decode()


def test_an_export_asks_the_database_a_bounded_number_of_times(
    client, django_assert_max_num_queries
):
    for _number in range(4):
        an_order()
    signed_in(client, "finance")

    with django_assert_max_num_queries(15):
        assert len(table(do(client, "orders.order", "export", format="csv"))) == 4


def test_every_list_leaves_as_a_spreadsheet_or_says_in_which_other_way():
    assert {label for label, page in pages_by_model().items() if not page.is_exported} == OTHERWISE


@pytest.mark.parametrize("label", BY_COLUMNS)
def test_a_list_that_names_no_columns_leaves_with_those_of_its_table(client, label):
    a_world()
    signed_in(client, "administrator")

    answer = do(client, label, "export", format="csv", next=list_address(label))

    headings = next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert headings == [str(heading) for heading in pages_by_model()[label].columns]
    assert headings
    assert {"Password", "Phone", "Email", "Body"}.isdisjoint(headings)
