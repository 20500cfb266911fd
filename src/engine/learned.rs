//! What every learned model is to the rest of the program: a picture to latents, latents to a field.
//!
//! A family of models implements [`LearnedModel`] and is named in [`super::models`]; the
//! engine's worker runs it on its one thread. Outside of `engine` nothing is seen but plain
//! data: [`Shown`], [`Latents`], [`ScalarGrid`].
//!
//! # What an implementation promises
//! * `encode` is everything that is worth storing: another resolution, level or box asks for `decode`
//!   alone. The same pictures, options and weights give the same latents on one device, in whatever
//!   company a picture is in a batch.
//! * Every loop over blocks, steps or chunks reports to [`Work::monitor`] and so can be cancelled within
//!   one of them; the stage that it reports does not matter.
//! * Weights are loaded when they are first needed and kept; [`LearnedModel::release`] lets all go.
//! * Values that are not numbers are [`EngineError::NotFinite`], a full memory
//!   [`EngineError::OutOfMemory`], and nothing else is a panic. What was done in another way is said by
//!   [`Work::note`], and by [`Work::fall_short`] where the result is another for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use glam::{Vec2, Vec3};

use super::Device;
use super::device::DeviceId;
use super::error::EngineError;
use super::memory::Memory;
use super::models::columns::model::Figure;
use super::weights::Precision;
use crate::field::ScalarGrid;
use crate::progress::Monitor;

/// A picture as a network reads it: planes of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Planes {
    /// Channels, rows, columns.
    pub shape: [usize; 3],
    /// Row-major, channels slowest.
    pub values: Vec<f32>,
}

/// An object as a model is shown it: from the front, and for models that take several views from other
/// sides as well.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The picture.
    pub front: Planes,
    /// Pictures of the same shape by the number of their view: left 1, back 2, right 3.
    pub further: BTreeMap<usize, Planes>,
}

impl From<Planes> for Shown {
    fn from(front: Planes) -> Self {
        Self { front, further: BTreeMap::new() }
    }
}

impl Shown {
    /// The only picture.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] where there are further views.
    pub fn alone(&self) -> Result<&Planes, EngineError> {
        if self.further.is_empty() {
            return Ok(&self.front);
        }
        Err(EngineError::Invalid("the model takes one picture of an object, not several views".to_owned()))
    }

    /// Every picture with the number of its view, the front (0) first.
    pub fn views(&self) -> impl Iterator<Item = (usize, &Planes)> {
        std::iter::once((0, &self.front)).chain(self.further.iter().map(|(view, planes)| (*view, planes)))
    }
}

/// What a model knows of a picture, in numbers: what is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Latents {
    /// Sizes of its axes, slowest first. A model refuses others than its own.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

impl Latents {
    /// Latents whose numbers fit their shape and are all finite.
    ///
    /// # Errors
    /// [`EngineError::NotFinite`]; [`EngineError::Invalid`].
    pub fn new(shape: Vec<usize>, values: Vec<f32>) -> Result<Self, EngineError> {
        let latents = Self { shape, values };
        latents.check(None)?;
        Ok(latents)
    }

    /// Checks that numbers fit the shape, the shape the model's, and that all are finite.
    ///
    /// # Errors
    /// [`EngineError::NotFinite`]; [`EngineError::Invalid`].
    pub fn check(&self, wanted: Option<&[usize]>) -> Result<(), EngineError> {
        let count = self.shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
        if count != Some(self.values.len()) || wanted.is_some_and(|w| w != self.shape) {
            let (found, shape) = (self.values.len(), wanted.unwrap_or(&self.shape));
            return Err(EngineError::Invalid(format!(
                "the stored latents are not this model's ({found} numbers of shape {:?} instead of {shape:?}); empty \
                 the cache (orfeas cache clear)",
                self.shape
            )));
        }
        if self.values.iter().all(|v| v.is_finite()) { Ok(()) } else { Err(EngineError::NotFinite) }
    }
}

/// How latents are made. Models without sampling read nothing of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EncodeOptions {
    /// Evaluations of the denoiser.
    pub steps: usize,
    /// Weight of the picture.
    pub guidance_scale: f32,
    /// Share of the steps, from the first, after which guidance ends: 1 is exact, less is faster and
    /// approximate.
    pub guidance_until: f32,
    /// Picks the noise that sampling starts from.
    pub seed: u64,
}

/// Which points of the grid are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeMethod {
    /// Those that marching cubes needs: the mesh of the whole grid.
    SurfaceFollowing,
    /// All.
    Dense,
    /// Bands around the surface, from coarse to fine.
    Hierarchical,
    /// The same with few tokens for each region: approximate. Models without tokens follow the surface.
    FlashVdm,
    /// The same with the tokens that any point of a region looks at: slower, and nearer to the whole.
    FlashVdmMerge,
}

/// How a field is made of latents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecodeOptions {
    /// Cells along an axis of the box; a model whose grid is fixed takes no notice.
    pub resolution: usize,
    /// Value of the model's own field at the surface.
    pub level: f32,
    /// The grid covers `[-half_box, half_box]³`.
    pub half_box: f32,
    /// Which points are evaluated.
    pub method: DecodeMethod,
    /// Most points that go through the network at once.
    pub chunk_points: usize,
    /// Read by the model inside the program alone.
    pub figure: Figure,
}

