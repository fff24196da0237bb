"""A seller's file becomes listings; what is wrong with a row is said in words, and nothing is lost."""

import resource
import string
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.catalog.models import Product
from marketplace.listings.commands import cancel_import, import_step, upload_import
from marketplace.listings.commands import imports as import_commands
from marketplace.listings.errors import ImportUnreadable
from marketplace.listings.models import ImportBatch, Listing
from marketplace.listings.queries import row_errors
from marketplace.listings.sheet import read_rows
from marketplace.listings.states import ImportPolicy, ImportStatus, ListingStatus
from marketplace.search.models import SearchDocument
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, LoggedEvent
from tests.deliveries import deliver_all, failures
from tests.factories.catalog import a_category
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller, seller_actor
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
HEADER = "sku,title,brand,category,price_tzs,quantity,condition,warranty_months"


def a_file(*rows: str, header: str = HEADER) -> SimpleUploadedFile:
    return SimpleUploadedFile("stock.csv", "\n".join([header, *rows]).encode())


def imported(file, seller=None, **options) -> ImportBatch:
    seller = seller or a_seller()
    batch = upload_import(seller_id=seller.pk, file=file, actor=seller_actor(seller), **options)
    deliver_all()
    batch.refresh_from_db()
    assert failures() == []
    return batch


def test_rows_become_products_and_listings_in_moderation():
    category = a_category()

    batch = imported(
        a_file(
            f'A-1,"Galaxy A15, 128 GB",Samsung,{category.slug},"450,000",5,new,12',
            f"A-2,Galaxy A15 Cover,samsung,{category.slug},9000,0,,",
        )
    )

    assert (batch.status, batch.rows_created, batch.rows_failed) == (ImportStatus.FINISHED, 2, 0)
    first = Listing.objects.get(sku="A-1")
    assert (first.price_minor, first.on_hand, first.warranty_months) == (45_000_000, 5, 12)
    assert first.status == ListingStatus.IN_MODERATION
    assert Product.objects.count() == 2
    assert first.product.brand.name == "Samsung"


def test_a_second_file_updates_by_sku_and_keeps_products():
    category, seller = a_category(), a_seller()
    row = "A-1,Phone,Tecno,{},{},{},,"
    imported(a_file(row.format(category.slug, 1000, 1)), seller)

    batch = imported(a_file(row.format(category.slug, 2000, 9)), seller)

    assert (batch.rows_created, batch.rows_updated) == (0, 1)
    assert Listing.objects.get().price_minor == 200_000
    assert Product.objects.count() == 1


def test_bad_rows_are_explained_and_good_rows_imported():
    category = a_category()

    batch = imported(
        a_file(
            f"A-1,Phone,Tecno,{category.slug},1000,1,,",
            "A-2,Phone,Tecno,no-such-category,1000,1,,",
            f"A-3,,Tecno,{category.slug},1000,1,,",
            f"A-4,Phone,Tecno,{category.slug},12.50,1,,",
            f"A-5,Phone,Tecno,{category.slug},1000,-3,,",
            f"A-1,Phone,Tecno,{category.slug},1000,1,,",
            f"A-6,Phone,Tecno,{category.slug},1000,1,broken,",
        )
    )

    assert (batch.rows_created, batch.rows_failed) == (1, 6)
    found = [(e.row_number, e.column, e.code) for e in row_errors(batch_id=batch.pk)]
    assert found == [
        (3, "category", "category_unknown"),
        (4, "title", "missing"),
        (5, "price_tzs", "number"),
        (6, "quantity", "number"),
        (7, "sku", "sku_repeated"),
        (8, "condition", "choice"),
    ]
    assert broken_invariants() == []


def test_all_or_nothing_imports_nothing_when_one_row_is_bad():
    category = a_category()

    batch = imported(
        a_file(f"A-1,Phone,Tecno,{category.slug},1000,1,,", "A-2,P,T,nowhere,1,1,,"),
        policy=ImportPolicy.ALL_OR_NOTHING,
    )

    assert batch.status == ImportStatus.REFUSED
    assert not Listing.objects.exists()
    assert row_errors(batch_id=batch.pk).count() == 1


