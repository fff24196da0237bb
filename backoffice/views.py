"""Pages that are about no single row: finding a reference, the books, balances, the daily proof."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldSiteViewMixin

from backoffice import navigation
from backoffice.pages.blocks import Page, Table
from backoffice.pages.display import chip, link, moment, money, page_of
from backoffice.pages.site_page import ConsolePage
from marketplace.ledger import chart
from marketplace.ledger.models import AccountKind
from marketplace.ledger.queries import balances_by_prefix, trial_balance
from marketplace.payments.gateways import provider_names
from marketplace.payments.states import Provider
from marketplace.reconciliation.queries import Proof, proof
from marketplace.reconciliation.states import ExceptionKind, LineState
from marketplace.sellers.models import Seller
from marketplace.shared import clock

BALANCES_MAX = 500
# Before any wallet; days near the ends of the calendar have no neighbours.
EARLIEST = date(2000, 1, 1)


class Find(UnfoldSiteViewMixin, TemplateView):
    """`ORD-7K3M9QX2` → its page; 404 for what does not exist or is not this person's to see."""

    http_method_names = ["get", "head", "options"]
    permission_required = ()
    title = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = navigation.find(request, kwargs["reference"], limit=1)
        if not found:
            raise Http404
        return HttpResponseRedirect(page_of(found[0]))


class TrialBalance(ConsolePage):
    title = _("Trial balance")
    permission_required = ("ledger.view_account",)

    def blocks(self, request: HttpRequest) -> Page:
        lines = trial_balance()
        debit, credit = sum(x.debit_minor for x in lines), sum(x.credit_minor for x in lines)
        kinds = dict(AccountKind.choices)
        rows = [
            (x.account, kinds.get(x.kind, x.kind), money(x.debit_minor), money(x.credit_minor),
             money(x.balance_minor))
            for x in _by_family(lines)
        ]  # fmt: skip
        difference = debit - credit
        return Page(
            figures=[
                (_("Debits"), money(debit)),
                (_("Credits"), money(credit)),
                (_("Difference"), money(difference)),
            ],
            notices=[("danger", _("The books do not balance."))] if difference else [],
            main=[
                Table(
                    _("Sellers' accounts are summed by family"),
                    [_("Account"), _("Kind"), (_("Debit"), "number"), (_("Credit"), "number"),
                     (_("Balance"), "number")],
                    rows,
                    empty=_("Nothing is booked yet."),
                    footer=[_("Total"), "", money(debit), money(credit), money(difference)],
                )
            ],
        )  # fmt: skip


def _by_family(lines: list[Any]) -> list[Any]:
    """One line per account, and one for all accounts of a family that has one per seller."""
    families: dict[str, Any] = {}
    for line in lines:
        family, _colon, key = line.account.partition(":")
        name = f"{family}:*" if key.startswith("SEL-") else line.account
        known = families.get(name)
        families[name] = type(line)(
            name,
            line.kind,
            line.debit_minor + (known.debit_minor if known else 0),
            line.credit_minor + (known.credit_minor if known else 0),
            line.balance_minor + (known.balance_minor if known else 0),
        )
    return list(families.values())


class Balances(ConsolePage):
    """What we owe the sellers, from the books."""

    title = _("Seller balances")
    permission_required = ("payouts.view_payout",)

    def blocks(self, request: HttpRequest) -> Page:
        columns = [
            _owed(chart.seller_pending("")),
            _owed(chart.seller_available("")),
            _owed(chart.seller_on_hold("")),
        ]
        references = sorted(set().union(*columns))[:BALANCES_MAX]
        sellers = {one.reference: one for one in Seller.objects.filter(reference__in=references)}
        return Page(
            figures=[
                (_("Pending"), money(sum(columns[0].values()))),
                (_("Available"), money(sum(columns[1].values()))),
                (_("On hold"), money(sum(columns[2].values()))),
            ],
            main=[
                Table(
                    _("By seller"),
                    [_("Seller"), (_("Pending"), "number"), (_("Available"), "number"),
                     (_("On hold"), "number")],
                    [
                        (
                            link(sellers[ref]) if ref in sellers else ref,
                            *(money(column.get(ref, 0)) for column in columns),
                        )
                        for ref in references
                    ],
                    empty=_("Nothing is owed."),
                )
            ],
        )  # fmt: skip


