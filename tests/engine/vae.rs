//! ShapeVAE: both halves, and the field at points.

use std::collections::BTreeMap;

use orfeas::engine::Tensor;
use orfeas::engine::layers::attend;
use orfeas::engine::models::hunyuan3d::vae::{
    FourierEmbedding, PointFeatures, SampleOrder, SamplingError, ShapeDecoder, ShapeEncoder, VaeConfig,
};
use orfeas::engine::weights::inventory;
use orfeas::progress::Monitor;

use crate::support::{Vectors, device, golden};

fn config(v: &Vectors) -> VaeConfig {
    let config: VaeConfig = v.config_of(None);
    config.check().unwrap();
    config
}

fn decoder(v: &Vectors) -> ShapeDecoder {
    let config = config(v);
    v.module("", |w| ShapeDecoder::load(w, &config))
}

fn numbers(x: &Tensor<3>) -> Vec<f32> {
    x.to_data().to_vec().unwrap()
}

#[test]
fn latents_become_a_field() {
    for (name, light) in [("hunyuan3d21/vae_decode", false), ("hunyuan3d2/vae_geo_decoder_light", true)] {
        let Some(v) = Vectors::open(name) else { continue };
        let decoder = decoder(&v);
        let features = decoder.features(v.tensor("in.latents"), &Monitor::silent()).unwrap();
        v.expect("features", &features, 1e-4);
        let geo = decoder.geo_decoder();
        let shape = geo.key_values(features);
        let points: Tensor<3> = v.tensor("in.queries");
        v.expect("logits", &geo.forward(points.clone(), &shape), 1e-5);
        if light {
            continue;
        }
        v.expect("fourier", &FourierEmbedding::new(&config(&v), &device()).forward(points.clone()), 1e-6);
        let queries = geo.queries(points);
        v.expect("query_proj", &queries.tokens, 1e-5);
        let context = attend(queries.by_head, shape.keys, shape.values);
        v.expect("logits", &geo.finish(queries.tokens, context), 1e-5);
    }
}

#[test]
fn a_light_decoder_is_known_by_its_tensors() {
    let Some(v) = Vectors::open("hunyuan3d2/vae_geo_decoder_light") else { return };
    let silent = VaeConfig {
        geo_decoder_downsample_ratio: 1,
        geo_decoder_mlp_expand_ratio: 4,
        geo_decoder_ln_post: true,
        ..config(&v)
    };
    let decoder = v.module("", |w| ShapeDecoder::load(w, &silent));
    let shape = decoder.geo_decoder().key_values(v.tensor("out.features"));
    v.expect("logits", &decoder.geo_decoder().forward(v.tensor("in.queries"), &shape), 1e-5);
}

#[test]
fn every_block_of_the_decoder_is_that_of_the_reference() {
    let Some(v) = Vectors::open("hunyuan3d21/vae_decode") else { return };
    let decoder = decoder(&v);
    let (post_kl, transformer) = decoder.parts();
    let x = post_kl.forward(v.tensor::<3>("in.latents"));
    v.expect("post_kl", &x, 1e-5);
    for (i, x) in transformer.steps(x).enumerate() {
        v.expect(&format!("block{i}.out"), &x, 1e-4);
    }
}

#[test]
fn keys_and_values_computed_once_serve_any_number_of_points() {
    let Some(v) = Vectors::open("hunyuan3d21/vae_decode") else { return };
    let decoder = decoder(&v);
    let geo = decoder.geo_decoder();
    let features: Tensor<3> = v.tensor("out.features");
    let points: Tensor<3> = v.tensor("in.queries");
    let whole = geo.forward(points.clone(), &geo.key_values(features.clone()));
    let shape = geo.key_values(features.clone());
    let count = points.dims()[1];
    for start in (0..count).step_by(37) {
        let size = 37.min(count - start);
        let chunk = points.clone().narrow(1, start, size);
        let cached = geo.forward(chunk.clone(), &shape);
        let anew = geo.forward(chunk, &geo.key_values(features.clone()));
        assert_eq!(numbers(&cached), numbers(&anew));
        let difference = (cached - whole.clone().narrow(1, start, size)).abs().max().into_scalar();
        assert!(difference < 1e-5, "{difference}");
    }
}

fn order(v: &Vectors) -> SampleOrder {
    let indices = |name: &str| {
        if v.has(name) { v.ints(name).into_iter().map(|i| i as usize).collect() } else { Vec::new() }
    };
    SampleOrder { even: indices("in.perm_random"), sharp: indices("in.perm_sharp"), start: 0 }
}

/// Positions within each shape's kept points, as the vectors count them: through the whole batch.
fn flattened(points: &PointFeatures, kind: usize, kept: usize) -> Vec<i64> {
    let of_shape = |(row, chosen): (usize, &[Vec<usize>; 2])| -> Vec<i64> {
        chosen[kind].iter().map(|i| (row * kept + i) as i64).collect()
    };
    points.chosen.iter().enumerate().flat_map(of_shape).collect()
}

