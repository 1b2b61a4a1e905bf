"""A bundle for the PyTorch engine made by hand, for its checks: images of colored blocks.

    python tiny_bundle.py FOLDER

writes what `recallbench bundle` would, with a few runs on 9 training images of 24 x 40 pixels.
"""

import hashlib
import json
import shutil
import sys
import zlib
from pathlib import Path

import numpy as np

ENGINE = Path(__file__).resolve().parents[3] / "Sources/Experiments/TorchEngine"
CLASSES = ["sky", "road", "tree", "car"]
HEIGHT, WIDTH, IGNORED = 24, 40, 255
COLORS = np.array([[90, 140, 220], [110, 100, 100], [40, 120, 30], [200, 30, 40], [0, 0, 0]])
LIST = {"train": 9, "validation": 4, "evaluated": 5}
TRAINING = {
    "iterations": 12, "batch": 4, "learningRate": 2e-3, "checkpoint": "best", "validateEvery": 4}
USERS_LOSS = '''import torch
from torch import nn
from torch.nn import functional as F


class Smoothed(nn.Module):
    """Cross-entropy with weights that move with the batches: it has a state."""

    def __init__(self, momentum=0.5):
        super().__init__()
        self.momentum = momentum
        self.register_buffer("level", torch.tensor(1.0))

    def forward(self, logits, labels):
        ce = F.cross_entropy(logits, labels, ignore_index=255)
        self.level.mul_(self.momentum).add_(ce.detach() * (1 - self.momentum))
        return ce * (1 + self.level)


def broken(logits, labels):
    raise ValueError("two\\nlines")


def undefined(logits, labels):
    return logits.sum() * float("nan")


class Late:
    """Is not finite from its fifth call on."""

    calls = 0

    def __call__(self, logits, labels):
        self.calls += 1
        ce = F.cross_entropy(logits, labels, ignore_index=255)
        return ce if self.calls < 5 else ce * float("inf")
'''


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def scene(generator) -> tuple[np.ndarray, np.ndarray]:
    """An image, uint8 [H, W, 3], and its labels, uint8 [H, W], in blocks of 8 x 8 pixels."""
    blocks = generator.choice(5, (HEIGHT // 8, WIDTH // 8), p=[0.3, 0.3, 0.2, 0.1, 0.1])
    ids = blocks.repeat(8, 0).repeat(8, 1)
    noise = generator.integers(-20, 21, (HEIGHT, WIDTH, 3))
    image = np.clip(COLORS[ids] + noise, 0, 255).astype(np.uint8)
    return image, np.where(ids == 4, IGNORED, ids).astype(np.uint8)


def _given(values: dict) -> dict:
    return {key: value for key, value in values.items() if value is not None}


class Bundle:
    """A bundle in the making."""

    def __init__(self, folder: Path):
        self.folder, self.files, self.runs = Path(folder), {}, []
        self.folder.mkdir(parents=True)
        self.sources = {}
        for path in sorted(ENGINE.glob("*.py")):
            shutil.copy(path, self.folder)
            self.sources[path.name] = sha256(path.read_bytes())
        self.pixels = self._stores()
        self._data()

    def add(self, path: str, content: bytes) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(content)
        self.files[path] = sha256(content)

    def _stores(self) -> list[int]:
        """Writes the images; returns the training split's pixels by class."""
        generator, pixels = np.random.default_rng(1), np.zeros(256, np.int64)
        for split, count in LIST.items():
            scenes = [scene(generator) for _ in range(count)]
            self._store(split, scenes)
            if split == "train":
                pixels = np.bincount(np.stack([s[1] for s in scenes]).reshape(-1), minlength=256)
        return pixels[:len(CLASSES)].tolist()

    def _store(self, split: str, scenes) -> None:
        items, images, labels = [], b"", b""
        for index, (image, ids) in enumerate(scenes):
            stream = zlib.compress(ids.tobytes())
            items.append({
                "name": f"{split}/{index:04}", "height": HEIGHT, "width": WIDTH,
                "offset": len(images), "sha256": sha256(image.tobytes()),
                "labels": [len(labels), len(stream)], "labelsSha256": sha256(ids.tobytes())})
            images, labels = images + image.tobytes(), labels + stream
        self.add(f"stores/{split}.json", json.dumps({
            "dataset": "tiny", "images": "bytes", "height": HEIGHT, "width": WIDTH,
            "keepsFullSize": False, "items": items}).encode())
        (self.folder / f"stores/{split}.images").write_bytes(images)
        (self.folder / f"stores/{split}.labels").write_bytes(labels)

    def _data(self) -> None:
        self.configuration = {
            "name": "tiny", "source": "folders", "split": "official", "height": HEIGHT,
            "width": WIDTH, "augmentation": "flip", "evaluate": "test"}
        self.add("data/tiny.json", json.dumps({
            "configuration": self.configuration, "splitDigest": sha256(b"tiny"),
            "split": {
                "train": [f"train/{i:04}" for i in range(LIST["train"])],
                "evaluated": [f"evaluated/{i:04}" for i in range(LIST["evaluated"])],
                "trainClassPixels": self.pixels},
            "classes": CLASSES, "pictured": [0, 2], "sizes": "store", "height": HEIGHT,
            "width": WIDTH, "boundaryWidth": 1,
            "normalization": {"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]},
            "stores": {name: name for name in LIST}}).encode())

    def run(self, loss: str, seed: int = 1, training: dict | None = None, **changes) -> str:
        """Adds a run; returns its name. `changes` are of the configuration."""
        from network import make_network, weights_digest
        configuration = {
            "data": self.configuration, "backbone": "resnet18", "width": 0.0625, "loss": loss,
            "training": _given(TRAINING | (training or {})), "seed": seed,
            "evaluation": {"priorCorrection": [0, 0.5], "boundary": True, "calibration": True},
            **changes}
        entry = {"configuration": configuration, "data": "tiny", "classes": len(CLASSES)}
        if loss.startswith("torch:"):
            entry["torch"] = {"path": self._users_loss(configuration)}
        text = json.dumps(configuration, sort_keys=True)
        entry["digest"] = sha256(text.encode())
        network = make_network(configuration, len(CLASSES))
        entry["weights"] = {"sha256": weights_digest(network)}
        slug = "".join(c if c.isalnum() else "-" for c in loss)
        entry["name"] = f"tiny-resnet18-{slug}-s{seed}-{entry['digest'][:12]}"
        self.runs.append(entry)
        return entry["name"]

    def _users_loss(self, configuration: dict) -> str:
        content = USERS_LOSS.encode()
        name, _, arguments = configuration["loss"][6:].rstrip(")").partition("(")
        configuration["torch"] = {"name": name, "sha256": sha256(content)}
        if arguments:
            configuration["torch"]["arguments"] = arguments
        path = f"torch/{sha256(content)[:12]}/my_losses.py"
        self.add(path, content)
        return path

    def write(self) -> None:
        """Writes bundle.json."""
        (self.folder / "bundle.json").write_text(json.dumps({
            "version": 1, "sweep": "tiny", "program": {"commit": "none", "code": "none"},
            "sources": self.sources, "files": self.files, "runs": self.runs}, indent=1))


def make(folder) -> Path:
    """A bundle of six runs."""
    sys.path.append(str(ENGINE))
    bundle = Bundle(folder)
    bundle.run("ce")
    bundle.run("recall", seed=2, architecture="deeplabv3plus")
    bundle.run("recall(momentum: 0.9)", training={
        "optimizer": {"name": "adamw", "weightDecay": 0.01}})
    bundle.run("soft_iou + 0.5 * weighted_ce", training={
        "checkpoint": "last",
        "schedule": {"shape": "polynomial", "power": 0.9, "warmup": 3, "warmupFactor": 0.1}})
    bundle.run("torch:Smoothed(momentum=0.7)", training={
        "optimizer": {"name": "sgd", "momentum": 0.9, "nesterov": True}, "learningRate": 0.01})
    bundle.run("focal(gamma: 2)", training={"checkpoint": "last", "validateEvery": None})
    bundle.write()
    return bundle.folder


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tiny_bundle.py FOLDER")
    make(sys.argv[1])
