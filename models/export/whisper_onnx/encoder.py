"""Encoder graph: mel frames to the cross-attention keys and values of every decoder layer."""

import numpy as np

from .attention import cross_key, cross_tensors, cross_value, self_attention
from .graph import GraphBuilder, tensor
from .layers import Layers


def encoder_cross(checkpoint, int8):
    graph = GraphBuilder(int8)
    layers = Layers(graph, checkpoint)
    value = _convolutions(layers)
    value = layers.embed_positions("encoder", value, graph.integers(0), graph.size(value, 1))
    shape = graph.op("Shape", [value])  # [1, 1500, width]

    normed, rows = layers.first_norm(value, "encoder")
    for i in range(checkpoint.encoder_layers):
        layer = f"encoder/layer_{i}"
        last = i + 1 == checkpoint.encoder_layers
        following = "encoder/layer_norm" if last else f"encoder/layer_{i + 1}/self_attention/layer_norm"
        parts = layers.query_key_value(normed, layer)
        if int8:
            attended = self_attention(graph, *parts, checkpoint.heads, checkpoint.head_width)
        else:
            parts = [graph.reshape(part, shape) for part in parts]
            attended = graph.ms("MultiHeadAttention", parts, num_heads=checkpoint.heads, scale=1.0)
        value_bias = checkpoint.packed(f"{layer}/self_attention/linear_0")[2][1]
        normed, rows = layers.attention_output(
            attended, rows, f"{layer}/self_attention/linear_1", value_bias, f"{layer}/ffn/layer_norm"
        )
        normed, rows = layers.feed_forward(normed, rows, layer, following)
    return graph.model(
        "encoder_cross",
        # 3000, but a free size: knowing it, ONNX Runtime joins the two transpositions of the cross keys into a slow one.
        [tensor("mel", [1, checkpoint.mel_bins, "frames"])],
        _cross_projections(graph, checkpoint, normed),
        "Mel frames of 30 s to the keys and values of cross attention, quantised for the decoder step graph of the same "
        "export. The value bias is left out: it is part of a later bias there.",
    )


def _convolutions(layers):
    """Both convolutions as products of rows, one a position: mel [1, bins, 3000] -> f32 [1, 1500, width].

    The second sees a position and the ones beside it, at every other position: a pair of rows, and the second row of the
    pair before.
    """
    graph, checkpoint = layers.graph, layers.checkpoint
    width, bins = checkpoint.width, checkpoint.mel_bins
    weights = [checkpoint.tensors[f"encoder/conv{i}/weight"] for i in (1, 2)]  # [out, in, 3]

    frames = graph.op("Transpose", [graph.reshape("mel", graph.integers(bins, -1))], perm=[1, 0])
    frames = graph.op("Pad", [frames, graph.integers(1, 0, 1, 0)])
    taps = [graph.slice(frames, i, i - 2 or 2**31 - 1, 0) for i in range(3)]
    first = weights[0].transpose(0, 2, 1).reshape(width, -1)
    rows = graph.op("MatMul", [graph.op("Concat", taps, axis=1), graph.half_constant("conv1/weight", first.T)])
    rows = graph.ms("BiasGelu", [rows, layers.constant("encoder/conv1/bias")])

    pairs = graph.reshape(rows, graph.integers(-1, 2 * width))
    second = weights[1].transpose(0, 2, 1)  # [out, 3, in]
    bias = checkpoint.tensors["encoder/conv2/bias"].astype(np.float64)
    rows, gain = graph.product_after_gelu_of_pairs(pairs, "conv2", second)
    bias = graph.constant("conv2/bias", (bias + gain).astype(np.float32))
    return graph.reshape(graph.ms("BiasGelu", [rows, bias]), graph.integers(1, -1, width))


def _cross_projections(graph, checkpoint, normed):
    heads, width = checkpoint.heads, checkpoint.head_width
    outputs = []
    for i in range(checkpoint.decoder_layers):
        (key, _), (value, _) = checkpoint.packed(f"decoder/layer_{i}/attention/linear_1")
        key = graph.product(normed, f"cross_k{i}", key)
        value = graph.product(normed, f"cross_v{i}", value)
        if graph.int8:
            cross_key(graph, key, heads, width, [f"cross_k{i}", f"cross_k_step{i}", f"cross_k_sum{i}"])
            cross_value(graph, value, heads, width, [f"cross_v{i}", f"cross_v_step{i}"])
        else:
            for part, rows in (("k", key), ("v", value)):
                split = graph.reshape(rows, graph.integers(1, -1, heads, width))
                graph.op("Transpose", [split], [f"cross_{part}{i}"], perm=[0, 2, 1, 3])
        outputs += cross_tensors(checkpoint, graph.int8, i, 1)
    return outputs
