"""What members of staff are told about the ways into their account, and administrators about roles."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from marketplace.accounts.events import (
    ColleagueInvited,
    PasskeyAdded,
    PasskeyRemoved,
    PasskeyStopped,
    PasswordChanged,
    PasswordForgotten,
    RolesRequested,
    SecondFactorRefused,
    SecondFactorRemoved,
)
from marketplace.accounts.queries import contact_of, is_staff, people_who_may, unseal_token
from marketplace.notifications import commands
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

NOTIFICATIONS = Actor.system("notifications")
KEEPERS = "set_roles"
# A wrong code happens to everybody; this many in a quarter of an hour are somebody else's.
WRONG_CODES = (5, 10)


def invited(event: ColleagueInvited, meta: EventMeta) -> None:
    who = contact_of(meta.actor.user_id).name if meta.actor.user_id else "ZetuTech"
    link = _address(event.sealed_token)
    _tell(meta, event.user_id, "invitation", who=who, link=link, hours=settings.INVITATION_HOURS)


def password_forgotten(event: PasswordForgotten, meta: EventMeta) -> None:
    link = _address(event.sealed_token)
    minutes = settings.PASSWORD_LINK_MINUTES
    _tell(meta, event.user_id, "password_link", link=link, minutes=minutes)


def password_changed(event: PasswordChanged, meta: EventMeta) -> None:
    if is_staff(event.user_id):
        _tell(meta, event.user_id, "password_changed")


def passkey_added(event: PasskeyAdded, meta: EventMeta) -> None:
    _tell(meta, event.user_id, "passkey_added", passkey=event.passkey_name)


def passkey_removed(event: PasskeyRemoved, meta: EventMeta) -> None:
    _tell(meta, event.user_id, "passkey_removed", passkey=event.passkey_name)


def passkey_stopped(event: PasskeyStopped, meta: EventMeta) -> None:
    """The alarm: to its owner, and to everybody who may end sessions and take passkeys away."""
    _tell(meta, event.user_id, "passkey_stopped", passkey=event.passkey_name)
    person = contact_of(event.user_id).name
    for keeper in people_who_may(KEEPERS):
        if keeper != event.user_id:
            _tell(
                meta,
                keeper,
                "colleague_passkey_stopped",
                person=person,
                passkey=event.passkey_name,
            )


def second_step_removed(event: SecondFactorRemoved, meta: EventMeta) -> None:
    who = contact_of(meta.actor.user_id).name if meta.actor.user_id else "ZetuTech"
    _tell(meta, event.user_id, "second_step_removed", who=who, reason=event.reason or "–")


def wrong_codes(event: SecondFactorRefused, meta: EventMeta) -> None:
    """Whoever gives them has the right password, or sits at an open desk."""
    if event.failures in WRONG_CODES:
        _tell(meta, event.user_id, "wrong_codes", count=event.failures)


def roles_requested(event: RolesRequested, meta: EventMeta) -> None:
    """To everybody who may agree: neither who asks nor whom it is about."""
    asking = meta.actor.user_id
    who = contact_of(asking).name if asking else "–"
    person = contact_of(event.user_id).name
    for keeper in people_who_may(KEEPERS):
        if keeper not in {asking, event.user_id}:
            _tell(
                meta,
                keeper,
                "roles_requested",
                who=who,
                person=person,
                roles=", ".join(event.roles),
                reason=event.reason,
                link=f"{settings.PUBLIC_URL}{reverse('admin:backoffice_rolequeue_changelist')}",
            )


def _tell(meta: EventMeta, user_id: UUID, code: str, **context: object) -> None:
    commands.tell(
        code=code,
        context=context,
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=user_id,
    )


def _address(sealed_token: str) -> str:
    path = reverse("follow-password-link", args=[unseal_token(sealed_token)])
    return f"{settings.PUBLIC_URL}{path}"
