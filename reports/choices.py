"""Questions that several reports ask."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.gateways import provider_names
from marketplace.payments.states import Provider
from reports.base import Parameter, ParameterKind

PROVIDER_NAMES = dict(Provider.choices)
ACCOUNT_KINDS = {
    "asset": _("Asset"),
    "liability": _("Liability"),
    "revenue": _("Revenue"),
    "expense": _("Expense"),
}
SELLER = Parameter("seller", _("Seller's reference"), ParameterKind.TEXT, is_required=False)


def providers() -> list[tuple[str, str]]:
    return [(name, str(PROVIDER_NAMES.get(name, name))) for name in provider_names()]


ONE_PROVIDER = Parameter(
    "provider",
    _("Provider"),
    ParameterKind.CHOICE,
    initial=lambda: next(iter(provider_names()), ""),
    choices=providers,
)
ANY_PROVIDER = Parameter(
    "provider", _("Provider"), ParameterKind.CHOICE, is_required=False, choices=providers
)