/// Where the colours of a solid are.
#[derive(Clone, Debug, PartialEq)]
pub enum Colors {
    /// The model's own: sRGB of each point.
    Own(Vec<[u8; 3]>),
    /// In the picture: the place of its frame, x to the right and y up in [-1, 1], that shows each point.
    Picture(Vec<Vec2>),
}

/// Where tensors live, and what is free there.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its name for people and requests.
    pub id: DeviceId,
    /// Its name by the driver.
    pub name: String,
    /// For tensors.
    pub device: Device,
    /// Number format of weights and activations.
    pub precision: Precision,
    /// What it has, and what was free when last looked.
    pub memory: Memory,
}

/// What was made, and what is worth telling about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Made<T> {
    /// What was made.
    pub value: T,
    /// What was done differently from what was asked, a sentence each.
    pub notes: Vec<String>,
    /// Whether it is what was asked for, however it was come by.
    pub as_asked: bool,
}

/// One piece of work: whom to report to, and where it is done.
pub struct Work<'a> {
    /// Progress and cancellation.
    pub monitor: Monitor<'a>,
    /// The device.
    pub place: &'a Place,
    notes: RefCell<Vec<String>>,
    as_asked: Cell<bool>,
    #[cfg(test)]
    faults: super::fault::Faults,
}

impl<'a> Work<'a> {
    /// Work that reports to `monitor`.
    pub fn new(monitor: Monitor<'a>, place: &'a Place) -> Self {
        Self {
            monitor,
            place,
            notes: RefCell::default(),
            as_asked: Cell::new(true),
            #[cfg(test)]
            faults: super::fault::Faults::default(),
        }
    }

    /// The same with failures on purpose.
    #[cfg(test)]
    pub(super) fn with_faults(self, faults: super::fault::Faults) -> Self {
        Self { faults, ..self }
    }

    /// Says a thing worth telling to the user, once: a sentence.
    pub fn note(&self, text: impl Into<String>) {
        let (text, mut notes) = (text.into(), self.notes.borrow_mut());
        if !notes.contains(&text) {
            notes.push(text);
        }
    }

    /// Says that the result is not the one asked for, and how: it is not stored.
    pub fn fall_short(&self, text: impl Into<String>) {
        self.as_asked.set(false);
        self.note(text);
    }

    /// What was made, and what was said.
    pub fn made<T>(self, value: T) -> Made<T> {
        Made { value, notes: self.notes.into_inner(), as_asked: self.as_asked.get() }
    }

    /// Called where memory is taken for `part`: fails where a test wants it to.
    ///
    /// # Errors
    /// [`EngineError::OutOfMemory`]
    pub fn take_memory(&self, part: Part) -> Result<(), EngineError> {
        #[cfg(test)]
        self.faults.meet(part)?;
        let _ = part;
        Ok(())
    }
}

/// The parts of the work that take much memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Weights and activations of what reads the picture.
    Conditioner,
    /// Weights of the denoiser.
    DenoiserWeights,
    /// Steps of the denoiser.
    Denoising,
    /// Weights and activations of what makes tokens of latents.
    Decoder,
    /// Points through the field.
    Points,
}

/// A learned model whose folder has been opened. See the [module](self).
pub trait LearnedModel {
    /// Shape of the latents of one picture.
    fn latents_shape(&self) -> Vec<usize>;

    /// Most pictures that are worth encoding at once at `place`; 1 where batches gain nothing.
    fn batch_max(&self, place: &Place) -> usize {
        let _ = place;
        1
    }

    /// Memory that an object of so many views needs, and what is free, in words; `None` where it is not worth
    /// telling.
    fn plan_in_words(&self, views: usize, place: &Place) -> Option<String> {
        let _ = (views, place);
        None
    }

    /// Latents of each object.
    ///
    /// # Errors
    /// See [`EngineError`]; [`EngineError::Invalid`] for further views that the model does not take.
    fn encode(&mut self, objects: &[Shown], options: &EncodeOptions, work: &Work) -> Result<Vec<Latents>, EngineError>;

    /// The field of a shape in model space: negative inside, +Y up, +Z to the viewer. It need not be
    /// finite or right away from the surface beyond its sign.
    ///
    /// # Errors
    /// See [`EngineError`].
    fn decode(&mut self, latents: &Latents, options: &DecodeOptions, work: &Work) -> Result<ScalarGrid, EngineError>;

    /// Colours of a shape, decoded with `options`, at points of model space, for models that know any.
    ///
    /// # Errors
    /// See [`EngineError`].
    fn colors(
        &mut self,
        latents: &Latents,
        points: &[Vec3],
        options: &DecodeOptions,
        work: &Work,
    ) -> Result<Option<Colors>, EngineError> {
        let _ = (latents, points, options, work);
        Ok(None)
    }

    /// Bytes that all weights take at `place`; 0 where it is not worth asking.
    fn weights_bytes(&self, place: &Place) -> u64 {
        let _ = place;
        0
    }

    /// Whether any weights are loaded.
    fn is_loaded(&self) -> bool;

    /// Bytes that the weights that are loaded take at `place`.
    fn loaded_bytes(&self, place: &Place) -> u64 {
        if self.is_loaded() { self.weights_bytes(place) } else { 0 }
    }

    /// Lets all weights go; they are loaded again when needed.
    fn release(&mut self);
}
