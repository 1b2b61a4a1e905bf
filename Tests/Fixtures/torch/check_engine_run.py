"""Checks that the PyTorch engine trains, stops, resumes and refuses as it should, on a tiny bundle.

    python check_engine_run.py [NAME ...]

runs all checks, or those whose names are given, with one CPU; it needs PyTorch and NumPy alone, and
takes some minutes. What the engine computes is compared with RecallBench elsewhere.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import tiny_bundle

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
ONE_THREAD = ["--device", "cpu", "--threads", "1"]
EACH_STEP = ["--checkpoint-every", "1e-6"]
LIMIT = 300
# Losses with and without a state, a user's module, and all optimizers.
LOSSES = ["ce", "recall(momentum: 0.9)", "torch:Smoothed(momentum=0.7)"]
OPTIMIZERS = [
    None, {"name": "adamw", "weightDecay": 0.01},
    {"name": "sgd", "momentum": 0.9, "nesterov": True}]
LONG = {"iterations": 100_000, "validateEvery": 50_000}


class Engine:
    """A bundle in a folder of its own."""

    def __init__(self, folder: Path, *runs: dict):
        self.bundle = tiny_bundle.Bundle(folder)
        self.folder = folder
        self.names = [self.bundle.run(**run) for run in runs]
        self.bundle.write()

    def copy(self, name: str):
        """The same bundle in another folder, without what was trained."""
        other = object.__new__(Engine)
        other.folder, other.names = self.folder.with_name(name), self.names
        shutil.copytree(self.folder, other.folder, ignore=shutil.ignore_patterns("runs"))
        return other

    def start(self, *options: str) -> subprocess.Popen:
        return self._started([sys.executable, "run.py", *ONE_THREAD, *options])

    def start_together(self, count: int, *options: str) -> subprocess.Popen:
        return self._started([
            sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(count),
            "--master-port", str(free_port()), "run.py", *ONE_THREAD, *options])

    def _started(self, command) -> subprocess.Popen:
        return subprocess.Popen(
            command, cwd=self.folder, env=ENVIRONMENT, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *options: str, status: int = 0) -> str:
        """Runs the command to its end; returns what it printed."""
        return end(self.start(*options), status)

    def place(self, index: int = 0) -> Path:
        return self.folder / "runs" / self.names[index]

    def record(self, index: int = 0) -> dict:
        return json.loads((self.place(index) / "record.json").read_text())

    def edit(self, path: str, change) -> None:
        """Changes a JSON file of the bundle, and its digest."""
        file = self.folder / path
        content = json.loads(file.read_text())
        change(content)
        file.write_text(json.dumps(content))
        if path != "bundle.json":
            digest = tiny_bundle.sha256(file.read_bytes())
            self.edit("bundle.json", lambda bundle: bundle["files"].update({path: digest}))


def end(process: subprocess.Popen, status: int = 0) -> str:
    try:
        output, errors = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError("it does not end") from None
    text = output + errors
    require("Traceback" not in errors or "torch/distributed" in errors, "a traceback:\n" + text)
    require(process.returncode == status,
            f"exit status {process.returncode} instead of {status}:\n{text}")
    return text


def require(condition, message: str) -> None:
    if not condition:
        raise AssertionError(message)


def free_port() -> int:
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what: str, seconds: float = LIMIT) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        require(time.monotonic() < limit, f"no {what}")
        time.sleep(0.01)


def owner(place: Path) -> int:
    """The process that trains a run."""
    wait_for(lambda: (place / "lock").exists() and (place / "lock").read_text().strip(), "owner")
    return int((place / "lock").read_text().split()[0])


def checkpoint_time(place: Path) -> int:
    path = place / "checkpoint.pt"
    return path.stat().st_mtime_ns if path.exists() else 0


def wait_for_checkpoints(place: Path, count: int) -> None:
    for _ in range(count):
        before = checkpoint_time(place)
        wait_for(lambda: checkpoint_time(place) > before, "checkpoint")


def interrupt(engine: Engine, *options: str) -> None:
    """Starts a run and ends it by Ctrl-C after some checkpoints."""
    process = engine.start(*options, *EACH_STEP)
    owner(engine.place())
    wait_for_checkpoints(engine.place(), 3)
    process.send_signal(signal.SIGINT)
    end(process, status=130)


def require_same(a: Engine, b: Engine, index: int = 0) -> None:
    """The same bits in all that two trainings have stored, but for times."""
    for name in ("arrays.npz", "weights.safetensors"):
        require(contents(a.place(index) / name) == contents(b.place(index) / name),
                f"{name} of {a.names[index]} differs")
    records = [engine.record(index) for engine in (a, b)]
    for record in records:
        for key in ("started", "trainingSeconds", "evaluationSeconds"):
            record.pop(key)
    require(records[0] == records[1], f"the records of {a.names[index]} differ")


def contents(path: Path):
    """An archive's arrays: the archive itself has times."""
    if path.suffix != ".npz":
        return path.read_bytes()
    with np.load(path) as arrays:
        return {name: (arrays[name].dtype, arrays[name].shape, arrays[name].tobytes())
                for name in arrays.files}


