-- What waits for people: disputes, payments that fit nothing, statement lines without a match; and who works on it.

INSERT INTO disputes_dispute (id, reference, seller_order_id, buyer_id, seller_id, reason, claimed_minor, currency, status,
    assignee_id, outcome, fault, refunded_minor, refund_reference, resolution_note, opened_at, turn, turn_since, due_at,
    closed_at, version)
SELECT bench.uuid7(opened_at, number), dispute, q.id, b.buyer_id, seller_id,
    bench.one_of('{not_received,not_as_described,damaged,counterfeit,other}'::text[], number, 71), claimed_minor, 'TZS',
    CASE WHEN is_open THEN 'open' ELSE 'resolved' END, CASE WHEN number % 3 = 0 THEN c.id END,
    CASE WHEN is_open THEN '' WHEN number % 4 = 0 THEN 'declined' ELSE 'refund_partial' END,
    CASE WHEN is_open THEN '' ELSE 'seller' END,
    CASE WHEN is_open OR number % 4 = 0 THEN 0 ELSE claimed_minor END, '', '', opened_at, 'staff', opened_at,
    opened_at + interval '4 days', CASE WHEN NOT is_open THEN opened_at + interval '3 days' END, 1
FROM bench.quarrel q JOIN bench.bought b ON b.n = q.n JOIN bench.colleague c ON c.n = bench.die(number, 72, 12) ORDER BY 1;

INSERT INTO payouts_hold (seller_id, earning_id, kind, subject, reason, opened_at, opened_by)
SELECT q.seller_id, e.id, 'dispute', dispute, 'Dispute ' || dispute, opened_at, 'system'
FROM bench.quarrel q JOIN payouts_earning e ON e.seller_order_id = q.id WHERE is_open;

INSERT INTO disputes_disputemessage (id, dispute_id, author_id, party, body, is_internal, created_at)
SELECT bench.uuid7(opened_at + interval '1 hour' * k, number * 4 + k), bench.uuid7(opened_at, number),
    CASE k WHEN 1 THEN b.buyer_id WHEN 2 THEN s.owner_id ELSE c.id END, ('{buyer,seller,staff}'::text[])[k],
    ('{"Kioo kimevunjika.","Ilikuwa nzima nilipotuma.","Looks like transport."}'::text[])[k], k = 3,
    opened_at + interval '1 hour' * k
FROM bench.quarrel q JOIN bench.bought b ON b.n = q.n JOIN bench.seller s ON s.n = q.seller_n
JOIN bench.colleague c ON c.n = bench.die(number, 73, 12), generate_series(1, 3) k;

INSERT INTO disputes_evidence (id, dispute_id, uploaded_by_id, party, file, original_name, content_type, size_bytes, sha256, note,
    uploaded_at)
SELECT bench.uuid7(opened_at, number), bench.uuid7(opened_at, number), b.buyer_id, 'buyer', 'evidence/' || number || '.jpg',
    'screen.jpg', 'image/jpeg', 200000, md5(number::text) || md5(number::text), '', opened_at
FROM bench.quarrel q JOIN bench.bought b ON b.n = q.n;

INSERT INTO payments_paymentissue (id, reference, kind, status, provider, attempt_id, expected_minor, arrived_minor, receipt,
    note, opened_at, proposed_outcome, proposed_receipt, evidence, decision, reason)
SELECT bench.uuid7(a.created_at, k), bench.reference('ISS', k), bench.one_of('{overpaid,underpaid,duplicate,late}'::text[], k, 74),
    'open', a.provider, a.id, a.amount_minor, a.amount_minor + 100000, a.receipt, 'Another amount arrived.', a.created_at, '',
    '', '', '', ''
FROM (SELECT *, row_number() OVER (ORDER BY id DESC) AS k FROM payments_attempt WHERE status = 'succeeded'
    ORDER BY id DESC LIMIT bench.size('issues')) a;

CREATE UNLOGGED TABLE bench.listed AS
SELECT *, row_number() OVER (ORDER BY id DESC) AS k FROM payments_attempt WHERE provider = 'mpesa' AND is_applied
ORDER BY id DESC LIMIT bench.size('lines');

-- A day of M-Pesa in each file.
INSERT INTO reconciliation_statement (id, reference, provider, account, file, original_name, sha256, status, refusal, period_start,
    period_end, currency, lines_total, lines_duplicate, uploaded_at, imported_at)
