"""What the engine only suggests: it changes nothing until a person confirms it, and then it matches."""

from datetime import timedelta

import pytest

from marketplace.reconciliation.commands import (
    confirm_suggestion,
    confirm_suggestions,
    import_statement,
    reject_suggestion,
    resolve_exception,
)
from marketplace.reconciliation.errors import (
    ReasonMissing,
    SuggestionNotFound,
    SuggestionOutdated,
)
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    StatementLine,
    Suggestion,
)
from marketplace.reconciliation.queries import (
    get_suggestion,
    open_suggestions,
    suggestions_for,
)
from marketplace.shared.ids import uuid7
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import SYSTEM, a_staff_member, staff_actor
from tests.factories.reconciliation import (
    NOON,
    Row,
    a_payment,
    a_receipt,
    a_refund,
    an_uploaded_statement,
    given_back,
    paid,
)
from tests.marketplace.reconciliation.books import (
    an_imported_statement,
    broken_invariants,
    matches,
    money,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _invariants_hold():
    yield
    assert broken_invariants() == {}


def from_wallet(payment, **changes) -> Row:
    """A line that lost every id, and shows the wallet's number with its middle hidden."""
    digits = payment.msisdn.lstrip("+")
    party = f"{digits[:5]}****{digits[-3:]} - ASHA M."
    return paid(payment, receipt=a_receipt(), account="TILL", party=party, **changes)


def the_suggestion() -> Suggestion:
    return Suggestion.objects.get(status="proposed")


def open_kinds() -> list[str]:
    rows = ReconciliationException.objects.filter(status="open")
    return sorted(rows.values_list("kind", flat=True))


def test_amount_wallet_and_time_suggest_a_match_and_change_nothing():
    payment = a_payment()
    before = money()

    an_imported_statement([from_wallet(payment, at=NOON + 2 * MINUTE)])

    found = the_suggestion()
    assert found.rule == "amount_wallet_time"
    assert 60 < found.score < 80
    assert not found.is_ambiguous
    assert payment.reference in found.explanation
    assert not Match.objects.exists()
    assert money() == before
    assert open_kinds() == ["missing_in_books", "missing_in_statement"]


def test_a_confirmed_suggestion_matches_and_closes_both_sides_without_booking():
    payment = a_payment()
    an_imported_statement([from_wallet(payment)])
    before, neema = money(), a_staff_member(name="Neema")

    confirm_suggestion(suggestion_id=the_suggestion().pk, actor=staff_actor(neema))

    match = Match.objects.get()
    assert (match.target_reference, match.matched_by) == (payment.reference, neema)
    assert match.rule == "amount_wallet_time"
    assert open_kinds() == []
    assert StatementLine.objects.get().state == "matched"
    assert money() == before


def test_a_rejected_suggestion_is_not_made_again():
    payment = a_payment()
    an_imported_statement([from_wallet(payment)])
    with pytest.raises(ReasonMissing):
        reject_suggestion(suggestion_id=the_suggestion().pk, reason=" ", actor=staff_actor())

    reject_suggestion(suggestion_id=the_suggestion().pk, reason="Another till", actor=staff_actor())
    an_imported_statement([], closing="1.00")

    assert [one.status for one in Suggestion.objects.all()] == ["rejected"]
    assert open_kinds() == ["missing_in_books", "missing_in_statement"]


def test_a_suggestion_is_decided_once_and_exists():
    an_imported_statement([from_wallet(a_payment())])
    found = the_suggestion()
    confirm_suggestion(suggestion_id=found.pk, actor=staff_actor())

    with pytest.raises(IllegalTransition):
        confirm_suggestion(suggestion_id=found.pk, actor=staff_actor())
    with pytest.raises(IllegalTransition):
        reject_suggestion(suggestion_id=found.pk, reason="No", actor=staff_actor())
    with pytest.raises(SuggestionNotFound):
        confirm_suggestion(suggestion_id=uuid7(), actor=staff_actor())


def test_several_candidates_are_all_shown_and_one_confirmation_ends_the_others():
    first, second = a_payment(), a_payment(settled_at=NOON + 3 * MINUTE)
    type(second).objects.filter(pk=second.pk).update(msisdn=first.msisdn)

    an_imported_statement([from_wallet(first, at=NOON + MINUTE)])

    line = StatementLine.objects.get()
    nearest, other = suggestions_for(line_ids=[line.pk])
    assert nearest.is_ambiguous
    assert other.is_ambiguous
    assert nearest.targets.get().target_reference == first.reference
    confirm_suggestion(suggestion_id=nearest.pk, actor=staff_actor())
    other.refresh_from_db()
    assert other.status == "superseded"


def test_the_full_number_and_nobody_else_matches_without_asking():
    payment = a_payment()
    row = from_wallet(payment).with_(party=f"{payment.msisdn} ASHA M.")

    an_imported_statement([row])

    assert matches() == {payment.reference: (row.receipt, "amount_wallet_time")}
    assert Match.objects.get().score == 90
    assert open_kinds() == []


@pytest.mark.parametrize(
    "change",
    [{"at": NOON + 11 * MINUTE}, {"amount_minor": 24_999_00}, {"party": "25571****999 - ASHA M."}],
)
def test_beyond_the_tolerance_nothing_is_suggested(change):
    an_imported_statement([from_wallet(a_payment()).with_(**change)])

    assert not Suggestion.objects.exists()


def test_a_receipt_that_lost_its_zeros_is_suggested():
    payment = a_payment(receipt="0012345678")

    an_imported_statement([paid(payment, receipt="12345678", account="", at=NOON + 60 * MINUTE)])

    found = the_suggestion()
    assert found.rule == "receipt_without_zeros"
    confirm_suggestion(suggestion_id=found.pk, actor=staff_actor())
    assert matches()[payment.reference] == ("12345678", "receipt_without_zeros")


def test_a_receipt_in_small_letters_is_the_same_receipt():
    payment = a_payment()

    an_imported_statement([paid(payment, receipt=payment.receipt.lower(), account="")])

    assert matches() == {payment.reference: (payment.receipt.lower(), "receipt")}


def test_lines_that_carry_one_reference_are_suggested_as_its_sum():
    payment = a_payment(30_000_00)
    parts = [
        paid(payment, receipt=a_receipt(), amount_minor=amount, at=NOON + n * MINUTE)
        for n, amount in enumerate((10_000_00, 20_000_00))
    ]

    an_imported_statement(parts)

    assert open_kinds() == ["amount_differs", "duplicate"]
    found = the_suggestion()
    assert (found.rule, found.lines.count(), found.targets.count()) == ("sum_of_reference", 2, 1)
    confirm_suggestion(suggestion_id=found.pk, actor=staff_actor())
    assert open_kinds() == []
    assert {match.target_reference for match in Match.objects.all()} == {""}
    assert found.targets.get().is_held


def test_what_a_confirmed_sum_holds_is_no_longer_free():
    payment = a_payment(30_000_00)
    parts = [
        paid(payment, receipt=a_receipt(), amount_minor=amount) for amount in (10_000_00, 20_000_00)
    ]
    an_imported_statement(parts)
    confirm_suggestion(suggestion_id=the_suggestion().pk, actor=staff_actor())

    an_imported_statement([paid(payment)], closing="1.00")

    assert open_kinds() == ["duplicate"]
    assert not ReconciliationException.objects.filter(
        kind="missing_in_statement", status="open"
    ).exists()


def of_one_wallet(*amounts: int) -> list:
    payments = [a_payment(amount, settled_at=NOON + n * MINUTE) for n, amount in enumerate(amounts)]
    for payment in payments[1:]:
        payment.msisdn = payments[0].msisdn
        payment.save(update_fields=["msisdn"])
    return payments


def test_one_line_may_be_the_sum_of_many_movements():
    payments = of_one_wallet(10_000_00, 20_000_00)

    an_imported_statement([from_wallet(payments[0]).with_(amount_minor=30_000_00)])

    found = the_suggestion()
    assert found.rule == "sum_of_movements"
    confirm_suggestion(suggestion_id=found.pk, actor=staff_actor())
    assert open_kinds() == []


def test_many_lines_may_be_the_sum_of_one_movement():
    (payment,) = of_one_wallet(30_000_00)

    an_imported_statement(
        [from_wallet(payment).with_(amount_minor=amount) for amount in (10_000_00, 20_000_00)]
    )

    found = the_suggestion()
    assert (found.rule, found.lines.count()) == ("sum_of_lines", 2)
    confirm_suggestion(suggestion_id=found.pk, actor=staff_actor())
    assert open_kinds() == []
    assert Match.objects.count() == 2


def test_many_lines_may_be_the_sum_of_many_movements():
    payments = of_one_wallet(10_000_00, 25_000_00)

    an_imported_statement(
        [from_wallet(payments[0]).with_(amount_minor=amount) for amount in (15_000_00, 20_000_00)]
    )

    found = the_suggestion()
    assert (found.rule, found.lines.count(), found.targets.count()) == ("sum_of_both", 2, 2)
    confirm_suggestion(suggestion_id=found.pk, actor=staff_actor())
    assert open_kinds() == []


def test_a_line_that_a_person_closed_cannot_be_confirmed_any_more():
    an_imported_statement([from_wallet(a_payment())])
    gone = ReconciliationException.objects.get(kind="missing_in_books")
    resolve_exception(
        exception_id=gone.pk, resolution="to_suspense", reason="Till", actor=staff_actor()
    )

    with pytest.raises(SuggestionOutdated):
        confirm_suggestion(suggestion_id=the_suggestion().pk, actor=staff_actor())


def test_a_better_line_in_a_later_file_supersedes_the_suggestion():
    payment = a_payment()
    an_imported_statement([from_wallet(payment)])
    found = the_suggestion()

    an_imported_statement([paid(payment)], closing="1.00")

    found.refresh_from_db()
    assert found.status == "superseded"
    assert matches()[payment.reference] == (payment.receipt, "receipt")


def test_many_are_confirmed_at_once_and_the_others_are_named():
    payments = [a_payment(10_000_00 + 100_00 * n) for n in range(3)]
    an_imported_statement([from_wallet(payment) for payment in payments])
    ids = [one.pk for one in open_suggestions(provider="mpesa")]
    decided = get_suggestion(reference=Suggestion.objects.get(pk=ids[0]).reference)
    confirm_suggestion(suggestion_id=decided.pk, actor=staff_actor())

    confirmed, refused = confirm_suggestions(suggestion_ids=ids, actor=staff_actor())

    assert (confirmed, refused) == (2, [decided.reference])
    assert matches().keys() == {payment.reference for payment in payments}


def test_refunds_without_any_id_are_suggested_too():
    payment = a_payment()
    refund = a_refund(payment, 5_000_00)
    digits = payment.msisdn.lstrip("+")
    row = given_back(
        refund, receipt=a_receipt(), linked="", party=f"{digits[:5]}****{digits[-3:]} - ASHA M."
    )

    an_imported_statement([paid(payment), row])

    assert the_suggestion().targets.get().target_reference == refund.reference


def test_the_same_line_again_suggests_nothing_again():
    row = from_wallet(a_payment())
    statement = an_uploaded_statement([row])
    for _ in range(2):
        import_statement(statement_id=statement.pk, actor=SYSTEM)
    an_imported_statement([row], closing="1.00")

    assert Suggestion.objects.count() == 1
