"""The page when something fails on our side: a bug, or a server of ours that is away for a moment."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error
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
