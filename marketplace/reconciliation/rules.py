"""The rules that say what statement lines stand for, in their order; each judges all lines at once.

A rule is one statement over the work tables (`worktables.py`); a line that has a verdict is out of
the reach of the rules below. Whether two lines claim the same thing of ours is not a rule's
business: `contest.py` says which of them is the better one, whatever the order of the files.
"""

import re
from dataclasses import dataclass
from typing import Any

from marketplace.reconciliation.policies import (
    FEE_ALONE_MAX_MINOR,
    FEE_FLOOR_MINOR,
    FEE_SHARE_MAX_BP,
    Tolerance,
)
from marketplace.shared.ids import ALPHABET, REFERENCE_CHARS
from marketplace.shared.money import BASIS_POINTS, DEFAULT_CURRENCY, QUANTUM

# Our references as providers know them: no dash, and a number behind a repeated refund (`T2`).
# One pattern for PostgreSQL and for Python.
OUR_REFERENCE = (
    rf"(?<![0-9A-Z])((?:ATT|REF|PO|TOP)[{ALPHABET}]{{{REFERENCE_CHARS}}})(?:T[0-9]+)?(?![0-9A-Z])"
)
_OUR_REFERENCE = re.compile(OUR_REFERENCE)
_NAMED_IN = """COALESCE(
    substring(upper({table}.third_party_id) from %(our_reference)s),
    substring(upper({table}.details) from %(our_reference)s), '') COLLATE "C" """


@dataclass(frozen=True, slots=True)
class Rule:
    """`score` is how sure it is, in percent."""

    name: str
    score: int
    sql: str


def our_reference_in(*texts: str) -> str:
    """Our reference as the provider knows it, from the first text that has one; "" if none."""
    found = (_OUR_REFERENCE.search(text.upper()) for text in texts)
    return next((match[1] for match in found if match), "")


def parameters(tolerance: Tolerance) -> dict[str, Any]:
    """What the rules' statements refer to by name."""
    quantum = QUANTUM[DEFAULT_CURRENCY]
    return {
        "our_reference": OUR_REFERENCE,
        "fee_alone_max": FEE_ALONE_MAX_MINOR,
        "fee_floor": FEE_FLOOR_MINOR,
        "fee_bp": FEE_SHARE_MAX_BP,
        "quantum": quantum,
        "divisor": BASIS_POINTS * quantum,
        "half": BASIS_POINTS * quantum // 2,
        "window": tolerance.window,
        "receipt_window": tolerance.receipt_window,
        "top_up_window": tolerance.top_up_window,
        "confirms_full_number": tolerance.confirms_full_number,
        "group_max": tolerance.group_max,
    }


# A provider's charge: ordinary within limits (policies.fee_limit_minor), else somebody must look.
# It belongs to the movement with its receipt, else to the one whose reference it carries.
CHARGE = f"""
INSERT INTO verdict
SELECT fee.line_id, %(rule)s, %(score)s,
    CASE WHEN fee.is_fine THEN 'fee' ELSE '' END, '', NULL, fee.limit_minor,
    CASE WHEN fee.is_fine THEN '' ELSE 'fee_unexpected' END, fee.reference
FROM (
    SELECT c.line_id, bound.limit_minor,
        c.amount_minor < 0 AND -c.amount_minor <= bound.limit_minor AS is_fine,
        COALESCE(by_receipt.reference, by_reference.reference, '') AS reference
    FROM candidate c
    LEFT JOIN (
        SELECT receipt, max(abs(amount_minor)) AS moved_minor, min(reference) AS reference
        FROM settled_movement WHERE receipt <> '' GROUP BY receipt
    ) by_receipt ON by_receipt.receipt = c.receipt
    LEFT JOIN settled_movement by_reference ON by_reference.is_expected
        AND by_reference.kind <> 'returned' AND by_reference.wire
            = CASE WHEN by_receipt.receipt IS NULL THEN {_NAMED_IN.format(table="c")} END
    CROSS JOIN LATERAL (
        SELECT COALESCE(by_receipt.moved_minor, abs(by_reference.amount_minor)) AS moved_minor
    ) movement
    CROSS JOIN LATERAL (
        SELECT CASE WHEN movement.moved_minor IS NULL THEN %(fee_alone_max)s ELSE greatest(
            %(fee_floor)s,
            (movement.moved_minor * %(fee_bp)s + %(half)s) / %(divisor)s * %(quantum)s
        ) END AS limit_minor
    ) bound
    WHERE c.kind = 'fee'
) fee
"""  # noqa: S608 - our own words

# A transfer from the wallet to the bank.
SWEEP = """
INSERT INTO verdict
SELECT line_id, %(rule)s, %(score)s, 'sweep', '', NULL, NULL, '', ''
FROM candidate WHERE kind = 'sweep'
"""

