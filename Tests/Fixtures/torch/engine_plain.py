"""Slow and plain versions of what the engine's batches do, pixel by pixel in NumPy, and stores of
made-up images: what check_engine_batches.py and check_engine_scores.py hold the engine against.

Nothing here is shared with Sources/Experiments/TorchEngine but the random generator.
"""

import argparse
import hashlib
import json
import sys
import zlib
from pathlib import Path

import numpy as np

ENGINE = Path(__file__).resolve().parents[3] / "Sources" / "Experiments" / "TorchEngine"
sys.path.insert(0, str(ENGINE))
from random_source import RandomSource  # noqa: E402

F = np.float32
IGNORED = 255


def options() -> argparse.Namespace:
    """The options of the checks: `command`, of a build to compare with; `device`; `time`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--command")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--time", action="store_true")
    return parser.parse_args()


def taps(size: int, new_size: int, i: int) -> list[tuple[int, np.float32]]:
    """The inputs of output i with their weights."""
    if new_size < size:
        result = []
        for j in range(size):
            overlap = min((i + 1) * size, (j + 1) * new_size) - max(i * size, j * new_size)
            if overlap > 0:
                result.append((j, F(overlap) / F(size)))
        return result
    center = (i + 0.5) * float(size) / float(new_size) - 0.5
    position = min(max(center, 0.0), float(size - 1))
    low = min(int(position), size - 1)
    second = F(position - low)
    return [(low, F(1) - second)] + ([(low + 1, second)] if second > 0 else [])


def resized(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Rows first, then columns; one rounding after the other."""
    if image.shape[:2] == (height, width):
        return image
    lines = np.zeros((height, image.shape[1], 3), F)
    for y in range(height):
        for place, (row, weight) in enumerate(taps(image.shape[0], height, y)):
            term = weight * image[row].astype(F)
            lines[y] = term if place == 0 else lines[y] + term
    result = np.zeros((height, width, 3), np.uint8)
    for x in range(width):
        total = np.full((height, 3), 0.5, F)
        for column, weight in taps(image.shape[1], width, x):
            total = total + weight * lines[:, column]
        result[:, x] = np.floor(total).astype(np.uint8)
    return result


