"""The images of a bundle as network input: what Swift's samplers yield, bit for bit.

A batch is a function of seed and iteration alone. All arithmetic on pixels runs on the device, one
rounded operation after the other in the order of Sources/Datasets; a fused multiply-add anywhere
would change bytes. Images are uint8 [H, W, 3] and labels uint8 [H, W] until they become a batch.
"""

import hashlib
import json
import math
import os
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from random_source import RandomSource

IGNORED = 255
# Relative to the image, of the authors' Cityscapes recipe.
CITYSCAPES_SCALES = (0.75, 1, 1.25, 1.5, 1.75, 2)
CITYSCAPES_JITTER = 0.5
_COPY_AGAIN = "copy the whole bundle again"
# Mapped files and decompressed labels are only read.
warnings.filterwarnings("ignore", "The given NumPy array is not writable")


class BundleError(Exception):
    """What is wrong with a bundle or the data it was made of: one line with path and remedy."""


def read_json(path) -> dict:
    """An object of a bundle.

    Raises BundleError if the file is missing or is no JSON object.
    """
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BundleError(f"{path}: {error.strerror or error}; {_COPY_AGAIN}") from None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BundleError(f"{path}: is not a JSON object; {_COPY_AGAIN}")
    return value


def read_data(folder, key: str) -> dict:
    """data/<key>.json of the bundle in `folder`: a run's images, classes and normalization.

    Raises BundleError if it is missing or no JSON object.
    """
    return read_json(Path(folder) / "data" / f"{key}.json")


# Stores


class ImageMemory:
    """Bytes that images may take, on the device and, beyond that, on the host.

    The stores of a process share one. An epoch visits every image once, so replacing a kept one by
    another would save nothing: what does not fit is read again each time.
    """

    def __init__(self, device, device_bytes=None, host_bytes=None, processes: int = 1):
        """Without numbers: half of the device's free memory, and half of the host's, which is
        divided among so many processes."""
        self.device = indexed(device)
        is_cuda = self.device.type == "cuda"
        if device_bytes is None:
            device_bytes = torch.cuda.mem_get_info(self.device)[0] // 2 if is_cuda else 0
        if host_bytes is None:
            host_bytes = _free_host_bytes() // (2 * processes)
        self._free = {"device": device_bytes, "host": host_bytes}

    def takes(self, place: str, count: int) -> bool:
        """Whether `count` more bytes fit ("device" or "host"); they are then counted."""
        fits = count <= self._free[place]
        self._free[place] -= count if fits else 0
        return fits


def indexed(device) -> torch.device:
    """The device with its index."""
    device = torch.device(device)
    if device.type == "cuda" and device.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return device


