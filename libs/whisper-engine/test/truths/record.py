#!/usr/bin/env python3
"""Records what other implementations of Whisper's algorithms answer, for the engine's tests to be held against.

    python record.py            (writes the JSON files beside it)

openai-whisper answers for everything but voice activity, where faster-whisper does. No model is needed: where one would
be asked, a stand-in gives made-up logits.
"""

import json
import wave
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.utils import get_assets_path
from faster_whisper.vad import SileroVADModel, VadOptions, get_speech_timestamps
from whisper.audio import N_SAMPLES, log_mel_spectrogram, pad_or_trim
from whisper.decoding import ApplyTimestampRules, DecodingResult, detect_language
from whisper.timing import WordTiming, add_word_timestamps, dtw_cpu, median_filter, merge_punctuations
from whisper.tokenizer import get_tokenizer
from whisper.transcribe import transcribe
from whisper.utils import compression_ratio

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
SEED = 20_240_229
RATE = 16_000
PUNCTUATION = add_word_timestamps.__kwdefaults__


def main():
    torch.set_num_threads(1)
    for record in (mel, vad, timestamp_rules, fallback, times, words, compression, languages):
        # Each file keeps its numbers when another one is changed.
        random = np.random.Generator(np.random.PCG64(SEED))
        name = record.__name__.replace("_", "-") + ".json"
        text = json.dumps(record(random), ensure_ascii=False, separators=(",", ":"))
        (HERE / name).write_text(text + "\n", encoding="utf-8", newline="\n")
        print(f"{name}: {len(text)} bytes")


def rounded(values, digits):
    return np.round(np.asarray(values, np.float64), digits).tolist()


