//! Networks at full size with random weights on the processor, against PyTorch with the same weights and
//! inputs: TripoSR from picture to scene codes, a block of the Hunyuan3D-2.1 denoiser, and 4096 points
//! through its geometry decoder. Also how far the results are apart.
//!
//! `ORFEAS_PYTHON=…/bin/python cargo bench --bench engine [-- triposr block decoder]`, where that Python
//! can import torch and numpy. Needs 5 GB of memory and 2.3 GB in the folder for temporary files.
//!
//! PyTorch takes its best kernels by itself; on processors where its oneDNN does not know the newest
//! instructions, set `ONEDNN_MAX_CPU_ISA=AVX512_CORE_FP16`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs, reason = "helpers of a bench")]

mod common;

use std::fs;
use std::path::Path;

use orfeas::engine::models::hunyuan3d::config::DenoiserConfig;
use orfeas::engine::models::hunyuan3d::denoiser::Block;
use orfeas::engine::models::hunyuan3d::noise::normal_noise;
use orfeas::engine::models::hunyuan3d::turns::InTurn;
use orfeas::engine::models::hunyuan3d::vae::{GeoDecoder, VaeConfig};
use orfeas::engine::models::triposr::TripoSr;
use orfeas::engine::models::triposr::config::TripoSrConfig;
use orfeas::engine::models::triposr::picture::ModelPicture;
use orfeas::engine::models::triposr::published::Published;
use orfeas::engine::weights::{LoadOptions, Precision, WeightFile, Weights, inventory, load, write_random};
use orfeas::engine::{Device, Tensor};
use orfeas::progress::Monitor;

const ROUNDS: usize = 2;

const TRIPOSR: &str = "
cond_image_size: 512
image_tokenizer_cls: tsr.models.tokenizers.image.DINOSingleImageTokenizer
image_tokenizer: {pretrained_model_name_or_path: facebook/dino-vitb16}
tokenizer_cls: tsr.models.tokenizers.triplane.Triplane1DTokenizer
tokenizer: {plane_size: 32, num_channels: 1024}
backbone_cls: tsr.models.transformer.transformer_1d.Transformer1D
backbone: {in_channels: 1024, num_attention_heads: 16, attention_head_dim: 64, num_layers: 16, cross_attention_dim: 768}
post_processor_cls: tsr.models.network_utils.TriplaneUpsampleNetwork
post_processor: {in_channels: 1024, out_channels: 40}
decoder_cls: tsr.models.network_utils.NeRFMLP
decoder: {in_channels: 120, n_neurons: 64, n_hidden_layers: 9, activation: silu}
renderer_cls: tsr.models.nerf_renderer.TriplaneNeRFRenderer
renderer: {radius: 0.87, feature_reduction: concat, density_activation: exp, density_bias: -1.0}
";

const DENOISER: &str = r#"{"in_channels": 64, "hidden_size": 2048, "context_dim": 1024, "depth": 21, "num_heads": 16,
    "num_moe_layers": 6, "num_experts": 8, "moe_top_k": 2}"#;

const VAE: &str = r#"{"num_latents": 4096, "embed_dim": 64, "num_freqs": 8, "include_pi": false, "heads": 16,
    "width": 1024, "num_encoder_layers": 8, "num_decoder_layers": 16, "qkv_bias": false, "qk_norm": true,
    "scale_factor": 1.0039506158752403, "geo_decoder_mlp_expand_ratio": 4, "geo_decoder_downsample_ratio": 1,
    "geo_decoder_ln_post": true, "point_feats": 4, "pc_size": 81920, "pc_sharpedge_size": 0}"#;

fn cpu() -> Device {
    Device::Flex(Default::default())
}

fn numbers<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().to_vec().unwrap()
}

fn write_numbers(path: &Path, numbers: &[f32]) {
    fs::write(path, numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<_>>()).unwrap();
}

/// Compares times and results of `ours` and a script.
fn compare(what: &str, folder: &Path, script: &str, output: &str, mut ours: impl FnMut() -> Vec<f32>) {
    let mut found = Vec::new();
    let cost = common::measure(ROUNDS, || {
        found = ours();
        0
    });
    let head = include_str!("python/weights.py");
    let script = format!("{head}\nFOLDER, ROUNDS = {:?}, {ROUNDS}\n{script}", folder.display().to_string());
    let theirs = common::peer(&script);
    common::compare(what, cost, "PyTorch", theirs);
    if let Ok(bytes) = fs::read(folder.join(output)) {
        let expected = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
        let (mut worst, mut largest) = (0.0_f32, 0.0_f32);
        for (a, b) in found.iter().zip(expected) {
            worst = worst.max((a - b).abs());
            largest = largest.max(b.abs());
        }
        println!("  results differ by at most {worst:.1e} of {largest:.1}");
    }
}