# The provider told us this receipt when it settled the movement.
RECEIPT = """
INSERT INTO verdict
SELECT DISTINCT ON (c.line_id) c.line_id, %(rule)s, %(score)s, m.kind, m.reference, m.amount_minor,
    NULL, CASE WHEN m.amount_minor = c.amount_minor THEN '' ELSE 'amount_differs' END, c.receipt
FROM candidate c
JOIN settled_movement m ON m.receipt = c.receipt
    AND (m.amount_minor > 0) = (c.amount_minor > 0)
WHERE c.kind NOT IN ('fee', 'sweep') AND c.receipt <> ''
ORDER BY c.line_id, m.amount_minor <> c.amount_minor, m.reference
"""

# What is left, with our reference as the line has it, the receipt of the movement of the other
# direction that a line takes back (a payment, a payout), as far as it says, and the wallet number,
# which may be masked (`25576****321`).
REMAINING = f"""
CREATE TEMP TABLE remaining ON COMMIT DROP AS
SELECT c.*, named.our_reference, number.full_number, number.head AS number_head,
    number.tail AS number_tail, right(COALESCE(number.full_number, number.tail), 2) AS number_end,
    COALESCE(NULLIF(c.linked_receipt, ''), original.receipt, '') AS gives_back
FROM candidate c
CROSS JOIN LATERAL (SELECT {_NAMED_IN.format(table="c")} AS our_reference) named
CROSS JOIN LATERAL (SELECT
    substring(c.counterparty from '[0-9]{{9,12}}') AS full_number,
    substring(c.counterparty from '([0-9]{{3,8}})[*]+[0-9]{{2,4}}') AS head,
    substring(c.counterparty from '[0-9]{{3,8}}[*]+([0-9]{{2,4}})') AS tail
) number
LEFT JOIN settled_movement original ON original.wire = named.our_reference
    AND original.is_expected AND original.kind <> 'returned'
    AND original.amount_minor * sign(c.amount_minor) < 0
WHERE NOT EXISTS (SELECT FROM verdict v WHERE v.line_id = c.line_id)
"""  # noqa: S608 - our own words

_NOT_JUDGED = "NOT EXISTS (SELECT FROM verdict v WHERE v.line_id = r.line_id)"

# The line carries the reference that we gave the provider.
REFERENCE = """
INSERT INTO verdict
SELECT r.line_id, %(rule)s, %(score)s, m.kind, m.reference, m.amount_minor, NULL,
    CASE WHEN m.amount_minor = r.amount_minor THEN '' ELSE 'amount_differs' END, r.our_reference
FROM remaining r
JOIN settled_movement m ON m.wire = r.our_reference AND m.is_expected
    AND (m.amount_minor > 0) = (r.amount_minor > 0)
WHERE r.our_reference <> ''
"""

# A reversal names the receipt of the payment; the refund is the one of the same amount. Two equal
# reversals stand for two equal refunds, one each. So does the return of a payout name its receipt.
LINKED = f"""
INSERT INTO verdict
SELECT line.line_id, %(rule)s, %(score)s, refund.kind, refund.reference, refund.amount_minor, NULL,
    '', line.gives_back
FROM (
    SELECT r.*, row_number() OVER (
        PARTITION BY gives_back, amount_minor ORDER BY completed_at, dedupe_key COLLATE "C") AS place
    FROM remaining r WHERE gives_back <> '' AND {_NOT_JUDGED}
) line
JOIN (
    SELECT m.*, row_number() OVER (
        PARTITION BY payment_receipt, amount_minor
        ORDER BY NOT is_expected, settled_at, reference) AS place
    FROM settled_movement m
    WHERE m.payment_receipt <> ''
        AND m.payment_receipt IN (SELECT gives_back FROM remaining)
        AND NOT EXISTS (SELECT FROM verdict v
            WHERE v.target_kind = m.kind AND v.target_reference = m.reference)
        AND NOT EXISTS (SELECT FROM reconciliation_match held
            WHERE held.target_kind = m.kind AND held.target_reference = m.reference)
        AND NOT EXISTS (SELECT FROM reconciliation_suggestiontarget held
            WHERE held.is_held
            AND held.target_kind = m.kind AND held.target_reference = m.reference)
) refund ON refund.payment_receipt = line.gives_back
    AND refund.amount_minor = line.amount_minor AND refund.place = line.place
"""  # noqa: S608 - our own words

# Money from our bank whose line carries no reference: the nearest of the same amount, one each.
TOP_UP = f"""
INSERT INTO verdict
SELECT line_id, %(rule)s, %(score)s, 'top_up', reference, amount_minor, NULL, '', ''
FROM (
    SELECT r.line_id, m.reference, r.amount_minor,
        row_number() OVER (PARTITION BY r.line_id
            ORDER BY apart.seconds, m.reference) AS of_line,
        row_number() OVER (PARTITION BY m.reference
            ORDER BY apart.seconds, r.dedupe_key COLLATE "C") AS of_movement
    FROM remaining r
    JOIN settled_movement m ON m.kind = 'top_up' AND m.amount_minor = r.amount_minor
        AND m.settled_at BETWEEN r.completed_at - %(top_up_window)s
            AND r.completed_at + %(top_up_window)s
    CROSS JOIN LATERAL (
        SELECT abs(extract(epoch FROM m.settled_at - r.completed_at)) AS seconds) apart
    WHERE r.kind = 'top_up' AND r.our_reference = '' AND {_NOT_JUDGED}
        AND NOT EXISTS (SELECT FROM verdict v
            WHERE v.target_kind = m.kind AND v.target_reference = m.reference)
        AND NOT EXISTS (SELECT FROM reconciliation_match held
            WHERE held.target_kind = m.kind AND held.target_reference = m.reference)
) pair
WHERE of_line = 1 AND of_movement = 1
"""  # noqa: S608 - our own words

