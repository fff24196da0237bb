"""How the index is computed from products and offers: SQL, because it is made for whole sets.

The index is a projection of other contexts' tables. It reads them here and nowhere else, and never
writes them; everybody else asks their queries.
"""

# Every category with the names and attributes on the way to it; a retired one hides all below it.
SHELVES = """
RECURSIVE shelf AS (
    SELECT id, is_active, name_en || ' ' || name_sw AS names, attribute_schema
    FROM catalog_category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, shelf.is_active AND c.is_active,
        c.name_en || ' ' || c.name_sw || ' ' || shelf.names,
        shelf.attribute_schema || c.attribute_schema
    FROM catalog_category c JOIN shelf ON shelf.id = c.parent_id
)"""

# The live offers of active sellers per product. The best one is the cheapest that is in stock,
# or the cheapest where none is.
OFFERS = """
    SELECT count(*) AS offers,
        coalesce(bool_or(l.on_hand > l.reserved), false) AS in_stock,
        (array_agg(l.id ORDER BY (l.on_hand > l.reserved) DESC, l.price_minor, l.id))[1]
            AS best_listing_id,
        (array_agg(l.price_minor ORDER BY (l.on_hand > l.reserved) DESC, l.price_minor, l.id))[1]
            AS price_minor
    FROM listings_listing l JOIN sellers_seller s ON s.id = l.seller_id
    WHERE l.product_id = p.id AND p.is_active AND shelf.is_active
        AND l.status = 'live' AND s.status = 'active'"""

# A row to lock for each product: of two indexers the later one then sees what the first one saw.
OPEN = """
INSERT INTO search_searchdocument (product_id, category_id, brand_id, title, words, currency,
    offers, in_stock, attributes, updated_at)
SELECT id, category_id, brand_id, title, '', %(currency)s, 0, false, '{}', %(now)s
FROM catalog_product WHERE id = ANY(%(ids)s) ORDER BY id
ON CONFLICT (product_id) DO NOTHING"""

# Title and brand weigh most (A), then categories (B), the description (C), attributes (D), which
# read as people say them: "8 GB RAM". `simple` finds words as they are written (Swahili, model
# names), `english` also in other forms.
_FRESH = f"""
SELECT p.id, p.category_id, p.brand_id, p.title, p.attributes,
    best.offers, best.in_stock, best.best_listing_id, best.price_minor,
    search_words(p.title || ' ' || b.name || ' ' || shelf.names) AS words,
    setweight(to_tsvector('simple', search_words(p.title || ' ' || b.name)), 'A')
        || setweight(to_tsvector('english', search_words(p.title)), 'A')
        || setweight(to_tsvector('simple', search_words(shelf.names)), 'B')
        || setweight(to_tsvector('english', search_words(shelf.names)), 'B')
        || setweight(to_tsvector('simple', search_words(p.description)), 'C')
        || setweight(to_tsvector('english', search_words(p.description)), 'C')
        || setweight(to_tsvector('simple', search_words(coalesce(said.text, ''))), 'D') AS vector
FROM catalog_product p
JOIN catalog_brand b ON b.id = p.brand_id
JOIN shelf ON shelf.id = p.category_id
LEFT JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', a.value, of.unit, of.label_en, of.label_sw), ' ') AS text
    FROM jsonb_each_text(p.attributes) a
    LEFT JOIN jsonb_to_recordset(shelf.attribute_schema)
        AS of(key text, unit text, label_en text, label_sw text) ON of.key = a.key
    WHERE a.value <> 'false'
) said ON true
LEFT JOIN LATERAL ({OFFERS}) best ON true
WHERE p.id = ANY(%(ids)s)"""  # noqa: S608 - our own constants

# Orders touch stock all day and mostly change nothing here: only what differs is written.
REFRESH = f"""
WITH {SHELVES}, fresh AS ({_FRESH})
UPDATE search_searchdocument d
SET category_id = f.category_id, brand_id = f.brand_id, title = f.title,
    attributes = f.attributes, offers = f.offers, in_stock = f.in_stock,
    best_listing_id = f.best_listing_id, price_minor = f.price_minor,
    words = f.words, vector = f.vector, updated_at = %(now)s
FROM fresh f
WHERE d.product_id = f.id
    AND (d.category_id, d.brand_id, d.title, d.attributes, d.offers, d.in_stock,
        d.best_listing_id, d.price_minor, d.words, d.vector)
    IS DISTINCT FROM (f.category_id, f.brand_id, f.title, f.attributes, f.offers, f.in_stock,
        f.best_listing_id, f.price_minor, f.words, f.vector)"""  # noqa: S608 - as above

NEXT_PRODUCTS = """
SELECT id FROM catalog_product WHERE %(after)s::uuid IS NULL OR id > %(after)s::uuid
ORDER BY id LIMIT %(limit)s"""
