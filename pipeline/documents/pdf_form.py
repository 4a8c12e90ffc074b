"""The values of a fillable PDF (AcroForm, ISO 32000-1, 12.7), through pikepdf."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pikepdf

from pipeline.documents.document import FormKind, FormValue
from pipeline.documents.places import Rectangle, fraction, turned
from pipeline.documents.source import Source, stream_of
from schemas.base import Box

_MOST_ANCESTORS = 32  # a field tree deeper than this is a loop
_RADIO, _PUSH_BUTTON = 1 << 15, 1 << 16  # field flags, ISO 32000-1, table 226


class PdfForm:
    """Reads form values page by page; opens the file when first asked. A form that cannot be read counts as none."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stack = contextlib.ExitStack()
        self._pdf: pikepdf.Pdf | None = None

    def on_page(self, page: int) -> tuple[FormValue, ...]:
        """The fields on the page (from 1), in the order of the file."""
        try:
            return tuple(self._read(page))
        except Exception:  # qpdf raises many kinds on files that PDFium can still draw
            return ()

    def close(self) -> None:
        """Lets go of the file."""
        self._stack.close()

    def _read(self, page: int) -> Iterator[FormValue]:
        if self._pdf is None:
            stream = self._stack.enter_context(stream_of(self._source))
            self._pdf = self._stack.enter_context(pikepdf.open(stream, suppress_warnings=True))
        sheet = self._pdf.pages[page - 1]
        for widget in sheet.obj.get("/Annots", []):
            with contextlib.suppress(Exception):  # one broken widget does not take the others along
                value = _value_of(widget, sheet)
                if value is not None:
                    yield value


def _value_of(widget: pikepdf.Object, sheet: pikepdf.Page) -> FormValue | None:
    if widget.get("/Subtype") != "/Widget":
        return None
    line = list(_lineage(widget))
    kind = _kind(line)
    box = _box(widget, sheet)
    if kind is None or box is None:
        return None
    return FormValue(
        name=".".join(str(node.T) for node in reversed(line) if "/T" in node),
        label=str(_inherited(line, "/TU") or ""),
        value=_text(_inherited(line, "/V")),
        checked=_checked(widget) if kind in (FormKind.CHECKBOX, FormKind.RADIO) else None,
        kind=kind,
        box=box,
    )


def _lineage(widget: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The widget, its field, and the field's parents."""
    node: pikepdf.Object | None = widget
    for _ in range(_MOST_ANCESTORS):
        if node is None:
            return
        yield node
        node = node.get("/Parent")


def _inherited(line: list[pikepdf.Object], key: str) -> pikepdf.Object | None:
    return next((node[key] for node in line if key in node), None)


def _kind(line: list[pikepdf.Object]) -> FormKind | None:
    kind = _inherited(line, "/FT")
    if kind == "/Btn":
        flags = int(_inherited(line, "/Ff") or 0)
        return FormKind.RADIO if flags & _RADIO else FormKind.BUTTON if flags & _PUSH_BUTTON else FormKind.CHECKBOX
    kinds = {"/Tx": FormKind.TEXT, "/Ch": FormKind.CHOICE, "/Sig": FormKind.SIGNATURE}
    return kinds.get(str(kind))


def _checked(widget: pikepdf.Object) -> bool:
    return str(widget.get("/AS", "/Off")) != "/Off"


def _text(value: pikepdf.Object | None) -> str:
    """The value as text: several chosen ones joined by a comma, a rich or long one from its stream."""
    if value is None or isinstance(value, pikepdf.Dictionary):
        return ""
    if isinstance(value, pikepdf.Array):
        return ", ".join(str(part) for part in value)
    if isinstance(value, pikepdf.Stream):
        return value.read_bytes().decode("utf-8", "replace")
    return str(value).removeprefix("/") if isinstance(value, pikepdf.Name) else str(value)


def _box(widget: pikepdf.Object, sheet: pikepdf.Page) -> Box | None:
    left, bottom, right, top = _edges(widget.Rect)
    # PDF measures upwards; turning the sign makes it measure downwards, as a Box does.
    page = _edges(sheet.cropbox)
    box = fraction((left, -top, right, -bottom), (page[0], -page[3], page[2], -page[1]))
    return None if box is None else turned(box, int(sheet.rotation or 0) // 90)


def _edges(rectangle: pikepdf.Object) -> Rectangle:
    x0, y0, x1, y1 = (float(v) for v in rectangle)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
