"""M-Pesa's statements: both layouts, their known quirks, and files that are none."""

from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.adapters.statements.amounts import minor_of
from marketplace.payments.ports import StatementKind, StatementUnreadable
from marketplace.shared.clock import EAT
from tests.marketplace.payments.mpesa_calls import refund
from tests.marketplace.payments.statement_files import listed

HEADER = (
    "Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,"
    "Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.,Currency"
)
PREAMBLE = """\
Account Holder:,ZETUTECH LIMITED
Short Code:,123456
Account:,Utility Account
Time Period:,From 04-10-2026 00:00:00 To 04-10-2026 23:59:59
Operator:,portal,Organization:,ZETUTECH LIMITED,Date of Report:,05-10-2026 08:00:00
Opening Balance:,1250000.00,Closing Balance:,,Available Balance:,,Total Paid In:,25000.00
"""
PAID = (
    "AB12CD34EF,04-10-2026 14:03:22,04-10-2026 14:03:20,"
    "Pay Utility from 25576****321 - ASHA M. Acc. MKT10023,Completed,25000.00,,1275000.00,true,"
    "Pay Utility,25576****321 - ASHA M., , MKT10023,TZS"
)
CHARGED = (
    "AB12CD34EF,04-10-2026 14:03:22,04-10-2026 14:03:20,Pay Bill Charge,Completed,,-125.00,"
    "1274875.00,true,Pay Bill Charge,SP,,,TZS"
)
AMOUNTS = '"25,000.00",0.00,"1,275,000.00"'
SHORT = f"""\
Statements for 123456 from 04/10/2026 to 04/10/2026\r
Receipt No,Completion Time,Details,Transaction Status,Paid In (TSh),Withdrawn (TSh),Balance (TSh)\r
AB12CD34EF,04/10/2026 14:03:22,Pay Bill Charge,Completed,0.00,-125.00,"1,274,875.00"\r
AB12CD34EF,04/10/2026 14:03:22,Pay Utility from 25576****321 - ASHA M. Acc. MKT10023,Completed,{AMOUNTS}\r
"""


def detailed(*rows, preamble=PREAMBLE) -> bytes:
    return "\n".join([preamble + HEADER, *rows, ""]).encode()


def row(**changes) -> str:
    """A line of the detailed layout."""
    cells = dict(zip(HEADER.split(","), PAID.split(","), strict=True)) | changes
    return ",".join(f'"{cell}"' for cell in cells.values())


def only_row(data: bytes):
    (found,) = listed(data).rows
    return found


def test_a_payment_and_its_charge_share_a_receipt_and_are_two_movements():
    charge, payment = sorted(listed(detailed(CHARGED, PAID)).rows, key=lambda row: row.kind)

    assert (payment.kind, payment.amount_minor) == (StatementKind.PAYMENT, 2_500_000)
    assert (charge.kind, charge.amount_minor) == (StatementKind.FEE, -12_500)
    assert payment.receipt == charge.receipt == "AB12CD34EF"
    assert payment.dedupe_key != charge.dedupe_key


def test_a_line_is_read_in_full():
    payment = only_row(detailed(PAID))

    assert payment.completed_at == datetime(2026, 10, 4, 11, 3, 22, tzinfo=UTC)
    assert payment.third_party_id == "MKT10023"
    assert payment.counterparty == "25576****321 - ASHA M."
    assert payment.balance_minor == 127_500_000
    assert payment.line_number == 8
    assert payment.raw["paid in"] == "25000.00"


def test_the_preamble_tells_the_account_and_the_period():
    statement = listed(detailed(PAID))

    assert statement.account == "123456"
    assert statement.period_start == datetime(2026, 10, 4, tzinfo=EAT)
    assert statement.period_end == datetime(2026, 10, 4, 23, 59, 59, tzinfo=EAT)
    assert (statement.opening_minor, statement.closing_minor) == (125_000_000, None)


def test_both_layouts_know_the_same_movements_by_the_same_keys():
    short, long = listed(SHORT.encode()), listed(detailed(CHARGED, PAID))

    assert [row.dedupe_key for row in short.rows] == [row.dedupe_key for row in long.rows]
    assert [row.amount_minor for row in short.rows] == [2_500_000, -12_500]
    assert short.account == long.account == "123456"
    assert short.period_start == long.period_start
    assert short.period_end == long.period_end


