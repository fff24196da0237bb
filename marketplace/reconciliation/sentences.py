"""What is said about a verdict: of matches by the database, of exceptions and suggestions one by one.

The sentences are kept in English; who reads another language has them said again: exceptions and
suggestions from what was found, in lists by the hundred thousand from the sentence itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.reconciliation.models import ReconciliationException, Suggestion
from marketplace.reconciliation.states import ExceptionKind
from marketplace.shared.money import format_minor
from marketplace.shared.sayings import KEPT_IN, Sayings, filled


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with an exception, beside its line's amount.

    Of a movement that is missing there is no line: `argument` is the statement that does not show it.
    """

    rule: str
    exception: str
    argument: str
    reference: str
    expected_minor: int | None
    limit_minor: int | None
    actual_minor: int | None
    details: str
    receipt: str

    def kept(self) -> dict[str, Any]:
        """What an exception keeps of it."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


_NOTHING_FOUND = dict.fromkeys(("rule", "argument", "reference", "details", "receipt"), "") | (
    dict.fromkeys(("expected_minor", "limit_minor", "actual_minor"), None)
)


def because(rule: str) -> tuple[str, str]:
    """Why a line is matched, and the placeholder in it that the verdict's argument fills."""
    return {
        "charge": (_("Charge for %(reference)s"), "%(reference)s"),
        "sweep": (_("Transfer to the bank"), ""),
        "top_up": (_("Top-up of this amount at about that time"), ""),
        "receipt": (_("Receipt %(receipt)s"), "%(receipt)s"),
        "reference": (_("Our reference %(reference)s"), "%(reference)s"),
        "linked_receipt": (
            _("Gives back what has receipt %(receipt)s"),
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
        case ExceptionKind.MISSING_IN_STATEMENT:
            return _(
                "%(reference)s over %(amount)s (receipt %(receipt)s) is settled in our books; "
                "statement %(statement)s does not show it."
            ) % {
                "reference": found.reference,
                "amount": format_minor(found.expected_minor or 0),
                "receipt": found.receipt or "-",
                "statement": found.argument,
            }
        case ExceptionKind.AMOUNT_DIFFERS:
            text, placeholder = because(found.rule)
            return _(
                "%(why)s is %(reference)s over %(expected)s, but the statement says %(actual)s."
            ) % {
                "why": text.replace(placeholder, found.argument),
                "reference": found.reference,
                "expected": format_minor(found.expected_minor or 0),
                "actual": format_minor(found.actual_minor or 0),
            }
        case ExceptionKind.DUPLICATE:
            return _duplicate(found)
        case ExceptionKind.REVERSED if (found.actual_minor or 0) > 0:
            return _("%(reference)s came back, but our books hold it as paid out.") % {
                "reference": found.argument
            }
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


def in_words(row: ReconciliationException) -> str:
    """Why a person must look at it, in the language that is active."""
    if not row.finding:
        return row.explanation
    return explanation(Finding(**(_NOTHING_FOUND | row.finding)))


def suggested(*, rule: str, lines: int, targets: Sequence[tuple[str, int]]) -> str:
    """Why so many lines may stand for these movements (reference, minor units)."""
    sentence = {
        "amount_wallet_time": _("%(ours)s over %(amount)s by this wallet at about that time"),
        "receipt_without_zeros": _("%(ours)s over %(amount)s has this receipt but for its zeros"),
        "sum_of_reference": _("%(lines)s lines carry %(ours)s and come to its %(amount)s"),
        "sum_of_movements": _("%(ours)s by this wallet on that day come to %(amount)s"),
        "sum_of_lines": _("%(lines)s lines of this wallet and day come to %(amount)s, as %(ours)s"),
        "sum_of_both": _(
            "%(lines)s lines of this wallet and day come to %(amount)s, as do %(ours)s"
        ),
    }[rule]
    return sentence % {
        "ours": ", ".join(reference for reference, _minor in targets),
        "amount": format_minor(sum(minor for _reference, minor in targets)),
        "lines": lines,
    }


def suggested_in_words(suggestion: Suggestion) -> str:
    """The same of a suggestion whose lines and movements are loaded, in the language that is active."""
    targets = [(one.target_reference, one.amount_minor) for one in suggestion.targets.all()]
    return suggested(
        rule=suggestion.rule, lines=len(suggestion.lines.all()), targets=sorted(targets)
    )


def _fee(found: Finding) -> str:
    actual_minor = found.actual_minor or 0
    if actual_minor >= 0:
        return _("A charge that brings money instead of taking it.")
    text = _("The charge %(fee)s is above %(limit)s, the most that is usual for %(what)s.")
    return text % {
        "fee": format_minor(-actual_minor),
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


def kept(found: Finding) -> str:
    """Why a person must look, as an exception keeps it."""
    with translation.override(KEPT_IN):
        return explanation(found)[:300]


_WHY = (
    gettext_lazy("Charge for %(reference)s"),
    gettext_lazy("Receipt %(receipt)s"),
    gettext_lazy("Our reference %(reference)s"),
    gettext_lazy("Gives back what has receipt %(receipt)s"),
    gettext_lazy("The only movement of this amount by wallet %(number)s at that time"),
)
_SWEEP = gettext_lazy("Transfer to the bank of all %(count)s lines since %(since)s")
_SUGGESTED = (
    gettext_lazy("%(ours)s over %(amount)s by this wallet at about that time"),
    gettext_lazy("%(ours)s over %(amount)s has this receipt but for its zeros"),
    gettext_lazy("%(lines)s lines carry %(ours)s and come to its %(amount)s"),
    gettext_lazy("%(ours)s by this wallet on that day come to %(amount)s"),
    gettext_lazy("%(lines)s lines of this wallet and day come to %(amount)s, as %(ours)s"),
    gettext_lazy("%(lines)s lines of this wallet and day come to %(amount)s, as do %(ours)s"),
)
BECAUSE = Sayings(
    (
        *_WHY,
        gettext_lazy("Charge within the usual limit"),
        gettext_lazy("Transfer to the bank"),
        gettext_lazy("Top-up of this amount at about that time"),
        _SWEEP,
        filled(_SWEEP, since=gettext_lazy("the beginning")),
        *_SUGGESTED,
    )
)
"""Why a line is matched, as its match keeps it."""


def _found() -> Iterator[Any]:
    fee = gettext_lazy(
        "The charge %(fee)s is above %(limit)s, the most that is usual for %(what)s."
    )
    differs = gettext_lazy(
        "%(why)s is %(reference)s over %(expected)s, but the statement says %(actual)s."
    )
    # Its reference is the movement's, beside the one in the reason.
    differs = filled(differs, reference="%(ours)s")
    yield from (fee, filled(fee, what=gettext_lazy("a movement that we do not know")))
    yield from (filled(differs, why=why) for why in _WHY)
    yield gettext_lazy("A charge that brings money instead of taking it.")
    yield gettext_lazy(
        "%(reference)s over %(amount)s (receipt %(receipt)s) is settled in our books; "
        "statement %(statement)s does not show it."
    )
    yield gettext_lazy(
        "%(reference)s was missing and was closed by %(exception)s; it has come after all."
    )
    yield gettext_lazy(
        "%(reference)s stands in the statement already, in a line that fits it better."
    )
    yield gettext_lazy("%(reference)s came back, but our books hold it as paid out.")
    yield gettext_lazy("The provider reversed %(reference)s; our books know of no such refund.")
    yield gettext_lazy("A kind of line that we do not know: %(details)s")
    yield gettext_lazy("Neither receipt %(receipt)s nor a reference of ours stands in our books.")


FOUND = Sayings(_found())
"""Why a person must look, as an exception keeps it."""

CLOSED = Sayings(
    (
        gettext_lazy("Our books know it now."),
        gettext_lazy("A line that fits better has come."),
        gettext_lazy("The line has come."),
        gettext_lazy("Suggestion %(reference)s was confirmed."),
        *FOUND.sentences,
    )
)
"""What closed an exception where the engine did; the person who closes one may take over what it found."""
