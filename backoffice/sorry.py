"""The pages when something fails on our side, and when more was sent than we take."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import bad_request, server_error
from redis.exceptions import RedisError

AWAY_S = 5
AWAY = (OperationalError, InterfaceError, RedisError)


def failed(request: HttpRequest) -> HttpResponse:
    """Called by Django while the exception is being handled; needs neither database nor session.

    503 where PostgreSQL or Valkey does not answer: nothing was done, and the supervisor starts them
    again within seconds. 500 for everything else.
    """
    if not isinstance(sys.exception(), AWAY):
        return server_error(request)
    page = loader.get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(AWAY_S)})


def unread(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Called by Django for what it did not read: 413 where it was too much, 400 for everything else.

    The form was not even taken apart, so nothing of it can have been done.
    """
    if not isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return bad_request(request, exception)
    page = loader.get_template("413.html").render(
        {
            "sent": _bytes_of(request),
            "most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
            "is_too_long": isinstance(exception, RequestDataTooBig),
            "fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        },
        request,
    )
    return HttpResponse(page, status=413)


def _bytes_of(request: HttpRequest) -> int:
    """As the browser says; 0 where it says nothing sensible."""
    stated = request.META.get("CONTENT_LENGTH") or ""
    return int(stated) if stated.isdecimal() else 0
