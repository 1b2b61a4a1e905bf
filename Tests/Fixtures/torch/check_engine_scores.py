#!/usr/bin/env python3
"""Holds the engine's scores (Sources/Experiments/TorchEngine/scores.py) against the fixtures of
Tests/Fixtures/metrics, against plain versions in Python and NumPy, and with --command against what
RecallBench counts when it evaluates a network.

  check_engine_scores.py [--command .build/release/recallbench] [--device cpu] [--time]

Whole numbers must be equal, sums of probabilities nearly. RecallBench's logits differ from
PyTorch's in their last bits: of its counts, a few pixels may differ. Ends with status 1 if
something is not.
"""

import json
import math
import pickle
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

import engine_plain as plain
import batches
import scores

METRICS = Path(__file__).resolve().parent.parent / "metrics"
IGNORED = 255
DEVICE = "cpu"


def tensor(array, dtype=None) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).to(DEVICE, dtype)


def ids(array) -> torch.Tensor:
    return tensor(np.asarray(array), torch.int64)


def equal(found, expected, what: str) -> None:
    found = found.cpu().numpy() if isinstance(found, torch.Tensor) else np.asarray(found)
    expected = np.asarray(expected)
    assert found.shape == expected.shape, (what, found.shape, expected.shape)
    assert (found == expected).all(), f"{what}: {np.abs(found - expected).max()}"


def close(found, expected, what: str, bound: float = 1e-12) -> None:
    if expected is None or found is None:
        assert found is expected, (what, found, expected)
        return
    distance = np.abs(np.asarray(found, float) - np.asarray(expected, float)).max()
    assert distance <= bound, f"{what}: {found} instead of {expected}"


# Plain versions


def plain_confusion(labels, predicted, classes: int) -> np.ndarray:
    counts = np.zeros((classes, classes), np.int64)
    for truth, guess in zip(labels.reshape(-1), predicted.reshape(-1)):
        if truth != IGNORED:
            counts[truth, guess] += 1
    return counts


def plain_argmax(logits) -> np.ndarray:
    """Of [C, H, W]; the first of equal ones."""
    best = np.zeros(logits.shape[1:], np.int64)
    for place in np.ndindex(best.shape):
        for c in range(1, len(logits)):
            if logits[(c, *place)] > logits[(best[place], *place)]:
                best[place] = c
    return best


def plain_boundaries(labels, distance: int) -> np.ndarray:
    """Some pixel of the square has another id or is outside."""
    h, w = labels.shape
    result = np.zeros((h, w), bool)
    for y, x in np.ndindex(h, w):
        for row in range(y - distance, y + distance + 1):
            for column in range(x - distance, x + distance + 1):
                is_inside = 0 <= row < h and 0 <= column < w
                result[y, x] |= not is_inside or labels[row, column] != labels[y, x]
    return result


def plain_boundary_counts(labels, predicted, classes: int, distance: int) -> list[list[int]]:
    predicted = np.where(labels == IGNORED, IGNORED, predicted)
    truth, guess = plain_boundaries(labels, distance), plain_boundaries(predicted, distance)
    return [
        [int((truth & guess & (labels == c) & (predicted == c)).sum()),
         int((truth & (labels == c)).sum()), int((guess & (predicted == c)).sum())]
        for c in range(classes)]


def plain_calibration(logits, predicted, labels) -> np.ndarray:
    """Of [C, H, W], pixel after pixel."""
    classes = len(logits)
    counts = np.zeros((1 + classes, 15, 3))
    for place in np.ndindex(labels.shape):
        if labels[place] == IGNORED:
            continue
        z = [float(logits[(c, *place)]) for c in range(classes)]
        powers = [math.exp(value - max(z)) for value in z]
        total = 0.0
        for power in powers:
            total += power
        p = [power / total for power in powers]
        guess = predicted[place]
        events = [(0, p[guess], guess == labels[place])]
        events += [(1 + c, p[c], c == labels[place]) for c in range(classes)]
        for row, value, occurred in events:
            cell = counts[row, min(15, max(1, math.ceil(value * 15))) - 1]
            cell += [1, value, bool(occurred)]
    return counts


def plain_enlarged(logits, height: int, width: int) -> np.ndarray:
    """[C, h, w]; the product and the sum of doubles, rounded to single precision."""
    def along(x, size: int, axis: int):
        x, parts = np.moveaxis(x, axis, 0), []
        for i in range(size):
            position = max(0.0, (i + 0.5) * float(len(x)) / float(size) - 0.5)
            first = min(len(x) - 1, int(position))
            a, b = x[first], x[min(len(x) - 1, first + 1)]
            share = float(np.float32(position - first))
            parts.append((a.astype(float) + (b - a).astype(float) * share).astype(np.float32))
        return np.moveaxis(np.stack(parts), 0, axis)

    return along(along(logits, height, 1), width, 2)


