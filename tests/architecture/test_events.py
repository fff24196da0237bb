"""Events are plain, frozen, versioned facts, and every one has its row in the table of subscriptions."""

import dataclasses
import importlib
import re
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from marketplace.shared.events import REGISTRY, Event
from tasks.subscriptions import SUBSCRIPTIONS
from tests.architecture.tree import python_files, shown

for _path in python_files():
    if _path.name == "events.py" and _path.parts[-2] != "admin" and "tests" not in _path.parts:
        importlib.import_module(shown(_path).removesuffix(".py").replace("/", "."))


def facts() -> list[type[Event]]:
    """Every event but the abstract ones, whose class names begin with an underscore."""
    return [
        event
        for event in REGISTRY.values()
        if not event.__name__.startswith("_") and not event.__module__.startswith("tests.")
    ]


def test_every_event_has_a_row_in_the_table_even_where_nobody_listens():
    assert {event.name for event in facts()} == {event.name for event in SUBSCRIPTIONS}


def test_an_event_is_a_frozen_fact_with_a_versioned_name():
    for event in facts():
        context = event.__module__.split(".")[-2]
        assert re.fullmatch(rf"{context}\.[a-z_]+\.v[1-9]", event.name)
        assert event.__dataclass_params__.frozen, event.name
        assert event.__dataclass_params__.kw_only, event.name
        fields = {field.name for field in dataclasses.fields(event)}
        assert f"{event.aggregate}_id" in fields, event.name


def test_an_event_holds_values_that_come_back_from_json_unchanged():
    for event in facts():
        assert all(_is_plain(hint) for hint in _hints(event).values()), event.name


def test_handlers_are_named_once_per_event():
    for event, subscriptions in SUBSCRIPTIONS.items():
        names = [subscription.name for subscription in subscriptions]
        assert len(names) == len(set(names)), event.name


def _hints(event: type[Event]) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(event)}
    return {name: hint for name, hint in get_type_hints(event).items() if name in names}


def _is_plain(hint: Any) -> bool:
    if get_origin(hint) in (Union, UnionType, list, tuple):
        return all(_is_plain(arm) for arm in get_args(hint) if arm is not Ellipsis)
    return hint in (NoneType, str, int, bool, UUID) or getattr(hint, "__module__", "") == "datetime"
