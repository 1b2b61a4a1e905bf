#!/usr/bin/env python3
"""Writes Tests/Fixtures/losses: batches, and each loss's value and gradient by PyTorch.

One safetensors file a batch: logits [N, H, W, C], labels [N, H, W] (255: ignored), counts [C], and
for every loss `<specification>/value` and `<specification>/gradient` [N, H, W, C].
"""

from pathlib import Path

import numpy as np
import torch

from fixture_file import FixtureFile
from losses_reference import SPECIFICATIONS, evaluate

FOLDER = Path(__file__).resolve().parent.parent / "losses"
IGNORED = 255


def batch(name, shape, ignored=0.0, classes=None, spread=1.5):
    """Labels drawn from `classes`, a share of them ignored; logits normal."""
    n, c, h, w = shape
    random = np.random.default_rng(list(name.encode()))
    labels = random.choice(classes if classes is not None else np.arange(c), (n, h, w))
    labels = np.where(random.random((n, h, w)) < ignored, IGNORED, labels).astype(np.uint8)
    logits = (random.standard_normal(shape) * spread).astype(np.float32)
    counts = 40 + 97 * np.arange(c, dtype=np.int64) ** 2
    return logits, labels, counts


def saturated(name, shape, size, ignored=0.2):
    """Logits of about `size` and -`size`: of each pixel's classes one, in turn the right one and
    another, is ahead; every third pixel has a close second. The noise keeps them apart: a tie has
    no derivative."""
    n, c, h, w = shape
    logits, labels, counts = batch(name, shape, ignored, spread=1)
    for i, (image, row, column) in enumerate(np.ndindex(n, h, w)):
        pixel = logits[image, :, row, column]
        truth = int(labels[image, row, column]) % c
        ahead = truth if i % 2 == 0 else (truth + 1) % c
        pixel -= size
        pixel[ahead] += 2 * size
        if i % 3 == 0:
            pixel[(ahead + 1) % c] += 2 * size
    return logits, labels, counts


def all_ignored(name, shape):
    logits, labels, counts = batch(name, shape)
    return logits, np.full_like(labels, IGNORED), counts


def first_ignored(name, shape):
    logits, labels, counts = batch(name, shape, ignored=0.1)
    labels[0] = IGNORED
    return logits, labels, counts


def missed(name, shape):
    """Every label is that of the lowest logit."""
    logits, _, counts = batch(name, shape)
    return logits, logits.argmin(1).astype(np.uint8), counts


def uncounted(name, shape):
    """A class of the batch that the training split does not have."""
    logits, labels, counts = batch(name, shape, ignored=0.1)
    counts[1] = 0
    return logits, labels, counts


CASES = {
    "random": lambda name: batch(name, (2, 5, 7, 9), ignored=0.3),
    "nineteen-classes": lambda name: batch(name, (2, 19, 5, 3), ignored=0.3),
    "two-classes": lambda name: batch(name, (6, 2, 3, 5), ignored=0.3, spread=3),
    "absent-classes": lambda name: batch(name, (3, 11, 5, 3), ignored=0.2, classes=[0, 4, 10]),
    "saturated-30": lambda name: saturated(name, (2, 4, 5, 3), 30),
    "saturated-100": lambda name: saturated(name, (2, 4, 5, 3), 100),
    "single-class": lambda name: batch(name, (2, 4, 3, 3), ignored=0.2, classes=[2]),
    "all-ignored": lambda name: all_ignored(name, (2, 3, 3, 3)),
    "first-image-ignored": lambda name: first_ignored(name, (2, 3, 3, 5)),
    "batch-of-one": lambda name: batch(name, (1, 6, 5, 7), ignored=0.3),
    "one-pixel": lambda name: missed(name, (1, 3, 1, 1)),
    "one-pixel-maps": lambda name: batch(name, (5, 3, 1, 1)),
    "uncounted-class": lambda name: uncounted(name, (2, 3, 3, 5)),
}


def is_defined(case, specification, shape):
    """Whether the authors' code gives a number at all."""
    if ".published" not in specification:
        return True
    if case == "all-ignored":
        # Means over no pixel are NaN there.
        return specification in ("soft_iou.published", "lovasz.published", "recall.published")
    if case == "uncounted-class":
        # Divides by the count.
        return "weighted" not in specification and "balanced" not in specification
    # torch.topk fails in rows shorter than k.
    return not (specification.startswith("ohem") and shape[3] < int(0.7 * shape[0]))


def main():
    torch.set_num_threads(1)
    for case, make in CASES.items():
        logits, labels, counts = make(case)
        file = FixtureFile(case)
        file.path = FOLDER / f"{case}.safetensors"
        file.add_map("logits", torch.from_numpy(logits))
        file.add("labels", labels)
        file.add("counts", counts)
        for specification in SPECIFICATIONS:
            if is_defined(case, specification, logits.shape):
                value, gradient = evaluate(specification, logits, labels, counts)
                file.add(f"{specification}/value", np.array(value))
                file.add_map(f"{specification}/gradient", torch.from_numpy(gradient))
        file.write()


if __name__ == "__main__":
    main()
