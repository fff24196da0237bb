"""Months of the books: the checklist of each, its close with all figures, its reopening by two people."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.closing_page import (
    balances_tables,
    checklist_piece,
    differences_table,
    wallets_table,
)
from backoffice.pages.blocks import Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision, actor_of
from backoffice.pages.display import chip, moment, money, state, state_column
from backoffice.pages.forms import ReasonForm
from marketplace.closing.checklist import Check, checklist
from marketplace.closing.commands import (
    approve_reopening,
    close_period,
    reject_reopening,
    request_reopening,
)
from marketplace.closing.models import Close, Period, Reopening
from marketplace.closing.queries import (
    closed_after,
    closes_of,
    differences,
    next_to_close,
    reopenings_of,
    waiting_reopening,
)
from marketplace.closing.states import LOCKED, PeriodStatus
from marketplace.reconciliation.proofs import WalletMonth
from marketplace.shared import clock
from marketplace.shared.months import bounds


def _close(asked: Asked) -> None:
    close_period(period_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _request(asked: Asked) -> None:
    request_reopening(period_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _approve(asked: Asked) -> None:
    approve_reopening(period_id=asked.object.pk, actor=asked.actor)


def _reject(asked: Asked) -> None:
    reject_reopening(period_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _is_over(period: Period) -> bool:
    return bounds(period.month)[1] <= clock.now()


def _may_close(period: Any, request: HttpRequest) -> bool:
    """Offered for the month that comes next; the command looks at the checklist."""
    return period.status not in LOCKED and _is_over(period) and period == next_to_close()


def _may_request(period: Any, request: HttpRequest) -> bool:
    return period.status == PeriodStatus.CLOSED and not closed_after(period).exists()


def _waits_for_me(period: Any, request: HttpRequest) -> bool:
    if period.status != PeriodStatus.REOPENING:
        return False
    asked = waiting_reopening(period_id=period.pk)
    return asked is not None and asked.requested_by_id != actor_of(request).user_id


@admin.register(Period)
class PeriodAdmin(Console):
    """Closed one after the other; the last one opens again where two people say so."""

    aggregate = "period"
    chips = "status"
    intro = _(
        "Once a month is closed nothing can be posted into it; what comes late is booked in the"
        " open one."
    )
    ordering = ("-month",)
    list_display = ("name", "status_label", "closed_by", "closed", "closes_counted")
    list_display_links = ("name",)
    status_label = state_column()
    decisions = (
        Decision(
            "request",
            _("Ask to reopen"),
            "request_reopening",
            _request,
            done=_("A colleague has to agree; until then the month stays closed."),
            form=ReasonForm,
            ask=_("Mostly a correction in the open month is enough. Somebody else decides."),
            icon="lock_open",
            variant="danger",
            when=_may_request,
            needs_proof=True,
        ),
        Decision(
            "reject",
            _("Leave it closed"),
            "approve_reopening",
            _reject,
            done=_("The month stays closed."),
            form=ReasonForm,
            icon="lock",
            when=_waits_for_me,
        ),
        Decision(
            "approve",
            _("Reopen the month"),
            "approve_reopening",
            _approve,
            done=_("The month is open again; the figures of its close are kept."),
            ask=_("Postings into the month become possible until somebody closes it again."),
            icon="lock_open",
            variant="primary",
            when=_waits_for_me,
            needs_proof=True,
        ),
        Decision(
            "close",
            _("Close the month"),
            "close_periods",
            _close,
            done=_("The month is closed, and its figures are kept."),
            form=ReasonForm,
            ask=_(
                "On whose word, and what was left on purpose. Afterwards nothing can be posted into it."
            ),
            icon="event_available",
            variant="primary",
            when=_may_close,
            needs_proof=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        latest = Close.objects.filter(period=OuterRef("pk")).order_by("-number")
        closes = Prefetch(
            "closes", Close.objects.select_related("closed_by").order_by("-number"), to_attr="kept"
        )
        rows = super().get_queryset(request).prefetch_related(closes)
        return rows.annotate(last_closed_at=Subquery(latest.values("closed_at")[:1]))

    @display(description=_("Month"), ordering="month")
    def name(self, period: Period) -> Any:
        return str(period)

    @display(description=_("Closed by"))
    def closed_by(self, period: Any) -> Any:
        return period.kept[0].closed_by if period.kept else "–"

    @display(description=_("Closed"), ordering="last_closed_at")
    def closed(self, period: Any) -> Any:
        return moment(period.last_closed_at)

    @display(description=_("Times closed"))
    def closes_counted(self, period: Any) -> Any:
        return len(period.kept) or "–"

    def page(self, request: HttpRequest, period: Period) -> Page:
        closes = closes_of(period_id=period.pk)
        page = _of_closed(request, closes) if period.status in LOCKED else _of_open(request, period)
        page.status = state(period)
        page.notices += _notices(request, period)
        if len(closes) > 1:
            page.main.insert(1, differences_table(differences(closes[0], closes[1])))
        if closes and period.status not in LOCKED:
            page.side.append(_facts(closes[0], _("Last close")))
        reopenings = list(reopenings_of(period_id=period.pk))
        if reopenings:
            page.main.append(_reopenings_table(reopenings))
        page.subjects = [("period", [period.pk])]
        return page


def _of_open(request: HttpRequest, period: Period) -> Page:
    """As things stand now."""
    now = checklist(month=period.month)
    return Page(
        figures=_figures(now.checks, now.wallets),
        main=[
            checklist_piece(request, _("Checklist"), now.checks, month=period.month),
            wallets_table(now.wallets),
        ],
    )


def _of_closed(request: HttpRequest, closes: Sequence[Close]) -> Page:
    """What the last close stated."""
    latest = closes[0]
    checks = [Check(**one) for one in latest.checklist]
    wallets = [WalletMonth(**one) for one in latest.wallets]
    return Page(
        figures=_figures(checks, wallets),
        main=[
            wallets_table(wallets),
            *balances_tables(list(latest.balances.order_by("account"))),
            checklist_piece(request, _("Checklist at the close"), checks),
            *([_closes_table(closes)] if len(closes) > 1 else []),
        ],
        side=[_facts(latest, _("The close"))],
    )


def _figures(checks: Sequence[Check], wallets: Sequence[WalletMonth]) -> list[tuple[Any, Any]]:
    stated = [one.statement_minor for one in wallets if one.statement_minor is not None]
    return [
        (
            _("Done"),
            gettext("%(done)s of %(all)s")
            % {"done": sum(check.is_done for check in checks), "all": len(checks)},
        ),
        (_("In the wallets, by the statements"), money(sum(stated)) if stated else "–"),
        (_("In the wallets, by our books"), money(sum(one.ledger_minor for one in wallets))),
        (
            _("Not explained"),
            money(sum(one.unexplained_minor for one in wallets))
            if len(stated) == len(wallets)
            else "–",
        ),
    ]


def _notices(request: HttpRequest, period: Period) -> list[tuple[str, Any]]:
    """What a person has to know before they decide anything."""
    if period.status == PeriodStatus.REOPENING:
        asked = waiting_reopening(period_id=period.pk)
        if asked is None:
            return []
        text = gettext("%(who)s asks to reopen this month: “%(reason)s”") % {
            "who": asked.requested_by,
            "reason": asked.reason,
        }
        if asked.requested_by_id == actor_of(request).user_id:
            text += " " + gettext("Somebody else has to decide.")
        return [("warning", text)]
    if period.status in LOCKED:
        return []
    if not _is_over(period):
        return [("info", _("This month is not over yet. The list shows how it stands so far."))]
    first = next_to_close()
    if first is not None and first != period:
        address = reverse("admin:closing_period_change", args=[first.pk])
        text = format_html(
            '{} <a class="zt-link" href="{}">{}</a>', _("It comes first:"), address, first
        )
        return [("info", text)]
    return []


def _facts(close: Close, title: Any) -> Facts:
    return Facts(
        title,
        [
            (_("Closed by"), close.closed_by),
            (_("Closed"), moment(close.closed_at)),
            (_("Reason"), close.reason),
            (_("Number"), close.number),
        ],
    )


def _closes_table(closes: Sequence[Close]) -> Table:
    return Table(
        _("All closes"),
        [_("Number"), _("Closed"), _("Closed by"), _("Reason")],
        [(one.number, moment(one.closed_at), one.closed_by, one.reason) for one in closes],
    )


def _reopenings_table(reopenings: Sequence[Reopening]) -> Table:
    return Table(
        _("Reopenings"),
        [_("Requested"), _("By"), _("Reason"), _("Status"), _("Decided by")],
        [
            (
                moment(one.requested_at),
                one.requested_by,
                one.reason,
                chip(one.status, one.get_status_display()),
                one.decided_by or "–",
            )
            for one in reopenings
        ],
    )
