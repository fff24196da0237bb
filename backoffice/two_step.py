"""Two-step sign-in of one's own account: passkeys, an authenticator app, recovery codes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from backoffice.pages.decisions import actor_of
from backoffice.pages.forms import CodeField, PasskeyAnswer, Words
from backoffice.pages.qr import qr_svg
from backoffice.pages.site_page import ConsolePage
from backoffice.proving import (
    asked_of_passkey,
    is_freshly_proved,
    keep_proved,
    keep_second_step,
)
from backoffice.sessions import session_of
from backoffice.step_up import ProofForm
from marketplace.accounts.commands import (
    add_passkey,
    begin_second_factor,
    confirm_second_factor,
    end_other_console_sessions,
    remove_own_app,
    remove_own_passkey,
    renew_recovery_codes,
)
from marketplace.accounts.commands.passkeys import NAME_LENGTH_MAX, PASSKEYS_MAX
from marketplace.accounts.errors import PasskeyNotFound
from marketplace.accounts.models import User
from marketplace.accounts.queries import passkeys_of, second_step_of
from marketplace.accounts.states import PasskeyPurpose
from marketplace.accounts.totp import address_of
from marketplace.shared.errors import DomainError

KEY_GROUP = 4


class ConfirmForm(forms.Form):
    code = CodeField()


class PasskeyForm(forms.Form):
    """A name, and what the device made."""

    name = Words(label=_("Name of the passkey"), max_length=NAME_LENGTH_MAX)
    passkey = PasskeyAnswer()


@method_decorator(never_cache, name="dispatch")
class TwoStep(ConsolePage):
    """Recovery codes stand in the answer to the POST that made them, and nowhere else.

    Whoever adds a way in proved lately who they are; whoever takes one away proves it then.
    """

    title = gettext_lazy("Two-step sign-in")
    permission_required = ()
    template_name = "console/two_step.html"
    http_method_names = ("get", "head", "options", "post")  # type: ignore[assignment]

    def post(self, request: HttpRequest) -> HttpResponse:
        steps: dict[str, tuple[type[forms.Form], Callable[[Any], HttpResponse]]] = {
            "confirm": (ConfirmForm, self._confirm),
            "add-passkey": (PasskeyForm, self._add_passkey),
            "prove": (ProofForm, self._proved),
            "renew": (ProofForm, self._renew),
            "remove": (ProofForm, self._remove_app),
            "remove-passkey": (ProofForm, self._remove_passkey),
        }
        wanted = request.POST.get("do", "")
        if wanted not in steps:
            return self._begin()
        kind, step = steps[wanted]
        form = self._form(kind, wanted, request.POST)
        if form.is_valid():
            try:
                return step(form.cleaned_data)
            except DomainError as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
        name = f"{wanted.replace('-', '_')}_form"
        return self.render_to_response(self.get_context_data(**{name: form}), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = _me(self.request)
        step, passkeys = second_step_of(user.pk), passkeys_of(user.pk)
        secret = step.shown_secret if step else ""
        which = self.request.POST.get("which") or self.request.GET.get("which", "")
        return {
            **super().get_context_data(),
            **self._forms(),
            "step": step,
            "since": step.since if step else None,
            "passkeys": passkeys,
            "leaving": next((one for one in passkeys if str(one.pk) == which), None),
            "is_full": len(passkeys) >= PASSKEYS_MAX,
            "is_proved": is_freshly_proved(self.request),
            "is_required": settings.SECOND_FACTOR_REQUIRED,
            "key": " ".join(
                secret[start : start + KEY_GROUP] for start in range(0, len(secret), KEY_GROUP)
            ),
            "qr": _qr(user, secret) if secret else "",
            **kwargs,
        }

    def blocks(self, request: HttpRequest) -> Any:
        """None: the page has a template of its own."""

    def _forms(self) -> dict[str, forms.Form]:
        kinds: dict[str, type[forms.Form]] = {
            "confirm": ConfirmForm,
            "add_passkey": PasskeyForm,
            **dict.fromkeys(("prove", "renew", "remove", "remove_passkey"), ProofForm),
        }
        return {f"{name}_form": self._form(kind, name) for name, kind in kinds.items()}

    def _form(self, kind: type[forms.Form], name: str, data: Any = None) -> forms.Form:
        auto_id = f"{name}-%s"
        if issubclass(kind, ProofForm):
            return kind(self.request, data, auto_id=auto_id)
        return kind(data, auto_id=auto_id)

    # --- Adding ---

    def _begin(self) -> HttpResponse:
        """The first way in may be set up as one sits there; another one only by who proved it."""
        user = _me(self.request)
        if user.second_factor_since is not None and not is_freshly_proved(self.request):
            messages.error(self.request, gettext("Confirm first that it is you."))
            return HttpResponseRedirect(self.request.path)
        try:
            begin_second_factor(user_id=user.pk, actor=actor_of(self.request))
        except DomainError as refusal:
            messages.error(self.request, str(refusal))
        return HttpResponseRedirect(self.request.path)

    def _confirm(self, answers: dict[str, Any]) -> HttpResponse:
        user = _me(self.request)
        codes = confirm_second_factor(
            user_id=user.pk, code=answers["code"], actor=actor_of(self.request)
        )
        return self._added(codes, gettext("The authenticator app is set up."))

    def _add_passkey(self, answers: dict[str, Any]) -> HttpResponse:
        challenge_id = asked_of_passkey(self.request, PasskeyPurpose.REGISTER)
        codes = add_passkey(
            user_id=_me(self.request).pk,
            challenge_id=challenge_id,
            name=answers["name"],
            answer=answers["passkey"],
            actor=actor_of(self.request),
        )
        return self._added(codes, gettext("The passkey is added."))

    def _added(self, codes: list[str], done: str) -> HttpResponse:
        """With the first way in this session goes on as one that proved it, and codes are shown."""
        if not codes:
            messages.success(self.request, done)
            return HttpResponseRedirect(self.request.path)
        user = _me(self.request)
        user.refresh_from_db()
        keep_second_step(self.request, user)
        keep_proved(self.request)
        return self._shown_once(codes)

    # --- Proved a moment ago, by the form ---

    def _proved(self, answers: dict[str, Any]) -> HttpResponse:
        return HttpResponseRedirect(self.request.path)

    def _renew(self, answers: dict[str, Any]) -> HttpResponse:
        user = _me(self.request)
        return self._shown_once(renew_recovery_codes(user_id=user.pk, actor=actor_of(self.request)))

    def _remove_app(self, answers: dict[str, Any]) -> HttpResponse:
        remove_own_app(user_id=_me(self.request).pk, actor=actor_of(self.request))
        return self._removed(gettext("The authenticator app is removed."))

    def _remove_passkey(self, answers: dict[str, Any]) -> HttpResponse:
        remove_own_passkey(
            user_id=_me(self.request).pk,
            passkey_id=_which(self.request.POST.get("which", "")),
            actor=actor_of(self.request),
        )
        return self._removed(gettext("The passkey is removed, and your other sessions are ended."))

    def _removed(self, done: str) -> HttpResponse:
        """Whoever has the lost device has what it opened, too."""
        end_other_console_sessions(
            user_id=_me(self.request).pk,
            kept=session_of(self.request),
            actor=actor_of(self.request),
        )
        messages.success(self.request, done)
        return HttpResponseRedirect(self.request.path)

    def _shown_once(self, codes: list[str]) -> HttpResponse:
        return self.render_to_response(self.get_context_data(codes=codes))


def _me(request: HttpRequest) -> User:
    user: Any = request.user
    return user


def _which(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise PasskeyNotFound from error


def _qr(user: User, secret: str) -> str:
    address = address_of(secret, account=user.email or user.reference)
    return qr_svg(address, label=gettext("QR code for your authenticator app"))
