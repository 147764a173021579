"""Silero VAD with its convolutions as products: the same function as the published graph, in a third of the time.

Windows of 576 samples make four short spectra each. ONNX Runtime runs the convolutions over so few positions window by
window; as rows of a matrix all windows of a call share one product.
"""

import numpy as np
from onnx import helper, numpy_helper

from .graph import GraphBuilder, tensor

WINDOW = 576
FRAME = 256
HOP = 128
FRAMES = 4


def silero_vad(published):
    """The published model (an onnx.ModelProto) -> the same with inputs and outputs of the same names."""
    weights = {value.name: numpy_helper.to_array(value) for value in published.graph.initializer}
    graph = GraphBuilder(int8=False)

    def mirrored():
        pads = graph.integers(0, 0, 0, HOP // 2)
        return graph.op("Pad", ["input", pads], mode="reflect")

    def convolution(rows, name, taps):
        """rows [n, taps * in] times the last `taps` taps of a kernel [out, in, 3]."""
        weight, bias = weights[f"encoder.conv_layers.{name}.weight"], weights[f"encoder.conv_layers.{name}.bias"]
        matrix = weight[:, :, taps].transpose(2, 1, 0).reshape(-1, len(bias))
        product = graph.op("MatMul", [rows, graph.constant(f"conv{name}/weight", matrix)])
        return graph.op("Relu", [graph.op("Add", [product, graph.constant(f"conv{name}/bias", bias)])])

    def beside(value, starts, width, positions):
        """Zeros beside value [n, positions * width]; three positions from each start on -> [n * starts, 3 * width]."""
        padded = graph.op("Pad", [value, graph.integers(0, width, 0, width)])
        parts = [graph.slice(padded, start * width, (start + 3) * width, 1) for start in starts]
        return graph.reshape(graph.op("Concat", parts, axis=1), graph.integers(-1, 3 * width))

    samples = mirrored()
    frames = [graph.slice(samples, i * HOP, i * HOP + FRAME, 1) for i in range(FRAMES)]
    rows = graph.reshape(graph.op("Concat", frames, axis=1), graph.integers(-1, FRAME))
    basis = weights["encoder.feature_extractor.forward_basis_buffer"][:, 0]
    bins = len(basis) // 2
    waves = graph.op("MatMul", [rows, graph.constant("basis", basis.T)])
    squares = graph.op("Mul", [waves, waves])
    real, imaginary = graph.op("Split", [squares, graph.integers(bins, bins)], 2, axis=1)
    spectra = graph.reshape(graph.op("Sqrt", [graph.op("Add", [real, imaginary])]), graph.integers(-1, FRAMES * bins))

    widths = [weights[f"encoder.conv_layers.{i}.bias"].size for i in range(4)]
    value = convolution(beside(spectra, range(4), bins, 4), 0, slice(0, 3))
    value = graph.reshape(value, graph.integers(-1, 4 * widths[0]))
    value = convolution(beside(value, (0, 2), widths[0], 4), 1, slice(0, 3))
    # Two positions are left, then one: the other taps meet zeros.
    value = convolution(graph.reshape(value, graph.integers(-1, 2 * widths[1])), 2, slice(1, 3))
    value = convolution(value, 3, slice(1, 2))

    lstm = next(node for node in published.graph.node if node.op_type == "LSTM")
    inputs = [graph.constant(f"lstm/{i}", weights[name]) for i, name in enumerate(lstm.input[1:4])]
    steps = graph.op("Unsqueeze", [value, graph.integers(1)])
    size = widths[3]
    hidden = graph.op("LSTM", [steps, *inputs, "", "h", "c"], ["hidden", "hn", "cn"], hidden_size=size)[0]
    hidden = graph.op("Relu", [graph.reshape(hidden, graph.integers(-1, size))])
    out = graph.constant("out/weight", weights["decoder.conv1d.weight"][0])
    logit = graph.op("Add", [graph.op("MatMul", [hidden, out]), graph.constant("out/bias", weights["decoder.conv1d.bias"])])
    graph.op("Reshape", [graph.op("Sigmoid", [logit]), graph.integers(-1)], ["speech_probs"])
    state = [1, 1, size]
    return graph.model(
        "silero_vad",
        [tensor("input", ["windows", WINDOW]), tensor("h", state), tensor("c", state)],
        [tensor("speech_probs", ["windows"]), tensor("hn", state), tensor("cn", state)],
        "Silero VAD, version 6: consecutive windows of 512 samples at 16 kHz, each behind the 64 samples before it.",
    )
