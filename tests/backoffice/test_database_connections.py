"""A kept connection is looked at before it is used, without asking the server."""

import pytest
from django.db import connection

from tests import servers
from tests.patience import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_living_connection_is_usable_and_is_not_asked(django_assert_num_queries):
    connection.ensure_connection()

    with django_assert_num_queries(0):
        assert connection.is_usable()


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with servers.superuser() as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s)", [pid])
    wait_until(lambda: not connection.is_usable())
    connection.health_check_done, connection.health_check_enabled = False, True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_a_connection_in_a_broken_transaction_is_not_usable():
    connection.set_autocommit(False)
    try:
        with pytest.raises(Exception, match="nowhere"), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM nowhere")
        assert not connection.is_usable()
    finally:
        connection.rollback()
        connection.set_autocommit(True)
