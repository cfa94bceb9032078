"""Write `docs/indicators.md` from the declarations of the indicator catalogue.

The page is made, never edited: a test holds it to what this makes. Run it after a change of the catalogue:
`python -m tools.indicators`; with `--check` it only says whether the page is up to date.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from xinqiao.catalogue import Contract, load_contracts
from xinqiao.indicators import Catalogue, Indicator, Text, load_catalogue
from xinqiao.indicators.terms import Fact
from xinqiao.web.messages import has_message, message

PAGE = Path(__file__).resolve().parent.parent / "docs/indicators.md"
FACTS = "G0"
PLACEHOLDERS = ("as_of", "end", "start", "ago", "new_year", "report_year")
# YAML joins folded lines by a blank, which between Chinese characters is none.
FOLDED = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\s(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)

HEAD = """# Indicators 指标目录

Every number that grades stand on, from the declarations in `src/xinqiao/indicators/catalogue/`, where each also has
its worked cases. This page is made by `python -m tools.indicators`; change the declarations, not the page.

A formula is SQL over the rows of one enterprise in a [relation](#relations-关系), or over other indicators and
[parts](#parts-组成项). No row known after the day looked at counts. Missing is never zero: what a formula gives
without records stands with each indicator.
"""


def main() -> int:
    """Write the page, or with `--check` compare it; exit status 1 when it is out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="say whether the page is up to date, change nothing"
    )
    check = parser.parse_args().check
    contracts = load_contracts()
    text = page(load_catalogue(contracts=contracts), contracts)
    current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
    if check:
        print(
            f"indicators: {PAGE.name} is {'up to date' if current else 'out of date; run python -m tools.indicators'}"
        )
        return 0 if current else 1
    PAGE.write_text(text, encoding="utf-8")
    print(f"indicators: {PAGE.name} {'unchanged' if current else 'written'}")
    return 0


def page(catalogue: Catalogue, contracts: Mapping[str, Contract]) -> str:
    """The whole page."""
    groups = sorted(
        (
            group
            for group in catalogue.groups
            if any(each.group == group for each in catalogue.indicators.values())
        ),
        key=lambda group: group == FACTS,
    )
    lines = [HEAD, *_placeholders(), *_overview(catalogue, groups)]
    for group in groups:
        lines.append(f"## {_group(catalogue, group)}\n")
        for each in catalogue.indicators.values():
            if each.group == group:
                lines += _indicator(each, catalogue, contracts)
    lines += [*_parts(catalogue), *_measures(catalogue), *_computed(catalogue, contracts)]
    lines += _relations(catalogue, contracts)
    return "\n".join(lines).rstrip("\n") + "\n"


def _group(catalogue: Catalogue, group: str) -> str:
    label = catalogue.groups[group]
    return f"{group} {label.zh} {label.en}"


def _heading(each: Indicator) -> str:
    return f"{each.code} {each.label.zh}"


def _anchor(heading: str) -> str:
    """The address of a heading, the way forges make it."""
    return "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _both(key: str, **values: object) -> str:
    return " ".join(message(language, key, **values) for language in ("zh", "en"))


def _plain(text: str) -> str:
    """A declared text on one line, as a cell of a table or an item of a list can hold it."""
    return FOLDED.sub("", " ".join(text.split())).replace("|", "\\|")


def _pair(text: Text) -> str:
    return f"{_plain(text.zh)}<br>{_plain(text.en)}"


def _placeholders() -> Iterator[str]:
    yield "| in a formula | 含义 | meaning |\n|---|---|---|"
    for name in PLACEHOLDERS:
        key = f"catalogue.placeholder.{name}"
        months = "12" if "{months}" in message("zh", key) else ""
        written = f"{{{name}_{months}}}" if months else f"{{{name}}}"
        yield f"| `{written}` | {message('zh', key, months=months)} | {message('en', key, months=months)} |"
    yield ""


def _overview(catalogue: Catalogue, groups: list[str]) -> Iterator[str]:
    yield "| group | 指标 indicators |\n|---|---|"
    for group in groups:
        held = [each for each in catalogue.indicators.values() if each.group == group]
        links = " · ".join(f"[{_heading(each)}]({_anchor(_heading(each))})" for each in held)
        yield f"| {_group(catalogue, group)} ({len(held)}) | {links} |"
    yield ""


def _indicator(each: Indicator, catalogue: Catalogue, contracts: Mapping[str, Contract]) -> Iterator[str]:
    key = f"catalogue.unit.{each.unit}"
    unit = _both(key) if has_message(key) else each.unit
    window = _both("catalogue.months", count=each.window) if each.window else _both("catalogue.on_the_day")
    absent = _both("catalogue.absent_derived") if each.derived else _pair(each.when_absent.text)
    if each.when_absent.value:
        absent += f" ({each.when_absent.value:g})"
    sources = " · ".join(f"{contracts[name].label} `{name}`" for name in catalogue.datasets_of(each.code))
    yield f"### {_heading(each)}\n"
    yield f"**{_plain(each.label.en)}.** {_plain(each.meaning.zh)}。{_plain(each.meaning.en)}.\n"
    yield f"```sql\n{each.expression}\n```\n"
    yield "| | |\n|---|---|"
    if each.derived:
        yield f"| 读取 reads | {_reads(each.code, catalogue)} |"
    else:
        yield f"| 关系 relation | [`{each.relation}`]({_anchor(each.relation)}) |"
    yield f"| 单位 unit | {unit} |"
    yield f"| 方向 direction | {_both(f'catalogue.direction.{each.direction}')} |"
    yield f"| 无记录时 absent | {absent} |"
    yield f"| 回看期 window | {window} |"
    yield f"| 依据 reference | {_plain(each.reference)} |"
    yield f"| 数源单位 owner | {_plain(each.owner)} |"
    yield f"| 数据来源 data | {sources} |\n"


def _reads(code: str, catalogue: Catalogue) -> str:
    links = []
    for name in sorted(catalogue.reads[code]):
        if name in catalogue.indicators:
            heading = _heading(catalogue.indicators[name])
            links.append(f"[{heading}]({_anchor(heading)})")
        else:
            links.append(f"[`{name}`]({_anchor(name)})")
    return " · ".join(links)


def _parts(catalogue: Catalogue) -> Iterator[str]:
    if not catalogue.facts:
        return
    yield "## Parts 组成项\n"
    yield "Numbers that indicators are composed of and no report shows.\n"
    for fact in catalogue.facts.values():
        yield f"### {fact.name}\n"
        yield f"{_plain(fact.meaning)}。\n"
        yield f"```sql\n{_formula(fact)}\n```\n"
        if fact.relation:
            yield f"关系 relation: [`{fact.relation}`]({_anchor(fact.relation)}). {_pair(fact.when_absent.text)}\n"
        else:
            yield f"读取 reads: {_reads(fact.name, catalogue)}\n"


def _formula(fact: Fact) -> str:
    if fact.series is None:
        return fact.expression
    return f"sum({fact.series.value}) of each of the last {fact.series.months} full months by {fact.series.month}"


def _measures(catalogue: Catalogue) -> Iterator[str]:
    if not catalogue.measures.named:
        return
    yield "## Sectors 同行业统计\n"
    yield "What is usual in a sector, from all its enterprises.\n"
    for each in catalogue.measures.named.values():
        yield f"### {each.name}\n"
        of = f" of `{each.of}`" if each.of else ""
        yield f"{_plain(each.meaning)}。{each.statistic}{of}.\n"


def _relations(catalogue: Catalogue, contracts: Mapping[str, Contract]) -> Iterator[str]:
    yield "## Relations 关系\n"
    yield "Rows that indicators count. The query of each stands in `src/xinqiao/indicators/catalogue/relations/`.\n"
    for name in sorted(catalogue.relations):
        relation = catalogue.relations[name]
        label = f"{contracts[relation.source].label} " if relation.source in contracts else ""
        source = f"`{relation.source}`"
        if relation.source in catalogue.computed:
            source = f"[{source}]({_anchor(relation.source)})"
        yield f"### {name}\n"
        yield f"{_plain(relation.meaning)}。数据来源 from: {label}{source}\n"
        for column, meaning in relation.columns.items():
            yield f"- `{column}`: {_plain(meaning)}"
        yield ""


def _computed(catalogue: Catalogue, contracts: Mapping[str, Contract]) -> Iterator[str]:
    if not catalogue.computed:
        return
    yield "## Computed tables 计算表\n"
    yield "Made of everybody's records before the indicators ([related-parties.md](related-parties.md)); an evaluation of a"
    yield "few reads them as the last evaluation of everybody kept them.\n"
    for name, table in catalogue.computed.items():
        sources = " · ".join(f"{contracts[each].label} `{each}`" for each in table.datasets)
        yield f"### {name}\n"
        yield f"{_plain(table.meaning)}。数据来源 from: {sources}\n"
        yield f"列 columns: {'、'.join(f'`{column}`' for column in table.columns)}\n"


if __name__ == "__main__":
    sys.exit(main())
