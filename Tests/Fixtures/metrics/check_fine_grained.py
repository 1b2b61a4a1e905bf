#!/usr/bin/env python3
"""Compares a report's fine-grained tables with scores that NumPy computes from the stored matrices.

    python3 check_fine_grained.py results/camvid

Needs numpy. Reads runs.jsonl and runs.npz (of a folder that was trained, `recallbench results pack`
makes them) and tables/*-fine-grained.csv, which `recallbench report` writes; says how many cells
agree to the two decimals of the tables.
"""
import csv
import glob
import json
import os
import sys
from collections import defaultdict

import numpy as np

from make_reference import fine_grained

folder = sys.argv[1]
arrays = np.load(os.path.join(folder, "runs.npz"))
scores = defaultdict(list)
for line in open(os.path.join(folder, "runs.jsonl")):
    run = json.loads(line)
    settings = run["configuration"]
    panel = [settings["data"]["name"], settings.get("architecture"), settings["backbone"]]
    slug = "-".join(part for part in panel if part)
    matrices = arrays[run["run"] + "/confusions"].astype(np.int64)
    for metric, values in fine_grained(matrices).items():
        scores[slug, "mean_" + metric, settings["loss"]].append(list(values.values()))

cells, wrong = 0, []
for path in sorted(glob.glob(os.path.join(folder, "tables/*-fine-grained.csv"))):
    slug = os.path.basename(path).removesuffix("-fine-grained.csv")
    for row in csv.reader(line for line in open(path) if not line.startswith("#")):
        runs = scores.get((slug, row[0], row[1]))
        if runs is None:
            continue
        for text, value in zip(row[2::2], 100 * np.mean(runs, axis=0)):
            cells += 1
            if abs(float(text) - value) > 0.005 + 1e-9:
                wrong.append(f"{slug} {row[0]} {row[1]}: {text}, not {value:.4f}")
print("\n".join(wrong + [f"{cells - len(wrong)} of {cells} cells agree"]))
sys.exit(1 if wrong or not cells else 0)
