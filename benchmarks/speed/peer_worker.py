"""PyTorch's side of `make bench-peer`: answers the requests of `recallbench-speed serve`.

    python peer_worker.py contiguous|channels_last|compiled

The inputs are the numbers that benchmarks/speed/swift/Inputs.swift makes: change both or neither.
"""

import json
import math
import os
import resource
import sys
import time
import types
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests/Fixtures/torch"))
import reference_model  # noqa: E402

CLASSES = 19
IGNORED = 255
VARIANTS = ("contiguous", "channels_last", "compiled")


def uniform(seed: int, count: int) -> np.ndarray:
    """What `RandomSource(seed:).uniform()` gives `count` times (SplitMix64), in [0, 1)."""
    gamma = np.uint64(0x9E3779B97F4A7C15)

    def mixed(z: np.ndarray) -> np.ndarray:
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))

    start = mixed(np.array([seed], np.uint64) + gamma)
    states = start + gamma * np.arange(1, count + 1, dtype=np.uint64)
    return (mixed(states) >> np.uint64(11)) * 2.0 ** -53


def synthetic_images(n: int, h: int, w: int) -> torch.Tensor:
    values = 4 * uniform(1, n * h * w * 3) - 2
    return torch.from_numpy(values.astype(np.float32)).view(n, h, w, 3).permute(0, 3, 1, 2)


def synthetic_labels(n: int, h: int, w: int, classes: int) -> torch.Tensor:
    rows, columns = (h + 15) // 16, (w + 15) // 16
    draws = uniform(2, 2 * n * rows * columns)
    blocks = np.where(
        draws[1::2] < 0.05, IGNORED, (classes * draws[::2] * draws[::2]).astype(np.int64))
    ids = blocks.reshape(n, rows, columns).repeat(16, 1).repeat(16, 2)[:, :h, :w]
    u = uniform(3, n * h * w).reshape(n, h, w)
    is_loose = (u < 0.1) & (ids != IGNORED)
    return torch.from_numpy(np.where(is_loose, (classes * 10 * u).astype(np.int64), ids))


def synthetic_logits(labels: torch.Tensor, classes: int) -> torch.Tensor:
    n, h, w = labels.shape
    ids = labels.numpy().reshape(-1)
    logits = (6 * uniform(4, ids.size * classes) - 3).astype(np.float32).reshape(-1, classes)
    confidence = (8 * uniform(5, ids.size)).astype(np.float32)
    valid = np.flatnonzero(ids != IGNORED)
    logits[valid, ids[valid]] += confidence[valid]
    return torch.from_numpy(logits).view(n, h, w, classes).permute(0, 3, 1, 2)


def class_pixels(labels: torch.Tensor, classes: int) -> torch.Tensor:
    return torch.bincount(labels.view(-1), minlength=256)[:classes]


# The losses as one writes them for speed in PyTorch, of logits [N, C, H, W].


def cross_entropy(weight=None):
    return lambda z, y: F.cross_entropy(z, y, weight=weight, ignore_index=IGNORED)


def inverse_frequency(counts: torch.Tensor) -> torch.Tensor:
    return torch.where(counts > 0, counts.sum() / counts, 0).float()


def effective_number(counts: torch.Tensor) -> torch.Tensor:
    log_beta = math.log1p(-1 / counts.sum().item())
    raw = torch.where(counts > 0, -1 / torch.expm1(counts.double() * log_beta), 0)
    return (raw / raw.sum() * len(counts)).float()


def focal(z, y, gamma: float = 1):
    ce = F.cross_entropy(z, y, ignore_index=IGNORED, reduction="none")
    miss = 1 - torch.exp(-ce)
    return ((miss if gamma == 1 else miss ** gamma) * ce).sum() / (y != IGNORED).sum()


def ohem(z, y, keep: float = 0.7):
    ce = F.cross_entropy(z, y, ignore_index=IGNORED, reduction="none").view(-1)
    k = max(1, int(keep * (y != IGNORED).sum()))
    return ce.topk(k, sorted=False).values.mean()


