"""What the API says to people, it says in their language: refusals, statuses, choices."""

import pytest
from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import override

from tests.api.client import Caller
from tests.factories.accounts import a_buyer
from tests.factories.orders import a_paid_order

SWAHILI = {"Accept-Language": "sw"}
# Names that are the same in both languages.
SAME = {"ZetuTech", "SMS", "M-Pesa", "Airtel Money", "Mixx by Yas", "IMEI"}


def _labels() -> list[tuple[str, str, Promise]]:
    """Of every choice that a column of ours may hold: the model, the column, the label."""
    return [
        (model._meta.label, field.name, label)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        for _value, label in getattr(field, "flatchoices", ())
        if isinstance(label, Promise) and model.__module__.startswith(("marketplace.", "reports."))
    ]


def test_every_choice_of_every_column_has_its_swahili():
    labels = _labels()
    with override("sw"):
        swahili = [str(label) for _model, _field, label in labels]
    with override("en"):
        english = [str(label) for _model, _field, label in labels]

    assert len(labels) > 150
    assert [
        (model, field, said)
        for (model, field, _label), said, source in zip(labels, swahili, english, strict=True)
        if said == source and source not in SAME
    ] == []


@pytest.mark.django_db
def test_a_status_is_a_code_for_programs_and_a_label_in_the_callers_language():
    order = a_paid_order()
    caller = Caller(order.buyer)
    path = f"/orders/{order.reference}"

    english = caller.get(path, headers={"Accept-Language": "en"}).json()
    swahili = caller.get(path, headers=SWAHILI).json()

    assert english["status"] == {"code": "paid", "label": "Paid"}
    assert swahili["status"] == {"code": "paid", "label": "Limelipwa"}
    assert swahili["seller_orders"][0]["status"]["label"] == "La kuthibitishwa"


@pytest.mark.django_db
def test_a_refusal_is_in_the_callers_language_and_its_code_is_not():
    caller = Caller(a_buyer())

    english = caller.get("/orders/ORD-0000000A").json()
    swahili = caller.get("/orders/ORD-0000000A", headers=SWAHILI).json()

    assert english["code"] == swahili["code"]
    assert english["detail"] == "There is no such order."
    assert swahili["detail"] == "Hakuna agizo kama hilo."


@pytest.mark.django_db
def test_what_is_wrong_with_a_field_is_in_the_callers_language():
    answer = Caller().post("/auth/login", {"login": "asha@example.test"}, headers=SWAHILI).json()

    assert answer["detail"] == "Sehemu fulani hazipo au si sahihi."
    assert [error["message"] for error in answer["errors"]] == ["Hii haipo."]
