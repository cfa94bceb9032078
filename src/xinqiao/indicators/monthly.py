"""Which data sets indicators count by full months: a month that was not delivered reads as one without records."""

from collections.abc import Collection

from xinqiao.indicators.model import Catalogue
from xinqiao.indicators.windows import counts_months


def by_month(catalogue: Catalogue, codes: Collection[str]) -> frozenset[str]:
    """The data sets whose records these indicators, or the facts they are made of, count by full months."""
    found: set[str] = set()
    for name in _formulas(catalogue, codes):
        relation, texts = catalogue.formula(name).relation, [catalogue.formula(name).expression]
        bottom = catalogue.dataset_of(relation)
        while relation in catalogue.relations:
            texts.append(catalogue.relations[relation].sql)
            relation = catalogue.relations[relation].source
        if any(map(counts_months, texts)):
            found |= set(catalogue.computed[bottom].datasets) if bottom in catalogue.computed else {bottom}
    return frozenset(found)


def _formulas(catalogue: Catalogue, codes: Collection[str]) -> frozenset[str]:
    """The indicators and facts at the bottom of these, which aggregate rows."""
    found, ahead = set[str](), set(codes)
    while ahead:
        name = ahead.pop()
        if name in catalogue.measures.named:
            continue
        if catalogue.formula(name).derived:
            ahead |= set(catalogue.reads[name])
        else:
            found.add(name)
    return frozenset(found)
