"""The books for reports: journal and accounts as queries to stream, movements summed by their cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.ledger.memos import Sentences, joined, selected, values_of
from marketplace.ledger.totals import TOTALS_OF_FAMILY, totals_of_family
from marketplace.shared.clock import EAT
from marketplace.shared.rows import Selection, fetch


@dataclass(frozen=True, slots=True)
class Movement:
    """What the postings of one account on one day came to, by the event that caused them.

    `detail` is the first that the event's payload has of the keys asked for, as text.
    """

    account: str
    day: date
    cause: str
    detail: str
    amount_minor: int


def journal_rows(
    *, since: datetime, until: datetime, sentences: Sentences, account: str = ""
) -> Selection:
    """Every posting in [since, until) in posting order, of accounts whose code begins so.

    Posted, entry, memo in words, account, kind, reference, debit, credit, cause, actor.
    """
    return Selection(
        f"""
        SELECT p.posted_at, p.entry_id, {selected("e.memo")}, a.code, a.kind, p.reference,
            CASE WHEN p.amount_minor > 0 THEN p.amount_minor END,
            CASE WHEN p.amount_minor < 0 THEN -p.amount_minor END,
            v.name, v.actor_label
        FROM ledger_posting p
            JOIN ledger_account a ON a.id = p.account_id
            JOIN ledger_entry e ON e.id = p.entry_id
            JOIN shared_loggedevent v ON v.id = e.event_id {joined("e.memo")}
        WHERE p.posted_at >= %(since)s AND p.posted_at < %(until)s
            AND starts_with(a.code, %(account)s)
        ORDER BY p.posted_at, p.id""",
        {"since": since, "until": until, "account": account, **values_of(sentences)},
    )


def general_ledger_rows(
    *,
    since: datetime,
    until: datetime,
    account: str,
    opening: str,
    closing: str,
    sentences: Sentences,
) -> Selection:
    """Account by account: its opening balance, its postings with the balance after each, its closing.

    Account, kind, posted, memo in words, reference, cause, debit, credit, balance; `opening` and `closing`
    are what those two lines say. An account at nought that did not move is left out.
    """
    return Selection(
        f"""
        WITH opening AS ({TOTALS_OF_FAMILY}
        ), moved AS (
            SELECT account_id, sum(amount_minor) AS minor FROM ledger_posting
            WHERE posted_at >= %(since)s AND posted_at < %(until)s GROUP BY account_id
        ), accounts AS (
            SELECT a.id, a.code, a.kind, o.debit_minor - o.credit_minor AS opening_minor,
                o.debit_minor - o.credit_minor + coalesce(m.minor, 0) AS closing_minor
            FROM opening o JOIN ledger_account a ON a.code = o.code
                LEFT JOIN moved m ON m.account_id = a.id
            WHERE o.debit_minor <> o.credit_minor OR m.account_id IS NOT NULL
        )
        SELECT code, kind, posted_at, memo, reference, cause, debit, credit, balance FROM (
            SELECT code, kind, 1 AS part, NULL::bigint AS id, NULL::timestamptz AS posted_at,
                %(opening)s::text AS memo, '' AS reference, '' AS cause,
                NULL::bigint AS debit, NULL::bigint AS credit, opening_minor AS balance
            FROM accounts
            UNION ALL
            SELECT a.code, a.kind, 2, p.id, p.posted_at, {selected("e.memo")}, p.reference, v.name,
                CASE WHEN p.amount_minor > 0 THEN p.amount_minor END,
                CASE WHEN p.amount_minor < 0 THEN -p.amount_minor END,
                a.opening_minor
                    + sum(p.amount_minor) OVER (PARTITION BY a.id ORDER BY p.posted_at, p.id)
            FROM ledger_posting p
                JOIN accounts a ON a.id = p.account_id
                JOIN ledger_entry e ON e.id = p.entry_id
                JOIN shared_loggedevent v ON v.id = e.event_id {joined("e.memo")}
            WHERE p.posted_at >= %(since)s AND p.posted_at < %(until)s
            UNION ALL
            SELECT code, kind, 3, NULL, NULL, %(closing)s::text, '', '', NULL, NULL, closing_minor
            FROM accounts
        ) lines
        ORDER BY code, part, posted_at, id""",
        {
            "at": since, "since": since, "until": until, "prefix": account,
            "opening": opening, "closing": closing, **values_of(sentences),
        },
    )  # fmt: skip


def statement_rows(
    *,
    since: datetime,
    until: datetime,
    accounts: Sequence[str],
    opening: str,
    closing: str,
    sentences: Sentences,
) -> Selection:
    """What we owe by these accounts together: before, every posting with what is owed after it, at the end.

    Posted, family of the account, memo in words, reference, in, out, balance; credits count as in.
    """
    return Selection(
        f"""
        WITH moved AS (
            SELECT p.id, p.posted_at, split_part(a.code, ':', 1) AS family, e.memo, p.reference,
                -p.amount_minor AS minor
            FROM ledger_posting p
                JOIN ledger_account a ON a.id = p.account_id
                JOIN ledger_entry e ON e.id = p.entry_id
            WHERE a.code = ANY(%(accounts)s) AND p.posted_at < %(until)s
        )
        SELECT posted_at, family, memo, reference, put_in, taken_out, balance FROM (
            SELECT 1 AS part, NULL::bigint AS id, NULL::timestamptz AS posted_at, '' AS family,
                %(opening)s::text AS memo, '' AS reference, NULL::bigint AS put_in,
                NULL::bigint AS taken_out, coalesce(sum(minor), 0)::bigint AS balance
            FROM moved WHERE posted_at < %(since)s
            UNION ALL
            SELECT 2, id, posted_at, family, {selected("memo")}, running.reference,
                CASE WHEN minor > 0 THEN minor END, CASE WHEN minor < 0 THEN -minor END, balance
            FROM (
                SELECT *, (sum(minor) OVER (ORDER BY posted_at, id))::bigint AS balance FROM moved
            ) running {joined("memo")} WHERE posted_at >= %(since)s
            UNION ALL
            SELECT 3, NULL, NULL, '', %(closing)s::text, '', NULL, NULL,
                coalesce(sum(minor), 0)::bigint
            FROM moved
        ) lines
        ORDER BY part, posted_at, id""",
        {
            "since": since, "until": until, "accounts": list(accounts),
            "opening": opening, "closing": closing, **values_of(sentences),
        },
    )  # fmt: skip


def balance_of_family(*, prefix: str, at: datetime) -> int:
    """Debits minus credits, strictly before `at`, of all accounts whose code begins so."""
    return sum(one.balance_minor for one in totals_of_family(prefix=prefix, at=at))


def totals_between(*, since: datetime, until: datetime, account: str = "") -> tuple[int, int]:
    """Debits and credits, both positive, posted in [since, until) to accounts that begin so."""
    rows = fetch(
        "SELECT coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0),"
        " coalesce(-sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0)"
        " FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
        " WHERE starts_with(a.code, %s) AND p.posted_at >= %s AND p.posted_at < %s",
        account,
        since,
        until,
    )
    return int(rows[0][0]), int(rows[0][1])


def movements_by_cause(
    *, prefix: str, since: datetime, until: datetime, details: Sequence[str]
) -> list[Movement]:
    """Per account of a family, business day and cause: what was posted in [since, until)."""
    rows = fetch(
        """
        SELECT a.code, (p.posted_at AT TIME ZONE %(zone)s)::date, v.name,
            coalesce((SELECT v.payload ->> key FROM unnest(%(details)s::text[]) AS key
                WHERE v.payload ? key LIMIT 1), ''),
            sum(p.amount_minor)
        FROM ledger_posting p
            JOIN ledger_account a ON a.id = p.account_id
            JOIN ledger_entry e ON e.id = p.entry_id
            JOIN shared_loggedevent v ON v.id = e.event_id
        WHERE starts_with(a.code, %(prefix)s)
            AND p.posted_at >= %(since)s AND p.posted_at < %(until)s
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4""",
        zone=EAT.key,
        details=list(details),
        prefix=prefix,
        since=since,
        until=until,
    )
    return [
        Movement(account, day, cause, detail, int(minor))
        for account, day, cause, detail, minor in rows
    ]
