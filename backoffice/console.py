"""Unfold's configuration of the console: `settings.UNFOLD`. Imports no model: settings come first."""

from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.configuration import Configuration

ENVIRONMENTS = {
    "production": (_("Production"), "danger"),
    "test": (_("Test"), "warning"),
    "development": (_("Development"), "info"),
}


def environment(request: HttpRequest) -> list[Any]:
    """The label in the header: nobody mistakes a trial for the real thing."""
    return list(ENVIRONMENTS.get(settings.ENVIRONMENT, (settings.ENVIRONMENT, "info")))


def title_prefix(request: HttpRequest) -> str:
    return "" if settings.ENVIRONMENT == "production" else f"[{settings.ENVIRONMENT}]"


def content_security_policy(
    pictures: list[str], configuration: Configuration
) -> dict[str, list[str]]:
    """What the console may load beyond the strict policy, and why."""
    buckets = [configuration.s3_endpoint_url or "https://*.amazonaws.com"]
    if not configuration.s3_private_bucket:
        buckets = []
    return {
        # Unfold brings Alpine and htmx, which compile expressions at run time.
        "script-src": [SELF, UNSAFE_EVAL],
        # It writes its colours into the page.
        "style-src": [SELF, UNSAFE_INLINE],
        # Our pages show private files in place, which production keeps in a bucket.
        "img-src": [*pictures, *buckets],
        "frame-src": [SELF, *buckets],
    }


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "ZetuTech",
    "SITE_HEADER": "ZetuTech",
    "SITE_SUBHEADER": _("Operations console"),
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("backoffice/logo.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("backoffice/logo.svg"),
        }
    ],
    "ENVIRONMENT": "backoffice.console.environment",
    "ENVIRONMENT_TITLE_PREFIX": "backoffice.console.title_prefix",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "LANGUAGES": {"action": lambda request: reverse("set_language")},
    "BORDER_RADIUS": "8px",
    "STYLES": [
        lambda request: static("backoffice/console.css"),
        lambda request: static("backoffice/work.css"),
        lambda request: static("backoffice/lists.css"),
        lambda request: static("backoffice/account.css"),
        lambda request: static("backoffice/audit.css"),
        lambda request: static("backoffice/charts.css"),
    ],
    "SCRIPTS": [
        lambda request: static("backoffice/frame.js"),
        lambda request: static("backoffice/work.js"),
        lambda request: static("backoffice/suggest.js"),
        lambda request: static("backoffice/charts.js"),
        lambda request: static("backoffice/passkeys.js"),
    ],
    "LOGIN": {
        "form": "backoffice.login.LoginForm",
        "image": lambda request: static("backoffice/login.svg"),
    },
    "DASHBOARD_CALLBACK": "backoffice.dashboard.fill",
    "COMMAND": {"search_callback": "backoffice.finding.palette", "show_history": False},
    "ACCOUNT": {
        "navigation": [
            {"title": _("Two-step sign-in"), "link": lambda request: reverse("admin:two_step")},
            {
                "title": _("Where I am signed in"),
                "link": lambda request: reverse("admin:signed_in"),
            },
            {
                "title": _("Change password"),
                "link": lambda request: reverse("admin:password_change"),
            },
        ]
    },
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
    },
    "SITE_VIEWS": [
        ("my-work/", "my_work", "backoffice.work.mine.MyWork"),
        ("two-step/", "two_step", "backoffice.two_step.TwoStep"),
        ("two-step/ask/", "ask_passkey", "backoffice.passkeys.AskInside"),
        ("signed-in/", "signed_in", "backoffice.signed_in.SignedIn"),
        ("queue-times/", "queue_times", "backoffice.work.times.QueueTimes"),
        (
            "case/<slug:kind>/<str:case_id>/looking/",
            "presence",
            "backoffice.work.looking.Presence",
        ),
        ("analytics/", "analytics", "backoffice.insight.page.Analytics"),
        (
            "analytics/<slug:chart>.csv",
            "analytics_csv",
            "backoffice.insight.page.ChartFile",
        ),
        ("sights/<uuid:sight>/<slug:tab>/", "seeing", "backoffice.seeing.page.Seeing"),
        ("find/<str:reference>/", "find", "backoffice.views.Find"),
        ("system/", "system", "backoffice.system.System"),
        ("jobs/", "jobs", "backoffice.jobs.Jobs"),
        ("roles/", "roles", "backoffice.role_matrix.Roles"),
        ("roles.csv", "roles_csv", "backoffice.role_matrix.RolesFile"),
        ("payments/providers/", "providers", "backoffice.admin.providers.Providers"),
        ("ledger/trial-balance/", "trial_balance", "backoffice.views.TrialBalance"),
        ("reconciliation/proof/", "daily_proof", "backoffice.proofs.DailyProof"),
        ("reconciliation/three-way/", "three_way", "backoffice.proofs.ThreeWayCheck"),
        ("payouts/desk/", "payout_desk", "backoffice.payout_desk.PayoutDesk"),
        ("payouts/balances/", "balances", "backoffice.views.Balances"),
    ],
    # The teal of Zanzibar's reef and the warm grey of its coral stone.
    "COLORS": {
        "base": {
            "50": "oklch(98.4% .003 210)",
            "100": "oklch(96.6% .005 210)",
            "200": "oklch(92.6% .008 210)",
            "300": "oklch(87% .012 212)",
            "400": "oklch(70.5% .02 214)",
            "500": "oklch(55% .025 216)",
            "600": "oklch(44.5% .027 218)",
            "700": "oklch(37% .027 220)",
            "800": "oklch(27.5% .025 222)",
            "900": "oklch(20.5% .022 224)",
            "950": "oklch(13% .018 226)",
        },
        "primary": {
            "50": "oklch(98% .015 185)",
            "100": "oklch(95% .045 184)",
            "200": "oklch(90.5% .08 184)",
            "300": "oklch(84.5% .11 184)",
            "400": "oklch(76.5% .12 185)",
            "500": "oklch(66% .11 187)",
            "600": "oklch(52% .09 190)",
            "700": "oklch(47% .08 193)",
            "800": "oklch(40% .067 196)",
            "900": "oklch(34.5% .055 198)",
            "950": "oklch(25% .045 200)",
        },
    },
}
