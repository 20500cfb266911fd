"""Muon for the matrices inside, AdamW for the rest.

Muon: momentum, then the nearest orthogonal matrix by five Newton-Schulz steps (Jordan et al. 2024, "Muon: an
optimizer for hidden layers in neural networks"); a convolution is taken as the matrix [out, in · k · k].
"""

import torch
import torch.distributed as dist

import precision

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonal(matrix):
    """About U Vᵀ of a matrix U S Vᵀ."""
    a, b, c = COEFFICIENTS
    x = matrix.bfloat16() if precision.half(matrix.device.type) else matrix
    turned = x.shape[0] > x.shape[1]
    if turned:
        x = x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if turned else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr, momentum=0.95, decay=0.01):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self):
        rank, workers = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
        for group in self.param_groups:
            steps = []
            for at, p in enumerate(group["params"]):
                state = self.state[p]
                if not state:
                    state["velocity"] = torch.zeros_like(p)
                velocity = state["velocity"].lerp_(p.grad, 1 - group["momentum"])
                # Each worker makes its share of the steps.
                if at % workers == rank:
                    ahead = p.grad.lerp(velocity, group["momentum"])
                    steps.append(orthogonal(ahead.flatten(1)).flatten())
                else:
                    steps.append(torch.zeros(p.numel(), device=p.device))
            if workers > 1:
                joined = torch.cat(steps)
                dist.all_reduce(joined)
                steps = joined.split([p.numel() for p in group["params"]])
            for p, step in zip(group["params"], steps, strict=True):
                # RMS of the step as AdamW's, so that one learning rate suits both.
                scale = 0.2 * max(p.flatten(1).shape) ** 0.5
                p.mul_(1 - group["lr"] * group["decay"])
                p.add_(step.view(p.shape), alpha=-group["lr"] * scale)


class Optimizer:
    """Both, as one."""

    def __init__(self, model, lr, kind="muon", decay=0.02):
        last = ("column_out.", "picture_out.", "view.", "stem.0.")
        inner, matrices, rest = [], [], []
        for name, p in model.named_parameters():
            if p.ndim < 2:
                rest.append(p)
            elif kind == "muon" and not name.startswith(last):
                inner.append(p)
            else:
                matrices.append(p)
        adam = [{"params": matrices, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]
        self.parts = [torch.optim.AdamW(adam, lr=lr, betas=(0.9, 0.98), fused=True)]
        if inner:
            self.parts.append(Muon(inner, lr, decay=decay))
        self.lr = lr

    def set_lr(self, share):
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = self.lr * share

    def zero_grad(self):
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def step(self):
        for part in self.parts:
            part.step()

    def state_dict(self):
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states):
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)
