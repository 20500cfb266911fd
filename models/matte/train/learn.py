"""Trains the cut-out network for a given time.

    python learn.py --data FOLDER --check FOLDER --out FOLDER --minutes 60 --side 256 [--seed 1]

Every picture is made anew (scenes.py). Every few minutes it writes OUT/last.pt, from which the same command goes on
where it stopped, and OUT/M.safetensors (the averaged weights, folded, 16 bits: what is committed). --from
FILE.safetensors starts from committed weights; the optimizer's state does not travel.
"""

import argparse
import json
import pathlib
import queue
import threading
import time

import numpy as np
import torch
from torch.nn import functional as F

import shared  # noqa: F401
import export
import objects
import optimizer
import precision
import scenes
import train  # of `columns`
import unet

SAVE_SECONDS = 240
CHECK_PICTURES = 96


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="M", choices=unet.CONFIGS)
    parser.add_argument("--data", required=True)
    parser.add_argument("--check", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--from", dest="start")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.4, help="share of the time in which the rate falls to nothing")
    parser.add_argument("--optimizer", default="muon", choices=("muon", "adam"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--makers", type=int, default=1, help="threads that make pictures")
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def tensors(pictures, device):
    """Colours in -1..1 and opacity in 0..1 of a list of scenes."""
    x = torch.from_numpy(np.stack([p for p, _ in pictures])).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
    alpha = torch.from_numpy(np.stack([a for _, a in pictures])).to(device)[:, None].float() / 255
    return x.contiguous(memory_format=torch.channels_last), alpha


def losses(logits, alpha):
    """Cross-entropy, more at edges, and 1 - IoU of each picture."""
    logits = logits.float()
    band = F.max_pool2d(alpha, 5, 1, 2) + F.max_pool2d(-alpha, 5, 1, 2)
    weight = 1 + 2 * band
    entropy = F.binary_cross_entropy_with_logits(logits, alpha, reduction="none")
    share = torch.sigmoid(logits)
    both = (share * alpha).flatten(1).sum(1)
    either = share.flatten(1).sum(1) + alpha.flatten(1).sum(1) - both
    return {"entropy": (weight * entropy).sum() / weight.sum(), "iou": 1 - ((both + 1) / (either + 1)).mean()}


@torch.no_grad()
def check(model, pictures, device):
    """Mean IoU at half opacity over held-back pictures, the same ones every time, per kind."""
    model.eval()
    out = {}
    for kind, made in pictures.items():
        found = []
        for start in range(0, len(made), 16):
            x, alpha = tensors(made[start : start + 16], device)
            with precision.mixed(device):
                ours = model(x) > 0
            truth = alpha >= 0.5
            either = (ours | truth).flatten(1).sum(1).clamp_min(1)
            found.append(((ours & truth).flatten(1).sum(1) / either).float().cpu())
        out[kind] = round(float(torch.cat(found).mean()), 4)
    return out


class Makers:
    """Threads that make batches ahead of their use."""

    def __init__(self, folder, side, batch, seed, count):
        self.folder, self.side, self.batch, self.stopped = folder, side, batch, False
        self.queue = queue.Queue(2 + count)
        for at in range(count):
            threading.Thread(target=self.run, args=(np.random.default_rng([*seed, at]),), daemon=True).start()

    def run(self, random):
        while not self.stopped:
            made = [scenes.scene(self.folder, random, self.side) for _ in range(self.batch)]
            while not self.stopped:
                try:
                    self.queue.put(made, timeout=0.5)
                    break
                except queue.Full:
                    continue


class Run:
    def __init__(self, options):
        self.options, self.out = options, pathlib.Path(options.out)
        self.out.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(options.seed)
        torch.set_num_threads(options.threads)
        self.model = unet.Matte(unet.CONFIGS[options.config]).to(options.device).to(memory_format=torch.channels_last)
        self.average = train.Average(self.model)
        self.optimizer = optimizer.Optimizer(self.model, options.lr, options.optimizer)
        self.spent, self.step, self.samples, self.warm_from = 0.0, 0, 0, 0
        self.folder, held_back = objects.Objects(options.data), objects.Objects(options.check)

        def held(kind):
            random = np.random.default_rng(7)
            return [scenes.scene(held_back, random, options.side, kind) for _ in range(CHECK_PICTURES)]

        self.held_back = {kind: held(kind) for kind in ("photo", "flat")}
        last = self.out / "last.pt"
        if last.exists():
            self.resume(torch.load(last, map_location=options.device, weights_only=True))
        elif options.start:
            random = np.random.default_rng(0)
            x, _ = tensors([scenes.scene(self.folder, random, options.side) for _ in range(32)], options.device)
            self.samples = int(export.unfold(self.model, options.start, x).get("samples", 0))
            self.average = train.Average(self.model)
        self.log_file = open(self.out / "log.jsonl", "a", buffering=1)

    def resume(self, state):
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.average.steps = state["step"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.spent, self.step, self.samples = state["spent"], state["step"], state["samples"]
        self.warm_from = self.step

    def save(self):
        parts = {"model": self.model, "average": self.average.model, "optimizer": self.optimizer}
        state = {name: part.state_dict() for name, part in parts.items()}
        torch.save(state | {"spent": self.spent, "step": self.step, "samples": self.samples}, self.out / "last.pt.new")
        (self.out / "last.pt.new").replace(self.out / "last.pt")
        options = self.options
        notes = {"config": options.config, "side": options.side, "samples": self.samples, "steps": self.step}
        path = self.out / f"{options.config}.safetensors"
        export.write(self.average.model, path, {name: str(value) for name, value in notes.items()})

    def log(self, **what):
        line = json.dumps({"minutes": round(self.spent / 60, 2), "step": self.step, "samples": self.samples, **what})
        self.log_file.write(line + "\n")
        print(line, flush=True)

    def one_step(self, pictures, progress):
        options = self.options
        self.model.train()
        self.optimizer.set_lr(train.lr_share(self.step - self.warm_from, progress, options.decay))
        x, alpha = tensors(pictures, options.device)
        with precision.mixed(options.device):
            logits = self.model(x)
        parts = losses(logits, alpha)
        loss = sum(parts.values())
        self.optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        if not torch.isfinite(norm):
            return {"broken": 1.0}
        self.optimizer.step()
        self.average.update(self.model)
        self.step += 1
        self.samples += len(x)
        return {name: float(value.detach()) for name, value in parts.items()}

    def run(self):
        options, limit = self.options, self.options.minutes * 60
        makers = Makers(self.folder, options.side, options.batch, [options.seed, self.step], options.makers)
        self.log(options=vars(options), objects=len(self.folder))
        means, started = {}, time.time()
        saved = started
        while self.spent < limit:
            for name, value in self.one_step(makers.queue.get(), self.spent / limit).items():
                means[name] = means.get(name, value) * 0.98 + value * 0.02
            now = time.time()
            self.spent, started = self.spent + now - started, now
            if self.step % 50 == 0:
                self.folder.refresh()
                self.log(**{name: round(value, 4) for name, value in means.items()})
            if now - saved > SAVE_SECONDS:
                saved = now
                self.save()
                self.log(check=check(self.average.model, self.held_back, options.device))
        makers.stopped = True
        self.save()
        self.log(check=check(self.average.model, self.held_back, options.device))


if __name__ == "__main__":
    Run(arguments()).run()
