"""Pages cut out of a scan, as a document of their own and without loss: two requests that were scanned in one go.

A PDF keeps its pages byte for byte: content, pictures and form values are taken over as they are, and nothing of the pages
that stay behind. A TIFF keeps every pixel, under a compression that loses none. What was made is opened again with the
decoders that the line reads with, and each page is compared with the page that it came from, before anybody believes in it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, StreamDecodeLevel
from PIL import Image, ImageChops
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.documents import refusal
from pipeline.documents.document import Document
from pipeline.documents.kinds import MediaType
from pipeline.documents.limits import Limits
from pipeline.documents.opening import open_document
from pipeline.documents.pdf import PdfDocument
from pipeline.documents.pictures import PictureDocument
from pipeline.errors import Error

CHECK_DPI = 50
"""How finely a cut page is compared with the page it came from: coarse for a reader, and no two pages look alike in it."""
_ORIENTATION, _ACROSS, _DOWN = 274, 282, 283
_RESOLUTION = (_ACROSS, _DOWN, 296)
"""TIFF 6.0: dots across, down, and their unit. What else a tag may say is about the file that was cut up."""
_ON_ITS_SIDE = (5, 6, 7, 8)


class CannotCut(Error):
    """The pages cannot be taken apart. The text says why, for the person at the desk."""


def cut(scan: Path, media_type: str, parts: Sequence[Sequence[int]], limits: Limits) -> tuple[bytes, ...]:
    """A document for each of the parts, with these of the scan's pages (counted from 1), in that order. The same scan and the
    same pages give the same bytes.

    Raises CannotCut where the format has no pages to cut, or where what came out is not what was to be cut; Refused and
    Retryable as `open_document` does.
    """
    cutter = {MediaType.PDF: _cut_pdf, MediaType.TIFF: _cut_tiff}.get(MediaType(media_type))
    if cutter is None:
        raise CannotCut("Only a PDF or a TIFF can be cut apart. Save or scan the requests one by one, and drop each.")
    with open_document(scan, media_type, limits) as whole:
        if any(not 1 <= page <= whole.page_count for pages in parts for page in pages):
            raise CannotCut(f"The scan has {whole.page_count} pages.")
        with refusal.mapping_faults():
            made = tuple(cutter(scan, pages) for pages in parts)
        for data, pages in zip(made, parts, strict=True):
            _require_same(whole, data, pages, limits)
    return made


def _require_same(whole: Document, data: bytes, pages: Sequence[int], limits: Limits) -> None:
    with _opened(data, whole.media_type, limits) as part:
        same = part.page_count == len(pages) and all(
            _alike(whole.image(page, CHECK_DPI), part.image(number, CHECK_DPI)) for number, page in enumerate(pages, start=1)
        )
    if not same:
        raise CannotCut("The pages cannot be cut out of this file unharmed. Scan or save the requests one by one, and drop each.")


def _opened(data: bytes, media_type: MediaType, limits: Limits) -> Document:
    return PdfDocument(data, limits) if media_type is MediaType.PDF else PictureDocument(data, media_type, limits)


def _alike(one: Image.Image, other: Image.Image) -> bool:
    return (one.mode, one.size) == (other.mode, other.size) and ImageChops.difference(one, other).getbbox() is None


# ---- PDF -----------------------------------------------------------------------------------------------------------------


def _cut_pdf(scan: Path, pages: Sequence[int]) -> bytes:
    with pikepdf.open(scan, suppress_warnings=True) as whole, Pdf.new() as part:
        for page in pages:
            part.pages.append(whole.pages[page - 1])
        _take_form(whole, part)
        part.remove_unreferenced_resources()  # some scanners list the pictures of all pages under each
        made = io.BytesIO()
        part.save(
            made,
            deterministic_id=True,
            compress_streams=False,
            stream_decode_level=StreamDecodeLevel.none,
            object_stream_mode=ObjectStreamMode.disable,
        )
    return made.getvalue()


def _take_form(whole: Pdf, part: Pdf) -> None:
    """The fields whose boxes lie on the pages that were taken, with their values; boxes on other pages are left out."""
    boxes = {box.objgen: box for page in part.pages for box in page.obj.get("/Annots", ()) if box.get("/Subtype") == Name.Widget}
    fields = {(top := _top(box)).objgen: top for box in boxes.values()}
    if not fields or "/AcroForm" not in whole.Root:
        return
    for field in fields.values():
        _prune(field, set(boxes))
    form = whole.Root.AcroForm
    kept = {key: form[key] for key in ("/DA", "/NeedAppearances", "/Q") if key in form}
    if "/DR" in form:
        kept["/DR"] = part.copy_foreign(form.DR if form.DR.is_indirect else whole.make_indirect(form.DR))
    part.Root.AcroForm = Dictionary(kept | {"/Fields": Array(fields.values())})


def _top(box: pikepdf.Object) -> pikepdf.Object:
    node = box
    for _ in range(32):  # a field tree deeper than this is a loop
        if "/Parent" not in node or node.Parent is None:
            break
        node = node.Parent
    return node


def _prune(node: pikepdf.Object, boxes: set[tuple[int, int]], depth: int = 32) -> bool:
    """Takes away what leads to no box on these pages; whether anything is left."""
    kids = node.get("/Kids")
    if kids is None:
        return node.objgen in boxes
    left = [kid for kid in kids if depth and _prune(kid, boxes, depth - 1)]
    node.Kids = Array(left)
    return bool(left)


# ---- TIFF ----------------------------------------------------------------------------------------------------------------


def _cut_tiff(scan: Path, pages: Sequence[int]) -> bytes:
    frames = list(_frames(scan, pages))
    made = io.BytesIO()
    first, *rest = frames
    first.save(made, "TIFF", save_all=True, append_images=rest, **first.encoderinfo)
    return made.getvalue()


def _frames(scan: Path, pages: Sequence[int]) -> Iterator[Image.Image]:
    """Each page with how it is to be saved: black and white as a fax has it, all else without loss as well."""
    with Image.open(scan, formats=["TIFF"]) as file:
        for page in pages:
            file.seek(page - 1)
            assert isinstance(file, TiffImageFile)  # noqa: S101 -- it was opened as nothing else
            tags = {tag: file.tag_v2[tag] for tag in _RESOLUTION if tag in file.tag_v2}
            lay = file.getexif().get(_ORIENTATION, 1)
            frame = file.copy()  # upright: whoever loads a page turns it as its tag says
            if lay in _ON_ITS_SIDE and {_ACROSS, _DOWN} <= tags.keys():
                tags[_ACROSS], tags[_DOWN] = tags[_DOWN], tags[_ACROSS]
            frame.encoderinfo = {"compression": "group4" if frame.mode == "1" else "tiff_lzw", "tiffinfo": tags}
            yield frame
