-- What happened, in the order in which it did, and what buyers were told of it.

INSERT INTO shared_loggedevent (id, name, aggregate, aggregate_id, payload, before, after, actor_kind, actor_id, actor_label,
    request_id, occurred_at)
SELECT id, name, aggregate, thing::text, payload, before, after, kind, actor, label, '', at FROM (
    SELECT bench.uuid7(placed_at, n * 8) AS id, 'orders.placed.v1' AS name, 'order' AS aggregate, id AS thing,
        jsonb_build_object('order_id', id) AS payload, NULL::jsonb AS before, NULL::jsonb AS after, 'buyer' AS kind,
        buyer_id::text AS actor, name AS label, placed_at AS at
    FROM bench.bought
    UNION ALL
    SELECT e.event_id, 'payments.succeeded.v1', 'attempt', bench.uuid7(e.paid_at - interval '15 seconds', n * 2),
        jsonb_build_object('order_id', b.id, 'applied', true), '{"status": "pending"}', '{"status": "succeeded"}', 'provider',
        b.provider, b.provider, e.paid_at
    FROM bench.entry e JOIN bench.bought b USING (n)
    UNION ALL
    SELECT bench.uuid7(paid_at, n * 8 + 2), 'orders.paid.v1', 'order', id, jsonb_build_object('order_id', id),
        '{"status": "awaiting_payment"}', '{"status": "paid"}', 'system', 'orders', 'orders', paid_at
    FROM bench.bought WHERE fate IN ('paid', 'cancelled_paid')
    UNION ALL
    SELECT bench.uuid7(shipped_at, number * 8 + 3), 'orders.seller_order_shipped.v1', 'seller_order', id,
        jsonb_build_object('seller_order_id', id, 'carrier', 'Bus cargo', 'tracking', 'BC-' || number),
        '{"status": "to_ship"}', '{"status": "shipped"}', 'seller', owner_id::text, label, shipped_at
    FROM (SELECT p.*, owner_id, bench.person(s.n * 37) AS label FROM bench.part p JOIN bench.seller s ON s.n = seller_n) parts WHERE shipped_at IS NOT NULL
    UNION ALL
    SELECT bench.uuid7(delivered_at, number * 8 + 4), 'orders.seller_order_delivered.v1', 'seller_order', id,
        jsonb_build_object('seller_order_id', id), '{"status": "shipped"}', '{"status": "delivered"}', 'system', 'orders', 'orders',
        delivered_at
    FROM bench.part WHERE delivered_at IS NOT NULL
    UNION ALL
    SELECT bench.uuid7(opened_at, q.number * 8 + 5), 'disputes.opened.v1', 'dispute', bench.uuid7(opened_at, number),
        jsonb_build_object('dispute_id', bench.uuid7(opened_at, number)), NULL, '{"status": "open"}', 'buyer', b.buyer_id::text, b.name,
        opened_at
    FROM bench.quarrel q JOIN bench.bought b ON b.n = q.n
    UNION ALL
    SELECT bench.uuid7(submitted_at, n * 8 + 6), 'sellers.application_submitted.v1', 'application', id,
        jsonb_build_object('application_id', id), '{"status": "draft"}', '{"status": "submitted"}', 'seller', user_id::text, name,
        submitted_at
    FROM bench.applicant
) facts ORDER BY id;

INSERT INTO notifications_message (id, reference, user_id, code, channel, language, recipient, subject, body, about, dedupe_key,
    status, provider_id, failure, created_at, sent_at)
SELECT bench.uuid7(paid_at, n), bench.reference('MSG', n), buyer_id, 'order_paid', 'sms', 'sw', phone, '',
    current_setting('bench.sealed'), bench.reference('ORD', n), 'paid-' || n, 'sent', '', '', paid_at, paid_at
FROM bench.bought WHERE fate IN ('paid', 'cancelled_paid') ORDER BY n;

INSERT INTO shared_delivery (event_id, handler, queue, status, attempts, next_attempt_at, last_error, created_at, finished_at,
    closing_reason)
SELECT event_id, 'marketplace.notifications.handlers.tell_paid', 'default',
    CASE WHEN n % 100 = 0 THEN 'dead' ELSE 'done' END, 1, paid_at,
    CASE WHEN n % 100 = 0 THEN 'TimeoutError: the gateway did not answer' ELSE '' END, paid_at, paid_at, ''
FROM bench.entry WHERE n > bench.size('orders') - 40000 ORDER BY n;
