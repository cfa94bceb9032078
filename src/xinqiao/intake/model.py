"""What a delivery is and came to, and what each reason for refusing a row means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from xinqiao.catalogue.model import Contract
from xinqiao.intake.covering import Regions
from xinqiao.intake.mapping import Mapping as FieldMapping
from xinqiao.kernel import unified_code
from xinqiao.kernel.refusals import Refusal
from xinqiao.kernel.spelling import compact

RECORDS = "records"
QUARANTINE = "quarantine"

QUARANTINE_COLUMNS: Mapping[str, str] = {
    "delivery": "BIGINT",
    "file": "VARCHAR",
    "row": "BIGINT",
    "reasons": "VARCHAR[]",
    "raw": "VARCHAR",
    "known_at": "TIMESTAMP",
}

UNRESOLVED = "unresolved_subject"

_MEANINGS = {
    "missing": "必填字段“{label}”没有值",
    "unparseable": "“{label}”的内容无法识别为{kind}",
    "unknown_value": "“{label}”的取值不在约定范围内（{values}）",
    "out_of_range": "“{label}”超出合理范围",
    "in_the_future": "“{label}”晚于平台得知该记录的日期",
    "invalid_code": "“{label}”不是有效的主体代码（校验位或字符不符）",
    UNRESOLVED: "“{label}”在登记信息和对照表中都找不到对应的主体；待登记信息或对照表到位后可重放",
    "malformed_row": "该行的列数或引号与表头不符，无法拆分为字段",
    "bad_encoding": "该行含有无法识别的字节",
    "conflict": "同一主键出现了不同的内容；同一批次内以最后一行为准",
    "stale": "该记录已被更晚得知的批次更新，本行较旧",
}
# Any other text can be read.
_SPOILT_TEXT = (
    "“{label}”的号码被电子表格改成了科学计数法（如 1.10E+20），原来的数字已丢失，或内容含有空字符；"
    "请来源将该列设为文本格式后重新导出"
)
_KINDS = {
    "string": "文本",
    "integer": "整数",
    "amount": "金额",
    "decimal": "数值",
    "date": "日期",
    "timestamp": "时间",
    "boolean": "是或否",
}


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is handed over to be taken as one delivery.

    Attributes:
        files: The files.
        mapping: How their columns become fields.
        known_at: When the platform learnt it.
        dated: Whether that was said by whoever delivers; otherwise it is the moment of delivery.
        covers: Regions it speaks for, as `covering.read_regions` gives them; None for everywhere.
        empty_list: Whether it says that nobody is on the list: a snapshot with headings only.
    """

    files: tuple[Path, ...]
    mapping: FieldMapping
    known_at: datetime
    dated: bool = False
    covers: Regions = None
    empty_list: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """One file of a delivery, as recorded.

    Attributes:
        name: Its name as delivered.
        sha256: Hash of its bytes, under which they are kept.
        bytes: Its size.
        header_row: Physical row of its headings, from 1; 0 when it has none.
        even: Whether its n-th record stands n rows below the headings, each on a row of its own.
    """

    name: str
    sha256: str
    bytes: int
    header_row: int
    even: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery and what became of it.

    Attributes:
        delivery_id: Its number.
        dataset: The dataset's name.
        files: What was delivered.
        known_at: When the platform learnt it.
        received_at: When it was taken in.
        accepted: Rows that became new records.
        corrected: Rows that replaced an earlier version of a record (not counted in `accepted`).
        duplicate: Rows already known, word for word.
        quarantined: Rows refused.
        unresolved: Refused rows whose code leads to no enterprise yet (part of `quarantined`).
        reasons: Refused rows per reason code; a row with two reasons counts under both. Accepted rows that
            break a rule which only warns are counted under `warning:<rule>`.
        versions: Lake table to the version this delivery made.
        seconds: Time it took.
        covers: Regions it speaks for, as prefixes of GB/T 2260 codes; None for everywhere.
        repeated: True when the very same delivery had been taken before and nothing was changed.
        overtaken: True when it is repeated although another delivery of the dataset became known since.
        withheld: Enterprises in refused rows of a snapshot: whether they stand on the list is unknown. None where it
            was not counted: for other datasets, and in the answer to a repeated delivery.
        known_later: Of `duplicate`, the rows that stay known only from later than this delivery says; None when
            repeated.
    """

    delivery_id: int
    dataset: str
    files: tuple[Delivered, ...]
    known_at: datetime
    received_at: datetime
    accepted: int
    corrected: int
    duplicate: int
    quarantined: int
    unresolved: int
    reasons: Mapping[str, int]
    versions: Mapping[str, int]
    seconds: float
    covers: Regions = None
    repeated: bool = False
    overtaken: bool = False
    # Counted when it is taken and not kept, so that a delivery looked up again is the same.
    withheld: int | None = field(default=None, compare=False)
    known_later: int | None = field(default=None, compare=False)

    @property
    def wholly_refused(self) -> bool:
        """Whether there were rows and none of them was taken."""
        return bool(self.quarantined) and not self.accepted + self.corrected + self.duplicate


@dataclass(frozen=True, slots=True)
class Replay:
    """A second judging of a delivery's refused rows.

    Attributes:
        replay_id: Its number.
        delivery_id: The delivery whose rows were judged again.
        dataset: The dataset's name.
        accepted: Rows that became records.
        corrected: Rows that replaced an earlier version.
        duplicate: Rows already known meanwhile.
        still_refused: Rows that stay in quarantine, with their reasons as of now.
        reasons: Refused rows per reason code.
        versions: Lake table to the version the replay made.
    """

    replay_id: int
    delivery_id: int
    dataset: str
    accepted: int
    corrected: int
    duplicate: int
    still_refused: int
    reasons: Mapping[str, int]
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row in quarantine.

    Attributes:
        delivery_id: The delivery it came with.
        file: The file's name.
        row: The record's number in the file, from 1, headings not counted.
        reasons: Reason codes.
        explanations: The same as sentences.
        raw: The row as delivered: heading to text.
        line: The physical row it stands in, from 1, titles and headings counted; None where that is not known.
    """

    delivery_id: int
    file: str
    row: int
    reasons: tuple[str, ...]
    explanations: tuple[str, ...]
    raw: Mapping[str, str | None]
    line: int | None = None


def explain(
    contract: Contract, reason: str, values: Mapping[str, tuple[str | None, str | None]] | None = None
) -> str:
    """A reason code as a Chinese sentence; with the row's values by field also what is wrong with a code.

    Each value stands beside itself as it may be shown, which is all of it that the sentence quotes.
    """
    kind, _, name = reason.partition(":")
    if kind in ("rule", "warning"):
        rule = contract.rule(name)
        return rule.label if rule else f"不符合规则 {name}"
    known = {each.name: each for each in contract.fields}
    field = known.get(name)
    meaning = (
        _SPOILT_TEXT
        if kind == "unparseable" and field and field.kind == "string"
        else _MEANINGS.get(kind, reason)
    )
    sentence = meaning.format(
        label=field.label if field else name,
        kind=_KINDS[field.kind] if field else "",
        values="、".join(field.values.values()) if field else "",
    )
    value, shown = (values or {}).get(name, (None, None))
    return (
        f"{sentence}：{_code_fault(value, shown)}" if kind == "invalid_code" and value and shown else sentence
    )


def _code_fault(value: str, shown: str) -> str:
    try:
        unified_code.UnifiedCode.parse(value)
    except Refusal as refusal:
        return refusal.message if shown == value else refusal.message.replace(compact(value), shown)
    return shown
