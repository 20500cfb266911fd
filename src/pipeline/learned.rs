//! Learned models as a stage: which one, what it is shown, what it is asked.

use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use image::RgbaImage;

use super::error::PipelineError;
use super::tools::Tools;
use crate::cache::{self, Digest};
use crate::engine::learned::{DecodeMethod, DecodeOptions, EncodeOptions, Planes};
use crate::engine::models::columns::model::{self as columns, Figure};
use crate::engine::models::columns::solid::Back;
use crate::engine::models::triposr::picture::ModelPicture;
use crate::engine::models::{self, Description, Family, ModelSource, Nature, describe};
use crate::image::processor::{ImageProcessor, ProcessorError};
use crate::progress::Monitor;
use crate::request::{Decode, HiddenSide, Model, ModelParams, Request};

/// Points that go through a network at once, as published.
const CHUNK_POINTS: usize = 8000;
/// Cells along an axis of a preview.
const PREVIEW_CELLS: usize = 64;
/// Bytes of a file's start and end that tell it from another of its length and time: the index of a
/// file of weights lies in one of them.
const SIGNATURE_BYTES: u64 = 64 << 10;

/// A model that was found, and what decides its results.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub source: ModelSource,
    pub description: Description,
    /// Of its files, and of the device and number format that it runs in: these round differently.
    pub digest: Digest,
}

/// The model that `request` asks for, if it asks for one.
///
/// Its digest is that of each file's name, length, time, start and end: cheap, and another for every
/// file that was fetched anew. Bytes changed in place by somebody who puts the time back are not seen;
/// `orfeas models verify` sees them.
pub(super) fn find(request: &Request, tools: &Tools, monitor: &Monitor) -> Result<Option<Found>, PipelineError> {
    let Some(model) = request.learned_model() else { return Ok(None) };
    let source = tools.models.source(model)?;
    let description = describe(&source)?;
    if description.nature.is_some_and(|nature| nature != nature_of(model)) {
        return Err(PipelineError::OtherModel { model: model.name(), folder: source.folder });
    }
    let place = tools.engine.place(monitor)?;
    let digest = cache::digest_of(&(place.id.to_string(), place.precision.name(), weights(&source, &description)));
    Ok(Some(Found { source, description, digest }))
}

/// Tells the weights of the model that `request` asks for, if it asks for one, from others, as the stored
/// results do; not where and in which number format it runs.
///
/// # Errors
/// [`PipelineError`]: there is no such model.
pub fn weights_digest(request: &Request, tools: &Tools) -> Result<Option<Digest>, PipelineError> {
    let Some(model) = request.learned_model() else { return Ok(None) };
    let source = tools.models.source(model)?;
    let description = describe(&source)?;
    Ok(Some(cache::digest_of(&weights(&source, &description))))
}

/// What tells the weights of a model from others.
fn weights(source: &ModelSource, description: &Description) -> impl serde::Serialize + use<> {
    let files: Vec<_> = description.files.iter().map(signature).collect();
    (files, models::revision(source.family))
}

/// What the configuration of a model of Hunyuan3D's family has to say.
fn nature_of(model: Model) -> Nature {
    Nature {
        has_experts: model == Model::Hunyuan3d21,
        is_told_guidance: !model.is_guided_by_pairs(),
        takes_views: model.takes_views(),
    }
}

/// What tells a file from another.
fn signature(path: &PathBuf) -> Option<(String, u64, u128, Digest, Digest)> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = std::fs::File::open(path).ok()?;
    let about = file.metadata().ok()?;
    let nanos = about.modified().ok()?.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    let mut part = |from: u64| {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from)).ok()?;
        file.by_ref().take(SIGNATURE_BYTES).read_to_end(&mut bytes).ok()?;
        Some(cache::digest(&bytes))
    };
    let (start, end) = (part(0)?, part(about.len().saturating_sub(SIGNATURE_BYTES))?);
    Some((path.file_name()?.to_string_lossy().into_owned(), about.len(), nanos, start, end))
}

/// The settings that latents depend on, as far as `model` reads them.
pub(super) fn encode_settings(params: &ModelParams) -> impl serde::Serialize + use<> {
    let ModelParams { model, guidance, guidance_until, seed, foreground, .. } = *params;
    let pairs = model.is_guided_by_pairs();
    let sampled = model.samples().then(|| (params.sampling_steps(), guidance, seed, pairs.then_some(guidance_until)));
    (model, sampled, (model == Model::Triposr).then_some(foreground))
}

