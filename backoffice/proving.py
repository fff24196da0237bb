"""What a session of the console has proved, and the guard that asks for what is missing.

The session keeps since when the factor stands that it was proved with: setting up another one ends
every other session of the person, and a session that came in some other way opens nothing.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from api.throttling import client_address
from backoffice.sessions import see_session
from marketplace.accounts import lockout
from marketplace.accounts.commands import prove_second_factor
from marketplace.accounts.errors import PasswordWrong, SecondFactorWrong
from marketplace.accounts.models import User
from marketplace.shared import clock
from marketplace.shared.actors import Actor

GUARDED = ("/console/", "/reports/")
# The door itself, and the way out.
DOOR = {"sign-in", "sign-in-code", "admin:login", "admin:logout"}
# What a person does about their own account before they have a second step.
OWN_ACCOUNT = {"admin:two_step", "change-password", "admin:password_change_done", "admin:jsi18n"}
_SECOND_STEP = "second_step"
_PROVED_AT = "proved_at"


def keep_second_step(request: HttpRequest, user: User) -> None:
    """This session was opened with a code of the factor that the person has now."""
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


def prove_again(request: HttpRequest, answer: str) -> None:
    """Take a code where the person has a second factor, else the password; counted like at the door.

    Raises SecondFactorWrong, SecondFactorLocked, PasswordWrong and SignInLocked.
    """
    user: Any = request.user
    login, ip = (user.email or "").lower(), client_address(request)
    lockout.check(login=login, ip=ip)
    try:
        if user.second_factor_since is not None:
            actor = Actor.staff(user.pk, user.name)
            prove_second_factor(user_id=user.pk, code=answer, actor=actor)
        elif not user.check_password(answer):
            raise PasswordWrong
    except (SecondFactorWrong, PasswordWrong):
        lockout.count_failure(login=login, ip=ip)
        raise
    lockout.forget(login=login)
    keep_proved(request)


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
