"""The applicant's side: tell, show, submit."""

from datetime import date, timedelta

import pytest
from django.db import connection

from marketplace.sellers import queries
from marketplace.sellers.commands import (
    claim_application,
    edit_application,
    reject_application,
    request_information,
    review_document,
    start_application,
    submit_application,
    upload_document,
)
from marketplace.sellers.errors import (
    AlreadySeller,
    ApplicationChanged,
    ApplicationNotEditable,
    ApplicationNotFound,
    ApplicationOpen,
    DocumentExpired,
    DocumentKindUnknown,
    DocumentsMissing,
    TinInvalid,
)
from marketplace.sellers.models import Application, KycDocument
from marketplace.sellers.states import ApplicationStatus, DocumentKind
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import Forbidden
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from marketplace.shared.storage import private_storage
from marketplace.shared.uploads import UploadTooLarge, UploadTypeRefused
from tests.factories.accounts import a_user, staff_actor
from tests.factories.files import a_pdf, a_picture
from tests.factories.sellers import (
    a_seller,
    a_submitted_application,
    an_application,
    applicant_actor,
    details,
    owner_actor,
)
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db
NIDA = DocumentKind.NIDA


def show(application, kind=NIDA, file=None, **changes):
    return upload_document(
        application_id=application.pk,
        kind=kind,
        file=file or a_pdf(),
        **{"actor": owner_actor(application), **changes},
    )


def show_all(application):
    for item in queries.checklist_of(application):
        if item.required:
            show(application, item.kind)


def submit(application):
    return submit_application(application_id=application.pk, actor=owner_actor(application))


def last_fact(name: str) -> LoggedEvent:
    return LoggedEvent.objects.filter(name=name).latest("id")


def test_an_application_begins_as_a_draft_of_the_acting_user():
    actor = applicant_actor()

    application = start_application(actor=actor, **details())

    assert application.status == ApplicationStatus.DRAFT
    assert application.applicant_id == actor.user_id
    assert queries.application_of(actor.user_id) == application
    assert last_fact("sellers.application_started.v1").actor_id == actor.id


def test_secrets_are_unreadable_in_the_table():
    application = an_application()

    with connection.cursor() as cursor:
        cursor.execute("SELECT nida_number, payout_msisdn FROM sellers_application")
        stored = cursor.fetchone()
    assert application.nida_number not in stored[0]
    assert application.payout_msisdn not in stored[1]
    application.refresh_from_db()
    assert application.nida_number.startswith("19900415")


def test_one_open_application_per_person():
    application = an_application()

    with pytest.raises(ApplicationOpen):
        an_application(owner_actor(application))


@pytest.mark.django_db(transaction=True)
def test_of_two_applications_begun_at_once_one_is_refused():
    actor = applicant_actor()

    outcomes = at_once(*[lambda: an_application(actor)] * 4)

    assert [type(error) for error in refused(outcomes)] == [ApplicationOpen] * 3
    assert Application.objects.count() == 1


def test_who_sells_already_does_not_apply_again_unless_closed():
    owner, retired = a_user(), a_user()
    a_seller(owner)
    a_seller(retired, status="closed")

    with pytest.raises(AlreadySeller):
        an_application(applicant_actor(owner))
    assert an_application(applicant_actor(retired)).pk


def test_the_system_does_not_apply():
    with pytest.raises(Forbidden):
        an_application(Actor.system("tests"))


def test_a_draft_can_be_edited_and_the_log_shows_what_changed_without_secrets():
    application = an_application(region="Arusha", payout_msisdn="0754000111")

    edited = edit_application(
        application_id=application.pk,
        region=" Mwanza ",
        payout_msisdn="0754 999 222",
        about="",
        actor=owner_actor(application),
    )

    edited.refresh_from_db()
    assert (edited.region, edited.payout_msisdn) == ("Mwanza", "+255754999222")
    assert edited.version == 2
    fact = last_fact("sellers.application_edited.v1")
    assert fact.before == {"region": "Arusha", "payout_msisdn": "…0111"}
    assert fact.after == {"region": "Mwanza", "payout_msisdn": "…9222"}


def test_an_edit_that_changes_nothing_is_no_news():
    application = an_application(region="Arusha")

    edit_application(application_id=application.pk, region="Arusha", actor=owner_actor(application))

    application.refresh_from_db()
    assert application.version == 1
    assert not LoggedEvent.objects.filter(name="sellers.application_edited.v1").exists()


def test_an_edit_of_an_older_version_or_with_a_wrong_value_is_refused():
    application = an_application()
    actor = owner_actor(application)

    with pytest.raises(ApplicationChanged):
        edit_application(application_id=application.pk, version=9, region="Tanga", actor=actor)
    with pytest.raises(TinInvalid):
        edit_application(application_id=application.pk, tin="1", actor=actor)


