"""What the memory of forms does: one corrected scan teaches it, it knows the form again, and keeps nothing of the patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.forms.blank import Blank
from pipeline.forms.form import MOST_SCANS, Form
from pipeline.forms.learning import Lesson, learned
from pipeline.forms.memory import FormMemory, Remembered
from pipeline.forms.printing import form_words, printed_on
from pipeline.forms.recognition import recognised, registered
from pipeline.matching.patients import Floors
from pipeline.reading.confidence import SURE
from pipeline.reading.engines import EngineError
from pipeline.reading.fields import find_values
from pipeline.reading.reader import Reader
from pipeline.reading.text import plain
from tests.forms.conftest import Pages
from tests.forms.drawn import AGNES, HENRY, MARIA
from tests.forms.lessons import DOB, NAME, PHONE, TODAY, read, teach


@pytest.fixture(scope="session")
def form(reader: Reader, pages: Pages) -> Form:
    """The form as Maria's scan taught it: a person has typed her name and number, which the reader had not found."""
    reading = read(reader, pages("maria"))
    assert reading.value(NAME) is None
    [taught] = teach(pages("maria"), reading, {NAME: MARIA.name, PHONE: MARIA.number})
    return taught.form


@pytest.fixture(scope="session")
def seen_twice(reader: Reader, pages: Pages, form: Form) -> Remembered:
    """The same after Henry's scan."""
    [taught] = teach(pages("henry"), read(reader, pages("henry"), form, scan="b"), {NAME: HENRY.name}, form, request=2)
    assert taught.known is not None
    blank = Blank.common(taught.form, pages("maria").layout.grey, taught.known, pages("henry"), taught.written)
    return Remembered(taught.form, blank)


# ---- read again ------------------------------------------------------------------------------------------------------------


def test_a_form_that_was_corrected_once_is_read_right_the_next_time_though_it_lies_askew(
    reader: Reader, pages: Pages, form: Form
) -> None:
    assert read(reader, pages("henry")).value(NAME) is None
    again = read(reader, pages("henry"), form)
    assert again.value(NAME) == HENRY.name
    assert again.value(PHONE) == HENRY.number


def test_what_only_the_memory_has_found_is_below_the_floor_of_what_it_decides(reader: Reader, pages: Pages, form: Form) -> None:
    found = read(reader, pages("henry"), form).fields
    assert found[NAME].confidence < Floors().name_letter_for_letter
    assert found[PHONE].confidence < SURE


def test_what_the_labels_find_at_the_known_place_stays_as_it_is(reader: Reader, pages: Pages) -> None:
    page = pages("maria")
    alone = read(reader, page)
    [taught] = teach(page, alone, {NAME: MARIA.name}, released=True)
    assert taught.form.place_of(DOB) is not None
    assert read(reader, page, taught.form).fields[DOB] == alone.fields[DOB]


def test_a_value_that_does_not_stand_where_its_field_does_stays_and_is_not_sure(reader: Reader, pages: Pages, form: Form) -> None:
    page = pages("henry")
    [birthday] = [v for v in find_values(page, TODAY) if v.name is DOB]
    guessed = replace(birthday, name=PHONE)
    memory = FormMemory(lambda: [Remembered(form)])
    kept, beside = (v for v in memory.recalled(page, [guessed], reader.engines.first) if v.name is PHONE)
    assert kept.value == birthday.value
    assert kept.most < SURE
    assert beside.value.text == HENRY.number
    assert beside.most < kept.most


def test_an_empty_place_puts_what_was_found_elsewhere_in_doubt(reader: Reader, pages: Pages, form: Form) -> None:
    page = pages("hollow")
    [birthday] = [v for v in find_values(page, TODAY) if v.name is DOB]
    memory = FormMemory(lambda: [Remembered(form)])
    [kept] = [v for v in memory.recalled(page, [replace(birthday, name=PHONE)], reader.engines.first) if v.name is PHONE]
    assert kept.value == birthday.value
    assert kept.most < SURE


def test_what_the_blank_prints_is_taken_away_before_a_place_is_read(reader: Reader, pages: Pages, seen_twice: Remembered) -> None:
    assert read(reader, pages("agnes"), seen_twice).value(NAME) == AGNES.name


# ---- which form it is --------------------------------------------------------------------------------------------------------


