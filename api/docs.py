"""The page at /api/v1/docs: Swagger UI from ninja's own static files, no inline script, no foreign host."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

# Shown where the demo marketplace may be loaded, never in production.
DEMO_LOGINS = ("buyer@zetutech.test", "seller@zetutech.test")
DEMO_PASSWORD = "Karibu-2026!"  # noqa: S105 - printed on purpose, of people who do not exist


class DocsPage(DocsBase):
    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        swagger = {
            "url": self.get_openapi_url(api, kwargs),
            "layout": "BaseLayout",
            "deepLinking": True,
            "docExpansion": "list",
            "filter": True,
            "persistAuthorization": True,
            "tryItOutEnabled": True,
            "displayRequestDuration": True,
        }
        context = {
            "api": api,
            "swagger_settings": json.dumps(swagger),
            "openapi_url": swagger["url"],
            "is_demo": settings.ENVIRONMENT != "production",
            "logins": DEMO_LOGINS,
            "password": DEMO_PASSWORD,
        }
        return render(request, "api/docs.html", context)
