"""Reference data comes in by file: looked at, then whole or not at all, and by the commands only."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.catalog.commands import save_category
from marketplace.catalog.models import Brand, Category, Product
from marketplace.fees.models import CommissionRule
from marketplace.orders.models import ShippingRate
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import do, signed_in
from tests.factories.accounts import SYSTEM
from tests.factories.catalog import a_category
from tests.factories.console import a_world

RULE = "position,label,rate_percent,valid_from\n"
pytestmark = pytest.mark.django_db
LISTS = (
    "catalog.category",
    "catalog.brand",
    "catalog.product",
    "fees.commissionrule",
    "orders.shippingrate",
)


def look(client, label: str, table: str | bytes):
    """The answer to a file that was chosen."""
    content = table if isinstance(table, bytes) else table.encode()
    return do(client, label, "import", file=SimpleUploadedFile("table.csv", content))


def agree(client, label: str, answer):
    """Press the button of the page that shows what would change."""
    hidden = dict(re.findall(r'name="(kept|agreed)" value="(\w+)"', answer.content.decode()))
    return do(client, label, "import", **hidden)


@pytest.mark.parametrize("label", LISTS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_a_list_exports_is_a_file_that_changes_nothing(client, label, form):
    a_world()
    signed_in(client, "administrator")
    exported = do(client, label, "export", format=form)
    events = LoggedEvent.objects.count()

    answer = look(client, label, exported.content)

    assert answer.status_code == 200
    assert "Every row says what is so already." in answer.content.decode()
    assert LoggedEvent.objects.count() == events


def test_a_tree_is_looked_at_first_and_then_imported(client):
    a_category(slug="phones", name_en="Phones")
    signed_in(client, "catalogue_moderator")
    table = (
        "slug,name_en,name_sw,parent,attributes\n"
        "phones,Telephones,Simu,,\n"
        "cameras,Cameras,Kamera,,\n"
        'lenses,Lenses,Lenzi,cameras,"[{""key"": ""mm"", ""label_en"": ""Focal length"", '
        '""label_sw"": ""Urefu"", ""type"": ""integer""}]"\n'
    )

    looked = look(client, "catalog.category", table)
    assert not Category.objects.filter(slug="cameras").exists()
    assert "Import 3 rows" in looked.content.decode()
    assert "Phones → " in looked.content.decode()
    agree(client, "catalog.category", looked)

    assert Category.objects.get(slug="phones").name_en == "Telephones"
    lenses = Category.objects.get(slug="lenses")
    assert lenses.parent == Category.objects.get(slug="cameras")
    assert lenses.attribute_schema[0]["key"] == "mm"
    assert (
        LoggedEvent.objects.filter(name="catalog.category_changed.v1", actor_kind="staff").count()
        == 3
    )


def test_one_refused_row_keeps_all_of_them_out_and_is_named(client):
    signed_in(client, "catalogue_moderator")
    table = "slug,name_en,name_sw,parent\ngood,Good,Nzuri,\nBad Slug,Bad,Mbaya,\nlost,Lost,Potea,nowhere\n"

    looked = look(client, "catalog.category", table)
    page = looked.content.decode()
    agree(client, "catalog.category", looked)

    assert looked.status_code == 422
    assert "Use small letters, digits and hyphens only" in page
    assert "There is no “nowhere”." in page
    assert not Category.objects.filter(slug="good").exists()


def test_what_somebody_changed_meanwhile_is_looked_at_again(client):
    category = a_category(slug="phones", name_en="Phones", name_sw="Simu")
    signed_in(client, "catalogue_moderator")
    looked = look(client, "catalog.category", "slug,name_en\nphones,Telephones\n")
    save_category(
        category_id=category.pk, slug="phones", name_en="Mobiles", name_sw="Simu", actor=SYSTEM
    )

    again = agree(client, "catalog.category", looked)
    assert "Something changed since you looked" in again.content.decode()
    assert Category.objects.get(slug="phones").name_en == "Mobiles"
    agree(client, "catalog.category", again)

    assert Category.objects.get(slug="phones").name_en == "Telephones"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "The submitted file is empty"),
        ("slug,colour\na,red\n", "We do not know these columns: colour."),
        ("name_en\nA\n", "missing: slug"),
        ("slug,slug\na,b\n", "twice: slug"),
        ("slug\n", "no rows below"),
        (b"\x00\x01\x02", "neither CSV nor XLSX"),
        (b"PK\x03\x04 no workbook", "cannot be read"),
        ("slug\n" + "a\n" * 501, "more than 500 rows"),
    ],
)
def test_a_file_that_fits_not_is_refused_with_what_is_wrong(client, table, said):
    signed_in(client, "catalogue_moderator")

    answer = look(client, "catalog.category", table)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_products_find_their_brands_and_themselves(client):
    a_category(slug="phones")
    signed_in(client, "catalogue_moderator")
    table = "title,brand,category,description\nNova 5,Zuri,phones,New\nNova 5 ,zuri,phones,Newer\n"

    agree(client, "catalog.product", look(client, "catalog.product", table))

    product = Product.objects.get(title="Nova 5")
    assert (product.brand.name, product.description) == ("Zuri", "Newer")
    assert Brand.objects.filter(name__iexact="zuri").count() == 1


def test_fees_and_rates_are_read_as_people_write_them(client):
    signed_in(client, "administrator")

    agree(
        client,
        "orders.shippingrate",
        look(client, "orders.shippingrate", 'region,fee_tzs\nMtwara,"12,500"\n'),
    )
    rules = RULE + "900,Trial,7.25,2099-01-01\n"
    agree(client, "fees.commissionrule", look(client, "fees.commissionrule", rules))
    rewritten = look(client, "fees.commissionrule", rules.replace("7.25", "9"))

    assert ShippingRate.objects.get(region="Mtwara").fee_minor == 1_250_000
    assert CommissionRule.objects.get(position=900).rate_bp == 725
    assert rewritten.status_code == 422
    assert "This rule stands" in rewritten.content.decode()


@pytest.mark.parametrize(
    ("label", "table", "said"),
    [
        ("fees.commissionrule", RULE + "900,A,5,\n", "valid_from: This cell is empty."),
        ("fees.commissionrule", RULE + "-1,A,5,2099-01-01\n", "position: “-1” is no number"),
        ("fees.commissionrule", RULE + "9,A,1e99,2099-01-01\n", "rate_percent"),
        ("fees.commissionrule", RULE + "9,A,5,01/02/2099\n", "Write a day as"),
        ("orders.shippingrate", "region,fee_tzs\nMtwara,12.345\n", "fee_tzs: “12.345” is no number"),
        ("orders.shippingrate", "region,fee_tzs\n ,1000\n", "region: This cell is empty."),
        ("catalog.category", "slug,active\na,perhaps\n", "Say yes or no"),
        ("catalog.category", "slug,attributes\na,{\n", "This is not JSON"),
        ("catalog.product", "title,brand,category\nNova,,phones\n", "brand: This cell is empty."),
    ],
)  # fmt: skip
def test_a_cell_that_fits_not_names_its_column(client, label, table, said):
    signed_in(client, "administrator")

    answer = look(client, label, table)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_nobody_imports_without_the_duty_nor_what_another_looked_at(client):
    signed_in(client, "catalogue_moderator")
    looked = look(client, "catalog.category", "slug,name_en,name_sw\ncameras,Cameras,Kamera\n")

    signed_in(client, "administrator")
    taken = agree(client, "catalog.category", looked)
    signed_in(client, "support")
    refused = agree(client, "catalog.category", looked)

    assert "not kept any more" in taken.content.decode()
    assert refused.status_code == 403
    assert not Category.objects.filter(slug="cameras").exists()
