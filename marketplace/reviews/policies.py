"""What people are called in public, and what a moderator is asked."""

from marketplace.reviews.states import DISPLAY_NAME_MAX, Question, ReplyStatus, ReviewStatus


def display_name(name: str) -> str:
    """Asha Juma Mushi speaks as "Asha M.": nobody is found by what they bought."""
    first, *others = name.split() or [""]
    initial = f" {others[-1][0].upper()}." if others else ""
    return f"{first[: DISPLAY_NAME_MAX - 3]}{initial}"


def question_of(*, status: str, open_reports: int, reply_status: str) -> str:
    """What a review waits for; "" for nothing. Who reads it decides about the rest only once it is public."""
    if status == ReviewStatus.PENDING:
        return Question.REVIEW
    if status != ReviewStatus.PUBLISHED:
        return ""
    if open_reports:
        return Question.REPORTS
    return Question.REPLY if reply_status == ReplyStatus.PENDING else ""
