"""State changes of listings, their stock, pictures and imports."""

from marketplace.listings.commands.imports import cancel_import, import_step, upload_import
from marketplace.listings.commands.moderation import (
    approve_listing,
    pause_listing,
    reject_listing,
    resume_listing,
    return_to_moderation,
    submit_listing,
)
from marketplace.listings.commands.offers import create_listing, edit_listing
from marketplace.listings.commands.pictures import add_picture, process_picture, remove_picture
from marketplace.listings.commands.stock import release, reserve, restock, sell

__all__ = [
    "add_picture",
    "approve_listing",
    "cancel_import",
    "create_listing",
    "edit_listing",
    "import_step",
    "pause_listing",
    "process_picture",
    "reject_listing",
    "release",
    "remove_picture",
    "reserve",
    "restock",
    "resume_listing",
    "return_to_moderation",
    "sell",
    "submit_listing",
    "upload_import",
]
