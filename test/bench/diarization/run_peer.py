#!/usr/bin/env python3
"""Tells speakers apart with senko on the processor.

    python run_peer.py THREADS

Loads the models once, says so with an empty JSON object, then reads the path of a WAV file (16 kHz, mono) from each line of standard
input, and answers each with a line of JSON:

    turns         start, end and speaker of each
    wall_s        seconds of this file, with reading it
    cpu_s         user and system seconds of all threads
    peak_mib      the most resident memory of this process so far, less what it had before it loaded its models

The library that senko computes features with is compiled for AVX-512, and ends the process on other machines. Features of the same
kind come from kaldi-native-fbank here, everywhere.
"""

import json
import os
import resource
import sys
import time
import warnings

THREADS = int(sys.argv[1])
os.environ["OMP_NUM_THREADS"] = str(THREADS)
warnings.filterwarnings("ignore")

import kaldi_native_fbank as knf  # noqa: E402 (reads the environment above)
import numpy as np  # noqa: E402
import senko  # noqa: E402
import soundfile  # noqa: E402
import torch  # noqa: E402

RATE = 16_000
FEWEST_SAMPLES = 400
BINS = 80


class Diarizer(senko.Diarizer):
    def _extract_fbank_features(self, audio_source, subsegments, **_):
        features = [self._features(audio_source, start, end) for start, end in subsegments]
        sizes = np.array([len(rows) for rows in features])
        offsets = np.concatenate([[0], np.cumsum(sizes * BINS)[:-1]])
        return np.concatenate([rows.ravel() for rows in features]), sizes, offsets, BINS

    @staticmethod
    def _features(samples, start, end):
        first = int(start * RATE)
        part = samples[first : first + max(1, int((end - start) * RATE))]
        part = np.pad(part, (0, max(0, FEWEST_SAMPLES - len(part))))
        options = knf.FbankOptions()
        options.frame_opts.dither = 0.0
        options.mel_opts.num_bins = BINS
        fbank = knf.OnlineFbank(options)
        fbank.accept_waveform(RATE, part)
        fbank.input_finished()
        rows = np.stack([fbank.get_frame(i) for i in range(fbank.num_frames_ready)])
        return (rows - rows.mean(axis=0, keepdims=True)).astype(np.float32)


def cpu_seconds():
    times = os.times()
    return times.user + times.system


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def diarize(diarizer, path, before):
    wall, cpu = time.perf_counter(), cpu_seconds()
    samples, _ = soundfile.read(path, dtype="float32")
    result = diarizer.diarize_samples(np.clip(samples, -1, 1)) or {"merged_segments": []}
    return {
        "turns": [{name: turn[name] for name in ("start", "end", "speaker")} for turn in result["merged_segments"]],
        "wall_s": time.perf_counter() - wall,
        "cpu_s": cpu_seconds() - cpu,
        "peak_mib": peak_mib() - before,
    }


def main():
    torch.set_num_threads(THREADS)
    before = peak_mib()
    diarizer = Diarizer(device="cpu", warmup=False, quiet=True)
    print("{}", flush=True)
    for line in sys.stdin:
        print(json.dumps(diarize(diarizer, line.strip(), before)), flush=True)


if __name__ == "__main__":
    main()
