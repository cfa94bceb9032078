"""What departments write, and the value it is: laws that hold for every date and every amount."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinqiao.catalogue import load_contracts
from xinqiao.catalogue.model import Field
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.intake import parsing
from xinqiao.kernel.clock import CITY_TIME

INVOICE = load_contracts()["sales_invoice"]
DATE, AMOUNT, STATUS = INVOICE.field("issued_on"), INVOICE.field("amount_fen"), INVOICE.field("status")
MOMENT = replace(DATE, name="issued_at", kind="timestamp")
NUMBER = INVOICE.field("invoice_number")
FLAG = replace(NUMBER, name="mortgaged", kind="boolean", key=False)
REMARK = replace(NUMBER, name="remark", key=False)
YEAR = load_contracts()["business_registration"].field("annual_report_year")
MONTH = load_contracts()["social_insurance"].field("month_on")
SHARE = load_contracts()["shareholder"].field("share_ratio")
CURRENCY = load_contracts()["business_registration"].field("registered_capital_currency")

UNREAD = "cannot be read"
FULL_WIDTH = str.maketrans("0123456789.,-/", "０１２３４５６７８９．，－／")
BLANKS = st.text(alphabet=" \t\u3000\u00a0\ufeff\r\n", max_size=3)
LARGEST_FEN = 2**63 - 1


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(Path(tmp_path_factory.mktemp("engine")), threads=1).session() as opened:
        yield opened


Read = Callable[..., Any]
# Planning a query takes far longer than reading a value, so every example reads many.
laws = settings(max_examples=12)


def many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=60)


@pytest.fixture(scope="module")
def read_all(session: Session) -> Read:
    """What texts say as values of a field; `UNREAD` for one that says something that is not of the kind."""

    def reading(
        field: Field,
        texts: Sequence[str | None],
        *,
        unit: str = "元",
        currency: bool = False,
        foreign: bool = False,
        incomplete: str | None = None,
    ) -> list[Any]:
        value = parsing.reading(
            field,
            "c0",
            "VARCHAR",
            unit=unit,
            values={"开了": "valid"},
            currency=currency,
            foreign=foreign,
            incomplete=incomplete,
        )
        mark = parsing.unread(field)
        said = session.rows(
            f"SELECT {parsing.settled(field, 'said')}, {f'said = {mark}' if mark else 'FALSE'}"
            f" FROM (SELECT place, {value} AS said FROM"
            " (SELECT unnest($1::VARCHAR[]) AS c0, generate_subscripts($1::VARCHAR[], 1) AS place)) ORDER BY place",
            [list(texts)],
        )
        return [UNREAD if cannot else settled for settled, cannot in said]

    return reading


@pytest.fixture(scope="module")
def read(read_all: Read) -> Read:
    """What one text says."""
    return lambda field, text, **how: read_all(field, [text], **how)[0]


DAY_FORMS = (
    "{y:04d}-{m:02d}-{d:02d}",
    "{y:04d}-{m}-{d}",
    "{y:04d}/{m}/{d}",
    "{y:04d}/{m:02d}/{d:02d}",
    "{y:04d}.{m}.{d}",
    "{y:04d}{m:02d}{d:02d}",
    "{y:04d}{m:02d}{d:02d}.0",
    "{y:04d}年{m}月{d}日",
    "{y:04d}年{m:02d}月{d:02d}日",
    "{y:04d} 年 {m} 月 {d} 日",
    "{y:04d}年{m}月{d}号",
    "{y:04d}{m:02d}{d:02d}120000",
    "'{y:04d}-{m:02d}-{d:02d}",
    "'{y:04d}{m:02d}{d:02d}",
    "{y:04d}—{m:02d}—{d:02d}",
    "{y:04d}、{m}、{d}",
    "{y:04d}-{m:02d}-{d:02d}T00:00:00",
    "{y:04d}-{m:02d}-{d:02d} 18:30:05",
    "{y:04d}/{m}/{d} 0:00",
    "{y:04d}年{m}月{d}日 10:00",
)


@st.composite
def written_days(draw: st.DrawFn) -> tuple[date, str]:
    day = draw(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
    written = draw(st.sampled_from(DAY_FORMS)).format(y=day.year, m=day.month, d=day.day)
    if draw(st.booleans()) and ":" not in written:
        written = written.translate(FULL_WIDTH)
    return day, f"{draw(BLANKS)}{written}{draw(BLANKS)}"


@laws
@given(many(written_days()))
def test_every_spelling_of_a_day_is_the_same_day(read_all: Read, written: list[tuple[date, str]]) -> None:
    assert read_all(DATE, [text for _, text in written]) == [day for day, _ in written]


@st.composite
def written_instants(draw: st.DrawFn) -> tuple[datetime, str]:
    hours = draw(st.just(0) | st.integers(-12, 14))
    zone = timezone(timedelta(hours=hours, minutes=draw(st.sampled_from([0, 30])) * (hours >= 0)))
    moment = draw(
        st.datetimes(datetime(1992, 1, 2), datetime(2099, 12, 30), timezones=st.just(zone))
    ).replace(microsecond=0)
    offset = f"{moment:%z}"
    spelt = [offset, f" {offset}", f"{offset[:3]}:{offset[3:]}"]
    if offset.endswith("00"):
        spelt.append(offset[:3])
    if offset == "+0000":
        spelt += ["Z", "z", " UTC", "UTC"]
    form = draw(
        st.sampled_from(
            ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.000"]
        )
    )
    written = f"{moment:{form}}{draw(st.sampled_from(spelt))}"
    if draw(st.booleans()):
        written = written.translate(FULL_WIDTH)
    return moment.astimezone(CITY_TIME).replace(tzinfo=None), f"{draw(BLANKS)}{written}{draw(BLANKS)}"


@laws
@given(many(written_instants()))
def test_an_instant_with_its_zone_is_the_day_and_the_hour_that_the_city_had(
    read_all: Read, written: list[tuple[datetime, str]]
) -> None:
    texts, city = [text for _, text in written], [moment for moment, _ in written]

    assert read_all(DATE, texts) == [moment.date() for moment in city]
    assert read_all(MOMENT, texts) == city


@pytest.mark.parametrize("text", ["2026-06-30T16:30:00", "2026-06-30 16:30:00", "2026/6/30 16:30:00.0"])
def test_a_time_without_a_zone_is_the_city_s(read: Read, text: str) -> None:
    assert read(DATE, text) == date(2026, 6, 30)
    assert read(MOMENT, text) == datetime(2026, 6, 30, 16, 30)


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-13-01", "20261301", "3/1/2026", "2026-03", "2026年", "46082", "190301", "昨天", "2026-3-1-4",
     "20260301.5", "20260301.",
     "20260301250000", "2026030112000", "2026 301", "26、3、1", "26—03—01", "'26-03-01", "'46082"],
)  # fmt: skip
def test_what_is_no_day_is_not_guessed(read: Read, text: str) -> None:
    assert read(DATE, text) == UNREAD


@pytest.mark.parametrize(
    "blank", ["", "  ", "\u3000", "-", "—", "/", "无", "暂无", "不详", "NULL", "N/A", " 无 "]
)
@pytest.mark.parametrize("field", [DATE, AMOUNT, STATUS, NUMBER, YEAR], ids=lambda field: str(field.name))
def test_a_blank_says_nothing_of_any_kind(read: Read, field: Field, blank: str) -> None:
    assert read(field, blank) is None
    assert read(field, None) is None


@laws
@given(many(st.tuples(BLANKS, st.text("AZaz09-/无号", min_size=1, max_size=30), BLANKS)))
def test_blanks_around_a_text_are_taken_off(read_all: Read, written: list[tuple[str, str, str]]) -> None:
    """Values of a Parquet file may hold line ends too."""
    bare = [text for _, text, _ in written]

    assert read_all(NUMBER, ["".join(parts) for parts in written]) == read_all(NUMBER, bare)


@pytest.mark.parametrize("blank", ["\n", "\r\n", "\r", "\t", " ", "\u3000"])
def test_a_line_end_behind_a_number_is_no_part_of_it(read: Read, blank: str) -> None:
    for text in ("0012345678", "1", "发票1"):
        assert read(NUMBER, text + blank) == read(NUMBER, blank + text) == text


FACTORS = {"分": Decimal("0.01"), "元": Decimal(1), "千元": Decimal(10**3), "万元": Decimal(10**4),
           "百万元": Decimal(10**6), "亿元": Decimal(10**8)}  # fmt: skip


def fen_of(number: Decimal, unit: str) -> int | str:
    """What the amount is, by decimal arithmetic."""
    fen = int((number * FACTORS[unit] * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return fen if abs(fen) <= LARGEST_FEN else UNREAD


@st.composite
def written_amounts(draw: st.DrawFn, unit: str) -> tuple[int, str]:
    fen = draw(st.integers(-(10**17), 10**17) | st.integers(-(10**6), 10**6))
    number = Decimal(fen) / 100 / FACTORS[unit]
    written = f"{number:,f}" if draw(st.booleans()) else f"{number:f}"
    if draw(st.booleans()):
        written = written.translate(FULL_WIDTH)
    # A currency sign stands before the number, which then has no sign of its own.
    sign = draw(st.sampled_from(["", "￥", "¥", "¥ "])) if fen >= 0 else ""
    return fen, f"{draw(BLANKS)}{sign}{written}"


@pytest.mark.parametrize("unit", FACTORS)
@laws
@given(data=st.data())
def test_an_amount_in_any_unit_is_exact_to_the_fen(read_all: Read, unit: str, data: st.DataObject) -> None:
    written = data.draw(many(written_amounts(unit)))

    assert read_all(AMOUNT, [text for _, text in written], unit=unit) == [fen for fen, _ in written]


@st.composite
def written_with_units(draw: st.DrawFn) -> tuple[int | str, str]:
    number = draw(st.decimals(-(10**6), 10**6, places=6, allow_nan=False, allow_infinity=False))
    unit = draw(st.sampled_from(["元", "万元", "亿元"]))
    opening, closing = draw(st.sampled_from([("", ""), ("(", ")"), ("（", "）")]))
    tail = draw(st.sampled_from(["", "人民币", "整"]))
    return fen_of(number, unit), f"{number:f}{opening}{unit}{tail}{closing}"


@pytest.mark.parametrize("column", ["元", "万元", "亿元"])
@laws
@given(data=st.data())
def test_a_unit_written_in_the_value_wins_over_that_of_the_column(
    read_all: Read, column: str, data: st.DataObject
) -> None:
    written = data.draw(many(written_with_units()))

    assert read_all(AMOUNT, [text for _, text in written], unit=column) == [fen for fen, _ in written]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1.005", 101), ("-1.005", -101), ("1.00499", 100), ("0", 0), ("-0", 0), ("5.", 500), (".5", 50), ("+5", 500),
        ("1e3", 100_000), ("1.5E+6", 150_000_000), ("1'234", 123_400), ("3.5万", 3_500_000), ("(万元)", UNREAD),
        ("壹佰", UNREAD), ("1.2.3", UNREAD), ("5%", UNREAD), ("nan", UNREAD), ("inf", UNREAD), ("0x10", UNREAD),
        ("92233720368547758.07", LARGEST_FEN), ("92233720368547758.08", UNREAD), ("99999999999999亿元", UNREAD),
        ("9" * 60, UNREAD), ("1.234,50", UNREAD), ("1,23", UNREAD), ("1,2345", 1_234_500), ("1,234,567.8", 123_456_780),
    ],
)  # fmt: skip
def test_halves_go_away_from_zero_and_what_is_no_amount_is_not_guessed(
    read: Read, text: str, fen: int | str
) -> None:
    assert read(AMOUNT, text) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("(1,234.50)", -123_450), ("（1,234.50）", -123_450), ("（１，２３４．５０）", -123_450), ("( ¥5 )", -500),
        ("￥(5)", -500), ("(0.5)万元", -500_000), ("\u22125", -500), ("\u22121,234.5万", -1_234_500_000),
        ("5-", UNREAD), ("(-5)", UNREAD), ("(5", UNREAD), ("(5))", UNREAD), ("((5))", UNREAD), ("()", UNREAD),
        ("(1,23)", UNREAD), ("(1)(2)", UNREAD), ("\u2212", UNREAD),
    ],
)  # fmt: skip
def test_book_keepers_write_less_than_nothing_in_brackets_or_with_a_typographic_minus(
    read: Read, text: str, fen: int | str
) -> None:
    assert read(AMOUNT, text) == fen


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("100万美元", "USD"),
        ("50万港币", "HKD"),
        ("213万人民币", "CNY"),
        ("500", "CNY"),
        ("600（万元）", "CNY"),
        ("", None),
    ],
)
def test_a_capital_names_its_currency(read: Read, text: str, currency: str | None) -> None:
    assert read(CURRENCY, text, currency=True) == currency


@pytest.mark.parametrize("text", ["100万美元", "1,000 港币", "5（万日元）", "40(万德国马克)", "3万瑞士法郎"])
def test_foreign_money_is_read_only_where_its_currency_is_kept(read: Read, text: str) -> None:
    assert read(AMOUNT, text) == UNREAD
    assert isinstance(read(AMOUNT, text, foreign=True), int)
    assert read(AMOUNT, f"{text.rstrip('）)')}整", foreign=True) == read(AMOUNT, text, foreign=True)


@pytest.mark.parametrize("column", ["元", "万元"])
@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1千万元", 1_000_000_000), ("1千万", 1_000_000_000), ("2百万", 200_000_000), ("10十万元", 100_000_000),
        ("3千元", 300_000), ("1百元", 10_000), ("1百", 10_000), ("2十元", 2_000), ("5角", 50), ("8毛", 80), ("100分", 100),
        ("50万人民币元", 50_000_000), ("100(万人民币元)", 100_000_000), ("1.5万元人民币整", 1_500_000), ("50人民币元", 5_000),
        ("50元（人民币）", 5_000), ("人民币100万元", 100_000_000), ("人民币：100万元整", 100_000_000), ("RMB 100元", 10_000),
        ("1000元/月", UNREAD),
        ("100、200元", UNREAD), ("100円", UNREAD), ("100人", UNREAD), ("5万余元", UNREAD), ("1百角", UNREAD),
        ("3元5角", UNREAD), ("5万千元", UNREAD),
    ],
)  # fmt: skip
def test_every_word_of_a_sum_is_understood_or_the_sum_is_not_read(
    read: Read, column: str, text: str, fen: int | str
) -> None:
    assert read(AMOUNT, text, unit=column) == fen


def test_two_numbers_are_not_one(read: Read) -> None:
    assert read(AMOUNT, "100、200") == UNREAD
    assert read(AMOUNT, "1,200") == read(AMOUNT, "1，200") == 120_000


def test_codes_compare_as_their_texts_do_in_whatever_order_a_list_names_them(session: Session) -> None:
    graded = replace(NUMBER, name="grade", key=False, values={"B": "良好", "A": "优秀"})
    better, worse = (
        parsing.reading(graded, text, "VARCHAR", unit="元", values={}) for text in ("'A'", "' 良好'")
    )

    found = session.rows(f"SELECT a < b, a < 'B', a = 'A' FROM (SELECT {better} AS a, {worse} AS b)")

    assert found == [(True, True, True)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", True), ("有", True), ("√", True), ("Y", True), ("1", True), ("否", False), ("无", False), (" 无 ", False),
        ("×", False), ("0", False), ("", None), ("不详", None), ("-", None), ("也许", UNREAD),
    ],
)  # fmt: skip
def test_none_is_no_where_the_answer_is_yes_or_no(read: Read, text: str, value: bool | str | None) -> None:
    assert read(FLAG, text) == value
    assert read(NUMBER, "无") is None


@pytest.mark.parametrize("text", ["213万人民币", "500(万元人民币)", "213万元整"])
def test_our_own_money_may_be_called_by_its_name(read: Read, text: str) -> None:
    assert isinstance(read(AMOUNT, text), int)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("valid", "valid"),
        ("有效", "valid"),
        (" 有效发票 ", "valid"),
        ("开了", "valid"),
        ("作废", "void"),
        ("红冲", UNREAD),
        ("Valid", UNREAD),
    ],
)
def test_a_word_of_a_list_is_its_code_its_label_an_alias_or_mapped(read: Read, text: str, code: str) -> None:
    assert read(STATUS, text) == code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2025", 2025),
        ("２０２５", 2025),
        ("2025年", 2025),
        ("2,025", 2025),
        ("2025.0", 2025),
        ("2025.5", UNREAD),
        ("去年", UNREAD),
    ],
)
def test_a_whole_number_is_read_with_what_stands_around_it(read: Read, text: str, number: int | str) -> None:
    assert read(YEAR, text) == number


@laws
@given(many(st.text(alphabet=st.characters(exclude_characters="\x00", codec="utf-8"), max_size=20)))
def test_no_text_breaks_any_reader(read_all: Read, texts: list[str]) -> None:
    for field in (DATE, AMOUNT, STATUS, NUMBER, YEAR):
        assert len(read_all(field, texts)) == len(texts)


@laws
@given(many(st.text(alphabet=st.characters(exclude_categories=["Z", "C"]), min_size=11, max_size=30)))
def test_a_text_stays_as_it_was_written(read_all: Read, texts: list[str]) -> None:
    assert read_all(REMARK, [f"\u3000{text} " for text in texts]) == texts


def spellings(official: str, *others: str) -> list[tuple[str, str]]:
    return [(other, official) for other in (official, *others)]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        *spellings("威罚〔2019〕1号", "威罚[2019]1号", "威罚（2019）1号", "威罚(2019)1号", "威罚〔2019〕 1号", "威罚〔２０１９〕１号",
                   "威罚【2019】1号", "威罚 ［ 2019 ］ 1 号", "'威罚〔2019〕1号"),
        *spellings("（2019）京01民初1号", "(2019)京01民初1号", "〔2019〕京01民初1号", "（２０１９） 京01民初 1 号"),
        *spellings("0001", "'0001", "０００１", "’0001", " ' 0001 ", "\t0001"),
        *spellings("AB-1/2", "ＡＢ－１／２"),
        *spellings("上海信桥(中国)有限公司", "上海信桥（中国）有限公司"),
        *spellings("信桥(2019)有限公司", "信桥（2019）有限公司"),
        *spellings("阿依古丽·买买提"), *spellings("Zhang San", "Ｚｈａｎｇ　Ｓａｎ"), *spellings("契税"), *spellings("契税、印花税，其他"),
        *spellings("‘守信’企业"), *spellings("AB[2019]1"), *spellings("AB(2019)1", "ＡＢ（２０１９）１"),
    ],
)  # fmt: skip
def test_a_number_that_tells_records_apart_has_one_spelling(read: Read, written: str, key: str) -> None:
    assert read(NUMBER, written) == key


@pytest.mark.parametrize("written", ["'", "'-", "Ｎ／Ａ", "' 无", "－"])
def test_a_blank_word_in_another_spelling_is_no_key(read: Read, written: str) -> None:
    assert read(NUMBER, written) is None


@laws
@given(many(st.text("AZ09ＡＺ０９-－/' ’\u3000()（）[]〔〕【】2019２０１９号第无威罚年", max_size=24)))
def test_a_key_read_again_is_the_same_key(read_all: Read, texts: list[str]) -> None:
    once = read_all(NUMBER, texts)

    assert read_all(NUMBER, once) == once


@laws
@given(
    many(
        st.builds(
            lambda brackets, number, blank, wide: (
                f"威环罚{blank}{brackets[0]}{blank}2019{brackets[1]}{blank}{number}号".translate(
                    FULL_WIDTH if wide else {}
                ),
                f"威环罚〔2019〕{number}号",
            ),
            st.sampled_from(["〔〕", "[]", "()", "（）", "［］", "【】"]),
            st.integers(1, 99_999),
            st.sampled_from(["", " ", "\u3000", "\u00a0"]),
            st.booleans(),
        )
    )
)
def test_every_spelling_of_a_document_number_is_one_key(
    read_all: Read, written: list[tuple[str, str]]
) -> None:
    assert read_all(NUMBER, [text for text, _ in written]) == [key for _, key in written]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-09", date(2026, 9, 1)),
        ("2026年9月", date(2026, 9, 1)),
        ("2026年09月份", date(2026, 9, 1)),
        ("202609", date(2026, 9, 1)),
        ("２０２６．９", date(2026, 9, 1)),
        ("2026/12", date(2026, 12, 1)),
        ("2026-09-01", date(2026, 9, 1)),
        ("2026-13", UNREAD),
        ("20269", UNREAD),
        ("9月", UNREAD),
    ],
)
def test_a_month_is_read_where_a_month_is_meant(read_all: Read, written: str, meant: Any) -> None:
    assert read_all(MONTH, [written]) == [meant]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2018年", date(2018, 1, 1), date(2018, 12, 31)),
        ("2018年度", date(2018, 1, 1), date(2018, 12, 31)),
        ("２０１８", date(2018, 1, 1), date(2018, 12, 31)),
        ("2020.0", date(2020, 1, 1), date(2020, 12, 31)),
        ("2016.5", date(2016, 5, 1), date(2016, 5, 31)),
        ("2016年2月", date(2016, 2, 1), date(2016, 2, 29)),
        ("2016-02-03", date(2016, 2, 3), date(2016, 2, 3)),
        ("—", None, None),
        ("第三批", UNREAD, UNREAD),
        ("18", UNREAD, UNREAD),
    ],
)
def test_a_year_or_a_month_is_a_day_where_the_mapping_says_which(
    read_all: Read, written: str, first: Any, last: Any
) -> None:
    assert read_all(DATE, [written], incomplete="first_day") == [first]
    assert read_all(DATE, [written], incomplete="last_day") == [last]


def test_a_year_alone_is_no_day_where_the_mapping_says_nothing(read_all: Read) -> None:
    assert read_all(DATE, ["2018年", "2016.5"]) == [UNREAD, UNREAD]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30%", Decimal("0.3")),
        ("12.5％", Decimal("0.125")),
        ("0.3", Decimal("0.3")),
        ("三成", UNREAD),
        ("%", UNREAD),
    ],
)
def test_a_percent_sign_makes_a_fraction(read_all: Read, written: str, meant: Any) -> None:
    assert read_all(SHARE, [written]) == [meant]


@pytest.mark.parametrize("kind", ["INTEGER", "BIGINT", "DOUBLE", "DECIMAL(10,1)"])
def test_a_number_is_the_day_or_the_month_that_its_digits_say(session: Session, kind: str) -> None:
    def said(field: Field, number: str, incomplete: str | None = None) -> Any:
        value = parsing.reading(field, "c0", kind, unit="元", values={}, incomplete=incomplete)
        return session.scalar(f"SELECT {value} FROM (SELECT {number}::{kind} AS c0)")

    assert said(DATE, "20250301") == date(2025, 3, 1)
    assert said(MONTH, "20250301") == date(2025, 3, 1)
    assert said(DATE, "2025", incomplete="last_day") == date(2025, 12, 31)
    assert said(DATE, "NULL") is None
