"""The layers of Sources/Models, forward and backward -> blocks.safetensors: outputs in both modes,
gradients of the input and of every parameter, running statistics after the training pass."""

import torch
from torch import nn
from torch.nn import functional as F

from fixture_file import FixtureFile, SharedDropout, fill_parameters, filler, flat, maps
from random_source import RandomSource
from reference_model import ASPP, BasicBlock, Bottleneck, convolution

SEED = 7


class Unit(nn.Module):
    """Convolution, batch normalisation, optionally ReLU."""

    def __init__(self, i, o, kernel, stride, dilation, relu):
        super().__init__()
        self.conv = convolution(i, o, kernel, stride, dilation)
        self.bn, self.relu = nn.BatchNorm2d(o), relu

    def forward(self, x):
        y = self.bn(self.conv(x))
        return F.relu(y) if self.relu else y


# Kind, input [N, H, W, C], arguments; the kinds are those of the test.
CASES = [
    ("unit", (2, 5, 7, 8), dict(channels=12, kernel=3, stride=1, dilation=2, relu=True)),
    ("unit", (1, 6, 5, 3), dict(channels=5, kernel=7, stride=2, dilation=1, relu=False)),
    ("unit", (4, 1, 1, 6), dict(channels=4, kernel=1, stride=1, dilation=1, relu=False)),
    ("basic", (2, 5, 7, 8), dict(channels=8, stride=1, dilation=1, previousDilation=1)),
    ("basic", (2, 5, 8, 8), dict(channels=12, stride=2, dilation=1, previousDilation=1)),
    ("basic", (1, 6, 5, 8), dict(channels=12, stride=1, dilation=2, previousDilation=1)),
    ("basic", (5, 1, 1, 4), dict(channels=4, stride=1, dilation=2, previousDilation=2)),
    ("bottleneck", (2, 5, 7, 16), dict(channels=4, stride=1, dilation=1)),
    ("bottleneck", (2, 7, 6, 8), dict(channels=4, stride=2, dilation=1)),
    ("bottleneck", (1, 5, 6, 16), dict(channels=8, stride=1, dilation=2)),
    ("bottleneck", (5, 1, 1, 16), dict(channels=4, stride=1, dilation=2)),
    ("aspp", (3, 5, 7, 8), dict(channels=8, rates=[6, 12, 18])),
    ("aspp", (4, 3, 4, 6), dict(channels=4, rates=[1, 2, 3])),
    ("aspp", (4, 1, 1, 8), dict(channels=4, rates=[6, 12, 18])),
    ("classifier", (2, 3, 5, 8), dict(channels=5)),
    ("classifier", (1, 1, 1, 4), dict(channels=3)),
]


def module(kind: str, i: int, a: dict) -> nn.Module:
    if kind == "unit":
        return Unit(i, a["channels"], a["kernel"], a["stride"], a["dilation"], a["relu"])
    if kind == "basic":
        return BasicBlock(i, a["channels"], a["stride"], a["dilation"], a["previousDilation"])
    if kind == "bottleneck":
        return Bottleneck(i, a["channels"], a["stride"], a["dilation"])
    if kind == "classifier":
        return nn.Conv2d(i, a["channels"], 1)
    aspp = ASPP(i, a["channels"], a["rates"])
    aspp.dropout = SharedDropout(0.5, lambda: RandomSource(SEED, "dropout"))
    return aspp


def write() -> None:
    file, cases = FixtureFile("blocks"), []
    for index, (kind, shape, arguments) in enumerate(CASES):
        case = f"{kind} {index}"
        layer = module(kind, shape[3], arguments).double()
        prefix = "" if kind == "unit" else "b."
        fill_parameters(layer, case, prefix)
        x = maps(filler(f"{case}/x", shape)).requires_grad_()
        with torch.no_grad():
            file.add_map(f"{case}/evaluation", layer.eval()(x))
        y = layer.train()(x)
        y.backward(maps(filler(f"{case}/dy", (y.shape[0], y.shape[2], y.shape[3], y.shape[1]))))
        file.add_map(f"{case}/y", y)
        file.add_map(f"{case}/dx", x.grad)
        for name, parameter in layer.named_parameters():
            file.add_parameter(f"{case}/gradient of {prefix}{name}", parameter.grad)
        for name, buffer in layer.named_buffers():
            if not name.endswith("num_batches_tracked"):
                file.add(f"{case}/after {prefix}{name}", flat(buffer))
        cases.append({"case": case, "kind": kind, "input": shape, **arguments})
    file.describe("cases", cases)
    file.write()


if __name__ == "__main__":
    write()
