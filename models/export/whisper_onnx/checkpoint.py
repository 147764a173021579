"""Whisper checkpoints in the forms of CTranslate2 and transformers, brought to the names that CTranslate2 gives tensors."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import ctranslate2, transformers

_LAYER_MARK = "self_attention/linear_1/bias"
# Every Whisper checkpoint ends its vocabulary with the timestamps 0.00, 0.02 .. 30.00 s.
TIMESTAMPS = 1501


@dataclass(frozen=True)
class Checkpoint:
    """Weights and the facts about them that the graphs need."""

    tensors: dict
    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    mel_bins: int
    vocabulary: int
    first_timestamp: int
    alignment_heads: tuple  # of (layer, head)

    @property
    def head_width(self):
        return self.width // self.heads

    @classmethod
    def read(cls, folder):
        folder = Path(folder)
        form = ctranslate2 if (folder / ctranslate2.FILE).exists() else transformers
        tensors = form.tensors(folder)
        config = json.loads((folder / "config.json").read_text("utf-8"))
        generation = folder / "generation_config.json"
        if generation.exists():
            config |= json.loads(generation.read_text("utf-8"))
        vocabulary, width = tensors["decoder/embeddings/weight"].shape
        first_timestamp = vocabulary - TIMESTAMPS
        if config.get("no_timestamps_token_id", first_timestamp - 1) != first_timestamp - 1:
            raise ValueError("the vocabulary does not end in 1501 timestamps")

        def layers(stack):
            return sum(name.startswith(f"{stack}/layer_") and name.endswith(_LAYER_MARK) for name in tensors)

        return cls(
            tensors=tensors,
            width=width,
            heads=form.heads(tensors, config),
            encoder_layers=layers("encoder"),
            decoder_layers=layers("decoder"),
            mel_bins=tensors["encoder/conv1/weight"].shape[1],
            vocabulary=vocabulary,
            first_timestamp=first_timestamp,
            alignment_heads=tuple((layer, head) for layer, head in config.get("alignment_heads") or []),
        )

    def packed(self, name):
        """Parts of a projection that is stored in one piece (q|k|v or k|v): a list of (weight [width, width], bias)."""
        weight, bias = self.tensors[name + "/weight"], self.tensors[name + "/bias"]
        count = len(bias) // self.width
        return list(zip(np.split(weight, count), np.split(bias, count)))
