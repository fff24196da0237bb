"""What a provider's code means, in our words and the reader's language; their own words are English.
So is what we wrote down in their place.

Codes are the providers' (PROVIDERS 1.5, 2.4, 3.7); those of different providers never look alike. One
that does not stand here is said as the provider says it.
"""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from marketplace.payments.ports import UNAVAILABLE
from marketplace.shared.sayings import Sayings

_TAKEN = _("The provider accepted it")
_WRONG_PIN = _("The PIN was wrong, or the customer declined")
_NO_MONEY = _("The wallet that pays has too little money")
_LIMIT = _("A limit of the wallet is reached")
_OUR_LIMIT = _("A limit of our own wallet is reached")
_AMOUNT = _("The provider does not take this amount")
_NUMBER = _("The number has no wallet there, or is not valid")
_REQUEST = _("The provider did not accept how the request was made")
_ADMITTANCE = _("The provider does not admit our account or its keys")
_IN_DOUBT = _("The provider does not know yet what became of it")
_CURRENCY = _("The provider does not take this currency")
_NOT_FOUND = _("The provider does not find it")
_DUPLICATE = _("The provider had this request before")
_REFUSED = _("The provider refused it")
_FAILED = _("It failed at the provider")
_EXPIRED = _("Nobody confirmed it in time")
_IN_PROCESS = _("It is still in process at the provider")
_PAYEE = _("The payee may not be paid so")

_MPESA = {
    "INS-0": _TAKEN,
    "INS-1": _IN_DOUBT,
    "INS-6": _WRONG_PIN,
    "INS-9": _IN_DOUBT,
    "INS-10": _DUPLICATE,
    "INS-13": _ADMITTANCE,
    "INS-15": _AMOUNT,
    "INS-17": _REQUEST,
    "INS-18": _NOT_FOUND,
    "INS-20": _REQUEST,
    "INS-21": _REQUEST,
    "INS-23": _NOT_FOUND,
    "INS-26": _CURRENCY,
    "INS-28": _REQUEST,
    "INS-30": _REQUEST,
    "INS-31": _REQUEST,
    "INS-35": _("The transaction is another organisation's"),
    "INS-989": _ADMITTANCE,
    "INS-990": _LIMIT,
    "INS-991": _LIMIT,
    "INS-992": _LIMIT,
    "INS-993": _OUR_LIMIT,
    "INS-994": _OUR_LIMIT,
    "INS-995": _("It is more than one transaction may move"),
    "INS-996": _("The provider does not take it at this hour"),
    "INS-997": _ADMITTANCE,
    "INS-998": _ADMITTANCE,
    "INS-2001": _ADMITTANCE,
    "INS-2006": _NO_MONEY,
    "INS-2051": _NUMBER,
}
_MIXX = {
    "BILLER-18-3018-E": _LIMIT,
    "BILLER-18-3019-E": _AMOUNT,
    "BILLER-18-3020-E": _LIMIT,
    "BILLER-18-3021-E": _ADMITTANCE,
    "BILLER-18-3022-E": _ADMITTANCE,
    "BILLER-18-3040-E": _ADMITTANCE,
    "DebitMandate-10-1000-E": _IN_DOUBT,
    "DebitMandate-10-2001-E": _ADMITTANCE,
    "DebitMandate-10-2002-E": _NUMBER,
    "DebitMandate-10-2003-E": _ADMITTANCE,
    "DebitMandate-10-2004-V": _NUMBER,
    "DebitMandate-10-2005-E": _NUMBER,
    "DebitMandate-10-2020-V": _IN_DOUBT,
    "DebitMandate-10-2038-V": _REQUEST,
    "DebitMandate-10-3000-E": _ADMITTANCE,
    "DebitMandate-10-5000-E": _IN_DOUBT,
}
_AIRTEL = {
    # Payments.
    "DP00800001001": _TAKEN,
    "DP00800001002": _WRONG_PIN,
    "DP00800001003": _LIMIT,
    "DP00800001004": _AMOUNT,
    "DP00800001005": _("The customer entered no PIN"),
    "DP00800001006": _IN_PROCESS,
    "DP00800001007": _NO_MONEY,
    "DP00800001008": _REFUSED,
    "DP00800001009": _REFUSED,
    "DP00800001010": _PAYEE,
    "DP00800001025": _NOT_FOUND,
    "DP00800001026": _ADMITTANCE,
    "DP00800001029": _EXPIRED,
    # Payouts.
    "DP00900001001": _TAKEN,
    "DP00900001003": _OUR_LIMIT,
    "DP00900001004": _AMOUNT,
    "DP00900001005": _FAILED,
    "DP00900001006": _IN_PROCESS,
    "DP00900001007": _NO_MONEY,
    "DP00900001009": _ADMITTANCE,
    "DP00900001010": _PAYEE,
    "DP00900001011": _DUPLICATE,
    "DP00900001012": _NUMBER,
    "DP00900001013": _REFUSED,
    "DP00900001015": _NOT_FOUND,
    "DP00900001016": _ADMITTANCE,
    "DP00900001017": _DUPLICATE,
    "ESB000008": _REQUEST,
    "ESB000033": _NUMBER,
    "ESB000034": _CURRENCY,
    "ESB000035": _CURRENCY,
    "ESB000036": _NUMBER,
    "ESB000039": _ADMITTANCE,
    "ESB000041": _DUPLICATE,
    "ESB000045": _NOT_FOUND,
    "ROUTER001": _ADMITTANCE,
    "ROUTER003": _REQUEST,
    "ROUTER005": _ADMITTANCE,
    "ROUTER006": _ADMITTANCE,
    "ROUTER007": _ADMITTANCE,
    "ROUTER110": _ADMITTANCE,
    "ROUTER112": _CURRENCY,
    "ROUTER114": _ADMITTANCE,
    "ROUTER115": _ADMITTANCE,
    "ROUTER116": _ADMITTANCE,
    "ROUTER119": _CURRENCY,
    "ESB000010": _TAKEN,
    "TS": _TAKEN,
    "TF": _FAILED,
    "TE": _EXPIRED,
    "TIP": _IN_PROCESS,
    "TA": _IN_DOUBT,
}
WRITTEN = Sayings(
    (
        _("receipt %(receipt)s belongs to %(reference)s"),
        _("%(amount)s minor units cannot have been moved"),
        _("no statement from %(since)s on shows it"),
        _("a statement shows it: %(reference)s"),
        _("settled by two people, %(reference)s"),
        _("goes back as %(reference)s"),
        _("the provider took the payment back by itself"),
        _("the payment is not given back"),
        _("an answer about another one"),
        _("a duplicate, but not found"),
        _("%(provider)s failed repeatedly and is left alone for now"),
        _("%(provider)s is being tried by another process"),
        _("%(provider)s cannot be reached: %(problem)s"),
        _("no answer: %(problem)s"),
    )
)
"""What we say of a payment or a refund where the provider said nothing, as it is kept."""

_OURS = {UNAVAILABLE: _("The provider could not be reached; nothing was sent")}
EXPLANATIONS: dict[str, Any] = _MPESA | _MIXX | _AIRTEL | _OURS


def explained(*, code: str, message: str) -> str:
    """What happened, with the provider's own words quoted; those alone where the code says nothing."""
    said = EXPLANATIONS.get(code)
    if said is None or not message:
        return str(said or message)
    return _t("%(said)s (“%(words)s”)") % {"said": said, "words": message}


def told(*, code: str, message: str) -> str:
    """The same of what is kept: words of ours that stand in place of a provider's are said again."""
    return explained(code=code, message=WRITTEN.again(message))
