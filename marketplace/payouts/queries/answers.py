"""When do I get my money? The answer for one earning, in codes for programs and words for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marketplace.payouts.models import Earning, Hold
from marketplace.payouts.states import EarningStatus, HoldKind
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName


@dataclass(frozen=True, slots=True)
class Reason:
    """Why (a part of) an earning is not paid yet: until when, where that is known, and how much,
    where it is only a part (minor units)."""

    code: str
    text: Any
    release_at: datetime | None = None
    amount_minor: int | None = None


def reasons_of(earning: Earning, *, of_seller: Iterable[Hold] = ()) -> list[Reason]:
    """Of an earning as `earnings_of` gives it; `of_seller` are the holds of its whole seller.

    Empty for what goes out with the next payout, and for what is paid or gone.
    """
    reasons = []
    if earning.status in {EarningStatus.PENDING, EarningStatus.ON_HOLD}:
        reasons += [_of_hold(hold) for hold in (*own_holds(earning), *of_seller)]
        if earning.release_at is None:
            days = value_of(RuleName.HOLD)
            text = _("Becomes available %(days)s days after the parcel is delivered.")
            reasons.append(Reason("awaiting_delivery", text % {"days": days}))
        elif earning.status == EarningStatus.PENDING:
            text = _("The buyer may still complain.")
            reasons.append(Reason("hold_period", text, earning.release_at))
    elif earning.status == EarningStatus.AVAILABLE and earning.payout_id is not None:
        reasons.append(Reason("paying", _("It is on its way to the wallet.")))
    reserve = getattr(earning, "reserve", None)
    if reserve is not None and reserve.released_at is None:
        share = f"{reserve.basis_points / 100:g} %"
        text = _("%(share)s stay in reserve for refunds.") % {"share": share}
        reasons.append(Reason("reserve", text, reserve.release_at, reserve.left_minor))
    return reasons


def own_holds(earning: Earning) -> list[Hold]:
    """The open holds of this earning; as `earnings_of` prefetched them, where it did."""
    prefetched: list[Hold] | None = getattr(earning, "open_holds", None)
    if prefetched is not None:
        return prefetched
    return list(earning.holds.filter(freed_at__isnull=True).order_by("pk"))


def _of_hold(hold: Hold) -> Reason:
    """A person's words about a risk are ours to read, not the seller's."""
    texts = {
        HoldKind.DISPUTE: _("A dispute about the order is open: %(about)s."),
        HoldKind.RISK: _("We are looking at this payment."),
        HoldKind.KYC_EXPIRED: _("Documents have expired: %(reason)s. Please send new ones."),
    }
    text = texts[HoldKind(hold.kind)] % {"about": hold.subject, "reason": hold.reason}
    return Reason(hold.kind, text)
