"""Reads a checkpoint in CTranslate2 form: a folder with model.bin and config.json."""

import struct

import numpy as np

FILE = "model.bin"
# Element types as CTranslate2 numbers them.
_ELEMENT_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def tensors(folder):
    """All tensors by name; half precision is widened to float32."""
    path = folder / FILE
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
        found = {}
        for _ in range(number("I")):
            name = text()
            shape = [number("I") for _ in range(number("B"))]
            element = _ELEMENT_TYPES[number("B")]
            values = np.frombuffer(file.read(number("I")), element).reshape(shape)
            found[name] = values.astype(np.float32) if element is np.float16 else values
        return found


def heads(found, _config):
    return int(found["decoder/num_heads"])
