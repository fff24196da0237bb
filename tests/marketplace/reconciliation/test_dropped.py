"""Statements that a provider leaves in a watched folder: taken when whole, put away when read."""

from pathlib import Path

import pytest
from django.core.cache import cache

from marketplace.reconciliation.commands import take_dropped
from marketplace.reconciliation.models import Statement
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM
from tests.factories.reconciliation import a_payment, paid, statement_file
from tests.marketplace.reconciliation.books import broken_invariants, matches

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        "statements": {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path)}}
    }
    cache.clear()
    (tmp_path / "mpesa").mkdir()
    return tmp_path / "mpesa"


def look() -> str:
    return take_dropped(actor=SYSTEM)


def put_away(folder: Path, where: str) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in folder.glob(f"{where}/*"))


def test_a_file_is_taken_at_the_second_look_and_put_away_when_it_was_read(folder):
    payment = a_payment()
    (folder / "week40.csv").write_bytes(statement_file([paid(payment)]).getvalue())

    assert look() == "0 taken, 0 put away"
    assert look() == "1 taken, 0 put away"
    assert (folder / "week40.csv").exists()
    deliver_all()
    assert look() == "0 taken, 1 put away"

    assert put_away(folder, "done") == ["week40.csv"]
    assert not (folder / "week40.csv").exists()
    assert matches().keys() == {payment.reference}
    assert Statement.objects.get().original_name == "week40.csv"
    assert broken_invariants() == {}


def test_a_file_that_is_still_being_written_is_left_alone(folder):
    whole = statement_file([paid(a_payment())]).getvalue()
    for part in (whole[:200], whole[:400], whole):
        (folder / "week40.csv").write_bytes(part)
        assert look() == "0 taken, 0 put away"

    assert look() == "1 taken, 0 put away"
    assert Statement.objects.get().file.size == len(whole)


@pytest.mark.parametrize("name", [".hidden.csv", "week40.csv.part", "week40.csv.filepart"])
def test_unfinished_names_are_never_taken(folder, name):
    (folder / name).write_bytes(statement_file([]).getvalue())

    assert [look(), look()] == ["0 taken, 0 put away"] * 2


def test_a_file_that_is_no_statement_is_put_to_the_refused_with_the_reason(folder):
    (folder / "photo.csv").write_bytes(b"a,b\n1,2\n")

    look()
    look()
    deliver_all()
    look()

    assert put_away(folder, "refused") == ["photo.csv", "photo.csv.reason.txt"]
    reason = next(folder.glob("refused/*.reason.txt")).read_text(encoding="utf-8")
    assert "This is not a statement of M-Pesa" in reason


def test_the_same_file_again_is_refused_at_once(folder):
    data = statement_file([paid(a_payment())]).getvalue()
    for name in ("first.csv", "second.csv"):
        (folder / name).write_bytes(data)

    look()
    look()

    assert Statement.objects.count() == 1
    assert put_away(folder, "refused") == ["second.csv", "second.csv.reason.txt"]


def test_a_kill_before_the_file_was_removed_takes_it_no_second_time(folder):
    (folder / "week40.csv").write_bytes(statement_file([paid(a_payment())]).getvalue())
    look()
    look()
    deliver_all()
    Statement.objects.filter().update(dropped_as="mpesa/week40.csv")

    look()
    look()

    assert Statement.objects.count() == 1
    assert put_away(folder, "done") == ["week40.csv"]


def test_without_a_place_nothing_is_watched():
    assert look() == "no place is watched"
