"""The JSON files of the miniature, in the shape of those of openai/whisper-base."""

import json
from dataclasses import dataclass

LAYERS = 2
HEADS = 2
WIDTH = 16
HIDDEN = 32
MEL_BINS = 80
FRAMES = 1500
POSITIONS = 448
TIMESTAMPS = 1501
ALIGNMENT_HEADS = [[1, 0], [1, 1]]
# In the order of Whisper's own tokens.
LANGUAGES = ["en", "zh", "de", "es", "ru", "ko", "fr", "ja", "pt"]
# Enough English for a few whole words; from the sample recording of the repository ("Sense and Sensibility", 1811).
CORPUS = (
    "Mr. John Dashwood had not the strong feelings of the rest of the family, but he was affected by a recommendation of "
    "such a nature at such a time, and he promised to do every thing in his power to make them comfortable. His father was "
    "rendered easy by such an assurance, and Mr. John Dashwood had then leisure to consider how much there might prudently "
    "be in his power to do for them. He was not an ill-disposed young man, unless to be rather cold hearted and rather "
    "selfish is to be ill-disposed: but he was, in general, well respected; for he conducted himself with propriety in the "
    "discharge of his ordinary duties."
)
MERGES = 140


@dataclass(frozen=True)
class Settings:
    """Ids of the miniature's tokens."""

    end_of_text: int
    no_timestamps: int
    vocabulary: int
    suppressed: tuple


