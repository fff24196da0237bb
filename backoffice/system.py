"""The system page: is everything that should run running, and does the data agree with itself?"""

import platform
from datetime import datetime
from importlib.metadata import version
from typing import Any
from uuid import UUID

import django
from django.conf import settings
from django.db import connection
from django.db.models import Count, Min
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.admin.jobs import pulse_chip, schedule_link, what_came_of
from backoffice.pages.blocks import Facts, Page, Table
from backoffice.pages.display import NOTHING, chip, moment, provider_name, span, two_lines
from backoffice.pages.site_page import ConsolePage
from backoffice.sayings import said_again
from backoffice.sweep_names import sweep_title
from marketplace.accounts.queries import contacts_of
from marketplace.analytics.queries import forwarding_health
from marketplace.analytics.states import title_of
from marketplace.ledger.seals import chain
from marketplace.payments.health import provider_health
from marketplace.privacy.queries import reveals_of_the_hour
from marketplace.shared import clock
from marketplace.shared.heartbeats import Pulse, pulses
from marketplace.shared.models import Delivery, DeliveryStatus, InvariantResult
from tasks.verification import INVARIANTS

CLAIMS = {invariant.name: invariant.claim for invariant in INVARIANTS}


class System(ConsolePage):
    title = _("System health")
    permission_required = ("backoffice.see_system",)

    def blocks(self, request: HttpRequest) -> Page:
        now = clock.now()
        beats = pulses(now=now)
        verdicts = list(InvariantResult.objects.order_by("name"))
        late = [sweep_title(beat.name) for beat in beats if beat.is_overdue]
        broken = [one.name for one in verdicts if one.differing]
        notices = []
        if late:
            notices.append(("danger", _("Overdue: %(names)s") % {"names": ", ".join(late)}))
        if broken:
            notices.append(("danger", _("Broken: %(names)s") % {"names": ", ".join(broken)}))
        notices += [("danger", text) for text in _who_reveals_a_lot(now)]
        return Page(
            notices=notices,
            main=[_queues(), _providers(), *_services(), _sweeps(beats), _invariants(verdicts)],
            side=[_seal(), _versions()],
        )


def _who_reveals_a_lot(now: datetime) -> list[str]:
    """More in an hour than the work asks for: a colleague to talk to, or a session that is not theirs."""
    many = {
        who: times
        for who, times in reveals_of_the_hour(now=now).items()
        if times > settings.REVEALS_PER_HOUR
    }
    names = {str(one.user_id): one.name for one in contacts_of(map(UUID, many)).values()}
    text = gettext("%(who)s revealed personal data %(times)s times in the last hour.")
    return [text % {"who": names[who], "times": times} for who, times in many.items()]


def _queues() -> Table:
    rows = (
        Delivery.objects.filter(status=DeliveryStatus.PENDING)
        .values_list("queue")
        .annotate(waiting=Count("pk"), oldest=Min("next_attempt_at"))
        .order_by("queue")
    )
    return Table(
        _("Queues"),
        [_("Queue"), (_("Waiting"), "number"), _("Oldest due")],
        [(queue, waiting, moment(oldest)) for queue, waiting, oldest in rows],
        empty=_("Nothing waits."),
    )


def _providers() -> Table:
    return Table(
        _("Payment providers in the last hour"),
        [_("Provider"), (_("Succeeded"), "number"), (_("Failed"), "number"),
         (_("No clear answer"), "number"), _("Last answer"), _("Last failure")],
        [
            (
                provider_name(one.provider),
                one.succeeded,
                one.failed,
                one.uncertain,
                moment(one.last_answer_at),
                two_lines(said_again(one.last_failure), moment(one.last_failure_at))
                if one.last_failure_at
                else NOTHING,
            )
            for one in provider_health()
        ],
    )  # fmt: skip


def _services() -> list[Table]:
    """Nothing where nothing is forwarded."""
    health = forwarding_health()
    if not health:
        return []
    table = Table(
        _("Analytics services"),
        [_("Service"), _("State"), (_("Waiting"), "number"), (_("Refused"), "number"),
         _("Last batch"), _("Next try")],
        [
            (
                title_of(one.name),
                chip("failed", one.failure) if one.failure else chip("done", _("On time")),
                two_lines(one.waiting, moment(one.oldest_at)) if one.waiting else one.waiting,
                one.refused,
                _last_batch(one.last_at, one.last_taken),
                moment(one.next_attempt_at),
            )
            for one in health
        ],
    )  # fmt: skip
    return [table]


def _last_batch(at: datetime | None, taken: int) -> Any:
    """When a service last answered for a batch, and how much of it it took."""
    if at is None:
        return moment(at)
    return two_lines(
        moment(at), ngettext("%(count)s taken", "%(count)s taken", taken) % {"count": taken}
    )


def _sweeps(beats: list[Pulse]) -> Table:
    return Table(
        _("Scheduled sweeps"),
        [_("Sweep"), _("State"), (_("Every"), "number"), _("Last success"), _("Result")],
        [
            (
                schedule_link(beat.name),
                pulse_chip(beat),
                span(beat.interval_s),
                moment(beat.last_succeeded_at),
                what_came_of(beat),
            )
            for beat in beats
        ],
        empty=_("No sweep is scheduled: run sync_schedules."),
        is_said=True,
    )


def _invariants(verdicts: list[InvariantResult]) -> Table:
    return Table(
        _("Invariants of the data"),
        [_("Invariant"), _("Verdict"), (_("Looked at"), "number"), (_("Differing"), "number"),
         _("Examples")],
        [
            (
                two_lines(CLAIMS.get(one.name, one.name), _name_and_check(one)),
                chip("failed", _("Broken")) if one.differing else chip("done", _("Holds")),
                one.counted,
                one.differing,
                ", ".join(map(str, one.examples)),
            )
            for one in verdicts
        ],
        empty=_("Nothing has been checked yet: run manage.py verify."),
        is_said=True,
    )  # fmt: skip


def _name_and_check(one: InvariantResult) -> Any:
    return format_html('<span class="zt-breaks">{}</span> {}', one.name, moment(one.checked_at))


def _seal() -> Facts:
    title = _("Last seal of log and books")
    found = chain()
    note = found.last
    if note is None:
        return Facts(title, [(_("Sealed"), _("Nothing is sealed yet."))])
    broken = format_html("{} {}", chip("failed", _("Broken at")), ", ".join(found.differing))
    return Facts(
        title,
        [
            (_("Sealed"), moment(note.sealed_at)),
            (_("Verified"), moment(found.checked_at)),
            (_("Chain"), chip("done", _("Chain intact")) if found.is_intact else broken),
            (_("Rows"), note.rows),
            (_("Keep this elsewhere"), format_html('<code class="zt-seal">{}</code>', note.text)),
        ],
    )


def _versions() -> Facts:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    return Facts(
        _("Versions"),
        [
            ("Python", platform.python_version()),
            ("Django", django.get_version()),
            ("Unfold", version("django-unfold")),
            ("PostgreSQL", postgres),
            (_("Environment"), settings.ENVIRONMENT),
        ],
    )
