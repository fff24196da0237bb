"""The console speaks the language that somebody chose, to the last heading."""

from datetime import date

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from backoffice.admin.base import Console
from backoffice.timeline import detail_of
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import pages_by_model, signed_in

# Names that are the same in both languages.
SAME = {"SKU", "SMS", "TIN", "VRN", "ID"}


def _headings(language: str) -> dict[tuple[str, str], str]:
    """By list and column, what stands above it."""
    with override(language):
        return {
            (label, column): str(label_for_field(column, page.model, page))
            for label, page in pages_by_model().items()
            for column in page.list_display
        }


def test_every_heading_of_every_list_has_its_swahili():
    english, swahili = _headings("en"), _headings("sw")

    assert len(english) > 150
    assert {
        place: heading
        for place, heading in swahili.items()
        if heading == english[place] and heading not in SAME
    } == {}


def test_every_thing_and_every_part_of_the_console_has_its_swahili():
    def names(language: str) -> list[str]:
        with override(language):
            return [
                str(name)
                for model, page in admin.site._registry.items()
                if isinstance(page, Console)
                for name in (
                    model._meta.verbose_name,
                    model._meta.verbose_name_plural,
                    model._meta.app_config.verbose_name,
                )
            ]

    same = [a for a, b in zip(names("en"), names("sw"), strict=True) if a == b]

    assert same == []


@pytest.mark.django_db
def test_a_chosen_language_is_kept_beyond_the_session(client):
    signed_in(client, "operations_lead")
    address = reverse("admin:index")

    answer = client.post(reverse("set_language"), {"language": "sw", "next": address})
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    page = client.get(address)

    assert answer["Location"] == address
    assert (cookie.value, cookie["max-age"]) == ("sw", settings.LANGUAGE_COOKIE_AGE)
    assert 'lang="sw"' in page.content.decode()
    assert "Maagizo" in page.content.decode()

    client.logout()
    signed_in(client, "operations_lead")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie.value
    assert 'lang="sw"' in client.get(address).content.decode()


def test_the_timeline_tells_states_choices_and_amounts_in_words():
    moved = _event("orders.paid.v1", "order", {"status": "awaiting_payment"}, {"status": "paid"})
    priced = _event(
        "listings.changed.v1", "listing", {"price_minor": 90000}, {"price_minor": 80000}
    )
    resolved = _event(
        "disputes.resolved.v1", "dispute", None, None, payload={"outcome": "refund_partial"}
    )

    with override("sw"):
        assert detail_of(moved) == "Linasubiri malipo → Limelipwa"
        assert detail_of(priced) == "bei: TZS 900 → TZS 800"
        assert detail_of(resolved) == "Marejesho ya sehemu"
    with override("en"):
        assert detail_of(moved) == "Awaiting payment → Paid"


def _event(name, aggregate, before, after, payload=None) -> LoggedEvent:
    return LoggedEvent(
        name=name, aggregate=aggregate, before=before, after=after, payload=payload or {}
    )


def test_days_and_months_have_their_names():
    day = date(2026, 10, 7)

    with override("sw"):
        assert date_format(day) == "7 Okt 2026"
    with override("en"):
        assert date_format(day) == "7 Oct 2026"
