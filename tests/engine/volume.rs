//! Volume decoding in all its ways.

use orfeas::engine::Tensor;
use orfeas::engine::layers::attend;
use orfeas::engine::models::hunyuan3d::vae::{KeyValues, ShapeDecoder, VaeConfig};
use orfeas::engine::models::hunyuan3d::volume::{
    FlashMode, VertexScale, Volume, VolumeDecoder, VolumeError, VolumeOptions, decode_volume, dilate, near_surface,
    select_by_mean, select_merged,
};
use orfeas::field::FieldError;
use orfeas::mesh::topology::Topology;
use orfeas::progress::{CancelToken, Cancelled, Monitor, Progress};
use orfeas::surface::follow::{FollowOptions, Trust};

use crate::support::Vectors;

#[test]
fn samples_near_the_surface_are_marked() {
    let Some(v) = Vectors::open("hunyuan3d21/near_surface_mask") else { return };
    let (grid, side) = (v.floats("in.grid"), v.shape("in.grid")[0]);
    let marks = |mask: &[bool]| mask.iter().map(|m| i64::from(*m)).collect::<Vec<_>>();
    for alpha in v.config()["alphas"].as_array().unwrap() {
        let alpha = alpha.as_f64().unwrap();
        let name = format!("out.mask_alpha{}", alpha.to_string().replace('.', ""));
        assert_eq!(marks(&near_surface(&grid, side, alpha as f32)), v.ints(&name), "{name}");
    }
    let mut mask: Vec<bool> = v.ints("out.mask_alpha0").into_iter().map(|m| m != 0).collect();
    dilate(&mut mask, side);
    assert_eq!(marks(&mask), v.ints("out.mask_dilated"));
}

fn attended(q: &Tensor<4>, tokens: &KeyValues) -> Tensor<4> {
    attend(q.clone(), tokens.keys.clone(), tokens.values.clone())
}

/// Every `every`-th query.
fn sampled(q: &Tensor<4>, every: usize) -> Tensor<4> {
    let indices: Vec<i32> = (0..q.dims()[2] as i32).step_by(every).collect();
    q.clone().select(2, burn::tensor::Tensor::from_ints(indices.as_slice(), &q.device()))
}

fn key_values(v: &Vectors, suffix: &str) -> KeyValues {
    KeyValues { keys: v.tensor(&format!("in.k{suffix}")), values: v.tensor(&format!("in.v{suffix}")) }
}

/// The queries of each cell.
fn by_cell(v: &Vectors) -> Vec<Tensor<4>> {
    let q: Tensor<4> = v.tensor("in.q1");
    let mut start = 0;
    let cells = v.ints("in.counts").into_iter().map(|count| {
        let cell = q.clone().narrow(2, start, count as usize);
        start += count as usize;
        cell
    });
    cells.collect()
}

#[test]
fn regions_attend_to_few_tokens_as_in_the_reference() {
    let Some(v) = Vectors::open("hunyuan3d21/flashvdm_attention") else { return };
    let (q, shape): (Tensor<4>, _) = (v.tensor("in.q"), key_values(&v, ""));
    v.expect("full", &attended(&q, &shape), 1e-5);
    let coarse = attended(&q, &select_by_mean(sampled(&q, 100), &shape));
    v.expect("stage0_mean", &coarse, 1e-5);
    v.expect("stage0_merge", &coarse, 1e-5);
    for (suffix, name) in [("1", "refine_mean"), ("512", "refine_mean_512")] {
        let shape = key_values(&v, suffix);
        let cells = by_cell(&v).into_iter().map(|q| attended(&q, &select_by_mean(sampled(&q, 50), &shape)));
        v.expect(name, &Tensor::cat(cells.collect(), 2), 1e-5);
    }
    let shape = key_values(&v, "1");
    let cells: Vec<_> = by_cell(&v).into_iter().map(|q| (select_merged(sampled(&q, 30), &shape).unwrap(), q)).collect();
    let merged = cells.iter().map(|((tokens, _), q)| attended(q, tokens)).collect();
    v.expect("refine_merge", &Tensor::cat(merged, 2), 1e-5);
    let chosen = v.ints("out.cell1_merge_idx");
    let of_cell_1: Vec<i64> = cells[1].0.1.iter().map(|i| *i as i64).collect();
    assert_eq!(of_cell_1, chosen);
}

