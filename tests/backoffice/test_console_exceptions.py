"""The reconciliation desk in the console: taking, noting, resolving one or many, confirming, undoing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from backoffice.roles import BY_NAME
from marketplace.casework.models import BulkRun
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.reconciliation.models import ReconciliationException, Suggestion
from marketplace.reconciliation.policies import BULK_MAX
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, list_address, said, signed_in
from tests.factories.accounts import a_staff_member
from tests.factories.reconciliation import NOON, Row, a_payment, a_receipt, paid
from tests.marketplace.reconciliation.books import an_imported_statement, broken_invariants

pytestmark = pytest.mark.django_db
EXCEPTIONS, SUGGESTIONS = "backoffice.exceptionqueue", "backoffice.suggestionqueue"
QUERIES_MAX = 15


def exceptions(*amounts: int) -> list[ReconciliationException]:
    """Of money that nobody knows, in the order of the amounts."""
    an_imported_statement([Row(a_receipt(), amount) for amount in amounts])
    rows = {row.actual_minor: row for row in ReconciliationException.objects.all()}
    return [rows[amount] for amount in amounts]


def suggestions(count: int) -> list[Suggestion]:
    """Lines that lost their ids, each from another wallet."""
    rows = []
    for number in range(count):
        payment = a_payment(10_000_00 + number * 1_000_00)
        digits = payment.msisdn.lstrip("+")
        party = f"{digits[:5]}****{digits[-3:]} - ASHA M."
        at = NOON + timedelta(minutes=2)
        rows.append(paid(payment, receipt=a_receipt(), account="TILL", party=party, at=at))
    an_imported_statement(rows)
    return list(Suggestion.objects.order_by("pk"))


def address_of(thing) -> str:
    meta = type(thing)._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])


def together(client, label, decision, rows, /, **answers):
    name = f"admin:{label.replace('.', '_')}_many"
    return client.post(
        reverse(name, args=[decision]), {"chosen": [row.pk for row in rows], **answers}
    )


def listed(client, label, **filters) -> list[str]:
    page = client.get(list_address(label), filters)
    return [row.reference for row in page.context["cl"].result_list]


def aged(row, days: int):
    type(row).objects.filter(pk=row.pk).update(opened_at=clock.now() - timedelta(days=days))


# --- One exception ---


def test_the_page_shows_both_sides_and_what_each_way_posts(client):
    (row,) = exceptions(12_000_00)
    signed_in(client, "finance")

    page = client.get(address_of(row)).content.decode()

    assert row.line.receipt in page
    assert "Nothing in our books fits it." in page
    for account in (chart.provider_clearing("mpesa"), chart.SUSPENSE, chart.WRITE_OFFS):
        assert f'title="{account}"' in page
    assert page.count("TZS 12,000") > 4


def test_one_click_applies_the_usual_way_with_what_the_engine_found_as_reason(client):
    row, following = exceptions(12_000_00, 3_000_00)
    signed_in(client, "finance")
    ways = next(
        block for block in client.get(address_of(row)).context["page"].side
        if block.template == "console/blocks/ways.html"
    )  # fmt: skip
    usual = ways.context["options"][0]

    answer = decide(
        client, row, "resolve",
        resolution=usual.value, reason=ways.context["form"].initial["reason"],
    )  # fmt: skip

    row.refresh_from_db()
    assert usual.is_usual
    assert (row.status, row.resolution, row.reason) == ("resolved", "to_suspense", row.explanation)
    assert answer["Location"] == address_of(following)
    assert balance(account=chart.SUSPENSE, reference=row.reference) == -12_000_00


def test_where_no_way_is_the_usual_one_a_reason_must_be_written(client):
    a_payment(25_000_00)
    an_imported_statement([])
    row = ReconciliationException.objects.get(kind="missing_in_statement")
    signed_in(client, "finance")

    ways = next(
        block for block in client.get(address_of(row)).context["page"].side
        if block.template == "console/blocks/ways.html"
    )  # fmt: skip

    assert not any(option.is_usual for option in ways.context["options"])
    assert ways.context["form"].initial["reason"] == ""


def test_an_exception_is_taken_and_the_slower_colleague_is_told(client):
    (row,) = exceptions(12_000_00)
    neema = signed_in(client, "finance")
    decide(client, row, "claim")

    other = signed_in(client, "finance")
    answer = decide(client, row, "claim")
    assert f"{neema.name} has taken this exception." in said(answer)

    decide(client, row, "assign", assignee=str(other.pk))
    row.refresh_from_db()
    assert row.assignee == other
    decide(client, row, "release")
    row.refresh_from_db()
    assert row.assignee is None


def test_only_colleagues_with_the_duty_are_offered(client):
    (row,) = exceptions(12_000_00)
    moderator = a_staff_member("catalogue_moderator")
    signed_in(client, "finance")

    assert decide(client, row, "assign", assignee=str(moderator.pk)).status_code == 422


def test_notes_are_shown_as_text_and_too_long_ones_refused(client):
    (row,) = exceptions(12_000_00)
    signed_in(client, "finance")

    decide(client, row, "note", note="<script>alert(1)</script> called the till")
    assert decide(client, row, "note", note="x" * 10_000_000).status_code == 413

    page = client.get(address_of(row)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; called the till" in page
    assert "<script>alert(1)" not in page


def test_a_resolution_is_undone_on_the_page_and_its_history_shows_both(client):
    (row,) = exceptions(12_000_00)
    signed_in(client, "finance")
    decide(client, row, "resolve", resolution="write_off", reason="Too small to ask")

    assert decide(client, row, "reopen", reason="").status_code == 422
    decide(client, row, "reopen", reason="Asha asks for it")

    page = client.get(address_of(row)).content.decode()
    assert "Too small to ask" in page
    assert "Asha asks for it" in page
    assert balance(account=chart.WRITE_OFFS, reference=row.reference) == 0
    assert broken_invariants() == {}


# --- The queue ---


def test_the_queue_counts_by_age_and_leads_to_each_part_of_it(client):
    young, old, late = exceptions(1_000_00, 2_000_00, 3_000_00)
    aged(old, 9)
    aged(late, 40)
    person = signed_in(client, "finance")
    decide(client, young, "claim")

    strip = client.get(list_address(EXCEPTIONS)).context["strip"]
    assert [one["value"] for one in strip] == [1, 0, 1, 1, 2, 1, 2, 0]
    assert strip[4]["urgent"]

    assert listed(client, EXCEPTIONS) == [late.reference, old.reference, young.reference]
    assert listed(client, EXCEPTIONS, age="8-30") == [old.reference]
    assert listed(client, EXCEPTIONS, age="late") == [late.reference, old.reference]
    assert listed(client, EXCEPTIONS, assignee="me") == [young.reference]
    assert listed(client, EXCEPTIONS, assignee=str(person.pk)) == [
        late.reference, old.reference, young.reference,
    ]  # fmt: skip
    assert listed(client, EXCEPTIONS, assignee="nobody") == [late.reference, old.reference]


def test_the_queue_is_narrowed_by_wallet_amount_and_kind(client):
    small, large = exceptions(9_999_00, 250_000_00)
    signed_in(client, "finance")

    assert listed(client, EXCEPTIONS, amount="small") == [small.reference]
    assert listed(client, EXCEPTIONS, amount="large") == [large.reference]
    assert len(listed(client, EXCEPTIONS, provider="mpesa")) == 2
    assert listed(client, EXCEPTIONS, provider="airtel") == []
    assert listed(client, EXCEPTIONS, kind__exact="duplicate") == []
    for nonsense in ({"age": "x"}, {"amount": "x"}, {"assignee": "' OR 1=1"}):
        assert len(listed(client, EXCEPTIONS, **nonsense)) == 2


def test_many_are_previewed_with_their_sums_and_then_resolved_with_one_reason(client):
    rows = exceptions(12_000_00, 3_000_00)
    signed_in(client, "finance")

    preview = together(client, EXCEPTIONS, "resolve", rows)
    assert preview.status_code == 200
    assert "TZS 15,000" in preview.content.decode()
    assert not ReconciliationException.objects.filter(status="resolved").exists()

    decided = {"decided": "1", "resolution": "to_suspense"}
    assert together(client, EXCEPTIONS, "resolve", rows, **decided, reason=" ").status_code == 422
    answer = together(client, EXCEPTIONS, "resolve", rows, **decided, reason="Till money")

    assert "2 exceptions are resolved." in said(answer)
    assert balance(account=chart.SUSPENSE, reference=rows[0].reference) == -12_000_00
    assert LoggedEvent.objects.filter(name="reconciliation.exception_resolved.v1").count() == 2
    assert broken_invariants() == {}


def test_all_that_the_list_shows_are_chosen_by_its_filter(client):
    small, _large = exceptions(9_999_00, 250_000_00)
    signed_in(client, "finance")
    listing = f"{list_address(EXCEPTIONS)}?amount=small"

    preview = together(client, EXCEPTIONS, "resolve", [], all="1", next=listing)

    assert [row.reference for row in preview.context["rows"]] == [small.reference]


def test_different_kinds_and_nothing_are_refused_with_a_word_and_many_left_to_a_worker(client):
    payment = a_payment(25_000_00)
    an_imported_statement([paid(payment, amount_minor=24_000_00), Row(a_receipt(), 12_000_00)])
    rows = list(ReconciliationException.objects.all())
    signed_in(client, "finance")

    assert "one kind" in said(together(client, EXCEPTIONS, "resolve", rows))
    assert "Nothing" in said(together(client, EXCEPTIONS, "resolve", []))
    assert "Nothing" in said(together(client, EXCEPTIONS, "resolve", [], chosen="nonsense"))
    many = [Row(a_receipt(), 100_00) for _ in range(BULK_MAX)]
    an_imported_statement(many, since=NOON - timedelta(hours=11))
    answer = together(client, EXCEPTIONS, "resolve", [], all="1")
    run = BulkRun.objects.get()
    assert answer["Location"] == address_of(run)
    assert (run.total, run.sum_minor) == (BULK_MAX + 2, BULK_MAX * 100_00 + 11_000_00)
    assert not ReconciliationException.objects.filter(status="resolved").exists()


# --- Suggested matches ---


def test_a_suggestion_is_confirmed_and_the_next_one_opens(client):
    first, second = suggestions(2)
    signed_in(client, "finance")
    page = client.get(address_of(first)).content.decode()
    assert first.explanation in page
    assert "Nothing is posted" in page

    answer = decide(client, first, "confirm")

    assert answer["Location"] == address_of(second)
    assert decide(client, second, "reject", reason="").status_code == 422
    decide(client, second, "reject", reason="Another Asha")
    assert set(Suggestion.objects.values_list("status", flat=True)) == {"confirmed", "rejected"}
    decide(client, first, "take-back", reason="Wrong month")
    first.refresh_from_db()
    assert first.status == "proposed"
    assert broken_invariants() == {}


def test_the_exception_page_leads_to_what_may_explain_it(client):
    (suggestion,) = suggestions(1)
    signed_in(client, "finance")

    for row in ReconciliationException.objects.filter(status="open"):
        assert address_of(suggestion) in client.get(address_of(row)).content.decode()


def test_many_suggestions_are_previewed_and_confirmed(client):
    rows = suggestions(3)
    signed_in(client, "finance")

    preview = together(client, SUGGESTIONS, "confirm", rows).content.decode()
    for row in ReconciliationException.objects.filter(status="open"):
        assert row.reference in preview
    answer = together(client, SUGGESTIONS, "confirm", rows, decided="1")

    assert "3 matches are confirmed." in said(answer)
    assert not ReconciliationException.objects.filter(status="open").exists()
    assert broken_invariants() == {}


def test_who_may_look_but_not_decide_sees_no_boxes_and_is_refused(client):
    rows = exceptions(12_000_00, 3_000_00)
    viewer = a_staff_member()
    permissions = type(viewer)._meta.get_field("user_permissions").related_model.objects
    viewer.user_permissions.add(*permissions.filter(codename="view_exceptionqueue"))
    client.force_login(viewer)

    assert "zt-choose" not in client.get(list_address(EXCEPTIONS)).content.decode()
    assert together(client, EXCEPTIONS, "resolve", rows).status_code == 403
    signed_in(client, "catalogue_moderator")
    assert together(client, EXCEPTIONS, "resolve", rows).status_code == 403
    assert "resolve_exceptions" in BY_NAME["finance"].may


# --- What it costs ---


def test_queues_pages_and_previews_ask_a_bounded_number_of_questions(
    client, django_assert_max_num_queries
):
    rows, found = exceptions(*range(1_000_00, 9_000_00, 1_000_00)), suggestions(8)
    signed_in(client, "finance")
    client.get(list_address(EXCEPTIONS))

    with django_assert_max_num_queries(QUERIES_MAX):
        client.get(list_address(EXCEPTIONS))
    with django_assert_max_num_queries(QUERIES_MAX):
        client.get(list_address(SUGGESTIONS))
    # A case also asks who has it, what it is put aside for, and which state its forms are about.
    with django_assert_max_num_queries(QUERIES_MAX + 5):
        client.get(address_of(rows[0]))
    with django_assert_max_num_queries(QUERIES_MAX + 7):
        client.get(address_of(found[0]))
    with django_assert_max_num_queries(QUERIES_MAX):
        together(client, EXCEPTIONS, "resolve", rows)
    with django_assert_max_num_queries(QUERIES_MAX + 3):
        together(client, SUGGESTIONS, "confirm", found)
