"""Decisions on the pages end in the commands: with a permission, a POST and, where it hurts, a reason."""

import pytest
from django.urls import reverse

from backoffice.pages.decisions import Place
from backoffice.pages.display import page_of
from marketplace.accounts.models import User
from marketplace.catalog.models import Brand, Category, Product
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.sellers.models import KycDocument, Seller
from marketplace.sellers.states import ApplicationStatus, DocumentStatus, SellerStatus
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, do, pages_by_model, said, signed_in
from tests.factories.accounts import a_staff_member
from tests.factories.catalog import RAM, a_category, a_product
from tests.factories.console import a_world
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller, a_submitted_application

pytestmark = pytest.mark.django_db

# Decisions that a person may want to explain to nobody: the thing itself says why.
WITHOUT_REASON = {
    "orders.order:push", "notifications.message:again",
    "accounts.rolerequest:approve", "accounts.rolerequest:withdraw", "catalog.category:edit", "catalog.product:edit",
    "disputes.dispute:take", "disputes.dispute:assign", "disputes.dispute:reply",
    "disputes.dispute:evidence", "disputes.dispute:contest", "notifications.messagetemplate:edit",
    "notifications.message:retry",
    "accounts.user:invite-again",
    "analytics.forwardbatch:retry", "billing.document:pdf", "billing.fiscalreceipt:send",
    "payouts.payoutbatch:take-on", "payouts.payoutbatch:retry", "payments.providerswitch:ping",
    "payments.providerswitch:limits", "payments.providerswitch:fees",
    "payments.paymentissue:confirm", "payments.refund:retry",
    "payments.refund:approve", "payments.refund:payout", "shared.delivery:hasten", "shared.delivery:retry",
    "sellers.application:claim", "sellers.application:release", "sellers.application:approve",
    "sellers.standingrequest:approve", "sellers.standingrequest:withdraw",
    "rules.rulerequest:approve", "rules.rulerequest:withdraw",
    "payouts.termsrequest:approve", "payouts.termsrequest:withdraw",
    "sellers.kycdocument:read", "sellers.kycdocument:accept", "listings.listing:approve",
    "listings.listing:resume", "listings.importbatch:cancel", "orders.sellerorder:confirm",
    "orders.sellerorder:ship", "orders.sellerorder:deliver", "payouts.payoutbatch:approve",
    "payouts.topup:approve", "payouts.earning:unhold", "reconciliation.statement:look-again",
    "reconciliation.reconciliationexception:claim", "reconciliation.suggestion:confirm",
    "reconciliation.reconciliationexception:assign",
    "reconciliation.reconciliationexception:release", "reports.reportrun:download",
    "casework.bulkrun:discard", "casework.bulkrun:start", "casework.bulkrun:download",
    "casework.macro:edit", "disputes.dispute:approve", "django_q.task:retry", "shared.heartbeat:run",
    "privacy.sight:go-on", "privacy.sight:end", "reviews.review:publish",
    "reviews.review:publish_reply", "reports.reportrun:retry",
    "reports.reportrun:again", "reports.reportschedule:pause",
    "reports.reportschedule:resume", "closing.period:approve", "fees.commissionrule:end", "orders.shippingrate:set",
}  # fmt: skip
EXPLAINS = {"reason", "note", "message", "evidence"}


def test_whatever_takes_something_from_somebody_asks_why():
    for label, page in pages_by_model().items():
        for decision in page.decisions:
            # Who works on a case is nobody's loss, and what is masked again neither.
            if decision.place == Place.CASE or decision.name.startswith("hide-"):
                continue
            if f"{label}:{decision.name}" in WITHOUT_REASON:
                continue
            fields = decision.form.base_fields if decision.form else {}
            asked = [name for name in EXPLAINS & set(fields) if fields[name].required]
            assert asked, (label, decision.name)


def test_a_decision_without_its_duty_is_refused(client):
    a_world()
    signed_in(client, None)
    events = LoggedEvent.objects.count()

    for label, page in pages_by_model().items():
        viewer = a_staff_member()
        viewer.user_permissions.add(*_views(page))
        client.force_login(viewer)
        row = page.model._default_manager.order_by("pk").last()
        for decision in page.decisions if row is not None else ():
            assert decide(client, row, decision.name).status_code == 403, (label, decision.name)
        for decision in page.above_the_list:
            assert do(client, label, decision.name).status_code == 403, (label, decision.name)
    assert LoggedEvent.objects.count() == events


def _views(page):
    meta = page.model._meta
    permissions = User._meta.get_field("user_permissions").related_model.objects
    return permissions.filter(
        content_type__app_label=meta.app_label, codename=f"view_{meta.model_name}"
    )


