"""Size classes: large, medium, small or micro by the state's own table, one enterprise or all at once.

The table (工信部联企业〔2011〕300号) is declared in `size_classes.yaml`; `size_class` decides one enterprise, and
`size_class_sql` is the same rule as an expression, made of the same declaration, for every enterprise in one pass.

Invariants: a figure that is not known is never taken for zero; a class is told only when every value the unknown
figure could have gives the same one.
"""

from xinqiao.sizing.compute import DATASETS, SIZES, SIZES_COLUMNS, compute
from xinqiao.sizing.model import SIZE_CLASSES, Scheme, SizeClass, load_scheme, size_class
from xinqiao.sizing.queries import EnterpriseSize, enterprise_size
from xinqiao.sizing.single import size_of
from xinqiao.sizing.sql import size_class_sql

__all__ = [
    "DATASETS",
    "SIZES",
    "SIZES_COLUMNS",
    "SIZE_CLASSES",
    "EnterpriseSize",
    "Scheme",
    "SizeClass",
    "compute",
    "enterprise_size",
    "load_scheme",
    "size_class",
    "size_class_sql",
    "size_of",
]
