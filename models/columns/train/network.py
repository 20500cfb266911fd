"""The `columns` network in training form: a signed-distance column behind every pixel.

The program runs the same network with batch norm folded into the convolutions (export.py); names of
modules here are the names of the exported tensors.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

INPUT_CHANNELS = 7
# Distances are truncated at this, in the frame's unit; the network's unit of distance.
TRUNCATION = 1 / 8
ELEVATION_BINS = 18  # of 5°, from -30°
VIEW_BINS = 10  # the first is orthographic, then 5° each
# Channels of the picture head.
FRONT, BACK, NORMAL_FRONT, NORMAL_BACK, LOG_FRONT, LOG_BACK, THIN = 0, 1, 2, 4, 6, 7, 8
PICTURE_CHANNELS = 9


@dataclass(frozen=True)
class Config:
    """Widths of the levels, the finest first; each level has half the side of the one before."""

    name: str
    side: int  # of the picture it is meant for
    bins: int  # along z, whatever the side of the picture is
    stem: int
    fine: int  # encoder and decoder at side / 4
    coarse: int  # at side / 8
    token: int  # at side / 16
    heads: int
    encoder_blocks: int
    decoder_blocks: int
    transformer_blocks: int
    last: int  # decoder at side / 2
    column_hidden: int
    picture_hidden: int


CONFIGS = {
    "S": Config("S", 128, 64, 24, 64, 128, 160, 8, 3, 2, 9, 48, 96, 16),
    "L": Config("L", 256, 128, 48, 128, 256, 320, 8, 3, 2, 5, 96, 192, 24),
    # For parity tests: a few kilobytes.
    "tiny": Config("tiny", 32, 4, 4, 4, 8, 8, 2, 1, 1, 1, 4, 8, 4),
}


def space_to_depth(x):
    """[B, C, H, W] -> [B, 4 C, H/2, W/2]; channel (2 dy + dx) C + c."""
    b, c, h, w = x.shape
    x = x.permute(0, 2, 3, 1).reshape(b, h // 2, 2, w // 2, 2, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, h // 2, w // 2, 4 * c).permute(0, 3, 1, 2)


def depth_to_space(x):
    """The reverse of `space_to_depth`."""
    b, c, h, w = x.shape
    x = x.permute(0, 2, 3, 1).reshape(b, h, w, 2, 2, c // 4)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, 2 * h, 2 * w, c // 4).permute(0, 3, 1, 2)


class ConvNorm(nn.Module):
    """Convolution and batch norm."""

    def __init__(self, c_in, c_out, kernel, zero=False):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(c_out, momentum=0.05)
        self.folded_bias = None  # set while the statistics of folded weights are being found
        if zero:
            nn.init.zeros_(self.norm.weight)

    def forward(self, x):
        if self.folded_bias is not None:
            return self.recover(x)
        return self.norm(self.conv(x))

    @torch.no_grad()
    def recover(self, x):
        """Sets the norm so that it does nothing but add the folded bias to what the convolution gives."""
        y = self.conv(x).float()
        variance, mean = torch.var_mean(y, (0, 2, 3), unbiased=False)
        self.norm.running_mean.copy_(mean)
        self.norm.running_var.copy_(variance)
        self.norm.weight.copy_((variance + self.norm.eps).sqrt())
        self.norm.bias.copy_(mean + self.folded_bias)
        return y + self.folded_bias[:, None, None]


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a = ConvNorm(c, c, 3)
        self.b = ConvNorm(c, c, 3, zero=True)

    def forward(self, x):
        return F.relu(x + self.b(F.relu(self.a(x))))


# Share of what a transformer block adds that is left out in training.
DROP = 0.1


class Attention(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, c, heads):
        super().__init__()
        self.heads = heads
        self.norm_a = nn.LayerNorm(c, eps=1e-6)
        self.qkv = nn.Linear(c, 3 * c)
        self.out = nn.Linear(c, c)
        self.norm_b = nn.LayerNorm(c, eps=1e-6)
        self.inner = nn.Linear(c, 4 * c)
        self.outer = nn.Linear(4 * c, c)
        self.drop = nn.Dropout(DROP)
        for zero in (self.out, self.outer):
            nn.init.zeros_(zero.weight)
            nn.init.zeros_(zero.bias)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(self.norm_a(x)).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        # By hand: for so few tokens the fused kernel is slower on a processor.
        weights = (q @ k.transpose(2, 3) * (c // self.heads) ** -0.5).softmax(-1)
        y = (weights @ v).transpose(1, 2).reshape(b, n, c)
        x = x + self.drop(self.out(y))
        return x + self.drop(self.outer(F.gelu(self.inner(self.norm_b(x)))))


def positions(side, c, device):
    """[side * side, c]: sines and cosines of y and of x in the frame's [-1, 1], whatever the side."""
    at = (2 * torch.arange(side, device=device) + 1) / side - 1
    frequencies = math.pi * 2.0 ** torch.linspace(-1, 3, c // 4, device=device)
    angles = at[:, None] * frequencies
    one = torch.cat([angles.sin(), angles.cos()], 1)
    y = one[:, None, :].expand(side, side, c // 2)
    x = one[None, :, :].expand(side, side, c // 2)
    return torch.cat([y, x], 2).reshape(side * side, c)


class Up(nn.Module):
    """To twice the side, joined with the encoder's features of that side."""

    def __init__(self, c_in, c_skip, c_out, blocks):
        super().__init__()
        self.grow = ConvNorm(c_in, 4 * c_out, 1)
        self.join = ConvNorm(c_out + c_skip, c_out, 1)
        self.blocks = nn.Sequential(*[Residual(c_out) for _ in range(blocks)])

    def forward(self, x, skip):
        x = depth_to_space(F.relu(self.grow(x)))
        return self.blocks(F.relu(self.join(torch.cat([x, skip], 1))))


class Columns(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = c = config
        self.stem = nn.ModuleList([ConvNorm(4 * INPUT_CHANNELS, c.stem, 3), ConvNorm(c.stem, c.stem, 3)])
        self.to_fine = ConvNorm(4 * c.stem, c.fine, 1)
        self.fine = nn.Sequential(*[Residual(c.fine) for _ in range(c.encoder_blocks)])
        self.to_coarse = ConvNorm(4 * c.fine, c.coarse, 1)
        self.coarse = nn.Sequential(*[Residual(c.coarse) for _ in range(c.encoder_blocks)])
        self.to_token = nn.Conv2d(4 * c.coarse, c.token, 1)
        self.transformer = nn.Sequential(*[Attention(c.token, c.heads) for _ in range(c.transformer_blocks)])
        self.token_norm = nn.LayerNorm(c.token, eps=1e-6)
        self.up_coarse = Up(c.token, c.coarse, c.coarse, c.decoder_blocks)
        self.up_fine = Up(c.coarse, c.fine, c.fine, c.decoder_blocks)
        self.up_last = Up(c.fine, c.stem, c.last, c.decoder_blocks)
        self.column_hidden = ConvNorm(c.last, c.column_hidden, 1)
        self.column_out = nn.Conv2d(c.column_hidden, c.bins, 1)
        self.picture_grow = nn.Conv2d(c.last, 4 * c.picture_hidden, 1)
        self.picture_hidden = ConvNorm(c.picture_hidden + INPUT_CHANNELS, c.picture_hidden, 3)
        self.picture_out = nn.Conv2d(c.picture_hidden, PICTURE_CHANNELS, 1)
        self.view = nn.Linear(c.token, ELEVATION_BINS + VIEW_BINS)
        for last in (self.column_out, self.picture_out, self.view):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
        # The inflated balloon is off by about this much at first: e^-2 of the frame's unit.
        with torch.no_grad():
            self.picture_out.bias[LOG_FRONT : LOG_BACK + 1] = -2.0

    def forward(self, x):
        """[B, 7, P, P] -> residual columns [B, bins, P/2, P/2], residual picture [B, 9, P, P], view logits."""
        c = self.config
        x = shading(x)
        stem = F.relu(self.stem[1](F.relu(self.stem[0](space_to_depth(x)))))
        fine = self.fine(F.relu(self.to_fine(space_to_depth(stem))))
        coarse = self.coarse(F.relu(self.to_coarse(space_to_depth(fine))))
        token = self.to_token(space_to_depth(coarse))
        b, _, h, w = token.shape
        tokens = token.flatten(2).transpose(1, 2) + positions(h, c.token, x.device).to(token.dtype)
        tokens = self.token_norm(self.transformer(tokens))
        view = self.view(tokens.mean(1))
        token = tokens.transpose(1, 2).reshape(b, c.token, h, w)
        y = self.up_coarse(token, coarse)
        y = self.up_fine(y, fine)
        y = self.up_last(y, stem)
        columns = self.column_out(F.relu(self.column_hidden(y)))
        detail = depth_to_space(self.picture_grow(y))
        detail = F.relu(self.picture_hidden(torch.cat([detail, x.to(detail.dtype)], 1)))
        return columns, self.picture_out(detail), view


# Share of opacity from which a pixel's colour counts, and the least that colours are divided by.
OPAQUE, LEAST_ALPHA = 0.9, 0.3
# Deviation of brightness that counts as none, and what keeps the light's direction from growing without bound.
CALM, DIM = 0.02, (0.02, 0.3)


@torch.no_grad()
def shading(x):
    """Puts in the place of the three colours what they tell of the surface; all else stays. [B, 7, P, P].

    Channel 0: brightness less its mean over the object, in units of 5/2 deviations. Channels 1 and 2: by how much x and
    y of the normal have to change for the brightness that is seen, when the balloon's normals and one distant light
    explain it in the mean (linear shape from shading; the light is a least-squares fit, Pentland 1990).
    A convolution cannot divide by a picture's own contrast; without this it hardly learns to look at colours at all.
    """
    with torch.autocast(x.device.type, enabled=False):
        x = x.float().clone()
        alpha, valid = x[:, 3], x[:, 6] > 0.5
        shown = (alpha > 0.5) & valid
        weight = ((alpha > OPAQUE) & valid).float()
        count = weight.sum((1, 2), keepdim=True).clamp_min(1)
        weight = weight / count
        light = x[:, :3].mean(1) / alpha.clamp_min(LEAST_ALPHA)
        light = light - (light * weight).sum((1, 2), keepdim=True)
        deviation = (light * light * weight).sum((1, 2), keepdim=True).sqrt()
        light = torch.where(shown, (light / (deviation + CALM)).clamp(-3, 3), 0)
        known = torch.cat([balloon_normals(x[:, 5:6]), torch.ones_like(x[:, :1])], 1)
        weighted = known * weight[:, None]
        square = torch.einsum("bipq,bjpq->bij", weighted, known)
        square = square + torch.diag(torch.tensor([DIM[0]] * 3 + [1e-4], device=x.device))
        right = torch.einsum("bipq,bpq->bi", weighted, light)
        fit = torch.linalg.solve(square, right)
        left = torch.where(shown, light - torch.einsum("bi,bipq->bpq", fit, known), 0)
        change = fit[:, :2] / ((fit[:, :3] ** 2).sum(1, keepdim=True) + DIM[1])
        x[:, 0] = 0.4 * light
        x[:, 1:3] = (left[:, None] * change[:, :, None, None]).clamp(-1, 1)
        return x


def balloon_normals(h):
    """Normals [B, 3, P, P] of z² = h²; 0 where there is none."""
    square, step = h**2, 2 / h.shape[-1]
    padded = F.pad(square, (1, 1, 1, 1), mode="replicate")
    x = (padded[:, :, 1:-1, :-2] - padded[:, :, 1:-1, 2:]) / (2 * step)
    y = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / (2 * step)
    normals = torch.cat([x, y, 2 * h], 1)
    return normals / normals.norm(dim=1, keepdim=True).clamp_min(1e-4)


def half(x):
    """Mean over 2 x 2 pixels."""
    return F.avg_pool2d(x, 2)


def balloon(x, bins):
    """The inflated outline as a truncated field [B, bins, G, G] in units of `TRUNCATION`: where the network starts.

    (z² - h²) / |grad (z² - h²)|, as the program's own inflation has it, and nothing outside the outline.
    """
    square = half(x[:, 5:6] ** 2)
    outline = half(x[:, 4:5])
    side = square.shape[-1]
    step = 2 / side
    padded = F.pad(square, (1, 1, 1, 1), mode="replicate")
    slope_x = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) / (2 * step)
    slope_y = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) / (2 * step)
    z = ((2 * torch.arange(bins, device=x.device) + 1) / bins - 1).view(1, -1, 1, 1)
    slope = (slope_x**2 + slope_y**2 + 4 * z**2).sqrt()
    steepest = torch.maximum(slope, square.sqrt()).clamp_min(1e-3)
    field = torch.maximum((z**2 - square) / steepest, outline)
    return (field / TRUNCATION).clamp(-1, 1)


def absolute(x, columns, picture):
    """The network's residuals on top of the balloon: fields in units of `TRUNCATION`, depths in the frame's unit."""
    field = balloon(x.float(), columns.shape[1]) + columns.float()
    picture = picture.float()
    h = x[:, 5].float()
    front, back = picture[:, FRONT] + h, picture[:, BACK] - h
    return field, front, back, picture
