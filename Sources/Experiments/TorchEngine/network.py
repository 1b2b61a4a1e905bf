"""DeepLabV3 and DeepLab v3+ on dilated ResNets with a width multiplier, from RecallBench's weights.

Tensor names are torchvision's. At full width and on bottlenecks the network equals torchvision's
DeepLabV3 with the atrous rates of output stride 16 (`check_against_torchvision` in
Tests/Fixtures/torch/reference_model.py); torchvision has no dilated basic block.

Initial weights are drawn bit for bit as RecallBench draws them, and dropout masks are its masks at
the same seed and iteration. Where several processes train one network, each on a part of every
batch, a mask is the part of the whole batch's, and batch normalization takes the statistics of the
whole batch.
"""

import hashlib
import json
import math
import os
import struct
from typing import Callable, NamedTuple

import numpy as np
import torch
from torch import distributed, nn
from torch.nn import functional as F

from random_source import RandomSource


class WeightsError(Exception):
    """Weights that are not what they should be, said in one line."""


class Layout(NamedTuple):
    """Depth and block kind of a ResNet (He et al. 2016, Table 1)."""

    bottleneck: bool
    blocks: list[int]
    # Of each block of the last stage; empty: 2, but 1 in the first 3x3 convolution of its first
    # block, as in torchvision.
    dilations: tuple[int, ...] = ()


BACKBONES = {
    "resnet18": Layout(False, [2, 2, 2, 2]),
    "resnet34": Layout(False, [3, 4, 6, 3]),
    "resnet50": Layout(True, [3, 4, 6, 3]),
    "resnet101": Layout(True, [3, 4, 23, 3]),
    # What the code of the recall loss's authors calls "resnet18".
    "resnet18_authors": Layout(True, [2, 2, 2, 3], (2, 4, 8)),
}
# Output channels of a bottleneck relative to its inner ones.
EXPANSION = 4
# Of the three 3x3 convolutions of ASPP, at output stride 16.
RATES = [6, 12, 18]


def scaled_channels(channels: int, width: float) -> int:
    """Channels under a width multiplier: at least 4, rounded to a multiple of 4, halves away from
    zero."""
    return max(4, math.floor(channels * width / 4 + 0.5) * 4)


# MARK: Layers


