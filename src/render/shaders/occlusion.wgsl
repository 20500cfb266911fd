// Ambient occlusion in the picture: how much of the sky nearby surfaces hide (McGuire et al., "Scalable
// Ambient Obscurance", 2012). Works on the depth of the picture alone.

@group(1) @binding(0) var depth_samples: texture_depth_multisampled_2d;

const SAMPLES = 14;

@vertex
fn vs_occlusion(@builtin(vertex_index) index: u32) -> FullScreen {
    return full_screen(index);
}

// What is farther than everything.
const NOTHING = 1e9;

// Distance along the view in mm; NOTHING at the background.
fn view_depth(pixel: vec2i) -> f32 {
    let inside = clamp(pixel, vec2i(0), vec2i(frame.viewport.xy) - 1);
    let depth = textureLoad(depth_samples, inside, 0);
    if depth >= 1.0 {
        return NOTHING;
    }
    let near = frame.lens.z;
    let far = frame.lens.w;
    return select(mix(near, far, depth), near * far / (far - depth * (far - near)), frame.eye.w > 0.5);
}

// View space with depth positive, mm.
fn view_position(pixel: vec2f, depth: f32) -> vec3f {
    let ndc = pixel * frame.viewport.zw * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0);
    return vec3f(ndc * frame.lens.xy * select(1.0, depth, frame.eye.w > 0.5), depth);
}

fn nearer_slope(center: vec3f, before: vec3f, after: vec3f) -> vec3f {
    return select(after - center, center - before, abs(center.z - before.z) < abs(after.z - center.z));
}

@fragment
fn fs_occlusion(in: FullScreen) -> @location(0) vec4f {
    let pixel = vec2i(in.position.xy);
    let depth = view_depth(pixel);
    if depth == NOTHING {
        return vec4f(1.0);
    }
    let center = view_position(in.position.xy, depth);
    let px = vec2f(1.0, 0.0);
    let left = view_position(in.position.xy - px.xy, view_depth(pixel - vec2i(1, 0)));
    let right = view_position(in.position.xy + px.xy, view_depth(pixel + vec2i(1, 0)));
    let above = view_position(in.position.xy - px.yx, view_depth(pixel - vec2i(0, 1)));
    let below = view_position(in.position.xy + px.yx, view_depth(pixel + vec2i(0, 1)));
    let across = cross(nearer_slope(center, left, right), nearer_slope(center, above, below));
    // Towards the eye, which is at smaller depth.
    let normal = normalize(select(across, -across, dot(across, center) > 0.0));

    let radius = frame.forward.w * 0.16;
    let mm_per_px = 2.0 * frame.lens.y * select(1.0, depth, frame.eye.w > 0.5) * frame.viewport.w;
    let radius_px = clamp(radius / mm_per_px, 3.0, 160.0);
    let turn = gradient_noise(in.position.xy) * 2.0 * PI;
    var sum = 0.0;
    for (var i = 0; i < SAMPLES; i++) {
        let share = (f32(i) + 0.5) / f32(SAMPLES);
        let a = turn + f32(i) * 2.399963;
        let at = in.position.xy + vec2f(cos(a), sin(a)) * radius_px * share;
        let sample_depth = view_depth(vec2i(at));
        let offset = view_position(floor(at) + 0.5, sample_depth) - center;
        let squared = dot(offset, offset);
        let falloff = max(radius * radius - squared, 0.0) / (radius * radius);
        let rise = max(dot(offset, normal) - 0.004 * radius - 0.001 * depth * f32(frame.eye.w > 0.5), 0.0);
        sum += select(0.0, falloff * falloff * rise / sqrt(squared + 1e-8 * radius * radius), sample_depth < NOTHING);
    }
    return vec4f(clamp(1.0 - 2.1 * sum / f32(SAMPLES), 0.0, 1.0));
}
