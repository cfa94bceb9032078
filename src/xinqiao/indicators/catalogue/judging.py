"""Whether what the catalogue declares as SQL says only what a formula may; `engine.formulas` knows what that is.

Content kept with a grade is not judged again: it was allowed when it was in force.
"""

from collections.abc import Mapping

from xinqiao.engine import formulas as rules
from xinqiao.indicators.declaration import Node
from xinqiao.indicators.model import Catalogue
from xinqiao.indicators.terms import Fact
from xinqiao.indicators.windows import SOURCE, neutral


def formulas(catalogue: Catalogue, files: Mapping[str, Node], places: Mapping[str, Node]) -> None:
    """Judge every declared formula and relation.

    Args:
        catalogue: The declarations, whose names and columns fit together.
        files: Every file by its path.
        places: Where each indicator and fact stands.

    Raises:
        Misdeclared: The first one that says more than it may, with file, line and remedy.
    """
    for name in catalogue.relations:
        given = files[f"relations/{name}.yaml"].entries()
        if "sql" in given:
            _judge(f"({given['sql'].text()})", given["sql"], "relation")
    for name, place in places.items():
        if name in catalogue.measures.named:
            continue
        formula = catalogue.formula(name)
        if formula.derived:
            _judge(formula.expression, place.entries()["derived"], "derived")
        elif not (isinstance(formula, Fact) and formula.series):
            _judge(formula.expression, place.entries()["expression"], "aggregate")
    of_population = files["population.yaml"].entries()
    for part in ("sector", "region"):
        if part in of_population:
            place = of_population[part].entries()["expression"]
            _judge(place.text(), place, "aggregate")


def _judge(sql: str, place: Node, kind: rules.Kind) -> None:
    if fault := rules.fault(neutral(sql), kind, SOURCE):
        raise place.refuse(*fault)
