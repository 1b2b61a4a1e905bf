"""Sweeps as jobs of a real Slurm: the same bits, whatever is killed.

    python3 Tests/Cluster/check.py .build/release/recallbench [--mpi .build/mpi/release/recallbench]
      [--only array,killed] [--kills 20]

Starts a cluster of one node on this machine (Tests/Fixtures/cluster), prints a line per check with its
seconds, and fails if one fails. Needs root and Debian's packages slurm-wlm and munge; with --mpi, a build
with MPI that trains runs on several ranks, also openmpi-bin.
"""

import argparse
import array
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "Tests/Fixtures/cluster"), str(ROOT / "Tests/Crash")]
import files  # noqa: E402
import processes  # noqa: E402
from cluster import Cluster, ClusterError  # noqa: E402

SMOKE = ROOT / "benchmarks/sweeps/smoke.yml"

# A run takes a few seconds on one core, so that there is time to kill it.
SWEEP = """
name: {name}
description: for tests of clusters
seeds: [1]
backbones: [resnet18]
losses: [{losses}]
network: {{width: 0.0625}}
training: {{iterations: {iterations}, batch: {batch}, learning_rate: 1e-3, validate_every: {iterations}}}
datasets:
  synthia:
    source: rendered
    render: {{seed: 1, train: 32, validation: 8, test: 16, height: 64, width: 128}}
    split: shuffled
    size: [32, 64]
    evaluate: test
execution: {{jobs: 1}}
"""

LOSSES = ["ce", "weighted_ce", "balanced_ce", '"focal(gamma: 1)"', '"ohem(keep: 0.7)"', "soft_iou", "lovasz", "recall"]


# What relative difference between the losses of two runs of one sweep, in their first two steps and in the
# first four, only comes from sums in another order. The second step is the first one that a wrong gradient
# changes, by a hundredth or more; what OHEM chooses may change with a last bit.
CLOSE = {2: 1e-5, 4: 1e-2}


class Failure(Exception):
    pass


class Skipped(Exception):
    pass


def require(condition, complaint):
    if not condition:
        raise Failure(complaint)


class Sweep:
    """A sweep file and the results that an undisturbed sweep of it has, made once."""

    def __init__(self, bench, name, losses=("ce",), iterations=1500, batch=4, file=None):
        self.bench, self.name = bench, name
        self.file = file or bench.folder / f"{name}.yml"
        if not file:
            self.file.write_text(SWEEP.format(name=name, losses=", ".join(losses),
                                              iterations=iterations, batch=batch))
        self.output = bench.folder / name
        self.plain = bench.folder / f"{name}-plain"

    def make_plain(self, *options):
        if not self.plain.exists():
            self.bench.must("sweep", self.file, "--output", self.plain, "--threads", "1", "--jobs", "1", "--report",
                            *options)
        return self

    def words(self, *options, output=None):
        """Of a sweep without Slurm."""
        return ["sweep", self.file, "--output", output or self.output, "--threads", "1", "--report", *options]

    def submit(self, *options, **kept):
        """The output of `sweep --slurm`; the job of its first array."""
        text = self.bench.must("sweep", self.file, "--output", self.output, "--slurm", "--cpus", "1",
                               "--checkpoint-every", "1", *options, **kept)
        found = re.search(r"jobs ([\d, ]+)", text)
        require(found, f"no jobs in: {text}")
        return [job.strip() for job in found[1].split(",")]

    def status(self):
        return self.bench.must("status", self.output)

    def compare(self):
        """Everything but what only Slurm's sweep has."""
        found, expected = (files.snapshot(folder) for folder in (self.output, self.plain))
        found = {path: digest for path, digest in found.items() if not path.startswith(("logs/", "slurm/"))}
        problems = {kind: paths for kind, paths in files.differences(found, expected).items() if paths}
        require(not problems, f"{self.name} differs from an undisturbed sweep: {problems}\n{self.logs()}")

    def logs(self):
        folder = self.output / "logs"
        paths = sorted(folder.iterdir()) if folder.exists() else []
        return "\n".join(f"{path.name}:\n{path.read_text()[-1500:]}" for path in paths)

    def checkpoints(self):
        return list(self.output.glob("runs/*/checkpoint.safetensors"))


