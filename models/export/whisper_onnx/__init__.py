"""Whisper checkpoints to ONNX graphs made for batched decoding on CPUs."""
