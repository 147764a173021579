#!/usr/bin/env python3
"""Checks of the export, on real weights and a real recording.

    WHISPER_CHECKPOINT=FOLDER python -m unittest test_export        (in this folder)
"""

import os
import tempfile
import unittest
import wave
from pathlib import Path

import numpy as np
import onnxruntime as ort
from onnx import numpy_helper

from export_whisper import export
from whisper_onnx.checkpoint import Checkpoint
from whisper_onnx.graph import load
from whisper_onnx.mel import mel_filters
from whisper_onnx.quantise import LARGEST, seven_bits

RECORDING = Path(__file__).parents[2] / "docs/samples/sense-and-sensibility.wav"
WINDOW_SAMPLES = 30 * 16_000
SUPPRESSED = -1e9


def recording():
    """The sample as one window: f32 [1, 480000], zeros after the speech."""
    with wave.open(str(RECORDING)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    return np.pad(samples[:WINDOW_SAMPLES], (0, max(0, WINDOW_SAMPLES - len(samples))))[None]


def relative_error(value, reference):
    return float(np.linalg.norm(value - reference) / np.linalg.norm(reference))


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

    def step(self, checkpoint, ids, cross, past=None, words=False, bias=None):
        rows = len(ids)
        empty = np.zeros((rows, checkpoint.heads, 0, checkpoint.head_width), np.float32)
        feeds = {
            "ids": np.array(ids, np.int64),
            "words": np.array([words]),
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
        cls.prompt = [cls.checkpoint.end_of_text + 1, cls.checkpoint.end_of_text + 2, first - 5, first - 1]

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def bias(self):
        bias = np.zeros((1, self.checkpoint.vocabulary), np.float32)
        bias[:, self.checkpoint.end_of_text + 1 :] = SUPPRESSED
        return bias

    def greedy(self, graphs, cross, limit=60):
        tokens, past, ids = [], None, self.prompt
        while len(tokens) < limit:
            past = graphs.step(self.checkpoint, [ids], cross, past, bias=self.bias())
            token = int(past["text_arg"][0])
            if token == self.checkpoint.end_of_text:
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
        self.assertEqual(len(self.cross), 2 * self.checkpoint.decoder_layers)
        for value in self.cross.values():
            self.assertEqual(value.shape, shape)

    def test_int8_encoder_is_close_to_fp32(self):
        for name, exact in self.exact_cross.items():
            self.assertLess(relative_error(self.cross[name], exact), 0.15, name)

    def test_int8_step_is_close_to_fp32(self):
        exact = self.fp32.step(self.checkpoint, [self.prompt], self.exact_cross)
        rounded = self.int8.step(self.checkpoint, [self.prompt], self.exact_cross)
        self.assertLess(relative_error(rounded["logits"], exact["logits"]), 0.05)
        self.assertAlmostEqual(float(rounded["no_speech_p"][0, 0]), float(exact["no_speech_p"][0, 0]), delta=0.02)

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
        self.assertEqual(float(out["eot"][0, 0]), np.float32(text[self.checkpoint.end_of_text]))
        np.testing.assert_array_equal(out["ts_logits"][0], out["logits"][0, self.checkpoint.first_timestamp :])

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
        both = self.int8.encode(np.concatenate([self.audio, noise]))
        for name, value in both.items():
            np.testing.assert_allclose(value[:1], self.cross[name], atol=1e-3, err_msg=name)

    def test_alignment_heads_only_on_demand(self):
        for words in (False, True):
            out = self.int8.step(self.checkpoint, [self.prompt], self.cross, words=words)
            maps = [value for name, value in out.items() if name.startswith("attention")]
            heads = len(self.checkpoint.alignment_heads)
            self.assertEqual(sum(value.shape[1] for value in maps), heads if words else 0)
            for value in maps if words else []:
                self.assertEqual((value.shape[0], *value.shape[2:]), (1, len(self.prompt), 1500))
                np.testing.assert_allclose(value.sum(axis=-1), 1, atol=1e-4)


if __name__ == "__main__":
    unittest.main()
