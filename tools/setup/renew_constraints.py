"""Write constraints.txt anew: the newest versions that pyproject.toml admits, as pip chooses them for this Python.

`make constraints`; run it with the oldest supported Python, for then the versions suit the later ones too.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "constraints.txt"
BUILD = "setuptools>=77"
ELSEWHERE = ("colorama",)
"""Packages that only other systems need: colours on the terminal of Windows."""


def resolved() -> dict[str, str]:
    """What pip would install into an empty environment: name to version."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        wanted = [f"{ROOT}[test]", BUILD, *ELSEWHERE]
        dry = ["--dry-run", "--ignore-installed", "--quiet", "--only-binary=:all:", "--report", str(report)]
        subprocess.run([sys.executable, "-m", "pip", "install", *dry, *wanted], check=True)  # noqa: S603  our own arguments
        chosen = [each["metadata"] for each in json.loads(report.read_text(encoding="utf-8"))["install"]]
    return {each["name"]: each["version"] for each in chosen if each["name"] != "chartrelay"}


def main() -> None:
    """Keep the comment at the top of the file, and replace the rest."""
    comment = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    pins = [f"{name}=={version}" for name, version in sorted(resolved().items(), key=lambda pin: pin[0].lower())]
    FILE.write_text("\n".join([*comment, *pins, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
