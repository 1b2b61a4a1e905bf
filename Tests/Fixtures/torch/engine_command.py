"""Short runs of the command on made-up images, whose batches and logits a loss written in PyTorch
records: what check_engine_batches.py and check_engine_scores.py hold the engine against.

The network starts from weights of reference_model.py, and a learning rate that changes none of them
keeps it there, so that PyTorch computes the same logits from the same images.
"""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import torch

import engine_plain as plain
from fixture_file import SharedDropout
from random_source import RandomSource
from reference_model import DeepLabV3

CLASSES = 4
GIVEN = "{mean: [0.41, 0.3, 0.52], deviation: [0.2, 0.31, 0.17]}"
# The sweep file's fields; the data configuration that they become, as far as it shapes batches; the
# sizes of evaluation.
SETTINGS = [
    ({"size": [32, 48], "augmentation": "none", "evaluate_size": "input",
      "normalization": "training"},
     {"augmentation": "none", "height": 32, "width": 48}, "store"),
    ({"size": [32, 48], "augmentation": "flip", "evaluate_size": "files", "normalization": GIVEN},
     {"augmentation": "flip", "height": 32, "width": 48}, "labelFiles"),
    ({"size": [48, 64], "augmentation": "cityscapes", "evaluate_size": "files",
      "normalization": "training"},
     {"augmentation": "cityscapes", "height": 48, "width": 64}, "files"),
    ({"size": [48, 48], "augmentation": "{scale: [0.5, 2], flip: true}", "evaluate_size": "files",
      "normalization": "imagenet"},
     {"augmentation": "flip", "height": 48, "width": 48,
      "crop": {"smallest": 0.5, "largest": 2.0}}, "files"),
    ({"size": [48, 48], "augmentation": "{scale: [0.7, 1.4]}", "evaluate_size": [40, 56],
      "normalization": GIVEN},
     {"augmentation": "none", "height": 48, "width": 48, "evaluateHeight": 40,
      "evaluateWidth": 56, "crop": {"smallest": 0.7, "largest": 1.4}}, "store"),
]

LOSS = """
import numpy as np
steps = 0
def Recorded(logits, labels):
    global steps
    value = logits.square().mean()
    np.savez(
        "{folder}/step%d.npz" % steps, logits=logits.detach().numpy(), labels=labels.numpy(),
        value=float(value.detach()))
    steps += 1
    return value
"""

SWEEP = """
name: recorded
seeds: [1]
backbones: [resnet18]
losses: [ce]
network: {{width: 0.0625}}
training: {{iterations: {iterations}, batch: {batch}, learning_rate: 1e-12}}
datasets:
  made_up:
    source: folders
    folders:
      root: "{folder}/data"
      images: {{train: images/train, test: images/test}}
      labels: {{train: labels/train, test: labels/test}}
      label_type: gray
      classes: [{{id: 0, name: a}}, {{id: 1, name: b}}, {{id: 2, name: c}}, {{id: 3, name: d}}]
      ignored: [255]
      normalization: {normalization}
    size: {size}
    augmentation: {augmentation}
    evaluate_size: {evaluate_size}
evaluate: {{boundary: true, calibration: true}}
"""


class Run:
    """One run of `recallbench train`, in a folder of its own."""

    SEED, BATCH, ITERATIONS = 9007199254740991, 3, 6

    def __init__(self, command: str, folder: Path, fields: dict):
        self.folder = folder
        self.train = plain.pictures(5, [(50, 76), (64, 40), (33, 90)], CLASSES, seed=8)
        self.test = plain.pictures(7, [(50, 76), (64, 40)], CLASSES, seed=9)
        for split in ("train", "test"):
            for number, (image, labels) in enumerate(getattr(self, split)):
                plain.write_png(folder / f"data/images/{split}/{number:04}.png", image)
                plain.write_png(folder / f"data/labels/{split}/{number:04}.png", labels)
        torch.manual_seed(3)
        self.network = DeepLabV3("resnet18", CLASSES, 0.0625)
        torch.save(self.network.state_dict(), folder / "start.pth")
        (folder / "recorded.py").write_text(LOSS.format(folder=folder))
        (folder / "sweep.yml").write_text(SWEEP.format(
            folder=folder, iterations=self.ITERATIONS, batch=self.BATCH, **fields))
        result = subprocess.run(
            [command, "train", folder / "sweep.yml", "--dataset", "made_up", "--backbone",
             "resnet18", "--torch", f"{folder}/recorded.py:Recorded", "--output", folder / "out",
             "--seed", str(self.SEED), "--pretrained", folder / "start.pth", "--python",
             sys.executable, "--threads", "1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
        assert result.returncode == 0, result.stdout

    def normalization(self):
        """Mean and deviation, as the run's split has them or as they were given."""
        (split,) = (self.folder / "out/splits").glob("*.json")
        computed = json.loads(split.read_text()).get("normalization")
        if computed is not None:
            return computed["mean"], computed["deviation"]
        if "imagenet" in (self.folder / "sweep.yml").read_text():
            return [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
        return [0.41, 0.3, 0.52], [0.2, 0.31, 0.17]

    def steps(self):
        """Of each iteration, the logits and the labels that the loss was given, and its value."""
        for iteration in range(self.ITERATIONS):
            with np.load(self.folder / f"step{iteration}.npz") as step:
                yield step["logits"], step["labels"], float(step["value"])

    def forward(self, images: torch.Tensor, iteration: int) -> np.ndarray:
        """The logits of a training step on these images."""
        self.network.classifier[0].dropout = SharedDropout(
            0.5, lambda: RandomSource(self.SEED, "dropout", iteration))
        with torch.no_grad():
            return self.network.train()(images.cpu()).numpy()

    def stored(self) -> tuple[DeepLabV3, dict[str, np.ndarray]]:
        """The network that was evaluated, in evaluation mode, and what was counted."""
        (folder,) = (self.folder / "out/runs").glob("*")
        network = DeepLabV3("resnet18", CLASSES, 0.0625)
        weights = read_safetensors(folder / "weights.safetensors")
        missing = network.load_state_dict(weights, strict=False)
        assert all(name.endswith("num_batches_tracked") for name in missing.missing_keys)
        with np.load(folder / "arrays.npz") as arrays:
            return network.eval(), {n: arrays[n] for n in arrays.files if "." not in n}

    def history(self) -> list[dict]:
        (file,) = (self.folder / "out/runs").glob("*/arrays.npz")
        with zipfile.ZipFile(file) as archive:
            return [json.loads(line) for line in archive.read("history.jsonl").splitlines()]


def read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            first, last = (start + place for place in entry["data_offsets"])
            array = np.frombuffer(data[first:last], "<f4").reshape(entry["shape"])
            tensors[name] = torch.from_numpy(array.copy())
    return tensors