struct Setup {
    vectors: Vectors,
    decoder: ShapeDecoder,
    options: VolumeOptions,
}

impl Setup {
    /// Of the recorded volumes.
    fn recorded() -> Option<Self> {
        let vectors = Vectors::open("hunyuan3d21/volume_decode")?;
        let config: VaeConfig = vectors.config_of(Some("vae"));
        let decoder = vectors.module("", |w| ShapeDecoder::load(w, &config));
        let number = |name: &str| vectors.config()[name].as_f64().unwrap();
        let options = VolumeOptions {
            box_v: number("bounds"),
            octree_resolution: number("octree_resolution") as usize,
            num_chunks: number("num_chunks") as usize,
            mc_level: number("mc_level") as f32,
            min_resolution: number("min_resolution") as usize,
            mini_grids: number("mini_grid_num") as usize,
            decoder: VolumeDecoder::Dense,
        };
        Some(Self { vectors, decoder, options })
    }

    /// Of a shape alone: what is tested with it does not need recorded volumes, which are large.
    fn open() -> Option<Self> {
        let vectors = Vectors::open("hunyuan3d21/vae_decode")?;
        let config: VaeConfig = vectors.config_of(None);
        let decoder = vectors.module("", |w| ShapeDecoder::load(w, &config));
        let options = VolumeOptions { min_resolution: 15, decoder: VolumeDecoder::Dense, ..VolumeOptions::default() };
        Some(Self { vectors, decoder, options })
    }

    fn features(&self) -> Tensor<3> {
        self.decoder.features(self.vectors.tensor("in.latents"), &Monitor::silent()).unwrap()
    }

    fn decode(&self, decoder: VolumeDecoder, octree_resolution: usize) -> Volume {
        let options = VolumeOptions { decoder, octree_resolution, ..self.options };
        decode_volume(self.decoder.geo_decoder(), self.features(), &options, &Monitor::silent()).unwrap()
    }

    /// Values within 1e-5 where both are evaluated; at most one in 10 000 samples evaluated by one only.
    fn expect(&self, name: &str, found: &Volume) {
        let expected = self.vectors.floats(name);
        assert_eq!(found.logits.len(), expected.len(), "{name}");
        let pairs = || found.logits.iter().zip(&expected);
        let one_sided = pairs().filter(|(a, b)| a.is_nan() != b.is_nan()).count();
        let worst = pairs().map(|(a, b)| (a - b).abs()).filter(|d| !d.is_nan()).fold(0.0, f32::max);
        eprintln!(
            "{name} differs by {worst:.2e} (tolerance 1e-5); {one_sided} of {} evaluated by one only",
            expected.len()
        );
        assert!(worst <= 1e-5, "{name}: {worst:e}");
        assert!(one_sided * 10_000 <= expected.len(), "{name}: {one_sided}");
    }
}

#[test]
fn volumes_are_those_of_the_reference() {
    let Some(setup) = Setup::recorded() else { return };
    setup.vectors.expect("features", &setup.features(), 1e-4);
    for cells in setup.vectors.config()["vanilla"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize) {
        let name = format!("out.vanilla{cells}");
        if setup.vectors.has(&name) {
            setup.expect(&name, &setup.decode(VolumeDecoder::Dense, cells));
        }
    }
    let cells = setup.options.octree_resolution;
    for (decoder, name) in [
        (VolumeDecoder::Hierarchical, format!("out.hier_corrected_oct{cells}")),
        (VolumeDecoder::FlashVdm(FlashMode::Mean), "out.flash_mean".to_owned()),
        (VolumeDecoder::FlashVdm(FlashMode::Merge), "out.flash_merge".to_owned()),
    ] {
        if setup.vectors.has(&name) {
            setup.expect(&name, &setup.decode(decoder, cells));
        }
    }
}

