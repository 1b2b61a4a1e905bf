#!/usr/bin/env python3
"""Holds the engine's batches (Sources/Experiments/TorchEngine/batches.py) against PyTorch's
resizing (crops.safetensors), against plain NumPy versions of all they do, and with --command
against what RecallBench itself feeds a network.

  check_engine_batches.py [--command .build/release/recallbench] [--device cpu] [--time]

Everything must be equal bit for bit but the network's logits, and PyTorch's resized values, which
are not rounded. Ends with status 1 if something is not. Needs Pillow.
"""

import json
import re
import struct
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

import engine_plain as plain
from crops_fixtures import sample as crops_sample
import batches
from batches import BundleError, Normalization, Store, TrainingSampler
from random_source import RandomSource

FIXTURES = Path(__file__).resolve().parent.parent
sys.path.append(str(FIXTURES))
import make_png  # noqa: E402

IMAGENET = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
DEVICE = "cpu"


def tensors(*arrays):
    return tuple(torch.from_numpy(np.ascontiguousarray(a)).to(DEVICE) for a in arrays)


def same(found, expected, what) -> None:
    if isinstance(found, torch.Tensor):
        found = found.cpu().numpy()
    assert found.dtype == expected.dtype and found.shape == expected.shape, (
        what, found.dtype, found.shape, expected.dtype, expected.shape)
    differences = int((found != expected).sum())
    assert differences == 0, f"{what}: {differences} of {found.size} values differ"


def check_generator() -> None:
    for seed, purpose, counter in [(0, "", 0), (2**64 - 1, "dropout", 7), (5, "x", 2**64 - 1)]:
        a, b, c = (RandomSource(seed, purpose, counter) for _ in range(3))
        one_by_one = np.array([a.next() for _ in range(1000)], np.uint64)
        same(b.take(1000), one_by_one, "take")
        same(c.take_tensor(1000, DEVICE).cpu().numpy().view(np.uint64), one_by_one, "take_tensor")
        uniforms = np.array([a.uniform() for _ in range(100)])
        same(b.uniforms(100), uniforms, "uniforms")
        same(c.uniforms_tensor(100, DEVICE), uniforms, "uniforms_tensor")
        b.skip(100)
        for _ in range(100):
            a.next()
        assert a.next() == b.next()


def check_png() -> None:
    """Every color type and depth, by the formula of make_png.py."""
    files = sorted((FIXTURES / "png").glob("*.png"))
    assert len(files) > 30
    for path in files:
        kind, bits = re.match(r"([a-z]+)(\d+)", path.stem).groups()
        image = np.zeros((make_png.HEIGHT, make_png.WIDTH, 3), np.uint8)
        for y, x, c in np.ndindex(image.shape):
            image[y, x, c] = png_byte(x, y, c, kind, int(bits))
        same(batches.read_png(path), image, path.name)


def png_byte(x: int, y: int, channel: int, kind: str, bits: int) -> int:
    is_color = kind in ("rgb", "rgba")
    value = make_png.sample(x, y, channel if is_color else 0, bits)
    if kind == "palette":
        return [value, 255 - value, 5 * value % 256][channel]
    return value >> 8 if bits == 16 else value * 255 // ((1 << bits) - 1)