/// The settings that the field depends on besides the latents.
pub(super) fn decode_settings(request: &Request) -> impl serde::Serialize + use<> {
    let ModelParams { model, iso_level, half_box, decode, density, .. } = request.model;
    let close_silhouette = closes_silhouette(&request.model);
    let sampled = model.samples().then_some((iso_level, half_box, decode));
    let cells = if model == Model::Columns { request.solid.cells() } else { request.octree_cells() };
    let ModelParams { depth_scale, hidden_side, field_of_view_deg, upright, .. } = request.model;
    let figure = (model == Model::Columns).then_some((depth_scale, hidden_side, field_of_view_deg, upright));
    (cells, sampled, (model == Model::Triposr).then_some(density), close_silhouette, figure)
}

/// Whether the front view is made that of the cut-out. Columns keeps the outline itself, or leaves it to undo the
/// perspective.
pub(super) fn closes_silhouette(params: &ModelParams) -> bool {
    params.close_silhouette && params.model != Model::Columns
}

/// Whether the model knows colours, or sees the object in the picture's own frame; otherwise there are
/// no colours to paint with.
pub(super) fn has_colors(model: Model) -> bool {
    !model.samples()
}

/// Whether the model's frame is that of the picture.
pub(super) fn is_in_the_pictures_frame(model: Model) -> bool {
    model == Model::Columns
}

pub(super) fn encode_options(params: &ModelParams) -> EncodeOptions {
    EncodeOptions {
        steps: params.sampling_steps() as usize,
        guidance_scale: params.guidance,
        guidance_until: params.guidance_until,
        seed: params.seed.into(),
    }
}

pub(super) fn decode_options(request: &Request) -> DecodeOptions {
    let ModelParams { model, iso_level, half_box, decode, density, .. } = request.model;
    DecodeOptions {
        resolution: request.octree_cells() as usize,
        level: if model == Model::Triposr { density } else { iso_level },
        half_box,
        method: match decode {
            Decode::Surface => DecodeMethod::SurfaceFollowing,
            Decode::Dense => DecodeMethod::Dense,
            Decode::Hierarchical => DecodeMethod::Hierarchical,
            Decode::FlashVdm => DecodeMethod::FlashVdm,
            Decode::FlashVdmMerge => DecodeMethod::FlashVdmMerge,
        },
        chunk_points: CHUNK_POINTS,
        figure: figure(request),
    }
}

/// What is asked of the model inside the program.
fn figure(request: &Request) -> Figure {
    let ModelParams { depth_scale, hidden_side, field_of_view_deg, upright, .. } = request.model;
    let back = match hidden_side {
        HiddenSide::Predicted => Back::Predicted,
        HiddenSide::Mirrored => Back::Mirrored,
        HiddenSide::Flat => Back::Flat,
    };
    let field_of_view = field_of_view_deg.map(f32::to_radians);
    Figure { cells: request.solid.cells(), depth_scale, back, field_of_view, upright }
}

/// What to change where nothing solid came out.
pub(super) fn advice(model: Model) -> &'static str {
    match model {
        Model::Triposr => "lower --density, or look whether the object was cut out (--save-mask)",
        Model::Columns => "look whether the object was cut out (--save-mask)",
        _ => "choose another --seed, lower --iso-level, or look whether the object was cut out (--save-mask)",
    }
}

/// How a preview is decoded, where the whole is fine enough to be worth one.
pub(super) fn preview_options(request: &Request) -> Option<DecodeOptions> {
    let whole = decode_options(request);
    let preview = DecodeOptions { resolution: PREVIEW_CELLS, method: DecodeMethod::SurfaceFollowing, ..whole };
    (request.model.model.samples() && whole.resolution >= 2 * PREVIEW_CELLS).then_some(preview)
}

/// The object as the model is to see it.
///
/// # Errors
/// [`ProcessorError`]: there is nothing to see.
pub(super) fn planes(found: &Found, params: &ModelParams, object: &RgbaImage) -> Result<Planes, ProcessorError> {
    let Description { picture_size_px, border_ratio, .. } = found.description;
    match found.source.family {
        Family::Columns => {
            let size = [object.width() as usize, object.height() as usize];
            columns::planes(object.as_raw(), size).ok_or(ProcessorError::Empty)
        }
        Family::Triposr => {
            let size = [object.height() as usize, object.width() as usize];
            // As written: 0.85 in 32 bits would cut some frames a pixel short.
            let share = (f64::from(params.foreground) * 1000.0).round() / 1000.0;
            // The request's range and the picture's own size leave nothing else to be wrong.
            let picture = ModelPicture::prepare(object.as_raw(), size, share, picture_size_px)
                .map_err(|_| ProcessorError::Empty)?;
            Ok(picture.planes())
        }
        Family::Hunyuan3d => {
            let processor = ImageProcessor { size_px: picture_size_px, border_ratio };
            let processed = processor.process(object)?;
            Ok(Planes { shape: [3, processed.size_px, processed.size_px], values: processed.image_tensor() })
        }
    }
}
