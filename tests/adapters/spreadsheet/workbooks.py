"""Small workbooks of every format, made byte by byte where no writer is at hand. All people are made up."""

import io
import struct
import zipfile

import openpyxl

TABLE_SECTORS = 4
"""Of a compound file: room for 256 kB."""

ROSTER = [
    ["姓名", "身份证号码", "所在单位", "执法门类", "性别"],
    ["许波", "329923197201110221", "苏州市交通运输局", "公路路政", "女"],
]


def xlsx_bytes(rows=ROSTER, prepare=None):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "花名册"
    for row in rows:
        sheet.append(row)
    if prepare:
        prepare(workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def ods_bytes(rows=ROSTER, extra_row="", encrypted=False):
    cells = [
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in row
        )
        for row in rows
    ]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells) + extra_row
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="花名册">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    secret = "<manifest:encryption-data/>" if encrypted else ""
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{secret}'
        "</manifest:file-entry></manifest:manifest>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return stream.getvalue()


def _record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def _label(row, column, text):
    units = text.encode("utf-16-le")
    return _record(0x0204, struct.pack("<HHHHB", row, column, 15, len(units) // 2, 1) + units)


def _bof(kind):
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def shared_table(texts, split_at=None):
    """A table of shared texts; ``split_at`` cuts within the characters of the last one, into a second record."""
    body = struct.pack("<II", len(texts), len(texts))
    for text in texts[:-1]:
        body += struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
    last = texts[-1]
    head = struct.pack("<HB", len(last), 1)
    if split_at is None:
        return _record(0x00FC, body + head + last.encode("utf-16-le"))
    first, second = last[:split_at].encode("utf-16-le"), last[split_at:].encode("utf-16-le")
    return _record(0x00FC, body + head + first) + _record(0x003C, b"\x01" + second)


def xls_bytes(
    rows=ROSTER, formula_at=None, protected=False, far_cell=None, hidden_rows=(), shared=b"", shared_cells=()
):
    name = "花名册"
    cells = b"".join(_label(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    if formula_at:
        formula = struct.pack("<HHHdHIH", *formula_at, 15, 2.0, 0, 0, 3) + b"\x1e\x02\x00"
        cells += _record(0x0006, formula)
    if far_cell:
        cells += _label(*far_cell, "远")
    cells += b"".join(
        _record(0x00FD, struct.pack("<HHHI", *place, 15, text)) for *place, text in shared_cells
    )
    cells = (
        b"".join(
            _record(0x0208, struct.pack("<HHHHHHBBH", row, 0, 5, 300, 0, 0, 0x20, 1, 15))
            for row in hidden_rows
        )
        + cells
    )
    sheet = _bof(0x0010) + cells + _record(0x000A)
    globals_head = _bof(0x0005) + (_record(0x002F, b"\x00" * 6) if protected else b"") + shared
    bound = 8 + 2 * len(name)
    start = len(globals_head) + 4 + bound + 4
    globals_part = (
        globals_head
        + _record(0x0085, struct.pack("<IHBB", start, 0, len(name), 1) + name.encode("utf-16-le"))
        + _record(0x000A)
    )
    return compound_bytes({"Workbook": globals_part + sheet})


def compound_bytes(streams):
    """A compound file of 512-byte sectors; every stream is padded beyond the mini-stream limit."""
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    table, sectors, entries = [fat_mark] * TABLE_SECTORS, [b""] * TABLE_SECTORS, []

    def add(content):
        first = len(sectors)
        count = (len(content) + 511) // 512
        for number in range(count):
            sectors.append(content[number * 512 : number * 512 + 512].ljust(512, b"\0"))
            table.append(end if number == count - 1 else first + number + 1)
        return first

    for name, content in streams.items():
        padded = content.ljust(4096, b"\0")
        entries.append((name, 2, add(padded), len(padded)))
    directory = b""
    for at, (name, kind, start, size) in enumerate([("Root Entry", 5, end, 0), *entries]):
        text = (name + "\0").encode("utf-16-le")
        child = 1 if at == 0 else free
        sibling = at + 1 if 0 < at < len(entries) else free
        directory += (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, free, sibling, child)
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )
    while len(directory) % 512:
        directory += b"\0" * 66 + struct.pack("<BBIII", 0, 1, free, free, free) + b"\0" * 48
    directory_start = add(directory)
    words = table + [free] * (128 * TABLE_SECTORS - len(table))
    for number in range(TABLE_SECTORS):
        sectors[number] = struct.pack("<128I", *words[number * 128 : number * 128 + 128])
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 6
        + struct.pack("<IIIIIIIII", 0, TABLE_SECTORS, directory_start, 0, 4096, end, 0, end, 0)
    )
    header += struct.pack("<109I", *range(TABLE_SECTORS), *[free] * (109 - TABLE_SECTORS))
    return header + b"".join(sectors)