#[test]
fn following_the_surface_gives_the_mesh_of_the_whole_volume() {
    let Some(setup) = Setup::open() else { return };
    for cells in [32, 64] {
        let mesh = |volume: &Volume| volume.mesh(0.0, VertexScale::True, &Monitor::silent()).unwrap();
        let dense = setup.decode(VolumeDecoder::Dense, cells);
        let (whole, count) = (mesh(&dense), dense.logits.len() as u64);
        assert_eq!(dense.evaluated, count);
        let follow = |trust| {
            let options = FollowOptions { coarse_cells: 8, trust };
            let followed = setup.decode(VolumeDecoder::SurfaceFollowing(options), cells);
            eprintln!("{cells} cells, {trust:?}: {} of {count} points", followed.evaluated);
            assert!(followed.evaluated <= count);
            mesh(&followed)
        };
        let found = follow(Trust::Magnitude(0.95));
        // Not bit for bit: a point's value depends on what else is in its chunk by a rounding.
        assert_eq!(found.triangle_indices.len(), whole.triangle_indices.len());
        assert!(found.triangle_indices == whole.triangle_indices);
        let pairs = found.vertex_positions.iter().zip(&whole.vertex_positions);
        assert!(pairs.map(|(a, b)| a.distance(*b)).fold(0.0, f32::max) < 1e-5);
        // By signs alone, loose pieces could be missing, but those that are there are whole.
        assert!(Topology::of(&follow(Trust::Signs)).is_manifold());
    }
}

#[test]
fn the_field_can_be_used_like_any_other() {
    let Some(setup) = Setup::open() else { return };
    let volume = setup.decode(VolumeDecoder::Hierarchical, 32);
    let field = volume.field(0.0, VertexScale::True).unwrap();
    field.validate().unwrap();
    let center = field.position(16, 16, 16);
    assert!(center.length() < 1e-5, "{center}");
    let hollowed = orfeas::field::distance::redistance_within(&field, f32::INFINITY, &Monitor::silent()).unwrap();
    let mesh = orfeas::surface::extract(&hollowed, &Monitor::silent()).unwrap();
    assert!(Topology::of(&mesh).is_manifold());
}

#[test]
fn what_cannot_be_decoded_is_told() {
    let Some(setup) = Setup::open() else { return };
    let geo = setup.decoder.geo_decoder();
    let try_options = |options: VolumeOptions, features| decode_volume(geo, features, &options, &Monitor::silent());
    for (octree_resolution, box_v) in [(0, 1.01), (100_000, 1.01), (32, 0.0), (32, f64::NAN)] {
        let refused = try_options(VolumeOptions { octree_resolution, box_v, ..setup.options }, setup.features());
        assert!(matches!(refused, Err(VolumeError::Options { .. })), "{refused:?}");
    }
    let small = VolumeOptions { octree_resolution: 8, ..setup.options };
    assert_eq!(try_options(small, setup.features() * f32::NAN), Err(VolumeError::NotFinite));
}

#[test]
fn decoding_stops_within_two_chunks_and_reports_each() {
    let Some(setup) = Setup::open() else { return };
    let token = CancelToken::new();
    let seen = std::sync::Mutex::new(Vec::new());
    let sink = |progress: Progress| {
        seen.lock().unwrap().push(progress.done);
        if progress.done >= 4000 {
            token.cancel();
        }
    };
    let options = VolumeOptions { num_chunks: 1000, octree_resolution: 32, ..setup.options };
    let geo = setup.decoder.geo_decoder();
    let result = decode_volume(geo, setup.features(), &options, &Monitor::new(&token, &sink));
    assert_eq!(result, Err(VolumeError::Field(FieldError::Cancelled(Cancelled))));
    assert_eq!(*seen.lock().unwrap(), [1000, 2000, 3000, 4000]);
}
