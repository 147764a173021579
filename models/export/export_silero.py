#!/usr/bin/env python3
"""Writes the graph of Silero VAD that the engine runs, from the published one in the package faster-whisper.

    python export_silero.py --out FOLDER
"""

import argparse
from importlib.resources import files
from pathlib import Path

from whisper_onnx.graph import load, save
from whisper_onnx.silero import silero_vad

NAME = "silero_vad_v6.onnx"


def published():
    return load(files("faster_whisper") / "assets" / NAME)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=Path)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    save(silero_vad(published()), out / NAME)


if __name__ == "__main__":
    main()
