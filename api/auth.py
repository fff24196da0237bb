"""Who is asking: an access token in, a person and the actor for commands out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from marketplace.accounts.queries import user_by_access_token, user_id_of_token
from marketplace.sellers.queries import seller_of_user
from marketplace.shared.actors import Actor
from marketplace.shared.errors import Forbidden


class DutyMissing(Forbidden):
    code = "duty_missing"
    message = _("Your role does not include this.")


class Person(Protocol):
    """What the API reads of a user; the model itself is the accounts' own."""

    id: UUID
    reference: str
    name: str
    email: str | None
    phone: str | None
    language: str
    kyc_level: int
    phone_verified_at: datetime | None
    date_joined: datetime

    def has_perm(self, perm: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Shop:
    """The seller that the person acts for, and the actor who does."""

    id: UUID
    seller: Any
    actor: Actor


class Bearer(HttpBearer):
    """`Authorization: Bearer <access token>`; refusals are the accounts' own."""

    openapi_bearerFormat = "JWT"
    openapi_description = "The `access` token of POST /auth/login; it lives for minutes."

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        # Staff who look were believed by `api.sights` already; their tokens open nothing else.
        seen = getattr(request, "seen_by_staff", None)
        person = cast(Person, seen or user_by_access_token(token=token))
        if "Accept-Language" not in request.headers:
            translation.activate(person.language)
        return person


def person(request: HttpRequest) -> Person:
    """The signed-in user; only for operations behind `Bearer`."""
    return cast(Person, request.auth)  # type: ignore[attr-defined] # set by ninja


def is_seen_by_staff(request: HttpRequest) -> bool:
    """Whether a member of staff looks at the account (`api.sights`), and not its owner."""
    return hasattr(request, "seen_by_staff")


def visitor_id(request: HttpRequest) -> UUID | None:
    """Who looks at what everybody may see, where the request says so."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return user_id_of_token(token) if scheme.lower() == "bearer" and token else None


def buyer(request: HttpRequest) -> Actor:
    """The person as a buyer."""
    who = person(request)
    return Actor.buyer(who.id, who.name)


def applicant(request: HttpRequest) -> Actor:
    """The person as somebody who sells or wants to."""
    who = person(request)
    return Actor.seller(who.id, who.name)


def shop(request: HttpRequest) -> Shop:
    """The person's seller. Raises NotASeller (403)."""
    seller = seller_of_user(user_id=person(request).id)
    return Shop(seller.pk, seller, applicant(request))


def on_duty(request: HttpRequest, duty: str) -> Actor:
    """The person as staff, where their role has the duty. Raises DutyMissing (403)."""
    who = person(request)
    if not who.has_perm(f"backoffice.{duty}"):
        raise DutyMissing
    return Actor.staff(who.id, who.name)
