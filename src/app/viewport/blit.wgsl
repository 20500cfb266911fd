// Copies the finished picture into egui's pass, pixel by pixel.

struct Placement {
    // Upper left corner of the view in the window, in pixels.
    origin: vec2<f32>,
    // 1 when the target encodes sRGB itself, so that the stored bytes must be decoded first.
    decode: u32,
    padding: u32,
}

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var<uniform> placement: Placement;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    // One triangle that covers the viewport.
    let corner = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u));
    return vec4<f32>(corner * vec2<f32>(2.0, -2.0) + vec2<f32>(-1.0, 1.0), 0.0, 1.0);
}

@fragment
fn fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let limit = vec2<i32>(textureDimensions(picture)) - 1;
    let pixel = clamp(vec2<i32>(position.xy - placement.origin), vec2<i32>(0), limit);
    let color = textureLoad(picture, pixel, 0);
    if placement.decode == 0u {
        return color;
    }
    let low = color.rgb / 12.92;
    let high = pow((color.rgb + 0.055) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, color.rgb <= vec3<f32>(0.04045)), color.a);
}
