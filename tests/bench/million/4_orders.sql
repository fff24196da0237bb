-- A year of orders, more every month: parts of one to three sellers, three lines on average, and how far each has come.

CREATE UNLOGGED TABLE bench.bought AS
SELECT o.n, at AS placed_at, bench.uuid7(at, o.n) AS id, bench.provider(o.n) AS provider, buyer.id AS buyer_id, buyer.name,
    buyer.phone, buyer.region, at + interval '1 second' * (20 + bench.die(o.n, 41, 600)) AS paid_at,
    CASE
        WHEN at + interval '11 minutes' > bench.clock() THEN 'awaiting'
        WHEN bench.chance(o.n, 42) < 0.11 THEN 'expired'
        WHEN bench.chance(o.n, 42) < 0.14 THEN 'cancelled'
        WHEN bench.chance(o.n, 42) < 0.17 THEN 'cancelled_paid'
        ELSE 'paid'
    END AS fate
FROM generate_series(1, bench.size('orders')) o(n)
CROSS JOIN LATERAL (
    SELECT bench.clock() - interval '365 days' * (1 - (o.n::float8 / bench.size('orders')) ^ 0.77) AS at
) t
-- Some buy often: the square prefers low numbers.
JOIN bench.buyer buyer ON buyer.n = 1 + (bench.size('buyers') * bench.chance(o.n, 43) ^ 2)::bigint % bench.size('buyers');

CREATE UNLOGGED TABLE bench.part AS
SELECT b.n, j, b.n * 3 + j AS number, s.n AS seller_n, s.id AS seller_id, s.reference AS seller_reference, fate, placed_at,
    paid_at, bench.uuid7(placed_at, b.n * 3 + j) AS id, bench.reference('SO', b.n * 3 + j) AS reference,
    paid_at + interval '1 hour' * (1 + 20 * bench.chance(b.n * 3 + j, 44)) AS confirms_at,
    paid_at + interval '1 hour' * (22 + 24 * bench.chance(b.n * 3 + j, 45)) AS ships_at,
    paid_at + interval '1 hour' * (58 + 48 * bench.chance(b.n * 3 + j, 46)) AS arrives_at,
    bench.chance(b.n * 3 + j, 47) < 0.002 AS is_stuck
FROM bench.bought b
CROSS JOIN LATERAL generate_series(0, (bench.chance(b.n, 48) < 0.4)::int + (bench.chance(b.n, 48) < 0.15)::int) j
-- A third of the sellers further on is another seller.
JOIN bench.seller s ON s.n = 1 + ((bench.size('sellers') * bench.chance(b.n, 49) ^ 2)::bigint + j * (bench.size('sellers') / 3))
    % bench.size('sellers');

ALTER TABLE bench.part ADD COLUMN confirmed_at timestamptz, ADD COLUMN shipped_at timestamptz, ADD COLUMN delivered_at timestamptz;
UPDATE bench.part SET
    confirmed_at = CASE WHEN confirms_at < bench.clock() AND NOT (is_stuck AND number % 2 = 0) THEN confirms_at END,
    shipped_at = CASE WHEN ships_at < bench.clock() AND NOT is_stuck THEN ships_at END,
    delivered_at = CASE WHEN arrives_at < bench.clock() AND NOT is_stuck THEN arrives_at END
WHERE fate = 'paid';

CREATE UNLOGGED TABLE bench.line AS
SELECT p.number, l.id AS listing_id, l.title, upper(l.sku) AS sku, l.price_minor, quantity, l.commission_bp,
    quantity * l.price_minor AS total_minor,
    quantity * l.price_minor * l.commission_bp / 1000000 * 100 AS commission_minor
FROM bench.part p
CROSS JOIN LATERAL generate_series(0, (bench.chance(p.number, 50) < 0.5)::int + (bench.chance(p.number, 50) < 0.3)::int
    + (bench.chance(p.number, 50) < 0.14)::int) i
CROSS JOIN LATERAL (SELECT CASE WHEN bench.chance(p.number * 4 + i, 51) < 0.85 THEN 1 ELSE 2 END AS quantity) q
JOIN bench.listing l ON l.n = p.seller_n + bench.size('sellers') * ((bench.die(p.number, 52, 50) + i * 7) % 50);

