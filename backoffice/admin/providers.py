"""Payment providers: how they do, and the switch, limits and fees that we set for them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from backoffice.admin.base import Console, buttons
from backoffice.pages.blocks import Page, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import chip, link, moment, money
from backoffice.pages.forms import Choice, Day, LongWords, ReasonForm, Shillings
from backoffice.pages.site_page import ConsolePage
from backoffice.sayings import said_again
from marketplace.payments.commands import (
    Band,
    pause_provider,
    ping_provider,
    resume_provider,
    set_fees,
    set_limits,
)
from marketplace.payments.gateways import provider_names
from marketplace.payments.health import WINDOWS, ProviderHealth, provider_health
from marketplace.payments.models import FeeBand, ProviderLimit, ProviderSwitch
from marketplace.payments.ports import ProviderUnavailable
from marketplace.payments.states import FeeKind

DUTY = "control_providers"
ROWS = 50
MINOR_PER_SHILLING = 100
BP_PER_PERCENT = 100
BAND_VALUES = 3
WINDOW_NAMES = {
    timedelta(hours=1): _("Last hour"),
    timedelta(days=1): _("Last 24 hours"),
    timedelta(days=7): _("Last 7 days"),
}


class LimitsForm(forms.Form):
    valid_from = Day(label=_("First day"))
    min = Shillings(label=_("Least per payment (TZS)"), min_value=1)
    max = Shillings(label=_("Most per payment (TZS)"), min_value=1)
    wallet_daily = Shillings(label=_("Most per wallet a day (TZS)"), required=False)


class FeesForm(forms.Form):
    kind = Choice(label=_("Charged for"), choices=FeeKind.choices)
    valid_from = Day(label=_("First day"))
    bands = LongWords(
        label=_("Bands"),
        rows=8,
        help_text=_(
            "One band a line: from which amount, fixed fee in shillings, per cent of the amount. "
            "For example: 0 0 0.5"
        ),
    )

    def clean_bands(self) -> list[Band]:
        return [_band(line) for line in self.cleaned_data["bands"].splitlines() if line.strip()]


def _band(line: str) -> Band:
    words = line.replace(",", "").split()
    try:
        if len(words) != BAND_VALUES:
            raise ValueError(line)
        begins, fixed, percent = int(words[0]), int(words[1]), float(words[2])
        rate_bp = round(percent * BP_PER_PERCENT)
    except (ValueError, OverflowError) as error:
        raise forms.ValidationError(
            _("This is not a band: %(line)s") % {"line": line.strip()[:60]}
        ) from error
    return Band(begins * MINOR_PER_SHILLING, fixed * MINOR_PER_SHILLING, rate_bp)


def _pause(asked: Asked) -> None:
    pause_provider(provider=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _resume(asked: Asked) -> None:
    resume_provider(provider=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _ping(asked: Asked) -> None:
    try:
        ping_provider(provider=asked.object.pk)
    except ProviderUnavailable as error:
        messages.error(asked.request, _("No answer: %(why)s") % {"why": error})
    else:
        messages.success(asked.request, _("It answers."))


def _limits(asked: Asked) -> None:
    data = asked.data
    set_limits(
        provider=asked.object.pk,
        valid_from=data["valid_from"],
        min_minor=data["min"],
        max_minor=data["max"],
        wallet_daily_minor=data["wallet_daily"],
        actor=asked.actor,
    )


def _fees(asked: Asked) -> None:
    data = asked.data
    set_fees(
        provider=asked.object.pk,
        kind=data["kind"],
        valid_from=data["valid_from"],
        bands=data["bands"],
        actor=asked.actor,
    )


def _is_paused(switch: Any, request: HttpRequest) -> bool:
    return bool(switch.is_paused)


def _is_offered(switch: Any, request: HttpRequest) -> bool:
    return not switch.is_paused


@admin.register(ProviderSwitch)
class ProviderAdmin(Console):
    """One provider: its figures, limits, fees, and who switched it when and why."""

    aggregate = "provider"
    list_display = ("provider", "is_paused", "reason", "changed_at")
    ordering = ("provider",)
    decisions = (
        Decision(
            "pause",
            _("Pause"),
            DUTY,
            _pause,
            done=_("Buyers are offered the other providers from now on."),
            form=ReasonForm,
            ask=_("Nobody can begin a payment through it; what is under way goes on."),
            icon="pause_circle",
            variant="danger",
            when=_is_offered,
        ),
        Decision(
            "resume",
            _("Resume"),
            DUTY,
            _resume,
            done=_("Buyers are offered it again."),
            form=ReasonForm,
            icon="play_circle",
            variant="primary",
            when=_is_paused,
        ),
        Decision("ping", _("Ask for proof of life"), DUTY, _ping, icon="network_check"),
        Decision(
            "limits",
            _("Set limits"),
            DUTY,
            _limits,
            done=_("The limits are set."),
            form=LimitsForm,
            icon="straighten",
        ),
        Decision(
            "fees",
            _("Set fees"),
            DUTY,
            _fees,
            done=_("The fees are set."),
            form=FeesForm,
            ask=_("What the provider should charge us; reconciliation compares."),
            icon="percent",
        ),
    )

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """A provider that nobody has switched yet has no row."""
        known = super().get_object(request, object_id, from_field)
        if known is None and object_id in provider_names():
            return ProviderSwitch(provider=object_id)
        return known

    def page(self, request: HttpRequest, switch: ProviderSwitch) -> Page:
        page = Page(
            main=[
                _figures(switch, _healths().get(switch.pk, []), _("Figures")),
                _limits_table(switch.pk),
                _fees_table(switch.pk),
            ],
            status=_state(switch),
        )
        if switch.is_paused:
            page.notices = [("warning", switch.reason)]
        return page


class Providers(ConsolePage):
    """All providers at a glance, each with its switch."""

    title = _("Providers")
    permission_required = ("payments.view_providerswitch",)

    def blocks(self, request: HttpRequest) -> Page:
        healths = _healths()
        known = {one.pk: one for one in ProviderSwitch.objects.all()}
        tables = []
        for name in provider_names():
            switch = known.get(name) or ProviderSwitch(provider=name)
            tables.append(
                _figures(
                    switch,
                    healths.get(name, []),
                    link(switch),
                    _state(switch),
                    actions=buttons(request, switch, only=("pause", "resume", "ping")),
                )
            )
        return Page(main=tables)


def _healths() -> dict[str, list[ProviderHealth]]:
    found: dict[str, list[ProviderHealth]] = {}
    for window in WINDOWS:
        for one in provider_health(window):
            found.setdefault(one.provider, []).append(one)
    return found


def _state(switch: ProviderSwitch) -> Any:
    return chip("failed", _("Paused")) if switch.is_paused else chip("done", _("Offered"))


def _figures(
    switch: ProviderSwitch,
    healths: list[ProviderHealth],
    title: Any,
    state: Any = "",
    actions: Any = "",
) -> Table:
    latest = healths[0] if healths else None
    note: Any = switch.reason if switch.is_paused else ""
    if not note and latest is not None and latest.last_failure_at is not None:
        failed = {"when": moment(latest.last_failure_at), "what": said_again(latest.last_failure)}
        note = format_html(str(_("Last failure {when}: {what}")), **failed)
    return Table(
        format_html("{} {}", title, state),
        [_("Window"), (_("Succeeded"), "number"), (_("Failed"), "number"),
         (_("Success"), "number"), (_("Half answer within"), "number"),
         (_("95 % answer within"), "number"), (_("No clear answer"), "number"),
         (_("Not reached"), "number"), (_("Calls"), "number"),
         (_("Turned away"), "number")],
        [
            (
                WINDOW_NAMES[one.window],
                one.succeeded,
                one.failed,
                percent(one.success_rate),
                seconds(one.p50_ms),
                seconds(one.p95_ms),
                percent(one.uncertain_share),
                one.unavailable,
                one.calls,
                one.turned_away,
            )
            for one in healths
        ],
        note=note,
        actions=actions,
    )  # fmt: skip


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def seconds(ms: int | None) -> str:
    return "–" if ms is None else f"{ms / 1000:g} s"


def _limits_table(provider: str) -> Table:
    rows = ProviderLimit.objects.filter(provider=provider).order_by("-valid_from")[:ROWS]
    return Table(
        _("Limits"),
        [_("First day"), (_("Least per payment"), "number"), (_("Most per payment"), "number"),
         (_("Most per wallet a day"), "number")],
        [
            (
                one.valid_from,
                money(one.min_minor),
                money(one.max_minor),
                money(one.wallet_daily_minor),
            )
            for one in rows
        ],
        empty=_("No limits are set: every amount is offered."),
    )  # fmt: skip


def _fees_table(provider: str) -> Table:
    rows = FeeBand.objects.filter(provider=provider)
    return Table(
        _("Fees that we expect"),
        [_("Charged for"), _("First day"), (_("From"), "number"), (_("Fixed fee"), "number"),
         (_("Rate"), "number")],
        [
            (
                one.get_kind_display(),
                one.valid_from,
                money(one.from_minor),
                money(one.fixed_minor),
                f"{one.rate_bp / BP_PER_PERCENT:g} %",
            )
            for one in rows.order_by("kind", "-valid_from", "from_minor")[:ROWS]
        ],
        empty=_("No fees are set: reconciliation takes any."),
    )  # fmt: skip
