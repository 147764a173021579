#!/usr/bin/env python3
"""Transcribes recordings with faster-whisper in its fastest mode: speech is packed into windows that are decoded side by side.

    python run_peer.py MODEL_FOLDER THREADS [LANGUAGE]

Loads the model once, says so with an empty JSON object, then reads the path of a recording from each line of standard input and
answers each with a line of JSON:

    text           what was said
    language       what was spoken
    wall_s, cpu_s  seconds of this transcription, with decoding the file; cpu_s is user and system time of all threads
    peak_rss_mib   the most resident memory of this process so far
"""

import json
import os
import resource
import sys
import time

MODEL, THREADS = sys.argv[1], int(sys.argv[2])
LANGUAGE = sys.argv[3] if len(sys.argv) > 3 else None
os.environ["OMP_NUM_THREADS"] = str(THREADS)
os.environ["HF_HUB_OFFLINE"] = "1"

from faster_whisper import BatchedInferencePipeline, WhisperModel  # noqa: E402 (reads the environment above)

BATCH_SIZE = 8
# Greedy, as our engine decodes; faster-whisper's own default is a beam of 5.
BEAM_SIZE = 1


def cpu_seconds():
    times = os.times()
    return times.user + times.system


def transcribe(pipeline, path):
    wall, cpu = time.perf_counter(), cpu_seconds()
    segments, info = pipeline.transcribe(path, language=LANGUAGE, beam_size=BEAM_SIZE, batch_size=BATCH_SIZE)
    # The segments are made while they are read.
    text = " ".join(segment.text.strip() for segment in segments)
    return {
        "text": text,
        "language": info.language,
        "wall_s": time.perf_counter() - wall,
        "cpu_s": cpu_seconds() - cpu,
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main():
    model = WhisperModel(MODEL, device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True)
    pipeline = BatchedInferencePipeline(model=model)
    print("{}", flush=True)
    for line in sys.stdin:
        print(json.dumps(transcribe(pipeline, line.rstrip("\n"))), flush=True)


if __name__ == "__main__":
    main()
