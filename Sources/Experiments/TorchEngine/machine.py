"""The machine: the device that computes, and what a record says of it."""

import contextlib
import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import torch

OLDEST_TORCH = (2, 4)


@dataclass
class Settings:
    """How a run is trained here; none of it is part of its configuration."""

    # "cpu" or "cuda:0".
    device: str
    # "float32", "tf32" or "bfloat16".
    precision: str
    threads: int
    checkpoint_seconds: float
    # The folders of data sets by name.
    data_folders: dict
    # The digest of this program.
    program: str
    # Runs that share the device.
    jobs: int = 1
    # Processes like this one on the machine.
    neighbors: int = 1


def prepare(settings: Settings) -> None:
    """Sets threads and precision. Without TF32, a GPU's float32 has all 24 bits everywhere."""
    torch.set_num_threads(settings.threads)
    uses_tf32 = settings.precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = uses_tf32
    torch.backends.cudnn.allow_tf32 = uses_tf32
    torch.backends.cudnn.benchmark = True
    if settings.device != "cpu":
        torch.cuda.set_device(settings.device)


def describe(device: str, precision: str, local_rank: int | None = None) -> dict:
    """What `--device` means here: {"devices", "name", "torch"}, or {"problem"} in one line.

    - local_rank: which of torchrun's processes on this machine this is; None for one alone."""
    version = torch.__version__
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_TORCH:
        oldest = ".".join(map(str, OLDEST_TORCH))
        return {"problem": f"PyTorch {version} is too old; install {oldest} or later"}
    kind, _, index = device.partition(":")
    if kind not in ("auto", "cuda", "cpu") or (index and not (kind == "cuda" and index.isdigit())):
        return {"problem": f"--device {device}: write cuda, cuda:0, cpu or auto"}
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "cpu"
    if kind == "cuda":
        return _gpus(int(index) if index else None, local_rank)
    if precision == "tf32":
        return {"problem": "--precision tf32: is only for GPUs; leave it out on the CPU"}
    return {"devices": ["cpu"], "name": f"the CPU ({cpu_name()})", "torch": version}


def _gpus(index: int | None, local_rank: int | None) -> dict:
    version, count = torch.__version__, torch.cuda.device_count()
    if not torch.cuda.is_available() or not count:
        return {"problem": f"--device cuda: PyTorch {version} finds no GPU here; use --device cpu, "
                           "or install a driver and a PyTorch with CUDA"}
    if index is not None and index >= count:
        return {"problem": f"--device cuda:{index}: there are {count} GPUs, counted from 0"}
    if local_rank is not None:
        if int(os.environ.get("LOCAL_WORLD_SIZE", 1)) > count:
            return {"problem": f"torchrun: there are more processes than GPUs, which are {count}"}
        index = local_rank
    indices = range(count) if index is None else [index]
    names = {torch.cuda.get_device_name(i) for i in indices}
    many = f"{len(indices)} x " if len(indices) > 1 else ""
    return {
        "devices": [f"cuda:{i}" for i in indices], "name": many + ", ".join(sorted(names)),
        "torch": version}


def print_description(device: str, precision: str) -> None:
    """Writes what `describe` returns as a line of JSON."""
    print(json.dumps(describe(device, precision)))


def cpu_name() -> str:
    """The CPU's model."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "unknown"


def system_name() -> str:
    """The operating system with its version."""
    with contextlib.suppress(OSError, AttributeError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return platform.platform()


def libraries(device: torch.device) -> str:
    """What computes: `CUDA 13.2, cuDNN 9.1` or the CPU's library."""
    if device.type == "cpu":
        if torch.backends.mkl.is_available():
            return "MKL"
        configuration = torch.__config__.show().lower()
        names = {"accelerate": "Accelerate", "armpl": "ArmPL", "open": "OpenBLAS"}
        return next((name for key, name in names.items() if f"blas_info={key}" in configuration),
                    "OpenBLAS")
    if torch.version.hip:
        return f"ROCm {torch.version.hip}"
    number = torch.backends.cudnn.version() or 0
    major = 10000 if number >= 90000 else 1000
    return f"CUDA {torch.version.cuda}, cuDNN {number // major}.{number % major // 100}"
