"""One run of a bundle: it is trained, evaluated, and stored in its folder.

What Sources/Experiments/Training does, step by step: the same batches, dropout masks, schedule,
history and choice of weights. A checkpoint holds all that the next step depends on, so that an
interrupted run gives, on the CPU, the same bits as one that was not interrupted.

Several processes may train one network together (`Processes`), each on its part of every batch. All
of them compute the loss of the whole batch, from logits that they have given each other.
"""

import hashlib
import io
import json
import math
import os
import platform
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

import batches
import checks
import losses
import machine
import network
import scores
from batches import BundleError
from bundle import CHECKPOINT, Stopped, UserError
from machine import Settings
from network import WeightsError
from processes import Processes
from scores import ScoreError
from torch_loss import TorchLoss, TorchLossError

IGNORED = 255
# Steps between two looks at what a GPU has computed: each look waits for it.
STEPS_BETWEEN_LOOKS = 20


class OneProcessError(Exception):
    """What one of several processes cannot go on without, in one line."""


# Errors that all processes that train together raise at once.
OF_ALL_PROCESSES = (UserError, BundleError, WeightsError, ScoreError, TorchLossError)


def train_run(folder, run: dict, settings: Settings, stop, report, processes=None) -> dict:
    """Trains a run of the bundle in `folder` from its checkpoint, if there is one, evaluates it,
    and stores record.json, arrays.npz and weights.safetensors, then SHA256SUMS.

    - run: an entry of bundle.json's `runs`.
    - stop: `stop.is_set()` says whether to save a checkpoint and end.
    - report: called as `report("training", iteration=3, loss=0.5)`, and with `validated`,
      `evaluating` and `note`.

    Returns the scores of the stored weights. Raises `Stopped`, and for what users can do something
    about, errors of which `known_problem` has a line."""
    processes = processes or Processes()
    machine.prepare(settings)
    progress = processes.agreed(
        lambda: RunInProgress(Path(folder), run, settings, stop, report, processes))
    try:
        progress.train()
        return progress.evaluate_and_store()
    finally:
        progress.close()


def known_problem(error: BaseException, configuration: dict) -> str | None:
    """One line on an error that users can do something about; None for others."""
    text = str(error)
    if isinstance(error, (*OF_ALL_PROCESSES, OneProcessError)):
        return text
    data, batch = configuration["data"], configuration["training"]["batch"]
    size = f"a batch of {batch} images of {data['height']} x {data['width']} pixels"
    if "out of memory" in text and "CUDA" in text or "ALLOC_FAILED" in text:
        return (f"out of GPU memory with {size}: lower --jobs if several runs share the GPU, or "
                "training.batch in the sweep file")
    if isinstance(error, MemoryError) or "DefaultCPUAllocator" in text:
        return f"out of memory with {size}: lower --jobs, or training.batch in the sweep file"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return None


class _SmallLogits(nn.Module):
    """What is trained on parts of a batch: the network up to its small logits."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, images):
        return self.inner.small_logits(images)


# MARK: A training step


class Schedule:
    """The learning rate of each step: that of the configuration, times the factors of
    torch.optim.lr_scheduler's schedulers, each stepped once per iteration."""

    def __init__(self, training: dict):
        self.rate, self.steps = training["learningRate"], training["iterations"]
        self.schedule = training.get("schedule")

    def __call__(self, step: int) -> float:
        """- step: counted from 0."""
        return self.rate if self.schedule is None else self.rate * self._factor(step)

    def _factor(self, step: int) -> float:
        warmup = self.schedule.get("warmup", 0)
        if step < warmup:
            first = self.schedule.get("warmupFactor", 0.01)
            return first + (1 - first) * step / warmup
        part = min(1, (step - warmup) / max(1, self.steps - warmup))
        if self.schedule["shape"] == "polynomial":
            return (1 - part) ** self.schedule.get("power", 0.9)
        return (1 + math.cos(math.pi * part)) / 2 if self.schedule["shape"] == "cosine" else 1


