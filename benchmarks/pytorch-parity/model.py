"""The network with RecallBench's initial weights and dropout masks, and the three losses."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from data import IGNORED, RandomSource  # puts the fixtures' folder on the path
from fixture_file import SharedDropout, weights
from reference_model import DeepLabV3


def initialize(network: DeepLabV3, seed: int) -> None:
    """RecallBench's initial weights, bit for bit: He normal by Box and Muller, by fan-out in the
    backbone and by fan-in behind it, drawn in the order [row, column, in, out] of one convolution
    after the other. The rest is 1 or 0, as PyTorch has it, but for the classifier's bias, 0."""
    source = RandomSource(seed, "initial weights")
    with torch.no_grad():
        for name, module in network.named_modules():
            if not isinstance(module, nn.Conv2d):
                continue
            o, i, kh, kw = module.weight.shape
            deviation = math.sqrt(2 / (kh * kw * (o if name.startswith("backbone") else i)))
            u = source.uniforms(2 * module.weight.numel())
            # The C library's functions, as in Swift; NumPy's own may differ in the last bit.
            normal = [
                math.sqrt(-2 * math.log(1 - a)) * math.cos(2 * math.pi * b)
                for a, b in u.reshape(-1, 2).tolist()]
            module.weight.copy_(weights((deviation * np.array(normal)).reshape(kh, kw, i, o)))
            if module.bias is not None:
                module.bias.zero_()


class Network:
    """DeepLabV3 whose dropout masks are those of RecallBench at the same seed and iteration."""

    def __init__(self, settings: dict, classes: int, seed: int):
        self.module = DeepLabV3(settings["backbone"], classes, settings["width"])
        initialize(self.module, seed)
        self.iteration = 0
        self.module.classifier[0].dropout = SharedDropout(
            0.5, lambda: RandomSource(seed, "dropout", self.iteration))


# The losses in the words of PyTorch: scores [N, C, H, W], labels [N, H, W], N_c [C].

def ce(scores, labels, counts):
    return F.cross_entropy(scores, labels, ignore_index=IGNORED)


def weighted_ce(scores, labels, counts):
    """CamVid's training split has every class."""
    weights = (counts.sum() / counts).to(scores.dtype)
    return F.cross_entropy(scores, labels, weights, ignore_index=IGNORED)


def recall(scores, labels, counts):
    """Each pixel's CE times the share of its class's pixels in this batch that are missed."""
    valid = labels != IGNORED
    y, predicted = labels[valid], scores.detach().argmax(1)[valid]
    classes = scores.shape[1]
    missed = torch.bincount(y[predicted != y], minlength=classes)
    weights = missed / torch.bincount(y, minlength=classes).clamp(min=1)
    values = F.cross_entropy(scores, labels, reduction="none", ignore_index=IGNORED)[valid]
    return (weights[y] * values).mean()


LOSSES = {"ce": ce, "weighted_ce": weighted_ce, "recall": recall}
