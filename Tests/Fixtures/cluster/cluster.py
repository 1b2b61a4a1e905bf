"""A Slurm cluster of one node on this machine, for tests.

    with Cluster(folder) as cluster:
        job = cluster.submit("--array=0-3", "script.sh")
        cluster.wait(job, 60)

    python3 cluster.py FOLDER COMMAND ...   runs a command with SLURM_CONF set, then ends the cluster
    python3 cluster.py FOLDER               prints SLURM_CONF, and ends the cluster with its own input

It has ports, a munge key, and files of its own, and touches nothing of another Slurm on the machine. It
needs root, as slurmd does, and neither systemd nor control groups.
"""

import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import processes

TEMPLATE = pathlib.Path(__file__).with_name("slurm.conf")
# Debian's packages by a program of each.
PACKAGES = {"munged": "munge", "slurmctld": "slurm-wlm", "slurmd": "slurm-wlm", "sbatch": "slurm-wlm"}
# Seconds that starting and noticing may take on a busy machine.
PATIENCE = 60
# Names of sockets hold at most 107 bytes, and Slurm adds a job's name to its folder's.
LONGEST = 64
# Daemons, root's or not, find their programs here.
PATH = "/usr/sbin:/sbin:/usr/bin:/bin"


class ClusterError(Exception):
    """What is wrong in one line, then what the cluster says."""


class Cluster:
    def __init__(self, folder, cpus=2, memory=4096, remembered=600):
        """`remembered`: the seconds for which Slurm knows of a job that is done."""
        self.folder = pathlib.Path(folder).resolve()
        self.conf = self.folder / "slurm.conf"
        self.cpus, self.memory, self.remembered = cpus, memory, remembered
        # A test may itself run in a job, whose variables would be taken for this cluster's.
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("SLURM_", "SBATCH_", "SQUEUE_", "PMIX_", "OMPI_", "MUNGE_"))}
        self.environment = kept | {"SLURM_CONF": str(self.conf), "PATH": f"{kept.get('PATH', '')}:{PATH}"}
        self.daemons, self.handlers = {}, {}

    # Start and end

    def __enter__(self):
        check(self.folder)
        self.catch()
        try:
            self.prepare()
            # A folder that others may write to is a warning then, and not an error.
            self.start("munged", "--foreground", "--force", "--num-threads=1",
                       *(f"--{option}={self.folder}/{name}" for option, name in (
                           ("key-file", "munge.key"), ("socket", "munge.socket"),
                           ("pid-file", "munge.pid"), ("seed-file", "munge.seed"))))
            self.until(lambda: answers(self.folder / "munge.socket"), "munged does not answer")
            self.start("slurmctld", "-D", "-f", str(self.conf))
            self.start_node()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def prepare(self):
        # Jobs of a cluster that was killed with this process.
        processes.end(self.is_ours)
        for name in ("state", "spool"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir(parents=True)
        key = self.folder / "munge.key"
        key.unlink(missing_ok=True)
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(os.urandom(128))
        controller_port, node_port = free_ports(2)
        self.conf.write_text(TEMPLATE.read_text().format(
            folder=self.folder, controller_port=controller_port, node_port=node_port,
            cpus=self.cpus, memory=self.memory, memory_per_cpu=self.memory // self.cpus,
            remembered=self.remembered))

    def start(self, program, *arguments):
        """A daemon in the foreground. setpriv ends it if this process is killed and cannot."""
        # slurmctld and slurmd have logs with times, which lack what is said before slurm.conf is read.
        with open(self.folder / f"{program}.out", "a") as out:
            self.daemons[program] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", program, *arguments], env=self.environment,
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                # Ctrl-C is for this process, which then ends the daemons.
                start_new_session=True)

    def start_node(self):
        self.start("slurmd", "-D", "-N", "localhost", "-f", str(self.conf))
        self.until(lambda: self.node_state() in ("idle", "mixed", "allocated"), "the node is not ready")

    def stop(self):
        """Ends the daemons, all jobs, and every program that `environment` was given to."""
        for number in self.handlers:
            # Not now: something would be left running.
            signal.signal(number, signal.SIG_IGN)
        left = processes.end(self.is_ours)
        for daemon in self.daemons.values():
            daemon.poll()
        for number, handler in self.handlers.items():
            signal.signal(number, handler)
        if left:
            raise ClusterError(f"processes of {self.folder} cannot be ended: {sorted(left)}")

    def catch(self):
        """Makes an exception of what would end this process without a word."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            self.handlers[number] = signal.signal(number, lambda number, _: sys.exit(128 + number))
        self.handlers[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)

    # Commands and jobs

    def run(self, command, **options):
        """Of Slurm, or one that calls Slurm's. Its status is not checked."""
        options = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL} | options
        return subprocess.run(command, env=self.environment, **options)

    def output(self, *command):
        result = self.run(command)
        if result.returncode != 0:
            raise ClusterError(f"{' '.join(command)}: {result.stderr.strip()}")
        return result.stdout

    def submit(self, *arguments, **options):
        """sbatch's arguments; returns the number of the job."""
        result = self.run(["sbatch", "--parsable", *arguments], **options)
        if result.returncode != 0:
            raise ClusterError(result.stderr.strip())
        return result.stdout.strip()

    def jobs(self, job):
        """What Slurm says of a job, or of each task of an array."""
        lines = self.output("scontrol", "show", "job", "--oneliner", str(job)).splitlines()
        return [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in lines]

    def state(self, job):
        """Such as COMPLETED, of a job or a task like 7_1."""
        return self.jobs(job)[0]["JobState"]

    def wait(self, job, seconds):
        """Until a job has left the queue, with its tasks and those that depend on it."""
        meant = {str(job)}

        def is_done():
            lines = self.output("squeue", "--noheader", "--format=%F|%A|%E").splitlines()
            queue = [line.split("|") for line in lines]
            # Dependencies are listed only until they are fulfilled, so they are collected on the way.
            for array, own, needs in queue:
                if meant.intersection(re.findall(r"\d+", needs)):
                    meant.update((array, own))
            return not any(meant.intersection((array, own)) for array, own, _ in queue)

        self.until(is_done, f"job {job} is not done", seconds)

    def hurry(self, job):
        """Lets a job that was requeued start in three seconds and not in six."""
        self.until(lambda: self.jobs(job)[0]["Reason"] == "BeginTime", f"job {job} is not requeued")
        # slurmd counts in seconds and takes a job that starts again at once for the one that it has ended.
        time.sleep(2)
        self.output("scontrol", "update", f"JobId={job}", "StartTime=now")

    def until(self, is_true, complaint, seconds=PATIENCE):
        limit = time.monotonic() + seconds
        while not is_true():
            for name, daemon in self.daemons.items():
                if daemon.poll() is not None:
                    raise ClusterError(f"{name} ended with status {daemon.returncode}\n{self.report()}")
            if time.monotonic() > limit:
                raise ClusterError(f"{complaint} after {seconds} s\n{self.report()}")
            time.sleep(0.1)

    # Failures

    def node_state(self):
        """Such as idle, mixed, down; idle* if it does not answer. Empty while slurmctld does not, either."""
        return self.run(["sinfo", "--noheader", "--partition=test", "--format=%T"]).stdout.strip()

    def fail_node(self, is_told=True):
        """As a power cut: the node's daemon and all its jobs are gone. slurmctld is told at once, and
        requeues the jobs, or else has to miss it. `start_node` turns it on again."""
        daemon = self.daemons.pop("slurmd")
        daemon.kill()
        daemon.wait()
        left = processes.end(self.is_on_node)
        if left:
            raise ClusterError(f"processes of jobs cannot be ended: {sorted(left)}")
        if is_told:
            self.output("scontrol", "update", "NodeName=localhost", "State=DOWN", "Reason=test")

    def is_ours(self, variables, _):
        return variables.get("SLURM_CONF") == str(self.conf)

    def is_on_node(self, variables, name):
        return self.is_ours(variables, name) and (name == "slurmstepd" or "SLURM_JOB_ID" in variables)

    def processes(self, job):
        """Those of a job, or of a task like 7_1, without Slurm's own."""

        def is_meant(variables, name):
            array, task = (variables.get(f"SLURM_ARRAY_{part}_ID") for part in ("JOB", "TASK"))
            return self.is_on_node(variables, name) and name != "slurmstepd" and (
                str(job) in (variables.get("SLURM_JOB_ID"), f"{array}_{task}"))

        return processes.matching(is_meant)

    def kill_largest(self, job):
        """As the kernel does when memory is short: kills the process that has most of it."""
        largest = max(self.processes(job), key=processes.memory, default=None)
        if largest is None:
            raise ClusterError(f"job {job} has no processes\n{self.report()}")
        processes.kill([largest])
        return largest

    # Reports

    def report(self):
        parts = [f"$ {command}\n{self.run(command.split()).stdout}" for command in (
            "squeue --all --long", "sinfo --long", "scontrol show job")]
        for program in self.daemons:
            log = next(path for path in (self.folder / f"{program}.{kind}" for kind in ("log", "out"))
                       if path.exists())
            parts.append("\n".join([f"{log}:", *log.read_text(errors="replace").splitlines()[-30:]]))
        return "\n".join(parts)


