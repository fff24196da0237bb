"""Vodacom M-Pesa Tanzania, Open API ipg v2 (PROVIDERS section 1).

The bearer of a request is the session's id (of getSession: the API key), encrypted with the
platform's RSA key. The provider signs nothing: what a callback says must be confirmed by enquiry.
"""

import json
import logging
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import BinaryIO
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from redis import RedisError

from marketplace.payments.adapters import mpesa_codes as codes
from marketplace.payments.adapters.breaker import Breaker
from marketplace.payments.adapters.sessions import Sessions
from marketplace.payments.adapters.statements import read_statement
from marketplace.payments.adapters.wire import (
    CODE_CHARS,
    CURRENCY,
    ID_CHARS,
    MESSAGE_CHARS,
    NAME_CHARS,
    NOT_SENT,
    RECEIPT_CHARS,
    NoAnswer,
    client,
    digits,
    flat_fields,
    named,
    shillings,
)
from marketplace.payments.ports import (
    Acknowledgement,
    Answer,
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

TRANSACTION_REFERENCE_CHARS = 20
REFERENCE = re.compile(r"[0-9A-Za-z]{1,32}")  # An enquiry finds nothing longer.
NOT_IN_TEXTS = re.compile(r"[^0-9A-Za-z ]+")
TEXT_CHARS = 256


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `fields` is empty where the body was no JSON object."""

    http_status: int
    fields: Mapping[str, str]

    @property
    def code(self) -> str:
        return self.fields.get("output_ResponseCode", "")[:CODE_CHARS]

    @property
    def message(self) -> str:
        return self.fields.get("output_ResponseDesc", "")[:MESSAGE_CHARS]

    @property
    def is_session_problem(self) -> bool:
        return self.code in codes.SESSION_PROBLEMS


class MpesaAdapter:
    """`base_url` ends with `/sandbox` or `/openapi`; `public_key` is base64 DER; times in seconds."""

    name = "mpesa"
    capabilities = Capabilities(names_holders=True)

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        public_key: str,
        service_provider_code: str,
        market: str,
        country: str,
        origin: str,
        b2c_path: str,
        session_lifetime_s: float,
        session_warm_up_s: float,
        connect_timeout_s: float,
        read_timeout_s: float,
    ) -> None:
        self._prefix = f"{base_url.rstrip('/')}/ipg/v2/{market}/"
        self._api_key = api_key
        self._public_key = public_key
        self._service_provider_code = service_provider_code
        self._country = country
        self._origin = origin
        self._b2c_path = b2c_path.strip("/") + "/"
        self._timeout = httpx.Timeout(read_timeout_s, connect=connect_timeout_s)
        # One application, one session and one state of health, whatever process asks.
        application = sha256(f"{self._prefix} {api_key} {public_key}".encode()).hexdigest()[:16]
        self.breaker = Breaker(f"{self.name}:{application}")
        self._sessions = Sessions(
            name=f"{self.name}:{application}",
            fetch=lambda: (self._new_session(), session_lifetime_s),
            warm_up_s=session_warm_up_s,
            patience_s=connect_timeout_s + read_timeout_s,
        )

    # --- What the port promises ---

    def push(self, *, reference: str, msisdn: str, amount_minor: int, description: str) -> Answer:
        return self._request(
            "POST",
            "c2bPayment/singleStage/",
            reference,
            input_Amount=str(shillings(amount_minor)),
            input_Currency=CURRENCY,
            input_CustomerMSISDN=digits(msisdn),
            input_PurchasedItemsDesc=_text(description) or reference,
            input_TransactionReference=reference[:TRANSACTION_REFERENCE_CHARS],
        )

    def disburse(
        self, *, reference: str, msisdn: str, amount_minor: int, description: str
    ) -> Answer:
        answer = self._request(
            "POST",
            self._b2c_path,
            reference,
            input_Amount=str(shillings(amount_minor)),
            input_Currency=CURRENCY,
            input_CustomerMSISDN=digits(msisdn),
            input_PaymentItemsDesc=_text(description) or reference,
            input_TransactionReference=reference[:TRANSACTION_REFERENCE_CHARS],
        )
        return replace(answer, is_float_empty=answer.code in codes.FLOAT_EMPTY)

    def reverse(
        self,
        *,
        reference: str,
        receipt: str,
        amount_minor: int,
        payment_reference: str,
        msisdn: str,
    ) -> Answer:
        return self._request(
            "PUT",
            "reversal/",
            reference,
            input_ReversalAmount=str(shillings(amount_minor)),
            input_TransactionID=receipt,
        )

    def enquire(
        self,
        *,
        reference: str,
        subject: Subject = Subject.PAYMENT,
        payment_reference: str = "",
    ) -> Answer:
        """One query for all three: M-Pesa finds any transaction by our own id of it."""
        query = {
            "input_QueryReference": _reference(reference),
            "input_ServiceProviderCode": self._service_provider_code,
            "input_ThirdPartyConversationID": f"QRY{uuid4().hex[:20]}",
            "input_Country": self._country,
        }
        try:
            reply = self._exchange("GET", "queryTransactionStatus/", params=query)
        except NoAnswer as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))
        return Answer(
            codes.outcome_of_enquiry(
                reply.code,
                http_status=reply.http_status,
                status=reply.fields.get("output_ResponseTransactionStatus", ""),
            ),
            code=reply.code,
            message=reply.fields.get("output_ResponseTransactionStatus", "")[:MESSAGE_CHARS]
            or reply.message,
            # The conversation of an enquiry is the enquiry's own, not the payment's.
            receipt=reply.fields.get("output_OriginalTransactionID", "")[:RECEIPT_CHARS],
            is_reversed=reply.fields.get("output_Reversed", "").strip().lower() == "true",
        )

    def hindrance(self, *, code: str, message: str) -> Hindrance:
        return codes.HINDRANCES.get(code, Hindrance.NONE)

    def holder_name(self, *, msisdn: str) -> str | None:
        """By the name query; the portal does not promise it for Tanzania (PROVIDERS 1.7)."""
        query = {
            "input_CustomerMSISDN": digits(msisdn),
            "input_ServiceProviderCode": self._service_provider_code,
            "input_ThirdPartyConversationID": f"QRY{uuid4().hex[:20]}",
            "input_Country": self._country,
            "input_KycQueryType": "Name",
        }
        try:
            reply = self._exchange("GET", "queryBeneficiaryName/", params=query)
        except NoAnswer as problem:
            raise ProviderUnavailable(str(problem)) from problem
        if reply.code != codes.PROCESSED:
            return None
        names = (reply.fields.get(f"output_Customer{part}Name", "") for part in ("First", "Last"))
        return " ".join(name for name in names if name)[:NAME_CHARS] or None

    def parse_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        fields = flat_fields(body)
        reference = fields.get("input_ThirdPartyConversationID", "")
        code = fields.get("input_ResultCode") or fields.get("input_ResponseCode") or ""
        if not reference or not code or len(reference) > ID_CHARS or len(code) > CODE_CHARS:
            raise CallbackUnreadable("no conversation id or no result code of a sensible length")
        conversation_id = fields.get("input_OriginalConversationID", "")[:ID_CHARS]
        receipt = fields.get("input_TransactionID", "")[:RECEIPT_CHARS]
        parts = json.dumps([conversation_id, reference, code, receipt])
        return Callback(
            reference=reference,
            conversation_id=conversation_id,
            receipt=receipt,
            outcome=codes.outcome_of_result(code, has_receipt=bool(receipt)),
            code=code,
            message=(fields.get("input_ResultDesc") or fields.get("input_ResponseDesc") or "")[
                :MESSAGE_CHARS
            ],
            dedupe_key=sha256(parts.encode()).hexdigest(),
        )

    def acknowledgement(self, *, body: bytes) -> Acknowledgement:
        try:
            fields = flat_fields(body)
        except CallbackUnreadable:
            fields = {}
        answer = {
            "output_OriginalConversationID": fields.get("input_OriginalConversationID", ""),
            "output_ResponseCode": "0",
            "output_ResponseDesc": "Successfully Accepted Result",
            "output_ThirdPartyConversationID": fields.get("input_ThirdPartyConversationID", ""),
        }
        return Acknowledgement(json.dumps(answer).encode())

    def parse_statement(self, *, file: BinaryIO) -> ParsedStatement:
        return read_statement(provider=self.name, file=file)

    def ping(self) -> None:
        """Even while the breaker is open: this is how a person finds out that it may close."""
        self._new_session()

    # --- How it is done ---

    def _request(self, method: str, path: str, reference: str, **fields: str) -> Answer:
        """Move money, at most once: `reference` is the same in the one repetition there can be."""
        body = fields | {
            "input_Country": self._country,
            "input_ServiceProviderCode": self._service_provider_code,
            "input_ThirdPartyConversationID": _reference(reference),
        }
        try:
            reply = self._exchange(method, path, body=body)
        except NoAnswer as problem:
            return Answer(Outcome.UNKNOWN, message=str(problem))
        receipt = reply.fields.get("output_TransactionID", "")[:RECEIPT_CHARS]
        outcome = codes.outcome_of_request(
            reply.code, http_status=reply.http_status, has_receipt=bool(receipt)
        )
        if reply.fields.get("output_ThirdPartyConversationID", reference) != reference:
            log.error("mpesa answered %s with the answer to another request", reference)
            outcome, receipt = Outcome.UNKNOWN, ""
        return Answer(
            outcome,
            code=reply.code,
            message=reply.message or ("" if reply.code else f"HTTP {reply.http_status}"),
            conversation_id=reply.fields.get("output_ConversationID", "")[:ID_CHARS],
            receipt=receipt,
        )

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """One answer, with a session; raises NoAnswer, or ProviderUnavailable if nothing was done."""
        session_id = self._session()
        reply = self._send(method, path, bearer=session_id, body=body, params=params)
        if reply.is_session_problem:
            # The body proves that the request was not looked at, so it may be sent once more.
            session_id = self._session(instead_of=session_id)
            reply = self._send(method, path, bearer=session_id, body=body, params=params)
        if reply.is_session_problem:
            raise ProviderUnavailable(f"mpesa refuses a new session: {reply.code} {reply.message}")
        return reply

    def _session(self, *, instead_of: str = "") -> str:
        try:
            self.breaker.require_closed()
            if instead_of:
                self._sessions.drop(instead_of)
            return self._sessions.current()
        except RedisError as problem:
            raise ProviderUnavailable("the cache with mpesa's session is away") from problem

    def _new_session(self) -> str:
        try:
            reply = self._send("GET", "getSession/", bearer=self._api_key)
        except NoAnswer as problem:
            raise ProviderUnavailable(str(problem)) from problem
        session_id = reply.fields.get("output_SessionID", "")
        if reply.code != codes.PROCESSED or not session_id:
            raise ProviderUnavailable(
                f"mpesa gives no session: {reply.code or reply.http_status} {reply.message}"
            )
        return session_id

    def _send(
        self,
        method: str,
        path: str,
        *,
        bearer: str,
        body: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        try:
            response = self._client.request(
                method,
                self._prefix + path,
                json=body,
                params=params,
                headers={"Authorization": f"Bearer {self._encrypted(bearer)}"},
            )
        except NOT_SENT as problem:
            self.breaker.failed()
            raise ProviderUnavailable(f"mpesa cannot be reached: {named(problem)}") from problem
        except httpx.TransportError as problem:
            self.breaker.failed()
            raise NoAnswer(f"no answer: {named(problem)}") from problem
        try:
            fields = flat_fields(response.content)
        except CallbackUnreadable:
            fields = {}
        if "output_ResponseCode" in fields:
            self.breaker.succeeded()
        else:
            self.breaker.failed()
        return Reply(response.status_code, fields)

    @cached_property
    def _client(self) -> httpx.Client:
        """Made at its first use: in the process that uses it, not in the one that forked it."""
        return client(self._timeout, {"Content-Type": "application/json", "Origin": self._origin})

    def _encrypted(self, secret: str) -> str:
        return b64encode(self._key.encrypt(secret.encode(), PKCS1v15())).decode()

    @cached_property
    def _key(self) -> RSAPublicKey:
        key = load_der_public_key(b64decode(self._public_key))
        if not isinstance(key, RSAPublicKey):
            raise TypeError("MPESA_PUBLIC_KEY is not an RSA key")
        return key


def _reference(reference: str) -> str:
    if not REFERENCE.fullmatch(reference):
        raise ValueError(f"not a reference that mpesa can find again: {reference!r}")
    return reference


def _text(text: str) -> str:
    """Letters, digits and single spaces: anything else is answered with INS-30."""
    return " ".join(NOT_IN_TEXTS.sub(" ", text).split())[:TEXT_CHARS]
