#!/usr/bin/env python3
"""Checks of the export, on real weights and a real recording.

    WHISPER_CHECKPOINT=FOLDER python -m unittest test_export        (in this folder)
"""

import json
import os
import pickle
import struct
import sys
import tempfile
import types
import unittest
import wave
import zipfile
from collections import OrderedDict
from pathlib import Path
from unittest import mock

import numpy as np
import onnxruntime as ort
from onnx import numpy_helper

from export_shapes import inner_shapes
from export_silero import published
from export_whisper import export
from whisper_onnx.checkpoint import Checkpoint
from whisper_onnx.graph import load, save
from whisper_onnx.mel import mel_filters
from whisper_onnx.quantise import LARGEST, seven_bits
from whisper_onnx.silero import silero_vad

RECORDING = Path(__file__).parents[2] / "docs/samples/sense-and-sensibility.wav"
WINDOW_SAMPLES = 30 * 16_000
SUPPRESSED = -1e9
# Of every multilingual checkpoint.
END_OF_TEXT = 50257


def recording():
    """The sample as one window: f32 [1, 480000], zeros after the speech."""
    with wave.open(str(RECORDING)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    return np.pad(samples[:WINDOW_SAMPLES], (0, max(0, WINDOW_SAMPLES - len(samples))))[None]


def relative_error(value, reference):
    return float(np.linalg.norm(value - reference) / np.linalg.norm(reference))


def floats(cross):
    """Keys and values [C, h, S, 64] of what an encoder wrote, int8 or not."""
    values = {}
    for name, value in cross.items():
        if "step" in name or "sum" in name:
            continue
        if value.dtype == np.int8:
            if value.ndim == 5:
                value = value.swapaxes(3, 4).reshape(*value.shape[:2], -1, value.shape[3])
            value = value * cross[f"{name[:7]}_step{name[7:]}"]
        values[name] = value
    return values


def rounded(exact):
    """Exact keys and values as the int8 encoder would write them."""
    cross = {}
    for name, value in exact.items():
        step = np.maximum(np.abs(value).max(axis=2, keepdims=True), 1e-6) / LARGEST
        integers = np.rint(value / step).astype(np.int8)
        windows, heads, positions, width = value.shape
        if name.startswith("cross_k"):
            cross[f"cross_k_sum{name[7:]}"] = -128.0 * integers.sum(axis=3, dtype=np.float32)[:, :, None]
            integers = integers.reshape(windows, heads, -1, 100, width).swapaxes(3, 4)
        cross |= {name: np.ascontiguousarray(integers), f"{name[:7]}_step{name[7:]}": step.astype(np.float32)}
    return cross


class Graphs:
    def __init__(self, folder, precision):
        def session(name):
            return ort.InferenceSession(str(folder / f"{name}.onnx"), providers=["CPUExecutionProvider"])

        self.mel = session("log_mel")
        self.encoder = session(f"encoder_cross_{precision}")
        self.decoder = session(f"decoder_step_{precision}")
        self.encoder_names = [output.name for output in self.encoder.get_outputs()]
        self.decoder_names = [output.name for output in self.decoder.get_outputs()]

    def encode(self, audio):
        mel = self.mel.run(["mel"], {"audio": audio})[0]
        return dict(zip(self.encoder_names, self.encoder.run(None, {"mel": mel})))

    def step(self, checkpoint, ids, cross, past=None, bias=None):
        rows = len(ids)
        empty = np.zeros((rows, checkpoint.heads, 0, checkpoint.head_width), np.float32)
        feeds = {
            "ids": np.array(ids, np.int64),
            "bias": np.zeros((1, checkpoint.vocabulary), np.float32) if bias is None else bias,
            **cross,
        }
        for i in range(checkpoint.decoder_layers):
            for part in "kv":
                feeds[f"past_{part}{i}"] = empty if past is None else past[f"new_{part}{i}"]
        return dict(zip(self.decoder_names, self.decoder.run(None, feeds)))


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.checkpoint = Checkpoint.read(os.environ["WHISPER_CHECKPOINT"])
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        for precision in ("int8", "fp32"):
            export(cls.checkpoint, cls.folder, precision)
        cls.int8 = Graphs(cls.folder, "int8")
        cls.fp32 = Graphs(cls.folder, "fp32")
        cls.audio = recording()
        cls.cross = cls.int8.encode(cls.audio)
        cls.exact_cross = cls.fp32.encode(cls.audio)
        # sot, the first language, transcribe, no timestamps: the ids lie in this order in every multilingual checkpoint.
        first = cls.checkpoint.first_timestamp
        cls.prompt = [END_OF_TEXT + 1, END_OF_TEXT + 2, first - 5, first - 1]

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def bias(self):
        bias = np.zeros((1, self.checkpoint.vocabulary), np.float32)
        bias[:, END_OF_TEXT + 1 :] = SUPPRESSED
        return bias

    def greedy(self, graphs, cross, limit=60):
        tokens, past, ids = [], None, self.prompt
        while len(tokens) < limit:
            past = graphs.step(self.checkpoint, [ids], cross, past, bias=self.bias())
            token = int(past["text_arg"][0])
            if token == END_OF_TEXT:
                break
            tokens.append(token)
            ids = [token]
        return tokens

    def test_same_bytes_each_time(self):
        again = self.folder / "again"
        export(self.checkpoint, again, "int8")
        for path in again.iterdir():
            self.assertEqual(path.read_bytes(), (self.folder / path.name).read_bytes(), path.name)

    def test_weights_stay_within_seven_bits(self):
        for name in ("encoder_cross_int8", "decoder_step_int8"):
            for constant in load(self.folder / f"{name}.onnx").graph.initializer:
                if constant.name.endswith("/int8"):
                    self.assertLessEqual(np.abs(numpy_helper.to_array(constant).astype(int)).max(), LARGEST)

    def test_rounding_error_of_a_matrix(self):
        weight = self.checkpoint.tensors["encoder/layer_0/ffn/linear_0/weight"].T
        values, scales = seven_bits(weight)
        self.assertLess(relative_error(values * scales, weight), 0.03)

    def test_mel_filters_are_those_of_faster_whisper(self):
        from faster_whisper.feature_extractor import FeatureExtractor

        for count in (80, 128):
            reference = FeatureExtractor(feature_size=count).mel_filters
            np.testing.assert_allclose(mel_filters(count), reference, atol=1e-6)

    def test_mel_frames_are_those_of_faster_whisper(self):
        from faster_whisper.feature_extractor import FeatureExtractor

        reference = FeatureExtractor(feature_size=self.checkpoint.mel_bins)(self.audio[0], padding=False)
        mel = self.int8.mel.run(["mel"], {"audio": self.audio})[0][0]
        self.assertEqual(mel.shape, (self.checkpoint.mel_bins, 3000))
        np.testing.assert_allclose(mel, reference[:, :3000], atol=2e-3)

    def test_cross_tensors_have_the_declared_shape(self):
        shape = (1, self.checkpoint.heads, 1500, self.checkpoint.head_width)
        for cross in (self.cross, self.exact_cross):
            self.assertEqual(len(floats(cross)), 2 * self.checkpoint.decoder_layers)
            for value in floats(cross).values():
                self.assertEqual(value.shape, shape)

    def test_cross_tensors_stay_within_seven_bits_and_their_sums_agree(self):
        for i in range(self.checkpoint.decoder_layers):
            keys, values = self.cross[f"cross_k{i}"].astype(int), self.cross[f"cross_v{i}"].astype(int)
            self.assertEqual((np.abs(keys).max(), np.abs(values).max()), (LARGEST, LARGEST))
            sums = keys.sum(axis=3).reshape(1, self.checkpoint.heads, 1, -1)
            np.testing.assert_array_equal(self.cross[f"cross_k_sum{i}"], -128 * sums)

    def test_int8_encoder_is_close_to_fp32(self):
        cross = floats(self.cross)
        for name, exact in self.exact_cross.items():
            self.assertLess(relative_error(cross[name], exact), 0.15, name)

    def test_int8_step_is_close_to_fp32(self):
        exact = self.fp32.step(self.checkpoint, [self.prompt], self.exact_cross)
        close = self.int8.step(self.checkpoint, [self.prompt], rounded(self.exact_cross))
        self.assertLess(relative_error(close["logits"], exact["logits"]), 0.05)

    def test_int8_and_fp32_write_the_same_text(self):
        tokens = self.greedy(self.int8, self.cross)
        self.assertGreater(len(tokens), 10)
        self.assertEqual(tokens, self.greedy(self.fp32, self.exact_cross))

    def test_choices_agree_with_the_logits(self):
        out = self.int8.step(self.checkpoint, [self.prompt], self.cross, bias=self.bias())
        text = out["logits"][0, : self.checkpoint.first_timestamp].astype(np.float64)
        self.assertEqual(int(out["text_arg"][0]), int(text.argmax()))
        self.assertAlmostEqual(float(out["text_max"][0]), text.max(), places=4)
        lse = text.max() + np.log(np.exp(text - text.max()).sum())
        self.assertAlmostEqual(float(out["text_lse"][0]), lse, places=3)

    def test_prompt_at_once_equals_token_by_token(self):
        whole = self.int8.step(self.checkpoint, [self.prompt], self.cross)
        past = None
        for token in self.prompt:
            past = self.int8.step(self.checkpoint, [[token]], self.cross, past)
        np.testing.assert_allclose(past["logits"], whole["logits"], atol=2e-2)
        # And a past of more than nothing in front of several new tokens.
        halves = self.int8.step(self.checkpoint, [self.prompt[:2]], self.cross)
        halves = self.int8.step(self.checkpoint, [self.prompt[2:]], self.cross, halves)
        np.testing.assert_allclose(halves["logits"], whole["logits"], atol=2e-2)

    def test_rows_of_one_window_share_its_cross_tensors(self):
        other = [self.prompt[0], self.prompt[1] + 1, *self.prompt[2:]]
        pair = self.int8.step(self.checkpoint, [self.prompt, other], self.cross)
        for row, ids in enumerate((self.prompt, other)):
            alone = self.int8.step(self.checkpoint, [ids], self.cross)
            np.testing.assert_allclose(pair["logits"][row], alone["logits"][0], atol=1e-3)

    def test_rows_do_not_depend_on_the_rows_beside_them(self):
        noise = np.random.default_rng(1).normal(0, 0.3, self.audio.shape).astype(np.float32)
        other = self.int8.encode(noise)
        both = {name: np.concatenate([value, other[name]]) for name, value in self.cross.items()}
        pair = self.int8.step(self.checkpoint, [self.prompt, self.prompt], both)
        for row, cross in enumerate((self.cross, other)):
            alone = self.int8.step(self.checkpoint, [self.prompt], cross)
            np.testing.assert_allclose(pair["logits"][row], alone["logits"][0], atol=1e-3)

    def test_attention_of_alignment_heads(self):
        for graphs, cross in ((self.int8, self.cross), (self.fp32, self.exact_cross)):
            out = graphs.step(self.checkpoint, [self.prompt], cross)
            maps = [value for name, value in out.items() if name.startswith("attention")]
            self.assertEqual(sum(value.shape[1] for value in maps), len(self.checkpoint.alignment_heads))
            for value in maps:
                self.assertEqual((value.shape[0], *value.shape[2:]), (1, len(self.prompt), 1500))
                np.testing.assert_allclose(value.sum(axis=-1), 1, atol=1e-4)

    def test_attention_of_int8_is_close_to_fp32(self):
        exact = self.fp32.step(self.checkpoint, [self.prompt], self.exact_cross)
        close = self.int8.step(self.checkpoint, [self.prompt], self.cross)
        for name in exact:
            if name.startswith("attention"):
                # Half of the distance in total variation: the share of attention that lies elsewhere.
                self.assertLess(np.abs(close[name] - exact[name]).sum(axis=-1).mean() / 2, 0.1, name)

    def test_checkpoints_of_transformers_give_the_same_bytes(self):
        state = transformers_state(self.checkpoint)
        for write in (write_safetensors, write_pytorch):
            with self.subTest(write.__name__), tempfile.TemporaryDirectory() as folder:
                folder = Path(folder)
                write_configs(folder, self.checkpoint)
                write(folder, state)
                checkpoint = Checkpoint.read(folder)
                self.assertEqual(checkpoint.alignment_heads, self.checkpoint.alignment_heads)
                export(checkpoint, folder / "out", "int8")
                for path in (folder / "out").iterdir():
                    self.assertEqual(path.read_bytes(), (self.folder / path.name).read_bytes(), path.name)


PACKED = {"self_attention/linear_0": "qkv", "attention/linear_1": "kv"}
NAMES = {
    "self_attention/linear_1": "self_attn.out_proj",
    "self_attention/layer_norm": "self_attn_layer_norm",
    "attention/linear_0": "encoder_attn.q_proj",
    "attention/linear_2": "encoder_attn.out_proj",
    "attention/layer_norm": "encoder_attn_layer_norm",
    "ffn/linear_0": "fc1",
    "ffn/linear_1": "fc2",
    "ffn/layer_norm": "final_layer_norm",
    "embeddings": "embed_tokens",
    "position_encodings": "embed_positions",
}


def transformers_state(checkpoint):
    """The tensors of a checkpoint as a state dict of transformers."""
    state = OrderedDict()
    for name, value in checkpoint.tensors.items():
        if value.ndim == 0:
            continue
        stack, *layer, rest = name.split("/", 2) if "/layer_" in name and "layer_norm" != name.split("/")[1] else (
            name.split("/", 1)[0],
            name.split("/", 1)[1],
        )
        part, kind = rest.rsplit("/", 1)
        kind = {"gamma": "weight", "beta": "bias", "encodings": "weight"}.get(kind, kind)
        prefix = f"model.{stack}." + (f"layers.{layer[0].removeprefix('layer_')}." if layer else "")
        if part in PACKED:
            attention = "self_attn" if part.startswith("self") else "encoder_attn"
            for letter, piece in zip(PACKED[part], np.split(value, len(PACKED[part]))):
                if (letter, kind) != ("k", "bias"):
                    state[f"{prefix}{attention}.{letter}_proj.{kind}"] = piece
        else:
            state[f"{prefix}{NAMES.get(part, part)}.{kind}"] = value
    state["proj_out.weight"] = state["model.decoder.embed_tokens.weight"]
    return state


def write_configs(folder, checkpoint):
    config = {"encoder_attention_heads": checkpoint.heads, "decoder_attention_heads": checkpoint.heads}
    generation = {
        "alignment_heads": checkpoint.alignment_heads,
        "no_timestamps_token_id": checkpoint.first_timestamp - 1,
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "generation_config.json").write_text(json.dumps(generation))


def write_safetensors(folder, state):
    header, blocks, at = {"__metadata__": {"format": "pt"}}, [], 0
    for name, value in state.items():
        block = value.astype(np.float16).tobytes()
        offsets = [at, at + len(block)]
        header[name] = {"dtype": "F16", "shape": value.shape, "data_offsets": offsets}
        blocks.append(block)
        at += len(block)
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def write_pytorch(folder, state):
    """What torch.save writes, in two files with an index, without PyTorch."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    exec("def _rebuild_tensor_v2(*_): ...", utils.__dict__)  # noqa: S102
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})

    class Storage:
        def __init__(self, values):
            self.values = values

    class FakeTensor:
        def __init__(self, values):
            self.values = values

        def __reduce__(self):
            strides = tuple(stride // 4 for stride in self.values.strides)
            arguments = (Storage(self.values), 0, self.values.shape, strides, False, OrderedDict())
            return utils._rebuild_tensor_v2, arguments

    def write(path, part):
        with zipfile.ZipFile(path, "w") as archive:
            stored = []

            class Pickler(pickle.Pickler):
                def persistent_id(self, value):
                    if not isinstance(value, Storage):
                        return None
                    stored.append(value.values)
                    return ("storage", torch.FloatStorage, str(len(stored) - 1), "cpu", value.values.size)

            with archive.open("archive/data.pkl", "w") as file:
                Pickler(file, 2).dump(OrderedDict((name, FakeTensor(value)) for name, value in part))
            for i, values in enumerate(stored):
                archive.writestr(f"archive/data/{i}", values.tobytes())

    files, items = ("pytorch_model-1.bin", "pytorch_model-2.bin"), list(state.items())
    with mock.patch.dict(sys.modules, {"torch": torch, "torch._utils": utils}):
        for i, name in enumerate(files):
            write(folder / name, items[i::2])
    weight_map = {name: files[i % 2] for i, (name, _) in enumerate(items)}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": weight_map}))


def small_checkpoint(folder, bins):
    """Random weights of a model that is like no other: two heads, two layers below and one above."""
    random, width, vocabulary = np.random.default_rng(7), 128, 1600
    state = OrderedDict()

    def matrix(name, *shape, deviation=None):
        deviation = np.prod(shape[1:]) ** -0.5 if deviation is None else deviation
        state[name + ".weight"] = random.normal(0, deviation, shape).astype(np.float32)

    def linear(name, out, inside, *kernel):
        matrix(name, out, inside, *kernel)
        if not name.endswith("k_proj"):
            state[name + ".bias"] = random.normal(0, 0.1, out).astype(np.float32)

    def norm(name):
        state[name + ".weight"] = random.normal(1, 0.1, width).astype(np.float32)
        state[name + ".bias"] = random.normal(0, 0.1, width).astype(np.float32)

    for stack, layers, kinds in (("encoder", 2, ["self"]), ("decoder", 1, ["self", "encoder"])):
        for i in range(layers):
            layer = f"model.{stack}.layers.{i}"
            for kind in kinds:
                for part in ("q", "k", "v", "out"):
                    linear(f"{layer}.{kind}_attn.{part}_proj", width, width)
                norm(f"{layer}.{kind}_attn_layer_norm")
            linear(f"{layer}.fc1", 4 * width, width)
            linear(f"{layer}.fc2", width, 4 * width)
            norm(f"{layer}.final_layer_norm")
        norm(f"model.{stack}.layer_norm")
    linear("model.encoder.conv1", width, bins, 3)
    linear("model.encoder.conv2", width, width, 3)
    matrix("model.encoder.embed_positions", 1500, width, deviation=0.1)
    matrix("model.decoder.embed_positions", 448, width, deviation=0.1)
    matrix("model.decoder.embed_tokens", vocabulary, width, deviation=0.1)
    config = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    (folder / "config.json").write_text(json.dumps(config))
    write_safetensors(folder, state)
    return Checkpoint.read(folder)


class OtherSizesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        cls.checkpoint = small_checkpoint(cls.folder, 128)
        for precision in ("int8", "fp32"):
            export(cls.checkpoint, cls.folder, precision)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_128_bins_other_widths_and_no_alignment_heads(self):
        int8, fp32 = Graphs(self.folder, "int8"), Graphs(self.folder, "fp32")
        audio = recording()
        cross, exact = int8.encode(audio), fp32.encode(audio)
        for name, value in floats(cross).items():
            self.assertEqual(value.shape, (1, 2, 1500, 64))
            self.assertLess(relative_error(value, exact[name]), 0.1, name)
        out = int8.step(self.checkpoint, [[3, 4]], cross)
        self.assertLess(relative_error(out["logits"], fp32.step(self.checkpoint, [[3, 4]], exact)["logits"]), 0.1)
        self.assertEqual([name for name in out if name.startswith("attention")], [])

    def test_shapes_beside_an_encoder_change_no_value(self):
        path = self.folder / "encoder_cross_int8.onnx"
        shapes = inner_shapes(path).SerializeToString()
        shaped = ort.InferenceSession(path.read_bytes() + shapes, providers=["CPUExecutionProvider"])
        int8 = Graphs(self.folder, "int8")
        mel = int8.mel.run(["mel"], {"audio": recording()})[0]
        for name, value in zip(int8.encoder_names, shaped.run(None, {"mel": mel})):
            np.testing.assert_array_equal(value, int8.encoder.run([name], {"mel": mel})[0])

    def test_graphs_too_large_for_one_file(self):
        apart = self.folder / "apart"
        with mock.patch("whisper_onnx.graph._LARGEST_FILE", 1000):
            for _ in range(2):  # the second time over the first
                export(self.checkpoint, apart, "fp32")
        data = apart / "encoder_cross_fp32.onnx.data"
        self.assertLess(data.stat().st_size, 1.1 * (self.folder / "encoder_cross_fp32.onnx").stat().st_size)
        whole, parts = Graphs(self.folder, "fp32"), Graphs(apart, "fp32")
        for name, value in whole.encode(recording()).items():
            np.testing.assert_array_equal(parts.encode(recording())[name], value)


class SileroTest(unittest.TestCase):
    def test_speech_probabilities_are_those_of_the_published_graph(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "silero.onnx"
            save(silero_vad(published()), path)
            ours = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        theirs = ort.InferenceSession(published().SerializeToString(), providers=["CPUExecutionProvider"])
        samples = np.pad(recording()[0, : 512 * 700], (64, 0))
        windows = np.lib.stride_tricks.sliding_window_view(samples, 576)[::512].copy()
        state = {name: np.zeros((1, 1, 128), np.float32) for name in "hc"}
        for part in np.split(windows, [1, 400]):
            exact = theirs.run(["speech_probs", "hn", "cn"], {"input": part, **state})
            close = ours.run(["speech_probs", "hn", "cn"], {"input": part, **state})
            for value, expected in zip(close, exact):
                self.assertEqual(value.shape, expected.shape)
                np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-5)
            state = {"h": exact[1], "c": exact[2]}


if __name__ == "__main__":
    unittest.main()
