"""RecallBench results in Python: tables of scores, trained networks in PyTorch, images as in training.

    import recallbench

    results = recallbench.Results("results/camvid")
    results.frame()                     # pandas: one row per run, with every setting
    results.classes()                   # pandas: one row per run and class, as in runs.csv
    run = results[0]
    run.confusions.sum(0)               # NumPy: true classes by row

    network = recallbench.load_network("recall.safetensors")   # `recallbench export` writes it
    ids = recallbench.predict(network, recallbench.read_image("street.png"))

The module needs NumPy. pandas, PyTorch, torchvision, and Pillow are imported only by the functions that use them.
See docs/python.md.
"""

import io
import json
import math
import os
from dataclasses import dataclass, field

import numpy as np

__version__ = "0.14"
__all__ = [
    "Results", "Run", "Trained", "scores", "read_safetensors", "load_network", "make_network",
    "read_image", "resize_image", "normalize", "preprocess", "logits", "predict",
]


# Scores


def scores(confusion):
    """Scores of each class of a confusion matrix with true classes by row.

    Args:
        confusion: integers [..., classes, classes].

    Returns:
        A dict of float64 [..., classes]: accuracy (recall), iou, precision and dice; NaN where a
        denominator is 0 (docs/policy.md).
    """
    confusion = np.asarray(confusion, np.int64)
    tp = np.diagonal(confusion, axis1=-2, axis2=-1)
    fn, fp = confusion.sum(-1) - tp, confusion.sum(-2) - tp
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "accuracy": tp / (tp + fn), "iou": tp / (tp + fp + fn), "precision": tp / (tp + fp),
            "dice": 2 * tp / (2 * tp + fp + fn),
        }


def _mean(values):
    """The mean of the defined values, added in order as in the tables; NaN if there are none."""
    defined = [value for value in values if not math.isnan(value)]
    return sum(defined) / len(defined) if defined else math.nan


# Results folders

_SYNTHIA = [
    "sky", "building", "road", "sidewalk", "fence", "vegetation", "pole", "car", "traffic sign",
    "pedestrian", "bicycle", "lane marking", "traffic light",
]
_CLASSES = {
    "synthia": _SYNTHIA,
    "cityscapes": [
        "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign",
        "vegetation", "terrain", "sky", "person", "rider", "car", "truck", "bus", "train",
        "motorcycle", "bicycle",
    ],
    "camvid": [
        "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian",
        "bicyclist",
    ],
}


# Ids of the classes that the paper's tables or, for CamVid, the rule of 2 % make minority classes.
_MINORITY = {
    "synthia": [6, 7, 8, 9, 10, 12], "cityscapes": [3, 4, 5, 6, 9, 11, 12, 17],
    "camvid": [2, 6, 7, 9, 10],
}


def _minority(run):
    """Training ids of the minority classes of a run's data set."""
    data = run.configuration["data"]
    if "folders" in data:
        given = data["folders"].get("minority")
        if given is not None:
            return {i for i, name in enumerate(_class_names(data)) if name in given}
        pixels = run.split["trainClassPixels"]
        limit = 0.02 * sum(pixels)
        return {i for i, count in enumerate(pixels) if count < limit}
    shift = 1 if data.get("void") == "counts" else 0
    return {i + shift for i in _MINORITY.get(data["name"], [])}


# The names of losses in tables; see docs/own-loss.md.
_BUILT_IN = {
    "ce", "weighted_ce", "balanced_ce", "focal", "ohem", "soft_iou", "lovasz", "recall"}


def _loss_title(torch):
    arguments = torch.get("arguments")
    return torch["name"] + (f"({arguments})" if arguments else "")


def _loss_base(notation):
    """The notation without parameters; all of a sum, or of a loss with corrected predictions."""
    whole = any(sign in notation for sign in (" * ", " + ", " @ "))
    return notation if whole else notation.split("(")[0]


