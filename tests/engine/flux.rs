//! The denoiser of the 2.0 family.

use orfeas::engine::Tensor;
use orfeas::engine::models::hunyuan3d::config::FluxConfig;
use orfeas::engine::models::hunyuan3d::flux::{FluxDenoiser, spread};

use crate::support::{Vectors, device};

fn check(name: &'static str) {
    let Some(v) = Vectors::open(name) else { return };
    let config: FluxConfig = v.config_of(None);
    config.check().unwrap();
    let model = v.module("", |w| FluxDenoiser::load(w, &config));
    let times = v.floats("in.t");
    let guidance = if config.guidance_embed { v.floats("in.guidance") } else { vec![0.0; times.len()] };
    v.expect("t_sincos", &spread(&times, &device()), 1e-5);
    if config.guidance_embed {
        v.expect("guidance_sincos", &spread(&guidance, &device()), 1e-5);
    } else {
        v.expect("time_in", &model.vector(&times, &guidance, &device()), 1e-5);
    }
    let context = model.context(v.tensor("in.context"));
    v.expect("cond_in", &context, 1e-5);
    let mut outputs = Vec::new();
    let mut keep = |index: usize, z: &Tensor<3>| {
        outputs.push((index, z.clone()));
        Ok(())
    };
    let velocity = model.forward(v.tensor("in.x"), &times, &guidance, &context, &mut keep).unwrap();
    assert_eq!(outputs.len(), config.depth + config.depth_single_blocks);
    for (index, z) in outputs {
        match index.checked_sub(config.depth) {
            None => v.expect(&format!("double{index}.latent"), &z, 1e-5),
            Some(single) => v.expect(&format!("single{single}.out"), &z, 1e-5),
        }
    }
    v.expect("velocity", &velocity, 1e-5);
}

#[test]
fn the_network_is_that_of_the_reference() {
    check("hunyuan3d2/flux_dit");
}

#[test]
fn the_network_with_embedded_guidance_is_that_of_the_reference() {
    check("hunyuan3d2/flux_dit_guidance");
}
