// The cut of a section: the stencil says where the inside of the object shows, a plane fills it.

struct CapOut {
    @builtin(position) position: vec4f,
    @location(0) place: vec2f,
    @location(1) world: vec3f,
}

@vertex
fn vs_cap(@builtin(vertex_index) index: u32) -> CapOut {
    let n = frame.section.xyz;
    let helper = select(vec3f(0.0, 0.0, 1.0), vec3f(1.0, 0.0, 0.0), abs(n.z) > 0.9);
    let right = normalize(cross(helper, n));
    let up = cross(n, right);
    let corner = (vec2f(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0) * frame.forward.w * 1.5;
    // Around the object's middle, which the plane may be far from.
    let middle = frame.section_middle.xyz;
    let world = middle + n * (frame.section.w - dot(n, middle)) + right * corner.x + up * corner.y;
    return CapOut(frame.clip_from_world * vec4f(world, 1.0), corner, world);
}

@fragment
fn fs_cap(in: CapOut) -> @location(0) vec4f {
    // Hatching at 45°, about nine pixels apart whatever the distance.
    let per_pixel = max(length(fwidth(in.place)), 1e-6);
    let step = exp2(round(log2(per_pixel * 9.0)));
    let stripe = abs(fract((in.place.x + in.place.y) / step) - 0.5) * step / per_pixel;
    let hatch = 0.16 * clamp(1.3 - stripe, 0.0, 1.0);
    let tilt = 0.82 + 0.18 * abs(dot(frame.section.xyz, to_eye(in.world)));
    return vec4f(frame.section_color.rgb * tilt * (1.0 - hatch), 1.0);
}

// Draws nothing; only the stencil counts.
@fragment
fn fs_count(in: Surface) -> @builtin(sample_mask) u32 {
    return kept_samples(in.world);
}
