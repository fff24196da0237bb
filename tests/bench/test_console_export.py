"""The list of a million orders taken away as a file: what a worker makes where a list is long.

Every column of the list, personal data masked, with times and words as people read them.
"""

import time

import pytest

from marketplace.orders.models import Order
from reports.exporter import export
from reports.lists import REPORT
from tests.bench.recorder import record_figure
from tests.factories.accounts import a_staff_member
from tests.memory import peak_kb

pytestmark = [pytest.mark.bench, pytest.mark.django_db, pytest.mark.usefixtures("million")]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_whole_list_of_orders(form: str, tmp_path):
    lead = a_staff_member("administrator", is_superuser=True)
    values = REPORT.parse({"list": "orders.order", "filters": ""})
    listed = REPORT.for_person(values, lead.pk)
    before_kb = peak_kb()

    began = time.perf_counter()
    made = export(listed, values, form, tmp_path / f"orders.{form}")
    took_s = time.perf_counter() - began

    assert made.rows == Order.objects.count()
    record_figure(f"console.export_1m_{form}.s", took_s, "s")
    record_figure(f"console.export_1m_{form}.rows_s", made.rows / took_s, "rows/s")
    record_figure(f"console.export_1m_{form}.more_mb", (peak_kb() - before_kb) / 1024, "MB")
