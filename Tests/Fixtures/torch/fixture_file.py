"""Arrays that both sides derive from a name, and the files that hold what PyTorch made of them.

Everything is kept in RecallBench's layout: feature maps as [N, H, W, C], convolutions as
[row, column, in, out]. References are computed in float64 and stored as float32: rounding hides
the last bits in which two machines differ, so that a file made again is the same bytes.
"""

import json
import struct
from pathlib import Path

import numpy as np
import torch

from random_source import RandomSource

FOLDER = Path(__file__).resolve().parent.parent / "tensors"
# Larger arrays are stored as a sample and a few projections.
FULL = 256
SAMPLE = 64
PROJECTIONS = 4

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def filler(name: str, shape, scale: float = 1, offset: float = 0) -> np.ndarray:
    """offset + scale * uniform in [-1, 1), as float32 values in a float64 array."""
    count = int(np.prod(shape))
    u = RandomSource(0, name).uniforms(count)
    return (offset + scale * (2 * u - 1)).astype(np.float32).astype(np.float64).reshape(shape)


def maps(array: np.ndarray) -> torch.Tensor:
    """[N, H, W, C] to PyTorch's [N, C, H, W]."""
    return torch.from_numpy(array).permute(0, 3, 1, 2).contiguous()


def weights(array: np.ndarray) -> torch.Tensor:
    """[row, column, in, out] to PyTorch's [out, in, row, column]."""
    return torch.from_numpy(array).permute(3, 2, 0, 1).contiguous()


def fill_parameters(module: torch.nn.Module, case: str, prefix: str = "") -> None:
    """Gives every parameter and running statistic its values, by name, as
    Tests/TestSupport/Filler.swift does.

    Convolutions get He's variance by fan-in. The last scale of a residual block is small: at 1 a
    deep network in training mode amplifies rounding a thousandfold, in any framework, and a
    comparison would measure that.
    """
    arrays = module.state_dict(keep_vars=True)
    with torch.no_grad():
        for name, tensor in arrays.items():
            key = f"{case}/{prefix}{name}"
            if name.endswith("num_batches_tracked"):
                continue
            if tensor.dim() == 4:
                o, i, kh, kw = tensor.shape
                tensor.copy_(weights(filler(key, (kh, kw, i, o), he_bound(tensor))))
                continue
            if name.endswith("running_var") or name.endswith("weight"):
                offset, scale = 1, 0.5
            else:
                offset, scale = 0, 0.1
            if is_last_scale(name, arrays):
                offset, scale = 0.1, 0.05
            tensor.copy_(torch.from_numpy(filler(key, tensor.shape, scale, offset)))


def he_bound(weight: torch.Tensor) -> float:
    """Of a uniform distribution with the variance 2 / fan-in."""
    _, i, kh, kw = weight.shape
    return float(np.sqrt(6 / (kh * kw * i)))


def is_last_scale(name: str, names) -> bool:
    """Of a residual block's last batch normalisation: bn3, or bn2 where there is no bn3."""
    block, _, member = name.rpartition("bn")
    if member == "3.weight":
        return True
    return member == "2.weight" and f"{block}bn3.weight" not in names


def flat(tensor: torch.Tensor) -> np.ndarray:
    """The elements of a parameter or a convolution's gradient in RecallBench's order."""
    tensor = tensor.detach()
    if tensor.dim() == 4:
        tensor = tensor.permute(2, 3, 1, 0)
    return tensor.contiguous().numpy().reshape(-1)


class SharedDropout(torch.nn.Module):
    """Inverted dropout with the masks of Sources/Tensors/Dropout.swift: drawn in [N, H, W, C] order
    from what `source` returns."""

    def __init__(self, rate: float, source):
        super().__init__()
        self.rate, self.source = rate, source

    def forward(self, x):
        if not self.training:
            return x
        n, c, h, w = x.shape
        drawn = self.source().take(x.numel()) >> np.uint64(32)
        kept = (drawn >= np.uint64(int(self.rate * 2**32))).reshape(n, h, w, c)
        return x * maps(kept / (1 - self.rate)).to(x.dtype)


class FixtureFile:
    """A safetensors file in the making."""

    def __init__(self, name: str):
        self.path = FOLDER / f"{name}.safetensors"
        self.arrays: dict[str, np.ndarray] = {}
        self.metadata: dict[str, str] = {}

    def add(self, name: str, array: np.ndarray) -> None:
        assert name not in self.arrays and np.isfinite(array).all(), name
        self.arrays[name] = np.ascontiguousarray(array, dtype="<f4")

    def add_map(self, name: str, tensor: torch.Tensor) -> None:
        """A feature map, stored as [N, H, W, C]."""
        self.add(name, tensor.detach().permute(0, 2, 3, 1).contiguous().numpy())

    def add_parameter(self, name: str, tensor: torch.Tensor) -> None:
        self.add_summary(name, flat(tensor))

    def add_summary(self, name: str, values: np.ndarray) -> None:
        """The whole array where it is small; else elements at drawn places, and of all elements
        the norm, the largest magnitude and the inner products with vectors of random signs:
        a difference anywhere changes these."""
        values = values.reshape(-1)
        if len(values) <= FULL:
            self.add(name, values)
            return
        self.add(f"{name}#sample", values[sample_places(name, len(values))])
        products = [
            float(np.dot(values, signs(f"{name}#{k}", len(values)))) for k in range(PROJECTIONS)]
        self.add(
            f"{name}#whole",
            np.array([np.linalg.norm(values), np.abs(values).max(), *products]))

    def describe(self, name: str, cases) -> None:
        """Cases as JSON, so that tests enumerate what is in the file."""
        self.metadata[name] = json.dumps(cases, sort_keys=True)

    def write(self) -> None:
        header, end = {"__metadata__": self.metadata}, 0
        for name, array in sorted(self.arrays.items()):
            header[name] = {
                "dtype": "F32", "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
            end += array.nbytes
        text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        self.path.parent.mkdir(exist_ok=True)
        with open(self.path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for _, array in sorted(self.arrays.items()):
                file.write(array.tobytes())
        print(f"{self.path.name}: {len(self.arrays)} arrays, {self.path.stat().st_size} bytes")


def sample_places(name: str, count: int) -> np.ndarray:
    return (RandomSource(0, f"{name}#sample").uniforms(SAMPLE) * count).astype(np.int64)


def signs(name: str, count: int) -> np.ndarray:
    return 1 - 2 * (RandomSource(0, name).take(count) >> np.uint64(63)).astype(np.float64)
