//! `columns` as a [`LearnedModel`]: its weights lie in the program.
//!
//! Its latents are the prediction and the picture's outline, so another resolution, depth or hidden side
//! needs no network.

use std::sync::LazyLock;

use glam::Vec3;

use super::calm::calm;
use super::input::Frame;
use super::network::{ELEVATION_BINS, PICTURE_CHANNELS, VIEW_BINS};
use super::solid::{self, Back, Controls, View};
use super::{Columns, ColumnsError, Prediction, thin};
use crate::engine::error::EngineError;
use crate::engine::learned::{Colors, DecodeOptions, EncodeOptions, Latents, LearnedModel, Place, Planes, Shown, Work};
use crate::engine::models::Description;
use crate::engine::weights::{LoadOptions, Precision, WeightFile, WeightsError};
use crate::field::ScalarGrid;

/// The weights, in parts of less than 16 MiB.
const WEIGHTS: [&[u8]; 1] = [include_bytes!("../../../../models/columns/S.safetensors")];
/// What messages call them.
const NAME: &str = "the weights inside the program";
/// Side of the picture that it is shown, in pixels: the outline is as fine as that.
pub const PICTURE_SIDE: usize = 512;
/// A picture whose colours differ by less than this (standard deviation, 0 to 1) is a mere silhouette.
const FLAT_COLORS: f32 = 0.012;

/// The weights' index and notes; that they are whole is tested before a release.
static FILE: LazyLock<Result<WeightFile, WeightsError>> = LazyLock::new(|| WeightFile::embedded(&WEIGHTS, NAME));

fn file() -> Result<&'static WeightFile, EngineError> {
    FILE.as_ref().map_err(|error| EngineError::Invalid(error.to_string()))
}

/// What it wants to be shown.
pub fn describe() -> Description {
    let border_ratio = 1.0 - f64::from(super::input::OBJECT_SHARE);
    Description { files: Vec::new(), picture_size_px: PICTURE_SIDE, border_ratio, nature: None }
}

/// What tells these weights from those of other versions of the program.
pub fn revision() -> String {
    let bytes: usize = WEIGHTS.iter().map(|part| part.len()).sum();
    let notes = file().map(|file| format!("{:?}", file.metadata())).unwrap_or_default();
    format!("{bytes} {notes}")
}

/// What may be asked of the solid besides its resolution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Cells along the longest side of the outline.
    pub cells: u32,
    /// Factor on the depth.
    pub depth_scale: f32,
    /// The hidden side.
    pub back: Back,
    /// Angle that the picture was taken under, in radians; as predicted when left open.
    pub field_of_view: Option<f32>,
    /// Whether the predicted height of the viewer is taken away; not before a flat back.
    pub upright: bool,
}

impl Default for Figure {
    fn default() -> Self {
        let Controls { cells, depth_scale, back, .. } = Controls::default();
        Self { cells, depth_scale, back, field_of_view: None, upright: false }
    }
}

impl Figure {
    /// How the picture was taken: as predicted, where it is not told. A flat back lies across its axis.
    fn view(&self, prediction: &Prediction) -> View {
        View {
            field_of_view: self.field_of_view.unwrap_or_else(|| prediction.field_of_view()),
            elevation: if self.upright && self.back != Back::Flat { prediction.elevation() } else { 0.0 },
        }
    }
}

/// The model inside the program.
#[derive(Default)]
pub struct Embedded {
    columns: Option<Columns>,
}

impl Embedded {
    fn columns(&mut self, work: &Work) -> Result<&Columns, EngineError> {
        if self.columns.is_none() {
            let options = LoadOptions {
                device: work.place.device.clone(),
                // So small that fewer bits would gain nothing.
                precision: Precision::F32,
                prefix: "",
                monitor: work.monitor,
            };
            self.columns = Some(Columns::load(file()?, &options)?);
        }
        self.columns.as_ref().ok_or_else(|| EngineError::Invalid("the weights are gone; try again".to_owned()))
    }

    /// What latents of the right length say: the prediction, and the picture's opacity.
    fn read(latents: &Latents) -> (Prediction, Vec<f32>) {
        let [bins, side] = Self::sizes();
        let mut left = latents.values.as_slice();
        let [columns, picture, view, alpha] = lengths([bins, side]).map(|length| {
            let (part, rest) = left.split_at(length.min(left.len()));
            left = rest;
            part.to_vec()
        });
        (Prediction { side, bins, columns, picture, view }, alpha)
    }

    /// Samples of a column and side of the network's picture.
    fn sizes() -> [usize; 2] {
        let sizes = file().and_then(|file| Ok(Columns::sizes(file)?));
        sizes.map_or([0; 2], |(config, side)| [config.bins, side])
    }
}

