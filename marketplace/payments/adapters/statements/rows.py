"""One line of a statement, by its template: the movement on it, and its charge where that has a column."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from marketplace.payments.adapters.statements.amounts import (
    CURRENCY,
    OUR_CURRENCY,
    foreign_currency,
    instant,
    minor_of,
)
from marketplace.payments.adapters.statements.sheets import Line
from marketplace.payments.adapters.statements.template import Column, Template
from marketplace.payments.ports import StatementKind, StatementRow, StatementUnreadable

ID_CHARS, DETAILS_CHARS, KEY_CHARS, SHOWN_CHARS = 40, 300, 110, 60
# What follows the last movement: sums and remarks.
REMARK = re.compile(
    r"(?:grand )?totals?\b|(?:closing|opening) balance|end of|note\b|[*-]{3}", re.IGNORECASE
)


class RowReader:
    """Reads the lines below one header."""

    def __init__(
        self, template: Template, places: Mapping[Column, int], labels: Sequence[str]
    ) -> None:
        self.template = template
        self.places = dict(places)
        # Of a label that occurs twice, the second is told apart; columns without one have no name.
        self.labels = [
            f"{label} ({n})" if label in labels[:n] else label for n, label in enumerate(labels)
        ]
        self.cells_min = 1 + max((n for n, label in enumerate(labels) if label), default=0)

    def movements(self, line: Line) -> Iterator[StatementRow]:
        """The movement, if the line has one that completed, and its charge.

        Raises StatementUnreadable, naming the line.
        """
        if not any(line.cells) or not self._is_counted(line):
            return
        movement = self._movement(line)
        yield movement
        if charge_minor := self._amount_in(line, Column.FEE):
            yield replace(
                movement,
                kind=StatementKind.FEE,
                amount_minor=-abs(charge_minor),
                balance_minor=None,
                linked_receipt="",
                dedupe_key=_key(
                    movement.receipt,
                    StatementKind.FEE,
                    -abs(charge_minor),
                    movement.completed_at,
                    movement.third_party_id,
                ),
            )

    def _cell(self, line: Line, column: Column) -> str:
        place = self.places.get(column)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def _is_counted(self, line: Line) -> bool:
        """Whether the line is a movement that completed. What cannot be read is never left out."""
        if self._is_remark(line):
            return False
        if len(line.cells) < self.cells_min:
            raise StatementUnreadable(
                _("Line %(line)s is cut off: it has %(found)s of %(expected)s cells: %(text)s")
                % {
                    "line": line.number,
                    "found": len(line.cells),
                    "expected": self.cells_min,
                    "text": _shown(line),
                }
            )
        if Column.STATUS not in self.places:
            return True
        status = self._cell(line, Column.STATUS).lower()
        if status in self.template.counted:
            return True
        if status in self.template.skipped:
            return False
        raise StatementUnreadable(
            _("Line %(line)s has a state that is not known: “%(status)s”. The line: %(text)s")
            % {"line": line.number, "status": status, "text": _shown(line)}
        )

    def _is_remark(self, line: Line) -> bool:
        if self._cell(line, Column.COMPLETED_AT) and self._cell(line, Column.RECEIPT):
            return False
        first = next(filter(None, line.cells))
        return REMARK.match(first) is not None

    def _movement(self, line: Line) -> StatementRow:
        receipt = self._cell(line, Column.RECEIPT)
        when = f"{self._cell(line, Column.COMPLETED_AT)} {self._cell(line, Column.TIME)}".strip()
        completed_at = instant(when, self.template.date_formats, self.template.time_formats)
        if not 0 < len(receipt) <= ID_CHARS or completed_at is None:
            raise StatementUnreadable(
                _(
                    "Line %(line)s has no receipt number or no completion time that can be read: %(text)s"
                )
                % {"line": line.number, "text": _shown(line)}
            )
        self._refuse_currency(line)
        amount_minor, problem = self._amount(line)
        details = self._cell(line, Column.DETAILS)
        account = self._cell(line, Column.ACCOUNT) or self._account_in(details)
        raw = dict(zip(self.labels, line.cells, strict=False))
        raw.pop("", None)
        if problem:
            raw["problem"] = problem
        kind = StatementKind.OTHER if problem else self._kind(line, details, amount_minor)
        account = account[:ID_CHARS]
        return StatementRow(
            line_number=line.number,
            kind=kind,
            receipt=receipt,
            completed_at=completed_at,
            amount_minor=amount_minor,
            dedupe_key=_key(receipt, kind, amount_minor, completed_at, account),
            linked_receipt=self._cell(line, Column.LINKED)[:ID_CHARS],
            third_party_id=account,
            counterparty=self._party(line, details, amount_minor)[:ID_CHARS],
            balance_minor=self._amount_in(line, Column.BALANCE),
            details=details[:DETAILS_CHARS],
            raw=raw,
        )

    # --- Money ---

    def _amount_in(self, line: Line, column: Column) -> int | None:
        text = self._cell(line, column)
        if not text:
            return None
        try:
            return minor_of(text)
        except ValueError as error:
            if found := foreign_currency(text):
                raise _other_currency(line, found) from error
            raise StatementUnreadable(
                _("Line %(line)s has an amount that cannot be read: %(text)s.")
                % {"line": line.number, "text": text[:SHOWN_CHARS]}
            ) from error

    def _amount(self, line: Line) -> tuple[int, str]:
        """The signed amount, and what is wrong with it. A zero counts as blank: some layouts fill in zeros."""
        if Column.AMOUNT in self.places:
            return self._signed(line)
        into = self._amount_in(line, Column.PAID_IN) or 0
        out = self._amount_in(line, Column.WITHDRAWN) or 0
        if into and out:
            return into - abs(out), "both sides are set"
        if not into and not out:
            return 0, "no side is set"
        return into or -abs(out), ""

    def _signed(self, line: Line) -> tuple[int, str]:
        amount_minor = self._amount_in(line, Column.AMOUNT) or 0
        if not amount_minor:
            return 0, "no amount is set"
        if Column.DIRECTION in self.places:
            word = self._cell(line, Column.DIRECTION).lower()
            if word in self.template.words_in:
                return abs(amount_minor), ""
            if word in self.template.words_out:
                return -abs(amount_minor), ""
            return amount_minor, "the direction is not known"
        text = self._cell(line, Column.KIND) or self._cell(line, Column.DETAILS)
        if self.template.outgoing and self.template.outgoing.search(text):
            return -abs(amount_minor), ""
        return amount_minor, ""

    def _refuse_currency(self, line: Line) -> None:
        currency = self._cell(line, Column.CURRENCY).upper()
        if currency and currency not in OUR_CURRENCY:
            raise _other_currency(line, currency[:SHOWN_CHARS])

    # --- Words ---

    def _kind(self, line: Line, details: str, amount_minor: int) -> StatementKind:
        """By the column of kinds, else by the words of the details before the other party's name."""
        words = self._cell(line, Column.KIND)
        if not words:
            party = self.template.party_in_details
            words = party.split(details, maxsplit=1)[0] if party else details
        for rule in self.template.kinds:
            if (rule.sign is None or rule.sign * amount_minor > 0) and rule.pattern.search(words):
                return rule.kind
        return StatementKind.OTHER

    def _account_in(self, details: str) -> str:
        pattern = self.template.account_in_details
        found = pattern.search(details) if pattern else None
        return found[1] if found else ""

    def _party(self, line: Line, details: str, amount_minor: int) -> str:
        named = self._cell(line, Column.PARTY) or self._cell(
            line, Column.PAYER if amount_minor > 0 else Column.PAYEE
        )
        if named or self.template.party_in_details is None:
            return named
        account = self.template.account_in_details
        head = account.split(details)[0] if account else details
        parts = self.template.party_in_details.split(head, maxsplit=1)
        return parts[1].strip() if len(parts) > 1 else ""


def _key(
    receipt: str, kind: StatementKind, amount_minor: int, completed_at: datetime, account: str
) -> str:
    """Equal in every file and layout that lists the movement.

    A receipt alone is no key: a payment and its charge share one.
    """
    at = f"{completed_at:%Y%m%d%H%M%S}"
    return f"{receipt}|{kind}|{amount_minor}|{at}|{account}"[:KEY_CHARS]


def _other_currency(line: Line, found: str) -> StatementUnreadable:
    return StatementUnreadable(
        _("Line %(line)s is in %(found)s; only %(ours)s is taken.")
        % {"line": line.number, "found": found, "ours": CURRENCY}
    )


def _shown(line: Line) -> str:
    text = " | ".join(line.cells)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"
