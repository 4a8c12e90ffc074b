"""The messages of the line for everybody: a JSON Schema (2020-12) and a golden sample for each kind and version.

The files are generated: `python -m schemas.catalogue` writes them, a test holds them against the code. A kind whose
schema must change gets a new version and new files; the old ones stay for as long as such messages may be on their way.
"""

from __future__ import annotations

from schemas.base import kind_of, version_of
from schemas.catalogue.samples import SAMPLES
from schemas.messages import MESSAGES, pretty, schema


def files() -> dict[str, str]:
    """Every file of the catalogue, by name."""
    made: dict[str, str] = {}
    for model in MESSAGES:
        name = f"{kind_of(model)}.v{version_of(model)}"
        made[f"{name}.schema.json"] = pretty(schema(model))
        made[f"{name}.sample.json"] = pretty(next(s for s in SAMPLES if type(s) is model).model_dump(mode="json"))
    return made
