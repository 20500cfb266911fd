// Clear glass: light is bent where it enters and, as the back faces say, where it leaves (Wyman, "An
// Approximate Image-Space Approach for Interactive Refraction", 2005).

@group(2) @binding(0) var back_faces: texture_2d<f32>;

const REFRACTIVE_INDEX = 1.48;

// Outward normal of the back faces and their distance along the view in mm.
@fragment
fn fs_back(in: Surface) -> @location(0) vec4f {
    if is_cut_away(in.world) {
        discard;
    }
    return vec4f(normalize(in.normal), dot(in.world - frame.eye.xyz, frame.forward.xyz));
}

// Mean of the pixels around a point, or the few samples of a small picture would sparkle.
fn back_face_at(world: vec3f) -> vec4f {
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    let place = (clip.xy / clip.w * vec2f(0.5, -0.5) + 0.5) * frame.viewport.xy;
    var sum = vec4f(0.0);
    var count = 1e-6;
    for (var i = 0; i < 5; i++) {
        let offset = select(vec2f(f32((i & 1) * 2 - 1), f32((i & 2) - 1)) * 1.1, vec2f(0.0), i == 4);
        let pixel = clamp(vec2i(place + offset), vec2i(0), vec2i(frame.viewport.xy) - 1);
        let back = textureLoad(back_faces, pixel, 0);
        let hit = select(0.0, 1.0, dot(back.xyz, back.xyz) > 0.25);
        sum += back * hit;
        count += hit;
    }
    return sum / count;
}

// What is behind the glass in a direction: a plain backdrop where the light goes on into the picture,
// the environment elsewhere.
fn radiance_behind(direction: vec3f, roughness: f32) -> vec3f {
    let surroundings = environment_radiance(direction, roughness);
    if frame.backdrop_top.w < 0.5 || frame.backdrop_top.w > 1.5 {
        return surroundings;
    }
    let bent = (frame.view_from_world * vec4f(direction, 0.0)).xyz;
    let shown = mix(frame.backdrop_top.rgb, frame.backdrop_bottom.rgb, clamp(0.5 - 0.6 * bent.y, 0.0, 1.0));
    return mix(surroundings, linear_from_srgb(shown) * 1.05 + 0.03, smoothstep(0.15, 0.75, -bent.z));
}

fn refracting(in: Surface, front_facing: bool, samples: u32) -> vec4f {
    let v = to_eye(in.world);
    let facing = facing_normals(in, front_facing, v);
    let n = facing.shading;
    if samples == 0u {
        discard;
    }
    let roughness = frame.surface.y;
    let entered = refract(-v, n, 1.0 / REFRACTIVE_INDEX);
    let here = dot(in.world - frame.eye.xyz, frame.forward.xyz);
    let straight = back_face_at(in.world);
    let thickness = clamp(straight.w - here, 0.0, 2.0 * frame.forward.w);
    let exit = back_face_at(in.world + entered * thickness);
    let exit_normal = select(n, -normalize(exit.xyz + 1e-6), dot(exit.xyz, exit.xyz) > 0.1);
    var left = refract(entered, exit_normal, REFRACTIVE_INDEX);
    if dot(left, left) < 0.5 {
        // Total reflection: a second exit is not followed, the light leaves about where it went.
        left = reflect(entered, exit_normal);
    }
    // The colour is what is left after a path as long as the object's radius.
    let path = thickness / max(dot(entered, frame.forward.xyz), 0.3) / frame.forward.w;
    let tint = pow(max(frame.base_color.rgb, vec3f(0.02)), vec3f(0.2 + 1.1 * path));
    let fresnel = schlick(0.04, clamp(dot(n, v), 0.0, 1.0));
    let through = radiance_behind(left, roughness + 0.1) * tint;
    let mirrored = environment_radiance(reflect(-v, n), roughness);
    return vec4f(mix(through, mirrored, fresnel) * frame.light.z, 1.0);
}

@fragment
fn fs_glass(in: Surface, @builtin(front_facing) front_facing: bool) -> @location(0) vec4f {
    return refracting(in, front_facing, ALL_SAMPLES);
}

@fragment
fn fs_glass_cut(in: Surface, @builtin(front_facing) front_facing: bool) -> Cut {
    let samples = kept_samples(in.world);
    return Cut(refracting(in, front_facing, samples), samples);
}
