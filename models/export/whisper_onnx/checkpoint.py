"""Reads a Whisper checkpoint in CTranslate2 form (a folder with model.bin, config.json and tokenizer.json)."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Element types as CTranslate2 numbers them in a model file.
_ELEMENT_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_LAYER_MARK = "self_attention/linear_1/bias"
# Every Whisper checkpoint ends its vocabulary with the timestamps 0.00, 0.02 .. 30.00 s.
TIMESTAMPS = 1501


def _read_tensors(path):
    """All tensors of a CTranslate2 model file by name; half precision is widened to float32."""
    with open(path, "rb") as file:

        def number(code):
            return struct.unpack("<" + code, file.read(struct.calcsize(code)))[0]

        def text():
            return file.read(number("H"))[:-1].decode()

        number("I")  # format version
        spec = text()
        if spec != "WhisperSpec":
            raise ValueError(f"{path} holds a {spec}, not a Whisper model")
        number("I")  # revision of the spec
        tensors = {}
        for _ in range(number("I")):
            name = text()
            shape = [number("I") for _ in range(number("B"))]
            element = _ELEMENT_TYPES[number("B")]
            values = np.frombuffer(file.read(number("I")), element).reshape(shape)
            tensors[name] = values.astype(np.float32) if element is np.float16 else values
        return tensors


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
    end_of_text: int
    no_speech: int
    first_timestamp: int
    alignment_heads: tuple  # of (layer, head)

    @property
    def head_width(self):
        return self.width // self.heads

    @classmethod
    def read(cls, folder):
        folder = Path(folder)
        tensors = _read_tensors(folder / "model.bin")
        config = json.loads((folder / "config.json").read_text("utf-8"))
        tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
        added = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
        vocabulary, width = tensors["decoder/embeddings/weight"].shape
        first_timestamp = added["<|notimestamps|>"] + 1
        if first_timestamp + TIMESTAMPS != vocabulary:
            raise ValueError("the tokenizer does not belong to these weights")

        def layers(stack):
            return sum(name.startswith(f"{stack}/layer_") and name.endswith(_LAYER_MARK) for name in tensors)

        return cls(
            tensors=tensors,
            width=width,
            heads=int(tensors["decoder/num_heads"]),
            encoder_layers=layers("encoder"),
            decoder_layers=layers("decoder"),
            mel_bins=tensors["encoder/conv1/weight"].shape[1],
            vocabulary=vocabulary,
            end_of_text=added["<|endoftext|>"],
            # Older tokenizers call it nocaptions; the place is the same.
            no_speech=added.get("<|nospeech|>", added.get("<|nocaptions|>")),
            first_timestamp=first_timestamp,
            alignment_heads=tuple((layer, head) for layer, head in config.get("alignment_heads", [])),
        )

    def packed(self, name):
        """Parts of a projection that is stored in one piece (q|k|v or k|v): a list of (weight [width, width], bias)."""
        weight, bias = self.tensors[name + "/weight"], self.tensors[name + "/bias"]
        count = len(bias) // self.width
        return list(zip(np.split(weight, count), np.split(bias, count)))
