"""All invariants of the data, street order; `manage.py verify` and a schedule check them."""

from marketplace.accounts import invariants as accounts
from marketplace.analytics import invariants as analytics
from marketplace.billing import invariants as billing
from marketplace.casework import invariants as casework
from marketplace.catalog import invariants as catalog
from marketplace.closing import invariants as closing
from marketplace.disputes import invariants as disputes
from marketplace.fees import invariants as fees
from marketplace.ledger import invariants as ledger
from marketplace.ledger import seals
from marketplace.listings import invariants as listings
from marketplace.notifications import invariants as notifications
from marketplace.orders import invariants as orders
from marketplace.payments import invariants as payments
from marketplace.payouts import invariants as payouts
from marketplace.reconciliation import invariants as reconciliation
from marketplace.reviews import invariants as reviews
from marketplace.rules import invariants as rules
from marketplace.search import invariants as search
from marketplace.sellers import invariants as sellers
from marketplace.shared import invariants as shared
from marketplace.shared.invariants import check_all

INVARIANTS = [
    *shared.INVARIANTS,
    *ledger.INVARIANTS,
    *rules.INVARIANTS,
    *accounts.INVARIANTS,
    *casework.INVARIANTS,
    *sellers.INVARIANTS,
    *catalog.INVARIANTS,
    *fees.INVARIANTS,
    *listings.INVARIANTS,
    *orders.INVARIANTS,
    *payments.INVARIANTS,
    *payouts.INVARIANTS,
    *billing.INVARIANTS,
    *disputes.INVARIANTS,
    *reviews.INVARIANTS,
    *notifications.INVARIANTS,
    *search.INVARIANTS,
    *reconciliation.INVARIANTS,
    *closing.INVARIANTS,
    *analytics.INVARIANTS,
]
# The same, with the whole chain of seals in place of its recent part.
WHOLE = [
    *(invariant for invariant in INVARIANTS if invariant.name not in seals.NAMES),
    *seals.checks(whole=True),
]


def verify() -> str:
    """Check everything; the schedule's form. The verdicts stand on the system page."""
    findings = list(check_all(INVARIANTS))
    broken = [invariant.name for invariant, finding in findings if finding.differing]
    if broken:
        raise InvariantsBroken(", ".join(broken))
    return f"{len(findings)} invariants hold"


class InvariantsBroken(Exception):
    """The data contradicts itself; the message names the invariants."""
