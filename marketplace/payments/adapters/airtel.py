"""Airtel Money Tanzania, Airtel Africa Open API (PROVIDERS section 3).

What differs between applications (versions, signing, padding, the hash of callbacks) are options. A
payment is only given back whole; a part goes to the wallet as a payout (`Capabilities`).
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, BinaryIO

from marketplace.payments.adapters import airtel_codes as codes
from marketplace.payments.adapters.airtel_listing import as_statement
from marketplace.payments.adapters.airtel_signing import (
    Canonical,
    Padding,
    compact,
    encrypted_pin,
    hash_fits,
    public_key,
)
from marketplace.payments.adapters.airtel_wire import Access, AirtelWire, Reply, part, text
from marketplace.payments.adapters.statements import read_statement
from marketplace.payments.adapters.wire import (
    CODE_CHARS,
    CURRENCY,
    ID_CHARS,
    NAME_CHARS,
    RECEIPT_CHARS,
    NoAnswer,
    digits,
    json_object,
    shillings,
)
from marketplace.payments.ports import (
    Acknowledgement,
    Answer,
    Authenticity,
    Callback,
    CallbackUnreadable,
    Capabilities,
    Hindrance,
    Outcome,
    ParsedStatement,
    ProviderUnavailable,
    Subject,
)

log = logging.getLogger(__name__)
COUNTRY_CODE = "255"
REFERENCE = re.compile(r"[0-9A-Za-z]{4,64}")
NOT_IN_REFERENCES = re.compile(r"[^0-9A-Za-z]+")
REFERENCE_CHARS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How our application was set up at Airtel; what PROVIDERS 9.3 leaves open stands in settings."""

    collection_version: int
    disbursement_version: int
    refund_version: int
    pin: str = field(repr=False)
    pin_padding: Padding
    pin_public_key: str
    """Base64 DER; empty: the key that Airtel hands out for signatures."""
    wallet_type: str
    callbacks_are_signed: bool
    callback_key: str = field(repr=False)
    callback_canonical: Canonical
    callback_header: str
    """Where the hash stands; empty: in the body's field `hash`."""
    listing_ticks_per_s: int
    """How the transaction list counts time: 1 for seconds, 1000 for milliseconds."""


