"""The terms of a sale: which rates apply, and what they come to."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.catalog.queries import ancestor_ids
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
class _Rule:
    """A commission rule as the search for the first that fits needs it, and the VAT of the day."""

    category_id: UUID | None
    seller_id: UUID | None
    rate_bp: int
    label: str
    reference: str
    vat_bp: int | None


_RULES = """
SELECT rule.category_id, rule.seller_id, rule.rate_bp, rule.label, rule.reference, vat.rate_bp
FROM fees_commissionrule rule LEFT JOIN fees_vatrate vat
    ON vat.valid_from <= %(on)s AND (vat.valid_until IS NULL OR vat.valid_until > %(on)s)
WHERE rule.valid_from <= %(on)s AND (rule.valid_until IS NULL OR rule.valid_until > %(on)s)
ORDER BY rule.position, rule.valid_from"""


def terms_for(sales: Sequence[Sale], on: date) -> dict[Hashable, Terms]:
    """The terms of each sale on a day, by key, in two queries however many there are.

    The first rule by position that covers the sale wins; a rule for a category covers all below
    it. Raises NoCommissionRule, NoVatRate and CategoryNotFound.
    """
    if not sales:
        return {}
    rules = [_Rule(*row) for row in fetch(_RULES, on=on)]
    vat_bp = rules[0].vat_bp if rules and rules[0].vat_bp is not None else vat_rate(on)
    above = ancestor_ids({sale.category_id for sale in sales})
    return {sale.key: _terms(sale, _rule(sale, rules, above, on), vat_bp) for sale in sales}


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


def _rule(sale: Sale, rules: Sequence[_Rule], above: Mapping[UUID, set[UUID]], on: date) -> _Rule:
    for rule in rules:
        covers_category = rule.category_id is None or rule.category_id in above[sale.category_id]
        if covers_category and rule.seller_id in (None, sale.seller_id):
            return rule
    raise NoCommissionRule(on=on.isoformat())


def _terms(sale: Sale, rule: _Rule, vat_bp: int) -> Terms:
    commission_minor = share(sale.amount_minor, rule.rate_bp)
    return Terms(
        vat_bp=vat_bp,
        vat_minor=included_tax(sale.amount_minor, vat_bp),
        commission_bp=rule.rate_bp,
        commission_minor=commission_minor,
        commission_vat_bp=vat_bp,
        commission_vat_minor=share(commission_minor, vat_bp),
        rule=f"{rule.label} ({rule.reference})",
    )
