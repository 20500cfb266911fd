//! Latents to a field.

use burn::tensor::TensorData;
use burn::tensor::backend::Backend as _;

use super::super::volume::{FlashMode, VertexScale, VolumeDecoder, VolumeOptions, decode_volume};
use super::{Hunyuan3d, Stage, attempt};
use crate::engine::error::EngineError;
use crate::engine::learned::{DecodeMethod, DecodeOptions, Latents, Part, Work};
use crate::engine::memory::host;
use crate::engine::pace::in_step;
use crate::engine::{Backend, Tensor};
use crate::field::ScalarGrid;
use crate::files::bytes_in_words;
use crate::progress::{self, Monitor};

const REPORTED: progress::Stage = progress::Stage::Shape;
/// Shares of the bar: loading the decoder, its transformer, the points.
const LOAD: [f64; 2] = [0.0, 0.08];
const FEATURES: [f64; 2] = [0.08, 0.2];
const POINTS: [f64; 2] = [0.2, 1.0];
/// Fewest points at once: fewer save no memory beside the weights.
const CHUNK_MIN: usize = 500;
/// Resolutions to fall back to.
const RESOLUTIONS: [usize; 6] = [384, 320, 256, 192, 128, 64];
/// Bytes per sample that a grid needs on the host while it is made: values, what is known of each, the
/// negated copy, the field.
const GRID_BYTES: u64 = 14;

impl Hunyuan3d {
    pub(super) fn decode_stepping_down(
        &mut self,
        latents: &Latents,
        options: &DecodeOptions,
        work: &Work,
    ) -> Result<ScalarGrid, EngineError> {
        let plan = self.plan(work.place);
        plan.check(Stage::Decoder)?;
        if !plan.keeps_all(1) {
            self.make_room(Stage::Decoder, work.place);
        }
        let mut options = DecodeOptions { resolution: that_fits(options.resolution, work)?, ..*options };
        loop {
            let result = self.decode_once(latents, &options, work);
            match result {
                Err(error) if error.is_out_of_memory() => {
                    Backend::memory_cleanup(&work.place.device);
                    if self.make_room(Stage::Decoder, work.place) {
                        work.note("other parts of the model made room for the decoder: the memory was full");
                    } else if options.chunk_points > CHUNK_MIN {
                        options.chunk_points = (options.chunk_points / 2).max(CHUNK_MIN);
                        work.note("fewer points at a time went through the decoder: the memory was full");
                    } else if let Some(lower) = RESOLUTIONS.into_iter().find(|r| *r < options.resolution) {
                        options.resolution = lower;
                        work.fall_short(format!("the octree resolution was lowered to {lower}: the memory was full"));
                    } else {
                        return Err(error);
                    }
                }
                result => return result,
            }
        }
    }

    fn decode_once(
        &mut self,
        latents: &Latents,
        options: &DecodeOptions,
        work: &Work,
    ) -> Result<ScalarGrid, EngineError> {
        let monitor = &work.monitor;
        monitor.part(REPORTED, LOAD, |monitor| self.load_decoder(work, monitor))?;
        let features = monitor.part(REPORTED, FEATURES, |monitor| self.features(latents, work, monitor))?;
        work.take_memory(Part::Points)?;
        let decoder = self.decoder.as_ref().ok_or_else(super::encode::not_loaded)?;
        let volume_options = volume_options(options);
        let volume = monitor.part(REPORTED, POINTS, |monitor| {
            attempt(work, || Ok(decode_volume(decoder.geo_decoder(), features, &volume_options, monitor)?))
        })?;
        Ok(volume.field(options.level, VertexScale::True)?)
    }

    fn features(&mut self, latents: &Latents, work: &Work, monitor: &Monitor) -> Result<Tensor<3>, EngineError> {
        if let Some((known, features)) = &self.features
            && known == latents
        {
            return Ok(features.clone());
        }
        let decoder = self.decoder.as_ref().ok_or_else(super::encode::not_loaded)?;
        let features = attempt(work, || {
            let data = TensorData::new(latents.values.clone(), [1, latents.shape[0], latents.shape[1]]);
            let tensor = Tensor::<3>::from_data(data, &work.place.device);
            let tensor = decoder.unscale(tensor).cast(work.place.precision.dtype());
            Ok(in_step(work.place, monitor, |monitor| decoder.features(tensor, monitor))?)
        })?;
        self.features = Some((latents.clone(), features.clone()));
        Ok(features)
    }
}

/// The resolution asked for, or the next lower one whose grid fits into the machine's memory.
fn that_fits(resolution: usize, work: &Work) -> Result<usize, EngineError> {
    let need = |resolution: usize| (resolution as u64 + 1).pow(3) * GRID_BYTES;
    let Some(free) = host().free_bytes else { return Ok(resolution) };
    if need(resolution) <= free {
        return Ok(resolution);
    }
    let lower = RESOLUTIONS.into_iter().find(|r| *r < resolution && need(*r) <= free);
    let Some(lower) = lower else {
        return Err(EngineError::OutOfMemory {
            what: "the grid of the solid",
            device: "this machine".to_owned(),
            detail: format!("it needs {}, {} are free", bytes_in_words(need(resolution)), bytes_in_words(free)),
            advice: "close other programs or choose a lower octree resolution",
        });
    };
    work.fall_short(format!(
        "the octree resolution was lowered from {resolution} to {lower}: the grid needs {}, {} are free",
        bytes_in_words(need(resolution)),
        bytes_in_words(free)
    ));
    Ok(lower)
}

fn volume_options(options: &DecodeOptions) -> VolumeOptions {
    let published = VolumeOptions::default();
    let decoder = match options.method {
        DecodeMethod::SurfaceFollowing => published.decoder,
        DecodeMethod::Dense => VolumeDecoder::Dense,
        DecodeMethod::Hierarchical => VolumeDecoder::Hierarchical,
        DecodeMethod::FlashVdm => VolumeDecoder::FlashVdm(FlashMode::Mean),
        DecodeMethod::FlashVdmMerge => VolumeDecoder::FlashVdm(FlashMode::Merge),
    };
    VolumeOptions {
        // Through text: 1.01 in 32 bits is another number in 64.
        box_v: options.half_box.to_string().parse().unwrap_or(published.box_v),
        octree_resolution: options.resolution,
        num_chunks: options.chunk_points,
        mc_level: options.level,
        decoder,
        ..published
    }
}
