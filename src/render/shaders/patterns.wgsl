// What varies over a surface: layer lines, wood, grain.

struct Paint {
    color: vec3f,
    roughness: f32,
    normal: vec3f,
}

fn hash3(p: vec3f) -> f32 {
    // Integers, so that every device gives the same wood.
    let q = vec3u(vec3i(p) + vec3i(32768));
    var h = q.x * 1664525u + q.y * 1013904223u + q.z * 2654435761u;
    h = (h ^ (h >> 16u)) * 2246822519u;
    h = (h ^ (h >> 13u)) * 3266489917u;
    return f32((h ^ (h >> 16u)) >> 8u) / 16777216.0;
}

// Smooth noise of unit wavelength, 0 to 1.
fn noise3(p: vec3f) -> f32 {
    let cell = floor(p);
    let t = p - cell;
    let s = t * t * (3.0 - 2.0 * t);
    let x0 = mix(mix(hash3(cell), hash3(cell + vec3f(1.0, 0.0, 0.0)), s.x),
        mix(hash3(cell + vec3f(0.0, 1.0, 0.0)), hash3(cell + vec3f(1.0, 1.0, 0.0)), s.x), s.y);
    let x1 = mix(mix(hash3(cell + vec3f(0.0, 0.0, 1.0)), hash3(cell + vec3f(1.0, 0.0, 1.0)), s.x),
        mix(hash3(cell + vec3f(0.0, 1.0, 1.0)), hash3(cell + vec3f(1.0, 1.0, 1.0)), s.x), s.y);
    return mix(x0, x1, s.z);
}

// How much of a pattern of `wavelength` mm a pixel that covers `footprint` mm can show, 0 to 1.
fn resolvable(wavelength: f32, footprint: f32) -> f32 {
    return 1.0 - smoothstep(0.25, 0.7, footprint / wavelength);
}

fn patterned(paint: Paint, world: vec3f, footprint: vec3f) -> Paint {
    let pixel = max(footprint.x, max(footprint.y, footprint.z));
    if frame.modes.x > 2.5 {
        return grained(paint, world, pixel);
    }
    if frame.modes.x > 1.5 {
        return wooden(paint, world, pixel);
    }
    if frame.modes.x > 0.5 {
        return layered(paint, world, footprint.z);
    }
    return paint;
}

// Printed layers of 0.2 mm: a round bead each. Too small to see, they still widen the gloss.
fn layered(paint: Paint, world: vec3f, pixel_height: f32) -> Paint {
    var out = paint;
    let height = 0.2;
    let steepness = 1.0 - abs(paint.normal.z);
    let shown = resolvable(height, pixel_height) * steepness;
    let tilt = 0.55 * shown * cos(2.0 * PI * world.z / height);
    out.normal = normalize(paint.normal + vec3f(0.0, 0.0, tilt));
    out.color *= 1.0 - 0.12 * shown * (0.5 + 0.5 * cos(4.0 * PI * world.z / height));
    out.roughness = min(paint.roughness + 0.08 * (1.0 - shown) * steepness, 1.0);
    return out;
}

// Rings around a leaning axis, bent by slow noise, with fine pores along the grain.
fn wooden(paint: Paint, world: vec3f, pixel: f32) -> Paint {
    var out = paint;
    let unit = frame.forward.w;
    let p = world / unit;
    let bend = vec3f(noise3(p * vec3f(2.1, 2.1, 0.7)), noise3(p * vec3f(2.1, 2.1, 0.7) + 17.0), 0.0) - 0.5;
    let q = p + bend * 0.35 + vec3f(1.25 + 0.18 * p.z, 0.65 - 0.1 * p.z, 0.0);
    let ring = length(q.xy) * 9.0 + noise3(p * vec3f(5.0, 5.0, 1.2)) * 0.35;
    let phase = fract(ring);
    // Early wood darkens slowly into late wood, which ends sharply.
    let soft_edge = clamp(pixel * 9.0 / unit * 2.0, 0.06, 0.5);
    let late = smoothstep(0.15, 0.92, phase) * (1.0 - smoothstep(1.0 - soft_edge, 1.0, phase));
    let tone = noise3(vec3f(floor(ring) * 3.1, 0.0, 0.0));
    let fibre = noise3(p * vec3f(70.0, 70.0, 5.0)) - 0.5;
    let fibre_shown = resolvable(unit / 35.0, pixel);
    let dark = paint.color * vec3f(0.42, 0.34, 0.27);
    out.color = mix(paint.color * (0.9 + 0.25 * tone), dark, 0.62 * late);
    out.color *= 1.0 + 0.28 * fibre * fibre_shown;
    out.roughness = clamp(paint.roughness + 0.12 * late - 0.1 * fibre * fibre_shown, 0.1, 1.0);
    return out;
}

fn grained(paint: Paint, world: vec3f, pixel: f32) -> Paint {
    var out = paint;
    let unit = frame.forward.w;
    let p = world / unit * 90.0;
    let shown = resolvable(unit / 45.0, pixel);
    let bump = vec3f(noise3(p), noise3(p + 31.0), noise3(p + 67.0)) - 0.5;
    out.normal = normalize(paint.normal + 0.22 * shown * bump);
    return out;
}
