"""What M-Pesa's answers mean for the money, for Tanzania only: other markets reuse the numbers.

Source: PROVIDERS 1.6. A code that does not stand here is UNKNOWN, never a failure.
"""

from marketplace.payments.ports import Hindrance, Outcome

PROCESSED = "INS-0"
NOT_FOUND = "INS-23"

# Nothing was done and nothing will be; repeating the same request changes nothing.
REFUSALS = frozenset(
    {
        "INS-6",  # declined by the customer, wrong PIN
        "INS-13",  # invalid short code
        "INS-15",  # invalid amount
        "INS-17",  # invalid transaction reference
        "INS-18",  # invalid transaction id (reversal)
        "INS-20",  # parameters missing
        "INS-21",  # validation failed
        "INS-26",  # invalid currency
        "INS-28",  # invalid third-party conversation id
        "INS-30",  # invalid purchased-items text
        "INS-31",  # invalid payment-items text
        "INS-35",  # transaction of another organisation (reversal)
        "INS-990",  # customer value limit
        "INS-991",  # customer count limit
        "INS-992",  # several customer limits
        "INS-993",  # organisation count limit
        "INS-994",  # organisation value limit
        "INS-995",  # single-transaction limit
        "INS-996",  # outside the allowed hours
        "INS-997",  # API not enabled
        "INS-998",  # invalid market
        "INS-2006",  # insufficient balance
        "INS-2051",  # invalid MSISDN
    }
)

# Refusals that say something of our own wallet: it is empty, or at one of its limits.
FLOAT_EMPTY = frozenset({"INS-2006", "INS-993", "INS-994", "INS-995"})

# Internal error, timeout, duplicate: the money may have moved; only an enquiry can tell.
DOUBTS = frozenset({"INS-1", "INS-9", "INS-10"})

# What failed payments say about the customer's wallet.
HINDRANCES = {
    "INS-2051": Hindrance.NOT_REGISTERED,
    "INS-2006": Hindrance.NO_MONEY,
    "INS-990": Hindrance.LIMIT,
    "INS-991": Hindrance.LIMIT,
    "INS-992": Hindrance.LIMIT,
    "INS-995": Hindrance.LIMIT,
}

# The request was not looked at, because the session (or the key) was not accepted.
SESSION_PROBLEMS = frozenset({"INS-989", "INS-2001"})

STATUSES = {
    "completed": Outcome.SUCCEEDED,
    "pending": Outcome.PENDING,
    "failed": Outcome.FAILED,
    "cancelled": Outcome.FAILED,
    "expired": Outcome.FAILED,
}


def outcome_of_request(code: str, *, http_status: int, has_receipt: bool) -> Outcome:
    """The outcome of a push, a reversal or a payout. HTTP 401 alone proves nothing, the code does."""
    if code == PROCESSED:
        if http_status not in (200, 201):
            return Outcome.UNKNOWN
        # Without a transaction id the request is only accepted; the result comes later.
        return Outcome.SUCCEEDED if has_receipt else Outcome.PENDING
    return Outcome.FAILED if code in REFUSALS else Outcome.UNKNOWN


def outcome_of_result(code: str, *, has_receipt: bool) -> Outcome:
    """The outcome that a callback claims. A success without a receipt cannot be traced, so it is UNKNOWN."""
    if code == PROCESSED:
        return Outcome.SUCCEEDED if has_receipt else Outcome.UNKNOWN
    return Outcome.FAILED if code in REFUSALS else Outcome.UNKNOWN


def outcome_of_enquiry(code: str, *, http_status: int, status: str) -> Outcome:
    """The outcome of what was enquired about: the code only says whether the *enquiry* worked."""
    if code == NOT_FOUND:
        return Outcome.NOT_FOUND
    if code == PROCESSED and http_status in (200, 201):
        return STATUSES.get(status.strip().lower(), Outcome.UNKNOWN)
    return Outcome.UNKNOWN
