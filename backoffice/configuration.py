"""Every setting that comes from the environment: its name, type, default, meaning, and what production refuses.

`settings.py` is built from this; docs/configuration.md is generated from it (`make docs`).
"""

from base64 import urlsafe_b64encode
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from backoffice.configuration_airtel import AirtelSettings
from backoffice.configuration_disputes import DisputeSettings
from backoffice.configuration_forwarding import ForwardingSettings
from backoffice.configuration_legal import LegalSettings
from backoffice.configuration_messages import MessageSettings
from backoffice.configuration_mixx import MixxSettings
from backoffice.configuration_privacy import PrivacySettings
from backoffice.configuration_sign_in import SignInSettings
from backoffice.configuration_vfd import VfdSettings
from backoffice.embedded.errors import CannotStart
from backoffice.embedded.keys import public_key_of
from backoffice.embedded.layout import SIMULATORS, Layout
from backoffice.unsafe import SECRET_KEY_LENGTH_MIN, problems

BASE_DIR = Path(__file__).resolve().parent.parent


class BadConfiguration(CannotStart):
    """A value that nobody can use, anywhere."""


class UnsafeConfiguration(CannotStart):
    """Production was asked to start with values that are only right on a developer's machine."""


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


Words = Annotated[list[str], NoDecode]
Amounts = Annotated[list[int], NoDecode]


