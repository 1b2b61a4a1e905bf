"""The commands that are disturbed, each with the folder that it starts from."""

import dataclasses
import glob
import os
import shutil

SWEEP = """\
name: tiny
seeds: [1]
backbones: [resnet18]
losses: [ce, "recall(momentum: 0.5)"]  # one with a state, which checkpoints hold
network: {width: 0.0625}
training: {iterations: 4, batch: 2, learning_rate: 1e-3, validate_every: 2, checkpoint: best}
%sdatasets:
  synthia:
    source: rendered
    render: {seed: 1, train: 4, validation: 2, test: 2, height: 32, width: 64}
    split: shuffled
    size: [32, 64]
    augmentation: none
    evaluate: test
"""
TUNE = """\
tune:
  learning_rate: [1e-3, 3e-3]
  seeds: [11]
"""
TRAIN = ["--output", "out", "--threads", "1", "--checkpoint-every", "0"]


@dataclasses.dataclass
class Scene:
    """A command and what it finds."""

    name: str
    # Arguments; a pattern such as out/runs/*-ce-* stands for the one path that it fits.
    command: list
    # The scene whose end is where this one starts.
    after: str = None
    # Commands that come before; they are not disturbed.
    before: tuple = ()
    # Files that are removed before, as patterns.
    without: tuple = ()

    def arguments(self, folder):
        return [expand(argument, folder) for argument in self.command]


def expand(argument, folder):
    if "*" not in argument:
        return argument
    found = glob.glob(argument, root_dir=folder)
    if len(found) != 1:
        raise SystemExit(f"error: {argument} fits {len(found)} paths; Tests/Crash/scenes.py expects one")
    return found[0]


def write_files(folder):
    """What every scene has: the sweep files."""
    for name, tune in [("tiny.yml", ""), ("tuned.yml", TUNE)]:
        with open(os.path.join(folder, name), "w") as file:
            file.write(SWEEP % tune)


def remove(patterns, folder):
    for pattern in patterns:
        for name in glob.glob(pattern, root_dir=folder, recursive=True):
            path = os.path.join(folder, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


RUN = "out/runs/*-ce-s1-*"
SCENES = [
    Scene("sweep", ["sweep", "tiny.yml", *TRAIN]),
    Scene("sweep --tensorboard", ["sweep", "tiny.yml", *TRAIN, "--tensorboard"], after="sweep",
          without=("out",)),
    # Runs without weights are trained again, in the folders of their results.
    Scene("sweep again", ["sweep", "tiny.yml", *TRAIN], after="sweep",
          without=("out/runs/*/weights.safetensors",)),
    Scene("sweep --keep", ["sweep", "tiny.yml", *TRAIN, "--keep", "--seeds", "1,2"], after="sweep",
          before=(["results", "pack", "out"],), without=("out/runs/*/weights.safetensors",)),
    Scene("tune", ["tune", "tuned.yml", *TRAIN], after="sweep", without=("out",)),
    # The report before it was over more losses, so that this one removes files.
    Scene("report", ["report", "out", "--threads", "1"], after="sweep",
          before=(["report", "out", "--threads", "1"],
                  ["sweep", "tiny.yml", *TRAIN, "--losses", "ce"])),
    Scene("compare", ["compare", "--loss", "focal(gamma: 2)", "--sweep", "tiny.yml", "--baselines", "out",
                      "--output", "compared", "--threads", "1"], after="sweep"),
    Scene("results pack", ["results", "pack", "out"], after="sweep"),
    Scene("results tensorboard", ["results", "tensorboard", "out"], after="sweep"),
    Scene("evaluate", ["evaluate", RUN, "--json", "scores.json", "--per-image", "scores.csv", "--force",
                       "--threads", "1"], after="sweep"),
    Scene("predict", ["predict", "--run", RUN, "--output", "predicted", "--overlays", "--force",
                      "--threads", "1"], after="sweep"),
    Scene("export", ["export", "--run", RUN, "--output", "weights.safetensors", "--force"], after="sweep"),
    Scene("data render", ["data", "render", "cityscapes", "--output", "drawn", "--train", "3",
                          "--validation", "1", "--height", "32", "--width", "64", "--threads", "1"]),
    Scene("data new", ["data", "new", "drawn", "--output", "own.yml", "--force", "--threads", "1"],
          after="data render"),
    Scene("losses new", ["losses", "new", "MyLoss", "--package", "package"]),
]
