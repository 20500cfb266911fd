//! The published folder: names, shapes, and what may be wrong in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use orfeas::engine::device::DeviceId;
use orfeas::engine::error::EngineError;
use orfeas::engine::learned::{
    Colors, DecodeMethod, DecodeOptions, EncodeOptions, Latents, LearnedModel, Place, Planes, Shown, Work,
};
use orfeas::engine::memory::Memory;
use orfeas::engine::models::columns::model::Figure;
use orfeas::engine::models::published::PublishedError;
use orfeas::engine::models::triposr::config::TripoSrConfig;
use orfeas::engine::models::triposr::picture::ModelPicture;
use orfeas::engine::models::triposr::published::Published;
use orfeas::engine::models::{Family, ModelSource, describe, open};
use orfeas::engine::weights::{LoadOptions, Precision, WeightsError, write_random};
use orfeas::progress::Monitor;
use serde_json::Value;

use crate::manifests::manifest;
use crate::support::device;

/// JSON is YAML.
fn yaml(manifest: &Value) -> String {
    manifest["config"].to_string()
}

fn small(manifest: &Value) -> String {
    let sizes = [
        ("\"cond_image_size\":512", "\"cond_image_size\":32"),
        ("\"num_layers\":16", "\"num_layers\":1"),
        ("\"attention_head_dim\":64", "\"attention_head_dim\":4"),
        ("\"in_channels\":1024", "\"in_channels\":64"),
        ("\"num_channels\":1024", "\"num_channels\":64"),
        ("\"plane_size\":32", "\"plane_size\":4"),
    ];
    sizes.iter().fold(yaml(manifest), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn the_network_has_the_published_tensors() {
    let Some(manifest) = manifest("triposr") else { return };
    let config = TripoSrConfig::from_yaml(&yaml(&manifest)).unwrap();
    if let Some(vit) = manifest.get("vit_config") {
        assert_eq!(config.vit, serde_json::from_value(vit.clone()).unwrap());
    }
    let found = config.tensors();
    let tensors = manifest["tensors"].as_array().unwrap();
    let expected: BTreeMap<String, Vec<usize>> = tensors
        .iter()
        .map(|t| {
            let shape = t["shape"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
            (t["name"].as_str().unwrap().to_owned(), shape)
        })
        .collect();
    let differing: Vec<_> = expected.iter().filter(|(name, shape)| found.get(*name) != Some(shape)).collect();
    assert!(differing.is_empty() && found.len() == expected.len(), "{differing:?}");
    let count: usize = found.values().map(|shape| shape.iter().product::<usize>()).sum();
    assert_eq!(count as u64, manifest["total_params"].as_u64().unwrap());
}

#[test]
fn configurations_that_make_no_sense_are_told() {
    let Some(manifest) = manifest("triposr") else { return };
    let right = yaml(&manifest);
    for (from, to, words) in [
        ("\"num_layers\":16", "\"num_layers\":\"x\"", "num_layers"),
        ("\"num_layers\":16", "\"num_layers\":0", "num_layers = 0"),
        ("\"plane_size\":32", "\"plane_size\":99999999", "plane_size = 99999999"),
        ("\"cond_image_size\":512", "\"cond_image_size\":65536", "cond_image_size = 65536"),
        ("\"cross_attention_dim\":768", "\"cross_attention_dim\":512", "cross_attention_dim = 512"),
        ("\"n_neurons\":64", "\"neurons\":64", "n_neurons"),
        ("\"activation\":\"silu\"", "\"activation\":\"relu\"", "relu"),
        ("\"feature_reduction\":\"concat\"", "\"feature_reduction\":\"mean\"", "mean"),
        ("facebook/dino-vitb16", "facebook/dino-vits8", "facebook/dino-vits8"),
        ("\"radius\":0.87", "\"radius\":-1", "radius = -1"),
        ("Transformer1D", "UNet", "UNet"),
        ("{", "[", "makes no sense"),
    ] {
        assert!(right.contains(from), "{from}");
        let error = TripoSrConfig::from_yaml(&right.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
}

/// Writes a small model of random numbers with these changes to its tensors.
fn write(folder: &Path, text: &str, change: impl FnOnce(&mut BTreeMap<String, Vec<usize>>)) {
    fs::write(folder.join("config.yaml"), text).unwrap();
    let mut tensors = TripoSrConfig::from_yaml(text).unwrap().tensors();
    change(&mut tensors);
    write_random(&folder.join("model.safetensors"), &tensors, Precision::F32, 1, &Monitor::silent()).unwrap();
}

#[test]
fn a_model_of_random_numbers_loads_strictly_and_runs() {
    let Some(manifest) = manifest("triposr") else { return };
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Published::open(folder.path()), Err(PublishedError::Open { .. })));
    let text = small(&manifest);
    fs::write(folder.path().join("config.yaml"), &text).unwrap();
    assert!(matches!(Published::open(folder.path()), Err(PublishedError::NoWeights { .. })));

    write(folder.path(), &text, |_| ());
    let model = Published::open(folder.path()).unwrap();
    let options = LoadOptions::new(device());
    let network = model.load_network(&options).unwrap();
    let picture = ModelPicture { side_px: 32, rgb: vec![0.5; 32 * 32 * 3] };
    let codes = network.scene_codes(&[picture], &Monitor::silent()).unwrap();
    assert_eq!(codes.dims(), [1, 3, 40, 8, 8]);
    assert!(codes.to_data().iter::<f32>().all(f32::is_finite));
    model.load_field(&options).unwrap().scene(codes.squeeze_dim(0)).unwrap();

    for part in ["backbone.proj_in.weight", "decoder.layers.4.bias", "image_tokenizer.model.pooler.dense.weight"] {
        let renamed = |tensors: &mut BTreeMap<String, Vec<usize>>| {
            let shape = tensors.remove(part).unwrap();
            tensors.insert(format!("{part}.other"), shape);
        };
        write(folder.path(), &text, renamed);
        let model = Published::open(folder.path()).unwrap();
        let error = match model.load_network(&options) {
            Err(error) => error,
            Ok(_) => model.load_field(&options).err().unwrap(),
        };
        let WeightsError::Mismatch(mismatch) = error else { panic!("{error}") };
        assert_eq!((mismatch.missing.len(), mismatch.unexpected.len()), (1, 1), "{mismatch}");
        assert!(part.ends_with(&mismatch.missing[0]), "{mismatch}");
    }
}

#[test]
fn the_engine_runs_it_like_any_other_model() {
    let Some(manifest) = manifest("triposr") else { return };
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &small(&manifest), |_| ());
    let source = ModelSource { family: Family::Triposr, folder: folder.path().to_owned(), weights: None };
    let about = describe(&source).unwrap();
    assert_eq!((about.picture_size_px, about.files.len()), (32, 2));
    let mut model: Box<dyn LearnedModel> = open(&source).unwrap();
    assert!(!model.is_loaded());

    let place = Place {
        id: DeviceId::Cpu,
        name: "test".to_owned(),
        device: device(),
        precision: Precision::F32,
        memory: Memory::default(),
    };
    let work = Work::new(Monitor::silent(), &place);
    let options = EncodeOptions { steps: 1, guidance_scale: 1.0, guidance_until: 1.0, seed: 0 };
    let picture = |level: u8| {
        let rgba: Vec<u8> = (0..40 * 30).flat_map(|i| [level, 90, (i % 251) as u8, 255]).collect();
        Shown::from(ModelPicture::prepare(&rgba, [30, 40], 0.85, 32).unwrap().planes())
    };
    let latents = model.encode(&[picture(10), picture(200)], &options, &work).unwrap();
    assert_eq!((latents.len(), &latents[0].shape), (2, &model.latents_shape()));
    assert_eq!(model.encode(&[picture(200)], &options, &work).unwrap(), latents[1..]);
    assert!(model.is_loaded() && latents[0] != latents[1]);
    let shape = [3, 32, 31];
    let wrong = Planes { shape, values: vec![0.0; 3 * 32 * 31] };
    assert!(matches!(model.encode(&[wrong.into()], &options, &work), Err(EngineError::Invalid(_))));

    model.release();
    assert!(!model.is_loaded());
    let mut options = DecodeOptions {
        resolution: 20,
        level: 0.5,
        half_box: 1.0,
        method: DecodeMethod::Dense,
        chunk_points: 100,
        figure: Figure::default(),
    };
    let field = model.decode(&latents[0], &options, &work).unwrap();
    assert_eq!(field.samples_per_axis, [21; 3]);
    options.method = DecodeMethod::FlashVdm;
    assert_eq!(model.decode(&latents[0], &options, &work).unwrap(), field);
    let points = [field.position(3, 4, 5), field.position(20, 0, 1)];
    let colors = model.colors(&latents[0], &points, &options, &work).unwrap();
    assert!(matches!(colors, Some(Colors::Own(colors)) if colors.len() == 2));
    let other = Latents { shape: vec![1], values: vec![0.0] };
    assert!(matches!(model.decode(&other, &options, &work), Err(EngineError::Invalid(_))));
    assert_eq!(model.weights_bytes(&place), 4 * count(&manifest));
}

/// Numbers in the small model.
fn count(manifest: &Value) -> u64 {
    let tensors = TripoSrConfig::from_yaml(&small(manifest)).unwrap().tensors();
    tensors.values().map(|shape| shape.iter().product::<usize>() as u64).sum()
}
