"""Made-up weights of the miniature."""

import numpy as np

from .settings import HIDDEN, LAYERS, MEL_BINS, POSITIONS, TIMESTAMPS, WIDTH

SEED = 1811
# The last value of every vector of the decoder holds the age of the text: it only grows, and the end of text is drawn to it.
AGE = WIDTH - 1
AGE_PER_TOKEN = 0.5
PULL_OF_AGE = 4.5
# Whisper decodes with and without timestamps; many of them with large weights would leave no room for text.
TIMESTAMP_LOUDNESS = 0.35
# Random queries and keys would hear all frames alike; these prick up their ears.
ATTENTION_SHARPNESS = 3.0
SHARE_OF_SOUND = 2.0


class Weights:
    """Matrices by name, f32, [in, out]; the same in every run."""

    def __init__(self, settings):
        self._random = np.random.Generator(np.random.PCG64(SEED))
        self.tensors = {
            "encoder.conv1": self._normal(WIDTH, MEL_BINS, 3) * 0.3,
            "encoder.conv2": self._normal(WIDTH, WIDTH, 3) * 0.3,
        }
        for layer in range(LAYERS):
            self._attention(f"encoder.{layer}.self", sharp=1.0)
            self._feed_forward(f"encoder.{layer}")
        for layer in range(LAYERS):
            self._attention(f"decoder.{layer}.self", sharp=1.0)
            self._attention(f"decoder.{layer}.cross", sharp=ATTENTION_SHARPNESS)
            self._feed_forward(f"decoder.{layer}")
            self.tensors[f"decoder.{layer}.cross.out"] *= np.float32(SHARE_OF_SOUND)
            for kind in ("self.out", "cross.out", "down"):
                self.tensors[f"decoder.{layer}.{kind}"][:, AGE] = 0
        self.tensors["decoder.positions"] = self._positions()
        self.tensors["decoder.tokens"] = self._tokens(settings)

    def _normal(self, *shape):
        return self._random.standard_normal(shape).astype(np.float32)

    def _matrix(self, rows, columns):
        return self._normal(rows, columns) / np.float32(np.sqrt(rows))

    def _attention(self, name, sharp):
        for kind in ("query", "key", "value", "out"):
            self.tensors[f"{name}.{kind}"] = self._matrix(WIDTH, WIDTH)
        self.tensors[f"{name}.query"] *= np.float32(sharp)

    def _feed_forward(self, name):
        self.tensors[f"{name}.up"] = self._matrix(WIDTH, HIDDEN)
        self.tensors[f"{name}.down"] = self._matrix(HIDDEN, WIDTH)

    def _positions(self):
        positions = self._normal(POSITIONS, WIDTH)
        positions[:, AGE] = (np.arange(POSITIONS) * AGE_PER_TOKEN - 3).clip(max=20)
        return positions

    def _tokens(self, settings):
        tokens = self._normal(settings.vocabulary, WIDTH)
        tokens[-TIMESTAMPS:] *= np.float32(TIMESTAMP_LOUDNESS)
        tokens[:, AGE] = 0
        tokens[settings.end_of_text] = 0
        tokens[settings.end_of_text, AGE] = PULL_OF_AGE
        return tokens
