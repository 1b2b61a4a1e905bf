"""Sets RecallBench's runs beside PyTorch's -> camvid.md and camvid.json.

    python benchmarks/pytorch-parity/compare.py [--ours results/camvid-peers] [--theirs FOLDER]

RecallBench's scores are computed here from its stored confusion matrices, and must be those of its
summary.csv where there is one. Losses or seeds that one side lacks are left out, and named.
"""

import argparse
import csv
import json
import math
import statistics
from pathlib import Path

import numpy as np

from scores import scores
from stored import read_runs

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
BACKBONE = "resnet18"
SCORES = {"mean_accuracy": "mean accuracy", "mean_iou": "mean IoU"}
TITLES = {"ours": "RecallBench", "theirs": "PyTorch"}


def our_settings(c: dict) -> dict:
    """A run's configuration in the words of camvid.py."""
    t, d = c["training"], c["data"]
    assert d["source"] == "real" and d["evaluate"] == "test" and d["split"] == "official"
    assert "architecture" not in c and "pretrained" not in c
    return {
        "data": d["name"], "height": d["height"], "width_pixels": d["width"],
        "augmentation": d["augmentation"], "backbone": c["backbone"], "width": c["width"],
        "iterations": t["iterations"], "batch": t["batch"], "learning_rate": t["learningRate"],
        "checkpoint": t["checkpoint"], "validate_every": t["validateEvery"]}


def read_ours(folder: Path) -> dict:
    runs = {}
    for run in read_runs(folder):
        config, environment = run.configuration, run.environment
        if config["backbone"] != BACKBONE:
            continue
        runs[config["loss"], config["seed"]] = {
            "settings": our_settings(config), "environment": environment,
            "seconds": environment["trainingSeconds"] + environment["evaluationSeconds"],
            "evaluated_iteration": run.evaluated_iteration,
            "curve": [(entry["iteration"], entry["loss"]) for entry in run.history],
            "test": scores(run.confusions.sum(0))}
    check_summary(folder / "summary.csv", runs)
    return runs


def check_summary(file: Path, runs: dict) -> None:
    if not file.exists():
        return
    with open(file) as lines:
        for row in csv.DictReader(lines):
            run = runs.get((row["loss"], int(row["seed"])))
            if row["backbone"] != BACKBONE:
                continue
            for key in (*SCORES, "pixel_accuracy"):
                assert run is None or abs(100 * run["test"][key] - float(row[key])) < 0.00501, row


def read_theirs(folder: Path) -> dict:
    runs = {}
    for file in sorted(folder.glob("camvid-*.json")):
        record = json.loads(file.read_text())
        assert record["test"] == scores(np.array(record["test_confusion"])), file
        every = record["history"]["every"]
        curve = [((i + 1) * every, x) for i, x in enumerate(record["history"]["loss"])]
        runs[record["loss"], record["seed"]] = {
            **record, "curve": curve,
            "seconds": record["training_seconds"] + record["evaluation_seconds"]}
    return runs


def compared(ours: dict, theirs: dict, loss: str, seeds: list, score: str) -> dict:
    """In percent; the standard deviations are those of the sample."""
    values = {
        side: [100 * runs[loss, seed]["test"][score] for seed in seeds]
        for side, runs in (("ours", ours), ("theirs", theirs))}
    result = {"loss": loss, "score": score, "seeds": seeds, **values}
    for side, numbers in values.items():
        result[f"{side}_mean"] = statistics.mean(numbers)
        result[f"{side}_deviation"] = statistics.stdev(numbers) if len(numbers) > 1 else None
    result["difference"] = result["theirs_mean"] - result["ours_mean"]
    low, high = (f([f(values["ours"]), f(values["theirs"])]) for f in (min, max))
    result["ranges_overlap"] = max(map(min, values.values())) <= min(map(max, values.values()))
    result["range_of_all"] = [low, high]
    if len(seeds) > 1:
        result["bound"] = 2 * math.sqrt(
            sum(result[f"{side}_deviation"] ** 2 for side in values) / len(seeds))
        result["agrees"] = abs(result["difference"]) <= result["bound"]
    return result


def table(rows: list) -> list[str]:
    seeds = rows[0]["seeds"]
    lines = [
        "| loss | side | " + " | ".join(f"seed {s}" for s in seeds)
        + " | mean ± sd | difference | bound | within | ranges overlap |",
        "|---|---|" + "---:|" * (len(seeds) + 3) + "---|---|"]
    for row in rows:
        for side, title in TITLES.items():
            deviation = row[f"{side}_deviation"]
            cells = [row["loss"], title, *(f"{v:.2f}" for v in row[side])]
            cells.append(
                f"{row[f'{side}_mean']:.2f}" + (f" ± {deviation:.2f}" if len(seeds) > 1 else ""))
            if side == "theirs":
                cells += [f"{row['difference']:+.2f}"]
                cells += ["-"] * 3 if len(seeds) == 1 else [
                    f"{row['bound']:.2f}", yes(row["agrees"]), yes(row["ranges_overlap"])]
            else:
                cells += [""] * 4
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def yes(value: bool) -> str:
    return "yes" if value else "**no**"


