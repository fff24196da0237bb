"""`manage.py verify` says of each invariant whether it holds, and fails when one does not."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from marketplace.shared import clock
from marketplace.shared.models import Delivery, InvariantResult
from tasks.verification import INVARIANTS
from tests.factories.ledger import a_fact

pytestmark = pytest.mark.django_db


def test_an_empty_marketplace_holds_every_invariant():
    out = StringIO()

    call_command("verify", stdout=out)

    verdicts = [line.split()[0] for line in out.getvalue().splitlines()]
    assert verdicts == ["holds"] * len(INVARIANTS) + ["all"]
    assert InvariantResult.objects.filter(differing=0).count() == len(INVARIANTS)


def test_a_broken_invariant_is_named_and_fails_the_command():
    with transaction.atomic():
        fact = a_fact()
    Delivery.objects.create(
        event=fact, handler="x.lost", next_attempt_at=clock.now() - timedelta(hours=2)
    )
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("verify", stdout=out, stderr=StringIO())

    assert "shared.no_delivery_lost" in out.getvalue()
    assert "1 differ" in out.getvalue()


def test_names_are_unique():
    names = [invariant.name for invariant in INVARIANTS]

    assert len(set(names)) == len(names)
