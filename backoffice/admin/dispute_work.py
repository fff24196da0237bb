"""What is done to a dispute short of deciding it: taking, writing, showing, contesting."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanWidget

from backoffice.admin.dispute_macros import ASKED, TO_A_PARTY
from backoffice.pages.colleagues import offered_with
from backoffice.pages.decisions import Asked, Decision, Place, ThingForm
from backoffice.pages.forms import MESSAGE_MAX, Choice, LongWords, Words
from backoffice.work.hands import giving, put_aside, taking
from marketplace.disputes.commands import (
    add_evidence,
    assign_dispute,
    contest_reversal,
    post_message,
    take_down_number,
)
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import IN_TALKS, DisputeStatus, EvidenceKind, EvidenceNumber

HANDLE, RESOLVE = "handle_disputes", "resolve_disputes"


class ReplyForm(ThingForm):
    body = LongWords(label=_("Message"), max_length=MESSAGE_MAX, rows=3)
    is_internal = forms.BooleanField(
        label=_("Internal note: only colleagues read it"),
        required=False,
        widget=UnfoldBooleanWidget(),
    )

    ask = Choice(
        label=_("Then it is the turn of"),
        choices=[("", _("us")), *ASKED],
        required=False,
        help_text=_(
            "Whoever is asked has to answer in time; our own clock stands still meanwhile."
        ),
    )


class EvidenceForm(forms.Form):
    kind = Choice(label=_("It shows"), choices=EvidenceKind.choices, initial=EvidenceKind.OTHER)
    file = forms.FileField(label=_("PDF or picture"), widget=UnfoldAdminFileFieldWidget())
    note = Words(label=_("Note"), max_length=300, required=False)


class NumberForm(forms.Form):
    """A number that a side told us."""

    party = Choice(label=_("Told by"), choices=ASKED)
    number_kind = Choice(label=_("Kind of number"), choices=EvidenceNumber.choices)
    number = Words(label=_("Number"), max_length=60)
    note = Words(label=_("Who told you, and how"), max_length=300)


class ContestForm(forms.Form):
    number = Words(label=_("The provider's number for it"), max_length=60)


class AssigneeForm(ThingForm):
    """Colleagues whose role handles disputes."""

    assignee = Choice(label=_("Colleague"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *offered_with(HANDLE, is_answer=self.is_bound),
        ]

    def values_of(self, dispute: Dispute) -> dict[str, Any]:
        return {"assignee": str(dispute.assignee_id or "")}


def is_open(dispute: Any, request: HttpRequest) -> bool:
    return dispute.status == DisputeStatus.OPEN


def is_in_talks(dispute: Any, request: HttpRequest) -> bool:
    """Also while it is in appeal."""
    return dispute.status in IN_TALKS


def _is_contestable(dispute: Any, request: HttpRequest) -> bool:
    is_ours = bool(dispute.taken_back_minor) and dispute.contested_at is None
    return is_ours and is_open(dispute, request)


def _is_not_mine(dispute: Any, request: HttpRequest) -> bool:
    """Nor is an appeal for who decided the case."""
    me = request.user.pk
    is_refused = dispute.status == DisputeStatus.APPEALED and dispute.decided_by_id == me
    return is_in_talks(dispute, request) and dispute.assignee_id != me and not is_refused


def _take(asked: Asked) -> None:
    assign_dispute(dispute_id=asked.object.pk, assignee_id=asked.actor.user_id, actor=asked.actor)


def _assign(asked: Asked) -> None:
    assign_dispute(
        dispute_id=asked.object.pk,
        assignee_id=asked.data["assignee"] or None,
        actor=asked.actor,
    )


def _contest(asked: Asked) -> None:
    contest_reversal(
        dispute_id=asked.object.pk, case_number=asked.data["number"], actor=asked.actor
    )


def _reply(asked: Asked) -> None:
    post_message(
        dispute_id=asked.object.pk,
        body=asked.data["body"],
        is_internal=asked.data["is_internal"],
        ask=asked.data["ask"],
        actor=asked.actor,
    )


def _add_evidence(asked: Asked) -> None:
    add_evidence(
        dispute_id=asked.object.pk,
        file=asked.data["file"],
        kind=asked.data["kind"],
        note=asked.data["note"],
        actor=asked.actor,
    )


def _take_down(asked: Asked) -> None:
    take_down_number(dispute_id=asked.object.pk, actor=asked.actor, **asked.data)


# What stands above the page.
WORKING: tuple[Decision, ...] = (
    taking(HANDLE, _take, _is_not_mine, name="take"),
    giving(HANDLE, _assign, is_in_talks, AssigneeForm),
    Decision(
        "contest",
        _("Contest"),
        RESOLVE,
        _contest,
        done=_("Contested; the case waits for the provider now."),
        form=ContestForm,
        ask=_("Send the provider what the seller has shown, then say here under which number."),
        icon="undo",
        when=_is_contestable,
    ),
)
# What has its place in the page.
ADDING: tuple[Decision, ...] = (
    Decision(
        "reply",
        _("Write"),
        HANDLE,
        _reply,
        form=ReplyForm,
        when=is_in_talks,
        own_page=True,
        place=Place.PAGE,
        only_adds=True,
        prepared=TO_A_PARTY,
    ),
    Decision(
        "evidence",
        _("Add a file"),
        HANDLE,
        _add_evidence,
        done=_("The file is part of the case."),
        form=EvidenceForm,
        ask=_("Buyer and seller see it."),
        icon="attach_file",
        when=is_in_talks,
        place=Place.PAGE,
        only_adds=True,
    ),
    Decision(
        "number",
        _("Write a number down"),
        HANDLE,
        _take_down,
        done=_("The number is part of the case; both sides are told."),
        form=NumberForm,
        ask=_(
            "What a side told you, such as on the phone: it is their evidence and answer, in your hand."
            " It cannot be changed, so read it back to them."
        ),
        icon="dialpad",
        when=is_in_talks,
        place=Place.PAGE,
        only_adds=True,
    ),
)
ASIDE = tuple(put_aside("dispute", HANDLE))
