-- Payments, what sellers have earned, payouts week by week, refunds and the books.

INSERT INTO payments_intent (id, reference, order_id, amount_minor, currency, status, created_at)
SELECT bench.uuid7(placed_at, n), bench.reference('PAY', n), id, items_minor + shipping_minor, 'TZS',
    CASE WHEN fate IN ('paid', 'cancelled_paid') THEN 'paid' WHEN fate = 'awaiting' THEN 'open' ELSE 'closed' END, placed_at
FROM bench.bought JOIN bench.whole USING (n) ORDER BY n;

-- k = 0 is the one that paid; k = 1 failed before it, or instead of it.
CREATE UNLOGGED TABLE bench.attempt AS
SELECT b.n, k, b.n * 2 + k AS number, provider, phone, fate,
    paid_at - interval '1 second' * (15 + 200 * k) AS created_at, k = 0 AND fate <> 'awaiting' AS is_paid
FROM bench.bought b, generate_series(0, 1) k
WHERE CASE WHEN fate IN ('paid', 'cancelled_paid') THEN k = 0 OR bench.chance(n, 61) < 0.06
    WHEN fate = 'awaiting' THEN k = 0 ELSE k = 1 AND bench.chance(n, 61) < 0.7 END;

INSERT INTO payments_attempt (id, reference, intent_id, provider, msisdn, amount_minor, currency, status, is_applied,
    conversation_id, receipt, provider_code, provider_message, created_at, sent_at, settled_at, enquiries, next_enquiry_at)
SELECT bench.uuid7(a.created_at, a.number), bench.reference('ATT', a.number), i.id, provider, substr(phone, 2),
    amount_minor, 'TZS', CASE WHEN is_paid THEN 'succeeded' WHEN fate = 'awaiting' THEN 'pending' ELSE 'failed' END,
    is_paid, md5(a.number::text), CASE WHEN is_paid THEN bench.receipt(provider, a.n, a.created_at) ELSE '' END,
    CASE WHEN k = 1 THEN 'INS-2006' ELSE '' END, CASE WHEN k = 1 THEN 'Insufficient balance' ELSE '' END, a.created_at,
    a.created_at, CASE WHEN fate <> 'awaiting' THEN a.created_at + interval '15 seconds' END, 1,
    CASE WHEN fate = 'awaiting' THEN bench.clock() + interval '1 minute' END
FROM bench.attempt a JOIN payments_intent i ON i.reference = bench.reference('PAY', a.n) ORDER BY a.number;

CREATE UNLOGGED TABLE bench.quarrel AS
SELECT p.*, least(delivered_at + interval '1 day' * 2 * bench.chance(number, 62), bench.clock()) AS opened_at,
    delivered_at > bench.clock() - interval '30 days' AS is_open, bench.reference('DSP', number) AS dispute,
    (items_minor / 200 * 100) AS claimed_minor
FROM bench.part p JOIN bench.sums USING (number)
WHERE delivered_at IS NOT NULL AND bench.chance(number, 63) < 0.006;

-- `weeks` ago it was paid out; 0 is the batch that waits.
CREATE UNLOGGED TABLE bench.earning AS
SELECT p.number, p.n, p.id AS part_id, p.seller_n, p.seller_id, p.reference, p.fate, p.paid_at,
    items_minor + shipping_minor - s.commission_minor - vat_minor AS net_minor, s.commission_minor, vat_minor,
    p.delivered_at + interval '3 days' AS release_at, q.is_open,
    CASE WHEN p.delivered_at + interval '3 days' < bench.clock() AND q.is_open IS NOT TRUE
        THEN floor(extract(epoch FROM bench.clock() - p.delivered_at - interval '3 days') / 604800)::bigint END AS weeks
FROM bench.part p JOIN bench.sums s USING (number) LEFT JOIN bench.quarrel q USING (number)
WHERE p.fate IN ('paid', 'cancelled_paid');

INSERT INTO payouts_payoutbatch (id, reference, status, created_by_id, decided_by_id, decision_reason, created_at,
    decided_at, completed_at)
SELECT bench.uuid7(at, batch), bench.reference('PB', batch),
    CASE WHEN weeks = 0 THEN 'awaiting_approval' ELSE 'completed' END, a.id, CASE WHEN weeks > 0 THEN b.id END, '', at,
    CASE WHEN weeks > 0 THEN at + interval '2 hours' END, CASE WHEN weeks > 0 THEN at + interval '4 hours' END