def soft_iou(z, y):
    """Per image over the classes present in it; gathers instead of multiplying with a one-hot
    tensor of the size of the logits."""
    n, classes = z.shape[:2]
    valid = y != IGNORED
    p = z.softmax(1)
    own = p.gather(1, torch.where(valid, y, 0).unsqueeze(1)).squeeze(1) * valid
    index = torch.where(valid, y, classes).view(n, -1)
    zeros = torch.zeros(n, classes + 1)
    pixels = zeros.scatter_add(1, index, torch.ones_like(own).view(n, -1))[:, :classes]
    inside = zeros.scatter_add(1, index, own.view(n, -1))[:, :classes]
    union = (p * valid.unsqueeze(1)).sum((2, 3)) + pixels - inside
    present = pixels > 0
    loss = torch.where(present, 1 - inside / union.clamp(min=1e-12), 0).sum(1)
    return (loss / present.sum(1).clamp(min=1)).sum() / present.any(1).sum()


def lovasz_gradient(sorted_truth):
    """Berman et al. 2018, algorithm 1, as in their code."""
    total = sorted_truth.sum()
    intersection = total - sorted_truth.cumsum(0)
    union = total + (1 - sorted_truth).cumsum(0)
    jaccard = 1 - intersection / union
    jaccard[1:] -= jaccard[:-1].clone()
    return jaccard


def lovasz(z, y):
    """Berman et al.'s lovasz_softmax_flat over the classes present, all images together."""
    classes = z.shape[1]
    p, y = z.softmax(1).permute(0, 2, 3, 1).reshape(-1, classes), y.view(-1)
    valid = y != IGNORED
    p, y = p[valid], y[valid]
    losses = []
    for c in range(classes):
        truth = (y == c).float()
        if truth.sum() == 0:
            continue
        errors, order = torch.sort((truth - p[:, c]).abs(), 0, descending=True)
        losses.append(torch.dot(errors, lovasz_gradient(truth[order])))
    return torch.stack(losses).mean()


def recall(z, y):
    classes = z.shape[1]
    with torch.no_grad():
        missed = torch.where(z.argmax(1) == y, IGNORED, y)
        counts = class_pixels(y, classes)
        weight = class_pixels(missed, classes) / counts.clamp(min=1)
    ce = F.cross_entropy(z, y, weight=weight, ignore_index=IGNORED, reduction="sum")
    return ce / counts.sum()


def make_loss(name: str, counts: torch.Tensor):
    return {
        "ce": cross_entropy(),
        "weighted_ce": cross_entropy(inverse_frequency(counts)),
        "balanced_ce": cross_entropy(effective_number(counts)),
        "focal(gamma: 1)": focal,
        "ohem(keep: 0.7)": ohem,
        "soft_iou": soft_iou,
        "lovasz": lovasz,
        "recall": recall,
    }[name]


def make_network(architecture: str, backbone: str, width: float) -> torch.nn.Module:
    """ReLU in place, as torchvision's own networks have it."""
    functional = types.ModuleType("functional")
    functional.__dict__.update(F.__dict__)
    functional.relu = torch.relu_
    reference_model.engine.F = functional
    kinds = {"deeplabv3": reference_model.DeepLabV3, "deeplabv3plus": reference_model.DeepLabV3Plus}
    network = kinds[architecture](backbone, CLASSES, width)
    for module in network.modules():
        if isinstance(module, torch.nn.ReLU):
            module.inplace = True
    return network


def environment() -> dict:
    return {
        "torch": torch.__version__,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "torch_configuration": torch.__config__.show().split("\n"),
    }