def recipes(iterations: int) -> list[dict]:
    """A run for each loss and optimizer."""
    return [
        {"loss": loss, "training": {
            "iterations": iterations, "optimizer": optimizer, "validateEvery": iterations // 4,
            "schedule": {"shape": "cosine", "warmup": 5}}}
        for loss, optimizer in zip(LOSSES, OPTIMIZERS)]


# The checks.


def check_trains(folder: Path) -> None:
    """All runs are stored as the contract says, and trained once."""
    tiny_bundle.make(folder / "b")
    engine = object.__new__(Engine)
    engine.folder = folder / "b"
    engine.names = [run["name"] for run in json.loads(
        (engine.folder / "bundle.json").read_text())["runs"]]
    text = engine.run("--jobs", "2")
    require("6 of 6 runs are done" in text, text)
    for index in range(6):
        place = engine.place(index)
        files = sorted(path.name for path in place.iterdir())
        require(files == ["SHA256SUMS", "arrays.npz", "record.json", "weights.safetensors"], files)
        for line in (place / "SHA256SUMS").read_text().splitlines():
            digest, name = re.fullmatch(r"([0-9a-f]{64})  (\S+)", line).groups()
            require(tiny_bundle.sha256((place / name).read_bytes()) == digest, line)
        require_sound(engine.record(index), np.load(place / "arrays.npz"))
    before = [os.stat(engine.place(index) / "record.json").st_mtime_ns for index in range(6)]
    require("6 of 6 runs are done, 6 were before" in engine.run(), "runs were trained again")
    (engine.place(1) / "arrays.npz").write_bytes(b"damaged")
    engine.run()
    after = [os.stat(engine.place(index) / "record.json").st_mtime_ns for index in range(6)]
    require([a == b for a, b in zip(before, after)] == [True, False] + [True] * 4,
            "not the damaged run alone was trained again")


def require_sound(record: dict, arrays) -> None:
    require(record["version"] == 1 and record["engine"]["kind"] == "cpu", record["engine"])
    steps = record["configuration"]["training"]["iterations"]
    require([e["iteration"] for e in record["history"]] == list(range(1, steps + 1)), "history")
    require(all(len(e["falsePositives"]) == 4 for e in record["history"]), "false positives")
    validated = [e["iteration"] for e in record["history"] if "validationMeanIoU" in e]
    is_validated = "validateEvery" in record["configuration"]["training"]
    require(validated == ([4, 8, 12] if is_validated else []), validated)
    require(("checkpoints" in record) == is_validated, "checkpoints")
    scores = [e.get("validationMeanIoU", -1) for e in record["history"]]
    rule = record["configuration"]["training"]["checkpoint"]
    expected = 1 + scores.index(max(scores)) if rule == "best" else steps
    require(record["evaluatedIteration"] == expected, "evaluated iteration")
    shapes = {
        "confusions": (5, 4, 4), "corrected": (2, 5, 4, 4), "pictured": (2,), "boundary": (5, 4, 3),
        "predictions": (2, 24, 40), "calibration": (5, 15, 3)}
    require({name: arrays[name].shape for name in arrays.files} == shapes, "arrays")
    require((arrays["corrected"][0] == arrays["confusions"]).all(), "tau = 0 changes something")