FROM (
    SELECT DISTINCT weeks, CASE WHEN weeks = 0 THEN 1000 + seller_n % 3 ELSE weeks END AS batch,
        bench.clock() - interval '7 days' * weeks - interval '1 hour' AS at
    FROM bench.earning WHERE weeks IS NOT NULL
) batches JOIN bench.colleague a ON a.n = 1 JOIN bench.colleague b ON b.n = 2;

CREATE UNLOGGED TABLE bench.payout AS
SELECT weeks, seller_n, weeks * 100000 + seller_n AS number, sum(net_minor)::bigint AS amount_minor,
    bench.clock() - interval '7 days' * weeks - interval '1 hour' AS at,
    CASE WHEN weeks = 0 THEN 1000 + seller_n % 3 ELSE weeks END AS batch
FROM bench.earning WHERE weeks IS NOT NULL GROUP BY weeks, seller_n;
ALTER TABLE bench.payout ADD COLUMN id uuid;
UPDATE bench.payout SET id = bench.uuid7(at, number);

INSERT INTO payouts_payout (id, reference, batch_id, seller_id, amount_minor, currency, provider, msisdn, wallet_name, status,
    conversation_id, receipt, provider_code, provider_message, created_at, sent_at, settled_at, enquiries)
SELECT p.id, bench.reference('PO', p.number), b.id, s.id, p.amount_minor, 'TZS', s.provider, current_setting('bench.sealed'),
    bench.person(s.n), CASE WHEN weeks = 0 THEN 'planned' ELSE 'paid' END, md5('payout' || p.number),
    CASE WHEN weeks > 0 THEN bench.receipt(s.provider, 20000000 + p.number, at) ELSE '' END, '', '', at,
    CASE WHEN weeks > 0 THEN at + interval '3 hours' END, CASE WHEN weeks > 0 THEN at + interval '3 hours' END, 0
FROM bench.payout p JOIN bench.seller s ON s.n = p.seller_n
JOIN payouts_payoutbatch b ON b.reference = bench.reference('PB', p.batch) ORDER BY p.id;

INSERT INTO payouts_earning (id, seller_order_id, seller_id, net_minor, status, earned_at, release_at, released_at, payout_id)
SELECT bench.uuid7(e.paid_at, e.number), part_id, seller_id, net_minor,
    CASE WHEN fate = 'cancelled_paid' THEN 'cancelled' WHEN is_open THEN 'on_hold' WHEN e.weeks > 0 THEN 'paid'
        WHEN e.weeks = 0 THEN 'available' ELSE 'pending' END,
    e.paid_at, release_at, CASE WHEN e.weeks IS NOT NULL THEN release_at END, CASE WHEN e.weeks > 0 THEN p.id END
FROM bench.earning e LEFT JOIN bench.payout p USING (weeks, seller_n) ORDER BY e.number;

INSERT INTO payouts_payoutline (payout_id, seller_order_reference, amount_minor)
SELECT p.id, e.reference, net_minor FROM bench.earning e JOIN bench.payout p USING (weeks, seller_n) ORDER BY p.id;

-- What was paid and then cancelled goes back whole; some of it is refused by the provider.
INSERT INTO payments_refund (id, reference, attempt_id, reason, note, amount_minor, currency, status, cause, receipt,
    provider_code, provider_message, tries, created_at, sent_at, settled_at)
SELECT bench.uuid7(b.paid_at + interval '1 hour', b.n), bench.reference('REF', b.n), a.id, 'order_cancelled', '',
    a.amount_minor, 'TZS', CASE WHEN bench.chance(b.n, 64) < 0.005 THEN 'failed' ELSE 'succeeded' END, 'order-' || b.n,
    CASE WHEN bench.chance(b.n, 64) < 0.005 THEN '' ELSE bench.receipt(b.provider, 40000000 + b.n, b.paid_at) END, '', '',
    1, b.paid_at + interval '1 hour', b.paid_at + interval '1 hour',
    CASE WHEN bench.chance(b.n, 64) >= 0.005 THEN b.paid_at + interval '2 hours' END
FROM bench.bought b JOIN payments_attempt a ON a.reference = bench.reference('ATT', b.n * 2)
WHERE fate = 'cancelled_paid' ORDER BY b.n;

