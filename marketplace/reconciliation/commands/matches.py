"""From verdicts to matches and exceptions: all lines of a statement at once, in its transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.payments.queries import settled_movements
from marketplace.payouts.queries import paid_movements
from marketplace.reconciliation import contest, rules
from marketplace.reconciliation.commands.exceptions import close_exceptions, open_exceptions_on
from marketplace.reconciliation.models import ReconciliationException
from marketplace.reconciliation.policies import tolerance_for
from marketplace.reconciliation.sentences import Finding, because, charge_alone
from marketplace.reconciliation.states import Resolution
from marketplace.reconciliation.worktables import add_movements, analyze, rows, run, stream
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.sayings import KEPT_IN

EXCEPTIONS_PER_STEP = 2_000
# Movements this far beyond a statement's period may stand in it: clocks, and a late confirmation.
MARGIN = timedelta(days=1)
MATCHING_RULES = (*rules.FIRST, *rules.THEN, rules.WALLET_RULE)


def judge(*, provider: str, since: datetime | None = None, until: datetime | None = None) -> None:
    """Give each line in `candidate` its verdict. The caller holds the provider's lock.

    Our movements of [since, until] are looked through; others only where a line names them.
    """
    _gather(provider, since, until)
    given = rules.parameters(tolerance_for(provider))
    _apply(rules.FIRST, given)
    analyze("verdict")
    run(rules.REMAINING, given)
    analyze("remaining")
    _apply(rules.THEN, given)
    analyze("verdict")
    run(rules.UNCLAIMED)
    analyze("unclaimed")
    run(rules.PAIR, given)
    _apply((rules.WALLET_RULE, rules.LAST), given)
    run(contest.CONTENDER, {"provider": provider})
    run(contest.BEATEN)
    run(contest.DISPLACED)
    analyze("verdict")


@translation.override(KEPT_IN)
def write_down(*, provider: str, actor: Actor, keep_lines: Callable[[], None] | None = None) -> int:
    """Make the verdicts true; how many lines are matched now. `keep_lines` stores the new ones.

    Lines that our books still do not know keep the exception that they have.
    """
    run(FORGET_UNCHANGED)
    _close(WAITED, Resolution.ARRIVED_LATER, _("Our books know it now."), actor)
    _close(
        contest.DISPLACED_EXCEPTIONS,
        Resolution.NO_ACTION,
        _("A line that fits better has come."),
        actor,
    )
    run(contest.UNMATCH_DISPLACED)
    if keep_lines is not None:
        keep_lines()
    matched = _write_matches()
    _explain_sweeps(provider)
    run(MOVE_KNOWN_LINES)
    _open_exceptions(provider)
    _close(ARRIVED, Resolution.ARRIVED_LATER, _("The line has come."), actor, provider=provider)
    return matched


def _gather(provider: str, since: datetime | None, until: datetime | None) -> None:
    """Fill `settled_movement` with all that the rules may need to know."""
    movements = [*settled_movements(provider=provider), *paid_movements(provider=provider)]
    if since is not None and until is not None:
        add_movements(
            movements,
            "m.settled_at >= %s AND m.settled_at < %s",
            (since - MARGIN, until + MARGIN),
        )
        analyze("settled_movement")
    twice = (rules.OUR_REFERENCE, rules.OUR_REFERENCE)
    add_movements(movements, NAMED_BY_RECEIPT)
    add_movements(movements, NAMED_BY_REFERENCE, twice)
    add_movements(movements, GIVING_BACK, twice)
    add_movements(movements, TOPPED_UP)
    analyze("settled_movement")


def _apply(ordered: tuple[rules.Rule, ...], given: dict[str, object]) -> None:
    for rule in ordered:
        run(rule.sql, given | {"rule": rule.name, "score": rule.score})


def _write_matches() -> int:
    """A match for each line that is explained, with the sentence that says why."""
    params: dict[str, object] = {"now": clock.now(), "charge_alone": charge_alone()}
    sentences = []
    for number, rule in enumerate(MATCHING_RULES):
        text, slot = because(rule.name)
        params |= {f"rule{number}": rule.name, f"text{number}": text, f"slot{number}": slot}
        sentences.append(
            f"WHEN %(rule{number})s THEN replace(%(text{number})s, %(slot{number})s, v.argument)"
        )
    return run(WRITE_MATCHES.format(sentences=" ".join(sentences)), params)


def _explain_sweeps(provider: str) -> None:
    """A transfer that empties the wallet is the net of all lines since the transfer before it."""
    text = _("Transfer to the bank of all %(count)s lines since %(since)s")
    run(EXPLAIN_SWEEPS, {"provider": provider, "text": text, "first": _("the beginning")})


def _open_exceptions(provider: str) -> None:
    for step in batched(stream(FINDINGS), EXCEPTIONS_PER_STEP):
        open_exceptions_on(
            provider, [(line_id, at, kind, Finding(*found)) for line_id, at, kind, *found in step]
        )


def _close(query: str, resolution: Resolution, reason: str, actor: Actor, **params: object) -> None:
    """Close the exceptions whose ids the query answers."""
    ids: list[UUID] = [row[0] for row in rows(query, params)]
    for step in batched(ids, EXCEPTIONS_PER_STEP):
        found = ReconciliationException.objects.filter(pk__in=step, status="open").order_by("pk")
        close_exceptions(list(found), resolution, reason, actor)


# Outside the period, movements that a line names: by receipt, by our reference, or as the payment
# that it gives back. Told that no receipt is empty, PostgreSQL uses the partial indexes.
NAMED_BY_RECEIPT = """
m.receipt <> '' AND m.receipt IN (
    SELECT name FROM (
        SELECT receipt AS name FROM candidate UNION SELECT linked_receipt FROM candidate
    ) named
    WHERE name <> '' AND NOT EXISTS (
        SELECT FROM settled_movement known WHERE known.receipt = named.name))
