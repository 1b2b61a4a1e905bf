"""Compares training batches with those that RecallBench has put into the bundle."""

import zipfile
from pathlib import Path

import numpy as np

import batches

# The color jitter's contrast refers to the mean gray level of an image, a sum in another order than
# RecallBench's: a value between two bytes may be rounded to either.
LARGEST, SHARE = 1, 0.01


def compared(
    sampler: batches.TrainingSampler, path: Path, part: range | None = None
) -> dict:
    """How a few batches differ from those in the file.

    - part: the places in a batch that are made here, where several processes share it.

    Returns {"bytes": the largest difference of a color, of 255, "colors": how many colors differ,
    of "all", "labels": how many labels differ}. Raises BundleError if the file cannot be read.
    """
    try:
        with np.load(path) as arrays:
            there = {name: arrays[name] for name in ("iterations", "stride", "images", "labels")}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise batches.BundleError(
            f"{path}: cannot be read ({error}); copy the bundle again") from None
    step, found = int(there["stride"][0]), {"bytes": 0, "colors": 0, "all": 0, "labels": 0}
    scale = 255 * sampler.normalization.deviation
    own = slice(None) if part is None else slice(part.start, part.stop)
    for place, iteration in enumerate(there["iterations"]):
        images, labels = sampler.batch(int(iteration), part)
        colors = images[:, :, ::step, ::step].permute(0, 2, 3, 1).cpu().numpy()
        distance = np.rint(np.abs(colors - there["images"][place][own]) * scale)
        differs = labels[:, ::step, ::step].cpu().numpy() != there["labels"][place][own]
        found["bytes"] = max(found["bytes"], int(distance.max()))
        found["colors"] += int((distance > 0).sum())
        found["all"] += distance.size
        found["labels"] += int(differs.sum())
    return found


def agree(found: dict) -> bool:
    """Whether nothing but rounding tells the batches from RecallBench's."""
    few = found["colors"] <= SHARE * found["all"]
    return few and found["bytes"] <= LARGEST and not found["labels"]


def require_same(sampler: batches.TrainingSampler, path: Path, part: range) -> None:
    """Raises BundleError if a batch is not RecallBench's."""
    found = compared(sampler, path, part)
    if not agree(found):
        raise batches.BundleError(
            f"{path}: the batches made here are not RecallBench's ({found['colors']} of "
            f"{found['all']} colors differ, by up to {found['bytes']} of 255, and "
            f"{found['labels']} labels); nothing was trained; please report this with your "
            "versions of PyTorch and NumPy")


def table(folder: Path, runs: list[dict], data_folders: dict) -> list[dict]:
    """How the batches of these runs differ from RecallBench's, a row for each file of batches."""
    rows = {}
    for run in runs:
        if run["check"] in rows:
            continue
        data, configuration = batches.read_data(folder, run["data"]), run["configuration"]
        stores = batches.open_stores(
            folder, data, "cpu", data_folders, batches.ImageMemory("cpu"))
        sampler = batches.TrainingSampler(
            stores["train"], configuration["data"], data["sizes"],
            configuration["training"]["batch"], configuration["seed"],
            batches.Normalization(
                data["normalization"]["mean"], data["normalization"]["deviation"], "cpu"))
        rows[run["check"]] = {
            "data": configuration["data"]["name"], "seed": configuration["seed"],
            "augmentation": _augmentation(configuration["data"]),
            **compared(sampler, folder / run["check"])}
        for store in stores.values():
            store.close()
    return list(rows.values())


def _augmentation(data: dict) -> str:
    crop = data.get("crop")
    if crop is None:
        return data["augmentation"]
    flips = ", flip" if data["augmentation"] == "flip" else ""
    return f"scale {crop['smallest']:g} to {crop['largest']:g}, crop{flips}"
