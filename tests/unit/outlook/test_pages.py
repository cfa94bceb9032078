"""The outlook as people see it: ranked, drawn, and silent about who must not be told."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from xinqiao.outlook import Outlook, load_rules
from xinqiao.outlook.model import Sums, publish, quarter_number
from xinqiao.outlook.queries import SectorLine
from xinqiao.portal.app import create_portal
from xinqiao.portal.outlook_view import OutlookView
from xinqiao.products import HitPage, Order, Report

Q1 = quarter_number(date(2025, 1, 1))
SUPPRESSED = "按发布规则不予公布"


class NoDesk:
    """A desk that is asked nothing here."""

    def city(self) -> None:
        return None

    def search(self, *, text: str, limit: int, after: int | None, order: Order) -> HitPage:
        raise NotImplementedError

    def report(self, *, unified_code: str, evaluation_id: int | None) -> Report:
        raise NotImplementedError


def sums(sector: str, firms: int, growth: float, quarter: int) -> Sums:
    before = firms * 1000
    now = round(before * (1 + growth))
    return Sums(sector, quarter, firms, now, before, now // max(firms, 4), before // max(firms, 4))


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    """Six divisions over six quarters; the last of them too small."""
    names = {
        "C13": "农副食品加工业",
        "C14": "食品制造业",
        "C17": "纺织业",
        "C18": "纺织服装、服饰业",
        "F51": "批发业",
        "K70": "房地产业",
    }
    given = [
        sums(sector, 4 if sector == "K70" else 20 + place, (place - 2) / 10 + step / 100, Q1 + step)
        for place, sector in enumerate(names)
        for step in range(6)
    ]  # fmt: skip
    lines: dict[str, list] = {}  # type: ignore[type-arg]
    for row in publish(given, load_rules().value):
        lines.setdefault(row.sector, []).append(row)
    sectors = tuple(SectorLine(code, names[code], tuple(rows)) for code, rows in lines.items())
    return Outlook(date(2026, 7, 31), date(2026, 4, 1), sectors)


@pytest.fixture
def client(outlook: Outlook) -> TestClient:
    return TestClient(create_portal(NoDesk(), outlook=lambda: outlook), base_url="http://127.0.0.1")


def test_the_ranking_shows_the_strongest_first_and_withheld_sectors_last_without_figures(
    client: TestClient,
) -> None:
    page = client.get("/outlook").text

    places = [page.index(f'href="/outlook/{code}"') for code in ("F51", "C18", "C17", "C14", "C13", "K70")]
    assert places == sorted(places)
    row = page[places[-1] : page.index("</tr>", places[-1])]
    assert SUPPRESSED in row
    assert "number" not in row
    # Which of the rules withholds a sector is not told, so no reason is given beside it.
    assert "指可比企业不足10户、单户占比超过50%，或公布后可推算出此类数据的行业" in page
    assert "2026年第2季度" in page
    assert page.count('<svg class="spark"') == 5


def test_it_can_be_read_in_english(client: TestClient) -> None:
    page = client.get("/outlook", headers={"accept-language": "en"}, params={"lang": "en"}).text

    assert "Withheld by the rules of publication" in page
    assert "fewer than 10 comparable firms" in page
    assert "Q2 2026" in page


def test_one_sector_shows_its_quarters_as_chart_data_and_as_a_table(client: TestClient) -> None:
    page = client.get("/outlook/f51").text

    assert "批发业" in page
    assert '"kind": "outlook"' in page
    assert page.count('<th scope="row">') == 6
    assert "outlook.js" in page


def test_a_withheld_sector_tells_its_quarters_and_nothing_else(client: TestClient) -> None:
    page = client.get("/outlook/K70").text

    assert page.count(SUPPRESSED) >= 6
    assert '"growth": [null, null, null, null, null, null]' in page


def test_a_sector_that_is_not_there_is_told_so(client: TestClient) -> None:
    answer = client.get("/outlook/Z99")

    assert answer.status_code == 404
    assert "没有行业 Z99 的景气数据" in answer.text


def test_before_the_first_evaluation_there_is_nothing_to_show() -> None:
    client = TestClient(create_portal(NoDesk()), base_url="http://127.0.0.1")

    assert "还没有可以与上年同期比较的季度" in client.get("/outlook").text
    assert client.get("/outlook/F51").status_code == 404


def test_the_small_line_breaks_where_the_index_is_withheld(outlook: Outlook) -> None:
    line = outlook.sector("F51")
    broken = SectorLine(
        "F51", "批发业", (*line.quarters[:3], *outlook.sector("K70").quarters[3:4], *line.quarters[4:])
    )
    view = OutlookView(outlook, "zh")

    assert len(view.spark(line)) == 1
    assert len(view.spark(broken)) == 2
    assert view.spark(outlook.sector("K70")) == ()
