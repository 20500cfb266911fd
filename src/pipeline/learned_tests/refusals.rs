//! Folders that are not the model asked for.

use super::*;

/// What a run says of a folder that was spoiled, and that it left nothing behind.
fn refusal(spoil: impl Fn(&Studio)) -> String {
    let studio = new_studio();
    spoil(&studio);
    studio.refusal(&request())
}

fn spoil_config(from: &'static str, to: &'static str) -> impl Fn(&Studio) {
    move |studio| {
        let path = studio.model().join("config.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

fn spoil_weights(spoil: impl Fn(&mut Vec<u8>)) -> impl Fn(&Studio) {
    move |studio| {
        let mut bytes = fs::read(studio.weights()).unwrap();
        spoil(&mut bytes);
        fs::write(studio.weights(), bytes).unwrap();
    }
}

/// Where the numbers of the tensor of this name begin.
fn tensor_start(bytes: &[u8], name: &str) -> usize {
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let index: serde_json::Value = serde_json::from_slice(&bytes[8..8 + header]).unwrap();
    8 + header + index[name]["data_offsets"][0].as_u64().unwrap() as usize
}

#[test]
fn folders_that_are_not_the_model_are_told_by_what_is_wrong() {
    let truncated = refusal(spoil_weights(|bytes| bytes.truncate(bytes.len() / 2)));
    assert!(truncated.contains("damaged") && truncated.ends_with("model.fp16.safetensors"), "{truncated}");
    let flipped = refusal(spoil_weights(|bytes| bytes[40] ^= 0x80));
    assert!(flipped.ends_with("model.fp16.safetensors"), "{flipped}");
    let other = refusal(spoil_config("depth: 5", "depth: 7"));
    assert!(other.contains("not those of this model") && other.contains("missing"), "{other}");
    let sizes = refusal(spoil_config("context_dim: 24", "context_dim: 32"));
    assert!(sizes.contains("context_dim = 32"), "{sizes}");
    let heads = refusal(spoil_config("num_heads: 4", "num_heads: 5"));
    assert!(heads.contains("num_heads = 5"), "{heads}");
    let unknown = refusal(spoil_config("HunYuanDiTPlain", "UNet"));
    assert!(unknown.contains("UNet") && unknown.ends_with("config.yaml"), "{unknown}");
    let nothing = refusal(|studio| fs::remove_file(studio.weights()).unwrap());
    assert!(nothing.contains("has no weights"), "{nothing}");
    let text = refusal(|studio| fs::write(studio.weights(), "hello hello hello").unwrap());
    assert!(text.contains("not a file of weights"), "{text}");
}

#[test]
fn another_model_of_the_family_is_not_taken_for_the_one_asked_for() {
    let studio = new_studio();
    for model in [Model::Hunyuan3d20, Model::Hunyuan3d20Turbo, Model::Hunyuan3d2Mv] {
        let mut request = request();
        request.model.model = model;
        let error = studio.run(&request, &Cache::disabled()).unwrap_err().to_string();
        assert!(error.contains(&format!("this is not {}", model.name())) && error.contains("--model"), "{error}");
    }
}

#[test]
fn a_pickle_with_code_in_it_is_refused() {
    // protocol 2, os.system("true"), as a file that only calls itself weights.
    let error = refusal(|studio| {
        let path = studio.weights();
        let file = fs::File::create(&path).unwrap();
        let mut zip = zip::ZipWriter::new(file);
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file("archive/data.pkl", options).unwrap();
        std::io::Write::write_all(&mut zip, b"\x80\x02cos\nsystem\nU\x04true\x85R.").unwrap();
        zip.finish().unwrap();
    });
    assert!(error.contains("refused"), "{error}");
}

#[test]
fn weights_that_are_no_numbers_are_told_by_name() {
    // f16 NaN.
    let name = "model.blocks.1.attn1.to_q.weight";
    let error = refusal(spoil_weights(|bytes| {
        let at = tensor_start(bytes, name);
        bytes[at..at + 2].copy_from_slice(&[0x00, 0x7e]);
    }));
    assert!(error.contains("blocks.1.attn1.to_q") && error.contains("not a finite number"), "{error}");
    let nothing = crate::engine::learned::Latents::new(vec![1, 2], vec![1.0, f32::NAN]).unwrap_err();
    assert!(nothing.to_string().contains("not numbers"), "{nothing}");
}

#[test]
fn a_model_that_is_not_there_offers_to_fetch_it() {
    let studio = new_studio();
    let library = crate::models::Library::new(
        crate::models::Catalogue::builtin().clone(),
        studio.folder.path().join("models"),
        Vec::new(),
        crate::models::Hub::from_environment(),
    );
    let tools =
        Tools::new(Cache::disabled(), studio.engine.clone(), Models::Shared(Arc::new(std::sync::RwLock::new(library))));
    let around = Circumstances::of(&tools);
    let error = run_with(&request(), &studio.picture(1), &around, &Monitor::silent()).unwrap_err();
    assert!(matches!(error, PipelineError::NoModel(_)));
    assert!(error.to_string().contains("orfeas models pull hunyuan3d-2.1"), "{error}");
    // The cut-out needs no model.
    let cut = cut_out(&request(), &studio.picture(1), &Cache::disabled(), &Monitor::silent());
    assert!(cut.is_ok());
}
