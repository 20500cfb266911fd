// From the linear samples to the picture: occlusion, tone mapping, background, resolve, dither.

@group(2) @binding(0) var samples: texture_multisampled_2d<f32>;
@group(2) @binding(1) var occlusion: texture_2d<f32>;
@group(2) @binding(2) var depth_samples: texture_depth_multisampled_2d;

const SAMPLE_COUNT = 4;

@vertex
fn vs_composite(@builtin(vertex_index) index: u32) -> FullScreen {
    return full_screen(index);
}

// Keeps base colours as they are and rolls off only what is brighter (Khronos PBR Neutral, 2024).
fn tone_mapped(input: vec3f) -> vec3f {
    let start = 0.8 - 0.04;
    let desaturation = 0.15;
    let low = min(input.r, min(input.g, input.b));
    let offset = select(0.04, low - 6.25 * low * low, low < 0.08);
    let color = input - offset;
    let peak = max(color.r, max(color.g, color.b));
    if peak < start {
        return color;
    }
    let d = 1.0 - start;
    let new_peak = 1.0 - d * d / (peak + d - start);
    let g = 1.0 - 1.0 / (desaturation * (peak - new_peak) + 1.0);
    return mix(color * new_peak / peak, vec3f(new_peak), g);
}

// Occlusion around a pixel, of neighbours on the same surface: undoes the 4 × 4 pattern of its noise.
fn smooth_occlusion(pixel: vec2i) -> f32 {
    let center = textureLoad(depth_samples, pixel, 0);
    let tolerance = 0.02 * (1.0 - center) + 0.002;
    var sum = 0.0;
    var weights = 0.0;
    let last = vec2i(frame.viewport.xy) - 1;
    for (var y = -2; y <= 2; y++) {
        for (var x = -2; x <= 2; x++) {
            let at = clamp(pixel + vec2i(x, y), vec2i(0), last);
            let apart = abs(textureLoad(depth_samples, at, 0) - center);
            let weight = max(1.0 - apart / tolerance, 0.0) + 1e-4;
            sum += weight * textureLoad(occlusion, at, 0).r;
            weights += weight;
        }
    }
    return sum / weights;
}

// Display-linear backdrop with its opacity.
fn backdrop(uv: vec2f) -> vec4f {
    if frame.backdrop_top.w < 0.5 {
        return vec4f(0.0);
    }
    if frame.backdrop_top.w < 1.5 {
        // Blended as seen, not as light: even steps from top to bottom.
        let top = srgb_from_linear(frame.backdrop_top.rgb);
        let bottom = srgb_from_linear(frame.backdrop_bottom.rgb);
        return vec4f(linear_from_srgb(mix(top, bottom, smoothstep(0.0, 1.0, uv.y))), 1.0);
    }
    let ndc = uv * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0);
    let near = frame.world_from_clip * vec4f(ndc, 0.0, 1.0);
    let far = frame.world_from_clip * vec4f(ndc, 1.0, 1.0);
    let direction = normalize(far.xyz / far.w - near.xyz / near.w);
    let radiance = environment_radiance(direction, frame.light.w / (ENVIRONMENT_LEVELS - 1.0));
    return vec4f(tone_mapped(radiance * frame.light.z), 1.0);
}

@fragment
fn fs_composite(in: FullScreen) -> @location(0) vec4f {
    let pixel = vec2i(in.position.xy);
    var darkening = 1.0;
    if frame.modes.w > 0.0 {
        darkening = mix(1.0, smooth_occlusion(pixel), frame.modes.w);
    }
    var sum = vec4f(0.0);
    for (var i = 0; i < SAMPLE_COUNT; i++) {
        let premultiplied = textureLoad(samples, pixel, i);
        if premultiplied.a <= 0.0 {
            continue;
        }
        var color = premultiplied.rgb / premultiplied.a;
        if frame.output.x > 0.5 {
            color = tone_mapped(max(color * darkening, vec3f(0.0)));
        } else {
            color *= darkening;
        }
        // Each sample by itself, or a bright edge would keep its steps.
        sum += vec4f(clamp(color, vec3f(0.0), vec3f(1.0)), 1.0) * min(premultiplied.a, 1.0);
    }
    let scene = sum / f32(SAMPLE_COUNT);
    let behind = backdrop(in.uv);
    let mixed = scene + behind * (1.0 - scene.a);
    if mixed.a <= 0.0 {
        return vec4f(0.0);
    }
    let straight = mixed.rgb / mixed.a;
    // Less than half a step of 8 bits either way: exact colours stay exact, gradients lose their bands.
    let noise = (gradient_noise(in.position.xy) - 0.5) * 0.98 / 255.0;
    var encoded = clamp(srgb_from_linear(straight) + noise, vec3f(0.0), vec3f(1.0));
    if frame.output.y > 0.5 {
        encoded = linear_from_srgb(encoded);
    }
    return vec4f(encoded * select(mixed.a, 1.0, frame.backdrop_bottom.w > 0.5), mixed.a);
}
