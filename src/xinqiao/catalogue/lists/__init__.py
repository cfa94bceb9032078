"""The lists of credit information to be shared: which item is which dataset, who owes it, how and how often.

Each list is a dated version in one YAML file beside this module. The national list (国办发〔2021〕52号, 37 items) was
put together without its annex and says so (`verified: false`); a city's own items stand in a second list. Every
dataset that has a contract is on exactly one item of one list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict

from xinqiao.catalogue.declared import STRICT, InvalidDeclaration, Words, read_declared, refused_at
from xinqiao.catalogue.linting.located import Place
from xinqiao.catalogue.model import Contract

SHIPPED = Path(__file__).parent
"""The lists that come with the product."""

_GRADES = range(1, 6)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list.

    Attributes:
        item_no: Its number in the list, from 1.
        name: What is shared.
        category: Code of its category, among the list's `categories`.
        methods: Codes of the ways it may be shared, among the list's `methods`.
        responsible_unit: Who owes it, in Chinese.
        frequency_days: It is owed at least this often; some of its datasets may be rarer.
        data_grade: JR/T 0197-2020 level, the highest of any field of its datasets.
        consent_needed: Whether the enterprise must consent before it is used for grades and reports.
        datasets: The datasets it comes in, by name.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    item_no: int
    name: Words
    category: str
    methods: tuple[str, ...]
    responsible_unit: str
    frequency_days: int
    data_grade: int
    consent_needed: bool
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharingList:
    """One version of a list.

    Attributes:
        list_code: Its name in the program.
        list_version: The day this version is of.
        name: Its name.
        source: The document it follows.
        national: Whether contracts give its numbers as their `item`.
        verified: Whether somebody compared it with the document itself.
        notice: What whoever relies on it must know.
        methods: Ways of sharing by code.
        categories: Categories by code.
        items: Its items, in order of their numbers.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    list_code: str
    list_version: date
    name: Words
    source: str
    national: bool
    verified: bool
    notice: Words
    methods: Mapping[str, Words]
    categories: Mapping[str, Words]
    items: tuple[Item, ...]


def load_lists(contracts: Mapping[str, Contract], root: Path = SHIPPED) -> tuple[SharingList, ...]:
    """All lists under `root`, the national ones first.

    Args:
        contracts: All contracts; every one of them must be on a list.
        root: Folder of the lists.

    Raises:
        InvalidDeclaration: A list does not fit its shape or the contracts; the refusal names file and line.
    """
    placed: dict[str, str] = {}
    lists = []
    for path in sorted(root.glob("*.yaml")):
        found = read_declared(SharingList, path).value
        for place, message, remedy in _faults(found, contracts, placed):
            raise refused_at(path, place, message, remedy)
        placed |= {name: path.name for item in found.items for name in item.datasets}
        lists.append(found)
    for dataset, contract in contracts.items():
        if dataset not in placed:
            raise InvalidDeclaration(
                f"数据集 {dataset} 不在任何清单中。",
                where=str(contract.path),
                remedy=f"请在 {root} 的一份清单中，把它写到所属条目的 datasets 下。",
            )
    return tuple(sorted(lists, key=lambda each: (not each.national, each.list_code)))


def _faults(
    found: SharingList, contracts: Mapping[str, Contract], placed: Mapping[str, str]
) -> Iterator[tuple[Place, str, str]]:
    """What a list says that cannot be: the place, the fault and the remedy."""
    seen: set[str] = set()
    for index, item in enumerate(found.items):
        place: Place = ("items", index)
        yield from _item_faults(found, item, place, number=index + 1)
        if not item.datasets:
            yield (*place, "datasets"), f"第 {item.item_no} 项没有数据集。", "至少写一个数据集。"
        for at, dataset in enumerate(item.datasets):
            here: Place = (*place, "datasets", at)
            contract = contracts.get(dataset)
            if contract is None:
                yield here, f"没有名为 {dataset} 的数据集。", "改正名称，或先写出它的合同。"
            elif dataset in seen or dataset in placed:
                where = f" {placed[dataset]} " if dataset in placed else "本清单"
                yield here, f"数据集 {dataset} 已在{where}的一项中。", "只保留一处。"
            elif contract.item != (item.item_no if found.national else None):
                yield (
                    here,
                    f"数据集 {dataset} 的合同写的序号是 {contract.item}，不是第 {item.item_no} 项。",
                    "改正合同的 item，或把数据集移到那一项。",
                )
            seen.add(dataset)


def _item_faults(
    found: SharingList, item: Item, place: Place, *, number: int
) -> Iterator[tuple[Place, str, str]]:
    if item.item_no != number:
        yield (*place, "item_no"), f"第 {number} 项的序号写成了 {item.item_no}。", "序号应从 1 起连续编号。"
    if item.category not in found.categories:
        yield (*place, "category"), f"不认识的类别 {item.category}。", _known(found.categories)
    for at, method in enumerate(item.methods):
        if method not in found.methods:
            yield (*place, "methods", at), f"不认识的共享方式 {method}。", _known(found.methods)
    if item.frequency_days < 1:
        yield (*place, "frequency_days"), f"共享频次 {item.frequency_days} 天不能用。", "写不小于 1 的天数。"
    if item.data_grade not in _GRADES:
        yield (*place, "data_grade"), f"数据级别 {item.data_grade} 不能用。", "按 JR/T 0197-2020 写 1 至 5。"


def _known(words: Mapping[str, Words]) -> str:
    return f"可用的：{'、'.join(words)}。"
