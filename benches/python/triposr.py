# TripoSR's network from picture to scene codes. FOLDER holds model.safetensors and picture.f32.
import numpy
w = tensors(FOLDER + "/model.safetensors")
side, grid = 512, 32
picture = torch.from_numpy(numpy.fromfile(FOLDER + "/picture.f32", "<f4")).reshape(1, side, side, 3)

def linear(x, name, bias=True):
    return F.linear(x, w[name + ".weight"], w[name + ".bias"] if bias else None)

def norm(x, name, epsilon):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], epsilon)

def positions(table):
    own = table[:, 1:].reshape(1, 14, 14, -1).permute(0, 3, 1, 2)
    scale = (grid + 0.1) / 14
    large = F.interpolate(own, scale_factor=(scale, scale), mode="bicubic", align_corners=False)
    return torch.cat([table[:, :1], large.permute(0, 2, 3, 1).reshape(1, grid * grid, -1)], 1)

def tokens_of(images):
    at = "image_tokenizer.model."
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = ((images - mean) / deviation).permute(0, 3, 1, 2)
    name = at + "embeddings.patch_embeddings.projection"
    x = F.conv2d(x, w[name + ".weight"], w[name + ".bias"], stride=16).flatten(2).transpose(1, 2)
    x = torch.cat([w[at + "embeddings.cls_token"], x], 1) + positions(w[at + "embeddings.position_embeddings"])
    for i in range(12):
        p = f"{at}encoder.layer.{i}."
        h = norm(x, p + "layernorm_before", 1e-12)
        q, k, v = (heads(linear(h, p + "attention.attention." + n), 12) for n in ("query", "key", "value"))
        x = x + linear(merged(F.scaled_dot_product_attention(q, k, v)), p + "attention.output.dense")
        h = F.gelu(linear(norm(x, p + "layernorm_after", 1e-12), p + "intermediate.dense"))
        x = x + linear(h, p + "output.dense")
    return norm(x, at + "layernorm", 1e-12)

def attention(z, context, p):
    q = heads(linear(z, p + "to_q", False), 16)
    k, v = (heads(linear(context, p + n, False), 16) for n in ("to_k", "to_v"))
    return linear(merged(F.scaled_dot_product_attention(q, k, v)), p + "to_out.0")

def planes_of(context):
    residual = w["tokenizer.embeddings"].permute(1, 0, 2, 3).reshape(1, 1024, -1)
    z = F.group_norm(residual, 32, w["backbone.norm.weight"], w["backbone.norm.bias"], 1e-6)
    z = linear(z.transpose(1, 2), "backbone.proj_in")
    for i in range(16):
        p = f"backbone.transformer_blocks.{i}."
        h = norm(z, p + "norm1", 1e-5)
        z = z + attention(h, h, p + "attn1.")
        z = z + attention(norm(z, p + "norm2", 1e-5), context, p + "attn2.")
        a, g = linear(norm(z, p + "norm3", 1e-5), p + "ff.net.0.proj").chunk(2, -1)
        z = z + linear(a * F.gelu(g), p + "ff.net.2")
    return linear(z, "backbone.proj_out").transpose(1, 2) + residual

def codes():
    planes = planes_of(tokens_of(picture)).reshape(1024, 3, grid, grid).transpose(0, 1)
    name = "post_processor.upsample"
    return F.conv_transpose2d(planes, w[name + ".weight"], w[name + ".bias"], stride=2)

def work():
    output(FOLDER + "/codes.f32", codes())
    return 0

measure(ROUNDS, work)
