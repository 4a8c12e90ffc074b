"""The charts of the sample practice: every patient's records as files of the formats that practices really keep."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from PIL import Image

from pipeline.practice.sample import documents, hands, paper
from pipeline.practice.sample.answers import us_date
from pipeline.practice.sample.dice import dice, grain
from pipeline.practice.sample.documents import Document
from pipeline.practice.sample.forms import consent
from pipeline.practice.sample.history import Visit, history
from pipeline.practice.sample.photos import smile
from pipeline.practice.sample.radiographs.intraoral import BITEWINGS, PERIAPICALS, View, eight_bit, expose, mount, sixteen_bit
from pipeline.practice.sample.radiographs.mouth import Mouth, mouth_of
from pipeline.practice.sample.radiographs.panoramic import panoramic
from pipeline.practice.sample.sheet import Sheet
from schemas.record_set import ItemKind
from schemas.release import Patient

RICH_CHARTS = frozenset({"1001", "1005", "1009", "1010", "1012", "1017", "1021", "1022", "1029", "1037"})
"""Those who ask for their records, and so have much to send: years of films, photographs, consents."""

_SENSOR_FORMATS = {"1001": ".png", "1009": ".tif", "1012": ".png", "1029": ".png", "1002": ".png", "1014": ".png", "1025": ".png"}
"""Some sensors export PNG, one 16-bit TIFF; all others JPEG."""


class Record(NamedTuple):
    """One file of a chart with its line in contents.csv."""

    file: str
    kind: ItemKind
    day: date
    pages: int
    teeth: str
    description: str
    data: bytes


class Chart:
    """One patient's chart as of a day; `records` draws it, the same for the same seed."""

    def __init__(self, patient: Patient, today: date, seed: int) -> None:
        self.patient = patient
        self.is_rich = patient.patient_id in RICH_CHARTS
        self._key = (seed, "chart", patient.patient_id)
        self.mouth: Mouth = mouth_of((today - patient.date_of_birth).days // 365, self._dice("mouth"))
        self.visits: list[Visit] = history(patient, self.mouth, today, long=self.is_rich, chance=self._dice("history"))
        self.printed = min(today, self.visits[-1].day + timedelta(days=3))

    def records(self) -> Iterator[Record]:
        """Every file: written pages first, then what was taken at the visits."""
        yield from self._written()
        for visit in self.visits:
            take = _IMAGES.get(visit.code)
            if take is not None:
                yield from take(self, visit)

    # -- pages ---------------------------------------------------------------------------------------------------------

    def _written(self) -> Iterator[Record]:
        first, last = self.visits[0].day, self.visits[-1].day
        patient, printed = self.patient, self.printed
        yield _pdf("notes.pdf", ItemKind.NOTES, last, "Treatment notes", documents.notes(patient, self.visits, printed))
        yield _pdf("ledger.pdf", ItemKind.LEDGER, last, "Account ledger", documents.ledger(patient, self.visits, printed))
        history_pages = documents.health_history(patient, first, self._dice("health"))
        yield _pdf(f"health_history_{first:%Y%m%d}.pdf", ItemKind.HEALTH_HISTORY, first, "Health history", history_pages)
        if not self.is_rich:
            return
        plan = documents.treatment_plan(patient, self.mouth, last, self._dice("plan"))
        yield _pdf(f"treatment_plan_{last:%Y%m%d}.pdf", ItemKind.TREATMENT_PLAN, last, "Treatment plan", plan)
        for day in (first, last):
            chart = documents.perio_chart(patient, self.mouth, day, self._dice("perio", day))
            yield _pdf(f"perio_{day:%Y%m%d}.pdf", ItemKind.PERIO_CHART, day, "Periodontal chart, six sites", chart)
        letter = documents.referral(patient, last)
        yield _pdf(f"referral_{last:%Y%m%d}.pdf", ItemKind.REFERRAL, last, "Referral to Riverbend Oral Surgery", letter)
        yield self._consent(first)

    def _consent(self, day: date) -> Record:
        """Two pages, signed, as the office scanner kept them: black and white TIFF."""
        hand = (hands.MARGARET, hands.HANNAH, hands.JOSE, hands.CHIDI)[int(self.patient.patient_id) % 4]
        with Sheet(hand, self._dice("consent")) as sheet:
            consent.draw(sheet, self.patient.name, us_date(self.patient.date_of_birth), us_date(day))
        pages = paper.on_paper(sheet.pdf(), 200)
        data = paper.as_fax_tiff(
            [paper.black_and_white(paper.scanned(page, self._grain("consent", n))) for n, page in enumerate(pages)], (200, 200)
        )
        return Record(f"consent_{day:%Y%m%d}.tif", ItemKind.CONSENT, day, len(pages), "", "Consent to treatment, signed", data)

    # -- pictures ------------------------------------------------------------------------------------------------------

    def _bitewings(self, visit: Visit, views: tuple[View, ...]) -> Iterator[Record]:
        for place, view in enumerate(views, 1):
            name = f"BW_{visit.day:%Y%m%d}_{place}"
            yield self._film(name, ItemKind.XRAY_BITEWING, visit, view, 16 if self.is_rich else 12)

    def _periapical(self, visit: Visit) -> Iterator[Record]:
        view = next(view for view in PERIAPICALS if visit.tooth in view.teeth[1:-1] or visit.tooth in view.teeth)
        yield self._film(f"PA_{visit.day:%Y%m%d}_{visit.tooth}", ItemKind.XRAY_PERIAPICAL, visit, view, 16)

    def _film(self, name: str, kind: ItemKind, visit: Visit, view: View, scale: float) -> Record:
        """One sensor picture, in the format of the sensor that the patient's operatory has."""
        density = expose(view, self.mouth, scale, self._dice(name), self._grain(name))
        suffix = _SENSOR_FORMATS.get(self.patient.patient_id, ".jpg")
        teeth = ",".join(str(tooth) for tooth in sorted(self.mouth.present(list(view.teeth))))
        data = _tiff_16(sixteen_bit(density)) if suffix == ".tif" else _picture(eight_bit(density), suffix, scale)
        return Record(name + suffix, kind, visit.day, 1, teeth, view.name, data)

    def _series(self, visit: Visit) -> Iterator[Record]:
        picture = _picture(mount(self.mouth, 8, self._dice("fmx"), self._grain("fmx")), ".jpg", 8)
        name = f"FMX_{visit.day:%Y%m%d}.jpg"
        yield Record(name, ItemKind.XRAY_FMX, visit.day, 1, "1-32", "Full mouth series, 18 films", picture)

    def _panoramic(self, visit: Visit) -> Iterator[Record]:
        picture = _picture(panoramic(self.mouth, 6, self._dice("pano"), self._grain("pano")), ".jpg", 6)
        yield Record(f"PANO_{visit.day:%Y%m%d}.jpg", ItemKind.XRAY_PANO, visit.day, 1, "1-32", "Panoramic view", picture)

    def _photo(self, visit: Visit) -> Iterator[Record]:
        picture = _picture(smile(self.mouth, 12, self._dice("photo"), self._grain("photo")), ".jpg", 12)
        yield Record(f"photo_{visit.day:%Y%m%d}.jpg", ItemKind.PHOTO, visit.day, 1, "4-13,20-29", "Frontal, retracted", picture)

    def _dice(self, *about: object) -> Any:
        return dice(*self._key, *about)

    def _grain(self, *about: object) -> Any:
        return grain(*self._key, *about)


_Take = Callable[[Chart, Visit], Iterator[Record]]
_IMAGES: dict[str, _Take] = {
    "D0210": Chart._series,
    "D0220": Chart._periapical,
    "D0272": partial(Chart._bitewings, views=(BITEWINGS[0], BITEWINGS[3])),
    "D0274": partial(Chart._bitewings, views=BITEWINGS),
    "D0330": Chart._panoramic,
    "D0350": Chart._photo,
}
"""What each imaging code leaves in the chart."""


def _pdf(file: str, kind: ItemKind, day: date, description: str, document: Document) -> Record:
    return Record(file, kind, day, document.pages, "", description, document.data)


def _picture(pixels: Any, suffix: str, scale: float) -> bytes:
    """JPEG or PNG with its true size: `scale` pixels a millimetre."""
    buffer = io.BytesIO()
    dots = round(scale * 25.4)
    options: dict[str, Any] = {"quality": 88} if suffix == ".jpg" else {"compress_level": 4}
    Image.fromarray(pixels).save(buffer, "JPEG" if suffix == ".jpg" else "PNG", dpi=(dots, dots), **options)
    return buffer.getvalue()


def _tiff_16(pixels: Any) -> bytes:
    """16 bits a pixel, losslessly packed."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "TIFF", compression="tiff_adobe_deflate")
    return buffer.getvalue()
