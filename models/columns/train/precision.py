"""Whether 16 bits are faster than 32 on a device."""

import functools

import torch


@functools.cache
def half(device):
    """Whether bfloat16 is computed in hardware: a processor that has to emulate it takes ten times as long."""
    if device != "cpu":
        return True
    able = torch.cpu.get_capabilities()
    return any(able.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def mixed(device):
    """The context in which a network runs in 16 bits where that is faster."""
    return torch.autocast(device, torch.bfloat16, enabled=half(device))
