"""RecallBench's generator (Sources/Tensors/Values/RandomSource.swift) in Python, bit for bit.

There is no global randomness: whatever draws numbers has a source of its own, made of the run's
seed, a purpose and a counter, so that what iteration 700 draws does not depend on the 699 before.
"""

import numpy as np
import torch

_GOLDEN = 0x9E3779B97F4A7C15
_FACTORS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_MASK = (1 << 64) - 1


def _mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * _FACTORS[0]) & _MASK
    z = ((z ^ (z >> 27)) * _FACTORS[1]) & _MASK
    return z ^ (z >> 31)


def _signed(z: int) -> int:
    """The int64 with the bits of a uint64, which PyTorch can multiply and shift."""
    return z - (1 << 64) if z >> 63 else z


def _shifted(z: torch.Tensor, bits: int) -> torch.Tensor:
    """A logical shift to the right; PyTorch's own one repeats the sign."""
    return (z >> bits) & ((1 << (64 - bits)) - 1)


class RandomSource:
    """SplitMix64 (Steele et al. 2014); an independent stream for every purpose and counter.

    seed and counter are in 0 ..< 2^64.
    """

    def __init__(self, seed: int, purpose: str, counter: int = 0):
        digest = 0xCBF29CE484222325
        for byte in purpose.encode():
            digest = ((digest ^ byte) * 0x100000001B3) & _MASK
        self._state = _mixed((_mixed(seed ^ digest) + _mixed((counter + _GOLDEN) & _MASK)) & _MASK)

    def next(self) -> int:
        """The next number, in 0 ..< 2^64."""
        self.skip(1)
        return _mixed(self._state)

    def skip(self, count: int) -> None:
        """Passes over `count` numbers, as if they had been drawn."""
        self._state = (self._state + _GOLDEN * count) & _MASK

    def take(self, count: int) -> np.ndarray:
        """The next `count` numbers, uint64."""
        steps = np.arange(1, count + 1, dtype=np.uint64)
        with np.errstate(over="ignore"):
            z = np.uint64(self._state) + np.uint64(_GOLDEN) * steps
            z = (z ^ (z >> np.uint64(30))) * np.uint64(_FACTORS[0])
            z = (z ^ (z >> np.uint64(27))) * np.uint64(_FACTORS[1])
        self.skip(count)
        return z ^ (z >> np.uint64(31))

    def take_tensor(self, count: int, device) -> torch.Tensor:
        """The next `count` numbers with the bits that `take` gives, int64 on the device, where they
        are computed. A shift to the right must mask what the sign brings in, as `uniforms_tensor`
        does."""
        z = torch.arange(1, count + 1, dtype=torch.int64, device=device)
        # Products and sums of int64 wrap.
        z.mul_(_signed(_GOLDEN)).add_(_signed(self._state))
        z.bitwise_xor_(_shifted(z, 30)).mul_(_signed(_FACTORS[0]))
        z.bitwise_xor_(_shifted(z, 27)).mul_(_signed(_FACTORS[1]))
        self.skip(count)
        return z.bitwise_xor_(_shifted(z, 31))

    def uniform(self) -> float:
        """In [0, 1), 53 bits."""
        return (self.next() >> 11) * 2.0**-53

    def uniforms(self, count: int) -> np.ndarray:
        """The next `count` uniforms, float64."""
        return (self.take(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def uniforms_tensor(self, count: int, device) -> torch.Tensor:
        """The same as `uniforms`, float64 on the device."""
        return _shifted(self.take_tensor(count, device), 11).to(torch.float64).mul_(2.0**-53)

    def below(self, bound: int) -> int:
        """Uniform in [0, bound): Lemire's rejection, as Swift's `next(upperBound:)`."""
        product = self.next() * bound
        if product & _MASK < bound:
            threshold = (-bound & _MASK) % bound
            while product & _MASK < threshold:
                product = self.next() * bound
        return product >> 64

    def permutation(self, count: int) -> list[int]:
        """0 ..< count in random order (Fisher and Yates)."""
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