def check_resizing() -> None:
    random = np.random.default_rng(2)
    sizes = [
        (20, 22, 9, 13), (20, 22, 31, 40), (7, 5, 7, 15), (1, 1, 3, 2), (33, 48, 8, 16),
        (20, 22, 20, 22), (11, 90, 22, 7), (40, 3, 1, 3), (61, 47, 7, 90), (5, 64, 5, 64)]
    for h, w, height, width in sizes:
        image = random.integers(0, 256, (h, w, 3)).astype(np.uint8)
        labels = random.integers(0, 256, (h, w)).astype(np.uint8)
        image[0] = 255
        whole = plain.resized(image, height, width), plain.nearest(labels, height, width)
        rows = range(height // 3, max(height // 3 + 1, height - 1))
        columns = range(width // 2, width)
        for r, c in [(None, None), (rows, columns), (rows, None), (range(height), range(1))]:
            found = batches.resized(tensors(image, labels), height, width, r, c)
            ys, xs = r or range(height), c or range(width)
            part = np.s_[ys.start:ys.stop, xs.start:xs.stop]
            for name, one, other in zip(("image", "labels"), found, whole):
                same(one, other[part], f"{name} {h} x {w} -> {height} x {width} {r} {c}")


def check_jitter() -> None:
    random = np.random.default_rng(3)
    colors = random.random((3, 50, 60)).astype(np.float32) * np.float32(255)
    # A last bit of a gray hardly ever changes a byte.
    red, green, blue = (
        np.float32(weight) * color for weight, color in zip((0.299, 0.587, 0.114), colors))
    same(batches._gray(tensors(colors)[0]), red + green + blue, "grays")
    images = [random.integers(0, 256, (31, 33, 3)), random.integers(0, 3, (40, 9, 3))]
    images += [random.integers(200, 256, (8, 8, 3)), np.zeros((3, 2, 3)), np.full((1, 1, 3), 255)]
    for seed in range(24):
        image = images[seed % len(images)].astype(np.uint8)
        a, b = RandomSource(seed, "jitter"), RandomSource(seed, "jitter")
        factors = [np.float32(0.5 + a.uniform()) for _ in range(3)]
        found = batches.ColorJitter(0.5, b).apply(*tensors(image))
        same(found, plain.jittered(image, *factors), f"jitter {factors}")
        assert a.next() == b.next()


def check_crops() -> None:
    """The cases of Tests/DatasetsTests/ScaleAndCropTests.swift; PyTorch's values are no bytes."""
    notes, arrays = read_fixture(FIXTURES / "tensors" / "crops.safetensors")
    cases, off = json.loads(notes["cases"]), 0
    assert len(cases) == 20
    for case in cases:
        number, random = case["number"], RandomSource(case["number"], "crops")
        bytes, labels = (part.astype(np.uint8) for part in crops_sample(number, *case["file"]))
        transform = batches.ScaleAndCrop(case["scales"], case["base"], case["flips"])
        image, ids = transform.apply(
            tensors(bytes, labels), case["crop"], (124, 116, 104), random)
        same(ids.reshape(-1), arrays[f"{number}/labels"].astype(np.uint8), f"labels {case}")
        expected = arrays[f"{number}/image"]
        distances = np.abs(image.cpu().numpy().reshape(-1).astype(np.float64) - expected)
        assert distances.max() < 0.501, f"image {case}: {distances.max()}"
        off += int((distances > 0.01).sum())
    assert off > 500, "PyTorch's values look rounded"


def read_fixture(path: Path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, stop = (8 + length + place for place in entry["data_offsets"])
            arrays[name] = np.frombuffer(data[start:stop], "<f4")
    return header["__metadata__"], arrays


CONFIGURATIONS = [
    ({"augmentation": "none", "height": 10, "width": 14}, "store"),
    ({"augmentation": "flip", "height": 10, "width": 14}, "labelFiles"),
    ({"augmentation": "cityscapes", "height": 18, "width": 23}, "files"),
    ({"augmentation": "none", "height": 15, "width": 20,
      "crop": {"smallest": 0.5, "largest": 2.0}}, "files"),
    ({"augmentation": "flip", "height": 15, "width": 20, "evaluateHeight": 12, "evaluateWidth": 30,
      "crop": {"smallest": 2.0, "largest": 0.5}}, "store"),
]


def check_batches(folder: Path) -> None:
    """Every augmentation, of bytes and of files, with and without room in memory, in any order, and
    in parts."""
    samples = plain.pictures(5, [(12, 20), (16, 15), (9, 28)], 4)
    mean, deviation = [0.41, 0.3, 0.52], [0.2, 0.31, 0.17]
    normalization = Normalization(mean, deviation, DEVICE)
    for number, (configuration, sizes) in enumerate(CONFIGURATIONS):
        keeps = configuration["augmentation"] == "cityscapes" or "crop" in configuration
        size = configuration["height"], configuration["width"]
        plain.write_store(folder, f"bytes{number}", samples, size, keeps)
        plain.write_store(folder, f"files{number}", samples, size, keeps, folder / "data")
        handed = samples if keeps else [
            (plain.resized(i, *size), plain.nearest(l, *size)) for i, l in samples]
        expected = [
            plain.batch(handed, configuration, sizes, 3, 2**63 + 9, n, mean, deviation)
            for n in range(6)]
        assert any((expected[n][0] != expected[0][0]).any() for n in range(1, 6))
        for kind in ("bytes", "files"):
            for room in (10**9, 2000, 0):
                memory = batches.ImageMemory(DEVICE, device_bytes=room // 2, host_bytes=room)
                store = Store(folder, f"{kind}{number}", DEVICE, folder / "data", memory)
                sampler = TrainingSampler(
                    store, configuration, sizes, 3, 2**63 + 9, normalization)
                for n in (0, 5, 3, 1, 2, 4, 0):
                    what = f"{kind}, {room} bytes of room, {configuration}, iteration {n}"
                    images, labels = sampler.batch(n)
                    assert images.is_contiguous() and images.device.type == DEVICE.split(":")[0]
                    same(images, expected[n][0], f"images: {what}")
                    same(labels, expected[n][1], f"labels: {what}")
                    for part in (range(0, 1), range(1, 3)):
                        images, labels = sampler.batch(n, part)
                        same(images, expected[n][0][part.start:part.stop], f"a part: {what}")
                        same(labels, expected[n][1][part.start:part.stop], f"a part: {what}")
                store.close()


def check_evaluation(folder: Path) -> None:
    samples = plain.pictures(7, [(12, 20), (16, 15)], 4, seed=5)
    normalization = Normalization(*IMAGENET, DEVICE)
    plain.write_store(folder, "small", samples, (8, 11), root=folder / "seven", file_labels=True)
    plain.write_store(folder, "whole", samples, (8, 11), True, root=folder / "seven")
    for key, sizes in [("small", "store"), ("small", "labelFiles"), ("whole", "files")]:
        store = Store(folder, key, DEVICE, folder / "seven")
        sampler = batches.EvaluationSampler(store, sizes, normalization)
        ranges = sampler.ranges(3)
        assert [n for r in ranges for n in r] == list(range(7))
        assert max(map(len, ranges)) == (1 if sizes == "files" else 3)
        for images in ranges:
            found, labels = sampler.batch(images)
            for place, index in enumerate(images):
                image, ids = samples[index]
                if sizes != "files":
                    image = plain.resized(image, 8, 11)
                same(found[place], plain.normalized(image, *IMAGENET), f"{sizes} {index}")
                if sizes == "store":
                    expected = plain.nearest(ids, 8, 11).astype(np.int64)
                    same(labels[place], expected, f"labels {index}")
                else:
                    assert labels is None
                    same(sampler.file_labels(index), ids.astype(np.int64), f"labels {index}")
        store.close()
    small, whole = (Store(folder, key, DEVICE, folder / "seven") for key in ("small", "whole"))
    for index in range(7):
        for one, other in zip(small.sample(index), whole.resized(index)):
            same(one, other.cpu().numpy(), f"resized {index}")
    small.check_all()
    data = {"stores": {"train": "whole", "evaluated": "small", "validation": "small"}}
    memory = batches.ImageMemory(DEVICE)
    roots = {"made-up": folder / "seven"}
    stores = batches.open_stores(folder, data, DEVICE, roots, memory)
    assert stores["evaluated"] is stores["validation"] is not stores["train"]
    for index in range(7):
        for one, other in zip(stores["train"].sample(index), samples[index]):
            same(one, other, f"of open_stores {index}")


def check_errors(folder: Path) -> None:
    """Whatever is wrong with a bundle's files is one line that names the file."""
    samples = plain.pictures(2, [(12, 20)], 4, seed=6)

    def fails(name: str, remedy: str, damage, files: bool = False, call=None) -> None:
        place = folder / f"damaged-{name}"
        plain.write_store(
            place, "s", samples, (8, 11), root=place / "data" if files else None,
            file_labels=True)
        damage(place)
        try:
            store = Store(place, "s", DEVICE, place / "data" if files else None)
            (call or Store.check_all)(store)
        except BundleError as error:
            text = str(error)
            assert "\n" not in text and remedy in text, text
            assert text.startswith(str(place)) or name == "folder", text
            return
        raise AssertionError(f"{name}: nothing is reported")

    def changed(name: str, at: int):
        def damage(place: Path) -> None:
            data = bytearray((place / name).read_bytes())
            data[at] ^= 1
            (place / name).write_bytes(data)
        return damage

    def cut(name: str):
        def damage(place: Path) -> None:
            (place / name).write_bytes((place / name).read_bytes()[:-1])
        return damage

    def other(place: Path, shape) -> None:
        plain.write_png(place / "data/train/0001.png", np.zeros((*shape, 3), np.uint8))

    def exchanged(field: str, of=lambda item: item):
        def damage(place: Path) -> None:
            store = json.loads((place / "stores/s.json").read_text())
            a, b = map(of, store["items"])
            a[field], b[field] = b[field], a[field]
            (place / "stores/s.json").write_text(json.dumps(store))
        return damage

    def turned(place: Path) -> None:
        # The same bytes in another shape.
        image = samples[1][0]
        plain.write_png(place / "data/train/0001.png", image.reshape(20, 12, 3))

    again, data = "copy the whole bundle again", "--data made-up=PATH"
    fails("pixels", again, changed("stores/s.images", 100))
    fails("labels", again, changed("stores/s.labels", 20))
    fails("file-labels", again, changed("stores/s.file-labels", 20))
    fails("other-labels", again, exchanged("labels"))
    fails("other-file-labels", again, exchanged("sha256", lambda item: item["fileLabels"]))
    fails("short-images", again, cut("stores/s.images"))
    fails("short-labels", again, cut("stores/s.labels"))
    fails("no-labels", again, lambda place: (place / "stores/s.labels").unlink())
    fails("no-json", again, lambda place: (place / "stores/s.json").unlink())
    fails("json", again, lambda place: (place / "stores/s.json").write_text("[1]"))
    fails("no-file", data, lambda place: (place / "data/train/0001.png").unlink(), True)
    fails("other-size", data, lambda place: other(place, (12, 21)), True)
    fails("other-pixels", data, lambda place: other(place, (12, 20)), True)
    fails("turned", data, turned, True)
    fails("png", "replace the file", cut_png, True)
    fails("folder", data, lambda place: None, True, lambda s: set_root(s).check_all())
    try:
        batches.read_data(folder, "none")
    except BundleError as error:
        assert "data/none.json" in str(error)
    else:
        raise AssertionError("a missing data file is not reported")


def cut_png(place: Path) -> None:
    path = place / "data/train/0001.png"
    path.write_bytes(path.read_bytes()[:200])


def set_root(store: Store) -> Store:
    store.root = None
    return store


def check_command(command: str, folder: Path) -> None:
    """What RecallBench feeds a network: its batches' labels bit for bit, its logits nearly."""
    import engine_command  # noqa: PLC0415
    for number, (fields, configuration, sizes) in enumerate(engine_command.SETTINGS):
        run = engine_command.Run(command, folder / f"run{number}", fields)
        keeps = configuration["augmentation"] == "cityscapes" or "crop" in configuration
        size = configuration["height"], configuration["width"]
        plain.write_store(run.folder, "train", run.train, size, keeps)
        store = Store(run.folder, "train", DEVICE)
        mean, deviation = run.normalization()
        if fields["normalization"] == "training":
            # Sums of all bytes: one wrong byte anywhere changes them.
            assert (mean, deviation) == statistics(store), "mean and deviation of all bytes"
        sampler = TrainingSampler(
            store, configuration, sizes, run.BATCH, run.SEED,
            Normalization(mean, deviation, DEVICE))
        worst, scale = 0.0, 0.0
        for iteration, (logits, labels, _) in enumerate(run.steps()):
            images, own = sampler.batch(iteration)
            same(own, labels, f"labels of {fields}, iteration {iteration}")
            expected = run.forward(images, iteration)
            worst = max(worst, float(np.abs(expected - logits).max()))
            scale = max(scale, float(np.abs(logits).max()))
        assert iteration == run.ITERATIONS - 1 and worst < 3e-4 * scale, (fields, worst, scale)
        print(f"  as RecallBench: {fields}: logits within {worst / scale:.1e} of {scale:.2f}")


def statistics(store: Store):
    """As Sources/Datasets/Sampling/Normalization+Count.swift."""
    counts = np.zeros((3, 256), np.int64)
    for index in range(len(store)):
        image = store.sample(index)[0].cpu().numpy()
        for c in range(3):
            counts[c] += np.bincount(image[:, :, c].reshape(-1), minlength=256)
    values, pixels = np.arange(256), counts[0].sum()
    means = [float((counts[c] * values).sum()) / float(pixels) for c in range(3)]
    variances = [
        float((counts[c] * values**2).sum()) / float(pixels) - means[c] ** 2 for c in range(3)]
    return [m / 255 for m in means], [max(1, max(0, v) ** 0.5) / 255 for v in variances]


def measure(folder: Path) -> None:
    """The seconds of a batch, when all images are in memory."""
    random = np.random.default_rng(1)
    for (height, width), size, augmentation, keeps in [
        ((1024, 2048), (769, 769), "cityscapes", True), ((384, 768), (384, 768), "none", False),
        ((384, 768), (384, 768), "flip", False)
    ]:
        sample = (
            random.integers(0, 256, (height, width, 3)).astype(np.uint8),
            random.integers(0, 19, (height, width)).astype(np.uint8))
        plain.write_store(folder, "timed", [sample] * 6, size, keeps)
        store = Store(folder, "timed", DEVICE)
        configuration = {"augmentation": augmentation, "height": size[0], "width": size[1]}
        sampler = TrainingSampler(
            store, configuration, "store", 6, 1, Normalization(*IMAGENET, DEVICE))
        times = []
        for iteration in range(8):
            start = time.perf_counter()
            sampler.batch(iteration)
            if DEVICE != "cpu":
                torch.cuda.synchronize()
            times.append(time.perf_counter() - start)
        rest = np.median(times[2:])
        print(
            f"  6 x {size[0]} x {size[1]}, {augmentation}, of {height} x {width}: "
            f"{1e3 * rest:.0f} ms (the first, which reads: {1e3 * times[0]:.0f} ms)")


def main() -> None:
    options = plain.options()
    global DEVICE
    DEVICE = options.device
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        checks = [
            check_generator, check_png, check_resizing, check_jitter, check_crops,
            lambda: check_batches(folder), lambda: check_evaluation(folder),
            lambda: check_errors(folder)]
        if options.command:
            checks.append(lambda: check_command(options.command, folder))
        for check in checks:
            check()
        if options.time:
            measure(folder)
    print("the engine's batches are what they should be")


if __name__ == "__main__":
    main()
