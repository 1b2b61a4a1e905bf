#!/usr/bin/env python3
"""Writes the .npy fixtures as NumPy itself does: element types, versions and orders of axes.

Every array holds 0, 1, 2, ... in row-major order. Needs NumPy only.
"""
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "npy"


def save(name, array, version=None):
    with open(FOLDER / f"{name}.npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version)


def count(*shape, dtype="<f4"):
    return np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)


def main():
    FOLDER.mkdir(exist_ok=True)
    save("float32", count(2, 3, 4))
    save("float32-version2", count(2, 3, 4), (2, 0))
    save("float32-version3", count(2, 3, 4), (3, 0))
    save("float32-fortran", np.asfortranarray(count(2, 3, 4)))
    save("float32-scalar", count())
    save("float32-empty", np.asfortranarray(count(0, 3)))
    save("uint8", count(2, 3, dtype="u1"))
    save("int64", count(5, dtype="<i8"))
    save("float32-big-endian", count(2, 3, dtype=">f4"))
    save("float64", count(2, 3, dtype="<f8"))
    save("bool", count(2, dtype="?"))
    save("records", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))


if __name__ == "__main__":
    main()
