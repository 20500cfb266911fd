# A block of the 2.1 denoiser, and 4096 points through the geometry decoder. FOLDER holds block.safetensors,
# decoder.safetensors and the inputs.
import numpy

def read(name, *shape):
    return torch.from_numpy(numpy.fromfile(FOLDER + "/" + name + ".f32", "<f4")).reshape(shape)

def rms(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * weight

def cut(x, count, parts):
    return (part.transpose(1, 2) for part in x.unflatten(-1, (count, -1)).chunk(parts, -1))

def block():
    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], 1e-6)
    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))
    z = tokens
    h = norm(z, "norm1")
    q, k, v = cut(torch.cat([linear(h, "attn1." + n) for n in ("to_q", "to_k", "to_v")], -1), 16, 3)
    q, k = rms(q, w["attn1.q_norm.weight"]), rms(k, w["attn1.k_norm.weight"])
    z = z + linear(merged(F.scaled_dot_product_attention(q, k, v)), "attn1.out_proj")
    q = rms(heads(linear(norm(z, "norm2"), "attn2.to_q"), 16), w["attn2.q_norm.weight"])
    z = z + linear(merged(F.scaled_dot_product_attention(q, keys, values)), "attn2.out_proj")
    return z + linear(F.gelu(linear(norm(z, "norm3"), "mlp.fc1")), "mlp.fc2")

def points():
    p = "cross_attn_decoder."
    def norm(x, name, epsilon=1e-6):
        return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], epsilon)
    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))
    angles = (places[..., None] * (2.0 ** torch.arange(8))).flatten(-2)
    x = linear(torch.cat([places, angles.sin(), angles.cos()], -1), "query_proj")
    q = norm(heads(linear(norm(x, p + "ln_1"), p + "attn.c_q"), 16), p + "attn.attention.q_norm")
    x = x + linear(merged(F.scaled_dot_product_attention(q, keys, values)), p + "attn.c_proj")
    x = x + linear(F.gelu(linear(norm(x, p + "ln_3"), p + "mlp.c_fc")), p + "mlp.c_proj")
    return linear(norm(x, "ln_post", 1e-5), "output_proj")

# Keys and values are computed once for all steps and points; they are no part of what is timed.
w = tensors(FOLDER + "/" + WHICH + ".safetensors")
if WHICH == "block":
    tokens, context = read("tokens", 1, 4097, 2048), read("context", 1, 1370, 1024)
    both = torch.cat([F.linear(context, w["attn2." + n + ".weight"]) for n in ("to_k", "to_v")], -1)
    keys, values = cut(both, 16, 2)
    keys = rms(keys, w["attn2.k_norm.weight"])
else:
    places, features = read("places", 1, 4096, 3), read("features", 1, 4096, 1024)
    p = "cross_attn_decoder."
    h = F.layer_norm(features, (1024,), w[p + "ln_2.weight"], w[p + "ln_2.bias"], 1e-6)
    keys, values = cut(F.linear(h, w[p + "attn.c_kv.weight"]), 16, 2)
    keys = F.layer_norm(keys, (64,), w[p + "attn.attention.k_norm.weight"], w[p + "attn.attention.k_norm.bias"], 1e-6)
keys, values = keys.contiguous(), values.contiguous()

def work():
    output(FOLDER + "/" + WHICH + ".f32", block() if WHICH == "block" else points())
    return 0

measure(ROUNDS, work)
