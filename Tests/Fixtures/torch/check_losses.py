#!/usr/bin/env python3
"""Holds `recallbench losses evaluate` against PyTorch on fresh random batches.

Every loss, canonical, as published and of the related work, on several shapes with 30% of the
pixels ignored: the value within 1e-5, the gradient within 1e-4 in norm and 1e-4 of its largest
component (Lovász: 1e-3). Ends with status 1 if one disagrees, or if the command lists a loss that is not here.

  check_losses.py [--command .build/release/recallbench] [--seed N]
"""

import argparse
import json
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from losses_reference import FUNCTIONS, SPECIFICATIONS, evaluate

SHAPES = [(2, 5, 7, 9), (1, 19, 16, 24), (6, 11, 33, 17), (3, 2, 61, 50)]
VALUE, GRADIENT = 1e-5, 1e-4
# Of Lovász's worst component. Its gradient depends on the order of the errors, and those that are equal in
# single precision may change places: one component then moves by 1 / the pixels of a class.
# PyTorch's own float32 strays from its float64 by 5e-4 here.
REORDERED = 1e-3


def batch(random, shape, ignore, dtype):
    n, c, h, w = shape
    logits = (2 * random.standard_normal(shape)).astype(np.float32)
    labels = random.integers(0, c, (n, h, w)).astype(dtype)
    labels[random.random((n, h, w)) < 0.3] = ignore
    counts = random.integers(1, 10**9, c)
    return logits, labels, counts


def run(command, folder, specification, ignore):
    gradient = folder / "gradient.npy"
    gradient.unlink(missing_ok=True)
    output = subprocess.run(
        [command, "losses", "evaluate", "--loss", specification, "--logits", folder / "logits.npy",
         "--labels", folder / "labels.npy", "--class-counts", folder / "counts.npy",
         "--gradient", gradient, f"--ignore={ignore}"],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output), np.load(gradient)


def errors(found, gradient, value, reference):
    """Relative: of the value, of the gradient in norm, of its worst component by the largest."""
    difference = gradient.astype(np.float64) - reference
    return (
        abs(found["value"] - value) / abs(value),
        np.linalg.norm(difference) / np.linalg.norm(reference),
        np.abs(difference).max() / np.abs(reference).max(),
    )


def compare(command, random):
    """The worst errors of each specification over all shapes."""
    worst = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for i, shape in enumerate(SHAPES):
            ignore, dtype = (255, np.uint8) if i % 2 == 0 else (-100, np.int64)
            logits, labels, counts = batch(random, shape, ignore, dtype)
            np.save(folder / "logits.npy", logits)
            np.save(folder / "labels.npy", labels)
            np.save(folder / "counts.npy", counts)
            for specification in SPECIFICATIONS:
                found, gradient = run(command, folder, specification, ignore)
                assert gradient.shape == shape and gradient.dtype == np.float32
                reference = evaluate(specification, logits, labels.astype(np.int64), counts, ignore)
                now = errors(found, gradient, *reference)
                worst[specification] = np.maximum(now, worst.get(specification, (0, 0, 0)))
    return worst


def unknown(command):
    """Losses that the command lists and that have no reference."""
    cards = subprocess.run(
        [command, "losses", "list"], check=True, stdout=subprocess.PIPE, text=True).stdout
    names = re.findall(r"^([a-z0-9_]+(?:\.published)?): ", cards, re.MULTILINE)
    assert len(names) >= 16, cards
    return [name for name in names if name not in FUNCTIONS]


def main():
    root = Path(__file__).resolve().parents[3]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command", default=root / ".build/release/recallbench")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    missing = unknown(arguments.command)
    worst = compare(arguments.command, np.random.default_rng(arguments.seed))
    shapes = ", ".join("x".join(map(str, shape)) for shape in SHAPES)
    print(f"seed {arguments.seed}; N x C x H x W: {shapes}; 30% ignored; relative errors\n")
    print(f"| {'loss':36} | value   | gradient, norm | worst   |    |")
    print(f"|{'-' * 38}|--------:|---------------:|--------:|----|")
    failed = list(missing)
    for specification, (value, norm, component) in worst.items():
        # Written so that a NaN fails.
        allowed = REORDERED if "lovasz" in specification else GRADIENT
        good = value <= VALUE and norm <= GRADIENT and component <= allowed
        failed += [] if good else [specification]
        print(f"| {specification:36} | {value:.1e} | {norm:14.1e} | {component:.1e} "
              f"| {'ok' if good else 'NO'} |")
    print(f"\nallowed {VALUE:g}, {GRADIENT:g}, {GRADIENT:g} (Lovász: {REORDERED:g}); "
          + (f"{len(failed)} disagree: {', '.join(failed)}" if failed else "all agree"))
    for name in missing:
        print(f"{name} is listed by the command, but losses_reference.py has no such loss")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
