"""The tax authority as a real HTTP server on a free port, which the settings then point to: fixture `vfd`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backoffice.embedded.certificates import make_certificate
from fixtures.simulators.core.store import Store
from fixtures.simulators.vfd.protocol import VfdProtocol
from fixtures.simulators.vfd.running import taxpayer
from marketplace.billing.adapters.vfd import VfdAdapter
from tests.simulators import QUICK, Service

ISSUED = {"tin": "100200300", "certkey": "10TZ100900", "certificate_password": ""}


class Vfd(Service):
    def protocol(self) -> VfdProtocol:
        certificate = self.path.with_suffix(".pfx")
        make_certificate(certificate)
        issued = taxpayer(certificate=str(certificate), **ISSUED)
        return VfdProtocol(Store(self.path), QUICK, taxpayer=issued)

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

    def messages(self, kind: str) -> list[Any]:
        """`receipt` or `report`: what was taken, oldest first."""
        return self.store.run("SELECT * FROM fiscal WHERE kind = ? ORDER BY id", kind)


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
