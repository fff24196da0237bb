"""Mixx by Yas Tanzania, formerly Tigo Pesa (PROVIDERS section 2).

There is no public specification: addresses, codes and accounts are issued per partner, so that all of
them are options. The provider offers no enquiry and signs nothing: a callback is believed where it fits
in every respect, and otherwise the statement or a person decides.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import uuid4

from marketplace.payments.adapters import mixx_bills as bills
from marketplace.payments.adapters import mixx_codes as codes
from marketplace.payments.adapters.mixx_wire import Access, MixxWire, Reply, minor_of, truth
from marketplace.payments.adapters.statements import read_statement
from marketplace.payments.adapters.wire import (
    CODE_CHARS,
    ID_CHARS,
    MESSAGE_CHARS,
    RECEIPT_CHARS,
    NoAnswer,
    digits,
    flat_fields,
    shillings,
)
from marketplace.payments.ports import (
    Acknowledgement,
    Answer,
    BillAnswer,
    BillMenu,
    BillRequest,
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
REMARK_CHARS = 100
NOT_IN_TEXTS = re.compile(r"[^0-9A-Za-z .-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Our account with Mixx, as it was issued; what is uncertain in PROVIDERS 2 stands in settings."""

    push_url: str
    refund_url: str
    heartbeat_url: str
    payout_url: str
    biller_msisdn: str
    biller_code: str
    reference_chars_max: int
    channel_msisdn: str
    channel_pin: str = field(repr=False)
    payout_msisdn: str
    payout_pin: str = field(repr=False)
    payout_type: str
    payout_done: tuple[str, ...]
    payout_float_empty: tuple[str, ...]
    payout_without_id_failed: bool
    sender_name: str
    brand_id: str
    language: str
    acknowledged_code: str
    not_acknowledged_code: str
    not_acknowledged_status: int
    company_name: str
    menu_code: str


