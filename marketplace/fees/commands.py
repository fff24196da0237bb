"""Setting rates: from a day on, never back in time."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from marketplace.fees.errors import (
    InThePast,
    LabelMissing,
    PeriodInvalid,
    PositionTaken,
    RateInvalid,
    RatesOverlap,
    RuleEnded,
    RuleNotFound,
)
from marketplace.fees.events import CommissionRuleEnded, CommissionRuleSet, VatRateSet
from marketplace.fees.models import CommissionRule, VatRate
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record

COMMISSION_BP_MAX = 5_000
VAT_BP_MAX = 5_000
LABEL_LENGTH_MAX = 80


@transaction.atomic
def set_commission_rule(
    *,
    label: str,
    position: int,
    rate_bp: int,
    valid_from: date,
    valid_until: date | None = None,
    category_id: UUID | None = None,
    seller_id: UUID | None = None,
    actor: Actor,
) -> CommissionRule:
    """Put a rule at a position from a day on; the one that stands there ends on that day.

    Raises LabelMissing, RateInvalid, PeriodInvalid, InThePast (the system alone may load rules of
    the past) and PositionTaken.
    """
    label = label.strip()
    if not label or len(label) > LABEL_LENGTH_MAX:
        raise LabelMissing
    _check_rate(rate_bp, COMMISSION_BP_MAX)
    if valid_until is not None and valid_until <= valid_from:
        raise PeriodInvalid
    _check_not_past(valid_from, actor)
    one_at_a_time(f"fees.position:{position}")
    at_position = CommissionRule.objects.filter(position=position)
    standing = at_position.filter(valid_from__lt=valid_from).filter(
        Q(valid_until=None) | Q(valid_until__gt=valid_from)
    )
    later = at_position.filter(valid_from__gte=valid_from)
    if valid_until is not None:
        later = later.filter(valid_from__lt=valid_until)
    if later.exists():
        raise PositionTaken
    for rule in standing:
        _end(rule, valid_from, actor)
    rule = CommissionRule.objects.create(
        label=label,
        position=position,
        rate_bp=rate_bp,
        valid_from=valid_from,
        valid_until=valid_until,
        category_id=category_id,
        seller_id=seller_id,
    )
    record(
        CommissionRuleSet(rule_id=rule.pk, rate_bp=rate_bp, valid_from=valid_from),
        actor=actor,
        after={
            "label": label,
            "position": position,
            "rate_bp": rate_bp,
            "category_id": str(category_id) if category_id else None,
            "seller_id": str(seller_id) if seller_id else None,
        },
    )
    return rule


@transaction.atomic
def end_commission_rule(*, rule_id: UUID, valid_until: date, actor: Actor) -> CommissionRule:
    """Let a rule apply until the day before `valid_until`.

    Raises RuleNotFound, InThePast, PeriodInvalid and RuleEnded.
    """
    rule = CommissionRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
    if rule is None:
        raise RuleNotFound
    _check_not_past(valid_until, actor, field="valid_until")
    if rule.valid_until is not None and rule.valid_until <= valid_until:
        raise RuleEnded
    if valid_until <= rule.valid_from:
        raise PeriodInvalid
    _end(rule, valid_until, actor)
    return rule


@transaction.atomic
def set_vat_rate(*, rate_bp: int, valid_from: date, actor: Actor) -> VatRate:
    """Set the standard VAT rate from a day on; the present one ends on that day.

    Raises RateInvalid, InThePast and RatesOverlap.
    """
    _check_rate(rate_bp, VAT_BP_MAX)
    _check_not_past(valid_from, actor)
    one_at_a_time("fees.vat")
    VatRate.objects.filter(valid_until=None, valid_from__lt=valid_from).update(
        valid_until=valid_from
    )
    try:
        with transaction.atomic():
            rate = VatRate.objects.create(rate_bp=rate_bp, valid_from=valid_from)
    except IntegrityError as error:
        raise RatesOverlap from error
    record(VatRateSet(rate_id=rate.pk, rate_bp=rate_bp, valid_from=valid_from), actor=actor)
    return rate


def _end(rule: CommissionRule, valid_until: date, actor: Actor) -> None:
    before = rule.valid_until
    rule.valid_until = valid_until
    rule.save(update_fields=["valid_until"])
    record(
        CommissionRuleEnded(rule_id=rule.pk, valid_until=valid_until),
        actor=actor,
        before={"valid_until": before.isoformat() if before else None},
        after={"valid_until": valid_until.isoformat()},
    )


def _check_rate(rate_bp: int, most: int) -> None:
    if not 0 <= rate_bp <= most:
        raise RateInvalid(percent_max=most // 100)


def _check_not_past(day: date, actor: Actor, field: str = "valid_from") -> None:
    if day < clock.today() and actor.kind != ActorKind.SYSTEM:
        raise InThePast(field=field)
