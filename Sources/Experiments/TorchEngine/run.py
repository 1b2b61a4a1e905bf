"""Trains the runs of this folder, which `recallbench bundle` wrote, with PyTorch.

    python run.py --list
    python run.py
    python run.py --device cuda --jobs 2 --hours 8
    torchrun --nproc-per-node 4 run.py

Typed again, it goes on where it stopped; README.md says more. This process checks the folder,
starts a process for each run, and reports; it does not import PyTorch itself. Under torchrun, its
processes train one run after the other together.
"""

import argparse
import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
if missing := [name for name in ("bundle.py", "jobs.py", "progress.py", "training.py")
               if not os.path.exists(os.path.join(HERE, name))]:
    sys.exit(f"error: {missing[0]} is missing beside run.py; copy the whole bundle again")

from bundle import (  # noqa: E402
    CHECKPOINT, FOLDER, Stopped, UserError, clear, engine_digest, is_finished, is_locked, label,
    lock, read_bundle, run_folder, visible)
from jobs import (
    DONE, FAILED, INTERRUPTED, OUT_OF_TIME, Queue, Stop, reason, train_one)
from progress import Pace, Progress, Screen, scores

PRECISIONS = ("float32", "tf32", "bfloat16")


def arguments(texts=None):
    """The options that were typed."""
    parser = argparse.ArgumentParser(
        prog="run.py", description=__doc__.splitlines()[0],
        epilog="Exit status: 0 all runs are done; 1 some failed; 3 the time is up; 130 Ctrl-C.")
    add = parser.add_argument
    add("--list", action="store_true", help="list the runs and what is done, and end")
    add("--runs", metavar="PREFIX,...", help="only runs whose names begin so")
    add("--shard", type=_shard, metavar="I/N", help="only the I-th of N parts of the runs")
    add("--device", default="auto", metavar="DEVICE",
        help="cuda, cuda:1, cpu, or auto: cuda where there is one (default)")
    add("--precision", choices=PRECISIONS, default="float32", help="default: float32, without TF32")
    add("--jobs", type=_whole, default=1, metavar="N", help="runs at a time (default: 1)")
    add("--threads", type=_whole, metavar="N", help="CPU threads of each run")
    add("--hours", type=_positive, metavar="H", help="save checkpoints and stop within H hours")
    add("--checkpoint-every", type=_positive, default=300, metavar="S",
        help="seconds between checkpoints (default: 300)")
    add("--data", action="append", type=_data, default=[], metavar="NAME=PATH",
        help="the folder of a data set whose images are not in the bundle")
    add("--check-batches", action="store_true",
        help="compare a few training batches with RecallBench's, which are in the bundle, and end")
    add("--one", help=argparse.SUPPRESS)
    return parser.parse_args(texts)


