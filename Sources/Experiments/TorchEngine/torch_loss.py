"""Losses that users write in PyTorch: any callable of logits [N, C, H, W] and labels [N, H, W].

A callable is loaded and called as RecallBench itself does it (Sources/Experiments/TorchLoss): it
gets float32 logits that require a gradient, in channels_last memory format, and int64 labels with
255 for ignored pixels, and returns a scalar tensor. It is not called for a batch without a labeled
pixel. What it prints goes to this process's output.
"""

import ast
import copy
import functools
import hashlib
import inspect
import os
import sys
import traceback
import types

import torch

IGNORED = 255


class TorchLossError(Exception):
    """What is wrong with a user's loss, said in one line."""


class TorchLoss:
    """A loss from a file; called as the losses of `losses.py` are.

    - path: of the file.
    - identity: the `torch` of a run's configuration, with `name`, `sha256` and `arguments`.
    - device: where logits will be, and the tensors that the user's code makes by default.

    Raises `TorchLossError` if the file is another one, or does not define such a loss."""

    # What a loss of the registry tells besides.
    constant_class_weights = None
    state: list[float] = []

    def __init__(self, path: str, identity: dict, device="cpu"):
        self.path, self.name, self.device = path, identity["name"], torch.device(device)
        self.text = identity.get("arguments") or ""
        self.notation = f"torch:{self.name}" + (f"({self.text})" if self.text else "")
        self.arguments = _literals(self.text)
        prototype = self._find(self._source(identity["sha256"]))
        self._check(prototype)
        self.call = self._placed(self._made(prototype))

    def __call__(self, logits, labels):
        """The value, a scalar that depends on the logits, and None for weights of classes."""
        if not bool((labels != IGNORED).any()):
            return logits.sum() * 0, None
        logits = logits.contiguous(memory_format=torch.channels_last)
        value = self._called(lambda: self.call(logits, labels))
        self._check_value(value)
        return value.reshape(()), None

    def gradient(self, value, logits):
        """The gradient of the value by the logits."""
        gradient, = self._called(lambda: torch.autograd.grad(value, logits, allow_unused=True))
        if gradient is None:
            raise self._error("does not depend on the logits")
        return gradient

    @property
    def module(self) -> torch.nn.Module | None:
        """The module whose state goes into checkpoints; None for other callables."""
        return self.call if isinstance(self.call, torch.nn.Module) else None

    def _error(self, message: str) -> TorchLossError:
        return TorchLossError(f"{self.notation} {message}")

    def _called(self, call):
        """What user's code returns; its errors become one line, after their traceback."""
        try:
            with self.device:
                return call()
        except (TorchLossError, torch.cuda.OutOfMemoryError):
            raise
        except Exception as error:
            raise self._raised(error) from None

    def _raised(self, error: Exception) -> TorchLossError:
        trace, here = error.__traceback__, TorchLoss.__init__.__code__.co_filename
        while trace and trace.tb_frame.f_code.co_filename == here:
            trace = trace.tb_next
        traceback.print_exception(type(error), error, trace)
        lines = [f.lineno for f in traceback.extract_tb(trace) if f.filename == self.path]
        if isinstance(error, SyntaxError) and error.filename == self.path:
            lines.append(error.lineno)
        place = f" ({os.path.basename(self.path)}, line {lines[-1]})" if lines else ""
        text = " ".join(str(error).split())[:1000]
        return self._error(f"raised {type(error).__name__}: {text}{place}")

    def _source(self, sha256: str) -> bytes:
        try:
            with open(self.path, "rb") as file:
                source = file.read()
        except OSError as error:
            raise TorchLossError(f"{self.path}: cannot be read ({error.strerror})") from None
        if hashlib.sha256(source).hexdigest() != sha256:
            raise TorchLossError(f"{self.path}: is not the file that the run names; copy the "
                                 "bundle again")
        return source

    def _find(self, source: bytes):
        """The named object, from the same bytes that were digested."""
        folder, file = os.path.split(self.path)
        sys.path.insert(0, folder)
        stem = os.path.splitext(file)[0]
        if stem in sys.modules:
            stem = "recallbench_loss"
        module = types.ModuleType(stem)
        module.__file__ = self.path
        sys.modules[stem] = module
        self._called(lambda: exec(compile(source, self.path, "exec"), module.__dict__))
        if not hasattr(module, self.name):
            public = {n: v for n, v in vars(module).items() if n[0] != "_" and callable(v)}
            own = [n for n, v in public.items() if getattr(v, "__module__", stem) == stem]
            there = ", ".join(own or public) or "no callables"
            raise self._error(f"is not in {self.path}, which has {there}")
        return getattr(module, self.name)

    def _check(self, prototype) -> None:
        """Raises unless it can be called with the parameters."""
        is_class = isinstance(prototype, type)
        if not callable(prototype) or is_class and not _makes_callables(prototype):
            raise self._error(f"is not a function, torch.nn.Module or other callable: "
                              f"{prototype!r:.80}")
        if not self.arguments and not inspect.isroutine(prototype):
            return
        if not is_class and not inspect.isroutine(prototype):
            raise self._error("is an instance, which takes no parameters: name its class or a "
                              "function")
        try:
            signature = inspect.signature(prototype)
        except ValueError:
            return
        # A function gets logits and labels first.
        given = () if is_class else (None, None)
        try:
            signature.bind(*given, **self.arguments)
        except TypeError as error:
            # What else a call without parameters does wrong is seen when it is made.
            if self.arguments or "missing" in str(error):
                raise self._error(f"cannot be given ({self.text}): {error}") from None

    def _made(self, prototype):
        """The callable in its state before the first step."""
        if isinstance(prototype, type):
            return self._called(lambda: prototype(**self.arguments))
        if self.arguments:
            return functools.partial(prototype, **self.arguments)
        return copy.deepcopy(prototype) if isinstance(prototype, torch.nn.Module) else prototype

    def _placed(self, call):
        return call.to(self.device) if isinstance(call, torch.nn.Module) else call

    def _check_value(self, value) -> None:
        if not isinstance(value, torch.Tensor):
            raise self._error(f"returned {type(value).__name__}, not a tensor: return the loss "
                              "itself, without .item() or float()")
        if value.numel() != 1:
            raise self._error(f"returned a tensor of shape {list(value.shape)}; a loss must be a "
                              "scalar, such as its .mean()")
        if not value.requires_grad:
            raise self._error("does not depend on the logits: look for .detach(), torch.no_grad "
                              "or an argmax between them and the loss")


def _literals(text: str) -> dict:
    """The values of keyword arguments, such as `alpha=0.3, mode='sum'`."""
    call = ast.parse(f"f({text})", mode="eval").body
    return {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}


def _makes_callables(kind: type) -> bool:
    return any("__call__" in vars(base) for base in kind.__mro__)