def test_stock_below_what_is_reserved_is_refused_for_that_row():
    seller = a_seller()
    listing = a_listing(seller=seller, on_hand=5, reserved=3)
    category = listing.product.category

    batch = imported(a_file(f"{listing.sku},Phone,Tecno,{category.slug},1000,2,,"), seller)

    assert row_errors(batch_id=batch.pk).get().code == "below_reserved"
    listing.refresh_from_db()
    assert listing.on_hand == 5


def test_long_files_are_worked_off_in_steps_that_may_be_repeated(monkeypatch):
    monkeypatch.setattr(import_commands, "ROWS_PER_STEP", 7)
    category, seller = a_category(), a_seller()
    rows = [f"S-{n},Phone {n % 4},Tecno,{category.slug},1000,1,," for n in range(40)]

    batch = imported(a_file(*rows), seller)
    import_step(batch_id=batch.pk, next_row=14, actor=Actor.system("tests"))

    batch.refresh_from_db()
    assert (batch.rows_created, batch.rows_updated, batch.next_row) == (40, 0, 40)
    assert not batch.rows.exists()
    assert Listing.objects.filter(seller=seller).count() == 40
    assert Product.objects.count() == 4


def test_the_file_is_read_once_however_many_steps_it_takes(monkeypatch):
    monkeypatch.setattr(import_commands, "ROWS_PER_STEP", 3)
    category, seller = a_category(), a_seller()
    rows = [f"S-{n},Phone,Tecno,{category.slug},1000,1,," for n in range(9)]
    batch = upload_import(seller_id=seller.pk, file=a_file(*rows), actor=seller_actor(seller))
    import_step(batch_id=batch.pk, next_row=0, actor=Actor.system("tests"))

    batch.file.storage.delete(batch.file.name)
    deliver_all()

    batch.refresh_from_db()
    assert failures() == []
    assert (batch.status, batch.rows_created) == (ImportStatus.FINISHED, 9)


def test_a_step_costs_as_many_statements_for_a_hundred_rows_as_for_two(monkeypatch):
    monkeypatch.setattr(import_commands, "ROWS_PER_STEP", 100)
    counts = []
    for pieces in (2, 100):
        category, seller = a_category(), a_seller()
        rows = [f"S-{n},Phone {n} {pieces},Tecno,{category.slug},1000,1,," for n in range(pieces)]
        for file in (a_file(*rows), a_file(*rows)):  # All new, then all known.
            batch = upload_import(seller_id=seller.pk, file=file, actor=seller_actor(seller))
            with CaptureQueriesContext(connection) as statements:
                import_step(batch_id=batch.pk, next_row=0, actor=Actor.system("tests"))
            counts.append(len(statements))

    assert counts[2] <= counts[0], "the brand exists the second time"
    assert counts[3] == counts[1]


def test_what_an_import_brings_is_indexed_by_the_step_and_not_product_by_product():
    category = a_category()
    rows = [f"S-{n},Phone {n},Tecno,{category.slug},1000,1,," for n in range(20)]

    imported(a_file(*rows))

    indexing = Delivery.objects.filter(handler__startswith="search.")
    assert indexing.get().handler == "search.index_imported"
    assert SearchDocument.objects.count() == 20
    assert LoggedEvent.objects.filter(name="catalog.product_imported.v1").count() == 20
    assert broken_invariants() == []


def test_a_row_that_changes_an_offer_leaves_no_product_without_one():
    category, seller = a_category(), a_seller()
    imported(a_file(f"A-1,Phone,Tecno,{category.slug},1000,1,,"), seller)

    imported(a_file(f"A-1,Another phone,Tecno,{category.slug},2000,3,,"), seller)

    listing = Listing.objects.get()
    assert (listing.product.title, listing.on_hand, listing.version) == ("Phone", 3, 2)
    assert Product.objects.count() == 1