def _loss_namer(configurations):
    """A function that gives the name of a configuration's loss in tables, among these configurations.

    Losses in PyTorch have the names that their authors gave them: `NAME@` and the first digits of the
    file's SHA-256 where files differ, and with `torch:` where a built-in loss has the name.
    """
    versions, built_in = {}, set(_BUILT_IN)
    for configuration in configurations:
        torch = configuration.get("torch")
        if torch:
            versions.setdefault(_loss_title(torch), set()).add(torch["sha256"])
        else:
            built_in.add(_loss_base(configuration["loss"]))

    def name(configuration):
        torch = configuration.get("torch")
        if not torch:
            return configuration["loss"]
        title = _loss_title(torch)
        shown = f"torch:{title}" if torch["name"] in built_in else title
        return shown + (f"@{torch['sha256'][:8]}" if len(versions[title]) > 1 else "")

    return name


def _class_names(data):
    if "folders" in data:
        return [entry["name"] for entry in data["folders"]["classes"]]
    names = _CLASSES.get(data["name"])
    return ["void"] + names if names and data.get("void") == "counts" else names


def _flat(value, path=""):
    """Settings by their paths, such as training.batch; a list is one value, as JSON."""
    if isinstance(value, dict):
        fields = {}
        for key, inner in value.items():
            fields.update(_flat(inner, f"{path}.{key}" if path else key))
        return fields
    if isinstance(value, list):
        text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        return {path: text}
    return {path: value}


# Every setting that `runs.csv` has a column for, besides those that `Run._identity` names otherwise.
_SETTINGS = """
    data.augmentation data.crop.largest data.crop.smallest data.evaluateHeight data.evaluateLimit
    data.evaluateWidth data.folders.classes data.folders.ignored data.folders.labels
    data.folders.minority data.folders.split.group data.folders.split.ratios
    data.folders.split.seed data.height data.normalization.deviation data.normalization.mean
    data.render.height data.render.seed data.render.test data.render.train data.render.validation
    data.render.width data.scoredSize data.source data.split data.trainLimit data.void data.width
    evaluation.boundary evaluation.calibration evaluation.priorCorrection pretrained.partial
    pretrained.sha256 torch.arguments torch.name torch.sha256 training.batch training.checkpoint
    training.iterations training.learningRate training.optimizer.momentum training.optimizer.name
    training.optimizer.nesterov training.optimizer.weightDecay training.schedule.power
    training.schedule.shape training.schedule.warmup training.schedule.warmupFactor
    training.syncBatchNorm training.validateEvery
""".split()
_NAMED_OTHERWISE = {
    "data.name", "data.evaluate", "architecture", "backbone", "width", "loss", "seed"}


