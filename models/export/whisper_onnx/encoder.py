"""Encoder graph: mel frames to the cross-attention keys and values of every decoder layer."""

from .graph import GraphBuilder, tensor
from .layers import Layers


def encoder_cross(checkpoint, int8):
    graph = GraphBuilder(int8)
    layers = Layers(graph, checkpoint)
    value = "mel"
    for i, stride in ((1, 1), (2, 2)):
        weight = graph.half_constant(f"conv{i}/weight", checkpoint.tensors[f"encoder/conv{i}/weight"])
        inputs = [value, weight, layers.constant(f"encoder/conv{i}/bias")]
        value = graph.ms("Gelu", [graph.op("Conv", inputs, kernel_shape=[3], pads=[1, 1], strides=[stride])])
    value = graph.op("Transpose", [value], perm=[0, 2, 1])
    value = layers.embed_positions("encoder", value, graph.integers(0), graph.size(value, 1))
    shape = graph.op("Shape", [value])  # [B, S, width]

    normed, rows = layers.first_norm(value, "encoder")
    for i in range(checkpoint.encoder_layers):
        layer = f"encoder/layer_{i}"
        last = i + 1 == checkpoint.encoder_layers
        following = "encoder/layer_norm" if last else f"encoder/layer_{i + 1}/self_attention/layer_norm"
        heads = layers.query_key_value(normed, layer, shape)
        attended = graph.ms("MultiHeadAttention", list(heads), num_heads=checkpoint.heads)
        value_bias = checkpoint.packed(f"{layer}/self_attention/linear_0")[2][1]
        normed, rows = layers.attention_output(
            attended, rows, f"{layer}/self_attention/linear_1", value_bias, f"{layer}/ffn/layer_norm"
        )
        normed, rows = layers.feed_forward(normed, rows, layer, following)
    return graph.model(
        "encoder_cross",
        [tensor("mel", ["B", checkpoint.mel_bins, "frames"])],
        _cross_projections(graph, checkpoint, normed, shape),
        "Mel frames (an even number, at most 3000) to cross keys and values. The value bias is left out: it is part of "
        "a later bias of the decoder step graph of the same export.",
    )


def _cross_projections(graph, checkpoint, normed, shape):
    by_head = graph.op(
        "Concat", [graph.slice(shape, 0, 2, 0), graph.integers(checkpoint.heads, checkpoint.head_width)], axis=0
    )
    outputs = []
    for i in range(checkpoint.decoder_layers):
        parts = checkpoint.packed(f"decoder/layer_{i}/attention/linear_1")
        for part, (weight, _) in zip("kv", parts):
            rows = graph.product(normed, f"cross_{part}{i}", weight)
            graph.op("Transpose", [graph.reshape(rows, by_head)], [f"cross_{part}{i}"], perm=[0, 2, 1, 3])
            outputs.append(tensor(f"cross_{part}{i}", ["B", checkpoint.heads, "S", checkpoint.head_width]))
    return outputs
