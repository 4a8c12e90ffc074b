"""The only place that knows OCR engines: RapidOCR's networks (on OpenVINO, else ONNX Runtime) and Tesseract.

Two ways to read, one shape of answer: a picture of one line becomes a `LineText`, letters with their places and the
engine's own score. RapidOCR's detector, networks and box search are used as they ship in its wheel; the decoding is ours,
because the fields need what its interface hides: the place of every letter and how likely another spelling is.

Nothing is ever downloaded: the model paths point into the wheel, and a wheel without them is an error that `doctor` shows.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Error
from pipeline.reading import ctc

Picture = NDArray[np.uint8]
"""A page or a part of one: height x width (grey) or height x width x 3 (BGR)."""

LINE_HEIGHT = 48
"""Pixels: the height that RapidOCR's recogniser was trained for."""
WIDTH_STEPS = ((256, 64), (1024, 128), (4096, 256))
"""Pixels: up to the first, widths are rounded up to the second, so that the runtime sees few different shapes."""
MAX_WIDTH = 2400
"""Pixels: a line longer than this is squeezed, so that one strange crop cannot take seconds."""
PREPARED = 3000
"""Layers that OpenVINO keeps prepared, each for one width: enough for all widths of lines. To prepare them takes as long as to
run them for a short line."""
REMEMBERED = 64
"""Pictures whose outputs are kept: a value is read, then compared with other spellings or numbers."""
SPANISH = "áéíóúüñÁÉÍÓÚÜÑ¿¡"
SIGNS = "□☐☑☒✓✔√×○●■•–—’‘“”§°"
DETECTION_LIMIT = 1280
"""Pixels: the long side of the page as the detector sees it; 10 point type is then about 14 pixels high."""
DETECTION_STEP = 32
"""Pixels: the detector halves its picture five times."""
LARGEST_STRIP = 720_000
"""Pixels that the detector sees at a time: its memory grows with them."""
BEYOND = 64
"""Pixels of the next strip that it sees as well, so that a line at the edge is seen whole."""


class EngineError(Error):
    """An OCR engine is missing or failed; the text names the engine and never what was on the page."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter of a line: its place in fractions of the crop's width, and how sure the engine is."""

    char: str
    left: float
    right: float
    score: float