def _whole(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _positive(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < float(text) < 1e9:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if index.isdigit() and count.isdigit() and 1 <= int(index) <= int(count):
        return int(index), int(count)
    raise argparse.ArgumentTypeError(f"{text!r} is not a part such as 1/4, 2/4, 3/4 or 4/4")


def _data(text: str) -> tuple[str, str]:
    name, _, path = text.partition("=")
    if name and path:
        return name, os.path.abspath(os.path.expanduser(path))
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a name and a folder, such as camvid=/data/CamVid")


def chosen(bundle: dict, options) -> list[dict]:
    """The runs that the options name, in the bundle's order; a part of a few runs may be empty.

    Raises `UserError` for a prefix that no name has."""
    runs = bundle["runs"]
    if options.runs is not None:
        prefixes = [prefix.strip() for prefix in options.runs.split(",")]
        for prefix in prefixes:
            if not prefix or not any(run["name"].startswith(prefix) for run in runs):
                raise UserError(f"no run's name begins with {prefix!r}; see run.py --list")
        runs = [run for run in runs if run["name"].startswith(tuple(prefixes))]
    if options.shard:
        index, count = options.shard
        runs = runs[index - 1::count]
    return runs


def check_data(bundle: dict, runs: list[dict], folders: dict) -> None:
    """Raises `UserError` if a data set's folder is not given or not there."""
    known = sorted({run["configuration"]["data"]["name"] for run in bundle["runs"]})
    for name, path in folders.items():
        if name not in known:
            raise UserError(f"--data {name}={path}: the bundle's data sets are {', '.join(known)}")
        if not os.path.isdir(path):
            raise UserError(f"{path}: is not a folder; give that of {name} with --data {name}=PATH")
    needed = set()
    for key in {run["data"] for run in runs}:
        stores = json.loads((FOLDER / "data" / f"{key}.json").read_bytes())["stores"]
        for store in stores.values():
            path = FOLDER / "stores" / f"{store}.json"
            needed |= _missing(json.loads(path.read_bytes()), folders)
    if needed:
        options = " ".join(f"--data {name}=PATH" for name in sorted(needed))
        raise UserError(f"images of {', '.join(sorted(needed))} are not in the bundle; give their "
                        f"folder with {options}")


def _missing(store: dict, folders: dict) -> set[str]:
    if store["images"] != "files" or store["dataset"] in folders:
        return set()
    return {store["dataset"]} if any(
        not os.path.isabs(item["path"]) for item in store["items"]) else set()


def list_runs(runs: list[dict]) -> None:
    """Prints the state of each run."""
    for run in runs:
        folder = run_folder(run)
        state = ("done" if is_finished(folder) else "running" if is_locked(run)
                 else "begun" if (folder / CHECKPOINT).exists() else "to do")
        print(f"{state:8}{visible(run['name'])}")


# MARK: Runs side by side


def summary(total: int, done: int, before: int, failures, status: int) -> None:
    """The last lines of a command."""
    if not total:
        print("no run is in this part of the runs; there is nothing to do")
        return
    left = total - done - len(failures)
    parts = [f"{done} of {total} runs are done"] + ([f"{before} were before"] if before else [])
    parts += [f"{len(failures)} failed"] if failures else []
    print(", ".join(parts + ([f"{left} are left"] if left else [])))
    for run, why in failures:
        print(f"FAILED  {visible(run['name'])}: {why}")
    if status == OUT_OF_TIME:
        print(f"the time is up; to go on, type: {command()}")
    elif status > INTERRUPTED:
        print(f"interrupted; to go on, type: {command()}")
    elif done == total:
        print("take this folder back to RecallBench and type: recallbench import FOLDER")
    sys.stdout.flush()


def command() -> str:
    """What the user has typed."""
    if "WORLD_SIZE" in os.environ:
        return "the same torchrun command"
    return shlex.join(["python", *sys.argv])


def probe(options) -> dict:
    """What another process says of PyTorch and the device: importing it here would take memory, and
    one of the GPUs may be for one process alone.

    Raises `UserError`."""
    code = ("import sys; sys.path.insert(0, sys.argv[1]); import machine; "
            "machine.print_description(sys.argv[2], sys.argv[3])")
    answer = subprocess.run(
        [sys.executable, "-c", code, str(FOLDER), options.device, options.precision],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=FOLDER)
    lines = answer.stdout.splitlines()
    if answer.returncode or not lines:
        cause = (answer.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        advice = ("; install it: pip install torch numpy" if "No module named" in cause else "")
        raise UserError(f"{sys.executable}: cannot import PyTorch ({cause}){advice}")
    machine = json.loads(lines[-1])
    if "problem" in machine:
        raise UserError(machine["problem"])
    return {**machine, "threads": threads(options, machine["devices"][0] != "cpu")}


def threads(options, is_gpu: bool) -> int:
    """CPU threads of each run: the cores, shared by the runs; beside a GPU four at most."""
    each = max(1, cores() // options.jobs)
    return options.threads or (min(4, each) if is_gpu else each)


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepared(options) -> tuple[dict, list[dict], list[dict]]:
    """The bundle, the chosen runs, and those of them that are not done."""
    bundle = read_bundle(FOLDER)
    runs = chosen(bundle, options)
    if options.list:
        return bundle, runs, []
    pending = [run for run in runs if not is_finished(run_folder(run))]
    check_data(bundle, pending, dict(options.data))
    return bundle, runs, pending


def plan(bundle: dict, runs, pending, machine: dict, options) -> str:
    """What a command is about to do, in a line."""
    many = f", {options.jobs} at a time" if options.jobs > 1 else ""
    return (f"{visible(bundle['sweep'])}: {len(runs)} runs, {len(runs) - len(pending)} done, "
            f"{len(pending)} to train on {machine['name']}{many}, PyTorch {machine['torch']}, "
            f"{options.precision}, {machine['threads']} threads each")


def check_batches(options) -> int:
    """Prints how training batches differ from RecallBench's, a line of JSON for each kind."""
    import checks
    from batches import BundleError
    bundle = read_bundle(FOLDER)
    runs = chosen(bundle, options)
    check_data(bundle, runs, dict(options.data))
    try:
        rows = checks.table(FOLDER, runs, dict(options.data))
    except BundleError as error:
        raise UserError(str(error)) from None
    for row in rows:
        print(json.dumps(row))
    return DONE if all(map(checks.agree, rows)) else FAILED


def main(options) -> int:
    """Trains the runs that are not done, each in a process of its own."""
    if options.check_batches:
        return check_batches(options)
    stop = Stop(options.hours)
    bundle, runs, pending = prepared(options)
    if options.list:
        list_runs(runs)
        return DONE
    before = len(runs) - len(pending)
    if not pending:
        summary(len(runs), before, before, [], DONE)
        return DONE
    machine = probe(options)
    print(plan(bundle, runs, pending, machine, options), flush=True)
    stop.listen()
    queue = Queue(pending, before, machine, options, stop)
    queue.work()
    return ended(queue.total, queue.done, before, queue.failures, stop)


def ended(total: int, done: int, before: int, failures, stop: Stop) -> int:
    """Prints how a command ended; returns its exit status."""
    status = FAILED if failures else DONE
    if stop.is_set() and done + len(failures) < total:
        status = stop.status
    summary(total, done, before, failures, status)
    return status


# MARK: Under torchrun


def main_together(options) -> int:
    """Trains the runs one after the other, each by all processes of torchrun."""
    import training
    from machine import describe
    stop = Stop(options.hours)
    if options.jobs > 1:
        raise UserError("--jobs is for runs side by side; under torchrun, all processes train one")
    machine = describe(options.device, options.precision, _torchrun("LOCAL_RANK", 0))
    if "problem" in machine:
        raise UserError(machine["problem"])
    processes = training.Processes.joined(machine["devices"][0])
    try:
        bundle, runs, pending = processes.agreed(lambda: prepared(options))
        if options.list:
            if processes.is_first:
                list_runs(runs)
            return DONE
        return Together(bundle, runs, pending, machine, options, stop, processes).work()
    finally:
        processes.leave()


def _torchrun(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


class Together:
    """Trains one run after the other, each by all of several processes; this is one of them."""

    def __init__(self, bundle, runs, pending, machine, options, stop: Stop, processes):
        import training
        self.total, self.before, self.pending = len(runs), len(runs) - len(pending), pending
        self.done, self.failures = self.before, []
        self.stop, self.processes, self.screen, self.pace = stop, processes, Screen(), Pace()
        share = max(1, cores() // _torchrun("LOCAL_WORLD_SIZE", 1))
        self.settings = training.Settings(
            device=machine["devices"][0], precision=options.precision,
            threads=options.threads or share, checkpoint_seconds=options.checkpoint_every,
            data_folders=dict(options.data), program=engine_digest(bundle),
            neighbors=_torchrun("LOCAL_WORLD_SIZE", 1))
        text = plan(bundle, runs, pending, {**machine, "threads": self.settings.threads}, options)
        self._say(f"{text}, {processes.count} processes together")

    def _say(self, text: str) -> None:
        if self.processes.is_first:
            self.screen.line(text)

    def work(self) -> int:
        """Returns the exit status."""
        self.stop.listen()
        for run in self.pending:
            if self.processes.any(self.stop.is_set()):
                break
            self._train(run)
        if self.processes.is_first:
            return ended(self.total, self.done, self.before, self.failures, self.stop)
        is_done = self.done + len(self.failures) == self.total
        return FAILED if self.failures else DONE if is_done else OUT_OF_TIME

    def _train(self, run: dict) -> None:
        import training
        held = self.processes.agreed(lambda: lock(run) if self.processes.is_first else None)
        if not self.processes.gathered(held is not None)[0]:
            return self._say(f"left    {label(run)}: another command trains it")
        if self.processes.gathered(is_finished(run_folder(run)))[0]:
            self.done += 1
            return self._say(f"done    {label(run)}: trained by another command")
        self._say(f"start   {label(run)}")
        self.progress = Progress(run, self.pace)
        try:
            result = training.train_run(
                FOLDER, run, self.settings, self.stop, self._report, self.processes)
        except Stopped:
            return self._say(f"stopped {label(run)}; its checkpoint is saved")
        except Exception as error:
            return self._failed(run, error)
        if self.processes.is_first:
            clear(run)
        self.done += 1
        self._say(f"done    [{self.done}/{self.total}] {label(run)}: {scores(result)}")

    def _failed(self, run: dict, error: Exception) -> None:
        """Goes on after what has failed in all processes; otherwise ends, and torchrun ends the
        others."""
        import training
        why = reason(error, run, "the traceback is above")
        if not isinstance(error, training.OF_ALL_PROCESSES):
            print(f"FAILED  {label(run)}: {why} (process {self.processes.rank})", flush=True)
            os._exit(FAILED)
        self.failures.append((run, why))
        self._say(f"FAILED  {label(run)}: {why}")

    def _report(self, event: str, **values) -> None:
        line = self.progress.take({"event": event, **values})
        if line:
            self._say(line)
        self.screen.status(f"[{self.done}/{self.total}]", [self.progress.text])


def guarded() -> int:
    """The exit status; errors that users can cause end in one line."""
    options = arguments()
    try:
        if options.one:
            return train_one(json.loads(options.one))
        is_torchrun = "WORLD_SIZE" in os.environ and "RANK" in os.environ
        return main_together(options) if is_torchrun else main(options)
    except UserError as error:
        # Under torchrun, all processes have found the same.
        if os.environ.get("RANK", "0") == "0":
            print(f"error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED + signal.SIGINT
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing more is to be flushed into it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


if __name__ == "__main__":
    sys.exit(guarded())
