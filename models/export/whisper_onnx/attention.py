"""Attention on integers: unsigned queries and attention weights times signed keys and values of seven bits."""

import numpy as np
from onnx import TensorProto

from .graph import tensor
from .quantise import LARGEST

# A window of 30 s in positions, and the parts that its queries are taken in.
POSITIONS = 1500
PARTS = 3
# Positions side by side in the keys of the decoder. Rows of all 1500 would be read at a third of the speed.
BLOCK = 100
# Unsigned steps from zero to the largest value: all of u8, and either side of its middle.
_WHOLE, _HALF = 255, 127


def _signed_columns(graph, rows):
    """rows f32 [n, m] -> (int8 [n, m], step f32 [m]) with a step a column."""
    step = graph.steps(rows, 0, LARGEST)
    # QuantizeLinear with a step a column takes a hundred times as long.
    scaled = graph.op("Mul", [rows, graph.op("Reciprocal", [step])])
    return graph.op("QuantizeLinear", [scaled, graph.number(1.0), graph.zero(np.int8)]), step


def self_attention(graph, query, key, value, heads, width):
    """All positions to all positions: query (scaled), key and value f32 [S, heads * width] -> f32 of the same shape.

    A step for each column of the queries (it moves into the keys), each key and each column of the values; the weights
    of a query get a step of their own, so that those of an even distribution do not vanish.
    """
    step = graph.steps(query, 0, _HALF)
    query = graph.op("Mul", [query, graph.op("Reciprocal", [step])])
    query = graph.op("QuantizeLinear", [query, graph.number(1.0), graph.middle()])

    key = graph.reshape(graph.op("Mul", [key, step]), graph.integers(-1, width))
    key_steps = graph.steps(key, 1, LARGEST)
    key = graph.quantise_rows(key, key_steps, graph.zero(np.int8))
    key = graph.op("Transpose", [graph.reshape(key, graph.integers(-1, heads * width))], perm=[1, 0])
    key_steps = graph.op("Transpose", [graph.reshape(key_steps, graph.integers(-1, heads))], perm=[1, 0])

    value, value_steps = _signed_columns(graph, value)

    widths, ones = graph.integers(*[width] * heads), graph.integers(*[1] * heads)
    split = zip(
        graph.op("Split", [query, widths], heads, axis=1),
        graph.op("Split", [key, widths], heads, axis=0),
        graph.op("Split", [key_steps, ones], heads, axis=0),
        graph.op("Split", [value, widths], heads, axis=1),
        graph.op("Split", [value_steps, widths], heads, axis=0),
    )
    return graph.op("Concat", [_one_head(graph, *parts) for parts in split], axis=1)


