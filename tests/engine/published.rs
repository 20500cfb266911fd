//! Published folders: their configuration, and what may be wrong in them.

use std::fs;
use std::sync::Mutex;

use orfeas::engine::Tensor;
use orfeas::engine::models::hunyuan3d::conditioner::Dino;
use orfeas::engine::models::hunyuan3d::config::DinoConfig;
use orfeas::engine::models::hunyuan3d::miniature;
use orfeas::engine::models::hunyuan3d::noise::normal_noise;
use orfeas::engine::models::hunyuan3d::published::{Published, PublishedConfig, ScheduleConfig, VelocityConfig};
use orfeas::engine::models::hunyuan3d::sampler::{Branches, Effort, Sampling, VelocityModel};
use orfeas::engine::models::published::PublishedError;
use orfeas::engine::weights::{
    LoadOptions, Precision, WeightFile, Weights, WeightsError, inventory, load, write_random,
};
use orfeas::progress::{CancelToken, Monitor, Progress};
use serde_json::Value;

use crate::manifests::manifest;
use crate::support::device;

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
        .replace(&format!("\"layer_norm_eps\":{}", serde_json::json!(1e-6)), "\"layer_norm_eps\": 1.e-6")
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
    let flux = miniature::views_config();
    for (from, to, words) in [
        (" depth: 2", " depth: 18446744073709551615", "depth + 1 = 18446744073709551615"),
        ("depth_single_blocks: 2", "depth_single_blocks: 18446744073709551615", "depth_single_blocks + 1 = "),
        ("patch_size: 14", "patch_size: 0", "patch_size = 0"),
        ("\n        image_size: 56", "\n        image_size: 65536", "image_size = 65536"),
    ] {
        assert!(flux.contains(from), "{from}");
        let error = PublishedConfig::from_yaml(&flux.replacen(from, to, 1)).unwrap_err().to_string();
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
    assert!(matches!(Published::open(folder.path()), Err(PublishedError::NoWeights { .. })));
    fs::write(folder.path().join("model.fp16.ckpt"), "no archive at all").unwrap();
    assert!(matches!(Published::open(folder.path()), Err(PublishedError::Weights(_))));
}

#[test]
fn a_model_of_random_numbers_loads_and_runs() {
    let Some(manifest) = manifest("hunyuan3d-2.1") else { return };
    let right = yaml(&manifest, "HunYuanDiTPlain", "DinoImageEncoder", "FlowMatchEulerDiscreteScheduler");
    // The published layout at a size that fits a test.
    let small =
        [("hidden_size\":2048", "hidden_size\":64"), ("depth\":21", "depth\":5"), ("layers\":24", "layers\":2")]
            .iter()
            .chain(&[("hidden_size\":1024", "hidden_size\":64"), ("context_dim\":1024", "context_dim\":64")])
            .chain(&[("image_size\":518", "image_size\":42"), ("&size 518", "&size 42")])
            .fold(right, |text, (from, to)| text.replace(from, to));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.yaml"), &small).unwrap();
    let tensors = PublishedConfig::from_yaml(&small).unwrap().tensors();
    let path = folder.path().join("model.fp16.safetensors");
    let write = |seed| write_random(&path, &tensors, Precision::F16, seed, &Monitor::silent());
    write(1).unwrap();
    let once = fs::read(&path).unwrap();
    write(1).unwrap();
    assert_eq!(once, fs::read(&path).unwrap());
    let published = Published::open(folder.path()).unwrap();
    let options = LoadOptions::new(device());
    let conditioner = published.load_conditioner(&options).unwrap();
    let model = published.load_velocity(&options).unwrap();
    let context = conditioner.forward(Tensor::zeros([1, 3, 50, 60], &device()), &mut |_, _| Ok(())).unwrap();
    assert_eq!(context.dims(), [1, 10, 64]);
    let schedule = published.config().schedule.schedule(3).unwrap();
    let sampling = Sampling {
        schedule: &schedule,
        guidance_scale: 5.0,
        guided_share: 1.0,
        branches: Branches::Together,
        effort: Effort::Needed,
        monitor: Monitor::silent(),
    };
    let latents = model.sample(normal_noise(1, [1, 20, 64], &device()), context, &sampling, |_| ()).unwrap();
    let numbers = latents.into_data().to_vec::<f32>().unwrap();
    assert!(numbers.iter().all(|n| n.is_finite() && n.abs() < 1e4) && numbers.iter().any(|n| n.abs() > 0.1));
}

