"""Records the file operations of a command with strace, and makes one of them fail or be the last."""

import dataclasses
import os
import re
import signal
import subprocess
import time

# What a system call does, by its name.
CALLS = {
    "openat": "open", "open": "open", "creat": "open",
    "read": "read", "pread64": "read", "getdents64": "list",
    "write": "write", "pwrite64": "write", "writev": "write",
    "fsync": "fsync", "fdatasync": "fsync",
    "rename": "rename", "renameat": "rename", "renameat2": "rename",
    "unlink": "unlink", "unlinkat": "unlink", "rmdir": "unlink",
    "truncate": "truncate", "ftruncate": "truncate",
    "mkdir": "mkdir", "mkdirat": "mkdir",
    "link": "link", "linkat": "link", "symlink": "link", "symlinkat": "link",
    "flock": "lock", "close": "close",
}
KILLS = ["killed before", "killed after"]
FULL = ["ENOSPC", "EDQUOT", "EIO"]
# What is tried on each kind of operation.
FAULTS = {
    "open to write": KILLS + ["EMFILE", *FULL],
    "write": KILLS + FULL,
    "fsync": KILLS + FULL,
    "rename": KILLS + FULL,
    "unlink": KILLS + ["EIO", "EROFS"],
    "truncate": KILLS + ["EIO", "ENOSPC"],
    "mkdir": KILLS + FULL,
    "link": KILLS + FULL,
    "close": KILLS + FULL,
    "lock": KILLS + ["ENOLCK", "EIO"],
    "open to read": ["killed before", "EMFILE", "EIO"],
    "read": ["killed before", "EIO"],
    "list": ["EIO"],
}
LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")
TEMPORARY = re.compile(r"\.partial-\d+-")


@dataclasses.dataclass(frozen=True)
class Operation:
    """One file operation of a command. It is found again by its path, in which {root} is the folder and
    {pid} the process, and by how many of its kind and path its thread has done until then."""

    kind: str
    call: str
    path: str
    # As the process names it, which may be relative to a folder of its own.
    name: str
    ordinal: int


class Traced:
    """A command that does nothing until strace watches it, so that its process is known before."""

    def __init__(self, arguments, folder, environment, streams):
        self.out, self.errors = (open(f"{streams}.{name}", "w+") for name in ("out", "err"))
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", 'read _; exec "$@"', "sh", *arguments], cwd=folder, env=environment,
            stdin=subprocess.PIPE, stdout=self.out, stderr=self.errors, start_new_session=True)
        self.pid = self.process.pid
        self.log = f"{streams}.strace"
        self.strace = None

    def watch(self, options, folder):
        self.strace = subprocess.Popen(
            ["strace", "-f", "-y", "-qq", "-o", self.log, "-p", str(self.pid), *options], cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while not self.is_watched():
            if self.strace.poll() is not None:
                self.end()
                raise SystemExit(f"error: strace cannot watch a process: {self.strace.stderr.read().strip()}")
            time.sleep(0.002)

    def is_watched(self):
        with open(f"/proc/{self.pid}/status") as status:
            return "TracerPid:\t0\n" not in status.read()

    def run(self, limit, after=None):
        """Lets it go. With `after`, kills the process whose call the log shows as delayed.
        Returns its exit status, negative for a signal, or None if it ran over the limit."""
        self.process.stdin.write(b"\n")
        self.process.stdin.close()
        end = time.monotonic() + limit
        while self.process.poll() is None and time.monotonic() < end:
            if after and (delayed := self.delayed()):
                kill(delayed)
                # It would hold the killed process until the delay is over.
                self.strace.kill()
                after = None
            time.sleep(0.01)
        status = self.process.poll()
        self.end()
        return status

    def delayed(self):
        """The process that waits at the end of the chosen call."""
        if not os.path.exists(self.log):
            return None
        with open(self.log, errors="replace") as log:
            found = [line for line in log if line.endswith("(DELAYED)\n")]
        return int(found[0].split()[0]) if found else None

    def end(self):
        """Ends what is left of the command, such as a drawing program whose parent was killed."""
        kill(-self.pid)
        self.process.wait()
        if self.strace:
            self.strace.wait()

    def text(self):
        parts = []
        for stream in (self.out, self.errors):
            stream.seek(0)
            parts.append(stream.read())
            stream.close()
        return parts


def kill(process):
    """A process, or a group of them if negative; it may be gone by now."""
    try:
        os.killpg(-process, signal.SIGKILL) if process < 0 else os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def record(traced, folder, limit=300):
    """Runs the command under strace. Returns its exit status and its file operations below the folder."""
    traced.watch(["-e", "trace=" + ",".join(CALLS)], folder)
    status = traced.run(limit)
    with open(traced.log, errors="replace") as log:
        return status, operations(log, folder)


def operations(log, folder):
    counts, written, found = {}, set(), []
    for line in log:
        match = LINE.match(line)
        if not match or match[2] not in CALLS:
            continue
        thread, call, rest = match.groups()
        path, name = place(call, rest, folder)
        if not path.startswith(folder + "/"):
            continue
        # The number is also that of calls that fail here, as strace counts them.
        path = TEMPORARY.sub(".partial-{pid}-", path.replace(folder, "{root}", 1))
        key = (thread, call, path)
        counts[key] = counts.get(key, 0) + 1
        kind = kind_of(call, rest)
        if kind == "open to write":
            written.add(path)
        if " = -1 " in rest or kind == "close" and path not in written:
            continue
        name = TEMPORARY.sub(".partial-{pid}-", name.replace(folder, "{root}", 1))
        found.append(Operation(kind, call, path, name, counts[key]))
    return found


def kind_of(call, rest):
    kind = CALLS[call]
    if kind == "open":
        return "open to write" if re.search(r"O_WRONLY|O_RDWR", rest) else "open to read"
    return kind


def place(call, rest, folder):
    """The path that a call is about, whole and as the call has it."""
    descriptor = re.match(r"(?:AT_FDCWD|\d+)<([^>]*)>", rest)
    text = re.search(r'"((?:[^"\\]|\\.)*)"', rest)
    is_named = CALLS[call] in ("open", "rename", "unlink", "mkdir", "link") or call == "truncate"
    if not is_named or not text:
        return (descriptor[1],) * 2 if descriptor else ("", "")
    if call.startswith("symlink"):
        # The link, and not what it leads to.
        text = re.search(r'"(?:[^"\\]|\\.)*", (?:[^"]*, )?"((?:[^"\\]|\\.)*)"', rest) or text
    base = descriptor[1] if descriptor else folder
    return os.path.normpath(os.path.join(base, text[1])), text[1]


def strike(traced, operation, fault, folder, limit):
    """Runs the command with one fault. Returns its exit status, and whether the fault happened."""
    options = []
    for name in {operation.path, operation.name}:
        options += ["-P", name.replace("{root}", folder).replace("{pid}", str(traced.pid))]
    effect = {"killed before": "signal=KILL", "killed after": "delay_exit=10000000"}.get(
        fault, f"error={fault}")
    options += ["-e", f"trace={operation.call}",
                "-e", f"inject={operation.call}:{effect}:when={operation.ordinal}"]
    traced.watch(options, folder)
    status = traced.run(limit, after=fault == "killed after")
    with open(traced.log, errors="replace") as log:
        return status, has_struck(log.read(), fault)


def has_struck(log, fault):
    marks = {"killed before": "+++ killed by SIGKILL", "killed after": "(DELAYED)"}
    return marks.get(fault, "(INJECTED)") in log
