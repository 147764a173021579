#!/usr/bin/env python3
"""Writes the shapes of all values inside an encoder beside its graph, so that it is loaded faster.

    python export_shapes.py FOLDER/encoder_cross_int8.onnx

encoder_cross_int8.shapes comes out: a model without nodes, whose only content is `value_info`. Appended to the bytes of the
graph it becomes a part of it, as protobuf merges what follows. The shapes are those of one run, and the same for every run,
as the encoder always takes one window of 3000 frames. A graph with its weights in a second file cannot be given them.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper

FRAMES = 3000


def inner_shapes(path):
    model = onnx.load(path)
    outside = {output.name for output in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name and name not in outside]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = ort.SessionOptions()
    # Otherwise values that are merged into others could not be asked for.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    (mel,) = session.get_inputs()
    values = session.run(names, {mel.name: np.zeros((1, mel.shape[1], FRAMES), np.float32)})
    shapes = onnx.ModelProto()
    shapes.graph.value_info.extend(
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
        for name, value in zip(names, values)
    )
    return shapes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path)
    graph = parser.parse_args().graph
    if graph.with_name(graph.name + ".data").exists():
        parser.error("the weights of this graph lie in a second file")
    out = graph.with_suffix(".shapes")
    out.write_bytes(inner_shapes(graph).SerializeToString(deterministic=True))
    print(f"{out.name}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
