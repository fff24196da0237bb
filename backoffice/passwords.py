"""Choosing a password by a link: of an invitation, or because one was forgotten."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget

from api.throttling import RATES, client_address, spend
from backoffice.login import at_the_door
from backoffice.pages.forms import WORDS_MAX
from marketplace.accounts.commands import ask_password_link, choose_password
from marketplace.accounts.models import User
from marketplace.accounts.queries import PasswordLinkFor, password_link
from marketplace.shared.errors import DomainError

_TOKEN = "password_link"  # noqa: S105 - where the session keeps it


class PasswordField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        super().__init__(max_length=WORDS_MAX, strip=False, widget=widget, **kwargs)


class ChooseForm(forms.Form):
    password = PasswordField(
        label=_("New password"), help_text=password_validators_help_text_html()
    )
    again = PasswordField(label=_("New password, once more"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "again" in cleaned and cleaned.get("password") != cleaned["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return cleaned


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "username"}),
    )


@method_decorator(never_cache, name="dispatch")
class FollowLink(View):
    """Takes the token out of the address, where it would stand in histories and logs. Spends
    nothing: programs that look at mail follow links as well."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        request.session[_TOKEN] = token
        return HttpResponseRedirect(reverse("choose-password"))


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class ChoosePassword(FormView):
    """The same page for an invitation and for a forgotten password."""

    form_class = ChooseForm
    template_name = "admin/choose_password.html"

    def form_valid(self, form: Any) -> HttpResponse:
        token = self.request.session.get(_TOKEN, "")
        try:
            person = choose_password(token=token, password=form.cleaned_data["password"])
        except DomainError as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, str(refusal))
            return self.form_invalid(form)
        # Nothing that this browser was before goes on.
        self.request.session.flush()
        return _onward(self.request, person)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        link: PasswordLinkFor | None = password_link(self.request.session.get(_TOKEN, ""))
        title = _("Welcome") if link and link.is_invitation else _("Choose a new password")
        if link is None:
            title = _("This link does not work")
        return {
            **super().get_context_data(**kwargs),
            **at_the_door(self.request, title),
            "link": link,
        }


@method_decorator(never_cache, name="dispatch")
class ForgottenPassword(FormView):
    """Asks for an address and says the same whatever it is."""

    form_class = ForgottenForm
    template_name = "admin/forgotten_password.html"

    def form_valid(self, form: Any) -> HttpResponse:
        if spend(RATES["code"], f"forgotten:{client_address(self.request)}").is_exceeded:
            form.add_error(
                None, _("That was often in a short time. Wait a minute, then try again.")
            )
            return self.form_invalid(form)
        ask_password_link(email=form.cleaned_data["email"])
        return HttpResponseRedirect(reverse("password-link-asked"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            **at_the_door(self.request, _("Forgotten password")),
        }


class LinkAsked(TemplateView):
    template_name = "admin/forgotten_password.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            **at_the_door(self.request, _("Look into your mailbox")),
            "is_asked": True,
        }


def _onward(request: HttpRequest, person: User) -> HttpResponse:
    """To the door; whoever has no second step yet is led on to setting one up."""
    if not person.is_staff:
        said = gettext(
            "Your password is set. You can sign in as soon as a second person has agreed to your role."
        )
    else:
        said = gettext("Your password is set. Sign in with it now.")
    messages.success(request, said)
    address = reverse("admin:login")
    if person.second_factor_since is None:
        address += f"?{urlencode({REDIRECT_FIELD_NAME: reverse('admin:two_step')})}"
    return HttpResponseRedirect(address)
