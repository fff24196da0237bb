"""What can happen, as rules of a state machine. A refusal is an answer like any other."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fixtures.simulators.core.faults import Product
from marketplace.billing.commands import issue_due
from marketplace.disputes.commands import (
    appeal_dispute,
    approve_decision,
    decide_appeal,
    open_dispute,
    resolve_dispute,
    withdraw_dispute,
)
from marketplace.disputes.models import Dispute
from marketplace.orders.commands import (
    cancel_order,
    cancel_seller_order,
    deliver_seller_order,
    ship_seller_order,
)
from marketplace.orders.models import Order, OrderLine, SellerOrder
from marketplace.payments.commands import refund_pieces, refund_seller_order, start_attempt
from marketplace.payments.models import Intent
from marketplace.payments.states import RefundReason
from marketplace.payouts.commands import hold_seller
from marketplace.payouts.commands.holds import free_seller
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError
from tests.factories.orders import an_order
from tests.factories.sellers import seller_actor
from tests.proof.machine.checks import contradictions
from tests.proof.machine.desk import Desk
from tests.proof.machine.world import World
from tests.simulators import Simulation

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PUSHES_OF_THE_CLOCK = (
    MINUTE,
    5 * MINUTE,
    35 * MINUTE,
    timedelta(hours=3),
    DAY + MINUTE,
    8 * DAY,
    33 * DAY,
)
type Action = Callable[[Desk, int, Actor, int], None]
WHICH = st.integers(0, 7)
SHARE = st.sampled_from([1, 7, 33, 50, 99, 100])


class MoneyMachine(RuleBasedStateMachine):
    """One life. Subclasses say which simulators run."""

    providers: ClassVar[dict[str, Simulation]]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.providers)
        self.desk = Desk(self.world)
        self.checked: tuple[int, ...] = ()

    def teardown(self) -> None:
        try:
            self.world.everything_settles()
            self.nothing_contradicts()
        finally:
            self.world.end()

    @invariant()
    def nothing_contradicts(self) -> None:
        type(self).steps += 1
        writes = self.world.writes()
        if writes == self.checked:
            return  # Refused, or there was nothing to do: all is as it was checked before.
        self.checked = writes
        if found := contradictions(self.world):
            raise AssertionError("\n".join(found))

    @initialize(orders=st.integers(0, 4))
    def trade_so_far(self, orders: int) -> None:
        """Most lives begin with some orders that went well, so that there is something to decide."""
        for number in range(orders):
            self.buy(number, number + 1, 1 + number % 2, number)

    # --- Buying ---

    @rule(first=WHICH, second=WHICH, is_one=st.booleans(), quantity=st.integers(1, 3))
    def place(self, first: int, second: int, is_one: bool, quantity: int) -> None:
        """An order of one or two sellers."""
        offers = self.world.offers
        chosen = {offers[first % len(offers)], *([] if is_one else [offers[second % len(offers)]])}
        ordered = sorted(chosen, key=lambda each: each.pk)
        with suppress(DomainError):
            an_order(*ordered, buyer=self.world.buyer, quantity=quantity)
        self.world.work()

    @rule(which=WHICH, provider=WHICH, bad_day=st.integers(0, 60), is_overtaken=st.booleans())
    def push(self, which: int, provider: int, bad_day: int, is_overtaken: bool) -> None:
        """Ask a wallet, of any provider, with any bad day; perhaps again beside an unknown one."""
        order = _nth(Order.objects.filter(buyer=self.world.buyer), which)
        if order is None:
            return
        name = list(self.providers)[provider % len(self.providers)]
        days = self.world.digits(name, Product.PAYMENT)
        # Most days are good ones.
        digits = days[bad_day % len(days)] if bad_day > 15 else "000"
        intent = Intent.objects.get(order=order)
        buyer = Actor.buyer(order.buyer_id)
        with suppress(DomainError):
            start_attempt(
                intent_id=intent.pk, msisdn=self.providers[name].number(digits), actor=buyer
            )
        self.world.send(is_overtaken=is_overtaken)

    @rule(first=WHICH, second=WHICH, quantity=st.integers(1, 3), provider=WHICH)
    def buy(self, first: int, second: int, quantity: int, provider: int) -> None:
        """What mostly happens: ordered, paid, sent, received."""
        self.place(first, second, first == second, quantity)
        self.push(0, provider, 0, is_overtaken=False)
        self.read_all_letters()
        self.ship(0, arrives=True)

    @rule(which=WHICH, by_staff=st.booleans())
    def cancel(self, which: int, by_staff: bool) -> None:
        order = _nth(Order.objects.all(), which)
        if order is None:
            return
        actor = self.world.staff[0] if by_staff else Actor.buyer(order.buyer_id)
        with suppress(DomainError):
            cancel_order(order_id=order.pk, reason="Changed my mind", actor=actor)
        self.world.work()

    @rule(which=WHICH)
    def cancel_part(self, which: int) -> None:
        part = _nth(SellerOrder.objects.filter(order__paid_at__isnull=False), which)
        if part is None:
            return
        with suppress(DomainError):
            cancel_seller_order(
                seller_order_id=part.pk, reason="Broken", actor=seller_actor(part.seller_id)
            )
        self.world.work()

    @rule(which=WHICH, arrives=st.booleans())
    def ship(self, which: int, arrives: bool) -> None:
        part = _nth(SellerOrder.objects.filter(status__in=["to_confirm", "to_ship"]), which)
        if part is None:
            return
        seller, buyer = seller_actor(part.seller_id), Actor.buyer(self.world.buyer.pk)
        ship_seller_order(seller_order_id=part.pk, carrier="Bodaboda", actor=seller)
        if arrives:
            deliver_seller_order(seller_order_id=part.pk, actor=buyer)
        self.world.work()

    # --- News and time ---

    @rule()
    def things_happen(self) -> None:
        self.world.things_happen()

    @rule(index=WHICH, is_kept=st.booleans())
    def read_a_letter(self, index: int, is_kept: bool) -> None:
        self.world.deliver_letter(index, is_kept=is_kept)
        self.world.work()

    @rule()
    def read_all_letters(self) -> None:
        self.world.things_happen()
        while self.world.letters:
            self.world.deliver_letter(-1)  # The newest first.
        self.world.work()

    @rule(index=WHICH)
    def lose_a_letter(self, index: int) -> None:
        if self.world.letters:
            del self.world.letters[index % len(self.world.letters)]

    @rule(delta=st.sampled_from(PUSHES_OF_THE_CLOCK))
    def time_passes(self, delta: timedelta) -> None:
        self.world.time_passes(delta)

    @rule(provider=WHICH, product=st.sampled_from([Product.REFUND, Product.PAYOUT]), day=WHICH)
    def a_bad_day_comes(self, provider: int, product: Product, day: int) -> None:
        """From now on refunds or payouts of one provider go like this."""
        name = list(self.providers)[provider % len(self.providers)]
        days = self.world.digits(name, product)
        self.providers[name].set_fault(days[day % len(days)], product=product)

    # --- Giving back ---

    @rule(which=WHICH, percent=SHARE, by=WHICH)
    def refund_an_amount(self, which: int, percent: int, by: int) -> None:
        part = _nth(SellerOrder.objects.filter(order__paid_at__isnull=False), which)
        if part is None:
            return
        with suppress(DomainError):
            refund_seller_order(
                seller_order_id=part.pk,
                amount_minor=part.gross_minor * percent // 100 // 100 * 100,
                reason=RefundReason.PRICE_ADJUSTED,
                cause=f"machine:{self.world.number()}",
                actor=self.world.staff[by % 3],
            )
        self.world.work()

    @rule(which=WHICH, pieces=st.integers(0, 2), with_shipping=st.booleans(), by=WHICH)
    def refund_goods(self, which: int, pieces: int, with_shipping: bool, by: int) -> None:
        part = _nth(SellerOrder.objects.filter(order__paid_at__isnull=False), which)
        if part is None:
            return
        line = OrderLine.objects.filter(seller_order=part).first()
        with suppress(DomainError):
            refund_pieces(
                seller_order_id=part.pk,
                pieces={line.pk: pieces} if line and pieces else {},
                with_shipping=with_shipping,
                reason=RefundReason.RETURNED,
                cause=f"machine:{self.world.number()}",
                actor=self.world.staff[by % 3],
            )
        self.world.work()

    @rule(which=WHICH, percent=SHARE)
    def dispute(self, which: int, percent: int) -> None:
        part = _nth(SellerOrder.objects.filter(status__in=["shipped", "delivered"]), which)
        if part is None:
            return
        claimed = max(part.gross_minor * percent // 10_000 * 100, 100)
        with suppress(DomainError):
            open_dispute(
                seller_order_id=part.pk,
                reason="damaged",
                claimed_minor=claimed,
                message="The screen is broken.",
                actor=Actor.buyer(self.world.buyer.pk),
            )
        self.world.work()

    @rule(
        which=WHICH,
        outcome=st.sampled_from(
            ["refund_full", "refund_partial", "declined", "loss_accepted", "withdrawn"]
        ),
        fault=st.sampled_from(["seller", "carrier", "buyer"]),
        by=WHICH,
    )
    def end_a_dispute(self, which: int, outcome: str, fault: str, by: int) -> None:
        dispute = _nth(Dispute.objects.filter(status="open"), which)
        if dispute is None:
            return
        with suppress(DomainError):
            if outcome == "withdrawn":
                withdraw_dispute(dispute_id=dispute.pk, actor=Actor.buyer(dispute.buyer_id))
            else:
                resolve_dispute(
                    dispute_id=dispute.pk,
                    outcome=outcome,
                    fault=fault,
                    note="We have looked at it.",
                    refund_minor=dispute.claimed_minor,
                    actor=self.world.staff[by % 3],
                )
        self.world.work()

    @rule(which=WHICH, is_buyers=st.booleans())
    def appeal(self, which: int, is_buyers: bool) -> None:
        dispute = _nth(Dispute.objects.filter(status="resolved"), which)
        if dispute is None:
            return
        actor = Actor.buyer(dispute.buyer_id) if is_buyers else seller_actor(dispute.seller_id)
        with suppress(DomainError):
            appeal_dispute(dispute_id=dispute.pk, reason="Look once more.", actor=actor)
        self.world.work()

    @rule(
        which=WHICH,
        outcome=st.sampled_from(["", "refund_full", "refund_partial", "declined", "goodwill"]),
        fault=st.sampled_from(["seller", "carrier", "buyer"]),
        by=WHICH,
    )
    def end_an_appeal(self, which: int, outcome: str, fault: str, by: int) -> None:
        waiting = Dispute.objects.filter(status__in=["appealed", "approval"])
        dispute = _nth(waiting, which)
        if dispute is None:
            return
        actor = self.world.staff[by % 3]
        with suppress(DomainError):
            if dispute.status == "approval":
                approve_decision(dispute_id=dispute.pk, actor=actor)
            else:
                decide_appeal(
                    dispute_id=dispute.pk,
                    outcome=outcome,
                    fault=fault,
                    note="We have looked at it.",
                    refund_minor=dispute.claimed_minor,
                    actor=actor,
                )
        self.world.work()

    # --- Finance ---

    def finance_works(self, action: Action, which: int, by: int, choice: int) -> None:
        """One piece of work at one of its desks."""
        with suppress(DomainError):
            action(self.desk, which, self.world.staff[by % 3], choice)
        self.world.work()

    @rule(action=st.sampled_from(Desk.REFUNDS), which=WHICH, by=WHICH, choice=WHICH)
    def refunds_are_decided(self, **given: Any) -> None:
        self.finance_works(**given)

    @rule(action=st.sampled_from(Desk.PAYOUTS), which=WHICH, by=WHICH, choice=WHICH)
    def sellers_are_paid(self, **given: Any) -> None:
        self.finance_works(**given)

    @rule(action=st.sampled_from(Desk.EXCEPTIONS), which=WHICH, by=WHICH, choice=WHICH)
    def exceptions_are_worked(self, **given: Any) -> None:
        self.finance_works(**given)

    @rule(action=st.sampled_from(Desk.MONTHS), which=WHICH, by=WHICH, choice=WHICH)
    def months_are_closed(self, **given: Any) -> None:
        self.finance_works(**given)

    @rule()
    def bill_the_month(self) -> None:
        issue_due()
        self.world.work()

    @rule(which=WHICH, is_over=st.booleans())
    def hold_a_seller(self, which: int, is_over: bool) -> None:
        seller = self.world.sellers[which % len(self.world.sellers)]
        with suppress(DomainError):
            turn = free_seller if is_over else hold_seller
            turn(seller_id=seller.pk, reason="A closer look", actor=self.world.staff[0])
        self.world.work()

    @rule(provider=WHICH, layout=WHICH)
    def import_a_statement(self, provider: int, layout: int) -> None:
        """What the provider's book says of all the time until now."""
        with suppress(DomainError):
            self.world.import_statement(
                list(self.providers)[provider % len(self.providers)], layout
            )
        self.world.work()


def _nth(rows: Any, which: int) -> Any:
    """One of them; the newest where `which` is 0, so that lives go on."""
    count = rows.count()
    return rows.order_by("-pk")[which % count] if count else None
