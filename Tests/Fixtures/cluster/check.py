"""Proves with small jobs that the cluster does what tests rely on.

    python3 Tests/Fixtures/cluster/check.py [--only array,mpi] [--folder FOLDER]

Prints a line per check with its seconds, and what it measured. Fails if one fails.
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import processes
from cluster import Cluster, ClusterError

CLUSTER = pathlib.Path(__file__).with_name("cluster.py")

# Writes "start SECONDS RESTARTS" and "end SECONDS" to the file of its first argument. It sleeps between
# them, but not when it runs again.
TIMED = """#!/bin/bash
echo "start $(date +%s.%N) ${SLURM_RESTART_COUNT:-0}" >> $1$SLURM_ARRAY_TASK_ID
[ "$SLURM_RESTART_COUNT" ] || sleep ${2:-0}
echo "end $(date +%s.%N)" >> $1$SLURM_ARRAY_TASK_ID
exit ${3:-0}
"""

# Asks to be run again when its work is killed. Its shell must be a small process, so that another one is
# the largest.
REQUEUES = """#!/bin/bash
echo "start $(date +%s.%N) ${SLURM_RESTART_COUNT:-0}" >> $1
[ "$SLURM_RESTART_COUNT" ] && exit 0
python3 -c 'import time; held = bytes(50_000_000); time.sleep(100)' &
wait $!
status=$?
echo "end $(date +%s.%N) $status" >> $1
[ $status -gt 128 ] && scontrol requeue $SLURM_JOB_ID && sleep 100
"""

# bash runs a trap when `wait` returns, not while a program in the foreground runs.
SIGNALED = """#!/bin/bash
echo "start $(date +%s.%N) ${SLURM_RESTART_COUNT:-0}" >> $1
[ "$SLURM_RESTART_COUNT" ] && exit 0
trap 'echo "end $(date +%s.%N)" >> $1; scontrol requeue $SLURM_JOB_ID' USR1
sleep 1000 &
wait
sleep 100
"""

MPI = r"""
#include <mpi.h>
#include <stdio.h>
int main(int count, char **arguments) {
  int rank, size, sum, one = 1;
  MPI_Init(&count, &arguments);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  printf("rank %d of %d counts %d\n", rank, size, sum);
  MPI_Finalize();
}
"""


class Failure(Exception):
    pass


def expect(is_true, text):
    if not is_true:
        raise Failure(text)


class Check:
    """A cluster, and a folder with the scripts of its jobs and what they wrote."""

    def __init__(self, cluster, folder):
        self.cluster, self.folder = cluster, folder
        for name, text in (("timed", TIMED), ("requeues", REQUEUES), ("signaled", SIGNALED), ("mpi.c", MPI)):
            (folder / name).write_text(text)

    def submit(self, script, *arguments, options=()):
        return self.cluster.submit("--open-mode=append", f"--output={self.folder}/%j.log", *options,
                                   str(self.folder / script), *map(str, arguments))

    def lines(self, name, word):
        path = self.folder / name
        lines = path.read_text().splitlines() if path.exists() else []
        return [line.split()[1:] for line in lines if line.startswith(word + " ")]

    def times(self, name, word):
        return [float(line[0]) for line in self.lines(name, word)]

    def until_started(self, name, starts=1):
        self.cluster.until(lambda: len(self.times(name, "start")) >= starts, f"{name} does not start")

    def restarts(self, name):
        return [int(line[1]) for line in self.lines(name, "start")]

    # What is checked

    def array(self):
        """An array of four tasks with one CPU each runs two at once."""
        job = self.submit("timed", self.folder / "array", 2, options=["--array=0-3", "--cpus-per-task=1"])
        began = time.time()
        self.cluster.wait(job, 60)
        spans = [(self.times(f"array{i}", "start")[0], self.times(f"array{i}", "end")[0]) for i in range(4)]
        most = max(sum(first <= start < last for first, last in spans) for start, _ in spans)
        expect(most == 2, f"{most} tasks ran at once")
        return f"2 at once; the first started after {min(spans)[0] - began:.1f} s"

    def killed(self):
        """A job requeues itself after a process of it was killed as for want of memory."""
        job = self.submit("requeues", self.folder / "killed")
        self.until_started("killed")
        self.cluster.until(lambda: len(self.cluster.processes(job)) > 1, "the job has no process")
        self.cluster.kill_largest(job)
        self.cluster.wait(job, 60)
        return self.ran_again(job, "killed")

    def ran_again(self, job, name):
        starts, ends = self.times(name, "start"), self.times(name, "end")
        expect(self.restarts(name) == [0, 1], f"it ran with SLURM_RESTART_COUNT {self.restarts(name)}")
        described = self.cluster.jobs(job)[0]
        expect((described["JobState"], described["Restarts"]) == ("COMPLETED", "1"),
               f"it is {described['JobState']} after {described['Restarts']} restarts")
        return f"runs again after {starts[1] - ends[0]:.1f} s"

    def dependent(self):
        """A job that waits for an array runs last, although a task failed."""
        job = self.submit("timed", self.folder / "before", 1, 3, options=["--array=0-1"])
        after = self.submit("timed", self.folder / "after", options=[f"--dependency=afterany:{job}"])
        self.cluster.wait(job, 60)
        expect(self.cluster.state(f"{job}_0") == "FAILED", f"the task is {self.cluster.state(f'{job}_0')}")
        expect(self.cluster.state(after) == "COMPLETED", "wait left without the dependent job")
        gap = self.times("after", "start")[0] - max(self.times(f"before{i}", "end")[0] for i in range(2))
        expect(gap > 0, "it ran too early")
        return f"{gap:.1f} s after the last task"

    def signaled(self):
        """The signal before the time limit comes, and the job requeues itself."""
        job = self.submit("signaled", self.folder / "signaled",
                          options=["--time=1", "--signal=B:USR1@50"])
        self.until_started("signaled")
        self.cluster.wait(job, 90)
        start, end = self.times("signaled", "start")[0], self.times("signaled", "end")[0]
        return f"the signal after {end - start:.1f} s; {self.ran_again(job, 'signaled')}"

    def asked(self):
        """scancel sends the same signal at once, and the job need not wait: most tests can do so."""
        job = self.submit("signaled", self.folder / "asked", options=["--signal=B:USR1@50"])
        self.until_started("asked")
        began = time.time()
        self.cluster.output("scancel", "--batch", "--signal=USR1", job)
        self.cluster.hurry(job)
        self.cluster.wait(job, 60)
        return f"the signal after {self.times('asked', 'end')[0] - began:.1f} s; {self.ran_again(job, 'asked')}"

    def refused(self):
        """sbatch says why a job cannot run."""
        messages = []
        for options in (["--partition=nowhere"], ["--partition=short", "--time=2"], ["--mem=1T"],
                        ["--ntasks=1", "--cpus-per-task=99"]):
            try:
                self.submit("timed", self.folder / "refused", options=options)
            except ClusterError as error:
                messages.append(str(error).splitlines()[-1].rpartition(": ")[2])
            else:
                raise Failure(f"{' '.join(options)} was accepted")
        return "; ".join(messages)

    def node(self):
        """A node fails, as slurmctld is told at once: its job is requeued."""
        return self.fail("node", 0.5, is_told=True)

    def missed(self):
        """slurmctld misses the node by itself."""
        return self.fail("missed", 0.5, is_told=False, after="down")

    def blink(self):
        """A node is back before slurmctld misses it: its job is requeued, too."""
        return self.fail("blink", 7.5, is_told=False)

    def fail(self, name, seconds, is_told, after=""):
        job = self.submit("timed", self.folder / name, 1000)
        self.until_started(name)
        time.sleep(seconds)
        began = time.time()
        self.cluster.fail_node(is_told)
        self.cluster.until(lambda: self.cluster.node_state().startswith(after), "the node is not missed", 120)
        down = time.time()
        self.cluster.start_node()
        ready = time.time()
        self.until_started(name, starts=2)
        again = self.times(name, "start")[1]
        self.cluster.wait(job, 60)
        expect(self.restarts(name) == [0, 1], f"it ran with SLURM_RESTART_COUNT {self.restarts(name)}")
        expect(self.cluster.state(job) == "COMPLETED", f"it is {self.cluster.state(job)}")
        return (f"down after {down - began:.1f} s, back {ready - down:.1f} s later, "
                f"runs again after {again - began:.1f} s")

    def mpi(self):
        """Ranks join, with srun and mpirun, on as many CPUs and on fewer."""
        program = str(self.folder / "ranks")
        self.cluster.output("mpicc", str(self.folder / "mpi.c"), "-o", program)
        mpirun = ["mpirun", "--allow-run-as-root", "--oversubscribe"]
        (self.folder / "ranks.sh").write_text(
            f"#!/bin/sh\nsrun --mpi=pmix {program}\n{' '.join(mpirun)} -n 2 {program}\n")
        times = []
        for size, command in ((2, ["srun", "--mpi=pmix", "-n", "2"]),
                              (4, ["srun", "--mpi=pmix", "-n", "4", "--overcommit"]),
                              (4, [*mpirun, "-n", "4"])):
            began = time.time()
            self.joined(self.cluster.output(*command, program), size)
            times.append(f"{command[0]} {size} in {time.time() - began:.1f} s")
        job = self.submit("ranks.sh", options=["--ntasks=2"])
        self.cluster.wait(job, 60)
        self.joined((self.folder / f"{job}.log").read_text(), 2, runs=2)
        return ", ".join(times) + ", both in a job"

    def joined(self, text, size, runs=1):
        expected = sorted([f"rank {rank} of {size} counts {size}" for rank in range(size)] * runs)
        expect(sorted(text.splitlines()) == expected, f"{size} ranks say: {text}")

    def ended(self):
        """Nothing is left of another cluster that SIGTERM, Ctrl-C, or an error ends."""
        words = []
        for number in (signal.SIGTERM, signal.SIGINT, 0):
            with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
                words.append(self.end(pathlib.Path(folder).resolve(), number))
        return "; ".join(words)

    def end(self, folder, number):
        command = f"sbatch --wrap 'env -i sleep 1000' && touch {folder}/ready && " + (
            "sleep 1000" if number else "sleep 1; exit 3")
        child = subprocess.Popen([sys.executable, CLUSTER, folder, "sh", "-c", command],
                                 cwd=folder,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.cluster.until((folder / "ready").exists, "another cluster does not start")
        # Until its job runs.
        time.sleep(1.5)
        began = time.time()
        if number:
            child.send_signal(number)
        errors = child.communicate(timeout=60)[1]
        expect(child.returncode in (3, -number, 128 + number), f"status {child.returncode}: {errors}")
        left = processes.matching(lambda variables, _: variables.get("SLURM_CONF") == f"{folder}/slurm.conf")
        expect(not left, f"left running: {sorted(left)}")
        return f"{signal.Signals(number).name if number else 'error'} in {time.time() - began:.1f} s"


CHECKS = ("signaled", "array", "killed", "dependent", "asked", "refused", "node", "blink", "missed", "mpi",
          "ended")


def run(check, name):
    began = time.monotonic()
    try:
        result, text = "ok", getattr(check, name)()
    except (Failure, ClusterError, subprocess.TimeoutExpired, OSError, IndexError) as error:
        result, text = "FAILED", f"{type(error).__name__}: {error}"
    print(f"{name:10} {result:6} {time.monotonic() - began:5.1f} s  {text}", flush=True)
    return result == "ok"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default=",".join(CHECKS), help=f"some of {', '.join(CHECKS)}")
    parser.add_argument("--folder", help="kept afterward (default: a temporary one)")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := [name for name in names if name not in CHECKS]:
        raise SystemExit(f"error: there is no check {unknown[0]}; there are {', '.join(CHECKS)}")
    with tempfile.TemporaryDirectory(prefix="cluster-") as temporary:
        folder = pathlib.Path(options.folder or temporary).resolve()
        (folder / "jobs").mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        try:
            with Cluster(folder / "slurm") as cluster:
                print(f"{'start':10} ok     {time.monotonic() - began:5.1f} s", flush=True)
                check = Check(cluster, folder / "jobs")
                are_good = [run(check, name) for name in names]
                ending = time.monotonic()
        except ClusterError as error:
            raise SystemExit(f"error: {error}")
    print(f"{'stop':10} ok     {time.monotonic() - ending:5.1f} s")
    print(f"{sum(are_good)} of {len(are_good)} in {time.monotonic() - began:.0f} s")
    return 0 if all(are_good) else 1


if __name__ == "__main__":
    sys.exit(main())