def check_killed(folder: Path) -> None:
    """A run whose process is killed goes on to the same bits, whatever loss and optimizer it has,
    and the other runs are trained."""
    whole = Engine(folder / "whole", *recipes(40))
    killed = whole.copy("killed")
    whole.run("--jobs", "2")
    process = killed.start(*EACH_STEP)
    for index in range(3):
        pid = owner(killed.place(index))
        wait_for_checkpoints(killed.place(index), 12 + index)
        os.kill(pid, signal.SIGKILL)
    text = end(process, status=1)
    require(text.count("FAILED") == 6 and "its process was killed" in text, text)
    for index in range(3):
        require((killed.place(index) / "checkpoint.pt").exists(), "no checkpoint")
        require(not (killed.place(index) / "SHA256SUMS").exists(), "it was not interrupted")
    killed.run()
    for index in range(3):
        require_same(whole, killed, index)


def check_parent_killed(folder: Path) -> None:
    """When run.py itself is killed, its processes save checkpoints and end."""
    engine = Engine(folder / "b", {"loss": "ce", "training": LONG})
    process = engine.start(*EACH_STEP)
    pid = owner(engine.place())
    wait_for_checkpoints(engine.place(), 2)
    process.kill()
    process.communicate()
    try:
        wait_for(lambda: not is_alive(pid), "end of the process", 60)
    finally:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def check_interrupted(folder: Path) -> None:
    """Ctrl-C and SIGTERM save a checkpoint, from which the run goes on to the same bits."""
    whole = Engine(folder / "whole", *recipes(200)[:1])
    stopped = whole.copy("stopped")
    whole.run()
    for number in (signal.SIGINT, signal.SIGTERM):
        process = stopped.start(*EACH_STEP)
        owner(stopped.place())
        wait_for_checkpoints(stopped.place(), 5)
        process.send_signal(number)
        text = end(process, status=128 + number)
        require("to go on, type: python run.py" in text and "stopped" in text, text)
        require((stopped.place() / "checkpoint.pt").exists(), "no checkpoint")
        require(not (stopped.place() / "SHA256SUMS").exists(), "it was not interrupted")
    require("begun" in stopped.run("--list"), "--list does not show the checkpoint")
    stopped.run()
    require_same(whole, stopped)


def check_hours(folder: Path) -> None:
    """--hours ends in time with status 3 and a checkpoint."""
    engine = Engine(folder / "b", {"loss": "ce", "training": LONG}, {"loss": "recall"})
    start, seconds = time.monotonic(), 25
    text = engine.run("--hours", str(seconds / 3600), status=3)
    taken = time.monotonic() - start
    require(0.85 * seconds < taken < seconds + 1, f"{taken:.1f} s instead of {seconds}")
    require((engine.place() / "checkpoint.pt").exists(), "no checkpoint")
    require("0 of 2 runs are done, 2 are left" in text and "--hours" in text, text)


def check_shards(folder: Path) -> None:
    """Parts cover all runs once."""
    engine = Engine(folder / "b", *[{"loss": "ce", "seed": seed} for seed in range(1, 6)])
    parts = [engine.run("--list", "--shard", f"{i}/3").split("\n") for i in (1, 2, 3)]
    names = [line.split()[-1] for part in parts for line in part if line]
    require(sorted(names) == sorted(engine.names), names)
    require(engine.run("--list", "--shard", "7/7").strip() == "", "an empty part is not empty")
    require("there is nothing to do" in engine.run("--shard", "7/7"), "an empty part says nothing")
    require("is not a part" in engine.run("--shard", "3/2", status=2), "a part that is none")
    require(len(engine.run("--list", "--runs", "tiny-resnet18-ce-s2,tiny-resnet18-ce-s4")
                .splitlines()) == 2, "--runs")
    require("no run's name begins" in engine.run("--runs", "other", status=1), "--runs other")


