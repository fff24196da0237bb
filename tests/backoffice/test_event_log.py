"""The event log: found by who, what, which and when; paged by key; taken away as the audit extract has it."""

import csv
import io
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import RequestFactory

from marketplace.ledger.models import Seal
from marketplace.ledger.seals import NAMES, seal_due
from marketplace.orders.commands import cancel_order
from marketplace.shared import clock
from marketplace.shared.models import InvariantResult, LoggedEvent
from reports.exporter import export
from reports.registry import REPORTS
from tests.backoffice.console_pages import do, list_address, pages_by_model, said, signed_in
from tests.factories.accounts import a_buyer, a_staff_member, staff_actor
from tests.factories.console import a_world
from tests.factories.ledger import a_fact
from tests.factories.orders import a_paid_order, an_order
from tests.servers import superuser

pytestmark = pytest.mark.django_db
LOG = list_address("shared.loggedevent")
MANY = 200_000
# Half of all are of one name by one part of the system; the past is as full as the present.
A_BIG_LOG = """
    INSERT INTO shared_loggedevent (id, name, aggregate, aggregate_id, payload, actor_kind, actor_id,
        actor_label, request_id, occurred_at)
    SELECT gen_random_uuid(),
        (ARRAY['orders.placed.v1', 'orders.paid.v1', 'orders.paid.v1', 'disputes.opened.v1'])[1 + n %% 4],
        (ARRAY['order', 'order', 'order', 'dispute'])[1 + n %% 4],
        md5((n / 5)::text)::uuid, '{}', 'system',
        CASE WHEN n %% 2 = 0 THEN 'payments' ELSE md5((n / 40)::text) END, '', md5((n / 3)::text),
        '2026-01-01'::timestamptz + n * interval '1 minute'
    FROM generate_series(1, %s) n
"""


def found(client, **search) -> list[LoggedEvent]:
    return list(client.get(LOG, search).context["cl"].result_list)


def names(client, **search) -> list[str]:
    return [event.name for event in found(client, **search)]


def test_a_thing_is_found_by_its_reference_and_by_its_id(client):
    order, other = an_order(), an_order()
    cancel_order(order_id=order.pk, reason="Twice.", actor=staff_actor())
    signed_in(client, "administrator")

    by_reference = found(client, about=f" {order.reference.lower()} ")

    assert {event.aggregate_id for event in by_reference} == {str(order.pk)}
    assert by_reference == found(client, about=str(order.pk))
    assert by_reference[0].name == "orders.cancelled.v1"
    assert not any(event.aggregate_id == str(other.pk) for event in by_reference)


def test_a_reference_that_nothing_has_is_said_and_finds_nothing(client):
    an_order()
    signed_in(client, "administrator")

    page = client.get(LOG, {"about": "ORD-00000000"})

    assert page.context["cl"].result_list == []
    assert "Nothing has this reference." in page.content.decode()


@pytest.mark.parametrize("known_as", ["reference", "email", "name", "pk"])
def test_a_person_is_found_by_whatever_is_known_of_them(client, known_as):
    order, colleague = an_order(), a_staff_member(name="Neema Joseph", email="neema@example.tz")
    cancel_order(order_id=order.pk, reason="Twice.", actor=staff_actor(colleague))
    signed_in(client, "administrator")

    events = found(client, actor=str(getattr(colleague, known_as)))

    assert {event.actor_id for event in events} == {str(colleague.pk)}


def test_a_buyer_is_found_by_the_phone_as_people_write_it(client):
    buyer = a_buyer(phone="+255713000999")
    event = a_fact()
    LoggedEvent.objects.bulk_create([_copy(event, actor_id=str(buyer.pk))])
    signed_in(client, "administrator")

    (found_event,) = found(client, actor="0713 000 999")

    assert found_event.actor_id == str(buyer.pk)


def test_a_part_of_the_system_is_found_by_its_name(client):
    event = a_fact()
    LoggedEvent.objects.bulk_create([_copy(event, actor_id="sweeper", actor_kind="system")])
    signed_in(client, "administrator")

    assert len(found(client, actor="sweeper")) == 1


def test_a_name_that_too_many_have_asks_for_more(client, monkeypatch):
    monkeypatch.setattr("marketplace.accounts.queries.NAMESAKES_MAX", 1)
    a_buyer(name="Juma A"), a_buyer(name="Juma B")
    signed_in(client, "administrator")

    page = client.get(LOG, {"actor": "Juma"})

    assert page.context["cl"].result_list == []
    assert "people are called so" in page.content.decode()


