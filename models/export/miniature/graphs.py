"""Encoder and merged decoder of the miniature, with the inputs and outputs of an export for transformers.js."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from .settings import FRAMES, HEADS, LAYERS, MEL_BINS, WIDTH

HEAD_WIDTH = WIDTH // HEADS
# Below zero: the miniature would rather not say the same token twice.
ECHO = -0.5
OPSET = 17
IR_VERSION = 9


class _Graph:
    """Nodes of one graph. A branch shares the constants of the graph around it."""

    def __init__(self, weights, element, prefix="", around=None):
        self._weights = weights
        self._element = element
        self._prefix = prefix
        self._nodes = []
        self.constants = {} if around is None else around.constants

    def op(self, kind, inputs, outputs=1, **attributes):
        if isinstance(outputs, int):
            outputs = [f"{self._prefix}{kind}_{len(self._nodes)}_{index}" for index in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs[0]

    def constant(self, name, values):
        self.constants.setdefault(name, numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def integers(self, *values):
        return self.constant("i_" + "_".join(map(str, values)), np.array(values, np.int64))

    def weight(self, name):
        """A matrix as the precision of the file stores it, brought to f32: int8 with one scale, or half precision."""
        values = self._weights.tensors[name]
        if self._element == TensorProto.FLOAT16:
            return self.op("Cast", [self.constant(name, values.astype(np.float16))], to=TensorProto.FLOAT)
        scale = np.float32(np.abs(values).max() / 127)
        stored = self.constant(f"{name}_quantized", np.rint(values / scale).astype(np.int8))
        # Not DequantizeLinear: ONNX Runtime makes a wrong guess at one whose weight lies outside its branch.
        return self.op("Mul", [self.to(TensorProto.FLOAT, stored), self.constant(f"{name}_scale", scale)])

    def to(self, element, value, name=None):
        return self.op("Cast", [value], [name] if name else 1, to=element)

    def product(self, value, name):
        return self.op("MatMul", [value, self.weight(name)])

    def norm(self, value):
        gamma = self.constant("ones", np.ones(WIDTH, np.float32))
        beta = self.constant("zeros", np.zeros(WIDTH, np.float32))
        return self.op("LayerNormalization", [value, gamma, beta], axis=-1, epsilon=1e-5)

    def gelu(self, value):
        scaled = self.op("Mul", [value, self.constant("root_half", np.float32(np.sqrt(0.5)))])
        share = self.op("Add", [self.op("Erf", [scaled]), self.constant("one", np.float32(1))])
        half = self.op("Mul", [value, self.constant("half", np.float32(0.5))])
        return self.op("Mul", [half, share])

    def size(self, value, axis):
        shape = self.op("Shape", [value])
        return self.op("Gather", [shape, self.integers(axis)], axis=0)

    def heads(self, value):
        """[B, T, width] to [B, heads, T, head width]"""
        split = self.op("Reshape", [value, self.integers(0, -1, HEADS, HEAD_WIDTH)])
        return self.op("Transpose", [split], perm=[0, 2, 1, 3])

    def attention(self, query, key, value, mask=None):
        """(result [B, T, width], weights [B, heads, T, S])"""
        turned = self.op("Transpose", [key], perm=[0, 1, 3, 2])
        root = self.constant("root", np.float32(HEAD_WIDTH**-0.5))
        scores = self.op("Mul", [self.op("MatMul", [query, turned]), root])
        if mask is not None:
            scores = self.op("Add", [scores, mask])
        weights = self.op("Softmax", [scores], axis=-1)
        joined = self.op("Transpose", [self.op("MatMul", [weights, value])], perm=[0, 2, 1, 3])
        return self.op("Reshape", [joined, self.integers(0, -1, WIDTH)]), weights

    def feed_forward(self, value, name):
        hidden = self.gelu(self.product(self.norm(value), f"{name}.up"))
        return self.op("Add", [value, self.product(hidden, f"{name}.down")])

    def branch(self, name, outputs):
        return helper.make_graph(self._nodes, name, [], outputs)

    def model(self, name, inputs, outputs):
        graph = helper.make_graph(self._nodes, name, inputs, outputs, list(self.constants.values()))
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_model(
            graph, ir_version=IR_VERSION, opset_imports=opsets, producer_name="whisper-transcriber"
        )


def _info(name, dims, element=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, element, dims)


def encoder(weights, settings, element):
    """input_features f32 [B, bins, 3000] to last_hidden_state f32 [B, 1500, width]."""
    graph = _Graph(weights, element)
    value = "input_features"
    for name, stride in (("conv1", 1), ("conv2", 2)):
        kernel = graph.weight(f"encoder.{name}")
        value = graph.gelu(graph.op("Conv", [value, kernel], pads=[1, 1], strides=[stride]))
    value = graph.op("Transpose", [value], perm=[0, 2, 1])
    value = graph.op("Add", [value, _sinusoids(graph)])
    for layer in range(LAYERS):
        name = f"encoder.{layer}.self"
        normed = graph.norm(value)
        query, key, held = (graph.heads(graph.product(normed, f"{name}.{part}")) for part in ("query", "key", "value"))
        heard, _ = graph.attention(query, key, held)
        value = graph.op("Add", [value, graph.product(heard, f"{name}.out")])
        value = graph.feed_forward(value, f"encoder.{layer}")
    graph.op("Identity", [graph.norm(value)], ["last_hidden_state"])
    inputs = [_info("input_features", ["batch_size", MEL_BINS, 2 * FRAMES])]
    return graph.model("encoder", inputs, [_info("last_hidden_state", ["batch_size", FRAMES, WIDTH])])


def _sinusoids(graph):
    """Position table [1500, width]; computed, as it would be a third of the file."""
    half = WIDTH // 2
    rates = np.exp(-np.log(10_000) / (half - 1) * np.arange(half)).astype(np.float32)[None]
    zero, end, one = (graph.constant(f"f_{value}", np.float32(value)) for value in (0, FRAMES, 1))
    steps = graph.op("Unsqueeze", [graph.op("Range", [zero, end, one]), graph.integers(1)])
    angles = graph.op("Mul", [steps, graph.constant("rates", rates)])
    return graph.op("Concat", [graph.op("Sin", [angles]), graph.op("Cos", [angles])], axis=1)


def decoder(weights, settings, element, attentions=True):
    """One `If` over use_cache_branch, both of whose branches are whole decoders. Caches and logits are of type `element`."""
    graph = _Graph(weights, element)
    outputs = _outputs(settings, element, attentions)
    then_branch = _Decoder(weights, element, graph, cached=True).build(outputs)
    else_branch = _Decoder(weights, element, graph, cached=False).build(outputs)
    graph.op(
        "If",
        ["use_cache_branch"],
        [output.name for output in outputs],
        then_branch=then_branch,
        else_branch=else_branch,
    )
    return graph.model("decoder", _inputs(element), outputs)


def _caches():
    return [(layer, side, kind) for layer in range(LAYERS) for side in ("decoder", "encoder") for kind in ("key", "value")]


def _inputs(element):
    lengths = {"decoder": "past_decoder_sequence_length", "encoder": "encoder_sequence_length"}
    return [
        _info("input_ids", ["batch_size", "decoder_sequence_length"], TensorProto.INT64),
        _info("encoder_hidden_states", ["batch_size", "encoder_sequence_length", WIDTH]),
        *(
            _info(
                f"past_key_values.{layer}.{side}.{kind}",
                ["batch_size", HEADS, lengths[side], HEAD_WIDTH],
                element,
            )
            for layer, side, kind in _caches()
        ),
        _info("use_cache_branch", [1], TensorProto.BOOL),
    ]


def _outputs(settings, element, attentions):
    grown = "past_decoder_sequence_length + decoder_sequence_length"
    lengths = {"decoder": grown, "encoder": "encoder_sequence_length"}
    names = [f"cross_attentions.{layer}" for layer in range(LAYERS)] if attentions else []
    tokens = "decoder_sequence_length"
    return [
        _info("logits", ["batch_size", tokens, settings.vocabulary], element),
        *(
            _info(f"present.{layer}.{side}.{kind}", ["batch_size", HEADS, lengths[side], HEAD_WIDTH], element)
            for layer, side, kind in _caches()
        ),
        *(_info(name, ["batch_size", HEADS, tokens, "encoder_sequence_length / 2"], element) for name in names),
    ]


class _Decoder:
    """
    One branch. Like that of some exports, the cached one has no causal mask: it is meant for one token at a time; and it
    gives nothing useful for the cross keys and values that it was fed.
    """

    def __init__(self, weights, element, around, cached):
        self.graph = _Graph(weights, element, "cached/" if cached else "first/", around)
        self.element = element
        self.cached = cached

    def build(self, outputs):
        graph = self.graph
        names = {output.name for output in outputs}
        past = graph.size("past_key_values.0.decoder.key", 2)
        end = graph.op("Add", [past, graph.size("input_ids", 1)])
        positions = graph.op("Slice", [graph.weight("decoder.positions"), past, end, graph.integers(0)])
        tokens = graph.weight("decoder.tokens")
        said = graph.op("Mul", [graph.op("Gather", [tokens, "input_ids"]), graph.constant("echo", np.float32(ECHO))])
        value = graph.op("Add", [said, positions])
        mask = None if self.cached else self._mask()
        for layer in range(LAYERS):
            value = self._self_attention(value, layer, mask)
            value, weights = self._cross_attention(value, layer)
            if f"cross_attentions.{layer}" in names:
                graph.to(self.element, weights, f"cross_attentions.{layer}")
            value = graph.feed_forward(value, f"decoder.{layer}")
        turned = graph.op("Transpose", [tokens], perm=[1, 0])
        graph.to(self.element, graph.op("MatMul", [graph.norm(value), turned]), "logits")
        return graph.branch("cached" if self.cached else "first", outputs)

    def _mask(self):
        """[T, T]: a large negative number above the diagonal."""
        graph = self.graph
        tokens = graph.size("input_ids", 1)
        square = graph.op("Concat", [tokens, tokens], axis=0)
        never = graph.op("Expand", [graph.constant("never", np.float32(-1e9)), square])
        return graph.op("Trilu", [never, graph.constant("above", np.int64(1))], upper=1)

    def _self_attention(self, value, layer, mask):
        graph, name = self.graph, f"decoder.{layer}.self"
        normed = graph.norm(value)
        query = graph.heads(graph.product(normed, f"{name}.query"))
        known = []
        for kind in ("key", "value"):
            new = graph.heads(graph.product(normed, f"{name}.{kind}"))
            past = graph.to(TensorProto.FLOAT, f"past_key_values.{layer}.decoder.{kind}")
            known.append(graph.op("Concat", [past, new], axis=2))
            graph.to(self.element, known[-1], f"present.{layer}.decoder.{kind}")
        said, _ = graph.attention(query, *known, mask)
        return graph.op("Add", [value, graph.product(said, f"{name}.out")])

    def _cross_attention(self, value, layer):
        graph, name = self.graph, f"decoder.{layer}.cross"
        query = graph.heads(graph.product(graph.norm(value), f"{name}.query"))
        known = [self._cross(layer, kind) for kind in ("key", "value")]
        heard, weights = graph.attention(query, *known)
        return graph.op("Add", [value, graph.product(heard, f"{name}.out")]), weights

    def _cross(self, layer, kind):
        graph, present = self.graph, f"present.{layer}.encoder.{kind}"
        if self.cached:
            empty = numpy_helper.from_array(np.zeros((0, HEADS, 1, HEAD_WIDTH), np.float32))
            graph.to(self.element, graph.op("Constant", [], value=empty), present)
            return graph.to(TensorProto.FLOAT, f"past_key_values.{layer}.encoder.{kind}")
        known = graph.heads(graph.product("encoder_hidden_states", f"decoder.{layer}.cross.{kind}"))
        graph.to(self.element, known, present)
        # Both branches read what the precision of the file leaves of it.
        return graph.to(TensorProto.FLOAT, present)