class _SharedNormalization(torch.autograd.Function):
    """Normalization by the mean and the variance of all processes' images.

    Every process has equally many. The gradients of scale and shift are those of its own images:
    what adds up the processes' gradients adds these, too."""

    @staticmethod
    def forward(context, x, scale, shift, epsilon, processes):
        """[N, C, H, W], [C], [C]; returns the output, and mean and biased variance [C]."""
        own_variance, own_mean = torch.var_mean(x, (0, 2, 3), correction=0)
        moments = _gathered(torch.stack([own_mean, own_variance]), processes)
        mean = moments[:, 0].mean(0)
        variance = (moments[:, 1] + (moments[:, 0] - mean).square()).mean(0)
        inverse = torch.rsqrt(variance + epsilon)
        context.save_for_backward(x, scale, mean, inverse)
        context.processes = processes
        context.mark_non_differentiable(mean, variance)
        factor = scale * inverse
        y = x * _over_pixels(factor) + _over_pixels(shift - mean * factor)
        return y, mean, variance

    @staticmethod
    def backward(context, dy, *_):
        x, scale, mean, inverse = context.saved_tensors
        normalized = (x - _over_pixels(mean)) * _over_pixels(inverse)
        own = torch.stack([dy.sum((0, 2, 3)), (dy * normalized).sum((0, 2, 3))])
        all_sums = own.clone()
        if context.processes > 1:
            distributed.all_reduce(all_sums)
        means = all_sums / (x.numel() // x.shape[1] * context.processes)
        dx = dy - _over_pixels(means[0]) - normalized * _over_pixels(means[1])
        return dx * _over_pixels(scale * inverse), own[1], own[0], None, None


def _gathered(tensor: torch.Tensor, processes: int) -> torch.Tensor:
    """The processes' tensors of one shape, one after the other along a new first dimension."""
    if processes == 1:
        return tensor[None]
    parts = [torch.empty_like(tensor) for _ in range(processes)]
    distributed.all_gather(parts, tensor)
    return torch.stack(parts)


def _over_pixels(channels: torch.Tensor) -> torch.Tensor:
    return channels[None, :, None, None]


class BatchNorm(nn.BatchNorm2d):
    """Batch normalization (Ioffe and Szegedy 2015), on request over the images of all processes.

    `nn.SyncBatchNorm` would need a GPU."""

    # Whose images make the statistics: those of so many processes; None: PyTorch's own layer.
    processes: int | None = None

    def forward(self, x):
        if self.processes is None or not self.training:
            return super().forward(x)
        y, mean, variance = _SharedNormalization.apply(
            x.float(), self.weight, self.bias, self.eps, self.processes)
        count = x.numel() // x.shape[1] * self.processes
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            # A process may have a single pooled pixel, whose variance is 0.
            self.running_var.lerp_(variance * (count / max(1, count - 1)), self.momentum)
        return y.to(x.dtype)


class Draws:
    """What draws the dropout masks of a pass: all layers of a network share one."""

    def __init__(self):
        self.source, self.process, self.processes = RandomSource(0, "dropout"), 0, 1

    def begin(self, seed: int, iteration: int, process: int = 0, processes: int = 1) -> None:
        """Begins the forward pass of a step, counted from 0, by one of several processes."""
        self.source = RandomSource(seed, "dropout", iteration)
        self.process, self.processes = process, processes

    def kept(self, x: torch.Tensor, rate: float) -> torch.Tensor:
        """Which elements of x [N, C, H, W] are kept, bool: one number for each element in the order
        [N, H, W, C], of all processes' images."""
        n, c, h, w = x.shape
        self.source.skip(self.process * x.numel())
        drawn = self.source.take_tensor(x.numel(), x.device)
        self.source.skip((self.processes - 1 - self.process) * x.numel())
        # The upper 32 bits decide. Without the flip, the comparison would see a sign.
        kept = (drawn ^ -2**63) >= (int(rate * 2**32) << 32) - 2**63
        return kept.view(n, h, w, c).permute(0, 3, 1, 2)


class Dropout(nn.Module):
    """Inverted dropout (Srivastava et al. 2014) with RecallBench's masks; the identity in
    evaluation."""

    def __init__(self, rate: float, draws: Draws):
        super().__init__()
        self.rate, self.draws = rate, draws

    def forward(self, x):
        if not self.training:
            return x
        return x * (self.draws.kept(x, self.rate).to(x.dtype) * (1 / (1 - self.rate)))


def convolution(i: int, o: int, kernel: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    """A convolution of i to o channels without bias that keeps the extent at stride 1."""
    return nn.Conv2d(
        i, o, kernel, stride, padding=dilation * (kernel - 1) // 2, dilation=dilation, bias=False)


def projection(i: int, o: int, stride: int) -> nn.Module | None:
    """A residual block's shortcut; None: the identity."""
    if stride == 1 and i == o:
        return None
    return nn.Sequential(convolution(i, o, 1, stride), BatchNorm(o))


# MARK: Backbones


class BasicBlock(nn.Module):
    """Two 3x3 convolutions (He et al. 2016, Fig. 5 left); the first has the stride."""

    def __init__(self, i: int, channels: int, stride: int, dilation: int, previous_dilation: int):
        super().__init__()
        self.conv1 = convolution(i, channels, 3, stride, previous_dilation)
        self.bn1 = BatchNorm(channels)
        self.conv2 = convolution(channels, channels, 3, 1, dilation)
        self.bn2 = BatchNorm(channels)
        self.downsample = projection(i, channels, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 convolutions (Fig. 5 right); the 3x3 convolution has the stride."""

    def __init__(self, i: int, channels: int, stride: int, dilation: int):
        super().__init__()
        self.conv1 = convolution(i, channels, 1)
        self.bn1 = BatchNorm(channels)
        self.conv2 = convolution(channels, channels, 3, stride, dilation)
        self.bn2 = BatchNorm(channels)
        self.conv3 = convolution(channels, EXPANSION * channels, 1)
        self.bn3 = BatchNorm(EXPANSION * channels)
        self.downsample = projection(i, EXPANSION * channels, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """A ResNet without its classifier at output stride 16: the last stage is dilated instead of
    strided. Images [N, 3, H, W] to features [N, `channels`, H / 16, W / 16], extents rounded up."""

    def __init__(self, layout: Layout, width: float):
        super().__init__()
        channels = scaled_channels(64, width)
        self.conv1 = nn.Conv2d(3, channels, 7, 2, padding=3, bias=False)
        self.bn1 = BatchNorm(channels)
        for stage in range(4):
            members, channels = _stage(stage, layout, channels, width)
            setattr(self, f"layer{stage + 1}", members)
            if stage == 0:
                self.low_level_channels = channels
        self.channels = channels

    def low_level(self, x):
        """The features of the first stage, at stride 4."""
        return self.layer1(F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, padding=1))

    def high_level(self, low):
        """The features made from the low-level ones."""
        return self.layer4(self.layer3(self.layer2(low)))

    def forward(self, x):
        return self.high_level(self.low_level(x))


def _stage(stage: int, layout: Layout, channels: int, width: float) -> tuple[nn.Module, int]:
    """The blocks of a stage, counted from 0, and their output channels."""
    inner, members = scaled_channels(64 << stage, width), []
    for index in range(layout.blocks[stage]):
        stride = 2 if index == 0 and stage in (1, 2) else 1
        dilation = 2 if stage == 3 else 1
        # The first block keeps the dilation before it.
        first = dilation if index > 0 else 1
        if stage == 3 and layout.dilations:
            dilation = first = layout.dilations[index]
        if layout.bottleneck:
            members.append(Bottleneck(channels, inner, stride, first))
        else:
            members.append(BasicBlock(channels, inner, stride, dilation, first))
        channels = inner * (EXPANSION if layout.bottleneck else 1)
    return nn.Sequential(*members), channels


# MARK: Architectures


class ASPP(nn.Module):
    """Atrous spatial pyramid pooling with image-level features (Chen et al. 2017, Fig. 5).
    `dropout` makes the module for a rate; `self.dropout` may be replaced."""

    def __init__(self, i: int, channels: int, rates, dropout: Callable = nn.Dropout):
        super().__init__()

        def unit(*layers):
            return nn.Sequential(*layers, BatchNorm(channels), nn.ReLU())

        self.convs = nn.ModuleList(
            [unit(convolution(i, channels, 1))]
            + [unit(convolution(i, channels, 3, dilation=rate)) for rate in rates]
            + [unit(nn.AdaptiveAvgPool2d(1), convolution(i, channels, 1))])
        self.project = unit(convolution(channels * (len(rates) + 2), channels, 1))
        self.dropout = dropout(0.5)

    def forward(self, x):
        parts = [branch(x) for branch in self.convs]
        parts[-1] = enlarged(parts[-1], x.shape[-2:])
        return self.dropout(self.project(torch.cat(parts, 1)))


def enlarged(x: torch.Tensor, extent) -> torch.Tensor:
    """Bilinear without aligned corners, to (height, width)."""
    return F.interpolate(x, extent, mode="bilinear", align_corners=False)


class SegmentationNetwork(nn.Module):
    """A backbone and what stands behind it: images [N, 3, H, W], normalized, to logits
    [N, classes, H, W]."""

    def small_logits(self, x):
        """The logits before they are enlarged to the images' extent, [N, classes, h, w]."""
        raise NotImplementedError

    def forward(self, x):
        return enlarged(self.small_logits(x), x.shape[-2:])


class DeepLabV3(SegmentationNetwork):
    """DeepLabV3 (Chen et al. 2017). `dropout` makes the module for a rate."""

    def __init__(self, backbone: str, classes: int, width: float = 1, dropout=nn.Dropout):
        super().__init__()
        self.backbone = ResNet(BACKBONES[backbone], width)
        channels = scaled_channels(256, width)
        self.classifier = nn.Sequential(
            ASPP(self.backbone.channels, channels, RATES, dropout),
            convolution(channels, channels, 3), BatchNorm(channels), nn.ReLU(),
            nn.Conv2d(channels, classes, 1))

    def small_logits(self, x):
        """Images to [N, classes, H / 16, W / 16], extents rounded up."""
        return self.classifier(self.backbone(x))


class Decoder(nn.Module):
    """ASPP and the decoder of Chen et al. 2018, Fig. 2: low-level features at 48 channels."""

    def __init__(self, channels: int, low: int, classes: int, width: float, dropout):
        super().__init__()
        inner, reduced = scaled_channels(256, width), scaled_channels(48, width)
        self.aspp = ASPP(channels, inner, RATES, dropout)
        self.project = nn.Sequential(
            convolution(low, reduced, 1), BatchNorm(reduced), nn.ReLU())
        self.classifier = nn.Sequential(
            convolution(inner + reduced, inner, 3), BatchNorm(inner), nn.ReLU(), dropout(0.5),
            convolution(inner, inner, 3), BatchNorm(inner), nn.ReLU(), dropout(0.1),
            nn.Conv2d(inner, classes, 1))

    def forward(self, x, low):
        y = enlarged(self.aspp(x), low.shape[-2:])
        return self.classifier(torch.cat([y, self.project(low)], 1))


class DeepLabV3Plus(SegmentationNetwork):
    """DeepLab v3+ (Chen et al. 2018) as in the code of the recall loss's authors, but without
    aligned corners. `dropout` makes the module for a rate."""

    def __init__(self, backbone: str, classes: int, width: float = 1, dropout=nn.Dropout):
        super().__init__()
        self.backbone = ResNet(BACKBONES[backbone], width)
        self.classifier = Decoder(
            self.backbone.channels, self.backbone.low_level_channels, classes, width, dropout)

    def small_logits(self, x):
        """Images to [N, classes, H / 4, W / 4], extents rounded up."""
        low = self.backbone.low_level(x)
        return self.classifier(self.backbone.high_level(low), low)


ARCHITECTURES = {"deeplabv3": DeepLabV3, "deeplabv3plus": DeepLabV3Plus}


# MARK: Networks of runs


def make_network(configuration: dict, classes: int) -> SegmentationNetwork:
    """The network of a run's configuration with RecallBench's initial weights; its `draws` draw the
    dropout masks.

    Raises `WeightsError` for an architecture or a backbone that this program does not have."""
    network = _plain_network(configuration, classes)
    initialize(network, configuration["seed"])
    return network


def _plain_network(configuration: dict, classes: int) -> SegmentationNetwork:
    """A network with PyTorch's initial weights."""
    name, backbone = configuration.get("architecture", "deeplabv3"), configuration["backbone"]
    if name not in ARCHITECTURES or backbone not in BACKBONES:
        raise WeightsError(f"the network {name} {backbone} is not one of this program's")
    draws = Draws()
    network = ARCHITECTURES[name](
        backbone, classes, configuration["width"], lambda rate: Dropout(rate, draws))
    network.draws = draws
    return network


def network_of_run(run: dict, folder) -> SegmentationNetwork:
    """The network that a run of a bundle starts from, pretrained tensors included.

    - run: an entry of bundle.json's `runs`; `folder`: the bundle's.

    Raises `WeightsError` if the weights' SHA-256 is not the run's."""
    network, expected = _plain_network(run["configuration"], run["classes"]), run["weights"]
    for exactly in (False, True):
        initialize(network, run["configuration"]["seed"], exactly)
        if expected.get("pretrained"):
            _load_some(network, os.path.join(folder, expected["pretrained"]))
        if weights_digest(network) == expected["sha256"]:
            return network
    raise WeightsError(
        "the initial weights drawn here are not RecallBench's: the mathematical functions of this "
        "machine round differently; use another machine, or Linux with glibc on x86-64 or ARM")


def share_batch_norm(network: nn.Module, processes: int) -> None:
    """Makes all batch normalization take its statistics over the images of so many processes; 1:
    of this one's alone."""
    for module in network.modules():
        if isinstance(module, BatchNorm):
            module.processes = processes


# MARK: Initial weights


def initialize(network: nn.Module, seed: int, exactly: bool = False) -> None:
    """RecallBench's initial weights, bit for bit: He normal by Box and Muller, by fan-out in the
    backbone and by fan-in behind it, drawn in the order [row, column, in, out] of one convolution
    after the other. The rest is 1 or 0, as PyTorch has it, but for the classifier's bias, 0.

    - exactly: take every logarithm and cosine from the C library, as Swift does; slow."""
    source = RandomSource(seed, "initial weights")
    with torch.no_grad():
        for name, module in network.named_modules():
            if not isinstance(module, nn.Conv2d):
                continue
            o, i, h, w = module.weight.shape
            deviation = math.sqrt(2 / (h * w * (o if name.startswith("backbone") else i)))
            values = _normals(source, module.weight.numel(), deviation, exactly)
            values = torch.from_numpy(values.reshape(h, w, i, o))
            module.weight.copy_(values.permute(3, 2, 0, 1))
            if module.bias is not None:
                module.bias.zero_()


def _normals(source: RandomSource, count: int, deviation: float, exactly: bool) -> np.ndarray:
    """Draws of a normal distribution, float32 [count]."""
    u = source.uniforms(2 * count).reshape(-1, 2)
    if exactly:
        return (deviation * _normals_of_c(u)).astype(np.float32)
    normal = np.sqrt(-2 * np.log(1 - u[:, 0])) * np.cos(2 * math.pi * u[:, 1])
    values = (deviation * normal).astype(np.float32)
    # NumPy's functions may differ from the C library's in the last bits, which decide where a
    # number is about half-way between two of float32.
    below, above = deviation * normal * (1 - 4e-15), deviation * normal * (1 + 4e-15)
    near = np.flatnonzero(below.astype(np.float32) != above.astype(np.float32))
    values[near] = (deviation * _normals_of_c(u[near])).astype(np.float32)
    return values


def _normals_of_c(u: np.ndarray) -> np.ndarray:
    """Standard normal from pairs of uniforms, with the functions that Swift calls."""
    log, cos, sqrt, turn = math.log, math.cos, math.sqrt, 2 * math.pi
    return np.array([sqrt(-2 * log(1 - a)) * cos(turn * b) for a, b in u.tolist()], np.float64)


# MARK: Stored weights


def weights(network: nn.Module) -> dict[str, torch.Tensor]:
    """The parameters and buffers that are stored, by name: all but counters; not copies."""
    return {
        name: tensor for name, tensor in sorted(network.state_dict().items())
        if not name.endswith("num_batches_tracked")}


def load_weights(network: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    """Puts back what `weights` returned."""
    with torch.no_grad():
        for name, tensor in weights(network).items():
            tensor.copy_(tensors[name])


def weights_digest(network: nn.Module) -> str:
    """The SHA-256 of all stored tensors in the order of their names, as little-endian float32."""
    digest = hashlib.sha256()
    for tensor in weights(network).values():
        digest.update(_bytes(tensor))
    return digest.hexdigest()


def _bytes(tensor: torch.Tensor) -> bytes:
    array = tensor.detach().to("cpu", torch.float32).contiguous().numpy()
    return array.astype("<f4", copy=False).tobytes()


def _load_some(network: nn.Module, path: str) -> None:
    """Raises `WeightsError` if a tensor is not one of the network's."""
    targets = weights(network)
    for name, array in read_safetensors(path).items():
        target = targets.get(name)
        if target is None or tuple(target.shape) != array.shape:
            raise WeightsError(f"{path}: its tensor {name} does not fit the network; make the "
                               "bundle again")
        target.copy_(torch.from_numpy(array))


def read_safetensors(path) -> dict[str, np.ndarray]:
    """The float32 tensors of a safetensors file, by name.

    Raises `WeightsError` if it cannot be read or holds other tensors."""
    try:
        with open(path, "rb") as file:
            content = file.read()
        start = 8 + struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8:start])
        header.pop("__metadata__", None)
        return {name: _array(content, start, entry) for name, entry in header.items()}
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise WeightsError(f"{path}: cannot be read ({error}); make the bundle again") from None


def _array(content: bytes, start: int, entry: dict) -> np.ndarray:
    if entry["dtype"] != "F32":
        raise ValueError(f"a tensor of {entry['dtype']}")
    first, last = (start + offset for offset in entry["data_offsets"])
    return np.frombuffer(content[first:last], "<f4").reshape(entry["shape"]).astype(np.float32)


def safetensors(tensors: dict[str, torch.Tensor]) -> bytes:
    """The contents of a safetensors file of float32 tensors."""
    header, end = {}, 0
    for name, tensor in tensors.items():
        size = 4 * tensor.numel()
        header[name] = {
            "dtype": "F32", "shape": list(tensor.shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(map(_bytes, tensors.values()))
