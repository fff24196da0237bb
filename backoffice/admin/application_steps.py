"""What comes next with a seller application: said on its page, and holding its approval back till then."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.models import Application
from marketplace.sellers.queries import ChecklistItem, checklist_of
from marketplace.sellers.states import ApplicationStatus, DocumentStatus


def checklist(application: Application) -> list[ChecklistItem]:
    """Asked once for each application that is looked at."""
    if not hasattr(application, "checklist_known"):
        items = checklist_of(application)
        for item in items:
            if item.document is not None:
                item.document.application = application  # Known already: no query per document.
        application.checklist_known = items  # type: ignore[attr-defined]
    return application.checklist_known  # type: ignore[attr-defined]


def lacking(application: Application) -> list[ChecklistItem]:
    """The required papers without which it cannot be approved."""
    return [item for item in checklist(application) if item.required and not item.is_accepted]


def papers_called(application: Application) -> dict[str, str]:
    """For the timeline, whose events know only their ids."""
    items = checklist(application)
    return {str(item.document.pk): item.label for item in items if item.document is not None}


def what_approval_lacks(application: Application, request: HttpRequest) -> Any:
    missing = lacking(application)
    if not missing:
        return ""
    names = ", ".join(item.label for item in missing)
    return _("First accept: %(documents)s") % {"documents": names}


def next_step(application: Application, request: HttpRequest, *, may_decide: bool) -> Any:
    """What this person, or somebody else, does next; nothing once it is decided."""
    status = application.status
    if status == ApplicationStatus.SUBMITTED and may_decide:
        return _("Press “Review it”: then you judge each document and decide.")
    if status == ApplicationStatus.INFORMATION_REQUESTED:
        return _("The applicant has to answer; then it comes back to the queue.")
    if status != ApplicationStatus.IN_REVIEW:
        return ""
    if application.reviewer_id != request.user.pk:
        text = _("%(name)s decides. If they are away, “Give it back” lets somebody else review it.")
        return text % {"name": application.reviewer}
    return _to_decide(lacking(application))


def _to_decide(missing: list[ChecklistItem]) -> Any:
    """For its reviewer: which papers are still to be judged, or must come anew."""
    if not missing:
        return _("All required documents are accepted: approve or reject the application.")
    waiting = [item for item in missing if _is_to_be_judged(item)]
    if waiting:
        return format_html(
            "{} {}", _("Open each of these, then accept or reject it:"), _named(waiting)
        )
    return format_html(
        "{} {}", _("“Request information” to have these sent, or anew:"), _named(missing)
    )


def _is_to_be_judged(item: ChecklistItem) -> bool:
    return item.document is not None and item.is_satisfied and not item.is_accepted


def _named(items: list[ChecklistItem]) -> Any:
    links = ((place_of(item), item.label) for item in items)
    return format_html_join(", ", '<a class="zt-link" href="#{}">{}</a>', links)


def place_of(item: ChecklistItem) -> str:
    """Where its row stands on the page."""
    return f"paper-{item.kind.value}"


def after_judging(application: Application) -> str:
    """The place on the page of the next paper to judge; "" for the top, where it is decided."""
    following = next((one for one in checklist(application) if _is_uploaded(one)), None)
    return f"#{place_of(following)}" if following else ""


def _is_uploaded(item: ChecklistItem) -> bool:
    return item.document is not None and item.document.status == DocumentStatus.UPLOADED
