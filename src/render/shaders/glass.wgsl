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

fn back_face_at(world: vec3f) -> vec4f {
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    let uv = clip.xy / clip.w * vec2f(0.5, -0.5) + 0.5;
    let pixel = clamp(vec2i(uv * frame.viewport.xy), vec2i(0), vec2i(frame.viewport.xy) - 1);
    return textureLoad(back_faces, pixel, 0);
}

@fragment
fn fs_glass(in: Surface, @builtin(front_facing) front_facing: bool) -> @location(0) vec4f {
    let v = to_eye(in.world);
    let facing = facing_normals(in, front_facing, v);
    let n = facing.shading;
    if is_cut_away(in.world) {
        discard;
    }
    let roughness = frame.surface.y;
    let entered = refract(-v, n, 1.0 / REFRACTIVE_INDEX);
    let here = dot(in.world - frame.eye.xyz, frame.forward.xyz);
    let straight = back_face_at(in.world);
    let thickness = clamp(straight.w - here, 0.0, 2.0 * frame.forward.w);
    let exit = back_face_at(in.world + entered * thickness);
    let exit_normal = select(n, -exit.xyz, dot(exit.xyz, exit.xyz) > 0.25);
    var left = refract(entered, exit_normal, REFRACTIVE_INDEX);
    if dot(left, left) < 0.5 {
        // Total reflection: a second exit is not followed, the light leaves about where it went.
        left = reflect(entered, exit_normal);
    }
    // The colour is what is left after a path as long as the object's radius.
    let path = thickness / max(dot(entered, frame.forward.xyz), 0.3) / frame.forward.w;
    let tint = pow(max(frame.base_color.rgb, vec3f(0.02)), vec3f(0.35 + 1.4 * path));
    let fresnel = schlick(0.04, clamp(dot(n, v), 0.0, 1.0));
    let through = environment_radiance(left, roughness + 0.1) * tint;
    let mirrored = environment_radiance(reflect(-v, n), roughness);
    return vec4f(mix(through, mirrored, fresnel) * frame.light.z, 1.0);
}