#[test]
fn surfaces_become_latents() {
    for name in ["hunyuan3d21/vae_encode", "hunyuan3d21/vae_encode_sharp"] {
        let Some(v) = Vectors::open(name) else { continue };
        let config = config(&v);
        let encoder = v.module("", |w| ShapeEncoder::load(w, &config));
        let shape = v.shape("in.surface");
        let flat = v.floats("in.surface");
        let surfaces: Vec<Vec<f32>> = flat.chunks_exact(shape[1] * shape[2]).map(<[f32]>::to_vec).collect();
        let points = encoder.point_features(&surfaces, &order(&v), &Monitor::silent()).unwrap();
        let [even, sharp] = config.latents_by_kind();
        let kept = |latents: usize, of: usize| (latents * config.downsample_ratio).min(of);
        assert_eq!(flattened(&points, 0, kept(even, config.pc_size)), v.ints("out.fps_random_idx"));
        if v.has("out.fps_sharp_idx") {
            assert_eq!(flattened(&points, 1, kept(sharp, config.pc_sharpedge_size)), v.ints("out.fps_sharp_idx"));
        }
        v.expect("query_feats", &points.queries, 1e-5);
        if v.has("out.data_feats") {
            v.expect("data_feats", &points.data, 1e-5);
        }
        let x = encoder.cross_attention(&points);
        v.expect("cross_attn", &x, 1e-4);
        let (transformer, ln_post) = encoder.rest();
        let x = transformer.steps(x).last().unwrap();
        v.expect("self_attn", &x, 1e-4);
        v.expect("encoded", &ln_post.forward(x), 1e-4);
        let encoding = encoder.encode(&points, &Monitor::silent()).unwrap();
        v.expect("mean", &encoding.mean, 1e-4);
        v.expect("std", &encoding.std(), 1e-4);
        let noise = encoding.mean.zeros_like();
        assert_eq!(numbers(&encoding.sample(noise)), numbers(&encoding.mean));
    }
}

#[test]
fn the_full_size_halves_have_the_published_tensors() {
    for name in ["hunyuan3d-2.1", "hunyuan3d-2.0", "hunyuan3d-2mini", "hunyuan3d-2mini-turbo"] {
        let Ok(text) = std::fs::read_to_string(golden().join(format!("manifests/{name}.json"))) else {
            eprintln!("skipped: no manifest of {name}");
            continue;
        };
        let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        let config: VaeConfig = serde_json::from_value(manifest["configs"]["vae"].clone()).unwrap();
        config.check().unwrap();
        let mut found = inventory(|w| ShapeDecoder::load(w, &config));
        // The files of the others hold the decoder half only.
        if name == "hunyuan3d-2.1" {
            found.extend(inventory(|w| ShapeEncoder::load(w, &config)));
        }
        let listed = manifest["components"]["vae"]["tensors"].as_array().unwrap();
        let shape = |t: &serde_json::Value| serde_json::from_value(t["shape"].clone()).unwrap();
        let expected: BTreeMap<String, Vec<usize>> =
            listed.iter().map(|t| (t["name"].as_str().unwrap().to_owned(), shape(t))).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn sizes_that_make_no_network_are_told_by_name() {
    let published = r#"{"num_latents":4096,"embed_dim":64,"width":1024,"heads":16,"num_decoder_layers":16,"scale_factor":1.0039506158752403}"#;
    let published: VaeConfig = serde_json::from_str(published).unwrap();
    published.check().unwrap();
    assert_eq!((published.pc_size, published.geo_width(), published.fourier_size()), (81_920, 1024, 51));
    for (config, name) in [
        (VaeConfig { width: 0, ..published.clone() }, "width"),
        (VaeConfig { heads: 7, ..published.clone() }, "heads"),
        (VaeConfig { geo_decoder_downsample_ratio: 3, ..published.clone() }, "geo_decoder_downsample_ratio"),
        (VaeConfig { num_latents: usize::MAX, ..published.clone() }, "num_latents"),
        (VaeConfig { num_freqs: 64, ..published.clone() }, "num_freqs"),
        (VaeConfig { scale_factor: f64::NAN, ..published.clone() }, "scale factor"),
    ] {
        let error = config.check().unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn points_that_do_not_fit_the_configuration_are_refused() {
    let Some(v) = Vectors::open("hunyuan3d21/vae_encode_sharp") else { return };
    let config = config(&v);
    let encoder = v.module("", |w| ShapeEncoder::load(w, &config));
    let surface = v.floats("in.surface")[..v.shape("in.surface")[1..].iter().product()].to_vec();
    let order = SampleOrder::seeded(3, &config);
    let points = encoder.point_features(std::slice::from_ref(&surface), &order, &Monitor::silent()).unwrap();
    let again = encoder.point_features(std::slice::from_ref(&surface), &order, &Monitor::silent()).unwrap();
    assert_eq!(numbers(&points.data), numbers(&again.data));
    let short = encoder.point_features(&[surface[..70].to_vec()], &order, &Monitor::silent());
    assert!(matches!(short, Err(SamplingError::Count { found: 10, .. })));
    let wrong = SampleOrder { even: vec![0; config.pc_size], ..order };
    assert!(matches!(encoder.point_features(&[surface], &wrong, &Monitor::silent()), Err(SamplingError::Order)));
}
