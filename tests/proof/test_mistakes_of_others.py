"""Mistakes that other marketplaces made, each with its source, and the test that we do not make it.

What other tests prove already (reservations in one transaction, faults of payouts) stands in the
files beside this one: test_races_of_orders.py, test_faults_of_refunds_and_payouts.py. Mistakes 6 to 8, with
files from outside, stand in test_mistakes_with_files.py.
"""

import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django_q.models import Schedule

from marketplace.fees.commands import end_commission_rule, set_commission_rule
from marketplace.fees.errors import NoCommissionRule
from marketplace.fees.models import CommissionRule
from marketplace.listings.errors import StockInsufficient
from marketplace.listings.models import Listing
from marketplace.notifications.models import Message
from marketplace.orders.commands import cancel_seller_order
from marketplace.orders.models import Order, OrderLine
from marketplace.payments.commands import refund_seller_order
from marketplace.payments.models import RefundPart
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import approve_batch, prepare_batch
from marketplace.payouts.errors import FourEyes, NothingToPayOut
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import BatchStatus, PayoutStatus
from marketplace.sellers.commands import submit_application, upload_document
from marketplace.sellers.errors import DocumentKindUnknown, DocumentsMissing
from marketplace.sellers.queries import required_documents
from marketplace.sellers.states import REQUIRED_DOCUMENTS, ApplicantKind, DocumentKind
from marketplace.shared import clock
from marketplace.shared.models import Heartbeat
from tasks.schedules import SWEEPS, sync_schedules
from tests.architecture.tree import python_files, shown
from tests.deliveries import deliver_all
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.catalog import a_category, a_product
from tests.factories.fees import COMMISSION_BP, a_rule, the_terms
from tests.factories.files import a_pdf
from tests.factories.listings import PRICE_MINOR, a_listing
from tests.factories.orders import SHIPPING_MINOR, a_paid_order, an_order, pay
from tests.factories.payouts import a_ripe_part, an_approved_payout
from tests.factories.sellers import a_seller, an_application, owner_actor, seller_actor
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


# --- 1. A payout sweep that nothing schedules (Spree #14606) ---

NOT_A_SWEEP = {
    "marketplace.ledger.commands.check_now": "checks the caller's own transaction",
    "marketplace.notifications.commands.wording.sync_templates": "runs at each deployment",
    "marketplace.payouts.commands.pauses.paused_providers": "reads",
    "marketplace.payouts.commands.runs.last_run": "reads",
    "marketplace.reconciliation.commands.statements.hold_statements": "locks for its caller",
    "marketplace.search.commands.rebuild": "a person's last resort; events keep the index fresh",
    "marketplace.reconciliation.commands.returns.bring_back_payouts": "part of reconciliation.look_again",
    "marketplace.reconciliation.commands.shown.settle_by_statements": "part of reconciliation.look_again",
    "tasks.at_work.forget_the_dead": "part of jobs.forget",
    "tasks.at_work.last_hour": "reads",
    "tasks.at_work.lately": "reads",
    "tasks.at_work.queues": "reads",
    "tasks.at_work.workers": "reads",
    "tasks.jobs.next_runs": "reads",
    "tasks.schedules.sync_schedules": "runs at each deployment",
}


def our_files() -> list[Path]:
    return [path for path in python_files() if not shown(path).startswith("tests/")]


