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
from marketplace.sellers.commands.standing import close_seller, reactivate_seller, suspend_seller
from marketplace.sellers.commands.wallet import change_wallet

__all__ = [
    "approve_application",
    "change_wallet",
    "claim_application",
    "close_seller",
    "edit_application",
    "reactivate_seller",
    "record_document_read",
    "reject_application",
    "release_application",
    "request_information",
    "review_document",
    "start_application",
    "submit_application",
    "suspend_seller",
    "upload_document",
]
