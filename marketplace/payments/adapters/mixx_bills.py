"""Bills that Mixx customers pay from the phone's own menu: Mixx asks us in XML and waits (PROVIDERS 2.7).

The money moves where our answer says TS. The answer is always HTTP 200 with XML, whatever we think.
"""

import re

from marketplace.payments.adapters import xml
from marketplace.payments.adapters.mixx_wire import minor_of
from marketplace.payments.adapters.wire import ID_CHARS, MESSAGE_CHARS, RECEIPT_CHARS
from marketplace.payments.ports import (
    Acknowledgement,
    BillAnswer,
    BillRequest,
    BillVerdict,
    CallbackUnreadable,
)

COMMAND = "COMMAND"
LOOKUP, PAYMENT = "SYNC_LOOKUP_REQUEST", "SYNC_BILLPAY_REQUEST"
WALLET = re.compile(r"255[67][0-9]{8}")
CODES = {
    BillVerdict.TAKEN: ("error000", "Success"),
    BillVerdict.UNAVAILABLE: ("error001", "Service unavailable"),
    BillVerdict.REFERENCE_UNKNOWN: ("error010", "Invalid customer reference"),
    BillVerdict.REFERENCE_LOCKED: ("error011", "Customer reference locked"),
    BillVerdict.AMOUNT_INVALID: ("error012", "Invalid amount"),
    BillVerdict.AMOUNT_TOO_HIGH: ("error014", "Amount too high"),
    BillVerdict.AMOUNT_TOO_LOW: ("error015", "Amount too low"),
    BillVerdict.PAYMENT_INVALID: ("error016", "Invalid payment"),
    BillVerdict.UNREADABLE: ("error030", "Bad format"),
}


def parse(body: bytes, *, company: str) -> BillRequest:
    """Raises CallbackUnreadable, also for what is meant for another company."""
    fields = xml.texts(body, root=COMMAND)
    kind = fields.get("TYPE", "")
    if kind not in {LOOKUP, PAYMENT}:
        raise CallbackUnreadable(f"TYPE is neither {LOOKUP} nor {PAYMENT}")
    if fields.get("COMPANYNAME", "").casefold() != company.casefold():
        raise CallbackUnreadable("COMPANYNAME is not ours")
    msisdn, reference = fields.get("MSISDN", ""), fields.get("CUSTOMERREFERENCEID", "")
    if not WALLET.fullmatch(msisdn) or not 0 < len(reference) <= ID_CHARS:
        raise CallbackUnreadable("no MSISDN or no CUSTOMERREFERENCEID")
    if kind == LOOKUP:
        return BillRequest(True, reference, f"+{msisdn}")
    receipt = fields.get("TXNID", "")
    if not receipt.isalnum() or len(receipt) > RECEIPT_CHARS:
        raise CallbackUnreadable("no TXNID")
    return BillRequest(
        False,
        reference,
        f"+{msisdn}",
        receipt=receipt,
        amount_minor=minor_of(fields.get("AMOUNT", "")),
        sender=fields.get("SENDERNAME", "")[:MESSAGE_CHARS],
    )


def worded(request: BillRequest | None, answer: BillAnswer, *, reference: str) -> Acknowledgement:
    """`reference` is our id as Mixx takes it. What could not be read is answered as a payment."""
    code, description = CODES[answer.verdict]
    is_taken = answer.verdict == BillVerdict.TAKEN
    result = {"RESULT": "TS" if is_taken else "TF", "ERRORCODE": code}
    end = {
        "MSISDN": request.msisdn.removeprefix("+") if request else "",
        "FLAG": "Y" if is_taken else "N",
        "CONTENT": (answer.content or description)[:MESSAGE_CHARS],
    }
    if request and request.is_lookup:
        fields = {"TYPE": "SYNC_LOOKUP_RESPONSE", **result, "ERRORDESC": description, **end}
    else:
        fields = {
            "TYPE": "SYNC_BILLPAY_RESPONSE",
            "TXNID": request.receipt if request else "",
            "REFID": reference,
            **result,
            "ERRORDESCRIPTION": description,
            **end,
        }
    return Acknowledgement(xml.document(COMMAND, fields), content_type="application/xml")