def acting_functions_without_arguments() -> Iterator[tuple[str, Any]]:
    """A function that acts and is told nothing finds its work by itself: it is a sweep."""
    for path in our_files():
        name = shown(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        acts = {"commands", "handlers", "runs", "tasks"} & set(name.split("."))
        if not acts or "management" in name or "migrations" in name:
            continue
        for function in vars(import_module(name)).values():
            if inspect.isfunction(function) and function.__module__ == name:
                is_public = not function.__name__.startswith("_")
                if is_public and not inspect.signature(function).parameters:
                    yield f"{name}.{function.__name__}", function


def test_every_sweep_is_scheduled_and_has_a_pulse():
    scheduled = {sweep.run for sweep in SWEEPS}
    sync_schedules()

    forgotten = {
        name for name, function in acting_functions_without_arguments() if function not in scheduled
    }

    assert forgotten == set(NOT_A_SWEEP)
    beating = set(Heartbeat.objects.values_list("name", flat=True))
    woken = set(Schedule.objects.values_list("name", flat=True))
    assert beating == woken == {sweep.name for sweep in SWEEPS}


# --- 2. A payout that the bank sent back is still shown as settled (Spree #14622) ---


def test_a_payout_is_not_paid_before_the_provider_says_so_and_not_after_it_says_no(mpesa):
    """986: accepted at first, and refused a moment later."""
    payout = an_approved_payout(a_listing(seller=a_seller(payout_msisdn=mpesa.number("986"))))

    deliver_all()
    payout.refresh_from_db()

    assert payout.status == PayoutStatus.SENT
    assert not Message.objects.filter(code="payout_paid").exists()


# --- 3. Commission derived again from today's rates (Mercur) ---


def test_an_old_order_keeps_its_commission_when_the_rates_change():
    order = an_order()
    rule = the_terms()
    CommissionRule.objects.filter(pk=rule.pk).update(rate_bp=5_000)
    a_rule(4_000, position=1)

    pay(order)
    deliver_all()
    part = order.seller_orders.get()
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=part.gross_minor,
        reason=RefundReason.DISPUTE,
        cause="tests",
        actor=staff_actor(),
    )

    assert OrderLine.objects.get().commission_bp == COMMISSION_BP
    assert part.commission_minor == PRICE_MINOR * COMMISSION_BP // 10_000
    assert RefundPart.objects.get().commission_minor == part.commission_minor
    assert broken_invariants() == []


# --- 4. The check of a reservation and its allocation in different transactions (Vendure #4930) ---


def test_an_order_that_cannot_have_all_reserves_nothing():
    enough, too_few = a_listing(on_hand=10), a_listing(on_hand=1)

    with pytest.raises(StockInsufficient):
        an_order(enough, too_few, quantity=2)

    assert not Order.objects.exists()
    assert set(Listing.objects.values_list("reserved", flat=True)) == {0}


# --- 5. The delivery fee charged twice (Spree #14622) ---


def test_delivery_costs_once_per_sellers_parcel_and_comes_back_once():
    seller = a_seller()
    order = a_paid_order(a_listing(seller=seller), a_listing(seller=seller), a_listing())
    two_things = order.seller_orders.get(seller=seller)

    assert order.shipping_minor == 2 * SHIPPING_MINOR
    assert two_things.shipping_minor == SHIPPING_MINOR
    cancel_seller_order(seller_order_id=two_things.pk, reason="Broken", actor=seller_actor(seller))
    deliver_all()

    given_back = RefundPart.objects.get().amount_minor
    assert given_back == 2 * PRICE_MINOR + SHIPPING_MINOR
    assert broken_invariants() == []


# --- 9. Separation of duties in the user interface only (sbc-pay #2248) ---


def test_neither_rank_nor_sql_lets_the_author_of_a_batch_approve_it():
    a_ripe_part()
    author = a_staff_member(is_superuser=True)
    batch = prepare_batch(actor=staff_actor(author))

    with pytest.raises(FourEyes):
        approve_batch(batch_id=batch.pk, actor=staff_actor(author))
    for status in (BatchStatus.APPROVED, BatchStatus.COMPLETED):
        for decider in (author.pk, None):
            with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
                PayoutBatch.objects.update(status=status, decided_by_id=decider)


# --- 10. A documented setting that no code reads (Mercur #1359) ---


def test_every_setting_that_can_be_set_is_read_by_something():
    settings = Path("backoffice/settings.py").read_text(encoding="utf-8")
    others = "".join(
        path.read_text(encoding="utf-8")
        for path in our_files()
        if shown(path) != "backoffice/settings.py"
    )
    ours = re.findall(r"^([A-Z_]+) = configuration\.", settings, re.MULTILINE)

    assert len(ours) > 10
    read = others + _uses(settings)
    unread = {name for name in ours if not re.search(rf"\b{name}\b", read)}
    assert unread <= set(dir(global_settings)), "Django reads its own"