def make_optimizer(training: dict, parameters, is_fused: bool) -> torch.optim.Optimizer:
    """What the configuration names; Adam unless it says otherwise. Decay is decoupled for AdamW
    and coupled for the others, and without a number there is none."""
    chosen = training.get("optimizer") or {"name": "adam"}
    options = {
        "lr": training["learningRate"], "weight_decay": chosen.get("weightDecay", 0),
        "fused": True if is_fused else None}
    if chosen["name"] == "sgd":
        return torch.optim.SGD(
            parameters, momentum=chosen.get("momentum", 0),
            nesterov=chosen.get("nesterov", False), **options)
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    if chosen["name"] not in kinds:
        raise UserError(f"the optimizer {chosen['name']} is not one of this program's")
    return kinds[chosen["name"]](parameters, **options)


@dataclass
class Step:
    """What a step has computed, still on the device."""

    # The loss, the largest magnitude of its gradient, the labeled pixels, and for a user's loss the
    # largest magnitude of a logit.
    numbers: torch.Tensor
    class_weights: torch.Tensor | None


class Trainer:
    """A network, its optimizer and its loss: everything that a step updates."""

    def __init__(
        self, folder: Path, run: dict, data: dict, settings: Settings, processes: Processes
    ):
        self.configuration, self.processes = run["configuration"], processes
        training = self.configuration["training"]
        self.device = torch.device(settings.device)
        self.is_bfloat16 = settings.precision == "bfloat16"
        self.part = processes.part(training["batch"])
        self.network = network.network_of_run(run, folder).to(self.device)
        if self.device.type == "cuda":
            self.network = self.network.to(memory_format=torch.channels_last)
        self.loss = make_loss(folder, run, data, self.device)
        self.optimizer = make_optimizer(
            training, self.network.parameters(), self.device.type == "cuda")
        self.rate, self.iteration = Schedule(training), 0
        self.forward = self.network.small_logits

    def start(self) -> None:
        """To be called once the weights are those of the first step."""
        if self.processes.count == 1:
            return
        is_shared = self.configuration["training"].get("syncBatchNorm", True)
        network.share_batch_norm(self.network, self.processes.count if is_shared else 1)
        with warnings.catch_warnings():
            # Of a new name for broadcast_buffers.
            warnings.simplefilter("ignore", FutureWarning)
            self.forward = nn.parallel.DistributedDataParallel(
                _SmallLogits(self.network), broadcast_buffers=False, gradient_as_bucket_view=True,
                device_ids=[self.device.index] if self.device.type == "cuda" else None)

    def computing(self):
        """Where the network computes in bfloat16, if that is asked for."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.is_bfloat16)

    def step(self, images, labels, counts: bool) -> tuple[Step, torch.Tensor | None]:
        """One step on this process's images [n, 3, H, W] and labels [n, H, W].

        - counts: whether to return the confusion matrices of the whole batch before the update."""
        images = self.laid_out(images)
        self.network.draws.begin(
            self.configuration["seed"], self.iteration, self.processes.rank, self.processes.count)
        with self.computing():
            own = self.forward(images)
        small = self.processes.joined_batch(own.detach().float()).requires_grad_()
        labels = self.processes.joined_labels(labels)
        logits = network.enlarged(small, images.shape[-2:])
        matrices = None
        if counts:
            predicted = scores.argmax(logits.detach())
            matrices = scores.confusion_matrices(labels, predicted, logits.shape[1])
        step, gradient = self._loss(logits, small, labels)
        # DistributedDataParallel takes the mean over the processes, where the sum is wanted.
        own.backward(gradient[self.part.start:self.part.stop].to(own.dtype) * self.processes.count)
        self._update()
        return step, matrices

    def laid_out(self, images):
        """Images in the memory format that the device is fast with."""
        if self.device.type == "cuda":
            return images.contiguous(memory_format=torch.channels_last)
        return images

    def _loss(self, logits, small, labels) -> tuple[Step, torch.Tensor]:
        """The loss, and its gradient by the small logits."""
        is_users = isinstance(self.loss, TorchLoss)
        try:
            value, class_weights = self.loss(logits, labels)
            by_logits = self._by_logits(value, logits)
        except TorchLossError as error:
            raise UserError(f"iteration {self.iteration + 1}: {error}") from None
        by_small, = torch.autograd.grad(logits, small, by_logits)
        numbers = [
            value.detach(), by_logits.abs().amax(), (labels != IGNORED).sum(),
            logits.detach().abs().amax() if is_users else torch.zeros_like(value)]
        return Step(torch.stack([n.double() for n in numbers]), class_weights), by_small

    def _by_logits(self, value, logits):
        if isinstance(self.loss, TorchLoss):
            return self.loss.gradient(value, logits)
        return torch.autograd.grad(value, logits)[0]

    def _update(self) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(self.iteration)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.iteration += 1

    def load_moments(self, state: dict) -> None:
        """Puts back the state of an optimizer, perhaps one on another device."""
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})
        for parameter, values in self.optimizer.state.items():
            for name, tensor in values.items():
                if torch.is_tensor(tensor) and tensor.shape == parameter.shape:
                    # In the parameter's memory format, which fused optimizers want.
                    values[name] = torch.empty_like(parameter).copy_(tensor)

    def check(self, iteration: int, numbers: list[float]) -> None:
        """Raises `UserError` if a step's loss or gradient was not finite."""
        value, gradient, _, largest = numbers
        if math.isfinite(value) and math.isfinite(gradient):
            return
        if isinstance(self.loss, TorchLoss):
            what = ("has a gradient that is not finite" if math.isfinite(value) else f"is {value}")
            cause = (", though all logits are finite: look for a division by 0, log(0) or sqrt(0) "
                     "in it, or lower learning_rate" if math.isfinite(largest)
                     else ": training diverged; lower learning_rate")
            raise UserError(f"iteration {iteration}: {self.loss.notation} {what}{cause}")
        if not math.isfinite(value):
            raise UserError(f"training diverged: the loss is {value} at iteration {iteration}; "
                           "lower learning_rate")
        raise UserError(f"training diverged: the loss's gradient is not finite at iteration "
                       f"{iteration}; lower learning_rate, or check the loss")


