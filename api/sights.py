"""Staff who see an account as its owner does: they read, every request is written down, nothing is done.

Such a request carries an access token with the claim `act` (RFC 8693). Whoever it comes from and
whatever it asks for, it passes here first: also what needs no token, such as signing in.
"""

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from api.errors import problem
from marketplace.accounts.queries import user_in_sight
from marketplace.privacy.commands import note_use
from marketplace.privacy.errors import SightReadOnly
from marketplace.privacy.queries import standing
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PREFIX = "/api/"


class SightMiddleware:
    """Tells such requests from all others by looking into the token, which costs a microsecond; what it
    says is believed once the signature is checked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _acting_token(request)
        if not token or not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            return self._seen(request, token)
        except DomainError as refusal:
            return problem(refusal)

    def _seen(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """The answer leaves once it is written down; refused where the sight is over by then."""
        user, acting = user_in_sight(token)
        sight = standing(sight_id=acting.sight_id, staff_id=acting.staff_id, user_id=user.pk)
        request.seen_by_staff = user  # type: ignore[attr-defined] # for `api.auth` and `api.footfall`
        is_safe = request.method in SAFE
        answer = self.get_response(request) if is_safe else problem(SightReadOnly())
        note_use(
            sight_id=sight.pk,
            method=str(request.method),
            path=request.get_full_path(),
            status=answer.status_code,
            actor=Actor.staff(acting.staff_id, sight.staff.name),
        )
        return answer


def _acting_token(request: HttpRequest) -> str:
    """The request's token where it says, signed or not, that staff act; else ""."""
    scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    parts = token.strip().split(".")
    if scheme.lower() != "bearer" or len(parts) != 3:
        return ""
    try:
        claims = urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except (binascii.Error, ValueError):
        return ""
    return token.strip() if b'"act"' in claims else ""
