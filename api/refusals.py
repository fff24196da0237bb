"""Which refusals an operation may answer: declared beside it, told in the OpenAPI document, held to by tests."""

from collections.abc import Callable, Iterable
from typing import Any

from marketplace.shared.errors import DomainError

type Refusal = type[DomainError]


def refuses(*refusals: Refusal | Iterable[Refusal]) -> Callable[[Any], Any]:
    """Declare what the operation itself may refuse; what all of them may is added by `openapi`."""
    declared: list[Refusal] = []
    for refusal in refusals:
        declared.extend([refusal] if isinstance(refusal, type) else refusal)

    def mark(view: Any) -> Any:
        view.refusals = tuple(declared)
        return view

    return mark
