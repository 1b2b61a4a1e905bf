"""CamVid as RecallBench feeds it, read with Pillow: the same images, labels, order and flips."""

import math
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

sys.path.append(str(Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "torch"))
from random_source import RandomSource  # noqa: E402

CLASSES = [
    "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian",
    "bicyclist"]
VOID, IGNORED = 11, 255
# ImageNet's statistics.
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


def shrunk(image: Image.Image, height: int, width: int) -> np.ndarray:
    """The averages of the areas that the new pixels cover, rounded. Image.BOX is no such average
    (it takes whole pixels only); enlarging without blending and then reducing by an integer is."""
    common = math.gcd(image.width, width), math.gcd(image.height, height)
    down = image.width // common[0], image.height // common[1]
    large = image.resize((down[0] * width, down[1] * height), Image.NEAREST)
    return np.asarray(large.reduce(down))


def nearest(labels: np.ndarray, height: int, width: int) -> np.ndarray:
    """The label at the centre of each new pixel; on a border, the later one. Image.NEAREST is at
    the mercy of rounding there."""
    rows = (2 * np.arange(height) + 1) * labels.shape[0] // (2 * height)
    columns = (2 * np.arange(width) + 1) * labels.shape[1] // (2 * width)
    return labels[rows][:, columns]


class Split:
    """A split's images, uint8 [N, H, W, 3], and labels, uint8 [N, H, W]."""

    def __init__(self, root: Path, name: str, height: int, width: int):
        self.names, images, labels = [], [], []
        for line in (root / f"{name}.txt").read_text().splitlines():
            # The paths are of somebody else's disk: the last folder and the name count.
            image, label = (root.joinpath(*path.split("/")[-2:]) for path in line.split())
            self.names.append(f"{name}/{image.stem}")
            images.append(shrunk(Image.open(image).convert("RGB"), height, width))
            labels.append(nearest(np.asarray(Image.open(label)), height, width))
        self.images, labels = np.stack(images), np.stack(labels)
        assert labels.max() <= VOID, "a label that CamVid does not define"
        self.labels = np.where(labels == VOID, IGNORED, labels).astype(np.uint8)

    def __len__(self) -> int:
        return len(self.images)

    def class_pixels(self) -> np.ndarray:
        return np.bincount(self.labels.reshape(-1), minlength=256)[:len(CLASSES)]

    def tensors(self, items, flips=None) -> tuple[torch.Tensor, torch.Tensor]:
        """Normalised images [N, 3, H, W], float32, and labels [N, H, W], int64."""
        images, labels = self.images[items], self.labels[items]
        for i in np.flatnonzero(flips if flips is not None else []):
            images[i], labels[i] = images[i, :, ::-1].copy(), labels[i, :, ::-1].copy()
        x = (images.astype(np.float32) / np.float32(255) - MEAN) / DEVIATION
        return (
            torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(),
            torch.from_numpy(labels.astype(np.int64)))


class Batches:
    """The training batches of Sources/Datasets/TrainingSampler.swift: every epoch a permutation,
    epochs without a gap, each image mirrored or not by a draw of its own."""

    def __init__(self, split: Split, batch: int, seed: int):
        self.split, self.batch, self.seed, self.orders = split, batch, seed, {}

    def order(self, epoch: int) -> list[int]:
        if epoch not in self.orders:
            source = RandomSource(self.seed, "epoch order", epoch)
            self.orders[epoch] = source.permutation(len(self.split))
        return self.orders[epoch]

    def at(self, iteration: int) -> tuple[torch.Tensor, torch.Tensor]:
        positions = range(iteration * self.batch, (iteration + 1) * self.batch)
        items = [self.order(p // len(self.split))[p % len(self.split)] for p in positions]
        flips = [RandomSource(self.seed, "augmentation", p).uniform() < 0.5 for p in positions]
        return self.split.tensors(items, flips)