def test_a_decision_needs_the_token_against_forgery(client):
    from_browser = type(client)(enforce_csrf_checks=True)
    application = a_submitted_application()
    signed_in(from_browser, "operations_agent")

    assert decide(from_browser, application, "claim").status_code == 403
    application.refresh_from_db()
    assert application.status == ApplicationStatus.SUBMITTED


# --- Applications ---


def test_an_application_is_taken_judged_and_approved_on_its_page(client):
    application = a_submitted_application()
    signed_in(client, "operations_agent")

    decide(client, application, "claim")
    for document in application.documents.all():
        decide(client, document, "accept")
    decide(client, application, "approve")

    seller = Seller.objects.get(application=application)
    assert seller.status == SellerStatus.ACTIVE


def test_approving_is_out_of_use_until_all_papers_are_accepted_and_the_page_says_which(client):
    application = a_submitted_application()
    signed_in(client, "operations_agent")
    address = reverse("admin:sellers_application_change", args=[application.pk])
    came = f"{address}?queue=applicationqueue&filters=work%3Dfree"
    decide(client, application, "claim")
    *first, last = application.documents.all()
    for document in first:
        following = decide(client, document, "accept", next=came)["Location"]

    page = client.get(address).content.decode()
    assert 'disabled title="First accept' in page
    assert f'href="#paper-{last.kind}"' in page
    assert following == f"{came}#paper-{last.kind}"
    assert decide(client, last, "accept", next=came)["Location"] == came
    page = client.get(address).content.decode()
    assert "First accept" not in page
    assert "approve or reject the application" in page


def test_after_a_verdict_the_next_case_opens_by_itself(client):
    reviewer = signed_in(client, "operations_agent")
    first, following = a_submitted_application(), a_submitted_application()
    decide(client, first, "claim")

    response = decide(client, first, "reject", reason="The TIN belongs to somebody else.")

    assert str(following.pk) in response["Location"]
    first.refresh_from_db()
    assert first.decision_reason == "The TIN belongs to somebody else."
    assert first.reviewer_id == reviewer.pk


def test_a_rejection_without_a_reason_asks_for_it_and_changes_nothing(client):
    application = a_submitted_application()
    signed_in(client, "operations_agent")
    decide(client, application, "claim")

    response = decide(client, application, "reject", reason=" ")

    assert response.status_code == 422
    application.refresh_from_db()
    assert application.status == ApplicationStatus.IN_REVIEW


def test_a_refusal_of_the_command_is_shown_as_a_message(client):
    application = a_submitted_application()
    signed_in(client, "operations_agent")
    decide(client, application, "claim")

    response = decide(client, application, "approve")

    assert response.status_code == 302
    assert "not accepted yet" in said(response)
    assert not Seller.objects.filter(application=application).exists()


def test_opening_a_document_is_recorded_and_shows_it_beside_the_checklist(client):
    document = a_submitted_application().documents.first()
    reader = signed_in(client, "operations_agent")
    address = reverse("admin:sellers_kycdocument_decide", args=[document.pk, "read"])

    fragment = client.post(address, headers={"HX-Request": "true"})
    page = client.post(address)

    assert b'<iframe src="/files/' in fragment.content
    assert b"<html" not in fragment.content
    assert b"<html" in page.content
    reads = LoggedEvent.objects.filter(name="sellers.document_read.v1", actor_id=str(reader.pk))
    assert reads.count() == 2


def test_a_rejected_document_keeps_its_note(client):
    application = a_submitted_application()
    signed_in(client, "operations_agent")
    decide(client, application, "claim")
    document = application.documents.first()

    assert decide(client, document, "reject", note="").status_code == 422
    decide(client, document, "reject", note="It cannot be read.")

    document = KycDocument.objects.get(pk=document.pk)
    assert (document.status, document.note) == (DocumentStatus.REJECTED, "It cannot be read.")


def test_numbers_that_identify_a_person_are_whole_only_for_who_decides_and_says_what_for(client):
    application = a_submitted_application()
    address = reverse("admin:sellers_application_change", args=[application.pk])
    viewer = a_staff_member()
    viewer.user_permissions.add(*_views(pages_by_model()["sellers.application"]))
    client.force_login(viewer)

    assert application.nida_number not in client.get(address).content.decode()
    signed_in(client, "operations_agent")
    assert application.nida_number not in client.get(address).content.decode()
    decide(client, application, "reveal-business", reason="identity", note="")
    assert application.nida_number in client.get(address).content.decode()