class Worker:
    def __init__(self, variant: str):
        self.variant = variant
        self.step = self.evaluate = self.loss = self.network = None

    def laid_out(self, tensor: torch.Tensor) -> torch.Tensor:
        layout = torch.channels_last if self.variant == "channels_last" else torch.contiguous_format
        return tensor.contiguous(memory_format=layout)

    def prepare(self, architecture: str, backbone: str, width: str, *extent: str):
        n, h, w, threads = map(int, extent)
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        self.network = network = make_network(architecture, backbone, float(width))
        reference_model.initialize(network, torch.Generator().manual_seed(1))
        if self.variant == "channels_last":
            network = network.to(memory_format=torch.channels_last)
        forward = torch.compile(network) if self.variant == "compiled" else network
        return network, forward, self.laid_out(synthetic_images(n, h, w))

    def train(self, *arguments: str) -> None:
        network, forward, x = self.prepare(*arguments)
        y = synthetic_labels(x.shape[0], *x.shape[2:], CLASSES)
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
        network.train()
        if x.shape[0] == 1:
            # PyTorch refuses statistics of the one pooled pixel; those of before cost the same.
            network.classifier[0].convs[-1].eval()

        def step() -> float:
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(forward(x), y, ignore_index=IGNORED)
            loss.backward()
            optimizer.step()
            return loss.item()

        self.step = step

    def evaluation(self, *arguments: str) -> None:
        network, forward, x = self.prepare(*arguments)
        network.eval()

        def evaluate() -> float:
            with torch.no_grad() if self.variant == "compiled" else torch.inference_mode():
                return forward(x)[0, 0, 0, 0].item()

        self.evaluate = evaluate

    def losses(self, *extent: str) -> None:
        n, h, w, classes, threads = map(int, extent)
        torch.set_num_threads(threads)
        y = synthetic_labels(n, h, w, classes)
        z = self.laid_out(synthetic_logits(y, classes)).requires_grad_()
        counts, known = class_pixels(y, classes), {}

        def loss(*name: str) -> float:
            notation = " ".join(name)
            if notation not in known:
                function = make_loss(notation, counts)
                known[notation] = torch.compile(function) if self.variant == "compiled" else function
            value = known[notation](z, y)
            torch.autograd.grad(value, z)
            return value.item()

        self.loss = loss

    def steps(self, limit: float) -> list:
        """As many as start within that many seconds."""
        count, start, now, loss = 0, time.perf_counter(), 0.0, math.nan
        while now < limit:
            loss = self.step()
            count, now = count + 1, time.perf_counter() - start
        return [count, now, loss]

    def answer(self, words: list[str]) -> list:
        request, *rest = words or [""]
        if request in ("train", "evaluation") and len(rest) == 6:
            rest = ["deeplabv3", *rest]
        if request in ("train", "evaluation", "losses"):
            getattr(self, request)(*rest)
            return []
        if request == "steps" and self.step:
            return self.steps(*map(float, rest))
        if request == "parameters" and self.network:
            return [sum(p.numel() for p in self.network.parameters())]
        if request == "environment":
            return [json.dumps(environment())]
        timed = {"step": self.step, "pass": self.evaluate, "loss": self.loss}.get(request)
        if timed is not None:
            start = time.perf_counter()
            value = timed(*rest)
            return [(time.perf_counter() - start) * 1e3, value]
        if request == "rss":
            with open("/proc/self/status") as status:
                return [int(line.split()[1]) * 1024 for line in status if line[:6] == "VmHWM:"]
        if request == "faults":
            return [resource.getrusage(resource.RUSAGE_SELF).ru_minflt]
        raise ValueError(f"cannot do '{' '.join(words)}' now")


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in VARIANTS:
        raise SystemExit(__doc__)
    if os.environ.get("ATEN_CPU_CAPABILITY") == "avx2":
        import torch._inductor.config

        torch._inductor.config.cpp.simdlen = 256
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = " ".join(["ok", *map(str, worker.answer(line.split()))])
        except Exception as error:  # told to the driver, which goes on without this variant
            answer = f"error {type(error).__name__}: {' '.join(str(error).split())[:300]}"
        print(answer, flush=True)


if __name__ == "__main__":
    main()
