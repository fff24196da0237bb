"""What a session of the console has proved, and the guard that asks for what is missing.

The session keeps since when the factor stands that it was proved with: setting up another one ends
every other session of the person, and a session that came in some other way opens nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from api.throttling import client_address
from backoffice.sessions import see_session
from marketplace.accounts import lockout
from marketplace.accounts.commands import ask_passkey, prove_passkey, prove_second_factor
from marketplace.accounts.errors import PasskeyRefused, PasswordWrong, SecondFactorWrong
from marketplace.accounts.models import User
from marketplace.accounts.states import PasskeyPurpose
from marketplace.shared import clock
from marketplace.shared.actors import Actor

GUARDED = ("/console/", "/reports/")
# The door itself, and the way out.
DOOR = {
    "sign-in",
    "sign-in-code",
    "sign-in-passkey",
    "sign-in-ask-passkey",
    "forgotten-password",
    "password-link-asked",
    "choose-password",
    "follow-password-link",
    "admin:login",
    "admin:logout",
}
# What a person does about their own account before they have a second step.
OWN_ACCOUNT = {
    "admin:two_step",
    "admin:ask_passkey",
    "change-password",
    "admin:password_change_done",
    "admin:jsi18n",
}
_SECOND_STEP = "second_step"
_PROVED_AT = "proved_at"
_CHALLENGE = "passkey_challenge_"


def keep_second_step(request: HttpRequest, user: User) -> None:
    """This session was opened with the second step that the person has now."""
    request.session[_SECOND_STEP] = _factor_of(user)


def has_second_step(request: HttpRequest, user: User) -> bool:
    """Whether the session proved the factor that the person has; True where there is none."""
    return user.second_factor_since is None or (
        request.session.get(_SECOND_STEP) == _factor_of(user)
    )


def keep_proved(request: HttpRequest) -> None:
    """The person proved now who they are, by signing in or once more."""
    request.session[_PROVED_AT] = clock.now().timestamp()


def is_freshly_proved(request: HttpRequest) -> bool:
    age_s = clock.now().timestamp() - request.session.get(_PROVED_AT, 0)
    return bool(age_s <= timedelta(minutes=settings.STEP_UP_MINUTES).total_seconds())


def prove_again(request: HttpRequest, *, answer: str = "", passkey: str = "") -> None:
    """Take what a passkey says, else a code where the person has a second step, else the password;
    counted like at the door.

    Raises PasskeyRefused, SecondFactorWrong, SecondFactorLocked, PasswordWrong and SignInLocked.
    """
    user: Any = request.user
    with counted_failures(request, user):
        if passkey:
            prove_with_passkey(request, PasskeyPurpose.STEP_UP, passkey, user_id=user.pk)
        elif user.second_factor_since is not None:
            actor = Actor.staff(user.pk, user.name)
            prove_second_factor(user_id=user.pk, code=answer, actor=actor)
        elif not user.check_password(answer):
            raise PasswordWrong
    keep_proved(request)


@contextmanager
def counted_failures(request: HttpRequest, user: User) -> Iterator[None]:
    """What proves nothing is counted against the person's login and the address; what does wipes the
    login's slate. Raises SignInLocked where too much was counted lately."""
    login, ip = (user.email or "").lower(), client_address(request)
    lockout.check(login=login, ip=ip)
    try:
        yield
    except (SecondFactorWrong, PasswordWrong, PasskeyRefused):
        lockout.count_failure(login=login, ip=ip)
        raise
    lockout.forget(login=login)


def ask_for_passkey(
    request: HttpRequest, purpose: PasskeyPurpose, *, user_id: UUID | None = None
) -> str:
    """Options for the browser, in JSON. Which challenge it has to sign only its session knows."""
    question = ask_passkey(purpose=purpose, user_id=user_id)
    request.session[f"{_CHALLENGE}{purpose}"] = str(question.challenge_id)
    return question.options


def asked_of_passkey(request: HttpRequest, purpose: PasskeyPurpose) -> UUID | None:
    """The challenge that this session has to answer; None where it was not asked, or did already."""
    kept = request.session.pop(f"{_CHALLENGE}{purpose}", None)
    return UUID(kept) if kept else None


def prove_with_passkey(
    request: HttpRequest, purpose: PasskeyPurpose, answer: str, *, user_id: UUID | None = None
) -> User:
    """Who it is. Raises PasskeyRefused."""
    challenge_id = asked_of_passkey(request, purpose)
    return prove_passkey(purpose=purpose, challenge_id=challenge_id, answer=answer, user_id=user_id)


def _factor_of(user: User) -> str:
    return user.second_factor_since.isoformat() if user.second_factor_since else ""


class SecondStepMiddleware:
    """No page of the console without the second step, where the person has one or has to have one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not request.path_info.startswith(GUARDED) or not request.user.is_authenticated:
            return None
        page = request.resolver_match.view_name if request.resolver_match else ""
        if page in DOOR:
            return None
        if not has_second_step(request, request.user):
            logout(request)
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        is_missing = settings.SECOND_FACTOR_REQUIRED and request.user.second_factor_since is None
        if is_missing and page not in OWN_ACCOUNT:
            return HttpResponseRedirect(reverse("admin:two_step"))
        see_session(request)
        return None
