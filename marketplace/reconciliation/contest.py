"""Which of several lines stands for a movement of ours; the others are duplicates.

The result does not depend on the order of the files: a better line takes the movement from the line
that came first. What a person has decided stays.
"""

# Movements that several new lines claim, or that somebody holds already: a match, a line whose
# amount differs, a confirmed sum, or a gap that a person closed by a booking (the money is in the
# books already, in another place). What the system itself closed was displaced before.
CONTENDER = """
CREATE TEMP TABLE contender ON COMMIT DROP AS
WITH claimed AS (
    SELECT target_kind, target_reference, count(*) AS claims, max(expected_minor) AS expected_minor
    FROM verdict WHERE target_reference <> '' GROUP BY target_kind, target_reference
), holder AS (
    SELECT c.target_kind, c.target_reference, held.line_id, 'match' AS holds,
        held.matched_by_id IS NOT NULL AS is_fixed, '' AS decided, NULL::uuid AS exception_id
    FROM claimed c JOIN reconciliation_match held USING (target_kind, target_reference)
    WHERE held.target_reference <> ''
    UNION ALL
    SELECT c.target_kind, c.target_reference, e.line_id, 'exception', e.status <> 'open', '', e.id
    FROM claimed c JOIN reconciliation_reconciliationexception e
        USING (target_kind, target_reference)
    WHERE e.provider = %(provider)s AND e.target_reference <> '' AND e.kind = 'amount_differs'
        AND NOT (e.status = 'resolved' AND e.resolved_by_id IS NULL)
    UNION ALL
    SELECT c.target_kind, c.target_reference, NULL, 'booking', true, e.reference, NULL
    FROM claimed c JOIN reconciliation_reconciliationexception e
        USING (target_kind, target_reference)
    WHERE e.provider = %(provider)s AND e.target_reference <> ''
        AND e.kind = 'missing_in_statement' AND e.resolution IN ('to_suspense', 'write_off')
    UNION ALL
    SELECT c.target_kind, c.target_reference, NULL, 'sum', true, s.reference, NULL
    FROM claimed c JOIN reconciliation_suggestiontarget t USING (target_kind, target_reference)
    JOIN reconciliation_suggestion s ON s.id = t.suggestion_id
    WHERE t.is_held
), contested AS (
    SELECT * FROM claimed WHERE claims > 1
        OR (target_kind, target_reference) IN (SELECT target_kind, target_reference FROM holder)
), fighter AS (
    SELECT v.target_kind, v.target_reference, v.line_id, '' AS holds, false AS is_fixed,
        '' AS decided, NULL::uuid AS exception_id, c.expected_minor,
        l.amount_minor, l.receipt, l.completed_at, l.dedupe_key
    FROM contested c JOIN verdict v USING (target_kind, target_reference)
    JOIN candidate l ON l.line_id = v.line_id
    UNION ALL
    SELECT h.*, c.expected_minor, l.amount_minor, upper(l.receipt), l.completed_at, l.dedupe_key
    FROM contested c JOIN holder h USING (target_kind, target_reference)
    LEFT JOIN reconciliation_statementline l ON l.id = h.line_id
)
SELECT f.target_kind, f.target_reference, f.line_id, f.holds, f.is_fixed, f.exception_id,
    f.expected_minor, f.amount_minor,
    max(f.decided) FILTER (WHERE f.holds = 'booking') OVER target AS booked_by,
    bool_or(f.is_fixed) OVER target AS is_decided,
    row_number() OVER (target ORDER BY f.is_fixed DESC, f.amount_minor <> f.expected_minor,
        f.receipt <> m.receipt, f.completed_at, f.dedupe_key COLLATE "C") AS place
FROM fighter f
LEFT JOIN settled_movement m ON m.kind = f.target_kind AND m.reference = f.target_reference
WINDOW target AS (PARTITION BY f.target_kind, f.target_reference)
"""

# New lines that are not the best; `argument` names the booking, if there is one.
BEATEN = """
UPDATE verdict SET exception = 'duplicate', argument = COALESCE(loser.booked_by, '')
FROM contender loser
WHERE loser.line_id = verdict.line_id AND loser.holds = '' AND loser.place > 1
"""

# Holders that a better line has beaten become duplicates; their lines are in the books already.
DISPLACED = """
INSERT INTO verdict
SELECT line_id, rule, 0, target_kind, target_reference, expected_minor, NULL, 'duplicate', '',
    true
FROM contender CROSS JOIN LATERAL (SELECT COALESCE(
    (SELECT m.rule FROM reconciliation_match m WHERE m.line_id = contender.line_id), 'receipt'
) AS rule) had
WHERE holds <> '' AND NOT is_decided AND place > 1
"""
UNMATCH_DISPLACED = """
DELETE FROM reconciliation_match m USING verdict v
WHERE v.is_displaced AND v.line_id = m.line_id
"""
DISPLACED_EXCEPTIONS = """
SELECT exception_id FROM contender
WHERE holds = 'exception' AND NOT is_decided AND place > 1 ORDER BY exception_id
"""
