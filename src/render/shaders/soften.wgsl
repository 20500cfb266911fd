// Blurs the ground's shadow: what its few rays left of grain.

@group(1) @binding(0) var grainy: texture_2d<f32>;

@vertex
fn vs_soften(@builtin(vertex_index) index: u32) -> FullScreen {
    return full_screen(index);
}

@fragment
fn fs_soften(in: FullScreen) -> @location(0) vec4f {
    let last = vec2i(textureDimensions(grainy)) - 1;
    var sum = vec4f(0.0);
    var weights = 0.0;
    for (var y = -4; y <= 4; y++) {
        for (var x = -4; x <= 4; x++) {
            let weight = exp(-f32(x * x + y * y) / 9.0);
            sum += weight * textureLoad(grainy, clamp(vec2i(in.position.xy) + vec2i(x, y), vec2i(0), last), 0);
            weights += weight;
        }
    }
    return sum / weights;
}
