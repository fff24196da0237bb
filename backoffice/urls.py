"""The doors: the console, the API, and a liveness probe that touches nothing else."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from api.app import api
from api.health import health
from backoffice import files
from backoffice.admin.reports import mailed
from backoffice.login import PasswordChange, SignIn, SignInCode
from backoffice.passkeys import AskAtTheDoor, SignInWithPasskey
from backoffice.passwords import ChoosePassword, FollowLink, ForgottenPassword, LinkAsked
from backoffice.suggesting import suggest


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Whether its database and queue do is asked at /api/health."""
    return HttpResponse("ok\n", content_type="text/plain")


def nowhere(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """In place of a page of Django's own that has no use here."""
    raise Http404


# Django tries them in this order: programs ask most.
urlpatterns = [
    path("api/v1/", api.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", alive),
    path("files/<str:token>/<str:name>", files.serve, name="private-file"),
    path("media/<path:name>", files.picture),
    path("reports/<str:token>", admin.site.admin_view(mailed), name="report-link"),
    path("admin/", RedirectView.as_view(pattern_name="admin:index")),
    path("api/health", health, name="api-health"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("console/login/", SignIn.as_view(), name="sign-in"),
    path("console/login/code/", SignInCode.as_view(), name="sign-in-code"),
    path("console/login/passkey/", SignInWithPasskey.as_view(), name="sign-in-passkey"),
    path("console/login/passkey/ask/", AskAtTheDoor.as_view(), name="sign-in-ask-passkey"),
    path("console/password/forgotten/", ForgottenPassword.as_view(), name="forgotten-password"),
    path("console/password/asked/", LinkAsked.as_view(), name="password-link-asked"),
    path("console/password/choose/", ChoosePassword.as_view(), name="choose-password"),
    path("console/password/<str:token>/", FollowLink.as_view(), name="follow-password-link"),
    path(
        "console/password_change/",
        admin.site.admin_view(PasswordChange.as_view()),
        name="change-password",
    ),
    path("console/suggest/<slug:kind>/", admin.site.admin_view(suggest), name="suggest"),
    # "View on site", which fails on any id that is not of its model's kind.
    path("console/r/<path:thing>", nowhere),
    path("console/", admin.site.urls),
]

handler400 = "backoffice.sorry.unread"
handler500 = "backoffice.sorry.failed"
