"""The cut-out network in training form: one logit of opacity per pixel, from plain colours.

Blocks and the folding of their norms are those of `columns`; names of modules here are the names of the exported
tensors.

    python unet.py --fixture FILE.safetensors      a tiny network with random weights, and what it gives
"""

import argparse
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

import shared  # noqa: F401
import export
from network import Attention, ConvNorm, Residual, Up, depth_to_space, positions, space_to_depth

INPUT_CHANNELS = 3


@dataclass(frozen=True)
class Config:
    """Widths of the levels, the finest first; each level has half the side of the one before."""

    name: str
    side: int  # of the picture it is meant for
    stem: int  # at side / 2
    fine: int  # at side / 4
    coarse: int  # at side / 8
    token: int  # at side / 16
    heads: int
    encoder_blocks: int
    decoder_blocks: int
    transformer_blocks: int
    last: int  # decoder at side / 2
    detail: int  # at the full side


CONFIGS = {
    "M": Config("M", 256, 16, 32, 64, 128, 4, 2, 1, 4, 24, 8),
    # For parity tests: a few kilobytes.
    "tiny": Config("tiny", 32, 4, 4, 8, 8, 2, 1, 1, 1, 4, 4),
}


class Matte(nn.Module):
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
        self.picture_grow = nn.Conv2d(c.last, 4 * c.detail, 1)
        self.picture_hidden = ConvNorm(c.detail + INPUT_CHANNELS, c.detail, 3)
        self.picture_out = nn.Conv2d(c.detail, 1, 1)
        nn.init.zeros_(self.picture_out.weight)
        nn.init.constant_(self.picture_out.bias, -1.0)

    def forward(self, x):
        """Colours in -1..1, [B, 3, P, P] -> logits [B, 1, P, P]; P is a multiple of 16."""
        c = self.config
        stem = F.relu(self.stem[1](F.relu(self.stem[0](space_to_depth(x)))))
        fine = self.fine(F.relu(self.to_fine(space_to_depth(stem))))
        coarse = self.coarse(F.relu(self.to_coarse(space_to_depth(fine))))
        token = self.to_token(space_to_depth(coarse))
        b, _, h, w = token.shape
        tokens = token.flatten(2).transpose(1, 2) + positions(h, c.token, x.device).to(token.dtype)
        tokens = self.token_norm(self.transformer(tokens))
        y = self.up_coarse(tokens.transpose(1, 2).reshape(b, c.token, h, w), coarse)
        y = self.up_last(self.up_fine(y, fine), stem)
        detail = depth_to_space(self.picture_grow(y))
        return self.picture_out(F.relu(self.picture_hidden(torch.cat([detail, x.to(detail.dtype)], 1))))


def fixture(path):
    """A tiny network with random weights and what it gives in 32 bits before folding."""
    torch.manual_seed(6)
    config = CONFIGS["tiny"]
    model = export.shaken(Matte(config))
    out = {f"model.{name}": t.numpy() for name, t in export.folded(model).items()}
    with torch.no_grad():
        out["expected.logits"] = model(export.noise(1, INPUT_CHANNELS, config.side)).contiguous().numpy()
    export.write_tensors(out, path, {"what": "tests/matte: random weights, made by models/matte/train/unet.py --fixture"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixture", required=True)
    fixture(parser.parse_args().fixture)
