"""The Python side of TorchLoss: evaluates a PyTorch loss for RecallBench.

RecallBench starts this with three open descriptors: 3 is a socket for requests and answers (one
line of JSON each), and 4 and 5 are files, either of which holds the arrays of a step:

    logits    float32 [N, H, W, C]   written by RecallBench
    gradient  float32 [N, H, W, C]   written here
    labels    uint8   [N, H, W]      written by RecallBench; 255 is ignored

Requests are answered in order. When the socket closes, RecallBench has stopped, for any
reason, and this process exits. Output printed by the user's code goes to standard error.
"""

import sys

# Exclude the current folder, whose files may shadow Python's own modules.
sys.path = [folder for folder in sys.path if folder]

import copy
import hashlib
import json
import math
import mmap
import os
import platform
import queue
import signal
import threading
import time
import traceback
import types

CHANNEL = 3
# How many seconds the user's code may keep running after RecallBench has stopped.
PATIENCE = 1


class Failure(Exception):
    """An error reported to the user in one line."""

    def __init__(self, message, kind="loss"):
        super().__init__(message)
        self.kind = kind


def raised(error, path):
    """Prints the traceback of the user's code and returns a one-line failure."""
    trace, here = error.__traceback__, raised.__code__.co_filename
    while trace and trace.tb_frame.f_code.co_filename == here:
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)
    lines = [f.lineno for f in traceback.extract_tb(trace) if f.filename == path]
    if isinstance(error, SyntaxError) and error.filename == path:
        lines.append(error.lineno)
    place = f" ({os.path.basename(path)}, line {lines[-1]})" if lines else ""
    return Failure(f"raised {type(error).__name__}: {error}{place}; the traceback is above")


