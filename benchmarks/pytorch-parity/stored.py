"""Reads the finished runs of a sweep's output folder, each in its own folder or packed."""

import json
from pathlib import Path

import numpy as np


class Run:
    """What `run.json`, or a line of `runs.jsonl`, says, with the arrays that belong to it."""

    def __init__(self, manifest: dict, arrays, prefix: str = "") -> None:
        self.name = manifest["run"]
        self.configuration = manifest["configuration"]
        self.environment = manifest["environment"]
        self.evaluated_iteration = manifest["evaluatedIteration"]
        # Per image, the true class by row.
        self.confusions = arrays[f"{prefix}confusions"].astype(np.int64)
        lines = arrays[f"{prefix}history.jsonl"].decode().splitlines()
        self.history = [json.loads(line) for line in lines]


def read_runs(folder: Path) -> list[Run]:
    """By name. A run in a folder takes the place of the packed one."""
    runs = {}
    if (folder / "runs.jsonl").exists():
        with np.load(folder / "runs.npz") as arrays:
            for line in (folder / "runs.jsonl").read_text().splitlines():
                manifest = json.loads(line)
                runs[manifest["run"]] = Run(manifest, arrays, manifest["run"] + "/")
    for file in folder.glob("runs/*/run.json"):
        with np.load(file.parent / "arrays.npz") as arrays:
            run = Run(json.loads(file.read_text()), arrays)
        runs[run.name] = run
    return [runs[name] for name in sorted(runs)]
