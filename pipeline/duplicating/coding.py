"""How a picture's data goes into the PDF: its own coded bytes where PDF understands them, else losslessly packed samples.

    JPEG (baseline, extended, progressive; 8 bit)       as it is, byte for byte
    PNG (not interlaced, no transparency, any depth)    its own compressed rows, byte for byte
    TIFF page, fax group 4, in one strip                as it is, byte for byte
    everything else                                     decoded, packed with Flate; transparent parts over white

No picture is ever coded with loss by us, and never with JBIG2, which may swap look-alike digits.
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, TiffImagePlugin

from pipeline.duplicating.trouble import UnreadableError

_SPACES = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
_ICC_SPACES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_JPEG_AS_IT_IS = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive: what DCTDecode takes (ISO 32000-1, 7.4.8)
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1}
_WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _STRIPS, _STRIP_BYTES = 256, 257, 259, 262, 266, 273, 279
_GROUP_4 = 4


@dataclass(frozen=True, slots=True)
class Coded:
    """A picture's data as PDF takes it."""

    width: int
    """Pixels as stored, before any turning."""
    height: int
    bits: int
    data: bytes
    filter: str
    space: Any
    """A PDF colour space, or the number of channels."""
    parameters: dict[str, Any] = field(default_factory=dict)
    inverted: int = 0
    """How many channels are stored inverted."""
    profile: bytes | None = None
    upright: bool = False
    """Whether the pixels were already turned as the file's orientation asks."""

    def stream(self, pdf: Pdf) -> Stream:
        """The image object."""
        picture = Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=self.width,
            Height=self.height,
            BitsPerComponent=self.bits,
            ColorSpace=self._colour_space(pdf),
            Filter=Name(f"/{self.filter}"),
        )
        if self.parameters:
            picture.DecodeParms = Dictionary(self.parameters)
        if self.inverted:
            picture.Decode = Array([1, 0] * self.inverted)
        return Stream(pdf, self.data, picture)

    def _colour_space(self, pdf: Pdf) -> Any:
        if not isinstance(self.space, int):
            return self.space
        if self.profile and _ICC_SPACES.get(self.profile[16:20]) == self.space:
            profile = Stream(pdf, zlib.compress(self.profile))
            profile.stream_dict = Dictionary(N=self.space, Alternate=_SPACES[self.space], Filter=Name.FlateDecode)
            return Array([Name.ICCBased, profile])
        return _SPACES[self.space]


@contextlib.contextmanager
def troubles() -> Iterator[None]:
    """Whatever the picture library raises about a bad file becomes UnreadableError."""
    try:
        yield
    except UnreadableError:
        raise
    except Image.DecompressionBombError as error:
        raise UnreadableError("the picture is too large to be opened safely") from error
    except (OSError, ValueError, TypeError, KeyError, IndexError, SyntaxError, EOFError, struct.error, zlib.error) as error:
        raise UnreadableError("the picture is damaged, cut short or of a kind that is not known") from error


def coded(image: Image.Image, path: Path) -> Coded:
    """The current frame of an opened picture. The whole of it is decoded once, so a damaged file never passes."""
    if image.format in {"JPEG", "MPO"} and (found := _jpeg(image, path)):
        return found
    if image.format == "PNG" and (found := _png(image, path)):
        return found
    if image.format == "TIFF" and (found := _group_4(image, path)):
        return found
    return _packed(image)


