// Light on a surface: environment, key light and its shadow.

@group(1) @binding(0) var environment: texture_2d<f32>;
@group(1) @binding(1) var environment_sampler: sampler;
@group(1) @binding(2) var shadow_map: texture_depth_2d;
@group(1) @binding(3) var shadow_sampler: sampler_comparison;
@group(1) @binding(4) var ground_shadow: texture_2d<f32>;
@group(1) @binding(5) var ground_sampler: sampler;

const ENVIRONMENT_LEVELS = 6.0;

// World direction turned into the environment's frame.
fn environment_from_world(d: vec3f) -> vec3f {
    let turn = frame.light.xy;
    return vec3f(d.x * turn.x + d.y * turn.y, d.y * turn.x - d.x * turn.y, d.z);
}

// Radiance from a world direction as a surface of `roughness` reflects it.
fn environment_radiance(world_direction: vec3f, roughness: f32) -> vec3f {
    let d = environment_from_world(world_direction);
    let uv = vec2f(atan2(d.x, -d.y) / (2.0 * PI) + 0.5, acos(clamp(d.z, -1.0, 1.0)) / PI);
    let level = roughness * (ENVIRONMENT_LEVELS - 1.0);
    return textureSampleLevel(environment, environment_sampler, uv, level).rgb;
}

fn schlick(f0: f32, cosine: f32) -> f32 {
    return f0 + (1.0 - f0) * pow(1.0 - cosine, 5.0);
}

// Irradiance / pi without the key light. `flatness` 1 keeps only the mean.
fn ambient_irradiance(world_normal: vec3f, flatness: f32) -> vec3f {
    let n = environment_from_world(world_normal);
    let k = 1.0 - flatness;
    let q = k * k;
    let sum = frame.irradiance[0].rgb * 0.282095
        + k * 0.488603 * (frame.irradiance[1].rgb * n.y + frame.irradiance[2].rgb * n.z + frame.irradiance[3].rgb * n.x)
        + q * (1.092548 * (frame.irradiance[4].rgb * n.x * n.y + frame.irradiance[5].rgb * n.y * n.z
            + frame.irradiance[7].rgb * n.x * n.z)
            + frame.irradiance[6].rgb * 0.315392 * (3.0 * n.z * n.z - 1.0)
            + frame.irradiance[8].rgb * 0.546274 * (n.x * n.x - n.y * n.y));
    return max(sum, vec3f(0.0));
}

// Share of the key light that arrives, 0 to 1: a disc of the light's width, filtered by comparison.
fn key_visibility(world: vec3f, geometric_normal: vec3f) -> f32 {
    if frame.key_direction.w < 0.5 {
        return 1.0;
    }
    let texel = 1.0 / f32(textureDimensions(shadow_map).x);
    // Away from the surface by about a texel, so that it does not shade itself.
    let offset = geometric_normal * (frame.forward.w * texel * 5.0);
    let place = (frame.shadow_from_world * vec4f(world + offset, 1.0)).xyz;
    let radius = max(frame.key_irradiance.w * 0.014, 1.5 * texel);
    var sum = 0.0;
    // Vogel's disc: evenly spread for any number of samples.
    for (var i = 0; i < 16; i++) {
        let r = sqrt((f32(i) + 0.5) / 16.0) * radius;
        let a = f32(i) * 2.399963;
        let uv = place.xy + vec2f(cos(a), sin(a)) * r;
        sum += textureSampleCompareLevel(shadow_map, shadow_sampler, uv, place.z - 0.0015);
    }
    return sum / 16.0;
}

// How much of the light the floor takes from surfaces that look down onto it.
fn floor_occlusion(world: vec3f, normal: vec3f) -> f32 {
    let height = max(world.z - frame.ground.z, 0.0) / frame.forward.w;
    let facing = 0.5 - 0.5 * normal.z;
    return 1.0 - frame.drawing.w * 0.65 * facing * exp(-height * 3.5);
}