class StopAfter:
    """Asks to stop when it was looked at so often."""

    def __init__(self, looks: int):
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def check_stopped_anywhere(folder: Path) -> None:
    """Wherever a run is stopped, in training, validation or evaluation, it goes on to the same
    bits."""
    import training
    engine = Engine(folder / "b", {
        "loss": "recall(momentum: 0.9)", "training": {"iterations": 8, "validateEvery": 2}})
    whole, run = engine.copy("whole"), engine.bundle.runs[0]
    settings = training.Settings("cpu", "float32", 1, 1e9, {}, "program")
    for place in (engine, whole):
        place.place().mkdir(parents=True)
    training.train_run(whole.folder, run, settings, StopAfter(1000), ignore)
    sessions, is_done = 0, False
    while not is_done:
        require(sessions < 20, "it makes no progress")
        try:
            training.train_run(engine.folder, run, settings, StopAfter(1 + sessions), ignore)
            is_done = True
        except training.Stopped:
            sessions += 1
    # Of 1, 2, 3 and 4 looks, and a fifth to the end: nothing is done twice but the last evaluation.
    require(sessions == 4, f"{sessions} interruptions")
    require_same(whole, engine)


def check_late_looks(folder: Path) -> None:
    """As on a GPU, steps are looked at together: the same bits, and the right step in errors."""
    import training
    runs = [{"loss": "recall(momentum: 0.9)", "training": {"iterations": 450, "validateEvery": 90}},
            {"loss": "torch:Late", "training": {"iterations": 450}}]
    often = Engine(folder / "often", *runs)
    late = often.copy("late")
    often.run(status=1)
    settings = training.Settings("cpu", "float32", 1, 1e9, {}, training_program(often))
    usual, training.RunInProgress._looks = training.RunInProgress._looks, lambda _: False
    try:
        for index in (0, 1):
            late.place(index).mkdir(parents=True)
        training.train_run(late.folder, often.bundle.runs[0], settings, StopAfter(10**6), ignore)
        require_same(often, late)
        training.train_run(late.folder, often.bundle.runs[1], settings, StopAfter(10**6), ignore)
        require(False, "a loss that is infinite")
    except training.UserError as error:
        require("iteration 5: torch:Late is inf, though all" in str(error), str(error))
    finally:
        training.RunInProgress._looks = usual


def training_program(engine: Engine) -> str:
    """The digest of the engine's files."""
    from bundle import engine_digest
    return engine_digest({"sources": engine.bundle.sources})


def ignore(*_, **__) -> None:
    """Takes no note of a report."""


def check_precision(folder: Path) -> None:
    """bfloat16 trains, and is recorded; its checkpoints are not mixed with others."""
    engine = Engine(folder / "b", {"loss": "ce", "training": {"iterations": 200}})
    require("is only for GPUs" in engine.run("--precision", "tf32", status=1), "tf32 on a CPU")
    interrupt(engine, "--precision", "bfloat16")
    require("was begun with --precision bfloat16" in engine.run(status=1), "precisions are mixed")
    engine.run("--precision", "bfloat16")
    require(engine.record()["engine"]["precision"] == "bfloat16", "the record")


def check_moved(folder: Path) -> None:
    """A run that goes on elsewhere names what else trained a part of it."""
    import training
    engine = Engine(folder / "b", {"loss": "ce", "training": {"iterations": 200}})
    interrupt(engine)
    path = engine.place() / "checkpoint.pt"
    here = engine.copy("here")
    shutil.copytree(engine.place(), here.place())
    here.run()
    require("earlier" not in here.record()["engine"], "one machine is named twice")
    state = training.unsealed(path.read_bytes())
    require(len(state["machines"]) == 1, state["machines"])
    state["machines"] = ["PyTorch 2.4.0 on NVIDIA A100", *state["machines"]]
    path.write_bytes(training.sealed(state))
    engine.run()
    require(engine.record()["engine"]["earlier"] == ["PyTorch 2.4.0 on NVIDIA A100"], "the record")


def check_damaged_checkpoint(folder: Path) -> None:
    """A damaged checkpoint is set aside with a line, and the run begins again."""
    whole = Engine(folder / "whole", *recipes(200)[:1])
    engine = whole.copy("damaged")
    whole.run()
    interrupt(engine)
    path = engine.place() / "checkpoint.pt"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    text = engine.run()
    require("its checkpoint is damaged" in text, text)
    require((engine.place() / "checkpoint.pt.damaged").read_bytes() == content, "not kept")
    require_same(whole, engine)


