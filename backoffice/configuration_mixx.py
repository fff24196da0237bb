"""The settings of Mixx by Yas. The provider publishes no specification: what it issues to each partner, and
what PROVIDERS section 2 leaves open, stands here with the default that is most likely."""

from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

SIMULATED_USER = "simulator-user"
SIMULATED_PIN = "0000"


class MixxSettings(BaseSettings):
    """Addresses are whole, as issued, never made from parts. Empty ones are the simulator's."""

    # Mixx by Yas (Tigo Pesa)
    mixx_token_url: str = Field(
        "", description="Where a token is had. Default: the simulator that `make run` starts."
    )
    mixx_push_url: str = Field("", description="Push bill pay. Default: the simulator's.")
    mixx_refund_url: str = Field("", description="Refund of a payment. Default: the simulator's.")
    mixx_heartbeat_url: str = Field(
        "", description="Heartbeat. Default: the simulator's; with a real MIXX_TOKEN_URL none."
    )
    mixx_payout_url: str = Field(
        "", description="Account to wallet (cash-in). Default: the simulator's."
    )
    mixx_username: str = Field(SIMULATED_USER, description="User of token and requests.")
    mixx_password: str = Field("simulator-password", description="Its password.")
    mixx_biller_msisdn: str = Field("255650000999", description="Our biller number.")
    mixx_biller_code: str = Field(
        "MKT", pattern=r"[0-9A-Za-z]*", description="Begin of every ReferenceID: our biller code."
    )
    mixx_reference_chars_max: int = Field(
        20, ge=12, le=64, description="The longest ReferenceID that Mixx takes, with biller code."
    )
    mixx_channel_msisdn: str = Field("255650000999", description="Our number for refunds.")
    mixx_channel_pin: str = Field(SIMULATED_PIN, description="PIN of refunds.")
    mixx_refunds_in_part: bool = Field(
        False, description="Whether a refund may be smaller than its payment; else it is paid out."
    )
    mixx_payout_msisdn: str = Field("255650000999", description="Our account that payouts leave.")
    mixx_payout_pin: str = Field(SIMULATED_PIN, description="PIN of payouts.")
    mixx_payout_type: str = Field(
        "REQMFCI", description="TYPE of payouts; some partners were given `REQMFICI`."
    )
    mixx_payout_done: Annotated[list[str], NoDecode] = Field(
        ["200"], description="Values of TXNSTATUS that mean paid; separated by commas."
    )
    mixx_payout_float_empty: Annotated[list[str], NoDecode] = Field(
        ["60019"],
        description="`TXNSTATUS` of payouts refused as our float is empty; they pause its payouts.",
    )
    mixx_payout_without_id_failed: bool = Field(
        True,
        description="Whether a payout that is answered with another TXNSTATUS and no TXNID failed; else nobody knows.",
    )
    mixx_company_name: str = Field(
        "ZETUTECH", description="COMPANYNAME under which buyers find us in the phone's bill menu."
    )
    mixx_menu_code: str = Field(
        "*150*01#", description="What buyers dial to pay a bill by themselves."
    )
    mixx_sender_name: str = Field("ZETUTECH", description="SENDERNAME that receivers read.")
    mixx_brand_id: str = Field("0000", description="BRAND_ID of payouts.")
    mixx_language: str = Field("EN", description="LANGUAGE1 of payouts: `EN` or `SW`.")
    mixx_acknowledged_code: str = Field(
        "BILLER-30-0000-S", description="What we answer to a callback; some use BILLER-18-0000-S."
    )
    mixx_not_acknowledged_code: str = Field(
        "BILLER-30-3030-E",
        description="What we answer to what is no callback; some use BILLER-18-0000-E or BILLER-18-3020-E.",
    )
    mixx_not_acknowledged_status: int = Field(
        200, ge=200, le=599, description="HTTP status of that answer; one partner answers 500."
    )
    mixx_callback_networks: Annotated[list[str], NoDecode] = Field(
        [],
        description=(
            "Addresses or networks that callbacks may come from; separated by commas. Without"
            " enquiry and signature they are half of the proof. Empty: this machine only."
        ),
    )
    mixx_callback_secret: str = Field(
        "", description="Secret part of the callback address. Made from the secret key when empty."
    )
    mixx_connect_timeout_s: float = Field(5, gt=0, description="Longest wait for a connection.")
    mixx_read_timeout_s: float = Field(
        30, gt=0, description="Longest wait for an answer; then the attempt is unknown."
    )

    @field_validator(
        "mixx_payout_done", "mixx_payout_float_empty", "mixx_callback_networks", mode="before"
    )
    @classmethod
    def _split_mixx(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [word.strip() for word in value.split(",") if word.strip()]

    @cached_property
    def effective_mixx_callback_networks(self) -> list[str]:
        return self.mixx_callback_networks or ["127.0.0.0/8", "::1/128"]

    def mixx_options(self, simulator_port: int) -> dict[str, Any]:
        """The arguments of the Mixx adapter."""
        simulator = f"http://127.0.0.1:{simulator_port}"
        heartbeat = f"{simulator}/heartbeat" if not self.mixx_token_url else ""
        return {
            "access": {
                "token_url": self.mixx_token_url or f"{simulator}/token",
                "username": self.mixx_username,
                "password": self.mixx_password,
                "connect_timeout_s": self.mixx_connect_timeout_s,
                "read_timeout_s": self.mixx_read_timeout_s,
            },
            "account": {
                "push_url": self.mixx_push_url or f"{simulator}/push",
                "refund_url": self.mixx_refund_url or f"{simulator}/refund",
                "heartbeat_url": self.mixx_heartbeat_url or heartbeat,
                "payout_url": self.mixx_payout_url or f"{simulator}/payout",
                "biller_msisdn": self.mixx_biller_msisdn,
                "biller_code": self.mixx_biller_code,
                "reference_chars_max": self.mixx_reference_chars_max,
                "channel_msisdn": self.mixx_channel_msisdn,
                "channel_pin": self.mixx_channel_pin,
                "payout_msisdn": self.mixx_payout_msisdn,
                "payout_pin": self.mixx_payout_pin,
                "payout_type": self.mixx_payout_type,
                "payout_done": self.mixx_payout_done,
                "payout_float_empty": self.mixx_payout_float_empty,
                "payout_without_id_failed": self.mixx_payout_without_id_failed,
                "sender_name": self.mixx_sender_name,
                "brand_id": self.mixx_brand_id,
                "language": self.mixx_language,
                "acknowledged_code": self.mixx_acknowledged_code,
                "not_acknowledged_code": self.mixx_not_acknowledged_code,
                "not_acknowledged_status": self.mixx_not_acknowledged_status,
                "company_name": self.mixx_company_name,
                "menu_code": self.mixx_menu_code,
            },
            "refunds_in_part": self.mixx_refunds_in_part,
        }
