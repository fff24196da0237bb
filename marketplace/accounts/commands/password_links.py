"""Links that let a person choose a password: an invitation, or help for who forgot theirs.

Nobody else ever knows or sets it. A link works once and not for long, a newer one ends the one
before, and of its token we keep a hash. The user's row is locked before the link's.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from marketplace.accounts.commands.console_sessions import end_other_console_sessions
from marketplace.accounts.commands.people import move_to_email, open_account, set_password
from marketplace.accounts.commands.roles import DUTY, LOCK, request_roles, withdraw_waiting
from marketplace.accounts.commands.second_factor import locked_user
from marketplace.accounts.errors import (
    InvitedHasRoles,
    NotInvited,
    NotKeeperOfRoles,
    PasswordLinkDead,
)
from marketplace.accounts.events import (
    ColleagueInvited,
    InvitationAccepted,
    InvitationCorrected,
    InvitationWithdrawn,
    PasswordForgotten,
    PasswordLinkAsked,
)
from marketplace.accounts.models import PasswordLink, User
from marketplace.accounts.queries import people_who_may, roles_of
from marketplace.accounts.states import Language, PasswordLinkKind
from marketplace.accounts.tokens import hash_of
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.ids import uuid7
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.sealing import seal

TOKEN_BYTES = 32
EMAIL_LENGTH_MAX = 254
# What a stranger may have sent to a colleague's mailbox.
FORGOTTEN_PER_HOUR_MAX = 3
THE_DOOR = Actor.system("sign-in page")


@transaction.atomic
def invite_colleague(
    *, email: str, name: str, language: str = Language.ENGLISH, actor: Actor
) -> User:
    """Open an account that has no password before its owner followed the link sent to `email`.

    Raises NotKeeperOfRoles, EmailInvalid, ContactMissing, NameMissing, LanguageUnknown and EmailTaken.
    """
    _require_keeper(actor)
    user = open_account(email=email, phone=None, name=name, language=language, password=None)
    _invite(user, actor)
    return user


@transaction.atomic
def invite_again(*, user_id: UUID, actor: Actor) -> None:
    """Send another link; the one before opens nothing any more.

    Raises NotKeeperOfRoles, UserNotFound, and NotInvited where there is nothing to accept (any more).
    """
    _require_keeper(actor)
    user = locked_user(user_id)
    if user.has_usable_password() or not _links(user, PasswordLinkKind.INVITATION).exists():
        raise NotInvited
    _invite(user, actor)


@transaction.atomic
def withdraw_invitation(*, user_id: UUID, reason: str, actor: Actor) -> None:
    """The link opens nothing any more, nobody can enter the account, and no roles are asked for it.

    Raises NotKeeperOfRoles, UserNotFound and NotInvited.
    """
    _require_keeper(actor)
    one_at_a_time(LOCK)
    user = locked_user(user_id)
    links = _links(user, PasswordLinkKind.INVITATION)
    link = links.filter(used_at=None, withdrawn_at=None).first()
    if link is None:
        raise NotInvited
    _withdraw_open(user)
    record(InvitationWithdrawn(user_id=user.pk, link_id=link.pk, reason=reason), actor=actor)
    withdraw_waiting(user, actor=actor)


@transaction.atomic
def correct_invitation(*, user_id: UUID, email: str, reason: str, actor: Actor) -> User:
    """Invite the same person at another address; the link that went to the first opens nothing any more.

    Roles that were asked for are asked for anew, so that whoever agrees knows the address. Raises
    NotKeeperOfRoles, UserNotFound, NotInvited once there is a password, InvitedHasRoles where the
    roles are given already, SameEmail, EmailInvalid, ContactMissing and EmailTaken.
    """
    _require_keeper(actor)
    one_at_a_time(LOCK)
    user = locked_user(user_id)
    if user.has_usable_password() or not _links(user, PasswordLinkKind.INVITATION).exists():
        raise NotInvited
    if roles_of(user.pk):
        # One person alone would open an account of power for whoever reads that mailbox.
        raise InvitedHasRoles
    before = user.email
    move_to_email(user, email)
    record(
        InvitationCorrected(user_id=user.pk, reason=reason),
        actor=actor,
        before={"email": before},
        after={"email": user.email},
    )
    _invite(user, actor)
    waiting = withdraw_waiting(user, actor=actor)
    if waiting is not None:
        request_roles(user_id=user.pk, roles=waiting.roles, reason=waiting.reason, actor=actor)
    return user


@transaction.atomic
def ask_password_link(*, email: str) -> None:
    """Somebody at the door forgot a password. Whose it is, is looked up later by a worker, so that
    neither the answer nor the time it takes says whether we know the address."""
    said = seal(email.strip().lower()[:EMAIL_LENGTH_MAX])
    record(PasswordLinkAsked(password_request_id=uuid7(), sealed_email=said), actor=THE_DOOR)


@transaction.atomic
def send_password_link(*, email: str) -> None:
    """Let a member of staff choose a new password. An address of anybody else gets nothing, nor who
    has not accepted the invitation yet, nor more than a few in an hour."""
    user = User.objects.filter(email=email, is_active=True, is_staff=True).first()
    if user is None or not user.has_usable_password():
        return
    user, now = locked_user(user.pk), clock.now()
    lately = _links(user, PasswordLinkKind.FORGOTTEN).filter(
        created_at__gt=now - timedelta(hours=1)
    )
    if lately.count() >= FORGOTTEN_PER_HOUR_MAX:
        return
    life = timedelta(minutes=settings.PASSWORD_LINK_MINUTES)
    link, token = _issue(user, PasswordLinkKind.FORGOTTEN, now, life)
    record(
        PasswordForgotten(user_id=user.pk, link_id=link.pk, sealed_token=seal(token)),
        actor=THE_DOOR,
    )


@transaction.atomic
def choose_password(*, token: str, password: str) -> User:
    """The person of the link has this password from now on, and everything they had open ends.

    A password that is refused leaves the link as it was. Raises PasswordLinkDead and PasswordWeak.
    """
    named = PasswordLink.objects.filter(token_hash=hash_of(token)).first()
    if named is None:
        raise PasswordLinkDead
    user, now = locked_user(named.user_id), clock.now()
    link = _link(named.pk)
    if not link.is_open(now) or not user.is_active:
        raise PasswordLinkDead
    actor = Actor.staff(user.pk, user.name)
    user = set_password(user_id=user.pk, password=password, actor=actor)
    PasswordLink.objects.filter(pk=link.pk).update(used_at=now)
    end_other_console_sessions(user_id=user.pk, kept=None, actor=actor)
    if link.kind == PasswordLinkKind.INVITATION:
        record(InvitationAccepted(user_id=user.pk, link_id=link.pk), actor=actor)
    return user


def _invite(user: User, actor: Actor) -> None:
    life = timedelta(hours=settings.INVITATION_HOURS)
    link, token = _issue(user, PasswordLinkKind.INVITATION, clock.now(), life)
    record(
        ColleagueInvited(user_id=user.pk, link_id=link.pk, sealed_token=seal(token)), actor=actor
    )


def _issue(
    user: User, kind: PasswordLinkKind, now: datetime, life: timedelta
) -> tuple[PasswordLink, str]:
    """A new link, and its token, which nobody can read from it."""
    _withdraw_open(user)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PasswordLink.objects.create(
        user=user, kind=kind, token_hash=hash_of(token), created_at=now, expires_at=now + life
    )
    return link, token


def _withdraw_open(user: User) -> None:
    rows = PasswordLink.objects.filter(user=user, used_at=None, withdrawn_at=None)
    rows.update(withdrawn_at=clock.now())


def _links(user: User, kind: PasswordLinkKind) -> QuerySet[PasswordLink]:
    return PasswordLink.objects.filter(user=user, kind=kind)


def _link(link_id: int) -> PasswordLink:
    """Locked: of two who come with one link, one is late."""
    return PasswordLink.objects.select_for_update().get(pk=link_id)


def _require_keeper(actor: Actor) -> None:
    """Whoever may decide about roles now, whatever they might when the page was drawn."""
    if actor.kind is not ActorKind.SYSTEM and actor.user_id not in people_who_may(DUTY):
        raise NotKeeperOfRoles
