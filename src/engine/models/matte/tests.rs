use std::path::Path;

use super::*;
use crate::engine::models::columns::trunk::Sizes;
use crate::engine::weights::Precision;
use crate::progress::CancelToken;

/// As in the trainer.
const TINY: MatteConfig = MatteConfig {
    name: "tiny",
    side: 32,
    trunk: Sizes {
        stem: 4,
        fine: 4,
        coarse: 8,
        token: 8,
        heads: 2,
        encoder_blocks: 1,
        decoder_blocks: 1,
        transformer_blocks: 1,
        last: 4,
    },
    detail: 4,
};

fn fixture() -> WeightFile {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/matte/tiny.safetensors"));
    WeightFile::open(path).unwrap()
}

/// The input that the trainer's fixture is made of.
fn noise() -> Vec<f32> {
    let value = |k: u64| ((k * 2_654_435_761) >> 12 & 255) as f32 / 256.0 - 0.25;
    (0..3 * 32 * 32).map(value).collect()
}

fn tiny(precision: Precision) -> Matte {
    let options = LoadOptions { prefix: "model.", precision, ..LoadOptions::new(Device::Flex(Default::default())) };
    Matte::load_config(&fixture(), &TINY, &options).unwrap()
}

fn largest_difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn the_network_gives_what_the_trainer_gives() {
    let expected = fixture().get("expected.logits").unwrap().to_f32();
    let largest = expected.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert!(largest > 0.1, "{largest}");
    let found = tiny(Precision::F32).forward(noise(), &Monitor::silent()).unwrap();
    assert!(largest_difference(&found, &expected) <= 1e-4 * largest);
}

#[test]
fn sixteen_bit_weights_change_little() {
    let expected = fixture().get("expected.logits").unwrap().to_f32();
    let largest = expected.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    let half = half_file();
    let options = LoadOptions { prefix: "model.", ..LoadOptions::new(Device::Flex(Default::default())) };
    let found = Matte::load_config(&half, &TINY, &options).unwrap().forward(noise(), &Monitor::silent()).unwrap();
    let difference = largest_difference(&found, &expected);
    assert!(difference > 0.0 && difference <= 1e-2 * largest, "{difference} of {largest}");
}

/// The fixture with 16 bits for each number.
fn half_file() -> WeightFile {
    let file = fixture();
    let (mut header, mut bytes) = (serde_json::Map::new(), Vec::new());
    for name in file.names() {
        let view = file.get(name).unwrap();
        let start = bytes.len();
        bytes.extend(view.to_f32().iter().flat_map(|&v| burn::tensor::f16::from_f32(v).to_le_bytes()));
        let entry = serde_json::json!({ "dtype": "F16", "shape": view.shape(), "data_offsets": [start, bytes.len()] });
        header.insert(name.to_owned(), entry);
    }
    let header = serde_json::Value::Object(header).to_string();
    let whole = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &bytes].concat();
    WeightFile::embedded(&[Box::leak(whole.into_boxed_slice())], "half").unwrap()
}

#[test]
fn the_mirrored_picture_gives_mirrored_logits_and_the_same_one_the_same() {
    let model = tiny(Precision::F32);
    let picture: Vec<u8> = (0..32 * 32 * 3_u32).map(|k| (k.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let flipped: Vec<u8> =
        picture.chunks(32 * 3).flat_map(|row| row.chunks(3).rev().flatten().copied().collect::<Vec<_>>()).collect();
    let logits = model.logits(&picture, &Monitor::silent()).unwrap();
    let other = mirrored(&model.logits(&flipped, &Monitor::silent()).unwrap(), 32);
    assert!(largest_difference(&logits, &other) < 1e-5);
    assert_eq!(logits, model.logits(&picture, &Monitor::silent()).unwrap());
}

#[test]
fn wrong_sizes_unknown_weights_and_a_cancel_are_told() {
    let model = tiny(Precision::F32);
    let error = model.logits(&[0; 99], &Monitor::silent()).unwrap_err();
    assert!(error.to_string().contains("32 × 32"), "{error}");
    let options = LoadOptions::new(Device::Flex(Default::default()));
    assert!(matches!(Matte::load(&fixture(), &options), Err(MatteNetworkError::UnknownConfig(_))));
    let wrong = Matte::load_config(&fixture(), &MatteConfig::M, &options).map(|_| ()).unwrap_err();
    assert!(matches!(wrong, MatteNetworkError::Weights(_)));
    let token = CancelToken::new();
    token.cancel();
    let stopped = model.logits(&[0; 3 * 32 * 32], &Monitor::new(&token, &|_| {}));
    assert!(matches!(stopped, Err(MatteNetworkError::Cancelled(_))));
}
