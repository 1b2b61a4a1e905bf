"""Compares RecallBench with its PyTorch engine, step by step -> steps.md, steps.json.

    python benchmarks/pytorch-parity/parity.py [--device cpu] [--threads 2] [--fixture]

Trains the runs of steps.yml here and in PyTorch from the same weights, and compares the losses of
every step and what the trained networks predict; compares the batches of every augmentation. All
files are kept in .build/parity, where a run that was ended goes on. --fixture also writes the
curves that the tests compare with (Tests/Fixtures/engine/steps.json).
"""

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from stored import read_runs

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
RECALLBENCH = ROOT / ".build/release/recallbench"
WORK = ROOT / ".build/parity"
BACKBONES = {"resnet18": "bn2", "resnet101": "bn3"}
NETWORKS = [
    (architecture, backbone)
    for architecture in ("deeplabv3", "deeplabv3plus") for backbone in BACKBONES]
TITLES = {
    "deeplabv3": "DeepLabV3", "deeplabv3plus": "DeepLab v3+", "resnet18": "ResNet-18",
    "resnet101": "ResNet-101"}
# The largest relative difference of a step's loss that agrees.
BOUND = 1e-3

sys.path.append(str(ROOT / "Sources/Experiments/TorchEngine"))


def write_backbones(width: float) -> dict[str, Path]:
    """RecallBench's initial weights of seed 1, with 0.1 as the last scale of every block."""
    import network

    files = {}
    for backbone, last in BACKBONES.items():
        made = network.make_network({"backbone": backbone, "width": width, "seed": 1}, 2)
        tensors = {
            name: tensor * (0.1 if name.endswith(f"{last}.weight") else 1)
            for name, tensor in network.weights(made).items() if name.startswith("backbone.")}
        files[backbone] = WORK / f"{backbone}.safetensors"
        content = network.safetensors(tensors)
        if not files[backbone].exists() or files[backbone].read_bytes() != content:
            files[backbone].write_bytes(content)
    return files


def command(*words, cwd=None, fails_with=()) -> str:
    """What a command prints; ends this program if the command fails."""
    words = [str(word) for word in words]
    print(" ".join(words), flush=True)
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, *fails_with):
        sys.exit(f"error: {words[0]} {words[1]} ended with status {done.returncode}")
    return done.stdout


def train(options) -> dict[str, float]:
    """Trains on both sides what has not been trained yet; the seconds of each."""
    weights = [
        word for backbone, file in write_backbones(0.125).items()
        for word in ("--pretrained", f"{backbone}={file}")]
    start = time.monotonic()
    command(RECALLBENCH, "sweep", FOLDER / "steps.yml", "--output", WORK / "native", *weights,
            "--threads", options.threads)
    seconds = {"RecallBench": time.monotonic() - start}
    bundle = WORK / "bundle"
    if not bundle.exists():
        command(RECALLBENCH, "bundle", FOLDER / "steps.yml", "--output", bundle, *weights)
    start = time.monotonic()
    command(sys.executable, "run.py", "--device", options.device, "--jobs", options.threads,
            "--threads", 1, cwd=bundle)
    seconds["PyTorch"] = time.monotonic() - start
    command(RECALLBENCH, "import", bundle, "--output", WORK / "imported")
    return seconds


def predictions() -> dict[str, tuple[int, int]]:
    """By run: the pixels that both sides predict in another way from PyTorch's weights, and all."""
    runs = ",".join(run.name for run in read_runs(WORK / "imported"))
    output = command(RECALLBENCH, "results", "verify", WORK / "imported", "--runs", runs,
                     fails_with=(1,))
    found = re.findall(r"^(\S+): trained by .* differ in (\d+) of (\d+) pixels", output, re.M)
    return {name: (int(differing), int(pixels)) for name, differing, pixels in found}


def batches() -> list[dict]:
    """What run.py says of the batches of every augmentation."""
    bundle = WORK / "batches"
    if not bundle.exists():
        command(RECALLBENCH, "bundle", FOLDER / "batches.yml", "--output", bundle)
    rows = []
    for folder in (WORK / "bundle", bundle):
        lines = command(sys.executable, "run.py", "--check-batches", cwd=folder, fails_with=(1,))
        rows += [json.loads(line) for line in lines.splitlines()]
    return rows


def compared(native, back, differing) -> dict:
    """One run: the relative differences of its losses, and of what it predicts."""
    ours = np.array([entry["loss"] for entry in native.history])
    theirs = np.array([entry["loss"] for entry in back.history])
    assert len(ours) == len(theirs) == native.configuration["training"]["iterations"]
    distance = np.abs(theirs - ours) / np.abs(ours)
    configuration = native.configuration
    return {
        "architecture": configuration.get("architecture", "deeplabv3"),
        "backbone": configuration["backbone"], "loss": configuration["loss"],
        "first": float(distance[0]), "largest": float(distance.max()),
        "seconds": [
            run.environment["trainingSeconds"] + run.environment["evaluationSeconds"]
            for run in (native, back)],
        "pixels": differing, "ours": ours.tolist(), "theirs": theirs.tolist()}


