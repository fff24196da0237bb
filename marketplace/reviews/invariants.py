"""What must hold of reviews."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "reviews.stars_are_counted",
        _("The stars of every product are those of its published reviews."),
        by_sql(
            "SELECT count(*) FROM reviews_productrating",
            "SELECT p.reference FROM catalog_product p"
            " LEFT JOIN reviews_productrating k ON k.product_id = p.id"
            " LEFT JOIN (SELECT product_id,"
            "  count(*) FILTER (WHERE rating = 1) s1, count(*) FILTER (WHERE rating = 2) s2,"
            "  count(*) FILTER (WHERE rating = 3) s3, count(*) FILTER (WHERE rating = 4) s4,"
            "  count(*) FILTER (WHERE rating = 5) s5"
            "  FROM reviews_review WHERE status = 'published' GROUP BY product_id"
            " ) r ON r.product_id = p.id"
            " WHERE (k.product_id IS NOT NULL OR r.product_id IS NOT NULL)"
            " AND (coalesce(k.stars_1, 0), coalesce(k.stars_2, 0), coalesce(k.stars_3, 0),"
            "  coalesce(k.stars_4, 0), coalesce(k.stars_5, 0)) <> (coalesce(r.s1, 0),"
            "  coalesce(r.s2, 0), coalesce(r.s3, 0), coalesce(r.s4, 0), coalesce(r.s5, 0))",
        ),
    ),
    Invariant(
        "reviews.of_what_arrived",
        _("Every review is by who bought that product there, and of what was delivered."),
        by_sql(
            "SELECT count(*) FROM reviews_review",
            "SELECT r.reference FROM reviews_review r"
            " LEFT JOIN orders_orderline l ON l.id = r.line_id"
            " LEFT JOIN orders_sellerorder s ON s.id = l.seller_order_id"
            " LEFT JOIN orders_order o ON o.id = s.order_id"
            " LEFT JOIN listings_listing i ON i.id = l.listing_id"
            " WHERE s.status IS DISTINCT FROM 'delivered' OR o.buyer_id <> r.buyer_id"
            " OR s.seller_id <> r.seller_id OR i.product_id <> r.product_id",
        ),
    ),
    Invariant(
        "reviews.reports_are_counted",
        _("Every review knows how many reports about it are open, and none is once it is gone."),
        by_sql(
            "SELECT count(*) FROM reviews_report",
            "SELECT r.reference FROM reviews_review r LEFT JOIN (SELECT review_id, count(*) AS open"
            "  FROM reviews_report WHERE status = 'open' GROUP BY review_id) x ON x.review_id = r.id"
            " WHERE r.open_reports <> coalesce(x.open, 0)"
            " OR (r.open_reports > 0 AND r.status NOT IN ('published', 'pending'))",
        ),
    ),
    Invariant(
        "reviews.wait_for_their_question",
        _(
            "What a moderator has to say something about is in the queue, with that question, and nothing else is."
        ),
        by_sql(
            "SELECT count(*) FROM reviews_review WHERE question <> ''",
            "SELECT r.reference FROM reviews_review r"
            " LEFT JOIN reviews_reply y ON y.review_id = r.id WHERE r.question <> CASE"
            " WHEN r.status = 'pending' THEN 'review' WHEN r.status <> 'published' THEN ''"
            " WHEN r.open_reports > 0 THEN 'reports' WHEN y.status = 'pending' THEN 'reply'"
            " ELSE '' END",
        ),
    ),
    Invariant(
        "reviews.versions_are_kept",
        _("What a review says is the newest of its kept versions."),
        by_sql(
            "SELECT count(*) FROM reviews_reviewversion",
            "SELECT r.reference FROM reviews_review r LEFT JOIN LATERAL (SELECT rating, title, body"
            "  FROM reviews_reviewversion v WHERE v.review_id = r.id ORDER BY number DESC LIMIT 1"
            " ) v ON true WHERE (r.rating, r.title, r.body)"
            " IS DISTINCT FROM (v.rating, v.title, v.body)",
        ),
    ),
]
