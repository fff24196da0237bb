"""What tiers of risk leave in reserve, and providers through which nothing leaves for now."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.terms_requests import (
    ASKED_FOR,
    ask_for_reserve,
    asked_table,
    may_ask,
    waiting_notice,
)
from backoffice.pages.blocks import Page
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import moment, percent
from backoffice.pages.forms import REASON_MAX, LongWords, Number, ReasonForm
from marketplace.payouts.commands import resume_payouts
from marketplace.payouts.models import PayoutPause, ReserveRule
from marketplace.payouts.states import DAYS_MAX, SHARE_MAX


class RuleForm(ThingForm):
    basis_points = Number(
        label=_("Share in basis points (1,000 is 10 %)"), min_value=0, max_value=SHARE_MAX
    )
    days = Number(label=_("Days"), min_value=0, max_value=DAYS_MAX)
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)

    def values_of(self, thing: Any) -> dict[str, Any]:
        return {"basis_points": thing.basis_points, "days": thing.days}


def _resume(asked: Asked) -> None:
    resume_payouts(provider=asked.object.provider, reason=asked.data["reason"], actor=asked.actor)


def _is_paused(pause: Any, request: HttpRequest) -> bool:
    return pause.resumed_at is None


@admin.register(ReserveRule)
class ReserveRuleAdmin(Console):
    intro = _(
        "A share of each released earning stays on hold for these days, by the seller's tier. It is"
        " changed by two people: one asks, another agrees."
    )
    aggregate = "tier"
    list_display = ("__str__", "share", "days")
    ordering = ("tier",)
    decisions = (
        Decision(
            "ask",
            _("Ask for a change"),
            "set_rates",
            ask_for_reserve,
            done=ASKED_FOR,
            form=RuleForm,
            ask=_("Nothing changes until a second person agrees."),
            submit=_("Ask for a change"),
            icon="edit",
            variant="primary",
            when=may_ask,
            needs_proof=True,
        ),
    )

    @display(description=_("Share"), ordering="basis_points")
    def share(self, rule: ReserveRule) -> Any:
        return percent(rule.basis_points)

    def page(self, request: HttpRequest, rule: ReserveRule) -> Page:
        return Page(
            figures=[(_("Share"), percent(rule.basis_points)), (_("Days"), rule.days)],
            notices=waiting_notice(request, rule),
            main=asked_table(request, rule),
        )


@admin.register(PayoutPause)
class PayoutPauseAdmin(Console):
    intro = _("Our float at a provider was empty. Payouts through it wait until it is filled.")
    empty = _("No provider has refused a payout because our float was empty.")
    aggregate = "pause"
    list_display = ("provider", "code", "message", "since", "resumed")
    decisions = (
        Decision(
            "resume",
            _("Let payouts go on"),
            "approve_payouts",
            _resume,
            done=_("What waited leaves now."),
            form=ReasonForm,
            icon="play_arrow",
            variant="primary",
            when=_is_paused,
        ),
    )

    @display(description=_("Since"), ordering="-pk")
    def since(self, pause: PayoutPause) -> Any:
        return moment(pause.paused_at)

    @display(description=_("Resumed"))
    def resumed(self, pause: PayoutPause) -> Any:
        return moment(pause.resumed_at)
