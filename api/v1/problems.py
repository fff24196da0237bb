"""What the error codes mean; a problem's `type` points here."""

from collections.abc import Iterator

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from api.errors import status_of
from api.schemas.base import Out
from marketplace.shared.errors import DomainError

router = Router(auth=None)


class ProblemType(Out):
    code: str = Field(examples=["stock_insufficient"])
    status: int = Field(examples=[409])
    meaning: str = Field(examples=["Only %(available)s of “%(title)s” are left."])


@router.get("", response=list[ProblemType], url_name="problems", summary="List the error codes")
def problem_types(request: HttpRequest) -> list[ProblemType]:
    """All codes that `code` of a problem may have. New ones may come; handle them by `status`."""
    known = {kind.code: kind for kind in _all(DomainError)}
    return [
        ProblemType(code=code, status=status_of(known[code]), meaning=str(known[code].message))
        for code in sorted(known)
    ]


def _all(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all(below)
