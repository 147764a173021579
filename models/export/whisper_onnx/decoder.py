"""Decoder graph: one step of the decoding loop, with the choice of the best token inside."""

import numpy as np
from onnx import TensorProto

from .attention import POSITIONS, cross_attention, cross_tensors
from .graph import GraphBuilder, tensor
from .layers import Layers
from .quantise import seven_bits

DESCRIPTION = """One decoding step. All outputs but new_* and attention* speak of the last position in ids.
ids [R, T]: R rows, T new tokens each (the whole prompt in the first call, one token later). past_k/past_v [R, h, P, 64]: the
new_k/new_v [R, h, P + T, 64] of the call before, P = 0 in the first. cross_*: from the encoder graph of the same export, C
windows side by side; R is a multiple of C and the R / C rows of one window (beams, samples) lie side by side.
bias [1 or R, vocabulary]: added to the logits; suppressed tokens get a large negative number here.
logits: all of them after the bias. text_*: best id below the first timestamp, its logit, and the log-sum-exp over these ids;
text_max - text_lse is its log-probability. attention<layer> [C, heads, R / C * T, 1500]: cross attention of the alignment
heads of that layer."""


class _Step:
    def __init__(self, checkpoint, int8):
        self.checkpoint = checkpoint
        self.graph = GraphBuilder(int8)
        self.layers = Layers(self.graph, checkpoint)
        self.inputs = [tensor("ids", ["R", "T"], TensorProto.INT64)]
        self.outputs = []
        self.vocabulary = None
        if int8:
            # One table [width, vocabulary] serves the look-up of tokens and the product that gives their logits.
            values, scales = seven_bits(checkpoint.tensors["decoder/embeddings/weight"].T)
            self.vocabulary = self.graph.int8_weight("vocabulary", values, scales)

    def build(self):
        graph, layers = self.graph, self.layers
        start = graph.size("past_k0", 2)
        stop = graph.op("Add", [start, graph.size("ids", 1)])
        value = layers.embed_positions("decoder", self._embed(), start, stop)
        shape = graph.op("Concat", [graph.op("Shape", ["ids"]), graph.integers(self.checkpoint.width)], axis=0)
        # Cross attention has no order among queries, so the rows of a window can pass as one longer row of queries.
        by_window = graph.op("Concat", [graph.size("cross_k0", 0), graph.integers(-1, self.checkpoint.width)], axis=0)

        normed, rows = layers.first_norm(value, "decoder")
        for i in range(self.checkpoint.decoder_layers):
            normed, rows = self._layer(i, normed, rows, shape, by_window)
        last = graph.op(
            "Slice", [graph.reshape(normed, shape), graph.integers(-1), graph.integers(2**31 - 1), graph.integers(1)]
        )
        self._choices(self._logits(graph.reshape(last, layers.flat)))
        return graph.model("decoder_step", self.inputs, self.outputs, DESCRIPTION)

    def _embed(self):
        graph = self.graph
        if self.vocabulary is None:
            table = graph.constant("vocabulary", self.checkpoint.tensors["decoder/embeddings/weight"])
            return graph.op("Gather", [table, "ids"])
        values, scales, _ = self.vocabulary
        columns = graph.op("Transpose", [graph.op("Gather", [values, "ids"], axis=1)], perm=[1, 2, 0])
        scale = graph.op("Unsqueeze", [graph.op("Gather", [scales, "ids"]), graph.integers(2)])
        return graph.op("Mul", [graph.op("Cast", [columns], to=TensorProto.FLOAT), scale])

    def _logits(self, rows):
        graph = self.graph
        if self.vocabulary is None:
            table = self.checkpoint.tensors["decoder/embeddings/weight"]
            return graph.op("MatMul", [rows, graph.constant("vocabulary/transposed", table.T)])
        return graph.int8_product(rows, *self.vocabulary)

    def _layer(self, i, normed, rows, shape, by_window):
        graph, layers, checkpoint = self.graph, self.layers, self.checkpoint
        layer = f"decoder/layer_{i}"
        last = i + 1 == checkpoint.decoder_layers
        following = "decoder/layer_norm" if last else f"decoder/layer_{i + 1}/self_attention/layer_norm"

        parts = [graph.reshape(part, shape) for part in layers.query_key_value(normed, layer)]
        attended, _, _ = graph.ms(
            "MultiHeadAttention",
            [*parts, "", "", "", f"past_k{i}", f"past_v{i}"],
            [f"self_{i}", f"new_k{i}", f"new_v{i}"],
            num_heads=checkpoint.heads,
            scale=1.0,
            unidirectional=1,
        )
        value_bias = checkpoint.packed(f"{layer}/self_attention/linear_0")[2][1]
        normed, rows = layers.attention_output(
            attended, rows, f"{layer}/self_attention/linear_1", value_bias, f"{layer}/attention/layer_norm"
        )

        name = f"{layer}/attention/linear_0"
        query = layers.query(normed, name, *(checkpoint.tensors[f"{name}/{part}"] for part in ("weight", "bias")))
        attended = self._cross_attention(i, graph.reshape(query, by_window))
        value_bias = checkpoint.packed(f"{layer}/attention/linear_1")[1][1]
        normed, rows = layers.attention_output(
            attended, rows, f"{layer}/attention/linear_2", value_bias, f"{layer}/ffn/layer_norm"
        )
        self._declare(i)
        return layers.feed_forward(normed, rows, layer, following)

    def _declare(self, i):
        heads, width = self.checkpoint.heads, self.checkpoint.head_width
        self.inputs += cross_tensors(self.checkpoint, self.graph.int8, i, "C")
        for part in "kv":
            self.inputs.append(tensor(f"past_{part}{i}", ["R", heads, "P", width]))
            self.outputs.append(tensor(f"new_{part}{i}", ["R", heads, "P + T", width]))

    def _cross_attention(self, i, query):
        graph, checkpoint = self.graph, self.checkpoint
        names = [declared.name for declared in cross_tensors(checkpoint, graph.int8, i, "C")]
        heads, width = checkpoint.heads, checkpoint.head_width
        if graph.int8:
            attended, weights = cross_attention(graph, query, names[:3], names[3:], heads, width)
        else:
            attended, weights = self._exact_cross_attention(query, *names)
        chosen = [head for layer, head in checkpoint.alignment_heads if layer == i]
        if chosen:
            picked = graph.constant(f"alignment_heads{i}", np.array(chosen, np.int64))
            graph.op("Gather", [weights, picked], [f"attention{i}"], axis=1)
            self.outputs.append(tensor(f"attention{i}", ["C", len(chosen), "R / C * T", POSITIONS]))
        return attended

    def _exact_cross_attention(self, query, key, value):
        graph, heads, width = self.graph, self.checkpoint.heads, self.checkpoint.head_width
        split = graph.reshape(query, graph.integers(0, 0, heads, width))
        query = graph.op("Transpose", [split], perm=[0, 2, 1, 3])
        scores = graph.op("MatMul", [query, graph.op("Transpose", [key], perm=[0, 1, 3, 2])])
        weights = graph.op("Softmax", [scores], axis=-1)
        attended = graph.op("Transpose", [graph.op("MatMul", [weights, value])], perm=[0, 2, 1, 3])
        return graph.reshape(attended, graph.integers(0, 0, heads * width)), weights

    def _choices(self, logits):
        graph, checkpoint = self.graph, self.checkpoint
        first = checkpoint.first_timestamp
        self.inputs.append(tensor("bias", ["Rb", checkpoint.vocabulary]))
        graph.op("Add", [logits, "bias"], ["logits"])
        text = graph.slice("logits", 0, first, 1)
        graph.op("ArgMax", [text], ["text_arg"], axis=1, keepdims=0)
        graph.op("ReduceMax", [text], ["text_max"], axes=[1], keepdims=0)
        # The largest softmax is exp(max - lse): far cheaper in ONNX Runtime than ReduceLogSumExp.
        largest = graph.op("ReduceMax", [graph.op("Softmax", [text], axis=-1)], axes=[1], keepdims=0)
        graph.op("Sub", ["text_max", graph.op("Log", [largest])], ["text_lse"])
        self.outputs += [
            tensor("logits", ["R", checkpoint.vocabulary]),
            tensor("text_arg", ["R"], TensorProto.INT64),
            tensor("text_max", ["R"]),
            tensor("text_lse", ["R"]),
        ]


def decoder_step(checkpoint, int8):
    return _Step(checkpoint, int8).build()
