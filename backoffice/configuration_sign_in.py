"""How people prove who they are, and for how long that is believed."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class SignInSettings(BaseSettings):
    """The doors of the API and of the console."""

    # Sign-in
    access_token_minutes: int = Field(
        15, ge=1, le=120, description="How long an API access token works."
    )
    refresh_token_days: int = Field(30, ge=1, le=365, description="How long a refresh token works.")
    otp_minutes: int = Field(10, ge=1, le=60, description="How long a phone code works.")
    second_factor: Literal["", "required", "optional"] = Field(
        "",
        description=(
            "Whether members of staff need an authenticator app: `required` or `optional`."
            " Default: required in production, optional elsewhere."
        ),
    )
    step_up_minutes: int = Field(
        15,
        ge=1,
        le=720,
        description=(
            "How long after signing in a member of staff may move money or give power without proving again"
            " who they are."
        ),
    )
