"""What holds in the house today."""

from ninja import Schema
from pydantic import Field

from api.schemas.base import Money, Out


class Open(Schema):
    """What can be done at the moment; what is closed answers `closed_for_now`."""

    checkout: bool = Field(description="Buyers may order.", examples=[True])
    applications: bool = Field(description="New sellers may apply.", examples=[True])
    imports: bool = Field(description="Sellers may import listings.", examples=[True])
    proposals: bool = Field(
        description="Buyer and seller may settle a dispute by themselves.", examples=[True]
    )


class RulesOut(Out):
    open: Open
    order_expiry_minutes: int = Field(
        description="How long an unpaid order keeps its stock.", examples=[30]
    )
    dispute_window_days: int = Field(
        description="From delivery, for a buyer to open a dispute.", examples=[14]
    )
    review_edit_days: int = Field(
        description="From writing, for a buyer to change a review.", examples=[30]
    )
    appeal_window_days: int = Field(
        description="Working days from the decision of a dispute, for the side that lost to appeal.",
        examples=[5],
    )
    hold_days: int = Field(
        description="From delivery until the money is the seller's.", examples=[7]
    )
    minimum_payout: Money
    order_limits: list[Money] = Field(
        description="The largest order of a buyer at identity level 0, 1 and 2."
    )