CREATE UNLOGGED TABLE bench.sums AS
SELECT number, sum(total_minor)::bigint AS items_minor, sum(commission_minor)::bigint AS commission_minor,
    sum(commission_minor * 18 / 10000 * 100)::bigint AS vat_minor, 500000::bigint AS shipping_minor
FROM bench.line GROUP BY number;
ANALYZE bench.part, bench.line, bench.sums, bench.bought;

INSERT INTO orders_shippingrate (region, fee_minor)
SELECT DISTINCT bench.region(n), 500000 FROM generate_series(1, 500) n ON CONFLICT DO NOTHING;

CREATE UNLOGGED TABLE bench.whole AS
SELECT n, sum(items_minor)::bigint AS items_minor, sum(shipping_minor)::bigint AS shipping_minor,
    bool_and(delivered_at IS NOT NULL) AS is_delivered, max(delivered_at) AS delivered_at
FROM bench.part JOIN bench.sums USING (number) GROUP BY n;

INSERT INTO orders_order (id, reference, buyer_id, status, currency, items_minor, shipping_minor, total_minor, recipient, phone,
    region, district, street, landmark, placed_at, expires_at, paid_at, closed_at, close_reason)
SELECT id, bench.reference('ORD', n), buyer_id,
    CASE fate WHEN 'awaiting' THEN 'awaiting_payment' WHEN 'expired' THEN 'expired' WHEN 'paid' THEN
        CASE WHEN is_delivered THEN 'completed' ELSE 'paid' END ELSE 'cancelled' END,
    'TZS', items_minor, shipping_minor, items_minor + shipping_minor, name, phone, region, 'Kinondoni',
    'Mtaa wa Samora ' || bench.die(n, 53, 200), '', placed_at, placed_at + interval '30 minutes',
    CASE WHEN fate IN ('paid', 'cancelled_paid') THEN paid_at END,
    CASE fate WHEN 'expired' THEN placed_at + interval '30 minutes' WHEN 'paid' THEN
        CASE WHEN is_delivered THEN delivered_at END WHEN 'awaiting' THEN NULL ELSE paid_at + interval '1 hour' END,
    CASE WHEN fate LIKE 'cancelled%' THEN 'The buyer changed their mind.' ELSE '' END
FROM bench.bought JOIN bench.whole USING (n) ORDER BY n;

INSERT INTO orders_sellerorder (id, reference, order_id, seller_id, status, items_minor, shipping_minor, commission_minor,
    commission_vat_minor, placed_at, confirmed_at, shipped_at, delivered_at, cancelled_at, cancel_reason)
SELECT p.id, p.reference, b.id, seller_id,
    CASE WHEN p.fate = 'awaiting' THEN 'awaiting_payment' WHEN p.fate <> 'paid' THEN 'cancelled'
        WHEN p.delivered_at IS NOT NULL THEN 'delivered' WHEN p.shipped_at IS NOT NULL THEN 'shipped'
        WHEN p.confirmed_at IS NOT NULL THEN 'to_ship' ELSE 'to_confirm' END,
    items_minor, shipping_minor, commission_minor, vat_minor, p.placed_at, p.confirmed_at, p.shipped_at, p.delivered_at,
    CASE WHEN p.fate IN ('expired', 'cancelled', 'cancelled_paid') THEN b.paid_at + interval '1 hour' END, ''
FROM bench.part p JOIN bench.sums s USING (number) JOIN bench.bought b ON b.n = p.n ORDER BY p.number;

INSERT INTO orders_orderline (seller_order_id, listing_id, title, sku, quantity, unit_price_minor, total_minor, vat_bp,
    vat_minor, commission_bp, commission_minor, commission_vat_bp, commission_vat_minor, commission_rule)
SELECT p.id, listing_id, title, sku, quantity, price_minor, total_minor, 1800, total_minor * 18 / 118, commission_bp,
    commission_minor, 1800, commission_minor * 18 / 10000 * 100, 'Category'
FROM bench.line JOIN bench.part p USING (number) ORDER BY number;

INSERT INTO orders_shipment (id, reference, seller_order_id, carrier, tracking, shipped_at, delivered_at)
SELECT bench.uuid7(shipped_at, number), bench.reference('SHP', number), id, 'Bus cargo', 'BC-' || number, shipped_at, delivered_at
FROM bench.part WHERE shipped_at IS NOT NULL ORDER BY number;
