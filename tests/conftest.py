"""What every test may use. The servers behind it are real; see servers.py."""

import gc
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from math import inf
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

from marketplace.rules import queries as rules
from marketplace.shared import clock
from tests import servers
from tests.fiscal import vfd
from tests.patience import until_the_next_day
from tests.simulators import airtel, mixx, mpesa
from tests.tracking import mixpanel, segment, services

# How fast a machine draws or computes examples is no verdict about the program.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

SLOW_S = 10
QUICK_S = 30
__all__ = ["airtel", "mixpanel", "mixx", "mpesa", "segment", "services", "vfd"]


def pytest_configure(config: pytest.Config) -> None:
    """What is compiled is not committed: a fresh clone has to speak Swahili, too."""
    if not hasattr(config, "workerinput"):
        call_command("translations", "--compile")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever shares out the tests has the long ones first: nobody waits for one of them in the end."""
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> int:
    mark = item.get_closest_marker("slow")
    return mark.args[0] if mark and mark.args else SLOW_S if mark else 0


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it again and again (a fourteenth of all time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: our database is a clone of the migrated template, reached as the app role."""
    servers.clone_for_this_process()
    yield
    with django_db_blocker.unblock():
        connections.close_all()


def _empty_database(self: TransactionTestCase) -> None:
    """Django would TRUNCATE as the application's role, which may not."""
    connections.close_all()
    servers.empty_this_database()


TransactionTestCase._fixture_teardown = _empty_database  # type: ignore[method-assign]


class AtTheDoor(Client):
    """A browser whose person came in by the door a moment ago, as the console's own pages leave it."""

    def force_login(self, user: Any, backend: str | None = None) -> None:
        super().force_login(user, backend)
        session = self.session
        session["proved_at"] = clock.now().timestamp()
        session.save()


@pytest.fixture
def client() -> Client:
    return AtTheDoor()


@pytest.fixture
def database_away(transactional_db: None) -> Iterator[None]:
    """Nothing answers where PostgreSQL was, and the connection that was open has fallen."""
    known = connection.settings_dict.copy()
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT="1")
    yield
    connection.settings_dict.update(known)
    connection.close()


@pytest.fixture(autouse=True)
def _within_a_day(request: pytest.FixtureRequest) -> None:
    """What asks twice which day it is hears the same: no test begins shortly before a day ends."""
    reach_s = max(QUICK_S, 3 * _seconds(request.node))
    time.sleep(until_the_next_day(datetime.now(UTC), within_s=reach_s))


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Counters and cached figures of one test are no business of the next."""
    yield
    if _cache_was_used():
        cache.clear()


@pytest.fixture(autouse=True)
def _usual_rules() -> None:
    """What a test sets of the rules is no business of the next; nobody asks the database for them meanwhile."""
    rules.remember({}, until=inf)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its language behind in its thread."""
    yield
    translation.deactivate()


def _cache_was_used() -> bool:
    return bool(getattr(cache, "_connections", None)) or hasattr(cache, "_cache")
