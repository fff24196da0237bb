"""The rules that say what a statement line stands for. Pure: the books come in, verdicts go out.

A rule answers None where it has nothing to say; the first that speaks decides. Whether two lines
claim the same thing of ours is not a rule's business: `rank` says which of them is the better one,
whatever the order in which files were imported.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from marketplace.payments.queries import Settled
from marketplace.reconciliation.models import StatementLine
from marketplace.reconciliation.policies import fee_limit_minor
from marketplace.reconciliation.states import ExceptionKind, TargetKind
from marketplace.shared.ids import ALPHABET, REFERENCE_CHARS
from marketplace.shared.money import format_minor

type Target = tuple[str, str]

# Our references as providers know them: no dash, and a number behind a repeated refund (`T2`).
OUR_REFERENCE = re.compile(
    rf"(?<![0-9A-Z])((?:ATT|REF|PO)[{ALPHABET}]{{{REFERENCE_CHARS}}})(?:T\d+)?(?![0-9A-Z])"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line is. Without `exception` it is explained; `target` is what of ours it claims."""

    rule: str
    explanation: str
    target_kind: str = ""
    target: Settled | None = None
    exception: str = ""

    @property
    def claim(self) -> Target | None:
        return (self.target.kind, self.target.reference) if self.target else None


@dataclass(slots=True)
class Books:
    """What our books know about some lines: by provider receipt, by our reference, by the payment
    that a refund gives back."""

    by_receipt: dict[str, list[Settled]] = field(default_factory=lambda: defaultdict(list))
    by_reference: dict[str, Settled] = field(default_factory=dict)
    refunds_by_payment: dict[str, list[Settled]] = field(default_factory=lambda: defaultdict(list))

    def add(self, movements: Iterable[Settled]) -> None:
        for movement in movements:
            known = self.by_reference.setdefault(undashed(movement.reference), movement)
            if movement.receipt and movement not in self.by_receipt[movement.receipt]:
                self.by_receipt[movement.receipt].append(known)

    def know(self, line: StatementLine) -> bool:
        """Whether there is a movement with the line's receipt (for a charge: in any direction)."""
        found = self.by_receipt.get(line.receipt, ())
        return any(line.kind == "fee" or _same_direction(line, each) for each in found)


def undashed(reference: str) -> str:
    return reference.replace("-", "")


def our_reference_in(line: StatementLine) -> str:
    """Our reference as the provider knows it, from the account number or the details; "" if none."""
    for text in (line.third_party_id, line.details):
        if found := OUR_REFERENCE.search(text.upper()):
            return found[1]
    return ""


def payment_given_back(line: StatementLine, books: Books) -> str:
    """The receipt of the payment that an outgoing line gives back, as far as it says; "" if none."""
    if line.amount_minor >= 0 or line.linked_receipt:
        return line.linked_receipt
    named = books.by_reference.get(our_reference_in(line))
    return named.receipt if named and named.amount_minor > 0 else ""


def judge(line: StatementLine, books: Books) -> Verdict:
    """What the line is, by the first rule that speaks."""
    return next(verdict for rule in RULES if (verdict := rule(line, books)) is not None)


def rank(line: StatementLine, target: Settled) -> tuple[bool, bool, datetime, str]:
    """Of the lines that claim one target, the smallest is it; the others are duplicates."""
    return (
        line.amount_minor != target.amount_minor,
        line.receipt != target.receipt,
        line.completed_at,
        line.dedupe_key,
    )


def is_charge(line: StatementLine, books: Books) -> Verdict | None:
    """A provider's charge: ordinary within limits, else somebody must look at it."""
    if line.kind != "fee":
        return None
    movement = _charged_for(line, books)
    limit_minor = fee_limit_minor(movement_minor=movement.amount_minor if movement else None)
    if line.amount_minor >= 0:
        return Verdict(
            "charge",
            _("A charge that brings money instead of taking it."),
            exception=ExceptionKind.FEE_UNEXPECTED,
        )
    if -line.amount_minor > limit_minor:
        return Verdict(
            "charge",
            _("The charge %(fee)s is above %(limit)s, the most that is usual for %(what)s.")
            % {
                "fee": format_minor(-line.amount_minor),
                "limit": format_minor(limit_minor),
                "what": movement.reference if movement else _("a movement that we do not know"),
            },
            exception=ExceptionKind.FEE_UNEXPECTED,
        )
    return Verdict(
        "charge",
        _("Charge for %(reference)s") % {"reference": movement.reference}
        if movement
        else _("Charge within the usual limit"),
        target_kind=TargetKind.FEE,
    )


