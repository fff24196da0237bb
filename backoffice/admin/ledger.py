"""The books: accounts, journal entries. They are posted by commands and changed by nobody."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.books import account_name, account_words
from backoffice.pages.blocks import ROWS_MAX, Page, Table
from backoffice.pages.display import link, moment, money, reference_link, two_lines
from backoffice.pages.search import same
from backoffice.timeline import title_of
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.ledger.queries import balance
from reports.memos import memo_in_words


@admin.register(Account)
class AccountAdmin(Console):
    """Accounts by code; all balances together stand on the trial balance."""

    chips = "kind"
    list_display = ("code", "named", "kind_shown", "currency", "opened")
    ordering = ("code",)
    search_by = {"code__startswith": same}
    search_hint = _("Beginning of the code, such as seller_available:SEL-")

    @display(description=_("Name"))
    def named(self, account: Account) -> Any:
        return account_name(account.code)

    @display(description=_("Kind"), ordering="kind")
    def kind_shown(self, account: Account) -> Any:
        return account.get_kind_display()

    @display(description=_("Opened"), ordering="created_at")
    def opened(self, account: Account) -> Any:
        return moment(account.created_at)

    def page(self, request: HttpRequest, account: Account) -> Page:
        newest = account.postings.select_related("entry").order_by("-posted_at", "-pk")[:ROWS_MAX]
        return Page(
            title=account_name(account.code),
            figures=[
                (_("Balance"), money(balance(account=account.code), account.currency)),
                (_("Code"), account.code),
                (_("Kind"), account.get_kind_display()),
                (_("Opened"), moment(account.created_at)),
            ],
            main=[
                Table(
                    _("Newest postings"),
                    [_("When"), _("Entry"), _("Reference"), *DEBIT_AND_CREDIT],
                    [
                        (
                            moment(one.posted_at),
                            link(one.entry, memo_in_words(one.entry.memo)),
                            reference_link(one.reference),
                            *sides(one),
                        )
                        for one in newest
                    ],
                    empty=_("Nobody has posted to it."),
                )
            ],
        )


@admin.register(Entry)
class EntryAdmin(Console):
    """Balanced entries, each caused by exactly one event; newest first."""

    list_display = ("in_words", "posted", "total")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("postings")

    @display(description=_("Memo"))
    def in_words(self, entry: Entry) -> Any:
        return memo_in_words(entry.memo)

    @display(description=_("Posted"), ordering="posted_at")
    def posted(self, entry: Entry) -> Any:
        return moment(entry.posted_at)

    @display(description=_("Amount"))
    def total(self, entry: Entry) -> Any:
        return money(sum(max(0, posting.amount_minor) for posting in entry.postings.all()))

    def page(self, request: HttpRequest, entry: Entry) -> Page:
        return Page(
            title=memo_in_words(entry.memo),
            figures=[
                (_("Posted"), moment(entry.posted_at)),
                (_("Caused by"), link(entry.event, title_of(entry.event.name))),
            ],
            main=[postings_table(_("Postings"), list(entry.postings.select_related("account")))],
        )


FOLDED_ROWS_MIN = 12
DEBIT_AND_CREDIT = ((_("Debit"), "number"), (_("Credit"), "number"))


def sides(posting: Posting) -> tuple[Any, Any]:
    """A posting's amount in the column where it belongs."""
    shown = money(abs(posting.amount_minor), posting.currency)
    return (shown, "") if posting.amount_minor > 0 else ("", shown)


def postings_table(title: Any, postings: list[Posting], *, with_entry: bool = False) -> Table:
    """Postings with their account; what each entry was where several entries are shown."""
    headers: list[Any] = [_("Account"), _("Reference"), *DEBIT_AND_CREDIT]
    rows: list[tuple[Any, ...]] = [
        (
            link(one.account, account_words(one.account.code)),
            reference_link(one.reference),
            *sides(one),
        )
        for one in postings
    ]
    if with_entry:
        headers = [_("Entry"), *headers]
        rows = [
            (two_lines(link(one.entry, memo_in_words(one.entry.memo)), moment(one.posted_at)), *row)
            for one, row in zip(postings, rows, strict=True)
        ]
    debit = sum(max(0, one.amount_minor) for one in postings)
    credit = sum(max(0, -one.amount_minor) for one in postings)
    blank = [""] * (len(headers) - 3)
    footer = [_("Total"), *blank, money(debit), money(credit)] if postings else []
    return Table(
        title,
        headers,
        rows,
        empty=_("Nothing is booked."),
        footer=footer,
        is_folded=with_entry and len(rows) > FOLDED_ROWS_MIN,
    )
