"""Decisions: what a person may do to a thing, as data. One POST, one command, one message."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponseBase

from backoffice.work.prepared import Prepared, PreparedLater
from marketplace.shared.actors import Actor
from marketplace.shared.states import Transitions, may_move


@dataclass(frozen=True, slots=True)
class Asked:
    """One decision as it was made: on what, by whom, with which answers."""

    request: HttpRequest
    object: Any
    data: dict[str, Any]

    @property
    def seen(self) -> str:
        """The seal of the preview that the person was shown; "" where there was none."""
        return self.request.POST.get("previewed", "")

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in member of staff."""
    user: Any = request.user
    return Actor.staff(user.pk, user.name)


class Place(StrEnum):
    """Where a decision's button stands."""

    HEAD = "head"
    # Drawn by a block of the page.
    PAGE = "page"
    # Beside who has the case and since when.
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Decision:
    """A button: who may press it, when it shows, what it asks for, and the command behind it.

    `run` calls one command; what it returns is a response, or None for "go back to the page".
    `ask` is the sentence of the dialog where there is one, or makes it of the thing; a decision with
    neither `form` nor `ask` acts at once. `when` hides the button where the step is not possible; the
    command still decides. `done` says what came of it, or makes it of the thing.
    """

    name: str
    label: Any
    permission: str
    run: Callable[[Asked], HttpResponseBase | None]
    done: Any = ""
    form: type[forms.Form] | None = None
    ask: Any = ""
    icon: str = ""
    variant: str = "default"
    when: Callable[[Any, HttpRequest], bool] | None = None
    # What has to come first, as the page's notice says it: until then the button shows and is out of use.
    lacks: Callable[[Any, HttpRequest], Any] | None = None
    submit: Any = ""
    # A long form gets a page of its own instead of a dialog.
    own_page: bool = False
    place: Place = Place.HEAD
    # The key that presses the button.
    key: str = ""
    # It only adds something: nothing that others did meanwhile can stand against it.
    only_adds: bool = False
    # It moves money or gives power: the person proves who they are, unless they did so lately.
    needs_proof: bool = False
    # The decision that takes this one back; offered once this one is made.
    undo: str = ""
    # Prepared answers beside its text box.
    prepared: Prepared | PreparedLater | None = None
    # What it would do with the answers given so far (those that are right): shown while one types.
    preview: Callable[[Asked], Any] | None = None

    @property
    def has_dialog(self) -> bool:
        return (self.form is not None or bool(self.ask)) and not self.own_page

    @property
    def is_previewed(self) -> bool:
        return self.preview is not None

    def question(self, thing: Any) -> Any:
        """What the dialog asks about this thing."""
        return self.ask(thing) if callable(self.ask) else self.ask

    def is_permitted(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"backoffice.{self.permission}")

    def is_offered(self, request: HttpRequest, thing: Any) -> bool:
        return self.is_permitted(request) and (self.when is None or self.when(thing, request))

    def bound(self, request: HttpRequest, thing: Any, *, posted: bool = False) -> forms.Form | None:
        """The dialog's form: empty, with what the thing has now, or with what was posted."""
        if self.form is None:
            return None
        arguments: dict[str, Any] = {"auto_id": f"{self.name}-{getattr(thing, 'pk', 'new')}-%s"}
        if issubclass(self.form, ThingForm):
            arguments["thing"] = thing
        if posted:
            return self.form(request.POST, request.FILES, **arguments)
        return self.form(**arguments)


class ThingForm(forms.Form):
    """A form that begins with what the thing has now, or depends on it."""

    def __init__(self, *args: Any, thing: Any = None, **kwargs: Any) -> None:
        self.thing = thing
        if thing is not None:
            kwargs.setdefault("initial", self.values_of(thing))
        super().__init__(*args, **kwargs)

    def values_of(self, thing: Any) -> dict[str, Any]:
        return {}


def may_become(
    transitions: Transitions, wanted: str, *, field: str = "status"
) -> Callable[[models.Model, HttpRequest], bool]:
    """`when=` for a step of a state machine: shown where the table lets staff take it."""

    def offered(thing: models.Model, request: HttpRequest) -> bool:
        return may_move(transitions, getattr(thing, field), wanted, actor_of(request))

    return offered
