"""Trains `columns` for a given time.

    python train.py --config S --data FOLDER --check FOLDER --out FOLDER --minutes 60 [--seed 1]

Half the side first, then the full side (--small-share); the learning rate falls to nothing in the last part of the
time (--decay). Every few minutes it writes OUT/last.pt, from which the same command goes on where it stopped, and
OUT/S.safetensors (the averaged weights, folded, 16 bits: what is committed). --from FILE.safetensors starts from
committed weights with a short warm-up; the optimizer's state does not travel.
"""

import argparse
import copy
import datetime
import json
import pathlib
import tempfile
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing

import batches
import export
import losses
import network
import optimizer
import precision
import records

WARM_UP_STEPS = 80
SAVE_SECONDS = 240
CHECK_SAMPLES = 192


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="S", choices=network.CONFIGS)
    parser.add_argument("--data", required=True)
    parser.add_argument("--check", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--from", dest="start")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--small-share", type=float, default=0.6, help="of the time, at half the side")
    parser.add_argument("--batch", type=int, default=32, help="per worker")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.3, help="share of the time in which the rate falls to nothing")
    parser.add_argument("--optimizer", default="muon", choices=("muon", "adam"))
    parser.add_argument("--packed", type=int, default=1, help="how often packed solids come in each round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that share each step, one thread each")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true", help="the losses, by torch.compile: an eighth less time on a processor")
    return parser.parse_args()


class Average:
    """Exponential mean of weights and statistics, faster at first."""

    def __init__(self, model, decay=0.9985):
        self.model, self.decay, self.steps = copy.deepcopy(model).eval(), decay, 0
        self.model.requires_grad_(False)

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        share = 1 - min(self.decay, (1 + self.steps) / (10 + self.steps))
        ours, theirs = self.model.state_dict(), model.state_dict()
        floats = [k for k, v in ours.items() if v.is_floating_point()]
        torch._foreach_lerp_([ours[k] for k in floats], [theirs[k] for k in floats], share)


def lr_share(step, progress, decay):
    return min(1.0, (step + 1) / WARM_UP_STEPS) * min(1.0, max(0.02, (1 - progress) / decay))


def to_device(batch, device):
    return {k: v.to(device) for k, v in batch.items()}


@torch.no_grad()
def check(model, folder, device, limit=CHECK_SAMPLES):
    """Mean measures over held-back samples, the same ones every time."""
    model.eval()
    count = len(folder)
    picks = np.linspace(0, count - 1, min(limit, count)).astype(int)
    random = np.random.default_rng(0)
    found = {}
    for start in range(0, len(picks), 32):
        batch = to_device(batches.draw(folder, picks[start : start + 32], random, augment=False), device)
        with precision.mixed(device):
            output = model(batch["input"].to(memory_format=torch.channels_last))
        parts = losses.losses(output, batch)
        measured = losses.measures(output, batch)
        for name, value in [*measured.items(), *((f"loss_{k}", v[None]) for k, v in parts.items())]:
            found.setdefault(name, []).append(value.float().cpu())
    out = {name: round(float(torch.cat(values).mean()), 4) for name, values in found.items()}
    better = torch.cat(found["iou"]) > torch.cat(found["iou_balloon"])
    out["better"] = round(float(better.float().mean()), 3)
    return out


