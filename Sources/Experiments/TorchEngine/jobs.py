"""Runs that are trained side by side, each in a process of its own."""

import collections
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from bundle import (
    FOLDER, LOG, Stopped, UserError, check_sources, clear, engine_digest, is_finished, is_locked,
    label, lock, run_folder)
from progress import Pace, Progress, Screen, duration, scores

# Exit statuses.
DONE, FAILED, OUT_OF_TIME, INTERRUPTED = 0, 1, 3, 128


class Stop:
    """Signals and the time limit, which end the work."""

    def __init__(self, hours: float | None):
        self.signals: list[int] = []
        self.deadline = None
        if hours:
            # A tenth of the time, two minutes at most, is for saving.
            self.deadline = time.monotonic() + 3600 * hours - min(120, 360 * hours)

    def listen(self) -> None:
        """Takes signals from here on; before, there is nothing to save."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, lambda number, _: self.signals.append(number))

    @property
    def is_late(self) -> bool:
        """Whether the time is up."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def is_set(self) -> bool:
        """Whether to save and end."""
        return bool(self.signals) or self.is_late

    @property
    def status(self) -> int:
        """The exit status of a command that was stopped."""
        return INTERRUPTED + self.signals[0] if self.signals else OUT_OF_TIME


class Job:
    """A process that trains one run, as this one sees it. It writes events, a line of JSON each."""

    def __init__(self, run: dict, slot: int, settings: dict, pace: Pace):
        self.run, self.slot, self.outcome = run, slot, None
        self.progress, self.rest = Progress(run, pace), b""
        self.folder = run_folder(run)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.events, there = os.pipe()
        try:
            self.process = self._start({**settings, "run": run["name"], "events": there})
        except OSError:
            os.close(self.events)
            raise
        finally:
            os.close(there)

    def _start(self, task: dict) -> subprocess.Popen:
        """In a session of its own, it does not get the Ctrl-C that this process gets. When this
        process ends, its standard input is closed, and it stops."""
        with open(self.folder / LOG, "ab") as log:
            return subprocess.Popen(
                [sys.executable, str(FOLDER / "run.py"), "--one", json.dumps(task)],
                stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=[task["events"]],
                start_new_session=True)

    def read(self) -> list[dict] | None:
        """The events that have come; None at the end."""
        block = os.read(self.events, 1 << 16)
        if not block:
            return None
        *lines, self.rest = (self.rest + block).split(b"\n")
        return [json.loads(line) for line in lines]

    def end(self) -> None:
        """Waits for the process and finds out how it ended."""
        os.close(self.events)
        self.process.stdin.close()
        status = self.process.wait()
        log = self.folder / LOG
        with contextlib.suppress(OSError):
            if log.stat().st_size == 0:
                log.unlink()
        if self.outcome is None:
            self.outcome = {"event": "failed", "reason": _end(status, log)}

    def stop(self) -> None:
        """Asks the process to save a checkpoint and to end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGTERM)

    def kill(self) -> None:
        """Ends the process and what it has started."""
        self.outcome = {"event": "killed"}
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _end(status: int, log: Path) -> str:
    """How a process ended that did not say so itself."""
    if status == -signal.SIGKILL:
        return ("its process was killed, as when the machine's memory runs out; lower --jobs, or "
                "training.batch in the sweep file")
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    return f"its process ended with {how}; {log} says more"


class Queue:
    """Trains runs, several at a time, each in a process of its own."""

    SECONDS_BETWEEN_LOOKS = 5

    def __init__(self, runs: list[dict], done: int, machine: dict, options, stop: Stop):
        self.total, self.done, self.before = len(runs) + done, done, done
        self.waiting = collections.deque(runs)
        # Those that other commands train.
        self.elsewhere: collections.deque = collections.deque()
        self.look = 0.0
        self.machine, self.options, self.stop = machine, options, stop
        self.jobs: list[Job] = []
        self.failures: list[tuple[dict, str]] = []
        self.screen, self.pace = Screen(), Pace()
        self.selector = selectors.DefaultSelector()
        self.asked = self.waits = False

    def work(self) -> None:
        """Returns when no run is left, or when it was stopped."""
        while True:
            self._start()
            if not self.jobs and (self.stop.is_set() or not self.waiting and not self.elsewhere):
                return
            self._listen()
            self._ask_to_stop()
            self.screen.status(self.head, [job.progress.text for job in self.jobs])

    @property
    def head(self) -> str:
        """Runs done and time left, such as `[3/12, 40 min left]`."""
        return f"[{self.done}/{self.total}{self._time_left()}]"

    def _time_left(self) -> str:
        running = [job.progress.seconds_left for job in self.jobs]
        waiting = [self.pace.left(run) for run in [*self.waiting, *self.elsewhere]]
        if None in running + waiting or not running + waiting:
            return ""
        ends = running + [0.0] * max(0, self.options.jobs - len(running))
        for seconds in waiting:
            # A run starts where another one ends first.
            ends[ends.index(min(ends))] += seconds
        return f", {duration(max(ends))} left"

    def _start(self) -> None:
        """Fills free places with runs that nobody trains."""
        self._look_elsewhere()
        while self.waiting and len(self.jobs) < self.options.jobs and not self.stop.is_set():
            run = self.waiting.popleft()
            if is_locked(run):
                self.elsewhere.append(run)
                continue
            slot = min(set(range(self.options.jobs)) - {job.slot for job in self.jobs})
            try:
                job = Job(run, slot, self._settings(slot), self.pace)
            except OSError as error:
                self._failed(run, f"{error.filename or run_folder(run)}: {error.strerror}")
                continue
            self.jobs.append(job)
            self.selector.register(job.events, selectors.EVENT_READ, job)
            self.screen.line(f"start   {label(run)}")

    def _look_elsewhere(self) -> None:
        """Goes on with runs of other commands that have ended."""
        if time.monotonic() < self.look or not self.elsewhere:
            return
        self.look = time.monotonic() + self.SECONDS_BETWEEN_LOOKS
        for run in [self.elsewhere.popleft() for _ in range(len(self.elsewhere))]:
            if is_locked(run):
                self.elsewhere.append(run)
            elif is_finished(run_folder(run)):
                self._done(run, "trained by another command")
            else:
                self.waiting.append(run)
        if self.elsewhere and not self.jobs and not self.waiting and not self.waits:
            self.waits = True
            count = len(self.elsewhere)
            self.screen.line(f"other commands train the last {count} of the runs; waiting")

    def _settings(self, slot: int) -> dict:
        devices = self.machine["devices"]
        return {
            "device": devices[slot % len(devices)], "precision": self.options.precision,
            "threads": self.machine["threads"], "data": dict(self.options.data),
            "checkpoint_seconds": self.options.checkpoint_every,
            "jobs": -(-self.options.jobs // len(devices)), "neighbors": self.options.jobs}

    def _listen(self) -> None:
        for key, _ in self.selector.select(timeout=0.2):
            job = key.data
            events = job.read()
            for event in events or []:
                self._handle(job, event)
            if events is None:
                self.selector.unregister(job.events)
                self.jobs.remove(job)
                job.end()
                self._ended(job)

    def _handle(self, job: Job, event: dict) -> None:
        if event["event"] in ("note", "validated", "training", "evaluating"):
            line = job.progress.take(event)
            if line:
                self.screen.line(line)
        else:
            job.outcome = event

    def _ended(self, job: Job) -> None:
        event = job.outcome
        if event["event"] == "done":
            self.pace.add_evaluation(time.monotonic() - job.progress.last)
            self._done(job.run, scores(event))
        elif event["event"] == "elsewhere":
            self._done(job.run, "trained by another command")
        elif event["event"] == "busy":
            self.elsewhere.append(job.run)
        elif event["event"] == "stopped":
            self.waiting.append(job.run)
            self.screen.line(f"stopped {label(job.run)}; its checkpoint is saved")
        elif event["event"] == "killed":
            self.waiting.append(job.run)
            self.screen.line(f"killed  {label(job.run)}; it goes on from its last checkpoint")
        else:
            self._failed(job.run, event["reason"])

    def _done(self, run: dict, text: str) -> None:
        self.done += 1
        left = "" if self.screen.is_terminal else self._time_left()
        self.screen.line(f"done    [{self.done}/{self.total}] {label(run)}: {text}{left}")

    def _failed(self, run: dict, why: str) -> None:
        self.failures.append((run, why))
        self.screen.line(f"FAILED  {label(run)}: {why}")

    def _ask_to_stop(self) -> None:
        """Asks the processes to save and end; a second Ctrl-C does not wait for them."""
        if self.stop.signals.count(signal.SIGINT) > 1:
            for job in self.jobs:
                job.kill()
        elif self.stop.is_set() and not self.asked:
            self.asked = True
            for job in self.jobs:
                job.stop()
            if self.jobs:
                self.screen.line("saving checkpoints")


# MARK: The process of one run


def train_one(task: dict) -> int:
    """The process of one run: trains it, and writes events to the descriptor `task["events"]`."""
    events = os.fdopen(task["events"], "w", buffering=1)
    os.set_inheritable(events.fileno(), False)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()

    def report(event: str, **values) -> None:
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps({"event": event, **values}), file=events, flush=True)

    bundle = json.loads((FOLDER / "bundle.json").read_bytes())
    run = next(run for run in bundle["runs"] if run["name"] == task["run"])
    return _outcome(lambda: _train_locked(bundle, run, task, stop, report), run, report)


def _wait_for_end(stop: threading.Event) -> None:
    """Sets `stop` when the process that started this one has ended."""
    while os.read(0, 1024):
        pass
    stop.set()


def _train_locked(bundle: dict, run: dict, task: dict, stop, report) -> None:
    held = lock(run)
    if held is None:
        return report("busy")
    import training
    # After the import, so that what was imported is what was compared.
    check_sources(bundle)
    if is_finished(run_folder(run)):
        return report("elsewhere")
    settings = training.Settings(
        device=task["device"], precision=task["precision"], threads=task["threads"],
        checkpoint_seconds=task["checkpoint_seconds"], data_folders=task["data"],
        program=engine_digest(bundle), jobs=task["jobs"], neighbors=task["neighbors"])
    result = training.train_run(FOLDER, run, settings, stop=stop, report=report)
    clear(run)
    report("done", **result)


def _outcome(train, run: dict, report) -> int:
    """Trains, and reports how it ended."""
    try:
        train()
        return DONE
    except BaseException as error:
        if isinstance(error, Stopped):
            report("stopped")
            return DONE
        report("failed", reason=reason(error, run, f"{run_folder(run) / LOG} says more"))
        return FAILED


def reason(error: BaseException, run: dict, more: str) -> str:
    """Why a run failed, in one line; for what nobody expected, a traceback besides."""
    import training
    known = training.known_problem(error, run["configuration"])
    if isinstance(error, UserError) or known:
        return " ".join((known or str(error)).split())
    import traceback
    traceback.print_exc()
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}; {more}"
