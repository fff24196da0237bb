"""A side prepares its evidence where nobody sees it, and submits it once, as its answer."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from marketplace.disputes.checklist import checklist
from marketplace.disputes.commands import (
    add_evidence,
    evidence,
    forget_drafts,
    mind_deadlines,
    post_message,
    stage_evidence,
    submit_evidence,
    unstage_evidence,
    withdraw_dispute,
)
from marketplace.disputes.errors import (
    DisputeClosed,
    EvidenceRepeated,
    NotAParty,
    NothingShown,
    NothingStaged,
    StagedNotFound,
    TooMuchEvidence,
)
from marketplace.disputes.models import Dispute, Evidence, StagedEvidence
from marketplace.disputes.queries import staged, thread, with_sides_preparing
from marketplace.disputes.states import DisputeReason, EvidenceKind, Party
from marketplace.notifications.commands import sync_templates
from marketplace.notifications.models import Message
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from marketplace.shared.storage import private_storage
from marketplace.shared.uploads import UploadRefused
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.files import a_pdf, a_picture
from tests.factories.sellers import seller_actor
from tests.processes import dwell, without_row_locks
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db
IMEI = "356938035643809"


@pytest.fixture
def dispute() -> Dispute:
    """The seller is to answer."""
    return an_open_dispute(reason=DisputeReason.COUNTERFEIT)


def sellers(dispute: Dispute) -> Actor:
    return seller_actor(dispute.seller_id)


def buyers(dispute: Dispute) -> Actor:
    return Actor.buyer(dispute.buyer_id)


def stage(dispute: Dispute, actor: Actor | None = None, **what: Any) -> StagedEvidence:
    """The supplier's invoice, if nothing else is said."""
    what = what or {"kind": "invoice", "file": a_pdf("invoice.pdf")}
    return stage_evidence(dispute_id=dispute.pk, actor=actor or sellers(dispute), **what)


def events(name: str) -> list[LoggedEvent]:
    return list(LoggedEvent.objects.filter(name=f"disputes.{name}.v1"))


def preparing(dispute: Dispute) -> list[str]:
    return with_sides_preparing(Dispute.objects.filter(pk=dispute.pk)).get().preparing


def told(code: str) -> set[str]:
    sync_templates()
    with clock.at(clock.now() + timedelta(days=30)):
        deliver_all()
    return {str(one) for one in Message.objects.filter(code=code).values_list("user_id", flat=True)}


# --- Preparing ---


def test_what_is_prepared_answers_nothing_and_is_not_in_the_case(dispute):
    one = stage(dispute)
    two = stage(dispute, kind="serial", numbers={"imei": IMEI}, file=a_picture(), note="Label")

    assert staged(dispute_id=dispute.pk, party=Party.SELLER) == [one, two]
    assert staged(dispute_id=dispute.pk, party=Party.BUYER) == []
    assert thread(dispute_id=dispute.pk, for_staff=True).evidence == []
    assert preparing(dispute) == [Party.SELLER]
    dispute.refresh_from_db()
    assert dispute.turn == Party.SELLER
    ticked = [
        (item.kind, item.is_shown, item.is_staged)
        for item in checklist(dispute.reason, [], [one, two])
        if item.party == Party.SELLER
    ]
    assert ticked == [(EvidenceKind.INVOICE, False, True), (EvidenceKind.SERIAL, False, True)]


def test_what_is_taken_back_is_gone_with_its_file(dispute, django_capture_on_commit_callbacks):
    one = stage(dispute)
    assert private_storage().exists(one.file.name)

    with django_capture_on_commit_callbacks(execute=True):
        unstage_evidence(dispute_id=dispute.pk, reference=one.reference, actor=sellers(dispute))

    assert not private_storage().exists(one.file.name)
    assert not StagedEvidence.objects.exists()
    stage(dispute)  # The same file may come back.


def test_only_the_side_itself_prepares_and_takes_back(dispute):
    one = stage(dispute)

    with pytest.raises(StagedNotFound):
        unstage_evidence(dispute_id=dispute.pk, reference=one.reference, actor=buyers(dispute))
    with pytest.raises(NotAParty):
        stage(dispute, staff_actor(), kind="invoice", file=a_pdf())
    with pytest.raises(NothingStaged):
        submit_evidence(dispute_id=dispute.pk, actor=buyers(dispute))
    with pytest.raises(NothingStaged):
        submit_evidence(dispute_id=dispute.pk, actor=staff_actor())


def test_what_shows_nothing_or_comes_twice_or_too_often_is_refused(dispute, monkeypatch):
    with pytest.raises(NothingShown):
        stage(dispute, kind="serial", numbers={"imei": " "})
    with pytest.raises(UploadRefused):
        stage(dispute, kind="invoice", file=SimpleUploadedFile("empty.pdf", b""))
    stage(dispute)
    with pytest.raises(EvidenceRepeated):
        stage(dispute)
    with pytest.raises(EvidenceRepeated):
        add_evidence(dispute_id=dispute.pk, file=a_pdf(), actor=sellers(dispute))
    monkeypatch.setattr(evidence, "EVIDENCE_PER_SIDE_MAX", 1)
    with pytest.raises(TooMuchEvidence):
        stage(dispute, kind="serial", numbers={"imei": IMEI})
    # The other side has its own room.
    stage(dispute, buyers(dispute), kind="serial", numbers={"imei": IMEI})


