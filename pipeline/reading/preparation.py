"""From the picture as it arrived to an upright, straight, evenly lit page: never worse than it came.

Each step acts only on clear evidence (a page outline, a slope that most lines share, a vote of many lines) and otherwise
leaves the page alone. Steps work on at most `LONG_SIDE` pixels, so a huge picture costs no more than a page.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.reading.engines import Engine, Picture

LONG_SIDE = 2600
"""Pixels: about 236 dots an inch on a letter page, enough for 6 point type."""
SHORT_SIDE = 1500
"""Pixels: smaller pages (an old fax at 100 dots an inch) are enlarged to this."""
LEAST_SLOPE, MOST_SLOPE = 0.12, 12.0
"""Degrees: less does no harm, more is no page laid down askew."""
EDGE = 120
"""Grey levels below this are no paper at the edge of a page, even in a shadow."""
VOTERS = 24
"""Lines that vote on whether the page stands on its head."""


@dataclass(frozen=True)
class PreparedPage:
    """An upright grey page and the corners of its lines (n x 4 x 2, pixels)."""

    grey: Picture
    corners: NDArray[np.float32]
    turned: int
    """Degrees by which the picture was turned clockwise to stand upright: 0, 90, 180 or 270."""
    arrived: NDArray[np.float64] | None = None
    """Where the upright page's corners (top left, top right, bottom right, bottom left) lie on the picture as it arrived, 4 x 2
    in fractions of its width and height; None where nothing was turned, straightened or cut out."""


def prepare(picture: Image.Image, engine: Engine) -> PreparedPage:
    """All steps in order. Raises EngineError if the lines cannot be found."""
    fitting = _fitting(picture)
    del picture  # in colour it is larger than all that follows
    sheet, cut_out = unwarped(fitting)
    grey = cleared(flattened(sheet))
    corners = engine.detect(grey)
    turned = 0
    if _lies_on_its_side(corners):
        grey, corners, turned = _turned(grey, 1), _turned_corners(corners, grey.shape[0]), 90
    if _stands_on_its_head(grey, corners, engine):
        height, width = grey.shape
        corners = np.asarray((np.array([width, height]) - corners)[:, [2, 3, 0, 1]], dtype=np.float32)
        grey, turned = _turned(grey, 2), turned + 180
    grey, corners, slope = straightened(grey, corners)
    if cut_out is None and not turned and not slope:
        return PreparedPage(grey, corners, turned)
    return PreparedPage(grey, corners, turned, _arrived(grey, sheet, fitting, slope, turned, cut_out))


def _arrived(
    grey: Picture, sheet: Picture, fitting: Picture, slope: float, turned: int, cut_out: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """The upright page's corners led back through each step: the slope, the quarter turns, the cut."""
    height, width = grey.shape
    points = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    points = cv2.transform(points[None], cv2.invertAffineTransform(_turn(grey, slope)))[0]
    for _ in range(turned // 90):  # a quarter turn clockwise took (x, y) to (height - y, x)
        points = np.stack([points[:, 1], width - points[:, 0]], axis=1)
        height, width = width, height
    if cut_out is not None:
        points = cv2.perspectiveTransform(points[None], np.linalg.inv(cut_out))[0]
    return np.asarray(points / np.array([fitting.shape[1], fitting.shape[0]]), dtype=np.float64)


def _turn(grey: Picture, slope: float) -> NDArray[np.float64]:
    """Turns the page around its middle by `slope` degrees."""
    height, width = grey.shape
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), slope, 1.0), dtype=np.float64)


def _fitting(picture: Image.Image) -> Picture:
    """As grey pixels of a workable size."""
    width, height = picture.size
    ratio = min(1.0, LONG_SIDE / max(width, height))
    if ratio == 1.0 and min(width, height) < SHORT_SIDE:
        ratio = min(SHORT_SIDE / max(1, min(width, height)), LONG_SIDE / max(width, height))
    if picture.mode in ("RGBA", "LA", "PA"):
        opaque = Image.new("RGBA", picture.size, "white")
        opaque.alpha_composite(picture.convert("RGBA"))
        picture = opaque
    grey = np.asarray(picture.convert("L"), dtype=np.uint8)
    if ratio != 1.0:
        size = (max(32, round(width * ratio)), max(32, round(height * ratio)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC), dtype=np.uint8)
    return grey