def check(folder):
    """Whether a cluster can be started here at all."""
    if os.geteuid() != 0:
        raise ClusterError("a Slurm cluster for tests needs root, since slurmd does")
    missing = {package for program, package in PACKAGES.items()
               if not shutil.which(program, path=f"{os.environ.get('PATH', '')}:{PATH}")}
    if missing:
        raise ClusterError(f"missing (Debian's package names): {' '.join(sorted(missing))}; "
                           f"install them with: .ci/install {' '.join(sorted(missing))}")
    if not re.fullmatch(r"[\w./+-]+", str(folder)) or len(str(folder)) > LONGEST:
        raise ClusterError(f"{folder}: Slurm needs a path of at most {LONGEST} letters, digits, and ./+-_")


def answers(path):
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def free_ports(count):
    """Below those that the system gives to outgoing connections, so that they stay free. At random, so
    that clusters that start at once have others."""
    ports = []
    while len(ports) < count:
        port = random.randrange(15000, 32000)
        with socket.socket() as server:
            try:
                server.bind(("", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def main(arguments):
    if not arguments or arguments[0].startswith("-"):
        raise SystemExit(__doc__)
    try:
        with Cluster(arguments[0]) as cluster:
            if arguments[1:]:
                return cluster.run(arguments[1:], capture_output=False, stdin=None).returncode
            print(cluster.conf, flush=True)
            sys.stdin.read()
    except ClusterError as error:
        raise SystemExit(f"error: {error}")
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
