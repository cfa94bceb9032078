"""SQL as text: parse it, ask which columns it reads, render it for another engine, print a literal."""

import datetime
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import lru_cache

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.dialects import Dialect
from sqlglot.errors import ParseError, TokenError

DIALECT = "duckdb"

Literal = str | int | bool | float | Decimal | datetime.date | datetime.datetime | None


# More numbers than are worth writing out in a condition: to plan each of them costs more than a join.
_MANY = 300


class UnreadableSQL(ValueError):
    """A piece of declared SQL does not parse; the message says where in the text."""


# Parsing is most of the work of loading declarations, and each text is asked about more than once.
@lru_cache(maxsize=1024)
def parse_expression(sql: str) -> exp.Expression:
    """Parse one scalar or aggregate expression; the tree is shared and not to be changed.

    Raises:
        UnreadableSQL: It is not one expression.
    """
    dialect = Dialect.get_or_raise(DIALECT)
    try:
        tokens = dialect.tokenize(f"SELECT {sql}")
        _require_closed([token.token_type for token in tokens], sql)
        trees = dialect.parser().parse(tokens, sql)
    except (ParseError, TokenError) as error:
        raise UnreadableSQL(str(error).splitlines()[0]) from error
    tree = trees[0] if len(trees) == 1 else None
    # Any clause after the expression, from FROM to LIMIT, is more than an expression.
    clauses = [name for name, part in tree.args.items() if part and name != "expressions"] if tree else []
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or clauses:
        raise UnreadableSQL(f"需要且只能是一个表达式：{sql}")
    return tree.expressions[0]  # type: ignore[no-any-return]  # sqlglot types lists of nodes as Any


def _require_closed(kinds: Sequence[TokenType], sql: str) -> None:
    """Refuse what sqlglot lets pass and no engine does: a call that is not closed, a comma after which nothing comes."""
    depth = 0
    for kind in kinds:
        depth += (kind == TokenType.L_PAREN) - (kind == TokenType.R_PAREN)
        if depth < 0:
            break
    if depth:
        raise UnreadableSQL(f"括号不成对：{sql}")
    if kinds[-1] == TokenType.COMMA:
        raise UnreadableSQL(f"末尾多了逗号：{sql}")


def columns_of(sql: str) -> set[str]:
    """Names of the columns that an expression reads.

    Raises:
        UnreadableSQL: It does not parse.
    """
    return {column.name for column in parse_expression(sql).find_all(exp.Column)}


def render(sql: str, dialect: str) -> str:
    """Render a statement written for DuckDB in another engine's dialect (`spark`, `hive`, `trino`, `doris` …).

    Raises:
        UnreadableSQL: It does not parse.
    """
    try:
        return ";\n".join(sqlglot.transpile(sql, read=DIALECT, write=dialect, pretty=True))
    except (ParseError, TokenError) as error:
        raise UnreadableSQL(str(error).splitlines()[0]) from error


def identifier(name: str) -> str:
    """A name quoted for SQL, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string quoted for SQL, whatever characters it holds."""
    return "'" + value.replace("'", "''") + "'"


def literal(value: Literal) -> str:
    """A value as a typed SQL literal; aware datetimes become naive UTC, as the lake keeps them."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float() | Decimal():
            return str(value)
        case datetime.datetime():
            instant = value.astimezone(datetime.UTC) if value.tzinfo else value
            return f"TIMESTAMP '{instant:%Y-%m-%d %H:%M:%S.%f}'"
        case datetime.date():
            return f"DATE '{value:%Y-%m-%d}'"
        case str():
            return text(value)


def within(numbers: Collection[int], column: str = "subject") -> str:
    """A condition that a column holds one of the numbers; never true without any.

    Few are written out, so that files and groups of rows that cannot hold them are left out; of many the engine
    makes a table.
    """
    if len(numbers) > _MANY:
        return f"{column} IN ({_each_of(numbers)})"
    return f"{column} IN ({_listed(numbers)})" if numbers else "FALSE"


def within_often(numbers: Collection[int]) -> tuple[str, str]:
    """The same for a statement that asks it in many places: how it begins, and the condition on `subject`."""
    if len(numbers) > _MANY:
        return f"WITH asked AS MATERIALIZED ({_each_of(numbers)}) ", "subject IN (FROM asked)"
    return "", within(numbers)


def _each_of(numbers: Collection[int]) -> str:
    """A query for the numbers, one a row; to the engine it is one literal, not an expression for each."""
    return f"SELECT unnest(CAST('[{_listed(numbers)}]' AS BIGINT[])) AS number"


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(f"{number:d}" for number in sorted(numbers))
