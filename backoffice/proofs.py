"""The proof of a wallet: statement, payments and ledger side by side, and day after day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Piece, Table
from backoffice.pages.display import (
    NOTHING,
    chip,
    moment,
    money,
    provider_name,
    reference_link,
    two_lines,
)
from backoffice.pages.site_page import ConsolePage
from marketplace.payments.gateways import provider_names
from marketplace.reconciliation.queries import Proof, proof
from marketplace.reconciliation.states import ExceptionKind, LineKind, LineState
from marketplace.reconciliation.threeway import (
    CORRECTION,
    Side,
    ThreeWay,
    WalletDay,
    three_way,
    three_way_of,
    wallet_days,
)
from marketplace.shared import clock

# Before any wallet; days near the ends of the calendar have no neighbours.
EARLIEST = date(2000, 1, 1)
MONTH = "%Y-%m"
KINDS = {
    **{kind.value: kind.label for kind in LineKind},
    CORRECTION: _("Corrections by people"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A wallet and a day or a month, as the address says; yesterday where it says nothing."""

    provider: str
    first: date
    is_month: bool

    @classmethod
    def of(cls, request: HttpRequest, *, by_month: bool = False) -> "Asked":
        names = provider_names()
        provider = request.GET.get("provider", "")
        month = _month(request.GET.get("month", ""))
        yesterday = clock.today() - timedelta(days=1)
        if by_month or month:
            month = month or yesterday.replace(day=1)
        return cls(
            provider if provider in names else names[0],
            month or _day(request.GET.get("day", "")) or yesterday,
            month is not None,
        )

    @property
    def until(self) -> date:
        """The day after the last one."""
        return _month_after(self.first) if self.is_month else self.first + timedelta(days=1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        return clock.midnight(self.first), clock.midnight(self.until)

    def address(self, **changes: Any) -> str:
        """The same page with something else: `provider`, `day`, `month` or `kind`."""
        asked: dict[str, Any] = {"provider": self.provider, "day": self.first.isoformat()}
        if self.is_month or "month" in changes:
            asked.pop("day")
            asked.setdefault("month", self.first.strftime(MONTH))
        if "day" in changes:
            asked.pop("month", None)
        return "?" + urlencode(asked | changes)


def _day(asked: str) -> date | None:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return day if EARLIEST <= day <= clock.today() else None


def _month(asked: str) -> date | None:
    """The first day of `2026-10`."""
    return _day(f"{asked}-01")


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


class ThreeWayCheck(ConsolePage):
    """A day or month of one wallet: what the statement, our documents and the ledger say of it."""

    title = _("Three-way check")
    permission_required = ("reconciliation.view_statement",)

    def blocks(self, request: HttpRequest) -> Page:
        asked = Asked.of(request)
        since, until = asked.bounds
        found = proof(provider=asked.provider, since=since, until=until)
        kinds = three_way(provider=asked.provider, since=since, until=until)
        kind = request.GET.get("kind", "")
        main: list[Any] = [_kinds(kinds, asked, kind)]
        if kind in {one.name for one in kinds}:
            main.append(_things(asked, kind))
        main += [
            Piece("", "console/blocks/pair.html", {"blocks": [_open(found), _named(found)]}),
            Piece("", "console/blocks/pair.html", {"blocks": [_lines(found), _closing(found)]}),
        ]
        return Page(
            tabs=[*_periods(asked), *_wallets(asked)],
            figures=[
                (_("Statements say"), money(found.statement_minor)),
                (_("Our books say"), money(found.ledger_minor)),
                (_("Difference"), money(found.difference_minor)),
                (_("Explained by open exceptions"), money(found.explained_minor)),
                (_("Has another cause"), money(found.named_minor)),
                (_("Not explained"), money(found.unexplained_minor)),
            ],
            notices=[] if found.statements else [("warning", _("No statement covers this time."))],
            main=main,
        )


class DailyProof(ConsolePage):
    """A month of one wallet, day by day: opening + movements = closing, against the ledger."""

    title = _("Daily proof")
    permission_required = ("reconciliation.view_statement",)

    def blocks(self, request: HttpRequest) -> Page:
        asked = Asked.of(request, by_month=True)
        until = min(asked.until, clock.today() + timedelta(days=1))
        days = wallet_days(provider=asked.provider, since=asked.first, until=until)
        gap, rest = sum(day.gap_minor for day in days), sum(day.rest_minor for day in days)
        notices = []
        if any(day.gap_minor for day in days):
            text = _(
                "The statement's own balance does not follow from its lines: some are missing."
            )
            notices.append(("danger", text))
        return Page(
            tabs=[*_months(asked), *_wallets(asked)],
            figures=[
                (_("Opening balance"), money(days[0].opening_minor)),
                (_("Movements"), money(sum(day.moved_minor for day in days))),
                (_("Closing balance"), money(days[-1].closing_minor)),
                (_("Gap in the statements"), money(gap)),
                (_("Wallet minus books"), money(sum(day.difference_minor for day in days))),
                (_("Not named by open exceptions"), money(rest)),
            ],
            notices=notices,
            main=[_days(days, asked)],
        )


# --- The three ways ---


def _kinds(kinds: Sequence[ThreeWay], asked: Asked, chosen: str) -> Table:
    return Table(
        _("By kind of movement"),
        [_("Kind"), (_("Statement"), "number"), (_("Our documents"), "number"),
         (_("Ledger"), "number"), (_("Statement minus ledger"), "number"), _("Verdict")],
        [
            (
                _kind(one.name, asked, chosen),
                _side(one.theirs),
                _side(one.ours) if one.has_documents else NOTHING,
                _side(one.ledger),
                money(one.difference_minor),
                _verdict(one),
            )
            for one in kinds
        ],
        footer=[
            _("Total"),
            *(
                _side(Side(sum(x.count for x in side), sum(x.minor for x in side)))
                for side in (
                    [one.theirs for one in kinds],
                    [one.ours for one in kinds],
                    [one.ledger for one in kinds],
                )
            ),
            money(sum(one.difference_minor for one in kinds)),
            "",
        ],
        note=_("Choose a kind to see what stands behind it. Charges and transfers have no document of"
               " ours; they are booked once per statement."),
        empty=_("Nothing moved."),
    )  # fmt: skip


def _kind(name: str, asked: Asked, chosen: str) -> Any:
    label = KINDS.get(name, name)
    if name == chosen:
        return format_html("<strong>{}</strong>", label)
    return format_html('<a class="zt-link" href="{}">{}</a>', asked.address(kind=name), label)


def _side(side: Side) -> Any:
    return two_lines(money(side.minor), side.count)


def _verdict(one: ThreeWay) -> Any:
    return chip("matched", _("Agrees")) if one.agrees else chip("differs", _("Differs"))


def _things(asked: Asked, kind: str) -> Table:
    since, until = asked.bounds
    found = three_way_of(
        provider=asked.provider, since=since, until=until, kind=kind, limit=ROWS_MAX
    )
    return Table(
        _("%(kind)s: what stands behind it") % {"kind": KINDS.get(kind, kind)},
        [_("About"), _("When"), (_("Statement"), "number"), (_("Our documents"), "number"),
         (_("Ledger"), "number"), (_("Statement minus ledger"), "number"), _("Verdict")],
        [
            (
                reference_link(one.name),
                moment(one.at),
                money(one.theirs.minor) if one.theirs.count else NOTHING,
                money(one.ours.minor) if one.has_documents else NOTHING,
                money(one.ledger.minor) if one.ledger.count else NOTHING,
                money(one.difference_minor),
                _verdict(one),
            )
            for one in found
        ],
        note=_("What differs stands first; the first %(limit)s are shown.") % {"limit": ROWS_MAX}
        if len(found) == ROWS_MAX
        else "",
    )  # fmt: skip


def _open(found: Proof) -> Table:
    labels = dict(ExceptionKind.choices)
    queue = reverse("admin:backoffice_exceptionqueue_changelist")
    return Table(
        _("Open exceptions"),
        [_("Kind"), (_("How many"), "number"), (_("Wallet minus books"), "number")],
        [
            (
                format_html(
                    '<a class="zt-link" href="{}?kind__exact={}&provider={}">{}</a>',
                    queue, one.kind, found.provider, labels.get(one.kind, one.kind),
                ),
                one.count,
                money(one.difference_minor),
            )
            for one in found.open_exceptions
        ],
        empty=_("None is open."),
    )  # fmt: skip


def _named(found: Proof) -> Table:
    return Table(
        _("Other causes"),
        [_("Cause"), (_("How many"), "number"), (_("Wallet minus books"), "number")],
        [(one.label, one.count, money(one.minor)) for one in found.named],
        empty=_("There is none."),
    )


def _lines(found: Proof) -> Table:
    labels = dict(LineState.choices)
    return Table(
        _("Statement lines"),
        [_("State"), (_("Lines"), "number")],
        [(chip(name, labels.get(name, name)), count) for name, count in found.lines.items()],
        empty=_("No line."),
    )


def _closing(found: Proof) -> Facts:
    if found.closing_at is None:
        return Facts(_("What the wallet holds"), [(_("At"), _("No statement says."))])
    return Facts(
        _("What the wallet holds"),
        [
            (_("At"), moment(found.closing_at)),
            (_("Statement's closing balance"), money(found.closing_minor)),
            (_("Our books"), money(found.clearing_minor)),
        ],
    )


# --- Day by day ---


def _days(days: Sequence[WalletDay], asked: Asked) -> Table:
    check = reverse("admin:three_way")
    return Table(
        _("Opening + movements = closing"),
        [_("Day"), (_("Opening balance"), "number"), (_("Movements"), "number"),
         (_("Closing balance"), "number"),
         (_("Statement says"), "number"), (_("Our books"), "number"), (_("Difference"), "number"),
         (_("Not named"), "number")],
        [
            (
                format_html(
                    '<a class="zt-link zt-whole" href="{}{}">{}</a>',
                    check, asked.address(day=day.day.isoformat()), date_format(day.day, "D j M"),
                ),
                money(day.opening_minor),
                two_lines(money(day.moved_minor), _lines_of(day)) if day.lines else NOTHING,
                money(day.closing_minor),
                _stated(day),
                _unless_nothing(day.booked_minor),
                _unless_nothing(day.difference_minor),
                _unless_nothing(day.rest_minor),
            )
            for day in days
        ],
        note=_("Charges and transfers count on the day of their line. What open exceptions do not name"
               " has its causes in the day's three-way check."),
    )  # fmt: skip


def _lines_of(day: WalletDay) -> str:
    return ngettext("%(count)s line", "%(count)s lines", day.lines) % {"count": day.lines}


def _unless_nothing(amount_minor: int) -> Any:
    return money(amount_minor) if amount_minor else NOTHING


def _stated(day: WalletDay) -> Any:
    if day.stated_minor is None:
        return NOTHING
    if not day.gap_minor:
        return money(day.stated_minor)
    gap = format_html('<span class="zt-late">{} {}</span>', _("gap"), money(day.gap_minor))
    return two_lines(money(day.stated_minor), gap)


# --- Tabs ---


def _tab(title: Any, link: str, *, active: bool) -> dict[str, Any]:
    return {"title": title, "link": link, "active": active}


def _periods(asked: Asked) -> list[dict[str, Any]]:
    """The days around this one and its month; or the months around this one."""
    if asked.is_month:
        return _months(asked)
    around = [asked.first + timedelta(days=one) for one in (-2, -1, 0, 1, 2)]
    return [
        *(
            _tab(date_format(one, "D j M"), asked.address(day=one.isoformat()),
                 active=one == asked.first)
            for one in around
            if one <= clock.today()
        ),
        _tab(date_format(asked.first, "F Y"), asked.address(month=asked.first.strftime(MONTH)),
             active=False),
    ]  # fmt: skip


def _months(asked: Asked) -> list[dict[str, Any]]:
    this = asked.first.replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    around = [(before - timedelta(days=1)).replace(day=1), before, this, _month_after(this)]
    return [
        _tab(date_format(one, "F Y"), asked.address(month=one.strftime(MONTH)), active=one == this)
        for one in around
        if one <= clock.today()
    ]


def _wallets(asked: Asked) -> list[dict[str, Any]]:
    names = provider_names()
    if len(names) < 2:
        return []
    return [
        _tab(provider_name(name), asked.address(provider=name), active=name == asked.provider)
        for name in names
    ]