def byte_symbols():
    """The printable stand-in of each byte, in the order of the byte tokens of GPT-2 and Whisper."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    symbols = {byte: chr(byte) for byte in printable}
    symbols.update({byte: chr(256 + index) for index, byte in enumerate(others)})
    return symbols


def learn_merges(symbols):
    """The pairs that byte pair encoding joins, most frequent first."""
    words = [f" {word}" for word in CORPUS.split(" ")]
    spelled = [[symbols[byte] for byte in word.encode()] for word in words]
    merges = []
    while len(merges) < MERGES:
        counts = {}
        for word in spelled:
            for pair in zip(word, word[1:]):
                counts[pair] = counts.get(pair, 0) + 1
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        spelled = [_merge(word, best) for word in spelled]
    return merges


def _merge(word, pair):
    merged = []
    for symbol in word:
        if merged and (merged[-1], symbol) == pair:
            merged[-1] += symbol
        else:
            merged.append(symbol)
    return merged


def write_settings(out):
    """Writes all JSON files of the miniature into a folder and returns what the graphs have to know."""
    symbols = byte_symbols()
    merges = learn_merges(symbols)
    text = [*symbols.values(), *dict.fromkeys("".join(pair) for pair in merges)]
    special = _special_tokens()
    vocabulary = {token: index for index, token in enumerate(text)}
    ids = {token: len(text) + index for index, token in enumerate(special)}
    ids.update({f"<|{index * 0.02:.2f}|>": len(text) + len(special) + index for index in range(TIMESTAMPS)})
    # Single bytes would make unreadable text.
    suppressed = [index for token, index in vocabulary.items() if len(token) == 1 and token not in ",."]
    suppressed += [ids[f"<|{name}|>"] for name in _TASKS if name != "notimestamps"] + [ids["<|startoftranscript|>"]]
    settings = Settings(
        end_of_text=len(text),
        no_timestamps=ids["<|notimestamps|>"],
        vocabulary=len(text) + len(ids),
        suppressed=tuple(sorted(suppressed)),
    )
    files = {
        "config.json": _config(settings),
        "generation_config.json": _generation(settings, ids),
        "preprocessor_config.json": _preprocessor(),
        "tokenizer.json": _tokenizer(vocabulary, merges, ids),
        "tokenizer_config.json": _tokenizer_config(),
    }
    for name, content in files.items():
        indent = None if name == "tokenizer.json" else 2
        separators = (",", ":") if indent is None else None
        text_of = json.dumps(content, indent=indent, separators=separators, ensure_ascii=False)
        (out / name).write_text(text_of + "\n", encoding="utf-8", newline="\n")
    return settings


_TASKS = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]


def _special_tokens():
    return [f"<|{name}|>" for name in ("endoftext", "startoftranscript", *LANGUAGES, *_TASKS)]


def _config(settings):
    return {
        "architectures": ["WhisperForConditionalGeneration"],
        "model_type": "whisper",
        "is_encoder_decoder": True,
        "vocab_size": settings.vocabulary,
        "num_mel_bins": MEL_BINS,
        "d_model": WIDTH,
        "encoder_layers": LAYERS,
        "encoder_attention_heads": HEADS,
        "encoder_ffn_dim": HIDDEN,
        "decoder_layers": LAYERS,
        "decoder_attention_heads": HEADS,
        "decoder_ffn_dim": HIDDEN,
        "num_hidden_layers": LAYERS,
        "max_source_positions": FRAMES,
        "max_target_positions": POSITIONS,
        "median_filter_width": 7,
        "bos_token_id": settings.end_of_text,
        "eos_token_id": settings.end_of_text,
        "pad_token_id": settings.end_of_text,
        "decoder_start_token_id": settings.end_of_text + 1,
        "transformers.js_config": {"dtype": "q8", "kv_cache_dtype": {"fp16": "float16"}},
    }


def _generation(settings, ids):
    space = 220
    return {
        "alignment_heads": ALIGNMENT_HEADS,
        "begin_suppress_tokens": [space, settings.end_of_text],
        "bos_token_id": settings.end_of_text,
        "decoder_start_token_id": settings.end_of_text + 1,
        "eos_token_id": settings.end_of_text,
        "pad_token_id": settings.end_of_text,
        "is_multilingual": True,
        "lang_to_id": {f"<|{code}|>": ids[f"<|{code}|>"] for code in LANGUAGES},
        "task_to_id": {task: ids[f"<|{task}|>"] for task in ("transcribe", "translate")},
        "max_initial_timestamp_index": 50,
        "max_length": POSITIONS,
        "no_timestamps_token_id": settings.no_timestamps,
        "prev_sot_token_id": ids["<|startofprev|>"],
        "return_timestamps": False,
        "suppress_tokens": list(settings.suppressed),
    }


def _preprocessor():
    return {
        "chunk_length": 30,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": MEL_BINS,
        "hop_length": 160,
        "n_fft": 400,
        "n_samples": 480000,
        "nb_max_frames": 3000,
        "padding_side": "right",
        "padding_value": 0.0,
        "processor_class": "WhisperProcessor",
        "return_attention_mask": False,
        "sampling_rate": 16000,
    }


def _tokenizer(vocabulary, merges, ids):
    flags = {"single_word": False, "lstrip": False, "rstrip": False}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    start, silent, end = "<|startoftranscript|>", "<|notimestamps|>", "<|endoftext|>"
    special = {token: {"id": token, "ids": [ids[token]], "tokens": [token]} for token in (end, silent, start)}
    order = [{"SpecialToken": {"id": token, "type_id": 0}} for token in (start, silent, end)]
    single = [*order[:2], {"Sequence": {"id": "A", "type_id": 0}}, order[2]]
    pair = [*single[:3], {"Sequence": {"id": "B", "type_id": 1}}, order[2]]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": id_, "content": token, **flags, "normalized": timed, "special": not timed}
            for token, id_ in ids.items()
            for timed in [token[2].isdigit()]
        ],
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": single,
            "pair": pair,
            "special_tokens": special,
        },
        "decoder": {**byte_level, "add_prefix_space": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": vocabulary,
            "merges": [" ".join(pair) for pair in merges],
        },
    }


def _tokenizer_config():
    end = "<|endoftext|>"
    return {
        "tokenizer_class": "WhisperTokenizer",
        "processor_class": "WhisperProcessor",
        "add_bos_token": False,
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": True,
        "errors": "replace",
        "model_max_length": 1024,
        "bos_token": end,
        "eos_token": end,
        "pad_token": end,
        "unk_token": end,
    }
