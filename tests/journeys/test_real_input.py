"""Real input on the command line: a bank's firms and their invoices, public registers, Beijing's lists."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from xinqiao import main
from xinqiao.store import open_store
from xinqiao.workspace import reports

ROOT = Path(__file__).parents[2]
MAPPINGS = ROOT / "mappings"

# As docs/real-data.md tells it: known the day after the last invoice, and no month begun counts as a full one.
KNOWN_AT = "2020-02-22"
AS_OF = "2020-02-28"
# Only invoices are known of the bank's firms, too little for the core model: nobody names this one.
MODEL = "invoice"
BANK = "cumcm-2020c"
DELIVERIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "code_crosswalk": (f"{BANK}/code_crosswalk.yaml", (f"{BANK}/enterprises.csv",)),
    "business_registration": (
        "registry/business_registration.yaml",
        ("registry/shenzhen-weihai.parquet", "registry/beijing.parquet"),
    ),
    "sales_invoice": (
        f"{BANK}/sales_invoice.yaml",
        (f"{BANK}/rated-output-invoices.parquet", f"{BANK}/unrated-output-invoices.parquet"),
    ),
    "purchase_invoice": (
        f"{BANK}/purchase_invoice.yaml",
        (f"{BANK}/rated-input-invoices.parquet", f"{BANK}/unrated-input-invoices.parquet"),
    ),
}
REFUSED_FOR = {
    "code_crosswalk": set(),
    "business_registration": {
        "conflict",
        "invalid_code:unified_code",
        "missing:unified_code",
        "unparseable:registered_capital_fen",
    },
    "sales_invoice": {"conflict", "rule:tax_has_sign_of_amount"},
    "purchase_invoice": {"conflict", "rule:tax_has_sign_of_amount"},
}

BEIJING = "beijing-open-data"
BEIJING_KNOWN_AT = "2025-12-31"
ANNOUNCED_ON = "2021-03-31"
# File, dataset, mapping, and the least share of rows that lead to an enterprise.
LISTS = [
    ("税收行政处罚信息", "administrative_penalty", "administrative_penalty-tax", 0.85),
    (
        "市文化执法总队-版权领域行政处罚信息",
        "administrative_penalty",
        "administrative_penalty-copyright",
        0.77,
    ),
    (
        "市文化执法总队-违反中华人民共和国未成年人保护法处罚数据",
        "administrative_penalty",
        "administrative_penalty-minors",
        1.0,
    ),
    (
        "公用事业管理方面行政处罚信息（法人或其他组织）",
        "administrative_penalty",
        "administrative_penalty-utilities",
        0.96,
    ),
    (
        "平谷区生态环境局行政处罚信息",
        "administrative_penalty",
        "administrative_penalty-pinggu-environment",
        0.93,
    ),
    ("科技型中小企业", "technology_title", "technology_title-technology-sme", 1.0),
    ("安全生产许可证信息", "administrative_permit", "administrative_permit-work-safety", 0.99),
    (
        "东城区专精特新中小企业名单汇总信息",
        "technology_title",
        "technology_title-dongcheng-specialised",
        0.51,
    ),
    (
        "北京市政府质量管理奖获奖企业和组织的奖励信息(已无此信息)",
        "honour",
        "honour-government-quality-award",
        1.0,
    ),
    # Most of this list are persons.
    (
        "怀柔区2025园林绿化局行政处罚结果公示",
        "administrative_penalty",
        "administrative_penalty-huairou-forestry",
        0.25,
    ),
    ("房管局行政处罚", "administrative_penalty", "administrative_penalty-chaoyang-housing", 1.0),
    ("内资企业设立登记公告数据 (1)", "business_registration", "business_registration-new", 1.0),
]
# Lists that lack what a contract needs: file, dataset, columns nobody needs, and what is missing.
UNFIT = [
    ("经营异常企业信息", "abnormal_operation", [], ["party_code", "listed_on"]),
    ("密云区住建委行政处罚信息", "administrative_penalty", ["序号", "处理处罚结果详情"], ["party_code"]),
    (
        "法人行政处罚信息",
        "administrative_penalty",
        [
            "法定代表人",
            "法定代表人证件类型",
            "法定代表人证件号码",
            "违法事实",
            "处罚依据",
            "处罚内容",
            "备注",
        ],
        ["party_code"],
    ),
    (
        "市生态环境局-环境违法和受行政处罚信息",
        "administrative_penalty",
        [
            "项目ID",
            "营业执照注册号",
            "违法事实认定依据（处罚类别）",
            "处罚依据",
            "处罚决定（处罚事由）",
            "立案日期",
        ],
        ["decision_number", "decided_on"],
    ),
]


@dataclass(frozen=True, slots=True)
class Place:
    """A home folder and the database that goes with it."""

    home: Path
    database: str

    @contextmanager
    def entered(self) -> Iterator[pytest.MonkeyPatch]:
        """The environment in which the product uses this place."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XINQIAO_HOME", str(self.home))
            patch.setenv("XINQIAO_DATABASE_URL", self.database)
            yield patch

    def run(self, *arguments: object, status: int = 0) -> str:
        """What one command writes to standard output or, where it is refused, beside it."""
        out, aside = io.StringIO(), io.StringIO()
        with self.entered() as patch, redirect_stdout(out), redirect_stderr(aside):
            patch.setattr(sys, "argv", ["xinqiao", *map(str, arguments)])
            with pytest.raises(SystemExit) as left:
                main.run()
        assert left.value.code == status, aside.getvalue()
        return aside.getvalue() if status else out.getvalue()

    def read(self, *arguments: object) -> Any:
        """What one command answers with `--json`."""
        return json.loads(self.run(*arguments, "--json"))

    def refusal(self, *arguments: object) -> str:
        """Why one command is refused."""
        told = json.loads(self.run(*arguments, "--json", status=2))["error"]
        return str(told["message"])


