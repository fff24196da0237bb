"""Prepared answers: written by a lead in both languages, inserted in the reader's, and never sent unread."""

import pytest
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.casework.models import Macro
from marketplace.disputes.models import DisputeMessage
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, do, list_address, signed_in
from tests.factories.disputes import an_open_dispute

pytestmark = pytest.mark.django_db
SAVED = {
    "name": "Thank the buyer",
    "reason": "damaged",
    "english": "Hello {name}, thank you for the photos of {order}. {me}",
    "swahili": "Habari {name}, asante kwa picha za {order}. {me}",
    "is_active": "on",
}


def text_of(client, dispute, macro, party="buyer"):
    address = reverse("admin:disputes_dispute_macro", args=[dispute.pk, party, macro.pk])
    return client.get(address)


def test_a_lead_writes_one_in_both_languages_and_an_agent_does_not(client):
    signed_in(client, "operations_agent")
    assert do(client, "casework.macro", "add", **SAVED).status_code == 403

    signed_in(client, "operations_lead")
    do(client, "casework.macro", "add", **SAVED)
    macro = Macro.objects.get(name=SAVED["name"])
    decide(client, macro, "edit", **SAVED | {"english": "Hi {name}."})

    macro.refresh_from_db()
    assert macro.english == "Hi {name}."
    events = LoggedEvent.objects.filter(name="casework.macro_saved.v1").order_by("id")
    assert [event.after["english"] for event in events] == [SAVED["english"], "Hi {name}."]
    assert client.get(list_address("casework.macro")).status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"english": "Pay {price} now"}, "is not known"),
        ({"swahili": "Habari {name"}, "brace"),
        ({"swahili": ""}, ""),
        ({"name": "We need a little longer"}, "of this name already"),
    ],
)
def test_what_could_not_be_filled_in_is_refused_and_kept_in_the_form(client, changed, said):
    signed_in(client, "operations_lead")

    answer = do(client, "casework.macro", "add", **SAVED | changed)

    assert not Macro.objects.filter(english=SAVED["english"]).exists()
    assert said in answer.content.decode()
    assert "Thank the buyer" in answer.content.decode() or "name" in changed


def test_it_reads_in_the_language_of_whom_it_is_for_with_all_filled_in(client):
    dispute = an_open_dispute()
    User.objects.filter(pk=dispute.buyer_id).update(language="sw", name="Asha Mushi")
    me = signed_in(client, "operations_agent")
    macro = Macro.objects.create(
        **{key: SAVED[key] for key in ("name", "reason", "english", "swahili")}
    )

    buyer, seller = text_of(client, dispute, macro), text_of(client, dispute, macro, "seller")

    order = dispute.seller_order.order.reference
    assert buyer.json() == {
        "text": f"Habari Asha, asante kwa picha za {order}. {me.name}",
        "language": "sw",
    }
    assert seller.json()["text"].startswith("Hello ")
    assert "{" not in seller.json()["text"]


def test_what_a_person_calls_themselves_is_never_looked_up(client):
    dispute = an_open_dispute()
    User.objects.filter(pk=dispute.buyer_id).update(name="{me.password} {shop}")
    signed_in(client, "operations_agent")
    macro = Macro.objects.create(name="x", english="Hello {name}", swahili="Habari {name}")

    assert text_of(client, dispute, macro).json()["text"] == "Hello {me.password}"


def test_those_for_the_reason_stand_first_and_of_those_the_most_used(client):
    dispute = an_open_dispute()
    signed_in(client, "operations_agent")
    used = Macro.objects.create(name="Often", english="a", swahili="b", reason="damaged")
    decide(client, dispute, "reply", body="Edited by me.", macro=str(used.pk))
    Macro.objects.create(name="Not here", english="a", swahili="b", reason="counterfeit")

    page = client.get(reverse("admin:disputes_dispute_change", args=[dispute.pk])).content.decode()

    used.refresh_from_db()
    assert used.times_used == 1
    assert DisputeMessage.objects.filter(body="Edited by me.").exists()
    first, later = page.index("Often"), page.index("Ask for photos of the unboxing")
    assert first < later < page.index("We need a little longer")
    assert "Not here" not in page


def test_nobody_reads_one_who_may_not_write_in_the_case_nor_one_that_is_withdrawn(client):
    dispute, macro = an_open_dispute(), Macro.objects.first()
    signed_in(client, "support")
    assert text_of(client, dispute, macro).status_code == 403
    signed_in(client, "operations_agent")
    assert text_of(client, dispute, macro, "staff").status_code == 404
    Macro.objects.filter(pk=macro.pk).update(is_active=False)
    assert text_of(client, dispute, macro).status_code == 404
