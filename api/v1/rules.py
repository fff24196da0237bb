"""The rules of the house, open to everybody: what a shop shows, offers or hides today."""

from django.http import HttpRequest
from ninja import Router

from api.schemas.base import money
from api.schemas.rules import Open, RulesOut
from marketplace.rules.queries import is_open, value_of
from marketplace.rules.states import BUYER_LIMITS, RuleName

router = Router(auth=None)


@router.get("", response=RulesOut, summary="Show what is open and which limits hold")
def show_rules(request: HttpRequest) -> RulesOut:
    """Operations may change them at any time; a change shows within seconds."""
    return RulesOut(
        open=Open(
            checkout=is_open(RuleName.CHECKOUT),
            applications=is_open(RuleName.APPLICATIONS),
            imports=is_open(RuleName.IMPORTS),
            proposals=is_open(RuleName.PROPOSALS),
        ),
        order_expiry_minutes=value_of(RuleName.ORDER_EXPIRY),
        dispute_window_days=value_of(RuleName.DISPUTE_WINDOW),
        review_edit_days=value_of(RuleName.REVIEW_EDIT),
        appeal_window_days=value_of(RuleName.APPEAL_WINDOW),
        hold_days=value_of(RuleName.HOLD),
        minimum_payout=money(value_of(RuleName.MINIMUM_PAYOUT)),
        order_limits=[money(value_of(name)) for name in BUYER_LIMITS],
    )