class Bench:
    """The program, a folder for everything, and the cluster."""

    def __init__(self, program, folder, cluster, mpi=None):
        """`mpi`: a build with MPI, for runs on several ranks."""
        self.program, self.folder, self.cluster = os.path.abspath(program), folder, cluster
        self.mpi = Bench(mpi, folder, cluster) if mpi else None

    @property
    def together(self):
        if not self.mpi:
            raise Skipped("no build with MPI was given (--mpi)")
        return self.mpi

    def call(self, *arguments, **options):
        return self.cluster.run([self.program, *map(str, arguments)], cwd=self.folder, **options)

    def must(self, *arguments, **options):
        result = self.call(*arguments, **options)
        require(result.returncode == 0, f"{' '.join(map(str, arguments))}: status {result.returncode}: {result.stderr}")
        return result.stdout

    def start(self, *arguments, stderr=subprocess.STDOUT):
        return subprocess.Popen([self.program, *map(str, arguments)], cwd=self.folder, text=True,
                                env=self.cluster.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=stderr)

    def until(self, is_true, complaint, seconds=60):
        self.cluster.until(is_true, complaint, seconds)

    def speed(self):
        """Steps of a run a second, on one core."""
        sweep = Sweep(self, "killed").make_plain()
        (record,) = sweep.plain.glob("runs/*/run.json")
        return 1500 / json.loads(record.read_text())["environment"]["trainingSeconds"]

    def restarts(self, task):
        return int(self.cluster.jobs(task)[0].get("Restarts", 0))

    def is_queued(self, job):
        return any(task.startswith(f"{job}_") for task in self.cluster.output("squeue", "--noheader", "--format=%i").split())

    def work(self, task):
        """The processes of a task that train."""
        own = os.path.basename(self.program)
        return [number for number in self.cluster.processes(task) if name_of(number) == own[:15]]

    def kill(self, task):
        for number in self.work(task):
            processes.kill([number])

    def rank(self, number):
        """The processes of a rank that mpirun or srun started."""

        def is_meant(variables, name):
            ranks = (variables.get(key) for key in ("OMPI_COMM_WORLD_RANK", "PMIX_RANK"))
            return self.cluster.is_ours(variables, name) and str(number) in ranks

        return [found for found in processes.matching(is_meant) if name_of(found) == os.path.basename(self.program)[:15]]


def name_of(process):
    try:
        return pathlib.Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


# The checks, in the order in which they run


def check_array(bench):
    """The smoke sweep as an array: the report of one without Slurm, to the bit"""
    sweep = Sweep(bench, "smoke", file=SMOKE).make_plain()
    jobs = sweep.submit()
    again = bench.must("sweep", sweep.file, "--output", sweep.output, "--slurm", "--cpus", "1")
    require("no run to submit; 32 runs queued or running already" in again, again)
    bench.cluster.wait(jobs[-1], 240)
    sweep.compare()
    again = bench.must("sweep", sweep.file, "--output", sweep.output, "--slurm")
    require("no run to submit\n" in again, again)
    return f"32 runs in {len(jobs) - 2} array(s)"


def check_killed(bench):
    """A task killed in the middle is queued again and ends with the same bits"""
    sweep = Sweep(bench, "killed").make_plain()
    jobs = sweep.submit()
    bench.until(sweep.checkpoints, "there is no checkpoint")
    bench.kill(f"{jobs[1]}_1")
    bench.cluster.hurry(f"{jobs[1]}_1")
    bench.cluster.wait(jobs[-1], 60)
    require("goes on" in sweep.logs() or "start " in sweep.logs(), sweep.logs())
    sweep.compare()


def check_asked(bench):
    """The signal before the time limit: a checkpoint, the queue, and the same bits"""
    sweep = Sweep(bench, "asked").make_plain()
    # Between checkpoints by the clock, of which there are none.
    jobs = sweep.submit("--checkpoint-every", "100000")
    task = f"{jobs[1]}_1"
    bench.until(lambda: bench.work(task) and "step" in sweep.status(), "the run has not begun")
    bench.cluster.output("scancel", "--batch", "--signal=USR1", task)
    bench.cluster.hurry(task)
    require(sweep.checkpoints(), "no checkpoint was saved")
    bench.cluster.wait(jobs[-1], 60)
    sweep.compare()


def check_canceled(bench):
    """scancel: a checkpoint, no new start, and the same bits when it is submitted again"""
    sweep = Sweep(bench, "canceled", iterations=3000).make_plain()
    jobs = sweep.submit("--checkpoint-every", "100000")
    bench.until(lambda: bench.work(f"{jobs[1]}_1") and "step" in sweep.status(), "the run has not begun")
    bench.cluster.output("scancel", jobs[1])
    bench.cluster.wait(jobs[-1], 60)
    require(sweep.checkpoints(), f"no checkpoint was saved: {sweep.logs()}")
    bench.cluster.wait(sweep.submit()[-1], 60)
    sweep.compare()


