"""20 whole training steps of DeepLabV3 on both backbones, loss by loss -> training.safetensors:
the loss at each step, and samples of the weights after the last.

Weights, batches and dropout masks are derived from names on both sides. `--spread` prints how far
PyTorch's own float32 strays from the float64 that is stored.
"""

import sys

import numpy as np
import torch

from fixture_file import (
    FixtureFile, SharedDropout, filler, flat, he_bound, is_last_scale, maps, weights)
from losses_reference import CANONICAL, Batch
from random_source import RandomSource
from reference_model import DeepLabV3

STEPS, CLASSES, WIDTH, IGNORED, SEED = 20, 4, 1 / 16, 255, 7
N, H, W = 4, 33, 49
# The paper's rates: that of SYNTHIA; and that of Cityscapes for the deeper backbone, for which the
# larger one makes PyTorch's own float32 leave its float64 by percents within 20 steps.
RATES = {"resnet18": 1e-3, "resnet101": 1e-4}
# N_c of the training split, for the losses that weight by class frequency.
CLASS_PIXELS = [60000, 25000, 9000, 1200]
# Draws of weights and batches in which rounding is not amplified: Adam's first step moves a weight
# whose gradient is noise as far as any other, and a prediction that flips shifts the recall loss.
DEFAULT_DRAW = {"resnet18": 4, "resnet101": 1}
DRAWS = {"resnet18": {"soft_iou": 0}, "resnet101": {"weighted_ce": 6, "balanced_ce": 3, "recall": 4}}


def initialize(network: torch.nn.Module, case: str) -> None:
    """Convolutions uniform with He's variance by fan-in, the last scale of a residual block 0.1;
    the rest as RecallBench initialises it."""
    names = dict(network.named_parameters())
    with torch.no_grad():
        for name, tensor in names.items():
            if tensor.dim() == 4:
                o, i, kh, kw = tensor.shape
                tensor.copy_(weights(filler(f"{case}/{name}", (kh, kw, i, o), he_bound(tensor))))
            elif is_last_scale(name, names):
                tensor.fill_(0.1)
            elif name == "classifier.4.bias":
                tensor.zero_()


def batch(draw: int, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Images [N, H, W, 3] of noise on a colour a class; labels [N, H, W] in blocks of 16 x 16, one
    in eight of them ignored, class c about twice as often as class c + 1."""
    blocks = (N, (H + 15) // 16, (W + 15) // 16)
    u = RandomSource(0, f"training/labels {draw} {step}").uniforms(int(np.prod(blocks)))
    classes = np.searchsorted([0.125, 0.6, 0.825, 0.95], u.reshape(blocks), side="right") - 1
    classes = np.where(classes < 0, IGNORED, classes)
    labels = classes.repeat(16, 1).repeat(16, 2)[:, :H, :W]
    colours = filler("training/colours", (256, 3))
    images = colours[labels] + filler(f"training/noise {draw} {step}", (N, H, W, 3), 0.5)
    return images.astype(np.float32).astype(np.float64), labels


def train(backbone: str, loss: str, draw: int, dtype=torch.float64, perturbation: int = 0):
    """The loss before each step, and the network after the last."""
    network = DeepLabV3(backbone, CLASSES, WIDTH)
    initialize(network, f"training/{backbone} {draw}")
    if perturbation:
        generator = torch.Generator().manual_seed(perturbation)
        with torch.no_grad():
            for p in network.parameters():
                p.mul_(1 + 1e-7 * (2 * torch.rand(p.shape, generator=generator) - 1))
    network.to(dtype).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=RATES[backbone])
    curve = []
    for step in range(STEPS):
        network.classifier[0].dropout = SharedDropout(
            0.5, lambda: RandomSource(SEED, "dropout", step))
        images, labels = batch(draw, step)
        logits = network(maps(images).to(dtype))
        value = CANONICAL[loss](
            Batch(logits.double(), torch.from_numpy(labels), torch.tensor(CLASS_PIXELS)))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        curve.append(value.item())
    return np.array(curve), network


def draw_of(backbone: str, loss: str) -> int:
    return DRAWS[backbone].get(loss, DEFAULT_DRAW[backbone])


def write() -> None:
    file, cases = FixtureFile("training"), []
    for backbone in RATES:
        for loss in CANONICAL:
            draw = draw_of(backbone, loss)
            case = f"training/{backbone} {loss}"
            curve, network = train(backbone, loss, draw)
            file.add(f"{case}/curve", curve)
            # One vector of all weights and running statistics: names in PyTorch's order.
            state = {
                name: flat(tensor) for name, tensor in network.state_dict().items()
                if not name.endswith("num_batches_tracked")}
            file.add_summary(
                f"{case}/weights", np.concatenate([state[name] for name in sorted(state)]))
            cases.append({"case": case, "backbone": backbone, "loss": loss, "draw": draw})
    file.describe("cases", cases)
    file.describe("settings", {
        "steps": STEPS, "classes": CLASSES, "width": WIDTH, "seed": SEED, "input": [N, H, W, 3],
        "rates": RATES, "classPixels": CLASS_PIXELS})
    file.write()


def spread(losses) -> None:
    """The largest relative distance of a loss in the curve, and that of the weights in norm, between
    float32, from weights disturbed in their last bit, and float64."""
    for backbone in RATES:
        for loss in losses or CANONICAL:
            draw = draw_of(backbone, loss)
            curve, network = train(backbone, loss, draw)
            errors, distances = [], []
            for perturbation in range(5):
                other, strayed = train(backbone, loss, draw, torch.float32, perturbation)
                errors.append(np.abs(other / curve - 1).max())
                pairs = list(zip(strayed.parameters(), network.parameters()))
                distance = sum(((a.double() - b) ** 2).sum().item() for a, b in pairs)
                distances.append((distance / sum((b**2).sum().item() for _, b in pairs)) ** 0.5)
            print(
                f"{backbone} {loss}: {curve[0]:.3f} to {curve[-1]:.3f}, curve {max(errors):.1e}, "
                f"weights {max(distances):.1e}", flush=True)


if __name__ == "__main__":
    if "--spread" in sys.argv:
        spread(sys.argv[2:])
    else:
        write()
