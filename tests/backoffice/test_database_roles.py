"""The application's role must own nothing, or row-level security would be decoration, here and in production."""

import psycopg
import pytest
from django.db import DatabaseError, connection


@pytest.mark.django_db
def test_the_application_is_no_superuser_and_bypasses_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("zetutech_app", False, False, False)


@pytest.mark.django_db
def test_the_application_owns_no_table_and_is_no_member_of_the_owner():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND pg_has_role(current_user, tableowner, 'MEMBER')"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'zetutech_owner'")
        assert cursor.fetchone()[0] > 10


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE django_session", "DROP TABLE django_session", "CREATE TABLE mine (id int)"],
)
def test_the_application_may_not_change_the_schema(statement):
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute(statement)

    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_committing_test_are_gone_afterwards_1():
    _assert_empty_then_insert()


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_committing_test_are_gone_afterwards_2():
    _assert_empty_then_insert()


def _assert_empty_then_insert():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)
        cursor.execute("INSERT INTO django_session VALUES ('k', '', now())")
        cursor.execute("SELECT count(*) FROM auth_permission")
        assert cursor.fetchone()[0] > 10
