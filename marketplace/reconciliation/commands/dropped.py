"""Statements that providers leave in a directory or an S3 prefix: taken when whole, and put away after.

`mpesa/week40.csv` is taken at the second look that finds it unchanged, and moved to `mpesa/done/`, or to
`mpesa/refused/` with the reason beside it, once it was read. Until then it stays where it is.
"""

import logging
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.db import transaction

from marketplace.payments.gateways import provider_names
from marketplace.reconciliation.commands.statements import upload_statement
from marketplace.reconciliation.errors import AlreadyUploaded, StatementTooLarge
from marketplace.reconciliation.models import Statement
from marketplace.reconciliation.states import StatementStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import try_alone

logger = logging.getLogger(__name__)

PLACE = "statements"
DONE, REFUSED = "done", "refused"
FILES_PER_LOOK = 50
# How long the first look is remembered; forgotten, a file waits for one look more.
MEMORY_S = 3600
# What is still being written by those who rename when they are finished.
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload")


def take_dropped(*, actor: Actor) -> str:
    """Look through every provider's folder once: what was taken, and what was put away. Repeatable."""
    if PLACE not in settings.STORAGES:
        return "no place is watched"
    place = storages[PLACE]
    taken = away = 0
    for provider in provider_names():
        for path in _files(place, provider):
            with transaction.atomic():
                if not try_alone(f"statement-drop:{path}"):
                    continue
                statement = Statement.objects.filter(dropped_as=path).order_by("-pk").first()
                if statement is not None:
                    away += _put_away(place, path, statement)
                elif _is_whole(place, path):
                    taken += _take(place, provider, path, actor)
    return f"{taken} taken, {away} put away"


def _files(place: Storage, provider: str) -> Iterator[str]:
    """The files of one provider's folder, by name; none where there is no such folder."""
    try:
        _folders, names = place.listdir(provider)
    except FileNotFoundError:
        return
    wanted = [
        name
        for name in sorted(names)
        if name and not name.startswith(".") and not name.lower().endswith(UNFINISHED)
    ]
    for name in wanted[:FILES_PER_LOOK]:
        yield f"{provider}/{name}"


def _is_whole(place: Storage, path: str) -> bool:
    """The same size and time as at the look before."""
    now = f"{place.size(path)} {place.get_modified_time(path).isoformat()}"
    key = f"statement-drop:{path}"
    before = cache.get(key)
    cache.set(key, now, MEMORY_S)
    return bool(before == now)


def _take(place: Storage, provider: str, path: str, actor: Actor) -> int:
    with place.open(path) as file:
        named = File(file, name=PurePosixPath(path).name)
        try:
            statement = upload_statement(provider=provider, file=named, actor=actor)
        except (AlreadyUploaded, StatementTooLarge) as refusal:
            _move(place, path, REFUSED, str(refusal))
            return 0
    Statement.objects.filter(pk=statement.pk).update(dropped_as=path)
    return 1


def _put_away(place: Storage, path: str, statement: Statement) -> int:
    """Once the statement was read. A kill between the steps leaves the file to the next look."""
    if statement.status == StatementStatus.UPLOADED:
        return 0
    is_refused = statement.status == StatementStatus.REFUSED
    _move(place, path, REFUSED if is_refused else DONE, statement.refusal)
    Statement.objects.filter(pk=statement.pk).update(dropped_as="")
    return 1


def _move(place: Storage, path: str, folder: str, reason: str) -> None:
    """Copied, then removed: storages cannot rename. The time keeps names of later files apart."""
    source = PurePosixPath(path)
    target = f"{source.parent}/{folder}/{clock.now():%Y%m%dT%H%M%S}-{source.name}"
    with place.open(path) as file:
        kept = place.save(target, File(file))
    if reason:
        place.save(f"{kept}.reason.txt", ContentFile(f"{reason}\n".encode()))
    place.delete(path)
    logger.info("statement %s was moved to %s", path, kept)
