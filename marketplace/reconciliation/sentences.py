"""What is said about a verdict: of matches by the database, of exceptions one by one."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.reconciliation.states import ExceptionKind
from marketplace.shared.money import format_minor


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with an exception, beside its line's amount."""

    rule: str
    exception: str
    argument: str
    reference: str
    expected_minor: int | None
    limit_minor: int | None
    actual_minor: int
    details: str
    receipt: str


def because(rule: str) -> tuple[str, str]:
    """Why a line is matched, and the placeholder in it that the verdict's argument fills."""
    return {
        "charge": (_("Charge for %(reference)s"), "%(reference)s"),
        "sweep": (_("Transfer to the bank"), ""),
        "receipt": (_("Receipt %(receipt)s"), "%(receipt)s"),
        "reference": (_("Our reference %(reference)s"), "%(reference)s"),
        "linked_receipt": (
            _("Gives back the payment with receipt %(receipt)s"),
            "%(receipt)s",
        ),
        "amount_wallet_time": (
            _("The only movement of this amount by wallet %(number)s at that time"),
            "%(number)s",
        ),
    }[rule]


def charge_alone() -> str:
    return _("Charge within the usual limit")


def explanation(found: Finding) -> str:
    """Why a person must look, in the language that is active."""
    match found.exception:
        case ExceptionKind.FEE_UNEXPECTED:
            return _fee(found)
        case ExceptionKind.AMOUNT_DIFFERS:
            text, placeholder = because(found.rule)
            return _(
                "%(why)s is %(reference)s over %(expected)s, but the statement says %(actual)s."
            ) % {
                "why": text.replace(placeholder, found.argument),
                "reference": found.reference,
                "expected": format_minor(found.expected_minor or 0),
                "actual": format_minor(found.actual_minor),
            }
        case ExceptionKind.DUPLICATE:
            return _duplicate(found)
        case ExceptionKind.REVERSED:
            return _("The provider reversed %(reference)s; our books know of no such refund.") % {
                "reference": found.argument
            }
        case ExceptionKind.UNKNOWN:
            return _("A kind of line that we do not know: %(details)s") % {
                "details": found.details[:200] or found.receipt
            }
    return _("Neither receipt %(receipt)s nor a reference of ours stands in our books.") % {
        "receipt": found.receipt
    }


def _fee(found: Finding) -> str:
    if found.actual_minor >= 0:
        return _("A charge that brings money instead of taking it.")
    text = _("The charge %(fee)s is above %(limit)s, the most that is usual for %(what)s.")
    return text % {
        "fee": format_minor(-found.actual_minor),
        "limit": format_minor(found.limit_minor or 0),
        "what": found.argument or _("a movement that we do not know"),
    }


def _duplicate(found: Finding) -> str:
    if found.argument:
        text = _(
            "%(reference)s was missing and was closed by %(exception)s; it has come after all."
        )
        return text % {"reference": found.reference, "exception": found.argument}
    text = _("%(reference)s stands in the statement already, in a line that fits it better.")
    return text % {"reference": found.reference}
