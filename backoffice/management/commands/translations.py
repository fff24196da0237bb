"""Collect the texts to translate, check that none lacks its translation, compile what there is."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

SHOWN_MAX = 20


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--write", action="store_true", help="collect new texts (needs gettext)")
        how.add_argument(
            "--check", action="store_true", help="fail if one is missing (needs gettext)"
        )
        how.add_argument(
            "--compile", action="store_true", help="make what the running program reads"
        )

    def handle(self, *, write: bool, check: bool, **options: Any) -> None:
        if write:
            self._collect()
        if check:
            self._check()
        self._compile()

    def _collect(self) -> None:
        if not shutil.which("xgettext"):
            raise CommandError("Collecting texts needs gettext: sudo apt install gettext")
        for path in catalogues():
            path.parent.mkdir(parents=True, exist_ok=True)
        call_command(
            "makemessages",
            locale=[
                language for language, _ in settings.LANGUAGES if language != settings.LANGUAGE_CODE
            ],
            ignore_patterns=[".venv", ".data", "tests", "staticfiles", "artifacts", "docs"],
            no_location=True,
            no_obsolete=True,
            no_wrap=True,
            verbosity=0,
        )

    def _check(self) -> None:
        """The files on disk stay as they are: what the sources say is collected, compared, and put back."""
        committed = {path: path.read_bytes() if path.exists() else None for path in catalogues()}
        try:
            self._collect()
            missing = [
                f"{path.parent.parent.name}: {entry.msgid!r}"
                for path in committed
                for entry in polib.pofile(str(path))
                if not entry.translated()
            ]
        finally:
            for path, content in committed.items():
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(content)
        if missing:
            shown = "\n  ".join(missing[:SHOWN_MAX])
            raise CommandError(
                f"{len(missing)} texts lack a translation (run 'make messages'):\n  {shown}"
            )
        self.stdout.write("Every text has its translation.")

    def _compile(self) -> None:
        for path in catalogues():
            compiled = path.with_suffix(".mo")
            if path.exists() and not (
                compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns
            ):
                polib.pofile(str(path)).save_as_mofile(str(compiled))


def catalogues() -> Iterator[Path]:
    """One per language that differs from the one the sources are written in."""
    for language, _ in settings.LANGUAGES:
        if language != settings.LANGUAGE_CODE:
            yield Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