def _owed(prefix: str) -> dict[str, int]:
    """Seller's reference → what we owe: a liability's credit balance, as a positive amount."""
    return {
        code.removeprefix(prefix): -total
        for code, total in balances_by_prefix(prefix=prefix).items()
        if total
    }


class DailyProof(ConsolePage):
    """One business day of one provider: its wallet against our books, and what explains the rest."""

    title = _("Daily proof")
    permission_required = ("reconciliation.view_statement",)

    def blocks(self, request: HttpRequest) -> Page:
        day = _day(request.GET.get("day", ""))
        names = provider_names()
        provider = request.GET.get("provider", "")
        provider = provider if provider in names else names[0]
        since = clock.midnight(day)
        found = proof(provider=provider, since=since, until=since + timedelta(days=1))
        return Page(
            tabs=[*_days(day, provider), *_providers(day, provider, names)],
            figures=[
                (_("Statements say"), money(found.statement_minor)),
                (_("Our books say"), money(found.ledger_minor)),
                (_("Difference"), money(found.difference_minor)),
                (_("Explained by open exceptions"), money(found.explained_minor)),
                (_("Has another cause"), money(found.named_minor)),
                (_("Not explained"), money(found.unexplained_minor)),
            ],
            notices=[] if found.statements else [("warning", _("No statement covers this day."))],
            main=[
                _movements(found), _lines(found), _open(found), _named(found), _closing(found),
            ],
        )  # fmt: skip


def _day(asked: str) -> date:
    """The day that was asked for, or yesterday: today's statement is not there yet."""
    yesterday = clock.today() - timedelta(days=1)
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return yesterday
    return day if EARLIEST <= day <= clock.today() else yesterday


def _days(day: date, provider: str) -> list[dict[str, Any]]:
    """Tabs: the days around this one, and yesterday."""
    around = [day - timedelta(days=one) for one in (2, 1, 0, -1, -2)]
    return [
        {
            "title": date_format(one, "D j M"),
            "link": f"?day={one.isoformat()}&provider={provider}",
            "active": one == day,
        }
        for one in around
        if one <= clock.today()
    ]


def _providers(day: date, provider: str, names: Sequence[str]) -> list[dict[str, Any]]:
    labels = dict(Provider.choices)
    if len(names) < 2:
        return []
    return [
        {
            "title": labels.get(name, name),
            "link": f"?day={day.isoformat()}&provider={name}",
            "active": name == provider,
        }
        for name in names
    ]


def _movements(found: Proof) -> Table:
    return Table(
        _("Movements"),
        [_("Kind"), (_("Lines"), "number"), (_("Statements"), "number"), (_("Ours"), "number"),
         (_("Our books"), "number"), (_("Difference"), "number")],
        [
            (
                one.kind,
                one.statement_count,
                money(one.statement_minor),
                one.books_count,
                money(one.books_minor),
                money(one.difference_minor),
            )
            for one in found.kinds
        ],
        empty=_("Nothing moved."),
    )  # fmt: skip


def _lines(found: Proof) -> Table:
    labels = dict(LineState.choices)
    return Table(
        _("Statement lines"),
        [_("State"), (_("Lines"), "number")],
        [(chip(name, labels.get(name, name)), count) for name, count in found.lines.items()],
        empty=_("No line."),
    )


def _open(found: Proof) -> Table:
    labels = dict(ExceptionKind.choices)
    return Table(
        _("Open exceptions"),
        [_("Kind"), (_("How many"), "number"), (_("Wallet minus books"), "number")],
        [
            (labels.get(one.kind, one.kind), one.count, money(one.difference_minor))
            for one in found.open_exceptions
        ],
        empty=_("None is open."),
    )


def _named(found: Proof) -> Table:
    return Table(
        _("Other causes"),
        [_("Cause"), (_("How many"), "number"), (_("Wallet minus books"), "number")],
        [(one.label, one.count, money(one.minor)) for one in found.named],
        empty=_("There is none."),
    )


def _closing(found: Proof) -> Table:
    rows = []
    if found.closing_at is not None:
        rows.append(
            (moment(found.closing_at), money(found.closing_minor), money(found.clearing_minor))
        )
    return Table(
        _("What the wallet holds"),
        [_("At"), (_("Statement's closing balance"), "number"), (_("Our books"), "number")],
        rows,
        empty=_("No statement says."),
    )
