"""What production refuses: values that are only right on a developer's machine, each with what to set."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from backoffice.configuration import Configuration

SECRET_KEY_LENGTH_MIN = 50
LOOPBACK = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - compared with, never bound to


def problems(configuration: "Configuration") -> list[str]:
    """Everything that must not be so in production, each with what to set."""
    host = urlsplit(configuration.public_url).hostname
    checks = {
        "DEBUG must be off: it shows source code and settings to visitors.": configuration.debug,
        f"SECRET_KEY must be set, random, and have {SECRET_KEY_LENGTH_MIN} characters or more.": _weak(
            configuration.secret_key
        ),
        "FIELD_ENCRYPTION_KEYS must be set: sealed numbers must outlive a new SECRET_KEY.": (
            not configuration.field_encryption_keys
        ),
        "PUBLIC_URL must be set and begin with https://.": not configuration.public_url.startswith(
            "https://"
        ),
        "PUBLIC_URL must not be this machine's own address.": host in LOOPBACK,
        "ALLOWED_HOSTS must be set (our host names, separated by commas).": not configuration.allowed_hosts,
        "ALLOWED_HOSTS must not hold '*': anybody could pretend to be us.": "*"
        in configuration.allowed_hosts,
        "DATABASE_URL must be set: the embedded PostgreSQL is not for production.": not configuration.database_url,
        "DATABASE_URL must not use the owner's or a superuser's role: row-level security would not bite.": (
            _user(configuration.database_url)
            in {"postgres", "zetutech_owner", _user(configuration.database_owner_url) or "postgres"}
        ),
        "DATABASE_URL has no password, or one that everybody knows.": (
            bool(configuration.database_url)
            and _well_known(urlsplit(configuration.database_url).password)
        ),
        "REDIS_URL must be set: the embedded Valkey is not for production.": not configuration.redis_url,
        "S3_PRIVATE_BUCKET and S3_PUBLIC_BUCKET must be set: local files are lost with the machine.": (
            not (configuration.s3_private_bucket and configuration.s3_public_bucket)
        ),
        "S3_ENDPOINT_URL must begin with https:// (or be empty).": configuration.s3_endpoint_url.startswith(
            "http://"
        ),
        "MPESA_BASE_URL must be the provider's https:// address, not a simulator.": _not_real(
            configuration.mpesa_base_url
        ),
        "MPESA_API_KEY must be set: it still is the simulator's.": configuration.mpesa_api_key
        == "simulator-api-key",
        "MPESA_PUBLIC_KEY must be set.": not configuration.mpesa_public_key,
        "MPESA_SERVICE_PROVIDER_CODE must be set: it still is the sandbox's.": (
            configuration.mpesa_service_provider_code == "000000"
        ),
        "MPESA_CALLBACK_SECRET must be set and have 32 characters or more.": len(
            configuration.mpesa_callback_secret
        )
        < 32,
        **(_of_mixx(configuration) if "mixx" in configuration.payment_providers else {}),
        **(_of_vfd(configuration) if configuration.vfd_enabled else {}),
        **(_of_forwarding(configuration) if configuration.forwards else {}),
        **_of_sign_in(configuration),
        **(_of_airtel(configuration) if "airtel" in configuration.payment_providers else {}),
        "SENDGRID_API_KEY must be set: nobody would get any mail.": not configuration.sendgrid_api_key,
        "SENDGRID_API_URL must be the provider's https:// address, not a simulator.": _not_real(
            configuration.sendgrid_api_url
        ),
        "LEGAL_NAME and LEGAL_TIN must be set: invoices would name the demo's company.": (
            configuration.legal_tin == "123456789"
        ),
        "EMAIL_FROM must be an address of ours.": ".example" in configuration.email_from,
        "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set: nobody would get any SMS.": (
            not (configuration.twilio_account_sid and configuration.twilio_auth_token)
        ),
        "TWILIO_API_URL must be the provider's https:// address, not a simulator.": _not_real(
            configuration.twilio_api_url
        ),
    }
    return [problem for problem, is_so in checks.items() if is_so]


def _of_mixx(configuration: "Configuration") -> dict[str, bool]:
    urls = {
        name: str(getattr(configuration, name))
        for name in ("mixx_token_url", "mixx_push_url", "mixx_refund_url", "mixx_payout_url")
    }
    return {
        **{
            f"{name.upper()} must be the provider's https:// address, not a simulator.": _not_real(
                url
            )
            for name, url in urls.items()
        },
        "MIXX_HEARTBEAT_URL must be the provider's https:// address, or be empty.": bool(
            configuration.mixx_heartbeat_url
        )
        and _not_real(configuration.mixx_heartbeat_url),
        "MIXX_USERNAME and MIXX_PASSWORD must be set: they still are the simulator's.": (
            "simulator" in configuration.mixx_username + configuration.mixx_password
        ),
        "MIXX_CHANNEL_PIN and MIXX_PAYOUT_PIN must be set: they still are the simulator's.": (
            "0000" in {configuration.mixx_channel_pin, configuration.mixx_payout_pin}
        ),
        "MIXX_CALLBACK_NETWORKS must be set: without them anybody who learns the address could pay.": (
            not configuration.mixx_callback_networks
        ),
        "MIXX_CALLBACK_SECRET must be set and have 32 characters or more.": len(
            configuration.mixx_callback_secret
        )
        < 32,
    }


def _of_vfd(configuration: "Configuration") -> dict[str, bool]:
    return {
        "VFD_BASE_URL must be TRA's https:// address, not a simulator (or VFD_ENABLED off).": _not_real(
            configuration.vfd_base_url
        ),
        "VFD_CERTKEY must be set: it still is the simulator's.": (
            "SIMULATOR" in configuration.vfd_certkey
        ),
        "VFD_CERTIFICATE must be set: the file (.pfx) that TRA issued.": (
            configuration.vfd_certificate is None
        ),
        "VFD_VERIFY_URL must begin with https://.": _not_real(configuration.vfd_verify_url),
    }


def _of_forwarding(configuration: "Configuration") -> dict[str, bool]:
    return {
        "PSEUDONYM_KEY must be set and have 32 characters or more: services would know nobody again after"
        " a new SECRET_KEY.": len(configuration.pseudonym_key) < 32,
        "SEGMENT_API_URL must be Segment's https:// address, not a simulator.": _not_real(
            configuration.segment_api_url
        ),
        "MIXPANEL_API_URL must be Mixpanel's https:// address, not a simulator.": _not_real(
            configuration.mixpanel_api_url
        ),
        "MIXPANEL_SERVICE_USER and MIXPANEL_SERVICE_SECRET must be set with MIXPANEL_PROJECT_ID.": bool(
            configuration.mixpanel_project_id
        )
        and not (configuration.mixpanel_service_user and configuration.mixpanel_service_secret),
        "SEGMENT_WRITE_KEY and MIXPANEL_SERVICE_SECRET must not be the simulators'.": "simulator"
        in configuration.segment_write_key + configuration.mixpanel_service_secret,
    }


def _of_airtel(configuration: "Configuration") -> dict[str, bool]:
    return {
        "AIRTEL_BASE_URL must be the provider's https:// address, not a simulator.": _not_real(
            configuration.airtel_base_url
        ),
        "AIRTEL_CLIENT_ID and AIRTEL_CLIENT_SECRET must be set: they still are the simulator's.": (
            "simulator" in configuration.airtel_client_id + configuration.airtel_client_secret
        ),
        "AIRTEL_PIN must be set: it still is the simulator's.": configuration.airtel_pin == "0000",
        "AIRTEL_CALLBACK_SECRET must be set and have 32 characters or more.": len(
            configuration.airtel_callback_secret
        )
        < 32,
        "AIRTEL_CALLBACKS_SIGNED is off: set it, or AIRTEL_CALLBACKS_UNSIGNED_ALLOWED where Airtel cannot sign"
        " (each callback is confirmed by enquiry then).": not (
            configuration.airtel_callbacks_signed or configuration.airtel_callbacks_unsigned_allowed
        ),
    }


def _of_sign_in(configuration: "Configuration") -> dict[str, bool]:
    reached = urlsplit(configuration.public_url).hostname or ""
    name = configuration.passkey_host_for(configuration.public_url)
    return {
        "SECOND_FACTOR must not be optional: a guessed or stolen password would open the console.": (
            configuration.second_factor == "optional"
        ),
        "PASSKEY_HOST must be the host of PUBLIC_URL, or a domain above it: no passkey would work.": (
            reached not in LOOPBACK and not _is_host_or_above(name, reached)
        ),
        "PASSKEY_ORIGINS must be https:// addresses at PASSKEY_HOST or below it.": not all(
            origin.startswith("https://")
            and _is_host_or_above(name, urlsplit(origin).hostname or "")
            for origin in configuration.passkey_origins
        ),
    }


def _is_host_or_above(name: str, host: str) -> bool:
    """A browser takes passkeys of its page's host and of the domains above, but of no bare number
    and of no top-level domain."""
    is_number = host.replace(".", "").isdecimal() or ":" in host
    return (
        bool(name) and "." in name and not is_number and (host == name or host.endswith(f".{name}"))
    )


def _weak(key: str) -> bool:
    return len(key) < SECRET_KEY_LENGTH_MIN or len(set(key)) < 10 or "insecure" in key.lower()


def _not_real(url: str) -> bool:
    return not url.startswith("https://") or urlsplit(url).hostname in LOOPBACK


def _user(dsn: str) -> str | None:
    return urlsplit(dsn).username


def _well_known(password: str | None) -> bool:
    return password in {
        None,
        "",
        "postgres",
        "password",
        "secret",
        "changeme",
        "zetutech",
        "admin",
        "app",
    }
