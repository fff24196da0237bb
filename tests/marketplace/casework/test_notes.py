"""Notes on a case: kept as they were written, and told to whom they name."""

from uuid import uuid4

import pytest

from marketplace.accounts.models import User
from marketplace.casework.commands import mark_mentions_seen, write_note
from marketplace.casework.errors import NoteMissing, NoteTooLong
from marketplace.casework.models import Mention, Note
from marketplace.casework.policies import NOTE_MAX
from marketplace.casework.queries import unseen_mentions
from tests.factories.accounts import a_buyer, a_staff_member, staff_actor

pytestmark = pytest.mark.django_db

CASE = {"kind": "refund", "case_id": str(uuid4())}


def written(body: str, *, readers: list[User], actor=None) -> Note:
    actor = actor or staff_actor()
    return write_note(**CASE, body=body, readers=[one.pk for one in readers], actor=actor)


def test_who_is_named_after_an_at_is_told_until_they_have_looked():
    neema = a_staff_member(name="Neema Mushi")

    written("@neema mushi please call the seller", readers=[neema])

    assert unseen_mentions(user_id=neema.pk) == 1
    assert mark_mentions_seen(**CASE, user_id=neema.pk) == 1
    assert mark_mentions_seen(**CASE, user_id=neema.pk) == 0
    assert unseen_mentions(user_id=neema.pk) == 0


def test_who_may_not_see_the_case_is_not_told_nor_the_author_nor_a_buyer():
    author, stranger = staff_actor(), a_staff_member(name="Juma Said")
    buyer = a_buyer(name="Asha Buyer")
    myself = User.objects.get(pk=author.user_id)

    written(f"@Juma Said @Asha Buyer @{myself.name}", readers=[buyer, myself], actor=author)

    assert not Mention.objects.exists()
    assert stranger.pk


@pytest.mark.parametrize(
    ("body", "refusal"), [("  \n", NoteMissing), ("x" * (NOTE_MAX + 1), NoteTooLong)]
)
def test_a_note_of_nothing_or_of_a_whole_book_is_refused(body, refusal):
    with pytest.raises(refusal):
        written(body, readers=[])

    assert not Note.objects.exists()
