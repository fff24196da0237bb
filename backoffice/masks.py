"""What of a person's data is never drawn in full unless it was revealed: one table of columns by name.

Lists, the plain pages of rows and the exports ask here, so that a column that is added somewhere is
masked without anybody thinking of it. `backoffice.personal` shows the values to who says why.
"""

from collections.abc import Callable, Mapping
from typing import Any

from marketplace.shared.masking import (
    masked_email,
    masked_movement,
    masked_number,
    masked_recipient,
    masked_text,
    masked_words,
)

type Mask = Callable[[str | None], str]

MASKS: Mapping[str, Mask] = {
    "phone": masked_number,
    "email": masked_email,
    "msisdn": masked_number,
    "payout_msisdn": masked_number,
    "tin": masked_number,
    "nida_number": masked_number,
    "address": masked_words,
    "street": masked_words,
    "landmark": masked_words,
    # As providers wrote it.
    "counterparty": masked_movement,
    "details": masked_movement,
    "raw": masked_movement,
    "payload": masked_text,
    # Of messages: whom they went to, and what was said. A parcel goes to a name, which is shown.
    "recipient": masked_recipient,
    "text": masked_text,
}


def masked(field: str, value: Any) -> Any:
    """The value as it is drawn for everybody; what is nobody's personal data stays as it is."""
    mask = MASKS.get(field)
    return value if mask is None or value is None else mask(str(value))
