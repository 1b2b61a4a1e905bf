#!/usr/bin/env python3
"""Holds the losses of the PyTorch engine against losses_reference.py, and against recallbench.

Every specification on random batches and on the stored ones of Tests/Fixtures/losses, in single and
in double precision: value, gradient in norm, its worst component by the largest, class weights.
Then states over several steps, constant weights, batches without a labeled pixel, ties, NaN at
ignored pixels, and the notation. With --command, values and gradients against `recallbench losses
evaluate`, also where the authors' code is not defined. Ends with status 1 if anything disagrees.

  check_engine_losses.py [--command .build/release/recallbench] [--device cuda] [--seed N]
"""

import argparse
import json
import re
import secrets
import struct
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch

import check_losses
import losses_reference as reference
from check_losses import REORDERED, SHAPES
from losses_fixtures import CASES, is_defined

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Sources/Experiments/TorchEngine"))
import losses  # noqa: E402

SPECIFICATIONS = reference.SPECIFICATIONS + [
    "2 * ce", "recall.published(normalize: 1, per_image: 1)",
    "seesaw(q: 0) + 0.5 * tilted_ce(t: 2)", "recall(momentum: 0.25) + 0.5 * seesaw + focal"]
# Of value, gradient in norm, its worst component, and class weights; Lovász's worst component in
# single precision apart, see check_losses.py.
SINGLE, DOUBLE = (1e-5, 1e-4, 1e-4, 1e-5), (1e-10, 1e-10, 1e-10, 1e-10)
# Where the reference has constants in single precision.
ROUNDED = {"unified_focal": 1e-7, "tilted_ce": 1e-6}


class Check:
    """What was compared, and what disagrees."""

    def __init__(self, device):
        self.device = torch.device(device)
        # The worst errors by specification, single then double precision.
        self.worst, self.failures = {}, []

    def expect(self, good, message):
        if not good:
            self.failures.append(message)

    def raises(self, call, message):
        """That a call raises ValueError with one line that contains a text."""
        try:
            call()
        except ValueError as error:
            text = str(error)
            self.expect(message in text and "\n" not in text, f"{text!r} lacks {message!r}")
        else:
            self.expect(False, f"no error: {message}")

    def evaluate(self, loss, logits, labels, dtype=torch.float64):
        """Value, gradient and class weights of one step, as NumPy has them."""
        z = torch.tensor(logits, dtype=dtype, device=self.device, requires_grad=True)
        y = torch.tensor(labels.astype(np.int64), device=self.device)
        value, weights = loss(z, y)
        value.backward()
        self.expect(
            value.shape == () and value.dtype == torch.float64 and z.grad.dtype == dtype,
            "a value that is not a scalar in float64")
        if weights is not None:
            self.expect(
                weights.dtype == torch.float64 and not weights.requires_grad,
                "weights that are not constants in float64")
            weights = weights.cpu().numpy()
        return value.item(), z.grad.double().cpu().numpy(), weights

    def compare(self, column, specification, case, batch, wanted):
        """A loss's first step against (value, gradient, weights); the errors go into a column."""
        logits, labels, counts = batch
        dtype, allowed = (torch.float64, DOUBLE) if column == 1 else (torch.float32, SINGLE)
        for name in ROUNDED:
            if column == 1 and name in specification:
                allowed = (*[ROUNDED[name]] * 3, allowed[3])
        if column != 1 and "lovasz" in specification:
            allowed = (*allowed[:2], REORDERED, allowed[3])
        loss = losses.make_loss(specification, logits.shape[1], counts.tolist())
        errors = distances(self.evaluate(loss, logits, labels, dtype), wanted)
        # Written so that a NaN fails.
        if not all(e <= a for e, a in zip(errors, allowed)):
            off = ", ".join(f"{e:.1e}" for e in errors)
            self.failures.append(f"{specification}, {case}, {dtype}: off by {off}")
        row = self.worst.setdefault(specification, np.zeros((3, 4)))[column]
        row[:] = np.maximum(row, errors)