def check_limit(bench):
    """A time limit shorter than the run"""
    # Slurm looks at limits every half minute.
    sweep = Sweep(bench, "limit", iterations=round(70 * bench.speed()))
    jobs = sweep.submit("--time", "1")
    task = f"{jobs[1]}_1"
    # The other core is free.
    sweep.make_plain()
    bench.until(lambda: bench.restarts(task) > 0 or not bench.is_queued(jobs[1]), "the job goes on", 120)
    require(bench.restarts(task) > 0, "the run was over before its time was")
    bench.cluster.wait(jobs[-1], 120)
    sweep.compare()
    return f"queued again {bench.restarts(task)} time(s)"


def check_node(bench):
    """A node that fails"""
    sweep = Sweep(bench, "node").make_plain()
    jobs = sweep.submit()
    bench.until(sweep.checkpoints, "there is no checkpoint")
    bench.cluster.fail_node()
    bench.cluster.start_node()
    bench.cluster.hurry(f"{jobs[1]}_1")
    bench.cluster.wait(jobs[-1], 60)
    sweep.compare()


def check_memory(bench):
    """A run that is killed again and again fails, and is tried again when one asks for it"""
    sweep = Sweep(bench, "memory").make_plain()
    jobs = sweep.submit("--checkpoint-every", "100000")
    task = f"{jobs[1]}_1"
    for turn in range(3):
        bench.until(lambda: bench.work(task), "the run has not begun")
        bench.until(lambda: "step" in sweep.status() or "running" in sweep.status(), "the run is not claimed")
        bench.kill(task)
        bench.cluster.hurry(task)
    bench.cluster.wait(jobs[-1], 60)
    status = sweep.status()
    require("FAILED" in status and "killed 3 times before they could save a newer checkpoint" in status, status)
    bench.cluster.wait(sweep.submit()[-1], 60)
    sweep.compare()


def check_full(bench):
    """An error twice, as of a full disk, fails the run; it goes on when there is room"""
    sweep = Sweep(bench, "full").make_plain()
    # Slurm hands the limit on to its jobs; what a run writes is larger.
    jobs = sweep.submit(preexec_fn=limit_files)
    task = f"{jobs[1]}_1"
    bench.cluster.hurry(task)
    bench.cluster.wait(jobs[-1], 60)
    status = sweep.status()
    require("FAILED" in status and "File too large" in status, status + sweep.logs())
    require(len(re.findall("FAILED ", sweep.logs())) == 2, sweep.logs())
    bench.cluster.wait(sweep.submit()[-1], 60)
    sweep.compare()


def limit_files():
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))


def check_two(bench):
    """Two sweeps in one folder: each run once, and the same bits; also with one killed"""
    sweep = Sweep(bench, "two", LOSSES[:4], iterations=300).make_plain()
    command = ["sweep", sweep.file, "--output", sweep.output, "--threads", "1", "--checkpoint-every", "0"]
    for killed in (False, True):
        shutil.rmtree(sweep.output, ignore_errors=True)
        pair = [bench.start(*command) for _ in range(2)]
        if killed:
            bench.until(sweep.checkpoints, "there is no checkpoint")
            pair[0].kill()
        texts = [process.communicate(timeout=120)[0] for process in pair]
        require(pair[1].returncode == 0 and (killed or pair[0].returncode == 0), texts)
        trained = [text.count("\ndone ") - text.count("trained by another") for text in texts]
        require(sum(trained) == 4 or killed, f"trained {trained} runs: {texts}")
        bench.must("report", sweep.output)
        sweep.compare()
    return f"{trained[0]} and {trained[1]} runs, the first one killed"


def check_stale(bench):
    """The claim of a process of another machine: left alone while it lives, taken over when it is silent"""
    sweep = Sweep(bench, "stale", iterations=50).make_plain()
    run = next((sweep.plain / "runs").iterdir()).name
    claim = sweep.output / ".claims" / f"{run}.7.json"
    claim.parent.mkdir(parents=True)
    owner = {"host": "elsewhere", "process": 1, "node": "0123456789ab", "start": 1}
    claim.write_text(json.dumps({"owner": owner, "token": "t", "since": 0, "code": "c"}))
    bench.must("sweep", sweep.file, "--output", sweep.output, "--prepare")
    require("running   " in sweep.status() and "process 1 on elsewhere" in sweep.status(), sweep.status())
    text = bench.must("sweep", sweep.file, "--output", sweep.output, "--slurm")
    require("no run to submit; 1 run queued or running already" in text, text)
    os.utime(claim, (time.time() - 400,) * 2)
    require("deserted" in sweep.status(), sweep.status())
    bench.cluster.wait(sweep.submit()[-1], 60)
    sweep.compare()


