"""DeepLab v3+ and the authors' "resnet18" -> v3plus.safetensors.

Logits in evaluation and training mode, gradients of all parameters, running statistics after the
training pass, and the number of parameters at full width. Weights, images and dropout masks are
derived from names on both sides.

`--spread [DRAW ...]` prints how far PyTorch's own float32 strays from the float64 that is stored.
"""

import sys

import torch

from fixture_file import FixtureFile, SharedDropout, fill_parameters, filler, maps
from random_source import RandomSource
from reference_model import DeepLabV3Plus

SEED, CLASSES, WIDTH = 7, 3, 1 / 16
SHAPE = (4, 35, 42)
# Weights and images in which no ReLU is so near its kink that rounding decides it, as in
# networks_fixtures.py.
DRAWS = {"resnet18": 3, "resnet18_authors": 2}


def network_with_shared_dropout(name: str, classes: int, width: float = 1) -> DeepLabV3Plus:
    """One random source draws all masks."""
    random = RandomSource(SEED, "dropout")
    return DeepLabV3Plus(name, classes, width, lambda rate: SharedDropout(rate, lambda: random))


def passes(name: str, case: str, dtype=torch.float64, perturbation: int = 0):
    """Results by name."""
    network = network_with_shared_dropout(name, CLASSES, WIDTH)
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
    for name in ("resnet18", "resnet18_authors", "resnet101"):
        with torch.device("meta"):
            counts[name] = sum(p.numel() for p in network_with_shared_dropout(name, 21).parameters())
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
