"""Decisions about many rows in the background: what may be done, by whom, and the worker that does it.

Each row goes through the command of a single decision, in the name of the person who asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from marketplace.accounts.queries import contact_of, get_user
from marketplace.casework import commands as casework
from marketplace.casework.events import BulkStarted, BulkStepped
from marketplace.casework.queries import get_bulk
from marketplace.casework.states import MacroKind
from marketplace.listings.commands import approve_listing, reject_listing
from marketplace.listings.queries import listing_of
from marketplace.notifications.commands import retry_message
from marketplace.reconciliation.commands import confirm_suggestion, resolve_exception
from marketplace.reconciliation.states import Resolution
from marketplace.sellers.queries import owner_of
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta
from tasks.prepared import answer_to, fitting_a_reason, values_of_listing, words_chosen
from tasks.queued import depth

# Enough to see a pattern, few enough to wait for.
TRIED_MAX = 50
# A row causes a hint or two on the queue that payments use; so many are worked off in a second or two.
QUICK, WAITING_MAX, ROWS_BETWEEN_LOOKS = "default", 100, 20

# Beside the answers of a form, from which it differs: language → reason, placeholders open.
WORDS = "words"

type Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """`decide` is given a row's id, the answers of the form, and who asked."""

    label: Any
    duty: str
    model: str
    decide: Callable[[UUID, Answers, Actor], object]
    # What is answered in a try, before anybody answered; None: it depends too much on the answer.
    trial_answers: Answers | None = field(default_factory=dict)
    # Which prepared answers may stand where a reason is asked for.
    macros: MacroKind | None = None


def _reject_listing(listing_id: UUID, answers: Answers, actor: Actor) -> None:
    """With the words that its seller reads, where the reason began with a prepared answer."""
    reason = answers["reason"]
    if words := answers.get(WORDS):
        listing = listing_of(listing_id=listing_id)
        answer = answer_to(
            owner_of(listing.seller_id), words, lambda: values_of_listing(listing), actor.label
        )
        reason = fitting_a_reason(answer)
    reject_listing(listing_id=listing_id, reason=reason, actor=actor)


ACTIONS: Mapping[str, Action] = {
    "listings.approve": Action(
        _("Approve listings"),
        "moderate_listings",
        "listings.listing",
        lambda row, answers, actor: approve_listing(listing_id=row, actor=actor),
    ),
    "listings.reject": Action(
        _("Reject listings"),
        "moderate_listings",
        "listings.listing",
        _reject_listing,
        {"reason": "…"},
        MacroKind.LISTINGS,
    ),
    "exceptions.resolve": Action(
        _("Resolve exceptions"),
        "resolve_exceptions",
        "reconciliation.reconciliationexception",
        lambda row, answers, actor: resolve_exception(
            exception_id=row,
            resolution=answers["resolution"],
            reason=answers["reason"],
            actor=actor,
        ),
        {"resolution": Resolution.NO_ACTION, "reason": "…"},
    ),
    "suggestions.confirm": Action(
        _("Confirm suggested matches"),
        "resolve_exceptions",
        "reconciliation.suggestion",
        lambda row, answers, actor: confirm_suggestion(suggestion_id=row, actor=actor),
    ),
    "messages.send_again": Action(
        _("Send messages again"),
        "handle_deliveries",
        "notifications.message",
        lambda row, answers, actor: retry_message(message_id=row, actor=actor),
    ),
}


def with_words(action: str, answers: Answers, macro_id: str) -> Answers:
    """The answers as a worker is told them: with what each reads in their language, where the reason
    began with a prepared answer. Raises as `words_chosen`."""
    kind = ACTIONS[action].macros
    if kind is None or not macro_id:
        return answers
    return {**answers, WORDS: dict(words_chosen(macro_id, answers["reason"], kind))}


def may_decide(action: str, user_id: UUID) -> bool:
    """Whether a person has the duty of this decision, and that of making it in bulk, at this moment."""
    duties = (ACTIONS[action].duty, "decide_in_bulk")
    return bool(get_user(user_id=user_id).has_perms([f"backoffice.{duty}" for duty in duties]))


def try_out(run_id: UUID, actor: Actor) -> None:
    """What a start would refuse, found out on some of the rows and undone."""
    action = ACTIONS[get_bulk(run_id=run_id).action]
    answers = action.trial_answers
    if answers is not None:
        casework.try_rows(
            run_id=run_id,
            act=lambda row: action.decide(UUID(row), answers, actor),
            most=TRIED_MAX,
        )


class _Backlog:
    """Whether the queue of quick work is full; Valkey is asked every so often, not at every row."""

    def __init__(self) -> None:
        self._is_full, self._rows = False, 0

    def __call__(self) -> bool:
        self._rows += 1
        if self._is_full or self._rows % ROWS_BETWEEN_LOOKS == 1:
            self._is_full = depth(QUICK) > WAITING_MAX
        return self._is_full


def work(event: BulkStarted | BulkStepped, meta: EventMeta) -> None:
    """A worker's share of a bulk decision. Runs outside transactions: each row has its own."""
    run = get_bulk(run_id=event.bulk_id)
    action, person = ACTIONS[run.action], run.requested_by
    actor = Actor.staff(person.pk, person.name)
    with override(contact_of(user_id=person.pk).language):
        casework.work_on_bulk(
            run_id=run.pk,
            act=lambda row: action.decide(UUID(row), run.answers, actor),
            may=lambda: may_decide(run.action, person.pk),
            others_wait=_Backlog(),
            actor=actor,
        )
