// The vertex stage of everything that draws the mesh, and what its fragments know. Keep the inputs in
// sync with `mesh.rs`.

struct VertexIn {
    @location(0) position: vec3f,
    @location(1) normal: vec2f,
    @location(2) color: vec4f,
}

struct Surface {
    @invariant @builtin(position) position: vec4f,
    @location(0) world: vec3f,
    @location(1) @interpolate(perspective, centroid) normal: vec3f,
    // Linear; alpha 1 where the mesh has colours.
    @location(2) @interpolate(perspective, centroid) color: vec4f,
}

fn decode_octahedral(e: vec2f) -> vec3f {
    let z = 1.0 - abs(e.x) - abs(e.y);
    let fold = max(-z, 0.0);
    return normalize(vec3f(e - select(vec2f(-fold), vec2f(fold), e >= vec2f(0.0)), z));
}

@vertex
fn vs_surface(in: VertexIn) -> Surface {
    var out: Surface;
    out.position = frame.clip_from_world * vec4f(in.position, 1.0);
    out.world = in.position;
    out.normal = decode_octahedral(in.normal);
    out.color = vec4f(linear_from_srgb(in.color.rgb), in.color.a);
    return out;
}

// A pixel of which a section leaves these samples.
struct Cut {
    @location(0) color: vec4f,
    @builtin(sample_mask) samples: u32,
}

const ALL_SAMPLES = 15u;

// The samples of a pixel that the section leaves, one bit each: the edge of a cut is to be as smooth as any
// other. WebGPU says where they are in a pixel. Derivatives: call it in uniform control flow.
fn kept_samples(world: vec3f) -> u32 {
    let outside = dot(frame.section.xyz, world) - frame.section.w;
    let across = dpdx(outside) * vec4f(-0.125, 0.375, -0.375, 0.125);
    let down = dpdy(outside) * vec4f(-0.375, -0.125, 0.125, 0.375);
    let kept = select(vec4u(0u), vec4u(1u, 2u, 4u, 8u), outside + across + down <= vec4f(0.0));
    return kept.x | kept.y | kept.z | kept.w;
}

// Beside the triangle, where pixels on its edge are looked up, colours run on below 0 and beyond 1.
fn vertex_color(in: Surface) -> vec4f {
    return clamp(in.color, vec4f(0.0), vec4f(1.0));
}

struct Facing {
    // Towards the eye.
    shading: vec3f,
    geometric: vec3f,
}

// Normals on the side that is seen. Derivatives: call it in uniform control flow.
fn facing_normals(in: Surface, front_facing: bool, to_eye: vec3f) -> Facing {
    let across = cross(dpdx(in.world), dpdy(in.world));
    let raw = normalize(select(across, in.normal, dot(across, across) <= 1e-24));
    let geometric = select(raw, -raw, dot(raw, to_eye) < 0.0);
    let smooth_normal = normalize(select(-in.normal, in.normal, front_facing));
    // A normal that turns away at the rim would reflect from inside the object.
    let turned = smooth_normal - min(dot(smooth_normal, to_eye) - 0.02, 0.0) * to_eye;
    return Facing(normalize(select(turned, geometric, frame.modes.y > 0.5)), geometric);
}
