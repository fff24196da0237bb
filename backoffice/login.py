"""The console's door: the same limits on guessing as at the API's."""

from typing import Any

from django import forms
from unfold.forms import AuthenticationForm

from api.throttling import client_address
from marketplace.accounts import lockout
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