def test_another_form_with_half_of_the_labels_is_not_taken_for_it(reader: Reader, pages: Pages, form: Form) -> None:
    page = pages("hillside")
    shared = {w.text for w in form.words} & {w.text for w in printed_on(page.lines)}
    assert len(shared) > len({w.text for w in form.words}) / 2
    assert recognised([form], printed_on(page.lines), page.layout.width) is None
    assert read(reader, page, form) == read(reader, page)


def test_of_two_forms_that_fit_alike_it_is_neither(pages: Pages, form: Form) -> None:
    page = pages("henry")
    twin = form.model_copy(update={"places": ()})
    assert recognised([form], printed_on(page.lines), page.layout.width) is not None
    assert recognised([form, twin], printed_on(page.lines), page.layout.width) is None


def test_a_page_that_two_forms_fit_alike_makes_no_third(reader: Reader, pages: Pages, form: Form) -> None:
    twin = form.model_copy(update={"places": ()})
    assert teach(pages("henry"), read(reader, pages("henry"), scan="b"), {NAME: HENRY.name}, form, twin, request=2) == []


def test_the_same_page_twice_in_one_scan_is_one_form(reader: Reader, pages: Pages) -> None:
    page = pages("maria")
    lesson = Lesson("R-000001", read(reader, page), {NAME: MARIA.name, PHONE: "555"}, True, [(1, page), (2, pages("henry"))])
    assert len(learned(lesson, [])) == 1


def test_misread_labels_do_not_hide_a_form(pages: Pages, form: Form) -> None:
    words = printed_on(pages("henry").lines)
    misread = [w for number, w in enumerate(words) if number % 4]
    assert recognised([form], misread, pages("henry").layout.width) is not None


def test_a_place_whose_surroundings_have_changed_is_not_read(reader: Reader, pages: Pages, form: Form) -> None:
    """A new edition of the form has moved the upper part: the rest still fits."""
    moved = form.model_copy(
        update={
            "words": tuple(
                w.model_copy(update={"place": w.place._replace(left=w.place.left + 90, right=w.place.right + 90)})
                if w.place.top < 330
                else w
                for w in form.words
            )
        }
    )
    page = pages("henry")
    found = registered(moved, printed_on(page.lines), page.layout.width)
    name = form.place_of(NAME)
    assert name is not None
    assert found is None or not found.stands(name.box)
    assert read(reader, page, moved).value(NAME) is None


def test_a_place_without_print_around_it_is_not_read(reader: Reader, pages: Pages, form: Form) -> None:
    name = form.place_of(NAME)
    assert name is not None
    near = name.box.grown(130, 70)
    bare = form.model_copy(
        update={"words": tuple(w for w in form.words if not (w.place.x_overlap(near) > 0 and w.place.y_overlap(near) > 0))}
    )
    page = pages("henry")
    found = registered(bare, printed_on(page.lines), page.layout.width)
    assert found is not None
    assert not found.stands(name.box)
    assert read(reader, page, bare).value(NAME) is None


# ---- what is kept ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["form", "seen_twice"])
def test_nothing_that_anybody_wrote_is_in_what_is_kept(which: str, request: pytest.FixtureRequest) -> None:
    kept = request.getfixturevalue(which)
    text = plain((kept if isinstance(kept, Form) else kept.form).model_dump_json())
    for person in (MARIA, HENRY):
        for written in (person.name, person.number, person.dob, person.to.split()[0], *person.name.split()):
            assert plain(written) not in text


def test_every_word_that_is_kept_is_one_of_the_list_that_comes_with_the_program(form: Form) -> None:
    assert {word.text for word in form.words} <= form_words()
    assert not {plain(part) for person in (MARIA, HENRY, AGNES) for part in person.name.split()} & form_words()


def test_no_picture_is_kept_of_a_form_that_was_seen_once(reader: Reader, pages: Pages) -> None:
    [taught] = teach(pages("maria"), read(reader, pages("maria")), {NAME: MARIA.name})
    assert taught.known is None
    assert not taught.counts


def test_no_ink_of_a_hand_is_in_the_blank(pages: Pages, seen_twice: Remembered) -> None:
    blank = seen_twice.blank
    assert blank is not None
    assert blank.mask.sum() > 5000
    page = pages("maria")
    for line in page.lines:
        for written in (MARIA.name, MARIA.number, MARIA.to, MARIA.dob, MARIA.signed):
            at = line.text.find(written)
            if at < 0:
                continue
            x0, y0, x1, y1 = (int(v) for v in line.part(at, at + len(written)))
            inside = blank.mask[y0 : y1 - 12, x0:x1]  # the rule is below
            assert inside.sum() < 0.01 * inside.size


