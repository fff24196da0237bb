"""Statement, payments and ledger side by side: by kind of movement, down to the lines behind, by day.

All three are asked for the same wallet and time. A line, a movement and a posting stand in one row
where they are about one thing: a payment, refund or payout of ours, a confirmed sum, the statement
whose charges were booked at once, an exception.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from marketplace.ledger import chart
from marketplace.payments.queries import settled_movements
from marketplace.payouts.queries import paid_movements
from marketplace.reconciliation.figures import held_by_lines
from marketplace.reconciliation.states import ExceptionStatus
from marketplace.shared import clock
from marketplace.shared.rows import fetch

# What people booked against exceptions has no line of its own.
CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Side:
    """How many, and their sum in minor units as the wallet sees them."""

    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """One kind of movement, or one thing, by statement, by our documents and by the ledger.

    Charges, transfers and corrections have no document: `ours` is empty, and nothing is missing.
    """

    name: str
    theirs: Side
    ours: Side
    ledger: Side
    at: datetime | None = None

    @property
    def difference_minor(self) -> int:
        """The statement minus the ledger."""
        return self.theirs.minor - self.ledger.minor

    @property
    def has_documents(self) -> bool:
        return bool(self.ours.count)

    @property
    def agrees(self) -> bool:
        books = {self.ledger.minor, self.ours.minor} if self.has_documents else {self.ledger.minor}
        return books == {self.theirs.minor}


@dataclass(frozen=True, slots=True)
class WalletDay:
    """A day of a wallet: what it held, what its lines moved, what it holds, and what the books moved.

    `stated_minor` is the balance that the statement gives after the last line of the day; None where
    it gives none. `booked_minor` is the ledger's; charges and transfers, booked once per statement,
    count on the day of their line.
    """

    day: date
    opening_minor: int
    lines: int
    moved_minor: int
    stated_minor: int | None
    booked_minor: int
    open_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.moved_minor

    @property
    def gap_minor(self) -> int:
        """What the statement's own balance says more than its lines do: lines that are missing."""
        return 0 if self.stated_minor is None else self.stated_minor - self.closing_minor

    @property
    def difference_minor(self) -> int:
        """The statement minus the ledger."""
        return self.moved_minor - self.booked_minor

    @property
    def rest_minor(self) -> int:
        """What of the difference no open exception names."""
        return self.difference_minor - self.open_minor


def three_way(*, provider: str, since: datetime, until: datetime) -> list[ThreeWay]:
    """By kind of movement, in alphabetical order, what each of the three says of [since, until)."""
    return _compared("kind", "GROUP BY kind ORDER BY kind", provider, since, until)


def three_way_of(
    *, provider: str, since: datetime, until: datetime, kind: str, limit: int
) -> list[ThreeWay]:
    """What stands behind one kind: thing by thing, those that disagree first, then by time."""
    behind = """
        WHERE kind = %(kind)s GROUP BY name
        ORDER BY sum(minor) FILTER (WHERE side = 'theirs') IS NOT DISTINCT FROM
            sum(minor) FILTER (WHERE side = 'ledger'), min(at), name LIMIT %(limit)s"""
    return _compared("name", behind, provider, since, until, kind=kind, limit=limit)


def wallet_days(*, provider: str, since: date, until: date) -> list[WalletDay]:
    """Each day from `since` up to but without `until`, oldest first; four queries for all.

    A day opens with what the statement said at the end of the day before, else with what its lines
    come to.
    """
    begin, end = clock.midnight(since), clock.midnight(until)
    asked = {"provider": provider, "since": begin, "until": end}
    moved = {row[0]: row[1:] for row in fetch(_MOVED, **asked)}
    booked = dict(fetch(_BOOKED, wallet=chart.provider_clearing(provider), **asked))
    named = dict(fetch(_OPEN, open=ExceptionStatus.OPEN.value, **asked))
    holds = held_by_lines(provider=provider, at=begin)
    days: list[WalletDay] = []
    day = since
    while day < until:
        lines, moved_minor, stated = moved.get(day, (0, 0, []))
        closing = holds + int(moved_minor)
        # Of lines within one second nobody knows the last: the one that fits.
        said = closing if closing in stated else next(iter(stated), None)
        days.append(
            WalletDay(
                day=day,
                opening_minor=holds,
                lines=lines,
                moved_minor=int(moved_minor),
                stated_minor=said,
                booked_minor=int(booked.get(day, 0)),
                open_minor=int(named.get(day, 0)),
            )
        )
        holds = closing if said is None else said
        day += timedelta(days=1)
    return days


