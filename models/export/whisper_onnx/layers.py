"""The parts that encoder and decoder layers have in common. Values are [rows, width] with rows = batch x positions."""

import numpy as np

# Outliers after Gelu are rare and sit in few places of a row, other places in other rows. Cut into groups with a scale
# each, most of a row keeps its resolution: a third less error in the cross keys and values than with one scale.
FFN_GROUPS = 4


class Layers:
    def __init__(self, graph, checkpoint):
        self.graph = graph
        self.checkpoint = checkpoint
        self.flat = graph.integers(-1, checkpoint.width)

    def constant(self, name):
        return self.graph.constant(name, self.checkpoint.tensors[name])

    def norm_weights(self, name):
        return self.constant(name + "/gamma"), self.constant(name + "/beta")

    def embed_positions(self, stack, value, start, stop):
        """Adds rows start .. stop of the stack's position table to value [B, T, width]."""
        graph = self.graph
        table = graph.half_constant(
            f"{stack}/positions", self.checkpoint.tensors[f"{stack}/position_encodings/encodings"]
        )
        return graph.op("Add", [value, graph.op("Slice", [table, start, stop, graph.integers(0)])])

    def first_norm(self, value, stack):
        """value [B, T, width] -> (layer norm in front of the first layer, rows)"""
        rows = self.graph.reshape(value, self.flat)
        return self.graph.norm(rows, *self.norm_weights(f"{stack}/layer_0/self_attention/layer_norm")), rows

    def query_key_value(self, normed, layer):
        """Inputs of self attention, each [rows, width]. Whisper's keys have no bias; the value's is added later."""
        graph, name = self.graph, f"{layer}/self_attention/linear_0"
        parts = self.checkpoint.packed(name)
        query = self.query(normed, f"{name}/q", *parts[0])
        key, value = (graph.product(normed, f"{name}/{part}", parts[i][0]) for i, part in ((1, "k"), (2, "v")))
        return query, key, value

    def query(self, normed, name, weight, bias):
        """Queries [rows, width] with the scale of the scores in them: attention itself runs faster without a factor."""
        graph, scale = self.graph, np.float32(self.checkpoint.head_width**-0.5)
        rows = graph.product(normed, name, weight * scale)
        return graph.op("Add", [rows, graph.constant(f"{name}/bias", bias * scale)])

    def attention_output(self, attended, residual, name, value_bias, norm):
        """Output projection, residual sum and the next norm.

        Attention weights sum to 1, so a value bias passes through unchanged and can join the bias of this projection.
        """
        graph, tensors = self.graph, self.checkpoint.tensors
        weight, bias = tensors[name + "/weight"], tensors[name + "/bias"]
        # Summed in f64 along a fixed order: a BLAS product would differ between machines in the last bit.
        folded = bias + (weight.astype(np.float64) * value_bias).sum(axis=1)
        rows = graph.product(graph.reshape(attended, self.flat), name, weight)
        bias = graph.constant(name + "/bias", folded.astype(np.float32))
        return graph.add_and_norm(rows, residual, bias, *self.norm_weights(norm))

    def feed_forward(self, normed, residual, layer, norm):
        graph = self.graph
        first, first_bias, second, second_bias = (
            self.checkpoint.tensors[f"{layer}/ffn/linear_{i}/{part}"] for i in (0, 1) for part in ("weight", "bias")
        )
        groups = np.split(np.arange(len(first_bias)), FFN_GROUPS if graph.int8 else 1)
        total, bias = None, second_bias.astype(np.float64)
        for i, columns in enumerate(groups):
            hidden = graph.product(normed, f"{layer}/ffn/linear_0/{i}", first[columns])
            hidden = graph.ms("BiasGelu", [hidden, graph.constant(f"{layer}/ffn/bias_0/{i}", first_bias[columns])])
            part, gain = graph.product_after_gelu(hidden, f"{layer}/ffn/linear_1/{i}", second[:, columns])
            total = part if total is None else graph.op("Add", [total, part])
            bias = bias + gain
        bias = graph.constant(f"{layer}/ffn/bias_1", bias.astype(np.float32))
        return graph.add_and_norm(total, residual, bias, *self.norm_weights(norm))
