"""The networks of the PyTorch engine as the peer of Sources/Models, for the fixtures and benchmarks.

Their source is Sources/Experiments/TorchEngine/network.py. At full width and on bottlenecks they
equal torchvision's DeepLabV3 with the atrous rates of output stride 16 (`check_against_torchvision`);
torchvision has no dilated basic block, so ResNet-18 is held against the papers only.
"""

import math
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.append(str(Path(__file__).resolve().parents[3] / "Sources/Experiments/TorchEngine"))
import network as engine  # noqa: E402, F401 (benchmarks replace its functions)
from network import (  # noqa: E402, F401
    ASPP, BasicBlock, Bottleneck, DeepLabV3, DeepLabV3Plus, convolution)


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