def check_refused(bench):
    """What cannot be submitted: a line each, and nothing queued"""
    sweep = Sweep(bench, "refused")
    words = ["sweep", sweep.file, "--output", sweep.output]
    cases = [
        (["--slurm", "--partition", "nowhere"], "invalid partition"),
        (["--slurm", "--partition", "short", "--time", "10"], "time limit"),
        (["--slurm", "--mem", "100T"], "emory"),
        (["--slurm", "--sbatch", "qos"], "KEY=VALUE"),
        (["--partition", "test"], "need --slurm"),
        (["--slurm-task", sweep.output / "list"], "SLURM_ARRAY_TASK_ID"),
    ]
    for options, expected in cases:
        result = bench.call(*words, *options)
        lines = result.stderr.strip().splitlines()
        require(result.returncode in (1, 64) and len(lines) == 1 and expected in lines[0], f"{options}: {result}")
    environment = bench.cluster.environment | {"PATH": str(bench.folder / "empty")}
    result = subprocess.run([bench.program, *map(str, words), "--slurm"], env=environment, cwd=bench.folder,
                            capture_output=True, text=True)
    require(result.returncode == 1 and "sbatch is not on the path" in result.stderr, result)
    environment = bench.cluster.environment | {"SLURM_ARRAY_TASK_ID": "1"}
    result = subprocess.run([bench.program, *map(str, words), "--slurm-task", "gone/train-1.txt"], env=environment,
                            cwd=bench.folder, capture_output=True, text=True)
    require(result.returncode == 1 and "cannot be seen on" in result.stderr, result)
    require(not bench.cluster.output("squeue", "--noheader").strip(), "something is queued")
    return f"{len(cases) + 2} cases"


def check_kills(bench):
    """kill -9 at random moments in an array of 8 runs: the same tables"""
    sweep = Sweep(bench, "kills", LOSSES).make_plain()
    jobs = sweep.submit("--checkpoint-every", "0.2")
    rng, done = random.Random(bench.seed), 0
    tasks = [f"{jobs[1]}_{number}" for number in range(1, 9)]
    while done < bench.kills and bench.cluster.output("squeue", "--noheader"):
        time.sleep(rng.uniform(0.2, 2))
        running = [number for task in tasks for number in bench.work(task)]
        if running:
            processes.kill([rng.choice(running)])
            done += 1
    bench.cluster.wait(jobs[-1], 240)
    sweep.compare()
    require(done == bench.kills, f"only {done} of {bench.kills} kills before the end")
    return f"{done} kills"


# One run on several ranks, by a build with MPI


def check_ranks(bench):
    """Runs on 2 and 4 ranks are those on one, up to rounding; the same ranks give the same bits"""
    losses = [LOSSES[index] for index in (0, 4, 6, 7)]
    sweep = Sweep(bench.together, "ranks", losses, iterations=4)
    sweep.make_plain("--ranks", "2").bench.must(*sweep.words("--ranks", "2"))
    sweep.compare()
    folders = {count: bench.folder / f"ranks-{count}" for count in (1, 4)}
    for count, folder in folders.items():
        bench.together.must(*sweep.words("--ranks", count, output=folder))
    two, four = (difference(folders[1], folder) for folder in (sweep.plain, folders[4]))
    for count, found in ((2, two), (4, four)):
        require(is_rounding(found), f"{count} ranks differ from one: {found}")
    # What this would look like if ranks did not have each other's images.
    half = Sweep(bench.together, "ranks-half", losses, iterations=4, batch=2).make_plain()
    other = difference(folders[1], half.plain)
    require(not is_rounding(other), f"half of a batch does not differ either: {other}")
    return f"losses of 2 steps differ by {two[2]:.0e} and {four[2]:.0e} at most; of half a batch by {other[2]:.0e}"


