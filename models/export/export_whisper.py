#!/usr/bin/env python3
"""Writes the ONNX graphs of the engine from a Whisper checkpoint of any size, in the form of CTranslate2 or transformers.

    python export_whisper.py --checkpoint FOLDER --out FOLDER [--precision int8|fp32]

log_mel.onnx, encoder_cross_int8.onnx and decoder_step_int8.onnx come out; the same input gives the same bytes. Encoder and
decoder belong together: the value bias of cross attention is taken out of the one and folded into the other. With fp32 the
names end in _fp32; these graphs serve to measure what int8 costs. Graphs above 2 GB get a second file for their weights.
"""

import argparse
from pathlib import Path

from whisper_onnx.checkpoint import Checkpoint
from whisper_onnx.decoder import decoder_step
from whisper_onnx.encoder import encoder_cross
from whisper_onnx.graph import save
from whisper_onnx.mel import log_mel
from whisper_onnx.smooth import smoothed


def export(checkpoint, out, precision):
    out.mkdir(parents=True, exist_ok=True)
    int8 = precision == "int8"
    if int8:
        checkpoint = smoothed(checkpoint)
    builders = {
        "log_mel": lambda: log_mel(checkpoint),
        f"encoder_cross_{precision}": lambda: encoder_cross(checkpoint, int8),
        f"decoder_step_{precision}": lambda: decoder_step(checkpoint, int8),
    }
    for name, build in builders.items():
        path = out / f"{name}.onnx"
        save(build(), path)
        print(f"{path.name}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    arguments = parser.parse_args()
    export(Checkpoint.read(arguments.checkpoint), arguments.out, arguments.precision)


if __name__ == "__main__":
    main()
