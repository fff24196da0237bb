"""Two-step sign-in of one's own account: set it up, keep recovery codes, give it up."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache

from backoffice.pages.decisions import actor_of
from backoffice.pages.forms import CodeField
from backoffice.pages.qr import qr_svg
from backoffice.pages.site_page import ConsolePage
from backoffice.proving import keep_proved, keep_second_step
from marketplace.accounts.commands import (
    begin_second_factor,
    confirm_second_factor,
    prove_second_factor,
    remove_own_second_factor,
    renew_recovery_codes,
)
from marketplace.accounts.models import User
from marketplace.accounts.queries import second_step_of
from marketplace.accounts.totp import address_of
from marketplace.shared.errors import DomainError

KEY_GROUP = 4


class StepForm(forms.Form):
    """A code, and which of the page's steps it is for."""

    code = CodeField()


@method_decorator(never_cache, name="dispatch")
class TwoStep(ConsolePage):
    """Recovery codes stand in the answer to the POST that made them, and nowhere else."""

    title = gettext_lazy("Two-step sign-in")
    permission_required = ()
    template_name = "console/two_step.html"
    http_method_names = ("get", "head", "options", "post")  # type: ignore[assignment]

    def post(self, request: HttpRequest) -> HttpResponse:
        steps: dict[str, Callable[[str], HttpResponse]] = {
            "confirm": self._confirm,
            "renew": self._renew,
            "remove": self._remove,
        }
        wanted = request.POST.get("do", "")
        if wanted not in steps:
            return self._begin()
        form = StepForm(request.POST, auto_id=f"{wanted}-%s")
        if form.is_valid():
            try:
                return steps[wanted](form.cleaned_data["code"])
            except DomainError as refusal:
                form.add_error("code", str(refusal))
        return self.render_to_response(
            self.get_context_data(**{f"{wanted}_form": form}), status=422
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = _me(self.request)
        step = second_step_of(user.pk)
        secret = step.shown_secret if step else ""
        forms_ = {
            f"{name}_form": StepForm(auto_id=f"{name}-%s")
            for name in ("confirm", "renew", "remove")
        }
        return {
            **super().get_context_data(),
            **forms_,
            "step": step,
            "since": user.second_factor_since,
            "is_required": settings.SECOND_FACTOR_REQUIRED,
            "key": " ".join(
                secret[start : start + KEY_GROUP] for start in range(0, len(secret), KEY_GROUP)
            ),
            "qr": _qr(user, secret) if secret else "",
            **kwargs,
        }

    def blocks(self, request: HttpRequest) -> Any:
        """None: the page has a template of its own."""

    def _begin(self) -> HttpResponse:
        try:
            begin_second_factor(user_id=_me(self.request).pk, actor=actor_of(self.request))
        except DomainError as refusal:
            messages.error(self.request, str(refusal))
        return HttpResponseRedirect(self.request.path)

    def _confirm(self, code: str) -> HttpResponse:
        user = _me(self.request)
        codes = confirm_second_factor(user_id=user.pk, code=code, actor=actor_of(self.request))
        user.refresh_from_db()
        keep_second_step(self.request, user)
        keep_proved(self.request)
        return self._shown_once(codes)

    def _renew(self, code: str) -> HttpResponse:
        user, actor = _me(self.request), actor_of(self.request)
        prove_second_factor(user_id=user.pk, code=code, actor=actor)
        return self._shown_once(renew_recovery_codes(user_id=user.pk, actor=actor))

    def _remove(self, code: str) -> HttpResponse:
        remove_own_second_factor(
            user_id=_me(self.request).pk, code=code, actor=actor_of(self.request)
        )
        messages.success(self.request, gettext("Two-step sign-in is removed."))
        return HttpResponseRedirect(self.request.path)

    def _shown_once(self, codes: list[str]) -> HttpResponse:
        return self.render_to_response(self.get_context_data(codes=codes))


def _me(request: HttpRequest) -> User:
    user: Any = request.user
    return user


def _qr(user: User, secret: str) -> str:
    address = address_of(secret, account=user.email or user.reference)
    return qr_svg(address, label=gettext("QR code for your authenticator app"))
