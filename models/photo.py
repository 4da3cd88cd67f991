"""A photo without what else it tells (照片去除隐藏信息): no GPS, no camera, no thumbnail, nothing behind the picture.

A photo of the work (整改前、整改后) is evidence of a place that the ticket names already; where its maker stood, which telephone
it was and when it was set is nobody's. The pixels are not touched: segments are left out, so that nothing is lost by it.
Sources: ITU-T T.81 Annex B (JPEG segments), PNG 3rd edition §5 (chunks).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from models.errors import InvalidRequest

JPEG: Final = b"\xff\xd8"
PNG: Final = b"\x89PNG\r\n\x1a\n"
_BROKEN: Final = "照片已损坏或不完整，请重新拍摄后上传"
_EXIF: Final = b"Exif\x00\x00"
_ORIENTATION: Final = 0x0112
# JPEG markers.
_SOS, _EOI, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_STANDS_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_DRAWN_BY: Final = {_APP0: b"JFIF\x00", _APP2: b"ICC_PROFILE\x00"}
# No segment begins so.
_NOTHING: Final = b"\x00nothing"
# What a PNG is drawn by; text, time and Exif are not among it.
_DRAWN: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs"}
)


def stripped(content: bytes) -> bytes:
    """Return a JPEG or PNG as it is drawn and nothing more; which way is up is kept. Raises InvalidRequest for a broken one."""
    try:
        if content.startswith(JPEG):
            return b"".join(_jpeg(content))
        if content.startswith(PNG):
            return b"".join(_png(content))
    except (IndexError, struct.error) as error:
        raise InvalidRequest(_BROKEN) from error
    raise InvalidRequest("只接受 JPEG、PNG 照片")


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield JPEG
    at, has_picture = len(JPEG), False
    while True:
        if content[at] != 0xFF:
            raise InvalidRequest(_BROKEN)
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _EOI:
            if not has_picture:
                raise InvalidRequest(_BROKEN)
            # What stands behind the end is a second picture, a film or a maker's notes.
            yield content[at : at + 2]
            return
        if marker in _STANDS_ALONE:
            yield content[at : at + 2]
            at += 2
            continue
        end = at + 2 + _length(content, at + 2)
        body = content[at + 4 : end]
        yield from _kept(marker, content[at:end], body)
        at = end
        if marker == _SOS:
            has_picture = True
            end = _end_of_scan(content, at)
            yield content[at:end]
            at = end


def _length(content: bytes, at: int) -> int:
    (length,) = struct.unpack_from(">H", content, at)
    if length < 2 or at + length > len(content):
        raise InvalidRequest(_BROKEN)
    return int(length)


def _kept(marker: int, segment: bytes, body: bytes) -> Iterator[bytes]:
    """Yield a segment that the picture is drawn by, of an Exif one only which way is up."""
    if marker == _APP1:
        way_up = _way_up(body) if body.startswith(_EXIF) else None
        if way_up is not None:
            yield _exif_of(way_up)
    elif _is_drawn(marker, body):
        yield segment


def _is_drawn(marker: int, body: bytes) -> bool:
    """Tell whether the picture is drawn by a segment: of the applications' own, by its frame and its colours alone."""
    if _APP0 <= marker <= _APP15:
        return marker == _APP14 or body.startswith(_DRAWN_BY.get(marker, _NOTHING))
    return marker != _COM


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the entropy-coded bytes end: at the first marker that is neither a stuffed byte nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise InvalidRequest(_BROKEN)
        if content[at + 1] != 0 and content[at + 1] not in _STANDS_ALONE:
            return at
        at += 2


def _way_up(body: bytes) -> int | None:
    """Return the orientation (1..8) of an Exif segment; None where it tells none that can be read."""
    tiff = body[len(_EXIF) :]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for index in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * index)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _exif_of(way_up: int) -> bytes:
    """Return an Exif segment that holds the orientation alone."""
    directory = struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, way_up, 0, 0)
    body = _EXIF + b"MM\x00*" + struct.pack(">I", 8) + directory
    return struct.pack(">BBH", 0xFF, _APP1, len(body) + 2) + body


def _png(content: bytes) -> Iterator[bytes]:
    yield PNG
    at = len(PNG)
    while True:
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            raise InvalidRequest(_BROKEN)
        if name in _DRAWN:
            yield content[at:end]
        elif not name[0] & 0x20:  # a chunk that the picture cannot be drawn without
            raise InvalidRequest(_BROKEN)
        if name == b"IEND":
            return
        at = end
