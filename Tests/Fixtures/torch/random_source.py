"""RecallBench's generator (Sources/Tensors/RandomSource.swift) in Python, bit for bit.

Fixtures derive inputs and weights from names with it, so that only results have to be stored; the
peer that trains beside RecallBench can draw the same batches with it.
"""

import numpy as np

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def _mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


class RandomSource:
    """SplitMix64; an independent stream for every purpose and counter."""

    def __init__(self, seed: int, purpose: str, counter: int = 0):
        digest = 0xCBF29CE484222325
        for byte in purpose.encode():
            digest = ((digest ^ byte) * 0x100000001B3) & _MASK
        self._state = _mixed((_mixed(seed ^ digest) + _mixed((counter + _GOLDEN) & _MASK)) & _MASK)

    def next(self) -> int:
        self._state = (self._state + _GOLDEN) & _MASK
        return _mixed(self._state)

    def take(self, count: int) -> np.ndarray:
        """The next `count` numbers, uint64."""
        steps = np.arange(1, count + 1, dtype=np.uint64)
        with np.errstate(over="ignore"):
            z = np.uint64(self._state) + np.uint64(_GOLDEN) * steps
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        self._state = (self._state + _GOLDEN * count) & _MASK
        return z ^ (z >> np.uint64(31))

    def uniform(self) -> float:
        """In [0, 1), 53 bits."""
        return (self.next() >> 11) * 2.0**-53

    def uniforms(self, count: int) -> np.ndarray:
        return (self.take(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, bound: int) -> int:
        """Uniform in [0, bound): Lemire's rejection, as Swift's `next(upperBound:)`."""
        product = self.next() * bound
        if product & _MASK < bound:
            threshold = (-bound & _MASK) % bound
            while product & _MASK < threshold:
                product = self.next() * bound
        return product >> 64

    def permutation(self, count: int) -> list[int]:
        """Fisher and Yates, as Sources/Datasets/SplitScheme+Divide.swift."""
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
