"""How long disputes may be opened and reviews changed, and which record of disputes is remarkable."""

from pydantic import Field
from pydantic_settings import BaseSettings


class DisputeSettings(BaseSettings):
    """The rules of disputes that do not stand on the page of queue times."""

    # Disputes
    dispute_window_days: int = Field(
        14, ge=1, le=180, description="Days from delivery in which a buyer may open a dispute."
    )
    dispute_appeal_days: int = Field(
        5,
        ge=0,
        le=30,
        description="Working days from a decision in which the side that lost may appeal; 0: never.",
    )
    dispute_record_days: int = Field(
        90,
        ge=7,
        le=730,
        description="Days of disputes that count in a buyer's and a seller's record.",
    )
    serial_claims: int = Field(
        5,
        ge=2,
        le=1000,
        description="Disputes in that time from which a buyer is marked as claiming often.",
    )
    serial_faults: int = Field(
        3, ge=2, le=1000, description="Lost disputes in that time from which a seller is marked."
    )

    # Reviews
    review_edit_days: int = Field(
        30, ge=0, le=365, description="Days from writing in which a buyer may change a review."
    )
