"""What may be suggested to a person, from lines and movements that nothing explains.

Each query answers (rule, score, line ids, kinds, references, amounts and times of the movements), over
the work tables, after the verdicts. All lines or movements of one wallet and one day are summed, never
a choice of them: with enough numbers some choice always fits.
"""

from marketplace.reconciliation.rules import SAME_WALLET

SUSPECT = """
CREATE TEMP TABLE suspect ON COMMIT DROP AS
SELECT r.*, (r.completed_at AT TIME ZONE 'Africa/Dar_es_Salaam')::date AS day,
    r.amount_minor > 0 AS is_in
FROM remaining r JOIN verdict v USING (line_id)
WHERE v.exception = 'missing_in_books' AND r.seq IS NOT NULL
"""
FORGET_CLAIMED = """
DELETE FROM unclaimed m USING verdict v
WHERE v.target_kind = m.kind AND v.target_reference = m.reference
"""

# The nearest first; of many, a person sees three.
BY_WALLET = """
SELECT 'amount_wallet_time',
    CASE WHEN p.is_full THEN 90 ELSE 75 END - (20 * p.seconds / window_s)::int
        - CASE WHEN greatest(p.of_line, p.of_movement) > 1 THEN 20 ELSE 0 END,
    ARRAY[p.line_id], ARRAY[p.kind], ARRAY[p.reference], ARRAY[p.amount_minor], ARRAY[p.settled_at]
FROM (
    SELECT pair.*, row_number() OVER (PARTITION BY line_id ORDER BY seconds, reference) AS place,
        extract(epoch FROM %(window)s::interval) AS window_s
    FROM pair
) p
JOIN suspect USING (line_id)
WHERE p.place <= 3
    AND EXISTS (SELECT FROM unclaimed m WHERE m.kind = p.kind AND m.reference = p.reference)
"""

# A spreadsheet takes `0012` for 12; so are two receipts that differ in nothing else.
BY_RECEIPT_WITHOUT_ZEROS = """
SELECT 'receipt_without_zeros', 85, ARRAY[r.line_id], ARRAY[m.kind], ARRAY[m.reference],
    ARRAY[m.amount_minor], ARRAY[m.settled_at]
FROM suspect r JOIN unclaimed m ON ltrim(m.receipt, '0') = ltrim(r.receipt, '0')
    AND m.receipt <> r.receipt AND m.amount_minor = r.amount_minor
    AND m.settled_at BETWEEN r.completed_at - %(receipt_window)s
        AND r.completed_at + %(receipt_window)s
WHERE ltrim(r.receipt, '0') <> ''
"""

_OURS = """array_agg(m.kind ORDER BY m.reference), array_agg(m.reference ORDER BY m.reference),
    array_agg(m.amount_minor ORDER BY m.reference), array_agg(m.settled_at ORDER BY m.reference)"""
_SAME_DAY = f"""(m.settled_at AT TIME ZONE 'Africa/Dar_es_Salaam')::date = r.day
    AND (m.amount_minor > 0) = r.is_in AND {SAME_WALLET}"""

# One line, many movements.
BY_SUM_OF_MOVEMENTS = f"""
SELECT 'sum_of_movements', 60, ARRAY[r.line_id], {_OURS}
FROM suspect r JOIN unclaimed m ON {_SAME_DAY}
GROUP BY r.line_id, r.amount_minor
HAVING count(*) BETWEEN 2 AND %(group_max)s AND sum(m.amount_minor) = r.amount_minor
"""  # noqa: S608 - our own words

# Many lines, one movement.
BY_SUM_OF_LINES = f"""
SELECT 'sum_of_lines', 60, array_agg(r.line_id ORDER BY r.line_id), ARRAY[m.kind],
    ARRAY[m.reference], ARRAY[m.amount_minor], ARRAY[m.settled_at]
FROM suspect r JOIN unclaimed m ON {_SAME_DAY}
GROUP BY m.kind, m.reference, m.amount_minor, m.settled_at
HAVING count(*) BETWEEN 2 AND %(group_max)s AND sum(r.amount_minor) = m.amount_minor
"""  # noqa: S608 - our own words

# Many lines, many movements.
BY_BOTH_SUMS = f"""
SELECT 'sum_of_both', 50, r.line_ids, {_OURS}
FROM (
    SELECT full_number, number_head, number_tail, number_end, day, is_in,
        array_agg(line_id ORDER BY line_id) AS line_ids, sum(amount_minor) AS amount_minor
    FROM suspect
    GROUP BY full_number, number_head, number_tail, number_end, day, is_in
    HAVING count(*) BETWEEN 2 AND %(group_max)s
) r
JOIN unclaimed m ON {_SAME_DAY}
GROUP BY r.line_ids, r.amount_minor
HAVING count(*) BETWEEN 2 AND %(group_max)s AND sum(m.amount_minor) = r.amount_minor
"""  # noqa: S608 - our own words

# Lines that carry one reference of ours, and none of which is the whole amount.
BY_SUM_OF_REFERENCE = """
SELECT 'sum_of_reference', 80, array_agg(c.line_id ORDER BY c.line_id), ARRAY[m.kind],
    ARRAY[m.reference], ARRAY[m.amount_minor], ARRAY[m.settled_at]
FROM contender c
JOIN settled_movement m ON m.kind = c.target_kind AND m.reference = c.target_reference
GROUP BY m.kind, m.reference, m.amount_minor, m.settled_at
HAVING count(*) BETWEEN 2 AND %(group_max)s AND sum(c.amount_minor) = m.amount_minor
    AND bool_and(c.holds = '')
"""

ALL = (
    BY_WALLET,
    BY_RECEIPT_WITHOUT_ZEROS,
    BY_SUM_OF_REFERENCE,
    BY_SUM_OF_MOVEMENTS,
    BY_SUM_OF_LINES,
    BY_BOTH_SUMS,
)

# Open suggestions about what is matched now. Their lines in part payments are exceptions of another
# kind all the while.
OUTDATED = """
SELECT t.suggestion_id FROM reconciliation_suggestion s
JOIN reconciliation_suggestiontarget t ON t.suggestion_id = s.id
JOIN verdict v USING (target_kind, target_reference)
WHERE s.status = 'proposed' AND v.exception = ''
UNION
SELECT l.suggestion_id FROM reconciliation_suggestion s
JOIN reconciliation_suggestionline l ON l.suggestion_id = s.id
JOIN verdict v USING (line_id)
WHERE s.status = 'proposed' AND v.exception <> 'missing_in_books'
    AND NOT (s.rule = 'sum_of_reference' AND v.exception IN ('amount_differs', 'duplicate'))
"""
