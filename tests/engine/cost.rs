//! Counted arithmetic against figures counted by another tool.

use orfeas::engine::models::hunyuan3d::config::DenoiserConfig;
use orfeas::engine::models::hunyuan3d::cost::{guided_loop, guided_step};
use orfeas::engine::models::hunyuan3d::sampler::Effort;

use crate::manifests::manifest;

#[test]
fn a_guided_step_costs_what_was_counted_in_the_reference() {
    let Some(manifest) = manifest("hunyuan3d-2.1") else { return };
    let config: DenoiserConfig = serde_json::from_value(manifest["configs"]["model"].clone()).unwrap();
    let tera = |flops: u64| flops as f64 / 1e12;
    let step = |effort| tera(guided_step(&config, 4096, 1370, effort));
    assert!((step(Effort::All) - 36.4).abs() < 0.1, "{}", step(Effort::All));
    let (all, needed) = (step(Effort::All), step(Effort::Needed));
    let loops = [Effort::All, Effort::Needed].map(|effort| tera(guided_loop(&config, 4096, 1370, 50, effort)));
    eprintln!("TFLOP of a guided step: {all:.2}, of them needed {needed:.2}; of 50 steps: {loops:.1?}");
    // The constant cross attention alone saves 2.6.
    assert!(all - needed > 2.6 && needed > 33.0);
    assert!((loops[0] - 1819.0).abs() < 5.0);
    assert!(loops[1] < 49.0 * needed + 0.3);
}