def start_of_curves(ours: dict, theirs: dict, pairs: list) -> list[str]:
    """How the training losses drift apart: the same until rounding is amplified."""
    lines = [
        "| loss | seed | steps | RecallBench | PyTorch | difference |",
        "|---|---:|---|---:|---:|---:|"]
    for loss, seed in pairs:
        a, b = ours[loss, seed]["curve"], theirs[loss, seed]["curve"]
        for at in (0, 1, 9, len(a) - 1):
            (end, x), (other, y) = a[at], b[at]
            assert end == other
            first = a[at - 1][0] + 1 if at else 1
            lines.append(
                f"| {loss} | {seed} | {first} to {end} | {x:.4f} | {y:.4f} "
                f"| {100 * (y / x - 1):+.2f}% |")
    return lines


def per_class(ours: dict, theirs: dict, pairs: list, losses: list, classes: list) -> list[str]:
    """The means over seeds of the classes' IoU."""
    lines = ["| loss | side | " + " | ".join(classes) + " |", "|---|---|" + "---:|" * len(classes)]
    for loss in losses:
        for side, runs in (("ours", ours), ("theirs", theirs)):
            columns = zip(*(runs[pair]["test"]["iou"] for pair in pairs if pair[0] == loss))
            cells = []
            for column in columns:
                defined = [v for v in column if v is not None]
                cells.append(f"{100 * statistics.mean(defined):.1f}" if defined else "-")
            lines.append(f"| {loss} | {TITLES[side]} | " + " | ".join(cells) + " |")
    return lines


def machines(runs: dict, pairs: list, keys: list) -> str:
    """What the runs were made with; each value once."""
    parts = []
    for key, title in keys:
        values = sorted({str(runs[pair]["environment"][key]) for pair in pairs})
        parts.append(f"{title}{' and '.join(values)}")
    seconds = [runs[pair]["seconds"] for pair in pairs]
    return ", ".join(parts) + f"; {min(seconds):.0f} to {max(seconds):.0f} s per run"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", type=Path, default=ROOT / "results" / "camvid-peers")
    parser.add_argument("--theirs", type=Path, default=FOLDER / "runs")
    parser.add_argument("--output", type=Path, default=FOLDER)
    options = parser.parse_args()
    ours, theirs = read_ours(options.ours), read_theirs(options.theirs)
    order = ["ce", "weighted_ce", "recall"]
    # The same seeds for all losses, so that the table is one table.
    losses = [x for x in order if any(k[0] == x for k in ours) and any(k[0] == x for k in theirs)]
    seeds = sorted(
        s for s in {k[1] for k in ours} if all((x, s) in ours and (x, s) in theirs for x in losses))
    if not losses or not seeds:
        raise SystemExit("no seed is finished on both sides for every loss")
    pairs = [(loss, seed) for loss in losses for seed in seeds]
    settings = theirs[pairs[0]]["settings"]
    for pair in pairs:
        assert ours[pair]["settings"] == theirs[pair]["settings"] == settings, pair
    rows = [compared(ours, theirs, loss, seeds, score) for score in SCORES for loss in losses]
    document = (FOLDER / "camvid.md.in").read_text()
    for name, lines in {
        "ACCURACY": table([r for r in rows if r["score"] == "mean_accuracy"]),
        "IOU": table([r for r in rows if r["score"] == "mean_iou"]),
        "VERDICT": [verdict(rows)],
        "CURVES": start_of_curves(ours, theirs, pairs),
        "CLASSES": per_class(ours, theirs, pairs, losses, theirs[pairs[0]]["classes"]),
        "OURS": [machines(ours, pairs, [
            ("cpu", ""), ("cores", "cores "), ("threads", "threads per run "), ("compiler", ""),
            ("blas", ""), ("commit", "commit ")])],
        "THEIRS": [machines(theirs, pairs, [
            ("cpu", ""), ("cores", "cores "), ("threads", "threads per run "),
            ("python", "Python "), ("torch", "PyTorch "), ("numpy", "NumPy "),
            ("commit", "commit ")])],
    }.items():
        document = document.replace(f"{{{name}}}", "\n".join(lines))
    (options.output / "camvid.md").write_text(document)
    (options.output / "camvid.json").write_text(json.dumps(
        {"settings": settings, "percent": rows, "evaluated_iterations": [
            {"loss": p[0], "seed": p[1], "ours": ours[p]["evaluated_iteration"],
             "theirs": theirs[p]["evaluated_iteration"]} for p in pairs]}, indent=1) + "\n")
    print(verdict(rows))


def verdict(rows: list) -> str:
    judged = [row for row in rows if "agrees" in row]
    if not judged:
        return "One seed only: the rule below cannot be applied."
    failed = [f"{SCORES[row['score']]} of {row['loss']}" for row in judged if not row["agrees"]]
    text = f"{len(judged) - len(failed)} of {len(judged)} differences lie within the bound"
    return text + (f"; not: {', '.join(failed)}." if failed else ".")


if __name__ == "__main__":
    main()
