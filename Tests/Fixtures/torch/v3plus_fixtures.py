"""DeepLab v3+ and the authors' "resnet18" -> v3plus.safetensors.

The first image's logits in evaluation and training mode, on the authors' backbone also every
parameter's gradient and every running statistic after a training pass; the number of parameters at
full width. Weights, images and dropout masks are derived from names on both sides.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import reference_model
from fixture_file import FixtureFile, fill_parameters, filler, flat, maps
from random_source import RandomSource
from reference_model import ASPP, ResNet, convolution, scaled_channels

SEED, CLASSES, WIDTH = 7, 3, 1 / 16
N, H, W = 4, 35, 42

# Bottlenecks or not, blocks of the four stages, dilations of the last stage.
BACKBONES = {
    **{name: (*stages, None) for name, stages in reference_model.ARCHITECTURES.items()},
    "resnet18_authors": (True, [2, 2, 2, 3], [2, 4, 8]),
}


def backbone(name: str, width: float) -> ResNet:
    bottleneck, blocks, dilations = BACKBONES[name]
    network = ResNet((bottleneck, blocks), width)
    for block, dilation in zip(network.layer4, dilations or []):
        block.conv2.dilation = block.conv2.padding = (dilation, dilation)
    return network


class SharedDropout(nn.Module):
    """Masks as Sources/Tensors/Dropout.swift draws them, in [N, H, W, C] order from one source for
    the whole network."""

    def __init__(self, rate: float, network: nn.Module):
        super().__init__()
        self.rate, self.source = rate, lambda: network.random

    def forward(self, x):
        if not self.training:
            return x
        n, c, h, w = x.shape
        drawn = self.source().take(x.numel()) >> np.uint64(32)
        kept = (drawn >= np.uint64(int(self.rate * 2**32))).reshape(n, h, w, c)
        return x * maps(kept / (1 - self.rate)).to(x.dtype)


class Head(nn.Module):
    """ASPP and the decoder of Chen et al. 2018, Fig. 2: the low-level features at 48 channels."""

    def __init__(self, channels: int, low: int, classes: int, width: float, network: nn.Module):
        super().__init__()
        inner, reduced = scaled_channels(256, width), scaled_channels(48, width)
        self.aspp = ASPP(channels, inner, [6, 12, 18])
        self.aspp.dropout = SharedDropout(0.5, network)
        self.project = nn.Sequential(
            convolution(low, reduced, 1), nn.BatchNorm2d(reduced), nn.ReLU())
        self.classifier = nn.Sequential(
            convolution(inner + reduced, inner, 3), nn.BatchNorm2d(inner), nn.ReLU(),
            SharedDropout(0.5, network),
            convolution(inner, inner, 3), nn.BatchNorm2d(inner), nn.ReLU(),
            SharedDropout(0.1, network),
            nn.Conv2d(inner, classes, 1))

    def forward(self, x, low):
        y = F.interpolate(self.aspp(x), low.shape[-2:], mode="bilinear", align_corners=False)
        return self.classifier(torch.cat([y, self.project(low)], 1))


class DeepLabV3Plus(nn.Module):
    """Images [N, 3, H, W] to logits [N, classes, H, W]."""

    def __init__(self, name: str, classes: int, width: float = 1):
        super().__init__()
        self.backbone = backbone(name, width)
        low = scaled_channels(64, width) * (4 if BACKBONES[name][0] else 1)
        self.classifier = Head(self.backbone.channels, low, classes, width, self)
        self.random = RandomSource(SEED, "dropout")

    def forward(self, x):
        b = self.backbone
        low = b.layer1(F.max_pool2d(F.relu(b.bn1(b.conv1(x))), 3, 2, padding=1))
        scores = self.classifier(b.layer4(b.layer3(b.layer2(low))), low)
        return F.interpolate(scores, x.shape[-2:], mode="bilinear", align_corners=False)


def write() -> None:
    file = FixtureFile("v3plus")
    cases = []
    for name in BACKBONES:
        if name == "resnet101":
            continue
        case = f"v3plus/{name}"
        network = DeepLabV3Plus(name, CLASSES, WIDTH).double()
        fill_parameters(network, case)
        images = maps(filler(f"{case}/images", (N, H, W, 3)))
        with torch.no_grad():
            file.add_map(f"{case}/evaluation", network.eval()(images)[:1])
        network.train()
        logits = network(images)
        file.add_map(f"{case}/training", logits[:1])
        cases.append({"backbone": name, "classes": CLASSES, "shape": [N, H, W, 3], "width": WIDTH})
        if name != "resnet18_authors":
            continue
        logits.backward(maps(filler(f"{case}/gradient", (N, H, W, CLASSES))))
        for key, parameter in network.named_parameters():
            file.add_parameter(f"{case}/gradient of {key}", parameter.grad)
        for key, buffer in network.named_buffers():
            if not key.endswith("num_batches_tracked"):
                file.add_summary(f"{case}/after {key}", flat(buffer))
    file.describe("cases", cases)
    counts = {}
    for name in BACKBONES:
        network = DeepLabV3Plus(name, 21)
        counts[name] = {
            "backbone": sum(p.numel() for p in network.backbone.parameters()),
            "whole": sum(p.numel() for p in network.parameters())}
    file.describe("parameters at full width, 21 classes", counts)
    file.write()


if __name__ == "__main__":
    write()
