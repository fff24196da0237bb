"""Setting a rule, and letting the usual value hold again: by one person, or by two where it touches money.

The rules' rows are locked first, all of them in one order (the limits of buyers are compared with
each other), then the request.
"""

from itertools import pairwise
from uuid import UUID

from django.db import transaction

from marketplace.rules.errors import (
    LimitsOutOfOrder,
    RuleHoldsAlready,
    RuleMoved,
    RuleNeedsOnePerson,
    RuleNeedsSecondPerson,
    RuleNotFound,
    RuleOutOfBounds,
    RuleReasonMissing,
    RuleRequestNotFound,
    RuleRequestWaits,
)
from marketplace.rules.events import (
    RuleChangeApproved,
    RuleChangeRejected,
    RuleChangeRequested,
    RuleChangeWithdrawn,
    RuleSet,
)
from marketplace.rules.models import RuleRequest, RuleSetting
from marketplace.rules.policies import RULES, as_told
from marketplace.rules.queries import forget, holds
from marketplace.rules.states import (
    BUYER_LIMITS,
    RuleName,
    Unit,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import RequestStatus, decide, reason_given, withdraw
from marketplace.shared.money import format_minor
from marketplace.shared.outbox import record

type Rows = dict[str, RuleSetting]


@transaction.atomic
def set_rule(*, name: str, value: int | None, reason: str, actor: Actor) -> RuleSetting:
    """From now on `value` holds, in the rule's unit (money in minor units); None: the usual one.

    What holds already changes nothing. Raises RuleNotFound, RuleNeedsSecondPerson where the rule
    touches money (see `request_rule`), RuleReasonMissing and RuleOutOfBounds.
    """
    setting = _found(_locked_rules(), name)
    if RULES[RuleName(name)].touches_money:
        raise RuleNeedsSecondPerson
    if not reason.strip():
        raise RuleReasonMissing
    if setting.value != value:
        _check_bounds(RuleName(name), value)
        _set(setting, value, reason=reason.strip(), actor=actor)
    return setting


@transaction.atomic
def request_rule(*, name: str, value: int | None, reason: str, actor: Actor) -> RuleRequest:
    """Ask that a rule that touches money hold `value`; nothing changes until another person agrees.

    In the rule's unit (money in minor units); None: the usual one. Raises RuleNotFound,
    RuleNeedsOnePerson, ReasonMissing, RuleRequestWaits, RuleHoldsAlready, RuleOutOfBounds and
    LimitsOutOfOrder.
    """
    reason = reason_given(reason)
    rows = _locked_rules()
    setting = _found(rows, name)
    if not RULES[RuleName(name)].touches_money:
        raise RuleNeedsOnePerson
    waiting = setting.requests.filter(status=RequestStatus.REQUESTED).first()
    if waiting is not None:
        raise RuleRequestWaits(reference=waiting.reference)
    before, after = holds(setting), _would_hold(setting, value)
    if before == after:
        raise RuleHoldsAlready
    _check(rows, setting, value)
    request = RuleRequest.objects.create(
        rule_id=setting.pk,
        value_before=before,
        value_after=after,
        to_usual=value is None,
        reason=reason,
        requested_by_id=UUID(actor.id),
        requested_at=clock.now(),
    )
    record(
        RuleChangeRequested(
            rule_request_id=request.pk, rule=name, value_before=before, value=after, reason=reason
        ),
        actor=actor,
        before=as_told(name, before),
        after=as_told(name, after),
    )
    return request


@transaction.atomic
def approve_rule(*, request_id: UUID, actor: Actor) -> RuleRequest:
    """Let hold what another person asked for. It is done once.

    Raises RuleRequestNotFound, FourEyes, IllegalTransition where nobody asks any more, RuleMoved where
    another value holds than when it was asked for, RuleOutOfBounds and LimitsOutOfOrder.
    """
    rows, request = _locked(request_id)
    setting = rows[request.rule_id]
    before = decide(request, RequestStatus.APPROVED, actor=actor)
    value = None if request.to_usual else request.value_after
    promised = (request.value_before, request.value_after)
    if (holds(setting), _would_hold(setting, value)) != promised:
        raise RuleMoved
    _check(rows, setting, value)
    _record(RuleChangeApproved, request, before, actor)
    _set(setting, value, reason=request.reason, request_id=request.pk, actor=actor)
    return request


@transaction.atomic
def reject_rule(*, request_id: UUID, reason: str, actor: Actor) -> RuleRequest:
    """Leave the rule as it is, with the reason why.

    Raises RuleRequestNotFound, ReasonMissing, FourEyes and IllegalTransition.
    """
    reason = reason_given(reason)
    _rows, request = _locked(request_id)
    before = decide(request, RequestStatus.REJECTED, actor=actor, reason=reason)
    _record(RuleChangeRejected, request, before, actor, reason=reason)
    return request


@transaction.atomic
def withdraw_rule(*, request_id: UUID, actor: Actor) -> RuleRequest:
    """Whoever asked does not want it any more.

    Raises RuleRequestNotFound, NotWhoAsked and IllegalTransition.
    """
    _rows, request = _locked(request_id)
    before = withdraw(request, actor=actor)
    _record(RuleChangeWithdrawn, request, before, actor)
    return request


def _locked_rules() -> Rows:
    return {row.name: row for row in RuleSetting.objects.select_for_update().order_by("name")}


def _found(rows: Rows, name: str) -> RuleSetting:
    if name not in rows:
        raise RuleNotFound
    return rows[name]


def _locked(request_id: UUID) -> tuple[Rows, RuleRequest]:
    rows = _locked_rules()
    request = RuleRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise RuleRequestNotFound
    return rows, request


def _would_hold(setting: RuleSetting, value: int | None) -> int:
    return holds(RuleSetting(name=setting.name, value=value))


def _check(rows: Rows, setting: RuleSetting, value: int | None) -> None:
    """Whether the rule may hold this value beside what the others hold."""
    _check_bounds(RuleName(setting.name), value)
    if setting.name in BUYER_LIMITS:
        _check_order(rows | {setting.name: RuleSetting(name=setting.name, value=value)})


def _check_bounds(name: RuleName, value: int | None) -> None:
    rule = RULES[name]
    if value is None or rule.least <= value <= rule.most:
        return
    is_money = rule.unit == Unit.MONEY
    least, most = (format_minor(bound) if is_money else bound for bound in (rule.least, rule.most))
    raise RuleOutOfBounds(least=least, most=most)


def _check_order(rows: Rows) -> None:
    limits = [rows[name] for name in BUYER_LIMITS]
    for lower, higher in pairwise(limits):
        if holds(lower) > holds(higher):
            raise LimitsOutOfOrder(name=str(higher))


def _set(
    setting: RuleSetting,
    value: int | None,
    *,
    reason: str,
    request_id: UUID | None = None,
    actor: Actor,
) -> None:
    before = holds(setting)
    setting.value = value
    setting.set_by_id, setting.set_at = UUID(actor.id), clock.now()
    setting.save(update_fields=["value", "set_by", "set_at"])
    record(
        RuleSet(rule_id=setting.name, value=value, reason=reason, request_id=request_id),
        actor=actor,
        before=as_told(setting.name, before),
        after=as_told(setting.name, holds(setting)),
    )
    transaction.on_commit(forget)


def _record(event: type, request: RuleRequest, before: str, actor: Actor, **told: str) -> None:
    record(
        event(rule_request_id=request.pk, rule=request.rule_id, **told),
        actor=actor,
        before={"status": before},
        after={"status": request.status},
    )
