"""The pieces of a month's page: its checklist, its wallets, its closing balances and what changed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.books import account_words
from backoffice.pages.blocks import Piece, Table
from backoffice.pages.display import NOTHING, money, provider_name, reference_link
from marketplace.closing.checklist import Check
from marketplace.closing.models import ClosingBalance
from marketplace.closing.queries import Difference
from marketplace.closing.states import CheckCode
from marketplace.ledger.models import AccountKind
from marketplace.reconciliation.proofs import WalletMonth
from marketplace.shared.money import format_minor
from marketplace.shared.months import month_after

# Where each point is worked: the page, and the permission to open it.
WORKED_AT = {
    CheckCode.STATEMENTS: (
        "reconciliation_statement_changelist",
        "reconciliation.view_statement",
    ),
    CheckCode.EXCEPTIONS: (
        "backoffice_exceptionqueue_changelist",
        "backoffice.view_exceptionqueue",
    ),
    CheckCode.SUGGESTIONS: (
        "backoffice_suggestionqueue_changelist",
        "backoffice.view_suggestionqueue",
    ),
    CheckCode.WALLETS: ("daily_proof", "reconciliation.view_statement"),
    CheckCode.ISSUES: ("backoffice_issuequeue_changelist", "backoffice.view_issuequeue"),
    CheckCode.REFUNDS: ("payments_refund_changelist", "payments.view_refund"),
    CheckCode.PAYOUTS: ("payouts_payoutbatch_changelist", "payouts.view_payoutbatch"),
    CheckCode.INVOICES: ("billing_document_changelist", "billing.view_document"),
    CheckCode.SUSPENSE: ("ledger_account_changelist", "ledger.view_account"),
    CheckCode.TRIAL_BALANCE: ("trial_balance", "ledger.view_account"),
    CheckCode.INVARIANTS: ("system", "backoffice.see_system"),
}
DONE = {
    CheckCode.STATEMENTS: _("All %(counted)s days of the wallets are covered."),
    CheckCode.WALLETS: _("Statements and books of %(counted)s wallets agree."),
    CheckCode.INVOICES: _("Billed: %(counted)s"),
    CheckCode.TRIAL_BALANCE: _("%(counted)s accounts, and their sum is nought."),
    CheckCode.INVARIANTS: _("%(counted)s rules hold."),
}
NOTHING_WAITS = _("Nothing waits.")
UNDONE = {
    CheckCode.STATEMENTS: _("%(undone)s of %(counted)s days are not covered:"),
    CheckCode.WALLETS: _("%(amount)s are not explained:"),
    CheckCode.INVOICES: _("Not billed: %(undone)s"),
    CheckCode.SUSPENSE: _("%(amount)s lie there, from %(undone)s:"),
    CheckCode.TRIAL_BALANCE: _("They differ by %(amount)s."),
    CheckCode.INVARIANTS: _("Not verified within a day, or broken: %(undone)s"),
}
WAITING = _("Waiting: %(undone)s")
NOT_STATED = _("No statement tells what they held when the month ended:")
# What they name are wallets and rules, not references that can be looked up.
NAMES_NO_REFERENCE = {CheckCode.STATEMENTS, CheckCode.WALLETS, CheckCode.INVARIANTS}
SELLERS_ACCOUNTS = "seller_"


def checklist_piece(
    request: HttpRequest, title: Any, checks: Sequence[Check], *, month: date | None = None
) -> Piece:
    """The list; with `month`, as things stand now, and each point leads to where it is worked."""
    return Piece(
        title,
        "console/blocks/month_checklist.html",
        {"points": [_point(request, check, month) for check in checks]},
    )


def _point(request: HttpRequest, check: Check, month: date | None) -> dict[str, Any]:
    code = CheckCode(check.code)
    page, permission = WORKED_AT[code]
    told = DONE.get(code, NOTHING_WAITS) if check.is_done else UNDONE.get(code, WAITING)
    if code is CheckCode.WALLETS and check.undone and not check.amount_minor:
        told = NOT_STATED
    level = "done" if check.is_done else "blocks" if check.blocks else "shown"
    return {
        "level": level,
        "icon": {"done": "check_circle", "blocks": "cancel", "shown": "info"}[level],
        "label": code.label,
        "told": told
        % {
            "counted": check.counted,
            "undone": check.undone,
            "amount": format_minor(check.amount_minor or 0),
        },
        "examples": _examples(check, code),
        "address": (
            _address(page, code, month)
            if month is not None and request.user.has_perm(permission)
            else ""
        ),
    }


def _examples(check: Check, code: CheckCode) -> SafeString:
    shown = [
        (_named(one),) if code in NAMES_NO_REFERENCE else (reference_link(one),)
        for one in check.examples
    ]
    more = check.undone - len(check.examples)
    if more > 0 and check.examples and code not in NAMES_NO_REFERENCE:
        shown.append((gettext("and %(count)s more") % {"count": more},))
    return format_html_join(", ", "{}", shown)


def _named(example: str) -> str:
    """`mpesa: 25–31` with the wallet's name as people know it; anything else as it is."""
    provider, colon, rest = example.partition(":")
    return f"{provider_name(provider)}{colon}{rest}"


