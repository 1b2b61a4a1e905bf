"""Kills commands at their file operations, or lets these fail, and types the same command again.

    python3 Tests/Crash/crash.py .build/release/recallbench [--points 240] [--commands sweep,report]

After every fault the command must end as if nothing had been: with the files, and the bits, of a run
that was left alone, and with nothing left over. Where a fault did not kill it, it must have ended with
an error that names a file, or have written everything. Needs strace. A run that was ended goes on where
it was.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time

import faults
import files
from scenes import SCENES, expand, remove, write_files
from table import commit, write_table

# Seconds; undisturbed commands take about one.
LIMIT = 120


def programs(folder):
    """A folder with what commands start: gnuplot alone, since git's answers change while one works."""
    new_folder(folder)
    if not (gnuplot := shutil.which("gnuplot")):
        raise SystemExit("error: gnuplot is not installed; install it (make deps)")
    os.symlink(gnuplot, os.path.join(folder, "gnuplot"))
    return folder


def environment(binaries, temporary):
    """What a command gets to see of this one's surroundings: nothing that says where data is."""
    os.makedirs(temporary, exist_ok=True)
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return kept | {"PATH": binaries, "TMPDIR": temporary}


def new_folder(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


class Stage:
    """A scene that was played undisturbed: where it starts, what it does and how it ends."""

    def __init__(self, scene, work, binary, binaries):
        self.scene, self.work = scene, os.path.join(work, scene.name.replace(" ", ""))
        self.binary, self.binaries = binary, binaries
        self.start, self.end = (os.path.join(self.work, name) for name in ("start", "end"))

    def prepare(self, stages):
        new_folder(self.work)
        if self.scene.after:
            shutil.copytree(stages[self.scene.after].end, self.start, symlinks=True)
        else:
            os.makedirs(self.start)
        write_files(self.start)
        for arguments in self.scene.before:
            self.must([expand(argument, self.start) for argument in arguments], self.start)
        remove(self.scene.without, self.start)
        self.arguments = self.scene.arguments(self.start)
        self.expected, again = self.play(self.end), self.play(os.path.join(self.work, "again"))
        if problems := {kind: paths for kind, paths in files.differences(again, self.expected).items() if paths}:
            raise SystemExit(f"error: {self.scene.name}, left alone twice, ends in other files: {problems}")
        self.operations = self.record()

    def play(self, folder):
        shutil.copytree(self.start, folder, symlinks=True)
        self.must(self.arguments, folder)
        return files.snapshot(folder)

    def record(self):
        folder = os.path.join(self.work, "recorded")
        shutil.copytree(self.start, folder, symlinks=True)
        traced = self.traced(folder, folder)
        status, operations = faults.record(traced, folder)
        if status != 0:
            raise SystemExit(f"error: {self.scene.name} fails under strace: {traced.text()}")
        return operations

    def traced(self, folder, streams):
        return faults.Traced([self.binary, *self.arguments], folder, self.environment(streams), streams)

    def environment(self, name):
        return environment(self.binaries, f"{name}.tmp")

    def must(self, arguments, folder):
        result = self.run(arguments, folder)
        if result.returncode != 0:
            raise SystemExit(f"error: {' '.join(arguments)} fails undisturbed: {result.stderr}")

    def run(self, arguments, folder):
        return subprocess.run([self.binary, *arguments], cwd=folder, env=self.environment(folder),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)


@dataclasses.dataclass(frozen=True)
class Point:
    """One fault at one operation of one scene."""

    scene: str
    operation: faults.Operation
    fault: str

    @property
    def id(self):
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]

    def __str__(self):
        operation = self.operation
        return (f"{self.scene}: {self.fault}, {operation.call} {operation.ordinal} of "
                f"{operation.path.removeprefix('{root}/')}")


def choose(stages, count, seed):
    """Points spread evenly over scenes and kinds of operation, then over the operations of a kind."""
    groups = {}
    for stage in stages:
        for operation in stage.operations:
            groups.setdefault((stage.scene.name, operation.kind), []).append(operation)
    queues = []
    for (scene, kind), operations in sorted(groups.items()):
        order = random.Random(f"{seed} {scene} {kind}")
        queue = []
        first = order.randrange(len(faults.FAULTS[kind]))
        for fault in faults.FAULTS[kind][first:] + faults.FAULTS[kind][:first]:
            some = sorted(set(operations), key=lambda operation: operation.path + operation.call)
            order.shuffle(some)
            queue.append([Point(scene, operation, fault) for operation in some])
        # One of each fault, then the next of each.
        longest = max(map(len, queue))
        queues.append([own[i] for i in range(longest) for own in queue if i < len(own)])
    chosen = []
    while len(chosen) < count and any(queues):
        random.Random(f"{seed} {len(chosen)}").shuffle(queues)
        chosen += [queue.pop(0) for queue in queues if queue]
    return chosen[:count]


