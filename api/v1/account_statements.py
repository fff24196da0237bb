"""A seller's own account, stated for a period."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from django.http import FileResponse, HttpRequest
from ninja import Query, Router

from api.auth import shop
from api.refusals import refuses
from api.throttling import Pace
from marketplace.sellers.errors import NotASeller
from reports.base import Format
from reports.errors import ParameterInvalid, ReportTooLong
from reports.statements import write_statement

router = Router()

TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
}
FILES = {
    "responses": {
        200: {
            "description": "The statement, in the language of the caller.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES.values()
            },
        }
    }
}


@router.get(
    "", throttle=Pace("upload"), summary="Download my account statement", openapi_extra=FILES
)
@refuses(NotASeller, ParameterInvalid, ReportTooLong)
def download_statement(
    request: HttpRequest,
    since: Annotated[date, Query(examples=["2026-10-01"])],
    until: Annotated[date, Query(examples=["2026-10-31"])],
    format: Annotated[Format, Query(examples=["pdf"])] = Format.CSV,
) -> FileResponse:
    """The opening balance, every movement and the closing balance, as the ledger has them.

    `since` and `until` are days in Tanzania, both included, at most 366 of them; a PDF has at most
    5,000 movements.
    """
    seller = shop(request)
    name = f"{seller.seller.reference}-{since}-{until}.{format}"
    # Written whole before the first byte leaves, so that a refusal is one; an open file outlives
    # its folder.
    with TemporaryDirectory(prefix="statement-") as folder:
        path = Path(folder) / name
        write_statement(seller_id=seller.id, since=since, until=until, form=format, path=path)
        file = path.open("rb")
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[format])
