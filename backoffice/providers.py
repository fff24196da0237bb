"""The payment providers of this instance, for `settings.PAYMENT_PROVIDERS`."""

from typing import Any

from backoffice.configuration import Configuration


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
