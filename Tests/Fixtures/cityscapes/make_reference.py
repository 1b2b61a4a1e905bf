#!/usr/bin/env python3
"""Writes synthetic.json and sample.json: what the official Cityscapes evaluation says.

    python3 make_reference.py [the sample's gtFine/val; default: beside the checkout, in shared/data]

Needs cityscapesscripts 2.3.0 and numpy < 2. The official script judges label files made by the
integer rules below; OfficialEvaluationTests.swift makes the same files by the same rules, so that no
image has to be stored. sample.json is only written where the sample is (its label files may not be
redistributed, only scores of them are stored).

The stored files hold the script's result dictionary as it is, except that NaN, which is no JSON, is
written as null. The script takes label files in the order of a directory listing, on which the last
bit of its instance scores depends; here they are sorted by path.
"""
import glob
import json
import math
import os
import sys
import tempfile

import numpy as np
from PIL import Image
from cityscapesscripts.evaluation import evalPixelLevelSemanticLabeling as official

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, "../../../../shared/data/cityscapes-sample/gtFine/val")

# Of the synthetic label files: rows, columns, and the ids they hold, in blocks. Wall and terrain are
# neither present nor predicted; bus and bicycle are only predicted.
ROWS, COLUMNS = 48, 80
IDS = [7, 8, 11, 0, 13, 17, 19, 20, 21, 23, 24, 25, 26, 27, 31, 32, 1, 3, 4, 9, 29, 30, 18, 26, 24]


def grid(rows, columns):
    return np.mgrid[0:rows, 0:columns].astype(np.int64)


def synthetic_truth(image):
    """Label ids and instance ids: blocks of 7 x 9 pixels; objects number their blocks, 24 and 26 also
    come as crowds without a number."""
    y, x = grid(ROWS, COLUMNS)
    block = (y // 7) * 13 + x // 9 + image * 31
    labels = np.array(IDS)[block * 7 % len(IDS)]
    if image == 1:  # no object of these in one image
        labels = np.where((labels == 31) | (labels == 32), 7, labels)
    numbered = (labels >= 24) & (block % 11 != 0)
    instances = np.where(numbered, labels * 1000 + block % 17, labels)
    return labels, instances


def imperfect(labels, image):
    """A prediction: the labels moved by two rows and three columns, with void, neighbouring and
    ignored ids strewn in, and whole blocks wrong."""
    rows, columns = labels.shape
    y, x = grid(rows, columns)
    moved = labels[np.maximum(y - 2, 0), np.maximum(x - 3, 0)].astype(np.int64)
    wrong = np.where((moved == 11) | (moved == 21), moved, (moved + 1) % 34)
    noise = (x * 73856093 + y * 19349663 + image * 83492791) // 7 % 97
    result = np.where((y // 64 + x // 64 + image) % 17 == 0, 33, moved)
    result = np.where(noise == 0, 0, result)
    result = np.where(noise == 1, wrong, result)
    result = np.where(noise == 2, 29, result)
    result = np.where(noise == 3, 16, result)
    return result


def save(array, path, kind):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Image.fromarray(array.astype(kind)).save(path)


def evaluate(truths, predictions):
    args = official.args
    args.quiet, args.JSONOutput = True, False
    result = official.evaluateImgLists(predictions, truths, args)
    return json.loads(json.dumps(result), parse_constant=lambda _: None)


def store(result, name):
    path = os.path.join(HERE, name)
    with open(path, "w") as file:
        json.dump(result, file, sort_keys=True, separators=(",", ":"))
        file.write("\n")
    print(name, "mean IoU", result["averageScoreClasses"])


def synthetic(folder):
    truths, predictions = [], []
    for image in range(3):
        labels, instances = synthetic_truth(image)
        stem = os.path.join(folder, "val/town/town_%06d_000019_gtFine_" % image)
        save(labels, stem + "labelIds.png", np.uint8)
        save(instances, stem + "instanceIds.png", np.uint16)
        prediction = os.path.join(folder, "predictions/town_%06d_000019_x.png" % image)
        save(imperfect(labels, image), prediction, np.uint8)
        truths.append(stem + "labelIds.png")
        predictions.append(prediction)
    store(evaluate(truths, predictions), "synthetic.json")


def sample(folder, root):
    truths = sorted(glob.glob(os.path.join(root, "*", "*_gtFine_labelIds.png")))
    if not truths:
        print("no label files in", root, "- sample.json is left as it is")
        return
    predictions = []
    for image, truth in enumerate(truths):
        labels = np.array(Image.open(truth))
        name = os.path.basename(truth).replace("_gtFine_labelIds.png", "_x.png")
        predictions.append(os.path.join(folder, "sample", name))
        save(imperfect(labels, image), predictions[-1], np.uint8)
    store(evaluate(truths, predictions), "sample.json")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        synthetic(folder)
        sample(folder, sys.argv[1] if len(sys.argv) > 1 else SAMPLE)
