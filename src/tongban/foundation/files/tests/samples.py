"""Makes the corpus: files as people have them, and files as attackers make them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

RELS = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
XML = b'<?xml version="1.0"?><document/>'


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (180, 30, 30)).save(target, kind, **options)
    return target.getvalue()


def jpeg_with_thumbnail() -> bytes:
    """A picture whose EXIF holds another picture with its own end mark."""
    inner = picture(size=(8, 8))
    body = b"Exif\x00\x00" + inner
    outer = picture()
    return outer[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + outer[2:]


def png_of_claimed_size(width: int, height: int) -> bytes:
    """A tiny file that claims to be huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def png_with_text(text: bytes) -> bytes:
    whole = picture("PNG")
    body = b"Comment\x00" + text
    chunk = struct.pack(">I", len(body)) + b"tEXt" + body + struct.pack(">I", zlib.crc32(b"tEXt" + body))
    return whole[:33] + chunk + whole[33:]


def pdf(change=None, **options) -> bytes:
    """A one-page PDF, changed by a function."""
    made = pikepdf.new()
    made.add_blank_page()
    if change:
        change(made)
    target = io.BytesIO()
    made.save(target, **options)
    return target.getvalue()


def set_root(**entries):
    def change(made):
        for name, value in entries.items():
            made.Root[f"/{name}"] = value(made) if callable(value) else value

    return change


def action(kind: str, **more) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def with_page(**entries):
    def change(made):
        for name, value in entries.items():
            made.pages[0].obj[f"/{name}"] = value

    return change


def attach(made) -> None:
    made.attachments["secret.exe"] = b"MZ bytes"


def annotate(made, **entries) -> None:
    made.pages[0].obj["/Annots"] = pikepdf.Array(
        [pikepdf.Dictionary(Type=pikepdf.Name("/Annot"), Rect=[0, 0, 9, 9], **entries)]
    )


def object_stream_bomb() -> bytes:
    """A PDF whose object stream unpacks to 100 MB."""
    packed = zlib.compress(b"0" * 100_000_000, 9)
    return (
        b"%PDF-1.5\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length "
        + str(len(packed)).encode()
        + b" >>\nstream\n"
        + packed
        + b"\nendstream\nendobj\nstartxref\n0\n%%EOF"
    )


def archive(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, body in parts.items():
            made.writestr(zipfile.ZipInfo(name) if name.startswith(("/", "..")) else name, body)
    return target.getvalue()


def docx(**more: bytes) -> bytes:
    parts = {"[Content_Types].xml": TYPES, "_rels/.rels": RELS, "word/document.xml": XML}
    return archive(parts | {name.replace("__", "/"): body for name, body in more.items()})


def docx_plus(name: str, body: bytes) -> bytes:
    parts = {"[Content_Types].xml": TYPES, "_rels/.rels": RELS, "word/document.xml": XML}
    return archive(parts | {name: body})


def xlsx() -> bytes:
    return archive({"[Content_Types].xml": TYPES, "_rels/.rels": RELS, "xl/workbook.xml": XML})


def ofd() -> bytes:
    return archive({"OFD.xml": XML, "Doc_0/Document.xml": XML})


def lying_size() -> bytes:
    """A zip whose directory says 10 bytes where 1,000 come out."""
    whole = bytearray(docx_plus("word/media/note.txt", b"A" * 1000))
    while True:
        place = bytes(whole).find(struct.pack("<I", 1000))
        if place < 0:
            return bytes(whole)
        whole[place : place + 4] = struct.pack("<I", 10)


def overlapping() -> bytes:
    """A zip in which two names share one body."""
    whole = bytearray(docx_plus("word/media/a.txt", b"A" * 500))
    end = whole.rfind(b"PK\x05\x06")
    start = struct.unpack("<I", whole[end + 16 : end + 20])[0]
    entry = whole[start:].find(b"word/media/a.txt") + start
    copy = bytearray(whole[entry - 46 : entry + 16])
    copy[46:] = b"word/media/b.txt"
    size, count = struct.unpack("<I", whole[end + 12 : end + 16])[0], struct.unpack("<H", whole[end + 8 : end + 10])[0]
    tail = bytearray(whole[end:])
    tail[8:12] = struct.pack("<HH", count + 1, count + 1)
    tail[12:16] = struct.pack("<I", size + len(copy))
    return bytes(whole[:end] + copy + tail)


def symlink() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("[Content_Types].xml", TYPES)
        made.writestr("word/document.xml", XML)
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    return target.getvalue()


def locked_zip() -> bytes:
    whole = bytearray(docx())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := bytes(whole).find(mark, start)) >= 0:
            whole[start + place] |= 1
            start += 4
    return bytes(whole)