def check_refused(folder: Path) -> None:
    """What is not the bundle that was written is refused in one line."""
    original = Engine(folder / "original", {"loss": "ce"})

    def refused(name: str, change, *words: str) -> None:
        engine = original.copy(name)
        change(engine)
        text = engine.run(status=1)
        for word in words:
            require(word in text, f"{name}: {text}")
        # Before an evaluation there is one.
        require(not (engine.place() / "checkpoint.pt").exists(), f"{name}: it was trained")
        lines = [line for line in text.splitlines() if line.startswith(("error", "FAILED"))]
        require(len(set(lines)) in (1, 2), f"{name}: {text}")

    def append(path: str):
        def change(engine: Engine) -> None:
            with open(engine.folder / path, "ab") as file:
                file.write(b"\n")
        return change

    def flip(path: str):
        def change(engine: Engine) -> None:
            content = bytearray((engine.folder / path).read_bytes())
            content[100] ^= 1
            (engine.folder / path).write_bytes(content)
        return change

    def edit(path: str, change):
        return lambda engine: engine.edit(path, change)

    refused("data", append("data/tiny.json"), "data/tiny.json: is not what the bundle")
    refused("source", append("training.py"), "training.py: is not what the bundle")
    refused("version", edit("bundle.json", lambda b: b.update(version=2)), "has version 2")
    refused("gone", lambda e: (e.folder / "bundle.json").unlink(), "bundle.json: is missing")
    refused("partial", lambda e: (e.folder / "stores/train.json").unlink(), "cannot be read")
    refused("image", flip("stores/train.images"), "train.images", "damaged")
    refused("labels", flip("stores/evaluated.labels"), "evaluated.labels", "damaged")
    refused("weights", edit("bundle.json", lambda b: b["runs"][0]["weights"].update(sha256="0")),
            "initial weights")
    refused("files", edit("stores/train.json", as_files), "--data tiny=PATH")
    text = original.run("--data", "other=.", status=1)
    require("the bundle's data sets are tiny" in text, text)
    text = original.run("--data", "tiny=nowhere", status=1)
    require("is not a folder" in text, text)
    import torch
    if not torch.cuda.is_available():
        text = original.run("--device", "cuda", status=1)
        require("finds no GPU here" in text and text.count("\n") == 1, text)


def as_files(store: dict) -> None:
    store["images"] = "files"
    for item in store["items"]:
        item["path"] = f"{item['name']}.png"


def check_batches(folder: Path) -> None:
    """Batches are compared with the bundle's: a unit of 255 in one of a thousand pixels may be a
    rounding; anything more is refused."""
    import torch

    import batches
    import checks
    engine = Engine(folder / "b", {"loss": "ce"})
    normalization = batches.Normalization([0.485, 0.456, 0.406], [0.229, 0.224, 0.225], "cpu")
    sampler = batches.TrainingSampler(
        batches.Store(engine.folder, "train", "cpu"), engine.bundle.configuration, "store", 4, 1,
        normalization)
    made = [sampler.batch(iteration) for iteration in (0, 3)]
    images = torch.stack([image for image, _ in made])[..., ::2, ::2].permute(0, 1, 3, 4, 2).numpy()
    labels = torch.stack([label for _, label in made])[..., ::2, ::2].numpy()

    def is_refused(change) -> bool:
        changed = images.copy(), labels.astype(np.uint8)
        change(*changed)
        np.savez(folder / "check.npz", images=changed[0], labels=changed[1], stride=np.int32([2]),
                 iterations=np.int32([0, 3]))
        try:
            for part in (range(4), range(2, 4)):
                checks.require_same(sampler, folder / "check.npz", part)
        except batches.BundleError as error:
            require("are not RecallBench's" in str(error), str(error))
            return True
        return False

    unit = 1 / 255 / 0.224
    def add(a, places, value):
        a.reshape(-1)[places] += value
    require(not is_refused(lambda x, y: None), "the same batches")
    require(not is_refused(lambda x, y: add(x, slice(0, None, 1000), unit)), "roundings")
    require(is_refused(lambda x, y: add(x, slice(0, None, 50), unit)), "many units")
    require(is_refused(lambda x, y: add(x, -1, 2 * unit)), "two units")
    require(is_refused(lambda x, y: add(y, -1, 1)), "a label")
    np.savez(engine.folder / "check.npz", images=images + 1, labels=labels, stride=np.int32([2]),
             iterations=np.int32([0, 3]))
    digest = tiny_bundle.sha256((engine.folder / "check.npz").read_bytes())
    engine.edit("bundle.json", lambda b: b["files"].update({"check.npz": digest}))
    engine.edit("bundle.json", lambda b: b["runs"][0].update(check="check.npz"))
    require("are not RecallBench's" in engine.run(status=1), "no check")


