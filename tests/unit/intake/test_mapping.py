"""A mapping says what every column is, or the delivery is refused with what nobody has decided about."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.intake.binding import UnmatchedColumns, bind
from xinqiao.intake.judging import require_constants
from xinqiao.intake.mapping import Mapping
from xinqiao.intake.mapping_files import InvalidMapping, load_mapping, mapping_from
from xinqiao.intake.model import Delivery

INVOICE = load_contracts()["sales_invoice"]
REGISTRATION = load_contracts()["business_registration"]

Load = Callable[..., Mapping]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loading(text: str | bytes) -> Mapping:
        path = tmp_path / "mapping.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_mapping(path, INVOICE)

    return loading


WHOLE = """
dataset: sales_invoice
source: 某市税务局
read: {encoding: gb18030, header_row: 2, delimiter: "\\t", sheet: 明细}
columns:
  taxpayer_code: 销方识别号
  invoice_number: 发票号码
  issued_on: 开票日期
  amount_fen: {from: 不含税金额, unit: 万元}
  status: {from: 发票状态, values: {01: valid, 02: void, 是: valid}}
constants:
  source_system: 01
ignore: [序号, 备注]
"""


def test_a_whole_mapping_is_read(load: Load) -> None:
    mapping = load(WHOLE)

    assert mapping.source == "某市税务局"
    assert (mapping.read.encoding, mapping.read.header_row) == ("gb18030", 2)
    assert (mapping.read.delimiter, mapping.read.sheet) == ("\t", "明细")
    (amount,) = (each for each in mapping.columns if each.field == "amount_fen")
    assert (amount.headings, amount.unit) == (("不含税金额",), "万元")
    assert mapping.ignore == ("序号", "备注")


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("罚没金额（万元）", "万元"), ("罚没金额(万元)", "万元"), ("金额 [ 百万元 ]", "百万元"), ("金额（人民币亿元）", "亿元"),
     ("金额（单位：千元）", "千元"), ("税额(分)", "分"), ("不含税金额万元", "万元"), ("金额（元）", "元"), ("金额元", "元"),
     ("得分", "元"), ("金额", "元"), ("金额（不含税）", "元"), ("金额（大写）", "元"),
     ("万元以上罚款金额（元）", "元"), ("金额（元）合计", "元")],
)  # fmt: skip
def test_a_mapped_heading_says_its_unit_unless_the_mapping_does(load: Load, heading: str, unit: str) -> None:
    bare = load(f"dataset: sales_invoice\ncolumns: {{amount_fen: '{heading}'}}\n")
    said = load(f"dataset: sales_invoice\ncolumns: {{amount_fen: {{from: '{heading}', unit: 千元}}}}\n")

    assert bare.columns[0].unit == unit
    assert said.columns[0].unit == "千元"


@pytest.mark.parametrize(
    "heading",
    ["金额（含税，万元）", "金额（万元，不含税）", "金额（万）", "金额（百万）", "金额【万元】", "金额〔万元〕", "万元金额",
     "金额（万元/月）", "金额千万元", "金额（十万元）", "金额（元）（万元）", "金额（角）", "金额（万円）", "金额（万美元）",
     "金额（港元）", "金额美元", "金额（美金）", "金额（USD）"],
)  # fmt: skip
def test_a_heading_whose_unit_is_not_understood_needs_one_in_the_mapping(load: Load, heading: str) -> None:
    with pytest.raises(InvalidMapping, match=re.escape(f"“{heading}”")):
        load(f"dataset: sales_invoice\ncolumns: {{amount_fen: '{heading}'}}\n")

    said = load(f"dataset: sales_invoice\ncolumns: {{amount_fen: {{from: '{heading}', unit: 万元}}}}\n")
    assert said.columns[0].unit == "万元"


def test_only_amounts_have_units_that_a_heading_may_name(load: Load) -> None:
    mapping = load("dataset: sales_invoice\ncolumns: {status: '发票状态（万元版）'}\n")

    assert mapping.columns[0].headings == ("发票状态（万元版）",)


def test_headings_of_one_unit_or_with_a_unit_said_may_stand_together(load: Load) -> None:
    alike = load("dataset: sales_invoice\ncolumns: {amount_fen: [金额（万元）, 销售额(万元)]}\n")
    said = load("dataset: sales_invoice\ncolumns: {amount_fen: {from: [金额（万元）, 金额], unit: 万元}}\n")

    assert (alike.columns[0].unit, said.columns[0].unit) == ("万元", "万元")


def test_words_and_constants_stay_as_they_are_written(load: Load) -> None:
    mapping = load(WHOLE)

    assert dict(mapping.columns[-1].values) == {"01": "valid", "02": "void", "是": "valid"}
    assert mapping.constants == {"source_system": "01"}


def test_the_order_of_keys_does_not_make_another_mapping(load: Load) -> None:
    first = load("dataset: sales_invoice\nsource: 甲\nignore: [乙]\n")
    second = load("ignore: [乙]\nsource: 甲\ndataset: sales_invoice\n")

    assert first.canonical == second.canonical


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dataset: tax_payment\n", "tax_payment"),
        ("source: 甲\n", "本次交付的是 sales_invoice"),
        ("- a\n- b\n", "键: 值"),
        ("", "键: 值"),
        ("dataset: sales_invoice\ncolumn: {}\n", "column"),
        ("dataset: sales_invoice\ncolumns: [销方识别号]\n", "columns"),
        ("dataset: sales_invoice\ncolumns: {taxpayer: 销方识别号}\n", "taxpayer"),
        ("dataset: sales_invoice\ncolumns: {status: {values: {正常: valid}}}\n", "from"),
        ("dataset: sales_invoice\ncolumns: {status: }\n", "from"),
        ("dataset: sales_invoice\ncolumns: {status: [[发票状态]]}\n", "空的列名"),
        ("dataset: sales_invoice\ncolumns: {status: {from: 状态, value: {正常: valid}}}\n", "value"),
        ("dataset: sales_invoice\ncolumns: {status: {from: 状态, values: {正常: good}}}\n", "good"),
        ("dataset: sales_invoice\ncolumns: {status: {from: 状态, values: [valid]}}\n", "values"),
        ("dataset: sales_invoice\ncolumns: {invoice_number: {from: 号码, values: {一: '1'}}}\n", "没有约定的取值"),
        ("dataset: sales_invoice\ncolumns: {amount_fen: {from: 金额, unit: 美元}}\n", "美元"),
        ("dataset: sales_invoice\ncolumns: {status: {from: 状态, unit: 元}}\n", "不是金额"),
        ("dataset: sales_invoice\ncolumns: {amount_fen: [金额, 金额（万元）]}\n", "单位不同：金额（元）、金额（万元）（万元）"),
        ("dataset: sales_invoice\ncolumns: {amount_fen: {from: 金额, take: currency}}\n", "不是币种"),
        ("dataset: sales_invoice\ncolumns: {invoice_code: {from: 代码, take: first}}\n", "first"),
        ("dataset: sales_invoice\ncolumns: {issued_on: {from: 年度, incomplete: middle}}\n", "middle"),
        ("dataset: sales_invoice\ncolumns: {amount_fen: {from: 金额, incomplete: last_day}}\n", "不是日期"),
        ("dataset: sales_invoice\ncolumns: {status: 状态, status: 发票状态}\n", "写了两次"),
        ("dataset: sales_invoice\ncolumns: {status: 状态}\nconstants: {status: valid}\n", "二者"),
        ("dataset: sales_invoice\nconstants: {nothing: 1}\n", "nothing"),
        ("dataset: sales_invoice\nconstants: [status]\n", "constants"),
        ("dataset: sales_invoice\nconstants: {status: [valid]}\n", "constants.status"),
        ("dataset: sales_invoice\nignore: 备注\n", "ignore"),
        ("dataset: sales_invoice\ncolumns: {status: 状态}\nignore: [备注, 状 态]\n", "既已映射又声明忽略：状 态"),
        ("dataset: sales_invoice\nsource: ''\n", "source"),
        ("dataset: sales_invoice\nsource:\n", "source"),
        ("dataset: sales_invoice\ncovers: []\n", "covers"),
        ("dataset: sales_invoice\ncovers:\n", "covers"),
        ("dataset: sales_invoice\nread: {delimiter: ''}\n", "read.delimiter"),
        ("dataset: sales_invoice\nread: {encoding: }\n", "read.encoding"),
        ("dataset: sales_invoice\nread: {delimiter: space}\n", "comma"),
        ("dataset: sales_invoice\nread: {header: 2}\n", "header"),
        ("dataset: sales_invoice\nread: {header_row: 第二行}\n", "header_row"),
        ("dataset: sales_invoice\nread: {header_row: 0}\n", "header_row"),
        ("dataset: sales_invoice\nread: {delimiter: ', '}\n", "分隔符"),
        ("dataset: sales_invoice\nread: utf-8\n", "read"),
        ("dataset: [sales_invoice\n", "第 2 行"),
        ("dataset: sales_invoice\n\tcolumns: {}\n", "YAML"),
        ("dataset: sales_invoice\n---\ndataset: sales_invoice\n", "YAML"),
        ("? [a, b]\n: c\n", "YAML"),
        ("dataset: 销项".encode("gb18030"), "UTF-8"),
        (b"\x00\x01\x02", "YAML"),
    ],
)  # fmt: skip
def test_what_a_mapping_may_not_say_is_refused_in_one_line(load: Load, text: str | bytes, said: str) -> None:
    with pytest.raises(InvalidMapping) as refusal:
        load(text)

    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.remedy
    assert "mapping.yaml" in refusal.value.where


@pytest.mark.parametrize(
    ("word", "delimiter"), [("comma", ","), ("tab", "\t"), ("semicolon", ";"), ("bar", "|"), ("'~'", "~")]
)
def test_a_delimiter_is_called_by_its_name_or_written(load: Load, word: str, delimiter: str) -> None:
    assert load(f"dataset: sales_invoice\nread: {{delimiter: {word}}}\n").read.delimiter == delimiter


def test_a_stored_mapping_that_was_once_taken_is_still_read() -> None:
    """What files must not say any more, the mappings of earlier deliveries may."""
    said = {
        "dataset": "sales_invoice",
        "source": "",
        "covers": [],
        "columns": {"status": "状态"},
        "ignore": ["状态"],
    }

    assert mapping_from(said, INVOICE, where="批次 1 的映射").covers is None


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMapping, match="找不到"):
        load_mapping(tmp_path / "没有.yaml", INVOICE)
    with pytest.raises(InvalidMapping, match="文件夹"):
        load_mapping(tmp_path, INVOICE)


PLAIN = "dataset: sales_invoice\ncolumns: {taxpayer_code: 代号}\n"
HEADINGS = ("代号", "发票号码", "开票日期", "金额", "发票状态")


def test_a_heading_is_mapped_or_speaks_for_itself(load: Load) -> None:
    binding = bind(INVOICE, load(PLAIN), HEADINGS, where="甲.csv")

    assert binding.positions == {
        "taxpayer_code": (0,),
        "invoice_number": (1,),
        "issued_on": (2,),
        "amount_fen": (3,),
        "status": (4,),
    }
    assert binding.columns["amount_fen"].unit == "元"


def test_under_its_own_name_an_amount_is_in_fen() -> None:
    binding = bind(
        INVOICE,
        Mapping(),
        ("taxpayer_code", "invoice_number", "issued_on", "amount_fen", "status"),
        where="甲.csv",
    )

    assert binding.columns["amount_fen"].unit == "分"


def test_headings_differ_in_blanks_and_width_only_by_looks(load: Load) -> None:
    headings = ("\ufeff代 号", "发票\n号码", "开票日期 ", "　金额", "发票状态")

    assert len(bind(INVOICE, load(PLAIN), headings, where="甲.csv").positions) == 5


@pytest.mark.parametrize(
    ("mapping", "headings", "said"),
    [
        (PLAIN, (*HEADINGS, "备注"), "有 1 列既未映射也未声明忽略：备注"),
        (PLAIN, (*HEADINGS, "备注", "序号"), "有 2 列既未映射也未声明忽略：备注、序号"),
        (PLAIN, (*HEADINGS, "状态 x", ""), "状态 x"),
        (PLAIN, (*HEADINGS, "金额"), "列名重复：金额"),
        (PLAIN, (*HEADINGS, "金 额"), "列名重复：金额"),
        (PLAIN, (*HEADINGS, "不含税金额"), "不含税金额"),
        (PLAIN, (*HEADINGS, "纳税人识别号"), "纳税人识别号"),
        (PLAIN, HEADINGS[1:], "映射文件提到的列在文件中不存在：代号"),
        (PLAIN, HEADINGS[:-1], "发票状态（status）"),
        (PLAIN + "ignore: [发票状态]\n", HEADINGS, "发票状态（status）"),
        (PLAIN + "constants: {status: valid}\n", HEADINGS, "发票状态"),
        ("dataset: sales_invoice\n", HEADINGS[1:], "纳税人识别号（taxpayer_code）"),
    ],
)
def test_columns_that_nobody_has_decided_about_refuse_the_delivery(
    load: Load, mapping: str, headings: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UnmatchedColumns) as refusal:
        bind(INVOICE, load(mapping), headings, where="甲.csv")

    assert said in str(refusal.value)
    assert refusal.value.where == "甲.csv"
    assert refusal.value.remedy


def test_ignored_headings_may_even_be_repeated(load: Load) -> None:
    mapping = load(PLAIN + "ignore: [备注]\n")

    assert len(bind(INVOICE, mapping, (*HEADINGS, "备注", "备注"), where="甲.csv").positions) == 5


def test_a_column_without_a_heading_is_left_out_and_a_constant_stands_in(load: Load) -> None:
    mapping = load(PLAIN + "constants: {source_system: tax}\n")

    binding = bind(INVOICE, mapping, (*HEADINGS, ""), where="甲.csv")

    assert binding.constants == {"source_system": "tax"}
    assert (5,) not in binding.positions.values()


def test_one_column_may_feed_an_amount_and_its_currency(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        "dataset: business_registration\ncolumns:\n"
        "  registered_capital_fen: {from: 注册资金, unit: 万元}\n"
        "  registered_capital_currency: {from: 注册资金, take: currency}\n",
        encoding="utf-8",
    )
    headings = ("unified_code", "name", "approved_on", "established_on", "注册资金")

    binding = bind(REGISTRATION, load_mapping(path, REGISTRATION), headings, where="甲.csv")

    assert binding.positions["registered_capital_fen"] == (4,)
    assert binding.positions["registered_capital_currency"] == (4,)
    assert binding.columns["registered_capital_currency"].currency


PAYMENT = load_contracts()["tax_payment"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(tmp_path_factory.mktemp("engine"), threads=1).session() as opened:
        yield opened


def with_constant(said: str) -> Mapping:
    name, _, value = said.partition(":")
    content = {"dataset": "tax_payment", "constants": {name: value.strip()}}
    return mapping_from(content, PAYMENT, where="甲.yaml")


@pytest.mark.parametrize(
    "said",
    [
        "tax_kind: vat",
        "tax_kind: 增值税",
        "paid_on: 2025-03-01",
        "paid_on: 2025年3月1日",
        "paid_on: 2099-01-01",
        "amount_fen: 1.5万元",
        "source_system: 01",
        "taxpayer_code: 123",
    ],
)
def test_a_constant_is_what_a_row_could_say(session: Session, said: str) -> None:
    """Whether a day lies in the future, and whose a code is, only the rows can tell."""
    require_constants(session, PAYMENT, with_constant(said))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("tax_kind: nosuch", "取值不在约定范围内"),
        ("tax_kind: null", "空白"),
        ("tax_kind: ", "空白"),
        ("source_system: 无", "空白"),
        ("paid_on: 2025-13-01", "无法识别为日期"),
        ("paid_on: 1899-12-31", "超出合理范围"),
        ("period_from: true", "无法识别为日期"),
        ("amount_fen: 一百", "无法识别为金额"),
    ],
)
def test_a_constant_that_would_refuse_every_row_refuses_the_mapping(
    session: Session, said: str, why: str
) -> None:
    with pytest.raises(InvalidMapping, match=why) as refusal:
        require_constants(session, PAYMENT, with_constant(said))

    assert refusal.value.where == f"甲.yaml constants.{said.partition(':')[0]}"
    assert refusal.value.remedy


def test_a_delivery_under_such_a_mapping_is_not_taken(
    deliver: Callable[..., Delivery], records: Callable[..., list[dict[str, Any]]]
) -> None:
    with pytest.raises(InvalidMapping, match="nosuch"):
        deliver(
            "tax_payment",
            "纳税人识别号\n1\n",
            mapping="dataset: tax_payment\nconstants: {tax_kind: nosuch}\n",
        )

    assert records("tax_payment") == []
