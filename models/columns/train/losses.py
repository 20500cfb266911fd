"""What the network is trained for, and how it is measured on the way."""

import math

import torch
from torch.nn import functional as F

import network
from network import BACK, FRONT, LOG_BACK, LOG_FRONT, NORMAL_BACK, NORMAL_FRONT, THIN, TRUNCATION

SIGN_SHARPNESS = 4.0  # of the sign's logit, per unit of TRUNCATION
SIGN_SHARE = 0.3
IOU_SHARE = 1.0


class ColumnLoss(torch.autograd.Function):
    """Weighted L1 of the truncated field, cross-entropy of its sign, and 1 - IoU of each sample's inside.

    The gradient is made on the way forward, in one pass over the largest tensors instead of autograd's many: on a
    processor they are what takes time. The IoU gives a thin object the weight of a thick one, and keeps what is
    half likely from being left out everywhere.
    """

    @staticmethod
    def forward(ctx, field, truth, weight, counted):
        difference = field - truth
        total = weight.sum()
        logit = field * -SIGN_SHARPNESS
        inside = (truth < 0).to(field.dtype)
        loss = (weight * difference.abs()).sum() / total
        sign = (weight * F.softplus(logit).sub_(inside * logit)).sum() / total
        share = torch.sigmoid(logit)
        gradient = difference.sign_().add_(share - inside, alpha=-SIGN_SHARE * SIGN_SHARPNESS)
        gradient.mul_(weight).div_(total)

        count = (-1, 1, 1, 1)
        kept = share * counted
        both = (kept * inside).flatten(1).sum(1)
        either = (kept.flatten(1).sum(1) + (inside * counted).flatten(1).sum(1) - both).clamp_min(1)
        ratio = both / either
        # d ratio / d share = (t U - I (1 - t)) / U², d share / d field = -k share (1 - share).
        slope = inside * (1 / either + both / either**2).view(count) - (both / either**2).view(count)
        slope.mul_(kept).mul_(1 - share)
        gradient.add_(slope, alpha=IOU_SHARE * SIGN_SHARPNESS / len(field))
        ctx.save_for_backward(gradient)
        return loss + SIGN_SHARE * sign + IOU_SHARE * (1 - ratio.mean())

    @staticmethod
    def backward(ctx, scale):
        (gradient,) = ctx.saved_tensors
        return gradient * scale, None, None, None


def column_weight(truth, x):
    """4 within two voxels of the surface, 2 near the rim, 1 elsewhere in the outline, almost nothing outside it."""
    outline = network.half(x[:, 4:5])
    side, bins = truth.shape[-1], truth.shape[1]
    voxel = 2 / bins / TRUNCATION
    weight = torch.ones_like(truth)
    weight.masked_fill_((outline.abs() < 4 / side).expand_as(truth), 2.0)
    weight.masked_fill_(truth.abs() < 2 * voxel, 4.0)
    # The closure cuts there, so nothing needs to be learned.
    return weight.masked_fill_((outline > 2 / side).expand_as(truth), 0.02)


def counted(x):
    """1 where the IoU counts: in the outline and a little around it. [B, 1, G, G]"""
    outline = network.half(x[:, 4:5])
    return (outline < 2 / outline.shape[-1]).to(x.dtype)


def depth_loss(found, log_scale, truth):
    """Laplace likelihood where the truth has a depth."""
    known = torch.isfinite(truth)
    log_scale = log_scale.clamp(-5, 1)
    error = (found - torch.where(known, truth, torch.zeros_like(truth))).abs()
    likelihood = error * (-log_scale).exp() + log_scale
    return (likelihood * known).sum() / known.sum().clamp_min(1)


