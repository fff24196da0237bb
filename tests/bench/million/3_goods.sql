-- Categories, brands, products and what sellers offer of them.

INSERT INTO catalog_category (id, reference, slug, name_en, name_sw, attribute_schema, position, is_active)
SELECT bench.uuid7(bench.clock() - interval '500 days', n), bench.reference('CAT', n), 'category-' || n,
    (ARRAY['Phones', 'Tablets', 'Laptops', 'Televisions', 'Audio', 'Solar', 'Cameras', 'Fridges', 'Cables', 'Lamps',
        'Printers', 'Games'])[n],
    (ARRAY['Simu', 'Tableti', 'Kompyuta', 'Televisheni', 'Sauti', 'Sola', 'Kamera', 'Friji', 'Waya', 'Taa', 'Printa',
        'Michezo'])[n],
    '[]', n, true
FROM generate_series(1, 12) n;

INSERT INTO catalog_brand (id, reference, name, slug)
SELECT bench.uuid7(bench.clock() - interval '500 days', n), bench.reference('BRD', n),
    (ARRAY['Samsung', 'Tecno', 'Infinix', 'Itel', 'Nokia', 'Xiaomi', 'Oppo', 'Hisense', 'LG', 'Sony', 'HP', 'Dell', 'Lenovo',
        'Apple', 'Canon', 'Epson', 'JBL', 'Anker', 'Philips', 'Boss'])[n],
    'brand-' || n
FROM generate_series(1, 20) n;

CREATE UNLOGGED TABLE bench.product AS
SELECT n, bench.uuid7(bench.clock() - interval '450 days', n) AS id, b.id AS brand_id, c.id AS category_id,
    b.name || ' ' || bench.one_of('{Galaxy,Spark,Note,Pro,Max,Smart,Vision,Sound,Power,Studio,Lite,Ultra}'::text[], n, 31)
    || ' ' || n AS title,
    (500 + bench.die(n, 32, 20) ^ 2 * 500)::bigint * 1000 AS price_minor
FROM generate_series(1, bench.size('products')) n
JOIN catalog_brand b ON b.slug = 'brand-' || (1 + n % 20)
JOIN catalog_category c ON c.slug = 'category-' || (1 + n / 20 % 12);

INSERT INTO catalog_product (id, reference, category_id, brand_id, title, slug, description, attributes, is_active,
    created_at, version)
SELECT id, bench.reference('PRD', n), category_id, brand_id, title, 'product-' || n, 'As good as new.', '{}', true,
    bench.clock() - interval '450 days', 1
FROM bench.product;

-- The listings of seller s are s, s + sellers, s + 2 * sellers …
CREATE UNLOGGED TABLE bench.listing AS
SELECT l AS n, bench.uuid7(bench.clock() - interval '370 days', l) AS id, 1 + (l - 1) % bench.size('sellers') AS seller_n,
    p.id AS product_id, p.title, upper(left(p.title, 3)) || '-' || lpad(to_hex(l), 5, '0') AS sku,
    p.price_minor * (90 + bench.die(l, 33, 20)) / 10000 * 100 AS price_minor, 500 + l % 8 * 100 AS commission_bp
FROM generate_series(1, bench.size('listings')) l
JOIN bench.product p ON p.n = bench.die(l, 34, bench.size('products'));

INSERT INTO listings_listing (id, reference, seller_id, product_id, sku, condition, price_minor, currency, on_hand, reserved,
    warranty_months, status, moderation_note, created_at, moderated_at, submitted_at, version)
SELECT l.id, bench.reference('LST', l.n), s.id, product_id, upper(sku), 'new', price_minor, 'TZS', bench.die(l.n, 35, 40), 0,
    12, 'live', '', bench.clock() - interval '370 days', bench.clock() - interval '369 days',
    bench.clock() - interval '370 days', 1
FROM bench.listing l JOIN bench.seller s ON s.n = l.seller_n
UNION ALL
SELECT bench.uuid7(bench.clock() - interval '3 minutes' * m, m), bench.reference('LST', 100000000 + m), s.id, p.id,
    'NEW-' || m, 'new', p.price_minor, 'TZS', 5, 0, 6, 'in_moderation', '', bench.clock() - interval '3 minutes' * m, NULL,
    bench.clock() - interval '3 minutes' * m, 1
FROM generate_series(1, bench.size('moderated')) m
JOIN bench.seller s ON s.n = bench.die(m, 36, bench.size('sellers'))
JOIN bench.product p ON p.n = bench.die(m, 37, bench.size('products'));
