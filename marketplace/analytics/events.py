"""What analytics announces."""

from dataclasses import dataclass
from typing import ClassVar

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class RefusedToldAgain(Event):
    """What a service had refused of a batch waits to be sent once more."""

    name: ClassVar[str] = "analytics.refused_told_again.v1"
    aggregate: ClassVar[str] = "forward_batch"
    forward_batch_id: int
    deeds: int