def check_pretrained(folder: Path) -> None:
    """Tensors of a file take the place of drawn ones; others than the network's are refused."""
    import torch

    import network
    configuration = {"backbone": "resnet18", "width": 0.0625, "seed": 3}
    expected = network.make_network(configuration, 4)
    tensors = {"backbone.conv1.weight": torch.full((4, 3, 7, 7), 0.25),
               "backbone.bn1.running_var": torch.full((4,), 2.0)}
    for name, tensor in tensors.items():
        network.weights(expected)[name].copy_(tensor)
    (folder / "w").write_bytes(network.safetensors(tensors))
    run = {"configuration": configuration, "classes": 4, "weights": {
        "sha256": network.weights_digest(expected), "pretrained": "w"}}
    network.network_of_run(run, folder)
    for other in ({"x": torch.zeros(1)}, {"backbone.bn1.running_var": torch.zeros(5)}):
        (folder / "w").write_bytes(network.safetensors(other))
        try:
            network.network_of_run(run, folder)
        except network.WeightsError as error:
            require("does not fit the network" in str(error), str(error))
        else:
            require(False, "another network's tensors were taken")


def check_users_losses(folder: Path) -> None:
    """What a user's loss does wrong ends its run in one line, and the others go on."""
    engine = Engine(folder / "b", {"loss": "torch:broken"}, {"loss": "torch:undefined"},
                    {"loss": "torch:absent"}, {"loss": "ce"})
    text = engine.run(status=1)
    for words in ("iteration 1: torch:broken raised ValueError: two lines (my_losses.py, line 21)",
                  "iteration 1: torch:undefined is nan, though all logits are finite",
                  "torch:absent is not in", "1 of 4 runs are done, 3 failed"):
        require(words in text, text)


def check_locks(folder: Path) -> None:
    """Two commands never train one run at a time; one goes on when the other has died."""
    engine = Engine(folder / "b", *recipes(500)[:1])
    first = engine.start(*EACH_STEP)
    pid = owner(engine.place())
    wait_for_checkpoints(engine.place(), 2)
    second = engine.start()
    text = end(second)
    require("start" not in text and "trained by another command" in text, text)
    require("done" in end(first), "the first command")
    other = engine.copy("other")
    first = other.start(*EACH_STEP)
    pid = owner(other.place())
    wait_for_checkpoints(other.place(), 2)
    second = other.start()
    time.sleep(5)
    first.kill()
    os.kill(pid, signal.SIGKILL)
    first.communicate()
    require("start" in end(second), "the second command did not go on")
    require_same(engine, other)


def check_together(folder: Path) -> None:
    """Two processes train as one does, up to rounding."""
    # Adam would not notice a gradient of another length.
    training = {
        "iterations": 3, "validateEvery": 3, "learningRate": 1e-3,
        "optimizer": {"name": "sgd", "momentum": 0.9}}
    runs = [
        {"loss": loss, "architecture": "deeplabv3plus", "training": training}
        for loss in [*LOSSES, "ohem(keep: 0.7)", "lovasz", "soft_iou"]]
    alone = Engine(folder / "alone", *runs)
    together = alone.copy("together")
    alone.run("--jobs", "2")
    end(together.start_together(2))
    for index in range(len(runs)):
        losses = [[entry["loss"] for entry in engine.record(index)["history"]]
                  for engine in (alone, together)]
        require(np.allclose(*losses, rtol=1e-5, atol=0), f"{runs[index]['loss']}: {losses}")
        require(distance(alone, together, index) < 1e-5, f"{runs[index]['loss']}: weights differ")
        require(together.record(index)["engine"]["processes"] == 2, "processes")