class AirtelAdapter:
    """`access` and `account` are the fields of `Access` and `Account`; times in seconds."""

    name = "airtel"
    # For its first three minutes a payment is not to be found, as Airtel says itself (PROVIDERS 3.4).
    capabilities = Capabilities(
        refunds_in_part=False,
        names_holders=True,
        lists_movements=True,
        not_found_grace=timedelta(minutes=6),
    )

    def __init__(self, *, access: Mapping[str, Any], account: Mapping[str, Any]) -> None:
        self._access = Access(**access)
        self._wire = AirtelWire(self._access)
        self._account = Account(
            **{
                **account,
                "pin_padding": Padding(account["pin_padding"]),
                "callback_canonical": Canonical(account["callback_canonical"]),
            }
        )
        self.breaker = self._wire.breaker

    # --- What the port promises ---

    def push(self, *, reference: str, msisdn: str, amount_minor: int, description: str) -> Answer:
        version = self._account.collection_version
        where = {"country": self._access.country, "currency": self._access.currency}
        body = {
            "reference": _shown(description, reference),
            "subscriber": {**where, "msisdn": _national(msisdn)},
            "transaction": {
                "amount": shillings(amount_minor), **where, "id": _reference(reference),
            },
        }  # fmt: skip
        try:
            reply = self._wire.post(f"/merchant/v{version}/payments/", body, is_signed=version > 1)
        except NoAnswer as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))
        return self._answer(reply, reference, Subject.PAYMENT)

    def enquire(
        self,
        *,
        reference: str,
        subject: Subject = Subject.PAYMENT,
        payment_reference: str = "",
    ) -> Answer:
        """A refund has no state of its own: the payment that it gives back says TR."""
        if subject is not Subject.REFUND:
            return self._enquire(_reference(reference), subject)
        payment = self._enquire(_reference(payment_reference), Subject.PAYMENT)
        if payment.is_reversed or payment.outcome is Outcome.UNKNOWN:
            return payment
        stands = payment.outcome is Outcome.SUCCEEDED
        return Answer(
            Outcome.NOT_FOUND if stands else Outcome.UNKNOWN,
            code=payment.code,
            message="the payment is not given back" if stands else payment.message,
        )

    def reverse(
        self,
        *,
        reference: str,
        receipt: str,
        amount_minor: int,
        payment_reference: str,
        msisdn: str,
    ) -> Answer:
        """Give all of a payment back; Airtel's word for it counts when its enquiry says TR."""
        version = self._account.refund_version
        body = {"transaction": {"airtel_money_id": receipt}}
        try:
            reply = self._wire.post(
                f"/standard/v{version}/payments/refund", body, is_signed=version > 1
            )
        except NoAnswer as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))
        found = self._afterwards(reference, Subject.REFUND, payment_reference)
        given = reply.receipt if reply.receipt != receipt else ""  # Some echo the payment's.
        if found.outcome is Outcome.SUCCEEDED:
            return Answer(Outcome.SUCCEEDED, code=found.code, message=found.message, receipt=given)
        is_refused = reply.code in codes.FINAL or reply.code in codes.REFUSED
        if is_refused and found.outcome is Outcome.NOT_FOUND and reply.http_status < 500:
            return Answer(Outcome.FAILED, code=reply.code, message=reply.message)
        return Answer(Outcome.UNKNOWN, code=reply.code, message=found.message)

    def disburse(
        self, *, reference: str, msisdn: str, amount_minor: int, description: str
    ) -> Answer:
        version = self._account.disbursement_version
        payee = {"msisdn": _national(msisdn)}
        transaction = {"amount": shillings(amount_minor), "id": _reference(reference)}
        if version > 1:
            payee["currency"] = CURRENCY
            transaction["type"] = "B2C"
        if version > 2:
            payee["wallet_type"] = self._account.wallet_type
        body = {
            "payee": payee,
            "reference": _shown(description, reference),
            "pin": self._encrypted_pin(),
            "transaction": transaction,
        }
        slash = "/" if version < 3 else ""
        try:
            reply = self._wire.post(
                f"/standard/v{version}/disbursements{slash}", body, is_signed=version > 1
            )
        except NoAnswer as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))
        return self._answer(reply, reference, Subject.PAYOUT)

    def hindrance(self, *, code: str, message: str) -> Hindrance:
        return codes.HINDRANCES.get(code, Hindrance.NONE)

    def holder_name(self, *, msisdn: str) -> str | None:
        try:
            reply = self._wire.get(f"/standard/v1/users/{_national(msisdn)}")
        except NoAnswer as problem:
            raise ProviderUnavailable(str(problem)) from problem
        if reply.code != codes.USER_FOUND:
            return None
        user = part(reply.body, "data")
        names = (text(user, f"{which}_name") for which in ("first", "last"))
        return " ".join(name for name in names if name)[:NAME_CHARS] or None

    def parse_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        """Both forms: the plain one, and that of older applications, wrapped in `payload`."""
        found = json_object(body)
        transaction = part(found, "transaction") or part(part(found, "payload"), "transaction")
        reference, status = text(transaction, "id"), text(transaction, "status_code").upper()
        if not reference or not status or len(reference) > ID_CHARS or len(status) > CODE_CHARS:
            raise CallbackUnreadable("no transaction id or no status_code of a sensible length")
        receipt = text(transaction, "airtel_money_id")[:RECEIPT_CHARS]
        authenticity = self._authenticity(body, found, transaction, headers)
        parts = json.dumps([reference, status, receipt]).encode()
        if authenticity is Authenticity.FORGED:
            # It must not stand in the way of the true one, which says the same.
            parts = b"forged " + body
        return Callback(
            reference=reference,
            conversation_id="",
            receipt=receipt,
            outcome=codes.outcome_of_callback(status, has_receipt=bool(receipt)),
            code=status,
            message=codes.MEANING.get(status, ""),
            dedupe_key=sha256(parts).hexdigest(),
            authenticity=authenticity,
        )

    def acknowledgement(self, *, body: bytes) -> Acknowledgement:
        return Acknowledgement(b"success", content_type="text/plain")

    def parse_statement(self, *, file: BinaryIO) -> ParsedStatement:
        return read_statement(provider=self.name, file=file)

    def listing(self, *, since: datetime, until: datetime) -> BinaryIO | None:
        ticks = self._account.listing_ticks_per_s
        return as_statement(self._wire, since=since, until=until, ticks_per_s=ticks)

    def ping(self) -> None:
        """Even while the breaker is open: this is how a person finds out that it may close."""
        self._wire.new_token()

    # --- How it is done ---

    def _enquire(self, reference: str, subject: Subject) -> Answer:
        path, params = f"/standard/v1/payments/{reference}", None
        if subject is Subject.PAYOUT:
            version = min(self._account.disbursement_version, 2)
            path = f"/standard/v{version}/disbursements/{reference}"
            params = {"transactionType": "B2C"} if version > 1 else None
        try:
            reply = self._wire.get(path, params)
        except NoAnswer as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))
        outcome = codes.outcome_of_enquiry(
            reply.code,
            status=reply.status,
            http_status=reply.http_status,
            has_receipt=bool(reply.receipt),
        )
        if self._is_another(reply, reference):
            return Answer(Outcome.UNKNOWN, code=reply.code, message="an answer about another one")
        return Answer(
            outcome,
            code=reply.code,
            message=codes.MEANING.get(reply.status, "" if reply.code else reply.message),
            receipt=reply.receipt,
            is_reversed=outcome is Outcome.SUCCEEDED and reply.status == codes.REVERSED,
        )

    def _answer(self, reply: Reply, reference: str, subject: Subject) -> Answer:
        """What a reply says; of a request that Airtel had before, what became of that one."""
        if reply.code in codes.DUPLICATE:
            original = self._afterwards(reference, subject, "")
            if original.outcome is not Outcome.NOT_FOUND:
                return original
            return Answer(Outcome.UNKNOWN, code=reply.code, message="a duplicate, but not found")
        outcome = codes.outcome_of_request(
            reply.code,
            status=reply.status,
            http_status=reply.http_status,
            has_receipt=bool(reply.receipt),
        )
        receipt = reply.receipt
        if self._is_another(reply, reference):
            outcome, receipt = Outcome.UNKNOWN, ""
        message = codes.MEANING.get(reply.status, reply.code)
        return Answer(
            outcome,
            code=reply.code,
            # The free text of a payout holds the payee's name and our balance.
            message=message if subject is Subject.PAYOUT else reply.message or message,
            receipt=receipt,
            is_float_empty=outcome is Outcome.FAILED and reply.code in codes.FLOAT_EMPTY,
        )

    def _afterwards(self, reference: str, subject: Subject, payment_reference: str) -> Answer:
        """An enquiry after something was sent: that it cannot be made no longer proves anything."""
        try:
            return self.enquire(
                reference=reference, subject=subject, payment_reference=payment_reference
            )
        except ProviderUnavailable as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))

    def _is_another(self, reply: Reply, reference: str) -> bool:
        if reply.id in ("", reference):
            return False
        log.error("airtel answered %s with the answer to another request", reference)
        return True

    def _encrypted_pin(self) -> str:
        account = self._account
        key = (
            public_key(account.pin_public_key)
            if account.pin_public_key
            else self._wire.encryption_key()
        )
        return encrypted_pin(account.pin, key, account.pin_padding)

    def _authenticity(
        self,
        body: bytes,
        found: Mapping[str, Any],
        transaction: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> Authenticity:
        """Fails closed: where callbacks are signed, one without a hash that fits is forged."""
        account = self._account
        if not account.callbacks_are_signed:
            return Authenticity.UNSIGNED
        header = account.callback_header.lower()
        if header:
            given = next((value for name, value in headers.items() if name.lower() == header), "")
        else:
            given = text(found, "hash")
        message = compact(transaction)
        if account.callback_canonical is Canonical.BODY:
            rest = {name: value for name, value in found.items() if name != "hash"}
            message = body if header else compact(rest)
        secret = account.callback_key or self._access.client_secret
        is_true = bool(given and secret) and hash_fits(message, secret, given)
        return Authenticity.VERIFIED if is_true else Authenticity.FORGED


def _national(msisdn: str) -> str:
    """The nine digits after the country's code, as Airtel wants them. Raises ValueError."""
    found = digits(msisdn)
    if not found.startswith(COUNTRY_CODE) or len(found) != len(COUNTRY_CODE) + 9:
        raise ValueError("not a Tanzanian number")
    return found.removeprefix(COUNTRY_CODE)


def _reference(reference: str) -> str:
    if not REFERENCE.fullmatch(reference):
        raise ValueError(f"not a reference that airtel takes: {reference!r}")
    return reference


def _shown(description: str, reference: str) -> str:
    """What the customer reads: letters and digits only, and at least four of them."""
    plain = NOT_IN_REFERENCES.sub("", description)[:REFERENCE_CHARS]
    return plain if REFERENCE.fullmatch(plain) else reference
