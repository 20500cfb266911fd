//! TripoSR, from a picture to a mesh.

mod field;
mod mesh;
mod network;
mod picture;
mod published;

use orfeas::engine::models::triposr::TripoSr;
use orfeas::engine::models::triposr::config::TripoSrConfig;
use orfeas::engine::models::triposr::field::FieldDecoder;

use crate::support::Vectors;

/// The configuration of a file, whose image encoder is another than the published one.
fn config(v: &Vectors) -> TripoSrConfig {
    let all = v.config();
    let mut config: TripoSrConfig = serde_json::from_value(all["tsr"].clone()).unwrap();
    if let Some(vit) = all.get("vit") {
        config.vit = serde_json::from_value(vit.clone()).unwrap();
        config.check().unwrap();
    }
    config
}

fn network(v: &Vectors) -> TripoSr {
    let config = config(v);
    v.module("", |w| TripoSr::load(w, &config))
}

fn decoder(v: &Vectors) -> FieldDecoder {
    let config = config(v);
    v.module("decoder.", |w| FieldDecoder::load(w, &config))
}
