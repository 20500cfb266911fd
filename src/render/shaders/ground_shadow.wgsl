// How much light the object keeps from the ground around it, from two height maps: its underside and
// its top. Between the two it counts as solid, which figures standing on a floor nearly are.

@group(1) @binding(0) var underside: texture_depth_2d;
@group(1) @binding(1) var top: texture_depth_2d;

const DIRECTIONS = 16;
const STEPS = 14;

struct Heights {
    // In units of the map's side; the underside is above the top where there is no object.
    underside: f32,
    top: f32,
}

fn heights_at(uv: vec2f) -> Heights {
    let size = vec2f(textureDimensions(underside));
    let texel = vec2i(clamp(uv, vec2f(0.0), vec2f(0.9999)) * size);
    let scale = frame.floor_map.w;
    return Heights(textureLoad(underside, texel, 0) * scale, (1.0 - textureLoad(top, texel, 0)) * scale);
}

@vertex
fn vs_ground_shadow(@builtin(vertex_index) index: u32) -> FullScreen {
    return full_screen(index);
}

// r: share of the sky that is seen, weighted by the cosine; g: share of the key light.
@fragment
fn fs_ground_shadow(in: FullScreen) -> @location(0) vec4f {
    let turn = gradient_noise(in.position.xy);
    var open = 0.0;
    for (var i = 0; i < DIRECTIONS; i++) {
        let a = (f32(i) + turn) * 2.0 * PI / f32(DIRECTIONS);
        let direction = vec2f(cos(a), sin(a));
        // Sines of the lowest and highest elevation that the object blocks this way.
        var low = 1.0;
        var high = 0.0;
        for (var j = 0; j < STEPS; j++) {
            let t = (f32(j) + 0.5) / f32(STEPS);
            let distance = 0.002 + 0.6 * t * t;
            let h = heights_at(in.uv + direction * distance);
            if h.top >= h.underside {
                low = min(low, h.underside / length(vec2f(h.underside, distance)));
                high = max(high, h.top / length(vec2f(h.top, distance)));
            }
        }
        open += 1.0 - max(high * high - low * low, 0.0);
    }
    // Right under the object: the gap decides.
    let here = heights_at(in.uv);
    var ambient = open / f32(DIRECTIONS);
    if here.top >= here.underside {
        ambient = min(ambient, 1.0 - exp(-here.underside * 14.0));
    }
    return vec4f(ambient, key_light_on_ground(in.uv, turn), 0.0, 1.0);
}

fn key_light_on_ground(uv: vec2f, turn: f32) -> f32 {
    let to_light = frame.key_direction.xyz;
    var reached = 0.0;
    for (var i = 0; i < 16; i++) {
        let r = sqrt((f32(i) + 0.5) / 16.0) * frame.key_irradiance.w * 0.7;
        let a = (f32(i) + turn) * 2.399963;
        let frame_up = normalize(vec3f(-to_light.xy * to_light.z, dot(to_light.xy, to_light.xy)) + vec3f(0.0, 1e-4, 1e-4));
        let frame_right = cross(frame_up, to_light);
        let ray = to_light + (frame_right * cos(a) + frame_up * sin(a)) * r;
        if ray.z <= 0.02 {
            continue;
        }
        var blocked = false;
        for (var j = 0; j < STEPS; j++) {
            let t = (f32(j) + 0.5 * turn + 0.25) / f32(STEPS);
            let height = (0.001 + t * t) * frame.floor_map.w;
            let step = ray.xy / ray.z * height;
            let h = heights_at(uv + vec2f(step.x, -step.y));
            blocked = blocked || (h.underside <= height && height <= h.top);
        }
        reached += select(1.0, 0.0, blocked);
    }
    return reached / 16.0;
}