/// Numbers of the parts of the latents: columns, picture, view, outline.
fn lengths([bins, side]: [usize; 2]) -> [usize; 4] {
    let grid = side / 2;
    let view = ELEVATION_BINS + VIEW_BINS;
    [bins * grid * grid, PICTURE_CHANNELS * side * side, view, PICTURE_SIDE * PICTURE_SIDE]
}

impl LearnedModel for Embedded {
    fn latents_shape(&self) -> Vec<usize> {
        vec![lengths(Self::sizes()).iter().sum()]
    }

    /// Pictures are straight RGBA, 0 to 1, `[4, PICTURE_SIDE, PICTURE_SIDE]`, the object in its frame.
    fn encode(&mut self, objects: &[Shown], _: &EncodeOptions, work: &Work) -> Result<Vec<Latents>, EngineError> {
        let columns = self.columns(work)?;
        let encode = |shown: &Shown| {
            let picture = shown.alone()?;
            if picture.shape != [4, PICTURE_SIDE, PICTURE_SIDE] || picture.values.len() != 4 * PICTURE_SIDE.pow(2) {
                let problem = format!("the picture has the shape {:?}, which this model does not read", picture.shape);
                return Err(EngineError::Invalid(problem));
            }
            let pixels = interleaved(picture);
            let valid = has_colors(&pixels);
            let input = columns.input(&pixels, PICTURE_SIDE, valid, &work.monitor)?;
            let mut prediction = columns.predict(&input, &work.monitor)?;
            solid::doubt(&mut prediction, &input);
            calm(&mut prediction, &input);
            let Prediction { columns, picture: channels, view, .. } = prediction;
            let alpha = picture.values[3 * PICTURE_SIDE.pow(2)..].to_vec();
            let values = [columns, channels, view, alpha].concat();
            Latents::new(vec![values.len()], values)
        };
        objects.iter().map(encode).collect()
    }

    fn decode(&mut self, latents: &Latents, options: &DecodeOptions, work: &Work) -> Result<ScalarGrid, EngineError> {
        latents.check(Some(&self.latents_shape()))?;
        let (prediction, alpha) = Self::read(latents);
        let pixels: Vec<u8> = alpha.iter().flat_map(|a| [0, 0, 0, (a * 255.0).round() as u8]).collect();
        let Figure { cells, depth_scale, back, .. } = options.figure;
        let view = options.figure.view(&prediction);
        let controls = Controls { cells, depth_scale, back, view, ..Controls::default() };
        Ok(solid::build(&prediction, &pixels, PICTURE_SIDE, &controls, &work.monitor)?)
    }

    /// They are the picture's: both sides get those of the front.
    fn colors(
        &mut self,
        latents: &Latents,
        points: &[Vec3],
        options: &DecodeOptions,
        _: &Work,
    ) -> Result<Option<Colors>, EngineError> {
        latents.check(Some(&self.latents_shape()))?;
        let (view, depth_scale) = (options.figure.view(&Self::read(latents).0), options.figure.depth_scale);
        let place = |p: &Vec3| view.frame_from_space(p.with_z(p.z / depth_scale)).truncate();
        Ok(Some(Colors::Picture(points.iter().map(place).collect())))
    }

    fn weights_bytes(&self, place: &Place) -> u64 {
        let _ = place;
        // 32-bit numbers on the device.
        2 * WEIGHTS.iter().map(|part| part.len() as u64).sum::<u64>()
    }

    fn is_loaded(&self) -> bool {
        self.columns.is_some()
    }

    fn release(&mut self) {
        self.columns = None;
    }
}

/// An object cut out of its picture, straight RGBA of any size, for [`LearnedModel::encode`]; `None` if no
/// alpha is ≥ 128.
pub fn planes(pixels: &[u8], size: [usize; 2]) -> Option<Planes> {
    let frame = Frame::of_object(pixels, size)?;
    let mut small = frame.crop(pixels, size, PICTURE_SIDE);
    thin::keep(&mut small, PICTURE_SIDE, frame, pixels, size);
    let plane = |channel: usize| small.iter().skip(channel).step_by(4).map(|&v| f32::from(v) / 255.0);
    Some(Planes { shape: [4, PICTURE_SIDE, PICTURE_SIDE], values: (0..4).flat_map(plane).collect() })
}

/// The reverse of [`planes`].
fn interleaved(picture: &Planes) -> Vec<u8> {
    let area = PICTURE_SIDE * PICTURE_SIDE;
    let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
    (0..area).flat_map(|at| [0, 1, 2, 3].map(|c| byte(picture.values[c * area + at]))).collect()
}

/// Whether the object's colours tell more than its outline.
fn has_colors(pixels: &[u8]) -> bool {
    let inside = || pixels.chunks_exact(4).filter(|p| p[3] >= 250);
    let count = inside().count().max(1) as f32;
    (0..3).any(|c| {
        let mean = inside().map(|p| f32::from(p[c])).sum::<f32>() / count;
        let variance = inside().map(|p| (f32::from(p[c]) - mean).powi(2)).sum::<f32>() / count;
        variance.sqrt() / 255.0 > FLAT_COLORS
    })
}

