"""The tax authority as a real HTTP server on a free port, which the settings then point to: fixture `vfd`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backoffice.embedded.certificates import make_certificate
from fixtures.simulators.core.agenda import Agenda
from fixtures.simulators.core.book import Book
from fixtures.simulators.vfd.dialect import VFD
from fixtures.simulators.vfd.protocol import VfdProtocol
from fixtures.simulators.vfd.running import taxpayer
from marketplace.billing.adapters.vfd import VfdAdapter
from tests.simulators import Simulation

ISSUED = {"tin": "100200300", "certkey": "10TZ100900", "certificate_password": ""}


class Vfd(Simulation):
    dialect = VFD

    def protocol(self, book: Book, agenda: Agenda) -> VfdProtocol:
        certificate = self.path.with_suffix(".pfx")
        make_certificate(certificate)
        return VfdProtocol(book, agenda, taxpayer=taxpayer(certificate=str(certificate), **ISSUED))

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of an adapter that reaches this simulator."""
        return {
            "base_url": self.url,
            "verify_url": "https://verify.example",
            "certificate": str(self.path.with_suffix(".pfx")),
            "connect_timeout_s": 2,
            "read_timeout_s": 1.5,
            **ISSUED,
        }

    def adapter(self, **changes: Any) -> VfdAdapter:
        return VfdAdapter(**self.options | changes)

    def switch(self, kind: str, times: int = 1) -> None:
        """A fault for the next messages."""
        self.simulator.protocol.act("switch", {"kind": kind, "times": str(times)})

    def messages(self, kind: str) -> list[Any]:
        """`receipt` or `report`: what was taken, oldest first."""
        return self.book.run("SELECT * FROM fiscal WHERE kind = ? ORDER BY id", kind)


@pytest.fixture
def vfd(settings: Any, tmp_path: Path) -> Iterator[Vfd]:
    """An authority that has registered nothing yet; FISCAL_DEVICE points to it."""
    simulator = Vfd(tmp_path / "vfd.sqlite3")
    settings.FISCAL_DEVICE = {
        "is_enabled": True,
        "since": None,
        "adapter": "marketplace.billing.adapters.vfd.VfdAdapter",
        "options": simulator.options,
    }
    yield simulator
    simulator.stop()
