# Reads tensors of a .safetensors file; what the scripts beside this one start with.
import json, struct, torch
import torch.nn.functional as F

torch.set_grad_enabled(False)

def tensors(path, prefix=""):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
    start = 8 + length
    header.pop("__metadata__", None)
    end = max(entry["data_offsets"][1] for entry in header.values())
    whole = torch.from_file(path, shared=False, size=start + end, dtype=torch.uint8)
    def tensor(entry):
        a, b = (start + at for at in entry["data_offsets"])
        kind = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}[entry["dtype"]]
        return whole[a:b].clone().view(kind).float().reshape(entry["shape"])
    return {name[len(prefix):]: tensor(entry) for name, entry in header.items() if name.startswith(prefix)}

def heads(x, count):
    return x.unflatten(-1, (count, -1)).transpose(1, 2)

def merged(x):
    return x.transpose(1, 2).flatten(2)

def output(path, x):
    with open(path, "wb") as file:
        file.write(x.contiguous().numpy().astype("<f4").tobytes())
