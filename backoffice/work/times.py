"""How long a case may wait in each queue: read by all who may change it, changed with a reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from backoffice.pages.blocks import Page, Piece
from backoffice.pages.decisions import actor_of
from backoffice.pages.forms import REASON_MAX, Number, Words
from backoffice.pages.site_page import ConsolePage
from marketplace.casework.commands import set_queue_time
from marketplace.casework.policies import DEFAULT_HOURS
from marketplace.casework.queries import times_set
from marketplace.casework.states import HOURS_MAX, QueueName
from marketplace.shared.errors import DomainError

DUTY = "backoffice.set_queue_times"


class TimeForm(forms.Form):
    queue = forms.ChoiceField(choices=QueueName.choices, widget=forms.HiddenInput())
    hours = Number(label=_("Hours"), min_value=1, max_value=HOURS_MAX)
    reason = Words(label=_("Reason"), max_length=REASON_MAX)


class QueueTimes(ConsolePage):
    title = _("Times of queues")
    permission_required = (DUTY,)
    http_method_names = ["get", "head", "options", "post"]

    def blocks(self, request: HttpRequest) -> Page:
        known = times_set()
        rows = [
            {
                "queue": queue,
                "form": TimeForm(
                    auto_id=f"{queue}-%s",
                    initial={
                        "queue": queue,
                        "hours": known[queue].hours if queue in known else DEFAULT_HOURS[queue],
                    },
                ),
                "set": known.get(queue),
                "default": DEFAULT_HOURS[queue],
            }
            for queue in QueueName
        ]
        return Page(
            notices=[
                (
                    "info",
                    _(
                        "Beyond its time a case is late: red in its queue, in the sidebar and on the "
                        "dashboard. Exceptions have a time per kind, papers a day of their own. "
                        "In disputes only working days count, 24 hours each."
                    ),
                )
            ],
            main=[
                Piece(_("How long a case may wait"), "console/blocks/times.html", {"rows": rows})
            ],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TimeForm(request.POST)
        if not form.is_valid():
            messages.error(request, str(_("Say how many hours, and why.")))
            return HttpResponseRedirect(request.path)
        try:
            set_queue_time(
                queue=QueueName(form.cleaned_data["queue"]),
                hours=form.cleaned_data["hours"],
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, str(_("The time is set, also for what waits already.")))
        return HttpResponseRedirect(request.path)
