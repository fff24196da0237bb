"""Refusals: what a person asked for cannot be done. Anything else that is raised is a bug.

A refusal has a stable `code` for programs, a translated sentence for people, and the field at
fault where there is one. Which HTTP status it becomes is the API's business, decided by the class.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Base of all refusals. Subclasses set `code` and `message`; `%(name)s` takes params."""

    code = "refused"
    message: Any = _("This cannot be done.")
    field = ""

    def __init__(self, *, field: str = "", **params: object) -> None:
        self.params = params
        self.field = field or self.field
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class NotFound(DomainError):
    """The thing does not exist, or not for this actor: the two are never told apart."""

    code = "not_found"
    message = _("We could not find what you asked for.")


class Invalid(DomainError):
    """The input is well-formed but breaks a rule."""

    code = "invalid"
    message = _("The input is not valid.")


class Conflict(DomainError):
    """The thing is in a state that does not allow this, or somebody was faster."""

    code = "conflict"
    message = _("This has changed in the meantime. Please look at it again.")


class Forbidden(DomainError):
    """The actor may see the thing but not do this to it."""

    code = "forbidden"
    message = _("You are not allowed to do this.")


class Unauthenticated(DomainError):
    """Nobody, or nobody we believe, is asking."""

    code = "unauthenticated"
    message = _("Please sign in.")


class TooMany(DomainError):
    """A limit in time: try again later."""

    code = "too_many_requests"
    message = _("Too many attempts. Please wait a little and try again.")


class Unavailable(DomainError):
    """Something that we depend on does not answer; nothing was done."""

    code = "unavailable"
    message = _("This service is not available right now. Please try again later.")
