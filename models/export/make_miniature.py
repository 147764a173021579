#!/usr/bin/env python3
"""Writes a miniature Whisper with made-up weights in the layout that transformers.js and the hub use, for tests.

    python make_miniature.py --out FOLDER

The same bytes come out each time. It hears nothing, but it behaves like a model: its text depends on the sound, is made of
English words and ends after a dozen tokens or two.
"""

import argparse
from pathlib import Path

from miniature.graphs import decoder, encoder
from miniature.settings import write_settings
from miniature.weights import Weights
from onnx import TensorProto
from whisper_onnx.graph import save


def write(out):
    graphs = out / "onnx"
    graphs.mkdir(parents=True, exist_ok=True)
    settings = write_settings(out)
    weights = Weights(settings)
    for suffix, element in (("quantized", TensorProto.FLOAT), ("fp16", TensorProto.FLOAT16)):
        save(encoder(weights, settings, element), graphs / f"encoder_model_{suffix}.onnx")
        save(decoder(weights, settings, element), graphs / f"decoder_model_merged_{suffix}.onnx")
    variants = out / "variants"
    variants.mkdir(exist_ok=True)
    save(
        decoder(weights, settings, TensorProto.FLOAT, attentions=False),
        variants / "decoder_without_cross_attentions.onnx",
    )
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        print(f"{path.relative_to(out)}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=Path)
    write(parser.parse_args().out)


if __name__ == "__main__":
    main()