SELECT bench.uuid7(bench.clock() - interval '1 day' * d, d), bench.reference('STM', d), 'mpesa', '600001', 'statements/' || d || '.csv',
    d || '.csv', md5(d::text) || md5(d::text), 'imported', '', bench.clock() - interval '1 day' * (d + 1),
    bench.clock() - interval '1 day' * d, 'TZS', bench.size('lines') / 60, 0, bench.clock() - interval '1 day' * d,
    bench.clock() - interval '1 day' * d
FROM generate_series(0, 59) d;

INSERT INTO reconciliation_statementline (statement_id, provider, dedupe_key, line_number, kind, receipt, linked_receipt,
    third_party_id, counterparty, completed_at, amount_minor, balance_minor, details, raw, state)
SELECT s.id, 'mpesa', 'line-' || a.k, a.k, 'payment', CASE WHEN k % 20 < 2 THEN 'LOST' || k ELSE a.receipt END, '', '',
    a.msisdn || ' - ASHA', a.settled_at, a.amount_minor, NULL, 'Pay Utility', '{}',
    CASE k % 20 WHEN 0 THEN 'exception' WHEN 1 THEN 'unmatched' ELSE 'matched' END
FROM bench.listed a
JOIN reconciliation_statement s ON s.reference = bench.reference('STM', a.k * 60 / (bench.size('lines') + 1)) ORDER BY a.k;

INSERT INTO reconciliation_match (line_id, target_kind, target_reference, rule, explanation, matched_at)
SELECT l.id, 'attempt', a.reference, 'receipt', 'Same receipt and amount.', l.completed_at
FROM reconciliation_statementline l JOIN payments_attempt a ON a.provider = 'mpesa' AND a.receipt = l.receipt
WHERE l.state = 'matched';

INSERT INTO reconciliation_reconciliationexception (id, reference, provider, kind, status, line_id, target_kind, target_reference,
    actual_minor, explanation, happened_at, opened_at, resolution, reason)
SELECT bench.uuid7(completed_at, id), bench.reference('EXC', id), 'mpesa', 'missing_in_books', 'open', id, '', '', amount_minor,
    'The provider has a receipt that we do not know.', completed_at, completed_at, '', ''
FROM reconciliation_statementline WHERE state = 'exception';

INSERT INTO reconciliation_suggestion (id, reference, provider, fingerprint, rule, score, explanation, status, suggested_at, reason)
SELECT bench.uuid7(completed_at, id), bench.reference('SUG', id), 'mpesa', md5(id::text) || md5(id::text), 'amount_wallet_time',
    50 + id % 50, 'By this wallet at about that time.', 'proposed', completed_at, ''
FROM reconciliation_statementline WHERE state = 'unmatched';

INSERT INTO reconciliation_suggestionline (suggestion_id, line_id)
SELECT s.id, l.id FROM reconciliation_statementline l JOIN reconciliation_suggestion s ON s.reference = bench.reference('SUG', l.id)
WHERE l.state = 'unmatched';

INSERT INTO reconciliation_suggestiontarget (suggestion_id, target_kind, target_reference, amount_minor, settled_at)
SELECT sl.suggestion_id, 'attempt', a.reference, a.amount_minor, a.settled_at
FROM reconciliation_suggestionline sl JOIN reconciliation_statementline l ON l.id = sl.line_id
JOIN bench.listed a ON l.dedupe_key = 'line-' || a.k;

-- A third of what waits has somebody.
INSERT INTO casework_work (id, kind, case_id, entered_at, assignee_id, assigned_at, snooze_reason)
SELECT bench.uuid7(entered_at, row_number() OVER ()), kind, case_id, entered_at, c.id, entered_at, '' FROM (
    SELECT 'listing' AS kind, id::text AS case_id, submitted_at AS entered_at FROM listings_listing WHERE status = 'in_moderation'
    UNION ALL SELECT 'refund', id::text, created_at FROM payments_refund WHERE status = 'proposed'
    UNION ALL SELECT 'issue', id::text, opened_at FROM payments_paymentissue
    UNION ALL SELECT 'suggestion', id::text, suggested_at FROM reconciliation_suggestion
    UNION ALL SELECT 'seller_order', id::text, placed_at FROM orders_sellerorder WHERE status IN ('to_confirm', 'to_ship')
) cases JOIN bench.colleague c ON c.n = bench.die(hashtext(case_id), 75, 36);
