// Triangle edges over the shading, by pulling vertices: each corner knows its distance to the edges.
// Keep the words of a vertex in sync with `mesh.rs`.

const WORDS_PER_VERTEX = 5u;

@group(1) @binding(0) var<storage, read> vertices: array<u32>;
@group(1) @binding(1) var<storage, read> indices: array<u32>;

struct WireOut {
    @invariant @builtin(position) position: vec4f,
    @location(0) world: vec3f,
    @location(1) barycentric: vec3f,
}

@vertex
fn vs_wire(@builtin(vertex_index) index: u32) -> WireOut {
    let start = indices[index] * WORDS_PER_VERTEX;
    let position = vec3f(bitcast<f32>(vertices[start]), bitcast<f32>(vertices[start + 1u]), bitcast<f32>(vertices[start + 2u]));
    var out: WireOut;
    out.position = frame.clip_from_world * vec4f(position, 1.0);
    out.world = position;
    let corner = index % 3u;
    out.barycentric = vec3f(f32(corner == 0u), f32(corner == 1u), f32(corner == 2u));
    return out;
}

@fragment
fn fs_wire(in: WireOut) -> @location(0) vec4f {
    let per_pixel = vec3f(length(vec2f(dpdx(in.barycentric.x), dpdy(in.barycentric.x))),
        length(vec2f(dpdx(in.barycentric.y), dpdy(in.barycentric.y))),
        length(vec2f(dpdx(in.barycentric.z), dpdy(in.barycentric.z))));
    if is_cut_away(in.world) {
        discard;
    }
    let slope = max(per_pixel, vec3f(1e-6));
    let distance_px = in.barycentric / slope;
    let nearest = min(distance_px.x, min(distance_px.y, distance_px.z));
    // Heights of the triangle in pixels: crowded edges pale instead of painting the surface over.
    let height_px = 1.0 / max(slope.x, max(slope.y, slope.z));
    let crowd = clamp(height_px / 9.0, 0.16, 1.0);
    let covered = clamp(frame.drawing.x * 0.5 + 0.5 - nearest, 0.0, 1.0);
    let alpha = covered * crowd * frame.wire_color.a;
    return vec4f(frame.wire_color.rgb * alpha, alpha);
}
