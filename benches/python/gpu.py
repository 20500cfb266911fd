# Guided steps of the 2.1 denoiser and points through its geometry decoder. FOLDER holds the model and the
# inputs, SETTINGS what is in them; MODE is float (in f32, once, to compare with), eager or compiled.
import numpy, time

device = torch.device(DEVICE)
dtype = torch.float32 if MODE == "float" else {"bf16": torch.bfloat16, "f16": torch.float16, "f32": torch.float32}[PRECISION]
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False

def read(name, *shape):
    return torch.from_numpy(numpy.fromfile(f"{FOLDER}/{name}.f32", "<f4").reshape(shape)).to(device)

def weights(prefix):
    return {name: x.to(device, dtype) for name, x in tensors(FOLDER + "/model.fp16.safetensors", prefix).items()}

def synchronize():
    if device.type == "cuda":
        torch.cuda.synchronize()

def say(name, value):
    print("RESULT", name, value, flush=True)

def linear(x, name):
    return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))

def norm(x, name, epsilon=1e-6):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], epsilon)

def rms(x, name):
    return F.rms_norm(x, x.shape[-1:], w[name + ".weight"], 1e-6)

def cut(x, count, parts):
    return (part.transpose(1, 2) for part in x.unflatten(-1, (count, -1)).chunk(parts, -1))

def self_attention(x, p):
    q, k, v = cut(torch.cat([linear(x, p + n) for n in ("to_q", "to_k", "to_v")], -1), HEADS, 3)
    q, k = rms(q, p + "q_norm"), rms(k, p + "k_norm")
    return linear(merged(F.scaled_dot_product_attention(q, k, v)), p + "out_proj")

def cross_attention(x, context, p):
    q = rms(heads(linear(x, p + "to_q"), HEADS), p + "q_norm")
    k, v = cut(torch.cat([linear(context, p + n) for n in ("to_k", "to_v")], -1), HEADS, 2)
    k = rms(k, p + "k_norm")
    return linear(merged(F.scaled_dot_product_attention(q, k, v)), p + "out_proj")

def expert(x, p):
    return linear(F.gelu(linear(x, p + "net.0.proj")), p + "net.2")

def experts(x, p):
    tokens = x.flatten(0, 1)
    scores = F.linear(tokens.float(), w[p + "gate.weight"].float()).softmax(-1)
    scores, chosen = scores.topk(TOP_K, -1)
    out = expert(tokens, p + "shared_experts.")
    for number in range(EXPERTS):
        rows, k = torch.where(chosen == number)
        part = expert(tokens[rows], f"{p}experts.{number}.") * scores[rows, k, None].to(out.dtype)
        out.index_add_(0, rows, part)
    return out.view_as(x)

def velocity(latents, time, context):
    half = WIDTH // 2
    rates = torch.exp(torch.arange(half, device=latents.device, dtype=torch.float32) * (-9.210340371976184 / half))
    angles = time * rates
    t = torch.cat([angles.sin(), angles.cos()]).to(latents.dtype).expand(latents.shape[0], 1, -1)
    t = linear(F.gelu(linear(t, "t_embedder.mlp.0")), "t_embedder.mlp.2")
    z, saved = torch.cat([t, linear(latents, "x_embedder")], 1), []
    for i in range(DEPTH):
        p = f"blocks.{i}."
        if i > DEPTH // 2:
            z = norm(linear(torch.cat([saved.pop(), z], -1), p + "skip_linear"), p + "skip_norm")
        z = z + self_attention(norm(z, p + "norm1"), p + "attn1.")
        z = z + cross_attention(norm(z, p + "norm2"), context, p + "attn2.")
        y = norm(z, p + "norm3")
        has_experts = DEPTH - i <= EXPERT_LAYERS
        z = z + (experts(y, p + "moe.") if has_experts else linear(F.gelu(linear(y, p + "mlp.fc1")), p + "mlp.fc2"))
        if i < DEPTH // 2:
            saved.append(z)
    return linear(norm(z, "final_layer.norm_final")[:, 1:], "final_layer.linear").float()

def logits(places, keys, values):
    p = "cross_attn_decoder."
    angles = (places[..., None] * (2.0 ** torch.arange(OCTAVES, device=places.device))).flatten(-2)
    x = linear(torch.cat([places, angles.sin(), angles.cos()], -1).to(keys.dtype), "query_proj")
    q = norm(heads(linear(norm(x, p + "ln_1"), p + "attn.c_q"), GEO_HEADS), p + "attn.attention.q_norm")
    x = x + linear(merged(F.scaled_dot_product_attention(q, keys, values)), p + "attn.c_proj")
    x = x + linear(F.gelu(linear(norm(x, p + "ln_3"), p + "mlp.c_fc")), p + "mlp.c_proj")
    return linear(norm(x, "ln_post", 1e-5), "output_proj").float()

def repeated(work, rounds):
    """Median seconds of a round, and seconds that the host took to hand it over."""
    handed, taken = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        handed.append(time.perf_counter() - start)
        synchronize()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[rounds // 2], sorted(handed)[rounds // 2]

def steps():
    run = torch.compile(velocity) if MODE == "compiled" else velocity
    noise = read("noise", 1, TOKENS, CHANNELS)
    context = read("context", 1, -1, CONTEXT_WIDTH).to(dtype)
    context = torch.cat([context, torch.zeros_like(context)])
    times = torch.linspace(0, 1, STEPS, device=device)
    first = run(noise.to(dtype).repeat(2, 1, 1), times[0], context)
    output(f"{FOLDER}/velocities-{MODE}.f32", first.cpu())
    if MODE == "float":
        return
    state = [noise, 0]
    def step():
        latents, index = state
        with_context, without = run(latents.to(dtype).repeat(2, 1, 1), times[index % STEPS], context).chunk(2)
        state[:] = [latents + (without + GUIDANCE * (with_context - without)) / STEPS, index + 1]
    repeated(step, 3)
    say("begin", 0)
    taken, handed = repeated(step, ROUNDS)
    say("end", 0)
    say("step_secs", taken)
    say("step_host_secs", handed)

def points():
    run = torch.compile(logits) if MODE == "compiled" else logits
    p = "cross_attn_decoder."
    features = norm(read("features", 1, TOKENS, GEO_WIDTH).to(dtype), p + "ln_2")
    keys, values = cut(linear(features, p + "attn.c_kv"), GEO_HEADS, 2)
    keys, values = norm(keys, p + "attn.attention.k_norm").contiguous(), values.contiguous()
    places = read("places", 1, -1, 3)
    compared = [run(part, keys, values) for part in places[:, :COMPARED].split(CHUNKS[0], 1)]
    output(f"{FOLDER}/logits-{MODE}.f32", torch.cat(compared, 1).cpu())
    if MODE == "float":
        return
    for chunk in CHUNKS:
        def all_points():
            for part in places.split(chunk, 1):
                run(part, keys, values)
        repeated(all_points, 1)
        taken, _ = repeated(all_points, 3)
        say(f"points_secs_{chunk}", taken * 1e6 / places.shape[1])

with torch.no_grad():
    w = weights("model.")
    steps()
    w = weights("vae.geo_decoder.")
    points()
if device.type == "cuda":
    say("peak_mib", torch.cuda.max_memory_allocated() / 2**20)
