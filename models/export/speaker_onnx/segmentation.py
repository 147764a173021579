"""pyannote segmentation 3.0 as a graph: who of up to three speakers is heard when, within 10 s.

H. Bredin, "pyannote.audio 2.1 speaker diarization pipeline", and A. Plaquet, H. Bredin, "Powerset multi-class cross entropy loss for
neural speaker diarization", both Interspeech 2023. The layers: filters of SincNet, two convolutions, four bidirectional LSTMs, two linear
layers and a classifier over the sets of at most two speakers.
"""

import numpy as np

from whisper_onnx.graph import GraphBuilder, tensor

SAMPLE_RATE = 16_000
SAMPLES = 10 * SAMPLE_RATE
FRAMES = 589
# Nobody; each of three speakers; each pair of them.
CLASSES = 7
_FILTER = 251
_STRIDE = 10
_LEAST_HZ = 50.0
_SLOPE = 0.01
_LAYERS = 4
_HIDDEN = 128


def sinc_filters(low_hz, band_hz):
    """Band-pass filters f32 [80, 1, 251], even ones, then odd ones, of what was learned of their edges [40, 1].

    M. Ravanelli, Y. Bengio, "Speaker recognition from raw waveform with SincNet", 2018, in the form of M. Pariente et al.,
    "Filterbank design for end-to-end speech separation", 2020.
    """
    low = _LEAST_HZ + np.abs(low_hz.astype(np.float64))
    high = np.clip(low + _LEAST_HZ + np.abs(band_hz.astype(np.float64)), _LEAST_HZ, SAMPLE_RATE / 2)
    half = _FILTER // 2
    time = 2 * np.pi * np.arange(-half, 0)[None] / SAMPLE_RATE
    window = np.hamming(_FILTER)[:half]
    even = (np.sin(high * time) - np.sin(low * time)) / (time / 2) * window
    odd = (np.cos(low * time) - np.cos(high * time)) / (time / 2) * window
    band = high - low
    even = np.concatenate([even, 2 * band, even[:, ::-1]], axis=1)
    odd = np.concatenate([odd, np.zeros_like(band), -odd[:, ::-1]], axis=1)
    return (np.concatenate([even / (2 * band), odd / (2 * band)])).astype(np.float32)[:, None]


def _gates(values):
    """Rows of the gates in, forget, cell, out (torch) in the order in, out, forget, cell (ONNX)."""
    i, f, c, o = np.split(values, 4)
    return np.concatenate([i, o, f, c])


def _lstm(graph, rows, layer, state):
    """rows [T, B, in] -> [T, B, 256]"""

    def both(name):
        return np.stack([_gates(state[f"lstm.{name}_l{layer}{side}"]) for side in ("", "_reverse")])

    bias = np.concatenate([both("bias_ih"), both("bias_hh")], axis=1)
    weights = {"W": both("weight_ih"), "R": both("weight_hh"), "B": bias}
    inputs = [graph.constant(f"lstm{layer}/{name}", value) for name, value in weights.items()]
    hidden = graph.op("LSTM", [rows, *inputs], direction="bidirectional", hidden_size=_HIDDEN)
    hidden = graph.op("Transpose", [hidden], perm=[0, 2, 1, 3])
    return graph.reshape(hidden, graph.integers(0, 0, 2 * _HIDDEN))


def segmentation(state):
    """state: the tensors of the published model by name -> onnx.ModelProto"""
    graph = GraphBuilder(int8=False)

    def weight(name, values=None):
        return graph.constant(name, state[name] if values is None else values)

    def norm(value, name):
        inputs = [value, weight(f"{name}.weight"), weight(f"{name}.bias")]
        return graph.op("InstanceNormalization", inputs, epsilon=1e-5)

    def leaky(value):
        return graph.op("LeakyRelu", [value], alpha=_SLOPE)

    def linear(rows, name):
        product = graph.op("MatMul", [rows, weight(f"{name}.weight", state[f"{name}.weight"].T)])
        return graph.op("Add", [product, weight(f"{name}.bias")])

    value = norm(graph.op("Unsqueeze", ["audio", graph.integers(1)]), "sincnet.wav_norm1d")
    filters = [state[f"sincnet.conv1d.0.filterbank.{name}"] for name in ("low_hz_", "band_hz_")]
    kernel = weight("sincnet.filters", sinc_filters(*filters))
    value = graph.op("Abs", [graph.op("Conv", [value, kernel], kernel_shape=[_FILTER], strides=[_STRIDE])])
    for i in range(3):
        if i > 0:
            name = f"sincnet.conv1d.{i}"
            value = graph.op("Conv", [value, weight(f"{name}.weight"), weight(f"{name}.bias")], kernel_shape=[5])
        value = graph.op("MaxPool", [value], kernel_shape=[3], strides=[3])
        value = leaky(norm(value, f"sincnet.norm1d.{i}"))
    value = graph.op("Transpose", [value], perm=[2, 0, 1])
    for layer in range(_LAYERS):
        value = _lstm(graph, value, layer, state)
    for i in range(2):
        value = leaky(linear(value, f"linear.{i}"))
    value = graph.op("Softmax", [linear(value, "classifier")], axis=-1)
    graph.op("Transpose", [value], ["classes"], perm=[1, 0, 2])
    return graph.model(
        "segmentation",
        [tensor("audio", ["B", SAMPLES])],
        [tensor("classes", ["B", FRAMES, CLASSES])],
        "10 s of 16 kHz mono audio to the probabilities of who is heard: nobody, a speaker of three, or a pair of them.",
    )
