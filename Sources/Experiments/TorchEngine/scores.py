"""What an evaluation counts, and a run's history; see Sources/Metrics and
Sources/Experiments/Training.

Counts are whole numbers and the same on every device, for the same logits. Logits are float32
[N, C, H, W], labels and predictions int64 [N, H, W]; a label of 255 does not count.
"""

import math

import numpy as np
import torch
from torch.nn import functional

IGNORED = 255
# Of probabilities, of equal width.
BINS = 15
# Bounds on what is in memory at once: logits of some rows, pixels whose probabilities are counted.
_LOGITS_OF_A_BLOCK = 1 << 22
_PIXELS_OF_A_BLOCK = 1 << 18


class ScoreError(Exception):
    """Why an image cannot be counted, in one line."""


# Confusion matrices


def argmax(logits: torch.Tensor) -> torch.Tensor:
    """The class with the largest logit at each pixel, int64 [N, H, W]; of equal ones the first."""
    # Faster than PyTorch's argmax on CPUs; both return the first.
    return logits.max(dim=1).indices


def confusion_matrices(labels, predicted, classes: int) -> torch.Tensor:
    """One matrix for each image, int64 [N, C, C]: pixels by true class (row) and prediction.

    Raises ScoreError for a label that is neither 255 nor below `classes`.
    """
    rows = IGNORED + 1
    # A row for every label, so that one count also finds those that must not occur.
    images = torch.arange(len(labels), device=labels.device)[:, None, None]
    cells = (images * rows + labels) * classes + predicted
    counts = torch.bincount(cells.reshape(-1), minlength=len(labels) * rows * classes)
    counts = counts.reshape(len(labels), rows, classes)
    wrong = counts[:, classes:IGNORED].sum(dim=(0, 2)).nonzero()
    if len(wrong):
        raise ScoreError(
            f"a label has the class id {classes + int(wrong[0])}, but there are only {classes} "
            "classes")
    return counts[:, :classes]


def false_positives(matrices: torch.Tensor) -> list[int]:
    """By class, the pixels of other classes that are predicted as it, in all of [N, C, C]."""
    total = matrices.sum(dim=0)
    return (total.sum(dim=0) - total.diagonal()).tolist()


def mean_accuracy(matrix) -> float | None:
    """The mean of the classes' recalls, TP / (TP + FN), over those that occur; None if none does.

    Args:
        matrix: whole numbers [C, C], by true class and prediction.
    """
    hits, labeled, _ = _totals(matrix)
    return _mean(_quotient(hit, all) for hit, all in zip(hits, labeled))


def mean_iou(matrix) -> float | None:
    """The mean of TP / (TP + FP + FN) over the classes that occur or are predicted; None if there
    are none.

    Args:
        matrix: whole numbers [C, C], by true class and prediction.
    """
    return _mean(
        _quotient(hit, all + guessed - hit) for hit, all, guessed in zip(*_totals(matrix)))


def mean_scores(matrix) -> dict:
    """The two by their names in a record; a score that is undefined is left out."""
    scores = {"meanAccuracy": mean_accuracy(matrix), "meanIoU": mean_iou(matrix)}
    return {name: score for name, score in scores.items() if score is not None}


def _totals(matrix) -> tuple[list[int], list[int], list[int]]:
    """By class: TP, TP + FN, TP + FP."""
    if isinstance(matrix, torch.Tensor):
        matrix = matrix.cpu().numpy()
    matrix = np.asarray(matrix, np.int64)
    return matrix.diagonal().tolist(), matrix.sum(1).tolist(), matrix.sum(0).tolist()


def _quotient(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values) -> float | None:
    """Of those that are defined. Added one after the other: Python's `sum` corrects roundings."""
    defined, total = [value for value in values if value is not None], 0.0
    for value in defined:
        total += value
    return total / len(defined) if defined else None