class Configuration(
    MixxSettings,
    AirtelSettings,
    MessageSettings,
    ForwardingSettings,
    LegalSettings,
    VfdSettings,
    SignInSettings,
    DisputeSettings,
    PrivacySettings,
):
    """Variables of the process, or of a `.env` file in the project's directory; the process wins.

    A section ends where the next comment line begins; `document_configuration` prints them in this order.
    """

    model_config = SettingsConfigDict(
        env_file=BASE_DIR / ".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    # The process
    environment: Environment = Field(
        Environment.DEVELOPMENT,
        description="`development`, `test` or `production`. Production refuses unsafe values.",
    )
    debug: bool = Field(False, description="Show tracebacks in the browser.")
    secret_key: str = Field(
        "",
        description=(
            f"Signs sessions, links and queue hints; {SECRET_KEY_LENGTH_MIN} characters or more."
            " Made in `.data/` when embedded."
        ),
    )
    secret_key_fallbacks: Words = Field(
        [], description="Earlier secret keys, still accepted; separated by commas."
    )
    field_encryption_keys: Words = Field(
        [],
        description="Fernet keys that seal NIDA and wallet numbers, newest first; separated by commas.",
    )
    public_url: str = Field(
        "",
        description="Where people reach us, without a trailing slash. Default: `http://localhost:PORT`.",
    )
    host: str = Field(
        "",
        description="The address that the web server listens on. Default: `127.0.0.1`, in production all.",
    )
    port: int = Field(8000, ge=1, le=65535, description="The port that the web server listens on.")
    allowed_hosts: Words = Field(
        [], description="Host names we answer to; separated by commas. Default: that of PUBLIC_URL."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="How many proxies in front of us add to X-Forwarded-For."
    )
    log_level: str = Field("INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.")
    log_format: str = Field(
        "", description="`text` or `json`. Default: text, in production JSON lines."
    )
    web_workers: int = Field(2, ge=1, le=64, description="Processes of the web server.")
    web_threads: int = Field(4, ge=1, le=64, description="Threads of each.")
    list_age_ms: int = Field(200, ge=0, le=5000, description="Milliseconds a public list is kept.")
    queue_workers: int = Field(2, ge=1, le=64, description="Worker processes of the default queue.")

    # Database and queue
    database_url: str = Field(
        "", description="PostgreSQL, as the role that owns no table. Empty: the embedded server."
    )
    database_owner_url: str = Field(
        "", description="PostgreSQL, as the role that owns the tables; migrations only."
    )
    database_connection_age_s: int = Field(
        600, ge=0, description="How long a connection is kept; 0 with PgBouncer."
    )
    redis_url: str = Field("", description="Valkey or Redis. Empty: the embedded server.")

    # Files
    media_root: Path | None = Field(
        None, description="Where files lie without S3. Default: `.data/media`."
    )
    s3_endpoint_url: str = Field("", description="An S3 server other than Amazon's.")
    s3_region: str = Field("us-east-1", description="Region of the buckets.")
    s3_access_key_id: str = Field("", description="Access key. Empty: the machine's own role.")
    s3_secret_access_key: str = Field("", description="Secret key.")
    s3_private_bucket: str = Field(
        "", description="Bucket for documents, evidence and exports. Empty: local files."
    )
    s3_public_bucket: str = Field(
        "", description="Bucket for pictures that anybody may see. Empty: local files."
    )
    signed_url_seconds: int = Field(
        300, ge=10, le=86_400, description="How long a link to a private file works."
    )
    upload_bytes_max: int = Field(10_000_000, ge=100_000, description="The largest accepted file.")
    statement_bytes_max: int = Field(
        256_000_000,
        ge=100_000,
        description=(
            "The largest accepted provider statement; a million lines take about 200 MB."
            " It is read as a stream."
        ),
    )
    statement_drop: str = Field(
        "",
        description=(
            "Where providers leave statements: a directory, or `s3://bucket/prefix`; in it one folder per"
            " provider (`mpesa/`), whose files are taken and moved to `done/` or `refused/`. Empty: nowhere."
        ),
    )

    # Payment providers
    payment_providers: Words = Field(
        ["mpesa", "mixx", "airtel"],
        description="The wallets that we take, of `mpesa`, `mixx` and `airtel`; separated by commas.",
    )

    # M-Pesa (Vodacom Open API)
    mpesa_base_url: str = Field(
        "",
        description=(
            "The provider's address up to `/sandbox` or `/openapi`."
            " Default: the simulator that `make run` starts."
        ),
    )
    mpesa_api_key: str = Field("simulator-api-key", description="API key of the application.")
    mpesa_public_key: str = Field(
        "", description="Base64 of the provider's RSA key, which encrypts the API key."
    )
    mpesa_service_provider_code: str = Field("000000", description="Our short code.")
    mpesa_market: str = Field("vodacomTZN", description="Market in the request paths.")
    mpesa_country: str = Field("TZN", description="Country code in requests.")
    mpesa_origin: str = Field("*", description="Origin registered for the application.")
    mpesa_b2c_path: str = Field("b2cPayment/", description="Path of payouts, after the market's.")
    mpesa_session_lifetime_s: int = Field(
        3600,
        ge=60,
        description="How long a session lives, as set for the application in the portal.",
    )
    mpesa_session_warm_up_s: int | None = Field(
        None,
        ge=0,
        le=300,
        description="How long a new session may not yet work. Default: 30, with the simulator 0.",
    )
    mpesa_callback_secret: str = Field(
        "", description="Secret part of the callback address. Made in `.data/` when embedded."
    )
    mpesa_connect_timeout_s: float = Field(5, gt=0, description="Longest wait for a connection.")
    mpesa_read_timeout_s: float = Field(
        30, gt=0, description="Longest wait for an answer; then the attempt is unknown."
    )
    simulator_port: int = Field(
        8901,
        ge=1,
        le=65535,
        description="Where the first provider simulator listens in development; the others follow.",
    )

    # Rules of the marketplace
    order_expiry_minutes: int = Field(
        30, ge=1, le=1440, description="How long an unpaid order keeps its stock."
    )
    hold_days: int = Field(
        7, ge=0, le=90, description="Days from delivery until the seller's money is available."
    )
    buyer_limits_minor: Amounts = Field(
        [100_000_000, 500_000_000, 2_000_000_000],
        description="Largest order of a buyer at KYC level 0, 1 and 2, in minor units (100 = 1 shilling).",
    )
    minimum_payout_minor: int = Field(
        1_000_000, ge=100, description="Smallest payout, in minor units."
    )
    refund_approval_minor: int = Field(
        50_000_000,
        ge=0,
        description=(
            "What one person may refund of a payment, in minor units; above it a second person approves."
        ),
    )
    payout_weekday: int = Field(
        1,
        ge=1,
        le=7,
        description="Day on which sellers are paid that agreed on nothing else; Monday is 1.",
    )
    payout_run_hour: int = Field(
        6, ge=0, le=23, description="Hour in Tanzania from which the day's payouts are prepared."
    )
    wallet_cooling_off_hours: int = Field(
        72, ge=0, le=720, description="How long nothing is paid to a payout number that changed."
    )
    report_days: int = Field(
        7, ge=1, le=90, description="How long a finished report can be downloaded."
    )

    @field_validator(
        "allowed_hosts",
        "secret_key_fallbacks",
        "field_encryption_keys",
        "buyer_limits_minor",
        "payment_providers",
        "passkey_origins",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [word.strip() for word in value.split(",") if word.strip()]

    @classmethod
    def load(cls) -> Self:
        """Read the environment; in production, refuse all unsafe values in one message."""
        try:
            configuration = cls()
        except ValidationError as error:
            listed = "\n".join(
                f"  * {str(problem['loc'][0]).upper()}: {problem['msg']}."
                for problem in error.errors(include_url=False)
            )
            raise BadConfiguration(
                f"These settings cannot be read (docs/configuration.md says what each takes):\n{listed}"
            ) from None
        if configuration.is_production and (found := problems(configuration)):
            listed = "\n".join(f"  * {problem}" for problem in found)
            raise UnsafeConfiguration(
                f"ENVIRONMENT=production, but the configuration is unsafe:\n{listed}"
            )
        return configuration

    @property
    def logs_json(self) -> bool:
        return (self.log_format or ("json" if self.is_production else "text")) == "json"

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def second_factor_required(self) -> bool:
        return (self.second_factor or ("required" if self.is_production else "")) == "required"

    @cached_property
    def embedded(self) -> Layout:
        return Layout.of_project()

    @cached_property
    def effective_public_url(self) -> str:
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @cached_property
    def effective_host(self) -> str:
        return self.host or ("0.0.0.0" if self.is_production else "127.0.0.1")  # noqa: S104

    @cached_property
    def effective_hosts(self) -> list[str]:
        if self.allowed_hosts:
            return self.allowed_hosts
        host = urlsplit(self.effective_public_url).hostname or ""
        return (
            [host]
            if self.is_production
            else [host, "localhost", "127.0.0.1", "[::1]", "testserver"]
        )

    @cached_property
    def effective_secret_key(self) -> str:
        return self.secret_key or self.embedded.secrets["secret_key"]

    @cached_property
    def effective_field_encryption_keys(self) -> list[str]:
        derived = sha256(b"field encryption " + self.effective_secret_key.encode()).digest()
        return self.field_encryption_keys or [urlsafe_b64encode(derived).decode()]

    @cached_property
    def effective_mpesa_base_url(self) -> str:
        return self.mpesa_base_url or f"http://127.0.0.1:{self.simulator_port}/sandbox"

    @cached_property
    def mpesa_options(self) -> dict[str, Any]:
        """The arguments of the M-Pesa adapter."""
        warm_up_s = self.mpesa_session_warm_up_s
        if warm_up_s is None:
            warm_up_s = 30 if self.mpesa_base_url else 0
        return {
            "base_url": self.effective_mpesa_base_url,
            "api_key": self.mpesa_api_key,
            "public_key": self.effective_mpesa_public_key,
            "service_provider_code": self.mpesa_service_provider_code,
            "market": self.mpesa_market,
            "country": self.mpesa_country,
            "origin": self.mpesa_origin,
            "b2c_path": self.mpesa_b2c_path,
            "session_lifetime_s": self.mpesa_session_lifetime_s,
            "session_warm_up_s": warm_up_s,
            "connect_timeout_s": self.mpesa_connect_timeout_s,
            "read_timeout_s": self.mpesa_read_timeout_s,
        }

    @cached_property
    def effective_mpesa_public_key(self) -> str:
        return self.mpesa_public_key or public_key_of(self.simulator_key)

    @cached_property
    def simulator_ports(self) -> dict[str, int]:
        """Where each provider's simulator listens."""
        return {name: self.simulator_port + place for place, name in enumerate(SIMULATORS)}

    @cached_property
    def simulator_key(self) -> Path:
        """The private key of the M-Pesa simulator (PEM); made at its first use."""
        return self.embedded.data / "simulator-mpesa.pem"

    @cached_property
    def fiscal_device(self) -> dict[str, Any]:
        """Our virtual fiscal device; the simulator's certificate is made at its first use."""
        return self.vfd_device(
            simulator_port=self.simulator_ports["vfd"],
            tin=self.legal_tin,
            certificate=self.embedded.data / "simulator-vfd.pfx",
        )

    @cached_property
    def effective_mpesa_callback_secret(self) -> str:
        return self.mpesa_callback_secret or self.embedded.secrets["mpesa_callback"]

    @cached_property
    def effective_mixx_callback_secret(self) -> str:
        """Derived where none is set: an instance that is older than this provider has none in its file."""
        derived = sha256(b"callbacks of mixx " + self.effective_secret_key.encode()).hexdigest()
        return self.mixx_callback_secret or derived

    @cached_property
    def effective_airtel_callback_secret(self) -> str:
        derived = sha256(b"callbacks of airtel " + self.effective_secret_key.encode()).hexdigest()
        return self.airtel_callback_secret or derived

    @cached_property
    def effective_media_root(self) -> Path:
        return self.media_root or self.embedded.data / "media"
