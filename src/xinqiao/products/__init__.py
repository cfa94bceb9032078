"""The credit report: one firm's grade with its reasons, records and sources, and finding the firm.

Invariants: a report is made of one evaluation and of the records known to it, so the same enterprise and
evaluation give the same report under the same number; what is unknown is None, never zero; names of persons
and counterparties leave this package masked.
"""

from xinqiao.products.model import Hit, HitPage, Report
from xinqiao.products.queries import UnknownEnterprise, enterprise_report
from xinqiao.products.search import Order, TextTooLong, TextTooShort, search

__all__ = [
    "Hit",
    "HitPage",
    "Order",
    "Report",
    "TextTooLong",
    "TextTooShort",
    "UnknownEnterprise",
    "enterprise_report",
    "search",
]