def distances(found, wanted):
    """Relative errors of value, gradient in norm, its worst component, and weights. A reference of
    0 must be met, and weights must be NaN at the same places."""
    value, gradient, weights = found
    wanted_value, wanted_gradient, wanted_weights = wanted
    difference = gradient - wanted_gradient
    errors = [
        abs(value - wanted_value) / max(abs(wanted_value), TINY),
        np.linalg.norm(difference) / max(np.linalg.norm(wanted_gradient), TINY),
        np.abs(difference).max() / max(np.abs(wanted_gradient).max(), TINY)]
    if wanted_weights is UNKNOWN:
        return (*errors, 0)
    if weights is None or wanted_weights is None:
        return (*errors, 0 if weights is wanted_weights else np.nan)
    present = np.isfinite(wanted_weights)
    if not np.array_equal(present, np.isfinite(weights)):
        return (*errors, np.nan)
    off = np.abs(weights - wanted_weights)[present]
    return (*errors, (off / np.maximum(wanted_weights[present], TINY)).max(initial=0))


UNKNOWN, TINY = object(), 1e-25


# Class weights, from their definitions.

class Counts:
    """Pixels of a batch by class and image, and what predictions make of them."""

    def __init__(self, logits, labels, previous=1.0):
        z = logits.astype(np.float64)
        self.classes, self.previous = z.shape[1], previous
        powers = np.exp(z - z.max(1, keepdims=True))
        p = powers / powers.sum(1, keepdims=True)
        own = labels[:, None] == np.arange(self.classes)[:, None, None]
        rest = (powers.sum(1, keepdims=True) - powers)
        for j in range(self.classes):
            rest[:, j] = np.delete(powers, j, 1).sum(1) / powers.sum(1)
        said = z.argmax(1)[:, None] == np.arange(self.classes)[:, None, None]
        valid = own.any(1, keepdims=True)
        self.n, self.fn = own.sum((2, 3)), (own & ~said).sum((2, 3))
        self.fp = (said & ~own & valid).sum((0, 2, 3))
        self.ce = [-np.log(p[:, c][own[:, c]]) for c in range(self.classes)]
        self.rest = [rest[:, c][own[:, c]] for c in range(self.classes)]

    def mean_ce(self):
        return np.concatenate(self.ce).mean()


def weights_of_term(name, values, b):
    """[C], with anything at absent classes; None for a loss that reports none."""
    n, fn = b.n.sum(0), b.fn.sum(0)
    smallest = 1 if name == "recall.published" else 0
    if name.startswith("recall"):
        if values.get("per_image"):
            rates = np.maximum(b.fn, smallest) / np.maximum(b.n, 1)
            return (rates * b.n).sum(0) / n
        rates = np.maximum(fn, smallest) / np.maximum(n, 1)
        m = values.get("momentum")
        return rates if m is None else (1 - m) * rates + m * b.previous
    if name == "focal":
        return np.array([(x ** values["gamma"]).mean() for x in b.rest])
    if name == "focal.published":
        return np.full(b.classes, (1 - np.exp(-b.mean_ce())) ** values["gamma"])
    if name == "tilted_ce":
        powers = np.array([np.exp(values["t"] * x.mean()) if len(x) else 0 for x in b.ce])
        return powers / powers.sum() * n.sum() / n
    alpha, beta = {
        "precision_ce": (1, 0), "dice_ce": (0.5, 0.5), "jaccard_ce": (1, 1)}.get(
            name, (values.get("alpha"), values.get("beta")))
    if not name.endswith(("precision_ce", "dice_ce", "jaccard_ce", "tversky_ce")):
        return None
    below = n - fn + alpha * b.fp + beta * fn
    return np.where(below > 0, 1 - (n - fn) / below, 1)


