"""Mel filter bank features as Kaldi computes them, as a graph.

What Kaldi does to a frame before its power spectrum (taking the mean off, pre-emphasis, window, Fourier transform) is linear: one
matrix, applied as a convolution. https://kaldi-asr.org/doc/feat.html
"""

import math

import numpy as np

from whisper_onnx.graph import GraphBuilder, tensor

SAMPLE_RATE = 16_000
FRAME = 400
HOP = 160
FFT = 512
MEL_BINS = 80
_LOWEST_HZ = 20.0
_PRE_EMPHASIS = 0.97
# Of single precision: what Kaldi takes for the least power.
_LEAST_POWER = 1.1920928955078125e-07


def _mel(hz):
    return 1127.0 * np.log(1.0 + np.asarray(hz) / 700.0)


def mel_filters():
    """Triangles f32 [80, 257] between 20 Hz and 8 kHz, linear on the mel scale."""
    corners = np.linspace(_mel(_LOWEST_HZ), _mel(SAMPLE_RATE / 2), MEL_BINS + 2)
    left, centre, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    bins = _mel(np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT)
    rising = (bins - left) / (centre - left)
    falling = (right - bins) / (right - centre)
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


def _frame_kernel():
    """f32 [514, 1, 400]: cosine rows, then sine rows, of a frame without its mean, pre-emphasised, under Povey's window."""
    centred = np.eye(FRAME) - 1 / FRAME
    emphasis = np.eye(FRAME) - _PRE_EMPHASIS * np.eye(FRAME, k=-1)
    emphasis[0, 0] = 1 - _PRE_EMPHASIS
    time = np.arange(FRAME)
    povey = (0.5 - 0.5 * np.cos(2 * math.pi * time / (FRAME - 1))) ** 0.85
    # The angle is reduced in integers first: exact, where a large float argument would not be.
    angle = 2 * math.pi * (np.outer(np.arange(FFT // 2 + 1), time) % FFT) / FFT
    waves = np.concatenate([np.cos(angle), np.sin(angle)])
    return ((waves * povey) @ emphasis @ centred).astype(np.float32)[:, None]


def fbank():
    graph = GraphBuilder(int8=False)
    audio = graph.op("Unsqueeze", ["audio", graph.integers(1)])
    kernel = graph.constant("kernel", _frame_kernel())
    waves = graph.op("Conv", [audio, kernel], kernel_shape=[FRAME], strides=[HOP])
    squares = graph.op("Mul", [waves, waves])
    bins = FFT // 2 + 1
    real, imaginary = graph.op("Split", [squares, graph.integers(bins, bins)], 2, axis=1)
    power = graph.op("Add", [real, imaginary])
    mel = graph.op("MatMul", [graph.constant("filters", mel_filters()), power])
    mel = graph.op("Log", [graph.op("Max", [mel, graph.number(_LEAST_POWER)])])
    graph.op("Transpose", [mel], ["features"], perm=[0, 2, 1])
    return graph.model(
        "fbank",
        [tensor("audio", ["B", "samples"])],
        [tensor("features", ["B", "frames", MEL_BINS])],
        "16 kHz mono audio to the log mel filter bank of Kaldi: frames of 25 ms every 10 ms, none beyond the edges.",
    )