def test_what_the_simulator_exports_is_read_back_whole(mpesa):
    adapter = mpesa.adapter()
    for number, digits in enumerate(["123", "953", "952", "954", "955"]):
        adapter.push(
            reference=f"ATT{number}",
            msisdn=mpesa.number(digits),
            amount_minor=2_500_000,
            description="x",
        )
        mpesa.settle()
    refund(adapter, mpesa.entry("ATT0").receipt, "REF0", amount_minor=400_000)
    adapter.disburse(
        reference="POY0", msisdn="+255754000123", amount_minor=600_000, description="x"
    )
    mpesa.book.sweep(1_000_000)

    long = listed(mpesa.statement())
    short = listed(mpesa.statement(layout="short"))

    assert [(row.kind.value, row.amount_minor) for row in long.rows] == [
        ("payment", 2_500_000), ("fee", -12_500),
        ("payment", 2_400_000), ("fee", -12_500),
        ("payment", 2_500_000), ("fee", -12_500), ("payment", 2_500_000),
        ("payment", 2_500_000), ("fee", -12_500), ("refund", -2_500_000),
        ("refund", -400_000), ("payout", -600_000), ("fee", -1_800), ("sweep", -1_000_000),
    ]  # fmt: skip
    assert [row.dedupe_key for row in short.rows] == [row.dedupe_key for row in long.rows]
    # One was booked twice, and differs in the balance alone.
    assert len({row.dedupe_key for row in long.rows}) == len(long.rows) - 1
    assert long.closing_minor == long.rows[-1].balance_minor
    given_back = next(row for row in long.rows if row.third_party_id == "REF0")
    assert given_back.linked_receipt == mpesa.entry("ATT0").receipt


def test_overlapping_statements_give_a_movement_the_same_key(mpesa):
    mpesa.adapter().push(
        reference="ATT1", msisdn="+255754000123", amount_minor=2_500_000, description="x"
    )
    mpesa.settle()
    first = listed(mpesa.statement()).rows
    mpesa.book.sweep(100_000)

    second = listed(mpesa.statement()).rows

    assert {row.dedupe_key for row in first} < {row.dedupe_key for row in second}


def test_rows_come_oldest_first_whatever_the_file_does():
    later = row(**{"Receipt No.": "ZZ", "Completion Time": "04-10-2026 15:00:00"})

    newest_first = listed(detailed(later, PAID)).rows
    oldest_first = listed(detailed(PAID, later)).rows

    assert [row.receipt for row in newest_first] == ["AB12CD34EF", "ZZ"]
    assert [row.receipt for row in oldest_first] == ["AB12CD34EF", "ZZ"]


def test_what_did_not_complete_does_not_count():
    rows = [row(**{"Transaction Status": status}) for status in ("Failed", "Cancelled", "Pending")]

    assert listed(detailed(*rows)).rows == []


@pytest.mark.parametrize(
    ("paid_in", "withdrawn", "problem"),
    [("100.00", "-50.00", "both sides are set"), ("", "", "no side is set"), ("0.00", "0.00", "no side is set")],
)  # fmt: skip
def test_a_line_with_both_sides_or_none_is_left_to_a_person(paid_in, withdrawn, problem):
    found = only_row(detailed(row(**{"Paid In": paid_in, "Withdrawn": withdrawn})))

    assert found.kind is StatementKind.OTHER
    assert found.raw["problem"] == problem


@pytest.mark.parametrize(
    ("reason", "paid_in", "withdrawn", "kind"),
    [
        ("Pay Utility", "10.00", "", "payment"),
        ("Pay Bill Online", "10.00", "", "payment"),
        ("Standing Order Pay Bill", "10.00", "", "payment"),
        ("Pay Utility with OD via STK", "10.00", "", "payment"),
        ("Pay Bill Charge", "", "-10.00", "fee"),
        ("Utility Account to Organization Settlement Account", "", "-10.00", "sweep"),
        ("Agency Withdrawal of funds to Bank", "", "-10.00", "sweep"),
        ("Payment Reversal", "", "10.00", "refund"),
        ("Business Payment", "", "-10.00", "payout"),
        ("Business Payment Reversal", "10.00", "", "return"),
        ("Pay Utility", "", "-10.00", "other"),
        ("Something New", "10.00", "", "other"),
    ],
)
def test_the_reason_tells_the_kind(reason, paid_in, withdrawn, kind):
    found = only_row(
        detailed(row(**{"Reason Type": reason, "Paid In": paid_in, "Withdrawn": withdrawn}))
    )

    assert found.kind.value == kind
    assert abs(found.amount_minor) == 1_000
    assert (found.amount_minor > 0) == bool(paid_in)


def test_a_customers_name_does_not_make_a_payment_a_charge():
    text = SHORT.replace("ASHA M.", "FEE CHARGES REVERSAL LTD")

    assert [row.kind.value for row in listed(text.encode()).rows] == ["payment", "fee"]


