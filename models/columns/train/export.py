"""Folded weights in 16 bits, and back.

Batch norm is folded into the convolution before it: weight · γ/√(σ² + ε), bias β − μ γ/√(σ² + ε).

    python export.py --checkpoint OUT/last.pt --config S --to FILE.safetensors
    python export.py --fixture FILE.safetensors      a tiny network with random weights, and what it gives
"""

import argparse
import json
import struct

import numpy as np
import torch

import network

NAMES = {"float16": "F16", "float32": "F32"}


@torch.no_grad()
def folded(model):
    """All tensors of a model by the names that the program knows, batch norm folded."""
    out = {}
    inside = set()
    for name, module in model.named_modules():
        if isinstance(module, network.ConvNorm):
            scale = module.norm.weight / (module.norm.running_var + module.norm.eps).sqrt()
            out[f"{name}.weight"] = module.conv.weight * scale[:, None, None, None]
            out[f"{name}.bias"] = module.norm.bias - module.norm.running_mean * scale
            inside.add(name + ".")
    for name, p in model.named_parameters():
        if not any(name.startswith(start) for start in inside):
            out[name] = p
    return {name: t.detach().float().contiguous().cpu() for name, t in out.items()}


def write_tensors(tensors, path, notes):
    """A `.safetensors` file of numpy arrays."""
    header, at = {"__metadata__": notes}, 0
    for name in sorted(tensors):
        t = tensors[name]
        header[name] = {"dtype": NAMES[str(t.dtype)], "shape": list(t.shape), "data_offsets": [at, at + t.nbytes]}
        at += t.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in sorted(tensors):
            file.write(np.ascontiguousarray(tensors[name]).tobytes())


def read_tensors(path):
    """Arrays of a `.safetensors` file, as 32-bit numbers, and its notes."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    out = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            kind = np.float16 if entry["dtype"] == "F16" else np.float32
            out[name] = np.frombuffer(body[start:end], kind).reshape(entry["shape"]).astype(np.float32)
    return out, header.get("__metadata__", {})


def write(model, path, notes):
    write_tensors({k: v.half().numpy() for k, v in folded(model).items()}, path, notes)


@torch.no_grad()
def unfold(model, path, x):
    """Puts folded weights into a training model; the norms' statistics are found on the batch `x`. Gives the notes."""
    arrays, notes = read_tensors(path)
    tensors = {name: torch.from_numpy(t) for name, t in arrays.items()}
    parameters = dict(model.named_parameters())
    for name, module in model.named_modules():
        if isinstance(module, network.ConvNorm):
            module.conv.weight.copy_(tensors.pop(f"{name}.weight"))
            module.folded_bias = tensors.pop(f"{name}.bias").to(x.device)
    for name, t in tensors.items():
        parameters[name].copy_(t)
    model(x)
    for module in model.modules():
        if isinstance(module, network.ConvNorm):
            module.folded_bias = None
    return notes


def noise(batch, channels, side):
    """A picture of numbers that the program's test makes again: bits of a multiplied index."""
    index = torch.arange(batch * channels * side * side)
    x = ((index * 2654435761 >> 12) & 255).float().view(batch, channels, side, side) / 256 - 0.25
    # Opacity, thickness and validity as they may be.
    x[:, 3], x[:, 5], x[:, 6] = (4 * x[:, 3]).clamp(0, 1), x[:, 5].abs(), (x[:, 6] > -0.1).float()
    return x


@torch.no_grad()
def shaken(model):
    """The model with random weights and statistics, ready to be run."""
    for p in model.parameters():
        p.copy_(torch.randn_like(p) * (0.8 / max(1, p[0].numel()) ** 0.5 if p.ndim > 1 else 0.1))
    for module in model.modules():
        if isinstance(module, network.ConvNorm):
            module.norm.weight.add_(1)
            module.norm.running_mean.normal_(0, 0.1)
            module.norm.running_var.uniform_(0.5, 1.5)
    return model.eval()


def fixture(path):
    """A tiny network with random weights and what it gives in 32 bits before folding."""
    torch.manual_seed(5)
    config = network.CONFIGS["tiny"]
    model = shaken(network.Columns(config))
    out = {f"model.{name}": t.numpy() for name, t in folded(model).items()}
    x = noise(1, network.INPUT_CHANNELS, config.side)
    with torch.no_grad():
        columns, picture, view = model(x)
        start = network.balloon(x, config.bins)
    # Every fourth row is enough.
    named = {"columns": columns, "picture": picture[:, :, ::4], "view": view, "balloon": start}
    out.update({f"expected.{name}": t.contiguous().numpy() for name, t in named.items()})
    write_tensors(out, path, {"what": "tests/columns: random weights, made by models/columns/train/export.py --fixture"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixture")
    parser.add_argument("--checkpoint")
    parser.add_argument("--config", default="S")
    parser.add_argument("--side", type=int, help="of the pictures that it was trained on last; the configuration's own when left out")
    parser.add_argument("--to")
    arguments = parser.parse_args()
    if arguments.fixture:
        fixture(arguments.fixture)
    else:
        state = torch.load(arguments.checkpoint, map_location="cpu", weights_only=True)
        model = network.Columns(network.CONFIGS[arguments.config])
        model.load_state_dict(state["average"])
        side = arguments.side or network.CONFIGS[arguments.config].side
        notes = {"config": arguments.config, "side": side, "samples": state["samples"], "steps": state["step"]}
        write(model, arguments.to, {name: str(value) for name, value in notes.items()})
