"""Statement files of all providers, read by templates.

To add a layout: a module with its `Template`s beside `mpesa.py`, and a line in TEMPLATES.
"""

from typing import BinaryIO

from marketplace.payments.adapters.statements import airtel, mixx, mpesa
from marketplace.payments.adapters.statements.reading import read
from marketplace.payments.adapters.statements.template import Template
from marketplace.payments.ports import ParsedStatement

TEMPLATES: tuple[Template, ...] = (*mpesa.TEMPLATES, *mixx.TEMPLATES, *airtel.TEMPLATES)


def read_statement(*, provider: str, file: BinaryIO) -> ParsedStatement:
    """All completed movements of a provider's file, as it lists them.

    Raises StatementUnreadable, also later, while the rows are read: it says what is wrong, and in
    which line. `file` must stay open until then, and be able to seek.
    """
    return read(provider, file, TEMPLATES)
