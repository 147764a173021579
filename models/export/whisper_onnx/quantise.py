"""Rounding of weights to seven bits."""

import numpy as np

# On x86 without VNNI the u8 x s8 kernel adds pairs of products in 16 bits. 2 * 255 * 63 fits, 2 * 255 * 127 does not.
LARGEST = 63
_CLIP_FACTORS = np.linspace(1.0, 0.7, 13)
_COLUMNS_AT_ONCE = 4096


def seven_bits(weight):
    """weight f32 [in, out] -> (int8 [in, out] within -63 .. 63, scale f32 [out]).

    Each output channel gets the scale with the least squared error out of 13 that clip its largest weights by 0 to 30 %.
    """
    values = np.empty(weight.shape, np.int8)
    scales = np.empty(weight.shape[1], np.float32)
    for start in range(0, weight.shape[1], _COLUMNS_AT_ONCE):
        columns = slice(start, start + _COLUMNS_AT_ONCE)
        values[:, columns], scales[columns] = _best_of_clips(weight[:, columns])
    return values, scales


def _best_of_clips(weight):
    largest = np.maximum(np.abs(weight).max(axis=0), 1e-12)
    least = np.full(weight.shape[1], np.inf)
    values = np.zeros(weight.shape, np.int8)
    scales = np.zeros(weight.shape[1], np.float32)
    for factor in _CLIP_FACTORS:
        scale = (largest * factor / LARGEST).astype(np.float32)
        rounded = np.clip(np.rint(weight / scale), -LARGEST, LARGEST)
        error = np.square(rounded * scale - weight, dtype=np.float64).sum(axis=0)
        better = error < least
        least[better] = error[better]
        scales[better] = scale[better]
        values[:, better] = rounded[:, better].astype(np.int8)
    return values, scales