def test_the_numbers_of_requests_are_kept_only_as_long_as_they_are_asked(reader: Reader, pages: Pages, form: Form) -> None:
    assert form.taught_by == ("R-000001",)
    scans = form
    for number in range(2, MOST_SCANS):
        scans = scans.counted(f"R-{number:06d}")
    reading = read(reader, pages("henry"), form, scan="b")
    [last] = teach(pages("henry"), reading, {NAME: HENRY.name}, scans, request=MOST_SCANS)
    assert (last.counts, last.form.scans, last.form.taught_by) == (True, MOST_SCANS, ())
    [after] = teach(pages("henry"), reading, {NAME: HENRY.name}, last.form, request=99)
    assert (after.counts, after.form.scans, after.form.taught_by) == (False, MOST_SCANS, ())
    assert "R-0" not in after.form.model_dump_json()
    assert reading.scan not in after.form.model_dump_json()


def test_no_more_numbers_are_kept_beside_a_strike_out(reader: Reader, pages: Pages) -> None:
    page = pages("maria")
    reading = read(reader, page)
    [taught] = teach(page, reading, {DOB: ""})
    for number in range(2, 2 * MOST_SCANS):
        [taught] = teach(page, reading, {DOB: ""}, taught.form, request=number)
    [struck_out] = taught.form.not_here
    assert struck_out.times == 2 * MOST_SCANS - 1
    assert struck_out.by == tuple(f"R-{number:06d}" for number in range(MOST_SCANS, 2 * MOST_SCANS))


def test_two_scans_of_one_patient_say_nothing_of_what_the_form_prints(reader: Reader, pages: Pages, form: Form) -> None:
    [taught] = teach(
        pages("henry"), read(reader, pages("henry"), form, scan="b"), {NAME: HENRY.name}, form, request=2, same_patient=True
    )
    assert not taught.counts
    assert taught.form.words == form.words


def test_words_that_only_one_scan_had_are_forgotten(reader: Reader, pages: Pages, form: Form) -> None:
    lonely = form.words[0].model_copy(update={"text": "pharmacy", "place": form.words[0].place._replace(top=2, bottom=12)})
    before = form.model_copy(update={"words": (*form.words, lonely)})
    [taught] = teach(pages("henry"), read(reader, pages("henry"), before, scan="b"), {NAME: HENRY.name}, before, request=2)
    assert lonely.text not in {word.text for word in taught.form.words}


# ---- learning --------------------------------------------------------------------------------------------------------------


def test_a_contrary_correction_moves_the_place(reader: Reader, pages: Pages, form: Form) -> None:
    page = pages("agnes, moved")
    [taught] = teach(page, read(reader, page, form, scan="c"), {NAME: AGNES.name}, form, request=3)
    before, after = form.place_of(NAME), taught.form.place_of(NAME)
    assert before is not None
    assert after is not None
    assert after.box.top > before.box.bottom
    assert read(reader, page, taught.form).value(NAME) == AGNES.name


def test_where_nothing_stands_the_field_is_not_looked_for_again(reader: Reader, pages: Pages, form: Form) -> None:
    reading = read(reader, pages("maria"), form)
    assert reading.value(PHONE) == MARIA.number
    [taught] = teach(pages("maria"), reading, {PHONE: ""}, form, request=2)
    assert taught.form.place_of(PHONE) is None
    assert read(reader, pages("henry"), taught.form).value(PHONE) is None


def test_what_labels_find_where_it_was_struck_out_is_in_doubt_and_left_out_the_second_time(reader: Reader, pages: Pages) -> None:
    page = pages("maria")
    reading = read(reader, page)
    assert reading.value(DOB) is not None
    [once] = teach(page, reading, {DOB: ""})
    doubted = read(reader, page, once.form)
    assert doubted.value(DOB) == reading.value(DOB)
    assert doubted.fields[DOB].confidence < SURE
    [twice] = teach(page, doubted, {DOB: ""}, once.form, request=2)
    assert read(reader, page, twice.form).value(DOB) is None