def made_up(n: int, classes: int, h: int, w: int, seed: int):
    random = np.random.default_rng(seed)
    # Multiples of 1/4: ties occur.
    logits = np.round(4 * random.normal(0, 1.5, (n, classes, h, w))).astype(np.float32) / 4
    labels = random.integers(0, classes - 1, (n, h // 3 + 1, w // 4 + 1))
    labels = labels.repeat(3, 1).repeat(4, 2)[:, :h, :w].copy()
    # Logits that mostly agree with the labels, so that there is an inside.
    logits += 6 * (np.arange(classes)[None, :, None, None] == labels[:, None])
    labels[random.random(labels.shape) < 0.05] = IGNORED
    return logits, labels


# Checks


def check_confusions() -> None:
    logits, labels = made_up(3, 5, 9, 14, 1)
    predicted = scores.argmax(tensor(logits))
    equal(predicted, np.stack([plain_argmax(image) for image in logits]), "argmax")
    found = scores.confusion_matrices(ids(labels), predicted, 5)
    pairs = list(zip(labels, predicted.cpu().numpy()))
    expected = np.stack([plain_confusion(*pair, 5) for pair in pairs])
    equal(found, expected, "confusion matrices")
    total = expected.sum(0)
    wrong = [int(total[:, c].sum() - total[c, c]) for c in range(5)]
    assert scores.false_positives(found) == wrong
    labels[1, 2, 3] = 5
    try:
        scores.confusion_matrices(ids(labels), predicted, 5)
    except scores.ScoreError as error:
        assert str(error) == "a label has the class id 5, but there are only 5 classes"
    else:
        raise AssertionError("a label that is no class is counted")
    all_ignored = np.full((1, 4, 4), IGNORED)
    equal(scores.confusion_matrices(ids(all_ignored), ids(all_ignored * 0), 2), np.zeros((1, 2, 2)),
          "ignored")


def check_means() -> None:
    random = np.random.default_rng(4)
    cases = [np.zeros((3, 3)), np.diag([1, 0, 7]), [[0, 0, 0], [2, 3, 0], [0, 0, 0]]]
    cases += [random.integers(0, 10**9, (19, 19)) for _ in range(20)]
    for matrix in cases:
        matrix = np.asarray(matrix, np.int64)
        accuracies, ious = [], []
        for c in range(len(matrix)):
            hits, row, column = map(int, (matrix[c, c], matrix[c].sum(), matrix[:, c].sum()))
            accuracies += [hits / row] if row else []
            ious += [hits / (row + column - hits)] if row + column else []
        for name, values in (("meanAccuracy", accuracies), ("meanIoU", ious)):
            total = 0.0
            for value in values:
                total += value
            expected = total / len(values) if values else None
            assert scores.mean_scores(tensor(matrix)).get(name) == expected, (name, matrix)


def check_means_of_fixture() -> None:
    """NumPy's sums differ in the last bits."""
    for case in json.loads((METRICS / "fine-grained.json").read_text()):
        total = np.array(case["matrices"]).sum(0).reshape(case["classes"], -1)
        found = scores.mean_accuracy(total), scores.mean_iou(total)
        for metric, value in zip(("accuracy", "iou"), found):
            close(value, case["scores"][metric]["dataset"], f"{case['name']}: {metric}")


def check_correction() -> None:
    logits, _ = made_up(2, 5, 9, 14, 2)
    # Where a single has few bits left, sums are rounded to ties.
    logits[1] = np.round(logits[1] / 3) + 2**22
    pixels = [70001, 0, 12, 990, 5]
    taus = [0, 0.1, 0.5, 1]
    correction = scores.PriorCorrection(taus, pixels)
    changed = 0
    for tau in taus:
        shares = [math.log(p / sum(pixels)) if p else 0 for p in pixels]
        constants = np.array([np.float32(-tau * share) for share in shares])
        expected = np.stack([plain_argmax(image + constants[:, None, None]) for image in logits])
        equal(correction.predict(tensor(logits), tau), expected, f"tau {tau}")
        changed += int((expected != logits.argmax(1)).sum())
    assert changed > 10


def check_boundaries() -> None:
    def numbers(rows):
        return np.array([[IGNORED if c == "." else int(c) for c in row] for row in rows])

    for case in json.loads((METRICS / "boundary.json").read_text()):
        truth, prediction = numbers(case["truth"]), numbers(case["prediction"])
        assert scores.boundary_width(*truth.shape) == case["boundary"]
        # Two images at once, the second with other labels.
        other = np.roll(truth, 3, 1)
        found = scores.boundary_counts(
            ids([truth, other]), ids([prediction, prediction]), case["classes"], case["boundary"])
        equal(found[0], case["counts"], "boundary.json")
        expected = plain_boundary_counts(other, prediction, case["classes"], case["boundary"])
        equal(found[1], expected, "the second image")
    for h, w, distance in [(1, 1, 1), (5, 7, 1), (9, 4, 2), (16, 13, 3), (3, 3, 5), (20, 31, 2)]:
        random = np.random.default_rng(h)
        images = [np.arange(h * w).reshape(h, w) // 5 * 7 % 11 < 8, random.random((h, w)) < 0.02]
        for image in images:
            found = scores.boundaries(ids(image)[None], distance)[0]
            equal(found, plain_boundaries(image, distance), f"boundaries {h} x {w}, {distance}")
    widths = {(64, 128): 3, (1024, 2048): 46, (15, 20): None, (16, 20): 1}
    assert all(scores.boundary_width(*size) == width for size, width in widths.items())


def calibration_errors(counts) -> list[float]:
    counts = np.asarray(counts)
    return [float(np.abs(row[:, 2] - row[:, 1]).sum() / row[:, 0].sum()) for row in counts]


def check_calibration() -> None:
    case = json.loads((METRICS / "calibration.json").read_text())
    logits = np.array(case["logits"], np.float32).T[:, None]
    labels = np.array(case["labels"])[None]
    predicted = scores.argmax(tensor(logits)[None])[0]
    found = scores.calibration_counts(tensor(logits), predicted, ids(labels)).cpu().numpy()
    errors = calibration_errors(found)
    close(errors, [case["error"], *case["byClass"]], "calibration.json")
    close(np.mean(errors[1:]), case["classwise"], "classwise")
    for seed, classes in enumerate((6, 6, 5, 3)):
        logits, labels = made_up(1, classes, 23, 31, seed)
        # A fifth and a third are the upper edges of their bins.
        logits[0, :, :5] = 0
        predicted = logits[0].argmax(0)
        if seed == 1:
            predicted = (predicted + 1) % classes
        arguments = tensor(logits[0]), ids(predicted), ids(labels[0])
        found = scores.calibration_counts(*arguments).cpu().numpy()
        expected = plain_calibration(logits[0], predicted, labels[0])
        equal(found[:, :, [0, 2]], expected[:, :, [0, 2]], "calibration's pixels")
        close(found[:, :, 1], expected[:, :, 1], "calibration's sums", 1e-11)
        block, scores._PIXELS_OF_A_BLOCK = scores._PIXELS_OF_A_BLOCK, 100
        close(scores.calibration_counts(*arguments).cpu(), expected, "in blocks", 1e-11)
        scores._PIXELS_OF_A_BLOCK = block


def check_enlarging() -> None:
    for size, (height, width) in [((7, 9), (20, 33)), ((8, 8), (8, 8)), ((20, 10), (13, 31)),
                                  ((1, 1), (3, 2)), ((33, 49), (64, 96))]:
        logits, _ = made_up(1, 3, *size, 5)
        # Random bits: multiples of 1/4 would hide how sums are rounded.
        logits += np.random.default_rng(1).random(logits.shape).astype(np.float32)
        whole = plain_enlarged(logits[0], height, width)
        for rows in (range(height), range(height // 2, height), range(0, 1)):
            found = scores.enlarged_rows(tensor(logits[0]), rows, height, width)
            equal(found, whole[:, rows.start:rows.stop], f"{size} -> {height} x {width} {rows}")
        reference = functional.interpolate(
            torch.from_numpy(logits).double(), (height, width), mode="bilinear",
            align_corners=False)[0]
        close(whole, reference, "F.interpolate", 1e-5)


def check_evaluation() -> None:
    """Batches of any size, in any order and by several processes; label files of another size."""
    classes, size = 5, (24, 31)
    logits, labels = made_up(5, classes, 24, 31, 7)
    correction = scores.PriorCorrection([0, 0.4, 1], [900, 0, 40, 3, 70])

    def evaluation():
        return scores.Evaluation(classes, size, correction, True, True, pictured=[3, 1])

    whole, parts, other = evaluation(), evaluation(), evaluation()
    whole.add(tensor(logits), ids(labels), range(5))
    for n in (4, 1):
        other.add(tensor(logits[n:n + 1]), ids(labels[n:n + 1]), range(n, n + 1))
    parts.add(tensor(logits[2:4]), ids(labels[2:4]), range(2, 4))
    parts.add(tensor(logits[0:1]), ids(labels[0:1]), range(0, 1))
    parts.merge(pickle.loads(pickle.dumps(other.images)))
    found = whole.arrays()
    for name, array in parts.arrays().items():
        equal(array, found[name], f"in parts: {name}")
    predicted = logits.argmax(1)
    expected = np.stack([plain_confusion(*pair, classes) for pair in zip(labels, predicted)])
    equal(found["confusions"], expected, "confusions")
    equal(whole.total(), expected.sum(0), "total")
    equal(found["pictured"], [1, 3], "pictured")
    equal(found["predictions"], predicted[[1, 3]], "predictions")
    assert found["predictions"].dtype == np.uint8 and found["confusions"].dtype == np.int32
    assert found["corrected"].shape == (3, 5, classes, classes)
    equal(found["corrected"][0], expected, "tau 0")
    assert (found["corrected"][2] != expected).any()
    boundary = [plain_boundary_counts(*pair, classes, 1) for pair in zip(labels, predicted)]
    equal(found["boundary"], boundary, "boundary")
    sums = sum(plain_calibration(*case) for case in zip(logits, predicted, labels))
    close(found["calibration"], sums, "calibration", 1e-11)
    check_files(evaluation, logits, classes, size)


def check_files(evaluation, logits, classes: int, size) -> None:
    kept, scores._LOGITS_OF_A_BLOCK = scores._LOGITS_OF_A_BLOCK, 3000
    files = evaluation()
    files.size, files.pictured = (12, 16), [0, 1]
    for n, (height, width) in enumerate([(48, 62), (25, 90), (24, 31)]):
        _, (labels,) = made_up(1, classes, height, width, 20 + n)
        files.add_file(tensor(logits[n:n + 1]), ids(labels), n)
        large = plain_enlarged(logits[n], height, width)
        predicted, found = plain_argmax(large), files.images[n]
        equal(found["confusion"], plain_confusion(labels, predicted, classes), f"file {n}")
        distance = scores.boundary_width(height, width)
        boundary = plain_boundary_counts(labels, predicted, classes, distance)
        equal(found["boundary"], boundary, f"boundary of file {n}")
        close(found["calibration"], plain_calibration(large, predicted, labels), "file", 1e-11)
        if n < 2:
            small = plain.nearest(logits[n].argmax(0), 12, 16)
            equal(found["prediction"], small, f"picture of file {n}")
    assert files.arrays()["predictions"].shape == (2, 12, 16)
    scores._LOGITS_OF_A_BLOCK = kept
    for wrong in (np.nan, np.inf):
        logits[0, 0, 0, 0] = wrong
        try:
            files.add_file(tensor(logits[:1]), ids(labels), 0)
        except scores.ScoreError as error:
            assert "not finite" in str(error)
        else:
            raise AssertionError("logits that are not finite are counted")


def check_history() -> None:
    nan = math.nan
    steps = [  # loss, weights, whether no pixel is labeled
        (0.1, [1.0, nan, 3.0], False), (0.2, [2.0, nan, math.inf], True),
        (0.7, torch.tensor([0.5, nan, nan], dtype=torch.float64), True), (1.5, None, False)]
    history = scores.History()
    history.close(3)
    history.set_false_positives([1], 1)
    history.set_validation(0.5, 0.5)
    assert history.entries == []
    for loss, weights, is_unlabeled in steps[:2]:
        if is_unlabeled:
            history.add_unlabeled()
        history.add(loss, weights)
    # Interrupted in the middle of an interval.
    history = scores.History(pickle.loads(pickle.dumps(history.state())))
    history.add_unlabeled()
    history.add(*steps[2][:2])
    history.close(3)
    history.set_false_positives([1, 0, 5, 1], 8_000_000)
    history.set_false_positives([1, 2], 0)
    history.set_validation(None, 0.25)
    history.add(*steps[3][:2])
    history.close(4)
    assert history.entries == [
        {"iteration": 3, "loss": (0.1 + 0.2 + 0.7) / 3,
         "classWeights": [(1.0 + 2.0 + 0.5) / 3, None, 3.0], "unlabeledBatches": 2,
         "falsePositives": [0.0, 0.0, 0.000001, 0.0], "validationMeanAccuracy": 0.25},
        {"iteration": 4, "loss": 1.5}], history.entries
    # Half of a millionth, away from zero; nearest even would be 0.000002.
    history.set_false_positives([5, 15, 25], 10_000_000)
    assert history.entries[1]["falsePositives"] == [0.000001, 0.000002, 0.000003]
    json.dumps(history.state(), allow_nan=False)
    state = history.state()
    history.set_validation(1, 1)
    assert "validationMeanIoU" not in state["entries"][1], "a state changes later"


def check_command(command: str, folder: Path) -> None:
    """What RecallBench counted, from the weights that it stored."""
    import engine_command  # noqa: PLC0415
    for number, (fields, configuration, sizes) in enumerate(engine_command.SETTINGS):
        run = engine_command.Run(command, folder / f"run{number}", fields)
        network, expected = run.stored()
        c = configuration
        size = c.get("evaluateHeight", c["height"]), c.get("evaluateWidth", c["width"])
        plain.write_store(run.folder, "test", run.test, size, sizes == "files", file_labels=True)
        mean, deviation = run.normalization()
        sampler = batches.EvaluationSampler(
            batches.Store(run.folder, "test", DEVICE), sizes,
            batches.Normalization(mean, deviation, DEVICE))
        (split,) = (run.folder / "out/splits").glob("*.json")
        pixels = json.loads(split.read_text())["trainClassPixels"]
        taus = [n / 10 for n in range(11)]
        found = scores.Evaluation(
            engine_command.CLASSES, size, scores.PriorCorrection(taus, pixels), True, True,
            expected["pictured"].tolist())
        for images in sampler.ranges(run.BATCH):
            inputs, labels = sampler.batch(images)
            with torch.no_grad():
                logits = network(inputs.cpu()).to(DEVICE)
            if sizes == "store":
                found.add(logits, labels, images)
                continue
            for n, index in enumerate(images):
                found.add_file(logits[n:n + 1], sampler.file_labels(index), index)
        # Stored as differences, from each strength to the next.
        corrected = np.cumsum(expected["corrected"], 0) + expected["confusions"]
        compare(found.arrays(), expected | {"corrected": corrected}, fields)
        history = scores.History()
        for iteration, (logits, labels, value) in enumerate(run.steps()):
            predicted = scores.argmax(tensor(logits))
            matrices = scores.confusion_matrices(ids(labels), predicted, engine_command.CLASSES)
            history.add(value)
            history.close(iteration + 1)
            history.set_false_positives(
                scores.false_positives(matrices), int((labels != IGNORED).sum()))
        assert history.entries == run.history(), (history.entries, run.history())


def compare(found, expected, fields) -> None:
    assert set(found) == set(expected), (set(found), set(expected))
    moved = {}
    for name, array in found.items():
        assert array.shape == expected[name].shape, (name, array.shape, expected[name].shape)
        moved[name] = float(np.abs(array.astype(float) - expected[name]).sum())
    assert moved["pictured"] == 0
    # Of about 7 x 3000 pixels; of each strength; of three counts; of five rows and three columns.
    bounds = {"confusions": 6, "corrected": 66, "boundary": 60, "predictions": 6, "calibration": 20}
    for name, bound in bounds.items():
        assert moved[name] <= bound, f"{fields}: {name} differs by {moved[name]}"
    print(f"  as RecallBench: {fields}: {moved}")


def measure() -> None:
    """The seconds of what is counted in one image of Cityscapes' size."""
    random = np.random.default_rng(1)
    labels = ids(random.integers(0, 19, (1, 64, 128)).repeat(16, 1).repeat(16, 2))
    logits = tensor(random.normal(0, 2, (1, 19, 1024, 2048)).astype(np.float32))
    correction = scores.PriorCorrection([n / 10 for n in range(11)], range(1, 20))
    for name, arguments in {
        "confusion matrices alone": (), "11 corrections": (correction,),
        "boundaries too": (correction, True), "calibration too": (correction, True, True)
    }.items():
        evaluation = scores.Evaluation(19, (512, 1024), *arguments)
        for what, add in {
            "same size": lambda: evaluation.add(logits, labels, range(1)),
            "label file": lambda: evaluation.add_file(logits[:, :, :769, :769], labels[0], 0)
        }.items():
            start = time.perf_counter()
            add()
            print(f"  {name}, {what}: {time.perf_counter() - start:.2f} s")


def main() -> None:
    options = plain.options()
    global DEVICE
    DEVICE = options.device
    torch.set_num_threads(1)
    for check in (
        check_confusions, check_means, check_means_of_fixture, check_correction, check_boundaries,
        check_calibration, check_enlarging, check_evaluation, check_history
    ):
        check()
    if options.command:
        with tempfile.TemporaryDirectory() as folder:
            check_command(options.command, Path(folder))
    if options.time:
        measure()
    print("the engine's scores are what they should be")


if __name__ == "__main__":
    main()
