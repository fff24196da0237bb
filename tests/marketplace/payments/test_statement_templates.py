"""What every provider's statements have in common: encodings, conventions, and files that are refused."""

import re
from io import BytesIO

import pytest

from marketplace.payments.adapters.statements.reading import read
from marketplace.payments.adapters.statements.template import Column, Template, kind_rules
from marketplace.payments.ports import StatementKind, StatementRow, StatementUnreadable
from tests.marketplace.payments.statement_files import listed
from tests.marketplace.payments.test_mpesa_statement import HEADER, PAID, PREAMBLE, detailed, row

OTHER = Template(
    provider="airtel",
    version="one amount, its direction, and a charge beside it",
    columns={
        Column.RECEIPT: ("transaction id", "transation id"),
        Column.COMPLETED_AT: ("date",),
        Column.TIME: ("time",),
        Column.STATUS: ("status",),
        Column.AMOUNT: ("amount",),
        Column.DIRECTION: ("credit/debit",),
        Column.FEE: ("fee",),
        Column.KIND: ("type",),
        Column.PAYER: ("from",),
        Column.PAYEE: ("to",),
    },
    required=(Column.RECEIPT, Column.COMPLETED_AT, Column.STATUS, Column.AMOUNT),
    kinds=kind_rules(("merchant payment", +1, StatementKind.PAYMENT), ("payout", -1, StatementKind.PAYOUT)),
    counted=frozenset({"success"}),
)  # fmt: skip
SIGNED = Template(
    provider="mixx",
    version="one signed amount",
    columns={
        Column.RECEIPT: ("trans id",),
        Column.COMPLETED_AT: ("when",),
        Column.AMOUNT: ("value",),
        Column.KIND: ("service",),
    },
    required=(Column.RECEIPT, Column.COMPLETED_AT, Column.AMOUNT),
    kinds=kind_rules(("bill", +1, StatementKind.PAYMENT)),
    outgoing=re.compile("cash out", re.IGNORECASE),
)


def rows_of(text: str, template: Template = OTHER) -> list[StatementRow]:
    return list(read(template.provider, BytesIO(text.encode()), [template]).rows)


ONE_AMOUNT = """\
Date,Time,Transation ID,Type,From,To,Amount,Credit/Debit,Fee,Status
01-Sep-2025,02:03 PM,CI250901.1403.A1,Merchant Payment,255781000001,255781999999,"25,000",Credit,125.00,Success
02-Sep-2025,02:04 PM,CI250902.1404.A2,Payout,255781999999,255781000002,"7,000",Debit,,Success
03-Sep-2025,02:05 PM,CI250903.1405.A3,Payout,255781999999,255781000002,"7,000",Debit,,Rejected
"""


def test_a_charge_on_the_line_of_its_payment_is_a_movement_of_its_own():
    payment, fee, payout = rows_of(ONE_AMOUNT)

    assert (payment.kind, payment.amount_minor) == ("payment", 25_000_00)
    assert (fee.kind, fee.amount_minor, fee.receipt) == ("fee", -125_00, payment.receipt)
    assert payment.dedupe_key != fee.dedupe_key
    assert (payout.kind, payout.amount_minor) == ("payout", -7_000_00)
    assert f"{payment.completed_at:%Y-%m-%d %H:%M}" == "2025-09-01 14:03"
    assert (payment.counterparty, payout.counterparty) == ("255781000001", "255781000002")


def test_an_unknown_direction_is_left_to_a_person():
    found = rows_of(ONE_AMOUNT.replace("Debit,,Success", "Sideways,,Success"))[-1]

    assert found.kind is StatementKind.OTHER
    assert found.raw["problem"] == "the direction is not known"


