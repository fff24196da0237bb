"""The part of a person's page that is about the invitation to the console."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget

from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.forms import REASON_MAX, LongWords, ReasonForm
from marketplace.accounts.commands import correct_invitation, invite_again, withdraw_invitation
from marketplace.accounts.models import User
from marketplace.accounts.queries import invitation_of
from marketplace.shared import clock


def invitation_notices(user: User) -> list[tuple[str, Any]]:
    invitation = None if user.has_usable_password() else invitation_of(user.pk)
    if invitation is None:
        return []
    sent = date_format(localtime(invitation.sent_at), "DATETIME_FORMAT")
    if invitation.until is None:
        said = gettext("Invited on %(sent)s, and the invitation was withdrawn.")
        return [("warning", said % {"sent": sent})]
    until = date_format(localtime(invitation.until), "DATETIME_FORMAT")
    if invitation.until <= clock.now():
        said = gettext("Invited on %(sent)s, not accepted: the link stopped working on %(until)s.")
        return [("warning", said % {"sent": sent, "until": until})]
    said = gettext("Invited on %(sent)s, not yet accepted. The link works until %(until)s.")
    return [("info", said % {"sent": sent, "until": until})]


def _invite_again(asked: Asked) -> None:
    invite_again(user_id=asked.object.pk, actor=asked.actor)


def _withdraw_invitation(asked: Asked) -> None:
    withdraw_invitation(user_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _correct(asked: Asked) -> None:
    correct_invitation(
        user_id=asked.object.pk,
        email=asked.data["email"],
        reason=asked.data["reason"],
        actor=asked.actor,
    )


class CorrectionForm(forms.Form):
    email = forms.EmailField(
        label=_("The right e-mail address"), widget=UnfoldAdminEmailInputWidget()
    )
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)


def _is_invited(user: Any, request: HttpRequest) -> bool:
    return not user.has_usable_password() and invitation_of(user.pk) is not None


def _has_open_invitation(user: Any, request: HttpRequest) -> bool:
    invitation = None if user.has_usable_password() else invitation_of(user.pk)
    return invitation is not None and invitation.until is not None


INVITATIONS = (
    Decision(
        "invite-again",
        _("Invite again"),
        "set_roles",
        _invite_again,
        done=_("Another invitation is on its way. The link of the one before opens nothing."),
        ask=_("To the e-mail address of this page. Only its owner sees the link."),
        icon="forward_to_inbox",
        when=_is_invited,
    ),
    Decision(
        "correct-invitation",
        _("Correct the address"),
        "set_roles",
        _correct,
        done=_(
            "An invitation is on its way to that address. The link of the one before opens nothing."
        ),
        form=CorrectionForm,
        ask=_(
            "Roles that were asked for are asked for anew: whoever agrees knows to whom the link went."
        ),
        icon="contact_mail",
        when=_is_invited,
        needs_proof=True,
    ),
    Decision(
        "withdraw-invitation",
        _("Withdraw the invitation"),
        "set_roles",
        _withdraw_invitation,
        done=_("The invitation is withdrawn: its link opens nothing."),
        form=ReasonForm,
        ask=_("What was asked for the person, roles above all, is withdrawn with it."),
        icon="unsubscribe",
        variant="danger",
        when=_has_open_invitation,
    ),
)
