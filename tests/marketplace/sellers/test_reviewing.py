"""Our side: claim, look, ask, decide; and what becomes of the seller."""

from datetime import date, timedelta

import pytest

from marketplace.sellers import queries
from marketplace.sellers.commands import (
    approve_application,
    claim_application,
    record_document_read,
    reject_application,
    release_application,
    request_information,
    review_document,
    upload_document,
)
from marketplace.sellers.errors import (
    AlreadyClaimed,
    DocumentNotFound,
    DocumentReplaced,
    DocumentsNotAccepted,
    NotASeller,
    NotYourReview,
    OwnApplication,
    ReasonMissing,
    ReasonTooLong,
)
from marketplace.sellers.invariants import INVARIANTS
from marketplace.sellers.models import KycDocument, Seller
from marketplace.sellers.states import ApplicationStatus, DocumentStatus, SellerStatus
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition, TransitionNotYours
from tests.factories.accounts import a_staff_member, a_user, staff_actor
from tests.factories.files import a_pdf
from tests.factories.sellers import (
    a_seller,
    a_submitted_application,
    an_accepted_application,
    an_application,
    applicant_actor,
    owner_actor,
)
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db


def claim(application, actor):
    return claim_application(application_id=application.pk, actor=actor)


def approve(application, actor):
    return approve_application(application_id=application.pk, actor=actor)


def a_review(actor):
    return claim(a_submitted_application(), actor)


def facts(name: str):
    return LoggedEvent.objects.filter(name=name)


def test_claiming_makes_the_reviewer_and_may_be_repeated():
    reviewer = staff_actor()

    application = a_review(reviewer)
    again = claim(application, reviewer)

    assert again.status == ApplicationStatus.IN_REVIEW
    assert again.reviewer_id == reviewer.user_id
    assert facts("sellers.application_claimed.v1").count() == 1


def test_who_comes_second_is_told_who_reviews():
    first = a_staff_member(name="Neema")
    application = a_review(staff_actor(first))

    with pytest.raises(AlreadyClaimed, match="Neema"):
        claim(application, staff_actor())


@pytest.mark.django_db(transaction=True)
def test_of_reviewers_who_claim_at_once_one_gets_it():
    application = a_submitted_application()
    reviewers = [staff_actor() for _ in range(4)]

    outcomes = at_once(*[lambda r=reviewer: claim(application, r) for reviewer in reviewers])

    assert [type(error) for error in refused(outcomes)] == [AlreadyClaimed] * 3
    assert facts("sellers.application_claimed.v1").count() == 1


def test_nobody_reviews_their_own_application():
    colleague = a_staff_member()
    application = a_submitted_application(actor=applicant_actor(colleague))

    with pytest.raises(OwnApplication):
        claim(application, staff_actor(colleague))


def test_only_staff_claims_and_only_what_was_submitted():
    with pytest.raises(TransitionNotYours):
        claim(a_submitted_application(), applicant_actor())
    with pytest.raises(IllegalTransition):
        claim(an_application(), staff_actor())


def test_a_released_application_can_be_claimed_by_a_colleague():
    application = a_review(staff_actor())
    colleague = staff_actor()

    released = release_application(application_id=application.pk, actor=colleague)
    assert (released.status, released.reviewer_id) == (ApplicationStatus.SUBMITTED, None)

    assert claim(application, colleague).reviewer_id == colleague.user_id


def test_a_question_goes_back_to_the_applicant():
    reviewer = staff_actor()
    application = a_review(reviewer)

    asked = request_information(
        application_id=application.pk, message=" Which shop? ", actor=reviewer
    )

    assert asked.status == ApplicationStatus.INFORMATION_REQUESTED
    assert asked.message_to_applicant == "Which shop?"
    assert facts("sellers.information_requested.v1").get().payload["message"] == "Which shop?"


def test_only_the_reviewer_decides():
    other = staff_actor()
    application = an_accepted_application()
    document = application.documents.first()

    with pytest.raises(NotYourReview):
        approve(application, other)
    with pytest.raises(NotYourReview):
        reject_application(application_id=application.pk, reason="No", actor=other)
    with pytest.raises(NotYourReview):
        request_information(application_id=application.pk, message="What?", actor=other)
    with pytest.raises(NotYourReview):
        review_document(document_id=document.pk, accept=False, note="No", actor=other)


def test_a_decision_needs_a_reason_of_some_length():
    reviewer = staff_actor()
    application = a_review(reviewer)

    with pytest.raises(ReasonMissing):
        reject_application(application_id=application.pk, reason="  ", actor=reviewer)
    with pytest.raises(ReasonTooLong):
        reject_application(application_id=application.pk, reason="x" * 2001, actor=reviewer)
    with pytest.raises(ReasonMissing) as refusal:
        request_information(application_id=application.pk, message="", actor=reviewer)
    assert refusal.value.field == "message"


def test_rejection_keeps_the_reason_and_is_final():
    reviewer = staff_actor()
    application = a_review(reviewer)

    rejected = reject_application(
        application_id=application.pk, reason="Counterfeit goods", actor=reviewer
    )

    assert rejected.status == ApplicationStatus.REJECTED
    assert (rejected.decision_reason, rejected.decided_at is None) == ("Counterfeit goods", False)
    with pytest.raises(IllegalTransition):
        approve_after_accepting(rejected, reviewer)


def approve_after_accepting(application, reviewer):
    application.documents.update(status=DocumentStatus.ACCEPTED)
    return approve(application, reviewer)


