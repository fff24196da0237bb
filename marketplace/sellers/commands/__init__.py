"""All that can be done with applications and sellers. Import from here; the parts are for reading."""

from marketplace.sellers.commands.applying import (
    edit_application,
    start_application,
    submit_application,
    upload_document,
)
from marketplace.sellers.commands.reviewing import (
    approve_application,
    claim_application,
    record_document_read,
    reject_application,
    release_application,
    request_information,
    review_document,
)
from marketplace.sellers.commands.standing import (
    approve_standing,
    lapse_holds,
    reject_standing,
    request_standing,
    withdraw_standing,
)
from marketplace.sellers.commands.wallet import change_wallet

__all__ = [
    "approve_application",
    "approve_standing",
    "change_wallet",
    "claim_application",
    "edit_application",
    "lapse_holds",
    "record_document_read",
    "reject_application",
    "reject_standing",
    "release_application",
    "request_information",
    "request_standing",
    "review_document",
    "start_application",
    "submit_application",
    "upload_document",
    "withdraw_standing",
]