def test_kind_and_time_narrow_the_log_together(client):
    order = an_order()
    cancel_order(order_id=order.pk, reason="Twice.", actor=staff_actor())
    signed_in(client, "administrator")
    (cancelled,) = found(client, name__exact="orders.cancelled.v1")
    around = {
        "occurred_at__gte": (cancelled.occurred_at - timedelta(minutes=1)).isoformat(),
        "occurred_at__lt": (cancelled.occurred_at + timedelta(minutes=1)).isoformat(),
    }

    assert set(names(client, name__exact="orders:order")) == {
        "orders.placed.v1",
        "orders.cancelled.v1",
    }
    assert names(client, name__exact="orders.cancelled.v1", **around) == ["orders.cancelled.v1"]
    early = around | {"occurred_at__lt": around["occurred_at__gte"]}
    assert found(client, **early) == []


@pytest.mark.parametrize(
    "nonsense", [{"occurred_at__gte": "soon"}, {"name__exact": "x"}, {"actor": "a" * 200}]
)
def test_nonsense_finds_nothing_and_exports_nothing(client, nonsense):
    an_order()
    signed_in(client, "administrator")

    assert found(client, **nonsense) == []
    answer = do(client, "shared.loggedevent", "export", next=f"{LOG}?{urlencode(nonsense)}")
    assert "makes no sense" in said(answer)
    assert not LoggedEvent.objects.filter(name="reports.list_exported.v1").exists()


def test_the_pages_hold_every_event_once_in_the_order_of_time(client, monkeypatch):
    first = a_fact()
    # Ten in each instant, and recorded in another order than they happened in.
    LoggedEvent.objects.bulk_create(
        _copy(first, occurred_at=clock.now() - timedelta(hours=(number * 7) % 12))
        for number in range(120)
    )
    signed_in(client, "administrator")
    monkeypatch.setattr(pages_by_model()["shared.loggedevent"], "list_per_page", 25)

    pages, address = [], LOG
    while address:
        changelist = client.get(address).context["cl"]
        pages.append([event.pk for event in changelist.result_list])
        address = changelist.older and LOG + changelist.older
    way_back = client.get(LOG + changelist.newer).context["cl"]

    wanted = list(LoggedEvent.objects.order_by("-occurred_at", "-pk").values_list("pk", flat=True))
    assert [pk for page in pages for pk in page] == wanted
    assert [event.pk for event in way_back.result_list] == pages[-2]


def test_the_log_asks_the_database_a_fixed_number_of_times(client, django_assert_max_num_queries):
    a_world()
    for _number in range(3):
        cancel_order(order_id=an_order().pk, reason="Twice.", actor=staff_actor())
    signed_in(client, "administrator")
    client.get(LOG)

    with django_assert_max_num_queries(12) as asked:
        page = client.get(LOG)

    assert len(page.context["cl"].result_list) > 10
    of_the_log = [query["sql"] for query in asked if 'FROM "shared_loggedevent"' in query["sql"]]
    assert not [sql for sql in of_the_log if "COUNT(" in sql or "OFFSET" in sql]
    assert len(of_the_log) == 1


SEARCHES = {
    "the newest": {},
    "an actor with half of all": {"actor": "payments"},
    "an actor with few": {"actor": "7f39f8317fbdb1988ef4c628eba02591"},
    "a thing by any id": {"about": "00000000-0000-0000-0000-000000000000"},
    "a kind with half of all": {"name__exact": "orders.paid.v1"},
    "a kind with none": {"name__exact": "payouts.batch_approved.v1"},
    "a group of kinds": {"name__exact": "disputes:dispute"},
    "a time long ago": {"occurred_at__gte": "2026-01-03 10:00", "occurred_at__lt": "2026-01-03 12:00"},
    "a request": {"request_id__exact": "c4ca4238a0b923820dcc509a6f75849b"},
    "an actor long ago": {"actor": "payments", "occurred_at__lt": "2026-01-05"},
    "a kind long ago": {"name__exact": "orders.paid.v1", "occurred_at__lt": "2026-01-05"},
    "a kind by an actor": {"actor": "payments", "name__exact": "orders.paid.v1"},
}  # fmt: skip


@pytest.fixture
def a_big_log(db):
    """A connection that sees a log of many, and takes it back: only its owner may learn what is in it."""
    with superuser() as owner, owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL lock_timeout = '10s'")
        owner.execute(A_BIG_LOG, [MANY])
        owner.execute("ANALYZE shared_loggedevent")
        yield owner


def test_every_search_of_a_big_log_is_answered_by_an_index(a_big_log):
    plans = {title: _plan(a_big_log, search) for title, search in SEARCHES.items()}

    assert [title for title, plan in plans.items() if _reads_all(plan)] == []
    assert {title: read for title, plan in plans.items() if (read := _read(plan)) > 2_000} == {}


