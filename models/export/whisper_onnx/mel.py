"""Log-mel spectrogram as Whisper computes it, as a graph: the Fourier transform is a convolution."""

import math

import numpy as np

from .graph import GraphBuilder, tensor

SAMPLE_RATE = 16_000
WINDOW = 400
HOP = 160
BINS = WINDOW // 2 + 1
# Slaney's mel scale: linear below 1 kHz, logarithmic above with 27 steps to a factor of 6.4.
_LINEAR_HZ = 200 / 3
_BREAK_HZ = 1000.0
_LOG_STEP = math.log(6.4) / 27
# Log power below this many decades under the loudest value of a window is cut off.
_DECADES = 8


def _hz_to_mel(hz):
    if hz < _BREAK_HZ:
        return hz / _LINEAR_HZ
    return _BREAK_HZ / _LINEAR_HZ + math.log(hz / _BREAK_HZ) / _LOG_STEP


def _mel_to_hz(mel):
    linear = _BREAK_HZ / _LINEAR_HZ
    return np.where(mel < linear, mel * _LINEAR_HZ, _BREAK_HZ * np.exp((mel - linear) * _LOG_STEP))


def mel_filters(count):
    """Triangular filters f32 [count, 201] between 0 and 8 kHz, each of area 1 over frequency (Slaney's norm)."""
    frequencies = np.arange(BINS) * SAMPLE_RATE / WINDOW
    corners = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE / 2), count + 2))
    left, centre, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising = (frequencies - left) / (centre - left)
    falling = (right - frequencies) / (right - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * 2 / (right - left)).astype(np.float32)


def _fourier_kernel():
    """f32 [402, 1, 400]: cosine rows, then sine rows, under a periodic Hann window."""
    time = np.arange(WINDOW)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * time / WINDOW)
    # The angle is reduced in integers first: exact, where a large float argument would not be.
    angle = 2 * np.pi * (np.outer(np.arange(BINS), time) % WINDOW) / WINDOW
    rows = np.concatenate([hann * np.cos(angle), hann * np.sin(angle)])
    return rows.astype(np.float32)[:, None]


def log_mel(checkpoint):
    graph = GraphBuilder(int8=False)
    audio = graph.op("Unsqueeze", ["audio", graph.integers(1)])
    # Frames are centred: 200 mirrored samples in front, and 40 behind reach the end of the last whole frame.
    pads = graph.integers(0, 0, WINDOW // 2, 0, 0, WINDOW // 2 - HOP)
    audio = graph.op("Pad", [audio, pads], mode="reflect")
    waves = graph.op("Conv", [audio, graph.constant("kernel", _fourier_kernel())], kernel_shape=[WINDOW], strides=[HOP])
    squares = graph.op("Mul", [waves, waves])
    real, imaginary = graph.op("Split", [squares, graph.integers(BINS, BINS)], 2, axis=1)
    power = graph.op("Add", [real, imaginary])
    mel = graph.op("MatMul", [graph.constant("filters", mel_filters(checkpoint.mel_bins)), power])
    mel = graph.op("Log", [graph.op("Max", [mel, graph.number(1e-10)])])
    mel = graph.op("Mul", [mel, graph.number(1 / math.log(10))])
    loudest = graph.op("ReduceMax", [mel], axes=[1, 2], keepdims=1)
    mel = graph.op("Max", [mel, graph.op("Sub", [loudest, graph.number(_DECADES)])])
    graph.op("Mul", [graph.op("Add", [mel, graph.number(4.0)]), graph.number(0.25)], ["mel"])
    return graph.model(
        "log_mel",
        [tensor("audio", ["B", "samples"])],
        [tensor("mel", ["B", checkpoint.mel_bins, "frames"])],
        "16 kHz mono audio (a multiple of 160 samples, above 200) to the log-mel frames of Whisper.",
    )