def _one_head(graph, query, key, key_step, value, value_step):
    """A head and a part of its queries at a time: the scores of that much stay in the cache of the processor."""
    one = graph.number(1.0)
    key_step = graph.reshape(key_step, graph.integers(-1))
    attended = []
    for part in graph.op("Split", [query, graph.integers(*[POSITIONS // PARTS] * PARTS)], PARTS, axis=0):
        scores = graph.ms("MatMulIntegerToFloat", [part, key, one, key_step, graph.middle()])
        weights = graph.op("Softmax", [scores], axis=-1)
        peak = graph.op("ReduceMax", [weights], axes=[1], keepdims=0)
        step = graph.op("Mul", [peak, graph.number(1 / _WHOLE)])
        weights = graph.op("QuantizeLinear", [weights, step], axis=0)
        rows = graph.ms("MatMulIntegerToFloat", [weights, value, one, value_step, graph.zero(np.uint8)])
        attended.append(graph.op("Mul", [rows, graph.op("Unsqueeze", [step, graph.integers(1)])]))
    return graph.op("Concat", attended, axis=0)


def cross_key(graph, rows, heads, width, names):
    """rows f32 [S, heads * width] of one window -> int8 [1, heads, S / 100, width, 100], its steps, its sums."""
    key, step = _signed_columns(graph, rows)
    key = graph.op("Transpose", [key], perm=[1, 0])
    key = graph.reshape(key, graph.integers(1, heads, width, -1, BLOCK))
    graph.op("Transpose", [key], [names[0]], perm=[0, 1, 3, 2, 4])
    graph.op("Reshape", [step, graph.integers(1, heads, 1, width)], [names[1]])
    ones = graph.constant(f"ones_u8_{width}", np.ones((1, width), np.uint8))
    sums = graph.op("Cast", [graph.op("MatMulInteger", [ones, names[0]])], to=TensorProto.FLOAT)
    sums = graph.op("Mul", [sums, graph.number(-1.0 - _HALF)])
    graph.op("Reshape", [sums, graph.integers(1, heads, 1, -1)], [names[2]])


def cross_value(graph, rows, heads, width, names):
    """rows f32 [S, heads * width] of one window -> int8 [1, heads, S, width], its steps."""
    value, step = _signed_columns(graph, rows)
    graph.op("Transpose", [graph.reshape(value, graph.integers(1, -1, heads, width))], [names[0]], perm=[0, 2, 1, 3])
    graph.op("Reshape", [step, graph.integers(1, heads, 1, width)], [names[1]])


def cross_attention(graph, query, key, value, heads, width):
    """query f32 [C, M, heads * width] (scaled) against what the encoder graph wrote -> (f32 of the same shape, weights).

    With one query a window (M = 1) both products go through ONNX Runtime's routine for u8 vector times s8 matrix, which
    wants zero points of 0: hence the sums of the keys. It reads a quarter of the memory that floats take.
    """
    (key, key_step, key_sums), (value, value_step) = key, value
    query = graph.op("Transpose", [graph.reshape(query, graph.integers(0, 0, heads, width))], perm=[0, 2, 1, 3])
    query = graph.op("Mul", [query, key_step])
    shape = graph.op("Shape", [query])  # [C, heads, M, width]
    rows = graph.reshape(query, graph.integers(-1, width))
    step = graph.steps(rows, 1, _HALF)
    rows = graph.quantise_rows(rows, step, graph.middle())
    query = graph.op("Unsqueeze", [graph.reshape(rows, shape), graph.integers(2)])
    scores = graph.op("Transpose", [graph.op("MatMulInteger", [query, key])], perm=[0, 1, 3, 2, 4])
    scores = graph.op("Cast", [graph.reshape(scores, graph.integers(0, 0, 0, -1))], to=TensorProto.FLOAT)
    by_query = graph.op("Concat", [graph.slice(shape, 0, 3, 0), graph.integers(1)], axis=0)
    scores = graph.op("Mul", [graph.op("Add", [scores, key_sums]), graph.reshape(step, by_query)])
    weights = graph.op("Softmax", [scores], axis=-1)

    peak = graph.op("ReduceMax", [weights], axes=[3], keepdims=1)
    small = graph.op("Div", [weights, peak])
    small = graph.op("QuantizeLinear", [small, graph.number(1 / _WHOLE), graph.zero(np.uint8)])
    attended = graph.op("Cast", [graph.op("MatMulInteger", [small, value])], to=TensorProto.FLOAT)
    factor = graph.op("Mul", [graph.op("Mul", [peak, graph.number(1 / _WHOLE)]), value_step])
    attended = graph.op("Transpose", [graph.op("Mul", [attended, factor])], perm=[0, 2, 1, 3])
    return graph.reshape(attended, graph.integers(0, 0, heads * width)), weights


def cross_tensors(checkpoint, int8, layer, windows):
    """Declarations of what the encoder hands to one layer of the decoder: its keys, then its values."""
    heads, width = checkpoint.heads, checkpoint.head_width
    if not int8:
        return [tensor(f"cross_{part}{layer}", [windows, heads, POSITIONS, width]) for part in "kv"]
    return [
        tensor(f"cross_k{layer}", [windows, heads, POSITIONS // BLOCK, width, BLOCK], TensorProto.INT8),
        tensor(f"cross_k_step{layer}", [windows, heads, 1, width]),
        tensor(f"cross_k_sum{layer}", [windows, heads, 1, POSITIONS]),
        tensor(f"cross_v{layer}", [windows, heads, POSITIONS, width], TensorProto.INT8),
        tensor(f"cross_v_step{layer}", [windows, heads, 1, width]),
    ]
