"""Trains RecallBench's DeepLabV3 on CamVid once more, in PyTorch; see camvid.md.

    python benchmarks/pytorch-parity/camvid.py --camvid PATH [--losses recall] [--seeds 1,2] [--jobs 2]

A finished run is one file in benchmarks/pytorch-parity/runs; what is there with the same settings is not
trained again. `--predictions FOLDER` also writes the last run's predictions and labels as PNGs.
"""

import argparse
import copy
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

from data import CLASSES, Batches, Split
from model import LOSSES, Network
from scores import matrix, scores

FOLDER = Path(__file__).resolve().parent
# As in camvid.yml beside this file.
SETTINGS = {
    "data": "camvid", "height": 180, "width_pixels": 240, "augmentation": "flip",
    "backbone": "resnet18", "width": 0.25, "iterations": 1400, "batch": 4, "learning_rate": 2e-3,
    "checkpoint": "best", "validate_every": 140}
SEEDS = [1, 2, 3, 4, 5, 6]


class Data:
    def __init__(self, root: Path, splits=("train", "val", "test")):
        extent = SETTINGS["height"], SETTINGS["width_pixels"]
        self.train, self.val, self.test = (
            Split(root, name, *extent) if name in splits else None
            for name in ("train", "val", "test"))


def predict(module: torch.nn.Module, split: Split) -> np.ndarray:
    """Class ids [N, H, W] from running statistics."""
    module.eval()
    with torch.no_grad():
        parts = [
            module(split.tensors(slice(start, start + SETTINGS["batch"]))[0]).argmax(1)
            for start in range(0, len(split), SETTINGS["batch"])]
    module.train()
    return torch.cat(parts).numpy().astype(np.uint8)


def steps(data: Data, loss: str, seed: int, iterations: int, learning_rate: float):
    """Trains; yields the network and the loss of each step after it."""
    network = Network(SETTINGS, len(CLASSES), seed)
    network.module.train()
    optimizer = torch.optim.Adam(network.module.parameters(), lr=learning_rate)
    batches = Batches(data.train, SETTINGS["batch"], seed)
    counts = torch.from_numpy(data.train.class_pixels())
    for iteration in range(iterations):
        network.iteration = iteration
        images, labels = batches.at(iteration)
        value = LOSSES[loss](network.module(images), labels, counts)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        if not torch.isfinite(value):
            sys.exit(f"{loss}, seed {seed}: the loss is {value.item()} at {iteration + 1}")
        yield network.module, value.item()


def train(data: Data, loss: str, seed: int):
    """A run's record, and its predictions on the test split."""
    begun = environment()
    start, values, looks, best = time.monotonic(), [], [], None
    every, interval = SETTINGS["validate_every"], SETTINGS["iterations"] // 100
    for module, value in steps(
            data, loss, seed, SETTINGS["iterations"], SETTINGS["learning_rate"]):
        values.append(value)
        if len(values) % every == 0 or len(values) == SETTINGS["iterations"]:
            look = scores(matrix(data.val.labels, predict(module, data.val), len(CLASSES)))
            looks.append(
                {"iteration": len(values), "mean_iou": look["mean_iou"],
                 "mean_accuracy": look["mean_accuracy"]})
            if best is None or look["mean_iou"] > best[1]:
                best = len(values), look["mean_iou"], copy.deepcopy(module.state_dict())
            print(f"{loss} s{seed} {len(values)}: loss {np.mean(values[-interval:]):.4f}, "
                  f"validation mIoU {100 * look['mean_iou']:.2f}", flush=True)
    trained = time.monotonic()
    module.load_state_dict(best[2])
    predicted = predict(module, data.test)
    confusion = matrix(data.test.labels, predicted, len(CLASSES))
    return {
        "settings": SETTINGS, "loss": loss, "seed": seed, "evaluated_iteration": best[0],
        "environment": begun, "training_seconds": round(trained - start, 1),
        "evaluation_seconds": round(time.monotonic() - trained, 1),
        # Means over steps, as in RecallBench's history.jsonl.
        "history": {"every": interval, "loss": np.reshape(values, (-1, interval)).mean(1).tolist()},
        "validation": looks, "classes": CLASSES, "test": scores(confusion),
        "test_confusion": confusion.tolist()}, predicted


def environment() -> dict:
    def git(*arguments):
        result = subprocess.run(
            ["git", "-C", FOLDER, *arguments], capture_output=True, text=True)
        return result.stdout.strip()
    changes = git("status", "--porcelain", "--", ":/", ":(exclude,top)results",
                  ":(exclude,top)benchmarks/pytorch-parity/runs")
    with open("/proc/cpuinfo") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return {
        "commit": (git("rev-parse", "HEAD") or "unknown") + ("-dirty" if changes else ""),
        "python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__,
        "cpu": models[0] if models else platform.machine(), "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


def finished(path: Path) -> bool:
    if not path.exists():
        return False
    if json.loads(path.read_text())["settings"] != SETTINGS:
        sys.exit(f"{path} has other settings; remove it or name another --output")
    return True


def write_predictions(folder: Path, split: Split, predicted: np.ndarray) -> None:
    from PIL import Image

    from data import IGNORED, VOID
    for name, labels, ids in zip(split.names, split.labels, predicted):
        truth = np.where(labels == IGNORED, VOID, labels)
        for part, array in ("labels", truth), ("predictions", ids):
            path = folder / part / f"{Path(name).name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(array.astype(np.uint8)).save(path)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--camvid", type=Path, required=True, help="CamVid in SegNet's layout")
    parser.add_argument("--losses", default=",".join(LOSSES))
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--threads", type=int, default=1, help="of one run")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, each a process")
    parser.add_argument("--output", type=Path, default=FOLDER / "runs")
    parser.add_argument("--predictions", type=Path)
    return parser.parse_args()


def run_all(options) -> None:
    """The runs not finished yet, seed by seed."""
    losses, seeds = options.losses.split(","), map(int, options.seeds.split(","))
    cells = [(loss, seed) for seed in seeds for loss in losses]
    cells = [c for c in cells if not finished(options.output / f"camvid-{c[0]}-s{c[1]}.json")]
    if options.jobs > 1:
        return run_jobs(options, cells)
    torch.set_num_threads(options.threads)
    options.output.mkdir(parents=True, exist_ok=True)
    data = Data(options.camvid) if cells else None
    for loss, seed in cells:
        record, predicted = train(data, loss, seed)
        path = options.output / f"camvid-{loss}-s{seed}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(record, indent=1) + "\n")
        part.rename(path)
        if options.predictions:
            write_predictions(options.predictions, data.test, predicted)
        print(f"{path.name}: mean accuracy {100 * record['test']['mean_accuracy']:.2f}, mean IoU "
              f"{100 * record['test']['mean_iou']:.2f}, {record['training_seconds']} s", flush=True)


def run_jobs(options, cells) -> None:
    """Each run in a process of its own, so many at a time."""
    waiting, running, status = list(cells), [], 0
    while waiting or running:
        while waiting and len(running) < options.jobs:
            loss, seed = waiting.pop(0)
            running.append(subprocess.Popen([
                sys.executable, __file__, "--camvid", options.camvid, "--losses", loss, "--seeds",
                str(seed), "--threads", str(options.threads), "--output", options.output]))
        time.sleep(0.5)
        status |= any(process.poll() for process in running)
        running = [process for process in running if process.poll() is None]
    sys.exit(int(status))


if __name__ == "__main__":
    run_all(arguments())
