"""How people prove who they are, and for how long that is believed."""

from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, NoDecode


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
            "Whether members of staff need a passkey or an authenticator app: `required` or `optional`."
            " Default: required in production, optional elsewhere."
        ),
    )
    invitation_hours: int = Field(
        72, ge=1, le=720, description="How long the link in a new colleague's invitation works."
    )
    password_link_minutes: int = Field(
        60, ge=5, le=1440, description="How long the link for a forgotten password works."
    )
    passkey_host: str = Field(
        "",
        description=(
            "The host name that passkeys are made for; pages of its subdomains may use them, too. Passkeys"
            " made for another one stop working. Default: the host of PUBLIC_URL."
        ),
    )
    passkey_origins: Annotated[list[str], NoDecode] = Field(
        [],
        description=(
            "Where pages stand that may use passkeys, like `https://console.example.com`; separated by"
            " commas. Default: PUBLIC_URL."
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

    @property
    def link_lives(self) -> tuple[int, int]:
        """Of an invitation in hours, of a link for a forgotten password in minutes."""
        return self.invitation_hours, self.password_link_minutes

    def passkeys_for(self, public_url: str) -> tuple[str, Sequence[str]]:
        """The host that they are made for, and where pages stand that may use them."""
        return self.passkey_host_for(public_url), self.passkey_origins_for(public_url)

    def passkey_host_for(self, public_url: str) -> str:
        return self.passkey_host or urlsplit(public_url).hostname or ""

    def passkey_origins_for(self, public_url: str) -> Sequence[str]:
        """Without paths: a browser names scheme, host and port."""
        return [origin_of(address) for address in self.passkey_origins or [public_url]]


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