def table(rows: list[dict], value) -> list[str]:
    losses = list(dict.fromkeys(row["loss"] for row in rows))
    heads = [f"{TITLES[a]}, {TITLES[b]}" for a, b in NETWORKS]
    lines = ["| loss | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(heads)]
    for loss in losses:
        cells = {
            (row["architecture"], row["backbone"]): value(row)
            for row in rows if row["loss"] == loss}
        lines.append(f"| {loss} | " + " | ".join(cells[key] for key in NETWORKS) + " |")
    return lines


def marked(value: float) -> str:
    return f"{value:.1e}" if value <= BOUND else f"**{value:.1e}**"


def short(commit: str) -> str:
    return commit[:12] + ("-dirty" if commit.endswith("-dirty") else "")


def write_page(rows, batch_rows, seconds, machine) -> None:
    within = sum(row["largest"] <= BOUND for row in rows)
    moved = sum(row["pixels"][0] for row in rows)
    pixels = sum(row["pixels"][1] for row in rows)
    worst = max(rows, key=lambda row: row["pixels"][0] / row["pixels"][1])
    lines = [
        "# RecallBench and its PyTorch engine, step by step", "",
        "Made by `make parity` (parity.py). " + machine, "",
        f"**{within} of {len(rows)} curves of 20 losses agree within {BOUND:g}; the same weights "
        f"predict another class for {moved} of {pixels} pixels.**", "",
        "## Losses of 20 steps", "",
        "The largest relative difference of a step's loss between RecallBench's network and "
        "PyTorch's, trained separately from the same weights on the same batches with the same "
        "dropout masks ([steps.yml](steps.yml): width 1/8, 48 x 96 pixels of SYNTHIA's stand-in, "
        "batch 4, Adam at 1e-5). The first step differs by at most "
        f"{max(row['first'] for row in rows):.1e}.", "",
        *table(rows, lambda row: marked(row["largest"])), "",
        "## Batches", "",
        "The network's input and labels of the first two batches and of one that has images of two "
        "epochs, as RecallBench and PyTorch make them.", "",
        "| data | augmentation | seed | largest difference of a byte | labels that differ |",
        "|---|---|---|---:|---:|",
        *(f"| {row['data']} | {row['augmentation']} | {row['seed']} | {row['bytes']} | "
          f"{row['labels']} |" for row in batch_rows), "",
        "## Predictions of the same weights", "",
        "The weights that PyTorch has trained, evaluated by both. Pixels in which the confusion "
        f"matrices differ: {moved} of {pixels} in all {len(rows)} runs; at most "
        f"{worst['pixels'][0]} of {worst['pixels'][1]} in one ({worst['loss']}, "
        f"{TITLES[worst['architecture']]}, {TITLES[worst['backbone']]}). These are pixels whose two "
        "largest logits tie but for rounding.", "",
        "## Seconds", "",
        "All runs, with their evaluation, on a machine that did other work, too: RecallBench "
        f"{seconds['RecallBench']:.0f} s, PyTorch {seconds['PyTorch']:.0f} s (sums of the runs' "
        "own seconds). [peer.md](../speed/peer.md) compares speed.", ""]
    (FOLDER / "steps.md").write_text("\n".join(lines))
    (FOLDER / "steps.json").write_text(json.dumps(
        {"bound": BOUND, "machine": machine, "batches": batch_rows,
         "runs": [{k: v for k, v in row.items() if k not in ("ours", "theirs")} for row in rows]},
        indent=1) + "\n")


def write_fixture(rows) -> None:
    """PyTorch's curves, for tests without PyTorch."""
    file = ROOT / "Tests/Fixtures/engine/steps.json"
    file.parent.mkdir(exist_ok=True)
    curves = [
        {"architecture": row["architecture"], "backbone": row["backbone"], "loss": row["loss"],
         "losses": [float(f"{value:.7g}") for value in row["theirs"]]} for row in rows]
    file.write_text("[\n" + ",\n".join(map(json.dumps, curves)) + "\n]\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fixture", action="store_true")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    train(options)
    native = {run.name: run for run in read_runs(WORK / "native")}
    back = {run.name: run for run in read_runs(WORK / "imported")}
    if missing := sorted(set(native) - set(back)):
        sys.exit(f"error: {len(missing)} runs did not come back, such as {missing[0]}")
    pixels = predictions()
    rows = [compared(native[name], back[name], pixels[name]) for name in native]
    # In the order of the sweep.
    plan = json.loads((WORK / "native/sweep.json").read_text())["cells"]
    order = list(dict.fromkeys(run["loss"] for run in plan))
    rows.sort(key=lambda row: order.index(row["loss"]))
    seconds = {
        "RecallBench": sum(row["seconds"][0] for row in rows),
        "PyTorch": sum(row["seconds"][1] for row in rows)}
    batch_rows = batches()
    ours, theirs = (next(iter(runs.values())).environment for runs in (native, back))
    machine = (
        f"RecallBench {short(ours['commit'])} on {ours['cpu']}, {ours['blas']}; PyTorch "
        f"{theirs['engine']['version']} on {theirs['engine']['device']}, "
        f"{theirs['engine']['precision']}.")
    write_page(rows, batch_rows, seconds, machine)
    if options.fixture:
        write_fixture(rows)
    bad = [row for row in rows if not row["largest"] <= BOUND]
    bad += [row for row in batch_rows if row["bytes"] > 1 or row["labels"] > 0]
    bad += [row for row in rows if row["pixels"][0] > 1e-3 * row["pixels"][1]]
    print((FOLDER / "steps.md").read_text())
    sys.exit(f"error: {len(bad)} comparisons do not agree" if bad else 0)


if __name__ == "__main__":
    main()