class PriorCorrection:
    """Correcting the prior of a trained network: argmax of the logits minus tau log f_c, where f_c
    is the class's share of the training pixels (Menon et al., ICLR 2021, equation 9).

    The logit of a class without a training pixel stays as it is.
    """

    def __init__(self, taus, class_pixels):
        """
        Args:
            taus: the strengths.
            class_pixels: training pixels by class.
        """
        everything = float(sum(class_pixels))
        self.taus = list(taus)
        self.log_shares = [
            math.log(pixels / everything) if pixels > 0 else 0.0 for pixels in class_pixels]

    def predict(self, logits: torch.Tensor, tau: float) -> torch.Tensor:
        """The corrected predictions for one tau, int64 [N, H, W]."""
        constants = np.float32([-tau * share for share in self.log_shares])
        return argmax(logits + torch.from_numpy(constants).to(logits.device)[:, None, None])


# Boundary IoU


def boundary_width(height: int, width: int) -> int | None:
    """The width of boundaries: 2 % of an image's diagonal; None if that is below one pixel."""
    pixels = round(0.02 * math.sqrt(height * height + width * width))
    return pixels if pixels >= 1 else None


def boundaries(ids: torch.Tensor, distance: int) -> torch.Tensor:
    """Whether each pixel is within `distance` pixels, in rows and in columns, of one with another
    id or of the outside of the image: bool [N, H, W]."""
    n, h, w = ids.shape
    result = torch.ones(n, h, w, dtype=torch.bool, device=ids.device)
    if min(h, w) <= 2 * distance:
        return result
    # A square has one id if the middle column has, and each of its rows.
    in_row = _unbroken(ids[:, :, 1:] != ids[:, :, :-1], distance, 2)
    middle = ids[:, :, distance:w - distance]
    joined = in_row[:, 1:] & in_row[:, :-1] & (middle[:, 1:] == middle[:, :-1])
    inside = _unbroken(~joined, distance, 1)
    result[:, distance:h - distance, distance:w - distance] = ~inside
    return result


def _unbroken(breaks: torch.Tensor, distance: int, axis: int) -> torch.Tensor:
    """Whether no break lies between the places `distance` before and after each place that has such
    along the axis.

    Args:
        breaks: bool, whether there is one between each place and the next.
    """
    before = breaks.cumsum(axis, dtype=torch.int32)
    before = functional.pad(before, (1, 0) if axis == 2 else (0, 0, 1, 0))
    count = before.shape[axis] - 2 * distance
    return before.narrow(axis, 2 * distance, count) == before.narrow(axis, 0, count)


def boundary_counts(labels, predicted, classes: int, distance: int) -> torch.Tensor:
    """Pixels near the boundaries of each class, int64 [N, C, 3]: on both boundaries, on that of the
    labels, on that of the prediction (Cheng et al., CVPR 2021).

    Pixels with an ignored label belong to no class, neither in the labels nor in the prediction.
    Args:
        distance: see `boundary_width`.
    """
    predicted = torch.where(labels == IGNORED, IGNORED, predicted)
    edges, predicted_edges = (boundaries(ids, distance) for ids in (labels, predicted))
    shared = edges & predicted_edges & (labels == predicted)
    counted = ((labels, shared), (labels, edges), (predicted, predicted_edges))
    return torch.stack([_by_class(*pair, classes) for pair in counted], dim=2)


def _by_class(ids, mask, classes: int) -> torch.Tensor:
    """The pixels of a mask by id, int64 [N, C]."""
    images = torch.arange(len(ids), device=ids.device)[:, None, None]
    cells = images * (IGNORED + 1) + torch.where(mask, ids, IGNORED)
    counts = torch.bincount(cells.reshape(-1), minlength=len(ids) * (IGNORED + 1))
    return counts.reshape(len(ids), -1)[:, :classes]


# Calibration


def calibration_counts(logits, predicted, labels) -> torch.Tensor:
    """Pixels by predicted probability, float64 [1 + C, 15, 3]: pixels, the sum of their
    probabilities, and those that are right; of the predicted class first, then of each class, which
    is right where it is the label.

    Bin b holds probabilities in (b / 15, (b + 1) / 15].
    Args:
        logits: of one image, float32 [C, h, w].
        predicted, labels: int64 [h, w].
    """
    logits, predicted, labels = logits.flatten(1), predicted.flatten(), labels.flatten()
    total = torch.zeros(1 + len(logits), BINS, 3, dtype=torch.float64, device=logits.device)
    for start in range(0, len(labels), _PIXELS_OF_A_BLOCK):
        block = slice(start, start + _PIXELS_OF_A_BLOCK)
        total += _calibration_of_block(logits[:, block], predicted[block], labels[block])
    return total


