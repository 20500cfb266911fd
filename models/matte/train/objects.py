"""Objects to make pictures of: colours and opacity alone of the records of `orfeas dataset stream`.

    orfeas dataset stream --side 256 ... | python objects.py --into FOLDER

writes FOLDER/NNN.rgba: side x side pixels of premultiplied 8-bit RGBA after another. A trainer may read the folder
while it grows.
"""

import argparse
import os
import pathlib
import sys

import numpy as np

import shared  # noqa: F401
import records

PER_FILE = 500


def keep(stream, folder):
    """Appends what the records of `stream` look like to files in `folder`."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    head = stream.read(records.HEADER.size)
    if len(head) < records.HEADER.size:
        return
    magic, side, grid, *_ = records.HEADER.unpack(head)
    if magic != records.MAGIC or grid != side // 2:
        sys.exit("this is not a stream of samples")
    (folder / "side").write_text(str(side))
    kind = records.record_type(side, grid)
    count, file = 0, None
    while len(head) == records.HEADER.size:
        body = stream.read(kind.itemsize - records.HEADER.size)
        if len(body) < kind.itemsize - records.HEADER.size:
            break
        x = np.frombuffer(head + body, kind)[0]["input"].astype(np.float32)
        # Some samples are mere silhouettes: they have no colours to show.
        if np.isfinite(x).all() and x[6, 0, 0] > 0.5 and x[3].max() > 0.5:
            if count % PER_FILE == 0:
                file = open(folder / f"{os.getpid()}-{count // PER_FILE:04d}.rgba", "wb")
            file.write(np.round(x[:4].transpose(1, 2, 0) * 255).clip(0, 255).astype(np.uint8).tobytes())
            file.flush()
            count += 1
        head = stream.read(records.HEADER.size)
    print(f"{count} objects kept", file=sys.stderr)


class Objects:
    """All objects in a folder, `[side, side, 4]` each; looks for more when asked."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.side = int((self.folder / "side").read_text())
        self.maps = {}
        self.refresh()

    def refresh(self):
        size = self.side * self.side * 4
        for path in sorted(self.folder.glob("*.rgba")):
            count = path.stat().st_size // size
            if count and (path not in self.maps or len(self.maps[path]) != count):
                self.maps[path] = np.memmap(path, np.uint8, "r", shape=(count, self.side, self.side, 4))
        self.parts = list(self.maps.values())
        self.ends = np.cumsum([len(part) for part in self.parts])

    def __len__(self):
        return int(self.ends[-1]) if self.parts else 0

    def __getitem__(self, at):
        part = int(np.searchsorted(self.ends, at, side="right"))
        return self.parts[part][at - (0 if part == 0 else int(self.ends[part - 1]))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", required=True)
    keep(sys.stdin.buffer, parser.parse_args().into)
