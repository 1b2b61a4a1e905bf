"""Tests of Sources/Python/recallbench.py against the command:

    RECALLBENCH=.build/release/recallbench python3 -m unittest discover Tests/Python

RECALLBENCH is the command (default: .build/release/recallbench). Tests that need PyTorch, pandas, Pillow or
torchvision are skipped without it; the first needs the command, too.
"""

import importlib.util
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Sources/Python"))
import recallbench  # noqa: E402

COMMAND = os.path.abspath(os.environ.get("RECALLBENCH", ROOT / ".build/release/recallbench"))


def needs(*modules):
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if not os.path.exists(COMMAND):
        missing.append(COMMAND)
    return unittest.skipIf(missing, f"needs {', '.join(missing)}")


def run(*arguments, folder):
    done = subprocess.run(
        [COMMAND, *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{arguments}: {done.stderr}")
    return done.stdout


BACKBONES = ["resnet18", "resnet18_authors", "resnet34", "resnet50", "resnet101"]

# Every backbone, both architectures and two widths, on files twice as large as the input.
RENDERED = """
name: rendered
seeds: [1]
backbones: [{backbones}]
losses: [recall]
training: {{iterations: 3, batch: 2, learning_rate: 1e-3, validate_every: 3}}
settings:
  - {{width: 0.0625}}
  - {{architecture: deeplabv3plus, width: 0.125}}
datasets:
  cityscapes:
    source: rendered
    render: {{seed: 1, train: 4, validation: 2, test: 1, height: 64, width: 112}}
    size: [40, 56]
    evaluate_size: files
    augmentation: flip
"""

# torchvision's own classes: full width, and crops, so that the network sees whole files.
WIDE = """
name: wide
seeds: [1]
backbones: [resnet18, resnet50]
losses: [ce]
training: {iterations: 1, batch: 2, learning_rate: 1e-3}
datasets:
  cityscapes:
    source: rendered
    render: {seed: 1, train: 4, validation: 2, test: 1, height: 64, width: 112}
    size: [48, 48]
    evaluate_size: files
    augmentation: cityscapes
"""

# Photographs of differing sizes with a normalization of their own, scored at their own size.
OWN = """
name: own
seeds: [1, 2]
backbones: [resnet18]
losses: [ce, recall]
network: {width: 0.0625}
training: {iterations: 3, batch: 2, learning_rate: 1e-3}
evaluate: {boundary: true, calibration: true, prior_correction: [0.5, 1]}
datasets:
  leaves:
    source: folders
    size: [32, 48]
    folders:
      root: leaves
      images: {train: train, test: test}
      labels: {train: trainlabels, test: testlabels}
      label_type: gray
      classes: [{id: 3, name: soil}, {id: 5, name: leaf}, {id: 9, name: rust}]
      ignored: [0]
"""


# Settings at their defaults beside others, and a loss in PyTorch.
VERSIONS = """
name: versions
seeds: [1]
backbones: [resnet18]
losses: [ce, "mine.py:dice"]
network: {width: 0.0625}
training: {iterations: 3, batch: 2, learning_rate: 1e-3}
settings:
  - {}
  - {optimizer: sgd, momentum: 0.9, schedule: polynomial, warmup: 1}
datasets:
  synthia:
    source: rendered
    render: {seed: 1, train: 4, validation: 2, test: 2, height: 64, width: 128}
    size: [32, 64]
"""


def write_leaves(folder):
    from PIL import Image

    random = np.random.default_rng(1)
    sizes = [(61, 50), (40, 77), (64, 96)]
    for split, count in [("train", 3), ("test", 3)]:
        for part in [split, split + "labels"]:
            (folder / "leaves" / part).mkdir(parents=True)
        for i in range(count):
            height, width = sizes[i]
            y, x = np.mgrid[:height, :width]
            waves = np.sin(y / 9 + i)[..., None] * np.cos(x[..., None] / 7 + np.arange(3))
            noise = random.integers(-20, 20, (height, width, 3))
            pixels = np.clip(128 + 100 * waves + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"leaves/{split}/{i}.png")
            labels = np.array([3, 5, 9, 0], np.uint8)[(y // 11 + x // 13 + i) % 4]
            Image.fromarray(labels).save(folder / f"leaves/{split}labels/{i}.png")


class Commands(unittest.TestCase):
    """Runs that the command made."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="recallbench-python-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    def sweep(self, text, name, *options):
        (self.folder / f"{name}.yml").write_text(text)
        run("sweep", f"{name}.yml", "--output", name, "--data-cache", "cache", *options,
            folder=self.folder)
        return self.folder / name

    def images(self):
        return sorted(self.folder.glob("cache/cityscapes-*/leftImg8bit/val/*/*.png"))

    def check_run(self, path, network, images, ids, *options):
        """Every pixel is predicted as by the command, but where two logits are as good as equal."""
        from PIL import Image

        run("predict", "--run", path, "--output", "written", *options, folder=self.folder)
        written = sorted(p for p in (self.folder / "written").rglob("*.png"))
        self.assertEqual(len(written), len(images))
        ties = 0
        for image_path, prediction in zip(images, written):
            image = recallbench.read_image(image_path)
            theirs = np.asarray(Image.open(prediction))
            ours = np.array(ids, np.uint8)[recallbench.predict(network, image)]
            values = np.sort(recallbench.logits(network, image).numpy(), 0)
            gap = values[-1] - values[-2]
            isTie = gap < 1e-4 * np.abs(values).max()
            self.assertTrue(np.all((ours == theirs) | isTie), path)
            self.assertLess(isTie.mean(), 0.01)
            ties += int((ours != theirs).sum())
        shutil.rmtree(self.folder / "written")
        return ties


class NetworkTests(Commands):
    @needs("torch", "PIL")
    def test_every_network_predicts_as_the_command(self):
        folder = self.sweep(RENDERED.format(backbones=", ".join(BACKBONES)), "rendered")
        results = recallbench.Results(folder)
        self.assertEqual(len(results), 2 * len(BACKBONES))
        differing = 0
        for result in results:
            exported = self.folder / "exported.safetensors"
            run("export", "--run", result.folder, "--output", exported, "--force", folder=self.folder)
            network = recallbench.load_network(exported)
            self.assertEqual(network.recallbench.configuration, result.configuration)
            ids = [entry["id"] for entry in network.recallbench.classes]
            self.assertEqual((len(ids), ids[0]), (19, 7))
            differing += self.check_run(result.folder, network, self.images(), ids)
            # The weights in the run's folder are the same network.
            image = recallbench.read_image(self.images()[0])
            again = recallbench.predict(result.network(), image)
            np.testing.assert_array_equal(again, recallbench.predict(network, image))
        print(f"{differing} pixels of ties differ", file=sys.stderr)

    @needs("torch", "torchvision", "PIL")
    def test_full_width_is_torchvisions_class(self):
        import torch
        from torchvision.models.segmentation import DeepLabV3

        for result in recallbench.Results(self.sweep(WIDE, "wide")):
            network, own = result.network(), result.network(torchvision=False)
            self.assertIsInstance(network, DeepLabV3)
            self.assertNotIsInstance(own, DeepLabV3)
            self.assertEqual(list(own.state_dict()), list(network.state_dict()))
            x = torch.randn(1, 3, 65, 49, generator=torch.Generator().manual_seed(1))
            with torch.no_grad():
                torch.testing.assert_close(own(x)["out"], network(x)["out"])
            image = recallbench.read_image(self.images()[0])
            # A network trained on crops sees whole files.
            self.assertEqual(
                recallbench.preprocess(image, network.recallbench).shape, (1, 3, 64, 112))
            exported = self.folder / "wide.safetensors"
            run("export", "--run", result.folder, "--output", exported, "--force", folder=self.folder)
            network = recallbench.load_network(exported)
            ids = [entry["id"] for entry in network.recallbench.classes]
            self.check_run(result.folder, network, self.images(), ids)

    @needs("torch")
    def test_every_backbone_has_the_names_of_its_export(self):
        for backbone, architecture in itertools.product(BACKBONES, ["deeplabv3", "deeplabv3plus"]):
            network = recallbench.make_network(backbone, 5, 0.0625, architecture)
            names = [n for n in network.state_dict() if not n.endswith("num_batches_tracked")]
            last = "classifier.classifier.8.bias" if "plus" in architecture else "classifier.4.bias"
            self.assertEqual(names[-1], last)
        with self.assertRaisesRegex(ValueError, "vgg16"):
            recallbench.make_network("vgg16", 5)


class OwnDataTests(Commands):
    @needs("torch", "pandas", "PIL")
    def test_scores_at_the_files_own_size_can_be_computed_again(self):
        import pandas

        write_leaves(self.folder)
        folder = self.sweep(OWN, "own")
        # Without gnuplot it fails after everything but the pictures is written.
        subprocess.run([COMMAND, "report", "own"], cwd=self.folder, capture_output=True)
        results = recallbench.Results(folder)
        images = sorted((self.folder / "leaves/test").iterdir())
        for result in results:
            self.check_stored(result, images)
            self.check_run(
                result.folder, result.network(), images, [3, 5, 9], "--data",
                self.write_description())
        self.check_tables(results, pandas)
        # The same of the pack.
        classes = results.classes()
        run("results", "pack", "own", folder=self.folder)
        pandas.testing.assert_frame_equal(recallbench.Results(folder).classes(), classes)

    def write_description(self):
        lines = OWN[OWN.index("      root:"):].splitlines()
        path = self.folder / "leaves.yml"
        path.write_text("name: leaves\n" + "\n".join(line[6:] for line in lines) + "\n")
        return path

    def check_stored(self, result, images):
        """Confusion matrices, prior correction and calibration, from the network's logits alone."""
        from PIL import Image

        network, shares = result.network(), np.array(result.split["trainClassPixels"], float)
        shift = np.log(shares / shares.sum())
        taus = [0] + result.taus
        matrices = np.concatenate([result.confusions[None], result.corrected])
        calibration = np.zeros((15, 3))
        for place, path in enumerate(images):
            image = recallbench.read_image(path)
            values = recallbench.logits(network, image).numpy().astype(float)
            labels = np.asarray(Image.open(str(path).replace("/test/", "/testlabels/")))
            self.assertEqual(labels.shape, values.shape[1:])
            valid = labels != 0
            truth = np.searchsorted([3, 5, 9], labels[valid])
            for i, tau in enumerate(taus):
                shifted = values[:, valid] - tau * shift[:, None]
                gap = np.diff(np.sort(shifted, 0)[-2:], axis=0)[0]
                found = np.zeros((3, 3), int)
                np.add.at(found, (truth, shifted.argmax(0)), 1)
                # A pixel near a tie may move from one cell to another.
                doubtful = int((gap < 1e-4 * np.abs(values).max()).sum())
                self.assertLess(doubtful, 20)
                self.assertLessEqual(np.abs(found - matrices[i, place]).sum(), 2 * doubtful)
            logits = values[:, valid]
            p = np.exp(logits - logits.max(0))
            p /= p.sum(0)
            bins = np.clip(np.ceil(p.max(0) * 15).astype(int), 1, 15) - 1
            np.add.at(calibration, bins, np.stack(
                [np.ones(len(truth)), p.max(0), p.argmax(0) == truth], 1))
        stored = result.calibration[0]
        self.assertEqual(stored[:, 0].sum(), calibration[:, 0].sum())
        np.testing.assert_allclose(stored[:, 1].sum(), calibration[:, 1].sum(), rtol=1e-5)
        np.testing.assert_allclose(stored, calibration, atol=5)

    def check_tables(self, results, pandas):
        """Every CSV file of the report is read as it is; runs.csv is what the module computes."""
        folder = pathlib.Path(results.folder)
        files = [*folder.glob("*.csv"), *folder.glob("tables/*.csv")]
        self.assertGreater(len(files), 8)
        for path in files:
            table = pandas.read_csv(path)
            self.assertGreater(len(table), 0, path)
            self.assertFalse([c for c in table if c.startswith("Unnamed")], path)
        own = self.check_classes(results, pandas)
        summary = pandas.read_csv(folder / "summary.csv").sort_values(["loss", "seed"])
        frame = results.frame().sort_values(["loss", "seed"])
        np.testing.assert_allclose(summary.mean_iou, 100 * frame.mean_iou, atol=0.0051)
        self.assertEqual(set(own.scored_at), {"files"})
        # Rust covers about a quarter of the pixels, as the others do.
        self.assertFalse(own.minority.any())

    @needs("torch", "pandas")
    def test_tables_are_runs_csv_for_every_kind_of_setting_and_two_versions_of_a_loss(self):
        import pandas

        source = self.folder / "mine.py"
        text = "from torch.nn.functional import cross_entropy\n\n\ndef dice(logits, labels):\n"
        for version in ["", " * 2"]:
            source.write_text(
                text + f"    return cross_entropy(logits, labels, ignore_index=-1){version}\n")
            folder = self.sweep(VERSIONS, "versions", "--keep", "--python", sys.executable)
        subprocess.run([COMMAND, "report", "versions"], cwd=self.folder, capture_output=True)
        results = recallbench.Results(folder)
        own = self.check_classes(results, pandas)
        names = sorted(name for name in set(own.loss) if name.startswith("dice@"))
        self.assertEqual(len(names), 2)
        frame = results.frame()
        self.assertEqual(list(frame.groupby("loss").size()[names]), [2, 2])
        self.assertEqual(set(frame["training.optimizer.name"]), {"adam", "sgd"})
        self.assertEqual(set(frame.scored_at), {"32x64"})
        self.assertFalse(frame["commit"].isna().any())

    def check_classes(self, results, pandas):
        """`classes()` has the columns of runs.csv in their order, and every digit."""
        stored = pandas.read_csv(pathlib.Path(results.folder) / "runs.csv")
        own = results.classes()
        self.assertEqual(list(stored), list(own))
        keys = ["run", "class_id"]
        stored, sorted_own = (t.sort_values(keys, ignore_index=True) for t in (stored, own))
        pandas.testing.assert_frame_equal(stored, sorted_own, check_dtype=False, rtol=0, atol=0)
        return own


class CoreTests(unittest.TestCase):
    def test_the_version_is_the_programs(self):
        printed = subprocess.run([COMMAND, "--version"], capture_output=True, text=True).stdout
        self.assertEqual(printed.splitlines()[0], f"recallbench {recallbench.__version__}")

    def test_undefined_scores_are_nan(self):
        values = recallbench.scores([[3, 1, 0], [0, 0, 0], [0, 2, 2]])
        np.testing.assert_array_equal(values["accuracy"], [0.75, np.nan, 0.5])
        np.testing.assert_array_equal(values["iou"], [0.75, 0, 0.5])
        np.testing.assert_array_equal(values["precision"], [1, 0, 1])

    def test_images_shrink_by_areas_and_grow_bilinearly(self):
        image = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
        half = recallbench.resize_image(image, 2, 3)
        blocks = image.reshape(2, 2, 3, 2, 3).mean((1, 3))
        np.testing.assert_array_equal(half, np.floor(blocks + 0.5))
        np.testing.assert_array_equal(recallbench.resize_image(image, 4, 6), image)
        wide = recallbench.resize_image(image, 4, 12)
        np.testing.assert_array_equal(wide[:, 0], image[:, 0])
        np.testing.assert_array_equal(wide[:, -1], image[:, -1])
        with self.assertRaisesRegex(ValueError, "uint8"):
            recallbench.resize_image(image.astype(float), 2, 2)

    def test_stored_results_are_read(self):
        for folder in sorted((ROOT / "results").glob("*/runs.jsonl")):
            results = recallbench.Results(folder.parent)
            run = results[0]
            self.assertEqual(run.confusions.shape[0], len(run.split["evaluated"]))
            self.assertEqual(len(run.class_names), run.confusions.shape[1])
            self.assertEqual(results[run.name].manifest, run.manifest)
            self.assertGreater(len(run.history), 0)

    def configuration(self, loss, sha256=None):
        configuration = {
            "backbone": "resnet18", "width": 1, "loss": loss, "seed": 1,
            "data": {"name": "camvid", "augmentation": "flip", "height": 32, "width": 64,
                     "evaluate": "test", "source": "real", "split": "official"},
            "training": {"iterations": 3, "batch": 2, "learningRate": 0.001, "checkpoint": "last"}}
        if sha256:
            configuration["torch"] = {"name": loss.removeprefix("torch:"), "sha256": sha256}
        return configuration

    def test_versions_of_a_pytorch_file_have_names_of_their_own(self):
        ce = self.configuration("ce")
        a, b = (self.configuration("torch:dice", digest * 32) for digest in ("ab", "cd"))
        focal = self.configuration("torch:focal", "ef" * 32)
        names = recallbench._loss_namer([ce, a, b, focal])
        self.assertEqual(
            [names(c) for c in (ce, a, b, focal)],
            ["ce", "dice@abababab", "dice@cdcdcdcd", "torch:focal"])
        self.assertEqual(recallbench._loss_namer([ce, a])(a), "dice")
        a["torch"]["arguments"] = "smooth=1"
        self.assertEqual(recallbench._loss_namer([a, b])(a), "dice(smooth=1)")

    def test_settings_at_their_defaults_have_their_values(self):
        imagenet = {"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]}
        plain = self.configuration("ce")
        other = self.configuration("ce")
        other["training"]["optimizer"] = {"name": "sgd", "momentum": 0.9}
        other["training"]["schedule"] = {"shape": "polynomial", "power": 0.9, "warmup": 5}
        plain, other = (recallbench._settings(c, imagenet) for c in (plain, other))
        self.assertEqual(list(plain), list(other))
        self.assertEqual(plain["training.optimizer.name"], "adam")
        self.assertEqual(plain["training.schedule.shape"], "constant")
        self.assertEqual((plain["data.evaluateHeight"], plain["data.evaluateWidth"]), (32, 64))
        self.assertEqual(plain["data.normalization.mean"], "[0.485,0.456,0.406]")
        self.assertTrue(np.isnan(plain["training.schedule.power"]))
        self.assertEqual(other["training.optimizer.nesterov"], False)
        self.assertEqual(other["training.schedule.warmupFactor"], 0.01)

    def test_other_files_than_exported_networks_are_named(self):
        table = ROOT / "results/quick/summary.csv"
        with self.assertRaisesRegex(ValueError, "summary.csv: is not a safetensors file; give one"):
            recallbench.load_network(table)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "cut.safetensors"
            header = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
            for content, problem in [
                    (b"", "is not a safetensors"), (b"\2" + bytes(7) + b"[]", "is not a safetensors"),
                    (bytes([len(header)]) + bytes(7) + header + bytes(4), "ends within a"),
                    (bytes([len(header)]) + bytes(7) + header + bytes(8), "lacks a configuration")]:
                path.write_bytes(content)
                with self.assertRaisesRegex(ValueError, "cut.safetensors: " + problem):
                    recallbench.load_network(path)

    def test_folder_without_runs_is_named(self):
        with self.assertRaisesRegex(FileNotFoundError, "holds no finished runs"):
            recallbench.Results(ROOT / "docs")


if __name__ == "__main__":
    unittest.main()
