"""How far runs are, in words: lines of progress with the time left."""

import shutil
import sys
import time

from bundle import label


def duration(seconds: float) -> str:
    """Such as `45 s`, `12 min` or `2 h 30 min`."""
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def percent(fraction: float | None) -> str:
    """With two decimals; a dash where there is no number."""
    return "-" if fraction is None else f"{100 * fraction:.2f}"


def scores(event: dict) -> str:
    """Mean accuracy and mean IoU in a clause."""
    return (f"mean accuracy {percent(event.get('meanAccuracy'))}, "
            f"mean IoU {percent(event.get('meanIoU'))} percent")


class Screen:
    """Lines of progress. On a terminal, the last one is rewritten; elsewhere, a line for each run
    in progress is written now and then."""

    SECONDS_BETWEEN_LINES = 30

    def __init__(self):
        self.is_terminal = sys.stdout.isatty()
        self.last, self.shown = time.monotonic(), False

    def line(self, text: str) -> None:
        """Writes a line that stays."""
        if self.shown:
            sys.stdout.write("\r\033[K")
            self.shown = False
        print(text, flush=True)

    def status(self, head: str, texts: list[str]) -> None:
        """Shows how far runs are, unless that was done a moment ago."""
        wait = 0.5 if self.is_terminal else self.SECONDS_BETWEEN_LINES
        if not texts or time.monotonic() - self.last < wait:
            return
        self.last = time.monotonic()
        if not self.is_terminal:
            for text in texts:
                self.line(f"{head} {text}")
            return
        more = f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""
        columns = shutil.get_terminal_size().columns - 1
        sys.stdout.write("\r\033[K" + f"{head} {texts[0]}{more}"[:columns])
        sys.stdout.flush()
        self.shown = True


class Pace:
    """How long runs take, from what was measured so far: the work of a run is counted in pixels,
    those of a deeper backbone more."""

    COSTS = {
        "resnet18": 1, "resnet18_authors": 1.6, "resnet34": 1.4, "resnet50": 1.8, "resnet101": 2.5}

    def __init__(self):
        self.work = self.seconds = 0.0
        self.evaluations, self.evaluation_seconds = 0, 0.0

    @classmethod
    def of_step(cls, run: dict) -> float:
        """The work of a step."""
        c = run["configuration"]
        pixels = c["training"]["batch"] * c["data"]["height"] * c["data"]["width"]
        return pixels * cls.COSTS.get(c["backbone"], 1)

    def add(self, run: dict, steps: int, seconds: float) -> None:
        """Takes note of how long some steps took."""
        self.work += steps * self.of_step(run)
        self.seconds += seconds

    def add_evaluation(self, seconds: float) -> None:
        """Takes note of how long a run took from its last step to its end."""
        self.evaluations += 1
        self.evaluation_seconds += seconds

    def left(self, run: dict, iteration: int = 0) -> float | None:
        """Seconds from this iteration to the end; None before anything was measured."""
        if not self.work:
            return None
        steps = run["configuration"]["training"]["iterations"] - iteration
        training = max(0, steps) * self.of_step(run) * self.seconds / self.work
        return training + self.evaluation_seconds / max(1, self.evaluations)


class Progress:
    """How far a run is."""

    def __init__(self, run: dict, pace: Pace):
        self.run, self.pace = run, pace
        self.iteration: int | None = None
        self.last = time.monotonic()
        self.event: dict = {}

    def take(self, event: dict) -> str | None:
        """Takes note of an event. Returns a line for those that deserve one."""
        kind, now = event["event"], time.monotonic()
        if kind == "note":
            return f"note    {label(self.run)}: {event['text']}"
        if kind == "validated":
            return (f"valid   {label(self.run)}: iteration {event['iteration']}, {scores(event)} "
                    "on the validation split")
        if kind == "training":
            # What a resumed run did before was not measured.
            if self.iteration is not None:
                self.pace.add(self.run, event["iteration"] - self.iteration, now - self.last)
            self.iteration, self.last = event["iteration"], now
        self.event = event
        return None

    @property
    def seconds_left(self) -> float | None:
        """None before anything was measured."""
        return self.pace.left(self.run, self.iteration or 0)

    @property
    def text(self) -> str:
        """Such as `synthia resnet18 ce s1 40/100 loss 0.52, 3 min left`."""
        if "images" in self.event:
            return f"{label(self.run)} {self.event['images']}/{self.event['of']} images evaluated"
        if "loss" not in self.event:
            return f"{label(self.run)} begins"
        total, left = self.run["configuration"]["training"]["iterations"], self.seconds_left
        place = f"{label(self.run)} {self.iteration}/{total} loss {self.event['loss']:.4g}"
        return place if left is None else f"{place}, {duration(left)} left"
