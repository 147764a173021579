"""A small builder for ONNX graphs whose linear layers run in int8."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .quantise import seven_bits

OPSET = 17
IR_VERSION = 9
LAYER_NORM_EPSILON = 1e-5
# The minimum of x * Phi(x) is -0.16997: after Gelu, x + 0.17 is never below zero.
GELU_SHIFT = 0.17
# Protobuf ends at 2 GB; some room for the nodes.
_LARGEST_FILE = 2_000_000_000
# Keeps the scale of a row of zeros above zero.
_SMALLEST_PEAK = 1e-6


def tensor(name, dims, element=TensorProto.FLOAT):
    """Declaration of a graph input or output; a string in `dims` is a free size."""
    return helper.make_tensor_value_info(name, element, dims)


class GraphBuilder:
    """Collects nodes and constants. Every method takes and returns names of values inside the graph."""

    def __init__(self, int8, prefix=""):
        self.int8 = int8
        self._prefix = prefix
        self._nodes = []
        self._constants = {}
        self._quantised = {}

    # --- constants -----------------------------------------------------------------------------------------------

    def constant(self, name, values):
        """The first array given under a name stays."""
        name = self._prefix + name
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def half_constant(self, name, values):
        """Stored in half precision; the cast is folded away when a session is made."""
        return self.op("Cast", [self.constant(name, values.astype(np.float16))], to=TensorProto.FLOAT)

    def integers(self, *values):
        return self.constant("i_" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value):
        return self.constant(f"f_{value!r}", np.float32(value))

    def zero(self, element):
        return self.constant(f"zero_{np.dtype(element).name}", element(0))

    def middle(self):
        """The zero point of unsigned values that stand for both signs."""
        return self.constant("middle_uint8", np.uint8(128))

    # --- nodes ---------------------------------------------------------------------------------------------------

    def op(self, kind, inputs, outputs=1, domain="", **attributes):
        """`outputs` is a count or a list of names; one name comes back as it is, several as a list."""
        if isinstance(outputs, int):
            outputs = [f"{self._prefix}{kind}_{len(self._nodes)}_{i}" for i in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))
        return outputs[0] if len(outputs) == 1 else outputs

    def ms(self, kind, inputs, outputs=1, **attributes):
        """An operator of ONNX Runtime's own domain."""
        return self.op(kind, inputs, outputs, "com.microsoft", **attributes)

    def size(self, value, axis):
        """One size of a value, as a vector of length 1."""
        return self.op("Slice", [self.op("Shape", [value]), self.integers(axis), self.integers(axis + 1), self.integers(0)])

    def slice(self, value, start, stop, axis, outputs=1):
        return self.op("Slice", [value, self.integers(start), self.integers(stop), self.integers(axis)], outputs)

    def reshape(self, value, shape):
        return self.op("Reshape", [value, shape])

    def norm(self, value, gamma, beta):
        return self.op("LayerNormalization", [value, gamma, beta], axis=-1, epsilon=LAYER_NORM_EPSILON)

    def add_and_norm(self, value, residual, bias, gamma, beta):
        """(layer norm of value + residual + bias, that sum itself)

        In plain operators: SkipLayerNormalization takes six times as long, and matrices, unlike [B, T, width], are not
        fused back into it.
        """
        total = self.op("Add", [self.op("Add", [value, bias]), residual])
        return self.norm(total, gamma, beta), total

    # --- linear layers -------------------------------------------------------------------------------------------

    def product(self, rows, name, weight):
        """rows [n, in] times weight [out, in] transposed, without bias."""
        if not self.int8:
            return self.op("MatMul", [rows, self.constant(name + "/weight", weight.T)])
        values, scales = seven_bits(weight.T)
        return self.int8_product(rows, *self.int8_weight(name, values, scales))

    def product_after_gelu(self, rows, name, weight):
        """As product, for rows that come out of Gelu. Returns the product and what its bias has to gain (f64 [out])."""
        if not self.int8:
            return self.product(rows, name, weight), np.zeros(len(weight))
        values, scales = seven_bits(weight.T)
        quantised, zero, step = self._quantise_after_gelu(rows)
        result = self._integer_product(quantised, zero, step, *self.int8_weight(name, values, scales))
        gain = -GELU_SHIFT * values.sum(axis=0, dtype=np.int64) * scales.astype(np.float64)
        return result, gain

    def product_after_gelu_of_pairs(self, pairs, name, weight):
        """Rows come in pairs [n, 2 * in], weight [out, 3, in]: the second row of the pair before, then the pair itself.

        Returns what product_after_gelu does.
        """
        out, _, width = weight.shape
        before, pair = weight[:, 0], weight[:, 1:].reshape(out, -1)
        if not self.int8:
            nothing = self.constant(f"{name}/no_row", np.zeros((1, width), np.float32))
            seconds = self.op("Concat", [nothing, self._seconds(pairs, width)], axis=0)
            products = [self.product(pairs, f"{name}/pair", pair), self.product(seconds, f"{name}/before", before)]
            return self.op("Add", products), np.zeros(out)
        quantised, zero, step = self._quantise_after_gelu(pairs)
        # No row in front of the first: one step of 0.17 above -0.17 is 0.
        nothing = self.constant(f"{name}/no_row", np.ones((1, width), np.uint8))
        seconds = self.op("Concat", [nothing, self._seconds(quantised, width)], axis=0)
        first_step = self.constant(f"{name}/no_row/step", np.array([GELU_SHIFT], np.float32))
        steps = self.op("Concat", [first_step, self.slice(step, 0, -1, 0)], axis=0)
        total, gain = None, np.zeros(out)
        for part, part_weight, rows, row_steps in (("pair", pair, quantised, step), ("before", before, seconds, steps)):
            values, scales = seven_bits(part_weight.T)
            result = self._integer_product(rows, zero, row_steps, *self.int8_weight(f"{name}/{part}", values, scales))
            total = result if total is None else self.op("Add", [total, result])
            gain = gain - GELU_SHIFT * values.sum(axis=0, dtype=np.int64) * scales.astype(np.float64)
        return total, gain

    def _seconds(self, pairs, width):
        """The second row of every pair but the last."""
        return self.slice(self.slice(pairs, 0, -1, 0), width, 2 * width, 1)

    def int8_weight(self, name, values, scales):
        """Names of an int8 matrix [in, out], its scales and its zero points."""
        return (
            self.constant(name + "/int8", values),
            self.constant(name + "/scale", scales),
            self.constant(f"zero_s8_{values.shape[1]}", np.zeros(values.shape[1], np.int8)),
        )

    def int8_product(self, rows, values, scales, zeros):
        quantised, zero, step = self._quantise_rows(rows)
        return self._integer_product(quantised, zero, step, values, scales, zeros)

    def _integer_product(self, quantised, zero, step, values, scales, zeros):
        result = self.ms("MatMulIntegerToFloat", [quantised, values, self.number(1.0), scales, zero, zeros])
        return self.op("Mul", [result, self.op("Unsqueeze", [step, self.integers(1)])])

    def _quantise_after_gelu(self, rows):
        """All 256 values serve -0.17 .. peak: one bit more than a range that is symmetric around zero."""
        peak = self.op("ReduceMax", [rows], axes=[1], keepdims=0)
        step = self.op("Mul", [self.op("Add", [peak, self.number(GELU_SHIFT)]), self.number(1 / 255)])
        quantised = self.op("QuantizeLinear", [self.op("Add", [rows, self.number(GELU_SHIFT)]), step], axis=0)
        return quantised, self.zero(np.uint8), step

    def _quantise_rows(self, rows):
        """Unsigned 8 bits around 128 with a scale for each row, so that a row never depends on the rows beside it.

        The projections that share an input (q, k, v, all cross projections) share its quantised form.
        """
        if rows not in self._quantised:
            step = self.steps(rows, 1, 127)
            self._quantised[rows] = (self.quantise_rows(rows, step, self.middle()), self.middle(), step)
        return self._quantised[rows]

    def quantise_rows(self, rows, step, zero):
        zeros = self.op("Expand", [zero, self.op("Shape", [step])])
        return self.op("QuantizeLinear", [rows, step, zeros], axis=0)

    def steps(self, value, axis, largest):
        """The largest magnitude along an axis of a matrix over `largest`: a vector."""
        # The cheaper way depends on the axis: along columns a second reduction costs more than the absolute values.
        if axis == 0:
            parts = [self.op("ReduceMax", [self.op("Abs", [value])], axes=[0], keepdims=0)]
        else:
            low = self.op("ReduceMin", [value], axes=[axis], keepdims=0)
            parts = [self.op("ReduceMax", [value], axes=[axis], keepdims=0), self.op("Neg", [low])]
        peak = self.op("Max", [*parts, self.number(_SMALLEST_PEAK)])
        return self.op("Mul", [peak, self.number(1 / largest)])

    # --- results -------------------------------------------------------------------------------------------------

    def if_else(self, condition, then_graph, else_graph, output):
        self.op("If", [condition], [output], then_branch=then_graph, else_branch=else_graph)

    def branch(self, name, output):
        """This builder's nodes as a branch of an If; they may use values of the graph around it."""
        info = tensor(output, None)
        return helper.make_graph(self._nodes, name, [], [info], list(self._constants.values()))

    def model(self, name, inputs, outputs, description):
        graph = helper.make_graph(
            self._nodes, name, inputs, outputs, list(self._constants.values()), doc_string=description
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(
            graph, ir_version=IR_VERSION, opset_imports=opsets, producer_name="whisper-transcriber"
        )


def save(model, path):
    """Writes the same bytes for the same model. What a file of protobuf cannot hold goes into a second one beside it."""
    if sum(len(constant.raw_data) for constant in model.graph.initializer) > _LARGEST_FILE:
        data = f"{path.name}.data"
        (path.parent / data).unlink(missing_ok=True)  # it would be appended to
        onnx.save_model(model, path, save_as_external_data=True, location=data)
        return
    with open(path, "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def load(path):
    return onnx.load(path)
