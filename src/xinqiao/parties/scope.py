"""Whose records must be read to judge a few enterprises as exactly as the whole city would.

Records say who holds a company, not what a holder holds. So the search goes both ways: the rows of an enterprise
itself, and the rows in which it, or a person beside it, is named.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from xinqiao.catalogue import Contract
from xinqiao.catalogue.known import Views
from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal, within
from xinqiao.kernel.subject import organisation_code
from xinqiao.parties.control import CONTROL, make_control
from xinqiao.parties.links import HOLDING, make_holdings, organisation_part
from xinqiao.parties.rules import Rules

NAMING: Mapping[str, tuple[str | None, str | None]] = {
    "shareholder": ("shareholder_code", "person_token"),
    "key_personnel": (None, "person_token"),
    "guarantee_given": ("guaranteed_code", None),
    "financing_guarantee": ("guarantor_code", None),
}
"""Of each dataset the columns that name the other party, by code and by a person's keyed hash."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Reads the histories of a few companies.

    Attributes:
        session: Where the histories are registered.
        rules: The declared rules.
        contracts: Contracts by dataset.
        views: The registered views.
        as_of: The day looked at.
        regions: Data sets collected for some regions only, with the beginnings of their codes.
    """

    session: Session
    rules: Rules
    contracts: Mapping[str, Contract]
    views: Views
    as_of: date
    regions: Mapping[str, Collection[str]] = field(default_factory=dict)

    def narrowed(self, companies: Collection[int]) -> Views:
        """Views with the rows of these companies alone."""
        found = {}
        for dataset, view in self.views.items():
            name = f"parties_narrowed_{dataset}"
            self.session.define(name, f"SELECT * FROM {identifier(view)} WHERE {within(companies)}")
            found[dataset] = name
        return found

    def naming(
        self, datasets: Iterable[str], *, enterprises: Collection[int], tokens: Collection[str] = ()
    ) -> dict[int | str, set[int]]:
        """Companies whose rows, in any version, name one of these enterprises or persons, by whom they name."""
        codes = {organisation_code(each): each for each in enterprises if each >= 0}
        found: dict[int | str, set[int]] = {}
        for dataset in datasets:
            code, token = NAMING[dataset]
            if dataset not in self.views:
                continue
            columns = [
                (column, wanted)
                for column, wanted in ((code and organisation_part(code), codes), (token, set(tokens)))
                if column and wanted
            ]
            if not columns:
                continue
            named = ", ".join(column for column, _ in columns)
            where = " OR ".join(
                f"{column} IN ({', '.join(literal(each) for each in sorted(wanted))})"
                for column, wanted in columns
            )
            view = identifier(self.views[dataset])
            for subject, *texts in self.session.rows(
                f"SELECT DISTINCT subject, {named} FROM {view} WHERE {where}"
            ):
                for text, (_, wanted) in zip(texts, columns, strict=True):
                    if text in wanted:
                        found.setdefault(codes.get(text, text), set()).add(subject)
        return found

    def of_ownership(self, subjects: Collection[int]) -> set[int]:
        """Companies whose holders must be read for the control, group and related parties of these subjects."""
        companies = self._upwards(set(subjects))
        companies |= self._whole_groups(companies, subjects)
        # Two links away from each subject, over enterprises and persons.
        near, tokens = self._holders(set(subjects))
        one = self._all_named(near | set(subjects), tokens) | near | set(subjects)
        above, _ = self._holders(one)
        return self._upwards(companies | one) | above | self._all_named(one, ())

    def _all_named(self, enterprises: Collection[int], tokens: Collection[str]) -> set[int]:
        found = self.naming(["shareholder"], enterprises=enterprises, tokens=tokens)
        return set().union(*found.values()) if found else set()

    def _holders(self, companies: Collection[int]) -> tuple[set[int], set[str]]:
        """Enterprises and keyed hashes of persons that hold these companies."""
        self._read(companies)
        rows = self.session.rows(f"SELECT DISTINCT holder, token FROM {HOLDING}")
        return {holder for holder, _ in rows if holder >= 0}, {token for _, token in rows if token}

    def _read(self, companies: Collection[int]) -> None:
        make_holdings(
            self.session, contracts=self.contracts, views=self.narrowed(companies), as_of=self.as_of
        )

    def _upwards(self, companies: set[int]) -> set[int]:
        """These companies and the enterprises that hold them, link by link."""
        found, frontier = set(companies), set(companies)
        for _ in range(self.rules.deepest_chain):
            holders, _ = self._holders(frontier)
            frontier = holders - found
            if not frontier:
                break
            found |= frontier
        return found

    def _whole_groups(self, companies: set[int], subjects: Collection[int]) -> set[int]:
        """What everybody at the top of these subjects controls, so that a group is counted whole."""
        found = set(companies)
        asked: set[int | str] = set()
        for _ in range(self.rules.deepest_chain):
            self._read(found)
            make_control(self.session, rules=self.rules)
            members, tokens = self._members(subjects)
            new = (members | tokens) - asked
            if not new:
                break
            asked |= new
            found |= self._all_named(
                {each for each in new if isinstance(each, int)},
                {each for each in new if isinstance(each, str)},
            )
        return found

    def _members(self, subjects: Collection[int]) -> tuple[set[int | str], set[int | str]]:
        """Enterprises and persons in the groups of these subjects, as far as read."""
        tops = f"""SELECT controller AS party FROM {CONTROL} WHERE {within(subjects, "company")}
  UNION SELECT company FROM {CONTROL} WHERE {within(subjects, "company")}
  UNION SELECT holder FROM {HOLDING} WHERE {within(subjects, "holder")}"""
        rows = self.session.rows(
            f"SELECT party FROM ({tops}) UNION SELECT c.company FROM {CONTROL} AS c"
            f" WHERE c.controller IN (SELECT party FROM ({tops}))"
        )
        parties = {party for (party,) in rows} | set(subjects)
        persons = {
            token
            for party, token in self.session.rows(
                f"SELECT DISTINCT holder, token FROM {HOLDING} WHERE token IS NOT NULL"
            )
            if party in parties
        }
        return {party for party in parties if party >= 0}, set(persons)
