"""Shows that both sides start from the same weights and see the same batches, masks, and losses.

    python benchmarks/pytorch-parity/check.py --camvid PATH [--command .build/release/recallbench]

RecallBench trains 100 steps (more than an epoch) at a learning rate that is 0 in float32: its
final weights must be PyTorch's initial ones bit for bit, and the loss of every step must be
PyTorch's. The losses are also compared with Tests/Fixtures/torch/losses_reference.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

import camvid
import losses_reference
from data import CLASSES
from model import LOSSES, Network
from stored import Run, read_runs

STEPS, RATE, TOLERANCE = 100, 1e-60, 1e-5


def sweep(command: Path, root: Path, folder: Path, seed: int) -> Path:
    """Runs all losses of a seed; the output folder."""
    s = camvid.SETTINGS
    (folder / "check.yml").write_text(f"""
name: check
seeds: [{seed}]
backbones: [{s['backbone']}]
losses: [{', '.join(LOSSES)}]
network: {{width: {s['width']}}}
training: {{iterations: {STEPS}, batch: {s['batch']}, learning_rate: {RATE}}}
datasets:
  camvid:
    source: real
    size: [{s['height']}, {s['width_pixels']}]
    augmentation: {s['augmentation']}
    evaluate: test
""")
    subprocess.run(
        [command, "sweep", folder / "check.yml", "--camvid", root, "--output", folder / "out"],
        check=True, stdout=subprocess.DEVNULL)
    return folder / "out"


def read_safetensors(path: Path) -> dict:
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + size])
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", name
        start, end = (8 + size + x for x in entry["data_offsets"])
        arrays[name] = np.frombuffer(content[start:end], "<f4").reshape(entry["shape"])
    return arrays


def check_weights(command: Path, run: Path, folder: Path, seed: int) -> bool:
    file = folder / "weights.safetensors"
    subprocess.run([command, "export", "--run", run, "--output", file, "--force"],
                   check=True, stdout=subprocess.DEVNULL)
    theirs = read_safetensors(file)
    network = Network(camvid.SETTINGS, len(CLASSES), seed).module
    differing = sum(
        int((theirs[name] != tensor.detach().numpy()).sum())
        for name, tensor in network.named_parameters())
    count = sum(p.numel() for p in network.parameters())
    print(f"seed {seed}: {differing} of {count} initial weights differ")
    return differing == 0


def check_losses(data, loss: str, run: Run, seed: int) -> bool:
    """The running statistics move, but take no part in training."""
    ours = np.array([entry["loss"] for entry in run.history])
    theirs = np.array([v for _, v in camvid.steps(data, loss, seed, STEPS, RATE)])
    assert len(ours) == STEPS
    worst = np.abs(ours / theirs - 1).max()
    print(f"seed {seed}, {loss}: over {STEPS} steps the losses differ by at most {worst:.1e}")
    return bool(worst < TOLERANCE)


def check_formulas() -> bool:
    generator = torch.Generator().manual_seed(1)
    scores = 3 * torch.randn(2, len(CLASSES), 9, 13, generator=generator, dtype=torch.float64)
    labels = torch.randint(0, len(CLASSES) - 1, (2, 9, 13), generator=generator)
    labels[torch.rand(labels.shape, generator=generator) < 0.3] = 255
    counts = torch.randint(1, 10**6, (len(CLASSES),), generator=generator)
    good = True
    for name, loss in LOSSES.items():
        expected, gradient = losses_reference.evaluate(
            name, scores.numpy(), labels.numpy(), counts.numpy())
        z = scores.clone().requires_grad_()
        value = loss(z, labels, counts)
        value.backward()
        distance = np.abs(z.grad.numpy() - gradient).max() / np.abs(gradient).max()
        # PyTorch divides counts in float32.
        good &= abs(value.item() / expected - 1) < 1e-6 and distance < 1e-6
        print(f"{name}: value {value.item() / expected - 1:.1e}, gradient {distance:.1e} "
              "from losses_reference.py")
    return good


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--camvid", type=Path, required=True)
    parser.add_argument("--command", type=Path, default=Path(".build/release/recallbench"))
    parser.add_argument("--seeds", default="1")
    options = parser.parse_args()
    good = check_formulas()
    data = camvid.Data(options.camvid, ["train"])
    for seed in map(int, options.seeds.split(",")):
        with tempfile.TemporaryDirectory() as name:
            output = sweep(options.command.resolve(), options.camvid, Path(name), seed)
            runs = {run.configuration["loss"]: run for run in read_runs(output)}
            for number, loss in enumerate(LOSSES):
                run = runs[loss]
                if number == 0:
                    good &= check_weights(
                        options.command.resolve(), output / "runs" / run.name, Path(name), seed)
                good &= check_losses(data, loss, run, seed)
    sys.exit(0 if good else "the two sides do not do the same")


if __name__ == "__main__":
    main()
