"""Lists leave the console as spreadsheets: the rows that were looked at, and nothing that runs."""

import csv
import io

import openpyxl
import pytest

import backoffice.listed
from backoffice import exports
from backoffice.listed import listed
from backoffice.pages.display import page_of
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from reports.models import ReportRun, RunStatus
from reports.runs import make_report
from reports.texts import texts_of
from tests.backoffice.console_pages import (
    decide,
    do,
    list_address,
    pages_by_model,
    signed_in,
)
from tests.deliveries import deliver_all
from tests.factories.accounts import a_staff_member
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


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_long_list_is_written_by_a_worker_as_it_was_filtered(client, monkeypatch, form):
    monkeypatch.setattr(exports, "AT_ONCE_MAX", 1)
    paid, also_paid, _unpaid = a_paid_order(), a_paid_order(), an_order()
    signed_in(client, "finance")
    looked_at = list_address("orders.order") + "?status__exact=paid"

    answer = do(client, "orders.order", "export", format=form, next=looked_at)
    deliver_all()

    run = ReportRun.objects.get()
    assert answer["Location"] == page_of(run)
    assert (run.status, run.rows_done, run.rows_total) == (RunStatus.READY, 2, 2), run.failure
    said = run.file.read()
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(said.decode("utf-8-sig"))))[:2]
        assert [row["Reference"] for row in rows] == [also_paid.reference, paid.reference]
        assert rows[1]["Total (TZS)"] == f"{paid.total_minor / 100:.2f}"
    else:
        assert openpyxl.load_workbook(io.BytesIO(said)).sheetnames
    assert "Location" in decide(client, run, "download")
    assert LoggedEvent.objects.filter(name="reports.list_exported.v1").count() == 1


def test_the_file_of_a_long_list_is_for_whoever_asked_and_may_still_see_it(client, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE_MAX", 0)
    an_order()
    person = signed_in(client, "finance")
    for _time in range(2):
        do(client, "orders.order", "export", format="csv")
    first, second = ReportRun.objects.order_by("requested_at")
    make_report(run_id=first.pk, actor=Actor.system("reports"))

    signed_in(client, "finance")
    assert decide(client, first, "download").status_code == 403
    assert first.reference not in client.get(list_address("reports.reportrun")).content.decode()
    person.groups.clear()
    make_report(run_id=second.pk, actor=Actor.system("reports"))

    second.refresh_from_db()
    assert second.status == RunStatus.FAILED
    assert "more than you may see" in second.failure


def test_a_worker_writes_the_same_columns_of_every_list():
    a_world()
    person = a_staff_member("administrator")

    for label in (*EXPORTED, *BY_COLUMNS):
        found = listed(list_id=label, query="", user_id=person.pk)
        headings = [str(one.label) for one in found.columns]
        assert headings == [str(heading) for heading in pages_by_model()[label].columns]
        for row in found.rows():
            assert len(texts_of(row, found.columns, guarded=True)) == len(headings), label


def test_a_list_read_as_values_says_what_its_things_say(monkeypatch):
    """The quick road, taken where the database has all that the columns name, and the other."""
    a_world()
    person = a_staff_member("administrator")

    def written(label: str) -> list[list[str]]:
        found = listed(list_id=label, query="", user_id=person.pk)
        return [texts_of(row, found.columns, guarded=True) for row in found.rows()]

    labels = (*EXPORTED, *BY_COLUMNS)
    quick = {label: written(label) for label in labels}
    monkeypatch.setattr(backoffice.listed, "_stored", lambda model, path: None)

    assert {label: written(label) for label in labels} == quick
    assert quick["orders.order"]


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
