"""Passkeys at the console: what the browser is to ask of one, and signing in with one alone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views import View
from django.views.decorators.cache import never_cache
from unfold.views import UnfoldSiteViewMixin

from api.throttling import RATES, client_address, spend
from backoffice.login import enter, whose_password_was_right
from backoffice.proving import ask_for_passkey, is_freshly_proved, prove_with_passkey
from marketplace.accounts import lockout
from marketplace.accounts.errors import PasskeyRefused
from marketplace.accounts.states import PasskeyPurpose
from marketplace.shared.errors import DomainError

JSON = "application/json"
INSIDE = {PasskeyPurpose.REGISTER, PasskeyPurpose.STEP_UP}


@method_decorator(never_cache, name="dispatch")
class AskAtTheDoor(View):
    """Options for a passkey: of whose password was right a moment ago, else of whoever comes.

    A stranger learns nothing of anybody: the options name no passkey, and the device offers its own.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        if spend(RATES["sign-in"], f"passkey:{client_address(request)}").is_exceeded:
            return HttpResponse(status=429)
        if request.POST.get("purpose") == PasskeyPurpose.SIGN_IN:
            return _options(ask_for_passkey(request, PasskeyPurpose.SIGN_IN))
        person = whose_password_was_right(request)
        if person is None:
            return HttpResponse(status=403)
        purpose = PasskeyPurpose.SECOND_STEP
        return _options(ask_for_passkey(request, purpose, user_id=person.pk))


@method_decorator(never_cache, name="dispatch")
class AskInside(UnfoldSiteViewMixin, View):
    """Options for somebody who is signed in: to prove once more who it is, or to add a passkey."""

    title = ""
    permission_required = ()
    raise_exception = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.POST.get("purpose", "")
        if asked not in INSIDE:
            return HttpResponse(status=400)
        purpose = PasskeyPurpose(asked)
        if purpose is PasskeyPurpose.REGISTER and not is_freshly_proved(request):
            return HttpResponse(status=403)
        user: Any = request.user
        return _options(ask_for_passkey(request, purpose, user_id=user.pk))


@method_decorator(never_cache, name="dispatch")
class SignInWithPasskey(RedirectURLMixin, View):
    """A passkey alone: its device verified who holds it, which is a second step by itself."""

    next_page = "admin:index"

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:login"))

    def post(self, request: HttpRequest) -> HttpResponse:
        ip = client_address(request)
        try:
            # Nobody says who they are before it is proved: only the address can be counted against.
            lockout.check(login="", ip=ip)
            answer = request.POST.get("passkey", "")
            person = prove_with_passkey(request, PasskeyPurpose.SIGN_IN, answer)
        except DomainError as refusal:
            if isinstance(refusal, PasskeyRefused):
                lockout.count_failure(login="", ip=ip)
            messages.error(request, str(refusal))
            onward = urlencode({REDIRECT_FIELD_NAME: self.get_redirect_url()})
            return HttpResponseRedirect(f"{reverse('admin:login')}?{onward}")
        enter(request, person)
        return HttpResponseRedirect(self.get_success_url())


def _options(options: str) -> HttpResponse:
    return HttpResponse(options, content_type=JSON)
