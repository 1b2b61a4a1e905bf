"""DeepLabV3 and v3+ on dilated ResNets in PyTorch, with a width multiplier: the peer of Sources/Models.

Tensor names are torchvision's. At full width and on bottlenecks it equals torchvision's DeepLabV3
with the atrous rates of output stride 16 (`check_against_torchvision`); torchvision has no dilated
basic block, so ResNet-18 is held against the papers only.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

ARCHITECTURES = {
    "resnet18": (False, [2, 2, 2, 2]),
    "resnet34": (False, [3, 4, 6, 3]),
    "resnet50": (True, [3, 4, 6, 3]),
    "resnet101": (True, [3, 4, 23, 3]),
    "resnet18_authors": (True, [2, 2, 2, 3]),
}
# Of the last stage's blocks, where they are not all 2.
DILATIONS = {"resnet18_authors": [2, 4, 8]}


def scaled_channels(channels: int, width: float) -> int:
    """At least 4, rounded to a multiple of 4, halves away from zero."""
    return max(4, math.floor(channels * width / 4 + 0.5) * 4)


def convolution(i: int, o: int, kernel: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    return nn.Conv2d(
        i, o, kernel, stride, padding=dilation * (kernel - 1) // 2, dilation=dilation, bias=False)


def projection(i: int, o: int, stride: int) -> nn.Module | None:
    if stride == 1 and i == o:
        return None
    return nn.Sequential(convolution(i, o, 1, stride), nn.BatchNorm2d(o))


class BasicBlock(nn.Module):
    def __init__(self, i: int, channels: int, stride: int, dilation: int, previous_dilation: int):
        super().__init__()
        self.conv1 = convolution(i, channels, 3, stride, previous_dilation)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = convolution(channels, channels, 3, 1, dilation)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = projection(i, channels, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    def __init__(self, i: int, channels: int, stride: int, dilation: int):
        super().__init__()
        self.conv1 = convolution(i, channels, 1)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = convolution(channels, channels, 3, stride, dilation)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = convolution(channels, 4 * channels, 1)
        self.bn3 = nn.BatchNorm2d(4 * channels)
        self.downsample = projection(i, 4 * channels, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """Output stride 16: the last stage is dilated by 2 instead of strided, and its first block
    keeps the dilation before it in its first 3x3 convolution."""

    def __init__(self, architecture: tuple[bool, list[int]], width: float):
        super().__init__()
        bottleneck, blocks = architecture
        channels = scaled_channels(64, width)
        self.conv1 = nn.Conv2d(3, channels, 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        dilation = 1
        for stage, count in enumerate(blocks):
            inner, previous = scaled_channels(64 << stage, width), dilation
            if stage == 3:
                dilation *= 2
            members = []
            for index in range(count):
                stride = 2 if index == 0 and stage in (1, 2) else 1
                first = previous if index == 0 else dilation
                if bottleneck:
                    members.append(Bottleneck(channels, inner, stride, first))
                    channels = 4 * inner
                else:
                    members.append(BasicBlock(channels, inner, stride, dilation, first))
                    channels = inner
            setattr(self, f"layer{stage + 1}", nn.Sequential(*members))
        self.channels = channels

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, padding=1)
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


class ASPP(nn.Module):
    """`self.dropout` may be replaced, to draw masks as RecallBench does."""

    def __init__(self, i: int, channels: int, rates, dropout: float = 0.5):
        super().__init__()

        def unit(*layers):
            return nn.Sequential(*layers, nn.BatchNorm2d(channels), nn.ReLU())

        self.convs = nn.ModuleList(
            [unit(convolution(i, channels, 1))]
            + [unit(convolution(i, channels, 3, dilation=rate)) for rate in rates]
            + [unit(nn.AdaptiveAvgPool2d(1), convolution(i, channels, 1))])
        self.project = unit(convolution(channels * (len(rates) + 2), channels, 1))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        parts = [branch(x) for branch in self.convs]
        parts[-1] = F.interpolate(parts[-1], x.shape[-2:], mode="bilinear", align_corners=False)
        return self.dropout(self.project(torch.cat(parts, 1)))


class DeepLabV3(nn.Module):
    """Images [N, 3, H, W] to logits [N, classes, H, W]."""

    def __init__(self, backbone: str, classes: int, width: float = 1, dropout: float = 0.5):
        super().__init__()
        self.backbone = ResNet(ARCHITECTURES[backbone], width)
        channels = scaled_channels(256, width)
        self.classifier = nn.Sequential(
            ASPP(self.backbone.channels, channels, [6, 12, 18], dropout),
            convolution(channels, channels, 3), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, classes, 1))

    def forward(self, x):
        scores = self.classifier(self.backbone(x))
        return F.interpolate(scores, x.shape[-2:], mode="bilinear", align_corners=False)


class Decoder(nn.Module):
    """ASPP and the decoder of Chen et al. 2018, Fig. 2: low-level features at 48 channels.
    `dropout` makes the module for a rate."""

    def __init__(self, channels: int, low: int, classes: int, width: float, dropout):
        super().__init__()
        inner, reduced = scaled_channels(256, width), scaled_channels(48, width)
        self.aspp = ASPP(channels, inner, [6, 12, 18])
        self.aspp.dropout = dropout(0.5)
        self.project = nn.Sequential(
            convolution(low, reduced, 1), nn.BatchNorm2d(reduced), nn.ReLU())
        self.classifier = nn.Sequential(
            convolution(inner + reduced, inner, 3), nn.BatchNorm2d(inner), nn.ReLU(),
            dropout(0.5),
            convolution(inner, inner, 3), nn.BatchNorm2d(inner), nn.ReLU(),
            dropout(0.1),
            nn.Conv2d(inner, classes, 1))

    def forward(self, x, low):
        y = F.interpolate(self.aspp(x), low.shape[-2:], mode="bilinear", align_corners=False)
        return self.classifier(torch.cat([y, self.project(low)], 1))


class DeepLabV3Plus(nn.Module):
    """Images [N, 3, H, W] to logits [N, classes, H, W]. `dropout` makes the module for a rate, so
    that masks can be drawn as RecallBench does."""

    def __init__(self, backbone: str, classes: int, width: float = 1, dropout=nn.Dropout):
        super().__init__()
        self.backbone = ResNet(ARCHITECTURES[backbone], width)
        for block, dilation in zip(self.backbone.layer4, DILATIONS.get(backbone, [])):
            block.conv2.dilation = block.conv2.padding = (dilation, dilation)
        low = scaled_channels(64, width) * (4 if ARCHITECTURES[backbone][0] else 1)
        self.classifier = Decoder(self.backbone.channels, low, classes, width, dropout)

    def forward(self, x):
        b = self.backbone
        low = b.layer1(F.max_pool2d(F.relu(b.bn1(b.conv1(x))), 3, 2, padding=1))
        scores = self.classifier(b.layer4(b.layer3(b.layer2(low))), low)
        return F.interpolate(scores, x.shape[-2:], mode="bilinear", align_corners=False)


def initialize(network: nn.Module, generator: torch.Generator) -> None:
    """RecallBench's initial weights in distribution: He normal, by fan-out in the backbone and by
    fan-in in ASPP and head; the other parameters as PyTorch has them but for a bias of zero."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            o, i, kh, kw = module.weight.shape
            fan = kh * kw * (o if name.startswith("backbone") else i)
            nn.init.normal_(module.weight, 0, math.sqrt(2 / fan), generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def check_against_torchvision() -> None:
    """The same logits as torchvision's DeepLabV3 on ResNet-101, from the same weights."""
    from torchvision.models import resnet101
    from torchvision.models._utils import IntermediateLayerGetter
    from torchvision.models.segmentation.deeplabv3 import ASPP as TorchvisionASPP
    from torchvision.models.segmentation.deeplabv3 import DeepLabHead
    from torchvision.models.segmentation.deeplabv3 import DeepLabV3 as TorchvisionDeepLabV3

    backbone = resnet101(weights=None, replace_stride_with_dilation=[False, False, True])
    head = DeepLabHead(2048, 5)
    head[0] = TorchvisionASPP(2048, [6, 12, 18])
    theirs = TorchvisionDeepLabV3(
        IntermediateLayerGetter(backbone, return_layers={"layer4": "out"}), head, None)
    ours = DeepLabV3("resnet101", 5)
    torch.manual_seed(1)
    initialize(ours, torch.Generator().manual_seed(1))
    theirs.load_state_dict(ours.state_dict(), strict=True)
    x = torch.randn(2, 3, 49, 65)
    for mode in (False, True):
        results = []
        for network in (ours, theirs):
            torch.manual_seed(2)  # the same dropout masks
            network.train(mode)
            with torch.no_grad():
                y = network(x)
            results.append(y["out"] if isinstance(y, dict) else y)
        assert torch.equal(*results), "differs from torchvision's DeepLabV3"
