"""The machine and the programs of a measurement, and a short name for their kind."""

import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path

# Linux's numbers of CPU models: family, and the models of a generation.
AMD = [(26, range(256), "zen5"), (25, [*range(0x10, 0x20), *range(0x60, 0x80), *range(0xA0, 0xB0)], "zen4"),
       (25, range(256), "zen3"), (23, range(0x30, 256), "zen2"), (23, range(256), "zen")]
INTEL = {0x4F: "broadwell", 0x55: "skylake", 0x6A: "ice-lake", 0x8F: "sapphire-rapids",
         0xCF: "emerald-rapids", 0xAD: "granite-rapids"}
# Other generations of the same model, by stepping.
SKYLAKE = [(10, "cooper-lake"), (5, "cascade-lake")]


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def git_commit(folder: Path) -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    # What is measured is code: results beside it may be new.
    paths = [":/Sources", ":/Package.swift", ":/benchmarks/speed/*.py", ":/benchmarks/speed/swift"]
    changes = git("status", "--porcelain", "--", *paths)
    return (git("rev-parse", "HEAD") or "unknown") + ("-dirty" if changes else "")


def short(commit: str) -> str:
    return commit[:7] + ("-dirty" if commit.endswith("-dirty") else "")


def field(file: str, key: str) -> str:
    """The value of the first line that starts with `key`."""
    try:
        with open(file) as lines:
            return next(x.split(":", 1)[1].strip() for x in lines if x.startswith(key))
    except (OSError, StopIteration):
        return "unknown"


def host(commit: str) -> dict:
    """What was measured, where and when."""
    return {
        "cpu": field("/proc/cpuinfo", "model name"),
        # That may be used: taskset can give fewer than the machine has.
        "cores": len(os.sched_getaffinity(0)),
        "machineCores": os.cpu_count(),
        "memory": field("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": commit,
        "measured": now(),
    }


def cores(machine: dict) -> str:
    """Such as `2 cores`, or `2 of 16 cores` where others were left alone."""
    every = machine.get("machineCores", machine["cores"])
    return f"{machine['cores']}{'' if every == machine['cores'] else f' of {every}'} cores"


def generation(vendor: str, family: str, model: str, stepping: str) -> str | None:
    """Such as `zen4`; None where the numbers are not known."""
    if not (family.isdigit() and model.isdigit()):
        return None
    if vendor == "AuthenticAMD":
        return next((name for f, models, name in AMD if f == int(family) and int(model) in models), None)
    name = INTEL.get(int(model)) if (vendor, family) == ("GenuineIntel", "6") else None
    if name == "skylake" and stepping.isdigit():
        return next((later for least, later in SKYLAKE if int(stepping) >= least), name)
    return name


def kind(cpu: str, identity: str | None, lanes: int, vectors: str | None, capability: str) -> str:
    """Such as `epyc-zen4-avx512`: the CPU, and the vector instructions that our build uses there.

    - identity: the CPU's generation.
    - lanes: floats that our kernels work on at a time; vectors: the widest that the CPU has.
    - capability: PyTorch's, which can be limited.
    """
    families = ("epyc", "xeon", "ryzen", "core", "neoverse")
    family = next((name for name in families if name in cpu.lower()), "cpu")
    wide = vectors == "AVX-512"
    ours = {16: "avx512", 8: "avx2"}.get(lanes, f"lanes{lanes}")
    if wide and lanes < 16:
        # A machine that could do more: with PyTorch as it is there, or limited likewise.
        ours += "-build" if capability == "AVX512" else "-both"
    return "-".join(filter(None, [family, identity, ours]))


def this_kind(environment: dict, capability: str) -> str:
    """- environment: the answer of `recallbench-speed serve` to that request."""
    keys = ("vendor_id", "cpu family", "model\t", "stepping")
    identity = generation(*(field("/proc/cpuinfo", key) for key in keys))
    return kind(environment["cpu"], identity, environment["lanes"], environment.get("vectors"), capability)


def goals_column(lanes: int, capability: str) -> str:
    """AVX-512 only where both sides use it."""
    return "AVX-512" if lanes >= 16 and capability == "AVX512" else "AVX2"


def record(commit: str, environment: dict, torch: dict) -> dict:
    """Everything that machine.json says."""
    ours = ("blas", "blasKernel", "blasKernelReplaced", "compiler", "lanes", "vectors")
    return host(commit) | {key: environment[key] for key in ours if key in environment} | torch | {
        "goals": goals_column(environment["lanes"], torch["capability"])}
