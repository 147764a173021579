"""Reads a checkpoint as transformers saves it: a folder with config.json and model.safetensors or pytorch_model.bin.

Either may be split into several files with an index. Neither transformers nor PyTorch is needed.
"""

import json
import pickle
import struct
import zipfile
from collections import OrderedDict

import numpy as np

_SAFETENSORS = "model.safetensors"
_PYTORCH = "pytorch_model.bin"
_SAFETENSORS_TYPES = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}
_PYTORCH_TYPES = {"FloatStorage": np.float32, "HalfStorage": np.float16, "BFloat16Storage": np.uint16, "LongStorage": np.int64}

_ATTENTION = {"self_attn": "self_attention", "encoder_attn": "attention"}
_STACK_PARTS = {
    "conv1": "conv1",
    "conv2": "conv2",
    "embed_positions": "position_encodings",
    "embed_tokens": "embeddings",
    "layer_norm": "layer_norm",
}
_LAYER_PARTS = {
    "fc1": "ffn/linear_0",
    "fc2": "ffn/linear_1",
    "final_layer_norm": "ffn/layer_norm",
    "self_attn_layer_norm": "self_attention/layer_norm",
    "encoder_attn_layer_norm": "attention/layer_norm",
}


def tensors(folder):
    """All tensors as float32, under the names of CTranslate2."""
    state = {name.removeprefix("model."): value for name, value in _state(folder)}
    found = {}
    for name, value in state.items():
        # The output projection is the table of embeddings once more.
        if name != "proj_out.weight" and "_proj." not in name:
            found[_plain_name(name)] = value
    for prefix in sorted({name.rsplit(".", 2)[0] for name in state if ".out_proj." in name}):
        found |= _attention(state, prefix)
    return found


def heads(_found, config):
    if config["encoder_attention_heads"] != config["decoder_attention_heads"]:
        raise ValueError("encoder and decoder differ in their number of heads")
    return config["decoder_attention_heads"]


def _plain_name(name):
    stack, *path, kind = name.split(".")
    if path[0] == "layers":
        stack, part = f"{stack}/layer_{path[1]}", _LAYER_PARTS[path[2]]
    else:
        part = _STACK_PARTS[path[0]]
    if part.endswith("layer_norm"):
        kind = {"weight": "gamma", "bias": "beta"}[kind]
    elif part == "position_encodings":
        kind = "encodings"
    return f"{stack}/{part}/{kind}"


def _attention(state, prefix):
    """Projections of one attention: CTranslate2 stores those that share an input in one piece."""
    stack, _, number, kind = prefix.split(".")
    name = f"{stack}/layer_{number}/{_ATTENTION[kind]}"
    groups = ("qkv",) if kind == "self_attn" else ("q", "kv")
    found = {}
    for i, group in enumerate((*groups, ("out",))):
        parts = [_projection(state, f"{prefix}.{part}_proj") for part in group]
        found[f"{name}/linear_{i}/weight"] = np.concatenate([weight for weight, _ in parts])
        found[f"{name}/linear_{i}/bias"] = np.concatenate([bias for _, bias in parts])
    return found


def _projection(state, name):
    weight = state[f"{name}.weight"]
    # The key projection has no bias.
    return weight, state.get(f"{name}.bias", np.zeros(len(weight), np.float32))


def _state(folder):
    for file, read in ((_SAFETENSORS, _read_safetensors), (_PYTORCH, read_pytorch)):
        index = folder / f"{file}.index.json"
        if index.exists():
            for part in sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values())):
                yield from read(folder / part)
            return
        if (folder / file).exists():
            yield from read(folder / file)
            return
    raise FileNotFoundError(f"{folder} holds neither {_SAFETENSORS} nor {_PYTORCH}")


def _widened(values):
    """float32 of float32, float16, or bfloat16 as its bits."""
    if values.dtype == np.uint16:
        return (values.astype(np.uint32) << 16).view(np.float32)
    return values.astype(np.float32)


def _read_safetensors(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
    data = np.memmap(path, np.uint8, "r", offset=8 + size)
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(data[begin:end], _SAFETENSORS_TYPES[entry["dtype"]])
            yield name, _widened(values).reshape(entry["shape"])


def read_pytorch(path):
    """A zip with a pickle of tensors that point into files beside it. Only what a state dict consists of is unpickled."""
    with zipfile.ZipFile(path) as archive:
        pickled = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        with archive.open(pickled) as file:
            yield from _StateUnpickler(file, archive, pickled.removesuffix("data.pkl")).load().items()


class _StateUnpickler(pickle.Unpickler):
    def __init__(self, file, archive, folder):
        super().__init__(file)
        self._archive = archive
        self._folder = folder

    def find_class(self, module, name):
        if module == "torch" and name in _PYTORCH_TYPES:
            return _PYTORCH_TYPES[name]
        known = {("collections", "OrderedDict"): OrderedDict, ("torch._utils", "_rebuild_tensor_v2"): _rebuild}
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a state dict")
        return known[module, name]

    def persistent_load(self, pid):
        _, element, key, _, _ = pid
        return np.frombuffer(self._archive.read(f"{self._folder}data/{key}"), element)


def _rebuild(storage, offset, shape, strides, *_):
    size = storage.dtype.itemsize
    view = np.lib.stride_tricks.as_strided(storage[offset:], shape, [stride * size for stride in strides])
    return _widened(np.ascontiguousarray(view))