def _jpeg(image: Image.Image, path: Path) -> Coded | None:
    data = path.read_bytes()
    marker, depth, ids = _jpeg_frame(data)
    channels = len(ids)
    if marker not in _JPEG_AS_IT_IS or depth != 8 or channels not in _SPACES:
        return None
    size = image.size
    image.draft(None, (max(1, size[0] // 8), max(1, size[1] // 8)))  # an eighth is quick, and still reads every byte
    image.load()
    adobe = "adobe" in image.info
    # Without any marker, components named R, G and B are no YCC (libjpeg, jdapimin.c); PDF has to be told.
    plain = channels == 3 and not adobe and ids == b"RGB"
    return Coded(
        width=size[0],
        height=size[1],
        bits=8,
        data=data,
        filter="DCTDecode",
        space=channels,
        parameters={"/ColorTransform": 0} if plain else {},
        inverted=4 if channels == 4 and adobe else 0,
        profile=image.info.get("icc_profile"),
    )


def _jpeg_frame(data: bytes) -> tuple[int, int, bytes]:
    """The frame header: marker, bits a sample, component ids (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return marker, data[at + 4], bytes(data[at + 10 + 3 * n] for n in range(data[at + 9]))
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise ValueError("no frame header")


def _png(image: Image.Image, path: Path) -> Coded | None:
    if "transparency" in image.info:
        return None
    data = path.read_bytes()
    chunks = list(_png_chunks(data))
    width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if interlaced or colour not in _PNG_CHANNELS:
        return None
    image.load()
    channels = _PNG_CHANNELS[colour]
    space: Any = channels
    if colour == 3:
        palette = next(body for name, body in chunks if name == b"PLTE")
        space = Array([Name.Indexed, Name.DeviceRGB, len(palette) // 3 - 1, palette])
    return Coded(
        width=width,
        height=height,
        bits=bits,
        data=b"".join(body for name, body in chunks if name == b"IDAT"),
        filter="FlateDecode",
        space=space,
        parameters={"/Predictor": 15, "/Colors": channels, "/BitsPerComponent": bits, "/Columns": width},
        profile=image.info.get("icc_profile"),
    )


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk (PNG, 5.3)."""
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _group_4(image: Image.Image, path: Path) -> Coded | None:
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return None
    tags = image.tag_v2
    strips, sizes = tags.get(_STRIPS, ()), tags.get(_STRIP_BYTES, ())
    photometric = tags.get(_PHOTOMETRIC)
    if tags.get(_COMPRESSION) != _GROUP_4 or len(strips) != 1 or len(sizes) != 1 or photometric not in {0, 1}:
        return None
    if tags.get(_FILL_ORDER, 1) != 1:
        return None
    width, height = tags[_WIDTH], tags[_HEIGHT]  # as stored; the library's own size is already turned
    with path.open("rb") as file:
        file.seek(strips[0])
        data = file.read(sizes[0])
    image.load()
    return Coded(
        width=width,
        height=height,
        bits=1,
        data=data,
        filter="CCITTFaxDecode",
        space=1,
        parameters={"/K": -1, "/Columns": width, "/Rows": height, "/BlackIs1": photometric == 1},
    )


def _packed(image: Image.Image) -> Coded:
    """The samples, decoded and packed without loss."""
    profile = image.info.get("icc_profile")
    image.load()
    # The library turns TIFF pages as their tag asks while it loads them.
    upright = isinstance(image, TiffImagePlugin.TiffImageFile)
    plain = _over_white(image)
    bits, channels, samples = _samples(plain)
    return Coded(
        width=plain.width,
        height=plain.height,
        bits=bits,
        data=zlib.compress(samples, 6),
        filter="FlateDecode",
        space=channels,
        profile=profile,
        upright=upright,
    )


def _over_white(image: Image.Image) -> Image.Image:
    """The picture as it shows on white paper."""
    if not image.has_transparency_data:
        return image
    see_through = image.convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(see_through)
    return paper.convert("L" if image.mode in {"LA", "La"} else "RGB")


def _samples(image: Image.Image) -> tuple[int, int, bytes]:
    """Bits a sample, channels, and the rows as PDF reads them."""
    if image.mode == "1":
        return 1, 1, image.tobytes()
    if image.mode.startswith("I;16"):
        return 16, 1, image.tobytes("raw", "I;16B")
    if image.mode == "I":
        if (extrema := image.getextrema()) and not 0 <= extrema[0] <= extrema[1] <= 0xFFFF:  # type: ignore[operator]
            raise UnreadableError("the picture has samples of more than 16 bits, which a page cannot show")
        return 16, 1, image.convert("I;16B").tobytes()
    if image.mode == "F":
        raise UnreadableError("the picture holds measurements, not grey tones, and cannot be put on a page")
    if image.mode in {"L", "RGB", "CMYK"}:
        return 8, len(image.mode) if image.mode != "L" else 1, image.tobytes()
    plain = image.convert("RGB")
    return 8, 3, plain.tobytes()
