// Shadings that show form rather than material.

// A studio painted on a ball, fixed to the viewer: `n` is the normal in view space.
fn matcap(n: vec3f) -> vec3f {
    let key = normalize(vec3f(-0.45, 0.62, 0.65));
    let fill = normalize(vec3f(0.75, -0.05, 0.45));
    let half_way = normalize(key + vec3f(0.0, 0.0, 1.0));
    let body = vec3f(0.47, 0.44, 0.42);
    let shadow = vec3f(0.055, 0.06, 0.085);
    let wrap = clamp(dot(n, key) * 0.62 + 0.38, 0.0, 1.0);
    var color = mix(shadow, body, wrap * wrap * (3.0 - 2.0 * wrap));
    color += vec3f(0.10, 0.115, 0.14) * pow(clamp(dot(n, fill), 0.0, 1.0), 2.0);
    let rim = pow(1.0 - clamp(n.z, 0.0, 1.0), 3.0);
    color += vec3f(0.30, 0.34, 0.40) * rim * clamp(0.55 + 0.6 * n.y, 0.0, 1.0);
    let gloss = clamp(dot(n, half_way), 0.0, 1.0);
    return color + vec3f(0.24) * pow(gloss, 34.0) + vec3f(0.10) * pow(gloss, 8.0);
}

fn view_from_world_direction(d: vec3f) -> vec3f {
    return normalize((frame.view_from_world * vec4f(d, 0.0)).xyz);
}

// modes.z: 0 matcap, 1 normals, 2 vertex colours, 3 back faces.
fn inspected(in: Surface, front_facing: bool, samples: u32) -> vec4f {
    let facing = facing_normals(in, front_facing, to_eye(in.world));
    if samples == 0u {
        discard;
    }
    let view_normal = view_from_world_direction(facing.shading);
    if frame.modes.z < 0.5 {
        return vec4f(matcap(view_normal), 1.0);
    }
    if frame.modes.z < 1.5 {
        return vec4f(linear_from_srgb(facing.shading * 0.5 + 0.5), 1.0);
    }
    if frame.modes.z < 2.5 {
        let vertex = vertex_color(in);
        return vec4f(mix(vec3f(0.6), vertex.rgb, vertex.a), 1.0);
    }
    let grey = matcap(view_normal);
    let red = vec3f(0.78, 0.035, 0.03) * (0.55 + 0.45 * clamp(view_normal.z, 0.0, 1.0));
    return vec4f(select(red, grey, front_facing), 1.0);
}

@fragment
fn fs_inspect(in: Surface, @builtin(front_facing) front_facing: bool) -> @location(0) vec4f {
    return inspected(in, front_facing, ALL_SAMPLES);
}

@fragment
fn fs_inspect_cut(in: Surface, @builtin(front_facing) front_facing: bool) -> Cut {
    let samples = kept_samples(in.world);
    return Cut(inspected(in, front_facing, samples), samples);
}

// One colour laid over itself once per surface: more where the surface is seen from the side. The
// order of the layers does not matter, because they all have the same colour.
fn seen_through(in: Surface, front_facing: bool, samples: u32) -> vec4f {
    let v = to_eye(in.world);
    let facing = facing_normals(in, front_facing, v);
    if samples == 0u {
        discard;
    }
    let side = 1.0 - clamp(dot(facing.shading, v), 0.0, 1.0);
    let alpha = 0.07 + 0.62 * side * side * side;
    return vec4f(frame.base_color.rgb * alpha, alpha);
}

@fragment
fn fs_xray(in: Surface, @builtin(front_facing) front_facing: bool) -> @location(0) vec4f {
    return seen_through(in, front_facing, ALL_SAMPLES);
}

@fragment
fn fs_xray_cut(in: Surface, @builtin(front_facing) front_facing: bool) -> Cut {
    let samples = kept_samples(in.world);
    return Cut(seen_through(in, front_facing, samples), samples);
}
