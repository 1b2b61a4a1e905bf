"""The optimizers and schedules of torch.optim over 20 steps -> optimizers.safetensors: parameters after
steps 1, 5 and 20, the state after the last, and every step's learning rate."""

import torch
from torch.optim import lr_scheduler

from fixture_file import FixtureFile, filler

STEPS, COUNT, RATE = 20, 37, 0.02
# RecallBench's configuration, as JSON has it; what is left out is torch.optim's default.
OPTIMIZERS = [
    {"name": "adam", "weightDecay": 0.1},
    {"name": "adamw", "weightDecay": 0.01},
    {"name": "adamw", "weightDecay": 0.3},
    {"name": "sgd"},
    {"name": "sgd", "momentum": 0.9},
    {"name": "sgd", "weightDecay": 0.1},
    {"name": "sgd", "momentum": 0.9, "weightDecay": 0.1},
    {"name": "sgd", "momentum": 0.8, "nesterov": True},
    {"name": "sgd", "momentum": 0.9, "nesterov": True, "weightDecay": 0.1},
]
SCHEDULES = [
    {"shape": "constant"},
    {"shape": "polynomial", "power": 0.9},
    {"shape": "polynomial", "power": 2},
    {"shape": "cosine"},
    {"shape": "constant", "warmup": 5, "warmupFactor": 0.01},
    {"shape": "polynomial", "power": 0.9, "warmup": 5, "warmupFactor": 0.01},
    {"shape": "polynomial", "power": 1, "warmup": 1, "warmupFactor": 0.5},
    {"shape": "cosine", "warmup": 7, "warmupFactor": 0.25},
]
STATE = {"adam": ["exp_avg", "exp_avg_sq"], "adamw": ["exp_avg", "exp_avg_sq"],
         "sgd": ["momentum_buffer"]}


def optimizer_of(configuration: dict, parameters, rate: float) -> torch.optim.Optimizer:
    """Only what differs from torch.optim's defaults is passed on, so that these are compared too."""
    given = {
        "momentum": configuration.get("momentum", 0), "nesterov": configuration.get("nesterov", False),
        "weight_decay": configuration.get("weightDecay", 0)}
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[
        configuration["name"]]
    defaults = kind([torch.zeros(1)], lr=rate).defaults
    changed = {key: value for key, value in given.items() if defaults.get(key, value) != value}
    return kind(parameters, lr=rate, **changed)


def scheduler_of(configuration: dict, optimizer, steps: int):
    warmup, shape = configuration.get("warmup", 0), configuration["shape"]
    rest = steps - warmup
    if shape == "polynomial":
        main = lr_scheduler.PolynomialLR(optimizer, rest, power=configuration["power"])
    elif shape == "cosine":
        main = lr_scheduler.CosineAnnealingLR(optimizer, rest)
    else:
        main = lr_scheduler.ConstantLR(optimizer, factor=1, total_iters=1)
    if not warmup:
        return main
    start = lr_scheduler.LinearLR(
        optimizer, start_factor=configuration["warmupFactor"], total_iters=warmup)
    return lr_scheduler.SequentialLR(optimizer, [start, main], milestones=[warmup])


def train(file: FixtureFile, case: str, configuration: dict, schedule: dict) -> list[float]:
    """Stores what a parameter becomes, and returns the learning rates."""
    value = torch.from_numpy(filler(f"{case}/value", (COUNT,))).requires_grad_()
    optimizer = optimizer_of(configuration, [value], RATE)
    scheduler = scheduler_of(schedule, optimizer, STEPS)
    rates = []
    for step in range(1, STEPS + 1):
        gradient = filler(f"{case}/gradient {step}", (COUNT,))
        gradient[4::5] = 0
        value.grad = torch.from_numpy(gradient)
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
        if step in (1, 5, STEPS):
            file.add(f"{case}/value after {step}", value.detach().numpy())
    for index, name in enumerate(STATE[configuration["name"]]):
        state = optimizer.state[value].get(name)
        if state is not None:
            file.add(f"{case}/state {index}", state.numpy())
    return rates


def write() -> None:
    file, cases, schedules = FixtureFile("optimizers"), [], []
    for number, schedule in enumerate(SCHEDULES):
        for configuration in OPTIMIZERS if number in (0, 5) else OPTIMIZERS[-1:]:
            case = f"optimizers {len(cases)}"
            rates = train(file, case, configuration, schedule)
            cases.append({"case": case, "optimizer": configuration, "schedule": schedule})
        file.add(f"schedule {number}", torch.tensor(rates).numpy())
        schedules.append(schedule)
    file.describe("cases", cases)
    file.describe("schedules", schedules)
    file.describe("settings", {"steps": STEPS, "count": COUNT, "rate": RATE})
    file.write()


if __name__ == "__main__":
    write()
