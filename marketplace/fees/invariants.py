"""What must hold of rates at every moment, once there are any."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "fees.today_has_a_vat_rate",
        _("A VAT rate is in force today."),
        by_sql(
            "SELECT count(*) FROM fees_vatrate",
            "WITH today AS (SELECT (now() AT TIME ZONE 'Africa/Dar_es_Salaam')::date AS day)"
            " SELECT day FROM today WHERE EXISTS (SELECT FROM fees_vatrate) AND NOT EXISTS ("
            "SELECT FROM fees_vatrate WHERE daterange(valid_from, valid_until) @> day)",
        ),
    ),
    Invariant(
        "fees.every_sale_has_a_rule",
        _("A commission rule for all categories and sellers is in force today."),
        by_sql(
            "SELECT count(*) FROM fees_commissionrule",
            "WITH today AS (SELECT (now() AT TIME ZONE 'Africa/Dar_es_Salaam')::date AS day)"
            " SELECT day FROM today WHERE EXISTS (SELECT FROM fees_commissionrule) AND NOT EXISTS ("
            "SELECT FROM fees_commissionrule WHERE category_id IS NULL AND seller_id IS NULL"
            " AND daterange(valid_from, valid_until) @> day)",
        ),
    ),
    Invariant(
        "fees.one_rule_per_position",
        _("At no position do two commission rules apply on the same day."),
        by_sql(
            "SELECT count(*) FROM fees_commissionrule",
            "SELECT a.reference FROM fees_commissionrule a JOIN fees_commissionrule b"
            " ON a.position = b.position AND a.id < b.id"
            " AND daterange(a.valid_from, a.valid_until) && daterange(b.valid_from, b.valid_until)",
        ),
    ),
]
