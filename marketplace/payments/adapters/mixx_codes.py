"""What Mixx by Yas's answers mean for the money (PROVIDERS 2.4). A code that does not stand here is
UNKNOWN, never a failure: there is no enquiry that could correct us."""

import re

from marketplace.payments.ports import Hindrance, Outcome

# Nothing was done and nothing will be; repeating the same request changes nothing.
REFUSALS = frozenset(
    {
        "BILLER-18-3018-E",  # the rule of the summed amount
        "BILLER-18-3019-E",  # the rule of least and largest amount
        "BILLER-18-3020-E",  # the rule of frequency
        "DebitMandate-10-2002-E",  # no customer number
        "DebitMandate-10-2004-V",  # customer number invalid
        "DebitMandate-10-2005-E",  # customer not registered
        "DebitMandate-10-2038-V",  # no biller number
    }
)

# What failed payments say about the customer's wallet; a callback's reason is free text (PROVIDERS 2.4).
HINDRANCES = {
    "BILLER-18-3018-E": Hindrance.LIMIT,
    "BILLER-18-3019-E": Hindrance.LIMIT,
    "BILLER-18-3020-E": Hindrance.LIMIT,
    "DebitMandate-10-2004-V": Hindrance.NOT_REGISTERED,
    "DebitMandate-10-2005-E": Hindrance.NOT_REGISTERED,
}
NO_MONEY = re.compile(r"insufficient|not enough|low balance|salio", re.IGNORECASE)

# The request was not looked at: our credentials or our biller account are not accepted.
NOT_ADMITTED = frozenset(
    {
        "BILLER-18-3021-E",  # wrong biller user or password
        "BILLER-18-3022-E",  # biller inactive
        "BILLER-18-3040-E",  # biller number invalid
        "DebitMandate-10-2001-E",  # user and password empty
        "DebitMandate-10-2003-E",  # password empty
        "DebitMandate-10-3000-E",  # wrong credentials
    }
)

# The prompt may have gone out (PROVIDERS 2.4): internal error, backend error, and the invalid
# reference, which is also the likely answer to one that was used before.
DOUBTS = frozenset({"DebitMandate-10-1000-E", "DebitMandate-10-5000-E", "DebitMandate-10-2020-V"})


def outcome_of_request(code: str, *, http_status: int, is_accepted: bool | None) -> Outcome:
    """The outcome of a push or a refund before any callback. `ResponseStatus` decides, not HTTP.

    A server's error proves nothing, whatever its body says.
    """
    if http_status >= 500 or is_accepted is None:
        return Outcome.UNKNOWN
    if is_accepted:
        return Outcome.PENDING if http_status < 300 else Outcome.UNKNOWN
    return Outcome.FAILED if code in REFUSALS else Outcome.UNKNOWN
