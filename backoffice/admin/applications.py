"""Seller applications: the queue, and the page on which one is reviewed."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.application_steps import (
    after_judging,
    checklist,
    next_step,
    papers_called,
    place_of,
    what_approval_lacks,
)
from backoffice.admin.base import Console, buttons
from backoffice.pages.blocks import Facts, Page, Text
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import (
    day_of,
    link,
    moment,
    page_of,
    provider_name,
    state,
    state_column,
    yes_no,
)
from backoffice.pages.forms import MessageForm, NoteForm, ReasonForm
from backoffice.pages.search import same, upper
from backoffice.personal import Personal, Whose
from backoffice.work.case import CasePage
from backoffice.work.hands import hands, put_aside
from backoffice.work.prepared import Prepared
from marketplace.casework.states import MacroKind
from marketplace.sellers.commands import (
    approve_application,
    claim_application,
    record_document_read,
    reject_application,
    release_application,
    request_information,
    review_document,
)
from marketplace.sellers.models import Application, KycDocument, Seller
from marketplace.sellers.queries import ChecklistItem, others_with_tin
from marketplace.sellers.states import (
    APPLICATION_TRANSITIONS,
    DOCUMENT_TRANSITIONS,
    ApplicationStatus,
    DocumentStatus,
)

DUTY = "decide_applications"
TWINS_MAX = 5
BUSINESS = Personal(
    "business",
    ("tin", "nida_number", "address", "phone", "payout_msisdn"),
    lambda application: Whose(user_id=application.applicant_id),
)


def _to_the_applicant(reason: str) -> Prepared:
    """Prepared answers of an application, or of one of its documents."""

    def application(thing: Any) -> Application:
        return thing if isinstance(thing, Application) else thing.application

    return Prepared(
        MacroKind.APPLICATIONS,
        lambda thing, reader: application(thing).applicant_id,
        lambda thing: {
            "shop": application(thing).business_name,
            "application": application(thing).reference,
        },
        suits=lambda thing: reason,
    )


def _is_mine(application: Application, request: HttpRequest) -> bool:
    return (
        application.status == ApplicationStatus.IN_REVIEW
        and application.reviewer_id == request.user.pk
    )


def _claim(asked: Asked) -> None:
    claim_application(application_id=asked.object.pk, actor=asked.actor)


def _release(asked: Asked) -> None:
    release_application(application_id=asked.object.pk, actor=asked.actor)


def _request_information(asked: Asked) -> None:
    request_information(
        application_id=asked.object.pk, message=asked.data["message"], actor=asked.actor
    )


def _approve(asked: Asked) -> None:
    approve_application(application_id=asked.object.pk, actor=asked.actor)


def _reject(asked: Asked) -> None:
    reject_application(
        application_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor
    )


class ApplicationColumns(Console):
    list_display: Sequence[str] = (
        "business_name", "reference", "kind", "region", "status_label", "reviewer", "submitted",
    )  # fmt: skip
    list_select_related = ("reviewer",)
    search_by = {"reference__startswith": upper, "tin": same, "business_name__istartswith": same}
    search_hint = _("Reference, TIN or beginning of the name")
    status_label = state_column()

    @display(description=_("Submitted"), ordering="submitted_at")
    def submitted(self, application: Application) -> Any:
        return moment(application.submitted_at)


@admin.register(Application)
class ApplicationAdmin(CasePage, ApplicationColumns):
    """All applications; the page of one is where it is reviewed."""

    aggregate = "application"
    chips = "status"
    page_template = "console/application.html"
    decisions = (
        Decision(
            "claim",
            _("Review it"),
            DUTY,
            _claim,
            done=_("The application is yours to decide."),
            icon="person_check",
            variant="primary",
            when=may_become(APPLICATION_TRANSITIONS, ApplicationStatus.IN_REVIEW),
            key="c",
            undo="release",
        ),
        Decision(
            "release",
            _("Give it back"),
            DUTY,
            _release,
            done=_("The application is back in the queue."),
            icon="undo",
            when=may_become(APPLICATION_TRANSITIONS, ApplicationStatus.SUBMITTED),
        ),
        Decision(
            "request-information",
            _("Request information"),
            DUTY,
            _request_information,
            done=_("The applicant is asked."),
            form=MessageForm,
            ask=_("The applicant reads this and may change the application and its documents."),
            prepared=_to_the_applicant("information"),
            icon="help",
            when=_is_mine,
        ),
        Decision(
            "reject",
            _("Reject"),
            DUTY,
            _reject,
            done=_("The application is rejected."),
            form=ReasonForm,
            ask=_("The applicant reads the reason. This cannot be undone."),
            prepared=_to_the_applicant("rejection"),
            icon="block",
            variant="danger",
            when=_is_mine,
            key="r",
        ),
        Decision(
            "approve",
            _("Approve"),
            DUTY,
            _approve,
            done=_("The seller may begin."),
            ask=_("The applicant becomes a seller and may list products at once."),
            icon="check",
            variant="primary",
            when=_is_mine,
            lacks=what_approval_lacks,
            key="a",
        ),
        *BUSINESS.decisions,
        *put_aside("application", DUTY),
    )

    def page(self, request: HttpRequest, application: Application) -> Page:
        twins = list(others_with_tin(application)[:TWINS_MAX])
        notices: list[tuple[str, Any]] = []
        if application.message_to_applicant:
            notices.append(("info", application.message_to_applicant))
        if application.decision_reason:
            notices.append(("warning", application.decision_reason))
        if twins:
            names = ", ".join(f"{one.business_name} ({one.reference})" for one in twins)
            notices.append(("warning", _("The same TIN: %(names)s") % {"names": names}))
        seller = Seller.objects.filter(application=application).first()
        return Page(
            title=application.business_name,
            figures=[
                (_("Reference"), application.reference),
                (_("Submitted"), moment(application.submitted_at)),
                (_("Reviewer"), application.reviewer or _("nobody yet")),
                *([(_("Seller"), link(seller))] if seller else []),
            ],
            notices=notices,
            next_step=next_step(
                application, request, may_decide=request.user.has_perm(f"backoffice.{DUTY}")
            ),
            called=papers_called(application),
            main=[business(application, request), Text(_("What will be sold"), application.about)],
        )

    def beside(self, request: HttpRequest, application: Application) -> dict[str, Any]:
        items = checklist(application)
        shown = [one for one in items if one.required or one.document is not None]
        return super().beside(request, application) | {
            "checklist": [_row(request, item) for item in shown],
            "not_sent": [one.label for one in items if one not in shown],
        }


MARKS = {
    DocumentStatus.ACCEPTED: "check_circle",
    DocumentStatus.REJECTED: "cancel",
    DocumentStatus.UPLOADED: "pending",
}


def _row(request: HttpRequest, item: ChecklistItem) -> dict[str, Any]:
    """A line of the checklist with what can be done to its document."""
    document = item.document
    if document is None:
        return {
            "item": item,
            "place": place_of(item),
            "mark": "missing",
            "icon": "radio_button_unchecked",
        }
    may_read = request.user.has_perm(f"backoffice.{DUTY}")
    status = DocumentStatus(document.status)
    read = reverse("admin:sellers_kycdocument_decide", args=[document.pk, "read"])
    return {
        "item": item,
        "place": place_of(item),
        "mark": status.value,
        "icon": MARKS[status],
        "state": state(document),
        "read_address": read if may_read else "",
        "buttons": buttons(request, document, only=("accept", "reject")),
    }


def business(application: Application, request: HttpRequest) -> Facts:
    """Who applies."""
    shown = BUSINESS.on(request, application)
    return Facts(
        _("Business"),
        [
            (_("Business name"), application.business_name),
            (_("Kind"), application.get_kind_display()),
            (_("Applicant"), application.applicant),
            (_("TIN"), shown("tin", application.tin)),
            (_("NIDA number"), shown("nida_number", application.nida_number)),
            (_("VRN"), application.vat_number),
            (_("Region"), application.region),
            (_("Address"), shown("address", application.address)),
            (_("Phone"), shown("phone", application.phone)),
            (_("Payout wallet"), provider_name(application.payout_provider)),
            (_("Payout number"), shown("payout_msisdn", application.payout_msisdn)),
            (_("Name on the wallet"), application.payout_name),
        ],
        actions=shown.button,
    )


def _read(asked: Asked) -> HttpResponse:
    """Record the reading, then show the file: beside the checklist, or on a page of its own."""
    document = record_document_read(document_id=asked.object.pk, actor=asked.actor)
    context = {
        "document": document,
        "url": document.file.url,
        "is_picture": document.content_type.startswith("image/"),
        "back": page_of(document.application),
    }
    if asked.request.headers.get("HX-Request"):
        return TemplateResponse(asked.request, "console/document_preview.html", context)
    context |= admin.site.each_context(asked.request) | {"title": str(document)}
    return TemplateResponse(asked.request, "console/document.html", context)


def _accept(asked: Asked) -> None:
    review_document(document_id=asked.object.pk, accept=True, actor=asked.actor)


def _reject_document(asked: Asked) -> None:
    review_document(
        document_id=asked.object.pk, accept=False, note=asked.data["note"], actor=asked.actor
    )


def _reviewable(wanted: DocumentStatus) -> Any:
    step = may_become(DOCUMENT_TRANSITIONS, wanted)

    def offered(document: KycDocument, request: HttpRequest) -> bool:
        return _is_mine(document.application, request) and step(document, request)

    return offered


@admin.register(KycDocument)
class KycDocumentAdmin(CasePage):
    """Reached from an application, where it is read and judged, or from the queue once it expires."""

    aggregate = "document"
    list_display = ("reference", "kind", "application", "status_label", "expires_on", "is_current")
    list_select_related = ("application",)
    chips = "status"
    search_by = {"reference__startswith": upper, "application__reference__startswith": upper}
    search_hint = _("Reference of the document or application")
    status_label = state_column()
    decisions = (
        Decision("read", _("Open the file"), DUTY, _read, icon="visibility", variant="secondary"),
        Decision(
            "accept",
            _("Accept"),
            DUTY,
            _accept,
            icon="check",
            variant="default",
            when=_reviewable(DocumentStatus.ACCEPTED),
        ),
        Decision(
            "reject",
            _("Reject"),
            DUTY,
            _reject_document,
            form=NoteForm,
            ask=_("The applicant reads what is wrong with it."),
            prepared=_to_the_applicant("document"),
            icon="close",
            variant="default",
            when=_reviewable(DocumentStatus.REJECTED),
        ),
        *hands("document", DUTY),
    )

    def after(self, request: HttpRequest, document: Any) -> str:
        """From the application's page: to the next of its papers that nobody has judged."""
        back = super().after(request, document)
        application = document.application
        if urlsplit(back).path != page_of(application):
            return back
        return f"{back}{after_judging(application)}"

    def page(self, request: HttpRequest, document: KycDocument) -> Page:
        return Page(
            figures=[
                (_("Reference"), document.reference),
                (_("Application"), link(document.application)),
            ],
            main=[
                Facts(
                    _("Document"),
                    [
                        (_("Kind"), document.get_kind_display()),
                        (_("Expires on"), day_of(document.expires_on)),
                        (_("File name"), document.original_name),
                        (_("Size"), filesizeformat(document.size_bytes)),
                        (_("Uploaded"), moment(document.uploaded_at)),
                        (_("Current"), yes_no(document.is_current)),
                        (_("Note"), document.note),
                    ],
                )
            ],
            subjects=[("application", [document.application_id])],
            called=papers_called(document.application),
        )
