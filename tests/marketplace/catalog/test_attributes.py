"""Attributes are checked against the schema, and refused with the key at fault."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog.attributes import check_schema, validate
from marketplace.catalog.errors import AttributesInvalid, SchemaInvalid
from tests.factories.catalog import COLOUR, DUAL_SIM, NOTE, PHONE_SCHEMA, RAM, SCREEN

FULL = {"ram_gb": 8, "screen_in": "6.7", "colour": "Blue", "dual_sim": True, "note": "Box open"}


def test_right_values_pass_unchanged_in_the_order_of_the_schema():
    shuffled = dict(reversed(FULL.items()))

    assert list(validate(PHONE_SCHEMA, shuffled).items()) == list(FULL.items())


def test_values_from_a_file_become_what_they_mean():
    written = {
        "ram_gb": " 8 ",
        "screen_in": "6.70",
        "colour": "blue",
        "dual_sim": "Ndiyo",
        "note": " Box open ",
    }

    assert validate(PHONE_SCHEMA, written) == FULL


@pytest.mark.parametrize("empty", ["", "   ", None])
def test_empty_values_are_left_out(empty):
    assert validate(PHONE_SCHEMA, {"ram_gb": 8, "note": empty, "colour": empty}) == {"ram_gb": 8}


@pytest.mark.parametrize(
    ("schema", "values", "code"),
    [
        ([RAM], {}, "attribute_missing"),
        ([RAM], {"ram_gb": ""}, "attribute_missing"),
        ([NOTE], {"wings": 2}, "attribute_unknown"),
        ([RAM], {"ram_gb": "eight"}, "attribute_not_a_number"),
        ([RAM], {"ram_gb": True}, "attribute_not_a_number"),
        ([RAM], {"ram_gb": [8]}, "attribute_not_a_number"),
        ([RAM], {"ram_gb": "NaN"}, "attribute_not_a_number"),
        ([RAM], {"ram_gb": "1e999"}, "attribute_not_a_number"),
        ([RAM], {"ram_gb": "7.5"}, "attribute_not_whole"),
        ([SCREEN], {"screen_in": float("inf")}, "attribute_not_a_number"),
        ([DUAL_SIM], {"dual_sim": "perhaps"}, "attribute_not_yes_no"),
        ([COLOUR], {"colour": "Pink"}, "attribute_not_a_choice"),
        ([NOTE], {"note": "x" * 201}, "attribute_too_long"),
        ([NOTE], {"note": 5}, "attribute_too_long"),
    ],
)
def test_a_wrong_value_is_refused_with_its_key_and_code(schema, values, code):
    with pytest.raises(AttributesInvalid) as refusal:
        validate(schema, values)

    key = next(iter(values), schema[0]["key"])
    assert (refusal.value.code, refusal.value.key) == (code, key)
    assert refusal.value.field == f"attributes.{key}"
    assert str(refusal.value)


def test_a_refusal_speaks_the_readers_language_of_the_label():
    with override("sw"), pytest.raises(AttributesInvalid) as refusal:
        validate([RAM], {})

    assert "Kumbukumbu" in str(refusal.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
VALUES = st.dictionaries(st.sampled_from([*FULL, "other"]), JSON)


@given(VALUES)
def test_whatever_is_accepted_is_stable_and_anything_else_is_a_refusal(values):
    try:
        once = validate(PHONE_SCHEMA, values)
    except AttributesInvalid:
        return

    assert validate(PHONE_SCHEMA, once) == once
    assert isinstance(once["ram_gb"], int)


@given(st.decimals(-1_000_000, 1_000_000, places=4))
def test_a_decimal_keeps_its_value_and_has_one_spelling(number):
    stored = validate([SCREEN], {"screen_in": str(number)})["screen_in"]

    assert type(number)(stored) == number
    assert stored == validate([SCREEN], {"screen_in": f"{number:.6f}"})["screen_in"]


def test_a_schema_is_completed():
    short = {"key": "ram_gb", "label_en": "Memory ", "label_sw": "Kumbukumbu", "type": "integer"}

    assert check_schema([short]) == [{**RAM, "unit": "", "required": False, "facet": False}]


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ("ram", "attribute_schema"),
        ([NOTE] * 41, "attribute_schema"),
        (["ram"], "attribute_schema.0"),
        ([{**RAM, "key": "RAM GB"}], "attribute_schema.0.key"),
        ([{**RAM, "key": 5}], "attribute_schema.0.key"),
        ([NOTE, NOTE], "attribute_schema.1.key"),
        ([{**RAM, "type": "colour"}], "attribute_schema.0.type"),
        ([{**RAM, "type": ["integer"]}], "attribute_schema.0.type"),
        ([{**RAM, "label_sw": " "}], "attribute_schema.0.label_sw"),
        ([{**RAM, "choices": ["4", "8"]}], "attribute_schema.0.choices"),
        ([{**COLOUR, "choices": []}], "attribute_schema.0.choices"),
        ([{**COLOUR, "choices": [1, 2]}], "attribute_schema.0.choices"),
    ],
)
def test_a_schema_that_means_nothing_is_refused_with_the_place(schema, place):
    with pytest.raises(SchemaInvalid) as refusal:
        check_schema(schema)

    assert refusal.value.field == place


def test_a_key_of_an_ancestor_cannot_be_used_again():
    with pytest.raises(SchemaInvalid):
        check_schema([RAM], taken=["ram_gb"])