def test_without_its_index_a_search_would_read_the_whole_log(a_big_log):
    a_big_log.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")

    assert _read(_plan(a_big_log, SEARCHES["a request"])) >= MANY


def _reads_all(plan: list[dict]) -> bool:
    return "Seq Scan" in {node["Node Type"] for node in plan}


def _read(plan: list[dict]) -> int:
    """Rows of the log that were looked at."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in plan
        if node.get("Relation Name") == "shared_loggedevent"
    )


def _plan(owner, search) -> list[dict]:
    """The nodes of the plan of the list's page, as it ran."""
    request = RequestFactory().get(LOG, search)
    request.user = a_reader()
    changelist = pages_by_model()["shared.loggedevent"].get_changelist_instance(request)
    page = changelist.queryset[: changelist.list_per_page + 1]
    sql, values = page.query.sql_with_params()
    ((plan,),) = owner.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
    nodes, waiting = [], [plan["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += node.pop("Plans", [])
        nodes.append(node)
    return nodes


def a_reader():
    class Reader:
        is_active = is_staff = True

        def has_perm(self, permission):
            return True

    return Reader()


def test_the_export_is_the_audit_extract_of_the_same_days(client, tmp_path):
    cancel_order(order_id=an_order().pk, reason="=1+1", actor=staff_actor())
    reader = signed_in(client, "administrator")
    days = {"since": f"{clock.today()}", "until": f"{clock.today()}"}
    report = REPORTS["audit_extract"]
    export(report, report.parse({"event": "orders.cancelled.v1", **days}), "csv", tmp_path / "made")
    looked_at = f"{LOG}?name__exact=orders.cancelled.v1&occurred_at__gte={clock.today()}+00:00"

    answer = do(client, "shared.loggedevent", "export", next=looked_at)

    assert answer.streaming
    content = answer.getvalue()
    taken, ordered = content.decode("utf-8-sig"), (tmp_path / "made").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(taken.split("\n\n")[0])))
    assert [row["Event"] for row in rows] == ["orders.cancelled.v1"]
    assert taken.split("\n\n")[0] == ordered.split("\n\n")[0]
    assert _line(taken, "SHA-256 of the rows") == _line(ordered, "SHA-256 of the rows")
    trace = LoggedEvent.objects.get(name="reports.list_exported.v1")
    assert trace.actor_id == str(reader.pk)
    assert trace.payload["query"].startswith("name__exact=orders.cancelled.v1")


def test_who_may_read_the_log_but_take_nothing_away_exports_nothing(client):
    reader = signed_in(client, "operations_lead")
    group = reader.groups.get()
    group.permissions.remove(group.permissions.get(codename="export_lists"))

    assert do(client, "shared.loggedevent", "export", next=LOG).status_code == 403


def test_an_event_is_told_in_words_and_as_it_is_stored(client):
    order = a_paid_order()
    cancel_order(order_id=order.pk, reason="Twice.", actor=staff_actor())
    signed_in(client, "administrator")
    event = found(client, name__exact="orders.seller_order_cancelled.v1")[0]

    page = client.get(f"{LOG}{event.pk}/change/").content.decode()

    assert order.seller_orders.first().reference in page
    assert re.search(r"<td[^>]*>\s*To confirm\s*</td>", page)
    assert "Twice." in page
    assert "&quot;to_confirm&quot;" in page


def test_the_list_says_where_the_seals_stand(client):
    signed_in(client, "administrator")
    assert "Nothing is sealed yet." in client.get(LOG).content.decode()
    an_order()
    seal_due()
    assert "never verified" in client.get(LOG).content.decode()
    for name in NAMES:
        InvariantResult.objects.create(name=name, counted=1, differing=0, checked_at=clock.now())

    page = client.get(LOG).content.decode()

    assert "Sealed up to" in page
    assert "Chain intact" in page


def test_a_broken_chain_is_said_with_where_it_broke(client):
    an_order()
    seal_due()
    for name in NAMES:
        InvariantResult.objects.create(name=name, counted=1, differing=0, checked_at=clock.now())
    InvariantResult.objects.filter(name="ledger.seals_chain").update(
        differing=1, examples=["seal 1"]
    )
    signed_in(client, "administrator")

    page = client.get(LOG).content.decode()

    assert "Broken at" in page
    assert "seal 1" in page
    assert "Chain intact" not in page
    assert Seal.objects.get().digest in client.get("/console/system/").content.decode()


def _copy(event: LoggedEvent, **changes) -> LoggedEvent:
    columns = {
        field.attname: getattr(event, field.attname)
        for field in LoggedEvent._meta.concrete_fields
        if not field.primary_key
    }
    return LoggedEvent(**{**columns, **changes})


def _line(file: str, label: str) -> str:
    return next(line for line in file.splitlines() if line.startswith(label))
