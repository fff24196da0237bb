"""Who orders reports."""

from marketplace.shared.actors import Actor
from tests.factories.accounts import a_staff_member, staff_actor


def a_finance_actor(role: str = "finance") -> Actor:
    """A colleague with the permissions that the role has in production."""
    return staff_actor(a_staff_member(role))
