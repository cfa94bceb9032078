"""What departments promise: contracts, their cases, sharing lists, code lists, classification and masking.

A contract is an ODCS v3 file under `contracts/<department>/`; `load_contracts()` reads them all, `lint` tells
what is wrong with one and where, `views.current` turns a dataset's history into what was known at a moment,
`lists.load_lists` says which item of the lists of information to be shared each dataset belongs to.

Invariants: one contract per dataset; every field has a Chinese label and a classification level; every rule
has a case that breaks it; a contract's fingerprint changes whenever its meaning may have.
"""

from xinqiao.catalogue.cases import Case, Cases, load_cases
from xinqiao.catalogue.contracts import load_contracts, read_contract
from xinqiao.catalogue.linting import Finding, lint
from xinqiao.catalogue.model import Contract, Contracts, Field, Kind, Mode, Rule, SubjectNaming, Unit
from xinqiao.catalogue.refusals import (
    DuplicateDataset,
    InvalidCases,
    InvalidContract,
    UnknownDataset,
    UnknownField,
)

__all__ = [
    "Case",
    "Cases",
    "Contract",
    "Contracts",
    "DuplicateDataset",
    "Field",
    "Finding",
    "InvalidCases",
    "InvalidContract",
    "Kind",
    "Mode",
    "Rule",
    "SubjectNaming",
    "Unit",
    "UnknownDataset",
    "UnknownField",
    "lint",
    "load_cases",
    "load_contracts",
    "read_contract",
]
