"""The Python side of TorchLoss: imports PyTorch once, and forks a worker for each run.

RecallBench starts this with descriptor 3, a socket for requests and answers (one line of JSON each):

    {"request": "import"}                       imports torch; answers {"version"}
    {"request": "fork"}                         with three open files: forks a worker; answers {"pid"}
    {"request": "end", "worker", "patience"}    ends a worker; answers {"ended": how}

This process, the server, has one thread and computes nothing, so that what it forks is sound. A worker
evaluates one loss. Its open files are a socket for requests and answers of its own, and two files,
either of which holds the arrays of a step:

    logits    float32 [N, H, W, C]   written by RecallBench
    gradient  float32 [N, H, W, C]   written here
    labels    uint8   [N, H, W]      written by RecallBench; 255 is ignored

Requests are answered in order. When its socket closes, RecallBench has stopped, for any reason, and
the process exits; the server takes its workers along, whatever they are doing. Output printed by the
user's code goes to RecallBench, which passes it on to its standard error line by line.
"""

import sys

# Exclude the current folder, whose files may shadow Python's own modules.
sys.path = [folder for folder in sys.path if folder]

import array
import ast
import copy
import functools
import hashlib
import inspect
import json
import math
import mmap
import os
import platform
import queue
import select
import signal
import socket
import threading
import time
import traceback
import types
import warnings

CONTROL = 3
# How many seconds the user's code may keep running after RecallBench has stopped.
PATIENCE = 1
# The workers of the server, each the leader of a group of its own.
workers = set()