def difference(folder, other):
    """The largest relative difference of losses in the first 2 and 4 steps, and the largest share of a
    run's pixels that are predicted differently."""
    one, two = (
        {path.parent.name.rsplit("-", 1)[0]: stored(path) for path in place.glob("runs/*/arrays.npz")}
        for place in (folder, other))
    require(one and one.keys() == two.keys(), f"{folder} and {other} have other runs")
    found = {steps: max(abs(a - b) / abs(a) for name in one for a, b in zip(one[name][0][:steps], two[name][0]))
             for steps in CLOSE}
    found["pixels"] = max(
        sum(abs(a - b) for a, b in zip(one[name][1], two[name][1])) / 2 / sum(one[name][1]) for name in one)
    return found


def is_rounding(found):
    # With half of a batch it is a third of all pixels.
    return all(found[steps] < bound for steps, bound in CLOSE.items()) and found["pixels"] < 0.05


def stored(path):
    """The loss of each step and the confusion matrices, as one list, of a run."""
    with zipfile.ZipFile(path) as members:
        history = [json.loads(line)["loss"] for line in members.read("history.jsonl").splitlines()]
        matrices = members.read("confusions.npy")
    # 32-bit integers after a line that describes them.
    return history, array.array("i", matrices[matrices.index(b"\n") + 1:])


def check_rank_killed(bench):
    """A rank killed in the middle: one line, nothing lost, and the same bits afterwards"""
    sweep = Sweep(bench.together, "rank-killed", iterations=800).make_plain("--ranks", "2")
    words = sweep.words("--ranks", "2", "--checkpoint-every", "0")
    process = sweep.bench.start(*words, stderr=subprocess.PIPE)
    bench.until(sweep.checkpoints, "there is no checkpoint")
    require(len(sweep.bench.rank(1)) == 1, "rank 1 is not there")
    processes.kill(sweep.bench.rank(1))
    started = time.monotonic()
    _, text = process.communicate(timeout=20)
    seconds = time.monotonic() - started
    # Rank 0 may have been reading the memory of the one that was killed, of which Open MPI complains.
    lines = [line for line in text.splitlines() if not re.match(r"\[.*\] Read -1, expected", line)]
    require(process.returncode == 1 and len(lines) == 1 and "was killed by signal 9" in lines[0], text)
    require(not sweep.bench.rank(0), "rank 0 goes on")
    require(sweep.checkpoints(), "the checkpoint is lost")
    alone = bench.folder / "rank-killed-alone"
    shutil.copytree(sweep.output, alone)
    sweep.bench.must(*words)
    sweep.compare()
    text = sweep.bench.must(*sweep.words("--ranks", "1", output=alone))
    require("1 run trained" in text, text)
    return f"over {seconds:.1f} s after the kill"


def check_rank_interrupted(bench):
    """Ctrl-C, SIGTERM and SIGHUP save a checkpoint on several ranks as on one, and the bits stay the same"""
    sweep = Sweep(bench.together, "rank-interrupted").make_plain("--ranks", "2")
    words = sweep.words("--ranks", "2", "--checkpoint-every", "100000")
    seconds = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for path in sweep.checkpoints():
            # Saved again by this turn, not left by the last one.
            os.utime(path, (0, 0))
        process = begun(sweep, words)
        started = time.monotonic()
        process.send_signal(number)
        _, text = process.communicate(timeout=20)
        seconds.append(time.monotonic() - started)
        require(process.returncode == 130, f"{number.name}: status {process.returncode}: {text}")
        require(text == "interrupted; rerun the same command to resume\n", f"{number.name}: {text}")
        require(any(path.stat().st_mtime for path in sweep.checkpoints()), f"{number.name}: no checkpoint was saved")
        require(not (sweep.output / ".claims").exists(), f"{number.name}: claims are left")
    process = begun(sweep, words)
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    process.communicate(timeout=20)
    require(process.returncode == 130 and not sweep.bench.rank(0), f"Ctrl-C thrice: status {process.returncode}")
    sweep.bench.must(*words)
    sweep.compare()
    return f"over {max(seconds):.1f} s afterwards at most"


def begun(sweep, words):
    """A sweep that trains."""
    process = sweep.bench.start(*words, stderr=subprocess.PIPE)
    claims = sweep.output / ".claims"
    sweep.bench.until(lambda: list(claims.glob("[!@]*.json")), "the run has not begun")
    # It is claimed a moment before its first step.
    time.sleep(0.5)
    return process