@contextmanager
def fresh(folder: Path) -> Iterator[Place]:
    server = open_store(home=folder / "server", database_url=None)
    place = Place(folder / "home", server.url)
    place.run("migrate")
    yield place
    server.close()


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank's trial as docs/real-data.md walks it."""

    place: Place
    data: Path
    taken: Mapping[str, Any]
    evaluated: Mapping[str, Any]

    @property
    def codes(self) -> list[str]:
        """Unified codes of the bank's firms."""
        return [row["统一社会信用代码"] for row in rows_of(self.data / BANK / "enterprises.csv")]

    def deliver(self, dataset: str) -> Any:
        mapping, files = DELIVERIES[dataset]
        paths = [self.data / file for file in files]
        return self.place.read(
            "deliver", dataset, *paths, "--mapping", MAPPINGS / mapping, "--known-at", KNOWN_AT
        )


@pytest.fixture(scope="module")
def bank(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    with fresh(tmp_path_factory.mktemp("bank")) as place:
        taken: dict[str, Any] = {}
        bank = Bank(place, shared_data, taken, {})
        for dataset in DELIVERIES:
            taken[dataset] = bank.deliver(dataset)
        yield Bank(place, shared_data, taken, place.read("evaluate", "--as-of", AS_OF))


@pytest.fixture(scope="module")
def beijing(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A home that knows Beijing's registered enterprises."""
    with fresh(tmp_path_factory.mktemp("beijing")) as place:
        mapping = MAPPINGS / "registry/business_registration.yaml"
        registry = shared_data / "registry" / "beijing.parquet"
        place.run(
            "deliver",
            "business_registration",
            registry,
            "--mapping",
            mapping,
            "--known-at",
            BEIJING_KNOWN_AT,
        )
        yield place


def text_of(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(path))))


def number_of_rows(path: Path) -> int:
    if path.suffix == ".csv":
        return len(rows_of(path))
    counted = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    assert counted is not None
    return int(counted[0])


def accounted_for(taken: Mapping[str, Any]) -> int:
    return int(sum(taken[outcome] for outcome in ("accepted", "corrected", "duplicate", "quarantined")))


@pytest.mark.parametrize("dataset", DELIVERIES)
def test_every_row_of_the_files_is_accounted_for(bank: Bank, dataset: str) -> None:
    taken = bank.taken[dataset]
    delivered = sum(number_of_rows(bank.data / file) for file in DELIVERIES[dataset][1])

    assert accounted_for(taken) == delivered
    assert taken["unresolved"] == 0
    assert taken["quarantined"] <= delivered / 5000
    assert {reason for reason in taken["reasons"] if not reason.startswith("warning:")} <= REFUSED_FOR[
        dataset
    ]


def test_every_firm_of_the_bank_has_a_grade_and_its_reasons(bank: Bank) -> None:
    with (
        bank.place.entered(),
        main.open_workspace() as workspace,
        workspace.begun() as (tx, session),
    ):
        made = [reports.report(workspace, tx, session, unified_code=code) for code in bank.codes]

    assert len(made) == 425
    assert {each.rating.grade for each in made} <= set("ABCD")
    assert all(each.rating.reasons for each in made)
    assert {each.rating.as_of.isoformat() for each in made} == {AS_OF}
    assert {each.rating.model.partition("@")[0] for each in made} == {MODEL}


def test_every_firm_is_told_what_would_raise_its_grade_or_what_stands_in_the_way(bank: Bank) -> None:
    reports = [json.loads(bank.place.run("report", code)) for code in bank.codes[::40]]

    assert len(reports) == 11
    for report in reports:
        raising = report["rating"]["raising"]
        assert (raising["way"] is None) == (raising["obstacle"] is not None)
        assert {"市场监督管理局", "税务局"} <= {each["owner"] for each in raising["lacking"]}
        unknown = sum(each["weight"] for each in raising["lacking"]) / 100
        assert unknown + report["rating"]["coverage"] == pytest.approx(1)


