//! Names and shapes of the full-size networks are those of the published files.

use std::collections::BTreeMap;

use orfeas::engine::models::hunyuan3d::conditioner::Conditioner;
use orfeas::engine::models::hunyuan3d::config::{ConditionerConfig, DenoiserConfig, FluxConfig};
use orfeas::engine::models::hunyuan3d::denoiser::Denoiser;
use orfeas::engine::models::hunyuan3d::flux::FluxDenoiser;
use orfeas::engine::weights::inventory;
use serde_json::Value;

use crate::support::golden;

pub fn manifest(name: &str) -> Option<Value> {
    let path = golden().join(format!("manifests/{name}.json"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no {}", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn expect(manifest: &Value, component: &str, found: BTreeMap<String, Vec<usize>>) {
    let tensors = manifest["components"][component]["tensors"].as_array().unwrap();
    let expected: BTreeMap<String, Vec<usize>> = tensors
        .iter()
        .map(|t| {
            let shape = t["shape"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
            (t["name"].as_str().unwrap().to_owned(), shape)
        })
        .collect();
    let missing: Vec<_> = expected.iter().filter(|(name, shape)| found.get(*name) != Some(shape)).collect();
    let unexpected: Vec<_> = found.keys().filter(|name| !expected.contains_key(*name)).collect();
    assert!(missing.is_empty() && unexpected.is_empty(), "{component}: missing {missing:?}, unexpected {unexpected:?}");
    let count: usize = found.values().map(|shape| shape.iter().product::<usize>()).sum();
    assert_eq!(count as u64, manifest["components"][component]["n_params"].as_u64().unwrap());
}

fn config<T: serde::de::DeserializeOwned>(manifest: &Value, component: &str) -> T {
    serde_json::from_value(manifest["configs"][component].clone()).unwrap()
}

#[test]
fn the_2_1_networks_have_the_published_tensors() {
    let Some(manifest) = manifest("hunyuan3d-2.1") else { return };
    let denoiser: DenoiserConfig = config(&manifest, "model");
    denoiser.check().unwrap();
    expect(&manifest, "model", inventory(|w| Denoiser::load(w, &denoiser)));
    let conditioner: ConditionerConfig = config(&manifest, "conditioner");
    conditioner.check().unwrap();
    expect(&manifest, "conditioner", inventory(|w| Conditioner::load(w, &conditioner)));
}

#[test]
fn the_2_0_networks_have_the_published_tensors() {
    for name in ["hunyuan3d-2.0", "hunyuan3d-2mini", "hunyuan3d-2mini-turbo"] {
        let Some(manifest) = manifest(name) else { return };
        let denoiser: FluxConfig = config(&manifest, "model");
        denoiser.check().unwrap();
        expect(&manifest, "model", inventory(|w| FluxDenoiser::load(w, &denoiser)));
        if manifest["configs"].get("conditioner").is_some() {
            let conditioner: ConditionerConfig = config(&manifest, "conditioner");
            expect(&manifest, "conditioner", inventory(|w| Conditioner::load(w, &conditioner)));
        }
    }
}
