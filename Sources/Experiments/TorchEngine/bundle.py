"""A bundle's folder: what it holds, which of its runs are done, and who trains one."""

import contextlib
import fcntl
import hashlib
import json
import os
from pathlib import Path

VERSION = 1
FOLDER = Path(__file__).resolve().parent
# Written last, in a finished run's folder.
SUMS = "SHA256SUMS"
RESULTS = ("arrays.npz", "record.json", "weights.safetensors")
CHECKPOINT, LOCK, LOG = "checkpoint.pt", "lock", "log.txt"


class UserError(Exception):
    """What the user can do something about, said in one line."""


class Stopped(Exception):
    """A run was asked to stop, and has saved a checkpoint."""


def sha256(path: Path) -> str:
    """Raises `UserError` if the file cannot be read."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    return digest.hexdigest()


def read_bundle(folder: Path) -> dict:
    """bundle.json, after the version and every file that it names were checked.

    Raises `UserError`."""
    path = folder / "bundle.json"
    try:
        bundle = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UserError(f"{path}: is missing; run.py belongs into a folder that "
                        "'recallbench bundle' has written") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read ({error}); copy the bundle again") from None
    version = bundle.get("version") if isinstance(bundle, dict) else None
    if version != VERSION:
        raise UserError(f"{path}: has version {version}, but this run.py reads version {VERSION}; "
                        "make the bundle again, and copy all of it")
    if not all(bundle.get(key) for key in ("sweep", "sources", "files", "runs")):
        raise UserError(f"{path}: is damaged; copy the bundle again")
    for name, digest in sorted({**bundle["sources"], **bundle["files"]}.items()):
        if sha256(folder / name) != digest:
            raise UserError(f"{folder / name}: is not what the bundle was made with; copy the "
                            "bundle again")
    return bundle


def check_sources(bundle: dict) -> None:
    """Raises `UserError` if a file of the program is not the bundle's any more: each run imports
    them again."""
    for name, digest in bundle["sources"].items():
        if sha256(FOLDER / name) != digest:
            raise UserError(f"{FOLDER / name}: was changed while runs are trained; put the file "
                            "of the bundle back, and start again")


def engine_digest(bundle: dict) -> str:
    """What a run records of the program that trained it."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(bundle["sources"].items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def label(run: dict) -> str:
    """Such as `synthia resnet18 recall s1`."""
    c = run["configuration"]
    parts = [c["data"]["name"], c.get("architecture"), c["backbone"], c["loss"], f"s{c['seed']}"]
    return visible(" ".join(part for part in parts if part))


def visible(text: str) -> str:
    """Names of losses and files come from outside."""
    return "".join(c if c.isprintable() else "?" for c in text)


def run_folder(run: dict) -> Path:
    """Where a run's results are."""
    return FOLDER / "runs" / run["name"]


def is_finished(folder: Path) -> bool:
    """Whether a run's results are there and are what was stored."""
    try:
        lines = (folder / SUMS).read_text().splitlines()
        sums = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in lines}
        return set(RESULTS) <= set(sums) and all(
            sha256(folder / name) == digest for name, digest in sums.items())
    except (OSError, IndexError, ValueError, UserError):
        return False


# MARK: Locks


def lock(run: dict):
    """Takes the lock of a run's folder until the file is closed or this process ends.

    Returns None if another process has it. Raises `UserError` if it cannot be made."""
    folder = run_folder(run)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / LOCK, "a+")
    except OSError as error:
        raise UserError(f"{folder}: cannot be written ({error.strerror})") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except OSError as error:
        raise UserError(f"{folder / LOCK}: cannot be locked ({error.strerror}); keep the bundle "
                        "on a disk that has locks") from None
    # For people who look for the owner.
    file.truncate(0)
    file.write(f"{os.getpid()} {os.uname().nodename}\n")
    file.flush()
    return file


def is_locked(run: dict) -> bool:
    """Whether another process trains the run at this moment."""
    try:
        with open(run_folder(run) / LOCK) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def clear(run: dict) -> None:
    """Removes what only an unfinished run needs."""
    for name in (CHECKPOINT, LOCK):
        with contextlib.suppress(FileNotFoundError):
            (run_folder(run) / name).unlink()