fn triposr(folder: &Path) {
    let config = TripoSrConfig::from_yaml(TRIPOSR).unwrap();
    fs::write(folder.join("config.yaml"), TRIPOSR).unwrap();
    let tensors = config.tensors();
    let silent = Monitor::silent();
    write_random(&folder.join("model.safetensors"), &tensors, Precision::F32, 1, &silent).unwrap();
    let side_px = config.cond_image_size;
    let wave = |i: usize| 0.5 + 0.5 * (i as f32 * 0.000_37).sin();
    let picture = ModelPicture { side_px, rgb: (0..side_px * side_px * 3).map(wave).collect() };
    write_numbers(&folder.join("picture.f32"), &picture.rgb);
    let network: TripoSr = Published::open(folder).unwrap().load_network(&LoadOptions::new(cpu())).unwrap();
    let weights_mib = tensors.values().map(|s| 4 * s.iter().product::<usize>()).sum::<usize>() as f64 / 1048576.0;
    compare("TripoSR, picture to scene codes", folder, include_str!("python/triposr.py"), "codes.f32", || {
        numbers(network.scene_codes(std::slice::from_ref(&picture), &silent).unwrap())
    });
    if let Some(mib) = common::peak_mib() {
        println!("  whole process at most {mib:.0} MiB, of which weights {weights_mib:.0} MiB");
    }
}

/// A module of random weights, which are left in the folder.
fn random<M>(folder: &Path, name: &str, build: impl Fn(&Weights) -> M) -> M {
    let path = folder.join(format!("{name}.safetensors"));
    write_random(&path, &inventory(&build), Precision::F32, 1, &Monitor::silent()).unwrap();
    load(&WeightFile::open(&path).unwrap(), &LoadOptions::new(cpu()), build).unwrap()
}

/// Normal numbers, which are left in the folder.
fn input(folder: &Path, name: &str, shape: [usize; 3], scale: f32) -> Tensor<3> {
    let noise = normal_noise(7, shape, &cpu()).mul_scalar(scale);
    write_numbers(&folder.join(format!("{name}.f32")), &numbers(noise.clone()));
    noise
}

const HUNYUAN3D: &str = include_str!("python/hunyuan3d.py");

fn block(folder: &Path) {
    let config: DenoiserConfig = serde_json::from_str(DENOISER).unwrap();
    let block = random(folder, "block", |w| Block::load(w, &config, 1));
    let tokens = input(folder, "tokens", [1, 4097, config.hidden_size], 1.0);
    let context = block.context(input(folder, "context", [1, 1370, config.context_dim], 1.0));
    let script = format!("WHICH = 'block'\n{HUNYUAN3D}");
    compare("Hunyuan3D-2.1, one block of the denoiser", folder, &script, "block.f32", || {
        let z = block.self_attend(tokens.clone());
        numbers(block.feed_forward(block.cross_attend(z, &context, 1)))
    });
}

fn decoder(folder: &Path) {
    let config: VaeConfig = serde_json::from_str(VAE).unwrap();
    let decoder = random(folder, "decoder", |w| GeoDecoder::load(w, &config));
    let shape = decoder.key_values(input(folder, "features", [1, config.num_latents, config.width], 1.0));
    let places = input(folder, "places", [1, 4096, 3], 0.4);
    let script = format!("WHICH = 'decoder'\n{HUNYUAN3D}");
    compare("Hunyuan3D-2.1, 4096 points through the geometry decoder", folder, &script, "decoder.f32", || {
        numbers(decoder.forward(places.clone(), &shape))
    });
}

fn main() {
    // Not a bench of small things that are repeated: `cargo test` leaves it out.
    if !common::is_real_run() {
        return;
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    type Run = fn(&Path);
    let all: [(&str, Run); 3] = [("block", block), ("decoder", decoder), ("triposr", triposr)];
    for (name, run) in all {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            run(tempfile::tempdir().unwrap().path());
        }
    }
}
