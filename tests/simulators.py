"""Providers as real HTTP servers on free ports, which the settings then point to: fixtures `mpesa`,
`mixx` and `airtel`."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from backoffice.embedded.keys import public_key_of
from fixtures.simulators.airtel.dialect import AIRTEL
from fixtures.simulators.airtel.protocol import AirtelProtocol
from fixtures.simulators.airtel.running import application_of
from fixtures.simulators.core.agenda import Agenda
from fixtures.simulators.core.book import Book
from fixtures.simulators.core.dialect import Dialect
from fixtures.simulators.core.entries import Entry, Request, SentCallback
from fixtures.simulators.core.faults import Product
from fixtures.simulators.core.money import MoneyProtocol
from fixtures.simulators.core.protocol import Protocol
from fixtures.simulators.core.server import Simulator
from fixtures.simulators.core.store import Store
from fixtures.simulators.core.timing import Timing
from fixtures.simulators.mixx.dialect import MIXX
from fixtures.simulators.mixx.protocol import MixxProtocol, Partner
from fixtures.simulators.mpesa.dialect import MPESA
from fixtures.simulators.mpesa.protocol import MpesaProtocol
from fixtures.simulators.mpesa.running import private_key
from marketplace.payments.adapters.airtel import AirtelAdapter
from marketplace.payments.adapters.mixx import MixxAdapter
from marketplace.payments.adapters.mpesa import MpesaAdapter
from tests.patience import wait_until

PATIENCE_S = 15
API_KEY = "key-of-the-tests"
# The provider's seconds, in hundredths.
QUICK = Timing(
    callback_s=0.02, late_s=0.4, expires_s=0.2, later_s=0.4, hang_s=3.0, retries_s=(0.05, 0.1, 0.2)
)


class Running:
    """A running simulator, and what a test asks of any."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.start()

    def protocol(self) -> Protocol:
        """A new one on the file at `path`."""
        raise NotImplementedError

    def start(self, port: int = 0) -> None:
        self.simulator = Simulator(self.protocol(), port=port)
        self.simulator.start()

    def stop(self) -> None:
        self.simulator.stop()
        self.store.close()

    def restart(self) -> None:
        """As after a crash: the same port and the same book, nothing remembered beside it."""
        port = int(self.url.rpartition(":")[2])
        self.stop()
        self.start(port)

    @property
    def url(self) -> str:
        return self.simulator.url

    @property
    def store(self) -> Store:
        return self.simulator.protocol.store

    def requests(self, operation: str = "") -> list[Request]:
        """Oldest first; `operation` as in `c2bPayment`, `reversal`, `getSession`, or `push` of Mixx."""
        return self.store.requests(operation)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        wait_until(is_so, patience_s=PATIENCE_S, every_s=0.01)


class Service(Running):
    """One that moves no money."""

    def switch(self, kind: str, times: int = 1) -> None:
        """A fault for the next requests."""
        self.simulator.protocol.act("switch", {"kind": kind, "times": str(times)})


