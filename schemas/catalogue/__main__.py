"""Writes the catalogue: python -m schemas.catalogue"""

from pathlib import Path

from schemas.catalogue import files

if __name__ == "__main__":
    for name, text in files().items():
        (Path(__file__).parent / name).write_text(text, encoding="utf-8", newline="\n")