class Run:
    def __init__(self, options, rank=0):
        self.options, self.rank = options, rank
        self.out = pathlib.Path(options.out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.config = network.CONFIGS[options.config]
        self.losses = torch.compile(losses.losses) if options.compile else losses.losses
        torch.manual_seed(options.seed)
        torch.set_num_threads(options.threads)
        self.model = network.Columns(self.config).to(options.device).to(memory_format=torch.channels_last)
        self.average = Average(self.model)
        self.optimizer = optimizer.Optimizer(self.model, options.lr, options.optimizer)
        self.spent, self.step, self.samples, self.warm_from = 0.0, 0, 0, 0
        last = self.out / "last.pt"
        if last.exists():
            self.resume(torch.load(last, map_location=options.device, weights_only=True))
        elif options.start:
            self.start_from(options.start)
        self.log_file = open(self.out / "log.jsonl", "a", buffering=1)

    def resume(self, state):
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.average.steps = state["step"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.spent, self.step, self.samples = state["spent"], state["step"], state["samples"]

    def start_from(self, path):
        suffix, side = ("small", self.config.side // 2) if self.options.small_share > 0 else ("full", self.config.side)
        folder = records.Folder(self.options.data, suffix, side, self.config.bins)
        picks = np.random.default_rng(0).permutation(len(folder))[:64]
        batch = to_device(batches.draw(folder, picks, np.random.default_rng(0)), self.options.device)
        notes = export.unfold(self.model, path, batch["input"])
        self.samples = int(notes.get("samples", 0))
        self.average = Average(self.model)

    def save(self):
        if self.rank > 0:
            return
        state = {
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "spent": self.spent,
            "step": self.step,
            "samples": self.samples,
        }
        torch.save(state, self.out / "last.pt.new")
        (self.out / "last.pt.new").replace(self.out / "last.pt")
        export.write(self.average.model, self.out / f"{self.config.name}.safetensors", self.notes())

    def notes(self):
        notes = {"config": self.config.name, "side": self.side, "samples": self.samples, "steps": self.step}
        return {name: str(value) for name, value in notes.items()}

    def log(self, **what):
        if self.rank > 0:
            return
        line = {"minutes": round(self.spent / 60, 2), "step": self.step, "samples": self.samples, **what}
        self.log_file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)

    def check(self, folder):
        return check(self.average.model, folder, self.options.device) if self.rank == 0 else None

    def share(self, broken):
        """Makes gradients and time those of all workers; whether any of them is broken."""
        if not dist.is_initialized():
            return broken
        gradients = [p.grad for p in self.model.parameters()]
        clock = [self.spent if self.rank == 0 else 0.0, float(broken)]
        joined = torch.cat([g.flatten() for g in gradients] + [torch.tensor(clock)])
        dist.all_reduce(joined)
        *parts, clock = joined.split([g.numel() for g in gradients] + [2])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view(gradient.shape) / self.options.workers)
        self.spent = float(clock[0])
        return bool(clock[1] > 0) or not bool(torch.isfinite(joined).all())

    def one_step(self, batch, progress):
        self.model.train()
        self.optimizer.set_lr(lr_share(self.step - self.warm_from, progress, self.options.decay))
        batch = to_device(batch, self.options.device)
        with precision.mixed(self.options.device):
            output = self.model(batch["input"].to(memory_format=torch.channels_last))
        parts = self.losses(output, batch)
        loss = sum(parts.values())
        self.optimizer.zero_grad()
        loss.backward()
        if self.share(not losses.finite(loss)):
            return None
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimizer.step()
        self.average.update(self.model)
        self.step += 1
        self.samples += len(batch["input"]) * self.options.workers
        return {k: float(v.detach()) for k, v in parts.items()}

    def stage(self, suffix, side, batch, until):
        """Trains at one size until `until` seconds are spent."""
        if self.spent >= until:
            return
        options, limit = self.options, self.options.minutes * 60
        self.side = side
        folder = records.Folder(options.data, suffix, side, self.config.bins)
        held_back = records.Folder(options.check, suffix, side, self.config.bins)
        feeder = batches.Feeder(folder, batch, [options.seed, self.step], self.rank, options.workers, options.packed)
        self.warm_from = self.step
        means, saved = {}, time.time()
        self.log(stage=suffix, records=len(folder), check=self.check(held_back))
        started = time.time()
        while self.spent < until:
            parts = self.one_step(feeder.next(), self.spent / limit)
            now = time.time()
            self.spent += now - started
            started = now
            for name, value in (parts or {"broken": 1.0}).items():
                means[name] = means.get(name, value) * 0.98 + value * 0.02
            if self.step % 50 == 0:
                self.log(records=len(folder), **{k: round(v, 4) for k, v in means.items()})
            if now - saved > SAVE_SECONDS:
                saved = now
                self.save()
                self.log(check=self.check(held_back))
        feeder.stop()
        self.save()
        if self.rank == 0:
            export.write(self.average.model, self.out / f"{self.config.name}-{suffix}.safetensors", self.notes())
        self.log(stage_end=suffix, check=self.check(held_back))

    def run(self):
        options, side = self.options, self.config.side
        self.log(options=vars(options))
        limit = options.minutes * 60
        self.stage("small", side // 2, options.batch, limit * options.small_share)
        self.stage("full", side, options.batch, limit)


def work(rank, options, meeting):
    """One of several processes."""
    wait = datetime.timedelta(hours=2)
    dist.init_process_group(
        "gloo", init_method=f"file://{meeting}", rank=rank, world_size=options.workers, timeout=wait
    )
    Run(options, rank).run()


if __name__ == "__main__":
    options = arguments()
    if options.workers == 1:
        Run(options).run()
    else:
        meeting = tempfile.mktemp(prefix="columns-")
        torch.multiprocessing.spawn(work, (options, meeting), options.workers)
