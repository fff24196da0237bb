"""Rows of one context point at rows of another only down the street, and leave no way back."""

import tomllib

from django.apps import apps
from django.db import models

from backoffice.configuration import BASE_DIR


def storeys() -> dict[str, int]:
    """Context -> its floor, ground floor 0, from the import contract itself."""
    settings = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    street = next(contract for contract in contracts if contract["name"].startswith("2."))
    return {
        name.strip(" ()"): floor
        for floor, layer in enumerate(reversed(street["layers"]))
        for name in layer.split("|")
    }


def crossings() -> list[models.ForeignKey]:
    """Every foreign key, one-to-one or many-to-many field that leaves its context."""
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("marketplace.")
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.is_relation
        and field.related_model._meta.app_label != model._meta.app_label
        and field.related_model.__module__.startswith("marketplace.")
        and not model._meta.auto_created
    ]


def test_a_foreign_key_points_down_the_street_and_no_way_back():
    floors = storeys()

    for field in crossings():
        above = floors[field.model._meta.app_label]
        below = floors[field.related_model._meta.app_label]
        assert above > below, field
        assert field.remote_field.related_name == "+" or field.remote_field.hidden, field


def test_deleting_a_row_never_deletes_or_empties_another_contexts_rows():
    keeping = (models.PROTECT, models.RESTRICT, models.DO_NOTHING)

    for field in crossings():
        assert field.many_to_many or field.remote_field.on_delete in keeping, field


def test_every_context_of_the_contract_is_an_installed_app_and_the_other_way_round():
    installed = {
        config.label for config in apps.get_app_configs() if config.name.startswith("marketplace.")
    }

    assert installed <= set(storeys())