def test_a_signed_amount_needs_no_direction():
    text = """\
Trans ID;When;Service;Value (TZS)
A;2026-10-04 10:00;Pay Bill;500
B;2026-10-04 10:01;Cash out;500
C;2026-10-04 10:02;x;-3
"""

    assert [found.amount_minor for found in rows_of(text, SIGNED)] == [500_00, -500_00, -3_00]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter_that_was_met_reads_the_same(encoding, delimiter):
    text = detailed(PAID.replace("ASHA", "ASHÉ")).decode().replace(",", delimiter)

    (found,) = listed(text.encode(encoding)).rows

    assert found.counterparty == "25576****321 - ASHÉ M."
    assert found.amount_minor == 25_000_00


def test_windows_own_encoding_is_read_though_the_first_special_letter_comes_late():
    rows = [row(**{"Receipt No.": f"R{n}"}) for n in range(2_000)]

    found = listed(detailed(*rows, PAID.replace("ASHA", "ASHÉ")).decode().encode("cp1252")).rows

    assert len(found) == 2_001
    assert any("ASHÉ" in each.counterparty for each in found)


def test_a_text_that_a_spreadsheet_was_told_to_leave_alone_keeps_its_zeros():
    (found,) = listed(detailed(PAID.replace("AB12CD34EF", '"=""0012345678"""'))).rows

    assert found.receipt == "0012345678"


@pytest.mark.parametrize(
    "formula", ["=1+1", '=HYPERLINK(""http://x"";""y"")', "@SUM(A1)", "+cmd|x"]
)
def test_a_formula_is_a_text(formula):
    (found,) = listed(detailed(PAID.replace("25576****321 - ASHA M., ,", f'"{formula}", ,'))).rows

    assert found.raw["other party info"] == formula.replace('""', '"')


def test_sums_and_remarks_below_the_table_are_no_movements():
    remarks = ["Total,,,,,25000.00,,,,,,,,", "*** End of statement ***", ""]

    assert len(listed(detailed(PAID, *remarks)).rows) == 1


def test_the_file_of_another_provider_is_named():
    columns = {Column.RECEIPT: ("receipt no",)}
    ours = Template(
        provider="mpesa", version="x", columns=columns, required=(Column.RECEIPT,), kinds=()
    )

    with pytest.raises(StatementUnreadable, match=r"of Airtel Money, not of M-Pesa"):
        read("mpesa", BytesIO(ONE_AMOUNT.encode()), [ours, OTHER])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (detailed(PAID.replace("TZS", "KES")), "Line 8 is in KES; only TZS is taken"),
        (detailed(row(**{"Paid In": "KSHs 25,000.00"})), "Line 8 is in KSHS"),
        (detailed(PAID, preamble=PREAMBLE + "Currency:,UGX\n"), "in UGX"),
        (
            detailed(PAID).replace(HEADER.encode(), HEADER.replace("Paid In", "Paid In (KSHs)").encode()),
            "in KSHS",
        ),
    ],
)  # fmt: skip
def test_another_currency_is_refused_and_named(data, says):
    with pytest.raises(StatementUnreadable, match=says):
        listed(data)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (PAID[:60], r"Line 9 is cut off: it has 4 of 14 cells: AB12CD34EF \| 04-10-2026"),
        (row(**{"Transaction Status": "Complet"}), "Line 9 has a state that is not known: “complet”"),
        (row(**{"Paid In": "25,0O0.00"}), "Line 9 has an amount that cannot be read: 25,0O0.00"),
        (row(**{"Completion Time": "31-02-2026 10:00:00"}), "Line 9 has no receipt number or no"),
    ],
)  # fmt: skip
def test_a_broken_line_in_the_middle_is_named(broken, says):
    with pytest.raises(StatementUnreadable, match=says):
        listed(detailed(PAID, broken, PAID))


def test_the_lines_are_read_one_after_the_other():
    parsed = read("airtel", BytesIO((ONE_AMOUNT + "cut").encode()), [OTHER])

    assert next(parsed.rows).receipt == "CI250901.1403.A1"
    with pytest.raises(StatementUnreadable, match="Line 5 is cut off"):
        list(parsed.rows)