# Movements of ours that no line stands for, in this statement or an earlier one.
UNCLAIMED = """
CREATE TEMP TABLE unclaimed ON COMMIT DROP AS
SELECT m.*, right(m.wallet, 9) AS number, right(m.wallet, 2) AS number_end
FROM (
    SELECT * FROM settled_movement m
    WHERE m.is_expected AND NOT EXISTS (SELECT FROM verdict v
        WHERE v.target_kind = m.kind AND v.target_reference = m.reference)
    OFFSET 0
) m
WHERE NOT EXISTS (SELECT FROM reconciliation_match held
        WHERE held.target_kind = m.kind AND held.target_reference = m.reference
        AND held.target_reference <> '')
    AND NOT EXISTS (SELECT FROM reconciliation_suggestiontarget held
        WHERE held.is_held
        AND held.target_kind = m.kind AND held.target_reference = m.reference)
    AND NOT EXISTS (SELECT FROM reconciliation_reconciliationexception e
        WHERE e.target_kind = m.kind AND e.target_reference = m.reference
        AND e.target_reference <> ''
        AND (e.line_id IS NOT NULL OR e.resolution IN ('to_suspense', 'write_off', 'no_action')))
"""

# `r` and `m` are of the same wallet, as far as the line shows its number.
SAME_WALLET = """r.number_end = m.number_end AND (
    right(r.full_number, 9) = m.number OR (
        right(m.number, length(r.number_tail)) = r.number_tail
        AND starts_with('255' || m.number, r.number_head)))"""

# The same amount from the same wallet at nearly the same time. By thirds of the window: of common
# amounts there are too many to look at each pair.
PAIR = f"""
CREATE TEMP TABLE pair ON COMMIT DROP AS
SELECT r.line_id, m.kind, m.reference, m.amount_minor, m.settled_at,
    r.full_number IS NOT NULL AS is_full,
    abs(extract(epoch FROM m.settled_at - r.completed_at)) AS seconds,
    count(*) OVER (PARTITION BY r.line_id) AS of_line,
    count(*) OVER (PARTITION BY m.kind, m.reference) AS of_movement
FROM (
    SELECT r.*, date_bin(%(window)s, completed_at, TIMESTAMPTZ 'epoch') AS bin
    FROM remaining r
    WHERE amount_minor <> 0 AND kind NOT IN ('other', 'fee', 'sweep') AND {_NOT_JUDGED}
) r
JOIN (
    SELECT m.*, date_bin(%(window)s, settled_at, TIMESTAMPTZ 'epoch') + n * %(window)s AS bin
    FROM unclaimed m CROSS JOIN generate_series(-1, 1) AS n
) m ON m.bin = r.bin AND m.amount_minor = r.amount_minor AND {SAME_WALLET}
WHERE m.settled_at BETWEEN r.completed_at - %(window)s AND r.completed_at + %(window)s
    AND (m.kind = 'returned') = (r.kind = 'return')
"""  # noqa: S608 - our own words

# One line and one movement only, by the full number: nobody needs to be asked.
WALLET = """
INSERT INTO verdict
SELECT p.line_id, %(rule)s, %(score)s, p.kind, p.reference, r.amount_minor, NULL, '',
    r.full_number
FROM pair p JOIN remaining r USING (line_id)
WHERE p.is_full AND p.of_line = 1 AND p.of_movement = 1 AND %(confirms_full_number)s
"""

# Nothing of ours explains it.
NOTHING = f"""
INSERT INTO verdict
SELECT r.line_id, %(rule)s, 0, '', '', NULL, NULL,
    CASE WHEN r.kind = 'other' OR r.amount_minor = 0 THEN 'unknown'
        WHEN original.reference IS NOT NULL THEN 'reversed'
        ELSE 'missing_in_books' END,
    COALESCE(original.reference, r.receipt)
FROM remaining r
LEFT JOIN (
    SELECT receipt, sign(amount_minor) AS direction, min(reference) AS reference
    FROM settled_movement WHERE receipt <> '' GROUP BY receipt, sign(amount_minor)
) original ON original.receipt = r.gives_back AND original.direction <> sign(r.amount_minor)
WHERE {_NOT_JUDGED}
"""  # noqa: S608 - our own words

# In their order. Between them stand the tables that the later ones look at.
FIRST = (Rule("charge", 100, CHARGE), Rule("sweep", 100, SWEEP), Rule("receipt", 100, RECEIPT))
THEN = (
    Rule("reference", 100, REFERENCE),
    Rule("linked_receipt", 95, LINKED),
    Rule("top_up", 90, TOP_UP),
)
WALLET_RULE = Rule("amount_wallet_time", 90, WALLET)
LAST = Rule("none", 0, NOTHING)
