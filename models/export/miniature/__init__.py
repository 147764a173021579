"""A miniature Whisper with made-up weights."""