def test_for_anybody_else_the_application_does_not_exist():
    application = an_application()
    stranger = applicant_actor()

    with pytest.raises(ApplicationNotFound):
        edit_application(application_id=application.pk, region="Tanga", actor=stranger)
    with pytest.raises(ApplicationNotFound):
        show(application, actor=stranger)
    with pytest.raises(ApplicationNotFound):
        submit_application(application_id=application.pk, actor=stranger)
    with pytest.raises(ApplicationNotFound):
        queries.get_application(reference=application.reference, applicant_id=stranger.user_id)


def test_a_document_is_kept_privately_under_a_name_of_ours():
    application = an_application()

    document = show(application, file=a_pdf("../my nida.pdf"), expires_on=date(2099, 1, 1))

    assert document.original_name == "my nida.pdf"
    assert "nida" not in document.file.name.removeprefix("kyc/")
    assert private_storage().exists(document.file.name)
    assert "/private/" not in document.file.url
    assert last_fact("sellers.document_uploaded.v1").payload["kind"] == "nida"


def test_a_newer_document_takes_the_place_of_the_older_which_is_kept():
    application = an_application()

    older, newer = show(application), show(application, file=a_picture())

    assert KycDocument.objects.get(is_current=True) == newer
    assert KycDocument.objects.filter(pk=older.pk, is_current=False).exists()


@pytest.mark.django_db(transaction=True)
def test_two_uploads_of_one_kind_at_once_leave_one_current():
    application = an_application()

    outcomes = at_once(*[lambda: show(application)] * 3)

    assert refused(outcomes) == []
    assert KycDocument.objects.filter(is_current=True).count() == 1
    assert KycDocument.objects.count() == 3


def test_a_document_that_cannot_be_is_refused(settings):
    application = an_application()

    with pytest.raises(DocumentKindUnknown):
        show(application, kind="diploma")
    with pytest.raises(DocumentExpired):
        show(application, expires_on=clock.today() - timedelta(days=1))
    with pytest.raises(UploadTypeRefused):
        show(application, file=a_pdf("x.pdf").__class__("x.pdf", b"MZ not a pdf"))
    settings.UPLOAD_BYTES_MAX = 10
    with pytest.raises(UploadTooLarge):
        show(application)
    assert not KycDocument.objects.exists()


def test_an_individual_shows_three_documents_and_a_business_four():
    person, firm = an_application(), an_application(kind="business")

    def required(application):
        return [item.kind.value for item in queries.checklist_of(application) if item.required]

    assert required(person) == ["nida", "selfie", "tin_certificate"]
    assert len(required(firm)) == 4


def test_who_names_a_vrn_also_shows_its_certificate():
    application = an_application(vat_number="40-001234-A")

    assert DocumentKind.VAT_CERTIFICATE in queries.required_documents(application)


def test_submitting_refuses_and_names_what_is_missing():
    application = an_application()
    show(application, NIDA)

    with pytest.raises(DocumentsMissing, match="Photo of the applicant, TIN certificate") as error:
        submit(application)

    assert error.value.params["kinds"] == ["selfie", "tin_certificate"]


def test_a_complete_application_is_submitted():
    application = an_application()
    show_all(application)

    submitted = submit(application)

    assert submitted.status == ApplicationStatus.SUBMITTED
    assert submitted.submitted_at is not None
    assert list(queries.review_queue()) == [submitted]


def test_submitting_twice_is_refused():
    application = a_submitted_application()

    with pytest.raises(IllegalTransition):
        submit(application)


@pytest.mark.django_db(transaction=True)
def test_of_parallel_submissions_one_counts():
    application = an_application()
    show_all(application)

    outcomes = at_once(*[lambda: submit(application)] * 4)

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition] * 3
    assert LoggedEvent.objects.filter(name="sellers.application_submitted.v1").count() == 1


def test_a_submitted_application_cannot_be_changed():
    application = a_submitted_application()

    with pytest.raises(ApplicationNotEditable, match="Submitted"):
        edit_application(
            application_id=application.pk, region="Tanga", actor=owner_actor(application)
        )
    with pytest.raises(ApplicationNotEditable):
        show(application)


def test_after_a_question_a_rejected_document_must_be_replaced_before_submitting_again():
    reviewer = staff_actor()
    application = a_submitted_application()
    claim_application(application_id=application.pk, actor=reviewer)
    nida = application.documents.get(kind=NIDA)
    review_document(document_id=nida.pk, accept=False, note="Blurred", actor=reviewer)
    request_information(
        application_id=application.pk, message="Please scan your ID again.", actor=reviewer
    )

    with pytest.raises(DocumentsMissing):
        submit(application)
    show(application)
    again = submit(application)

    assert (again.status, again.reviewer_id) == (ApplicationStatus.SUBMITTED, None)


def test_a_rejected_applicant_may_begin_again():
    reviewer = staff_actor()
    application = a_submitted_application()
    claim_application(application_id=application.pk, actor=reviewer)
    reject_application(application_id=application.pk, reason="Not a shop", actor=reviewer)

    second = an_application(owner_actor(application))

    assert queries.application_of(application.applicant_id) == second
