"""Scores of a confusion matrix [truth, prediction], as docs/policy.md defines them."""

import numpy as np


def matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Pixels whose label is no class are not counted."""
    valid = labels < classes
    pairs = classes * labels[valid].astype(np.int64) + predicted[valid]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def scores(confusion: np.ndarray) -> dict:
    """Accuracy (recall) and IoU of the classes, None where undefined, and the means of the defined
    ones; fractions."""
    hits = np.diag(confusion)
    accuracy = quotients(hits, confusion.sum(1))
    iou = quotients(hits, confusion.sum(0) + confusion.sum(1) - hits)
    return {
        "mean_accuracy": mean(accuracy), "mean_iou": mean(iou),
        "pixel_accuracy": float(hits.sum() / confusion.sum()),
        "accuracy": accuracy, "iou": iou}


def quotients(above, below) -> list:
    return [int(a) / int(b) if b else None for a, b in zip(above, below)]


def mean(values) -> float | None:
    defined = [v for v in values if v is not None]
    return sum(defined) / len(defined) if defined else None
