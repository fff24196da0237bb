"""The settings of Airtel Money. What PROVIDERS 9.3 leaves open, and what differs between applications, stands
here with the default that is most likely."""

from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

SIMULATED_SECRET = "simulator-secret"  # noqa: S105 - the simulator's, refused in production
SIMULATED_PIN = "0000"


class AirtelSettings(BaseSettings):
    """Everything that Airtel issues or that its application page lets us choose."""

    # Airtel Money
    airtel_base_url: str = Field(
        "", description="The provider's host. Default: the simulator that `make run` starts."
    )
    airtel_client_id: str = Field("simulator-client", description="Client of the application.")
    airtel_client_secret: str = Field(SIMULATED_SECRET, description="Its secret.")
    airtel_country: str = Field("TZ", description="X-Country of every request.")
    airtel_currency: str = Field("TZS", description="X-Currency of every request.")
    airtel_signs_messages: bool = Field(
        True, description="Whether writes of version 2 and 3 are signed, as the application is set."
    )
    airtel_collection_version: Literal[1, 2] = Field(
        2, description="Version of the USSD push; 1 knows no signature."
    )
    airtel_refund_version: Literal[1, 2] = Field(1, description="Version of refunds.")
    airtel_disbursement_version: Literal[1, 2, 3] = Field(2, description="Version of payouts.")
    airtel_wallet_type: str = Field("NORMAL", description="payee.wallet_type of version 3.")
    airtel_pin: str = Field(SIMULATED_PIN, description="PIN of payouts; sent encrypted.")
    airtel_pin_padding: Literal["pkcs1", "oaep-sha256"] = Field(
        "pkcs1", description="How the PIN is padded: `pkcs1` or `oaep-sha256`."
    )
    airtel_pin_public_key: str = Field(
        "", description="Base64 of the key for the PIN. Empty: the one that signatures use."
    )
    airtel_callbacks_signed: bool = Field(
        True, description="Whether callback authentication is on; then one without it is refused."
    )
    airtel_callbacks_unsigned_allowed: bool = Field(
        False,
        description="Whether production may run with AIRTEL_CALLBACKS_SIGNED off: then only Airtel's"
        " enquiry, which is asked before any callback is believed, stands between a forger and us.",
    )
    airtel_callback_key: str = Field(
        "", description="Key of the callbacks' hash. Empty: the client secret."
    )
    airtel_callback_canonical: Literal["transaction", "body"] = Field(
        "transaction",
        description="What is hashed: the compact JSON of `transaction`, or the whole `body`.",
    )
    airtel_callback_header: str = Field(
        "", description="Header that holds the hash. Empty: the body's field `hash`."
    )
    airtel_callback_secret: str = Field(
        "", description="Secret part of the callback address. Made from the secret key when empty."
    )
    airtel_fetches_statements: bool = Field(
        False,
        description="Whether the transaction summary is fetched every hour and read as a statement,"
        " beside the files that people bring.",
    )
    airtel_listing_ticks_per_s: Literal[1, 1000] = Field(
        1, description="How the summary counts time: 1 for seconds, 1000 for milliseconds."
    )
    airtel_connect_timeout_s: float = Field(5, gt=0, description="Longest wait for a connection.")
    airtel_read_timeout_s: float = Field(
        45, gt=0, description="Longest wait for an answer; then the attempt is unknown."
    )

    def airtel_options(self, simulator_port: int) -> dict[str, Any]:
        """The arguments of the Airtel adapter."""
        return {
            "access": {
                "base_url": self.airtel_base_url or f"http://127.0.0.1:{simulator_port}",
                "client_id": self.airtel_client_id,
                "client_secret": self.airtel_client_secret,
                "country": self.airtel_country,
                "currency": self.airtel_currency,
                "signs_messages": self.airtel_signs_messages,
                "connect_timeout_s": self.airtel_connect_timeout_s,
                "read_timeout_s": self.airtel_read_timeout_s,
            },
            "account": {
                "collection_version": self.airtel_collection_version,
                "disbursement_version": self.airtel_disbursement_version,
                "refund_version": self.airtel_refund_version,
                "pin": self.airtel_pin,
                "pin_padding": self.airtel_pin_padding,
                "pin_public_key": self.airtel_pin_public_key,
                "wallet_type": self.airtel_wallet_type,
                "callbacks_are_signed": self.airtel_callbacks_signed,
                "callback_key": self.airtel_callback_key,
                "callback_canonical": self.airtel_callback_canonical,
                "callback_header": self.airtel_callback_header,
                "listing_ticks_per_s": self.airtel_listing_ticks_per_s,
            },
        }