@dataclass(frozen=True, slots=True)
class LineText:
    """What one engine reads in the picture of one line."""

    text: str
    score: float
    glyphs: tuple[Glyph, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineState:
    """For `doctor`: whether an engine can be used, and how to mend it if not."""

    name: str
    usable: bool
    detail: str


class Recognizer(Protocol):
    """A second opinion on the picture of one line."""

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """One answer for each crop, in order. Raises EngineError."""
        ...


class Engine(Recognizer, Protocol):
    """The main reader: finds lines on a page and reads them."""

    def detect(self, page: Picture, limit: int = DETECTION_LIMIT) -> NDArray[np.float32]:
        """Corners of the lines on `page`, n x 4 x 2 in pixels, clockwise from the top left. Raises EngineError."""
        ...

    def likelihood(self, crop: Picture, spellings: Sequence[str]) -> list[float]:
        """Mean log likelihood a letter of each spelling in the picture of one line. Raises EngineError."""
        ...

    def fitting(self, crops: Sequence[Picture], shapes: Sequence[Sequence[str]]) -> dict[str, float]:
        """
        The texts of given shapes that pictures of the same line come nearest to, each with its log likelihood, less that of what
        is read without regard to shape; the mean over the pictures. A shape tells the characters that may stand at each place.
        Raises EngineError.
        """
        ...

    def upside_down(self, crops: Sequence[Picture]) -> list[bool]:
        """For each crop, whether it stands on its head. Raises EngineError."""
        ...


@dataclass(frozen=True)
class Network:
    """A network that is ready to run."""

    run: Callable[[NDArray[np.float32]], NDArray[np.float32]]
    rest: Callable[[], object] = lambda: None
    """Gives the memory back that it keeps between two runs."""


def _models() -> Path:
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineError("RapidOCR is not installed. Install it with: pip install rapidocr")
    return Path(spec.origin).parent / "models"


def _model(pattern: str) -> Path:
    found = sorted(_models().glob(pattern))
    if not found:
        raise EngineError(
            f"RapidOCR's model {pattern} is not in its package. Reinstall it: pip install --force-reinstall rapidocr"
        )
    return found[-1]


def _kept_letters(characters: Sequence[str]) -> list[int]:
    """The outputs of the recogniser that may stand on an English or Spanish form; 0 is 'no letter'."""
    wanted = {chr(c) for c in range(32, 127)} | set(SPANISH) | set(SIGNS)
    return [0] + [i for i, c in enumerate(characters) if i and c in wanted]


class OpenVinoRuntime:
    """RapidOCR's networks on OpenVINO, with the recogniser's last layer cut down to the letters that may occur."""

    def __init__(self, threads: int) -> None:
        # OpenVINO reports each import to its maker over the network; without this module it does not. Nothing leaves here.
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
        import openvino  # noqa: PLC0415  # heavy, and not on every machine

        self._openvino = openvino
        self._core = openvino.Core()
        self._settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
        if "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            self._settings["INFERENCE_PRECISION_HINT"] = "bf16"  # half the time where the processor can, the same letters

    def network(self, path: Path) -> Network:
        """The network as it is in the file."""
        return self._compiled(self._core.read_model(path))

    def recognizer(self, path: Path) -> tuple[Network, list[str]]:
        """The recogniser and the letter of each of its outputs."""
        from openvino import opset13 as ops  # noqa: PLC0415

        model = self._core.read_model(path)
        characters = ["", *model.get_rt_info()["framework"]["character"].value.splitlines(), " "]
        softmax = model.get_results()[0].input_value(0).get_node()
        head = _linear_head(softmax)
        if head is None:
            return self._compiled(model, PREPARED), characters
        kept = _kept_letters(characters)
        source, weights, bias = head
        logits = ops.add(
            ops.matmul(source, ops.constant(np.ascontiguousarray(weights[:, kept])), False, False),
            ops.constant(np.ascontiguousarray(bias[kept])),
        )
        small = self._openvino.Model([ops.softmax(logits, 2)], model.get_parameters(), "latin")
        return self._compiled(small, PREPARED), [characters[i] for i in kept]

    def _compiled(self, model: Any, prepared: int = 0) -> Network:
        """`prepared`: layers to keep prepared; none where each picture has a size of its own: they would fill the memory."""
        settings = {**self._settings, "CPU_RUNTIME_CACHE_CAPACITY": str(prepared)}
        compiled = self._core.compile_model(model, "CPU", settings)
        request = compiled.create_infer_request()

        def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
            request.infer([batch])
            return np.array(request.get_output_tensor().data, dtype=np.float32)

        return Network(run, compiled.release_memory)


def _linear_head(softmax: Any) -> tuple[Any, NDArray[np.float32], NDArray[np.float32]] | None:
    """Input, weights and bias of the layer before the softmax, or None if the network is built otherwise."""
    node = softmax.input_value(0).get_node() if softmax.get_type_name() == "Softmax" else None
    while node is not None and node.get_type_name() == "Identity":
        node = node.input_value(0).get_node()
    if node is None or node.get_type_name() != "Add":
        return None
    product = node.input_value(0).get_node()
    if product.get_type_name() != "MatMul":
        return None
    return product.input_value(0), product.input_value(1).get_node().data, node.input_value(1).get_node().data


class OnnxRuntime:
    """The same networks on ONNX Runtime, for machines without OpenVINO; through RapidOCR's own sessions."""

    def __init__(self, threads: int) -> None:
        from omegaconf import OmegaConf  # noqa: PLC0415
        from rapidocr.inference_engine.onnxruntime import OrtInferSession  # noqa: PLC0415

        self._session = OrtInferSession
        self._config = OmegaConf
        self._threads = threads

    def _open(self, path: Path) -> Any:
        settings = {
            "intra_op_num_threads": self._threads,
            "inter_op_num_threads": self._threads,
            "enable_cpu_mem_arena": False,
            "cpu_ep_cfg": {"arena_extend_strategy": "kSameAsRequested"},
            "use_cuda": False,
            "use_dml": False,
            "use_cann": False,
            "use_coreml": False,
        }
        return self._session(self._config.create({"model_path": str(path), "engine_cfg": settings}))

    def network(self, path: Path) -> Network:
        """The network as it is in the file."""
        session = self._open(path)
        return Network(lambda batch: np.asarray(session(batch), dtype=np.float32))

    def recognizer(self, path: Path) -> tuple[Network, list[str]]:
        """The recogniser and the letter of each of its outputs."""
        session = self._open(path)
        characters = ["", *session.get_character_list(), " "]
        kept = _kept_letters(characters)

        def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
            some = np.asarray(session(batch), dtype=np.float32)[:, :, kept]
            return np.asarray(some / np.maximum(some.sum(axis=2, keepdims=True), 1e-9), dtype=np.float32)

        return Network(run), [characters[i] for i in kept]


M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's mallopt(3)."""
KEPT = 1 << 20
"""Bytes: what is larger goes back to the system as soon as it is freed."""


def _give_memory_back() -> None:
    """Pictures of pages are large and short-lived; without this, glibc keeps their memory for good. Elsewhere nothing happens."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(M_MMAP_THRESHOLD, KEPT)
            library.mallopt(M_TRIM_THRESHOLD, 4 * KEPT)


def _runtime(threads: int) -> OpenVinoRuntime | OnnxRuntime:
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    _give_memory_back()
    if find_spec("openvino") is not None:
        return OpenVinoRuntime(threads)
    if find_spec("onnxruntime") is not None:
        return OnnxRuntime(threads)
    raise EngineError("RapidOCR needs OpenVINO or ONNX Runtime. Install one with: pip install openvino")


class RapidEngine:
    """RapidOCR's PP-OCR networks. Loaded at first use, then kept; safe to share between threads, one at a time."""

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._lock = threading.RLock()
        self._recent: OrderedDict[tuple[tuple[int, ...], bytes], _Seen] = OrderedDict()

    @cached_property
    def _runtime(self) -> OpenVinoRuntime | OnnxRuntime:
        return _runtime(self._threads)

    @cached_property
    def _detector(self) -> tuple[Network, Any]:
        from rapidocr.ch_ppocr_det.utils import DBPostProcess  # noqa: PLC0415

        boxes = DBPostProcess(thresh=0.3, box_thresh=0.45, max_candidates=2000, unclip_ratio=1.6, use_dilation=True)
        return self._runtime.network(_model("*_det_*.onnx")), boxes

    @cached_property
    def _reader(self) -> tuple[Network, list[str]]:
        return self._runtime.recognizer(_model("*_rec_*.onnx"))

    @cached_property
    def _turned(self) -> Network:
        return self._runtime.network(_model("*cls*.onnx"))

    def detect(self, page: Picture, limit: int = DETECTION_LIMIT) -> NDArray[np.float32]:
        """See Engine."""
        height, width = page.shape[:2]
        ratio = min(1.0, limit / max(height, width))
        size = (_in_steps(width * ratio), _in_steps(height * ratio))
        small = _in_colour(np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
        batch = small.transpose(2, 0, 1)[None]
        with self._lock, _mapped("RapidOCR detector"):
            network, search = self._detector
            corners, _scores = search(_in_strips(network.run, batch), (height, width))
            network.rest()
        return np.asarray(corners, dtype=np.float32).reshape(-1, 4, 2)

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """See Recognizer."""
        return [_decoded(seen.outputs, seen.used, self._reader[1]) for seen in self._seen(crops)]

    def likelihood(self, crop: Picture, spellings: Sequence[str]) -> list[float]:
        """See Engine."""
        (seen,) = self._seen([crop])
        places = {c: i for i, c in enumerate(self._reader[1])}
        logs = np.log(np.maximum(seen.outputs, 1e-8))
        letters = [[places[c] for c in s if c in places] for s in spellings]
        return (ctc.log_likelihood(logs, letters) / np.maximum(1, [len(s) for s in spellings])).tolist() if letters else []

    def fitting(self, crops: Sequence[Picture], shapes: Sequence[Sequence[str]]) -> dict[str, float]:
        """See Engine."""
        characters = self._reader[1]
        places = {c: i for i, c in enumerate(characters)}
        numbered = [[tuple(places[c] for c in kept if c in places) for kept in shape] for shape in shapes]
        looks = [
            np.log(np.maximum(seen.outputs[: max(1, round(len(seen.outputs) * seen.used))], 1e-8)) for seen in self._seen(crops)
        ]
        texts = sorted({text for logs in looks for shape in numbered for text in ctc.near_readings(logs, shape)})
        if not texts:
            return {}
        apart = np.mean([ctc.log_likelihood(logs, texts) - ctc.log_likelihood(logs, [ctc.read(logs)]) for logs in looks], axis=0)
        return {"".join(characters[i] for i in text): float(near) for text, near in zip(texts, apart, strict=True)}

    def upside_down(self, crops: Sequence[Picture]) -> list[bool]:
        """See Engine."""
        if not crops:
            return []
        batch = np.stack([_normal(c, 192, 192) for c in crops])
        with self._lock, _mapped("RapidOCR direction"):
            return [bool(row[1] > row[0]) for row in self._turned.run(batch)]

    def _seen(self, crops: Sequence[Picture]) -> list[_Seen]:
        """What the recogniser makes of each crop; of one that it saw lately, what it made of it then."""
        by_width = sorted(range(len(crops)), key=lambda n: _room(crops[n]))  # a change of width takes time
        seen = {n: self._remembered(crops[n]) for n in by_width}
        with self._lock, _mapped("RapidOCR recogniser"):
            self._reader[0].rest()
        return [seen[n] for n in range(len(crops))]

    def _remembered(self, crop: Picture) -> _Seen:
        key = crop.shape, blake2b(np.ascontiguousarray(crop).data, digest_size=16).digest()
        with self._lock, _mapped("RapidOCR recogniser"):
            seen = self._recent.pop(key, None) or self._looked_at(crop)
            self._recent[key] = seen
            if len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return seen

    def _looked_at(self, crop: Picture) -> _Seen:
        width, full = _room(crop)
        return _Seen(self._reader[0].run(_normal(crop, width, full)[None])[0], width / full)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the recogniser makes of one line: the probability of each letter at each step, and the share of the steps in use."""

    outputs: NDArray[np.float32]
    used: float


def _room(crop: Picture) -> tuple[int, int]:
    """The width of a line that is LINE_HEIGHT high, and that of the picture that the recogniser sees of it."""
    width = min(MAX_WIDTH, max(8, round(crop.shape[1] * LINE_HEIGHT / max(1, crop.shape[0]))))
    step = next(step for widest, step in WIDTH_STEPS if width <= widest)
    return width, -(-width // step) * step


def _in_strips(run: Callable[[NDArray[np.float32]], NDArray[np.float32]], batch: Picture) -> NDArray[np.float32]:
    """What the detector makes of a page (1 x 3 x height x width), strip by strip: whole pages take twice the memory at once."""
    height, width = batch.shape[2:]
    count = min(height // DETECTION_STEP, -(-height * width // LARGEST_STRIP))
    edges = [round(height * n / count / DETECTION_STEP) * DETECTION_STEP for n in range(count + 1)]
    parts = []
    for top, bottom in pairwise(edges):
        low, high = max(0, top - BEYOND), min(height, bottom + BEYOND)
        strip = np.ascontiguousarray(batch[:, :, low:high], dtype=np.float32)
        strip /= 127.5  # in place and strip by strip: this is where a page takes most memory
        strip -= 1
        seen = run(strip)
        parts.append(seen[:, :, top - low : bottom - low])
    return np.concatenate(parts, axis=2)


def _in_steps(pixels: float) -> int:
    """A length as the detector wants it."""
    return max(DETECTION_STEP, round(pixels / DETECTION_STEP) * DETECTION_STEP)


def _in_colour(picture: Picture) -> Picture:
    return picture if picture.ndim == 3 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def _normal(crop: Picture, width: int, full: int) -> NDArray[np.float32]:
    """A crop as the networks want it: 3 x 48 x `full`, -1 to 1, the text in the first `width` columns."""
    flat = cv2.resize(
        _in_colour(crop), (width, LINE_HEIGHT), interpolation=cv2.INTER_AREA if crop.shape[0] > LINE_HEIGHT else cv2.INTER_LINEAR
    )
    out = np.zeros((3, LINE_HEIGHT, full), dtype=np.float32)
    out[:, :, :width] = (flat.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)
    return out


def _decoded(probabilities: NDArray[np.float32], used: float, characters: list[str]) -> LineText:
    """The best letter at each step, repeats and 'no letter' dropped, with the place of each."""
    best = probabilities.argmax(axis=1)
    steps = max(1.0, len(best) * used)
    glyphs: list[Glyph] = []
    before = 0
    for step, letter in enumerate(best.tolist()):
        if letter and letter == before and glyphs:
            last = glyphs[-1]
            glyphs[-1] = Glyph(
                last.char, last.left, min(1.0, (step + 1) / steps), max(last.score, float(probabilities[step, letter]))
            )
        elif letter and step < steps + 1:
            glyphs.append(
                Glyph(
                    characters[letter], min(1.0, step / steps), min(1.0, (step + 1) / steps), float(probabilities[step, letter])
                )
            )
        before = letter
    if not glyphs:
        return LineText("", 0.0)
    return LineText("".join(g.char for g in glyphs), float(np.mean([g.score for g in glyphs])), tuple(glyphs))


class TesseractEngine:
    """Tesseract as the second opinion on single lines. Needs its program; without it, `state` says so."""

    def __init__(self, timeout: float = 20.0) -> None:
        self._timeout = timeout
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads wait for each other: a third of the time of a small page

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """See Recognizer. All crops go into one picture, one under the other: one start of the program for a page."""
        if not crops:
            return []
        import pytesseract  # noqa: PLC0415

        sheet, tops = _stacked(crops)
        with _mapped("Tesseract"):
            words = pytesseract.image_to_data(
                sheet, lang="eng", config="--psm 6 --oem 1", timeout=self._timeout, output_type=pytesseract.Output.DICT
            )
        texts: list[list[str]] = [[] for _ in crops]
        for word, top, height in zip(words["text"], words["top"], words["height"], strict=True):
            if str(word).strip():
                row = int(np.searchsorted(tops, top + height / 2, side="right")) - 1
                texts[max(0, row)].append(str(word))
        return [LineText(" ".join(t), 0.5) for t in texts]


def _stacked(crops: Sequence[Picture]) -> tuple[Picture, list[int]]:
    """One grey picture of all crops, each 48 pixels high with paper between, and where the strip of each begins."""
    gap = 28
    rows = [
        cv2.resize(
            c, (max(8, min(MAX_WIDTH, round(c.shape[1] * LINE_HEIGHT / c.shape[0]))), LINE_HEIGHT), interpolation=cv2.INTER_AREA
        )
        for c in crops
    ]
    width = max(r.shape[1] for r in rows) + 2 * gap
    sheet = np.full((len(rows) * (LINE_HEIGHT + gap) + gap, width), 250, dtype=np.uint8)
    tops = [i * (LINE_HEIGHT + gap) + gap // 2 for i in range(len(rows))]
    for row, top in zip(rows, tops, strict=True):
        sheet[top + gap // 2 : top + gap // 2 + LINE_HEIGHT, gap : gap + row.shape[1]] = row
    return sheet, tops


class _mapped:  # noqa: N801  # reads as a word in `with`
    """Every error of the libraries below becomes an EngineError without their text, which may hold what was read."""

    def __init__(self, engine: str) -> None:
        self._engine = engine

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, EngineError):
            raise EngineError(f"{self._engine} failed ({type(error).__name__}).") from error


@dataclass(frozen=True)
class Engines:
    """The engines that a reader works with; `second` is None where there is no independent opinion to be had."""

    first: Engine
    second: Recognizer | None = None

    @classmethod
    def installed(cls, threads: int = 1) -> Engines:
        """RapidOCR, and Tesseract where its program is found. Loads no model yet."""
        return cls(RapidEngine(threads), TesseractEngine() if tesseract_state().usable else None)


def rapidocr_state() -> EngineState:
    """Whether RapidOCR can be used, for `doctor`."""
    try:
        _model("*_rec_*.onnx"), _model("*_det_*.onnx")
    except EngineError as error:
        return EngineState("RapidOCR", False, str(error))
    for module, name in (("openvino", "OpenVINO"), ("onnxruntime", "ONNX Runtime")):
        if find_spec(module) is not None:
            return EngineState("RapidOCR", True, f"on {name}")
    return EngineState(
        "RapidOCR", False, "Neither OpenVINO nor ONNX Runtime is installed. Install one with: pip install openvino"
    )


def tesseract_state() -> EngineState:
    """Whether Tesseract can be used, for `doctor`."""
    try:
        import pytesseract  # noqa: PLC0415

        version = str(pytesseract.get_tesseract_version()).splitlines()[0]
    except Exception as error:  # whatever is wrong, the cure is the same
        return EngineState(
            "Tesseract",
            False,
            f"Not found ({type(error).__name__}): install it (Debian: apt install tesseract-ocr) for a second opinion.",
        )
    return EngineState("Tesseract", True, version)