def import_torch():
    # Idle OpenMP threads must not occupy RecallBench's cores by spinning.
    for name, value in {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"}.items():
        os.environ.setdefault(name, value)
    global torch
    try:
        import torch
    except ModuleNotFoundError as error:
        if error.name == "torch":
            raise Failure(sys.executable, kind="no-torch")
        raise


class Criterion:
    """The user's loss; with `detached`, one without a gradient has a gradient of zeros."""

    def __init__(self, path, name, detached):
        self.path, self.name, self.detached = path, name, detached
        with open(path, "rb") as file:
            source = file.read()
        self.digest = hashlib.sha256(source).hexdigest()
        try:
            value = self.find(source)
            self.prototype = value
            self.is_class = isinstance(value, type) and any(
                "__call__" in vars(base) for base in value.__mro__)
            if not callable(value) or isinstance(value, type) and not self.is_class:
                raise Failure("is not a function, torch.nn.Module or other callable: "
                              f"{value!r:.80}")
            self.renew()
        except Failure:
            raise
        except BaseException as error:
            raise raised(error, path)

    def find(self, source):
        """Returns the named object, from the same bytes that were digested."""
        folder, file = os.path.split(self.path)
        sys.path.insert(0, folder)
        stem = os.path.splitext(file)[0]
        if stem in sys.modules:
            stem = "recallbench_loss"
        module = types.ModuleType(stem)
        module.__file__ = self.path
        sys.modules[stem] = module
        exec(compile(source, self.path, "exec"), module.__dict__)
        if not hasattr(module, self.name):
            public = {n: v for n, v in vars(module).items() if n[0] != "_" and callable(v)}
            own = [n for n, v in public.items() if getattr(v, "__module__", stem) == stem]
            there = ", ".join(own or public) or "no callables"
            raise Failure(f"is not in {self.path}, which has {there}")
        return getattr(module, self.name)

    def renew(self):
        """Resets to the state before the first step. The state of a function cannot be reset."""
        if self.is_class:
            try:
                self.call = self.prototype()
            except TypeError as error:
                failure = raised(error, self.path)
                raise Failure(f"{failure} (a class is instantiated without arguments: give "
                              "them defaults, or name an instance)")
        elif isinstance(self.prototype, torch.nn.Module):
            self.call = copy.deepcopy(self.prototype)
        else:
            self.call = self.prototype

    def gradient(self, logits, labels):
        """Returns value and gradient, [N, C, H, W]."""
        try:
            with torch.enable_grad():
                value = self.call(logits, labels)
            self.check(value)
            if not value.requires_grad:
                return float(value), torch.zeros_like(logits)
            gradient, = torch.autograd.grad(value.reshape(()), logits, allow_unused=True)
        except Failure:
            raise
        except BaseException as error:
            raise raised(error, self.path)
        if gradient is None:
            if not self.detached:
                raise Failure("does not depend on the logits")
            gradient = torch.zeros_like(logits)
        return float(value.detach()), gradient

    def check(self, value):
        if not isinstance(value, torch.Tensor):
            raise Failure(f"returned {type(value).__name__}, not a tensor: return the loss "
                          "itself, without .item() or float()")
        if value.numel() != 1:
            raise Failure(f"returned a tensor of shape {list(value.shape)}; a loss must be a "
                          "scalar, such as its .mean()")
        if not value.requires_grad and not self.detached:
            raise Failure("does not depend on the logits: look for .detach(), torch.no_grad or an "
                          "argmax between them and the loss")


class Memory:
    """One of the shared files, remapped when it has grown."""

    def __init__(self, descriptor):
        self.descriptor, self.map = descriptor, None

    def array(self, dtype, shape, offset):
        size = os.fstat(self.descriptor).st_size
        if self.map is None or len(self.map) < size:
            # The old mapping is freed with the last tensor that uses it.
            self.map = mmap.mmap(self.descriptor, size)
        flat = torch.frombuffer(self.map, dtype=dtype, count=math.prod(shape), offset=offset)
        return flat.view(shape)


class Worker:
    def __init__(self, request):
        import_torch()
        torch.set_num_threads(request["threads"])
        self.memories = {descriptor: Memory(descriptor) for descriptor in (4, 5)}
        self.criterion = Criterion(request["path"], request["name"], request["detached"])

    def ready(self):
        version = f"PyTorch {torch.__version__}, Python {platform.python_version()}"
        return {"sha256": self.criterion.digest, "version": version}

    def step(self, request):
        if torch.get_num_threads() != request["threads"]:
            torch.set_num_threads(request["threads"])
        if request["reset"]:
            self.criterion.renew()
        shape, memory = request["shape"], self.memories[request["memory"]]
        count = math.prod(shape)
        # [N, C, H, W] in PyTorch's channels_last memory format, [N, H, W, C]: nothing is copied.
        logits = memory.array(torch.float32, shape, 0).permute(0, 3, 1, 2)
        target = memory.array(torch.float32, shape, 4 * count).permute(0, 3, 1, 2)
        labels = memory.array(torch.uint8, shape[:3], 8 * count).to(torch.int64)
        start = time.perf_counter()
        value, gradient = self.criterion.gradient(logits.detach().requires_grad_(), labels)
        seconds = time.perf_counter() - start
        target.copy_(gradient)
        return {"value": value.hex(), "seconds": seconds}


def listen(requests):
    """Queues requests, so that a closed socket is noticed even while the user's code runs."""
    with open(CHANNEL, "rb", closefd=False) as channel:
        for line in channel:
            requests.put(json.loads(line))
    requests.put(None)
    time.sleep(PATIENCE)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main():
    requests = queue.SimpleQueue()
    threading.Thread(target=listen, args=(requests,), daemon=True).start()
    worker = None
    while True:
        request = requests.get()
        if request is None:
            return
        try:
            if worker is None:
                worker = Worker(request)
                answer = worker.ready()
            else:
                answer = worker.step(request)
        except Failure as failure:
            answer = {"failed": failure.kind, "message": str(failure)}
        except BaseException as error:
            traceback.print_exc()
            answer = {"failed": "worker", "message": f"{type(error).__name__}: {error}"}
        line = (json.dumps(answer) + "\n").encode()
        try:
            while line:
                line = line[os.write(CHANNEL, line):]
        except OSError:
            # RecallBench was killed meanwhile. Python's own exit could wait for torch's threads forever.
            os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
