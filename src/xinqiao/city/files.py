"""Files as departments send them: CSV in their encoding, or a plain Excel workbook, written part by part."""

import csv
import shutil
import zipfile
from pathlib import Path
from typing import IO, Protocol
from xml.sax.saxutils import escape

from xinqiao.city.layout import Layout

_CHUNK = 1 << 22
# The oldest date a ZIP entry can carry: the same content gives the same bytes on every day.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="公告" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


class Sheet(Protocol):
    """One file that takes rows by the part."""

    path: Path
    rows: int

    def append(self, part: Path, rows: int) -> None:
        """Append a file of data records, one a line, as many as said."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class CsvSheet:
    """A CSV file; its parts come in its encoding and with its line ends."""

    def __init__(self, path: Path, layout: Layout) -> None:
        """Open the file and write what stands above the data."""
        self.path = path
        self.rows = 0
        self._stream: IO[bytes] = path.open("wb")
        above = [layout.title] if layout.title else []
        above.append(",".join(layout.headings))
        self._stream.write("".join(f"{line}\r\n" for line in above).encode(layout.encoding))

    def append(self, part: Path, rows: int) -> None:
        """Append a file of data records, one a line, as many as said."""
        with part.open("rb") as reader:
            shutil.copyfileobj(reader, self._stream, _CHUNK)
        self.rows += rows

    def close(self) -> None:
        """Finish the file."""
        self._stream.close()


class Workbook:
    """An Excel workbook with one worksheet of text cells."""

    def __init__(self, path: Path, layout: Layout) -> None:
        """Open the workbook and write what stands above the data."""
        self.path = path
        self.rows = 0
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        for name, content in _PARTS.items():
            self._archive.writestr(_entry(name), _DECLARATION + content)
        self._stream = self._archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        self._stream.write(f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        if layout.title:
            self._write([layout.title])
        self._write(list(layout.headings))

    def append(self, part: Path, rows: int) -> None:
        """Append a file of data records, one a line, as many as said."""
        with part.open(encoding="utf-8", newline="\n") as reader:
            for cells in csv.reader(reader):
                self._write(cells)
        self.rows += rows

    def close(self) -> None:
        """Finish the workbook."""
        self._stream.write(b"</sheetData></worksheet>")
        self._stream.close()
        self._archive.close()

    def _write(self, cells: list[str]) -> None:
        texts = "".join(
            f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>' for cell in cells
        )
        self._stream.write(f"<row>{texts}</row>".encode())


def open_sheet(path: Path, layout: Layout) -> Sheet:
    """A new file of a layout, replacing any that was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return Workbook(path, layout) if layout.form == "xlsx" else CsvSheet(path, layout)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
