//! The whole way, from a picture to a mesh.

use burn::tensor::TensorData;
use image::RgbaImage;
use orfeas::engine::Tensor;
use orfeas::engine::models::hunyuan3d::conditioner::Conditioner;
use orfeas::engine::models::hunyuan3d::config::{ConditionerConfig, DenoiserConfig};
use orfeas::engine::models::hunyuan3d::denoiser::Denoiser;
use orfeas::engine::models::hunyuan3d::sampler::{Branches, Effort, Sampling, VelocityModel};
use orfeas::engine::models::hunyuan3d::scheduler::Schedule;
use orfeas::engine::models::hunyuan3d::vae::{ShapeDecoder, VaeConfig};
use orfeas::engine::models::hunyuan3d::volume::{VertexScale, Volume, VolumeDecoder, VolumeOptions, decode_volume};
use orfeas::image::processor::ImageProcessor;
use orfeas::mesh::Mesh;
use orfeas::progress::Monitor;
use orfeas::surface::follow::{FollowOptions, Trust};
use serde_json::json;

use crate::support::{Vectors, device};
use crate::surface::{expect_closed_as, expect_stats, expect_vertices};

struct Models {
    conditioner: Conditioner,
    denoiser: VelocityModel,
    decoder: ShapeDecoder,
}

fn models(v: &Vectors) -> Models {
    let config = v.config();
    let conditioner: ConditionerConfig =
        serde_json::from_value(json!({ "dino": config["dino"], "image_size": config["dino_image_size"] })).unwrap();
    let denoiser: DenoiserConfig = v.config_of(Some("dit"));
    let vae: VaeConfig = v.config_of(Some("vae"));
    Models {
        conditioner: v.module("conditioner.", |w| Conditioner::load(w, &conditioner)),
        denoiser: VelocityModel::Moe(Box::new(v.module("model.", |w| Denoiser::load(w, &denoiser)))),
        decoder: v.module("vae.", |w| ShapeDecoder::load(w, &vae)),
    }
}

fn prepared(v: &Vectors) -> Tensor<3> {
    let (shape, config) = (v.shape("in.image_rgba"), v.config());
    let levels = v.ints("in.image_rgba").into_iter().map(|n| n as u8).collect();
    let picture = RgbaImage::from_raw(shape[1] as u32, shape[0] as u32, levels).unwrap();
    let processor = ImageProcessor {
        size_px: config["image_processor"]["size"].as_u64().unwrap() as usize,
        border_ratio: config["image_processor"]["border_ratio"].as_f64().unwrap(),
    };
    let processed = processor.process(&picture).unwrap();
    let size = processed.size_px;
    let image = processed.image_tensor();
    v.expect_floats("out.image", &image, 0.0079);
    Tensor::from_data(TensorData::new(image, [3, size, size]), &device())
}

fn latents(v: &Vectors, models: &Models, image: Tensor<4>) -> Tensor<3> {
    let context = models.conditioner.forward(image, &mut |_, _| Ok(())).unwrap();
    let config = v.config();
    let schedule = Schedule::flow_matching(config["steps"].as_u64().unwrap() as usize, 1.0).unwrap();
    let guidance_scale = config["guidance_scale"].as_f64().unwrap() as f32;
    let sampling = Sampling {
        schedule: &schedule,
        guidance_scale,
        guided_share: 1.0,
        branches: Branches::Together,
        effort: Effort::Needed,
        monitor: Monitor::silent(),
    };
    models.denoiser.sample(v.tensor("in.noise"), context, &sampling, |_| ()).unwrap()
}

fn volume(v: &Vectors, models: &Models, latents: Tensor<3>, decoder: VolumeDecoder) -> (Tensor<3>, Volume) {
    let config = v.config();
    let number = |name: &str| config[name].as_f64().unwrap();
    let options = VolumeOptions {
        box_v: number("box_v"),
        octree_resolution: number("octree_resolution") as usize,
        num_chunks: number("num_chunks") as usize,
        mc_level: number("mc_level") as f32,
        decoder,
        ..VolumeOptions::default()
    };
    let features = models.decoder.features(models.decoder.unscale(latents), &Monitor::silent()).unwrap();
    let volume = decode_volume(models.decoder.geo_decoder(), features.clone(), &options, &Monitor::silent()).unwrap();
    (features, volume)
}

fn mesh(v: &Vectors, volume: &Volume) -> Mesh {
    let level = v.config()["mc_level"].as_f64().unwrap() as f32;
    volume.mesh(level, VertexScale::Published, &Monitor::silent()).unwrap()
}

#[test]
fn a_picture_becomes_the_mesh_of_the_reference() {
    let Some(v) = Vectors::open("hunyuan3d21/e2e") else { return };
    let models = models(&v);
    prepared(&v);
    // The recorded picture: a level more or less in a few samples would show in everything after it.
    let latents = latents(&v, &models, v.tensor("out.image"));
    v.expect("latents", &latents, 1e-4);
    v.expect("latents_unscaled", &models.decoder.unscale(latents.clone()), 1e-4);
    let (features, volume) = volume(&v, &models, latents, VolumeDecoder::Dense);
    v.expect("features", &features, 5e-4);
    v.expect_floats("out.grid", &volume.logits, 1e-4);
    let mesh = mesh(&v, &volume);
    expect_stats("e2e", &mesh, &v.floats("out.mesh_stats"));
    expect_vertices("e2e", &mesh, &volume, &v.floats("out.mesh_verts"));
}

#[test]
fn from_our_own_picture_and_along_the_surface_the_mesh_is_the_same() {
    let Some(v) = Vectors::open("hunyuan3d21/e2e") else { return };
    let models = models(&v);
    let latents = latents(&v, &models, prepared(&v).unsqueeze());
    let follow = FollowOptions { coarse_cells: 8, trust: Trust::Magnitude(0.95) };
    let decoded = |decoder| mesh(&v, &volume(&v, &models, latents.clone(), decoder).1);
    let followed = decoded(VolumeDecoder::SurfaceFollowing(follow));
    assert_eq!(followed.triangle_indices, decoded(VolumeDecoder::Dense).triangle_indices);
    // A level more or less in the picture may open or close a passage as thin as a cell.
    expect_closed_as("e2e, our own way", &followed, &v.floats("out.mesh_stats"));
}
