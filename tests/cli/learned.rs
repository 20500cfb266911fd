//! `orfeas generate --model` and `orfeas batch --model`, with a model in miniature.

use orfeas::engine::models::hunyuan3d::miniature;
use orfeas::engine::models::hunyuan3d::published::PublishedConfig;
use orfeas::engine::models::hunyuan3d::vae::ShapeDecoder;
use orfeas::engine::weights::inventory;

use super::support::{Desk, outcome, read_stl};

/// A desk with a model and a picture.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("model")).unwrap();
    miniature::write(&desk.path("model"), 5).unwrap();
    desk.draw("figure.png");
    desk
}

const SMALL: [&str; 7] = ["--model", "hunyuan3d-2.1", "--model-folder", "model", "--steps", "4", "--device=cpu"];

fn generate(desk: &Desk, output: &str, flags: &[&str]) -> (i32, String, String) {
    let octree: &[&str] = if flags.iter().any(|f| f.starts_with("--octree")) { &[] } else { &["--octree=32"] };
    outcome(desk.orfeas(&[&["generate", "figure.png", "-o", output], &SMALL[..], octree, flags].concat()))
}

#[test]
fn a_model_makes_a_closed_solid_and_the_same_one_again() {
    let desk = desk();
    let (code, stdout, stderr) = generate(&desk, "a.stl", &[]);
    assert_eq!((code, stdout.as_str()), (0, "a.stl\n"), "{stderr}");
    let stl = read_stl(&desk.path("a.stl"));
    assert!(stl.closed && (stl.size_mm[2] - 80.0).abs() < 0.05, "{:?}", stl.size_mm);
    let (code, _, stderr) = generate(&desk, "b.stl", &["--no-cache"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(std::fs::read(desk.path("a.stl")).unwrap() == std::fs::read(desk.path("b.stl")).unwrap());
    let (code, stdout, stderr) = generate(&desk, "c.stl", &["--octree=48", "--json"]);
    assert_eq!(code, 0, "{stderr}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let cached = |name: &str| {
        let stages = report["stages"].as_array().unwrap();
        stages.iter().find(|s| s["stage"] == name).unwrap()["cached"].as_bool().unwrap()
    };
    assert!(cached("latents") && !cached("shape"), "{stdout}");
}

/// The manifest of the model in miniature.
fn manifest() -> String {
    let yaml: serde_json::Value = serde_yaml_ng::from_str(miniature::CONFIG).unwrap();
    let config = PublishedConfig::from_yaml(miniature::CONFIG).unwrap();
    let vae = serde_json::from_value(config.vae.clone()).unwrap();
    let list = |tensors: &mut dyn Iterator<Item = (String, Vec<usize>)>| {
        let tensors: Vec<_> =
            tensors.map(|(name, shape)| serde_json::json!({ "name": name, "shape": shape })).collect();
        serde_json::json!({ "tensors": tensors })
    };
    let of = |part: &str| {
        let all = config.tensors().into_iter();
        list(&mut all.filter_map(|(name, shape)| Some((name.strip_prefix(part)?.strip_prefix('.')?.to_owned(), shape))))
    };
    let kwargs = &yaml["conditioner"]["params"]["main_image_encoder"]["kwargs"];
    let manifest = serde_json::json!({
        "configs": {
            "model": yaml["model"]["params"],
            "vae": yaml["vae"]["params"],
            "conditioner": { "dino": kwargs["config"], "image_size": kwargs["image_size"] },
            "scheduler": { "type": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000 },
            "image_processor": { "type": "ImageProcessorV2", "size": 64, "border_ratio": 0.15 },
        },
        "components": {
            "model": of("model"),
            "conditioner": of("conditioner"),
            "vae": list(&mut inventory(|w| ShapeDecoder::load(w, &vae)).into_iter()),
        },
    });
    manifest.to_string()
}

#[test]
fn a_manifest_becomes_a_model_of_random_numbers_that_runs() {
    let desk = Desk::new();
    desk.draw("figure.png");
    std::fs::write(desk.path("sizes.json"), manifest()).unwrap();
    let make = ["models", "random", "sizes.json", "-o", "model", "--seed", "5"];
    let (code, stdout, stderr) = outcome(desk.orfeas(&make));
    assert_eq!((code, stdout.as_str()), (0, "model/model.fp16.safetensors\n"), "{stderr}");
    std::fs::create_dir(desk.path("same")).unwrap();
    miniature::write(&desk.path("same"), 5).unwrap();
    let [made, same] = ["model", "same"].map(|folder| desk.path(folder).join("model.fp16.safetensors"));
    assert!(std::fs::read(made).unwrap() == std::fs::read(same).unwrap());
    let (code, _, stderr) = generate(&desk, "a.stl", &[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("are needed for one picture"), "{stderr}");
    assert!(read_stl(&desk.path("a.stl")).closed);
    let (code, _, stderr) = outcome(desk.orfeas(&make));
    assert!(code == 1 && stderr.contains("exists already"), "{stderr}");
    std::fs::write(desk.path("sizes.json"), "{\"configs\": {}, \"components\": {}}").unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&make));
    assert!(code == 1 && stderr.contains("no configs.model") && stderr.contains("sizes.json"), "{stderr}");
}

#[test]
fn a_manifest_of_tensors_larger_than_any_file_is_refused() {
    const MANY: u64 = 1 << 32;
    let desk = Desk::new();
    for shape in [&[MANY, MANY][..], &[0, MANY, MANY], &[MANY, MANY, 0], &[1 << 63]] {
        let mut sizes: serde_json::Value = serde_json::from_str(&manifest()).unwrap();
        sizes["components"]["model"]["tensors"][0]["shape"] = serde_json::json!(shape);
        std::fs::write(desk.path("sizes.json"), sizes.to_string()).unwrap();
        let (code, _, stderr) = outcome(desk.orfeas(&["models", "random", "sizes.json", "-o", "model"]));
        let is_told = stderr.contains("larger than any file") && stderr.trim_end().ends_with("sizes.json");
        assert!(code == 1 && is_told, "{shape:?}: {code} {stderr}");
    }
    assert_eq!(desk.names(""), ["sizes.json"]);
}

#[test]
fn a_model_that_is_not_there_is_offered() {
    let desk = desk();
    let (code, _, stderr) = outcome(desk.orfeas(&["generate", "figure.png", "--model", "hunyuan3d-2mini"]));
    assert_eq!(code, 1);
    assert!(stderr.contains("orfeas models pull hunyuan3d-2mini"), "{stderr}");
    assert_eq!(desk.names(""), ["figure.png", "model"]);
}

#[test]
fn settings_of_other_models_are_refused_by_name() {
    let desk = desk();
    for (flags, words) in [
        (&["--model", "triposr", "--steps", "5"][..], "hunyuan3d-2.1"),
        (&["--mode", "inflate", "--seed", "5"], "--mode model"),
        (&["--model", "hunyuan3d-2.1", "--thickness", "2"], "--mode inflate"),
        (&["--model", "hunyuan3d-2.0-turbo", "--guidance-until", "0.5"], "not distilled"),
        (&["--back", "0", "--flat-base", "2"], "--back above 0"),
        (&["--model", "columns", "--hidden-side", "flat", "--flat-base", "2"], "--hidden-side predicted or mirrored"),
        (&["--model", "hunyuan3d-2.1", "--steps", "0"], "1 to 100"),
        (&["--model", "hunyuan3d-9"], "hunyuan3d-2.1"),
        (&["--model", "hunyuan3d-2.1", "--device", "toaster"], "cuda:0"),
    ] {
        let (code, _, stderr) = outcome(desk.orfeas(&[&["generate", "figure.png"], flags].concat()));
        assert!(code == 2 && stderr.contains(words), "{flags:?}: {code} {stderr}");
    }
}

#[test]
fn where_and_how_a_model_runs_is_refused_where_it_changes_nothing() {
    let desk = desk();
    for (flags, words) in [
        (&["--device=cpu"][..], "--device has no effect here; leave it out, or choose --mode model"),
        (&["--precision=f16"], "--precision has no effect here"),
        (&["--mode=relief", "--model-folder=model"], "--model-folder has no effect here"),
        (
            &["--model=columns", "--model-folder=model"],
            "--model-folder has no effect here; leave it out, or choose another",
        ),
        (
            &["--model=columns", "--device=cpu", "--precision=bf16"],
            "--precision has no effect here; leave it out, or choose f32",
        ),
    ] {
        for command in [&["generate", "figure.png", "-o", "a.stl"][..], &["batch", "figure.png", "-o", "out"]] {
            let (code, stdout, stderr) = outcome(desk.orfeas(&[command, flags].concat()));
            assert!(code == 2 && stdout.is_empty() && stderr.contains(words), "{flags:?}: {code} {stderr}");
        }
    }
    assert_eq!(desk.names(""), ["figure.png", "model"]);
}

#[test]
fn a_folder_of_a_model_that_is_not_there_is_told_once_before_the_work() {
    let desk = desk();
    desk.draw("other.png");
    let model = ["--model=hunyuan3d-2.1", "--model-folder=nowhere"];
    for command in [&["generate", "figure.png", "-o", "a.stl"][..], &["batch", "figure.png", "other.png", "-o", "out"]]
    {
        let (code, stdout, stderr) = outcome(desk.orfeas(&[command, &model[..]].concat()));
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        assert_eq!(stderr.matches("there is no such folder").count(), 1, "{stderr}");
    }
    assert_eq!(desk.names(""), ["figure.png", "model", "other.png"]);
}

#[test]
fn a_spoiled_model_leaves_nothing_behind() {
    let desk = desk();
    let weights = desk.path("model/model.fp16.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() - 100]).unwrap();
    let (code, _, stderr) = generate(&desk, "a.stl", &[]);
    assert!(code == 1 && stderr.contains("damaged") && stderr.contains("model.fp16.safetensors"), "{stderr}");
    assert_eq!(desk.names(""), ["figure.png", "model"]);
    std::fs::write(&weights, &bytes).unwrap();
    assert_eq!(generate(&desk, "a.stl", &[]).0, 0);
}

#[test]
fn a_batch_through_a_model_makes_what_single_pictures_make() {
    let desk = desk();
    for (name, side) in [("in/a.png", 48), ("in/b.png", 64), ("in/c.png", 80)] {
        desk.draw_sized(name, side);
    }
    let (code, _, stderr) = outcome(desk.orfeas(&[&["batch", "in", "-o", "out", "--octree=32"], &SMALL[..]].concat()));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(desk.names("out").iter().filter(|n| n.ends_with(".stl")).count(), 3);
    let single = [&["generate", "in/b.png", "-o", "b.stl", "--no-cache", "--octree=32"], &SMALL[..]].concat();
    let (code, _, stderr) = outcome(desk.orfeas(&single));
    assert_eq!(code, 0, "{stderr}");
    // Up to rounding: products of more rows at once add up in another order.
    let [batch, single] = ["out/b.stl", "b.stl"].map(|name| read_stl(&desk.path(name)));
    assert!(batch.closed && single.closed);
    let sizes = batch.size_mm.iter().zip(&single.size_mm);
    assert!(sizes.clone().all(|(a, b)| (a - b).abs() < 0.5), "{sizes:?}");
}

#[test]
fn further_views_are_given_by_side_in_any_order() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("model")).unwrap();
    miniature::write_views(&desk.path("model"), 5).unwrap();
    for (name, side) in [("figure.png", 64), ("side.png", 48), ("behind.png", 80)] {
        desk.draw_sized(name, side);
    }
    let front = ["--model=hunyuan3d-2mv", "--model-folder=model", "--steps=4", "--octree=32", "--device=cpu"];
    let run = |output: &str, flags: &[&str]| {
        outcome(desk.orfeas(&[&["generate", "figure.png", "-o", output], &front[..], flags].concat()))
    };
    for (output, flags) in [
        ("alone.stl", &[][..]),
        ("a.stl", &["--view", "left=side.png", "--view", "back=behind.png"]),
        ("b.stl", &["--view=back=behind.png", "--view=left=side.png", "--no-cache"]),
    ] {
        let (code, stdout, stderr) = run(output, flags);
        assert_eq!((code, stdout), (0, format!("{output}\n")), "{stderr}");
        assert!(read_stl(&desk.path(output)).closed, "{output}");
    }
    let bytes = |name: &str| std::fs::read(desk.path(name)).unwrap();
    assert!(bytes("a.stl") == bytes("b.stl") && bytes("a.stl") != bytes("alone.stl"));
    for (flags, expected, words) in [
        (&["--view", "left=side.png", "--view", "left=behind.png"][..], 2, "--view left is given twice"),
        (&["--view", "top=side.png"], 2, "left=FILE or back=FILE or right=FILE"),
        (&["--view", "front=side.png"], 2, "the front is IMAGE itself"),
        (&["--view", "right=nowhere.png"], 1, "nowhere.png"),
    ] {
        let (code, _, stderr) = run("c.stl", flags);
        assert!(code == expected && stderr.contains(words), "{flags:?}: {code} {stderr}");
    }
    for flags in [&["--mode", "inflate"][..], &["--model", "hunyuan3d-2.1"], &[]] {
        let command = [&["generate", "figure.png", "--view", "left=side.png"], flags].concat();
        let (code, _, stderr) = outcome(desk.orfeas(&command));
        assert!(code == 2 && stderr.contains("--view left") && stderr.contains("--model hunyuan3d-2mv"), "{stderr}");
    }
}