def _free_host_bytes() -> int:
    """What this process may still take, within the limits of a cluster's job; 4 GiB where the
    system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = 1024 * int(next(x for x in lines if x.startswith("MemAvailable")).split()[1])
    except (OSError, ValueError, StopIteration):
        free = 4 << 30
    return min([free, *_limits_of_job()])


def _limits_of_job() -> list[int]:
    """The limits of memory of the control groups around this process, of either version."""
    limits = []
    try:
        groups = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return limits
    for _, controllers, path in (line.split(":", 2) for line in groups):
        if controllers not in ("", "memory"):
            continue
        root = Path("/sys/fs/cgroup") / controllers
        name = "memory.limit_in_bytes" if controllers else "memory.max"
        group = Path(path.lstrip("/"))
        for place in (group, *group.parents):
            try:
                limits.append(int((root / place / name).read_text(encoding="ascii")))
            except (OSError, ValueError):
                continue  # Not limited here, or not visible.
    return limits


def _usable_cores() -> int:
    """Those that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Store:
    """The images and labels of one split, of a bundle's stores/<key>.*.

    Each is compared with its digest when it is first read, files whenever they are. A few threads
    read ahead, on which no result depends. Not to be used by several threads.
    """

    def __init__(self, folder, key: str, device, root=None, memory: ImageMemory | None = None):
        """
        Args:
            folder: of the bundle.
            device: on which samples are handed out.
            root: the data set's folder, to which paths of image files are relative.
            memory: None: one of this store's own.
        Raises BundleError if a file is missing or cut off.
        """
        self._stem = Path(folder) / "stores" / key
        self.device, self.root = indexed(device), root
        self.memory = memory or ImageMemory(self.device)
        description = read_json(f"{self._stem}.json")
        self.items, self.dataset = description["items"], description["dataset"]
        self.height, self.width = description["height"], description["width"]
        self.keeps_full_size = description.get("keepsFullSize", False)
        self._pixels = None
        if description["images"] == "bytes":
            self._pixels = self._mapped("images", [_end_of_image(item) for item in self.items])
        self._label_bytes = self._mapped("labels", [sum(item["labels"]) for item in self.items])
        ends = [_end(item["fileLabels"]) for item in self.items if "fileLabels" in item]
        self._file_label_bytes = self._mapped("file-labels", ends) if ends else None
        self._kept, self._checked, self._pending, self._threads = {}, set(), {}, None

    def __len__(self) -> int:
        return len(self.items)

    def sample(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """An image, uint8 [h, w, 3], and its labels, uint8 [h, w], on the device; not to be
        written to.

        They have the store's size, or with `keeps_full_size` that of their files.
        Raises BundleError if a file is missing or holds anything else than when the bundle was
        made.
        """
        kept = self._kept.get(index)
        if kept is None:
            kept = self._taken(index)
        return tuple(part.to(self.device, non_blocking=True) for part in kept)

    def resized(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The sample at the store's size, whatever size is kept."""
        return resized(self.sample(index), self.height, self.width)

    def file_labels(self, index: int) -> torch.Tensor:
        """The labels at the size of their file, uint8 [h, w] on the device.

        Raises BundleError as `sample`, or if the bundle has no labels at that size.
        """
        entry = self.items[index].get("fileLabels")
        if entry is not None:
            span = (entry["offset"], entry["bytes"])
            return torch.from_numpy(self._inflated(
                self._file_label_bytes, "file-labels", index, span,
                (entry["height"], entry["width"]), entry["sha256"])).to(self.device)
        if self.keeps_full_size:
            return self.sample(index)[1]
        raise BundleError(
            f"{self._stem}.json: has no labels at their files' size; make the bundle again")

    def prefetch(self, indices) -> None:
        """Starts to read the items that are not kept in memory; `sample` then waits for them."""
        for index in indices:
            if index in self._kept or index in self._pending:
                continue
            if self._threads is None:
                self._threads = ThreadPoolExecutor(min(8, _usable_cores()), "images")
            self._pending[index] = self._threads.submit(self._read, index)

    def check_all(self) -> None:
        """Reads everything, and keeps what fits into memory.

        Raises BundleError for the first item whose digest differs or whose file is missing.
        """
        for index in range(len(self)):
            self.prefetch(range(index, min(len(self), index + 16)))
            self.sample(index)
            if self._file_label_bytes is not None:
                self.file_labels(index)

    def close(self) -> None:
        """Ends the threads, without waiting for what nobody asked for."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self._threads, self._pending = None, {}

    def _taken(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Reads an item, brings it to its size, and keeps it where there is room."""
        pending = self._pending.pop(index, None)
        read = self._read(index) if pending is None else pending.result()
        image, labels = (torch.from_numpy(part).to(self.device) for part in read)
        if not self.keeps_full_size:
            image = resized_image(image, self.height, self.width)
        return self._keep(index, image, labels)

    def _keep(self, index: int, image: torch.Tensor, labels: torch.Tensor):
        # What is mapped is in the system's cache of the bundle's file.
        is_mapped = self._pixels is not None
        host_bytes = labels.nbytes + (0 if is_mapped else image.nbytes)
        is_cuda = self.device.type == "cuda"
        if is_cuda and self.memory.takes("device", image.nbytes + labels.nbytes):
            self._kept[index] = image, labels
        elif self.memory.takes("host", host_bytes):
            mapped = torch.from_numpy(self._mapped_image(index)) if is_mapped else image.cpu()
            self._kept[index] = mapped, labels.cpu()
        return image, labels

    def _read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """The image as it is stored or in its file, and the labels, compared with their digests."""
        item = self.items[index]
        if self._pixels is None:
            image, path = self._file_image(item), self._path(item)
        else:
            image, path = self._mapped_image(index), f"{self._stem}.images"
        if self._pixels is None or ("image", index) not in self._checked:
            if hashlib.sha256(image).hexdigest() != item["sha256"]:
                raise BundleError(f"{path}: {self._changed(item)}")
            self._checked.add(("image", index))
        size = image.shape[:2] if self.keeps_full_size else (self.height, self.width)
        return image, self._inflated(
            self._label_bytes, "labels", index, item["labels"], size, item["labelsSha256"])

    def _changed(self, item) -> str:
        if self._pixels is None:
            return (
                "holds other pixels than when the bundle was made; give the same data with "
                f"--data {self.dataset}=PATH, or make the bundle again")
        return f"the image {item['name']} is damaged; {_COPY_AGAIN}"

    def _mapped_image(self, index: int) -> np.ndarray:
        item = self.items[index]
        shape = (item["height"], item["width"], 3)
        return self._pixels[item["offset"]:_end_of_image(item)].reshape(shape)

    def _path(self, item) -> Path:
        """Raises BundleError for a relative path without the data set's folder."""
        path = Path(item["path"])
        if not path.is_absolute() and self.root is None:
            raise BundleError(
                f"{path}: the images of {self.dataset} are not in the bundle; give their folder "
                f"with --data {self.dataset}=PATH")
        return path if path.is_absolute() else Path(self.root) / path

    def _file_image(self, item) -> np.ndarray:
        path = self._path(item)
        if not path.is_file():
            raise BundleError(
                f"{path}: no such file; give the folder of {self.dataset} with "
                f"--data {self.dataset}=PATH")
        image = read_png(path)
        if image.shape[:2] != (item["height"], item["width"]):
            raise BundleError(f"{path}: {self._changed(item)}")
        return image

    def _inflated(self, source, suffix: str, index: int, span, size, digest) -> np.ndarray:
        """A zlib stream's bytes as labels, [h, w]."""
        item, (offset, count) = self.items[index], span
        try:
            labels = zlib.decompress(source[offset:offset + count])
        except zlib.error:
            labels = b""
        known = (suffix, index) in self._checked
        fits = len(labels) == size[0] * size[1]
        if not fits or not (known or hashlib.sha256(labels).hexdigest() == digest):
            raise BundleError(
                f"{self._stem}.{suffix}: the labels of {item['name']} are damaged; {_COPY_AGAIN}")
        self._checked.add((suffix, index))
        return np.frombuffer(labels, np.uint8).reshape(size)

    def _mapped(self, suffix: str, ends: list[int]) -> np.ndarray:
        """The bytes of a file, which holds at least those up to the largest of `ends`."""
        path = Path(f"{self._stem}.{suffix}")
        try:
            found, expected = path.stat().st_size, max(ends, default=0)
            if found < expected:
                raise BundleError(f"{path}: has {found} bytes instead of {expected}; {_COPY_AGAIN}")
            return np.memmap(path, np.uint8, "r") if found else np.zeros(0, np.uint8)
        except OSError as error:
            raise BundleError(f"{path}: {error.strerror or error}; {_COPY_AGAIN}") from None


def _end_of_image(item) -> int:
    return item["offset"] + item["height"] * item["width"] * 3


def _end(entry) -> int:
    return entry["offset"] + entry["bytes"]


def open_stores(folder, data: dict, device, roots: dict, memory: ImageMemory) -> dict:
    """The stores of a run by what they are for: "train", "evaluated", and "validation" if the run
    has one; the same object where two are one.

    Args:
        data: what `read_data` returns.
        roots: the folders of data sets by name, for images that are not in the bundle.
    Raises BundleError as `Store`.
    """
    by_key, stores = {}, {}
    for purpose, key in data["stores"].items():
        if key not in by_key:
            by_key[key] = Store(folder, key, device, memory=memory)
            by_key[key].root = roots.get(by_key[key].dataset)
        stores[purpose] = by_key[key]
    return stores


def read_png(path) -> np.ndarray:
    """A PNG file's picture as Sources/Datasets/Images/PNG.swift reads it, uint8 [H, W, 3]: alpha is
    dropped, grays and palettes become colors, 16-bit samples keep their high byte.

    Raises BundleError if Pillow is missing or the file cannot be decoded.
    """
    try:
        from PIL import Image
    except ImportError:
        raise BundleError(
            f"{path}: Pillow is needed to read PNG files; install it with: "
            "python -m pip install pillow") from None
    # Street scenes of 100 million pixels are not attacks.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=["PNG"]) as image:
            if image.mode.startswith("I"):
                gray = (np.asarray(image) >> 8).astype(np.uint8)
                return np.repeat(gray[:, :, None], 3, axis=2)
            # A transparent color is a color; Pillow warns about those of palettes.
            image.info.pop("transparency", None)
            return np.array(image.convert("RGB"))
    except Exception:  # A damaged file can raise almost anything.
        raise BundleError(f"{path}: cannot be decoded as PNG; replace the file") from None


# Resizing


def axis_taps(size: int, new_size: int, window: range) -> tuple[np.ndarray, np.ndarray]:
    """For some outputs along one axis, the inputs that contribute and their weights: int64 and
    float32, both [taps, outputs].

    Enlarging is bilinear between pixel centers, shrinking averages the area that an output covers.
    An output with fewer inputs than another has weights of 0, whose products change no sum.
    """
    places = np.arange(window.start, window.stop, dtype=np.int64)
    if new_size < size:
        # In units of 1 / new_size inputs, where overlaps are exact.
        low, high = places * size, (places + 1) * size
        first = low // new_size
        count = int(((high + new_size - 1) // new_size - first).max(initial=1))
        inputs = first + np.arange(count)[:, None]
        overlaps = np.minimum(high, (inputs + 1) * new_size) - np.maximum(low, inputs * new_size)
        weights = np.maximum(overlaps, 0).astype(np.float32) / np.float32(size)
        return np.minimum(inputs, size - 1), weights
    centers = (places + 0.5) * float(size) / float(new_size) - 0.5
    positions = np.clip(centers, 0, size - 1)
    low = np.minimum(positions.astype(np.int64), size - 1)
    second = (positions - low).astype(np.float32)
    count = 2 if second.any() else 1
    inputs = np.stack([low, np.minimum(low + 1, size - 1)])
    return inputs[:count], np.stack([np.float32(1) - second, second])[:count]


def resized_image(image, height: int, width: int, rows=None, columns=None) -> torch.Tensor:
    """The image, uint8 [h, w, 3], at another size, as Sources/Datasets/Images/Images+Resize.swift.

    Args:
        rows, columns: ranges of the result to compute; None: all.
    """
    rows = range(height) if rows is None else rows
    columns = range(width) if columns is None else columns
    size = tuple(image.shape[:2])
    if size == (height, width) == (len(rows), len(columns)):
        return image
    ys, row_weights = axis_taps(size[0], height, rows)
    xs, column_weights = axis_taps(size[1], width, columns)
    # Rows and columns that no output needs are left out.
    top, left = ys.min(), xs.min()
    needed = image[top:ys.max() + 1, left:xs.max() + 1]
    lines = needed.reshape(needed.shape[0], -1)
    blended = _weighted_sum(None, lines, 0, ys - top, row_weights)
    # The three channels of a column are three neighbors.
    elements = ((xs - left)[:, :, None] * 3 + np.arange(3)).reshape(len(xs), -1)
    weights = np.repeat(column_weights, 3, axis=1)
    half = torch.full((len(rows), 3 * len(columns)), 0.5, device=image.device)
    total = _weighted_sum(half, blended, 1, elements, weights)
    return total.to(torch.uint8).reshape(len(rows), len(columns), 3)


def _weighted_sum(total, source, axis: int, inputs: np.ndarray, weights: np.ndarray):
    """Adds to `total`, tap by tap, the inputs along an axis times their weights: each product and
    each sum is rounded, as Swift's are."""
    device = source.device
    shape = (-1, 1) if axis == 0 else (1, -1)
    for places, factors in zip(torch.from_numpy(inputs), torch.from_numpy(weights)):
        term = source.index_select(axis, places.to(device)).to(torch.float32)
        term = term.mul_(factors.to(device).reshape(shape))
        total = term if total is None else total.add_(term)
    return total


def resized_labels(labels, height: int, width: int, rows=None, columns=None) -> torch.Tensor:
    """The labels, [h, w], at another size, by nearest neighbor in whole numbers."""
    sizes = ((labels.shape[0], height, rows), (labels.shape[1], width, columns))
    for axis, (size, new_size, window) in enumerate(sizes):
        window = range(new_size) if window is None else window
        if size == new_size == len(window):
            continue
        places = np.arange(window.start, window.stop, dtype=np.int64)
        inputs = torch.from_numpy((2 * places + 1) * size // (2 * new_size))
        labels = labels.index_select(axis, inputs.to(labels.device))
    return labels


def resized(sample, height: int, width: int, rows=None, columns=None):
    """Image and labels at another size, or a window of that."""
    image, labels = sample
    return (
        resized_image(image, height, width, rows, columns),
        resized_labels(labels, height, width, rows, columns))


# Augmentation


class ColorJitter:
    """Random brightness, contrast and saturation, in this order, each a factor uniform in
    [1 - strength, 1 + strength], as Sources/Datasets/Sampling/ColorJitter.swift."""

    # A gray is 0 or at least half of 0.114, so that it is a multiple of 2^-28.
    _UNIT = 2.0**28

    def __init__(self, strength: float, random: RandomSource):
        low, high = max(0.0, 1 - strength), 1 + strength
        factors = [np.float32(_uniform(random, low, high)) for _ in range(3)]
        self.brightness, self.contrast, self.saturation = factors

    def apply(self, image: torch.Tensor) -> torch.Tensor:
        """Another image, uint8 [h, w, 3]."""
        if image.numel() == 0:
            return image
        # Colors are planes here; scalars are rounded to float32 already.
        color = image.permute(2, 0, 1).contiguous().to(torch.float32)
        color = color.mul_(float(self.brightness)).clamp_(0, 255)
        base = self._mean(_gray(color)).mul_(float(np.float32(1) - self.contrast))
        color = color.mul_(float(self.contrast)).add_(base).clamp_(0, 255)
        gray = _gray(color).mul_(float(np.float32(1) - self.saturation))
        color = color.mul_(float(self.saturation)).add_(gray).clamp_(0, 255)
        return color.add_(0.5).to(torch.uint8).permute(1, 2, 0)

    def _mean(self, gray: torch.Tensor) -> torch.Tensor:
        """In whole numbers, so that the order of additions is no matter. Swift adds doubles: the
        two differ where 53 bits do not hold a sum, and hardly ever after rounding to a float."""
        total = gray.mul_(self._UNIT).to(torch.int64).sum().to(torch.float64).mul_(1 / self._UNIT)
        # A number would be taken by its reciprocal on a GPU.
        return total.div_(torch.full_like(total, gray.numel())).to(torch.float32)


def _gray(color: torch.Tensor) -> torch.Tensor:
    """ITU-R 601 luma of [3, h, w]."""
    red, green, blue = color
    return red.mul(0.299).add_(green.mul(0.587)).add_(blue.mul(0.114))


def _uniform(random: RandomSource, low: float, high: float) -> float:
    return low + (high - low) * random.uniform()


def half_away(value: float) -> int:
    """The nearest whole number; of two, the one that is farther from 0."""
    whole = math.floor(abs(value))
    whole += abs(value) - whole >= 0.5
    return int(math.copysign(whole, value))


class Crop:
    """A window at a random place of a scaled image. Along an axis where the scaled image is smaller
    than the window, it lies at a random place inside the window instead."""

    def __init__(self, scaled, size, random: RandomSource):
        """
        Args:
            scaled: height and width of the scaled image before rounding.
            size: height and width of the window.
        """
        self.scaled = tuple(max(1, half_away(side)) for side in scaled)
        self.size = tuple(size)
        # Rows, then columns; negative: of padding.
        self.start = tuple(
            _offset(random, side - window) for side, window in zip(self.scaled, self.size))

    def cut(self, sample):
        """The part of the window that the scaled image covers."""
        spans = zip(self.start, self.size, self.scaled)
        windows = [range(max(0, a), min(side, a + length)) for a, length, side in spans]
        return resized(sample, *self.scaled, *windows)

    def pad(self, part, color):
        """The whole window, with ignored labels and a color around the part."""
        image, labels = part
        if tuple(labels.shape) == self.size:
            return part
        spans = zip(self.start, labels.shape)
        inside = tuple(slice(max(0, -a), max(0, -a) + length) for a, length in spans)
        whole = torch.tensor(color, dtype=torch.uint8, device=image.device).repeat(*self.size, 1)
        ids = torch.full(self.size, IGNORED, dtype=torch.uint8, device=image.device)
        whole[inside], ids[inside] = image, labels
        return whole, ids


def _offset(random: RandomSource, spare: int) -> int:
    drawn = random.below(abs(spare) + 1)
    return -drawn if spare < 0 else drawn


class ScaleAndCrop:
    """A random scale, then a random crop of the training size, as in DeepLab."""

    def __init__(self, scales, base=None, flips: bool = False):
        """
        Args:
            scales: the smallest and the largest, between which they are drawn uniformly.
            base: height and width of an image at scale 1; None: those of its file.
            flips: whether to flip horizontally, with probability 1/2.
        """
        self.scales, self.base, self.flips = scales, base, flips

    def apply(self, sample, size, padding, random: RandomSource):
        """The sample as it is fed to the network, of `size` (height, width)."""
        is_mirrored = self.flips and random.uniform() < 0.5
        scale = _uniform(random, *self.scales)
        base = self.base or sample[1].shape
        crop = Crop([side * scale for side in base], size, random)
        padded = crop.pad(crop.cut(sample), padding)
        return _mirrored(padded) if is_mirrored else padded


def scale_and_crop(configuration: dict, sizes: str) -> ScaleAndCrop | None:
    """What the data configuration's `crop` names; None without it.

    Args:
        sizes: "store", "labelFiles" or "files", as in data/<key>.json.
    """
    crop = configuration.get("crop")
    if crop is None:
        return None
    base = None
    if sizes != "files":
        sides = ("evaluateHeight", "height"), ("evaluateWidth", "width")
        base = [configuration.get(side, configuration[other]) for side, other in sides]
    scales = sorted((crop["smallest"], crop["largest"]))
    return ScaleAndCrop(scales, base, flips=configuration["augmentation"] == "flip")


def augmented(kind: str, sample, size, padding, random: RandomSource):
    """The sample as it is fed to the network, of `size`: "none", "flip" or "cityscapes"."""
    if kind == "cityscapes":
        return _cityscapes(sample, size, padding, random)
    result = resized(sample, *size)
    return _mirrored(result) if kind == "flip" and random.uniform() < 0.5 else result


def _cityscapes(sample, size, padding, random: RandomSource):
    jitter = ColorJitter(CITYSCAPES_JITTER, random)
    is_mirrored = random.uniform() < 0.5
    scale = CITYSCAPES_SCALES[random.below(len(CITYSCAPES_SCALES))]
    crop = Crop([side * scale for side in sample[1].shape], size, random)
    image, labels = crop.cut(sample)
    padded = crop.pad((jitter.apply(image), labels), padding)
    return _mirrored(padded) if is_mirrored else padded


def _mirrored(sample):
    image, labels = sample
    return image.flip(1), labels.flip(1)


# Batches


class Normalization:
    """Bytes to network input: (value / 255 - mean) / deviation, channel by channel."""

    def __init__(self, mean, deviation, device):
        """
        Args:
            mean, deviation: of red, green and blue, as fractions of 255.
        """
        mean, deviation = np.float32(mean), np.float32(deviation)
        self.deviation = deviation
        bytes = np.arange(256, dtype=np.float32) / np.float32(255)
        table = (bytes - mean[:, None]) / deviation[:, None]
        self.table = torch.from_numpy(table).to(device)
        # What an image is padded with.
        self.mean_bytes = [
            min(255, max(0, half_away(float(value * np.float32(255))))) for value in mean]

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        """uint8 [H, W, 3] to float32 [3, H, W]."""
        size = image.shape[:2]
        planes = [
            self.table[c].index_select(0, image[:, :, c].reshape(-1).to(torch.int32))
            for c in range(3)]
        return torch.stack(planes).reshape(3, *size)


def _batch(samples, normalization: Normalization) -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = zip(*samples)
    return (
        torch.stack([normalization(image) for image in images]),
        torch.stack(labels).to(torch.int64))


class TrainingSampler:
    """The batches of a training run, a function of seed and iteration alone: a resumed run sees
    what an uninterrupted one would have seen."""

    def __init__(
        self, store: Store, configuration: dict, sizes: str, batch: int, seed: int,
        normalization: Normalization
    ):
        """
        Args:
            configuration: the run's data configuration.
            sizes: "store", "labelFiles" or "files", as in data/<key>.json.
            batch: images per batch, of all processes together.
        """
        self.store, self.batch_size, self.seed = store, batch, seed
        self.normalization = normalization
        self.size = configuration["height"], configuration["width"]
        self.augmentation = configuration["augmentation"]
        self.crop = scale_and_crop(configuration, sizes)
        self._orders = {}

    def items(self, iteration: int) -> list[int]:
        """The items of a whole batch. Every epoch is a permutation of all; epochs follow each other
        without a gap."""
        first = iteration * self.batch_size
        positions = range(first, first + self.batch_size)
        return [self._order(p // len(self.store))[p % len(self.store)] for p in positions]

    def _order(self, epoch: int) -> list[int]:
        if epoch not in self._orders:
            source = RandomSource(self.seed, "epoch order", epoch)
            recent = {e: order for e, order in self._orders.items() if abs(e - epoch) == 1}
            self._orders = {**recent, epoch: source.permutation(len(self.store))}
        return self._orders[epoch]

    def batch(self, iteration: int, part: range | None = None):
        """The batch of an iteration, counted from zero: images, float32 [n, 3, H, W], and labels,
        int64 [n, H, W] with 255 ignored, on the store's device.

        Args:
            part: the places in the batch that are made: those of one process of several that train
                together. None: all.
        Raises BundleError as `Store.sample`.
        """
        places = range(self.batch_size) if part is None else part
        items, next_items = self.items(iteration), self.items(iteration + 1)
        self.store.prefetch(items[n] for n in places)
        self.store.prefetch(next_items[n] for n in places)
        samples = [self._sample(iteration, n, items[n]) for n in places]
        return _batch(samples, self.normalization)

    def _sample(self, iteration: int, place: int, item: int):
        random = RandomSource(self.seed, "augmentation", iteration * self.batch_size + place)
        sample, padding = self.store.sample(item), self.normalization.mean_bytes
        if self.crop is not None:
            return self.crop.apply(sample, self.size, padding, random)
        return augmented(self.augmentation, sample, self.size, padding, random)


def evaluation_batch(store: Store, images: range, normalization: Normalization):
    """The images of a range without augmentation, float32 [n, 3, H, W], with their labels, int64
    [n, H, W], both at the store's size; on its device.

    Raises BundleError as `Store.sample`.
    """
    _prefetch_next(store, images)
    return _batch([store.resized(index) for index in images], normalization)


def _prefetch_next(store: Store, images: range) -> None:
    store.prefetch(range(images.start, min(len(store), images.stop + len(images))))


class EvaluationSampler:
    """The whole images of a store in order, without augmentation.

    sizes: "store": images and labels have the store's size; "labelFiles": labels have that of their
    files; "files": both have that of their files.
    """

    def __init__(self, store: Store, sizes: str, normalization: Normalization):
        self.store, self.sizes, self.normalization = store, sizes, normalization

    def ranges(self, batch: int) -> list[range]:
        """The images of each batch: at most `batch`, or one where files differ in size."""
        step = 1 if self.sizes == "files" else batch
        count = len(self.store)
        return [range(first, min(count, first + step)) for first in range(0, count, step)]

    def batch(self, images: range):
        """Network input, float32 [n, 3, h, w], and labels, int64 [n, H, W]; None where
        `file_labels` has the labels.

        Raises BundleError as `Store.sample`.
        """
        if self.sizes != "files":
            images, labels = evaluation_batch(self.store, images, self.normalization)
            return images, labels if self.sizes == "store" else None
        _prefetch_next(self.store, images)
        (index,) = images
        return self.normalization(self.store.sample(index)[0])[None], None

    def file_labels(self, index: int) -> torch.Tensor:
        """An image's labels at the size of their file, int64 [H, W]."""
        return self.store.file_labels(index).to(torch.int64)
