"""20 whole training steps of DeepLabV3 on ResNet-18 with cross-entropy under other recipes than the
paper's -> recipes.safetensors: the loss at each step, and samples of the weights after the last.

Weights, batches and dropout masks as in training_fixtures.py, in float64.
"""

import numpy as np
import torch

from fixture_file import FixtureFile, SharedDropout, flat, maps
from losses_reference import CANONICAL, Batch
from optimizers_fixtures import optimizer_of, scheduler_of
from random_source import RandomSource
from reference_model import DeepLabV3
from training_fixtures import (
    CLASS_PIXELS, CLASSES, DEFAULT_DRAW, SEED, STEPS, WIDTH, H, N, W, batch, initialize)

BACKBONE = "resnet18"
RECIPES = {
    # As DeepLab and torchvision's reference training.
    "sgd": {
        "rate": 0.02,
        "optimizer": {"name": "sgd", "momentum": 0.9, "weightDecay": 1e-4},
        "schedule": {"shape": "polynomial", "power": 0.9}},
    "nesterov": {
        "rate": 0.02,
        "optimizer": {"name": "sgd", "momentum": 0.9, "nesterov": True, "weightDecay": 1e-2},
        "schedule": {"shape": "cosine", "warmup": 5, "warmupFactor": 0.01}},
    "adamw": {
        "rate": 1e-3,
        "optimizer": {"name": "adamw", "weightDecay": 0.05},
        "schedule": {"shape": "polynomial", "power": 0.9, "warmup": 4, "warmupFactor": 0.1}},
    "adam": {
        "rate": 1e-3,
        "optimizer": {"name": "adam", "weightDecay": 1e-2},
        "schedule": {"shape": "cosine"}},
}


def train(recipe: dict):
    """The loss before each step, and the network after the last."""
    draw = DEFAULT_DRAW[BACKBONE]
    network = DeepLabV3(BACKBONE, CLASSES, WIDTH)
    initialize(network, f"training/{BACKBONE} {draw}")
    network.to(torch.float64).train()
    optimizer = optimizer_of(recipe["optimizer"], network.parameters(), recipe["rate"])
    scheduler = scheduler_of(recipe["schedule"], optimizer, STEPS)
    curve = []
    for step in range(STEPS):
        network.classifier[0].dropout = SharedDropout(
            0.5, lambda: RandomSource(SEED, "dropout", step))
        images, labels = batch(draw, step)
        value = CANONICAL["ce"](
            Batch(network(maps(images)), torch.from_numpy(labels), torch.tensor(CLASS_PIXELS)))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        scheduler.step()
        curve.append(value.item())
    return np.array(curve), network


def write() -> None:
    file, cases = FixtureFile("recipes"), []
    for name, recipe in RECIPES.items():
        case = f"recipes/{name}"
        curve, network = train(recipe)
        file.add(f"{case}/curve", curve)
        state = {
            name: flat(tensor) for name, tensor in network.state_dict().items()
            if not name.endswith("num_batches_tracked")}
        file.add_summary(f"{case}/weights", np.concatenate([state[name] for name in sorted(state)]))
        cases.append({"case": case, "draw": DEFAULT_DRAW[BACKBONE], **recipe})
    file.describe("cases", cases)
    file.describe("settings", {
        "steps": STEPS, "classes": CLASSES, "width": WIDTH, "seed": SEED, "input": [N, H, W, 3],
        "classPixels": CLASS_PIXELS})
    file.write()


if __name__ == "__main__":
    write()
