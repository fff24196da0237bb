"""Who may do what at the console: one person takes roles away, two people give one.

Everything here happens one after the other, under `LOCK`: two administrators who take each other's
role away at the same moment do not leave the house without one.
"""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction

from marketplace.accounts.errors import (
    NoRoleAdded,
    NotKeeperOfRoles,
    OwnRoles,
    RoleNeedsSecondPerson,
    RoleRequestNotFound,
    RoleRequestWaits,
    RolesMoved,
    RoleUnknown,
    UserNotFound,
)
from marketplace.accounts.events import (
    RoleRequestApproved,
    RoleRequestOvertaken,
    RoleRequestRejected,
    RoleRequestWithdrawn,
    RolesChanged,
    RolesRequested,
)
from marketplace.accounts.models import RoleRequest, User
from marketplace.accounts.queries import people_who_may, roles_of
from marketplace.accounts.states import ROLE_REQUEST_TRANSITIONS, RoleRequestStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.four_eyes import decide, reason_given, withdraw
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.states import move

LOCK = "roles"
DUTY = "set_roles"


@transaction.atomic
def set_roles(*, user_id: UUID, roles: Iterable[str], reason: str = "", actor: Actor) -> User:
    """Give the user exactly these roles, at once; whoever has one may enter the console.

    A person only takes roles away so: see `request_roles`. The system, which is whoever may run
    commands on the server, also gives them. Raises UserNotFound, RoleUnknown, OwnRoles,
    NotKeeperOfRoles and RoleNeedsSecondPerson.
    """
    one_at_a_time(LOCK)
    user = _subject(user_id, actor)
    wanted, before = _known(roles), roles_of(user.pk)
    if actor.kind is not ActorKind.SYSTEM and not set(wanted) <= set(before):
        raise RoleNeedsSecondPerson
    _give(user, wanted, before, reason=reason, actor=actor)
    return user


@transaction.atomic
def request_roles(*, user_id: UUID, roles: Iterable[str], reason: str, actor: Actor) -> RoleRequest:
    """Ask that the user have exactly these roles; nothing changes until another person agrees.

    Raises UserNotFound, RoleUnknown, OwnRoles, NotKeeperOfRoles, ReasonMissing, NoRoleAdded and
    RoleRequestWaits.
    """
    reason = reason_given(reason)
    one_at_a_time(LOCK)
    user = _subject(user_id, actor)
    wanted, before = _known(roles), roles_of(user.pk)
    if set(wanted) <= set(before):
        raise NoRoleAdded
    waiting = _waiting_about(user)
    if waiting is not None:
        raise RoleRequestWaits(reference=waiting.reference)
    request = RoleRequest.objects.create(
        subject=user,
        roles_before=before,
        roles=wanted,
        reason=reason,
        requested_by_id=UUID(actor.id),
        requested_at=clock.now(),
    )
    record(
        RolesRequested(role_request_id=request.pk, user_id=user.pk, roles=wanted, reason=reason),
        actor=actor,
        before={"roles": before},
        after={"roles": wanted},
    )
    return request


@transaction.atomic
def approve_roles(*, request_id: UUID, actor: Actor) -> RoleRequest:
    """Give the roles that another person asked for. They are given once.

    Raises RoleRequestNotFound, OwnRoles, NotKeeperOfRoles, FourEyes, IllegalTransition where nobody
    asks any more, and RolesMoved where the person has other roles than when it was asked for.
    """
    one_at_a_time(LOCK)
    request = _locked(request_id)
    user = _subject(request.subject_id, actor)
    before = decide(request, RoleRequestStatus.APPROVED, ROLE_REQUEST_TRANSITIONS, actor=actor)
    held = roles_of(user.pk)
    if held != request.roles_before:
        raise RolesMoved
    _record(RoleRequestApproved, request, before, actor)
    wanted = _known(request.roles)
    _give(user, wanted, held, reason=request.reason, request_id=request.pk, actor=actor)
    return request