def _compared(
    by: str, tail: str, provider: str, since: datetime, until: datetime, **more: object
) -> list[ThreeWay]:
    movements, values = _movements(provider)
    rows = fetch(
        f"SELECT {by}, {_FIGURES} FROM ({_THEIRS} UNION ALL {_OURS.format(movements=movements)}"  # noqa: S608 - our own words
        f" UNION ALL {_LEDGER}) AS side {tail}",
        provider=provider,
        wallet=chart.provider_clearing(provider),
        since=since,
        until=until,
        correction=CORRECTION,
        **values,
        **more,
    )
    return [
        ThreeWay(
            str(name),
            Side(theirs, int(theirs_minor)),
            Side(ours, int(ours_minor)),
            Side(ledger, int(ledger_minor)),
            at,
        )
        for name, theirs, theirs_minor, ours, ours_minor, ledger, ledger_minor, at in rows
    ]


def _movements(provider: str) -> tuple[str, dict[str, object]]:
    """All that our documents say was settled, as one query with named values."""
    parts: list[str] = []
    values: dict[str, object] = {}
    for query in [*settled_movements(provider=provider), *paid_movements(provider=provider)]:
        sql, params = query.query.sql_with_params()
        for value in params:
            name = f"m{len(values)}"
            values[name] = value
            sql = sql.replace("%s", f"%({name})s", 1)
        parts.append(sql)
    return " UNION ALL ".join(parts), values


_WITHIN = "{0} >= %(since)s AND {0} < %(until)s"
_DAY = "({0} AT TIME ZONE 'Africa/Dar_es_Salaam')::date"

_THEIRS = f"""
SELECT 'theirs' AS side, l.kind, CASE
        WHEN m.target_kind IN ('fee', 'sweep') THEN s.reference
        WHEN m.id IS NOT NULL THEN coalesce(nullif(m.target_reference, ''), g.reference)
        ELSE coalesce(nullif(x.target_reference, ''), x.reference, l.receipt) END AS name,
    l.amount_minor AS minor, l.completed_at AS at, NULL::uuid AS entry
FROM reconciliation_statementline l
    JOIN reconciliation_statement s ON s.id = l.statement_id
    LEFT JOIN reconciliation_match m ON m.line_id = l.id
    LEFT JOIN reconciliation_suggestion g ON g.id = m.suggestion_id
    LEFT JOIN LATERAL (
        SELECT reference, target_reference FROM reconciliation_reconciliationexception e
        WHERE e.line_id = l.id ORDER BY e.id DESC LIMIT 1) x ON m.id IS NULL
WHERE l.provider = %(provider)s AND {_WITHIN.format("l.completed_at")}"""  # noqa: S608 - our own words

_HELD = """
    LEFT JOIN reconciliation_suggestiontarget t ON t.is_held AND t.target_reference = ours.reference
    LEFT JOIN reconciliation_suggestion g ON g.id = t.suggestion_id"""

_OURS = f"""
SELECT 'ours', CASE ours.kind WHEN 'attempt' THEN 'payment' WHEN 'returned' THEN 'return'
        ELSE ours.kind END,
    coalesce(g.reference, ours.reference), ours.amount_minor, ours.settled_at, NULL
FROM ({{movements}}) AS ours (kind, reference, receipt, amount_minor, settled_at, wallet,
    payment_receipt, is_expected) {_HELD}
WHERE {_WITHIN.format("ours.settled_at")}"""  # noqa: S608 - our own words

