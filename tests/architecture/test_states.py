"""State machines are complete: every status has its row, and a road leads to it."""

import importlib
from enum import EnumMeta
from types import ModuleType

import pytest
from django.apps import apps

from tests.architecture.tree import python_files, shown

WITHOUT_TABLE = {
    "ReservationStatus": "moved in one statement for all lines: UPDATE … WHERE status = 'open'",
    "InboxStatus": "one step, taken by the worker that claimed the message's delivery",
    "ForwardStatus": "moved in one statement for all of a batch: UPDATE … WHERE status = 'waiting'",
    "PictureStatus": "one step, taken by the worker that re-encoded it or could not",
}


def modules() -> list[ModuleType]:
    return [
        importlib.import_module(shown(path).removesuffix(".py").replace("/", "."))
        for path in python_files()
        if path.name == "states.py" and path.parent.name != "shared"
    ]


def machines() -> list[tuple[EnumMeta, dict]]:
    """Each status with its table, matched by the table's own keys."""
    found = []
    for module in modules():
        for name, table in vars(module).items():
            if name.endswith("TRANSITIONS"):
                found.append((type(next(iter(table))), table))
    return found


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine[0].__name__)
def test_every_status_has_a_row_and_every_step_leads_to_a_status(machine):
    status, table = machine

    assert set(table) == set(status)
    assert {wanted for row in table.values() for wanted in row} <= set(status)
    assert all(who for row in table.values() for who in row.values())


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine[0].__name__)
def test_every_status_is_reachable_from_the_one_that_rows_begin_in(machine):
    status, table = machine
    reached: set[str] = set()
    ahead = initial(status)
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead |= set(table[here])

    assert reached == set(status)


def test_every_status_enum_has_a_table():
    enums = {
        name
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, EnumMeta)
        and name.endswith("Status")
        and value.__module__ == module.__name__
    }
    tables = {status.__name__ for status, _ in machines()}

    assert enums - tables <= set(WITHOUT_TABLE)


def initial(status: EnumMeta) -> set[str]:
    """The defaults of the columns that hold this status; without one, its first member."""
    defaults = {
        field.default
        for model in apps.get_models()
        for field in model._meta.fields
        if field.choices == status.choices and field.has_default()
    }
    return {status(value) for value in defaults} or {next(iter(status))}
