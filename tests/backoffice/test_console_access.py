"""Each role sees its own pages and no others; nothing is changed by looking."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.admin.base import Console, Queue
from backoffice.navigation import NAVIGATION
from backoffice.roles import BY_NAME, ROLES, UnknownPermissions, sync_roles
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import (
    ROLE_NAMES,
    SITE_PAGES,
    list_address,
    pages_by_model,
    signed_in,
)
from tests.factories.console import a_world

pytestmark = pytest.mark.django_db
LABELS = sorted(pages_by_model())
QUERIES_MAX = 25


def test_every_page_of_the_console_is_read_only():
    foreign = [
        model for model, page in admin.site._registry.items() if not isinstance(page, Console)
    ]

    assert foreign == []
    for page in pages_by_model().values():
        assert page.has_add_permission(None) is False
        assert page.has_change_permission(None) is False
        assert page.has_delete_permission(None) is False


def test_every_model_that_a_role_sees_has_a_page():
    seen = {label for role in ROLES for label in role.sees}

    assert seen == set(LABELS)


def test_roles_are_what_the_table_says_however_often_they_are_synced():
    sync_roles()
    Group.objects.get(name="support").permissions.clear()
    sync_roles()

    for role in ROLES:
        granted = {
            f"{one.content_type.app_label}.{one.codename}"
            for one in Group.objects.get(name=role.name).permissions.select_related("content_type")
        }
        views = {"{}.view_{}".format(*label.split(".")) for label in role.sees}
        assert granted == views | {f"backoffice.{duty}" for duty in role.may}


def test_a_role_cannot_name_a_permission_that_does_not_exist(monkeypatch):
    role = type(ROLES[0])("dreamer", "Dreamer", ("orders.dream",), ())
    monkeypatch.setattr("backoffice.roles.ROLES", (role,))

    with pytest.raises(UnknownPermissions):
        sync_roles()


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_a_role_opens_its_own_lists_and_no_others(client, role):
    signed_in(client, role)

    for label in LABELS:
        expected = 200 if label in BY_NAME[role].sees else 403
        assert client.get(list_address(label)).status_code == expected, label


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_a_role_opens_the_pages_of_its_own_things_and_of_no_others(client, role):
    a_world()
    person = signed_in(client, role)
    # The world's report is about sales: who orders reports sees those of their own things.
    hidden = set() if person.has_perm("backoffice.see_sales") else {"reports.reportrun"}

    for label, page in pages_by_model().items():
        row = page.model._default_manager.order_by("pk").last()
        if row is None:
            continue
        expected = 403
        if label in BY_NAME[role].sees and label not in hidden:
            expected = 302 if isinstance(page, Queue) else 200
        assert client.get(f"{list_address(label)}{row.pk}/change/").status_code == expected, label


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_a_role_opens_its_own_site_pages_and_no_others(client, role):
    person = signed_in(client, role)

    for name, permission in SITE_PAGES.items():
        expected = 200 if person.has_perm(permission) else 403
        assert client.get(reverse(f"admin:{name}")).status_code == expected, name


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_the_sidebar_shows_what_the_role_may_open_and_every_link_works(client, role):
    person = signed_in(client, role)
    page = client.get(reverse("admin:index"))

    shown = set(re.findall(r'href="([^"]+)"', page.context["sidebar_navigation"]))
    entries = [entry for _title, group in NAVIGATION for entry in group]
    assert shown == {
        entry.address for entry in entries if not entry.needs or person.has_perm(entry.needs)
    }
    for address in shown:
        assert client.get(address).status_code == 200, address


def test_every_list_has_a_place_in_the_sidebar_or_is_reached_from_another_page():
    linked = {entry.model for _title, group in NAVIGATION for entry in group if entry.model}

    assert set(LABELS) - linked == {
        "sellers.kycdocument",
        "payments.providerswitch",
        "django_q.task",
    }


def test_staff_without_a_role_enter_and_see_nothing(client):
    signed_in(client, None)

    assert client.get(reverse("admin:index")).status_code == 200
    for label in LABELS:
        assert client.get(list_address(label)).status_code == 403, label


def test_a_buyer_does_not_enter(client):
    client.force_login(a_world().buyer)

    assert client.get(reverse("admin:index")).status_code == 302


def test_looking_at_everything_changes_nothing(client):
    a_world()
    signed_in(client, "administrator")
    events = LoggedEvent.objects.count()
    before = _snapshot()

    for label, page in pages_by_model().items():
        row = page.model._default_manager.order_by("pk").last()
        client.get(list_address(label))
        if row is None:
            continue
        client.get(f"{list_address(label)}{row.pk}/change/")
        for decision in page.decisions:
            answer = client.get(f"{list_address(label)}{row.pk}/do/{decision.name}/")
            assert answer.status_code == 200, (label, decision.name)
        for decision in page.above_the_list:
            answer = client.get(f"{list_address(label)}do/{decision.name}/")
            assert answer.status_code == 200, (label, decision.name)

    assert LoggedEvent.objects.count() == events
    assert _snapshot() == before


def _snapshot() -> dict[str, list[tuple]]:
    """All rows of all our tables, as they are."""
    ours = [
        model
        for model in apps.get_models()
        if model.__module__.startswith(("marketplace.", "reports."))
    ]
    return {
        model._meta.label: sorted(map(str, model._default_manager.values_list())) for model in ours
    }


def test_posting_to_a_list_or_page_is_refused(client):
    a_world()
    signed_in(client, "administrator")

    for label, page in pages_by_model().items():
        address = list_address(label)
        assert client.post(address, {"action": "delete_selected"}).status_code == 405, label
        assert client.get(f"{address}add/").status_code == 403, label
        row = page.model._default_manager.order_by("pk").last()
        if row is not None:
            assert client.post(f"{address}{row.pk}/change/", {}).status_code == 405, label
            assert client.post(f"{address}{row.pk}/delete/", {}).status_code == 403, label


def test_a_list_asks_the_database_as_often_for_three_rows_as_for_one(client):
    signed_in(client, "administrator")
    a_world()
    for_one = {label: _queries_of(client, label) for label in LABELS}
    a_world()
    a_world()
    for_three = {label: _queries_of(client, label) for label in LABELS}

    assert {label: asked for label, asked in for_one.items() if asked > QUERIES_MAX} == {}
    more = {label: (for_one[label], for_three[label]) for label in LABELS}
    assert {label: asked for label, asked in more.items() if asked[1] > asked[0]} == {}


def _queries_of(client, label: str) -> int:
    """How many its list takes once it is warm."""
    client.get(list_address(label))
    with CaptureQueriesContext(connection) as asked:
        client.get(list_address(label))
    return len(asked)
