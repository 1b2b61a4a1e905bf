"""torchvision's own networks as RecallBench has them, for files of weights to compare with.

ResNets for classification, and DeepLabV3 on them at output stride 16 with the atrous rates 6, 12, 18. `base` is the number of channels of the first convolution, 64 in the
published networks; every layer is replaced by one of base / 64 of its channels.
"""

import torch
import torchvision
from torch import nn
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.segmentation.deeplabv3 import DeepLabHead, DeepLabV3

BACKBONES = ["resnet18", "resnet34", "resnet50", "resnet101"]
BASIC = ["resnet18", "resnet34"]


def scale_channels(module, base, kept=()):
    """Replaces all layers in `module` by narrower ones; `kept` are numbers that are no channels."""
    def scaled(channels):
        return channels if channels == 3 or channels in kept else channels * base // 64

    for name, child in module.named_children():
        if isinstance(child, nn.Conv2d):
            setattr(module, name, nn.Conv2d(
                scaled(child.in_channels), scaled(child.out_channels), child.kernel_size,
                child.stride, child.padding, child.dilation, bias=child.bias is not None))
        elif isinstance(child, nn.BatchNorm2d):
            setattr(module, name, nn.BatchNorm2d(scaled(child.num_features)))
        elif isinstance(child, nn.Linear):
            setattr(module, name, nn.Linear(scaled(child.in_features), child.out_features))
        else:
            scale_channels(child, base, kept)
    return module


def classifier(backbone, classes=1000, base=64):
    """The network of image classification, output stride 32."""
    return scale_channels(getattr(torchvision.models, backbone)(num_classes=classes), base)


def dilated(backbone, base=64):
    """The same with its last stage dilated instead of strided, output stride 16."""
    build = getattr(torchvision.models, backbone)
    if backbone not in BASIC:
        return scale_channels(build(replace_stride_with_dilation=[False, False, True]), base)
    # torchvision's basic block refuses a dilation; its layers do not. As in its bottleneck, the
    # first block's first convolution keeps the dilation of the stage before.
    network = build()
    first, *rest = network.layer4
    first.conv1.stride = first.downsample[0].stride = (1, 1)
    for convolution in [first.conv2] + [c for block in rest for c in (block.conv1, block.conv2)]:
        convolution.dilation = convolution.padding = (2, 2)
    return scale_channels(network, base)


def deeplabv3(backbone, classes, base=64):
    channels = 512 if backbone in BASIC else 2048
    head = DeepLabHead(channels, classes, (6, 12, 18))
    features = IntermediateLayerGetter(dilated(backbone, base), return_layers={"layer4": "out"})
    return DeepLabV3(features, scale_channels(head, base, kept=(classes,)))


def randomize(network, seed):
    """Fills batch normalisation with statistics and scales that are not those of the start."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(tensor, low, high):
        tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                uniform(module.running_mean, -0.3, 0.3)
                uniform(module.running_var, 0.5, 1.5)
                uniform(module.weight, 0.5, 1.0)
                uniform(module.bias, -0.2, 0.2)
            elif isinstance(module, (nn.Conv2d, nn.Linear)):
                fan = module.weight[0].numel()
                uniform(module.weight, -(3 / fan) ** 0.5, (3 / fan) ** 0.5)
                if module.bias is not None:
                    uniform(module.bias, -0.5, 0.5)
    return network.eval()


def features(network, x):
    """What the last stage of a dilated network gives."""
    x = network.maxpool(network.relu(network.bn1(network.conv1(x))))
    return network.layer4(network.layer3(network.layer2(network.layer1(x))))