def _settings(configuration, normalization):
    """Every setting by its path, with the value of its default where it is not given; NaN where it does
    not apply, and for a limit of images or an interval of validations that there is not.

    Args:
        normalization: of the images; None where it is not known.
    """
    data, training = dict(configuration["data"]), dict(configuration["training"])
    if not _sees_whole_files(data):
        data["evaluateHeight"], data["evaluateWidth"] = _evaluation_size(data)
    data = {"scoredSize": "input", "void": "ignored", **data}
    if "folders" in data:
        data["folders"] = {k: v for k, v in data["folders"].items() if k != "normalization"}
    if normalization:
        data["normalization"] = normalization
    training["optimizer"] = {
        "name": "adam", "momentum": 0, "nesterov": False, "weightDecay": 0,
        **training.get("optimizer", {})}
    schedule = {"shape": "constant", "warmup": 0, **training.get("schedule", {})}
    if schedule["shape"] == "polynomial":
        schedule.setdefault("power", 0.9)
    if schedule["warmup"]:
        schedule.setdefault("warmupFactor", 0.01)
    training["schedule"] = schedule
    training.setdefault("syncBatchNorm", True)
    values = _flat({
        **configuration, "data": data, "training": training,
        "pretrained": configuration.get("pretrained", {"sha256": "none", "partial": False}),
        "evaluation": {
            "priorCorrection": [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
            "boundary": False, "calibration": False, **configuration.get("evaluation", {})},
    })
    names = sorted({*_SETTINGS, *values} - _NAMED_OTHERWISE)
    return {name: values.get(name, math.nan) for name in names}


@dataclass
class Run:
    """A finished run: what `run.json` holds, and its arrays, which are read when first asked for."""

    folder: str
    manifest: dict
    _archive: object = field(repr=False)
    _prefix: str = field(repr=False)
    _splits: str = field(repr=False)
    loss: str = ""
    """The name of the loss in tables; versions of a PyTorch file have names of their own."""

    @property
    def name(self):
        """The name of the run's folder, or in `runs.jsonl`."""
        return self.manifest["run"]

    @property
    def configuration(self):
        """Everything that determines the run's numbers, as in `run.json`."""
        return self.manifest["configuration"]

    def _array(self, name):
        return self._archive()[self._prefix + name]

    def _has(self, name):
        return self._prefix + name in self._archive().files

    @property
    def confusions(self):
        """Pixels, int64 [images, classes, classes], with true classes by row."""
        return self._array("confusions").astype(np.int64)

    @property
    def taus(self):
        """The strengths of prior correction of `corrected`; empty in runs of earlier versions."""
        return list(self.manifest.get("priorTaus") or [])

    @property
    def corrected(self):
        """`confusions` under prior correction by each of `taus`, int64 [taus, images, classes, classes]."""
        return self.confusions + np.cumsum(self._array("corrected").astype(np.int64), 0)

    @property
    def boundary(self):
        """Boundary pixels, int64 [images, classes, 3]: of both, of the labels, of the prediction; or
        None where they were not counted."""
        return self._array("boundary").astype(np.int64) if self._has("boundary") else None

    @property
    def calibration(self):
        """float64 [1 + classes, bins, 3]: pixels, the sum of their probabilities, and those of the class,
        for the predicted class and then for each class; or None where they were not counted."""
        return self._array("calibration") if self._has("calibration") else None

    @property
    def predictions(self):
        """Training ids, uint8 [height, width], of a few images by their place in the split."""
        if not self._has("pictured"):
            return {}
        return dict(zip(self._array("pictured").tolist(), self._array("predictions")))

    @property
    def history(self):
        """The training history, a list of dicts: iteration, loss, and validation scores if any."""
        text = self._array("history.jsonl")
        text = text if isinstance(text, bytes) else bytes(text)
        return [json.loads(line) for line in text.splitlines()]

    @property
    def split(self):
        """Names of the training and evaluated images, class pixels, and a computed normalization."""
        with open(os.path.join(self._splits, self.manifest["split"] + ".json")) as file:
            return json.load(file)

    @property
    def normalization(self):
        """The mean and deviation of the channels, as fractions of 255."""
        return _normalization(self.configuration["data"], self.split.get("normalization"))

    @property
    def class_names(self):
        names = _class_names(self.configuration["data"])
        return names or [str(i) for i in range(self._array("confusions").shape[-1])]

    def network(self, torchvision=True):
        """The run's network in PyTorch, from its `weights.safetensors`; see `load_network`."""
        path = os.path.join(self.folder, "weights.safetensors")
        if not os.path.exists(path):
            raise FileNotFoundError(
                f"{path}: weights are not stored with packed runs; train the run again")
        classes = [{"name": name} for name in self.class_names]
        trained = Trained(self.configuration, self.normalization, classes)
        return _load(trained, read_safetensors(path)[0], torchvision)

    def _identity(self):
        configuration, environment = self.configuration, self.manifest["environment"]
        data = configuration["data"]
        height, width = _evaluation_size(data)
        commit = environment.get("commit")
        return {
            "run": self.name, "dataset": data["name"],
            "architecture": configuration.get("architecture", "deeplabv3"),
            "backbone": configuration["backbone"], "width": configuration["width"],
            "loss": self.loss or configuration["loss"], "seed": configuration["seed"],
            "scored_at": data.get("scoredSize", f"{height}x{width}"), "split": data["evaluate"],
            "images": len(self._array("confusions")),
            "seconds": environment["trainingSeconds"] + environment["evaluationSeconds"],
            "commit": math.nan if commit is None else commit,
        }

    def _settings(self):
        try:
            normalization = self.normalization
        except ValueError:
            # Runs of earlier versions did not store what was computed.
            normalization = None
        return _settings(self.configuration, normalization)


class Results:
    """The finished runs of a results folder, packed (`runs.jsonl` and `runs.npz`) or not (`runs/`).

    A sequence of `Run`, sorted by name; `results["name"]` gives the run of a name.
    """

    def __init__(self, folder):
        self.folder = os.fspath(folder)
        runs, own = {}, set()
        splits = os.path.join(self.folder, "splits")
        root = os.path.join(self.folder, "runs")
        for name in sorted(os.listdir(root)) if os.path.isdir(root) else []:
            path = os.path.join(root, name)
            if os.path.exists(os.path.join(path, "run.json")):
                with open(os.path.join(path, "run.json")) as file:
                    runs[name] = Run(
                        path, json.load(file), _lazily(os.path.join(path, "arrays.npz")), "", splits)
            elif os.path.exists(os.path.join(path, "done.json")):
                raise ValueError(
                    f"{path} was written by an earlier version; convert the folder with "
                    f"recallbench results pack {self.folder}")
            elif not os.path.exists(os.path.join(path, "config.json")):
                continue
            # A run of its own hides the packed one, even if it is not finished.
            own.add(name)
        index = os.path.join(self.folder, "runs.jsonl")
        archive = _lazily(os.path.join(self.folder, "runs.npz"))
        if os.path.exists(index):
            with open(index) as file:
                for manifest in map(json.loads, file):
                    name = manifest["run"]
                    if name not in own:
                        path = os.path.join(root, name)
                        runs[name] = Run(path, manifest, archive, name + "/", splits)
        if not runs:
            raise FileNotFoundError(f"{self.folder}: holds no finished runs")
        self._runs = [runs[name] for name in sorted(runs)]
        name_of = _loss_namer([run.configuration for run in self._runs] + self._planned(root))
        for run in self._runs:
            run.loss = name_of(run.configuration)

    def _planned(self, root):
        """Configurations of runs that the folder should hold, and of those that failed."""
        planned = []
        plan = os.path.join(self.folder, "sweep.json")
        if os.path.exists(plan):
            with open(plan) as file:
                planned += json.load(file)["cells"]
        for name in sorted(os.listdir(root)) if os.path.isdir(root) else []:
            def has(part):
                return os.path.exists(os.path.join(root, name, part))

            if has("failed.txt") and has("config.json") and not has("run.json"):
                with open(os.path.join(root, name, "config.json")) as file:
                    planned.append(json.load(file))
        return planned

    def __len__(self):
        return len(self._runs)

    def __iter__(self):
        return iter(self._runs)

    def __getitem__(self, key):
        if isinstance(key, str):
            for run in self._runs:
                if run.name == key:
                    return run
            raise KeyError(key)
        return self._runs[key]

    def frame(self):
        """A pandas table of one row per run: what it is, mean scores as fractions, and every setting,
        under the names of `runs.csv`."""
        import pandas

        rows = []
        for run in self:
            confusion = run.confusions.sum(0)
            pixels = confusion.sum()
            means = {f"mean_{name}": _mean(values) for name, values in scores(confusion).items()}
            accuracy = np.trace(confusion) / pixels if pixels else math.nan
            rows.append(
                {**run._identity(), **means, "pixel_accuracy": accuracy, **run._settings()})
        return pandas.DataFrame(rows)

    def classes(self):
        """A pandas table of one row per run and class: the columns of `runs.csv`, by the run's name."""
        import pandas

        rows, minority = [], {}
        for run in self:
            # As in the report, the first run decides for its data set.
            dataset = run.configuration["data"]["name"]
            if dataset not in minority:
                minority[dataset] = _minority(run)
            confusion = run.confusions.sum(0)
            values = scores(confusion)
            identity, settings = run._identity(), run._settings()
            rare = minority[dataset]
            for c, class_name in enumerate(run.class_names):
                hits = int(confusion[c, c])
                rows.append({
                    **identity, "class_id": c, "class": class_name, "minority": c in rare,
                    "true_positives": hits,
                    "false_positives": int(confusion[:, c].sum()) - hits,
                    "false_negatives": int(confusion[c].sum()) - hits,
                    **{metric: value[c] for metric, value in values.items()}, **settings,
                })
        return pandas.DataFrame(rows)

    def histories(self):
        """A pandas table of one row per run and entry of its training history."""
        import pandas

        return pandas.DataFrame(
            [{"run": run.name, **entry} for run in self for entry in run.history])


def _lazily(path):
    """A function that opens an archive on its first call."""
    opened = []

    def archive():
        if not opened:
            opened.append(np.load(path))
        return opened[0]

    return archive


# Images

_IMAGENET = {"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]}


def _normalization(data, computed):
    if computed:
        return computed
    if "folders" not in data:
        return _IMAGENET
    given = data["folders"].get("normalization")
    if not given:
        raise ValueError("the normalization is computed from the training images and was not stored")
    return given


def _evaluation_size(data):
    """Height and width of the network's input in evaluation."""
    return data.get("evaluateHeight", data["height"]), data.get("evaluateWidth", data["width"])


# Augmentations that train on crops: whole files are evaluated at their own size.
_CROPS = {"cityscapes"}


def _sees_whole_files(data):
    """Whether the network sees whole image files in evaluation, each at its own size."""
    crops = data["augmentation"] in _CROPS or "crop" in data
    return data.get("scoredSize") == "files" and crops and "evaluateHeight" not in data


def read_image(path):
    """A PNG file as uint8 [H, W, 3], as training reads it: alpha is dropped, grays become colors, and
    16-bit samples keep their high byte. Needs Pillow."""
    from PIL import Image

    with Image.open(path) as image:
        if image.mode.startswith("I"):
            gray = (np.asarray(image).astype(np.int64) >> 8).astype(np.uint8)
            return np.repeat(gray[:, :, None], 3, 2)
        # Palettes may have alpha, too.
        mode = "RGB" if image.mode in ("RGB", "L", "1") else "RGBA"
        return np.ascontiguousarray(np.asarray(image.convert(mode))[:, :, :3])


def _axis_weights(size, new_size):
    """For each output the first input, and the float32 weights of it and those after it, [new_size, taps]."""
    outputs = np.arange(new_size, dtype=np.int64)
    if new_size < size:
        # Averages of the area an output covers, in units of 1 / new_size inputs: exact integers.
        low, high = outputs * size, (outputs + 1) * size
        first = low // new_size
        taps = int(((high + new_size - 1) // new_size - first).max())
        inputs = first[:, None] + np.arange(taps)
        overlap = np.minimum(high[:, None], (inputs + 1) * new_size) - np.maximum(
            low[:, None], inputs * new_size)
        weights = np.maximum(overlap, 0).astype(np.float32) / np.float32(size)
        return first, weights
    # Bilinear between pixel centers.
    center = (outputs.astype(np.float64) + 0.5) * float(size) / float(new_size) - 0.5
    position = np.clip(center, 0, size - 1)
    first = np.minimum(position.astype(np.int64), size - 1)
    fraction = (position - first).astype(np.float32)
    return first, np.stack([np.float32(1) - fraction, fraction], 1)


def _blend(pixels, axis, first, weights, start):
    """The weighted sum along an axis in single precision, in the order of the inputs."""
    size = pixels.shape[axis]
    shape = [1] * pixels.ndim
    shape[axis] = -1
    total = start
    for tap in range(weights.shape[1]):
        # An input past the end has weight 0.
        values = pixels.take(np.minimum(first + tap, size - 1), axis).astype(np.float32)
        part = weights[:, tap].reshape(shape) * values
        total = part if total is None else total + part
    return total


def resize_image(image, height, width):
    """The image at another size, bit for bit as in training: bilinear where it grows, averages of areas
    where it shrinks.

    Args:
        image: uint8 [H, W, 3].

    Returns:
        uint8 [height, width, 3].
    """
    image = np.asarray(image)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"the image must be uint8 [H, W, 3], not {image.dtype} {list(image.shape)}")
    rows = _blend(image, 0, *_axis_weights(image.shape[0], height), None)
    both = _blend(rows, 1, *_axis_weights(image.shape[1], width), np.float32(0.5))
    return both.astype(np.uint8)


def normalize(image, normalization):
    """float32 [3, H, W]: (value / 255 - mean) / deviation of each channel, bit for bit as in training."""
    values = np.arange(256, dtype=np.float32) / np.float32(255)
    table = [
        (values - np.float32(mean)) / np.float32(deviation)
        for mean, deviation in zip(normalization["mean"], normalization["deviation"])
    ]
    return np.stack([table[c][image[:, :, c]] for c in range(3)])


def preprocess(image, trained):
    """The network's input for an image, bit for bit as in the run's evaluation.

    Args:
        image: uint8 [H, W, 3] of any size.
        trained: what a network was trained with: `network.recallbench`.

    Returns:
        float32 [1, 3, height, width].
    """
    size = trained.input_size(*image.shape[:2])
    return normalize(resize_image(image, *size), trained.normalization)[None]


# Networks


@dataclass
class Trained:
    """What a network was trained with; `load_network` attaches it as `network.recallbench`."""

    configuration: dict
    """As in `run.json`."""
    normalization: dict
    """The mean and deviation of the channels, as fractions of 255."""
    classes: list
    """A dict for each training id: its name and, in exported files, color and id in label files."""

    def input_size(self, height, width):
        """Height and width of the network's input for an image file of this size."""
        data = self.configuration["data"]
        return (height, width) if _sees_whole_files(data) else _evaluation_size(data)


def read_safetensors(path):
    """The arrays of a safetensors file by name, float32, and its metadata.

    Raises:
        ValueError: if it is another file, is damaged, or holds other numbers than float32.
    """
    with open(path, "rb") as file:
        content = file.read()
    header, length = _safetensors_header(path, content)
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: {name} is {entry['dtype']}, not F32")
        begin, end = entry["data_offsets"]
        if 8 + length + end > len(content):
            raise ValueError(f"{path}: ends within {name}; write it again with recallbench export")
        values = np.frombuffer(content, "<f4", (end - begin) // 4, 8 + length + begin)
        arrays[name] = values.reshape(entry["shape"])
    return arrays, metadata


def _safetensors_header(path, content):
    """What the file holds, by name, and the number of bytes that say so."""
    length = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8:8 + length]) if 0 < length <= len(content) - 8 else None
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise ValueError(
            f"{path}: is not a safetensors file; give one that recallbench export writes "
            "(recallbench export --run RUN --output FILE.safetensors)")
    return header, length


def load_network(path, torchvision=True):
    """The network of a file that `recallbench export` wrote, in PyTorch and in evaluation mode.

    Args:
        path: a .safetensors file.
        torchvision: whether to build torchvision's own classes where they fit: DeepLabV3 of full width on
            ResNet-18, 34, 50 or 101, if torchvision is installed.

    Returns:
        A module that maps [N, 3, H, W], normalized, to {"out": logits [N, classes, H, W]}, as torchvision's
        do. Its attribute `recallbench` says what it was trained with.

    Raises:
        ValueError: if the file is not one that `recallbench export` wrote.
    """
    arrays, metadata = read_safetensors(path)
    if "configuration" not in metadata:
        raise ValueError(f"{path}: lacks a configuration; write it with recallbench export")
    configuration = json.loads(metadata["configuration"])
    computed = json.loads(metadata["normalization"]) if "normalization" in metadata else None
    classes = json.loads(metadata["classes"]) if "classes" in metadata else [
        {"name": name} for name in _class_names(configuration["data"])]
    normalization = _normalization(configuration["data"], computed)
    return _load(Trained(configuration, normalization, classes), arrays, torchvision)


def _load(trained, arrays, torchvision):
    import torch

    configuration = trained.configuration
    network = make_network(
        configuration["backbone"], len(trained.classes), configuration["width"],
        configuration.get("architecture", "deeplabv3"), torchvision)
    # BatchNorm's counters of batches are not stored; PyTorch does not need them.
    network.load_state_dict(
        {name: torch.from_numpy(values.copy()) for name, values in arrays.items()}, strict=True)
    network.recallbench = trained
    return network.eval()


# Blocks of the four stages; bottlenecks or not; factors for the dilations of the last stage.
_BACKBONES = {
    "resnet18": ([2, 2, 2, 2], False, None),
    "resnet18_authors": ([2, 2, 2, 3], True, [1, 2, 4]),
    "resnet34": ([3, 4, 6, 3], False, None),
    "resnet50": ([3, 4, 6, 3], True, None),
    "resnet101": ([3, 4, 23, 3], True, None),
}


def _channels(channels, width):
    """Channels under a width multiplier: at least 4, rounded to a multiple of 4."""
    return max(4, math.floor(channels * width / 4 + 0.5) * 4)


def make_network(backbone, classes, width=1, architecture="deeplabv3", torchvision=True):
    """A network with PyTorch's initial weights; names and shapes are those of exported files.

    Args:
        backbone: resnet18, resnet18_authors (bottlenecks), resnet34, resnet50 or resnet101.
        classes: the number of classes.
        width: channels relative to the published network.
        architecture: deeplabv3 or deeplabv3plus.
        torchvision: as in `load_network`.
    """
    if backbone not in _BACKBONES or architecture not in ("deeplabv3", "deeplabv3plus"):
        raise ValueError(f"there is no {architecture} on {backbone} here")
    if torchvision and width == 1 and architecture == "deeplabv3" and backbone != "resnet18_authors":
        try:
            return _torchvision_network(backbone, classes)
        except ImportError:
            pass
    return _modules().DeepLab(backbone, classes, width, architecture)


def _torchvision_network(backbone, classes):
    import torchvision
    from torchvision.models._utils import IntermediateLayerGetter
    from torchvision.models.segmentation.deeplabv3 import DeepLabHead, DeepLabV3

    build = getattr(torchvision.models, backbone)
    if _BACKBONES[backbone][1]:
        resnet, channels = build(replace_stride_with_dilation=[False, False, True]), 2048
    else:
        # torchvision's basic block refuses a dilation; its convolutions do not.
        resnet, channels = build(), 512
        first, *rest = resnet.layer4
        first.conv1.stride = first.downsample[0].stride = (1, 1)
        for conv in [first.conv2] + [c for block in rest for c in (block.conv1, block.conv2)]:
            conv.dilation = conv.padding = (2, 2)
    features = IntermediateLayerGetter(resnet, return_layers={"layer4": "out"})
    return DeepLabV3(features, DeepLabHead(channels, classes, (6, 12, 18)))


def _modules():
    """The module classes, made when PyTorch is first needed."""
    global _made
    if _made is None:
        _made = _make_modules()
    return _made


_made = None


def _make_modules():
    import types

    import torch
    from torch import nn
    from torch.nn import functional as F

    def conv(inputs, outputs, kernel, stride=1, dilation=1):
        return nn.Conv2d(
            inputs, outputs, kernel, stride, dilation * (kernel // 2), dilation, bias=False)

    def unit(inputs, outputs, kernel, dilation=1, *more):
        return nn.Sequential(
            conv(inputs, outputs, kernel, 1, dilation), nn.BatchNorm2d(outputs), nn.ReLU(), *more)

    class Block(nn.Module):
        """Two 3x3 convolutions, or 1x1, 3x3 and 1x1, and a shortcut."""

        def __init__(self, inputs, channels, bottleneck, stride, first, dilation):
            super().__init__()
            if bottleneck:
                outputs = 4 * channels
                convs = [conv(inputs, channels, 1), conv(channels, channels, 3, stride, first),
                         conv(channels, outputs, 1)]
            else:
                outputs = channels
                convs = [conv(inputs, channels, 3, stride, first),
                         conv(channels, channels, 3, 1, dilation)]
            self.count = len(convs)
            for i, layer in enumerate(convs):
                setattr(self, f"conv{i + 1}", layer)
                setattr(self, f"bn{i + 1}", nn.BatchNorm2d(layer.out_channels))
            self.downsample = None
            if stride != 1 or inputs != outputs:
                self.downsample = nn.Sequential(
                    conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
            self.outputs = outputs

        def forward(self, x):
            y = x
            for i in range(1, self.count + 1):
                y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
                y = F.relu(y) if i < self.count else y
            return F.relu(y + (x if self.downsample is None else self.downsample(x)))

    class ResNet(nn.Module):
        """A ResNet at output stride 16: the last stage is dilated instead of strided."""

        def __init__(self, backbone, width):
            super().__init__()
            blocks, bottleneck, grid = _BACKBONES[backbone]
            inputs = _channels(64, width)
            self.conv1 = nn.Conv2d(3, inputs, 7, 2, 3, bias=False)
            self.bn1 = nn.BatchNorm2d(inputs)
            for stage, count in enumerate(blocks):
                layers = []
                for block in range(count):
                    factor = grid[block] if grid and stage == 3 else None
                    dilation = (2 if stage == 3 else 1) * (factor or 1)
                    first = 1 if block == 0 and factor is None else dilation
                    stride = 2 if block == 0 and stage in (1, 2) else 1
                    layers.append(Block(
                        inputs, _channels(64 << stage, width), bottleneck, stride, first, dilation))
                    inputs = layers[-1].outputs
                if stage == 0:
                    self.low_level = inputs
                setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
            self.outputs = inputs

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
            low = self.layer1(x)
            return low, self.layer4(self.layer3(self.layer2(low)))

    class Pooling(nn.Sequential):
        def __init__(self, inputs, channels):
            super().__init__(
                nn.AdaptiveAvgPool2d(1), conv(inputs, channels, 1), nn.BatchNorm2d(channels),
                nn.ReLU())

        def forward(self, x):
            return super().forward(x).expand(-1, -1, *x.shape[-2:])

    class ASPP(nn.Module):
        def __init__(self, inputs, channels):
            super().__init__()
            self.convs = nn.ModuleList(
                [unit(inputs, channels, 1)] + [unit(inputs, channels, 3, d) for d in (6, 12, 18)]
                + [Pooling(inputs, channels)])
            self.project = unit(5 * channels, channels, 1, 1, nn.Dropout(0.5))

        def forward(self, x):
            return self.project(torch.cat([branch(x) for branch in self.convs], 1))

    class Decoder(nn.Module):
        """The decoder of DeepLab v3+."""

        def __init__(self, inputs, low_level, width, classes):
            super().__init__()
            channels, reduced = _channels(256, width), _channels(48, width)
            self.aspp = ASPP(inputs, channels)
            self.project = unit(low_level, reduced, 1)
            self.classifier = nn.Sequential(
                *unit(channels + reduced, channels, 3, 1, nn.Dropout(0.5)),
                *unit(channels, channels, 3, 1, nn.Dropout(0.1)), nn.Conv2d(channels, classes, 1))

        def forward(self, low, x):
            low = self.project(low)
            x = F.interpolate(self.aspp(x), low.shape[-2:], mode="bilinear", align_corners=False)
            return self.classifier(torch.cat([x, low], 1))

    class DeepLab(nn.Module):
        """DeepLabV3, with torchvision's names, or DeepLab v3+."""

        def __init__(self, backbone, classes, width, architecture):
            super().__init__()
            self.backbone = ResNet(backbone, width)
            self.has_decoder = architecture == "deeplabv3plus"
            channels = _channels(256, width)
            if self.has_decoder:
                self.classifier = Decoder(
                    self.backbone.outputs, self.backbone.low_level, width, classes)
            else:
                self.classifier = nn.Sequential(
                    ASPP(self.backbone.outputs, channels), *unit(channels, channels, 3),
                    nn.Conv2d(channels, classes, 1))

        def forward(self, x):
            low, y = self.backbone(x)
            y = self.classifier(low, y) if self.has_decoder else self.classifier(y)
            return {"out": F.interpolate(y, x.shape[-2:], mode="bilinear", align_corners=False)}

    return types.SimpleNamespace(DeepLab=DeepLab)


def logits(network, image):
    """Logits at the image's size, a PyTorch tensor [classes, H, W]: the network sees the image at its
    input size, and its logits are resized bilinearly, as in `recallbench predict`.

    Args:
        network: of `load_network` or `Run.network`.
        image: uint8 [H, W, 3].
    """
    import torch
    from torch.nn import functional as F

    x = torch.from_numpy(preprocess(image, network.recallbench))
    x = x.to(next(network.parameters()).device)
    with torch.no_grad():
        y = network(x)["out"]
        if y.shape[-2:] != image.shape[:2]:
            y = F.interpolate(y, tuple(image.shape[:2]), mode="bilinear", align_corners=False)
    return y[0]


def predict(network, image):
    """The training id of each pixel, uint8 [H, W], as `recallbench predict` finds it: indices of
    `network.recallbench.classes`."""
    return logits(network, image).argmax(0).to("cpu").numpy().astype(np.uint8)
