//! The denoising loop.

use std::sync::Mutex;

use orfeas::engine::Tensor;
use orfeas::engine::models::hunyuan3d::config::{DenoiserConfig, FluxConfig};
use orfeas::engine::models::hunyuan3d::denoiser::Denoiser;
use orfeas::engine::models::hunyuan3d::flux::FluxDenoiser;
use orfeas::engine::models::hunyuan3d::sampler::{Branches, Effort, Sampling, VelocityModel};
use orfeas::engine::models::hunyuan3d::scheduler::Schedule;
use orfeas::engine::weights::WeightsError;
use orfeas::progress::{CancelToken, Monitor, Progress};

use crate::support::Vectors;

fn sampling<'a>(v: &Vectors, schedule: &'a Schedule, effort: Effort) -> Sampling<'a> {
    let guidance_scale = v.config()["guidance_scale"].as_f64().unwrap() as f32;
    Sampling {
        schedule,
        guidance_scale,
        guided_share: 1.0,
        branches: Branches::Together,
        effort,
        monitor: Monitor::silent(),
    }
}

fn steps(v: &Vectors) -> usize {
    v.config()["steps"].as_u64().unwrap() as usize
}

fn moe(v: &Vectors) -> VelocityModel {
    let config: DenoiserConfig = v.config_of(Some("dit"));
    VelocityModel::Moe(Box::new(v.module("model.", |w| Denoiser::load(w, &config))))
}

/// Latents, and how often each step was seen.
fn run(v: &Vectors, model: &VelocityModel, sampling: &Sampling, tolerance: f32) -> (Tensor<3>, usize) {
    let mut seen = 0;
    let latents = model.sample(v.tensor("in.noise"), v.tensor("in.context"), sampling, |step| {
        let k = step.index;
        assert!((sampling.schedule.model_time(k) - v.floats(&format!("out.step{k}.t"))[0]).abs() < 1e-6);
        v.expect(&format!("step{k}.velocity_cond_uncond"), step.velocities, tolerance);
        v.expect(&format!("step{k}.latents_out"), step.latents, tolerance);
        seen += 1;
    });
    (latents.unwrap(), seen)
}

fn relative_difference(a: &Tensor<3>, b: &Tensor<3>) -> f32 {
    let length = |t: Tensor<3>| t.powi_scalar(2).sum().into_scalar().sqrt();
    length(a.clone() - b.clone()) / length(b.clone())
}

#[test]
fn the_guided_loop_is_that_of_the_pipeline() {
    let Some(v) = Vectors::open("hunyuan3d21/denoise_loop") else { return };
    let (model, schedule) = (moe(&v), Schedule::flow_matching(steps(&v), 1.0).unwrap());
    for (effort, evaluations) in [(Effort::All, steps(&v)), (Effort::Needed, steps(&v) - 1)] {
        let (latents, seen) = run(&v, &model, &sampling(&v, &schedule, effort), 1e-4);
        assert_eq!(seen, evaluations);
        v.expect("latents", &latents, 1e-4);
    }
}

#[test]
fn what_is_saved_does_not_change_the_result() {
    let Some(v) = Vectors::open("hunyuan3d21/denoise_loop") else { return };
    let (model, schedule) = (moe(&v), Schedule::flow_matching(7, 1.0).unwrap());
    let sample = |effort| {
        let sampling = sampling(&v, &schedule, effort);
        model.sample(v.tensor("in.noise"), v.tensor("in.context"), &sampling, |_| ()).unwrap()
    };
    let difference = relative_difference(&sample(Effort::Needed), &sample(Effort::All));
    eprintln!("saved work changes the latents by {difference:.1e} (relative L2)");
    assert!(difference <= 1e-5, "{difference:e}");
}

#[test]
fn several_pictures_at_once_give_what_each_gives_alone() {
    let Some(v) = Vectors::open("hunyuan3d21/denoise_loop") else { return };
    let (model, schedule) = (moe(&v), Schedule::flow_matching(3, 1.0).unwrap());
    let sampling = sampling(&v, &schedule, Effort::Needed);
    let (noise, context): (Tensor<3>, Tensor<3>) = (v.tensor("in.noise"), v.tensor("in.context"));
    let (noises, contexts) = ([noise.clone(), noise.flip([1])], [context.clone(), context * 0.5]);
    let both = |parts: &[Tensor<3>; 2]| Tensor::cat(parts.to_vec(), 0);
    let together = model.sample(both(&noises), both(&contexts), &sampling, |_| ()).unwrap();
    for (row, (noise, context)) in noises.into_iter().zip(contexts).enumerate() {
        let alone = model.sample(noise, context, &sampling, |_| ()).unwrap();
        assert!(relative_difference(&together.clone().narrow(0, row, 1), &alone) <= 1e-5);
    }
}

#[test]
fn the_turbo_loop_is_that_of_the_pipeline() {
    let Some(v) = Vectors::open("hunyuan3d2/turbo_loop") else { return };
    let config: FluxConfig = v.config_of(Some("dit"));
    let model = VelocityModel::Flux(Box::new(v.module("model.", |w| FluxDenoiser::load(w, &config))));
    let table = v.config()["pcm_timesteps"].as_u64().unwrap() as usize;
    let schedule = Schedule::consistency(steps(&v), table).unwrap();
    for effort in [Effort::All, Effort::Needed] {
        let (latents, seen) = run(&v, &model, &sampling(&v, &schedule, effort), 1e-5);
        assert_eq!(seen, steps(&v));
        v.expect("latents", &latents, 1e-5);
    }
}

#[test]
fn progress_counts_blocks_and_a_cancelled_loop_stops_at_the_next_one() {
    let Some(v) = Vectors::open("hunyuan3d21/denoise_loop") else { return };
    let (model, schedule) = (moe(&v), Schedule::flow_matching(3, 1.0).unwrap());
    let depth = v.config()["dit"]["depth"].as_u64().unwrap();
    for stop in [0, 1, depth + 2, u64::MAX] {
        let (cancel, seen) = (CancelToken::new(), Mutex::new(Vec::new()));
        let sink = |progress: Progress| {
            seen.lock().unwrap().push(progress.done);
            assert_eq!(progress.total, 2 * depth);
            if progress.done == stop {
                cancel.cancel();
            }
        };
        let sampling = Sampling { monitor: Monitor::new(&cancel, &sink), ..sampling(&v, &schedule, Effort::Needed) };
        let result = model.sample(v.tensor("in.noise"), v.tensor("in.context"), &sampling, |_| ());
        assert_eq!(matches!(result, Err(WeightsError::Cancelled(_))), stop < 2 * depth);
        assert_eq!(seen.into_inner().unwrap(), (0..=stop.min(2 * depth)).collect::<Vec<_>>());
    }
}