def make_loss(folder: Path, run: dict, data: dict, device):
    """The loss of a run's configuration.

    Raises `UserError` or `TorchLossError`."""
    configuration = run["configuration"]
    if configuration.get("torch"):
        return TorchLoss(str(folder / run["torch"]["path"]), configuration["torch"], device)
    first = data.get("validationFirstImagePixels", {})
    try:
        return losses.make_loss(
            configuration["loss"], run["classes"], data["split"]["trainClassPixels"],
            first.get(str(configuration["training"]["batch"])))
    except ValueError as error:
        raise UserError(str(error)) from None


# MARK: A run


class RunInProgress:
    """A run that is being trained or evaluated."""

    def __init__(self, folder: Path, run: dict, settings: Settings, stop, report, processes):
        self.run, self.settings, self.processes = run, settings, processes
        self.configuration, self.training = run["configuration"], run["configuration"]["training"]
        self.place = folder / "runs" / run["name"]
        self.stop, self.report = stop, report if processes.is_first else lambda *_, **__: None
        self.started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.data = batches.read_data(folder, run["data"])
        self._open(folder)
        torch.manual_seed(self.configuration["seed"])
        self.trainer = Trainer(folder, run, self.data, settings, processes)
        self.history = scores.History()
        # The weights with the best validation mean IoU so far: iteration, mean IoU, tensors.
        self.best: tuple | None = None
        self.earlier_seconds = 0.0
        # The devices and versions that trained it before, as titles.
        self.machines: list[str] = []
        self.pending: list[Step] = []
        self.stops = self.saves = False
        # Whether the current weights have still to be validated.
        self.validates = False
        self._resume()
        self.trainer.start()
        self.begun = self.saved = self.told = time.monotonic()

    def _open(self, folder: Path) -> None:
        """Opens the stores and compares all images and labels with their digests."""
        device, shared = self.settings.device, self.settings.jobs
        free = torch.cuda.mem_get_info(device)[0] if device != "cpu" else 0
        memory = batches.ImageMemory(
            device, free // (2 * shared), processes=self.settings.neighbors)
        self.stores = batches.open_stores(
            folder, self.data, device, self.settings.data_folders, memory)
        for store in dict.fromkeys(self.stores.values()):
            store.check_all()
        normalization = batches.Normalization(
            self.data["normalization"]["mean"], self.data["normalization"]["deviation"], device)
        self.sampler = batches.TrainingSampler(
            self.stores["train"], self.configuration["data"], self.data["sizes"],
            self.training["batch"], self.configuration["seed"], normalization)
        if run_check := self.run.get("check"):
            part = self.processes.part(self.training["batch"])
            checks.require_same(self.sampler, folder / run_check, part)
        self.evaluations = {
            name: batches.EvaluationSampler(store, self.data["sizes"], normalization)
            for name, store in self.stores.items() if name != "train"}

    def close(self) -> None:
        """Ends what reads images ahead."""
        for store in self.stores.values():
            store.close()

    @property
    def iterations(self) -> int:
        """The steps of the whole training."""
        return self.training["iterations"]

    @property
    def seconds(self) -> float:
        """Of training, in all sessions of the run."""
        return self.earlier_seconds + time.monotonic() - self.begun

    # Training.

    def train(self) -> None:
        """Trains to the last iteration. Raises `Stopped` after a checkpoint was saved."""
        trainer, interval = self.trainer, max(1, self.iterations // 100)
        every = self.training.get("validateEvery")
        trainer.network.train()
        self.report("training", iteration=trainer.iteration)
        if self.validates:
            self._validate()
        while trainer.iteration < self.iterations:
            done = trainer.iteration + 1
            is_last, ends_interval = done == self.iterations, done % interval == 0
            validates = bool(every) and (is_last or done % every == 0)
            step, matrices = trainer.step(*self._batch(), ends_interval)
            self.pending.append(step)
            if is_last or ends_interval or validates or self._looks():
                self._look()
            if is_last or ends_interval or validates:
                self.history.close(done)
            if matrices is not None:
                self.history.set_false_positives(
                    scores.false_positives(matrices), int(matrices.sum()))
            if validates and "validation" in self.evaluations:
                self._validate()
            if not self.pending and (self.stops or self.saves):
                self._save_or_stop()

    def _batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """This process's images and labels of the next step."""
        try:
            return self.sampler.batch(self.trainer.iteration, self.trainer.part)
        except BundleError as error:
            # The others have their images, and would wait for this one.
            raise error if self.processes.count == 1 else OneProcessError(str(error))

    def _looks(self) -> bool:
        return self.trainer.device.type == "cpu" or len(self.pending) >= STEPS_BETWEEN_LOOKS

    def _look(self) -> None:
        """Waits for the steps that are not yet in the history, and checks them. All processes take
        the first one's numbers, and learn whether one of them is to stop."""
        trainer, pending, self.pending = self.trainer, self.pending, []
        weights = [step.class_weights for step in pending]
        own = {
            "numbers": torch.stack([step.numbers for step in pending]).tolist(),
            "weights": [None if w is None else w.tolist() for w in weights],
            "stops": self.stop.is_set(),
            "saves": time.monotonic() - self.saved > self.settings.checkpoint_seconds,
            "state": trainer.loss.state if self.processes.count > 1 else None}
        looks = self.processes.gathered(own)
        self.stops, self.saves = any(look["stops"] for look in looks), looks[0]["saves"]
        if self.processes.count > 1:
            trainer.loss.state = looks[0]["state"]
        first = trainer.iteration - len(pending) + 1
        for place, numbers in enumerate(looks[0]["numbers"]):
            trainer.check(first + place, numbers)
            if numbers[2] == 0:
                self.history.add_unlabeled()
            self.history.add(numbers[0], looks[0]["weights"][place])
        self._tell(numbers[0])

    def _tell(self, loss: float) -> None:
        """Reports the progress, once a second."""
        iteration = self.trainer.iteration
        if iteration < self.iterations and time.monotonic() - self.told < 1:
            return
        self.told = time.monotonic()
        self.report("training", iteration=iteration, loss=loss)

    def _save_or_stop(self) -> None:
        if self.stops or self.trainer.iteration < self.iterations:
            self.save()
        self.saved, self.saves = time.monotonic(), False
        if self.stops:
            raise Stopped

    def _validate(self) -> None:
        """Evaluates on the validation split and keeps the weights if they are the best so far.

        Raises `Stopped` after a checkpoint was saved, from which it is done again."""
        counted = scores.Evaluation(self.run["classes"], self._kept_size)
        self.validates = True
        self._evaluate("validation", counted, lambda _: self._stop_if_asked())
        self.validates = False
        found = scores.mean_scores(counted.total())
        self.history.set_validation(found.get("meanIoU"), found.get("meanAccuracy"))
        mean_iou = found.get("meanIoU", 0.0)
        if self.best is None or mean_iou > self.best[1]:
            self.best = self.trainer.iteration, mean_iou, self._weights()
        self.report("validated", iteration=self.trainer.iteration, **found)

    def _weights(self) -> dict[str, torch.Tensor]:
        """Copies of the current weights on the host."""
        return {name: tensor.to("cpu", copy=True)
                for name, tensor in network.weights(self.trainer.network).items()}

    # Evaluation.

    @property
    def _kept_size(self) -> tuple[int, int]:
        return self.data["height"], self.data["width"]

    def _evaluate(self, name: str, counted: scores.Evaluation, told) -> None:
        """Counts a split in evaluation mode. Several processes evaluate batches in turn.

        - told: called with the number of images done, after each round."""
        sampler, module, processes = self.evaluations[name], self.trainer.network, self.processes
        processes.share(module)
        ranges = sampler.ranges(self.training["batch"])
        torch.backends.cudnn.benchmark = self.data["sizes"] != "files"
        module.eval()
        with torch.no_grad():
            for first in range(0, len(ranges), processes.count):
                own = ranges[first + processes.rank:][:1]
                processes.agreed(lambda: [self._count(sampler, counted, images) for images in own])
                told(ranges[min(first + processes.count, len(ranges)) - 1].stop)
        module.train()
        torch.backends.cudnn.benchmark = True
        for images in processes.gathered(counted.images) if processes.count > 1 else []:
            counted.merge(images)

    def _count(self, sampler, counted: scores.Evaluation, images: range) -> None:
        """Counts a batch."""
        inputs, labels = sampler.batch(images)
        with self.trainer.computing():
            small = self.trainer.network.small_logits(self.trainer.laid_out(inputs))
        logits = network.enlarged(small.float(), inputs.shape[-2:])
        if labels is not None:
            return counted.add(logits, labels, images)
        for place, index in enumerate(images):
            counted.add_file(logits[place:place + 1], sampler.file_labels(index), index)

    def evaluate_and_store(self) -> dict:
        """Evaluates the weights that the configuration selects and, if the run was validated, the
        other of the best and last weights, whose scores alone are kept. Returns the scores of the
        former."""
        training_seconds = self.seconds
        # Training is done; an error from here on must not lose it.
        self.save()
        start, rule = time.monotonic(), self.training["checkpoint"]
        last = self._weights()
        is_best_last = self.best is None or self.best[0] == self.iterations
        totals = {}
        other = "best" if rule == "last" else "last"
        if not is_best_last:
            totals[other] = self._evaluate_split(self._chosen(other, last), False).total()
        counted = self._evaluate_split(self._chosen(rule, last), True)
        totals[rule] = counted.total()
        totals.setdefault(other, totals[rule])
        times = training_seconds, time.monotonic() - start
        self.processes.agreed(
            lambda: self.processes.is_first and self._store(counted, totals, times))
        return scores.mean_scores(totals[rule])

    def _chosen(self, rule: str, last: dict) -> dict[str, torch.Tensor]:
        return self.best[2] if rule == "best" and self.best else last

    def _evaluate_split(self, tensors: dict, is_stored: bool) -> scores.Evaluation:
        """- is_stored: whether to count all that a run stores, not the confusion matrices alone."""
        network.load_weights(self.trainer.network, tensors)
        counted = scores.Evaluation(self.run["classes"], self._kept_size)
        if is_stored:
            asked = self.configuration.get("evaluation", {})
            correction = scores.PriorCorrection(self.taus, self.data["split"]["trainClassPixels"])
            counted = scores.Evaluation(
                self.run["classes"], self._kept_size, correction, asked.get("boundary", False),
                asked.get("calibration", False), self.data["pictured"])
        self._evaluate("evaluated", counted, self._told_images)
        return counted

    def _told_images(self, done: int) -> None:
        """Reports the progress of an evaluation. Raises `Stopped`; the checkpoint is there."""
        self.report("evaluating", images=done, of=len(self.stores["evaluated"]))
        if self.processes.any(self.stop.is_set()):
            raise Stopped

    def _stop_if_asked(self) -> None:
        if self.processes.any(self.stop.is_set()):
            self.save()
            raise Stopped

    @property
    def taus(self) -> list[float]:
        """The strengths of prior correction, ascending."""
        standard = [tenths / 10 for tenths in range(11)]
        return self.configuration.get("evaluation", {}).get("priorCorrection", standard)

    # What is stored.

    def _store(self, counted: scores.Evaluation, totals: dict, times: tuple[float, float]) -> None:
        """Writes the results, SHA256SUMS last."""
        tensors = network.weights(self.trainer.network)
        if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
            self.report("note", text="some of its weights are not finite; lower learning_rate")
        arrays = io.BytesIO()
        np.savez_compressed(arrays, **counted.arrays())
        record = json.dumps(self._record(totals, times), allow_nan=False, ensure_ascii=False)
        contents = {
            "arrays.npz": arrays.getvalue(), "record.json": record.encode() + b"\n",
            "weights.safetensors": network.safetensors(tensors)}
        for name, content in contents.items():
            write(self.place / name, content)
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        sums = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
        write(self.place / "SHA256SUMS", sums.encode())

    def _record(self, totals: dict, times: tuple[float, float]) -> dict:
        rule = self.training["checkpoint"]
        best = self.best[0] if self.best else self.iterations
        engine = self._engine()
        if earlier := [title for title in self.machines if title != self._title(engine)]:
            engine["earlier"] = earlier
        record = {
            "version": 1, "run": self.run["name"], "digest": self.run["digest"],
            "configuration": self.configuration, "splitDigest": self.data["splitDigest"],
            "engine": engine, "operatingSystem": machine.system_name(),
            "cpu": machine.cpu_name(), "cores": os.cpu_count(),
            "threads": torch.get_num_threads(), "started": self.started,
            "trainingSeconds": times[0], "evaluationSeconds": times[1],
            "evaluatedIteration": best if rule == "best" else self.iterations,
            "priorTaus": self.taus, "history": self.history.entries}
        if self.best:
            record["checkpoints"] = {
                "best": {"iteration": best, **scores.mean_scores(totals["best"])},
                "last": {"iteration": self.iterations, **scores.mean_scores(totals["last"])}}
        weights = self.trainer.loss.constant_class_weights
        return record if weights is None else {**record, "classWeights": list(weights)}

    def _engine(self) -> dict:
        device = self.trainer.device
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else machine.cpu_name()
        return {
            "name": "PyTorch", "version": torch.__version__, "python": platform.python_version(),
            "device": name, "kind": device.type, "precision": self.settings.precision,
            "libraries": machine.libraries(device), "processes": self.processes.count,
            "program": self.settings.program}

    def _title(self, engine: dict) -> str:
        """Where this process trains, in words."""
        many = f" by {engine['processes']} processes" if engine["processes"] > 1 else ""
        return f"PyTorch {engine['version']} on {engine['device']}{many}"

    # Checkpoints.

    def save(self) -> None:
        """Saves a checkpoint; the old one stays until the new one is whole."""
        def save():
            if self.processes.is_first:
                write(self.place / CHECKPOINT, sealed(self._state()))
        if self.trainer.configuration["training"].get("syncBatchNorm") is False:
            self.processes.share(self.trainer.network)
        self.processes.agreed(save)

    def _state(self) -> dict:
        trainer, best = self.trainer, self.best
        module = getattr(trainer.loss, "module", None)
        machines = dict.fromkeys([*self.machines, self._title(self._engine())])
        return {
            "digest": self.run["digest"], "split": self.data["splitDigest"],
            "precision": self.settings.precision, "iteration": trainer.iteration,
            "seconds": self.seconds, "machines": list(machines),
            "history": json.dumps(self.history.state()),
            "loss": list(trainer.loss.state), "module": module.state_dict() if module else None,
            "network": dict(network.weights(trainer.network)),
            "optimizer": trainer.optimizer.state_dict()["state"],
            "best": list(best) if best else None, "validates": self.validates,
            # For users' losses that draw numbers.
            "random": torch.get_rng_state(),
            "random_gpu": torch.cuda.get_rng_state() if trainer.device.type == "cuda" else None}

    def _resume(self) -> None:
        """Goes on from the checkpoint, if there is one."""
        path = self.place / CHECKPOINT
        state = self._read(path)
        if state is None:
            return
        if (state["digest"], state["split"]) != (self.run["digest"], self.data["splitDigest"]):
            raise UserError(f"{path}: is of other images or another configuration; remove it")
        if state["precision"] != self.settings.precision:
            raise UserError(f"{path}: was begun with --precision {state['precision']}; go on with "
                           "that, or remove it")
        self._restore(state)

    def _read(self, path: Path) -> dict | None:
        """A checkpoint; None if there is none. One that is damaged is set aside."""
        try:
            return unsealed(path.read_bytes())
        except FileNotFoundError:
            return None
        except SealError:
            aside = path.with_name(f"{path.name}.damaged")
            self.processes.gathered(None)
            if self.processes.is_first:
                os.replace(path, aside)
            self.report("note", text=f"its checkpoint is damaged; it begins again, and the file is "
                                     f"kept as {aside}")
            return None
        except Exception as error:
            raise UserError(f"{path}: PyTorch {torch.__version__} cannot read it "
                            f"({type(error).__name__}); remove it to begin again") from None

    def _restore(self, state: dict) -> None:
        trainer = self.trainer
        network.load_weights(trainer.network, state["network"])
        trainer.load_moments(state["optimizer"])
        trainer.loss.state = state["loss"]
        if state["module"] is not None:
            trainer.loss.module.load_state_dict(state["module"])
        trainer.iteration, self.earlier_seconds = state["iteration"], state["seconds"]
        self.machines = state.get("machines", [])
        self.history = scores.History(json.loads(state["history"]))
        self.best = tuple(state["best"]) if state["best"] else None
        self.validates = state["validates"]
        torch.set_rng_state(state["random"])
        if state["random_gpu"] is not None and trainer.device.type == "cuda":
            torch.cuda.set_rng_state(state["random_gpu"])


# MARK: Files


class SealError(Exception):
    """A file is not what was written."""


def sealed(state: dict) -> bytes:
    """What `torch.save` writes, and the SHA-256 of it."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    content = buffer.getvalue()
    return content + hashlib.sha256(content).digest()


def unsealed(content: bytes) -> dict:
    """What was sealed, on the host. Raises `SealError` if it is not whole."""
    content, seal = content[:-32], content[-32:]
    if hashlib.sha256(content).digest() != seal:
        raise SealError
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def write(path: Path, content: bytes) -> None:
    """Writes a file under another name and renames it, so that it is never there in part.

    Raises `UserError`."""
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror})") from None