def gradient_loss(found, truth):
    """L1 of the differences between neighbours, cut off at depth edges."""
    loss = 0
    for axis in (-1, -2):
        difference = (found - truth).diff(dim=axis)
        known = torch.isfinite(difference) & (truth.diff(dim=axis).abs() < 0.08)
        difference = torch.where(known, difference, torch.zeros_like(difference))
        loss = loss + difference.abs().sum() / known.sum().clamp_min(1)
    return loss * truth.shape[-1] / 128


def normal_loss(found, truth, known):
    """1 - cos of front normals, given by x and y."""

    def whole(n):
        x, y = n.unbind(1)
        shrink = 0.995 * (x * x + y * y).clamp_min(0.995**2).rsqrt()
        x, y = x * shrink, y * shrink
        return x, y, (1 - x * x - y * y).sqrt()

    cosine = sum(a * b for a, b in zip(whole(found), whole(truth), strict=True))
    return ((1 - cosine) * known).sum() / known.sum().clamp_min(1)


def view_loss(logits, view):
    elevation = ((view[:, 0].rad2deg() + 30) / 5).long().clamp(0, network.ELEVATION_BINS - 1)
    opening = torch.where(view[:, 1] > 0, (view[:, 1].rad2deg() / 5).long() + 1, 0).clamp(0, network.VIEW_BINS - 1)
    split = network.ELEVATION_BINS
    return F.cross_entropy(logits[:, :split], elevation) + 0.5 * F.cross_entropy(logits[:, split:], opening)


def losses(output, batch):
    """All parts, weighted; their sum is what is minimised."""
    columns, picture, view = output
    x = batch["input"]
    field, front, back, picture = network.absolute(x, columns, picture)
    truth = batch["columns"]
    depth, normal = batch["depth"], batch["normal"]
    known = torch.isfinite(depth[:, 0])
    thin = F.binary_cross_entropy_with_logits(picture[:, THIN], batch["thin"], reduction="none")
    return {
        "columns": ColumnLoss.apply(field, truth, column_weight(truth, x), counted(x)),
        "front": 0.1 * depth_loss(front, picture[:, LOG_FRONT], depth[:, 0]),
        "back": 0.05 * depth_loss(back, picture[:, LOG_BACK], depth[:, 1]),
        "edges": 1.5 * gradient_loss(front, depth[:, 0]) + 0.5 * gradient_loss(back, depth[:, 1]),
        "normals": 0.5 * normal_loss(picture[:, NORMAL_FRONT : NORMAL_FRONT + 2], normal[:, :2], known)
        + 0.15 * normal_loss(picture[:, NORMAL_BACK : NORMAL_BACK + 2], normal[:, 2:], known),
        "thin": 0.02 * (thin * known).sum() / known.sum().clamp_min(1),
        "view": 0.01 * view_loss(view.float(), batch["view"]),
    }


@torch.no_grad()
def measures(output, batch):
    """Per sample: IoU of the columns inside the outline and mean error of the depths; the balloon's beside them."""
    columns, picture, _ = output
    x = batch["input"]
    field, front, back, _ = network.absolute(x, columns, picture)
    start = network.balloon(x, field.shape[1])
    inside = batch["columns"] < 0
    prism = (network.half(x[:, 3:4]) >= 0.5).expand_as(inside)

    def iou(f):
        made = (f < 0) & prism
        either = (made | inside).flatten(1).sum(1)
        return (made & inside).flatten(1).sum(1) / either.clamp_min(1)

    known = torch.isfinite(batch["depth"])
    truth = torch.where(known, batch["depth"], torch.zeros_like(batch["depth"]))

    def off(found, side):
        return ((found - truth[:, side]).abs() * known[:, side]).flatten(1).sum(1) / known[:, side].flatten(
            1
        ).sum(1).clamp_min(1)

    return {
        "iou": iou(field),
        "iou_balloon": iou(start),
        "front": off(front, 0),
        "front_balloon": off(x[:, 5], 0),
        "back": off(back, 1),
        "back_balloon": off(-x[:, 5], 1),
    }


def finite(value):
    return math.isfinite(float(value.detach()))