@pytest.mark.parametrize(
    "time", ["04-10-2026 14:03:22", "04/10/2026 14:03:22", "2026-10-04 14:03:22", "04.10.2026 2:03:22 pm"]
)  # fmt: skip
def test_times_are_read_in_every_form_that_was_met(time):
    found = only_row(detailed(row(**{"Completion Time": time})))

    assert found.completed_at == datetime(2026, 10, 4, 14, 3, 22, tzinfo=EAT)


def test_columns_are_found_by_their_names_not_by_their_places():
    text = (
        "\ufeffNotes;Withdrawn;Details;Paid In;Receipt No.;Transaction Status;Completion Time\n"
        ";;Pay Bill from 25576****321 - A. Acc. X1;10.00;R1;Completed;04-10-2026 14:03:22\n"
    )

    found = only_row(text.encode())

    assert (found.receipt, found.amount_minor, found.third_party_id) == ("R1", 1_000, "X1")


def test_an_excel_file_reads_like_its_csv():
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("transaction")
        for number, line in enumerate(detailed(CHARGED, PAID).decode().splitlines()):
            for place, cell in enumerate(line.split(",")):
                is_number = place in (5, 6, 7) and number > 6 and cell
                sheet.write(number, place, float(cell) if is_number else cell)

    excel, text = listed(file.getvalue()), listed(detailed(CHARGED, PAID))

    assert [row.dedupe_key for row in excel.rows] == [row.dedupe_key for row in text.rows]
    assert excel.period_start == text.period_start


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "receipt no"),
        (b"Name,Amount\nAsha,3\n", "receipt no"),
        (b"\x00\x01\x02\x00", "neither"),
        (b"PK\x03\x04 not a workbook", "Excel"),
        (b"\xd0\xcf\x11\xe0 not one either", "Excel"),
        (HEADER.replace("Paid In", "Money").encode(), "columns paid in"),
        (detailed(row(**{"Completion Time": "yesterday"})), "Line 8"),
        (detailed(row(**{"Receipt No.": ""})), "Line 8"),
        (detailed(row(**{"Paid In": "many"})), "many"),
        (detailed(row(**{"Paid In": "1.005"})), "Line 8"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(data, says):
    with pytest.raises(StatementUnreadable, match=says):
        listed(data)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1,200.00", 120_000), ("-1,200.00", -120_000), ("(1,200.00)", -120_000), ("1,200.00-", -120_000),
        ("TSh 1 200", 120_000), ("TZS1,200.50", 120_050), ("1\u00a0200", 120_000), ("", None), (" ", None),
        (".5", 50), ("0", 0), ("\u22123", -300), ("TShs. 7", 700), ("5,000/=", 500_000),
    ],
)  # fmt: skip
def test_amounts_are_read_in_every_form_that_was_met(text, minor):
    assert minor_of(text) == minor


@pytest.mark.parametrize(
    "text",
    ["x", "KSHs. 7", "1.2.3", "--1", "1e5", "-", "()", "0x1", "1.001", "NaN", "9" * 16, "(1"],
)
def test_anything_else_is_no_amount(text):
    with pytest.raises(ValueError):
        minor_of(text)


@given(
    amount_minor=st.integers(-(10**14), 10**14),
    form=st.sampled_from(["{}", "TZS {}", "TSh {}", " {} ", "{}\u00a0"]),
    grouped=st.booleans(),
    negative=st.sampled_from(["-{}", "({})", "{}-"]),
)
def test_an_amount_survives_being_written(amount_minor, form, grouped, negative):
    whole, cents = divmod(abs(amount_minor), 100)
    text = f"{whole:,}.{cents:02d}" if grouped else f"{whole}.{cents:02d}"
    text = negative.format(text) if amount_minor < 0 else text

    assert minor_of(form.format(text)) == amount_minor


@given(st.lists(st.tuples(st.integers(1, 10**9), st.booleans()), max_size=20))
def test_a_statement_sums_to_what_was_written(movements):
    rows = [
        row(**{
            "Receipt No.": f"R{number}",
            "Paid In": f"{shillings:,}.00" if is_in else "",
            "Withdrawn": "" if is_in else f"-{shillings:,}.00",
        })
        for number, (shillings, is_in) in enumerate(movements)
    ]  # fmt: skip

    found = listed(detailed(*rows)).rows

    expected = sum(shillings if is_in else -shillings for shillings, is_in in movements) * 100
    assert sum(row.amount_minor for row in found) == expected
    assert len(found) == len(movements)


@given(st.binary(max_size=2_000))
def test_no_bytes_break_the_reader(data):
    for attempt in (data, detailed() + data, PREAMBLE.encode() + data):
        with suppress(StatementUnreadable):
            listed(attempt)