@transaction.atomic
def reject_roles(*, request_id: UUID, reason: str, actor: Actor) -> RoleRequest:
    """Leave the person's roles as they are, with the reason why.

    Raises RoleRequestNotFound, ReasonMissing, OwnRoles, NotKeeperOfRoles, FourEyes and
    IllegalTransition.
    """
    reason = reason_given(reason)
    one_at_a_time(LOCK)
    request = _locked(request_id)
    _subject(request.subject_id, actor)
    before = decide(
        request,
        RoleRequestStatus.REJECTED,
        ROLE_REQUEST_TRANSITIONS,
        actor=actor,
        reason=reason,
    )
    _record(RoleRequestRejected, request, before, actor, reason=reason)
    return request


@transaction.atomic
def withdraw_roles(*, request_id: UUID, actor: Actor) -> RoleRequest:
    """Whoever asked does not want it any more.

    Raises RoleRequestNotFound, NotWhoAsked and IllegalTransition.
    """
    one_at_a_time(LOCK)
    request = _locked(request_id)
    before = withdraw(request, ROLE_REQUEST_TRANSITIONS, actor=actor)
    _record(RoleRequestWithdrawn, request, before, actor)
    return request


def withdraw_waiting(user: User, *, actor: Actor) -> RoleRequest | None:
    """End what is asked for about a person who is not to come (so). Under `LOCK`; None where nothing is."""
    request = _waiting_about(user)
    if request is not None:
        before = _end(request, RoleRequestStatus.WITHDRAWN, actor)
        _record(RoleRequestWithdrawn, request, before, actor)
    return request


def _subject(user_id: UUID, actor: Actor) -> User:
    """The locked user, about whom this actor may decide now, whatever they might when the page was drawn."""
    if actor.kind is not ActorKind.SYSTEM:
        if actor.user_id == user_id:
            raise OwnRoles
        if actor.user_id not in people_who_may(DUTY):
            raise NotKeeperOfRoles
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user


def _locked(request_id: UUID) -> RoleRequest:
    request = RoleRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise RoleRequestNotFound
    return request


def _waiting_about(user: User) -> RoleRequest | None:
    waiting = RoleRequest.objects.filter(subject=user, status=RoleRequestStatus.REQUESTED)
    return waiting.select_for_update().first()


def _known(roles: Iterable[str]) -> list[str]:
    """Each once, in alphabetical order."""
    wanted = sorted(set(roles))
    known = set(Group.objects.filter(name__in=wanted).values_list("name", flat=True))
    for role in wanted:
        if role not in known:
            raise RoleUnknown(role=role)
    return wanted


def _give(
    user: User,
    wanted: list[str],
    before: list[str],
    *,
    reason: str,
    request_id: UUID | None = None,
    actor: Actor,
) -> None:
    user.groups.set(Group.objects.filter(name__in=wanted))
    user.is_staff = bool(wanted) or user.is_superuser
    user.save(update_fields=["is_staff"])
    record(
        RolesChanged(user_id=user.pk, roles=wanted, reason=reason, request_id=request_id),
        actor=actor,
        before={"roles": before},
        after={"roles": wanted},
    )
    if wanted != before:
        _overtake(user, actor)


def _overtake(user: User, actor: Actor) -> None:
    """What was asked for about the roles that the person had is asked for no more."""
    request = _waiting_about(user)
    if request is not None:
        left = _end(request, RoleRequestStatus.OVERTAKEN, actor)
        _record(RoleRequestOvertaken, request, left, actor)


def _end(request: RoleRequest, wanted: str, actor: Actor) -> str:
    """Without a decision; the state it left."""
    return move(request, wanted, ROLE_REQUEST_TRANSITIONS, actor=actor, decided_at=clock.now())


def _record(event: type, request: RoleRequest, before: str, actor: Actor, **told: str) -> None:
    record(
        event(role_request_id=request.pk, user_id=request.subject_id, **told),
        actor=actor,
        before={"status": before},
        after={"status": request.status},
    )
