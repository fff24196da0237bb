"""What a payout pays, and what it lost between its approval and its sending: on its page and its batch's."""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from backoffice.masks import masked
from backoffice.pages.blocks import ROWS_MAX, Table
from backoffice.pages.display import (
    NOTHING,
    link,
    money,
    provider_name,
    reference_link,
    state,
    two_lines,
)
from marketplace.payouts.models import Payout, PayoutLine
from marketplace.shared.money import format_minor

# The lines of which something was taken back, for `payouts_table`.
LOST = Prefetch("lines", PayoutLine.objects.exclude(taken_back_by="").order_by("pk"), "lost")


def payouts_table(title: Any, payouts: list[Payout]) -> Table:
    """Payouts of a batch, each with what it lost and why; they were fetched with `LOST`."""
    return Table(
        title,
        [_("Payout"), _("Seller"), _("Wallet"), _("State"), _("Receipt"), (_("Amount"), "number")],
        [
            (
                link(one),
                link(one.seller),
                two_lines(
                    one.wallet_name, f"{provider_name(one.provider)} {masked('msisdn', one.msisdn)}"
                ),
                state(one),
                one.receipt,
                _amount(one),
            )
            for one in payouts
        ],
    )


def lines_table(payout: Payout) -> Table:
    """By seller order; where something was taken back, also what was approved, and why it is less."""
    lines = list(payout.lines.order_by("pk")[:ROWS_MAX])
    has_lost = bool(payout.taken_back_minor)
    more = [_("Why"), (_("Approved"), "number"), (_("Taken back"), "number")] if has_lost else []
    return Table(
        _("What it pays"),
        [_("Seller order"), *more, (_("Amount"), "number")],
        [
            (
                reference_link(one.seller_order_reference),
                *(_loss_of(one) if has_lost else ()),
                money(one.amount_minor),
            )
            for one in lines
        ],
    )


def sent_total(amount_minor: int, taken_back_minor: int) -> Any:
    """What is sent and, where they differ, what was approved."""
    if not taken_back_minor:
        return money(amount_minor)
    approved = format_minor(amount_minor + taken_back_minor)
    return two_lines(money(amount_minor), _("of %(amount)s approved") % {"amount": approved})


def what_was_lost(payout: Payout) -> list[tuple[str, Any]]:
    """A notice where a payout lost something before it was sent."""
    if not payout.taken_back_minor:
        return []
    words = _(
        "%(approved)s were approved; %(taken)s were taken back before it was sent and are on the "
        "seller's balance."
    )
    return [("info", words % _amounts(payout))]


def _amount(payout: Payout) -> Any:
    amount = money(payout.amount_minor, payout.currency)
    if not payout.taken_back_minor:
        return amount
    lost: list[PayoutLine] = payout.lost  # type: ignore[attr-defined]
    why = "; ".join(
        f"{one.seller_order_reference}: {one.get_taken_back_by_display()}" for one in lost
    )
    words = _("%(approved)s approved, %(taken)s taken back (%(why)s)")
    return two_lines(amount, words % {**_amounts(payout), "why": why})


def _amounts(payout: Payout) -> dict[str, str]:
    return {
        "approved": format_minor(payout.approved_minor, payout.currency),
        "taken": format_minor(payout.taken_back_minor, payout.currency),
    }


def _loss_of(line: PayoutLine) -> tuple[Any, ...]:
    if not line.taken_back_minor:
        return NOTHING, money(line.approved_minor), NOTHING
    return (
        line.get_taken_back_by_display(),
        money(line.approved_minor),
        money(line.taken_back_minor),
    )
