"""Write docs/configuration.md from the configuration itself, so that the table cannot lie."""

import re
from collections.abc import Iterator
from inspect import getsource
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from backoffice.configuration import BASE_DIR, Configuration

TARGET = BASE_DIR / "docs" / "configuration.md"
INTRODUCTION = """\
# Configuration

<!-- Written by `make docs` from backoffice/configuration*.py; change it there. -->

Every setting is an environment variable (or a line in a `.env` file in the project's directory; the
environment wins). None is needed on a developer's machine: what is empty there gets a working default, and
the embedded servers take the place of real ones. With `ENVIRONMENT=production` the process refuses to start
on unsafe values and lists all of them at once. Thresholds and deadlines under "Rules of the
marketplace" are the usual values: operations may set others in the console, on the page of rules.
"""


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--write", action="store_true")
        how.add_argument(
            "--check", action="store_true", help="fail if the file is older than the code"
        )

    def handle(self, *, write: bool, check: bool, **options: Any) -> None:
        if write:
            TARGET.write_text(document(), encoding="utf-8")
        elif not is_fresh():
            raise CommandError(f"{TARGET.relative_to(BASE_DIR)} is out of date: run 'make docs'.")


def is_fresh() -> bool:
    return TARGET.exists() and TARGET.read_text(encoding="utf-8") == document()


def document() -> str:
    parts = [INTRODUCTION]
    for title, names in sections():
        rows = [f"\n## {title}\n", "| variable | default | meaning |", "| --- | --- | --- |"]
        rows += [_row(name) for name in names]
        parts.append("\n".join(rows) + "\n")
    return "".join(parts)


def sections() -> Iterator[tuple[str, list[str]]]:
    """The fields in the order of the source, under the comment line that stands above them.

    Those of the classes that the configuration is built on follow its own.
    """
    for built in Configuration.__mro__:
        if issubclass(built, BaseSettings) and built is not BaseSettings:
            yield from _sections_of(built)


def _sections_of(built: type[BaseSettings]) -> Iterator[tuple[str, list[str]]]:
    title, names = "", list[str]()
    for line in getsource(built).splitlines():
        if heading := re.fullmatch(r"    # (\S.*)", line):
            if names:
                yield title, names
            title, names = heading[1], []
        elif (field := re.match(r"    (\w+): ", line)) and field[1] in Configuration.model_fields:
            names.append(field[1])
    yield title, names


def _row(name: str) -> str:
    field = Configuration.model_fields[name]
    default = field.default if field.default is not PydanticUndefined else ""
    shown = f"`{default}`" if default not in ("", None, []) else ""
    return f"| `{name.upper()}` | {shown} | {field.description} |"