def test_a_request_that_teaches_once_more_strikes_out_no_second_time(reader: Reader, pages: Pages) -> None:
    """It is a lesson again at each further correction, and at its release."""
    page = pages("maria")
    reading = read(reader, page)
    [once] = teach(page, reading, {DOB: ""})
    [again] = teach(page, reading, {DOB: "", NAME: MARIA.name}, once.form)
    [released] = teach(page, reading, {DOB: "", NAME: MARIA.name}, again.form, released=True)
    assert [n.times for n in released.form.not_here if n.field is DOB] == [1]
    assert released.form.place_of(NAME) is not None
    assert read(reader, pages("henry"), released.form).value(DOB) is not None


def test_two_requests_of_one_patient_strike_out_once(reader: Reader, pages: Pages) -> None:
    page = pages("maria")
    [once] = teach(page, read(reader, page), {DOB: ""})
    [again] = teach(page, read(reader, page), {DOB: ""}, once.form, request=2, same_patient=True)
    assert [n.times for n in again.form.not_here] == [1]


def test_a_request_that_teaches_once_more_does_not_doubt_a_place_twice(reader: Reader, pages: Pages, form: Form) -> None:
    page = pages("maria")
    reading = read(reader, page, form)
    known = form.place_of(PHONE)
    assert known is not None
    twice = form.with_place(known.model_copy(update={"boxes": (known.box, known.box.grown(4, 0))}))
    [once] = teach(page, reading, {PHONE: ""}, twice, request=2)
    [again] = teach(page, reading, {PHONE: ""}, once.form, request=2, released=True)
    assert again.form.place_of(PHONE) is not None
    [another] = teach(page, reading, {PHONE: ""}, again.form, request=3)
    assert another.form.place_of(PHONE) is None


def test_a_strike_out_that_somebody_has_put_right_does_not_come_back_with_its_release(reader: Reader, pages: Pages) -> None:
    page = pages("maria")
    reading = read(reader, page)
    [struck] = teach(page, reading, {DOB: ""})
    [shown] = teach(pages("henry"), read(reader, pages("henry"), scan="b"), {DOB: "1964-11-22"}, struck.form, request=2)
    assert shown.form.place_of(DOB) is not None
    [released] = teach(page, reading, {DOB: ""}, shown.form, released=True)
    assert released.form.place_of(DOB) is not None


def test_what_was_left_as_it_was_counts_only_once_the_request_is_released(reader: Reader, pages: Pages) -> None:
    reading = read(reader, pages("maria"))
    [held] = teach(pages("maria"), reading, {NAME: MARIA.name})
    [released] = teach(pages("maria"), reading, {NAME: MARIA.name}, released=True)
    assert held.form.place_of(DOB) is None
    assert released.form.place_of(DOB) is not None


@pytest.mark.parametrize("value", ["Somebody Else", "Lakeview"])
def test_a_correction_that_stands_nowhere_teaches_nothing(reader: Reader, pages: Pages, value: str) -> None:
    assert teach(pages("maria"), read(reader, pages("maria")), {NAME: value}) == []


def test_the_name_under_a_signature_is_no_place_for_the_patient(reader: Reader, pages: Pages) -> None:
    """A parent may sign the next one."""
    page = pages("signer")
    assert teach(page, read(reader, page), {NAME: MARIA.name}) == []


# ---- trouble ---------------------------------------------------------------------------------------------------------------


def test_a_memory_that_fails_is_no_memory(reader: Reader, pages: Pages) -> None:
    def broken() -> list[Remembered]:
        raise RuntimeError("the disk is gone")

    page = pages("maria")
    values = find_values(page, TODAY)
    assert FormMemory(broken).recalled(page, values, reader.engines.first) == values


def test_an_engine_that_fails_at_a_place_leaves_the_rest(pages: Pages, form: Form) -> None:
    class Broken:
        def recognize(self, crops: object) -> list[object]:
            raise EngineError("broken")

    page = pages("hollow")
    values = find_values(page, TODAY)
    assert [v.name for v in FormMemory(lambda: [Remembered(form)]).recalled(page, values, Broken())] == [  # type: ignore[arg-type]
        v.name for v in values
    ]


def test_a_blank_that_cannot_be_read_is_none() -> None:
    assert Blank.from_png(b"no picture") is None
    mask = np.zeros((40, 30), dtype=bool)
    mask[3:9, 4:20] = True
    again = Blank.from_png(Blank(mask).as_png())
    assert again is not None
    assert (again.mask == mask).all()
