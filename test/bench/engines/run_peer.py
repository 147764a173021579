#!/usr/bin/env python3
"""Transcribes recordings with faster-whisper.

    python run_peer.py MODEL_FOLDER THREADS batched|sequential

batched is its fastest mode: speech is packed into windows that are decoded side by side. sequential is Whisper's own way: windows
one after the other, with timestamps and temperature fallback.

Loads the model once, says so with an empty JSON object, then reads a task from each line of standard input, {"file", "language",
"words"}, and answers each with a line of JSON:

    text, language  what was said, and in what language
    words           text, start and end of each, or null
    wall_s, cpu_s   seconds of this transcription, with decoding the file; cpu_s is user and system time of all threads
    peak_rss_mib    the most resident memory of this process so far
"""

import json
import os
import resource
import sys
import time

MODEL, THREADS, MODE = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.environ["OMP_NUM_THREADS"] = str(THREADS)
os.environ["HF_HUB_OFFLINE"] = "1"

from faster_whisper import BatchedInferencePipeline, WhisperModel  # noqa: E402 (reads the environment above)

BATCH_SIZE = 8
# Greedy, as our engine decodes; faster-whisper's own default is a beam of 5.
BEAM_SIZE = 1


def cpu_seconds():
    times = os.times()
    return times.user + times.system


def transcribe(model, task):
    wall, cpu = time.perf_counter(), cpu_seconds()
    options = {"language": task["language"], "beam_size": BEAM_SIZE, "word_timestamps": task.get("words", False)}
    if MODE == "batched":
        segments, info = BatchedInferencePipeline(model=model).transcribe(
            task["file"], batch_size=BATCH_SIZE, **options
        )
    else:
        segments, info = model.transcribe(task["file"], condition_on_previous_text=False, **options)
    # The segments are made while they are read.
    segments = list(segments)
    words = None
    if options["word_timestamps"]:
        words = [
            {"text": word.word.strip(), "start": float(word.start), "end": float(word.end)}
            for segment in segments
            for word in segment.words or []
        ]
    return {
        "text": " ".join(segment.text.strip() for segment in segments),
        "language": info.language,
        "words": words,
        "wall_s": time.perf_counter() - wall,
        "cpu_s": cpu_seconds() - cpu,
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main():
    model = WhisperModel(MODEL, device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True)
    print("{}", flush=True)
    for line in sys.stdin:
        print(json.dumps(transcribe(model, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
