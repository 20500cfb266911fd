// Depth of the mesh from a light or from above; only the section needs a fragment stage.

struct DepthOut {
    @builtin(position) position: vec4f,
    @location(0) world: vec3f,
}

@group(1) @binding(0) var<uniform> clip_from_world: mat4x4f;

@vertex
fn vs_depth(@location(0) position: vec3f) -> DepthOut {
    return DepthOut(clip_from_world * vec4f(position, 1.0), position);
}

@fragment
fn fs_depth(in: DepthOut) {
    if is_cut_away(in.world) {
        discard;
    }
}
