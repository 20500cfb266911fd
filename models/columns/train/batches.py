"""Batches from kept records: mirrored, with other colours, sometimes without any."""

import queue
import threading

import numpy as np
import torch

COLOR_DROP = 0.05
PACKED = 100  # the group of packed solids


def draw(folder, picks, random, augment=True):
    """One batch as a dictionary of tensors, from the records `picks`."""
    records = [folder[int(at)] for at in picks]

    def stack(name, kind):
        return np.stack([r[name] for r in records]).astype(kind)

    batch = {
        "input": stack("input", np.float32),
        "columns": stack("columns", np.float32),
        "depth": stack("depth", np.float32),
        "normal": stack("normal", np.float32),
        "thin": stack("thin", np.float32),
    }
    view = np.array([[float(r["elevation"]), float(r["view"])] for r in records], np.float32)
    if augment:
        recolor(batch["input"], random)
        for b in range(len(records)):
            if random.random() < 0.5:
                for name in ("input", "columns", "depth", "normal", "thin"):
                    batch[name][b] = batch[name][b][..., ::-1].copy()
                batch["normal"][b][[0, 2]] *= -1
    out = {name: torch.from_numpy(value) for name, value in batch.items()}
    out["columns"] /= 127
    out["normal"] /= 127
    out["view"] = torch.from_numpy(view)
    out["group"] = torch.tensor([int(r["group"]) for r in records])
    return out


def recolor(x, random):
    """Changes premultiplied colours in place: gains, contrast, order of the channels; or drops them."""
    for b in range(len(x)):
        if x[b, 6, 0, 0] < 0.5:
            continue
        if random.random() < COLOR_DROP:
            x[b, :3] = 0
            x[b, 6] = 0
            continue
        alpha = x[b, 3:4]
        if random.random() < 0.3:
            x[b, :3] = x[b, random.permutation(3)]
        gain = np.exp(random.normal(0, 0.15) + random.normal(0, 0.08, 3)).astype(np.float32)
        lift = np.float32(random.normal(0, 0.04))
        x[b, :3] = np.clip(x[b, :3] * gain[:, None, None] + lift * alpha, 0, alpha)


class Feeder:
    """Makes batches in a thread of its own; every record once per round, packed solids `packed` times; new ones as
    they come."""

    def __init__(self, folder, batch, seed, worker=0, workers=1, packed=1, ahead=3):
        self.folder, self.batch, self.random = folder, batch, np.random.default_rng([*seed, worker])
        self.packed = packed
        self.worker, self.workers = worker, workers
        self.queue = queue.Queue(ahead)
        self.stopped = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def ours(self, start, end):
        """The records of a range that fall to this worker, in random order."""
        ours = [k for k in range(start, end) if k % self.workers == self.worker]
        if self.packed > 1:
            again = [k for k in ours if self.folder[k]["group"] == PACKED]
            ours += again * (self.packed - 1)
        return list(self.random.permutation(ours))

    def run(self):
        order, known = [], 0
        while not self.stopped:
            self.folder.refresh()
            count = len(self.folder)
            # What has come since the last look is mixed into what is left of this round.
            if count > known:
                order = list(self.random.permutation(order + self.ours(known, count)))
                known = count
            if len(order) < self.batch:
                order = list(order) + self.ours(0, count)
            picks, order = order[: self.batch], order[self.batch :]
            self.put(draw(self.folder, picks, self.random))

    def put(self, made):
        while not self.stopped:
            try:
                return self.queue.put(made, timeout=0.5)
            except queue.Full:
                continue

    def next(self):
        return self.queue.get()

    def stop(self):
        self.stopped = True
