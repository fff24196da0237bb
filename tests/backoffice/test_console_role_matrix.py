"""The matrix of roles says what the table of roles says, to eyes, screen readers and spreadsheets."""

import csv
from io import StringIO

import pytest
from django.urls import reverse

from backoffice.models import Duty
from backoffice.navigation import NAVIGATION
from backoffice.role_matrix import duties, pages
from backoffice.roles import ROLES
from tests.backoffice.console_pages import signed_in
from tests.factories.accounts import a_staff_member, a_user

pytestmark = pytest.mark.django_db


def lines(groups):
    return [line for _title, found in groups for line in found]


def sheet(client) -> list[list[str]]:
    return list(csv.reader(StringIO(client.get(reverse("admin:roles_csv")).content.decode())))


def test_every_duty_and_every_guarded_page_has_its_line_and_every_role_its_marks():
    guarded = [entry for _title, entries in NAVIGATION for entry in entries if entry.needs]

    assert len(lines(duties())) == len(Duty._meta.permissions)
    assert len(lines(pages())) == len(guarded)
    for place, role in enumerate(ROLES):
        assert sum(line.marks[place] for line in lines(duties())) == len(role.may)


def test_it_names_who_has_each_role_and_leads_to_them(client):
    asha, former = a_staff_member("finance"), a_staff_member("finance", is_active=False)
    owner = a_staff_member(is_superuser=True)
    signed_in(client, "operations_lead")

    page = client.get(reverse("admin:roles")).content.decode()

    assert f"/console/accounts/user/{asha.pk}/change/" in page
    assert owner.name in page
    assert former.name not in page
    assert '<span class="sr-only">yes</span>' in page


def test_the_file_has_the_same_marks_and_runs_no_formula(client):
    a_staff_member("support", name="=HYPERLINK(1)")
    signed_in(client, "administrator")

    rows = sheet(client)

    heads = rows[0][2:]
    assert heads == [str(role.label) for role in ROLES]
    roles = next(row for row in rows if row[1] == "Can give and take roles")[2:]
    assert dict(zip(heads, roles, strict=True))["Administrator"] == "yes"
    assert roles.count("yes") == 1
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_it_asks_the_database_as_often_for_many_people_as_for_one(
    client, django_assert_max_num_queries
):
    signed_in(client, "administrator")
    client.get(reverse("admin:roles"))
    with django_assert_max_num_queries(15) as one:
        client.get(reverse("admin:roles"))
    for role in ROLES:
        a_staff_member(role.name)
    with django_assert_max_num_queries(len(one)):
        client.get(reverse("admin:roles"))


def test_it_is_for_those_who_see_people(client):
    signed_in(client, "finance")
    assert client.get(reverse("admin:roles")).status_code == 403
    assert client.get(reverse("admin:roles_csv")).status_code == 403
    client.force_login(a_user())
    assert client.get(reverse("admin:roles_csv")).status_code in {302, 403}
