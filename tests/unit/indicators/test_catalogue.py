"""The loader takes a sound catalogue and refuses every other one with file, line and remedy."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import Misdeclared, from_content, load_catalogue
from xinqiao.indicators.catalogue import SHIPPED

CONTRACTS = load_contracts()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped declarations to spoil."""
    return shutil.copytree(
        SHIPPED, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )


def _line(path: Path, start: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if line.startswith(start))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_shipped_catalogue_loads_in_order() -> None:
    """Codes in order, groups known, derived ones after what they read."""
    catalogue = load_catalogue(contracts=CONTRACTS)
    assert list(catalogue.indicators) == sorted(catalogue.indicators)
    assert {"I01", "I08", "E01", "E06", "T03", "T05", "R01", "R02", "V01"} <= set(catalogue.indicators)
    for code, reads in catalogue.reads.items():
        for read in reads & set(catalogue.derived_order):
            assert catalogue.derived_order.index(read) < catalogue.derived_order.index(code)
    assert catalogue.datasets_of("T05") == ("tax_arrears", "tax_payment")


def test_stored_content_gives_the_same_catalogue_back() -> None:
    """A replay years later loads what the database kept, where the order of names is lost."""
    catalogue = load_catalogue(contracts=CONTRACTS)
    stored = json.loads(json.dumps(catalogue.content, sort_keys=True))
    again = from_content(stored, contracts=CONTRACTS)
    assert again.fingerprint == catalogue.fingerprint
    assert {code: each.expression for code, each in again.indicators.items()} == {
        code: each.expression for code, each in catalogue.indicators.items()
    }


def test_the_fingerprint_follows_meaning_and_not_cases_or_layout(root: Path) -> None:
    """A comment or another worked example changes no grade; a formula does."""
    before = load_catalogue(root, contracts=CONTRACTS).fingerprint
    file = root / "G1" / "E01.yaml"
    file.write_text("# a remark\n" + file.read_text().replace("name: 六年三个月", "name: 六年又三个月"))
    assert load_catalogue(root, contracts=CONTRACTS).fingerprint == before
    _replace(file, "AS DOUBLE) / 12, 15", "AS DOUBLE) / 12, 20")
    assert load_catalogue(root, contracts=CONTRACTS).fingerprint != before


