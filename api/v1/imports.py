"""Bulk import of listings: a file, worked off in the background, with an error per bad row."""

import csv
from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language, override
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from api.auth import Shop, shop
from api.pagination import Page, Window, page
from api.refusals import refuses
from api.schemas.listings import ImportIn, ImportOut, RowErrorOut
from api.throttling import Pace
from marketplace.catalog.errors import CategoryNotFound
from marketplace.catalog.queries import categories_by_slug
from marketplace.listings import commands, errors, queries
from marketplace.listings.problems import PROBLEMS
from marketplace.listings.sheet import ATTRIBUTE_PREFIX, OPTIONAL_COLUMNS, REQUIRED_COLUMNS
from marketplace.rules.errors import ClosedForNow
from marketplace.sellers.errors import NotASeller
from marketplace.shared.states import IllegalTransition, TransitionNotYours

router = Router()

MINE = (NotASeller, errors.ImportNotFound)
CSV = {"text/csv": {"schema": {"type": "string"}}}
CSV_ANSWER = {"responses": {200: {"description": "A CSV file", "content": CSV}}}
_EXAMPLE = {
    "sku": "SPARK20-256-BLK",
    "title": "Tecno Spark 20",
    "brand": "Tecno",
    "price_tzs": "385000",
    "quantity": "12",
    "condition": "new",
    "warranty_months": "12",
    "description": "6.6 inch, 8 GB RAM, 256 GB",
}
# What a spreadsheet would run as a formula when a seller opens our file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands each written line back, for csv.writer."""

    def write(self, text: str) -> str:
        return text


@router.post(
    "", throttle=Pace("upload"), response={201: ImportOut}, summary="Import listings from a file"
)
@refuses(NotASeller, ClosedForNow, errors.ImportUnreadable)
def create_import(
    request: HttpRequest, body: Form[ImportIn], file: File[UploadedFile]
) -> Status[ImportOut]:
    """CSV (comma, semicolon or tab) or XLSX with the columns of the template. The header is
    checked at once, the rows in the background: poll the import until it is finished."""
    own = shop(request)
    row = commands.upload_import(seller_id=own.id, file=file, policy=body.policy, actor=own.actor)
    return Status(201, ImportOut.of(row))


@router.get("", response=Page[ImportOut], summary="List my imports")
@refuses(NotASeller)
def list_imports(request: HttpRequest, window: Query[Window]) -> Page[ImportOut]:
    rows = queries.imports_of(seller_id=shop(request).id)
    return page(request, rows, window, ImportOut.of)


@router.get(
    "/template.csv",
    auth=None,
    response={200: None},
    summary="Get an empty table with one example row",
    openapi_extra=CSV_ANSWER,
)
@refuses(CategoryNotFound)
def template(
    request: HttpRequest,
    category: Annotated[
        str, Query(max_length=80, description="A slug; adds its attributes.", examples=[""])
    ] = "",
) -> HttpResponse:
    columns = [*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS]
    example = {**_EXAMPLE, "category": category or "smartphones"}
    if category:
        card = categories_by_slug([category]).get(category)
        if card is None:
            raise CategoryNotFound
        columns += [f"{ATTRIBUTE_PREFIX}{each['key']}" for each in card.schema]
    response = _csv_answer("template.csv", HttpResponse)
    csv.writer(response).writerows([columns, [example.get(name, "") for name in columns]])
    return response


@router.get("/{reference}", response=ImportOut, summary="Show my import")
@refuses(MINE)
def show_import(request: HttpRequest, reference: str) -> ImportOut:
    return ImportOut.of(_mine(shop(request), reference))


@router.get("/{reference}/errors", response=Page[RowErrorOut], summary="List what is wrong")
@refuses(MINE)
def list_errors(request: HttpRequest, reference: str, window: Query[Window]) -> Page[RowErrorOut]:
    """In the order of the file."""
    rows = queries.row_errors(batch_id=_mine(shop(request), reference).pk)
    return page(request, rows, window, RowErrorOut.of, order=("row_number", "id"))


@router.get(
    "/{reference}/errors.csv",
    response={200: None},
    summary="Get the bad rows as a file, to correct and import again",
    openapi_extra=CSV_ANSWER,
)
@refuses(MINE)
def errors_csv(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """The rows as they came, with the error beside them."""
    batch = _mine(shop(request), reference)
    rows = queries.row_errors(batch_id=batch.pk)
    lines = _lines(rows, get_language())
    return _csv_answer(f"{batch.reference}-errors.csv", StreamingHttpResponse, lines)


@router.post("/{reference}/cancel", response=ImportOut, summary="Stop my import")
@refuses(MINE, IllegalTransition, TransitionNotYours)
def cancel_import(request: HttpRequest, reference: str) -> ImportOut:
    """After the step that runs; what is written stays."""
    own = shop(request)
    row = commands.cancel_import(batch_id=_mine(own, reference).pk, actor=own.actor)
    return ImportOut.of(row)


def _mine(own: Shop, reference: str) -> Any:
    return queries.import_batch(reference=reference, seller_id=own.id)


def _lines(rows: Any, language: str) -> Iterator[str]:
    """CSV lines, one at a time: an import may have 50,000 errors.

    In the language of whoever asked, which is not active any more while the answer is written.
    """
    writer = csv.writer(_Echo())
    columns = [*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS]
    yield "\ufeff" + writer.writerow(["row", "column", "error", *columns])
    for row in rows.iterator(chunk_size=500):
        with override(language):
            problem = PROBLEMS.again(row.message)
        cells = [row.row_number, row.column, problem]
        cells += [row.raw.get(name, "") for name in columns]
        yield writer.writerow([_harmless(str(cell)) for cell in cells])


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv_answer(name: str, kind: Any, *content: Any) -> Any:
    response = kind(*content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
