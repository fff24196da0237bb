"""The console's door: the same limits on guessing as at the API's, the same care with a new password.

Whoever has a second factor signs in on two pages. Between them nobody is signed in: an anonymous
session remembers for a few minutes whose password was right.
"""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import login as open_session
from django.contrib.auth.views import LoginView, PasswordChangeView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm

from api.throttling import client_address
from backoffice.pages.forms import CodeField, PasskeyAnswer
from backoffice.proving import (
    counted_failures,
    keep_proved,
    keep_second_step,
    prove_with_passkey,
)
from backoffice.sessions import remember_session, see_session, session_of
from marketplace.accounts import lockout
from marketplace.accounts.commands import (
    end_other_console_sessions,
    prove_second_factor,
    set_password,
)
from marketplace.accounts.models import User
from marketplace.accounts.queries import has_app, has_passkey
from marketplace.accounts.states import PasskeyPurpose
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError

# How long after the password the code may come.
BETWEEN_S = 5 * 60
_BETWEEN = "password_was_right"


class LoginForm(AuthenticationForm):
    """E-mail address and password; after too many failures nobody is even asked."""

    def clean(self) -> dict[str, Any]:
        login = str(self.cleaned_data.get("username", "")).strip().lower()
        self.cleaned_data["username"] = login
        ip = client_address(self.request) if self.request else ""
        try:
            lockout.check(login=login, ip=ip)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            lockout.count_failure(login=login, ip=ip)
            raise
        user: Any = self.get_user()
        if user.second_factor_since is None:
            lockout.forget(login=login)
        return cleaned


class SecondStepForm(forms.Form):
    """A code, or what a passkey says."""

    code = CodeField()
    passkey = PasskeyAnswer()

    def __init__(self, *args: Any, takes_codes_of_app: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("passkey")
        self.fields["code"].help_text = (
            _("Six digits from your authenticator app, or a recovery code.")
            if takes_codes_of_app
            else _("One of your recovery codes.")
        )


class SignIn(LoginView):
    """In place of the admin site's own view, at the same address: a password may not be enough."""

    form_class = LoginForm
    template_name = "admin/login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and admin.site.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.get_user()
        if user.second_factor_since is None:
            answer = super().form_valid(form)
            keep_proved(self.request)
            remember_session(self.request)
            return answer
        self.request.session[_BETWEEN] = {
            "user": str(user.pk),
            "password": user.get_session_auth_hash(),
            "until": clock.now().timestamp() + BETWEEN_S,
        }
        onward = urlencode({REDIRECT_FIELD_NAME: self.get_success_url()})
        return HttpResponseRedirect(f"{reverse('sign-in-code')}?{onward}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | at_the_door(self.request, _("Log in"))


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class SignInCode(RedirectURLMixin, FormView):
    """The second page: opens the session, if a passkey or a code comes soon after the right password."""

    form_class = SecondStepForm
    template_name = "admin/login_code.html"
    next_page = "admin:index"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = whose_password_was_right(request)
        if person is None:
            return HttpResponseRedirect(reverse("admin:login"))
        self.person = person
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"takes_codes_of_app": has_app(self.person.pk)}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with counted_failures(self.request, self.person):
                self._prove(form.cleaned_data["code"], form.cleaned_data["passkey"])
        except DomainError as refusal:
            form.add_error("code", str(refusal))
            return self.form_invalid(form)
        enter(self.request, self.person)
        return HttpResponseRedirect(self.get_success_url())

    def _prove(self, code: str, passkey: str) -> None:
        person = self.person
        if passkey:
            purpose = PasskeyPurpose.SECOND_STEP
            prove_with_passkey(self.request, purpose, passkey, user_id=person.pk)
        else:
            actor = Actor.staff(person.pk, person.name)
            prove_second_factor(user_id=person.pk, code=code, actor=actor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            **at_the_door(self.request, _("One more step")),
            "takes_passkey": has_passkey(self.person.pk),
        }


def enter(request: HttpRequest, person: User) -> None:
    """Open the session of somebody who proved both steps just now."""
    request.session.pop(_BETWEEN, None)
    open_session(request, person)
    keep_second_step(request, person)
    keep_proved(request)
    remember_session(request)


def whose_password_was_right(request: HttpRequest) -> User | None:
    """None where nobody's was, too long ago, or where what was right then is not any more."""
    kept = request.session.get(_BETWEEN)
    if not kept or kept["until"] < clock.now().timestamp():
        return None
    person = User.objects.filter(
        pk=kept["user"], is_active=True, is_staff=True, second_factor_since__isnull=False
    ).first()
    if person is None or person.get_session_auth_hash() != kept["password"]:
        return None
    return person


def at_the_door(request: HttpRequest, title: Any) -> dict[str, Any]:
    """What the admin site gives its own sign-in page."""
    request.current_app = admin.site.name  # As the site itself does.
    return {
        **admin.site.each_context(request),
        "title": title,
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
    }


class PasswordForm(AdminOwnPasswordChangeForm):
    """Ends the sessions at the API too, which a password saved by Django would not."""

    user: User

    def save(self, commit: bool = True) -> User:
        self.user = set_password(
            user_id=self.user.pk,
            password=self.cleaned_data["new_password1"],
            actor=Actor.staff(self.user.pk, self.user.name),
        )
        return self.user


class PasswordChange(PasswordChangeView):
    """In place of the admin site's own view, at the same address."""

    form_class = PasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def form_valid(self, form: Any) -> HttpResponse:
        """The new password ends the person's other sessions; this one goes on under another key."""
        answer = super().form_valid(form)
        see_session(self.request)
        end_other_console_sessions(
            user_id=form.user.pk,
            kept=session_of(self.request),
            actor=Actor.staff(form.user.pk, form.user.name),
        )
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | admin.site.each_context(self.request)