Spoil = Callable[[Path], None]
SPOILED: dict[str, tuple[str, str, str, str, str]] = {
    "unknown relation": ("G1/E01.yaml", ": registration", ": registry", "relation:", "未知的关系 registry"),
    "unknown column": ("G7/R02.yaml", "max(active) = 1", "max(activ) = 1", "expression:", "没有的列 activ"),
    "unknown indicator": ("G2/T03.yaml", "ln(1 + V03)", "ln(1 + V33)", "derived:", "没有的指标 V33"),
    "unknown absence": ("G7/R01.yaml", "zero_when_collected", "zero", "when_absent:", "不认识的取值 zero"),
    "unknown unit": ("G7/R01.yaml", "unit: points", "unit: score", "unit:", "不认识的取值 score"),
    "unknown entry": ("G7/R01.yaml", "owner:", "owners:", "owners:", "未知的声明项 owners"),
    "unknown placeholder": ("G1/E01.yaml", "{as_of}", "{as_off}", "expression:", "未知的占位符 {as_off}"),
    "unreadable expression": ("G7/R02.yaml", " 100 END", " 100", "expression:", "SQL 无法解析"),
    "unknown data set": ("relations/arrears.yaml", ": tax_arrears", ": arrear", "from:", "关系 arrear"),
    "unknown source": ("relations/arrears.yaml", ", arrears_fen", ", arrear_f", "sql:", "没有列 arrear_f"),
    "unknown likeness": ("relations/pawn_month.yaml", ": bank_loan_month", ": bank_month", "like:", "不认识的取值 bank_month"),
    "like over another shape": ("relations/pawn_month.yaml", ": pawn_loan", ": trademark", "like:", "trademark 没有列"),
    "unknown table": ("computed.yaml", "party_standing:", "party_place:", "party_place:", "不计算表 party_place"),
    "unknown column of a table": ("computed.yaml", "hops:", "hop:", "    hop:", "没有列 hop"),
    "table of other types": ("computed.yaml", "{type: INTEGER", "{type: DOUBLE", "    hops:", "取值 DOUBLE"),
    "table of an unknown data set": ("computed.yaml", "[financing_guarantee,", "[financing,", "  datasets: [fin", "数据集 financing"),
    "column no table has": ("relations/guarantee_circle.yaml", "subject, circle_size", "subject, is_hub", "sql:", "没有列 is_hub"),
    "relation named as a table": ("computed.yaml", "related_party:", "registration:", "registration:", "不计算表 registration"),
    "wrong code": ("G1/E01.yaml", "code: E01", "code: E02", "code:", "与文件名 E01 不同"),
    "wrong group": ("G1/E01.yaml", "group: G1", "group: G2", "group:", "与所在目录 G1 不同"),
    "repeated entry": ("G1/E01.yaml", "unit: years", "unit: years\nunit: ratio", "unit: ratio", "unit 重复"),
    "unknown measure": ("G2/T04.yaml", "vat_burden_median IS", "vat_median IS", "derived:", "行业统计 vat_median"),
    "unknown basis": ("sector_measures.yaml", "of: vat_burden,", "of: burden,", "  vat_burden_median:", "burden 没有声明"),
    "series as a number": ("sector_measures.yaml", "of: wage_base,", "of: vat_monthly,", "  wage_base_city:", "vat_monthly 不能"),
    "weight of a median": ("sector_measures.yaml", "median,", "median, weight: wage_base,", "    {of: vat_b", "mean 可以加权"),
    "unknown statistic": ("sector_measures.yaml", "statistic: iqr", "statistic: sd", "    {of: vat_burden, statistic: sd", "取值 sd"),
    "season without bounds": ("sector_measures.yaml", "lowest: 0.2, ", "", "  electricity_season:", "lowest 属于"),
    "fact in two forms": ("facts/tax.yaml", "  series:", "  expression: x\n  series:", "vat_monthly:", "应写明 expression"),
    "series of no column": ("facts/tax.yaml", "value: sales_thirds", "value: sales", "  series:", "取值 sales"),
    "case of an unknown measure": ("G2/T04.yaml", "vat_burden_spread: 0.01}", "vat_spread: 0.01}", "cases:", "行业统计 vat_spread"),
    "sections with a gap": ("sectors.yaml", "B: [6, 12]", "B: [7, 12]", "  B:", "不衔接"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_a_contradiction_is_refused_with_its_file_and_line(root: Path, name: str) -> None:
    """Every refusal can be mended without searching."""
    file, old, new, start, message = SPOILED[name]
    _replace(root / file, old, new)
    with pytest.raises(Misdeclared) as refused:
        load_catalogue(root, contracts=CONTRACTS)
    assert refused.value.where == f"{file}:{_line(root / file, start)}"
    assert message in refused.value.message
    assert refused.value.remedy


UNFIT = {
    "max(points": "括号不成对",
    "max(points),": "末尾多了逗号",
    "max(points) LIMIT 1": "需要且只能是一个表达式",
    "points": "列 points 没有汇总",
    "max(points) + points": "列 points 没有汇总",
    "max(sum(points))": "聚合函数之内不能再用聚合函数 SUM(points)",
    "max(random()) * 100": "不可用的函数 RANDOM()",
    "max(points) + year(now())": "不可用的函数 NOW()",
    "max(points) + year(current_date)": "不可用的函数 CURRENT_DATE",
    "max(points) + length(uuid())": "不可用的函数 UUID()",
    "(SELECT 1)": "子查询 (SELECT 1)",
    "CASE WHEN EXISTS(SELECT 1) THEN max(points) END": "子查询 EXISTS(SELECT 1)",
    "max(CASE WHEN points IN (SELECT 1) THEN 1 END)": "子查询",
    "read_csv('/etc/passwd')": "不可用的函数 READ_CSV('/etc/passwd')",
    "getenv('HOME')": "不可用的函数 GETENV('HOME')",
    "max(main.getenv('HOME'))": "不可用的写法",
    "sum(points) OVER ()": "窗口函数 SUM(points) OVER ()",
    "first(points)": "不可用的函数 FIRST(points)",
    "max(points) + $1": "不可用的写法 $1",
    "max(points) AS score": "不可用的写法",
    "max(rows.points)": "列名 rows.points 带有前缀",
    "max(*)": "表达式中有星号",
    "max(points) -- 最高": "表达式中有注释",
}


@pytest.mark.parametrize("sql", UNFIT)
def test_a_formula_that_says_more_than_it_may_is_refused_at_its_line(root: Path, sql: str) -> None:
    """A grade is computed again on replay: a formula reads its columns alone and gives one value."""
    file = root / "G9" / "A04.yaml"
    _replace(file, "expression: max(points)", f"expression: {json.dumps(sql, ensure_ascii=False)}")
    with pytest.raises(Misdeclared) as refused:
        load_catalogue(root, contracts=CONTRACTS)
    assert refused.value.where == f"G9/A04.yaml:{_line(file, 'expression:')}"
    assert UNFIT[sql] in refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("file", "old", "new", "start", "said"),
    [
        ("G2/T03.yaml", "ln(1 + V03)", "sum(V03)", "derived:", "不能再用聚合函数 SUM(V03)"),
        ("G2/T03.yaml", "ln(1 + V03)", "ln(random() + V03)", "derived:", "不可用的函数 RANDOM()"),
        ("facts/utilities.yaml", "expression: sum(is_late)", "expression: sum(is_late) OVER ()", "  expression:", "窗口"),
        ("relations/holding.yaml", "SELECT subject,", "SELECT now() AS t, subject,", "sql:", "不可用的函数 NOW()"),
        ("relations/holding.yaml", "FROM {source}", "FROM {source}, read_csv('/etc/passwd')", "sql:", "关系"),
        ("relations/holding.yaml", "{source}", "(SELECT * FROM {source} UNION SELECT * FROM t)", "sql:", "写法"),
        ("relations/holding.yaml", "{source}", "(SELECT * FROM t WHERE EXISTS (FROM {source}))", "sql:", "关系"),
        ("population.yaml", "expression: max(", "expression: first(", "  expression:", "不可用的函数 FIRST"),
    ],
)  # fmt: skip
def test_so_is_a_derived_formula_a_fact_a_relation_or_a_place(
    root: Path, file: str, old: str, new: str, start: str, said: str
) -> None:
    """Whatever is SQL in the catalogue is judged alike."""
    _replace(root / file, old, new)
    with pytest.raises(Misdeclared) as refused:
        load_catalogue(root, contracts=CONTRACTS)
    assert refused.value.where == f"{file}:{_line(root / file, start)}"
    assert said in refused.value.message


@pytest.mark.parametrize(
    "sql",
    ["count(*) FILTER (WHERE points > 1)", "CAST(sum(points) AS DOUBLE) / nullif(count(DISTINCT points), 0)",
     "max(CASE WHEN points BETWEEN 1 AND 9 OR points IN (10, 20) THEN points // 2 END)", "median(points)"],
)  # fmt: skip
def test_a_formula_of_the_usual_functions_is_taken(root: Path, sql: str) -> None:
    """The list is closed, not narrow."""
    _replace(root / "G9" / "A04.yaml", "expression: max(points)", f"expression: {json.dumps(sql)}")
    assert load_catalogue(root, contracts=CONTRACTS).indicators["A04"].expression == sql


def test_a_formula_kept_with_a_grade_is_not_judged_again(root: Path) -> None:
    """A grade is computed again as it was, also after the list of functions has changed."""
    content = json.loads(json.dumps(load_catalogue(root, contracts=CONTRACTS).content))
    content["G9/A04.yaml"]["expression"] = "arg_max(points, points)"
    assert (
        from_content(content, contracts=CONTRACTS).indicators["A04"].expression == "arg_max(points, points)"
    )


def test_a_code_declared_twice_is_refused_naming_the_other_place(root: Path) -> None:
    """Two files of one code in different groups."""
    (root / "G2" / "E01.yaml").write_text(
        (root / "G1" / "E01.yaml").read_text().replace("group: G1", "group: G2")
    )
    with pytest.raises(Misdeclared, match=r"G2/E01\.yaml:1.*重复，已见于 G1/E01\.yaml:1"):
        load_catalogue(root, contracts=CONTRACTS)


def test_indicators_that_derive_from_each_other_are_refused(root: Path) -> None:
    """A circle has no beginning to compute from."""
    _replace(root / "G2" / "T03.yaml", "derived: ln(1 + V03)", "derived: ln(1 + T05)")
    _replace(root / "G2" / "T05.yaml", "CASE WHEN V02 = 0", "CASE WHEN T03 = 0")
    with pytest.raises(Misdeclared, match=r"指标互相引用：T0\d → T0\d → T0\d"):
        load_catalogue(root, contracts=CONTRACTS)


def test_facts_that_derive_from_each_other_are_refused(root: Path) -> None:
    """Facts are derived in the same order as indicators, so they can make the same circle."""
    _replace(
        root / "facts" / "utilities.yaml",
        "list_transform(range(13, 25), lambda i: electricity_monthly[i] / electricity_season[i])",
        "list_transform(electricity_even, lambda v: v)",
    )
    with pytest.raises(Misdeclared, match="指标互相引用：electricity_even → electricity_even"):
        load_catalogue(root, contracts=CONTRACTS)


def test_a_measure_of_what_stands_on_measures_is_refused(root: Path) -> None:
    """All measures are taken at once, from what is known without them."""
    _replace(root / "sector_measures.yaml", "of: vat_burden, statistic: median", "of: T04, statistic: median")
    with pytest.raises(Misdeclared, match=r"指标互相引用|本身要用到行业统计"):
        load_catalogue(root, contracts=CONTRACTS)
    _replace(root / "sector_measures.yaml", "of: T04, statistic: median", "of: L07, statistic: median")
    with pytest.raises(Misdeclared, match=r"sector_measures\.yaml:\d+：行业统计 vat_burden_median 的依据"):
        load_catalogue(root, contracts=CONTRACTS)


def test_a_field_above_the_declared_classification_is_refused(root: Path) -> None:
    """Invoices are level 4, which an indicator has to declare."""
    _replace(root / "G3" / "I05.yaml", "classification: 4\n", "")
    with pytest.raises(Misdeclared, match=r"I05\.yaml:\d+：关系 sales_document 读取了第 4 级字段") as refused:
        load_catalogue(root, contracts=CONTRACTS)
    assert refused.value.where == f"G3/I05.yaml:{_line(root / 'G3' / 'I05.yaml', 'relation:')}"
    assert "classification: 4" in refused.value.remedy


def test_a_derived_indicator_answers_for_what_it_is_made_of(root: Path) -> None:
    """The level is that of the records below, through however many facts."""
    _replace(root / "G5" / "U07.yaml", "classification: 4\n", "")
    with pytest.raises(
        Misdeclared, match=r"U07\.yaml:\d+：关系 sales_document 读取了第 4 级字段 sales_invoice"
    ):
        load_catalogue(root, contracts=CONTRACTS)


def test_stored_content_is_not_asked_again_what_it_may_read(root: Path) -> None:
    """A grade is computed again as it was, also after the levels have changed."""
    content = json.loads(json.dumps(load_catalogue(root, contracts=CONTRACTS).content))
    del content["G3/I05.yaml"]["classification"]
    assert from_content(content, contracts=CONTRACTS).indicators["I05"].classification == 3


def test_a_computed_column_above_the_declared_classification_is_refused(root: Path) -> None:
    """A guarantee circle is made of guarantee contracts, and as confidential as they are."""
    _replace(root / "X" / "X19.yaml", "classification: 4\n", "")
    with pytest.raises(Misdeclared) as refused:
        load_catalogue(root, contracts=CONTRACTS)
    assert refused.value.where == f"X/X19.yaml:{_line(root / 'X' / 'X19.yaml', 'relation:')}"
    assert "第 4 级字段 party_standing.circle_size" in refused.value.message


def test_an_indicator_stands_on_the_data_sets_its_computed_table_is_made_of(root: Path) -> None:
    """Whoever asks where a value comes from is told of records; of itself the firm's records are not read."""
    catalogue = load_catalogue(root, contracts=CONTRACTS)
    assert catalogue.datasets_of("X01") == (
        "bankruptcy",
        "dishonest_debtor",
        "enforcement_case",
        "shareholder",
    )
    assert catalogue.own_datasets_of("X01") == ()
    assert catalogue.computed_of("X01") == ("related_party",)
    assert catalogue.computed_of("T05") == ()
    assert {"shareholder", "financing_guarantee"} <= set(catalogue.datasets)


def test_nobodys_industry_stands_on_a_computed_table(root: Path) -> None:
    """Who is evaluated alone may have none."""
    file = root / "population.yaml"
    file.write_text(file.read_text().replace("relation: registration", "relation: guarantee_circle"))
    with pytest.raises(Misdeclared, match="取值 guarantee_circle"):
        load_catalogue(root, contracts=CONTRACTS)


def test_content_from_before_facts_and_measures_still_loads(root: Path) -> None:
    """Catalogues stored by the first version had neither, nor a region."""
    content = json.loads(json.dumps(load_catalogue(root, contracts=CONTRACTS).content))
    kept = {"G0/V01.yaml", "G0/V03.yaml", "G2/T03.yaml"}
    old = {
        name: value
        for name, value in content.items()
        if name in kept
        or "/" not in name
        or name in {"relations/registration.yaml", "relations/tax_paid.yaml"}
    }
    del old["sector_measures.yaml"], old["computed.yaml"], old["population.yaml"]["region"]
    again = from_content(old, contracts=CONTRACTS)
    assert list(again.indicators) == ["T03", "V01", "V03"]
    assert not again.facts
    assert not again.measures.named
    assert not again.computed


def test_relations_that_read_each_other_are_refused(root: Path) -> None:
    """The same among relations."""
    _replace(root / "relations" / "arrears.yaml", "from: tax_arrears", "from: tax_paid")
    _replace(root / "relations" / "tax_paid.yaml", "from: tax_payment", "from: arrears")
    with pytest.raises(Misdeclared, match="关系互相引用"):
        load_catalogue(root, contracts=CONTRACTS)


def test_a_relation_can_read_another_one(root: Path) -> None:
    """What several relations share is declared once."""
    (root / "relations" / "large_arrears.yaml").write_text(
        "name: large_arrears\nfrom: arrears\ngrain: []\nmeaning: 较大的欠税\ncolumns: {arrears_fen: 余额}\n"
        "sql: SELECT subject, arrears_fen FROM {source} WHERE arrears_fen > 100000\n"
    )
    assert load_catalogue(root, contracts=CONTRACTS).dataset_of("large_arrears") == "tax_arrears"


def test_a_relation_can_be_like_one_over_another_data_set(root: Path) -> None:
    catalogue = load_catalogue(root, contracts=CONTRACTS)
    loans, pawns = catalogue.relations["bank_loan_month"], catalogue.relations["pawn_month"]

    assert (pawns.source, pawns.sql, pawns.columns) == ("pawn_loan", loans.sql, loans.columns)


def test_likeness_does_not_go_round(root: Path) -> None:
    """What is like another must say itself what it is."""
    _replace(root / "relations" / "pawn_month.yaml", "like: bank_loan_month", "like: microloan_month")

    with pytest.raises(Misdeclared, match="不认识的取值 microloan_month") as refused:
        load_catalogue(root, contracts=CONTRACTS)

    assert (
        refused.value.where
        == f"relations/pawn_month.yaml:{_line(root / 'relations/pawn_month.yaml', 'like:')}"
    )


def test_broken_yaml_and_empty_files_are_refused(root: Path) -> None:
    """Before anything else is looked at."""
    (root / "G1" / "E01.yaml").write_text("code: [E01\nlabel: x")
    with pytest.raises(Misdeclared, match=r"G1/E01\.yaml:2：不是有效的 YAML"):
        load_catalogue(root, contracts=CONTRACTS)
    (root / "G1" / "E01.yaml").write_text("# nothing\n")
    with pytest.raises(Misdeclared, match="文件为空"):
        load_catalogue(root, contracts=CONTRACTS)


def test_a_missing_table_of_the_catalogue_is_refused(root: Path) -> None:
    """Groups, population, sectors and calendar belong to every catalogue."""
    (root / "calendar.yaml").unlink()
    with pytest.raises(Misdeclared, match=r"calendar\.yaml：缺少该声明文件"):
        load_catalogue(root, contracts=CONTRACTS)