# --- Sellers, listings, catalogue ---


def test_a_seller_is_suspended_with_a_reason_and_reactivated(client):
    seller = a_seller()
    signed_in(client, "operations_lead")

    decide(client, seller, "suspend", reason="Counterfeit phones.")
    request = seller.standing_requests.get()
    assert "cannot decide about it" in said(decide(client, request, "approve"))
    assert Seller.objects.get().status == SellerStatus.ACTIVE
    signed_in(client, "administrator")
    assert request.reference in client.get(page_of(seller)).content.decode()
    decide(client, request, "approve")
    assert Seller.objects.get().status == SellerStatus.SUSPENDED
    decide(client, seller, "reactivate", reason="Explained.")
    assert Seller.objects.get().status == SellerStatus.SUSPENDED
    signed_in(client, "operations_lead")
    decide(client, seller.standing_requests.latest("pk"), "approve")
    assert Seller.objects.get().status == SellerStatus.ACTIVE


def test_a_seller_is_held_at_once_and_freed_by_a_second_persons_no(client):
    seller = a_seller()
    signed_in(client, "operations_lead")

    decide(client, seller, "suspend", reason="A hundred phones at a tenth.", hold="on")

    assert Seller.objects.get().status == SellerStatus.SUSPENDED
    signed_in(client, "administrator")
    request = seller.standing_requests.get()
    assert "The seller is held until" in client.get(page_of(request)).content.decode()
    decide(client, request, "reject", reason="It was a promotion of ours.")
    assert Seller.objects.get().status == SellerStatus.ACTIVE


def test_listings_are_approved_and_rejected_and_the_next_one_opens(client):
    first = a_listing(status=ListingStatus.IN_MODERATION)
    following = a_listing(status=ListingStatus.IN_MODERATION)
    signed_in(client, "catalogue_moderator")

    response = decide(client, first, "approve")
    assert str(following.pk) in response["Location"]
    assert decide(client, following, "reject", reason="").status_code == 422
    decide(client, following, "reject", reason="The picture shows another phone.")

    assert Listing.objects.get(pk=first.pk).status == ListingStatus.LIVE
    following = Listing.objects.get(pk=following.pk)
    assert following.status == ListingStatus.REJECTED
    assert following.moderation_note == "The picture shows another phone."


def test_a_category_with_attributes_is_added_and_changed(client):
    signed_in(client, "catalogue_moderator")
    answers = {
        "name_en": "Phones",
        "name_sw": "Simu",
        "slug": "phones",
        "parent": "",
        "position": 1,
        "is_active": "on",
        "attribute_schema": "not json",
    }

    assert do(client, "catalog.category", "add", **answers).status_code == 422
    do(client, "catalog.category", "add", **answers | {"attribute_schema": "[]"})
    category = Category.objects.get(slug="phones")
    decide(
        client,
        category,
        "edit",
        **answers | {"attribute_schema": "[]", "name_sw": "Simu za mkononi"},
    )

    category.refresh_from_db()
    assert category.name_sw == "Simu za mkononi"


def test_a_product_is_asked_for_the_attributes_of_its_category_before_it_is_saved(client):
    category = a_category(attribute_schema=[RAM])
    signed_in(client, "catalogue_moderator")
    answers = {
        "category": str(category.pk),
        "brand": "Tecno",
        "title": "Spark 30",
        "description": "",
        "is_active": "on",
        "asked_for": "",
    }

    first = do(client, "catalog.product", "add", **answers)
    assert first.status_code == 422
    assert b'name="attribute_ram_gb"' in first.content
    assert not Product.objects.exists()
    complete = answers | {"asked_for": str(category.pk), "attribute_ram_gb": "8"}
    do(client, "catalog.product", "add", **complete)

    product = Product.objects.get()
    assert (product.title, product.brand.name, product.attributes) == (
        "Spark 30",
        "Tecno",
        {"ram_gb": 8},
    )


def test_a_brand_is_added(client):
    signed_in(client, "catalogue_moderator")

    do(client, "catalog.brand", "add", name="Infinix")

    assert Brand.objects.filter(name="Infinix").exists()


def test_a_product_that_exists_already_is_refused_with_its_reference(client):
    product = a_product()
    signed_in(client, "catalogue_moderator")

    response = do(
        client, "catalog.product", "add",
        category=str(product.category_id), brand=product.brand.name, title=product.title,
        description="", is_active="on", asked_for=str(product.category_id),
    )  # fmt: skip

    assert Product.objects.count() == 1
    assert product.reference in said(response) + response.content.decode()