class Simulation(Running):
    """A provider of wallets. Callbacks are captured until `deliver_to`."""

    dialect: Dialect
    numbers = ""
    """The begin of its wallets' numbers."""
    plans_by = Agenda
    may_overdraw = True
    """What a wallet holds is not what most tests are about."""

    def protocol(self) -> Protocol:
        self.book = Book(self.path, self.dialect)
        self.book.may_overdraw = self.may_overdraw
        self.agenda = self.plans_by(self.book, QUICK, None)
        return self.provider(self.book, self.agenda)

    def provider(self, book: Book, agenda: Agenda) -> MoneyProtocol:
        raise NotImplementedError

    # --- Faults ---

    def number(self, digits: str) -> str:
        """A wallet number that ends with these three digits, and so calls for their fault."""
        return f"+{self.numbers}{digits}"

    def set_fault(
        self,
        digits: str,
        *,
        product: Product = Product.PAYMENT,
        msisdn: str = "",
        amount_minor: int = 0,
    ) -> None:
        """For one number or amount, or for all that nothing else names. No digits: as it should be."""
        self.book.set_fault(product, digits, msisdn=msisdn, amount_minor=amount_minor)

    def deliver_to(self, url: str | None) -> None:
        """Where callbacks go from now on; None captures them."""
        self.agenda.callback_url = url

    def expire_sessions(self) -> None:
        self.book.expire_sessions()

    # --- What happened ---

    @property
    def callbacks(self) -> list[SentCallback]:
        return self.book.callbacks()

    def entry(self, reference: str) -> Entry:
        found = self.book.find(reference)
        assert found is not None, f"the simulator knows nothing of {reference}"
        return found

    def statement(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        layout: str = "",
    ) -> bytes:
        """By default of the last 30 days."""
        end = end or timezone.now()
        protocol = self.simulator.protocol
        return protocol.statement(
            start or end - timedelta(days=30), end, layout=layout or protocol.layouts[0]
        )

    # --- Time ---

    def settle(self) -> None:
        """Let everything that is planned happen now: customers act, callbacks go out."""
        self.agenda.run_all()

    def wait_for_callbacks(self, count: int = 1) -> list[SentCallback]:
        self.wait_until(lambda: len(self.callbacks) >= count)
        return self.callbacks


class Mpesa(Simulation):
    dialect = MPESA
    numbers = "255754000"

    def provider(self, book: Book, agenda: Agenda) -> MpesaProtocol:
        key = private_key(django_settings.SIMULATOR_KEY)
        return MpesaProtocol(book, agenda, key=key, api_key=API_KEY)

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of an adapter that reaches this simulator."""
        return {
            "base_url": f"{self.url}/sandbox",
            "api_key": API_KEY,
            "public_key": public_key_of(django_settings.SIMULATOR_KEY),
            "service_provider_code": "000000",
            "market": "vodacomTZN",
            "country": "TZN",
            "origin": "*",
            "b2c_path": "b2cPayment/",
            "session_lifetime_s": 3600,
            "session_warm_up_s": 0,
            "connect_timeout_s": 2,
            "read_timeout_s": 10,
        }

    def adapter(self, **changes: Any) -> MpesaAdapter:
        return MpesaAdapter(**self.options | changes)


CONFIGURED = dict(django_settings.PAYMENT_PROVIDERS)


def point_to(settings: Any, name: str, options: Mapping[str, Any]) -> None:
    """Only providers that run are configured in a test: those of its fixtures."""
    running = {
        other: provider
        for other, provider in settings.PAYMENT_PROVIDERS.items()
        if provider is not CONFIGURED.get(other)
    }
    settings.PAYMENT_PROVIDERS = running | {name: CONFIGURED[name] | {"options": dict(options)}}


@pytest.fixture
def mpesa(settings: Any, tmp_path: Path) -> Iterator[Mpesa]:
    """M-Pesa with an empty book; PAYMENT_PROVIDERS points to it."""
    simulator = Mpesa(tmp_path / "mpesa.sqlite3")
    point_to(settings, "mpesa", simulator.options)
    yield simulator
    simulator.stop()


PARTNER = Partner(
    username="zetu",
    password="secret-of-the-tests",
    biller_msisdn="255650000999",
    biller_code="MKT",
    channel_msisdn="255650000998",
    channel_pin="4711",
    payout_msisdn="255650000997",
    payout_pin="1147",
    payout_type="REQMFCI",
    company_name="ZETUTECH",
)


class Mixx(Simulation):
    dialect = MIXX
    numbers = "255713000"
    partner = PARTNER

    def provider(self, book: Book, agenda: Agenda) -> MixxProtocol:
        return MixxProtocol(book, agenda, partner=self.partner)

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of an adapter that reaches this simulator."""
        url, partner = self.url, self.partner
        return {
            "access": {
                "token_url": f"{url}/token",
                "username": partner.username,
                "password": partner.password,
                "connect_timeout_s": 2,
                "read_timeout_s": 10,
            },
            "account": {
                "push_url": f"{url}/push",
                "refund_url": f"{url}/refund",
                "heartbeat_url": f"{url}/heartbeat",
                "payout_url": f"{url}/payout",
                "biller_msisdn": partner.biller_msisdn,
                "biller_code": partner.biller_code,
                "reference_chars_max": partner.reference_chars_max,
                "channel_msisdn": partner.channel_msisdn,
                "channel_pin": partner.channel_pin,
                "payout_msisdn": partner.payout_msisdn,
                "payout_pin": partner.payout_pin,
                "payout_type": partner.payout_type,
                "payout_done": ["200"],
                "payout_float_empty": ["60019"],
                "payout_without_id_failed": True,
                "sender_name": "ZETUTECH",
                "brand_id": "0000",
                "language": "EN",
                "acknowledged_code": "BILLER-30-0000-S",
                "not_acknowledged_code": "BILLER-30-3030-E",
                "not_acknowledged_status": 200,
                "company_name": "ZETUTECH",
                "menu_code": "*150*01#",
            },
            "refunds_in_part": True,
        }

    def adapter(
        self,
        *,
        access: Mapping[str, Any] | None = None,
        account: Mapping[str, Any] | None = None,
        refunds_in_part: bool = True,
    ) -> MixxAdapter:
        """One whose options differ from these in `access` or `account`."""
        options = self.options
        return MixxAdapter(
            access=options["access"] | dict(access or {}),
            account=options["account"] | dict(account or {}),
            refunds_in_part=refunds_in_part,
        )