#[test]
fn loading_reports_every_byte_and_can_be_cancelled() {
    let Some(manifest) = manifest("hunyuan3d-2.1") else { return };
    let config: DinoConfig = serde_json::from_value(manifest["configs"]["conditioner"]["dino"].clone()).unwrap();
    let config = DinoConfig { num_hidden_layers: 2, hidden_size: 32, ..config };
    let build = |w: &Weights| Dino::load(w, &config);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.safetensors");
    write_random(&path, &inventory(build), Precision::F16, 1, &Monitor::silent()).unwrap();
    let file = WeightFile::open(&path).unwrap();
    for stop in [0, 10, usize::MAX] {
        let (cancel, seen) = (CancelToken::new(), Mutex::new(Vec::new()));
        let sink = |progress: Progress| {
            let mut seen = seen.lock().unwrap();
            seen.push((progress.done, progress.total));
            if seen.len() > stop {
                cancel.cancel();
            }
        };
        let options = LoadOptions { monitor: Monitor::new(&cancel, &sink), ..LoadOptions::new(device()) };
        let result = load(&file, &options, build);
        let seen = seen.into_inner().unwrap();
        assert!(seen.is_sorted() && seen.iter().all(|(done, total)| done <= total));
        if stop == usize::MAX {
            assert!(result.is_ok() && seen.last().is_some_and(|(done, total)| done * 10 > total * 9));
        } else {
            assert!(matches!(result.err(), Some(WeightsError::Cancelled(_))) && seen.len() == stop + 1);
        }
    }
}

#[test]
fn blocks_that_take_turns_give_the_same_latents() {
    let flux = miniature::views_config();
    for (config, spoiled) in [
        (miniature::CONFIG, "model.blocks.3.attn1.to_q.weight"),
        (&flux, "model.double_blocks.1.img_attn.qkv.weight"),
        (&flux, "model.single_blocks.1.linear2.weight"),
    ] {
        take_turns(config, spoiled);
    }
}

fn take_turns(config: &str, spoiled: &str) {
    let folder = tempfile::tempdir().unwrap();
    miniature::write_sized(folder.path(), config, 3, &Monitor::silent()).unwrap();
    let published = Published::open(folder.path()).unwrap();
    let options = LoadOptions::new(device());
    let schedule = ScheduleConfig::FlowMatching { shift: 1.0 }.schedule(4).unwrap();
    let sample = |model: VelocityModel| {
        let sampling = Sampling {
            schedule: &schedule,
            guidance_scale: 5.0,
            guided_share: 1.0,
            branches: Branches::Together,
            effort: Effort::Needed,
            monitor: Monitor::silent(),
        };
        let (noise, context) = (normal_noise(1, [1, 24, 8], &device()), normal_noise(2, [1, 17, 24], &device()));
        model.sample(noise, context, &sampling, |_| ())
    };
    let kept = published.load_velocity(&options).unwrap();
    let stored = published.load_velocity_by_blocks(&options).unwrap();
    assert!(stored.is_stored() && !kept.is_stored());
    let numbers = |latents: Tensor<3>| latents.into_data().to_vec::<f32>().unwrap();
    assert_eq!(numbers(sample(stored).unwrap()), numbers(sample(kept).unwrap()));
    // A block that is spoiled is told when its turn comes.
    let path = folder.path().join("model.fp16.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let index: Value = serde_json::from_slice(&bytes[8..8 + header]).unwrap();
    let at = 8 + header + index[spoiled]["data_offsets"][0].as_u64().unwrap() as usize;
    bytes[at..at + 2].copy_from_slice(&[0x00, 0x7e]);
    fs::write(&path, bytes).unwrap();
    let stored = Published::open(folder.path()).unwrap().load_velocity_by_blocks(&options).unwrap();
    let error = sample(stored).unwrap_err().to_string();
    let name: Vec<&str> = spoiled.split('.').skip(3).collect();
    assert!(error.contains(&name.join(".")) && error.contains("not a finite number"), "{error}");
}
