"""The speaker embedding CAM++ of 3D-Speaker as a graph.

H. Wang et al., "CAM++: a fast and efficient network for speaker verification using context-aware masking", Interspeech 2023. A
convolutional front over frequency and time, then densely connected layers over time (each sees all before it) whose outputs are
masked by the means over the whole recording and over its stretches of 2 s; mean and deviation over time make the embedding.
"""

import numpy as np

from whisper_onnx.graph import GraphBuilder, tensor

MEL_BINS = 80
EMBEDDING = 192
# Layers and dilation of each dense block.
_BLOCKS = ((12, 1), (24, 2), (16, 2))
_STRETCH = 100
_BN_EPSILON = 1e-5


class _CamPlusPlus:
    def __init__(self, state):
        self.state = state
        self.graph = GraphBuilder(int8=False)

    # --- parts -----------------------------------------------------------------------------------------------------

    def _scale_and_shift(self, name):
        """What a batch norm does to a channel: f32 [channels], f32 [channels]."""
        mean, variance = (self.state[f"{name}.running_{kind}"].astype(np.float64) for kind in ("mean", "var"))
        scale = self.state.get(f"{name}.weight", 1.0) / np.sqrt(variance + _BN_EPSILON)
        return scale, self.state.get(f"{name}.bias", 0.0) - mean * scale

    def _conv(self, value, name, norm=None, **attributes):
        """A convolution, with the batch norm behind it in its weights."""
        weight = self.state[f"{name}.weight"].astype(np.float64)
        bias = self.state.get(f"{name}.bias")
        if norm is not None:
            scale, shift = self._scale_and_shift(norm)
            weight = weight * scale.reshape(-1, *[1] * (weight.ndim - 1))
            bias = shift if bias is None else bias * scale + shift
        inputs = [value, self.graph.half_constant(f"{name}.weight", weight)]
        if bias is not None:
            inputs.append(self.graph.constant(f"{name}.bias", bias.astype(np.float32)))
        return self.graph.op("Conv", inputs, kernel_shape=list(weight.shape[2:]), **attributes)

    def _relu(self, value):
        return self.graph.op("Relu", [value])

    def _norm_relu(self, value, name):
        scale, shift = self._scale_and_shift(name)
        constants = [
            self.graph.constant(f"{name}/{kind}", part.astype(np.float32)[:, None])
            for kind, part in (("scale", scale), ("shift", shift))
        ]
        scaled = self.graph.op("Mul", [value, constants[0]])
        return self._relu(self.graph.op("Add", [scaled, constants[1]]))

    # --- the front ---------------------------------------------------------------------------------------------------

    def _residual(self, value, name, stride):
        same = {"pads": [1, 1, 1, 1]}
        out = self._relu(self._conv(value, f"{name}.conv1", f"{name}.bn1", strides=[stride, 1], **same))
        out = self._conv(out, f"{name}.conv2", f"{name}.bn2", strides=[1, 1], **same)
        if stride > 1:
            value = self._conv(value, f"{name}.shortcut.0", f"{name}.shortcut.1", strides=[stride, 1])
        return self._relu(self.graph.op("Add", [out, value]))

    def _front(self, value):
        """features [B, T, 80] less their means -> [B, 320, T]"""
        graph = self.graph
        mean = graph.op("ReduceMean", [value], axes=[1], keepdims=1)
        value = graph.op("Transpose", [graph.op("Sub", [value, mean])], perm=[0, 2, 1])
        value = graph.op("Unsqueeze", [value, graph.integers(1)])
        value = self._relu(self._conv(value, "head.conv1", "head.bn1", pads=[1, 1, 1, 1]))
        for layer in ("layer1", "layer2"):
            value = self._residual(value, f"head.{layer}.0", 2)
            value = self._residual(value, f"head.{layer}.1", 1)
        value = self._relu(self._conv(value, "head.conv2", "head.bn2", strides=[2, 1], pads=[1, 1, 1, 1]))
        return graph.reshape(value, graph.integers(0, MEL_BINS // 8 * 32, -1))

    # --- dense layers --------------------------------------------------------------------------------------------------

    def _stretches(self, value):
        """[B, C, T] -> [B, C, ceil(T / 100), 100], filled up with zeros."""
        graph = self.graph
        pads = graph.op("Concat", [graph.integers(0, 0, 0, 0, 0), self._missing], axis=0)
        return graph.reshape(graph.op("Pad", [value, pads]), graph.integers(0, 0, -1, _STRETCH))

    def _measure(self, value):
        """Sizes that all dense layers share: of time, of what is missing to whole stretches, and of each stretch."""
        graph = self.graph
        self._frames = graph.size(value, 2)
        over = graph.op("Mod", [graph.op("Neg", [self._frames]), graph.integers(_STRETCH)])
        self._missing = over
        ones = graph.op("Expand", [graph.number(1.0), graph.op("Concat", [graph.integers(1, 1), self._frames], axis=0)])
        self._counts = graph.op("ReduceSum", [self._stretches(ones), graph.integers(3)], keepdims=0)

    def _mask(self, value, name):
        """[B, 128, T] -> [B, 32, T] between 0 and 1; the same within a stretch, so it is computed once for each."""
        graph = self.graph
        sums = graph.op("ReduceSum", [self._stretches(value), graph.integers(3)], keepdims=0)
        means = graph.op("Div", [sums, self._counts])
        context = graph.op("Add", [means, graph.op("ReduceMean", [value], axes=[2], keepdims=1)])
        hidden = self._relu(self._conv(context, f"{name}.linear1"))
        mask = graph.op("Sigmoid", [self._conv(hidden, f"{name}.linear2")])
        mask = graph.op("Unsqueeze", [mask, graph.integers(3)])
        mask = graph.op("Expand", [mask, graph.integers(1, 1, 1, _STRETCH)])
        mask = graph.reshape(mask, graph.integers(0, 0, -1))
        return graph.op("Slice", [mask, graph.integers(0), self._frames, graph.integers(2)])

    def _dense_layer(self, value, name, dilation):
        out = self._norm_relu(value, f"{name}.nonlinear1.batchnorm")
        out = self._relu(self._conv(out, f"{name}.linear1", f"{name}.nonlinear2.batchnorm"))
        cam = f"{name}.cam_layer"
        local = self._conv(out, f"{cam}.linear_local", pads=[dilation, dilation], dilations=[dilation])
        return self.graph.op("Mul", [local, self._mask(out, cam)])

    def _dense_block(self, value, name, layers, dilation):
        for layer in range(1, layers + 1):
            out = self._dense_layer(value, f"{name}.tdnnd{layer}", dilation)
            value = self.graph.op("Concat", [value, out], axis=1)
        return value

    # --- the whole -----------------------------------------------------------------------------------------------------

    def _statistics(self, value):
        """Mean and deviation (with n - 1) over time: [B, C, T] -> [B, 2 C, 1]"""
        graph = self.graph
        mean = graph.op("ReduceMean", [value], axes=[2], keepdims=1)
        away = graph.op("Sub", [value, mean])
        squares = graph.op("ReduceSum", [graph.op("Mul", [away, away]), graph.integers(2)], keepdims=1)
        others = graph.op("Cast", [graph.op("Sub", [self._frames, graph.integers(1)])], to=1)
        deviation = graph.op("Sqrt", [graph.op("Div", [squares, graph.op("Max", [others, graph.number(1.0)])])])
        return graph.op("Concat", [mean, deviation], axis=1)

    def model(self):
        graph = self.graph
        value = self._front("features")
        value = self._relu(self._conv(value, "xvector.tdnn.linear", "xvector.tdnn.nonlinear.batchnorm", strides=[2], pads=[2, 2]))
        self._measure(value)
        for i, (layers, dilation) in enumerate(_BLOCKS, start=1):
            value = self._dense_block(value, f"xvector.block{i}", layers, dilation)
            name = f"xvector.transit{i}"
            value = self._conv(self._norm_relu(value, f"{name}.nonlinear.batchnorm"), f"{name}.linear")
        value = self._statistics(self._norm_relu(value, "xvector.out_nonlinear.batchnorm"))
        value = self._conv(value, "xvector.dense.linear", "xvector.dense.nonlinear.batchnorm")
        graph.op("Reshape", [value, graph.integers(0, EMBEDDING)], ["embedding"])
        return graph.model(
            "speaker_embedding",
            [tensor("features", ["B", "frames", MEL_BINS])],
            [tensor("embedding", ["B", EMBEDDING])],
            "Filter bank features of one voice, at least 5 frames, to its embedding; their means are taken off inside.",
        )


def campplus(state):
    """state: the tensors of the published model by name -> onnx.ModelProto"""
    return _CamPlusPlus(state).model()