def check_ranks_slurm(bench):
    """Ranks by srun: the signal before the time limit and a killed rank, and the bits of mpirun's ranks"""
    sweep = Sweep(bench.together, "ranks-slurm", iterations=8000).make_plain("--ranks", "2")
    # Between checkpoints by the clock, of which there are none.
    jobs = sweep.submit("--ranks", "2", "--checkpoint-every", "100000")
    task = f"{jobs[1]}_1"
    bench.until(lambda: len(sweep.bench.work(task)) == 2 and "step" in sweep.status(), "the run has not begun")
    bench.cluster.output("scancel", "--batch", "--signal=USR1", task)
    bench.cluster.hurry(task)
    require(sweep.checkpoints(), f"no checkpoint was saved: {sweep.logs()}")
    bench.until(lambda: len(sweep.bench.work(task)) == 2 and "step" in sweep.status(), "the run does not go on")
    processes.kill(sweep.bench.rank(1))
    bench.cluster.hurry(task)
    bench.cluster.wait(jobs[-1], 90)
    sweep.compare()


def check_ranks_refused(bench):
    """What ranks cannot do: a line each, and nothing is left"""
    sweep = Sweep(bench.together, "ranks-refused")
    claim = bench.folder / "ranks-other/.claims/@sweep-7.1.json"
    claim.parent.mkdir(parents=True)
    owner = {"host": "elsewhere", "process": 1, "node": "0123456789ab", "start": 1}
    claim.write_text(json.dumps({"owner": owner, "token": "t", "since": 0, "code": "c"}))
    place = bench.cluster.environment
    cases = [
        (sweep.bench, ["--ranks", "3"], place, "a batch of 4 images cannot be shared equally by 3 ranks"),
        (sweep.bench, ["--ranks", "2", "--output", claim.parents[1]], place, "process 1 on elsewhere"),
        (sweep.bench, ["--ranks", "2"], place | {"PATH": str(bench.folder / "empty")}, "install Open MPI"),
    ]
    if bench.program != sweep.bench.program:
        cases += [(bench, ["--ranks", "2", *more], place, "built without MPI") for more in ([], ["--slurm"])]
    for caller, options, environment, expected in cases:
        words = [word for word in sweep.words() if word != "--report"]
        if "--output" in options:
            words[2:4] = []
        result = subprocess.run([caller.program, *map(str, words + options)], env=environment, cwd=bench.folder,
                                capture_output=True, text=True, timeout=30)
        lines = result.stderr.strip().splitlines()
        require(result.returncode == 1 and len(lines) == 1 and expected in lines[0], f"{options}: {result}")
        require(not (sweep.output / "runs").exists(), f"{options}: a run was begun")
    require(claim.exists(), "the other sweep's claim is gone")
    left = "" if len(cases) == 5 else "; the program given has MPI, so none is without it"
    return f"{len(cases)} cases{left}"


CHECKS = {name.removeprefix("check_").replace("_", "-"): function for name, function in list(globals().items())
          if name.startswith("check_")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--mpi", help="a build with MPI, for the checks of ranks")
    parser.add_argument("--only", default=",".join(CHECKS))
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="keeps the files there")
    options = parser.parse_args()
    place = options.folder or tempfile.mkdtemp(prefix="rb-cluster-")
    words, started = [], time.monotonic()
    try:
        with Cluster(pathlib.Path(place) / "c") as cluster:
            bench = Bench(options.program, pathlib.Path(place).resolve(), cluster, options.mpi)
            bench.kills, bench.seed = options.kills, options.seed
            for name in options.only.split(","):
                words.append(run(name, bench))
    except ClusterError as error:
        raise SystemExit(f"error: {error}")
    finally:
        if not options.folder:
            shutil.rmtree(place, ignore_errors=True)
    holding, failing, skipped = (words.count(word) for word in ("holds", "FAILS", "skipped"))
    print(f"{holding} checks hold, {failing} fail, {f'{skipped} skipped, ' if skipped else ''}"
          f"{time.monotonic() - started:.0f} s", flush=True)
    return 1 if failing else 0


def run(name, bench):
    started = time.monotonic()
    try:
        found = CHECKS[name](bench)
        word, text = "holds", found or ""
    except Skipped as reason:
        word, text = "skipped", str(reason)
    except (Failure, ClusterError, subprocess.TimeoutExpired) as error:
        word, text = "FAILS", str(error)
    title = CHECKS[name].__doc__
    print(f"{word:7}  {name:16}  {time.monotonic() - started:5.1f} s  {title}{': ' if text else ''}{text}", flush=True)
    return word


if __name__ == "__main__":
    sys.exit(main())