def rename(title):
    """Shows a title in ps, in the place of the interpreter with this program as its argument."""
    try:
        import ctypes
        title = title.encode()
        set_name = 15
        ctypes.CDLL(None).prctl(set_name, ctypes.c_char_p(title), 0, 0, 0)
        with open("/proc/self/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        # Where the arguments are in memory; Python has copies of its own.
        start, end = int(fields[45]), int(fields[46])
        if end - start > len(title):
            ctypes.memset(start, 0, end - start)
            ctypes.memmove(start, title, len(title))
    except Exception:
        pass


def watched(call):
    """What a call that may take long returns; if RecallBench stops meanwhile, the process exits."""
    socket_events = select.poll()
    socket_events.register(CONTROL, 0)
    done = threading.Event()

    def watch():
        while not done.wait(0.2):
            # Nothing but a hang-up or an error is reported.
            if socket_events.poll(0):
                os._exit(1)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return call()
    finally:
        done.set()
        # What is forked later must not have this thread.
        watcher.join()


class Failure(Exception):
    """An error reported to the user in one line."""

    def __init__(self, message, kind="loss"):
        super().__init__(message)
        self.kind = kind


def said(error):
    """What an error says, in at most 1000 characters that can be encoded."""
    text = str(error).encode("utf-8", "replace").decode()
    return text if len(text) <= 1000 else text[:1000] + "..."


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
    return Failure(f"raised {type(error).__name__}: {said(error)}{place}; the traceback is above")


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


def literals(text):
    """The values of keyword arguments, such as `alpha=0.3, mode='sum'`."""
    call = ast.parse(f"f({text})", mode="eval").body
    return {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}


class Criterion:
    """The user's loss; with `detached`, one without a gradient has a gradient of zeros."""

    def __init__(self, path, name, arguments, detached):
        self.path, self.name, self.detached = path, name, detached
        self.text, self.arguments = arguments, literals(arguments)
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
            self.check_arguments()
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

    def check_arguments(self):
        # A class is instantiated at the start, and an instance has its parameters.
        if not self.arguments and not inspect.isroutine(self.prototype):
            return
        if not self.is_class and not inspect.isroutine(self.prototype):
            raise Failure("is an instance, which takes no parameters: name its class or a function")
        try:
            signature = inspect.signature(self.prototype)
        except ValueError:
            return
        # A function gets logits and labels first.
        given = () if self.is_class else (None, None)
        try:
            signature.bind(*given, **self.arguments)
        except TypeError as error:
            if not self.arguments:
                # What else a call without parameters does wrong is seen when it is made.
                if "missing" in str(error):
                    raise Failure(f"needs a parameter: {error}; write {self.name}(name=value), or "
                                  "give it a default")
                return
            own = list(signature.parameters.values())[len(given):]
            there = ", ".join(str(p).split(":")[0] if p.default is p.empty else f"{p.name}={p.default!r}"
                              for p in own) or "none"
            raise Failure(f"cannot be given {self.text}: {error}; its parameters: {there}")

    def renew(self):
        """Resets to the state before the first step. The state of a function cannot be reset."""
        if self.is_class:
            try:
                self.call = self.prototype(**self.arguments)
            except TypeError as error:
                failure = raised(error, self.path)
                raise Failure(f"{failure} (a class is instantiated without arguments: give "
                              f"them defaults, name an instance, or write {self.name}(name=value))"
                              if not self.arguments else str(failure))
            except BaseException as error:
                raise raised(error, self.path)
        elif self.arguments:
            self.call = functools.partial(self.prototype, **self.arguments)
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
    def __init__(self, request, files):
        torch.set_num_threads(request["threads"])
        self.memories = [Memory(descriptor) for descriptor in files]
        self.criterion = Criterion(
            request["path"], request["name"], request["arguments"], request["detached"])

    def ready(self):
        return {"sha256": self.criterion.digest}

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


def listen(channel, requests):
    """Queues requests, so that a closed socket is noticed even while the user's code runs."""
    try:
        with open(channel, "rb", closefd=False) as lines:
            for line in lines:
                requests.put(json.loads(line))
    except (OSError, ValueError):
        # RecallBench was killed before it had read an answer, which resets the socket, or had sent the
        # whole of a request.
        pass
    requests.put(None)
    time.sleep(PATIENCE)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def send(descriptor, answer):
    line = (json.dumps(answer) + "\n").encode()
    while line:
        line = line[os.write(descriptor, line):]


def guarded(call, *arguments):
    """What the call returns, or how it failed."""
    try:
        return call(*arguments)
    except Failure as failure:
        return {"failed": failure.kind, "message": str(failure)}
    except BaseException as error:
        traceback.print_exc()
        return {"failed": "worker", "message": f"{type(error).__name__}: {said(error)}"}


def work(channel, *files):
    """Answers the requests to a worker until its socket closes."""
    requests = queue.SimpleQueue()
    threading.Thread(target=listen, args=(channel, requests), daemon=True).start()
    worker = None

    def answer(request):
        nonlocal worker
        if worker is not None:
            return worker.step(request)
        call = f"({request['arguments']})" if request["arguments"] else ""
        rename(f"recallbench-torch-worker {request['path']}:{request['name']}{call}")
        worker = Worker(request, files)
        return worker.ready()

    while True:
        request = requests.get()
        if request is None:
            return
        try:
            send(channel, guarded(answer, request))
        except OSError:
            # RecallBench was killed meanwhile. Python's own exit could wait for torch's threads forever.
            os.killpg(os.getpgrp(), signal.SIGKILL)


def fork(control, files):
    worker = os.fork()
    if worker == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            control.close()
            work(*files)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    workers.add(worker)
    for file in files:
        os.close(file)
    try:
        os.setpgid(worker, worker)
    except OSError:
        pass  # It has done so itself, or is gone.
    return worker


def end(worker, patience):
    """Kills a worker with its group, unless it exits in time; its number is its own until then."""
    last = time.monotonic() + patience
    look = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while os.waitid(os.P_PID, worker, look) is None and time.monotonic() < last:
        time.sleep(0.001)
    try:
        os.killpg(worker, signal.SIGKILL)
    except ProcessLookupError:
        pass
    status = os.waitpid(worker, 0)[1]
    workers.discard(worker)
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit status {os.WEXITSTATUS(status)}"


def receive(control):
    """The next request, with the open files that came with it; None where the socket is closed."""
    line, files = b"", array.array("i")
    while not line.endswith(b"\n"):
        try:
            part, messages, _, _ = control.recvmsg(1 << 16, socket.CMSG_SPACE(3 * files.itemsize))
        except ConnectionResetError:
            # RecallBench was killed before it had read an answer.
            return None, []
        if not part:
            return None, []
        line += part
        for level, kind, data in messages:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                files.frombytes(data[:len(data) - len(data) % files.itemsize])
    return json.loads(line), list(files)


def control_answer(request, control, files):
    """Answers a request to the server itself."""
    if request["request"] == "import":
        watched(import_torch)
        return {"version": f"PyTorch {torch.__version__}, Python {platform.python_version()}"}
    if request["request"] == "fork":
        return {"pid": fork(control, files)}
    return {"ended": end(request["worker"], request["patience"])}


def serve():
    rename("recallbench-torch-server")
    # Numerical libraries may have threads of their own by now, which know how to fork.
    warnings.filterwarnings("ignore", message=".*multi-threaded.*", category=DeprecationWarning)
    control = socket.socket(fileno=CONTROL)
    while True:
        request, files = receive(control)
        if request is None:
            return
        try:
            send(CONTROL, guarded(control_answer, request, control, files))
        except OSError:
            return


def end_all():
    """Kills the workers that are left, each with what its code has started."""
    for worker in workers:
        try:
            os.killpg(worker, signal.SIGKILL)
        except ProcessLookupError:
            pass


if __name__ == "__main__":
    status = 1
    try:
        serve()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        end_all()
        os._exit(status)
