// The floor: soft shadow, grid in mm and the printer's bed.

struct GroundOut {
    @builtin(position) position: vec4f,
    @location(0) world: vec3f,
}

@vertex
fn vs_ground(@builtin(vertex_index) index: u32) -> GroundOut {
    let corner = vec2f(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    let world = vec3f(frame.floor_map.xy + corner * frame.ground.w, frame.ground.z);
    return GroundOut(frame.clip_from_world * vec4f(world, 1.0), world);
}

// Opacity of lines `spacing` mm apart and about a pixel wide.
fn lines(place: vec2f, footprint: vec2f, spacing: f32, width_px: f32) -> f32 {
    let distance = abs(fract(place / spacing - 0.5) - 0.5) * spacing;
    let covered = clamp(width_px * 0.5 + 0.5 - distance / footprint, vec2f(0.0), vec2f(1.0));
    // Lines closer than a few pixels melt into nothing instead of flickering.
    let fade = 1.0 - smoothstep(vec2f(0.12), vec2f(0.4), footprint / spacing);
    let shown = covered * fade;
    return max(shown.x, shown.y);
}

// Signed distance in mm to the rounded rectangle of the bed.
fn bed_distance(place: vec2f) -> f32 {
    let corner = min(6.0, min(frame.ground.x, frame.ground.y));
    let d = abs(place) - frame.ground.xy + corner;
    return length(max(d, vec2f(0.0))) + min(max(d.x, d.y), 0.0) - corner;
}

@fragment
fn fs_ground(in: GroundOut) -> @location(0) vec4f {
    let place = in.world.xy;
    let footprint = max(fwidth(place), vec2f(1e-5));
    let along = length(footprint);
    let shadow_uv = (place - frame.floor_map.xy) * frame.floor_map.z * vec2f(1.0, -1.0) + 0.5;
    let light = textureSampleLevel(ground_shadow, ground_sampler, shadow_uv, 0.0).rg;

    // Shadow: what is missing of the light that an open floor gets.
    let ambient = dot(ambient_irradiance(vec3f(0.0, 0.0, 1.0), 0.0), vec3f(0.3333));
    let key = dot(frame.key_irradiance.rgb, vec3f(0.3333)) * max(frame.key_direction.z, 0.0);
    let arriving = (ambient * light.r + key * light.g) / max(ambient + key, 1e-6);
    let rim = max(abs(shadow_uv.x - 0.5), abs(shadow_uv.y - 0.5));
    let inside = 1.0 - smoothstep(0.36, 0.5, rim);
    // A floor seen from below would hide the object.
    let from_above = smoothstep(-0.02, 0.12, to_eye(in.world).z);
    let shadow = frame.drawing.y * (1.0 - arriving) * inside * from_above;

    var grid = 0.0;
    if frame.drawing.z > 0.5 {
        let scale = max(frame.forward.w / 60.0, 0.0);
        let fine = select(select(10.0, 1.0, scale < 0.12), 100.0, scale > 12.0);
        let distance = length(place) / frame.ground.w;
        let far = 1.0 - smoothstep(0.25, 1.0, distance);
        grid = max(0.26 * lines(place, footprint, fine, 1.0), 0.5 * lines(place, footprint, fine * 5.0, 1.2)) * far;
    }
    if frame.ground.x > 0.0 {
        let d = bed_distance(place);
        grid *= select(0.35, 1.0, d < 0.0);
        let plate = 0.05 * clamp(0.5 - d / along, 0.0, 1.0);
        grid = max(grid, max(0.8 * clamp(1.4 - abs(d) / along, 0.0, 1.0), plate));
    }
    grid *= mix(0.35, 1.0, from_above);
    let alpha = 1.0 - (1.0 - shadow) * (1.0 - grid);
    return vec4f(frame.grid_color.rgb * grid, alpha);
}
