"""Whom this instance works with: wallets, carriers of messages, analytics services; for the settings."""

from hashlib import sha256
from typing import Any

from backoffice.configuration import Configuration, Environment


def payment_providers(configuration: Configuration) -> dict[str, dict[str, Any]]:
    """Provider -> the adapter's class, its constructor's arguments, and how its callbacks prove themselves.

    Where nothing is configured, the addresses are those of the simulators that `make run` starts; the
    adapters cannot tell.
    """
    known: dict[str, dict[str, Any]] = {
        "mpesa": {
            "adapter": "marketplace.payments.adapters.mpesa.MpesaAdapter",
            "options": configuration.mpesa_options,
            # Most providers sign nothing, so the address of their callbacks carries a secret.
            "callback_secret": configuration.effective_mpesa_callback_secret,
        },
        "mixx": {
            "adapter": "marketplace.payments.adapters.mixx.MixxAdapter",
            "options": configuration.mixx_options(configuration.simulator_ports["mixx"]),
            "callback_secret": configuration.effective_mixx_callback_secret,
            # Without enquiry and signature, where a callback comes from is part of its proof.
            "callback_networks": configuration.effective_mixx_callback_networks,
        },
        "airtel": {
            "adapter": "marketplace.payments.adapters.airtel.AirtelAdapter",
            "options": configuration.airtel_options(configuration.simulator_ports["airtel"]),
            "callback_secret": configuration.effective_airtel_callback_secret,
            "fetches_statements": configuration.airtel_fetches_statements,
        },
    }
    return {name: known[name] for name in known if name in configuration.payment_providers}


def channels(configuration: Configuration) -> dict[str, str]:
    """Channel -> the adapter that sends. Without keys, messages are recorded and shown in the console."""
    adapters = "marketplace.notifications.adapters"
    recorded = f"{adapters}.recorded.RecordedSender"
    return {
        "email": f"{adapters}.mail.MailSender" if configuration.sendgrid_api_key else recorded,
        "sms": f"{adapters}.twilio.TwilioSender" if configuration.twilio_account_sid else recorded,
    }


def forwarding(configuration: Configuration) -> dict[str, Any]:
    """Who is told what buyers do (only of those who agreed), and the key of the pseudonyms they go by."""
    derived = sha256(b"pseudonyms " + configuration.effective_secret_key.encode()).hexdigest()
    is_simulated = configuration.environment is Environment.DEVELOPMENT
    return {
        "pseudonym_key": configuration.pseudonym_key or derived,
        "destinations": configuration.destinations(
            simulator_ports=configuration.simulator_ports if is_simulated else None
        ),
    }