def is_sweep(line: StatementLine, books: Books) -> Verdict | None:
    """A transfer from the wallet to the bank."""
    if line.kind != "sweep":
        return None
    return Verdict("sweep", _("Transfer to the bank"), target_kind=TargetKind.SWEEP)


def has_our_receipt(line: StatementLine, books: Books) -> Verdict | None:
    """The provider told us this receipt when it settled the movement."""
    candidates = [
        movement
        for movement in books.by_receipt.get(line.receipt, ())
        if _same_direction(line, movement)
    ]
    if not candidates:
        return None
    target = min(candidates, key=lambda movement: movement.amount_minor != line.amount_minor)
    return _claiming("receipt", line, target, _("Receipt %(receipt)s") % {"receipt": line.receipt})


def has_our_reference(line: StatementLine, books: Books) -> Verdict | None:
    """The line carries the reference that we gave the provider."""
    reference = our_reference_in(line)
    target = books.by_reference.get(reference)
    if target is None or not _same_direction(line, target):
        return None
    return _claiming(
        "reference", line, target, _("Our reference %(reference)s") % {"reference": reference}
    )


def gives_back_our_payment(line: StatementLine, books: Books) -> Verdict | None:
    """A reversal names the receipt of the payment; the refund is the one of the same amount."""
    receipt = payment_given_back(line, books)
    refunds = books.refunds_by_payment.get(receipt, ()) if receipt else ()
    same = [refund for refund in refunds if refund.amount_minor == line.amount_minor]
    if not same:
        return None
    return _claiming(
        "linked_receipt",
        line,
        same[0],
        _("Gives back the payment with receipt %(receipt)s") % {"receipt": receipt},
    )


def is_unknown_to_us(line: StatementLine, books: Books) -> Verdict | None:
    """Nothing of ours explains it."""
    if line.kind == "other" or line.amount_minor == 0:
        return Verdict(
            "none",
            _("A kind of line that we do not know: %(details)s")
            % {"details": line.details[:200] or line.receipt},
            exception=ExceptionKind.UNKNOWN,
        )
    receipt = payment_given_back(line, books)
    payment = next(iter(books.by_receipt.get(receipt, ())), None)
    if receipt and payment:
        explanation = _("The provider reversed %(reference)s; our books know of no such refund.")
        return Verdict(
            "none",
            explanation % {"reference": payment.reference},
            exception=ExceptionKind.MISSING_IN_BOOKS,
        )
    return Verdict(
        "none",
        _("Neither receipt %(receipt)s nor a reference of ours stands in our books.")
        % {"receipt": line.receipt},
        exception=ExceptionKind.MISSING_IN_BOOKS,
    )


RULES: tuple[Callable[[StatementLine, Books], Verdict | None], ...] = (
    is_charge,
    is_sweep,
    has_our_receipt,
    has_our_reference,
    gives_back_our_payment,
    is_unknown_to_us,
)


def _claiming(rule: str, line: StatementLine, target: Settled, why: str) -> Verdict:
    if line.amount_minor == target.amount_minor:
        return Verdict(rule, why, target_kind=target.kind, target=target)
    return Verdict(
        rule,
        _("%(why)s is %(reference)s over %(expected)s, but the statement says %(actual)s.")
        % {
            "why": why,
            "reference": target.reference,
            "expected": format_minor(target.amount_minor),
            "actual": format_minor(line.amount_minor),
        },
        target_kind=target.kind,
        target=target,
        exception=ExceptionKind.AMOUNT_DIFFERS,
    )


def _charged_for(line: StatementLine, books: Books) -> Settled | None:
    """The movement that a charge belongs to: they share the receipt, or our reference."""
    by_receipt = next(iter(books.by_receipt.get(line.receipt, ())), None)
    return by_receipt or books.by_reference.get(our_reference_in(line))


def _same_direction(line: StatementLine, movement: Settled) -> bool:
    return (line.amount_minor > 0) == (movement.amount_minor > 0)