impl From<ColumnsError> for EngineError {
    fn from(error: ColumnsError) -> Self {
        match error {
            ColumnsError::Cancelled(cancelled) => cancelled.into(),
            ColumnsError::Input(super::InputError::Cancelled(cancelled)) => cancelled.into(),
            ColumnsError::Weights(error) => error.into(),
            ColumnsError::NotFinite => Self::NotFinite,
            ColumnsError::Device(what) => Self::from_driver(&what),
            ColumnsError::Input(_) | ColumnsError::UnknownConfig(_) => Self::Invalid(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Device;
    use crate::engine::device::DeviceId;
    use crate::engine::learned::DecodeMethod;
    use crate::engine::memory::Memory;
    use crate::progress::Monitor;

    fn place(precision: Precision) -> Place {
        let device = Device::Flex(Default::default());
        Place { id: DeviceId::Cpu, name: "test".to_owned(), device, precision, memory: Memory::default() }
    }

    /// The latents of a block.
    fn encode(model: &mut Embedded, work: &Work) -> Latents {
        let block: Vec<u8> = (0..100 * 100)
            .flat_map(|k| {
                let inside = (20..80).contains(&(k % 100)) && (10..90).contains(&(k / 100));
                [200, 90, (k % 100) as u8, if inside { 255 } else { 0 }]
            })
            .collect();
        let options = EncodeOptions { steps: 1, guidance_scale: 1.0, guidance_until: 1.0, seed: 0 };
        model.encode(&[planes(&block, [100; 2]).unwrap().into()], &options, work).unwrap().remove(0)
    }

    #[test]
    fn it_runs_where_other_models_run_in_sixteen_bits() {
        let [full, half] = [Precision::F32, Precision::F16].map(|precision| {
            let place = place(precision);
            encode(&mut Embedded::default(), &Work::new(Monitor::silent(), &place))
        });
        assert!(full == half);
    }

    #[test]
    fn colors_are_where_the_picture_shows_the_point() {
        let place = place(Precision::F32);
        let work = Work::new(Monitor::silent(), &place);
        let mut model = Embedded::default();
        let latents = encode(&mut model, &work);
        let predicted = Embedded::read(&latents).0.field_of_view();
        let point = Vec3::new(0.3, -0.4, 0.5);
        for (asked, expected, depth_scale) in
            [(Some(0.0), 0.0, 1.0), (Some(0.7f32), 0.7, 1.0), (Some(0.7), 0.7, 2.5), (None, predicted, 1.0)]
        {
            let options = DecodeOptions {
                resolution: 0,
                level: 0.0,
                half_box: 1.0,
                method: DecodeMethod::Dense,
                chunk_points: 1,
                figure: Figure { field_of_view: asked, cells: 32, depth_scale, ..Figure::default() },
            };
            let colors = model.colors(&latents, &[point, Vec3::ZERO], &options, &work).unwrap();
            let Some(Colors::Picture(places)) = colors else { panic!("{colors:?}") };
            // What is near the viewer, who is 1/tan away, looks larger; he saw it without the factor.
            let near = 1.0 - point.z / depth_scale * (0.5 * expected).tan();
            assert!(places[0].distance(point.truncate() / near) < 1e-5 && places[1].length() < 1e-6, "{places:?}");
            // And the solid is that of the same view: what is seen at its rim is the picture's outline.
            let field = model.decode(&latents, &options, &work).unwrap();
            let mesh = crate::surface::extract(&field, &Monitor::silent()).unwrap();
            let Some(Colors::Picture(seen)) = model.colors(&latents, &mesh.vertex_positions, &options, &work).unwrap()
            else {
                panic!("no places")
            };
            let widest = seen.iter().fold(glam::Vec2::ZERO, |most, p| most.max(p.abs()));
            assert!((widest - glam::Vec2::new(0.675, 0.9)).abs().max_element() < 0.04, "{asked:?}: {widest}");
        }
    }

    #[test]
    fn a_flat_back_is_not_turned() {
        let mut view = vec![0.0; ELEVATION_BINS + VIEW_BINS];
        view[ELEVATION_BINS - 1] = 1.0;
        let prediction = Prediction { side: 2, bins: 1, columns: vec![0.0], picture: Vec::new(), view };
        let elevation = |back, upright| Figure { back, upright, ..Figure::default() }.view(&prediction).elevation;
        for back in [Back::Predicted, Back::Mirrored] {
            assert!(elevation(back, true) > 0.5 && elevation(back, false) == 0.0, "{back:?}");
        }
        assert_eq!(elevation(Back::Flat, true), 0.0);
    }
}
