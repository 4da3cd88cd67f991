"""A photo tells nothing but its picture: the segments that hold places, cameras and thumbnails are gone."""

import struct
import zlib

import pytest

from models.errors import InvalidRequest
from models.photo import stripped

GPS = b"GPSLatitude 29.10 115.90 DEVICE-SERIAL"
SCAN = b"\x12\x34\xff\x00\x56\xff\xd0\x78"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(way_up: int | None, order: str = "<") -> bytes:
    entries = [struct.pack(f"{order}HHIHH", 0x0112, 3, 1, way_up, 0)] if way_up is not None else []
    entries.append(struct.pack(f"{order}HHII", 0x8825, 4, 1, 26))
    directory = struct.pack(f"{order}H", len(entries)) + b"".join(entries) + bytes(4)
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    return b"Exif\x00\x00" + mark + struct.pack(f"{order}I", 8) + directory + GPS


def jpeg(*before: bytes, after: bytes = b"") -> bytes:
    frame = segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
    return b"".join([b"\xff\xd8", *before, frame, segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"), SCAN, b"\xff\xd9", after])


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")
    )


def test_a_jpeg_keeps_its_picture_and_loses_place_camera_comment_and_what_hangs_behind() -> None:
    hidden = (
        segment(0xE1, exif(None)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + GPS),
        segment(0xED, b"Photoshop 3.0\x00" + GPS),
        segment(0xE2, b"MPF\x00" + GPS),
        segment(0xFE, GPS),
    )
    assert stripped(jpeg(*hidden, after=GPS)) == jpeg()


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_stays_the_right_way_up(order: str) -> None:
    clean = stripped(jpeg(segment(0xE1, exif(6, order))))
    assert b"GPS" not in clean
    at = clean.index(b"MM\x00*")
    assert struct.unpack_from(">HHHIH", clean, at + 8) == (1, 0x0112, 3, 1, 6)
    assert stripped(clean) == clean


def test_what_the_colours_need_is_kept() -> None:
    needed = (segment(0xE0, b"JFIF\x00"), segment(0xE2, b"ICC_PROFILE\x00\x01\x01"), segment(0xEE, b"Adobe\x00"))
    assert stripped(jpeg(*needed)) == jpeg(*needed)


def test_a_png_loses_its_texts_and_keeps_its_picture() -> None:
    hidden = (
        chunk(b"tEXt", b"Comment\x00" + GPS),
        chunk(b"eXIf", exif(1)),
        chunk(b"tIME", b"\x07\xea\x01\x01\x01\x01\x01"),
    )
    assert stripped(png(*hidden)) == png()
    assert stripped(png() + GPS) == png()


@pytest.mark.parametrize(
    "broken",
    [
        b"\xff\xd8",
        b"\xff\xd8\xff photo",
        b"\xff\xd8\xff\xd9",
        jpeg()[:-2],
        jpeg()[:20],
        b"\xff\xd8" + struct.pack(">BBH", 0xFF, 0xE1, 1) + jpeg()[2:],
        b"\xff\xd8" + struct.pack(">BBH", 0xFF, 0xE1, 60_000) + jpeg()[2:],
        png()[:-4],
        png(b"\x00\x00\x00\x05tEXtHello\x00\x00\x00\x00"),
        png(chunk(b"ABCD", b"")),
        b"GIF89a",
        b"",
    ],
)
def test_a_broken_photo_is_refused(broken: bytes) -> None:
    with pytest.raises(InvalidRequest):
        stripped(broken)


def test_every_beginning_of_a_photo_is_refused_or_stripped_but_never_fails_otherwise() -> None:
    for whole in (jpeg(segment(0xE1, exif(6))), png(chunk(b"tEXt", GPS))):
        for length in range(len(whole)):
            with pytest.raises(InvalidRequest):
                stripped(whole[:length])