def test_a_file_that_the_case_refuses_does_not_stay(dispute, monkeypatch):
    monkeypatch.setattr(evidence, "EVIDENCE_PER_SIDE_MAX", 0)
    removed = []
    monkeypatch.setattr(type(private_storage()), "delete", lambda self, name: removed.append(name))

    with pytest.raises(TooMuchEvidence):
        stage(dispute)

    assert [name.startswith("evidence/") for name in removed] == [True]


# --- Submitting ---


def test_all_of_it_is_submitted_as_one_answer_and_the_other_side_is_told(dispute):
    stage(dispute)
    stage(dispute, kind="serial", numbers={"imei": IMEI})

    shown = submit_evidence(dispute_id=dispute.pk, actor=sellers(dispute))

    assert thread(dispute_id=dispute.pk).evidence == shown
    assert [(one.kind, one.number, bool(one.file)) for one in shown] == [
        ("invoice", "", True),
        ("serial", IMEI, False),
    ]
    assert private_storage().exists(shown[0].file.name)
    assert not StagedEvidence.objects.exists()
    dispute.refresh_from_db()
    assert dispute.turn == Party.STAFF
    submitted = [event.payload for event in events("evidence_submitted")]
    assert [(one["party"], one["kinds"], one["is_automatic"]) for one in submitted] == [
        ("seller", ["invoice", "serial"], False)
    ]
    assert told("dispute_evidence") == {str(dispute.buyer_id)}
    assert told("dispute_draft_submitted") == set()
    with pytest.raises(NothingStaged):
        submit_evidence(dispute_id=dispute.pk, actor=sellers(dispute))


def test_what_was_submitted_is_frozen(dispute):
    stage(dispute)
    submit_evidence(dispute_id=dispute.pk, actor=sellers(dispute))

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Evidence.objects.update(note="Better")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Evidence.objects.all().delete()


def test_a_side_that_is_asked_again_prepares_and_submits_again(dispute):
    for text in ("first", "second"):
        post_message(dispute_id=dispute.pk, body="And?", ask="seller", actor=staff_actor())
        stage(dispute, kind="other", file=a_pdf(text=text))
        submit_evidence(dispute_id=dispute.pk, actor=sellers(dispute))
        dispute.refresh_from_db()
        assert dispute.turn == Party.STAFF

    assert len(events("evidence_submitted")) == 2


# --- When time is over ---


@pytest.mark.parametrize("party", [Party.SELLER, Party.BUYER])
def test_when_its_time_is_over_what_a_side_has_prepared_is_its_answer(dispute, party):
    actor = sellers(dispute) if party == Party.SELLER else buyers(dispute)
    if party == Party.BUYER:
        post_message(dispute_id=dispute.pk, body="A photo?", ask="buyer", actor=staff_actor())
    stage(dispute, actor, kind="serial", numbers={"imei": IMEI})

    with clock.at(clock.now() + timedelta(days=10)):
        assert [mind_deadlines(), mind_deadlines()] == [1, 0]

    dispute.refresh_from_db()
    assert (dispute.status, dispute.turn, dispute.silent) == ("open", "staff", "")
    assert events("side_silent") == []
    [submitted] = events("evidence_submitted")
    assert (submitted.payload["party"], submitted.payload["is_automatic"]) == (party, True)
    assert submitted.actor_kind == "system"
    own = str(dispute.buyer_id) if party == Party.BUYER else actor.id
    assert told("dispute_draft_submitted") == {own}


def test_what_the_side_that_is_not_asked_has_prepared_stays_its_own(dispute):
    stage(dispute, buyers(dispute), kind="serial", numbers={"imei": IMEI})

    with clock.at(clock.now() + timedelta(days=10)):
        mind_deadlines()

    dispute.refresh_from_db()
    assert dispute.silent == Party.SELLER
    assert not Evidence.objects.exists()
    assert preparing(dispute) == [Party.BUYER]


def test_in_a_closed_case_nothing_is_submitted_and_what_is_left_is_forgotten_once_it_is_old(
    dispute, django_capture_on_commit_callbacks
):
    one = stage(dispute)
    withdraw_dispute(dispute_id=dispute.pk, actor=buyers(dispute))
    with pytest.raises(DisputeClosed):
        submit_evidence(dispute_id=dispute.pk, actor=sellers(dispute))
    with pytest.raises(DisputeClosed):
        stage(dispute, kind="serial", numbers={"imei": IMEI})

    assert forget_drafts() == 0
    with (
        clock.at(clock.now() + timedelta(days=91)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert forget_drafts() == 1

    assert not private_storage().exists(one.file.name)
    assert forget_drafts() == 0


# --- At once ---


def submitted_at_once(dispute: Dispute, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """By two people of one shop, of a number: nothing but the lock keeps that from being shown twice."""
    stage(dispute, kind="serial", numbers={"imei": IMEI})
    actor = sellers(dispute)
    dwell(monkeypatch, evidence, "_prepared")
    submit = partial(submit_evidence, dispute_id=dispute.pk, actor=actor)
    return at_once(submit, submit)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_submit_at_once_one_does(monkeypatch):
    dispute = an_open_dispute()

    outcomes = submitted_at_once(dispute, monkeypatch)

    assert [type(one) for one in refused(outcomes)] == [NothingStaged]
    assert Evidence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_do(monkeypatch):
    dispute = an_open_dispute()
    without_row_locks(monkeypatch)

    outcomes = submitted_at_once(dispute, monkeypatch)

    assert refused(outcomes) == []
    assert Evidence.objects.count() == 2
