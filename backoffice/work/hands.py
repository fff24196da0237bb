"""The decisions that every case has: take, give, put back, put aside, write a note."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.pages.colleagues import colleagues_with
from backoffice.pages.decisions import Asked, Decision, Place, ThingForm
from backoffice.work.forms import CaseColleagueForm, CaseNoteForm, SnoozeForm
from marketplace.casework.commands import (
    assign_case,
    claim_case,
    release_case,
    snooze_case,
    wake_case,
    write_note,
)
from marketplace.shared.errors import Conflict

type Act = Callable[[Asked], None]
type When = Callable[[Any, HttpRequest], bool]


class WaitsNoMore(Conflict):
    code = "waits_no_more"
    message = _("It does not wait in a queue any more.")


def _work(asked: Asked) -> Any:
    if asked.object.work is None:
        raise WaitsNoMore
    return asked.object.work


def _claim(asked: Asked) -> None:
    claim_case(case=_work(asked).case, actor=asked.actor)


def _assign(asked: Asked) -> None:
    assignee_id = UUID(asked.data["assignee"])
    assign_case(case=_work(asked).case, assignee_id=assignee_id, actor=asked.actor)


def _release(asked: Asked) -> None:
    release_case(case=_work(asked).case, actor=asked.actor)


def _snooze(asked: Asked) -> None:
    snooze_case(case=_work(asked).case, actor=asked.actor, **asked.data)


def _wake(asked: Asked) -> None:
    wake_case(case=_work(asked).case, actor=asked.actor)


def _waits(thing: Any, request: HttpRequest) -> bool:
    return thing.work is not None


def _is_free(thing: Any, request: HttpRequest) -> bool:
    return _waits(thing, request) and thing.work.holder is None


def _is_taken(thing: Any, request: HttpRequest) -> bool:
    return _waits(thing, request) and thing.work.holder is not None


def _is_awake(thing: Any, request: HttpRequest) -> bool:
    return _waits(thing, request) and not thing.work.is_snoozed


def _is_snoozed(thing: Any, request: HttpRequest) -> bool:
    return _waits(thing, request) and thing.work.is_snoozed


def note_on(kind: str, duty: str) -> Decision:
    """Writing a note on such a thing, also once it is settled."""

    def write(asked: Asked) -> None:
        write_note(
            kind=kind,
            case_id=str(asked.object.pk),
            body=asked.data["note"],
            readers=colleagues_with(duty).values_list("pk", flat=True),
            actor=asked.actor,
        )

    return Decision(
        "note",
        _("Write a note"),
        duty,
        write,
        form=CaseNoteForm,
        own_page=True,
        place=Place.PAGE,
        only_adds=True,
        key="m",
    )


def put_aside(kind: str, duty: str) -> tuple[Decision, ...]:
    """Where the domain itself says who has a case: putting it aside, and notes."""
    return (*snoozing(duty), note_on(kind, duty))


def snoozing(duty: str) -> tuple[Decision, ...]:
    """Where the domain keeps the notes, too."""
    return (
        Decision(
            "snooze",
            _("Put aside"),
            duty,
            _snooze,
            done=_("It is put aside."),
            form=SnoozeForm,
            icon="snooze",
            when=_is_awake,
            place=Place.CASE,
            key="s",
            undo="wake",
        ),
        Decision(
            "wake",
            _("Back to the queue"),
            duty,
            _wake,
            done=_("It is back in the queue."),
            icon="alarm",
            when=_is_snoozed,
            place=Place.CASE,
            only_adds=True,
        ),
    )


def taking(duty: str, act: Act, when: When, *, name: str = "claim") -> Decision:
    """Making it one's own; `act` says where that is kept."""
    return Decision(
        name,
        _("Take it"),
        duty,
        act,
        done=_("It is yours."),
        icon="person_check",
        when=when,
        place=Place.CASE,
        only_adds=True,
        key="c",
    )


def giving(duty: str, act: Act, when: When, form: type[ThingForm]) -> Decision:
    """Naming who shall do it."""
    return Decision(
        "assign",
        _("Assign"),
        duty,
        act,
        done=_("It is assigned."),
        form=form,
        icon="group",
        when=when,
        place=Place.CASE,
    )


def putting_back(duty: str, act: Act, when: When) -> Decision:
    """Leaving it to anybody."""
    return Decision(
        "release",
        _("Put back"),
        duty,
        act,
        done=_("It is anybody's again."),
        icon="undo",
        when=when,
        place=Place.CASE,
        only_adds=True,
    )


def hands(kind: str, duty: str) -> tuple[Decision, ...]:
    """All of them."""
    return (
        taking(duty, _claim, _is_free),
        giving(duty, _assign, _waits, CaseColleagueForm),
        putting_back(duty, _release, _is_taken),
        *put_aside(kind, duty),
    )