def test_a_report_can_be_read_by_a_machine(bank: Bank) -> None:
    code = bank.codes[8]

    report = json.loads(bank.place.run("report", code))

    assert report["identity"]["unified_code"] == code
    assert report["rating"]["grade"] in "ABCD"
    assert report["rating"]["reasons"][0]["zh"]


def test_the_score_tells_those_who_paid_back_from_those_who_did_not(bank: Bank, tmp_path: Path) -> None:
    grades = tmp_path / "grades.csv"
    bank.place.run("rating", "export", "--output", grades)
    known = [bank.data / BANK / name for name in ("labels.csv", "enterprises.csv")]
    tool = ROOT / "tools" / "validate_grades.py"

    told = subprocess.run(
        [sys.executable, tool, grades, *known, "--json"], check=True, capture_output=True, text=True
    )
    found = json.loads(told.stdout)

    assert found["firms"] == found["scored"] == len(rows_of(known[0]))
    assert found["auc"] >= 0.85
    assert found["interval"][0] < found["auc"] < found["interval"][1]
    rates = [found["default_rates"][grade]["rate"] for grade in "BCD"]
    assert rates == sorted(rates), "the worse the grade, the more default"


@pytest.mark.parametrize("firm", [0, 35, 99, 122, 424])
def test_a_grade_is_computed_again_to_the_last_digit(bank: Bank, firm: int) -> None:
    number = bank.evaluated["evaluation_id"]
    again = bank.place.read("rating", "replay", bank.codes[firm], "--evaluation", number)

    assert again["identical"] is True
    assert again["replayed"] == again["published"]


def test_delivering_the_same_files_again_changes_nothing(bank: Bank) -> None:
    before = bank.place.run("lake", "versions")

    for dataset, first in bank.taken.items():
        second = bank.deliver(dataset)
        # What is counted while rows are taken is not counted again.
        assert second == {**first, "repeated": True, "known_later": None, "withheld": None}

    assert bank.place.run("lake", "versions") == before


@pytest.mark.parametrize(("name", "dataset", "mapping", "least"), LISTS, ids=[each[0] for each in LISTS])
def test_a_list_of_beijing_is_taken_whole(
    beijing: Place, shared_data: Path, name: str, dataset: str, mapping: str, least: float
) -> None:
    path = shared_data / BEIJING / f"{name}.csv"
    said = MAPPINGS / BEIJING / f"{mapping}.yaml"

    taken = beijing.read("deliver", dataset, path, "--mapping", said, "--known-at", BEIJING_KNOWN_AT)

    assert accounted_for(taken) == number_of_rows(path)
    assert taken["accepted"] + taken["corrected"] + taken["duplicate"] >= least * number_of_rows(path)
    assert sum(taken["reasons"].values()) >= taken["quarantined"], "every refused row has its reasons"


def test_arrears_wait_for_the_day_of_their_announcement(
    beijing: Place, shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / BEIJING / "企业欠税公告信息.csv"
    undated = MAPPINGS / BEIJING / "tax_arrears.yaml"
    dated = tmp_path / "dated.yaml"
    said = undated.read_text(encoding="utf-8")
    dated.write_text(f"{said}constants: {{announced_on: {ANNOUNCED_ON}}}\n", encoding="utf-8")

    why = beijing.refusal("deliver", "tax_arrears", path, "--mapping", undated)
    taken = beijing.read("deliver", "tax_arrears", path, "--mapping", dated, "--known-at", BEIJING_KNOWN_AT)

    assert "announced_on" in why
    assert accounted_for(taken) == number_of_rows(path)
    # An old taxpayer's number that may as well be an old registration number is not guessed at.
    assert taken["unresolved"] <= number_of_rows(path) / 10


@pytest.mark.parametrize(("name", "dataset", "ignored", "missing"), UNFIT, ids=[each[0] for each in UNFIT])
def test_a_list_that_does_not_name_its_enterprises_is_refused_aloud(
    beijing: Place,
    shared_data: Path,
    tmp_path: Path,
    name: str,
    dataset: str,
    ignored: list[str],
    missing: list[str],
) -> None:
    path = shared_data / BEIJING / f"{name}.csv"
    mapping = tmp_path / "willing.yaml"
    mapping.write_text(json.dumps({"dataset": dataset, "ignore": ignored}), encoding="utf-8")
    before = beijing.run("lake", "versions")

    why = beijing.refusal("deliver", dataset, path, "--mapping", mapping)

    assert all(field in why for field in missing), why
    assert beijing.run("lake", "versions") == before
