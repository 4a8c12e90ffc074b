"""What every record source must do. A source's test class inherits this and says how to make it and its chart."""

from __future__ import annotations

import pytest

from pipeline.errors import NeedsPerson, Retryable
from pipeline.gathering.source import Entry, RecordSource
from pipeline.store.vault import Vault
from schemas.record_set import ItemKind
from schemas.release import HoldReason


class RecordSourceContract:
    """Fixtures to give: `source`, whose patient `patient_id` has a complete chart of two records or more; `away`, a
    source of the same kind that cannot be reached; `vault`."""

    @pytest.fixture
    def vault(self, tmp_path) -> Vault:
        return Vault(tmp_path / "kept")

    def test_everything_listed_can_be_fetched(self, source: RecordSource, patient_id: str, vault: Vault):
        contents = source.contents(patient_id)
        assert len(contents.entries) >= 2
        assert contents.findings == ()
        for entry in contents.entries:
            vault.check(source.fetch(patient_id, entry, vault.put_file))

    def test_the_same_chart_always_reads_the_same(self, source: RecordSource, patient_id: str):
        assert source.contents(patient_id) == source.contents(patient_id)

    def test_a_patient_without_a_chart_is_for_a_person(self, source: RecordSource):
        with pytest.raises(NeedsPerson) as held:
            source.contents("nobody-has-this-number")
        assert {finding.reason for finding in held.value.findings} == {HoldReason.CHART_INCOMPLETE}

    def test_a_record_that_is_not_there_is_for_a_person(self, source: RecordSource, patient_id: str, vault: Vault):
        entry = Entry(file="never-made.pdf", kind=ItemKind.NOTES, date=None, pages=1)
        with pytest.raises(NeedsPerson) as held:
            source.fetch(patient_id, entry, vault.put_file)
        assert "never-made.pdf" in held.value.findings[0].sentence

    def test_a_source_that_is_away_may_be_back_later(
        self, away: RecordSource, source: RecordSource, patient_id: str, vault: Vault
    ):
        entry = source.contents(patient_id).entries[0]
        with pytest.raises(Retryable):
            away.contents(patient_id)
        with pytest.raises(Retryable) as later:
            away.fetch(patient_id, entry, vault.put_file)
        assert patient_id not in str(later.value)