def _address(page: str, code: CheckCode, month: date) -> str:
    address = reverse(f"admin:{page}")
    if code is CheckCode.WALLETS:
        last = month_after(month) - timedelta(days=1)
        return f"{address}?day={last:%Y-%m-%d}"
    return f"{address}?q=suspense" if code is CheckCode.SUSPENSE else address


def wallets_table(wallets: Sequence[WalletMonth]) -> Table:
    """Per wallet both closing balances, and what explains the gap between them."""
    return Table(
        _("Wallets at the end of the month"),
        [
            _("Wallet"),
            (_("Statements"), "number"),
            (_("Our books"), "number"),
            (_("Gap"), "number"),
            _("Explained by"),
            (_("Not explained"), "number"),
        ],
        [
            (
                provider_name(one.provider),
                money(one.statement_minor),
                money(one.ledger_minor),
                money(None if one.statement_minor is None else one.gap_minor),
                _explained(one),
                money(None if one.statement_minor is None else one.unexplained_minor),
            )
            for one in wallets
        ],
        note=_(
            "The closing balance that the provider states beside the one of our ledger, at midnight."
        ),
    )


def _explained(wallet: WalletMonth) -> Any:
    parts = [
        (label, money(minor))
        for label, minor in (
            (_("before the books"), wallet.before_minor),
            (_("open exceptions"), wallet.open_minor),
            (_("accepted differences"), wallet.accepted_minor),
            (_("booked later"), wallet.later_minor),
            (_("around midnight"), wallet.straddling_minor),
        )
        if minor
    ]
    return format_html_join("", '<div class="zt-explained">{} {}</div>', parts) or NOTHING


def balances_tables(balances: Sequence[ClosingBalance]) -> list[Table]:
    """Our own accounts; those of sellers in a table of their own, which begins closed."""
    ours = [one for one in balances if not one.account.startswith(SELLERS_ACCOUNTS)]
    sellers = [one for one in balances if one.account.startswith(SELLERS_ACCOUNTS)]
    tables = [_balances_table(_("Closing balances"), ours, owed=sellers)]
    if sellers:
        tables.append(_balances_table(_("Closing balances of sellers"), sellers, is_folded=True))
    return tables


def _balances_table(
    title: Any,
    balances: Sequence[ClosingBalance],
    *,
    owed: Sequence[ClosingBalance] = (),
    is_folded: bool = False,
) -> Table:
    kinds = dict(AccountKind.choices)
    rows: list[tuple[Any, ...]] = [
        (account_words(one.account), kinds.get(one.kind, one.kind), *_sides(one.balance_minor))
        for one in balances
    ]
    together = sum(one.balance_minor for one in owed)
    if owed:
        rows.append((_("all sellers together"), kinds[AccountKind.LIABILITY], *_sides(together)))
    everything = [*(one.balance_minor for one in balances), *([together] if owed else [])]
    debit = sum(minor for minor in everything if minor > 0)
    credit = sum(-minor for minor in everything if minor < 0)
    return Table(
        title,
        [_("Account"), _("Kind"), (_("Debit"), "number"), (_("Credit"), "number")],
        rows,
        empty=_("Every account is at nought."),
        footer=[_("Total"), "", money(debit), money(credit)] if rows else [],
        is_folded=is_folded,
    )


def _sides(minor: int) -> tuple[Any, Any]:
    return (money(minor), "") if minor > 0 else ("", money(-minor))


def differences_table(differences: Sequence[Difference]) -> Table:
    """What the last close states otherwise than the one before it."""
    return Table(
        _("Changed since the close before"),
        [
            _("Account"),
            (_("Before"), "number"),
            (_("Now"), "number"),
            (_("Difference"), "number"),
        ],
        [
            (
                account_words(one.account),
                money(one.before_minor),
                money(one.after_minor),
                money(one.difference_minor),
            )
            for one in differences
        ],
        empty=_("Every closing balance is the same."),
        note=_("Debits are positive."),
    )
