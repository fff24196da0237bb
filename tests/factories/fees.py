"""Rates."""

from datetime import date
from itertools import count
from typing import Any

from marketplace.fees.models import CommissionRule, VatRate

LONG_AGO = date(2020, 1, 1)
VAT_BP = 1_800
COMMISSION_BP = 1_000
LAST_POSITION = 1_000_000
_positions = count(1)


def a_rule(rate_bp: int = COMMISSION_BP, **changes: Any) -> CommissionRule:
    """A commission rule for everything, behind the ones made before it."""
    values = {"label": "A rule", "position": next(_positions), "valid_from": LONG_AGO}
    return CommissionRule.objects.create(rate_bp=rate_bp, **{**values, **changes})


def the_terms() -> CommissionRule:
    """VAT of 18 %, and a commission of 10 % on whatever no other rule covers; safe to call again."""
    VatRate.objects.get_or_create(
        valid_until=None, defaults={"rate_bp": VAT_BP, "valid_from": LONG_AGO}
    )
    rule, _created = CommissionRule.objects.get_or_create(
        position=LAST_POSITION,
        valid_from=LONG_AGO,
        defaults={"label": "Everything", "rate_bp": COMMISSION_BP},
    )
    return rule
