"""An appeal against a decided dispute: the form, what it would do to money that moved, and the commands."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.admin.dispute_decision import UNCHOSEN
from backoffice.admin.dispute_work import RESOLVE
from backoffice.pages.blocks import Facts, Piece
from backoffice.pages.decisions import Asked, Decision, Place, ThingForm
from backoffice.pages.display import moment, money, reference_link, state, two_lines
from backoffice.pages.forms import Choice, LongWords, ReasonForm, Shillings
from marketplace.disputes.appeal_effects import AppealEffect
from marketplace.disputes.commands import (
    approve_decision,
    decide_appeal,
    planned,
    reject_decision,
)
from marketplace.disputes.models import Appeal, Dispute
from marketplace.disputes.states import (
    CULPRITS,
    OF_AN_AMOUNT,
    OF_CLAIMS,
    AppealStatus,
    DisputeOutcome,
    DisputeStatus,
)
from marketplace.payments.queries import needs_second_person
from marketplace.shared.errors import DomainError

UPHOLD = "uphold"


class AppealForm(ThingForm):
    """Uphold what was decided, or decide as if nobody had."""

    outcome = Choice(
        label=gettext_lazy("Outcome"),
        choices=[
            UNCHOSEN,
            (UPHOLD, gettext_lazy("Uphold the decision")),
            *((one.value, one.label) for one in OF_CLAIMS),
        ],
    )
    fault = Choice(
        label=gettext_lazy("Who is at fault"),
        choices=[UNCHOSEN, *((one.value, one.label) for one in CULPRITS)],
        required=False,
        help_text=gettext_lazy("Where the decision changes: for whose fault is it?"),
    )
    refund = Shillings(
        label=gettext_lazy("Amount (TZS)"),
        required=False,
        help_text=gettext_lazy(
            "For a partial refund, and for goodwill: all that the buyer is to have, what went out"
            " already included."
        ),
    )
    note = LongWords(
        label=gettext_lazy("Note"),
        max_length=2000,
        rows=4,
        help_text=gettext_lazy("Buyer and seller read it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome = data.get("outcome")
        if outcome and outcome != UPHOLD and not data.get("fault"):
            self.add_error("fault", _("Say who is at fault."))
        if outcome in OF_AN_AMOUNT and not data.get("refund"):
            self.add_error("refund", _("Say how much goes back."))
        return data


def _decide(asked: Asked) -> None:
    """Nothing is booked but what the person has been shown."""
    is_upheld = asked.data["outcome"] == UPHOLD
    decide_appeal(
        dispute_id=asked.object.pk,
        outcome="" if is_upheld else asked.data["outcome"],
        fault=asked.data["fault"],
        refund_minor=asked.data["refund"] or 0,
        note=asked.data["note"],
        actor=asked.actor,
        seen=asked.seen,
    )


def _approve(asked: Asked) -> None:
    approve_decision(dispute_id=asked.object.pk, actor=asked.actor)


def _reject(asked: Asked) -> None:
    reject_decision(dispute_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def is_deciders_own(dispute: Dispute, request: HttpRequest) -> bool:
    """Whether this person decided what is appealed now."""
    return dispute.decided_by_id == request.user.pk


def _may_decide(dispute: Any, request: HttpRequest) -> bool:
    is_open = dispute.status == DisputeStatus.APPEALED
    return is_open and not is_deciders_own(dispute, request)


def waits_for_colleague(dispute: Dispute) -> bool:
    """Whether a second person is to agree here; refunds are agreed to where refunds are."""
    if dispute.status != DisputeStatus.APPROVAL:
        return False
    return appeal_of(dispute) is not None or not dispute.refund_reference


def decider_of(dispute: Dispute) -> Any:
    """Whose decision waits for a colleague."""
    appeal = appeal_of(dispute)
    return dispute.decided_by if appeal is None else appeal.decided_by


def _may_agree(dispute: Any, request: HttpRequest) -> bool:
    return waits_for_colleague(dispute) and decider_of(dispute) != request.user


def appeal_of(dispute: Dispute) -> Appeal | None:
    return getattr(dispute, "appeal", None)


def preview(asked: Asked) -> Piece:
    """The effect of the answers so far, in shillings; or what is still missing."""
    missing = _("Choose an outcome and who is at fault to see what it does.")
    outcome, fault = asked.data.get("outcome"), asked.data.get("fault")
    if outcome == UPHOLD:
        missing = _("The decision stays as it is. No money moves.")
    elif outcome and fault:
        try:
            effect = planned(
                asked.object, outcome, fault, refund_minor=asked.data.get("refund") or 0
            )
        except DomainError as refusal:
            missing = str(refusal)
        else:
            return Piece("", "console/blocks/effect.html", _shown(effect, asked))
    return Piece("", "console/blocks/effect.html", {"missing": missing})


def _shown(effect: AppealEffect, asked: Asked) -> dict[str, Any]:
    ours = effect.goodwill_minor + effect.commission_minor
    return {
        "effect": effect,
        "buyer_label": _("Buyer gets besides"),
        "buyer": money(effect.extra_minor),
        "buyer_keeps": money(effect.kept_minor) if effect.kept_minor else "",
        "seller_label": _("Seller is given back") if effect.seller_minor < 0 else _("Seller gives"),
        "seller": money(abs(effect.seller_minor)),
        "marketplace_label": _("ZetuTech has back") if ours < 0 else _("ZetuTech gives"),
        "marketplace": money(abs(ours)),
        "made_of": [
            (label, money(minor))
            for label, minor in (
                (_("goodwill"), effect.goodwill_minor),
                (_("commission and its VAT"), effect.commission_minor),
            )
            if minor
        ],
        "sentences": _sentences(effect, asked),
    }


def _sentences(effect: AppealEffect, asked: Asked) -> list[str]:
    if effect.changes_nothing:
        return [_("No money moves.")]
    said = []
    if effect.kept_minor:
        said.append(_("The buyer keeps what has gone out; the difference is our goodwill."))
    order_id = asked.object.seller_order.order_id
    if needs_second_person(order_id=order_id, amount_minor=effect.cost_minor, actor=asked.actor):
        said.append(_("A second person has to agree before anything moves."))
    elif effect.extra_minor:
        said.append(_("It goes to the wallet that paid, at once."))
    return said


def appeal_facts(dispute: Dispute) -> list[Facts]:
    """Who appealed and why, against which decision, and what came of it."""
    appeal = appeal_of(dispute)
    if appeal is None:
        return []
    first = DisputeOutcome(appeal.first_outcome).label
    rows: list[tuple[Any, Any]] = [
        (_("Appealed by"), two_lines(appeal.get_party_display(), moment(appeal.appealed_at))),
        (_("Reason"), appeal.reason),
        (_("Decision before"), two_lines(first, money(appeal.first_refunded_minor))),
        (_("Decided by"), appeal.first_decided_by or _("system")),
        (_("State"), state(appeal)),
    ]
    if appeal.decided_by is not None:
        rows.append((_("Appeal decided by"), appeal.decided_by))
    if appeal.status in (AppealStatus.WAITING, AppealStatus.CHANGED):
        rows += [
            (_("Outcome"), appeal.get_outcome_display()),
            (_("Goes out besides"), money(appeal.extra_minor)),
            (_("The buyer keeps"), money(appeal.kept_minor)),
            (_("Refund"), reference_link(appeal.refund_reference)),
            (_("Note"), appeal.note),
        ]
    return [Facts(_("Appeal"), rows)]


APPEALING: tuple[Decision, ...] = (
    Decision(
        "decide_appeal",
        gettext_lazy("Decide the appeal"),
        RESOLVE,
        _decide,
        done=gettext_lazy("The appeal is decided."),
        form=AppealForm,
        icon="balance",
        variant="primary",
        when=_may_decide,
        place=Place.PAGE,
        own_page=True,
        needs_proof=True,
        key="a",
        preview=preview,
    ),
    Decision(
        "reject",
        gettext_lazy("Do not agree"),
        RESOLVE,
        _reject,
        done=gettext_lazy("It is to be decided anew."),
        form=ReasonForm,
        icon="close",
        variant="danger",
        when=_may_agree,
        key="r",
    ),
    Decision(
        "approve",
        gettext_lazy("Agree"),
        RESOLVE,
        _approve,
        done=gettext_lazy("The decision is in effect."),
        ask=gettext_lazy("The decision of your colleague takes effect, and its money moves."),
        icon="check",
        variant="primary",
        when=_may_agree,
        needs_proof=True,
        key="a",
    ),
)
