"""Sentences that the system wrote down are said in the reader's language; what people wrote is not touched."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import override

from backoffice.changes import change_in_words
from backoffice.exports import export
from backoffice.sayings import said_again
from backoffice.sweep_names import COUNTS, TITLES, sweep_said
from backoffice.timeline import detail_of
from marketplace.ledger.models import Entry
from marketplace.listings.commands import import_rows
from marketplace.listings.problems import IMPORTS
from marketplace.payments.adapters import airtel_codes, mixx_codes, mpesa_codes
from marketplace.payments.commands import inbox
from marketplace.payments.explanations import EXPLANATIONS, explained
from marketplace.payouts.commands import batches, reducing
from marketplace.sellers.models import Seller
from marketplace.shared.models import LoggedEvent
from tasks.schedules import SWEEPS as SCHEDULED
from tests.factories.payouts import a_top_up

ANYTHING = "7"


def written(node: ast.expr) -> str | None:
    """A text of the source, with something in each of its places."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(piece.value) if isinstance(piece, ast.Constant) else ANYTHING
            for piece in node.values
        )
    return None


def returned(function: Callable[..., Any]) -> Iterator[str]:
    """The sentences that a function may return."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            parts = (
                [node.value.body, node.value.orelse]
                if isinstance(node.value, ast.IfExp)
                else [node.value]
            )
            yield from (text for part in parts if (text := written(part)) and " " in text)


def unknown(sentences: list[str]) -> list[str]:
    with override("sw"):
        return [one for one in sentences if said_again(one) == one]


def test_whatever_a_sweep_tells_has_its_words():
    told = [text for sweep in SCHEDULED for text in returned(sweep.run) if "<" not in text]

    assert unknown(told) == []
    assert len(told) > 10


def test_every_schedule_has_a_title_and_a_number_that_it_returns_says_what_it_counts():
    numbers = {
        sweep.name
        for sweep in SCHEDULED
        if inspect.signature(inspect.unwrap(sweep.run)).return_annotation is int
    }

    assert set(TITLES) == {sweep.name for sweep in SCHEDULED}
    assert numbers <= set(COUNTS) <= set(TITLES)
    with override("sw"):
        assert sweep_said("analytics.count", "0") == "Matukio 0 yamehesabiwa"
        assert sweep_said("orders.expire", "1") == "Agizo 1 limeisha muda"
        assert sweep_said("nobody.knows", "5") == "5"
    seal = f"sealed 3, last 7:{'ab' * 32}"
    assert sweep_said("ledger.seal", seal) == "sealed 3, last 7:abababab…"


def test_whatever_is_said_of_a_callback_has_its_words():
    tree = ast.parse(inspect.getsource(inbox))
    verdicts = [
        text
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "close"
        for text in map(written, call.args[2:3])
        if text
    ]

    assert unknown([*verdicts, *returned(inbox._misfit)]) == []
    assert len(verdicts) > 5


def test_why_a_payout_did_not_leave_and_why_a_row_was_refused_have_their_words():
    blocked = "Everything is on hold: dispute DSP-7K3M9QX2; Less than the minimum"
    assert unknown([*returned(batches.refusal), blocked, *returned(reducing.take_out)]) == []

    source = inspect.getsource(import_rows)
    problems = re.findall(r'problem=_\(\s*"([^"]+)"', source)
    assert {str(one) for one in IMPORTS} == set(problems)


def test_a_sentence_keeps_what_it_is_about_and_the_rest_stays_as_it_is():
    with override("sw"):
        both = said_again(
            "a provider took back the payment of SO-1, SO-2; what is left is less than the minimum"
        )
        assert "SO-1, SO-2" in both
        assert "provider" not in both
        assert "“”" in said_again("Use a whole number from 1 to 9, not “”.")
        assert said_again("12 invariants hold").count("12") == 1
        for kept in ("", "42", "Call the buyer, she waits", "None", "3 apples; two pears"):
            assert said_again(kept) == kept
    assert said_again("not yet") == "not yet"


def test_every_code_that_we_know_of_a_provider_is_explained():
    mpesa = mpesa_codes.REFUSALS | mpesa_codes.DOUBTS | mpesa_codes.SESSION_PROBLEMS
    mixx = mixx_codes.REFUSALS | mixx_codes.NOT_ADMITTED | mixx_codes.DOUBTS
    airtel = (
        airtel_codes.FINAL | airtel_codes.REFUSED | airtel_codes.NOT_ADMITTED
        | airtel_codes.NOT_FOUND | airtel_codes.DUPLICATE | airtel_codes.IN_PROCESS
    )  # fmt: skip

    assert (mpesa | mixx | airtel | {mpesa_codes.NOT_FOUND}) - set(EXPLANATIONS) == set()


def test_a_providers_words_stand_quoted_beside_what_their_code_means():
    with override("sw"):
        said = explained(code="INS-2006", message="Insufficient balance")
    assert said.startswith("Pochi inayolipa")
    assert "“Insufficient balance”" in said
    assert explained(code="X-1", message="Computer says no") == "Computer says no"


def test_the_timeline_explains_what_the_system_says_and_leaves_what_a_person_wrote():
    failed = LoggedEvent(
        name="payments.failed.v1",
        aggregate="attempt",
        actor_kind="provider",
        payload={"code": "INS-6", "message": "Declined"},
    )
    wrote = LoggedEvent(
        name="accounts.sessions_ended.v1",
        aggregate="user",
        actor_kind="staff",
        payload={"reason": "switched off"},
    )

    with override("sw"):
        assert detail_of(failed) == "PIN haikuwa sahihi, au mteja alikataa (“Declined”)"
        assert detail_of(wrote) == "switched off"
        moved = change_in_words(Seller, "payout_provider", "mpesa", "airtel")
        assert moved == "pochi ya simu ya malipo: M-Pesa → Airtel Money"


@pytest.mark.django_db
def test_entries_leave_the_console_in_words_as_they_stand_on_it():
    a_top_up()

    with override("sw"):
        content, _kind = export(Entry.objects.all(), {"Memo": "memo"}, "csv")

    assert "Top-up" not in content.decode()
    assert "M-Pesa" in content.decode()