"""
_WIRE = """COALESCE(
    substring(upper(c.third_party_id) from %s), substring(upper(c.details) from %s)) COLLATE "C" """
NAMED_BY_REFERENCE = f"""
m.reference IN (
    SELECT regexp_replace({_WIRE}, '^(ATT|REF|PO|TOP)', '\\1-')
    FROM (
        SELECT third_party_id, details FROM candidate line
        WHERE receipt = '' OR NOT EXISTS (
            SELECT FROM settled_movement known WHERE known.receipt = line.receipt)
        OFFSET 0
    ) c)
"""  # noqa: S608 - our own words
GIVING_BACK = f"""
m.payment_receipt <> '' AND m.payment_receipt IN (
    SELECT linked_receipt FROM candidate WHERE linked_receipt <> ''
    UNION
    SELECT payment.receipt FROM candidate c
    JOIN settled_movement payment ON payment.amount_minor > 0 AND payment.is_expected
        AND payment.wire = {_WIRE}
    WHERE c.amount_minor < 0 AND c.kind NOT IN ('fee', 'sweep') AND payment.receipt <> '')
"""  # noqa: S608 - our own words

# Nothing but its amount may name a transfer of our bank's.
TOPPED_UP = """
m.kind = 'top_up' AND m.amount_minor IN (SELECT amount_minor FROM candidate WHERE kind = 'top_up')
"""
FORGET_UNCHANGED = """
DELETE FROM verdict v USING candidate c
WHERE c.line_id = v.line_id AND c.seq IS NULL
    AND v.exception IN ('missing_in_books', 'reversed', 'unknown')
"""
WAITED = """
SELECT e.id FROM reconciliation_reconciliationexception e
JOIN verdict v ON v.line_id = e.line_id AND NOT v.is_displaced
JOIN candidate c ON c.line_id = v.line_id AND c.seq IS NULL
WHERE e.status = 'open' AND e.kind IN ('missing_in_books', 'reversed') ORDER BY e.id
"""
WRITE_MATCHES = """
INSERT INTO reconciliation_match
    (line_id, target_kind, target_reference, rule, score, explanation, matched_at)
SELECT v.line_id, v.target_kind, v.target_reference, v.rule, v.score, left(
    CASE WHEN v.rule = 'charge' AND v.argument = '' THEN %(charge_alone)s
    ELSE CASE v.rule {sentences} END END, 300), %(now)s
FROM verdict v WHERE v.exception = ''
"""
EXPLAIN_SWEEPS = """
UPDATE reconciliation_match m
SET explanation = left(replace(replace(%(text)s, '%%(count)s', net.lines::text), '%%(since)s',
    COALESCE(to_char(before.at AT TIME ZONE 'Africa/Dar_es_Salaam', 'YYYY-MM-DD HH24:MI'),
        %(first)s)), 300)
FROM candidate c
CROSS JOIN LATERAL (
    SELECT max(completed_at) AS at FROM reconciliation_statementline
    WHERE provider = %(provider)s AND completed_at < c.completed_at AND kind = 'sweep'
) before
CROSS JOIN LATERAL (
    SELECT count(*) AS lines, sum(amount_minor) AS amount_minor
    FROM reconciliation_statementline
    WHERE provider = %(provider)s AND completed_at <= c.completed_at AND kind <> 'sweep'
        AND completed_at > COALESCE(before.at, '-infinity')
) net
WHERE m.line_id = c.line_id AND c.kind = 'sweep' AND net.amount_minor = -c.amount_minor
"""
MOVE_KNOWN_LINES = """
UPDATE reconciliation_statementline l
SET state = CASE WHEN v.exception = '' THEN 'matched' ELSE 'exception' END
FROM verdict v LEFT JOIN candidate c ON c.line_id = v.line_id
WHERE l.id = v.line_id AND (v.is_displaced OR c.seq IS NULL)
"""
FINDINGS = """
SELECT l.id, l.completed_at, v.target_kind, v.rule, v.exception, v.argument, v.target_reference,
    v.expected_minor, v.limit_minor, l.amount_minor, l.details, l.receipt
FROM verdict v JOIN reconciliation_statementline l ON l.id = v.line_id
WHERE v.exception <> '' ORDER BY l.id
"""
# What was missing in an earlier statement has come.
ARRIVED = """
SELECT e.id FROM verdict v
JOIN reconciliation_reconciliationexception e USING (target_kind, target_reference)
WHERE v.exception IN ('', 'amount_differs') AND v.target_reference <> ''
    AND e.target_reference <> '' AND e.provider = %(provider)s AND e.status = 'open'
    AND e.kind = 'missing_in_statement' ORDER BY e.id
"""
