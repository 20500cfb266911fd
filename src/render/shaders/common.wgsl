// What every shader shares. World space is millimetres, +Z up; view space looks along -Z; colours are
// linear. Keep `Frame` in sync with `frame.rs`.

struct Frame {
    clip_from_world: mat4x4f,
    world_from_clip: mat4x4f,
    view_from_world: mat4x4f,
    // Key light: xy to texture coordinates, z to depth.
    shadow_from_world: mat4x4f,
    // Spherical harmonics of irradiance / pi without the key light.
    irradiance: array<vec4f, 9>,
    // xyz: mm; w: 1 in perspective, 0 in orthographic projection.
    eye: vec4f,
    // xyz: unit, from the eye into the picture; w: radius of the object in mm.
    forward: vec4f,
    // Width, height in pixels and their inverses.
    viewport: vec4f,
    // Half width and height of the picture (per mm of depth, or in mm), near, far in mm.
    lens: vec4f,
    // Unit normal and offset in mm of the plane in front of which all is cut away; zero for none.
    section: vec4f,
    section_color: vec4f,
    // A point in the middle of the object, mm.
    section_middle: vec4f,
    // xyz: unit, towards the key light; w: 1 when it casts a shadow on the object.
    key_direction: vec4f,
    // xyz: irradiance / pi facing the light; w: tangent of half its angle.
    key_irradiance: vec4f,
    // Cosine and sine of the environment's turn, exposure factor, environment level of the background.
    light: vec4f,
    // rgb: linear; w: 1 to use the vertex colours instead.
    base_color: vec4f,
    // Metallic, roughness, reflectance, transmission.
    surface: vec4f,
    // Clear coat, its roughness, sheen, softness.
    layers: vec4f,
    // x: pattern (0 none, 1 layers, 2 wood, 3 grain); y: 1 for flat triangles; z: inspection mode;
    // w: strength of ambient occlusion.
    modes: vec4f,
    wire_color: vec4f,
    // x: wire width in pixels; y: ground shadow strength; z: 1 with grid; w: 1 with object on a floor.
    drawing: vec4f,
    // Bed half width and depth in mm (0 for none), height of the ground, half side of the ground in mm.
    ground: vec4f,
    // rgb: linear grid colour; w: unused.
    grid_color: vec4f,
    // Linear backdrop; w of the first: 0 transparent, 1 gradient, 2 environment; w of the second:
    // 1 for a straight alpha.
    backdrop_top: vec4f,
    backdrop_bottom: vec4f,
    // Ground shadow map: middle x, y in mm, 1 / side in 1/mm, height of the object over the side.
    floor_map: vec4f,
    // x: 1 for tone mapping; y: 1 when the target encodes sRGB itself; zw unused.
    output: vec4f,
}

@group(0) @binding(0) var<uniform> frame: Frame;

const PI = 3.14159265;

fn is_cut_away(world: vec3f) -> bool {
    return dot(frame.section.xyz, world) > frame.section.w && any(frame.section.xyz != vec3f(0.0));
}

// Unit vector from a point to the eye.
fn to_eye(world: vec3f) -> vec3f {
    return select(-frame.forward.xyz, normalize(frame.eye.xyz - world), frame.eye.w > 0.5);
}

// Interleaved gradient noise, 0 to 1 (Jimenez 2014).
fn gradient_noise(pixel: vec2f) -> f32 {
    return fract(52.9829189 * fract(dot(pixel, vec2f(0.06711056, 0.00583715))));
}

fn linear_from_srgb(c: vec3f) -> vec3f {
    return select(pow((c + 0.055) / 1.055, vec3f(2.4)), c / 12.92, c <= vec3f(0.04045));
}

fn srgb_from_linear(c: vec3f) -> vec3f {
    return select(1.055 * pow(max(c, vec3f(0.0)), vec3f(1.0 / 2.4)) - 0.055, c * 12.92, c <= vec3f(0.0031308));
}

struct FullScreen {
    @builtin(position) position: vec4f,
    // 0 to 1, y down.
    @location(0) uv: vec2f,
}

// One triangle that covers the picture.
fn full_screen(index: u32) -> FullScreen {
    let uv = vec2f(f32((index << 1u) & 2u), f32(index & 2u));
    return FullScreen(vec4f(uv * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0), 0.0, 1.0), uv);
}
