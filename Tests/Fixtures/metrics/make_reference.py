#!/usr/bin/env python3
"""Writes fine-grained.json, boundary.json and calibration.json: scores computed by NumPy alone.

    python3 make_reference.py

Needs numpy. Nothing here is shared with the Swift code: fine-grained scores come from arrays with
NaN where a class does not occur, boundaries from eroding one mask after the other by a 3 x 3 square,
and calibration errors from np.digitize and sums by bin.
"""
import json
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
STORED = os.path.join(HERE, "../../../results/camvid")


def write(name, value):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")


# Wang et al., NeurIPS 2023: mIoU^D, mIoU^I, mIoU^C and the worst-case metrics.


def worst(scores, q):
    scores = np.sort(scores[~np.isnan(scores)])
    return scores[: max(1, int(len(scores) * q / 100))].mean()


def fine_grained(matrices):
    """Scores in the order of Swift's Grain.all, for accuracy and IoU; of [images, C, C] counts."""
    hits = np.diagonal(matrices, axis1=1, axis2=2).astype(np.float64)
    labeled, predicted = matrices.sum(2), matrices.sum(1)
    result = {}
    for metric in ("accuracy", "iou"):
        whole = labeled if metric == "accuracy" else labeled + predicted - hits
        with np.errstate(all="ignore"):
            by_class = hits.sum(0) / whole.sum(0)
            scores = np.where(labeled > 0, hits / whole, np.nan)
        has_class = ~np.isnan(scores).all(1)
        images = np.nanmean(scores[has_class], axis=1)
        classes = [scores[:, c] for c in range(scores.shape[1]) if labeled[:, c].any()]
        of_classes = lambda q: np.mean([worst(c, q) for c in classes])
        deciles = range(10, 101, 10)
        result[metric] = {
            "dataset": np.nanmean(by_class),
            "image": images.mean(),
            "class_image": np.mean([np.nanmean(c) for c in classes]),
            "image_worst_mean": np.mean([worst(images, q) for q in deciles]),
            "class_image_worst_mean": np.mean([of_classes(q) for q in deciles]),
            "image_worst5": worst(images, 5),
            "class_image_worst5": of_classes(5),
        }
    return result


def fine_grained_cases():
    random = np.random.default_rng(13)
    made_up = random.integers(0, 40, (23, 5, 5))
    made_up[:, 4, :] = 0  # a class that never occurs, but is predicted
    made_up[5:, 3, :] = 0  # one that occurs in five images
    made_up[7, 1, :] = 0
    made_up[9] = 0  # an image without a labeled pixel
    few = random.integers(0, 9, (2, 3, 3))
    with open(os.path.join(STORED, "runs.jsonl")) as lines:
        run = json.loads(next(lines))["run"]
    stored = np.load(os.path.join(STORED, "runs.npz"))[f"{run}/confusions"][::4]
    cases = {"made up": made_up, "two images": few, "stored CamVid run, every fourth image": stored}
    return [
        {
            "name": name,
            "classes": m.shape[1],
            "matrices": m.reshape(len(m), -1).tolist(),
            "scores": fine_grained(m),
        }
        for name, m in cases.items()
    ]


# Cheng et al., CVPR 2021: the boundary of a mask is the mask minus its erosion.


def erode(mask):
    padded = np.pad(mask, 1)
    h, w = mask.shape
    return np.min([padded[y : y + h, x : x + w] for y in range(3) for x in range(3)], axis=0)


def boundary(mask, width):
    inner = mask
    for _ in range(width):
        inner = erode(inner)
    return mask & ~inner


def blobs(random, h, w, classes):
    """Blocks of several sizes, some rows alone, and a patch of ignored pixels."""
    ids = np.zeros((h, w), dtype=int)
    for _ in range(14):
        y, x = random.integers(0, h), random.integers(0, w)
        ids[y : y + random.integers(1, h), x : x + random.integers(1, w // 2)] = random.integers(
            0, classes
        )
    return ids


def boundary_cases():
    random = np.random.default_rng(7)
    cases = []
    for h, w, classes in [(37, 53, 4), (24, 24, 3), (18, 90, 2), (120, 160, 5)]:
        truth = blobs(random, h, w, classes)
        prediction = np.roll(truth, (1, 2), (0, 1))
        noise = random.random((h, w)) < 0.02
        prediction[noise] = random.integers(0, classes, noise.sum())
        ignored = np.zeros((h, w), dtype=bool)
        ignored[h // 3 : h // 2, w // 4 : w // 2] = True
        width = int(round(0.02 * np.sqrt(h**2 + w**2)))
        counts, scores = [], []
        for c in range(classes):
            t = boundary((truth == c) & ~ignored, width)
            p = boundary((prediction == c) & ~ignored, width)
            counts.append([int((t & p).sum()), int(t.sum()), int(p.sum())])
            union = int((t | p).sum())
            scores.append((t & p).sum() / union if union else None)
        text = lambda ids: ["".join(row) for row in np.where(ignored, ".", ids.astype(str))]
        cases.append(
            {
                "classes": classes,
                "boundary": width,
                "truth": text(truth),
                # Below the ignored pixels, too, a network predicts something.
                "prediction": ["".join(map(str, row)) for row in prediction],
                "counts": counts,
                "iou": scores,
            }
        )
    return cases


# Guo et al., ICML 2017; classwise as Kull et al., NeurIPS 2019.


def calibration_error(probabilities, events):
    edges = np.arange(1, 15) / 15
    bins = np.digitize(probabilities, edges, right=True)
    return sum(
        abs(events[bins == b].mean() - probabilities[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    )


def calibration_case():
    random = np.random.default_rng(3)
    pixels, classes = 500, 4
    # Multiples of 1/32, which are exact in single precision and in few digits.
    logits = np.round(32 * random.normal(0, 2.5, (pixels, classes))) / 32
    logits[:, 3] -= 6
    logits[0] = [0, 0, -40, -40]  # a tie of the largest
    logits[1] = [90, 0, 0, 0]
    labels = np.where(random.random(pixels) < 0.6, logits.argmax(1), random.integers(0, 3, pixels))
    labels[random.random(pixels) < 0.1] = 255
    valid = labels != 255
    powers = np.exp(logits - logits.max(1, keepdims=True))
    p = (powers / powers.sum(1, keepdims=True))[valid]
    y = labels[valid]
    by_class = [calibration_error(p[:, c], y == c) for c in range(classes)]
    return {
        "classes": classes,
        "logits": logits.tolist(),
        "labels": labels.tolist(),
        "error": calibration_error(p.max(1), p.argmax(1) == y),
        "byClass": by_class,
        "classwise": np.mean(by_class),
    }


if __name__ == "__main__":
    write("fine-grained.json", fine_grained_cases())
    write("boundary.json", boundary_cases())
    write("calibration.json", calibration_case())
