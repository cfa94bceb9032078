"""Invented enterprises and persons whose relations are registered as whole histories."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import pytest

from xinqiao.catalogue import load_contracts
from xinqiao.engine import DuckDBEngine, Session
from xinqiao.indicators.cases import register_rows
from xinqiao.kernel.unified_code import UnifiedCode, build
from xinqiao.parties import Scope, compute, load_rules
from xinqiao.parties.queries import DATASETS

CONTRACTS = load_contracts()
RULES = load_rules().value
AS_OF = date(2026, 6, 30)
SINCE = date(2020, 1, 1)


def code(firm: int) -> UnifiedCode:
    """The unified code of an invented enterprise by its number."""
    return build(organisation8=f"PX{firm:06d}", region="440300")


def subject(firm: int) -> int:
    return code(firm).subject


@dataclass(frozen=True)
class City:
    """Records of relations, and how to ask about them; firms are numbers, persons names.

    Attributes:
        session: Where they are registered.
        rows: Rows by dataset.
        regions: Datasets collected for some regions only.
    """

    session: Session
    rows: dict[str, list[dict[str, Any]]]
    regions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def firm(self, *firms: int, **more: Any) -> None:
        for each in firms:
            self._add("business_registration", each, approved_on=SINCE, established_on=SINCE,
                      name=f"企业{each}有限公司", unified_code=code(each).text, **more)  # fmt: skip

    def holds(self, holder: int | str, company: int, share: float | None, **more: Any) -> None:
        """A holding; a person's token is the name, so the same name is the same person."""
        if isinstance(holder, int):
            who = {
                "shareholder_name": f"企业{holder}",
                "shareholder_code": code(holder).text,
                "shareholder_kind": "enterprise",
            }
        else:
            who = {
                "shareholder_name": holder,
                "shareholder_kind": "person",
                "person_token": f"token-{holder}",
            }
        self._add("shareholder", company, **{"share_ratio": share, "from_on": SINCE, **who, **more})

    def serves(self, person: str, company: int, position: str = "director", **more: Any) -> None:
        given = {
            "person_name": person,
            "person_token": f"token-{person}",
            "position": position,
            "from_on": SINCE,
        }
        self._add("key_personnel", company, **{**given, **more})

    def guarantees(self, guarantor: int, guaranteed: int, fen: int = 100, **more: Any) -> None:
        given = {
            "contract_number": f"{guarantor}-{guaranteed}", "guaranteed_code": code(guaranteed).text,
            "guaranteed_name": f"企业{guaranteed}", "from_on": SINCE, "amount_fen": fen,
        }  # fmt: skip
        self._add("guarantee_given", guarantor, **{**given, **more})

    def finances(self, guarantor: int, guaranteed: int, fen: int = 100) -> None:
        given = {
            "contract_number": f"{guarantor}~{guaranteed}", "guarantor_code": code(guarantor).text,
            "guarantor_name": f"企业{guarantor}", "from_on": SINCE, "guaranteed_fen": fen, "status": "in_force",
        }  # fmt: skip
        self._add("financing_guarantee", guaranteed, **given)

    def court(self, dataset: str, firm: int, **more: Any) -> None:
        days = {
            "dishonest_debtor": "published_on",
            "bankruptcy": "accepted_on",
            "enforcement_case": "filed_on",
        }
        self._add(dataset, firm, **{"case_number": f"{dataset}{firm}", days[dataset]: SINCE, **more})

    def _add(self, dataset: str, firm: int, **row: Any) -> None:
        self.rows.setdefault(dataset, []).append({"subject": subject(firm), **row})

    @property
    def views(self) -> Mapping[str, str]:
        """Every dataset registered, each row known on the day it happened unless it says `known_on`."""
        found = {}
        for dataset in DATASETS:
            contract = CONTRACTS[dataset]
            rows = []
            for row in self.rows.get(dataset, ()):
                happened = row[contract.occurred_on or ""]
                known_at = datetime.combine(row.get("known_on", happened), time(1))
                system = {"occurred_on": happened, "known_at": known_at, "delivery": 1, "supersedes": False}
                rows.append({**system, **row})
            found[dataset] = f"record_{dataset}"
            register_rows(self.session, found[dataset], rows, contract.record_columns())
        return found

    def compute(self, as_of: date = AS_OF, subjects: Sequence[int] | None = None) -> None:
        compute(
            self.session, rules=RULES, contracts=CONTRACTS, views=self.views, as_of=as_of,
            regions=self.regions, subjects=None if subjects is None else [subject(firm) for firm in subjects],
        )  # fmt: skip

    @staticmethod
    def subject(firm: int) -> int:
        return subject(firm)

    @staticmethod
    def code(firm: int) -> str:
        return code(firm).text

    def scope(self) -> Scope:
        """What every question about one enterprise is given."""
        return Scope(self.session, RULES, CONTRACTS, self.views, AS_OF, self.regions)

    def row(self, table: str, firm: int, column: str = "subject") -> dict[str, Any]:
        """The row of a firm; empty when there is none."""
        found = self.session.records(f"SELECT * FROM {table} WHERE {column} = {subject(firm)}")
        assert len(found) <= 1
        return found[0] if found else {}


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with DuckDBEngine(tmp_path_factory.mktemp("engine")).session() as opened:
        yield City(opened, {})


@pytest.fixture
def cities(city: City) -> Callable[[], City]:
    """A fresh city on the same engine, for tests that need many."""
    return lambda: City(city.session, {})
