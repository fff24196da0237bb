"""How much looking at people's data is usual, how long one may look, and how long outcomes are kept."""

from pydantic import Field
from pydantic_settings import BaseSettings


class PrivacySettings(BaseSettings):
    # Privacy
    reveals_per_hour: int = Field(
        40,
        ge=0,
        le=10_000,
        description="Times that one person may reveal personal data in an hour before the system page says so.",
    )
    sight_minutes: int = Field(
        15, ge=1, le=60, description="Minutes that staff may look at an account as its owner does."
    )

    # Retention
    bulk_kept_days: int = Field(
        90,
        ge=8,
        le=3650,
        description="Days that a bulk decision and the outcome of each of its rows are kept.",
    )
