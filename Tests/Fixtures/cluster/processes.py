"""The processes of one cluster, found by an environment variable that all of them inherit.

A job's processes are no children of ours: slurmd lets go of them so that it can be restarted. Names
such as slurmd would also match another cluster on this machine.
"""

import os
import pathlib
import signal
import time


def environment(process):
    """As it was when the process began; empty if the process is gone, or no more than a zombie."""
    try:
        text = pathlib.Path(f"/proc/{process}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return {}
    return dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry)


def name(process):
    try:
        return pathlib.Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def parent(process):
    try:
        # The name before it is in parentheses and may hold anything.
        return int(pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def memory(process):
    """Resident pages."""
    try:
        return int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0


def matching(is_meant):
    """Processes whose environment and name are meant, and all that these started, but not this one or
    those that started it."""
    everything = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    parents = {process: parent(process) for process in everything}
    meant = {process for process in everything if is_meant(environment(process), name(process))}
    # A program may have been started with another environment.
    while more := {process for process in everything if parents[process] in meant} - meant:
        meant |= more
    process = os.getpid()
    while process:
        meant.discard(process)
        process = parents.get(process, 0)
    return meant


def kill(processes):
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass


def end(is_meant, seconds=20):
    """Kills until nothing is left. Returns what is left nevertheless."""
    limit = time.monotonic() + seconds
    while (left := matching(is_meant)) and time.monotonic() < limit:
        kill(left)
        time.sleep(0.02)
    return left
