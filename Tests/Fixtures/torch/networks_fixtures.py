"""DeepLabV3 on both backbones at small width -> networks.safetensors: the backbone's features and the
logits in both modes, gradients of all parameters, running statistics after the training pass.

`--spread` prints how far PyTorch's own float32 strays from the float64 that is stored.
"""

import sys

import torch

from fixture_file import FixtureFile, SharedDropout, fill_parameters, filler, flat, maps
from random_source import RandomSource
from reference_model import DeepLabV3, check_against_torchvision

SEED, CLASSES, WIDTH = 7, 4, 1 / 16
SHAPE = (4, 33, 49)
# Of several draws of weights and images these have no ReLU so near its kink that rounding decides
# it: where one flips, a gradient changes by a percent, in any framework.
DRAWS = {"resnet18": 1, "resnet101": 4}


def passes(backbone: str, case: str, dtype=torch.float64, perturbation: int = 0):
    """Results by name as (tensor, whether it is a feature map)."""
    network = DeepLabV3(backbone, CLASSES, WIDTH)
    network.classifier[0].dropout = SharedDropout(0.5, lambda: RandomSource(SEED, "dropout"))
    fill_parameters(network, case)
    if perturbation:
        generator = torch.Generator().manual_seed(perturbation)
        with torch.no_grad():
            for p in network.parameters():
                p.mul_(1 + 1e-7 * (2 * torch.rand(p.shape, generator=generator) - 1))
    network.to(dtype)
    images = maps(filler(f"{case}/images", (*SHAPE, 3))).to(dtype)
    with torch.no_grad():
        network.eval()
        yield "features in evaluation", network.backbone(images)
        yield "logits in evaluation", network(images)
    features = []
    network.train().backbone.register_forward_hook(lambda *args: features.append(args[2].detach()))
    logits = network(images)
    yield "features in training", features[0]
    yield "logits in training", logits.detach()
    logits.backward(maps(filler(f"{case}/gradient", (*SHAPE, CLASSES))).to(dtype))
    for name, parameter in network.named_parameters():
        yield f"gradient of {name}", parameter.grad
    for name, buffer in network.named_buffers():
        if not name.endswith("num_batches_tracked"):
            yield f"after {name}", buffer


def write() -> None:
    file, cases = FixtureFile("networks"), []
    for backbone, draw in DRAWS.items():
        case = f"networks/{backbone} {draw}"
        for name, tensor in passes(backbone, case):
            if name.startswith("logits"):
                file.add_map(f"{case}/{name}, first image", tensor[:1])
            if name.startswith(("logits", "features")):
                tensor = tensor.permute(0, 2, 3, 1).reshape(-1)
            file.add_parameter(f"{case}/{name}", tensor)
        cases.append({
            "case": case, "backbone": backbone, "classes": CLASSES, "width": WIDTH,
            "input": [*SHAPE, 3]})
    file.describe("cases", cases)
    file.write()


def spread(draws) -> None:
    """The largest relative distance in norm between float32, from weights disturbed in their last
    bit, and float64."""
    for backbone in DRAWS:
        for draw in draws or [DRAWS[backbone]]:
            case = f"networks/{backbone} {draw}"
            exact = dict(passes(backbone, case))
            worst = {}
            for perturbation in range(4):
                for name, tensor in passes(backbone, case, torch.float32, perturbation):
                    error = ((tensor.double() - exact[name]).norm() / exact[name].norm()).item()
                    kind = name.split(" of ")[0] if " of " in name else name.split(" back")[0]
                    kind = "after" if name.startswith("after") else kind
                    worst[kind] = max(worst.get(kind, 0), error)
            print(backbone, draw, *(f"{kind} {error:.1e};" for kind, error in worst.items()))


if __name__ == "__main__":
    if "--spread" in sys.argv:
        spread([int(draw) for draw in sys.argv[2:]])
    else:
        check_against_torchvision()
        write()
