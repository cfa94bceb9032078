"""Which encoding a department's text is in, and text of any other made into UTF-8."""

import codecs
import re
from collections.abc import Mapping
from pathlib import Path

from xinqiao.intake.headers import DELIMITERS, SAMPLE_BYTES, likeliest_header
from xinqiao.intake.landing import LandedFile, UnreadableFile, raise_if_full

_CHUNK = 4 * 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
# A file of whose first lines a larger share is unreadable is in another encoding.
_SPOILT = 0.1
# What is declared as the narrower is often the wider, which reads both alike.
_WIDER = {"utf-8-sig": "utf-8", "ascii": "utf-8", "gb2312": "gb18030", "gbk": "gb18030"}

_BIG5 = "cp950"
_WEB_PAGE = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|meta|body|table|style)\b", re.I | re.S
)
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
}
_MARKS = {
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}


def tell_encoding(file: LandedFile, declared: str | None, expected: set[str]) -> str:
    """The encoding that the beginning of a file is written in.

    A file whose headings can only be read as UTF-8 is that even where a few of its lines are not; the engine
    reports those. Big5 can nearly always be read as GB18030 too, into nonsense, so the headings decide.

    Raises:
        UnreadableFile: It is no text, or in none of the encodings tried.
    """
    with file.path.open("rb") as reader:
        sample = reader.read(SAMPLE_BYTES)
    _refuse_other_kinds(file, sample)
    candidates = _candidates(file, sample, declared)
    whole = file.bytes <= SAMPLE_BYTES
    texts = {each: text for each in candidates if (text := _decoded(sample, each, whole=whole)) is not None}
    if "utf-8" in candidates and "utf-8" not in texts:
        patched = sample.decode("utf-8", "replace")
        lines = patched.splitlines()
        spoilt = sum("\ufffd" in line for line in lines) / len(lines)
        found = _headings_in(patched, expected)
        if spoilt <= _SPOILT and found > max((_headings_in(t, expected) for t in texts.values()), default=0):
            texts = {"utf-8": patched}
    if not declared and "utf-8" not in texts and (big5 := _big5(sample, texts, expected, whole=whole)):
        texts = {_BIG5: big5}
    for encoding, text in texts.items():
        control = _CONTROL.search(text)
        if control is None:
            return encoding
        # Control characters never stand in a department's text; a picture or an archive is full of them.
        raise UnreadableFile(
            f"这不是文本文件：第 {text.count(chr(10), 0, control.start()) + 1} 行有控制字符 0x{ord(control[0]):02X}。",
            where=file.name,
            remedy="请另存为 CSV、xlsx 或 Parquet 后重新交付。",
        )
    # Nearly right is likelier to be meant than wrong from the first line on.
    line, position = max(_first_bad_byte(sample, each) for each in candidates)
    raise UnreadableFile(
        f"文件编码无法识别：不是{'、'.join(each.upper() for each in candidates)}"
        f"（第 {line} 行，第 {position} 字节起）。",
        where=file.name,
        remedy="请另存为 UTF-8 或 GB18030 编码的 CSV；若是其他编码（如繁体的 big5），在映射文件 read.encoding 中写明。",
    )


def _refuse_other_kinds(file: LandedFile, sample: bytes) -> None:
    """Refuse by name what is often taken for a table."""
    if _WEB_PAGE.match(sample):
        raise UnreadableFile(
            "这是网页（HTML 表格），只是文件名像工作簿或文本；许多系统导出的 .xls 是这样的。",
            where=file.name,
            remedy="用 Excel 打开，另存为 xlsx 后重新交付。",
        )
    packed = next((name for start, name in _PACKED.items() if sample.startswith(start)), None)
    if packed:
        raise UnreadableFile(
            f"这是压缩文件（{packed}），不能直接读取。", where=file.name, remedy="解压后，交付其中的文件。"
        )


def _big5(sample: bytes, texts: Mapping[str, str], expected: set[str], *, whole: bool) -> str | None:
    """The text read as Big5, where that has more of the expected headings than any other reading."""
    text = _decoded(sample, _BIG5, whole=whole)
    if text is None:
        return None
    others = max((_headings_in(each, expected) for each in texts.values()), default=0)
    return text if _headings_in(text, expected) > others else None


def _candidates(file: LandedFile, sample: bytes, declared: str | None) -> list[str]:
    if declared:
        try:
            "".encode(declared)
            name = codecs.lookup(declared).name
        except (LookupError, UnicodeError) as error:
            raise UnreadableFile(
                f"不认识的编码 {declared}。", where=file.name, remedy="常用：utf-8、gb18030。"
            ) from error
        _require_mark(file, sample, name)
        return [_WIDER.get(name, name)]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    return ["utf-8", "gb18030"]


def _headings_in(text: str, expected: set[str]) -> int:
    return max(likeliest_header(text, delimiter, expected)[0] for delimiter in DELIMITERS)


def _decoded(sample: bytes, encoding: str, *, whole: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(sample, whole)
    except (UnicodeError, LookupError):
        return None


def _require_mark(file: LandedFile, sample: bytes, encoding: str) -> None:
    """Refuse UTF-16 or UTF-32 that does not say which byte comes first, in its mark or by the declared name."""
    if encoding in _MARKS and not sample.startswith(_MARKS[encoding]):
        raise UnreadableFile(
            f"声明的编码是 {encoding}，但文件开头没有字节序标记（BOM），无法判断字节的先后。",
            where=file.name,
            remedy=f"在映射文件 read.encoding 中写明 {encoding}-le（Windows 导出的多为此种）或 {encoding}-be。",
        )


def _first_bad_byte(sample: bytes, encoding: str) -> tuple[int, int]:
    """The line and the byte in it, each from 1, at which a text is not in that encoding."""
    try:
        sample.decode(encoding)
    except UnicodeDecodeError as error:
        before = sample[: error.start].decode(encoding, "ignore")
        lines = before[: before.rfind("\n") + 1]
        # An encoding with a mark would count it for no text at all.
        return lines.count("\n") + 1, error.start - (len(lines.encode(encoding)) if lines else 0) + 1
    except UnicodeError:
        # Some decoders say no more than that they cannot.
        pass
    return 1, 1


def transcode(file: LandedFile, encoding: str, work: Path) -> Path:
    """Write a file of another encoding as UTF-8 into `work` and return where.

    Raises:
        UnreadableFile: It holds bytes that the encoding does not have; the message says in which line.
        NoSpace: The disk is full.
    """
    path = work / f"{file.sha256}.utf8.csv"
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    try:
        with file.path.open("rb") as reader, path.open("w", encoding="utf-8", newline="") as writer:
            while chunk := reader.read(_CHUNK):
                writer.write(decoder.decode(chunk))
                done += chunk.count(b"\n")
            writer.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        done += error.object.count(b"\n", 0, error.start)
        raise UnreadableFile(
            f"文件不全是 {encoding.upper()} 编码：第 {done + 1} 行有无法识别的字节。",
            where=file.name,
            remedy="请来源单位统一编码后重新导出。",
        ) from error
    except OSError as error:
        raise_if_full(error)
        raise
    return path
