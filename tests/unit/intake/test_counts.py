"""No row is dropped silently: whatever is delivered, every row is counted exactly once and can be found."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinqiao.catalogue.views import current
from xinqiao.intake.model import Delivery, RefusedRow
from xinqiao.kernel.clock import end_of_day
from xinqiao.kernel.unified_code import build
from xinqiao.workspace import Workspace

Deliver = Callable[..., Delivery]
Records = Callable[..., list[dict[str, Any]]]
Refused = Callable[[int], list[RefusedRow]]

HEADING = "taxpayer_code,invoice_number,issued_on,amount_fen,status"
CODES = [build(region="449901", organisation8=f"MA5{number:05d}").text for number in (1, 2)]


def field(*choices: str) -> st.SearchStrategy[str]:
    return st.sampled_from(choices)


good = st.tuples(
    field(*CODES),
    field("1", "2", "3"),
    field("2026-03-01", "2026/3/2", "2026年3月3日"),
    field("100", "200"),
    field("valid", "void", "有效"),
)
bad = st.tuples(
    field(*CODES, "", "X"),
    field("1", ""),
    field("2026-03-01", "2099-01-01", "?"),
    field("100", "多"),
    field("valid", "?"),
)
lines = st.one_of(good, good, bad).map(",".join) | field('9,"9', "太短", ",,,,,x,,,", ",,,,,,,,", "")
files = st.lists(lines, min_size=1, max_size=25)


@settings(
    max_examples=10,
    # One city takes all deliveries of the test, one after the other: the law holds whatever it knows already.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(files, min_size=1, max_size=2))
def test_every_row_is_counted_once(
    deliver: Deliver, records: Records, refused: Refused, workspace: Workspace, contents: list[list[str]]
) -> None:
    texts = ["\n".join([HEADING, f"{CODES[0]},7,2026-03-01,1,valid", *lines, ""]) for lines in contents]
    rows = sum(1 + sum(line != "" for line in lines) for lines in contents)
    before = len(records("sales_invoice"))

    delivery = deliver("sales_invoice", *texts)

    assert delivery.accepted + delivery.corrected + delivery.duplicate + delivery.quarantined == rows
    assert len(refused(delivery.delivery_id)) == delivery.quarantined
    after = len(records("sales_invoice"))
    assert after - before == (0 if delivery.repeated else delivery.accepted + delivery.corrected)
    _require_one_version_of_each_key(workspace)


def _require_one_version_of_each_key(workspace: Workspace) -> None:
    contract, day = workspace.contracts["sales_invoice"], workspace.clock().date()
    key = ", ".join(["subject", *contract.key])
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        version = workspace.lake.versions(tx)["records/sales_invoice"]
        workspace.lake.register(session, table="records/sales_invoice", version=version, name="every")
        held = current(contract, "every", as_of=day, known_until=end_of_day(day))
        assert session.rows(f"SELECT {key} FROM ({held}) GROUP BY ALL HAVING count(*) > 1") == []
        keys = session.scalar(f"SELECT count(DISTINCT ({key})) FROM every")
        assert session.scalar(f"SELECT count(*) FROM ({held})") == keys
