"""Writing verdicts down: matches, exceptions, and which of several claimants has the better claim."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.payments.queries import (
    refunds_by_payment_receipts,
    settled_by_receipts,
    settled_by_references,
)
from marketplace.payouts.queries import paid_by_receipts, paid_by_references
from marketplace.reconciliation.commands.exceptions import (
    close_exceptions,
    open_exceptions_on,
)
from marketplace.reconciliation.matching import (
    Books,
    Target,
    Verdict,
    judge,
    our_reference_in,
    payment_given_back,
    rank,
)
from marketplace.reconciliation.models import Match, ReconciliationException, StatementLine
from marketplace.reconciliation.states import (
    ExceptionKind,
    ExceptionStatus,
    LineState,
    Resolution,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor

LINES_PER_STEP = 2_000

type Judged = tuple[StatementLine, Verdict]


def match_lines(*, provider: str, lines: QuerySet[StatementLine], actor: Actor) -> int:
    """Judge lines (new, or in exception for want of a record of ours); how many are matched.

    The caller holds the provider's lock. Bounded memory, and a fixed number of queries per step.
    """
    ordered = lines.order_by("completed_at", "dedupe_key").defer("raw")
    return sum(
        _match_step(provider, step, actor)
        for step in batched(ordered.iterator(chunk_size=LINES_PER_STEP), LINES_PER_STEP)
    )


def _match_step(provider: str, lines: Sequence[StatementLine], actor: Actor) -> int:
    books = _books_for(provider, lines)
    explained: list[Judged] = []
    exceptions: list[Judged] = []
    claims: dict[Target, list[Judged]] = defaultdict(list)
    for line in lines:
        verdict = judge(line, books)
        if verdict.claim is not None:
            claims[verdict.claim].append((line, verdict))
            _take(books, line, verdict)
        elif verdict.exception:
            exceptions.append((line, verdict))
        else:
            explained.append((line, verdict))
    winners, losers = _settle_claims(provider, claims, actor)
    explained += [judged for judged in winners if not judged[1].exception]
    exceptions += [judged for judged in winners if judged[1].exception]
    exceptions += losers
    exceptions = [judged for judged in exceptions if not _is_waiting(*judged)]
    _close_waiting([line for line, _verdict in [*explained, *exceptions]], actor)
    _write_matches(explained)
    open_exceptions_on(provider, exceptions)
    arrived = [verdict.claim for _line, verdict in winners if verdict.claim]
    _close_gaps(provider, arrived, actor)
    return len(explained)


def _books_for(provider: str, lines: Sequence[StatementLine]) -> Books:
    """All that our books know about these lines, in a handful of queries."""
    receipts = {line.receipt for line in lines} | {line.linked_receipt for line in lines}
    books = Books()
    books.add(settled_by_receipts(provider=provider, receipts=receipts))
    rest = [line for line in lines if not books.know(line)]
    if rest:
        receipts = {line.receipt for line in rest}
        references = {reference for line in rest if (reference := our_reference_in(line))}
        books.add(paid_by_receipts(provider=provider, receipts=receipts))
        books.add(settled_by_references(provider=provider, references=references))
        books.add(paid_by_references(provider=provider, references=references))
    linked = {receipt for line in lines if (receipt := payment_given_back(line, books))}
    if linked:
        found = refunds_by_payment_receipts(provider=provider, receipts=linked)
        held = _held([(refund.kind, refund.reference) for _receipt, refund in found])
        for receipt, refund in found:
            if (refund.kind, refund.reference) not in held:
                books.refunds_by_payment[receipt].append(refund)
    return books


def _held(targets: Iterable[Target]) -> set[Target]:
    references = {reference for _kind, reference in targets}
    rows = Match.objects.filter(target_reference__in=references)
    return set(rows.values_list("target_kind", "target_reference"))


def _take(books: Books, line: StatementLine, verdict: Verdict) -> None:
    """A refund that one reversal stands for is no candidate for the next reversal."""
    refunds = books.refunds_by_payment.get(payment_given_back(line, books), [])
    if verdict.target in refunds:
        refunds.remove(verdict.target)


def _settle_claims(
    provider: str, claims: dict[Target, list[Judged]], actor: Actor
) -> tuple[list[Judged], list[Judged]]:
    """The best claimant per target, and the others; holders that are beaten become duplicates.

    The result does not depend on the order of the files: a better line takes the target from the
    line that came first. What a person has decided stays.
    """
    winners: list[Judged] = []
    losers: list[Judged] = []
    holders = _holders(provider, claims)
    written_off = _settled_by_hand(provider, claims)
    for target, claimants in claims.items():
        ordered = sorted(claimants, key=lambda judged: _rank(judged))
        if target in written_off:
            losers += [_after_decision(judged, written_off[target]) for judged in ordered]
            continue
        best, rest = ordered[0], ordered[1:]
        holder = holders.get(target)
        if holder is None:
            winners.append(best)
        elif _may_displace(holder, best):
            losers.append(_displaced(holder, best, actor))
            winners.append(best)
        else:
            rest = ordered
        losers += [_duplicate(judged) for judged in rest]
    return winners, losers


type Holder = Match | ReconciliationException


def _holders(provider: str, targets: Iterable[Target]) -> dict[Target, Holder]:
    """Who stands for a target now: a matched line, or one whose amount differs.

    What the system itself closed is a holder that was displaced before.
    """
    references = {reference for _kind, reference in targets}
    matches = Match.objects.filter(target_reference__in=references).select_related("line")
    differing = ReconciliationException.objects.filter(
        provider=provider, kind=ExceptionKind.AMOUNT_DIFFERS, target_reference__in=references
    ).exclude(status=ExceptionStatus.RESOLVED, resolved_by=None)
    holders: dict[Target, Holder] = {
        (row.target_kind, row.target_reference): row for row in differing.select_related("line")
    }
    holders |= {(row.target_kind, row.target_reference): row for row in matches}
    return holders


def _settled_by_hand(
    provider: str, targets: Iterable[Target]
) -> dict[Target, ReconciliationException]:
    """Gaps that a person closed by a booking: the money is in the books already, in another place."""
    rows = ReconciliationException.objects.filter(
        provider=provider,
        kind=ExceptionKind.MISSING_IN_STATEMENT,
        target_reference__in={reference for _kind, reference in targets},
        resolution__in=[Resolution.TO_SUSPENSE, Resolution.WRITE_OFF],
    )
    return {(row.target_kind, row.target_reference): row for row in rows}


def _rank(judged: Judged) -> tuple[object, ...]:
    line, verdict = judged
    assert verdict.target is not None
    return rank(line, verdict.target)


def _may_displace(holder: Holder, challenger: Judged) -> bool:
    line, verdict = challenger
    if isinstance(holder, ReconciliationException) and holder.status != ExceptionStatus.OPEN:
        return False
    if isinstance(holder, Match) and holder.matched_by_id is not None:
        return False
    assert verdict.target is not None
    assert holder.line is not None
    return rank(line, verdict.target) < rank(holder.line, verdict.target)


def _displaced(holder: Holder, winner: Judged, actor: Actor) -> Judged:
    """Free the target; the former holder is a duplicate from now on."""
    line = holder.line
    assert line is not None
    if isinstance(holder, Match):
        holder.delete()
    else:
        close_exceptions(
            [holder], Resolution.NO_ACTION, _("A line that fits better has come."), actor
        )
    return _duplicate((line, winner[1]))


def _duplicate(judged: Judged) -> Judged:
    line, verdict = judged
    assert verdict.target is not None
    explanation = _("%(reference)s stands in the statement already, in a line that fits it better.")
    return line, Verdict(
        verdict.rule,
        explanation % {"reference": verdict.target.reference},
        target_kind=verdict.target.kind,
        target=verdict.target,
        exception=ExceptionKind.DUPLICATE,
    )


def _after_decision(judged: Judged, decided: ReconciliationException) -> Judged:
    line, verdict = judged
    assert verdict.target is not None
    explanation = _(
        "%(reference)s was missing and was closed by %(exception)s; it has come after all."
    )
    return line, Verdict(
        verdict.rule,
        explanation % {"reference": verdict.target.reference, "exception": decided.reference},
        target_kind=verdict.target.kind,
        target=verdict.target,
        exception=ExceptionKind.DUPLICATE,
    )


def _is_waiting(line: StatementLine, verdict: Verdict) -> bool:
    """The line was judged the same before, and its exception is open."""
    return line.state == LineState.EXCEPTION and verdict.exception == ExceptionKind.MISSING_IN_BOOKS


def _close_waiting(lines: Sequence[StatementLine], actor: Actor) -> None:
    """Lines that waited for our books and are judged otherwise now."""
    waited = [line.pk for line in lines if line.state == LineState.EXCEPTION]
    if not waited:
        return
    rows = ReconciliationException.objects.filter(
        line_id__in=waited,
        kind=ExceptionKind.MISSING_IN_BOOKS,
        status=ExceptionStatus.OPEN,
    )
    close_exceptions(list(rows), Resolution.ARRIVED_LATER, _("Our books know it now."), actor)


def _write_matches(explained: Sequence[Judged]) -> None:
    now = clock.now()
    Match.objects.bulk_create(
        Match(
            line=line,
            target_kind=verdict.target_kind,
            target_reference=verdict.target.reference if verdict.target else "",
            rule=verdict.rule,
            explanation=verdict.explanation[:300],
            matched_at=now,
        )
        for line, verdict in explained
    )
    StatementLine.objects.filter(pk__in=[line.pk for line, _verdict in explained]).update(
        state=LineState.MATCHED
    )


def _close_gaps(provider: str, arrived: Sequence[Target], actor: Actor) -> None:
    """What was missing in an earlier statement has come."""
    gaps = ReconciliationException.objects.filter(
        provider=provider,
        kind=ExceptionKind.MISSING_IN_STATEMENT,
        status=ExceptionStatus.OPEN,
        target_reference__in={reference for _kind, reference in arrived},
    )
    targets = set(arrived)
    close_exceptions(
        [gap for gap in gaps if (gap.target_kind, gap.target_reference) in targets],
        Resolution.ARRIVED_LATER,
        _("The line has come."),
        actor,
    )
