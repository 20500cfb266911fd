"""Training samples: the records of `orfeas dataset stream`, kept in files at two sizes.

    orfeas dataset stream ... | python records.py --into FOLDER

writes FOLDER/NNN.full (as they come) and FOLDER/NNN.small (half the side in x and y), or one of them (--size). A
trainer may read the folder while it grows.
"""

import argparse
import os
import pathlib
import struct
import sys

import numpy as np

MAGIC = 0x31434F43
HEADER = struct.Struct("<4I4f")
PER_FILE = 500


def record_type(side, bins):
    """One record as a numpy structure; `bins` samples along z, side / 2 in y and x."""
    grid = side // 2
    return np.dtype(
        [
            ("magic", "<u4"),
            ("side", "<u4"),
            ("grid", "<u4"),
            ("group", "<u4"),
            ("elevation", "<f4"),
            ("azimuth", "<f4"),
            ("view", "<f4"),
            ("reserved", "<f4"),
            ("input", "<f2", (7, side, side)),
            ("columns", "i1", (bins, grid, grid)),
            ("depth", "<f2", (2, side, side)),
            ("normal", "i1", (4, side, side)),
            ("thin", "u1", (side, side)),
        ]
    )


def pool(x):
    """Mean over 2 x 2 pixels of the last two axes."""
    *rest, h, w = x.shape
    return x.reshape(*rest, h // 2, 2, w // 2, 2).mean((-3, -1), dtype=np.float32)


def shrink(record, small):
    """The same record at half the side, as many bins along z."""
    out = np.zeros((), small)
    for name in ("magic", "group", "elevation", "azimuth", "view"):
        out[name] = record[name]
    out["side"], out["grid"] = record["side"] // 2, record["grid"] // 2
    out["input"] = pool(record["input"])
    out["columns"] = np.round(pool(record["columns"]))
    depth = record["depth"].astype(np.float32)
    known = np.isfinite(depth)
    share = pool(known)
    with np.errstate(invalid="ignore", divide="ignore"):
        out["depth"] = np.where(share >= 0.5, pool(np.where(known, depth, 0)) / share, np.nan)
    out["normal"] = np.round(pool(record["normal"]))
    out["thin"] = pool(record["thin"]) >= 0.5
    return out


def is_sound(record, side):
    """Whether a record can be learned from."""
    return (
        record["magic"] == MAGIC
        and record["side"] == side
        and record["grid"] == side // 2
        and bool(np.isfinite(record["input"]).all())
        and bool((record["columns"] < 0).any())
    )


def keep(stream, folder, limit=None, sizes=("full", "small")):
    """Appends the records of `stream` to files in `folder`."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    count, refused = 0, 0
    head = stream.read(HEADER.size)
    if len(head) < HEADER.size:
        return
    magic, side, grid, *_ = HEADER.unpack(head)
    if magic != MAGIC or grid != side // 2:
        sys.exit("this is not a stream of samples")
    full, small = record_type(side, grid), record_type(side // 2, grid)
    files = {}
    while limit is None or count < limit:
        body = stream.read(full.itemsize - HEADER.size)
        if len(body) < full.itemsize - HEADER.size:
            break
        record = np.frombuffer(head + body, full)[0]
        if is_sound(record, side):
            if count % PER_FILE == 0:
                name = folder / f"{os.getpid()}-{count // PER_FILE:04d}"
                files = {size: open(f"{name}.{size}", "wb") for size in sizes}
            for size, file in files.items():
                file.write(head + body if size == "full" else shrink(record, small).tobytes())
                file.flush()
            count += 1
        else:
            refused += 1
        head = stream.read(HEADER.size)
        if len(head) < HEADER.size:
            break
    print(f"{count} records kept, {refused} refused", file=sys.stderr)


class Folder:
    """All records of one size in a folder; looks for more when asked."""

    def __init__(self, folder, suffix, side, bins):
        self.folder, self.suffix, self.type = pathlib.Path(folder), suffix, record_type(side, bins)
        self.maps, self.sizes = {}, {}
        self.refresh()

    def refresh(self):
        for path in sorted(self.folder.glob(f"*.{self.suffix}")):
            count = path.stat().st_size // self.type.itemsize
            if count and count != self.sizes.get(path):
                self.maps[path] = np.memmap(path, self.type, "r", shape=(count,))
                self.sizes[path] = count
        self.paths = list(self.maps)
        self.ends = np.cumsum([self.sizes[p] for p in self.paths]) if self.paths else np.zeros(0, int)

    def __len__(self):
        return int(self.ends[-1]) if len(self.ends) else 0

    def __getitem__(self, at):
        file = int(np.searchsorted(self.ends, at, side="right"))
        start = 0 if file == 0 else int(self.ends[file - 1])
        return self.maps[self.paths[file]][at - start]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--size", choices=("full", "small"), help="only this one; small ones take a fifth of the disk")
    arguments = parser.parse_args()
    sizes = (arguments.size,) if arguments.size else ("full", "small")
    keep(sys.stdin.buffer, arguments.into, arguments.limit, sizes)