def samples(name):
    with wave.open(str(ROOT / name)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768


def speech():
    return samples("docs/samples/sense-and-sensibility.wav")


def mel(_random):
    """Every 61st frame of the sample recording in a window of 30 s: 80 and 128 bins."""
    frames = list(range(0, 3000, 61))
    audio = pad_or_trim(speech(), N_SAMPLES)
    result = {"frames": frames}
    for bins in (80, 128):
        values = log_mel_spectrogram(audio, n_mels=bins).numpy()
        other = FeatureExtractor(feature_size=bins)(audio, padding=0)
        assert np.abs(values - other[:, : values.shape[1]]).max() < 1e-3, "the two implementations differ"
        result[f"bins{bins}"] = rounded(values[:, frames].T, 4)
    return result


def recording():
    """Speech with pauses of several lengths and long silence: what the test puts together out of the same files."""
    short = samples("test/fixtures/audio/clips/en/librivox_0880.wav")
    silence = np.zeros(RATE, np.float32)
    parts = [silence, speech(), silence[: RATE // 4], short, silence[: RATE // 2], short, *[silence] * 5]
    parts += [speech()] * 6 + [silence] * 2
    audio = np.concatenate(parts)
    # Whole steps, and a step of silence behind: the peer blanks the end of the last one.
    return np.pad(audio, (0, -len(audio) % 512 + 512))


def vad(_random):
    audio = recording()
    probabilities = SileroVADModel(str(Path(get_assets_path()) / "silero_vad_v6.onnx"))(audio).ravel()
    settings = {
        "batched": VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160),
        "sequential": VadOptions(min_silence_duration_ms=2000),
        "strict": VadOptions(
            threshold=0.7,
            min_silence_duration_ms=100,
            speech_pad_ms=30,
            min_speech_duration_ms=250,
            max_speech_duration_s=8,
        ),
    }
    return {
        "samples": len(audio),
        "probabilities": rounded(probabilities, 6),
        "spans": [
            {
                "name": name,
                "onset": options.threshold,
                "offset": max(options.threshold - 0.15, 0.01),
                "minSilenceMs": options.min_silence_duration_ms,
                "minSpeechMs": options.min_speech_duration_ms,
                "padMs": options.speech_pad_ms,
                "longest": None if options.max_speech_duration_s == float("inf") else options.max_speech_duration_s,
                "spans": [[span["start"], span["end"]] for span in get_speech_timestamps(audio, options)],
            }
            for name, options in settings.items()
        ],
    }


# A small vocabulary in the order of Whisper's: text, end of text, other special tokens, timestamps.
RULES = {"endOfText": 12, "noTimestamps": 16, "firstTimestamp": 17, "vocabulary": 37}


def timestamp_rules(random):
    """Which tokens may follow a history, and the best of them. `logits` are what the model said, before the rules."""
    text, first = list(range(12)), RULES["firstTimestamp"]
    histories = [
        [],
        [first],
        [first + 5],
        [first, 3],
        [first, 3, 4],
        [first, 3, 4, first + 6],
        [first, 3, 4, first + 6, first + 6],
        [first, 3, first + 6, first + 6, 7],
        [first, 3, first + 6, first + 9, 7, 8],
        [first, 3, first + 19],
        [first, 3, first + 19, first + 19],
        [3],
        [3, 4],
        [3, first + 2],
        [first, first],
        [first + 19],
    ]
    for _ in range(24):
        length = int(random.integers(0, 9))
        histories.append([int(random.choice(text + list(range(first, 37)))) for _ in range(length)])
    cases = []
    for index, history in enumerate(histories * 2):
        # Now and then timestamps are together more probable than any word.
        logits = random.normal(0, 2, RULES["vocabulary"]).round(3).astype(np.float32)
        logits[first:] += (-4, 0, 3)[index % 3]
        limit = (1, 50, None, 0)[(index // 3) % 4]
        tokenizer = SimpleNamespace(
            eot=RULES["endOfText"], no_timestamps=RULES["noTimestamps"], timestamp_begin=first
        )
        prompt = [13, 14]
        ruled = torch.from_numpy(logits.copy())[None]
        rules = ApplyTimestampRules(tokenizer, len(prompt), limit)
        rules.apply(ruled, torch.tensor([[*prompt, *history]]))
        allowed = torch.isfinite(ruled[0])
        cases.append(
            {
                "history": history,
                "maxInitialTimestampIndex": limit,
                "logits": rounded(logits, 3),
                "allowed": torch.nonzero(allowed).ravel().tolist(),
                "best": int(ruled[0].argmax()) if bool(allowed.any()) else None,
            }
        )
    return {**RULES, "cases": cases}


def fallback(random):
    """What the loop over temperatures does with a first decoding: decode again, keep it, or drop it as silence."""
    thresholds = {"compressionRatioThreshold": 2.4, "logprobThreshold": -1.0, "noSpeechThreshold": 0.6}
    edges = {"avgLogprob": (-0.2, -0.99, -1.01, -2.0), "compressionRatio": (1.2, 2.4, 2.41, 9.0)}
    figures = [
        (logprob, ratio, silence)
        for logprob in edges["avgLogprob"]
        for ratio in edges["compressionRatio"]
        for silence in (0.05, 0.6, 0.61, 0.99)
    ]
    cases = []
    for logprob, ratio, silence in figures:
        asked = []

        def decode(_segment, options, logprob=logprob, ratio=ratio, silence=silence, asked=asked):
            asked.append(options.temperature)
            again = options.temperature > 0
            return DecodingResult(
                audio_features=torch.zeros(1),
                language="en",
                tokens=[50364, 400, 50464],
                text="and",
                avg_logprob=-0.1 if again else logprob,
                no_speech_prob=0.0 if again else silence,
                temperature=options.temperature,
                compression_ratio=1.0 if again else ratio,
            )

        model = SimpleNamespace(
            decode=decode,
            device="cpu",
            is_multilingual=True,
            num_languages=99,
            dims=SimpleNamespace(n_audio_ctx=1500, n_text_ctx=448, n_mels=80),
        )
        run = transcribe(
            model, np.zeros(RATE, np.float32), temperature=(0.0, 0.2), language="en", fp16=False, verbose=None
        )
        cases.append(
            {
                "avgLogprob": logprob,
                "compressionRatio": ratio,
                "noSpeechProb": silence,
                "needsFallback": len(asked) > 1,
                "dropped": len(run["segments"]) == 0,
            }
        )
    return {**thresholds, "cases": cases}


def times(random):
    """Median filter over rows, and the first column of each row on the cheapest way through a matrix of costs."""
    rows = [random.normal(0, 1, length).round(3).astype(np.float32) for length in (1, 3, 4, 7, 8, 40)]
    filtered = [median_filter(torch.from_numpy(row.copy())[None], 7).numpy().ravel() for row in rows]
    ways = []
    for height, width in ((1, 1), (1, 5), (5, 1), (4, 4), (5, 12), (12, 5), (14, 60)):
        costs = random.normal(0, 1, (height, width)).round(3)
        if width == 60:
            # A way that can be seen, as attention has it.
            centres = np.sort(random.uniform(0, width, height))
            costs -= 4 * np.exp(-(((np.arange(width)[None] - centres[:, None]) / 3) ** 2)).round(3)
        text, frames = dtw_cpu(costs.astype(np.float64))
        first = [int(frames[list(text).index(row)]) for row in range(height)]
        ways.append({"rows": height, "columns": width, "costs": rounded(costs.ravel(), 3), "first": first})
    return {
        "median": [
            {"row": rounded(row, 3), "filtered": rounded(result, 3)} for row, result in zip(rows, filtered)
        ],
        "ways": ways,
    }


SENTENCES = {
    "en": " And Mr. John Dashwood said: \"I don't know (yet), do you?\" It's 3.50 dollars, isn't it!",
    "fr": " Bonjour le monde ! L'été, c'est déjà fini… Vraiment ? dit-elle.",
    "es": " ¿Qué hora es? ¡No lo sé, señor! Mañana será otro día.",
    "de": " Der Raum wurde als Leichenhalle genutzt, „größer“ als üblich; schön.",
    "ru": " Привет, мир! Как дела?",
    "ja": "こんにちは、世界。今日はいい天気ですね\uff1f",
    "zh": "你好\uff0c世界。今天天气很好\uff01",
    "hi": " नमस्ते दुनिया, आप कैसे हैं?",
}


def words(_random):
    """Words with the number of their tokens, punctuation joined."""
    cases = []
    for language, sentence in SENTENCES.items():
        tokenizer = get_tokenizer(multilingual=True, language=language, task="transcribe")
        tokens = tokenizer.encode(sentence)
        found, parts = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
        alignment = [
            WordTiming(word, list(ids), 0.0, 0.0, 0.0) for word, ids in zip(found[:-1], parts[:-1])
        ]
        merge_punctuations(alignment, PUNCTUATION["prepend_punctuations"], PUNCTUATION["append_punctuations"])
        cases.append(
            {
                "language": language,
                "text": sentence,
                "tokens": tokens,
                "words": [{"text": word.word, "tokens": len(word.tokens)} for word in alignment if word.tokens],
            }
        )
    return cases


def compression(_random):
    texts = [
        "And Mr. John Dashwood had then leisure to consider how much there might prudently be in his power to do for them.",
        "thank you " * 40,
        "the the the the the the the the",
        "こんにちは、世界。今日はいい天気ですね?" * 3,
        "a",
        "Привет, мир! " * 12,
    ]
    return [{"text": text, "ratio": round(compression_ratio(text), 4)} for text in texts]


def languages(random):
    """Probability of each language, and of no speech, from the logits behind the start of transcript."""
    codes, first, vocabulary = ["en", "zh", "de", "es", "fr"], 20, 40
    cases = []
    for loudness in (0.5, 3.0, 10.0):
        logits = random.normal(0, loudness, vocabulary).astype(np.float32).round(3)
        tokenizer = SimpleNamespace(
            sot=19,
            language="en",
            language_token=first,
            sot_sequence=(19, first),
            all_language_tokens=tuple(range(first, first + len(codes))),
            all_language_codes=tuple(codes),
        )
        model = SimpleNamespace(
            dims=SimpleNamespace(n_audio_ctx=3, n_audio_state=2),
            logits=lambda tokens, _audio, logits=logits: torch.from_numpy(logits.copy())[None, None].repeat(
                len(tokens), 1, 1
            ),
        )
        best, probabilities = detect_language(model, torch.zeros(3, 2), tokenizer)
        cases.append(
            {
                "logits": rounded(logits, 3),
                "best": codes[int(best) - first],
                "probabilities": {code: round(value, 6) for code, value in probabilities.items()},
                "noSpeechToken": 30,
                "noSpeechProb": round(float(torch.from_numpy(logits).softmax(dim=-1)[30]), 6),
            }
        )
    return {"first": first, "codes": codes, "cases": cases}


if __name__ == "__main__":
    main()
