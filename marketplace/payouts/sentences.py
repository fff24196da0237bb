"""Why a payout did not leave or came back, as it is kept; said again for who reads another language."""

from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.payments.explanations import WRITTEN as BY_PAYMENTS
from marketplace.payments.explanations import explained
from marketplace.payouts.states import Obstacle
from marketplace.shared.sayings import Sayings

WRITTEN = Sayings(
    (
        *BY_PAYMENTS.sentences,
        _("a provider took back the payment of %(orders)s"),
        _("the buyer was given back money of %(orders)s"),
        _("what is left is less than the minimum"),
        _("the payout wallet has changed since the batch was prepared"),
        _("the provider has reversed it"),
        _("new documents were accepted"),
        *(obstacle.label for obstacle in Obstacle),
        *(format_lazy("{}: {}", obstacle.label, lazystr("%(detail)s")) for obstacle in Obstacle),
    ),
    joints=("; ", ", "),
)


def told(*, code: str, message: str) -> str:
    """What a provider's code means with its own words quoted, or what we wrote down in their place."""
    return explained(code=code, message=WRITTEN.again(message))
