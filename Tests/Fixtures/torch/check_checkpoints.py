"""Holds RecallBench's reading and writing of weights against PyTorch, at full width. By hand:

    python Tests/Fixtures/torch/check_checkpoints.py [--command .build/release/recallbench]

Needs what requirements.txt lists and `safetensors`. For torchvision's resnet18 and resnet101 with
random weights and random statistics, saved by torch.save (zip, with Parameters, and the format
before 1.6) and by safetensors: classification logits and dilated activations of the two programs
differ by less than 1e-4 of the largest. The same for the logits of whole DeepLabV3 networks. Then
a small network is trained by the command, its export loaded into PyTorch's model with strict=True,
and the logits compared. At last, hostile pickles are refused.
"""

import argparse
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile

import numpy
import safetensors.torch
import torch
from torch import nn

import torchvision_networks as networks

TOLERANCE = 1e-4


def forward(command, folder, backbone, weights, x, *more):
    numpy.save(folder / "x.npy", x.numpy())
    subprocess.run(
        [command, "network", "forward", "--backbone", backbone, "--weights", weights,
         "--input", folder / "x.npy", "--output", folder / "y.npy", *more], check=True)
    return torch.from_numpy(numpy.load(folder / "y.npy"))


def compare(what, ours, theirs):
    assert ours.shape == theirs.shape, (what, ours.shape, theirs.shape)
    difference = (ours - theirs).double()
    largest = (difference.abs().max() / theirs.abs().max()).item()
    norm = (difference.norm() / theirs.double().norm()).item()
    print(f"{what}: largest {largest:.1e} of the largest, norm {norm:.1e} of the norm")
    return largest < TOLERANCE and norm < TOLERANCE


def save_all(state, folder):
    parameters = {k: nn.Parameter(v) if v.is_floating_point() else v for k, v in state.items()}
    torch.save(state, folder / "zip.pth")
    torch.save({"model": parameters, "epoch": 1}, folder / "parameters.pth")
    torch.save(state, folder / "legacy.pth", _use_new_zipfile_serialization=False)
    safetensors.torch.save_file(state, folder / "file.safetensors")
    return ["zip.pth", "parameters.pth", "legacy.pth", "file.safetensors"]


def check_backbones(command, folder, backbone):
    x = torch.randn(1, 3, 97, 129, generator=torch.Generator().manual_seed(1))
    network = networks.randomize(networks.classifier(backbone), 2)
    dilated = networks.dilated(backbone).eval()
    dilated.load_state_dict(network.state_dict())
    results = []
    with torch.no_grad():
        logits, features = network(x), networks.features(dilated, x)
    for name in save_all(network.state_dict(), folder):
        ours = forward(command, folder, backbone, folder / name, x, "--imagenet")
        results.append(compare(f"{backbone} {name} logits", ours, logits))
        ours = forward(command, folder, backbone, folder / name, x, "--features")
        results.append(compare(f"{backbone} {name} activations", ours, features))
    whole = networks.randomize(networks.deeplabv3(backbone, 19), 3)
    torch.save(whole.state_dict(), folder / "whole.pth")
    with torch.no_grad():
        logits = whole(x)["out"]
    ours = forward(command, folder, backbone, folder / "whole.pth", x)
    results.append(compare(f"{backbone} DeepLabV3 logits", ours, logits))
    return results


SWEEP = """
name: check
seeds: [1]
backbones: [{backbone}]
losses: [recall]
network: {{width: 0.125}}
training: {{iterations: 4, batch: 2, learning_rate: 1e-3}}
datasets:
  cityscapes:
    source: rendered
    render: {{seed: 1, train: 8, validation: 4, test: 1, height: 64, width: 128}}
    size: [32, 64]
"""


def check_export(command, folder, backbone):
    (folder / "check.yml").write_text(SWEEP.format(backbone=backbone))
    output = folder / f"out-{backbone}"
    subprocess.run(
        [command, "sweep", folder / "check.yml", "--output", output, "--data-cache",
         folder / "rendered"], check=True, stdout=subprocess.DEVNULL)
    run = next((output / "runs").iterdir())
    exported = folder / f"{backbone}.safetensors"
    subprocess.run([command, "export", "--run", run, "--output", exported], check=True)
    network = networks.deeplabv3(backbone, 19, base=8).eval()
    network.load_state_dict(safetensors.torch.load_file(exported), strict=True)
    x = torch.randn(2, 3, 65, 49, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        logits = network(x)["out"]
    ours = forward(command, folder, backbone, exported, x)
    return [compare(f"{backbone} export logits", ours, logits)]


class Hostile:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def check_hostile(command, folder):
    owned = folder / "owned"
    results = []
    numpy.save(folder / "x.npy", numpy.zeros((1, 3, 32, 32), numpy.float32))
    for function, argument in [
            (os.system, f"touch {owned}"), (eval, f"open({str(owned)!r}, 'w')"),
            (exec, f"open({str(owned)!r}, 'w')")]:
        state = {"conv1.weight": Hostile(function, argument)}
        for name, options in [("zip", {}), ("legacy", {"_use_new_zipfile_serialization": False})]:
            torch.save(state, folder / "evil.pth", **options)
            results.append(refused(command, folder, f"{function.__name__} {name}", owned))
        for protocol in range(6):
            (folder / "evil.pth").write_bytes(pickle.dumps(state, protocol=protocol))
            results.append(refused(command, folder, f"{function.__name__} {protocol}", owned))
    return results


def refused(command, folder, what, owned):
    result = subprocess.run(
        [command, "network", "forward", "--backbone", "resnet18", "--weights", folder / "evil.pth",
         "--input", folder / "x.npy", "--output", folder / "y.npy"],
        capture_output=True, text=True)
    line = result.stderr.strip()
    print(f"hostile {what}: {line}")
    return (result.returncode == 1 and line.startswith("error: ") and "\n" not in line
            and not owned.exists())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--command", default=".build/release/recallbench")
    command = str(pathlib.Path(parser.parse_args().command).resolve())
    torch.set_num_threads(1)
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        results += check_hostile(command, folder)
        for backbone in networks.BACKBONES:
            results += check_export(command, folder, backbone)
            results += check_backbones(command, folder, backbone)
    print(f"{sum(results)} of {len(results)} agree")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
