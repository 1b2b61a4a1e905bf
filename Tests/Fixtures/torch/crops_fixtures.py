"""Random scales, crops and flips of 20 small images by PyTorch's resizing -> crops.safetensors.

Enlarging is bilinear (align_corners=False, no antialiasing), shrinking averages areas, labels are of
the nearest pixel ("nearest-exact"); draws are those of RecallBench's generator.
"""

import numpy as np
import torch
from torch.nn import functional as F

from fixture_file import FixtureFile, filler
from random_source import RandomSource

IGNORED, PADDING = 255, (124, 116, 104)
# File height, width; size at scale 1, if it is not the file's; scales; crop; whether to flip.
KINDS = [
    ((12, 20), None, (0.5, 2.0), (12, 20), True),
    ((12, 20), (8, 10), (0.5, 2.0), (9, 11), True),
    ((9, 7), (18, 21), (0.75, 1.5), (16, 16), False),
    ((10, 10), None, (1.0, 1.0), (6, 7), True),
    ((11, 13), None, (0.3, 0.8), (8, 16), True),
]
SAMPLES = 20


def sample(number: int, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Bytes [H, W, 3] of noise; labels [H, W] of 0 to 3, and one in five ignored."""
    bytes = np.floor(filler(f"crops/{number}/image", (height, width, 3)) * 127.5 + 127.5)
    u = filler(f"crops/{number}/labels", (height, width))
    labels = np.floor((u + 1) * 2.5)
    return bytes, np.where(labels == 4, IGNORED, labels)


def resized(x: torch.Tensor, size: int, axis: int) -> torch.Tensor:
    """[1, C, H, W] with another number of rows or columns."""
    old = x.shape[axis]
    if size < old:
        x = x.repeat_interleave(size, axis)
        return F.avg_pool2d(x, (old, 1) if axis == 2 else (1, old))
    shape = (size, x.shape[3]) if axis == 2 else (x.shape[2], size)
    return F.interpolate(x, shape, mode="bilinear", align_corners=False)


def window(x: torch.Tensor, place: tuple[int, int], crop: tuple[int, int], color) -> torch.Tensor:
    """The crop with its first pixel at `place`, which may be negative; `color` outside the image."""
    canvas = torch.tensor(color, dtype=x.dtype).reshape(1, -1, 1, 1).repeat(1, 1, *crop)
    (h, w), (top, left) = x.shape[2:], place
    rows = [y for y in range(crop[0]) if 0 <= y + top < h]
    columns = [c for c in range(crop[1]) if 0 <= c + left < w]
    for y in rows:
        for c in columns:
            canvas[:, :, y, c] = x[:, :, y + top, c + left]
    return canvas


def augmented(number: int, file, base, scales, crop, flips) -> tuple[np.ndarray, np.ndarray]:
    random = RandomSource(number, "crops")
    mirrored = flips and random.uniform() < 0.5
    scale = scales[0] + (scales[1] - scales[0]) * random.uniform()
    h, w = (max(1, int(np.floor(side * scale + 0.5))) for side in base or file)

    def offset(spare: int) -> int:
        drawn = random.below(abs(spare) + 1)
        return -drawn if spare < 0 else drawn

    place = (offset(h - crop[0]), offset(w - crop[1]))
    bytes, labels = sample(number, *file)
    image = torch.from_numpy(bytes).permute(2, 0, 1)[None]
    image = window(resized(resized(image, h, 2), w, 3), place, crop, PADDING)
    ids = F.interpolate(torch.from_numpy(labels)[None, None], (h, w), mode="nearest-exact")
    ids = window(ids, place, crop, [IGNORED])
    if mirrored:
        image, ids = image.flip(3), ids.flip(3)
    return image[0].permute(1, 2, 0).numpy(), ids[0, 0].numpy()


def write() -> None:
    file, cases = FixtureFile("crops"), []
    for number in range(SAMPLES):
        size, base, scales, crop, flips = KINDS[number % len(KINDS)]
        image, labels = augmented(number, size, base, scales, crop, flips)
        file.add(f"{number}/image", np.ascontiguousarray(image).reshape(-1))
        file.add(f"{number}/labels", np.ascontiguousarray(labels).reshape(-1))
        cases.append({
            "number": number, "file": size, "base": base, "scales": scales, "crop": crop,
            "flips": flips})
    file.describe("cases", cases)
    file.write()


if __name__ == "__main__":
    write()
