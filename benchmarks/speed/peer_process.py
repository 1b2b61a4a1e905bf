"""The two sides of the comparison as processes that answer requests; see `serve --help`."""

import resource
import subprocess
import sys
from pathlib import Path


class Failure(Exception):
    """A request that was answered by an error, or not at all."""


class Process:
    def __init__(self, command: list[str], limit: int | None = None):
        """`limit`: bytes of address space."""

        def restrict():
            if limit:
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, bufsize=1, preexec_fn=restrict)

    def ask(self, request: str) -> list[float]:
        """The numbers of the answer."""
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Failure(f"'{request}': the process is gone") from error
        answer = self.process.stdout.readline().split()
        if not answer:
            self.process.wait()
            raise Failure(f"'{request}': the process ended ({self.process.returncode})")
        if answer[0] != "ok":
            raise Failure(f"'{request}': {' '.join(answer[1:])}")
        return [float(word) for word in answer[1:]]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class Ours(Process):
    def __init__(self, executable: str, limit: int | None = None):
        super().__init__([executable, "serve"], limit)


class Peer(Process):
    def __init__(self, variant: str):
        worker = Path(__file__).resolve().parent / "peer_worker.py"
        super().__init__([sys.executable, str(worker), variant])
