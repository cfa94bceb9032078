"""Who a report is about."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class SizeFigure:
    """A figure that an enterprise is sized by.

    Attributes:
        figure: `staff` in people, `revenue` or `assets` in fen.
        value: None when no source has it.
        source_zh: The dataset it was taken from, in Chinese.
        source_en: The same in English.
        ended_on: The last day of the period it is about.
    """

    figure: Literal["staff", "revenue", "assets"]
    value: int | None
    source_zh: str | None
    source_en: str | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Size:
    """The size class by the state's table.

    Attributes:
        code: `large`, `medium`, `small` or `micro`; None when it cannot be told.
        zh: The class in Chinese.
        en: The class in English.
        industry_zh: The table's industry in Chinese; None when the enterprise's is not in the table.
        industry_en: The same in English.
        figures: What the industry is sized by.
        reference: The document.
    """

    code: str | None
    zh: str | None
    en: str | None
    industry_zh: str | None
    industry_en: str | None
    figures: tuple[SizeFigure, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the report is about, as the market regulator last registered it.

    Attributes:
        subject: The platform's key of the enterprise.
        unified_code: 统一社会信用代码.
        name: Registered name.
        former_names: Earlier registered names, oldest first.
        legal_representative: Masked name; None when unknown.
        region: Full name of the registered district.
        industry: Name of the industry of GB/T 4754-2017.
        industry_code: Its code.
        sector: Division the enterprise is compared with, such as `F51`.
        enterprise_type: Legal form.
        established_on: Day of foundation.
        operating_status: `active`, `cancelled`, `revoked` or `moved_out`.
        registered_capital_fen: Registered capital in hundredths of its currency.
        registered_capital_currency: Its currency as registered; None when not given.
        address: Registered address.
        size: Its size class; None when no registration is known.
    """

    subject: int
    unified_code: str
    name: str
    former_names: tuple[str, ...]
    legal_representative: str | None
    region: str | None
    industry: str | None
    industry_code: str | None
    sector: str | None
    enterprise_type: str | None
    established_on: date | None
    operating_status: str | None
    registered_capital_fen: int | None
    registered_capital_currency: str | None
    address: str | None
    size: Size | None = None
