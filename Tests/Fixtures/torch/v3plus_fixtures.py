"""DeepLab v3+ and the authors' "resnet18" -> v3plus.safetensors.

Logits in evaluation and training mode, gradients of all parameters, running statistics after the
training pass, and the number of parameters at full width. Weights, images and dropout masks are
derived from names on both sides.

`--spread [DRAW ...]` prints how far PyTorch's own float32 strays from the float64 that is stored.
"""

import sys

import torch
from torch import nn
from torch.nn import functional as F

from fixture_file import FixtureFile, SharedDropout, fill_parameters, filler, maps
from random_source import RandomSource
from reference_model import ARCHITECTURES, ASPP, ResNet, convolution, scaled_channels

SEED, CLASSES, WIDTH = 7, 3, 1 / 16
SHAPE = (4, 35, 42)
# Weights and images in which no ReLU is so near its kink that rounding decides it, as in
# networks_fixtures.py.
DRAWS = {"resnet18": 3, "resnet18_authors": 2}

# Bottlenecks or not, blocks of the four stages, dilations of the last stage.
BACKBONES = {
    "resnet18": (*ARCHITECTURES["resnet18"], None),
    "resnet18_authors": (True, [2, 2, 2, 3], [2, 4, 8]),
    "resnet101": (*ARCHITECTURES["resnet101"], None),
}


def backbone(name: str, width: float) -> ResNet:
    bottleneck, blocks, dilations = BACKBONES[name]
    network = ResNet((bottleneck, blocks), width)
    for block, dilation in zip(network.layer4, dilations or []):
        block.conv2.dilation = block.conv2.padding = (dilation, dilation)
    return network


class Head(nn.Module):
    """ASPP and the decoder of Chen et al. 2018, Fig. 2: low-level features at 48 channels."""

    def __init__(self, channels: int, low: int, classes: int, width: float, source):
        super().__init__()
        inner, reduced = scaled_channels(256, width), scaled_channels(48, width)
        self.aspp = ASPP(channels, inner, [6, 12, 18])
        self.aspp.dropout = SharedDropout(0.5, source)
        self.project = nn.Sequential(
            convolution(low, reduced, 1), nn.BatchNorm2d(reduced), nn.ReLU())
        self.classifier = nn.Sequential(
            convolution(inner + reduced, inner, 3), nn.BatchNorm2d(inner), nn.ReLU(),
            SharedDropout(0.5, source),
            convolution(inner, inner, 3), nn.BatchNorm2d(inner), nn.ReLU(),
            SharedDropout(0.1, source),
            nn.Conv2d(inner, classes, 1))

    def forward(self, x, low):
        y = F.interpolate(self.aspp(x), low.shape[-2:], mode="bilinear", align_corners=False)
        return self.classifier(torch.cat([y, self.project(low)], 1))


class DeepLabV3Plus(nn.Module):
    """Images [N, 3, H, W] to logits [N, classes, H, W]. One random source draws all masks."""

    def __init__(self, name: str, classes: int, width: float = 1):
        super().__init__()
        random = RandomSource(SEED, "dropout")
        self.backbone = backbone(name, width)
        low = scaled_channels(64, width) * (4 if BACKBONES[name][0] else 1)
        self.classifier = Head(self.backbone.channels, low, classes, width, lambda: random)

    def forward(self, x):
        b = self.backbone
        low = b.layer1(F.max_pool2d(F.relu(b.bn1(b.conv1(x))), 3, 2, padding=1))
        scores = self.classifier(b.layer4(b.layer3(b.layer2(low))), low)
        return F.interpolate(scores, x.shape[-2:], mode="bilinear", align_corners=False)


def passes(name: str, case: str, dtype=torch.float64, perturbation: int = 0):
    """Results by name."""
    network = DeepLabV3Plus(name, CLASSES, WIDTH)
    fill_parameters(network, case)
    if perturbation:
        generator = torch.Generator().manual_seed(perturbation)
        with torch.no_grad():
            for p in network.parameters():
                p.mul_(1 + 1e-7 * (2 * torch.rand(p.shape, generator=generator) - 1))
    network.to(dtype)
    images = maps(filler(f"{case}/images", (*SHAPE, 3))).to(dtype)
    with torch.no_grad():
        yield "logits in evaluation", network.eval()(images)
    logits = network.train()(images)
    yield "logits in training", logits.detach()
    logits.backward(maps(filler(f"{case}/gradient", (*SHAPE, CLASSES))).to(dtype))
    for key, parameter in network.named_parameters():
        yield f"gradient of {key}", parameter.grad
    for key, buffer in network.named_buffers():
        if not key.endswith("num_batches_tracked"):
            yield f"after {key}", buffer


def write() -> None:
    file, cases = FixtureFile("v3plus"), []
    for name, draw in DRAWS.items():
        case = f"v3plus/{name} {draw}"
        for key, tensor in passes(name, case):
            if key.startswith("logits"):
                file.add_map(f"{case}/{key}, first image", tensor[:1])
                tensor = tensor.permute(0, 2, 3, 1).reshape(-1)
            file.add_parameter(f"{case}/{key}", tensor)
        cases.append({
            "case": case, "backbone": name, "classes": CLASSES, "width": WIDTH,
            "input": [*SHAPE, 3]})
    file.describe("cases", cases)
    counts = {}
    for name in BACKBONES:
        with torch.device("meta"):
            counts[name] = sum(p.numel() for p in DeepLabV3Plus(name, 21).parameters())
    file.describe("parameters at full width with 21 classes", counts)
    file.write()


def spread(draws) -> None:
    """The largest relative distance in norm between float32, from weights disturbed in their last
    bit, and float64."""
    for name in DRAWS:
        for draw in draws or [DRAWS[name]]:
            case = f"v3plus/{name} {draw}"
            exact, worst = dict(passes(name, case)), {}
            for perturbation in range(4):
                for key, tensor in passes(name, case, torch.float32, perturbation):
                    error = ((tensor.double() - exact[key]).norm() / exact[key].norm()).item()
                    kind = key if key.startswith("logits") else key.split(" ")[0]
                    worst[kind] = max(worst.get(kind, 0), error)
            print(name, draw, *(f"{kind} {error:.1e};" for kind, error in worst.items()))


if __name__ == "__main__":
    if "--spread" in sys.argv:
        spread([int(draw) for draw in sys.argv[2:]])
    else:
        write()