def expected_weights(specification, logits, labels):
    """Those of the first term that reports any, NaN at classes that do not occur."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        counts = Counts(logits, labels)
        for term in losses.parse(specification):
            weights = weights_of_term(term.name, term.values, counts)
            if weights is not None:
                return np.where(counts.n.sum(0) > 0, weights, np.nan)
    return None


# Batches.

def random_batches(random):
    for shape in SHAPES:
        yield "x".join(map(str, shape)), check_losses.batch(random, shape, 255, np.uint8)


def confident_batch(random):
    """Every pixel is right, with 1 - p of about 1e-8: differences from 1 have no digits left."""
    logits, labels, counts = check_losses.batch(random, (2, 6, 9, 11), 255, np.uint8)
    own = labels[:, None] == np.arange(6)[:, None, None]
    return np.where(own, np.float32(21), logits / 4).astype(np.float32), labels, counts


def stored_batches():
    """Name, batch, and the arrays that PyTorch made, by name."""
    for case in CASES:
        with open(ROOT / f"Tests/Fixtures/losses/{case}.safetensors", "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            data = file.read()
        header.pop("__metadata__", None)
        arrays = {
            name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
            for name, entry in header.items()}
        logits = np.ascontiguousarray(arrays.pop("logits").transpose(0, 3, 1, 2))
        labels, counts = arrays.pop("labels").astype(np.uint8), arrays.pop("counts")
        yield case, (logits, labels, counts.astype(np.int64)), arrays


def wanted_of(specification, batch):
    """Value, gradient and weights by the reference."""
    logits, labels, counts = batch
    value, gradient = reference.evaluate(specification, logits, labels.astype(np.int64), counts)
    return value, gradient, expected_weights(specification, logits, labels)


def compare_with_reference(check, random):
    for case, batch in random_batches(random):
        for specification in SPECIFICATIONS:
            wanted = wanted_of(specification, batch)
            for column in (0, 1):
                check.compare(column, specification, case, batch, wanted)
    batch = confident_batch(random)
    for specification in SPECIFICATIONS:
        # Not in double precision, where the reference itself loses digits here; nor where one of
        # its rounded constants is larger than the value. The command has no such limit.
        if "tilted_ce" not in specification:
            check.compare(0, specification, "confident", batch, wanted_of(specification, batch))
    for case, batch, stored in stored_batches():
        for specification in SPECIFICATIONS:
            if is_defined(case, specification, batch[0].shape):
                wanted = wanted_of(specification, batch)
                for column in (0, 1):
                    check.compare(column, specification, case, batch, wanted)
            if f"{specification}/value" in stored:
                value = stored[f"{specification}/value"].item()
                gradient = stored[f"{specification}/gradient"].transpose(0, 3, 1, 2)
                wanted = value, gradient, UNKNOWN
                check.compare(0, specification, f"{case} as stored", batch, wanted)


# Several steps.

def check_states(check, random):
    """Momentum and accumulated counts over steps, one of them without a labeled pixel and one
    without a class; a loss that goes on from a stored state gives the same bits."""
    batches = [check_losses.batch(random, (2, 6, 9, 7), 255, np.uint8) for _ in range(5)]
    batches[2][1][:] = 255
    batches[3][1][batches[3][1] == 1] = 0
    for specification in (
            "recall(momentum: 0.9)", "recall.published(momentum: 0.5)", "seesaw",
            "seesaw(p: 1.5, q: 0.5)", "2 * seesaw + recall(momentum: 0.3) + 0.5 * ce"):
        loss = losses.make_loss(specification, 6, batches[0][2].tolist())
        memories = [Memory(term) for term in losses.parse(specification)]
        for step, (logits, labels, _) in enumerate(batches):
            before = loss.state
            found = check.evaluate(loss, logits, labels)
            parts = [memory.step(logits, labels) for memory in memories]
            value, gradient = (
                sum(m.term.weight * part[k] for m, part in zip(memories, parts)) for k in (0, 1))
            weights = next((part[2] for part in parts if part[2] is not None), None)
            errors = distances(found, (value, gradient, weights))
            state = [x for memory in memories for x in memory.state]
            check.expect(
                all(e <= 1e-10 for e in errors), f"{specification}, step {step}: {errors}")
            check.expect(
                np.allclose(loss.state, state, rtol=1e-14, atol=0) and type(loss.state) is list,
                f"{specification}, step {step}: state {loss.state} instead of {state}")
            again = losses.make_loss(specification, 6, batches[0][2].tolist())
            again.state = before
            repeated = check.evaluate(again, logits, labels)
            check.expect(
                repeated[0] == found[0] and again.state == loss.state
                and np.array_equal(repeated[1], found[1]), f"{specification}: not the same bits")
        check.raises(lambda: setattr(loss, "state", [1.0]), "the loss's state has 1 values instead")
    check.expect(losses.make_loss("ce", 3, [1, 1, 1]).state == [], "ce has a state")


class Memory:
    """A term with its state, step by step from the formulas."""

    def __init__(self, term):
        self.term = term
        self.state = {"seesaw": [0.0] * 6, "ce": []}.get(term.name, [1.0] * 6)

    def step(self, logits, labels):
        """Value, gradient, class weights."""
        z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
        batch = reference.Batch(z, torch.tensor(labels.astype(np.int64)), torch.ones(6))
        values, weights = self.term.values, None
        if self.term.name == "ce":
            value = reference.ce(batch)
        elif self.term.name == "seesaw":
            value = self.seesaw(batch, **values)
        else:
            with np.errstate(all="ignore"):
                n = Counts(logits, labels, np.array(self.state)).n.sum(0)
                moved = weights_of_term(
                    self.term.name, values, Counts(logits, labels, np.array(self.state)))
            if self.term.name == "recall":
                moved = np.where(n > 0, moved, self.state)
            self.state = moved.tolist()
            value = batch.weighted_mean(torch.tensor(moved))
            weights = np.where(n > 0, moved, np.nan)
        (gradient,) = torch.autograd.grad(value, z)
        return value.item(), gradient.numpy(), weights

    def seesaw(self, batch, p, q):
        seen = torch.tensor(self.state, dtype=torch.float64) + batch.t.sum((0, 1, 2))
        self.state = seen.tolist()
        counts, prob = seen.clamp(min=1), batch.p.detach()
        ratio = prob / batch.at_truth(prob)[..., None].clamp(min=0.01)
        mitigation = (counts[None] / counts[:, None]).clamp(max=1)[batch.y] ** p
        factors = torch.where(batch.t == 1, 1.0, mitigation * ratio.clamp(min=1) ** q)
        return batch.mean(-batch.at_truth(torch.log_softmax(batch.scores + factors.log(), -1)))


# Corners.

def check_corners(check, random):
    logits, labels, counts = check_losses.batch(random, (3, 4, 5, 6), 255, np.uint8)
    every = SPECIFICATIONS + losses.NAMES
    for specification in every:
        loss = losses.make_loss(specification, 4, counts.tolist())
        value, gradient, _ = check.evaluate(
            loss, logits, np.full_like(labels, 255), torch.float32)
        check.expect(
            value == 0 and not gradient.any(), f"{specification}: all ignored gives {value}")
        if specification == "soft_iou.published":
            continue
        # What is at ignored pixels has no influence, even if it is not a number.
        wild = np.where(labels[:, None] == 255, np.nan, logits)
        (first, gradient, _), (second, other, _) = (
            check.evaluate(
                losses.make_loss(specification, 4, counts.tolist()), z, labels, torch.float32)
            for z in (logits, wild))
        check.expect(
            first == second and np.array_equal(gradient, other),
            f"{specification}: NaN at ignored pixels has influence")
        check.expect(
            not gradient.transpose(0, 2, 3, 1)[labels == 255].any(),
            f"{specification}: a gradient at ignored pixels")
    check_ties(check)
    check_single_class(check)


def check_ties(check):
    """As in PublishedOHEMLossTests, and for the others by hand."""
    def kept(specification, n, h, w, ids):
        z, y = np.zeros((n, 2, h, w)), np.array(ids, np.uint8).reshape(n, h, w)
        loss = losses.make_loss(specification, 2, [1, 1])
        gradient = check.evaluate(loss, z, y, torch.float32)[1]
        return np.flatnonzero(gradient.any(1)).tolist()

    check.expect(
        kept("ohem.published(keep: 0.5)", 2, 1, 4, [255, 0, 1, 0, 0, 255, 255, 1]) == [1, 4],
        "ohem.published: ties")
    check.expect(
        kept("ohem.published", 3, 1, 3, [0, 1, 0, 255, 1, 255, 255, 255, 255]) == [0, 1, 4],
        "ohem.published: rows with few valid pixels")
    check.expect(
        kept("ohem(keep: 0.5)", 1, 2, 4, [255, 0, 1, 0, 0, 255, 255, 1]) == [1, 2], "ohem: ties")
    # All logits are equal, so that the prediction is class 0.
    z, y = np.zeros((1, 3, 1, 4)), np.array([[[0, 1, 1, 255]]], np.uint8)
    weights = check.evaluate(losses.make_loss("recall", 3, [1, 1, 1]), z, y)[2]
    check.expect(
        np.array_equal(weights, [0, 1, np.nan], equal_nan=True), f"recall: ties, {weights}")
    # All errors are 1/2.
    z, y = np.zeros((1, 2, 1, 3)), np.array([[[1, 0, 0]]], np.uint8)
    gradient = check.evaluate(losses.make_loss("lovasz", 2, [1, 1]), z, y)[1]
    # By p, class 0: pixel 0 first, +2/(2*3), then -1/3 twice; class 1: -1/1 and then nothing.
    by_p = np.array([[1 / 3, -1 / 3, -1 / 3], [-1, 0, 0]]) / 2
    wanted = (by_p - by_p.mean(0)) / 2
    check.expect(
        np.allclose(gradient[0, :, 0], wanted, atol=1e-12), f"lovasz: ties, {gradient}")


def check_single_class(check):
    """Nothing to learn, and nothing that is not a number."""
    for specification in SPECIFICATIONS:
        z, y = np.ones((2, 1, 3, 3)), np.zeros((2, 3, 3), np.uint8)
        value, gradient, _ = check.evaluate(
            losses.make_loss(specification, 1, [5]), z, y, torch.float32)
        check.expect(
            np.isfinite(value) and not gradient.any(), f"{specification}: one class, {value}")


def check_constants(check):
    """As in ClassWeightsTests."""
    def weights(text, counts, validation=None):
        return losses.make_loss(text, len(counts), counts, validation).constant_class_weights

    def equal(found, wanted, rtol=0.0):
        check.expect(
            type(found) is list and np.allclose(found, wanted, rtol=rtol, atol=0),
            f"constant weights {found} instead of {wanted}")

    ones = [7, 7, 7, 7]
    equal(weights("weighted_ce", [10, 0, 30]), [4, 0, 40 / 30])
    equal(weights("weighted_ce.published", ones, [10, 0, 30, 100]), [2, 0, 20 / 30, 0.2])
    equal(weights("weighted_ce.published", ones[:3], [10, 30, 20]), [2, 20 / 30, 1])
    equal(weights("weighted_ce.published", ones[:3], [0, 30, 0]), [0, 1 / 30, 0])
    raw = np.array([1, 2 / 3, 4 / 7, 0])
    equal(weights("balanced_ce(beta: 0.5)", [1, 2, 3, 0]), 4 * raw / raw.sum(), 1e-14)
    equal(weights("balanced_ce(beta: 0)", [9, 5, 3]), [1, 1, 1])
    equal(weights("balanced_ce", [1, 0]), [2, 0])
    raw = np.array([1, 2 / 3, 1 / 2])
    wanted = 3 * raw / raw.sum()
    # (1 - b)/(1 - b^N) over 1 - b: an uncounted class has 1.
    equal(weights("balanced_ce.published(beta: 0.5)", [7, 7, 7], [1, 2, 0]), wanted, 1e-14)
    equal(weights("ce + 0.5 * weighted_ce", [10, 0, 30]), [4, 0, 40 / 30])
    check.expect(weights("recall", [1, 2]) is None, "recall has constant weights")
    for text, counts, validation, message in [
            ("weighted_ce", [1, 2], None, "weighted_ce: needs pixel counts for 3 classes, one each "
             "and none negative, but got [1, 2]"),
            ("weighted_ce", [1, 2, -1], None, "but got [1, 2, -1]"),
            ("weighted_ce", [0, 0, 0], None, "weighted_ce: the training split has no labeled pixel "
             "to take class weights from"),
            ("weighted_ce.published", [1, 2, 3], [0, 0, 0], "weighted_ce.published: the first "
             "images of the validation batches have no labeled pixel to take class weights from"),
            ("ce", [1, 2, 3], [1], "ce: needs pixel counts for 3 classes")]:
        check.raises(lambda: losses.make_loss(text, 3, counts, validation), message)
    losses.make_loss("ce", 2, [0, 0])


def check_notation(check):
    """As in LossSpecificationTests."""
    for text, normal in NORMAL_FORMS:
        found = losses.normal_form(losses.parse(text))
        check.expect(found == normal, f"{text!r} is {found!r} instead of {normal!r}")
    for text in MISTAKES:
        check.raises(lambda: losses.make_loss(text, 2, [1, 1]), "loss ")
    for text, message in [
            ("focl(gamma: 2)", 'unknown loss "focl"; use one of ce, weighted_ce'),
            ("ce(gamma: 2)", 'unknown parameter "gamma"; ce takes none'),
            ("focal(gamma: -1)", "gamma must be in [0, inf), not -1"),
            ("focal + 2 * focal(gamma: 1)", "focal(gamma: 1) appears twice"),
            ("recall(momentum: 0.5, per_image: 1)", "it does not go with per_image"),
            ("recall(momentum: 0.5, normalize: 1)", "leave out normalize")]:
        check.raises(lambda: losses.make_loss(text, 2, [1, 1]), message)


NORMAL_FORMS = [
    ("ce", "ce"), ("ce()", "ce"), ("  recall ", "recall"), ("focal", "focal(gamma: 1)"),
    ("focal()", "focal(gamma: 1)"), ("focal(gamma:1.0)", "focal(gamma: 1)"),
    ("focal ( gamma : 2.50 )", "focal(gamma: 2.5)"), ("focal(gamma: -0)", "focal(gamma: 0)"),
    ("ohem(keep: 7e-1)", "ohem(keep: 0.7)"), ("balanced_ce", "balanced_ce"),
    ("balanced_ce(beta: 0)", "balanced_ce(beta: 0)"),
    ("recall(per_image: 1, normalize: 1.0)", "recall(normalize: 1, per_image: 1)"),
    ("unified_focal", "unified_focal(weight: 0.5, delta: 0.6, gamma: 0.5)"),
    ("seesaw(q: 1)", "seesaw(p: 0.8, q: 1)"),
    ("ohem.published(keep: .5)", "ohem.published(keep: 0.5)"),
    ("soft_tversky(beta: 0.5)", "soft_tversky(alpha: 0.3, beta: 0.5)"),
    ("0.5*lovasz+recall", "recall + 0.5 * lovasz"),
    ("0.5 * soft_dice + 0.5 * ce", "0.5 * ce + 0.5 * soft_dice"), (" 1.0 * ce ", "ce"),
    ("2e0*ce", "2 * ce"), ("+2 * ce", "2 * ce"),
    ("1e-3 * ce + 1e+1 * focal ( gamma:2 )", "10 * focal(gamma: 2) + 0.001 * ce"),
    ("focal(gamma: 2) + focal", "focal(gamma: 1) + focal(gamma: 2)"),
    ("lovasz + 2 * recall.published + ce", "2 * recall.published + ce + lovasz"),
]
MISTAKES = [
    "", " Recall", "focal(gama: 2)", "focal(2)", "focal(gamma: 1, gamma: 2)", "focal(gamma: 1,)",
    "focal(gamma 2)", "focal(gamma: )", "focal(gamma: two)", "focal(gamma: nan)",
    "focal(gamma: inf)", "focal(gamma: 1e999)", "focal(gamma: 0x10)", "ohem(keep: 0)",
    "ohem(keep: 1.01)", "balanced_ce(beta: 1)", "ohem(keep: 0.5", "ohem(keep: 0.5 0.6)",
    "ce recall", "ohem(keep: 0.5))", "ce - recall", "ce * 2", "ce + ", "0.5 * ", "ce.publishd",
    "0.5 ce", "ce + 0.5", "0.5 + ce", "0 * ce", "ce + -1 * recall", "1e999 * ce", "0x2 * ce",
    "ce + + recall", "recall(momentum: 0)", "recall(momentum: 1)", "ldam(scale: 0)",
    "recall(m: 0.5)", "recall(normalize: 0)", "recall(per_image: 2)", "logit_adjusted_ce(tau: -1)",
    "jaccard_metric(smoothing: 1)", "unified_focal(delta: 1)", "unified_focal(gamma: 1)",
    "unified_focal(rare: 0)", "poly1_ce(epsilon: -2)", "seesaw(q: -1)", "tilted_ce(t: 0)",
]


# Against the command.

def compare_with_command(check, random, command):
    """Also where the authors' code is not defined. Class weights are not printed."""
    batches = [*random_batches(random), ("confident", confident_batch(random))]
    batches += [(case, batch) for case, batch, _ in stored_batches()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case, (logits, labels, counts) in batches:
            for file, array in ("logits", logits), ("labels", labels), ("counts", counts):
                np.save(folder / f"{file}.npy", array)
            for specification in SPECIFICATIONS:
                found, gradient = check_losses.run(command, folder, specification, 255)
                wanted = found["value"], gradient.astype(np.float64), UNKNOWN
                check.compare(
                    2, specification, f"{case}, command", (logits, labels, counts), wanted)
                normal = losses.normal_form(losses.parse(specification))
                check.expect(found["loss"] == normal, f"{normal!r} is {found['loss']!r} in Swift")
    cards = subprocess.run(
        [command, "losses", "list"], check=True, stdout=subprocess.PIPE, text=True).stdout
    listed = re.findall(r"^([a-z0-9_]+(?:\.published)?): ", cards, re.MULTILINE)
    check.expect(listed == losses.NAMES, f"the command lists {listed}")


def table(check, with_command):
    print("| loss | value | gradient, norm | worst | weights | float64: value | gradient, worst "
          "| weights |" + (" Swift: value | gradient, norm | worst |" if with_command else ""))
    print("|---|" + "--:|" * (10 if with_command else 7))
    for specification, (single, double, swift) in check.worst.items():
        numbers = [*single, double[0], double[2], double[3], *(swift[:3] if with_command else ())]
        print(f"| {specification} | " + " | ".join(f"{x:.0e}" for x in numbers) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--command")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    check, random = Check(arguments.device), np.random.default_rng(arguments.seed)
    compare_with_reference(check, random)
    if arguments.command:
        compare_with_command(check, random, arguments.command)
    check_states(check, random)
    check_corners(check, random)
    check_constants(check)
    check_notation(check)
    print(f"seed {arguments.seed}; {torch.__version__}, {arguments.device}; relative errors\n")
    table(check, bool(arguments.command))
    print(f"\n{len(check.failures)} disagree" if check.failures else "\nall agree")
    for failure in check.failures:
        print(failure)
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
