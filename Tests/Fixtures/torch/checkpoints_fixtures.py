"""Writes Tests/Fixtures/checkpoints: files of weights as PyTorch saves them, and what PyTorch
reads from them and computes with them.

    python Tests/Fixtures/torch/checkpoints_fixtures.py

tiny.*: one dictionary of unusual tensors in every format, with the values in tiny.json.
training*.pth: weights as a training script may save them, wrapped and beside objects of many kinds.
resnet18-*, resnet101-*, deeplabv3-*: networks of a sixteenth of the width, with their outputs for
input.npy. The files are the same each time with the same versions of Python and PyTorch.
"""

import argparse
import collections
import enum
import fractions
import functools
import http
import io
import json
import pathlib
import pickle
import pickletools
import signal
import struct
import zoneinfo
from collections import OrderedDict

import numpy
import torch
from torch import nn

import torchvision_networks as networks

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "checkpoints"
BASE = 4
CLASSES = 5


def save_zip(value, name):
    torch.save(value, FOLDER / name)


def save_legacy(value, name):
    """The format before PyTorch 1.6. Its storages are named by their addresses, which differ each
    time; here they become numbers in order of appearance, too large for 64 bits with a sign."""
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=False)
    buffer.seek(0)
    pickles = []
    for _ in range(5):
        start = buffer.tell()
        for _ in pickletools.genops(buffer):
            pass
        end = buffer.tell()
        pickles.append(buffer.getvalue()[start:end])
    keys = pickle.loads(pickles[4])
    element_size = {str(t.untyped_storage()._cdata): t.element_size() for t in value.values()}
    entry = lambda key: b"X" + struct.pack("<I", len(key)) + key.encode()
    order = sorted(keys, key=lambda key: pickles[3].index(entry(key)))
    renamed = {key: str(17_000_000_000_000_000_000 + 64 * i) for i, key in enumerate(order)}
    for old, new in renamed.items():
        pickles[3] = pickles[3].replace(entry(old), entry(new))
    blobs = {}
    for key in keys:
        count = struct.unpack("<q", buffer.read(8))[0]
        blobs[renamed[key]] = struct.pack("<q", count) + buffer.read(count * element_size[key])
    assert buffer.read() == b""
    pickles[4] = pickle.dumps(sorted(blobs), protocol=2)
    data = b"".join(pickles) + b"".join(blobs[key] for key in sorted(blobs))
    (FOLDER / name).write_bytes(data)


def save_safetensors(tensors, name):
    """https://github.com/huggingface/safetensors#format"""
    kinds = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
             torch.float64: "F64", torch.int64: "I64"}
    header, blobs, end = {"__metadata__": {"format": "pt"}}, [], 0
    for key, tensor in tensors.items():
        data = tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        header[key] = {"dtype": kinds[tensor.dtype], "shape": list(tensor.shape),
                       "data_offsets": [end, end + len(data)]}
        blobs.append(data)
        end += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    (FOLDER / name).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def tiny():
    generator = torch.Generator().manual_seed(1)
    base = torch.randn(4, 6, generator=generator)
    values = OrderedDict()
    values["plain"] = torch.randn(2, 3, generator=generator)
    values["parameter"] = nn.Parameter(torch.randn(3, generator=generator))
    values["half"] = torch.randn(5, generator=generator).half()
    values["bfloat"] = torch.randn(5, generator=generator).bfloat16()
    values["double"] = torch.randn(2, 2, generator=generator).double()
    values["transposed"] = base.t()
    values["window"] = base[1:3, 2:5]
    values["steps"] = base[::2, ::3]
    values["shared"] = values["plain"]
    values["turned"] = torch.randn(2, 3, 2, 2, generator=generator).permute(3, 1, 0, 2)
    values["scalar"] = torch.tensor(0.5)
    values["empty"] = torch.zeros(0, 3)
    values["bn.num_batches_tracked"] = torch.tensor(7)
    values._metadata = OrderedDict([("", {"version": 1}), ("bn", {"version": 2})])
    return values


def write_tiny():
    values = tiny()
    save_zip(values, "tiny.zip.pth")
    save_legacy(values, "tiny.legacy.pth")
    save_safetensors(values, "tiny.safetensors")
    expected = {
        key: {"shape": list(tensor.shape),
              "values": tensor.detach().double().reshape(-1).tolist()}
        for key, tensor in values.items()
    }
    (FOLDER / "tiny.json").write_text(json.dumps(expected, indent=1) + "\n")


class EasyDict(dict):
    """With its items as attributes, too, as the packages of that name have them."""

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.__dict__[key] = value


class Subclass(torch.Tensor):
    pass


class Trainer:
    class Mode(enum.IntEnum):
        FAST = 1


def numbers(count, **options):
    return torch.arange(count, **options)