def unwarped(grey: Picture) -> tuple[Picture, NDArray[np.float64] | None]:
    """A photographed sheet, cut out along its edges, and how (3 x 3, from the picture to the sheet).

    The picture itself and None if no sheet stands out from a darker ground.
    """
    height, width = grey.shape
    small_width = 600
    ratio = small_width / width
    small = cv2.GaussianBlur(cv2.resize(grey, (small_width, max(32, round(height * ratio)))), (7, 7), 0)
    level, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    rim = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    if float((rim < level).mean()) < 0.3:  # a scan fills its picture with paper; a photo shows the table around it
        return grey, None
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return grey, None
    sheet = cv2.convexHull(max(outlines, key=cv2.contourArea))
    corners = cv2.approxPolyDP(sheet, 0.02 * cv2.arcLength(sheet, True), True).reshape(-1, 2)
    if len(corners) != 4 or cv2.contourArea(corners) < 0.35 * small.size:
        return grey, None
    source = _clockwise(corners.astype(np.float32) / ratio)
    out_width = int(max(np.linalg.norm(source[1] - source[0]), np.linalg.norm(source[2] - source[3])))
    out_height = int(max(np.linalg.norm(source[3] - source[0]), np.linalg.norm(source[2] - source[1])))
    target = np.array([[0, 0], [out_width, 0], [out_width, out_height], [0, out_height]], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(source, target)
    sheet = cv2.warpPerspective(grey, warp, (out_width, out_height), flags=cv2.INTER_CUBIC, borderValue=255)
    return np.asarray(sheet, dtype=np.uint8), np.asarray(warp, dtype=np.float64)


def _clockwise(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Four corners from the top left on."""
    total, difference = points.sum(axis=1), np.diff(points, axis=1)[:, 0]
    return np.array(
        [points[total.argmin()], points[difference.argmin()], points[total.argmax()], points[difference.argmax()]], np.float32
    )


def flattened(grey: Picture) -> Picture:
    """Even light: each pixel against the paper around it. Shadows, copier edges and tinted paper become white."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(16, width // 8), max(16, height // 8)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), 15)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, np.maximum(paper, 40), scale=250), dtype=np.uint8)


def cleared(grey: Picture) -> Picture:
    """Without what is dark along the edges: the lid of a copier, the table under a photographed sheet."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(16, width // 8), max(16, height // 8)), interpolation=cv2.INTER_AREA)
    dark = np.pad(cv2.morphologyEx((small < EDGE).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), 1)
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(dark, connectivity=4)
    rows, columns = dark.shape
    rim = np.zeros(count, dtype=bool)
    for number, (x, y, w, h, area) in enumerate(stats.tolist()):
        touches = x <= 2 or y <= 2 or x + w >= columns - 2 or y + h >= rows - 2
        rim[number] = number > 0 and touches and area > 0.15 * max(w, h) and max(w, h) > 0.1 * max(rows, columns)
    if not rim.any():
        return grey
    outside = cv2.dilate(rim[labels].astype(np.uint8)[1:-1, 1:-1], np.ones((3, 3), np.uint8))
    mask = cv2.resize(outside, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(np.where(mask > 0, np.uint8(250), grey), dtype=np.uint8)


def straightened(grey: Picture, corners: NDArray[np.float32]) -> tuple[Picture, NDArray[np.float32], float]:
    """Page and lines turned by the slope that the longer lines share, and by how many degrees: 0 if it was not worth it."""
    slope = slope_of(corners)
    if abs(slope) < LEAST_SLOPE or abs(slope) > MOST_SLOPE:
        return grey, corners, 0.0
    height, width = grey.shape
    turn = _turn(grey, slope)
    turned = cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    return np.asarray(turned, dtype=np.uint8), np.asarray(cv2.transform(corners, turn), dtype=np.float32), slope


def slope_of(corners: NDArray[np.float32]) -> float:
    """Degrees by which most of the longer lines fall to the right; 0 where there are too few to tell."""
    across = corners[:, 1] - corners[:, 0] if len(corners) else np.empty((0, 2))
    long = across[np.abs(across[:, 0]) > 5 * np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)] if len(corners) else across
    if len(long) < 4:
        return 0.0
    return float(np.median(np.degrees(np.arctan2(long[:, 1], long[:, 0]))))


def _lies_on_its_side(corners: NDArray[np.float32]) -> bool:
    """Whether most long lines run up or down the page."""
    if len(corners) < 3:
        return False
    across = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    down = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    long = np.maximum(across, down) > 2.5 * np.minimum(across, down)
    return bool(long.sum() >= 3 and (down > across)[long].mean() > 0.6)


def _stands_on_its_head(grey: Picture, corners: NDArray[np.float32], engine: Engine) -> bool:
    """A vote of the longer lines; where the vote is close, the way up that reads better."""
    order = np.argsort([-float(np.linalg.norm(c[1] - c[0])) for c in corners])[:VOTERS]
    crops = [crop_line(grey, corners[i]) for i in order]
    votes = engine.upside_down([c[:, : c.shape[0] * 4] for c in crops])
    if not votes:
        return False
    share = sum(votes) / len(votes)
    if share < 0.2 or share > 0.8:
        return share > 0.5
    some = crops[len(crops) // 4 :][:6]
    upright, turned = engine.recognize(some), engine.recognize([np.ascontiguousarray(c[::-1, ::-1]) for c in some])
    return sum(t.score for t in turned) > sum(t.score for t in upright)


def _turned(grey: Picture, quarters: int) -> Picture:
    return np.ascontiguousarray(np.rot90(grey, -quarters))


def _turned_corners(corners: NDArray[np.float32], height: int) -> NDArray[np.float32]:
    """Corners after a quarter turn clockwise of a page that was `height` pixels high."""
    turned = np.stack([height - corners[:, :, 1], corners[:, :, 0]], axis=2)
    return np.asarray(np.stack([_clockwise(c) for c in turned]) if len(turned) else turned, dtype=np.float32)


def crop_line(grey: Picture, corners: NDArray[np.float32]) -> Picture:
    """The picture of one line, straightened by its four corners. At least 4 x 4 pixels."""
    width = max(4, int(np.linalg.norm(corners[0] - corners[1])), int(np.linalg.norm(corners[2] - corners[3])))
    height = max(4, int(np.linalg.norm(corners[0] - corners[3])), int(np.linalg.norm(corners[1] - corners[2])))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return np.asarray(
        cv2.warpPerspective(grey, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
    )