class MixxAdapter:
    """`access` and `account` are the fields of `Access` and `Account`; times in seconds."""

    name = "mixx"

    def __init__(
        self, *, access: Mapping[str, Any], account: Mapping[str, Any], refunds_in_part: bool
    ) -> None:
        self._wire = MixxWire(Access(**access))
        codes_of_payouts = {
            name: tuple(account[name]) for name in ("payout_done", "payout_float_empty")
        }
        self._account = Account(**{**account, **codes_of_payouts})
        self.breaker = self._wire.breaker
        self.capabilities = Capabilities(
            can_enquire=False, refunds_in_part=refunds_in_part, takes_bills=True
        )
        self.bill_menu = BillMenu(dial=self._account.menu_code, company=self._account.company_name)

    # --- What the port promises ---

    def push(self, *, reference: str, msisdn: str, amount_minor: int, description: str) -> Answer:
        reply = self._ask(
            self._account.push_url,
            {
                "CustomerMSISDN": digits(msisdn),
                "BillerMSISDN": self._account.biller_msisdn,
                "Amount": shillings(amount_minor),
                "Remarks": _text(description) or reference,
                "ReferenceID": self._reference(reference),
            },
        )
        return reply if isinstance(reply, Answer) else self._answer(reply, reference)

    def enquire(
        self,
        *,
        reference: str,
        subject: Subject = Subject.PAYMENT,
        payment_reference: str = "",
    ) -> Answer:
        return Answer(Outcome.UNKNOWN, code="no_enquiry", message="Mixx offers no enquiry")

    def reverse(
        self,
        *,
        reference: str,
        receipt: str,
        amount_minor: int,
        payment_reference: str,
        msisdn: str,
    ) -> Answer:
        """By the older API, the only one that is known to give money back (PROVIDERS 2.5)."""
        reply = self._ask(
            self._account.refund_url,
            {
                "CustomerMSISDN": digits(msisdn),
                "ChannelMSISDN": self._account.channel_msisdn,
                "ChannelPIN": self._account.channel_pin,
                "Amount": shillings(amount_minor),
                "MFSTransactionID": receipt,
                "ReferenceID": self._reference(reference),
                "PurchaseReferenceID": self._reference(payment_reference),
            },
        )
        if isinstance(reply, Answer):
            return reply
        answer = self._answer(reply, reference)
        if answer.outcome is not Outcome.PENDING:
            return answer
        found = reply.fields.get("MFSTransactionID", "")
        if not found or found == receipt:  # Some echo the payment's.
            found = reply.fields.get("DMReferenceID", "")
        return Answer(
            Outcome.SUCCEEDED,
            code=answer.code,
            message=answer.message,
            conversation_id=reply.fields.get("DMReferenceID", "")[:ID_CHARS],
            receipt=found[:RECEIPT_CHARS],
        )

    def disburse(
        self, *, reference: str, msisdn: str, amount_minor: int, description: str
    ) -> Answer:
        account = self._account
        command = {
            "TYPE": account.payout_type,
            "REFERENCEID": self._reference(reference, prefix=""),
            "MSISDN": account.payout_msisdn,
            "PIN": account.payout_pin,
            "MSISDN1": digits(msisdn),
            "AMOUNT": str(shillings(amount_minor)),
            "SENDERNAME": account.sender_name,
            "LANGUAGE1": account.language,
            "BRAND_ID": account.brand_id,
        }
        try:
            reply = self._wire.post_command(account.payout_url, command)
        except NoAnswer as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))
        return self._paid_out(reply, reference)

    def hindrance(self, *, code: str, message: str) -> Hindrance:
        if code not in codes.HINDRANCES and codes.NO_MONEY.search(message):
            return Hindrance.NO_MONEY
        return codes.HINDRANCES.get(code, Hindrance.NONE)

    def holder_name(self, *, msisdn: str) -> str | None:
        """No name query is known of Mixx (PROVIDERS 7.7)."""
        return None

    def parse_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        fields = flat_fields(body)
        whole = fields.get("ReferenceID", "")
        is_paid = truth(fields.get("Status", ""))
        if not whole or len(whole) > ID_CHARS or is_paid is None:
            raise CallbackUnreadable("no ReferenceID or no Status that is true or false")
        receipt = fields.get("MFSTransactionID", "")[:RECEIPT_CHARS]
        amount_minor = minor_of(fields.get("Amount", ""))
        # A message that differs in its amount is another one: it must not be lost as a repetition.
        parts = json.dumps([whole, is_paid, receipt, amount_minor])
        return Callback(
            reference=whole.removeprefix(self._account.biller_code),
            conversation_id="",
            receipt=receipt,
            outcome=_outcome(is_paid, receipt),
            code=f"Status={str(is_paid).lower()}",
            message=fields.get("Description", "")[:MESSAGE_CHARS],
            dedupe_key=sha256(parts.encode()).hexdigest(),
            amount_minor=amount_minor,
        )

    def acknowledgement(self, *, body: bytes) -> Acknowledgement:
        account = self._account
        try:
            reference = flat_fields(body).get("ReferenceID", "")
        except CallbackUnreadable:
            reference = ""
        code = account.acknowledged_code if reference else account.not_acknowledged_code
        answer = {
            "ResponseCode": code,
            "ResponseStatus": bool(reference),
            "ResponseDescription": "Callback accepted" if reference else "Callback failed",
            "ReferenceID": reference[:ID_CHARS],
        }
        status = 200 if reference else account.not_acknowledged_status
        return Acknowledgement(json.dumps(answer).encode(), http_status=status)

    def parse_statement(self, *, file: BinaryIO) -> ParsedStatement:
        """As the file has it, with our references as we know them: without the biller code."""
        parsed = read_statement(provider=self.name, file=file)
        code = self._account.biller_code
        rows = (
            replace(row, third_party_id=row.third_party_id.removeprefix(code))
            for row in parsed.rows
        )
        return replace(parsed, rows=rows)

    def parse_bill(self, *, body: bytes) -> BillRequest:
        return bills.parse(body, company=self._account.company_name)

    def answer_bill(self, request: BillRequest | None, answer: BillAnswer) -> Acknowledgement:
        reference = self._reference(answer.reference) if answer.reference else ""
        return bills.worded(request, answer, reference=reference)

    def ping(self) -> None:
        """By the heartbeat, or, where none was issued, by a new token; even while the breaker is open."""
        self._wire.new_token()
        if self._account.heartbeat_url:
            beat = f"HB{uuid4().hex[:12]}"
            try:
                reply = self._wire.post_json(self._account.heartbeat_url, {"ReferenceID": beat})
            except NoAnswer as problem:
                raise ProviderUnavailable(str(problem)) from problem
            if reply.fields.get("ReferenceID") != beat:
                raise ProviderUnavailable(f"mixx has no heartbeat: {reply.message}")

    # --- How it is done ---

    def _ask(self, url: str, body: Mapping[str, Any]) -> Reply | Answer:
        """The reply; or the answer that nobody gave one. Raises ProviderUnavailable."""
        try:
            reply = self._wire.post_json(url, body)
        except NoAnswer as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))
        if reply.code in codes.NOT_ADMITTED:
            raise ProviderUnavailable(f"mixx does not admit us: {reply.code} {reply.message}")
        return reply

    def _answer(self, reply: Reply, reference: str) -> Answer:
        """What a reply says before any callback; of another request it says nothing."""
        outcome = codes.outcome_of_request(
            reply.code, http_status=reply.http_status, is_accepted=reply.is_accepted
        )
        echoed = reply.fields.get("ReferenceID", "")
        if echoed and echoed != self._reference(reference):
            log.error("mixx answered %s with the answer to another request", reference)
            outcome = Outcome.UNKNOWN
        return Answer(outcome, code=reply.code, message=reply.message)

    def _paid_out(self, reply: Reply, reference: str) -> Answer:
        fields, account = reply.fields, self._account
        receipt = fields.get("TXNID", "")[:RECEIPT_CHARS]
        status = fields.get("TXNSTATUS", "")[:CODE_CHARS]
        outcome = Outcome.UNKNOWN
        if fields.get("REFERENCEID") != reference:
            if fields:
                log.error("mixx answered %s with the answer to another payout", reference)
            receipt = ""
        elif reply.http_status == 200 and status in account.payout_done:
            outcome = Outcome.SUCCEEDED if receipt else Outcome.UNKNOWN
        elif reply.http_status == 200 and status and not receipt:
            # As one live partner reads it: without an id there was no transaction (PROVIDERS 2.6).
            outcome = Outcome.FAILED if account.payout_without_id_failed else Outcome.UNKNOWN
        return Answer(
            outcome,
            code=status,
            message=reply.message,
            receipt=receipt,
            is_float_empty=outcome is Outcome.FAILED and status in account.payout_float_empty,
        )

    def _reference(self, reference: str, *, prefix: str | None = None) -> str:
        """Our reference as Mixx takes it. Raises ValueError where it is too long or no plain word."""
        whole = (self._account.biller_code if prefix is None else prefix) + reference
        if not whole.isascii() or not whole.isalnum():
            raise ValueError(f"not a reference for mixx: {reference!r}")
        if len(whole) > self._account.reference_chars_max:
            raise ValueError(f"longer than MIXX_REFERENCE_CHARS_MAX: {whole!r}")
        return whole


def _outcome(is_paid: bool, receipt: str) -> Outcome:
    """A success without a receipt cannot be traced, so it is UNKNOWN."""
    if not is_paid:
        return Outcome.FAILED
    return Outcome.SUCCEEDED if receipt else Outcome.UNKNOWN


def _text(text: str) -> str:
    return " ".join(NOT_IN_TEXTS.sub(" ", text).split())[:REMARK_CHARS]
