// Copies the finished picture into egui's pass, pixel by pixel or enlarged.

struct Placement {
    // Upper left corner of the view in the window, in pixels.
    origin: vec2<f32>,
    // 1 when the target encodes sRGB itself, so that the stored bytes must be decoded first.
    decode: u32,
    // Pixels of the window per pixel of the picture.
    shrink: u32,
}

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var<uniform> placement: Placement;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    // One triangle that covers the viewport.
    let corner = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u));
    return vec4<f32>(corner * vec2<f32>(2.0, -2.0) + vec2<f32>(-1.0, 1.0), 0.0, 1.0);
}

fn texel(pixel: vec2<i32>) -> vec4<f32> {
    return textureLoad(picture, clamp(pixel, vec2<i32>(0), vec2<i32>(textureDimensions(picture)) - 1), 0);
}

// The picture at a place in its pixels; in the middle of a pixel exactly that.
fn sample(at: vec2<f32>) -> vec4<f32> {
    if placement.shrink == 1u {
        return texel(vec2<i32>(at));
    }
    let corner = floor(at - 0.5);
    let share = at - 0.5 - corner;
    let first = vec2<i32>(corner);
    let above = mix(texel(first), texel(first + vec2<i32>(1, 0)), share.x);
    let below = mix(texel(first + vec2<i32>(0, 1)), texel(first + vec2<i32>(1, 1)), share.x);
    return mix(above, below, share.y);
}

@fragment
fn fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let color = sample((position.xy - placement.origin) / f32(placement.shrink));
    if placement.decode == 0u {
        return color;
    }
    let low = color.rgb / 12.92;
    let high = pow((color.rgb + 0.055) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, color.rgb <= vec3<f32>(0.04045)), color.a);
}
