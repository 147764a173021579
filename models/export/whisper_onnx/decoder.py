"""Decoder graph: one step of the decoding loop, with the choice of the best token inside."""

import numpy as np
from onnx import TensorProto

from .checkpoint import TIMESTAMPS
from .graph import GraphBuilder, tensor
from .layers import Layers
from .quantise import seven_bits

DESCRIPTION = """One decoding step. All outputs but new_* and attention* speak of the last position in ids.
ids [R, T]: R rows, T new tokens each (the whole prompt in the first call, one token later). past_k/past_v [R, h, P, 64]: the
new_k/new_v [R, h, P + T, 64] of the call before, P = 0 in the first. cross_k/cross_v [C, h, S, 64]: from the encoder graph
of the same export; R is a multiple of C and the R / C rows of one window (beams, samples) lie side by side.
bias [1 or R, vocabulary]: added to the logits; suppressed tokens get a large negative number here.
logits: all of them after the bias. text_*: best id below the first timestamp, its logit, and the log-sum-exp over these ids;
text_max - text_lse is its log-probability. no_speech_p: before the bias. attention<layer> [C, heads, R / C * T, S]: cross
attention of the alignment heads of that layer, empty unless `words` is true."""


class _Step:
    def __init__(self, checkpoint, int8):
        self.checkpoint = checkpoint
        self.graph = GraphBuilder(int8)
        self.layers = Layers(self.graph, checkpoint)
        self.inputs = [tensor("ids", ["R", "T"], TensorProto.INT64), tensor("words", [1], TensorProto.BOOL)]
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

        heads = layers.query_key_value(normed, layer, shape)
        attended, _, _ = graph.ms(
            "MultiHeadAttention",
            [*heads, "", "", "", f"past_k{i}", f"past_v{i}"],
            [f"self_{i}", f"new_k{i}", f"new_v{i}"],
            num_heads=checkpoint.heads,
            unidirectional=1,
        )
        value_bias = checkpoint.packed(f"{layer}/self_attention/linear_0")[2][1]
        normed, rows = layers.attention_output(
            attended, rows, f"{layer}/self_attention/linear_1", value_bias, f"{layer}/attention/layer_norm"
        )

        query_name = f"{layer}/attention/linear_0"
        query = graph.product(normed, query_name, checkpoint.tensors[query_name + "/weight"])
        query = graph.op("Add", [query, layers.constant(query_name + "/bias")])
        query = graph.reshape(query, by_window)
        attended = graph.ms(
            "MultiHeadAttention", [query, f"cross_k{i}", f"cross_v{i}"], num_heads=checkpoint.heads
        )
        self._declare(i)
        self._alignment(i, query)
        value_bias = checkpoint.packed(f"{layer}/attention/linear_1")[1][1]
        normed, rows = layers.attention_output(
            attended, rows, f"{layer}/attention/linear_2", value_bias, f"{layer}/ffn/layer_norm"
        )
        return layers.feed_forward(normed, rows, layer, following)

    def _declare(self, i):
        heads, width = self.checkpoint.heads, self.checkpoint.head_width
        for part in "kv":
            self.inputs.append(tensor(f"past_{part}{i}", ["R", heads, "P", width]))
            self.inputs.append(tensor(f"cross_{part}{i}", ["C", heads, "S", width]))
            self.outputs.append(tensor(f"new_{part}{i}", ["R", heads, "P + T", width]))

    def _alignment(self, i, query):
        """Cross attention weights of this layer's alignment heads, behind the input `words`."""
        checkpoint = self.checkpoint
        chosen = [head for layer, head in checkpoint.alignment_heads if layer == i]
        if not chosen:
            return
        inner = GraphBuilder(int8=False, prefix=f"alignment{i}/")
        pick = inner.constant("heads", np.array(chosen, np.int64))
        split = inner.reshape(query, inner.integers(0, 0, checkpoint.heads, checkpoint.head_width))
        queries = inner.op("Gather", [inner.op("Transpose", [split], perm=[0, 2, 1, 3]), pick], axis=1)
        keys = inner.op("Transpose", [inner.op("Gather", [f"cross_k{i}", pick], axis=1)], perm=[0, 1, 3, 2])
        scores = inner.op("Mul", [inner.op("MatMul", [queries, keys]), inner.number(checkpoint.head_width**-0.5)])
        inner.op("Softmax", [scores], [f"alignment{i}/weights"], axis=-1)

        none = GraphBuilder(int8=False, prefix=f"no_alignment{i}/")
        empty = none.constant("empty", np.zeros((0, 0, 0, 0), np.float32))
        none.op("Identity", [empty], [f"no_alignment{i}/weights"])
        self.graph.if_else(
            "words",
            inner.branch(f"alignment_{i}", f"alignment{i}/weights"),
            none.branch(f"no_alignment_{i}", f"no_alignment{i}/weights"),
            f"attention{i}",
        )
        self.outputs.append(tensor(f"attention{i}", ["Ca", f"heads{i}", "Ta", "Sa"]))

    def _choices(self, logits):
        graph, checkpoint = self.graph, self.checkpoint
        first = checkpoint.first_timestamp
        no_speech = checkpoint.no_speech
        graph.slice(graph.op("Softmax", [logits], axis=-1), no_speech, no_speech + 1, 1, ["no_speech_p"])
        self.inputs.append(tensor("bias", ["Rb", checkpoint.vocabulary]))
        graph.op("Add", [logits, "bias"], ["logits"])
        graph.slice("logits", first, checkpoint.vocabulary, 1, ["ts_logits"])
        graph.slice("logits", checkpoint.end_of_text, checkpoint.end_of_text + 1, 1, ["eot"])
        text = graph.slice("logits", 0, first, 1)
        graph.op("ArgMax", [text], ["text_arg"], axis=1, keepdims=0)
        graph.op("ReduceMax", [text], ["text_max"], axes=[1], keepdims=0)
        # The largest softmax is exp(max - lse): far cheaper in ONNX Runtime than ReduceLogSumExp.
        largest = graph.op("ReduceMax", [graph.op("Softmax", [text], axis=-1)], axes=[1], keepdims=0)
        graph.op("Sub", ["text_max", graph.op("Log", [largest])], ["text_lse"])
        self.outputs += [
            tensor("logits", ["R", checkpoint.vocabulary]),
            tensor("ts_logits", ["R", TIMESTAMPS]),
            tensor("eot", ["R", 1]),
            tensor("no_speech_p", ["R", 1]),
            tensor("text_arg", ["R"], TensorProto.INT64),
            tensor("text_max", ["R"]),
            tensor("text_lse", ["R"]),
        ]


def decoder_step(checkpoint, int8):
    return _Step(checkpoint, int8).build()