def test_approval_makes_a_seller_with_its_owner():
    reviewer = staff_actor()
    application = an_accepted_application(reviewer, business_name="Duka la Éva & Sons")

    seller = approve(application, reviewer)

    seller.refresh_from_db()
    assert (seller.name, seller.slug) == ("Duka la Éva & Sons", "duka-la-eva-sons")
    assert seller.status == SellerStatus.ACTIVE
    assert queries.owner_of(seller.pk) == application.applicant_id
    assert queries.seller_of_user(application.applicant_id) == seller
    assert queries.payout_wallet(seller.pk).msisdn == application.payout_msisdn
    assert facts("sellers.application_approved.v1").get().payload["seller_id"] == str(seller.pk)
    assert {i.name: i.check().differing for i in INVARIANTS} == {i.name: 0 for i in INVARIANTS}


def test_approval_waits_for_every_required_document():
    reviewer = staff_actor()
    application = a_review(reviewer)
    nida = application.documents.get(kind="nida")
    review_document(document_id=nida.pk, accept=True, actor=reviewer)

    with pytest.raises(DocumentsNotAccepted) as refusal:
        approve(application, reviewer)

    assert refusal.value.params["kinds"] == ["selfie", "tin_certificate"]
    assert not Seller.objects.exists()


def test_an_accepted_document_that_expired_since_does_not_count():
    reviewer = staff_actor()
    application = an_accepted_application(reviewer)
    application.documents.filter(kind="nida").update(expires_on=date(2020, 1, 1))

    with pytest.raises(DocumentsNotAccepted):
        approve(application, reviewer)


@pytest.mark.django_db(transaction=True)
def test_approving_twice_at_once_makes_one_seller():
    reviewer = staff_actor()
    application = an_accepted_application(reviewer)

    outcomes = at_once(*[lambda: approve(application, reviewer)] * 3)

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition] * 2
    assert Seller.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_shops_of_one_name_approved_at_once_get_different_addresses():
    reviewers = [staff_actor() for _ in range(3)]
    applications = [an_accepted_application(r, business_name="Simu Bora") for r in reviewers]
    pairs = zip(applications, reviewers, strict=True)

    outcomes = at_once(*[lambda a=a, r=r: approve(a, r) for a, r in pairs])

    assert refused(outcomes) == []
    slugs = sorted(Seller.objects.values_list("slug", flat=True))
    assert slugs == ["simu-bora", "simu-bora-2", "simu-bora-3"]


def test_a_document_is_accepted_or_rejected_with_a_note():
    reviewer = staff_actor()
    document = a_review(reviewer).documents.first()

    accepted = review_document(document_id=document.pk, accept=True, actor=reviewer)
    review_document(document_id=document.pk, accept=True, actor=reviewer)
    assert accepted.status == DocumentStatus.ACCEPTED
    assert facts("sellers.document_reviewed.v1").count() == 1

    with pytest.raises(ReasonMissing):
        review_document(document_id=document.pk, accept=False, actor=reviewer)
    rejected = review_document(
        document_id=document.pk, accept=False, note="Expired", actor=reviewer
    )
    assert (rejected.status, rejected.note) == (DocumentStatus.REJECTED, "Expired")


def test_a_document_that_was_replaced_is_not_reviewed():
    reviewer = staff_actor()
    application = an_application()
    actor = owner_actor(application)
    old = upload_document(application_id=application.pk, kind="nida", file=a_pdf(), actor=actor)
    upload_document(application_id=application.pk, kind="nida", file=a_pdf(), actor=actor)

    with pytest.raises(DocumentReplaced):
        review_document(document_id=old.pk, accept=True, actor=reviewer)
    with pytest.raises(DocumentNotFound):
        review_document(document_id=uuid7(), accept=True, actor=reviewer)


def test_every_reading_of_a_document_leaves_a_trace():
    reader = staff_actor()
    application = a_submitted_application()
    document = application.documents.first()

    assert record_document_read(document_id=document.pk, actor=reader) == document
    record_document_read(document_id=document.pk, actor=owner_actor(application))

    readers = facts("sellers.document_read.v1").values_list("actor_id", flat=True)
    assert sorted(readers) == sorted([reader.id, str(application.applicant_id)])


def test_a_document_does_not_exist_for_strangers():
    document = a_submitted_application().documents.first()
    stranger = applicant_actor()

    with pytest.raises(DocumentNotFound):
        record_document_read(document_id=document.pk, actor=stranger)
    with pytest.raises(DocumentNotFound):
        queries.get_document(reference=document.reference, applicant_id=stranger.user_id)


def test_cards_come_in_one_query(django_assert_num_queries):
    one, two = a_seller(), a_seller(name="Kariakoo Electronics")

    with django_assert_num_queries(1):
        cards = queries.seller_cards([one.pk, two.pk, uuid7()])
    with django_assert_num_queries(1):
        by_reference = queries.sellers_by_reference([one.reference, "SEL-NOBODY"])

    assert cards.keys() == {one.pk, two.pk}
    assert cards[two.pk].name == "Kariakoo Electronics"
    assert by_reference == {one.reference: cards[one.pk]}


def test_most_people_act_for_no_seller():
    with pytest.raises(NotASeller):
        queries.seller_of_user(a_user().pk)
    assert queries.seller_ids_of_user(a_user().pk) == set()


def test_documents_that_expire_soon_are_found():
    reviewer = staff_actor()
    application = an_accepted_application(reviewer)
    approve(application, reviewer)
    KycDocument.objects.filter(kind="nida").update(expires_on=date(2026, 5, 1))

    soon = queries.documents_expiring(before=date(2026, 5, 1) + timedelta(days=1))

    assert [document.kind for document in soon] == ["nida"]
    assert not queries.documents_expiring(before=date(2026, 5, 1)).exists()


def test_a_reviewer_sees_other_applications_under_the_same_tin():
    first, second = an_application(tin="111222333"), an_application(tin="111-222-333")

    assert list(queries.others_with_tin(first)) == [second]
