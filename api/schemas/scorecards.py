"""How a seller does in disputes."""

from pydantic import Field

from api.schemas.base import Out
from marketplace.analytics.scorecards import Scorecard, Window


class WindowOut(Out):
    """Rates are in basis points: 250 are 2.5 %. They are null where nothing was sold, or decided."""

    days: int = Field(examples=[30])
    orders: int = Field(description="Your seller orders that were paid.", examples=[120])
    disputes: int = Field(description="Disputes that were opened about them.", examples=[3])
    dispute_rate_bp: int | None = Field(examples=[250])
    decided: int = Field(examples=[2])
    lost: int = Field(description="Decided with you at fault.", examples=[1])
    lost_share_bp: int | None = Field(examples=[5000])
    late_answers: int = Field(
        description="Disputes in which you did not answer in time: we went on without you.",
        examples=[0],
    )

    @classmethod
    def of(cls, window: Window) -> "WindowOut":
        return cls(
            days=window.days,
            orders=window.orders,
            disputes=window.disputes,
            dispute_rate_bp=window.dispute_rate_bp,
            decided=window.ended.decided,
            lost=window.ended.lost,
            lost_share_bp=window.lost_share_bp,
            late_answers=window.ended.late_answers,
        )


class ScorecardOut(Out):
    windows: list[WindowOut]
    often_from: int = Field(
        description=(
            "From so many lost disputes in `often_days` days on, our operations see you marked as often"
            " at fault in every further dispute."
        ),
        examples=[3],
    )
    often_days: int = Field(examples=[90])
    is_often_at_fault: bool = Field(examples=[False])

    @classmethod
    def of(cls, card: Scorecard) -> "ScorecardOut":
        return cls(
            windows=[WindowOut.of(window) for window in card.windows],
            often_from=card.often_from,
            often_days=card.often_days,
            is_often_at_fault=card.is_often_at_fault,
        )