def _uses(text: str) -> str:
    """The right-hand sides of assignments, where one setting feeds another."""
    return "\n".join(line.partition(" = ")[2] for line in text.splitlines())


# --- 11. A rule that disappears widens a rate to everyone (Spree) ---


def test_a_rule_cannot_lose_its_category_or_seller_and_so_apply_to_all():
    category, seller = a_category(), a_seller()
    a_rule(500, category=category)
    a_rule(600, seller=seller)

    with pytest.raises(ProtectedError):
        category.delete()
    with pytest.raises(ProtectedError):
        seller.delete()


def test_a_special_rate_that_ends_leaves_the_rates_of_others_alone():
    the_terms()
    phones, others = a_category(), a_category()
    special = set_commission_rule(
        label="Phones", position=10, rate_bp=500, valid_from=clock.today(), category_id=phones.pk,
        actor=staff_actor(),
    )  # fmt: skip

    def rates() -> list[int]:
        an_order(a_listing(product=a_product(phones)), a_listing(product=a_product(others)))
        lines = OrderLine.objects.order_by("-pk")[:2]
        return sorted(line.commission_bp for line in lines)

    assert rates() == [500, COMMISSION_BP]
    tomorrow = clock.today() + timedelta(days=1)
    end_commission_rule(rule_id=special.pk, valid_until=tomorrow, actor=staff_actor())
    with clock.at(clock.midnight(tomorrow)):
        assert rates() == [COMMISSION_BP, COMMISSION_BP]


def test_without_any_rule_nothing_is_sold_rather_than_sold_for_nothing():
    the_terms()
    CommissionRule.objects.update(valid_until=clock.today())

    with pytest.raises(NoCommissionRule):
        an_order()

    assert not Order.objects.exists()


# --- 12. A payout above the balance (CS-Cart) ---


def test_no_command_pays_out_an_amount_that_somebody_names():
    parameters = {
        name
        for command in (prepare_batch, approve_batch)
        for name in inspect.signature(command).parameters
    }

    assert not [name for name in parameters if "amount" in name or "minor" in name]


def test_a_payout_never_exceeds_what_is_left_when_it_is_approved():
    part = a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=1_000_000,
        reason=RefundReason.DISPUTE,
        cause="tests",
        actor=staff_actor(),
    )

    approve_batch(batch_id=batch.pk, actor=staff_actor())

    left = balance_of(seller_reference=part.seller.reference).available_minor
    assert Payout.objects.get().status == PayoutStatus.CANCELLED
    assert prepare_batch(actor=staff_actor()).payouts.get().amount_minor == left < part.net_minor
    with pytest.raises(NothingToPayOut):
        prepare_batch(actor=staff_actor())
    assert broken_invariants() == []


# --- 13. A mistyped requirement counts as satisfied (Spree) ---


@pytest.mark.parametrize("kind", ApplicantKind)
def test_every_requirement_is_a_document_that_can_be_handed_in_and_each_one_counts(kind):
    assert all(isinstance(required, DocumentKind) for required in REQUIRED_DOCUMENTS[kind])

    application = an_application(kind=kind.value)
    actor = owner_actor(application)
    required = list(required_documents(application))
    assert required
    for each in required:
        with pytest.raises(DocumentsMissing):
            submit_application(application_id=application.pk, actor=actor)
        upload_document(application_id=application.pk, kind=each, file=a_pdf(), actor=actor)

    submit_application(application_id=application.pk, actor=actor)


def test_a_mistyped_document_is_refused_and_satisfies_nothing():
    application = an_application()
    actor = owner_actor(application)

    with pytest.raises(DocumentKindUnknown):
        upload_document(application_id=application.pk, kind="nidda", file=a_pdf(), actor=actor)

    with pytest.raises(DocumentsMissing):
        submit_application(application_id=application.pk, actor=actor)
