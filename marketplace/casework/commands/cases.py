"""The row of a case's work, locked; made where nobody has touched the case yet."""

from marketplace.casework.models import Work
from marketplace.casework.states import Case
from marketplace.shared.locks import one_at_a_time

_AFRESH = {"assignee": None, "assigned_at": None, "snoozed_until": None, "snooze_reason": ""}


def locked(case: Case) -> Work:
    """Of an earlier stay in the queue nothing is left. Must run inside a transaction."""
    one_at_a_time(f"case:{case.key}")
    work, _is_new = Work.objects.get_or_create(
        kind=case.kind, case_id=case.id, defaults={"entered_at": case.entered_at}
    )
    if work.entered_at != case.entered_at:
        for field, value in {**_AFRESH, "entered_at": case.entered_at}.items():
            setattr(work, field, value)
        work.save()
    return work
