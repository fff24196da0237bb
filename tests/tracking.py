"""Segment and Mixpanel as real HTTP servers on free ports, which the settings then point to: fixtures
`segment` and `mixpanel`; fixture `services` is both."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.simulators.core.store import Store
from fixtures.simulators.mixpanel.protocol import MixpanelProtocol
from fixtures.simulators.segment.protocol import SegmentProtocol
from tests.simulators import QUICK, Service

PROJECT = {"project_id": "42", "service_user": "service", "service_secret": "secret-of-the-tests"}
WRITE_KEY = "write-key-of-the-tests"
PSEUDONYM_KEY = "pseudonyms-of-the-tests"


class Tracker(Service):
    """One of the two; what it was told is asked of its book."""

    name: str
    given: dict[str, str]

    @property
    def options(self) -> dict[str, Any]:
        return {"url": self.url, **self.given}

    @property
    def configured(self) -> dict[str, Any]:
        """Its place in `settings.FORWARDING`."""
        adapter = f"marketplace.analytics.adapters.{self.name}.{self.name.capitalize()}"
        return {"adapter": adapter, "options": self.options}

    @property
    def told(self) -> list[dict[str, Any]]:
        """Every event that was taken, in the order in which it first came."""
        rows = self.store.run("SELECT * FROM taken ORDER BY id")
        return [{**dict(row), "properties": json.loads(row["properties"])} for row in rows]

    @property
    def statuses(self) -> list[int]:
        """How each request was answered; 0 where it was not."""
        return [request.http_status for request in self.requests()]


class SegmentService(Tracker):
    name, given = "segment", {"write_key": WRITE_KEY}

    def protocol(self) -> SegmentProtocol:
        return SegmentProtocol(Store(self.path), QUICK, write_key=WRITE_KEY)


class MixpanelService(Tracker):
    name, given = "mixpanel", PROJECT

    def protocol(self) -> MixpanelProtocol:
        return MixpanelProtocol(Store(self.path), QUICK, **PROJECT)


def _running(service: type[Tracker], settings: Any, path: Path) -> Iterator[Any]:
    simulator = service(path / f"{service.name}.sqlite3")
    others = settings.FORWARDING["destinations"]
    settings.FORWARDING = {
        "pseudonym_key": PSEUDONYM_KEY,
        "destinations": {**others, service.name: simulator.configured},
    }
    yield simulator
    simulator.stop()


@pytest.fixture
def segment(settings: Any, tmp_path: Path) -> Iterator[SegmentService]:
    yield from _running(SegmentService, settings, tmp_path)


@pytest.fixture
def mixpanel(settings: Any, tmp_path: Path) -> Iterator[MixpanelService]:
    yield from _running(MixpanelService, settings, tmp_path)


@pytest.fixture
def services(segment: SegmentService, mixpanel: MixpanelService) -> tuple[Tracker, Tracker]:
    return segment, mixpanel
