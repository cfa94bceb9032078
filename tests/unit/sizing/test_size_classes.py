"""The rule of 工信部联企业〔2011〕300号: known answers at every bound, and one definition behind both forms of it."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinqiao.catalogue.declared import InvalidDeclaration
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.engine.dialect import literal, render
from xinqiao.kernel.money import FEN_PER_WAN
from xinqiao.sizing import load_scheme, size_class, size_class_sql
from xinqiao.sizing.model import SHIPPED, Industry
from xinqiao.sizing.sql import industry_sql

SCHEME = load_scheme().value
INDUSTRIES = {each.code: each for each in SCHEME.industries}
FIGURES = ("staff", "revenue", "assets")

# The table of the document, read again by hand: industry code, then (large, medium, small) of staff in people,
# revenue and assets in 万元.
DOCUMENT = {
    "A0111": {"revenue": (20_000, 500, 50)},
    "C3911": {"staff": (1000, 300, 20), "revenue": (40_000, 2000, 300)},
    "E4710": {"revenue": (80_000, 6000, 300), "assets": (80_000, 5000, 300)},
    "F5191": {"staff": (200, 20, 5), "revenue": (40_000, 5000, 1000)},
    "F5211": {"staff": (300, 50, 10), "revenue": (20_000, 500, 100)},
    "G5430": {"staff": (1000, 300, 20), "revenue": (30_000, 3000, 200)},
    "G5990": {"staff": (200, 100, 20), "revenue": (30_000, 1000, 100)},
    "G6020": {"staff": (1000, 300, 20), "revenue": (30_000, 2000, 100)},
    "H6110": {"staff": (300, 100, 10), "revenue": (10_000, 2000, 100)},
    "H6210": {"staff": (300, 100, 10), "revenue": (10_000, 2000, 100)},
    "I6421": {"staff": (2000, 100, 10), "revenue": (100_000, 1000, 100)},
    "I6513": {"staff": (300, 100, 10), "revenue": (10_000, 1000, 50)},
    "K7010": {"revenue": (200_000, 1000, 100), "assets": (10_000, 5000, 2000)},
    "K7020": {"staff": (1000, 300, 100), "revenue": (5000, 1000, 500)},
    "L7211": {"staff": (300, 100, 10), "assets": (120_000, 8000, 100)},
    "M7320": {"staff": (300, 100, 10)},
}
NAMES = ("large", "medium", "small", "micro")


def classed(code: str | None, **figures: int | None) -> str | None:
    """The class of figures in people and 万元."""
    scaled = {
        name: value if name == "staff" or value is None else value * FEN_PER_WAN
        for name, value in figures.items()
    }
    return size_class(
        SCHEME,
        industry_code=code,
        staff=scaled.get("staff"),
        revenue_fen=scaled.get("revenue"),
        assets_fen=scaled.get("assets"),
    )


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with DuckDBEngine(tmp_path_factory.mktemp("engine")).session() as opened:
        yield opened


def by_sql(
    session: Session, code: str | None, staff: int | None, revenue: int | None, assets: int | None
) -> str | None:
    found = f"CAST({literal(code)} AS VARCHAR)"
    given = {"staff": staff, "revenue": revenue, "assets": assets}
    columns = ", ".join(f"CAST({literal(value)} AS BIGINT) AS {name}" for name, value in given.items())
    rule = size_class_sql(SCHEME, industry="industry", staff="staff", revenue="revenue", assets="assets")
    answer = session.scalar(
        f"SELECT {rule} FROM (SELECT {industry_sql(SCHEME, found)} AS industry, {columns})"
    )
    return None if answer is None else str(answer)


@pytest.mark.parametrize("code", DOCUMENT)
@pytest.mark.parametrize("step", range(3), ids=NAMES[:3])
def test_exactly_at_every_bound_the_class_is_reached(session: Session, code: str, step: int) -> None:
    at = {figure: bounds[step] for figure, bounds in DOCUMENT[code].items()}

    assert classed(code, **at) == NAMES[step]
    fen = {name: value if name == "staff" else value * FEN_PER_WAN for name, value in at.items()}
    assert by_sql(session, code, fen.get("staff"), fen.get("revenue"), fen.get("assets")) == NAMES[step]


@pytest.mark.parametrize(
    ("code", "figure"), [(code, figure) for code in DOCUMENT for figure in DOCUMENT[code]]
)
@pytest.mark.parametrize("step", range(3), ids=NAMES[:3])
def test_one_figure_just_below_its_bound_drops_one_class(code: str, figure: str, step: int) -> None:
    at = {name: bounds[step] for name, bounds in DOCUMENT[code].items()}
    fen = {name: value if name == "staff" else value * FEN_PER_WAN for name, value in at.items()}
    fen[figure] -= 1

    found = size_class(
        SCHEME,
        industry_code=code,
        staff=fen.get("staff"),
        revenue_fen=fen.get("revenue"),
        assets_fen=fen.get("assets"),
    )

    assert found == NAMES[step + 1]


def test_every_industry_of_the_document_is_declared_and_nothing_else() -> None:
    mapped = {code: SCHEME.industry_of(code) for code in DOCUMENT}

    assert len(SCHEME.industries) == 16
    assert {each.code for each in mapped.values() if each} == set(INDUSTRIES)
    for code, industry in mapped.items():
        assert industry is not None
        bounds = {name: (b.large, b.medium, b.small) for name, b in industry.bounds.items()}
        assert bounds == DOCUMENT[code]


def test_an_unknown_figure_leaves_the_class_open() -> None:
    assert classed("F5191", staff=200, revenue=None) is None
    assert classed("F5191", staff=None, revenue=40_000) is None
    assert classed("F5191") is None


def test_an_unknown_figure_does_not_matter_when_another_already_makes_micro() -> None:
    assert classed("F5191", staff=4, revenue=None) == "micro"
    assert classed("F5191", staff=None, revenue=999) == "micro"


def test_a_figure_that_does_not_count_in_the_industry_is_not_asked_for() -> None:
    assert classed("M7320", staff=100, revenue=None, assets=None) == "medium"
    assert classed("L7211", staff=300, assets=120_000, revenue=None) == "large"


@pytest.mark.parametrize(
    "code", ["J6621", "G5310", "P8331", "Q8411", "S9211", "K70", "G59", "C5191", "", None, "??"]
)
def test_an_industry_outside_the_table_has_no_class(session: Session, code: str | None) -> None:
    assert classed(code, staff=5000, revenue=900_000, assets=900_000) is None
    assert by_sql(session, code, 5000, 10**15, 10**15) is None


@pytest.mark.parametrize("code", ["F5191", "5191", "f51", "51", " F5191 "])
def test_an_industry_code_may_be_written_with_or_without_its_letter(session: Session, code: str) -> None:
    assert classed(code, staff=20, revenue=5000) == "medium"
    assert by_sql(session, code, 20, 5000 * FEN_PER_WAN, None) == "medium"


def near_bounds(figure: str) -> st.SearchStrategy[int | None]:
    """Figures that lie at, just below and just above the bounds, and anywhere."""
    marks = sorted(
        {
            industry.least(figure, name)  # type: ignore[arg-type]  # a figure of the table
            for industry in SCHEME.industries
            if figure in industry.bounds
            for name in ("large", "medium", "small")
        }
    )
    close = st.builds(lambda mark, step: mark + step, st.sampled_from(marks), st.integers(-1, 1))
    return st.none() | close | st.integers(-(10**6), 4 * 10**11)


CODES = st.sampled_from(
    [
        *DOCUMENT,
        *(division for each in SCHEME.industries for division in each.divisions),
        "J6621",
        "C5191",
        "99",
        "",
    ]
) | st.from_regex(r"[A-U]?[0-9]{1,5}", fullmatch=True)


@settings(max_examples=300)
@given(code=CODES, staff=near_bounds("staff"), revenue=near_bounds("revenue"), assets=near_bounds("assets"))
def test_the_function_and_the_sql_agree(
    session: Session, code: str, staff: int | None, revenue: int | None, assets: int | None
) -> None:
    alone = size_class(SCHEME, industry_code=code, staff=staff, revenue_fen=revenue, assets_fen=assets)

    assert by_sql(session, code, staff, revenue, assets) == alone


@given(
    industry=st.sampled_from(SCHEME.industries),
    figures=st.tuples(*(near_bounds(figure) for figure in FIGURES)),
    raised=st.sampled_from(FIGURES),
)
def test_more_staff_revenue_or_assets_never_make_an_enterprise_smaller(
    industry: Industry, figures: tuple[int | None, ...], raised: str
) -> None:
    before = dict(zip(FIGURES, figures, strict=True))
    after = {**before, raised: None if before[raised] is None else (before[raised] or 0) + 1}

    def sized(values: dict[str, int | None]) -> str | None:
        return size_class(
            SCHEME,
            industry_code=industry.divisions[0],
            staff=values["staff"],
            revenue_fen=values["revenue"],
            assets_fen=values["assets"],
        )

    one, other = sized(before), sized(after)
    if one is not None and other is not None:
        assert NAMES.index(other) <= NAMES.index(one)


def test_the_sql_can_be_said_to_another_engine() -> None:
    rule = size_class_sql(SCHEME, industry="industry", staff="staff", revenue="revenue", assets="assets")

    assert "CASE" in render(f"SELECT {rule} FROM firms", "spark")


def test_the_edition_says_where_it_comes_from_and_since_when() -> None:
    assert SCHEME.scheme_version == "2011-300"
    assert SCHEME.in_force_on == datetime.date(2011, 6, 18)
    assert "300号" in SCHEME.reference


def test_bounds_that_do_not_descend_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "size_classes.yaml"
    text = SHIPPED.read_text("utf-8").replace("small: 50}", "small: 600}", 1)
    path.write_text(text, "utf-8")

    with pytest.raises(InvalidDeclaration, match="没有逐级降低") as refused:
        load_scheme(path)

    line = next(number for number, line in enumerate(text.splitlines(), 1) if "small: 600}" in line)
    assert refused.value.where == f"size_classes.yaml:{line}"


def test_a_division_in_two_industries_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "size_classes.yaml"
    path.write_text(SHIPPED.read_text("utf-8").replace('["51"]', '["51", "521"]', 1), "utf-8")

    with pytest.raises(InvalidDeclaration, match="同时归入"):
        load_scheme(path)


def test_an_unknown_name_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "size_classes.yaml"
    text = SHIPPED.read_text("utf-8").replace(
        "clause: 第四条（一）", "clause: 第四条（一）\n    colour: red", 1
    )
    path.write_text(text, "utf-8")

    with pytest.raises(InvalidDeclaration) as refused:
        load_scheme(path)

    assert refused.value.where == f"size_classes.yaml:{text.splitlines().index('    colour: red') + 1}"
    assert "colour" in refused.value.message
