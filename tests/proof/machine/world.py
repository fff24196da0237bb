"""Where the machine lives: three providers, people, offers, a clock that is pushed, and the post."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from unittest.mock import patch

import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from fixtures.simulators.core.agenda import Agenda
from fixtures.simulators.core.entries import COMPLETED, Entry, SentCallback
from fixtures.simulators.core.faults import Product, Reply
from marketplace.ledger.commands import check_now
from marketplace.notifications.commands import revive
from marketplace.orders.commands import expire_due_orders
from marketplace.payments.commands import (
    attempts,
    enquire_due_attempts,
    enquire_due_refunds,
)
from marketplace.payments.models import Refund
from marketplace.payouts.commands import (
    approve_top_up,
    enquire_due_payouts,
    hold_for_documents,
    release_due,
    release_reserves,
    request_top_up,
    run_payouts,
)
from marketplace.reconciliation.commands import upload_statement
from marketplace.reconciliation.handlers import look_again_everywhere
from marketplace.search.commands import rebuild
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, staff_actor
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import the_shipping_rates
from tests.factories.sellers import a_seller
from tests.simulators import CONFIGURED, PARTNER, Simulation

# In the past, so that what may take an hour by the database's own clock may take none here.
BEGINNING = datetime(2025, 3, 3, 6, tzinfo=UTC)
BOOKS_BEGIN = BEGINNING - timedelta(days=7)
TABLES = ("entry", "agenda", "request", "callback", "session", "rule", "phone")
PRICES_MINOR = (1_250_000, 3_333_300, 7_999_900)
STOCK = 10_000


class Patient(Agenda):
    """Nothing happens by itself: the same seed tells the same story."""

    def start(self) -> None:
        """No thread; the machine lets things happen."""


class World:
    """One life of the marketplace, in a transaction that is rolled back at its end."""

    def __init__(self, providers: dict[str, Simulation]) -> None:
        self.providers = providers
        for provider in providers.values():
            for table in TABLES:
                provider.book.run(f"DELETE FROM {table}")
        cache.clear()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self._travel = time_machine.travel(BEGINNING, tick=True)
        self.clock = self._travel.start()
        self._post_office: dict[str, int] = dict.fromkeys(providers, 0)
        self.letters: list[tuple[str, SentCallback]] = []
        self._numbers = count(1)
        self._furnish()

    def end(self) -> None:
        self._travel.stop()
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    def _furnish(self) -> None:
        the_terms()
        the_shipping_rates()
        self.buyer = a_buyer()
        self.staff = [staff_actor() for _ in range(3)]
        self.sellers = [
            a_seller(payout_provider=name, payout_msisdn=provider.number("000"))
            for name, provider in self.providers.items()
        ]
        self.offers = [
            a_listing(seller=seller, price_minor=price, on_hand=STOCK)
            for seller, price in zip(self.sellers, PRICES_MINOR, strict=False)
        ]
        rebuild()
        deliver_all()

    def number(self) -> int:
        """One that was not used before in this life."""
        return next(self._numbers)

    def digits(self, provider: str, product: Product) -> list[str]:
        """What can go wrong there, the ordinary course first; hangs only cost time, drops are alike."""
        table = self.providers[provider].dialect.faults.all
        return ["000", *(f.digits for f in table if f.product is product and f.reply != Reply.HANG)]

    def entry(self, provider: str, reference: str) -> Entry | None:
        """What a provider's book has under our reference, which Mixx wants to see behind a code."""
        book = self.providers[provider].book
        return book.find_ours(reference) or book.find_ours(f"{PARTNER.biller_code}{reference}")

    def writes(self) -> tuple[int, ...]:
        """How often anything was written so far, here and at the providers: the same numbers, nothing new."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
                " FROM pg_stat_xact_user_tables"
            )
            (ours,) = cursor.fetchone()
        books = (
            provider.book.run("SELECT total_changes()") for provider in self.providers.values()
        )
        return int(ours), *(rows[0][0] for rows in books)

    # --- News ---

    def things_happen(self) -> None:
        """Customers act; what providers then have to say lies in the post."""
        for provider in self.providers.values():
            provider.settle()
        self.collect()

    def collect(self) -> None:
        for name, provider in self.providers.items():
            sent = provider.callbacks
            self.letters += [(name, letter) for letter in sent[self._post_office[name] :]]
            self._post_office[name] = len(sent)

    def deliver_letter(self, index: int, *, is_kept: bool = False) -> None:
        """One of those that lie in the post, by HTTP; one that is kept comes once more."""
        if not self.letters:
            return
        name, letter = self.letters[index % len(self.letters)]
        if not is_kept:
            self.letters.remove((name, letter))
        headers = self.providers[name].dialect.callback_headers(letter.body.decode())
        url = f"/api/v1/webhooks/{name}/{CONFIGURED[name]['callback_secret']}"
        answer = Client(headers=headers).post(url, letter.body, content_type="application/json")
        assert answer.status_code in {200, 400}, answer.content

    def send(self, *, is_overtaken: bool) -> None:
        """The push leaves; where it is overtaken, all letters arrive before its answer does."""
        really_ask = attempts.ask

        def ask(provider: str, question: Any) -> Any:
            answer = really_ask(provider, question)
            self.collect()
            while self.letters:
                self.deliver_letter(0)
            return answer

        with patch.object(attempts, "ask", ask if is_overtaken else really_ask):
            self.work()

    def import_statement(self, name: str, layout: int = 0) -> None:
        """What a provider's book says of all the time until now, in one of its layouts."""
        simulation = self.providers[name]
        layouts = simulation.simulator.protocol.layouts
        body = simulation.statement(BOOKS_BEGIN, layout=layouts[layout % len(layouts)])
        file = BytesIO(body)
        file.name = f"{name}-{self.number()}.{'xlsx' if body[:2] == b'PK' else 'csv'}"
        upload_statement(provider=name, file=file, actor=self.staff[0])

    def top_up(self, name: str, amount_minor: int, *, is_named: bool = True) -> None:
        """Finance sends money from the bank, and two of them book it; perhaps nobody writes our reference on it."""
        first, second, _third = self.staff
        top_up = request_top_up(
            provider=name,
            amount_minor=amount_minor,
            bank_reference=f"BANK{self.number()}",
            reason="Payouts are due",
            actor=first,
        )
        reference = top_up.reference.replace("-", "") if is_named else ""
        self.providers[name].book.top_up(amount_minor, reference=reference)
        approve_top_up(top_up_id=top_up.pk, actor=second)

    def pay_by_hand(self, name: str, refund: Refund, receipt: str) -> bool:
        """Somebody pays in the provider's portal; whether the wallet could."""
        book = self.providers[name].book
        if refund.amount_minor > book.free_minor():
            return False
        now = time.time()
        book.add(
            Entry(
                kind=Product.PAYOUT,
                receipt=receipt,
                msisdn=refund.attempt.msisdn.removeprefix("+"),
                amount_minor=refund.amount_minor,
                status=COMPLETED,
                initiated_at=now,
                completed_at=now,
            )
        )
        return True

    # --- Time ---

    def time_passes(self, delta: timedelta) -> None:
        """The clock is pushed, every sweep runs, all that is due is worked off."""
        self.clock.shift(delta)
        cache.clear()  # What it holds has a clock of its own: breakers, sessions.
        for sweep in SWEEPS:
            sweep()
        self.work()

    def work(self) -> None:
        deliver_all()
        check_now()

    def everything_settles(self) -> None:
        """All that is known anywhere arrives: a week passes, day by day."""
        for hours in (1, 23, 24, 24, 24, 24, 24, 24):
            self.things_happen()
            while self.letters:
                self.deliver_letter(0)
            self.work()
            self.time_passes(timedelta(hours=hours))


SWEEPS: Sequence[Any] = (
    enquire_due_attempts,
    enquire_due_refunds,
    enquire_due_payouts,
    expire_due_orders,
    release_due,
    release_reserves,
    hold_for_documents,
    run_payouts,
    look_again_everywhere,
    revive,
)
