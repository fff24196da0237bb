"""Pages that are about no single row: finding a reference, the books, balances."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldSiteViewMixin

from backoffice.books import account_words
from backoffice.pages.blocks import Page, Table
from backoffice.pages.display import link, money, page_of
from backoffice.pages.site_page import ConsolePage
from backoffice.things import find
from marketplace.ledger import chart
from marketplace.ledger.models import AccountKind
from marketplace.ledger.queries import balances_by_prefix, last_closed_day, trial_balance
from marketplace.ledger.totals import Total
from marketplace.sellers.models import Seller

BALANCES_MAX = 500


class Find(UnfoldSiteViewMixin, TemplateView):
    """`ORD-7K3M9QX2` → its page; 404 for what does not exist or is not this person's to see."""

    http_method_names = ["get", "head", "options"]
    permission_required = ()
    title = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = find(request, kwargs["reference"], limit=1)
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
            (account_words(x.account), kinds.get(x.kind, x.kind), money(x.debit_minor), money(x.credit_minor),
             money(x.balance_minor))
            for x in _by_family(lines)
        ]  # fmt: skip
        difference, closed = debit - credit, last_closed_day()
        return Page(
            figures=[
                (_("Debits"), money(debit)),
                (_("Credits"), money(credit)),
                (_("Difference"), money(difference)),
                (_("Closed until"), date_format(closed) if closed else "–"),
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


def _by_family(lines: list[Total]) -> list[Total]:
    """One line per account, and one for all accounts of a family that has one per seller."""
    families: dict[str, Total] = {}
    for line in lines:
        family, _colon, key = line.account.partition(":")
        name = f"{family}:*" if key.startswith("SEL-") else line.account
        known = families.get(name)
        families[name] = Total(
            name,
            line.kind,
            line.debit_minor + (known.debit_minor if known else 0),
            line.credit_minor + (known.credit_minor if known else 0),
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
