"""Airtel's transaction summary, as a statement file in the layout of the merchant statement (PROVIDERS 3.4).

What is listed here and in a file that somebody uploads is so the same line, and is taken once. The list
names no balances, and each movement once.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from marketplace.payments.adapters.airtel_wire import AirtelWire, part, text
from marketplace.payments.adapters.wire import NoAnswer
from marketplace.payments.ports import ProviderUnavailable
from marketplace.shared.clock import EAT

PATH = "/merchant/v1/transactions"
PAGE_ROWS = 200
COLUMNS = (
    "Airtel Money ID", "Transaction Date", "Transaction Type", "Reference Number", "From", "To",
    "Amount", "Fee", "Original Transaction ID", "Status", "Description",
)  # fmt: skip
# Where the list names both parties, the words of the service say which way the money went.
OUTGOING = re.compile(r"refund|disbursement|b2c|payout|bank|sweep|settlement", re.IGNORECASE)
BACK = re.compile(r"(disbursement|payout|b2c).*(reversal|return)|from bank|top.?up", re.IGNORECASE)


def as_statement(
    wire: AirtelWire, *, since: datetime, until: datetime, ticks_per_s: int
) -> BinaryIO | None:
    """All that moved from `since` to `until`, newest first; None where nothing did.

    `until` has to be past, so that the pages do not shift while they are read. Raises
    ProviderUnavailable, also where a page is not a list: half a list would look like missing money.
    """
    file = TemporaryFile()  # noqa: SIM115 - whoever asked for it reads and closes it
    words = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(words)
    writer.writerow(["Airtel Money", "TRANSACTION SUMMARY"])
    writer.writerow(["Period:", f"{_time(since)} to {_time(until)}"])
    writer.writerow(COLUMNS)
    count = 0
    for listed in _pages(wire, since, until, ticks_per_s):
        writer.writerow(_cells(listed, ticks_per_s))
        count += 1
    words.detach()
    file.seek(0)
    if count:
        return file
    file.close()
    return None


def _pages(
    wire: AirtelWire, since: datetime, until: datetime, ticks_per_s: int
) -> Iterator[Mapping[str, Any]]:
    offset = 0
    while True:
        asked = {
            "from": str(int(since.timestamp() * ticks_per_s)),
            "to": str(int(until.timestamp() * ticks_per_s)),
            "limit": str(PAGE_ROWS),
            "offset": str(offset),
        }
        try:
            reply = wire.get(PATH, asked)
        except NoAnswer as problem:
            raise ProviderUnavailable(str(problem)) from problem
        rows = part(reply.body, "data").get("transactions")
        if reply.http_status != 200 or not isinstance(rows, list):
            raise ProviderUnavailable(f"airtel lists nothing: {reply.code or reply.http_status}")
        yield from (row for row in rows if isinstance(row, dict))
        offset += len(rows)
        if len(rows) < PAGE_ROWS:
            return


def _cells(listed: Mapping[str, Any], ticks_per_s: int) -> list[str]:
    """A line of the file. What is missing stays empty: the reader refuses the file and names the line."""
    moved, service = part(listed, "transaction"), text(part(listed, "service"), "type")
    payer = text(part(listed, "payer"), "msisdn")
    payee = text(part(listed, "payee"), "msisdn")
    is_out = bool(payee) and not payer
    if bool(payee) == bool(payer):
        is_out = bool(OUTGOING.search(service)) and not BACK.search(service)
    amount, ours = text(moved, "amount"), text(moved, "id")
    linked = text(moved, "reference_number")
    return [
        text(moved, "airtel_money_id"),
        _instant(text(moved, "created_at"), ticks_per_s),
        service,
        ours,
        payer,
        payee,
        f"-{amount}" if is_out and amount else amount,
        text(part(listed, "charges"), "service"),
        linked if linked != ours else "",
        text(moved, "status"),
        " ".join([service, text(part(listed, "payee" if is_out else "payer"), "name")]).strip(),
    ]


def _instant(epoch: str, ticks_per_s: int) -> str:
    try:
        return _time(datetime.fromtimestamp(int(epoch) / ticks_per_s, EAT))
    except (ValueError, OverflowError, OSError):
        return ""


def _time(at: datetime) -> str:
    return at.astimezone(EAT).strftime("%Y-%m-%d %H:%M:%S")
