"""The console's door: the same limits on guessing as at the API's, the same care with a new password."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm

from api.throttling import client_address
from marketplace.accounts import lockout
from marketplace.accounts.commands import set_password
from marketplace.accounts.models import User
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError


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
        lockout.forget(login=login)
        return cleaned


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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | admin.site.each_context(self.request)