def nearest(labels: np.ndarray, height: int, width: int) -> np.ndarray:
    result = np.zeros((height, width), labels.dtype)
    for y in range(height):
        for x in range(width):
            row = (2 * y + 1) * labels.shape[0] // (2 * height)
            result[y, x] = labels[row, (2 * x + 1) * labels.shape[1] // (2 * width)]
    return result


def jittered(image: np.ndarray, brightness, contrast, saturation) -> np.ndarray:
    """Three blends of one pixel after the other; the mean gray is a sum of doubles in order."""
    def clamped(color):
        return np.minimum(np.maximum(color, F(0)), F(255))

    def gray(color):
        return (F(0.299) * color[0] + F(0.587) * color[1]) + F(0.114) * color[2]

    brightness, contrast, saturation = F(brightness), F(contrast), F(saturation)
    pixels, total = image.reshape(-1, 3), 0.0
    bright = [clamped(brightness * pixel.astype(F)) for pixel in pixels]
    for color in bright:
        total += float(gray(color))
    base = (F(1) - contrast) * F(total / len(pixels))
    result = np.zeros_like(pixels)
    for place, color in enumerate(bright):
        color = clamped(contrast * color + base)
        color = clamped(saturation * color + (F(1) - saturation) * gray(color))
        result[place] = np.floor(color + F(0.5)).astype(np.uint8)
    return result.reshape(image.shape)


def window(image, labels, scaled, size, start, color):
    """The crop of a scaled image that begins at `start`, which may be negative."""
    image, labels = resized(image, *scaled), nearest(labels, *scaled)
    whole = np.empty((*size, 3), np.uint8)
    whole[:] = color
    ids = np.full(size, IGNORED, np.uint8)
    for y in range(size[0]):
        for x in range(size[1]):
            row, column = y + start[0], x + start[1]
            if 0 <= row < scaled[0] and 0 <= column < scaled[1]:
                whole[y, x], ids[y, x] = image[row, column], labels[row, column]
    return whole, ids


def cut_and_jittered(image, labels, scaled, size, start, color, factors):
    """Only what is cut from the image is jittered."""
    whole, ids = window(image, labels, scaled, size, start, color)
    rows = [y for y in range(size[0]) if 0 <= y + start[0] < scaled[0]]
    columns = [x for x in range(size[1]) if 0 <= x + start[1] < scaled[1]]
    part = whole[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    whole[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1] = jittered(part, *factors)
    return whole, ids


def rounded(value: float) -> int:
    """Half up, of a positive number."""
    whole = int(value)
    return whole + (1 if value - whole >= 0.5 else 0)


def augmented(kind, image, labels, size, color, random, crop=None):
    """
    Args:
        kind: "none", "flip" or "cityscapes".
        crop: (smallest, largest, base or None), which takes the place of "none" and "flip".
    """
    def place(scaled):
        spares = [scaled[axis] - size[axis] for axis in (0, 1)]
        return [random.below(abs(s) + 1) * (-1 if s < 0 else 1) for s in spares]

    def uniform(low, high):
        return low + (high - low) * random.uniform()

    if kind == "cityscapes":
        factors = [F(uniform(0.5, 1.5)) for _ in range(3)]
        mirrored = random.uniform() < 0.5
        scale = [0.75, 1, 1.25, 1.5, 1.75, 2][random.below(6)]
        scaled = [max(1, rounded(side * scale)) for side in labels.shape]
        result = cut_and_jittered(image, labels, scaled, size, place(scaled), color, factors)
    elif crop is not None:
        mirrored = kind == "flip" and random.uniform() < 0.5
        scale = uniform(*crop[:2])
        scaled = [max(1, rounded(side * scale)) for side in crop[2] or labels.shape]
        result = window(image, labels, scaled, size, place(scaled), color)
    else:
        result = resized(image, *size), nearest(labels, *size)
        mirrored = kind == "flip" and random.uniform() < 0.5
    return tuple(part[:, ::-1] for part in result) if mirrored else result


def batch(samples, configuration, sizes, count, seed, iteration, mean, deviation):
    """Normalized images [N, 3, H, W] and labels [N, H, W] of a whole batch."""
    c, crop = configuration, configuration.get("crop")
    if crop is not None:
        base = [c.get("evaluateHeight", c["height"]), c.get("evaluateWidth", c["width"])]
        low, high = min(crop.values()), max(crop.values())
        crop = low, high, None if sizes == "files" else base
    color = [rounded(float(F(m) * F(255))) for m in mean]
    images, labels = [], []
    for n in range(count):
        epoch, place = divmod(iteration * count + n, len(samples))
        item = RandomSource(seed, "epoch order", epoch).permutation(len(samples))[place]
        random = RandomSource(seed, "augmentation", iteration * count + n)
        image, ids = augmented(
            c["augmentation"], *samples[item], (c["height"], c["width"]), color, random, crop)
        images.append(normalized(image, mean, deviation))
        labels.append(ids)
    return np.stack(images), np.stack(labels).astype(np.int64)


def normalized(image, mean, deviation) -> np.ndarray:
    """[H, W, 3] to [3, H, W]."""
    planes = [(image[:, :, c].astype(F) / F(255) - F(mean[c])) / F(deviation[c]) for c in range(3)]
    return np.stack(planes)


# Made-up images


def pictures(count: int, sizes, classes: int, seed: int = 1):
    """Smooth colors with noise, and blocks of labels with some ignored: [(image, labels)], of the
    sizes in turn."""
    random, result = np.random.default_rng(seed), []
    for number in range(count):
        h, w = sizes[number % len(sizes)]
        y, x = np.mgrid[0:h, 0:w]
        waves = [np.sin(x / (3 + c) + number) * np.cos(y / (5 - c)) for c in range(3)]
        image = 128 + 90 * np.stack(waves, 2) + random.normal(0, 30, (h, w, 3))
        labels = random.integers(0, classes, (h // 4 + 1, w // 6 + 1)).repeat(4, 0).repeat(6, 1)
        labels = np.where(random.random((h, w)) < 0.1, IGNORED, labels[:h, :w])
        result.append((np.clip(image, 0, 255).astype(np.uint8), labels.astype(np.uint8)))
    return result


def write_store(
    folder: Path, key: str, samples, size, keeps_full_size=False, root: Path | None = None,
    file_labels=False
):
    """stores/<key>.* of made-up samples.

    Args:
        root: where image files are written; None: the store holds their bytes.
    """
    stem = folder / "stores" / key
    stem.parent.mkdir(parents=True, exist_ok=True)
    streams, items = {"images": b"", "labels": b"", "file-labels": b""}, []

    def append(name: str, data: bytes) -> list[int]:
        streams[name] += data
        return [len(streams[name]) - len(data), len(data)]

    for number, (image, labels) in enumerate(samples):
        item, name = {"name": f"train/{number:04}"}, f"train/{number:04}.png"
        if root is not None:
            write_png(root / name, image)
            item["path"] = name
        elif not keeps_full_size:
            image = resized(image, *size)
        small = labels if keeps_full_size else nearest(labels, *size)
        item |= {
            "height": image.shape[0], "width": image.shape[1], "offset": 0,
            "sha256": hashlib.sha256(image.tobytes()).hexdigest(),
            "labels": append("labels", zlib.compress(small.tobytes())),
            "labelsSha256": hashlib.sha256(small.tobytes()).hexdigest()}
        if root is None:
            item["offset"] = append("images", image.tobytes())[0]
        if file_labels:
            offset, count = append("file-labels", zlib.compress(labels.tobytes()))
            item["fileLabels"] = {
                "height": labels.shape[0], "width": labels.shape[1], "offset": offset,
                "bytes": count, "sha256": hashlib.sha256(labels.tobytes()).hexdigest()}
        items.append(item)
    for name, data in streams.items():
        if data:
            Path(f"{stem}.{name}").write_bytes(data)
    Path(f"{stem}.json").write_text(json.dumps({
        "dataset": "made-up", "images": "bytes" if root is None else "files", "height": size[0],
        "width": size[1], "keepsFullSize": keeps_full_size, "items": items}))


def write_png(path: Path, image: np.ndarray) -> None:
    from PIL import Image
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, compress_level=1)