def _calibration_of_block(logits, predicted, labels) -> torch.Tensor:
    classes = torch.arange(len(logits), device=labels.device)[:, None]
    p = _softmax(logits)
    p = torch.cat([p.gather(0, predicted[None]), p])
    is_right = torch.cat([(predicted == labels)[None], classes == labels])
    bins = (p * BINS).ceil_().clamp_(1, BINS).to(torch.int64) - 1
    bins = torch.where(labels == IGNORED, BINS, bins)
    pixels, right = _by_bin(bins), _by_bin(torch.where(is_right, bins, BINS))
    return torch.stack([pixels, _sums_by_bin(bins, p), right], dim=2)


def _softmax(logits) -> torch.Tensor:
    """In double precision, [C, pixels], so that bins do not depend on how a kernel rounds."""
    powers = logits.to(torch.float64)
    powers = (powers - powers.amax(0)).exp_()
    total = powers[0].clone()
    for power in powers[1:]:
        total += power
    return powers.div_(total)


def _by_bin(bins, weights=None) -> torch.Tensor:
    """The pixels of each bin, or the sums of their weights, float64 [rows, 15], of bins [rows,
    pixels]."""
    cells = torch.arange(len(bins), device=bins.device)[:, None] * (BINS + 1) + bins
    weights = None if weights is None else weights.reshape(-1)
    counts = torch.bincount(cells.reshape(-1), weights, minlength=len(bins) * (BINS + 1))
    return counts.reshape(len(bins), -1)[:, :BINS].to(torch.float64)


def _sums_by_bin(bins, p) -> torch.Tensor:
    if p.device.type == "cpu":
        return _by_bin(bins, p)
    # Additions in an order that a GPU chooses would give other bits each time.
    return torch.stack([torch.where(bins == b, p, 0.0).sum(1) for b in range(BINS)], dim=1)


# Evaluation at the size of label files


def enlarged_rows(logits, rows: range, height: int, width: int) -> torch.Tensor:
    """Some rows of one image's logits at another size, float32 [C, rows, width]: bilinear without
    aligned corners, as Sources/Tensors/Kernels/Resampling/BilinearResize.swift.

    Args:
        logits: float32 [C, h, w].
        rows: of 0 ..< height.
    """
    first, second, share = _sources(logits.shape[1], height, rows, logits.device)
    blended = _between(logits, first, second, share[:, None])
    first, second, share = _sources(logits.shape[2], width, range(width), logits.device)
    # Of two axes, since PyTorch gathers the last of three slowly.
    lines = blended.reshape(-1, logits.shape[2])
    return _between(lines, first, second, share).reshape(len(logits), len(rows), width)


def _sources(size: int, new_size: int, window: range, device):
    """Which two inputs each output reads, and the weight of the second."""
    places = np.arange(window.start, window.stop)
    positions = np.maximum(0, (places + 0.5) * float(size) / float(new_size) - 0.5)
    first = np.minimum(size - 1, positions.astype(np.int64))
    arrays = first, np.minimum(size - 1, first + 1), (positions - first).astype(np.float32)
    return [torch.from_numpy(array).to(device) for array in arrays]


def _between(x, first, second, share) -> torch.Tensor:
    """first + (second - first) share along axis 1, the product and the sum rounded as one: Swift
    fuses them. A double holds the product exactly."""
    a, b = x.index_select(1, first), x.index_select(1, second)
    sums = (b - a).to(torch.float64).mul_(share.to(torch.float64)).add_(a)
    return sums.to(torch.float32)


