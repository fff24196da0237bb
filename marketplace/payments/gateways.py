"""The configured providers, and which of them a phone number belongs to."""

import json
import re
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.payments.errors import NotAMobileNumber, ProviderUnknown, WalletNotSupported
from marketplace.payments.ports import BillTaker, Lister, PaymentProvider
from marketplace.payments.states import Provider

# Prefix of the national number -> wallet (PROVIDERS section 7.1). Numbers can be ported, so it is a
# suggestion: a buyer may name the provider.
PREFIXES = {
    Provider.MPESA: ("72", "74", "75", "76", "79"),
    Provider.MIXX: ("65", "67", "70", "71", "77"),
    Provider.AIRTEL: ("60", "66", "68", "69", "78"),
}
LOOK_ALIKE = str.maketrans("OIL", "011")
_MOBILE = re.compile(r"\+255[67]\d{8}")


def provider_names() -> list[str]:
    """The configured providers."""
    return list(settings.PAYMENT_PROVIDERS)


def gateway(provider: str) -> PaymentProvider:
    """The adapter of a configured provider. Raises ProviderUnknown."""
    configured = settings.PAYMENT_PROVIDERS.get(provider)
    if configured is None:
        raise ProviderUnknown(provider=provider)
    return _build(configured["adapter"], json.dumps(configured["options"], sort_keys=True))


def bill_taker(provider: str) -> BillTaker:
    """The adapter of a provider whose customers can pay bills. Raises ProviderUnknown."""
    adapter = gateway(provider)
    if not adapter.capabilities.takes_bills:
        raise ProviderUnknown(provider=provider)
    return cast(BillTaker, adapter)


def lister(provider: str) -> Lister:
    """The adapter of a provider that lists its movements. Raises ProviderUnknown."""
    adapter = gateway(provider)
    if not adapter.capabilities.lists_movements:
        raise ProviderUnknown(provider=provider)
    return cast(Lister, adapter)


def listing_providers() -> list[str]:
    """The configured providers that list their movements."""
    return [name for name in provider_names() if gateway(name).capabilities.lists_movements]


def comes_from_provider(*, provider: str, address: str) -> bool:
    """Whether callbacks of this provider may come from this address.

    Always so for a provider without a list: the settings say for whom the address is part of the proof.
    """
    networks = settings.PAYMENT_PROVIDERS[provider].get("callback_networks")
    if networks is None:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network, strict=False) for network in networks)


def route(*, msisdn: str, provider: str | None = None) -> str:
    """The provider to charge a number through: the one the buyer names, else by its prefix.

    Raises NotAMobileNumber, ProviderUnknown and WalletNotSupported.
    """
    if not is_mobile(msisdn):
        raise NotAMobileNumber
    if provider:
        gateway(provider)
        return provider
    suggested = suggested_provider(msisdn)
    if suggested is None:
        raise WalletNotSupported(
            providers=", ".join(str(Provider(name).label) for name in settings.PAYMENT_PROVIDERS)
        )
    return suggested


def is_mobile(msisdn: str) -> bool:
    """Whether this is a Tanzanian mobile number in E.164."""
    return _MOBILE.fullmatch(msisdn) is not None


def suggested_provider(msisdn: str) -> str | None:
    """The configured provider that the number's prefix was given to; it may have been ported."""
    national = msisdn.removeprefix("+255")
    for name, prefixes in PREFIXES.items():
        if national.startswith(prefixes) and name in settings.PAYMENT_PROVIDERS:
            return str(name)
    return None


def wire(reference: str) -> str:
    """Our reference as providers take it: letters and digits only."""
    return reference.replace("-", "")


def bill_reference(typed: str) -> str:
    """The payment's reference, as it may be typed on a phone: small, with or without the dash, and
    with the letters that ours never hold for the digits that they look like."""
    bare = "".join(filter(str.isalnum, typed.upper()))
    return f"{bare[:3]}-{bare[3:].translate(LOOK_ALIKE)}"


@lru_cache(maxsize=16)
def _build(adapter: str, options: str) -> PaymentProvider:
    """One adapter per configuration and process: it keeps its connections and its session."""
    return cast(PaymentProvider, import_string(adapter)(**json.loads(options)))
