"""What Airtel Money's answers mean for the money (PROVIDERS 3.7). A code that does not stand here is
UNKNOWN, never a failure. HTTP 200 carries failures too, and `status.success` is not to be relied on."""

from marketplace.payments.ports import Hindrance, Outcome

_COLLECTION, _DISBURSEMENT = "DP00800001", "DP00900001"


def _collection(*numbers: str) -> frozenset[str]:
    return frozenset(_COLLECTION + number for number in numbers)


def _disbursement(*numbers: str) -> frozenset[str]:
    return frozenset(_DISBURSEMENT + number for number in numbers)


DONE = _collection("001") | _disbursement("001") | {"ESB000010"}
IN_PROCESS = _collection("006") | _disbursement("006")
NOT_FOUND = _collection("025") | _disbursement("015") | {"ESB000045"}
DUPLICATE = _disbursement("011", "017") | {"ESB000041"}
USER_FOUND = "DP02200000001"

# The transaction came to nothing: wrong PIN, limit, amount, no PIN, balance, refused, not honoured,
# payee not permitted, expired; for payouts limit, amount, failed, float, initiatee, payer, number.
FINAL = _collection(
    "002", "003", "004", "005", "007", "008", "009", "010", "029"
) | _disbursement("003", "004", "005", "007", "009", "010", "012")  # fmt: skip

# The request came to nothing, which says nothing about an earlier one that an enquiry asks for.
REFUSED = _disbursement("013") | {
    "ESB000008",  # a field is not valid
    "ESB000033", "ESB000036",  # length of the number
    "ESB000034", "ESB000035",  # country, currency
    "ESB000039",  # vendor not configured
    "ROUTER003",  # parameters missing
    "ROUTER112", "ROUTER119",  # currency invalid, missing
    "ROUTER114", "ROUTER115", "ROUTER116",  # PIN: check failed, wrong, not decrypted
}  # fmt: skip

# The request was not looked at: our application, country or signature is not accepted.
SIGNATURE_MISMATCH = _collection("026") | _disbursement("016")
NOT_ADMITTED = SIGNATURE_MISMATCH | {
    "ROUTER001", "ROUTER005", "ROUTER006", "ROUTER007", "ROUTER110",
}  # fmt: skip

# Of a payout: our own float is too small, or has reached its limit (PROVIDERS 8.12).
FLOAT_EMPTY = _disbursement("003", "007")

# What failed payments say about the customer's wallet.
HINDRANCES = {
    f"{_COLLECTION}003": Hindrance.LIMIT,
    f"{_COLLECTION}007": Hindrance.NO_MONEY,
}

SUCCESS, REVERSED = "TS", "TR"
STATUSES = {
    SUCCESS: Outcome.SUCCEEDED,
    REVERSED: Outcome.SUCCEEDED,
    "TF": Outcome.FAILED,
    # It may still be paid late (PROVIDERS 9.3); a success after a failure counts.
    "TE": Outcome.FAILED,
    "TIP": Outcome.PENDING,
    "TA": Outcome.UNKNOWN,
}
MEANING = {
    SUCCESS: "success", REVERSED: "refunded", "TF": "failed", "TE": "expired",
    "TIP": "in progress", "TA": "ambiguous",
}  # fmt: skip


def outcome_of_request(code: str, *, status: str, http_status: int, has_receipt: bool) -> Outcome:
    """The outcome of a push or a payout, before any enquiry. A server's error proves nothing."""
    said = STATUSES.get(status)
    if http_status >= 500 or http_status in (408, 429):
        return Outcome.UNKNOWN
    if code in FINAL or code in REFUSED:
        # A refusal beside a transaction that lives contradicts itself.
        return Outcome.FAILED if said in (None, Outcome.FAILED) else Outcome.UNKNOWN
    if code in IN_PROCESS:
        return Outcome.PENDING
    if code not in DONE:
        return Outcome.UNKNOWN
    if status == SUCCESS:
        return Outcome.SUCCEEDED if has_receipt else Outcome.UNKNOWN
    # "SUCCESS" only says that the request was taken.
    return Outcome.PENDING if said in (None, Outcome.PENDING) else Outcome.UNKNOWN


def outcome_of_enquiry(code: str, *, status: str, http_status: int, has_receipt: bool) -> Outcome:
    """The outcome of what was enquired about: its own status decides, and the code where it has none."""
    if http_status >= 500 or http_status in (408, 429):
        return Outcome.UNKNOWN
    if status == SUCCESS:
        return Outcome.SUCCEEDED if has_receipt and code not in FINAL else Outcome.UNKNOWN
    if status in STATUSES:
        return STATUSES[status]
    if code in NOT_FOUND:
        return Outcome.NOT_FOUND
    if code in IN_PROCESS:
        return Outcome.PENDING
    return Outcome.FAILED if code in FINAL else Outcome.UNKNOWN


def outcome_of_callback(status: str, *, has_receipt: bool) -> Outcome:
    """What a callback claims. A success without an id cannot be traced, so it is UNKNOWN."""
    if status == SUCCESS:
        return Outcome.SUCCEEDED if has_receipt else Outcome.UNKNOWN
    return Outcome.FAILED if status in ("TF", "TE") else Outcome.UNKNOWN