class Evaluation:
    """Counts a split image by image, whichever process evaluates which image.

    What was counted in an image is a dictionary of NumPy arrays, `images[index]`:
    "confusion" int64 [C, C], "corrected" int64 [taus, C, C], and where they are asked for
    "boundary" int64 [C, 3], "calibration" float64 [1 + C, 15, 3] and "prediction" uint8 [H, W].
    """

    def __init__(
        self, classes: int, size, correction: PriorCorrection | None = None,
        boundary: bool = False, calibration: bool = False, pictured=()
    ):
        """
        Args:
            size: height and width of predictions that are kept.
            correction: None: none.
            boundary, calibration: whether boundary pixels and probabilities are counted.
            pictured: the images whose predictions are kept.
        """
        self.classes, self.size, self.correction = classes, tuple(size), correction
        self.counts_boundaries, self.calibrates = boundary, calibration
        self.pictured, self.images = sorted(pictured), {}

    def add(self, logits, labels, images: range) -> None:
        """Counts a batch whose logits and labels have one size.

        Raises ScoreError for logits that are not finite, a label that is no class, or an image too
        small for boundaries.
        """
        _require_finite(logits)
        predicted = argmax(logits)
        found = self._matrices(logits, predicted, labels)
        if self.counts_boundaries:
            found["boundary"] = self._boundaries(predicted, labels)
        found = {name: counts.cpu().numpy() for name, counts in found.items()}
        for n, index in enumerate(images):
            self.images[index] = {name: counts[n] for name, counts in found.items()}
            if self.calibrates:
                counts = calibration_counts(logits[n], predicted[n], labels[n])
                self.images[index]["calibration"] = counts.cpu().numpy()
            self._keep_prediction(index, predicted[n])

    def add_file(self, logits, labels, index: int) -> None:
        """Counts one image at the size of its labels.

        Args:
            logits: [1, C, h, w], of any size.
            labels: [H, W], as the file has them.
        Raises ScoreError as `add`.
        """
        _require_finite(logits)
        height, width = labels.shape
        step = max(1, _LOGITS_OF_A_BLOCK // (width * self.classes))
        found, predicted = {}, []
        for start in range(0, height, step):
            rows = range(start, min(height, start + step))
            block = enlarged_rows(logits[0], rows, height, width)
            ids, truth = argmax(block[None]), labels[start:rows.stop]
            counts = self._matrices(block[None], ids, truth[None])
            if self.calibrates:
                counts["calibration"] = calibration_counts(block, ids[0], truth)[None]
            for name, count in counts.items():
                found[name] = found[name] + count if name in found else count
            predicted.append(ids)
        if self.counts_boundaries:
            found["boundary"] = self._boundaries(torch.cat(predicted, dim=1), labels[None])
        self.images[index] = {name: counts[0].cpu().numpy() for name, counts in found.items()}
        self._keep_prediction(index, argmax(logits)[0])

    def merge(self, images: dict) -> None:
        """Adds what another process has counted: its `images`."""
        self.images.update(images)

    def total(self) -> np.ndarray:
        """The confusion matrix of all images, int64 [C, C]."""
        none = np.zeros((self.classes, self.classes), np.int64)
        return sum((image["confusion"] for image in self._ordered()), none)

    def arrays(self) -> dict[str, np.ndarray]:
        """All that a run stores, by the names of arrays.npz, images in their order."""
        images = self._ordered()
        arrays = {"confusions": np.stack([image["confusion"] for image in images])}
        if self.correction is not None and self.correction.taus:
            arrays["corrected"] = np.stack([image["corrected"] for image in images], axis=1)
        if self.counts_boundaries:
            arrays["boundary"] = np.stack([image["boundary"] for image in images])
        arrays = {name: counts.astype(np.int32) for name, counts in arrays.items()}
        if self.calibrates:
            # One after the other: sums of doubles depend on the order.
            none = np.zeros((1 + self.classes, BINS, 3))
            arrays["calibration"] = sum((image["calibration"] for image in images), none)
        predictions = [self.images[index]["prediction"] for index in self.pictured]
        arrays["pictured"] = np.array(self.pictured, np.int32)
        arrays["predictions"] = np.array(predictions, np.uint8).reshape(-1, *self.size)
        return arrays

    def _ordered(self) -> list[dict]:
        return [self.images[index] for index in sorted(self.images)]

    def _matrices(self, logits, predicted, labels) -> dict[str, torch.Tensor]:
        found = {"confusion": confusion_matrices(labels, predicted, self.classes)}
        if self.correction is not None and self.correction.taus:
            found["corrected"] = torch.stack([
                confusion_matrices(labels, self.correction.predict(logits, tau), self.classes)
                for tau in self.correction.taus], dim=1)
        return found

    def _boundaries(self, predicted, labels) -> torch.Tensor:
        height, width = labels.shape[1:]
        distance = boundary_width(height, width)
        if distance is None:
            raise ScoreError(
                f"boundary: 2 % of the diagonal of an image of {width} x {height} pixels is less "
                "than one pixel; leave 'boundary' out of the sweep file")
        return boundary_counts(labels, predicted, self.classes, distance)

    def _keep_prediction(self, index: int, predicted: torch.Tensor) -> None:
        """At `size`, by nearest neighbor."""
        if index not in self.pictured:
            return
        ids = predicted.to(torch.uint8).cpu().numpy()
        for axis, size in enumerate(self.size):
            inputs = (2 * np.arange(size) + 1) * ids.shape[axis] // (2 * size)
            ids = ids.take(inputs, axis)
        self.images[index]["prediction"] = ids


def _require_finite(logits) -> None:
    if not bool(torch.isfinite(logits).all()):
        raise ScoreError("the trained network's logits are not finite; lower learning_rate")


# History


class History:
    """Aggregates training steps into the entries of a run's history.

    `entries` are dictionaries as record.json has them.
    """

    def __init__(self, state: dict | None = None):
        """
        Args:
            state: what `state` returned, to go on from there; None: nothing.
        """
        state = state or {}
        self.entries = [dict(entry) for entry in state.get("entries", [])]
        self._steps, self._loss = state.get("steps", 0), state.get("loss", 0.0)
        self._weights = list(state.get("weights", []))
        self._weighted = list(state.get("weighted", []))
        self._unlabeled = state.get("unlabeled", 0)

    def state(self) -> dict:
        """Everything in numbers, lists and dictionaries, for a checkpoint."""
        return {
            "entries": [dict(entry) for entry in self.entries], "steps": self._steps,
            "loss": self._loss, "weights": list(self._weights),
            "weighted": list(self._weighted), "unlabeled": self._unlabeled}

    def add_unlabeled(self) -> None:
        """Counts a batch in which no pixel is labeled; to be called before its `add`."""
        self._unlabeled += 1

    def add(self, loss: float, class_weights=None) -> None:
        """Counts a step.

        Args:
            loss: its value.
            class_weights: the weight of each class, a list or tensor; NaN if the class does not
                occur in the batch. None where the loss has no weights.
        """
        self._steps += 1
        self._loss += float(loss)
        if class_weights is None:
            return
        weights = [float(weight) for weight in class_weights]
        self._weights = self._weights or [0.0] * len(weights)
        self._weighted = self._weighted or [0] * len(weights)
        for c, weight in enumerate(weights):
            if math.isfinite(weight):
                self._weights[c] += weight
                self._weighted[c] += 1

    def close(self, iteration: int) -> None:
        """Adds an entry that ends at this iteration; without a step since the last one, none."""
        if self._steps == 0:
            return
        entry = {"iteration": iteration, "loss": self._loss / self._steps}
        if self._weights:
            pairs = zip(self._weights, self._weighted)
            entry["classWeights"] = [total / steps if steps else None for total, steps in pairs]
        if self._unlabeled:
            entry["unlabeledBatches"] = self._unlabeled
        self.entries.append(entry)
        self._steps, self._loss, self._weights, self._weighted = 0, 0.0, [], []
        self._unlabeled = 0

    def set_false_positives(self, counts, pixels: int) -> None:
        """Records the false positives of the last step's batch in the last entry, as fractions of
        its valid pixels, rounded to six decimal places."""
        if self.entries and pixels > 0:
            self.entries[-1]["falsePositives"] = [
                _six_decimals(int(n) / pixels) for n in counts]

    def set_validation(self, mean_iou: float | None, mean_accuracy: float | None) -> None:
        """Records validation scores in the last entry; None where undefined."""
        scores = {"validationMeanIoU": mean_iou, "validationMeanAccuracy": mean_accuracy}
        if self.entries:
            known = {name: score for name, score in scores.items() if score is not None}
            self.entries[-1].update(known)


def _six_decimals(value: float) -> float:
    """Half away from zero, of a value from 0 on."""
    scaled = value * 1e6
    whole = math.floor(scaled)
    return (whole + (scaled - whole >= 0.5)) / 1e6
