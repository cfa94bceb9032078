"""Whether declared SQL says only what a formula may: closed by default, as it must come out the same on replay.

A formula reads the columns it was given and nothing else: no query of its own, no file, no setting of the machine, no
clock, no chance. So every kind of node that sqlglot finds in it must be on a list; what nobody thought of is refused.
A formula over many rows says one thing of all of them, so its columns stand in aggregates; one over a single row has
none. A relation is a query and may number rows, yet reads nothing but its source.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Literal

from sqlglot import exp

from xinqiao.engine.dialect import DIALECT, parse_expression

Kind = Literal["aggregate", "derived", "predicate", "relation"]
Fault = tuple[str, str]

# Names as DuckDB has them, and what sqlglot reads them as. Left out although harmless at first sight: what depends on
# the order of rows or of threads (`first`, `any_value`, `arg_max`, `list`, `string_agg`, `stddev`).
_AGGREGATES: Mapping[str, type[exp.Expression]] = {
    "avg": exp.Avg, "bit_and": exp.BitwiseAndAgg, "bit_or": exp.BitwiseOrAgg, "bool_and": exp.LogicalAnd,
    "bool_or": exp.LogicalOr, "count": exp.Count, "max": exp.Max, "median": exp.Median, "min": exp.Min,
    "quantile_cont": exp.PercentileCont, "quantile_disc": exp.PercentileDisc, "sum": exp.Sum,
}  # fmt: skip
_FUNCTIONS: Mapping[str, type[exp.Expression]] = {
    "abs": exp.Abs, "ceil": exp.Ceil, "coalesce": exp.Coalesce, "concat": exp.Concat, "contains": exp.Contains,
    "date_diff": exp.DateDiff, "date_trunc": exp.TimestampTrunc, "day": exp.Day, "exp": exp.Exp,
    "extract": exp.Extract, "floor": exp.Floor, "greatest": exp.Greatest, "last_day": exp.LastDay,
    "least": exp.Least, "left": exp.Left, "len": exp.Length, "list_contains": exp.ArrayContains,
    "list_filter": exp.ArrayFilter, "list_max": exp.ArrayMax, "list_min": exp.ArrayMin,
    "list_transform": exp.Transform, "ln": exp.Ln, "log": exp.Log, "lower": exp.Lower,
    "make_date": exp.DateFromParts, "month": exp.Month, "nullif": exp.Nullif, "pow": exp.Pow,
    "quarter": exp.Quarter, "range": exp.GenerateSeries, "regexp_matches": exp.RegexpLike, "replace": exp.Replace,
    "right": exp.Right, "round": exp.Round, "sign": exp.Sign, "sqrt": exp.Sqrt, "starts_with": exp.StartsWith,
    "substring": exp.Substring, "trim": exp.Trim, "trunc": exp.Trunc, "upper": exp.Upper, "year": exp.Year,
}  # fmt: skip
# Functions that sqlglot knows by name alone.
_BY_NAME = frozenset(
    ("bit_count", "list_avg", "list_count", "list_inner_product", "list_slice", "list_stddev_pop", "list_sum")
)
_WRITING: Collection[type[exp.Expression]] = (
    exp.Add, exp.And, exp.Array, exp.Between, exp.BitwiseAnd, exp.BitwiseLeftShift, exp.BitwiseOr,
    exp.BitwiseRightShift, exp.Boolean, exp.Bracket, exp.Case, exp.Cast, exp.Column, exp.DPipe, exp.DataType,
    exp.DataTypeParam, exp.Distinct, exp.Div, exp.EQ, exp.Filter, exp.GT, exp.GTE, exp.ILike, exp.Identifier, exp.If,
    exp.In, exp.IntDiv, exp.Interval, exp.Is, exp.LT, exp.LTE, exp.Lambda, exp.Like, exp.Literal, exp.Mod, exp.Mul,
    exp.NEQ, exp.Neg, exp.Not, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Paren, exp.Slice, exp.Star,
    exp.Sub, exp.TryCast, exp.Tuple, exp.Var, exp.Where,
)  # fmt: skip
_QUERYING: Collection[type[exp.Expression]] = (
    exp.Alias, exp.CTE, exp.Explode, exp.From, exp.Group, exp.Having, exp.IgnoreNulls, exp.Lag, exp.Lead, exp.Order,
    exp.Ordered, exp.RowNumber, exp.Select, exp.Subquery, exp.Table, exp.TableAlias, exp.Window, exp.WindowSpec,
    exp.With,
)  # fmt: skip
# Why there is nothing to aggregate.
_OF_ONE_ROW: Mapping[Kind, str] = {
    "derived": "由其他指标计算的表达式每家企业只有一行，",
    "predicate": "条件只判断一行，",
}
_PLAIN = "只用本行的字段、常数、运算符、CASE 与可用的函数。"
_EXPRESSION = frozenset((*_AGGREGATES.values(), *_FUNCTIONS.values(), *_WRITING))
_RELATION = _EXPRESSION | frozenset(_QUERYING)


# The same texts are loaded again and again.
@cache
def fault(sql: str, kind: Kind, source: str = "") -> Fault | None:
    """What a declared text says beyond what it may, in Chinese, and the remedy; None when it may stand.

    Args:
        sql: One expression, or for a relation a query in parentheses.
        kind: `aggregate` over the rows of a subject, `derived` over one row of indicators, `predicate` over one record,
            or `relation`.
        source: The one table that a relation may read.

    Raises:
        UnreadableSQL: It does not parse.
    """
    tree = parse_expression(sql)
    allowed = _RELATION if kind == "relation" else _EXPRESSION
    tables = {source, *(each.alias for each in tree.find_all(exp.CTE))}
    for node in tree.walk():
        known = node.name.lower() in _BY_NAME if isinstance(node, exp.Anonymous) else type(node) in allowed
        if not known:
            return _unknown(node, kind)
        if kind != "relation":
            found = _out_of_place(node, kind)
        elif isinstance(node, exp.Table) and not (
            isinstance(node.this, exp.Identifier) and node.name in tables
        ):
            found = (f"关系读取了 {_said(node)}。", "只从 {source} 读取，来源写在 from。")
        else:
            found = None
        if found:
            return found
    return None


def _out_of_place(node: exp.Expr, kind: Kind) -> Fault | None:
    """Columns stand bare, in aggregates where there are many rows; aggregates do not hold each other."""
    if node.comments:
        return "表达式中有注释。", "把说明写在 meaning，或写成表达式之外以 # 开头的注释。"
    if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
        return "表达式中有星号（*）。", "写出列名；计行数用 count(*)。"
    if isinstance(node, exp.Column) and node.table:
        return f"列名 {_said(node)} 带有前缀。", f"只写列名 {node.name}。"
    if isinstance(node, exp.Column) and kind == "aggregate" and node.name != "subject" and not _within(node):
        return (
            f"列 {node.name} 没有汇总：一家企业可有多行，表达式应得出一个值。",
            f"用聚合函数汇总该列：{'、'.join(_AGGREGATES)}。",
        )
    if isinstance(node, exp.AggFunc) and (kind in _OF_ONE_ROW or (_within(node) and not _filtered(node))):
        return (
            f"{_OF_ONE_ROW.get(kind, '聚合函数之内')}不能再用聚合函数 {_said(node)}。",
            _PLAIN if kind == "predicate" else "去掉这一聚合函数；逐行的计算写在 relations 下的关系里。",
        )
    return None


def _within(node: exp.Expr) -> bool:
    return node.find_ancestor(exp.AggFunc, exp.Filter) is not None


def _filtered(node: exp.Expr) -> bool:
    """Whether the aggregate is the one that a `FILTER` belongs to."""
    return isinstance(node.parent, exp.Filter) and node.arg_key == "this"


def _unknown(node: exp.Expr, kind: Kind) -> Fault:
    what = "关系" if kind == "relation" else "表达式"
    if kind == "predicate" and isinstance(node, exp.Window | exp.Query | exp.Exists):
        return (f"条件中查询了别的行 {_said(node)}。", _PLAIN)
    if isinstance(node, exp.Window):
        return (f"表达式中有窗口函数 {_said(node)}。", "编号、排序与前后行的比较写在 relations 下的关系里。")
    if isinstance(node, exp.Query | exp.Exists) and kind != "relation":
        return (f"表达式中有子查询 {_said(node)}。", "在 relations 下声明关系来查询，再在此处汇总它的列。")
    if isinstance(node, exp.Func):
        listed = sorted({*_FUNCTIONS, *_BY_NAME, *(() if kind in _OF_ONE_ROW else _AGGREGATES)})
        return (
            f"{what}用到了不可用的函数 {_said(node)}。",
            f"函数须每次算出同样的结果，不读取文件、时钟与设置；可用的函数：{'、'.join(listed)}。",
        )
    return (f"{what}中有不可用的写法 {_said(node)}。", "只用列、常数、运算符、CASE 与可用的函数。")


def _said(node: exp.Expr) -> str:
    return node.sql(dialect=DIALECT)