_LEDGER = f"""
SELECT 'ledger', CASE
        WHEN v.aggregate = 'attempt' AND p.amount_minor > 0 THEN 'payment'
        WHEN v.aggregate IN ('attempt', 'refund') THEN 'refund'
        WHEN v.aggregate = 'payout' AND p.amount_minor > 0 THEN 'return'
        WHEN v.aggregate IN ('payout', 'top_up') THEN v.aggregate
        WHEN v.aggregate = 'statement' THEN v.payload ->> 'kind'
        WHEN v.aggregate = 'exception' THEN %(correction)s
        ELSE 'other' END,
    coalesce(g.reference, ours.reference, p.reference), p.amount_minor, p.posted_at, e.id
FROM ledger_posting p
    JOIN ledger_account c ON c.id = p.account_id AND c.code = %(wallet)s
    JOIN ledger_entry e ON e.id = p.entry_id
    JOIN shared_loggedevent v ON v.id = e.event_id
    LEFT JOIN payments_attempt a
        ON a.id = CASE WHEN v.aggregate = 'attempt' THEN v.aggregate_id::uuid END
    LEFT JOIN payments_refund r
        ON r.id = CASE WHEN v.aggregate = 'refund' THEN v.aggregate_id::uuid END
    LEFT JOIN payouts_payout o
        ON o.id = CASE WHEN v.aggregate = 'payout' THEN v.aggregate_id::uuid END
    LEFT JOIN payouts_topup u
        ON u.id = CASE WHEN v.aggregate = 'top_up' THEN v.aggregate_id::uuid END
    CROSS JOIN LATERAL (
        SELECT coalesce(a.reference, r.reference, o.reference, u.reference) AS reference) ours
    {_HELD}
WHERE {_WITHIN.format("p.posted_at")}"""  # noqa: S608 - our own words

_FIGURES = """
    count(*) FILTER (WHERE side = 'theirs'),
    coalesce(sum(minor) FILTER (WHERE side = 'theirs'), 0),
    count(*) FILTER (WHERE side = 'ours'),
    coalesce(sum(minor) FILTER (WHERE side = 'ours'), 0),
    count(DISTINCT entry),
    coalesce(sum(minor) FILTER (WHERE side = 'ledger'), 0),
    min(at)"""

_MOVED = f"""
SELECT day, count(*), sum(amount_minor),
    coalesce(array_agg(balance_minor) FILTER (WHERE balance_minor IS NOT NULL AND at = last), '{{}}')
FROM (
    SELECT {_DAY.format("completed_at")} AS day, amount_minor, balance_minor, completed_at AS at,
        max(completed_at) FILTER (WHERE balance_minor IS NOT NULL)
            OVER (PARTITION BY {_DAY.format("completed_at")}) AS last
    FROM reconciliation_statementline
    WHERE provider = %(provider)s AND {_WITHIN.format("completed_at")}
) line
GROUP BY day"""  # noqa: S608 - our own words

# Charges and transfers are booked once per statement; here they count on the day of their line.
_BOOKED = f"""
SELECT day, sum(minor) FROM (
    SELECT {_DAY.format("p.posted_at")} AS day, p.amount_minor AS minor
    FROM ledger_posting p JOIN ledger_account c ON c.id = p.account_id AND c.code = %(wallet)s
        JOIN ledger_entry e ON e.id = p.entry_id
        JOIN shared_loggedevent v ON v.id = e.event_id AND v.aggregate <> 'statement'
    WHERE {_WITHIN.format("p.posted_at")}
    UNION ALL
    SELECT {_DAY.format("l.completed_at")}, l.amount_minor
    FROM reconciliation_statementline l JOIN reconciliation_match m ON m.line_id = l.id
        AND m.target_kind IN ('fee', 'sweep')
    WHERE l.provider = %(provider)s AND {_WITHIN.format("l.completed_at")}
) booked
GROUP BY day"""  # noqa: S608 - our own words

_OPEN = f"""
SELECT {_DAY.format("happened_at")}, sum(coalesce(actual_minor, 0) - coalesce(expected_minor, 0))
FROM reconciliation_reconciliationexception
WHERE provider = %(provider)s AND status = %(open)s AND {_WITHIN.format("happened_at")} GROUP BY 1"""  # noqa: S608 - our own words
