"""The two sides of the comparison as processes that answer requests; see `serve --help`."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

# What keeps PyTorch, oneDNN and MKL from using AVX-512.
AVX2_ONLY = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2",
             "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
# And our OpenBLAS.
HASWELL = {"OPENBLAS_CORETYPE": "Haswell"}


class Failure(Exception):
    """A request that was answered by an error, or not at all."""


class Process:
    def __init__(self, command: list[str], limit: int | None = None, environment: dict | None = None):
        """`limit`: bytes of address space; `environment`: variables beside the present ones."""

        def restrict():
            if limit:
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, bufsize=1, preexec_fn=restrict, env=os.environ | (environment or {}))

    def send(self, request: str) -> None:
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Failure(f"'{request}': the process is gone") from error

    def receive(self, request: str) -> str:
        """The answer to the request that was sent, without the `ok`."""
        word, _, rest = self.process.stdout.readline().strip().partition(" ")
        if not word:
            self.process.wait()
            raise Failure(f"'{request}': the process ended ({self.process.returncode})")
        if word != "ok":
            raise Failure(f"'{request}': {rest}")
        return rest

    def ask(self, request: str) -> list[float]:
        """The numbers of the answer."""
        self.send(request)
        return [float(word) for word in self.receive(request).split()]

    def describe(self, request: str) -> dict:
        """The JSON of the answer."""
        self.send(request)
        return json.loads(self.receive(request))

    def close(self) -> None:
        try:
            self.process.stdin.close()
        except OSError:
            pass
        self.process.wait()


class Ours(Process):
    def __init__(self, executable: str, limit: int | None = None, avx2: bool = False):
        super().__init__([executable, "serve"], limit, HASWELL if avx2 else {})


class Peer(Process):
    def __init__(self, variant: str, avx2: bool = False):
        worker = Path(__file__).resolve().parent / "peer_worker.py"
        super().__init__([sys.executable, str(worker), variant], environment=AVX2_ONLY if avx2 else {})


def steps_per_second(workers: list[Process], seconds: float) -> float:
    """Of all together: each is told to train at the same moment."""
    request = f"steps {seconds}"
    for worker in workers:
        worker.send(request)
    answers = [list(map(float, worker.receive(request).split())) for worker in workers]
    return sum(count / elapsed for count, elapsed, *_ in answers)


class Load:
    """A process for each core that may be used, which does nothing but keep it busy, until the end of the `with`."""

    # It ends with this process, too.
    SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"

    def __enter__(self):
        command = [sys.executable, "-c", self.SPIN]
        self.processes = [subprocess.Popen(command) for _ in os.sched_getaffinity(0)]
        return self

    def __exit__(self, *_) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