def training_weights():
    """Tensors of every class, each of the numbers 0, 1, 2, ..."""
    weights = EasyDict()
    weights["plain"] = numbers(3.0)
    weights["tagged"] = numbers(4.0)
    weights["tagged"].tag = "from the script"
    weights["buffer"] = nn.Buffer(numbers(5.0))
    weights["subclass"] = numbers(6.0).as_subclass(Subclass)
    weights["parameter"] = nn.Parameter(numbers(7.0))
    weights["parameter"].tag = "from the script"
    return weights


def training_objects():
    zeros = torch.zeros(3)
    return {
        "uint16": zeros.to(torch.uint16), "float8": zeros.to(torch.float8_e4m3fn),
        "complex": zeros.to(torch.complex64), "sparse": torch.eye(3).to_sparse(),
        "rows": torch.eye(3).to_sparse_csr(),
        "quantized": torch.quantize_per_tensor(zeros, 0.1, 0, torch.qint8),
        "jagged": torch.nested.nested_tensor([zeros, zeros[:2]], layout=torch.jagged),
        "meta": torch.empty(3, device="meta"), "storage": torch.ones(3).untyped_storage(),
        "layout": torch.strided, "type": torch.float32, "class": torch.Tensor,
        "old class": torch.FloatTensor, "maximum": torch.max(torch.eye(3), 1),
        "generator": torch.Generator().manual_seed(1),
        "distribution": torch.distributions.Normal(zeros, zeros + 1),
        "dataset": torch.utils.data.TensorDataset(zeros), "module": nn.Linear(2, 2),
        "function": nn.functional.relu, "device": torch.device("cpu"),
        "deque": collections.deque([1.0, 2.0], maxlen=100), "mode": Trainer.Mode.FAST,
        "none": type(None), "ellipsis": ..., "bytes": io.BytesIO(b"a"), "text": io.StringIO("a"),
        "status": http.HTTPStatus.OK, "signal": signal.SIGTERM,
        "zone": zoneinfo.ZoneInfo("UTC"), "set": {1, 2}, "frozen": frozenset([1]),
        "bytearray": bytearray(b"ab"), "fraction": fractions.Fraction(1, 2), "j": 1j,
        "partial": functools.partial(int, "3"), "array": numpy.zeros(3),
        "number": numpy.float64(3), "random": numpy.random.RandomState(1).get_state(),
        "namespace": argparse.Namespace(lr=0.1), "error": ValueError("x"), "int": int,
    }


def write_training():
    torch.manual_seed(1)
    for protocol in [2, 4]:
        torch.save(
            {"objects": list(training_objects().values()),
             "trainer": [argparse.Namespace(net=training_weights()), 3]},
            FOLDER / f"training-{protocol}.zip.pth", pickle_protocol=protocol)


def rounded(network, kind):
    """The network with the weights that are left after storing them with fewer digits."""
    state = {key: value.to(kind) if value.is_floating_point() else value
             for key, value in network.state_dict().items()}
    network.load_state_dict(state)
    return state


def write_networks():
    x = numpy.random.RandomState(3).standard_normal((1, 3, 33, 47)).astype(numpy.float32)
    numpy.save(FOLDER / "input.npy", x)
    x = torch.from_numpy(x)

    def store(name, value):
        numpy.save(FOLDER / f"{name}.npy", value.detach().numpy())

    def activations(backbone, network):
        dilated = networks.dilated(backbone, BASE).eval()
        dilated.load_state_dict(
            {k: v for k, v in network.state_dict().items() if not k.startswith("fc.")},
            strict=False)
        return networks.features(dilated, x)

    with torch.no_grad():
        # Trained by a script that wraps the model and saves more than it.
        network = networks.randomize(networks.classifier("resnet18", CLASSES, BASE), 4)
        parameters = {"module." + k: nn.Parameter(v) if v.is_floating_point() else v
                      for k, v in network.state_dict().items()}
        save_zip({"epoch": 3, "state_dict": parameters, "best": 0.5}, "resnet18.zip.pth")
        store("resnet18-logits", network(x))
        store("resnet18-features", activations("resnet18", network))

        # As old as torchvision's first files: without the counters.
        network = networks.randomize(networks.classifier("resnet18", CLASSES, BASE), 5)
        state = rounded(network, torch.float16)
        save_legacy(OrderedDict((k, v) for k, v in state.items() if "num_batches" not in k),
                    "resnet18-half.legacy.pth")
        store("resnet18-half-logits", network(x))

        network = networks.randomize(networks.classifier("resnet101", CLASSES, BASE), 6)
        save_safetensors(rounded(network, torch.bfloat16), "resnet101.safetensors")
        store("resnet101-logits", network(x))
        store("resnet101-features", activations("resnet101", network))

        network = networks.randomize(networks.deeplabv3("resnet18", CLASSES, BASE), 7)
        state = rounded(network, torch.float16)
        state["aux_classifier.4.bias"] = torch.zeros(CLASSES)
        save_zip(state, "deeplabv3.zip.pth")
        store("deeplabv3-logits", network(x)["out"])


if __name__ == "__main__":
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    write_tiny()
    write_training()
    write_networks()