class Trial:
    """What one fault did, and what came of the same command afterward."""

    def __init__(self, stage, point, work):
        self.stage, self.point = stage, point
        self.folder = os.path.join(work, point.id)
        self.problems, self.warnings, self.is_warned = {}, [], False

    def run(self):
        new_folder(self.folder)
        root = os.path.join(self.folder, "work")
        shutil.copytree(self.stage.start, root, symlinks=True)
        traced = self.stage.traced(root, os.path.join(self.folder, "first"))
        began = time.monotonic()
        status, struck = faults.strike(traced, self.point.operation, self.point.fault, root, LIMIT)
        errors = traced.text()[1]
        if struck:
            self.judge(status, errors, root)
            self.again(root)
        if not self.problems:
            shutil.rmtree(self.folder)
        return {
            "id": self.point.id, "scene": self.point.scene, "kind": self.point.operation.kind,
            "fault": self.point.fault, "point": str(self.point), "struck": struck, "status": status,
            "warned": self.is_warned,
            "errors": errors.replace(root, "{root}")[-2000:], "problems": self.problems,
            "seconds": round(time.monotonic() - began, 2)}

    def judge(self, status, errors, root):
        """After the fault: killed, an error in words, or everything written."""
        if status is None:
            self.problems["hang"] = f"over {LIMIT} seconds"
        elif status < 0 and not (status == -9 and self.point.fault in faults.KILLS):
            self.problems["trap"] = f"signal {-status}: {errors[-300:]}"
        elif status == 0:
            # What could not be removed is, the next time. Files that a warning names are made then, too.
            self.warnings = [line for line in errors.splitlines() if line.startswith("warning: ")]
            self.compare(root, "status 0, but ", ["lost", "differing"])
        elif status > 0:
            lines = [line for line in errors.splitlines() if line.strip()]
            final = lines[-1] if lines else ""
            if not final.startswith("error: ") or ": " not in final.removeprefix("error: "):
                self.problems["unnamed"] = f"no error that names a file: {errors[-300:]}"

    def again(self, root):
        """The same command, typed again."""
        try:
            result = self.stage.run(self.stage.arguments, root)
        except subprocess.TimeoutExpired:
            self.problems["hang"] = "the second time"
            return
        if result.returncode != 0:
            self.problems["not completed"] = result.stderr.replace(root, "{root}")[-500:]
        self.warnings = []
        self.compare(root, "", ["lost", "differing", "left over"])

    def compare(self, root, when, kinds):
        found = files.differences(files.snapshot(root), self.stage.expected)
        for kind in kinds:
            unsaid = [path for path in found[kind] if not any(path in line for line in self.warnings)]
            if unsaid:
                self.problems.setdefault(kind, f"{when}{', '.join(unsaid[:4])}")
            self.is_warned = self.is_warned or len(unsaid) < len(found[kind])


class Results:
    """The trials so far, a line of JSON each, in a file that a later run goes on with."""

    def __init__(self, path, program):
        self.path, self.lock, self.known = path, threading.Lock(), {}
        lines = path.read_text().splitlines() if path.exists() else []
        head = json.loads(lines[0]) if lines else {}
        if head.get("program") == program:
            # The source's when the first of these trials began.
            self.commit = head["commit"]
            self.known = {trial["id"]: trial for trial in map(json.loads, lines[1:])}
        else:
            self.commit = commit()
            path.write_text(json.dumps({"program": program, "commit": self.commit}) + "\n")

    def add(self, trial):
        with self.lock:
            self.known[trial["id"]] = trial
            with open(self.path, "a") as file:
                file.write(json.dumps(trial) + "\n")


def attempt(point, stages, work, results, total):
    trial = Trial(stages[point.scene], point, work).run()
    results.add(trial)
    words = "; ".join(f"{kind}: {text}" for kind, text in trial["problems"].items())
    if not trial["struck"]:
        words = "did not happen"
    print(f"[{len(results.known)}/{total}] {point}: {words or 'ok'}", flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary")
    parser.add_argument("--points", type=int, default=260, help="how many faults")
    parser.add_argument("--commands", default="", help="such as sweep,report (default: all)")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--work", default=".build/crash", help="folder to work in")
    parser.add_argument("--table", help="Markdown file to write")
    return parser.parse_args()


def wanted(names):
    """The scenes to disturb, and those that they start from."""
    known = [scene.name for scene in SCENES]
    chosen = [name.strip() for name in names.split(",") if name.strip()] or known
    if unknown := [name for name in chosen if name not in known]:
        raise SystemExit(f"error: there is no command '{unknown[0]}'; there are {', '.join(known)}")
    needed = set(chosen) | {scene.after for scene in SCENES if scene.name in chosen}
    return chosen, [scene for scene in SCENES if scene.name in needed]


def main():
    options = parse()
    if not shutil.which("strace"):
        raise SystemExit("error: strace is not installed; install it (Debian: apt-get install strace)")
    binary = os.path.realpath(options.binary)
    if not os.access(binary, os.X_OK):
        raise SystemExit(f"error: {options.binary}: no such program; build it first (make build)")
    work = os.path.realpath(options.work)
    os.makedirs(work, exist_ok=True)
    chosen, scenes = wanted(options.commands)
    stages, binaries = {}, programs(os.path.join(work, "bin"))
    for scene in scenes:
        stages[scene.name] = Stage(scene, os.path.join(work, "scenes"), binary, binaries)
        stages[scene.name].prepare(stages)
    points = choose([stages[name] for name in chosen], options.points, options.seed)
    program = hashlib.sha256(pathlib.Path(binary).read_bytes()).hexdigest()
    results = Results(pathlib.Path(work) / "trials.jsonl", program)
    left = [point for point in points if point.id not in results.known]
    print(f"{len(points)} faults in {len(chosen)} commands; {len(points) - len(left)} were tried before")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(attempt, point, stages, work, results, len(points)) for point in left]:
            done.result()
    trials = [results.known[point.id] for point in points]
    return write_table(trials, options.table, results.commit)


if __name__ == "__main__":
    sys.exit(main())