def test_a_cancelled_import_stops(monkeypatch):
    monkeypatch.setattr(import_commands, "ROWS_PER_STEP", 1)
    category, seller = a_category(), a_seller()
    rows = [f"A-{n},Phone,Tecno,{category.slug},1000,1,," for n in range(3)]
    actor = seller_actor(seller)
    batch = upload_import(seller_id=seller.pk, file=a_file(*rows), actor=actor)
    import_step(batch_id=batch.pk, next_row=0, actor=Actor.system("tests"))

    cancel_import(batch_id=batch.pk, actor=actor)
    deliver_all()

    assert Listing.objects.count() == 1, "what is written stays"
    assert not batch.rows.exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01\x02", b"sku,title\nA,B\n", HEADER.encode(), b"PK\x03\x04not a workbook"],
    ids=["empty", "binary", "columns missing", "no rows", "broken xlsx"],
)
def test_a_file_that_is_no_table_is_refused_at_once(data):
    seller = a_seller()

    with pytest.raises(ImportUnreadable) as refused:
        upload_import(
            seller_id=seller.pk,
            file=SimpleUploadedFile("x.csv", data),
            actor=seller_actor(seller),
        )

    assert str(refused.value)
    assert not ImportBatch.objects.exists()


def test_semicolons_tabs_and_windows_encodings_are_read():
    for text, encoding in [
        ("sku;title;brand;category;price_tzs;quantity\nA;Çay;B;c;1;2", "cp1252"),
        ("sku\ttitle\tbrand\tcategory\tprice_tzs\tquantity\nA\tÇay\tB\tc\t1\t2", "utf-8-sig"),
    ]:
        rows = list(read_rows(text.encode(encoding)))
        assert rows[0][1]["title"] == "Çay"


@given(st.binary(max_size=600))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_either_rows_or_a_refusal(data):
    with suppress(ImportUnreadable):
        assert all(number > 1 for number, _cells in read_rows(data))


def test_a_workbook_reads_like_a_table():
    from_excel = BytesIO()

    with xlsxwriter.Workbook(from_excel) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["A-1", "Phone", "Tecno", a_category().slug, 1000, 3, "new", 6])

    batch = imported(SimpleUploadedFile("stock.xlsx", from_excel.getvalue()))

    assert batch.rows_created == 1
    assert Listing.objects.get().price_minor == 100_000


def a_workbook(*, far: str = "", many_rows: int = 0) -> bytes:
    """A good header; a cell in the far corner, or rows beyond number, as no honest hand makes them."""
    honest, crafted = BytesIO(), BytesIO()
    with xlsxwriter.Workbook(honest) as book:
        book.add_worksheet().write_row(0, 0, HEADER.split(","))
    row = f'<row r="{far.strip(string.ascii_uppercase)}"><c r="{far}"><v>1</v></c></row>'
    more = row if far else '<row><c t="str"><v>x</v></c></row>' * many_rows
    with ZipFile(honest) as source, ZipFile(crafted, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b"</sheetData>", more.encode() + b"</sheetData>")
            target.writestr(name, text)
    return crafted.getvalue()


@pytest.mark.parametrize("far", ["XFD1048576", "XFD40000", "A1048576"])
def test_a_small_workbook_that_unfolds_to_a_huge_one_is_refused(far):
    data = a_workbook(far=far)
    assert len(data) < 10_000

    with pytest.raises(ImportUnreadable):
        list(read_rows(data))


def test_a_workbook_with_too_many_rows_is_refused_before_it_fills_the_memory():
    data = a_workbook(many_rows=600_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(ImportUnreadable):
        list(read_rows(data))

    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 100_000


def test_a_nul_far_down_in_a_file_is_found_when_it_is_uploaded():
    rows = [f"A-{number},Phone,Tecno,phones,1000,1,," for number in range(300)]

    with pytest.raises(ImportUnreadable):
        list(read_rows(a_file(*rows, "A-X,Pho\0ne,Tecno,phones,1000,1,,").read()))


def test_a_column_that_is_named_twice_is_refused():
    with pytest.raises(ImportUnreadable, match="sku"):
        list(read_rows(a_file("A,B,Phone,Tecno,c,1,1,,", header=f"SKU,{HEADER}").read()))
