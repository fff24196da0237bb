"""What a payout pays, and what it lost between its approval and its sending: on its page and its batch's."""

from collections.abc import Sequence
from typing import Any

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


def payouts_table(title: Any, payouts: list[Payout]) -> Table:
    """Each with its seller and wallet, and what was approved where less is sent."""
    return Table(
        title,
        [_("Payout"), _("Seller"), _("Wallet"), _("State"), (_("Amount"), "number")],
        [
            (
                link(one),
                link(one.seller),
                two_lines(
                    one.wallet_name, f"{provider_name(one.provider)} {masked('msisdn', one.msisdn)}"
                ),
                two_lines(state(one), one.receipt),
                sent_total(one.amount_minor, one.taken_back_minor),
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
    words = _("%(approved)s were approved; %(taken)s of it were taken back before it was sent.")
    amounts = {
        "approved": format_minor(payout.approved_minor, payout.currency),
        "taken": format_minor(payout.taken_back_minor, payout.currency),
    }
    return [("info", words % amounts)]


def losses_table(payouts: Sequence[Payout]) -> list[Table]:
    """What payouts lost before they were sent, and why, in one query; no table where none did."""
    lost = [one for one in payouts if one.taken_back_minor]
    if not lost:
        return []
    lines = PayoutLine.objects.filter(payout__in=lost).exclude(taken_back_by="")
    headings = [_("Payout"), _("Seller order"), _("Why"), (_("Taken back"), "number")]
    rows = [
        (
            link(one.payout),
            reference_link(one.seller_order_reference),
            one.get_taken_back_by_display(),
            money(one.taken_back_minor),
        )
        for one in lines.select_related("payout").order_by("pk")[:ROWS_MAX]
    ]
    return [Table(_("Taken back before it was sent"), headings, rows)]


def _loss_of(line: PayoutLine) -> tuple[Any, ...]:
    if not line.taken_back_minor:
        return NOTHING, money(line.approved_minor), NOTHING
    return (
        line.get_taken_back_by_display(),
        money(line.approved_minor),
        money(line.taken_back_minor),
    )
