#!/usr/bin/env python3
"""Writes the PNG fixtures, chunk by chunk, so that every bit of them is known. Needs no library.

Sample (x, y, channel) of a fixture is v = 7 x + 13 y + 29 channel + 3, times 771 if it has 16 bits
(so that both bytes matter), modulo 2^bits; the tests compute the same.
"""
import struct
import sys
import zlib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "png"
WIDTH, HEIGHT = 9, 7
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def sample(x, y, channel, bits):
    value = 7 * x + 13 * y + 29 * channel + 3
    return value * 771 % 65536 if bits == 16 else value % (1 << bits)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def row(xs, y, channels, bits):
    """One unfiltered row: a zero byte, then samples packed from the high bit."""
    if bits == 16:
        return b"\0" + b"".join(
            struct.pack(">H", sample(x, y, c, bits)) for x in xs for c in range(channels))
    packed, used = 0, 0
    for x in xs:
        for c in range(channels):
            packed, used = packed << bits | sample(x, y, c, bits), used + bits
    spare = -used % 8
    return b"\0" + (packed << spare).to_bytes((used + spare) // 8, "big")


def png(kind, bits, interlaced=False, before=b"", after=b""):
    channels = CHANNELS[kind]
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    raw = b""
    for x0, y0, dx, dy in passes:
        xs = range(x0, WIDTH, dx)
        if xs:
            raw += b"".join(row(xs, y, channels, bits) for y in range(y0, HEIGHT, dy))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, kind, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before
            + chunk(b"IDAT", zlib.compress(raw)) + after + chunk(b"IEND", b""))


def palette(bits):
    """Entry i is (i, 255 - i, 5 i mod 256)."""
    return chunk(b"PLTE", b"".join(bytes([i, 255 - i, 5 * i % 256]) for i in range(1 << bits)))


def main():
    FOLDER.mkdir(exist_ok=True)
    names = {GRAY: "gray", RGB: "rgb", PALETTE: "palette", GRAY_ALPHA: "grayalpha", RGBA: "rgba"}
    depths = {GRAY: [1, 2, 4, 8, 16], PALETTE: [1, 2, 4, 8]}
    for kind, name in names.items():
        for bits in depths.get(kind, [8, 16]):
            before = palette(bits) if kind == PALETTE else b""
            for interlaced in [False, True]:
                file = f"{name}{bits}{'i' if interlaced else ''}.png"
                (FOLDER / file).write_bytes(png(kind, bits, interlaced, before))
    # Chunks that a viewer may act on and that must not change a sample.
    ancillary = (chunk(b"gAMA", struct.pack(">I", 30000))
                 + chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
                 + chunk(b"sBIT", bytes([5, 6, 5])) + chunk(b"bKGD", struct.pack(">3H", 1, 2, 3))
                 + chunk(b"pHYs", struct.pack(">IIB", 1, 2, 1)) + chunk(b"tEXt", b"Title\0street")
                 + chunk(b"tIME", bytes([7, 228, 1, 1, 0, 0, 0])) + chunk(b"zzZz", b"unknown"))
    (FOLDER / "rgb8-ancillary.png").write_bytes(png(RGB, 8, before=ancillary, after=chunk(b"tEXt", b"a\0b")))
    srgb = chunk(b"sRGB", b"\0") + chunk(b"gAMA", struct.pack(">I", 45455))
    (FOLDER / "gray8-srgb.png").write_bytes(png(GRAY, 8, before=srgb))
    alphas = chunk(b"tRNS", bytes(range(0, 160, 10)))
    (FOLDER / "palette4-alpha.png").write_bytes(png(PALETTE, 4, before=palette(4) + alphas))


if __name__ == "__main__":
    sys.exit(main())
