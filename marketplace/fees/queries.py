"""The terms of a sale: which rates apply, and what they come to."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

from marketplace.catalog.errors import CategoryNotFound
from marketplace.fees.errors import NoCommissionRule, NoVatRate
from marketplace.fees.models import CommissionRule, VatRate
from marketplace.shared.money import included_tax, share
from marketplace.shared.rows import fetch


@dataclass(frozen=True, slots=True)
class Sale:
    """What is to be sold; `key` is the caller's own, `amount_minor` includes VAT."""

    key: Hashable
    category_id: UUID
    seller_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Rates in basis points, amounts in minor units.

    `vat_minor` is inside the price; `commission_vat_minor` comes on top of the commission. `rule`
    names the commission rule for people.
    """

    vat_bp: int
    vat_minor: int
    commission_bp: int
    commission_minor: int
    commission_vat_bp: int
    commission_vat_minor: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Rates:
    """What applies to one category and seller on a day; `rule` names the commission rule."""

    vat_bp: int
    commission_bp: int
    rule: str


# Per sold category and seller the first rule by position that covers them, and the VAT of the day.
# The sales come as JSON because PostgreSQL guesses nothing from its length: of arrays it thinks that
# planning anew at every call might pay, which costs more than the search itself.
_RATES = """
WITH RECURSIVE sale AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(sales)s::json) AS sale (category_id uuid, seller_id uuid)
), above AS (
    SELECT id AS category_id, id AS covered_by, parent_id
    FROM catalog_category WHERE id IN (SELECT category_id FROM sale)
    UNION
    SELECT above.category_id, category.id, category.parent_id
    FROM above JOIN catalog_category category ON category.id = above.parent_id
)
SELECT sale.category_id, sale.seller_id, category.id IS NOT NULL, vat.rate_bp,
    rule.rate_bp, rule.label, rule.reference
FROM sale
LEFT JOIN catalog_category category ON category.id = sale.category_id
LEFT JOIN LATERAL (
    SELECT rate_bp, label, reference FROM fees_commissionrule rule
    WHERE rule.valid_from <= %(on)s AND (rule.valid_until IS NULL OR rule.valid_until > %(on)s)
        AND (rule.seller_id IS NULL OR rule.seller_id = sale.seller_id)
        AND (rule.category_id IS NULL OR rule.category_id IN (
            SELECT covered_by FROM above WHERE above.category_id = sale.category_id))
    ORDER BY rule.position, rule.valid_from LIMIT 1
) rule ON true
LEFT JOIN fees_vatrate vat
    ON vat.valid_from <= %(on)s AND (vat.valid_until IS NULL OR vat.valid_until > %(on)s)"""


def terms_for(sales: Sequence[Sale], on: date) -> dict[Hashable, Terms]:
    """The terms of each sale on a day, by key, in one query however many there are.

    The first rule by position that covers the sale wins; a rule for a category covers all below
    it. Raises NoCommissionRule, NoVatRate and CategoryNotFound.
    """
    sold = {(sale.category_id, sale.seller_id) for sale in sales}
    pairs = [{"category_id": category, "seller_id": seller} for category, seller in sold]
    rows = fetch(_RATES, sales=orjson.dumps(pairs).decode(), on=on) if pairs else []
    rates = {
        (category_id, seller_id): _rates(*found, on=on) for category_id, seller_id, *found in rows
    }
    return {
        sale.key: _terms(sale.amount_minor, rates[sale.category_id, sale.seller_id])
        for sale in sales
    }


def vat_rate(on: date) -> int:
    """The standard VAT rate of a day, in basis points. Raises NoVatRate."""
    rate = VatRate.objects.filter(_valid(on)).first()
    if rate is None:
        raise NoVatRate(on=on.isoformat())
    return rate.rate_bp


def rules_on(on: date) -> QuerySet[CommissionRule]:
    """The commission rules of a day, in the order in which they are tried."""
    return CommissionRule.objects.filter(_valid(on)).order_by("position", "valid_from")


def _valid(on: date) -> Q:
    """From its first day, to the day before it ends."""
    return Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gt=on))


def _rates(
    category_is_known: bool,
    vat_bp: int | None,
    commission_bp: int | None,
    label: str,
    reference: str,
    *,
    on: date,
) -> _Rates:
    if not category_is_known:
        raise CategoryNotFound
    if vat_bp is None:
        raise NoVatRate(on=on.isoformat())
    if commission_bp is None:
        raise NoCommissionRule(on=on.isoformat())
    return _Rates(vat_bp, commission_bp, f"{label} ({reference})")


def _terms(amount_minor: int, rates: _Rates) -> Terms:
    commission_minor = share(amount_minor, rates.commission_bp)
    return Terms(
        vat_bp=rates.vat_bp,
        vat_minor=included_tax(amount_minor, rates.vat_bp),
        commission_bp=rates.commission_bp,
        commission_minor=commission_minor,
        commission_vat_bp=rates.vat_bp,
        commission_vat_minor=share(commission_minor, rates.vat_bp),
        rule=rates.rule,
    )