def distance(a: Engine, b: Engine, index: int) -> float:
    """How far two trainings of a run ended from each other, relative to their way."""
    from network import make_network, read_safetensors, weights
    configuration = a.bundle.runs[index]["configuration"]
    start = weights(make_network(configuration, len(tiny_bundle.CLASSES)))
    ends = [read_safetensors(engine.place(index) / "weights.safetensors") for engine in (a, b)]
    gap = sum(np.square(ends[0][name] - ends[1][name]).sum() for name in start)
    way = sum(np.square(ends[0][name] - start[name].numpy()).sum() for name in start)
    return float(np.sqrt(gap / way))


def check_together_changes(folder: Path) -> None:
    """What two processes share matters: own batch statistics give another training; a batch that
    cannot be shared is refused; and a run may go on with another number of processes."""
    own = {"iterations": 3, "validateEvery": 3, "learningRate": 1e-4, "batch": 2}
    engine = Engine(
        folder / "b", {"loss": "ce", "training": {**own, "syncBatchNorm": False}},
        {"loss": "ce", "training": own}, {"loss": "ce", "training": {**own, "batch": 3}})
    text = end(engine.start_together(2), status=1)
    require("a batch of 3 images cannot be shared equally by 2 processes" in text, text)
    losses = [[e["loss"] for e in engine.record(i)["history"]] for i in (0, 1)]
    require(not np.allclose(*losses, rtol=1e-4), "own batch statistics change nothing")
    resumed = Engine(folder / "r", *recipes(200)[:1])
    process = resumed.start(*EACH_STEP)
    owner(resumed.place())
    wait_for_checkpoints(resumed.place(), 5)
    process.send_signal(signal.SIGINT)
    end(process, status=130)
    end(resumed.start_together(2))
    require(resumed.record()["engine"]["processes"] == 2, "it was not resumed")


def check_formulas(folder: Path) -> None:
    """Schedules are those of torch.optim.lr_scheduler; errors that need a GPU have their line."""
    sys.path.append(str(tiny_bundle.ENGINE))
    import torch
    from torch.optim import lr_scheduler as schedulers

    import training
    for shape, make in {
            "polynomial": lambda o: schedulers.PolynomialLR(o, 17, 0.9),
            "cosine": lambda o: schedulers.CosineAnnealingLR(o, 17),
            "constant": lambda o: schedulers.ConstantLR(o, 1)}.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
        warm = schedulers.LinearLR(optimizer, 0.01, 1, 3)
        both = schedulers.SequentialLR(optimizer, [warm, make(optimizer)], [3])
        rate = training.Schedule({"learningRate": 0.1, "iterations": 20, "schedule": {
            "shape": shape, "power": 0.9, "warmup": 3, "warmupFactor": 0.01}})
        for step in range(20):
            expected = optimizer.param_groups[0]["lr"]
            require(abs(rate(step) - expected) < 1e-9, f"{shape}: {step}")
            optimizer.step()
            both.step()
    configuration = {"data": {"height": 4, "width": 8}, "training": {"batch": 6}}
    text = training.known_problem(
        torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate"), configuration)
    require("out of GPU memory with a batch of 6 images of 4 x 8" in text, text)
    require(training.known_problem(KeyError("x"), configuration) is None, "an unknown error")


def main() -> None:
    checks = {name[6:]: value for name, value in globals().items() if name.startswith("check_")}
    sys.path.append(str(tiny_bundle.ENGINE))
    # A shell's background commands ignore Ctrl-C, and so would the commands started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    wanted, failed = sys.argv[1:] or list(checks), []
    for name in wanted:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                checks[name](Path(folder))
                outcome = "ok"
            except AssertionError as error:
                outcome = f"FAILED: {error}"
                failed.append(name)
        print(f"{name}: {outcome} ({time.monotonic() - start:.0f} s)", flush=True)
    sys.exit(f"{len(failed)} of {len(wanted)} checks failed" if failed else 0)


if __name__ == "__main__":
    main()