INSERT INTO payments_refundpart (refund_id, seller_order_id, amount_minor, seller_minor, commission_minor, commission_vat_minor,
    shipping_minor)
SELECT r.id, e.part_id, net_minor + e.commission_minor + e.vat_minor, net_minor, e.commission_minor, e.vat_minor, 500000
FROM bench.earning e JOIN payments_refund r ON r.reference = bench.reference('REF', e.n) WHERE e.fate = 'cancelled_paid';

-- Above the threshold, asked for by one and to be approved by another.
INSERT INTO payments_refund (id, reference, attempt_id, reason, note, amount_minor, currency, status, cause,
    requested_by_id, receipt, provider_code, provider_message, tries, created_at)
SELECT bench.uuid7(at, p.number), bench.reference('REF', 100000000 + p.number), a.id, 'price_adjusted',
    'The seller lowered the price.', p.items_minor / 200 * 100, 'TZS', 'proposed', 'adjusted-' || p.number, c.id, '', '', '',
    0, at
FROM (
    SELECT number, n, items_minor, bench.clock() - interval '30 minutes' * row_number() OVER (ORDER BY number DESC) AS at
    FROM bench.part JOIN bench.sums USING (number) WHERE delivered_at IS NOT NULL AND number % 7 = 0
    ORDER BY number DESC LIMIT bench.size('refunds')
) p JOIN payments_attempt a ON a.reference = bench.reference('ATT', p.n * 2)
JOIN bench.colleague c ON c.n = bench.die(p.number, 65, 12);

INSERT INTO payments_refundpart (refund_id, seller_order_id, amount_minor, seller_minor, commission_minor, commission_vat_minor)
SELECT r.id, p.id, r.amount_minor, r.amount_minor, 0, 0
FROM payments_refund r JOIN bench.part p ON r.cause = 'adjusted-' || p.number WHERE r.status = 'proposed';

INSERT INTO ledger_account (code, kind, currency, created_at)
SELECT code, kind, 'TZS', bench.clock() - interval '390 days' FROM (
    SELECT 'provider_clearing:' || p AS code, 'asset' AS kind FROM unnest('{mpesa,mixx,airtel}'::text[]) p
    UNION ALL VALUES ('commission_revenue', 'revenue'), ('vat_payable', 'liability')
    UNION ALL SELECT 'seller_pending:' || reference, 'liability' FROM bench.seller
) accounts ON CONFLICT (code) DO NOTHING;

-- One entry a payment, of the event that 6_events.sql tells of it.
CREATE UNLOGGED TABLE bench.entry AS
SELECT n, bench.uuid7(paid_at, n * 8 + 1) AS event_id, bench.uuid7(paid_at, n) AS id, paid_at
FROM bench.bought WHERE fate IN ('paid', 'cancelled_paid');

INSERT INTO ledger_entry (id, event_id, memo, posted_at)
SELECT id, event_id, 'Payment for ' || bench.reference('ORD', n), paid_at FROM bench.entry ORDER BY id;

INSERT INTO ledger_posting (entry_id, account_id, amount_minor, currency, reference, posted_at)
SELECT e.id, a.id, side.amount_minor, 'TZS', side.reference, e.paid_at
FROM bench.entry e
JOIN LATERAL (
    SELECT 'provider_clearing:' || b.provider AS code, w.items_minor + w.shipping_minor AS amount_minor,
        bench.reference('ORD', b.n) AS reference
    FROM bench.bought b JOIN bench.whole w USING (n) WHERE b.n = e.n
) side ON true JOIN ledger_account a ON a.code = side.code;

INSERT INTO ledger_posting (entry_id, account_id, amount_minor, currency, reference, posted_at)
SELECT e.id, a.id, -CASE k WHEN 1 THEN r.net_minor WHEN 2 THEN r.commission_minor ELSE r.vat_minor END, 'TZS', r.reference,
    e.paid_at
FROM bench.earning r JOIN bench.entry e USING (n) JOIN bench.seller s ON s.n = r.seller_n, generate_series(1, 3) k,
    ledger_account a
WHERE a.code = CASE k WHEN 1 THEN 'seller_pending:' || s.reference WHEN 2 THEN 'commission_revenue' ELSE 'vat_payable' END;
