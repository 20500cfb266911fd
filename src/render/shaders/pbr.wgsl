// Physically based shading: metallic-roughness with clear coat, sheen and a soft body, lit by the
// environment (split sum) and the key light.

// Whether there is a clear coat.
override COATED = false;

// Scale and bias of the reflectance at normal incidence (Karis, "Physically Based Shading on Mobile", 2014).
fn environment_brdf(roughness: f32, n_dot_v: f32) -> vec2f {
    let c0 = vec4f(-1.0, -0.0275, -0.572, 0.022);
    let c1 = vec4f(1.0, 0.0425, 1.04, -0.04);
    let r = roughness * c0 + c1;
    let a = min(r.x * r.x, exp2(-9.28 * n_dot_v)) * r.x + r.y;
    return vec2f(-1.04, 1.04) * a + r.zw;
}

// Curved surfaces widen their reflections, or fine detail would sparkle (Tokuyoshi and Kaplanyan 2019).
fn filtered_roughness(roughness: f32, normal: vec3f) -> f32 {
    let dx = dpdx(normal);
    let dy = dpdy(normal);
    let alpha = roughness * roughness;
    let variance = 0.25 * (dot(dx, dx) + dot(dy, dy));
    return sqrt(sqrt(clamp(alpha * alpha + min(2.0 * variance, 0.18), 0.0, 1.0)));
}

fn physically_shaded(in: Surface, front_facing: bool, samples: u32) -> vec4f {
    let v = to_eye(in.world);
    let facing = facing_normals(in, front_facing, v);
    let footprint = max(fwidth(in.world), vec3f(1e-6));
    let filtered = filtered_roughness(frame.surface.y, facing.shading);
    if samples == 0u {
        discard;
    }
    var paint: Paint;
    let vertex = vertex_color(in);
    paint.color = mix(frame.base_color.rgb, vertex.rgb, frame.base_color.w * vertex.a);
    paint.roughness = max(filtered, 0.045);
    paint.normal = facing.shading;
    paint = patterned(paint, in.world, footprint);

    let n = paint.normal;
    let n_dot_v = clamp(dot(n, v), 0.001, 1.0);
    let metallic = frame.surface.x;
    let softness = frame.layers.w;
    let visibility = key_visibility(in.world, facing.geometric);
    let below = floor_occlusion(in.world, n);

    // Body: light that enters comes out around the shadow's edge, and more saturated there.
    let n_dot_l = dot(n, frame.key_direction.xyz);
    let wrap = 0.5 * softness;
    let wrapped = clamp((n_dot_l + wrap) / (1.0 + wrap), 0.0, 1.0);
    let lit = mix(max(n_dot_l, 0.0), wrapped * wrapped, softness);
    let soft_visibility = mix(visibility, sqrt(visibility), softness);
    let bleed = mix(paint.color, sqrt(paint.color), 0.35 * softness * (1.0 - abs(n_dot_l)));
    let ambient = ambient_irradiance(n, 0.5 * softness) * below;
    let diffuse = bleed * (1.0 - metallic) * (ambient + frame.key_irradiance.rgb * lit * soft_visibility);

    // Reflection, with the light that bounces more than once in a rough metal (Fdez-Aguera 2019).
    let f0 = mix(vec3f(0.16 * frame.surface.z * frame.surface.z), paint.color, metallic);
    let brdf = environment_brdf(paint.roughness, n_dot_v);
    let single = f0 * brdf.x + brdf.y;
    let energy = 1.0 + f0 * (1.0 / max(brdf.x + brdf.y, 0.1) - 1.0);
    let r = reflect(-v, n);
    // Rays that dip below the true surface see the object itself, which is dark.
    let horizon = clamp(1.0 + 1.2 * dot(r, facing.geometric), 0.0, 1.0);
    let shaded = mix(1.0, visibility, 0.45 * clamp(dot(r, frame.key_direction.xyz), 0.0, 1.0));
    let occluded = horizon * horizon * shaded * mix(below, 1.0, 0.25);
    let specular = environment_radiance(r, paint.roughness) * single * energy * occluded;

    let base_weight = 1.0 - (1.0 - metallic) * max(max(single.r, single.g), single.b);
    var color = diffuse * base_weight + specular;

    let sheen = frame.layers.z * pow(1.0 - n_dot_v, 3.0);
    color += sheen * mix(vec3f(0.04), paint.color, 0.5) * 1.5 * (ambient + 0.3 * frame.key_irradiance.rgb * visibility);

    if COATED {
        let coat_normal = facing.shading;
        let fresnel = schlick(0.04, clamp(dot(coat_normal, v), 0.001, 1.0)) * frame.layers.x;
        let coat = environment_radiance(reflect(-v, coat_normal), max(frame.layers.y, 0.5 * filtered)) * occluded;
        color = color * (1.0 - fresnel) + coat * fresnel;
    }
    return vec4f(color * frame.light.z, 1.0);
}

@fragment
fn fs_pbr(in: Surface, @builtin(front_facing) front_facing: bool) -> @location(0) vec4f {
    return physically_shaded(in, front_facing, ALL_SAMPLES);
}

@fragment
fn fs_pbr_cut(in: Surface, @builtin(front_facing) front_facing: bool) -> Cut {
    let samples = kept_samples(in.world);
    return Cut(physically_shaded(in, front_facing, samples), samples);
}
