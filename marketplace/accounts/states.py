"""Identity levels, languages, what a person may allow, uses of a passkey, requests for roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

STAFF, SYSTEM = ActorKind.STAFF, ActorKind.SYSTEM


class KycLevel(models.IntegerChoices):
    """How well we know a buyer. Its limits are rules of the house (marketplace.rules)."""

    NONE = 0, _("Not verified")
    PHONE = 1, _("Phone verified")
    IDENTITY = 2, _("Identity verified")


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    SWAHILI = "sw", "Kiswahili"


class Purpose(models.TextChoices):
    """What a person is asked for, and may refuse. Nothing is allowed by itself."""

    ANALYTICS = "analytics", _("Analytics")


class PasskeyPurpose(models.TextChoices):
    """What an answer of a passkey is for. One that was asked for one purpose serves no other."""

    REGISTER = "register", _("Adding a passkey")
    SIGN_IN = "sign_in", _("Signing in without a password")
    SECOND_STEP = "second_step", _("Second step of signing in")
    STEP_UP = "step_up", _("Proving once more who one is")


class PasswordLinkKind(models.TextChoices):
    """Why a person is sent a link with which they choose a password."""

    INVITATION = "invitation", _("Invitation")
    FORGOTTEN = "forgotten", _("Forgotten password")


class RoleRequestStatus(models.TextChoices):
    REQUESTED = "requested", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    # The person's roles are others now than when it was asked for.
    OVERTAKEN = "overtaken", _("Overtaken")


ROLE_REQUEST_TRANSITIONS: Transitions = {
    RoleRequestStatus.REQUESTED: {
        RoleRequestStatus.APPROVED: by(STAFF),
        RoleRequestStatus.REJECTED: by(STAFF),
        RoleRequestStatus.WITHDRAWN: by(STAFF, SYSTEM),
        RoleRequestStatus.OVERTAKEN: by(STAFF, SYSTEM),
    },
    RoleRequestStatus.APPROVED: {},
    RoleRequestStatus.REJECTED: {},
    RoleRequestStatus.WITHDRAWN: {},
    RoleRequestStatus.OVERTAKEN: {},
}
