"""Background work of listings: pictures and imports."""

from marketplace.listings.commands import import_step
from marketplace.listings.commands import process_picture as process
from marketplace.listings.events import ImportStepDue, PictureUploaded
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

WORKER = Actor.system("listings")


def process_picture(event: PictureUploaded, meta: EventMeta) -> None:
    """Pillow's work happens outside a transaction: it takes long and calls the file store."""
    process(picture_id=event.picture_id, actor=WORKER)


def work_off_import(event: ImportStepDue, meta: EventMeta) -> None:
    import_step(batch_id=event.batch_id, next_row=event.next_row, actor=WORKER)
