//! Published folders: their configuration, and what may be wrong in them.

use std::fs;

use orfeas::engine::models::hunyuan3d::published::{
    Published, PublishedConfig, PublishedError, ScheduleConfig, VelocityConfig,
};
use serde_json::Value;

use crate::manifests::manifest;

/// A `config.yaml` of the published layout from a manifest's sizes.
fn yaml(manifest: &Value, model: &str, encoder: &str, scheduler: &str) -> String {
    let configs = &manifest["configs"];
    // JSON is YAML, so sizes can be put in as they are.
    format!(
        "model:\n  target: package.models.{model}\n  params: {}\nvae:\n  target: package.ShapeVAE\n  params: {}\n\
         conditioner:\n  target: package.SingleImageEncoder\n  params:\n    main_image_encoder:\n      type: {encoder} # one\n\
         \x20     kwargs:\n        config: {}\n        image_size: &size 518\n\
         scheduler:\n  target: package.{scheduler}\nimage_processor:\n  target: package.ImageProcessorV2\n  params:\n    size: 512\n",
        configs["model"], configs["vae"], configs["conditioner"]["dino"],
    )
}

#[test]
fn published_configurations_are_understood() {
    let (Some(two_one), Some(two)) = (manifest("hunyuan3d-2.1"), manifest("hunyuan3d-2.0")) else { return };
    let scheduler = "FlowMatchEulerDiscreteScheduler";
    let config = PublishedConfig::from_yaml(&yaml(&two_one, "HunYuanDiTPlain", "DinoImageEncoder", scheduler)).unwrap();
    assert!(matches!(&config.velocity, VelocityConfig::Moe(moe) if moe.depth == 21 && moe.num_experts == 8));
    assert_eq!((config.conditioner.dino.hidden_size, config.conditioner.view_num), (1024, None));
    assert_eq!(config.schedule, ScheduleConfig::FlowMatching { shift: 1.0 });
    assert_eq!(config.vae["num_latents"], 4096);
    assert_eq!(config.image_processor["size"], 512);
    let scheduler = "ConsistencyFlowMatchEulerDiscreteScheduler\n  params:\n    pcm_timesteps: 100";
    let config = PublishedConfig::from_yaml(&yaml(&two, "Hunyuan3DDiT", "DinoImageEncoderMV", scheduler)).unwrap();
    assert!(matches!(&config.velocity, VelocityConfig::Flux(flux) if flux.depth_single_blocks == 32));
    assert_eq!(config.conditioner.view_num, Some(4));
    assert_eq!(config.schedule, ScheduleConfig::Consistency { table_length: 100 });
}

#[test]
fn floats_and_anchors_are_read_as_python_reads_them() {
    let Some(manifest) = manifest("hunyuan3d-2.1") else { return };
    let text = yaml(&manifest, "HunYuanDiTPlain", "DinoImageEncoder", "FlowMatchEulerDiscreteScheduler")
        .replace("\"layer_norm_eps\":1e-06", "\"layer_norm_eps\": 1.e-6")
        .replace("    size: 512", "    size: *size");
    assert!(text.contains("1.e-6"));
    let config = PublishedConfig::from_yaml(&text).unwrap();
    assert_eq!(config.conditioner.dino.layer_norm_eps, 1e-6);
    assert_eq!(config.image_processor["size"], 518);
}

#[test]
fn wrong_configurations_are_told() {
    let Some(manifest) = manifest("hunyuan3d-2.1") else { return };
    let right = yaml(&manifest, "HunYuanDiTPlain", "DinoImageEncoder", "FlowMatchEulerDiscreteScheduler");
    for (from, to, words) in [
        ("\"num_heads\":16", "\"num_heads\":15", "num_heads = 15"),
        ("\"depth\":21", "\"depth\":0", "depth = 0"),
        ("\"depth\":21", "\"depth\":99999999999", "depth = 99999999999"),
        ("\"depth\":21", "\"depth\":-1", "model: invalid value"),
        ("\"depth\":21", "\"deep\":21", "missing field `depth`"),
        ("\"moe_top_k\":2", "\"moe_top_k\":9", "moe_top_k = 9"),
        ("\"use_attention_pooling\":false", "\"use_attention_pooling\":true", "attention pooling"),
        ("HunYuanDiTPlain", "UNet", "UNet"),
        ("DinoImageEncoder", "CLIPImageEncoder", "CLIPImageEncoder"),
        ("FlowMatchEulerDiscreteScheduler", "DDIM", "DDIM"),
        ("\nvae:", "\nvea:", "vae"),
        ("model:", "model: [", "makes no sense"),
    ] {
        assert!(right.contains(from), "{from}");
        let error = PublishedConfig::from_yaml(&right.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
    let bomb = (0..40).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
        format!("{text}a{}: &a{} [*a{n}, *a{n}, *a{n}, *a{n}]\n", n + 1, n + 1)
    });
    assert!(PublishedConfig::from_yaml(&bomb).is_err());
}

#[test]
fn folders_that_are_no_models_are_told() {
    let Some(manifest) = manifest("hunyuan3d-2.1") else { return };
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Published::open(folder.path()), Err(PublishedError::Open { .. })));
    fs::write(folder.path().join("config.yaml"), [0xff; 100]).unwrap();
    assert!(matches!(Published::open(folder.path()), Err(PublishedError::Open { .. })));
    fs::write(folder.path().join("config.yaml"), "model: 1\n").unwrap();
    let error = Published::open(folder.path()).err().unwrap().to_string();
    assert!(error.ends_with("config.yaml"), "{error}");
    let right = yaml(&manifest, "HunYuanDiTPlain", "DinoImageEncoder", "FlowMatchEulerDiscreteScheduler");
    fs::write(folder.path().join("config.yaml"), right).unwrap();
    assert!(matches!(Published::open(folder.path()), Err(PublishedError::NoWeights(_))));
    fs::write(folder.path().join("model.fp16.ckpt"), "no archive at all").unwrap();
    assert!(matches!(Published::open(folder.path()), Err(PublishedError::Weights(_))));
}