@pytest.fixture
def mixx(settings: Any, tmp_path: Path) -> Iterator[Mixx]:
    """Mixx by Yas with an empty book; PAYMENT_PROVIDERS points to it."""
    simulator = Mixx(tmp_path / "mixx.sqlite3")
    point_to(settings, "mixx", simulator.options)
    yield simulator
    simulator.stop()


class Airtel(Simulation):
    dialect = AIRTEL
    numbers = "255784000"
    account: ClassVar[dict[str, Any]] = {
        "collection_version": 2,
        "disbursement_version": 2,
        "refund_version": 1,
        "pin": "4711",
        "pin_padding": "pkcs1",
        "pin_public_key": "",
        "wallet_type": "NORMAL",
        "callbacks_are_signed": True,
        "callback_key": "key-of-callbacks",
        "callback_canonical": "transaction",
        "callback_header": "",
        "listing_ticks_per_s": 1,
    }

    def provider(self, book: Book, agenda: Agenda) -> AirtelProtocol:
        return self.set_up_as(book, agenda)

    def set_up_as(self, book: Book, agenda: Agenda, **account: Any) -> AirtelProtocol:
        """An application whose account differs in this."""
        application = application_of(access=self.access(""), account=self.account | account)
        key = private_key(django_settings.SIMULATOR_KEY)
        return AirtelProtocol(book, agenda, key=key, application=application)

    def change(self, **account: Any) -> None:
        """Set the application up otherwise, while it runs."""
        self.simulator.protocol = self.set_up_as(self.book, self.agenda, **account)

    @staticmethod
    def access(url: str) -> dict[str, Any]:
        return {
            "base_url": url,
            "client_id": "client-of-the-tests",
            "client_secret": "secret-of-the-tests",
            "country": "TZ",
            "currency": "TZS",
            "signs_messages": True,
            "connect_timeout_s": 2,
            "read_timeout_s": 10,
        }

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of an adapter that reaches this simulator."""
        return {"access": self.access(self.url), "account": dict(self.account)}

    def adapter(self, *, access: Mapping[str, Any] | None = None, **account: Any) -> AirtelAdapter:
        """One whose options differ in this."""
        options = self.options
        return AirtelAdapter(
            access=options["access"] | dict(access or {}), account=options["account"] | account
        )


@pytest.fixture
def airtel(settings: Any, tmp_path: Path) -> Iterator[Airtel]:
    """Airtel Money with an empty book; PAYMENT_PROVIDERS points to it."""
    simulator = Airtel(tmp_path / "airtel.sqlite3")
    point_to(settings, "airtel", simulator.options)
    yield simulator
    simulator.stop()
