//! Stage results as bytes, for the cache, and back.
//!
//! ```text
//! 8 bytes        length of the head, little-endian
//! head           JSON: the small things, and the lengths of the arrays
//! arrays         one after the other, as they lie in memory
//! ```
//! Reading checks every length; whatever does not fit is `None`, and the stage runs again.

use std::borrow::Cow;
use std::time::Duration;

use bytemuck::{Pod, cast_slice};
use image::RgbaImage;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, Key};
use crate::craft::{Body, Pose, Solid, Unit};
use crate::engine::learned::Latents;
use crate::field::ScalarGrid;
use crate::image::Picture;
use crate::image::matte::{CutOut, Method};
use crate::mesh::Mesh;
use crate::print;

/// How fast an entry is read and verified, cautiously.
const READ_BYTES_PER_SEC: f64 = 500e6;

/// What can be stored and read back unchanged.
pub(super) trait Stored: Sized {
    /// Head and arrays.
    fn to_parts(&self) -> (Vec<u8>, Vec<Cow<'_, [u8]>>);
    /// The inverse.
    fn from_parts(head: &[u8], arrays: Arrays) -> Option<Self>;
}

/// Stores `value` under `key`.
pub(super) fn put(cache: &Cache, key: &Key, value: &impl Stored) {
    let (head, arrays) = value.to_parts();
    let length = (head.len() as u64).to_le_bytes();
    let mut parts: Vec<&[u8]> = vec![&length, &head];
    parts.extend(arrays.iter().map(AsRef::as_ref));
    cache.put_parts(key, &parts);
}

/// Stores `value`, which took `took` to make, unless reading it back would hardly be quicker.
pub(super) fn put_if_quicker(cache: &Cache, key: &Key, value: &impl Stored, took: Duration) {
    let (_, arrays) = value.to_parts();
    let bytes: usize = arrays.iter().map(|a| a.len()).sum();
    if took.as_secs_f64() * READ_BYTES_PER_SEC > bytes as f64 {
        put(cache, key, value);
    }
}

/// What is stored under `key`.
pub(super) fn get<T: Stored>(cache: &Cache, key: &Key) -> Option<T> {
    let bytes = cache.get(key)?;
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let (head, arrays) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    T::from_parts(head, Arrays(arrays))
}

/// The arrays not yet taken.
pub(super) struct Arrays<'a>(&'a [u8]);

impl Arrays<'_> {
    fn take<T: Pod>(&mut self, count: usize) -> Option<Vec<T>> {
        let (taken, rest) = self.0.split_at_checked(count.checked_mul(size_of::<T>())?)?;
        self.0 = rest;
        Some(bytemuck::pod_collect_to_vec(taken))
    }

    /// `value`, when nothing is left over.
    fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Plain structs: this cannot fail, and an empty head is refused when it is read.
    serde_json::to_vec(value).unwrap_or_default()
}

fn from_json<T: DeserializeOwned>(head: &[u8]) -> Option<T> {
    serde_json::from_slice(head).ok()
}

#[derive(Serialize, Deserialize)]
struct PictureHead {
    size_px: [u32; 2],
    has_alpha: bool,
}

fn image(size_px: [u32; 2], mut arrays: Arrays) -> Option<RgbaImage> {
    let bytes = (size_px[0] as usize).checked_mul(size_px[1] as usize)?.checked_mul(4)?;
    let pixels = arrays.take::<u8>(bytes)?;
    arrays.end(RgbaImage::from_raw(size_px[0], size_px[1], pixels)?)
}

impl Stored for Picture {
    fn to_parts(&self) -> (Vec<u8>, Vec<Cow<'_, [u8]>>) {
        let Self { pixels, has_alpha } = self;
        let size_px = [pixels.width(), pixels.height()];
        let head = PictureHead { size_px, has_alpha: *has_alpha };
        (json(&head), vec![Cow::Borrowed(pixels.as_raw())])
    }

    fn from_parts(head: &[u8], arrays: Arrays) -> Option<Self> {
        let PictureHead { size_px, has_alpha } = from_json(head)?;
        Some(Self { pixels: image(size_px, arrays)?, has_alpha })
    }
}

#[derive(Serialize, Deserialize)]
struct CutOutHead {
    size_px: [u32; 2],
    /// As bits: JSON would keep the number too, but this cannot be argued with.
    confidence_bits: u32,
    method: Method,
}

impl Stored for CutOut {
    fn to_parts(&self) -> (Vec<u8>, Vec<Cow<'_, [u8]>>) {
        let Self { pixels, confidence, method } = self;
        let size_px = [pixels.width(), pixels.height()];
        let head = CutOutHead { size_px, confidence_bits: confidence.to_bits(), method: *method };
        (json(&head), vec![Cow::Borrowed(pixels.as_raw())])
    }

    fn from_parts(head: &[u8], arrays: Arrays) -> Option<Self> {
        let CutOutHead { size_px, confidence_bits, method } = from_json(head)?;
        Some(Self { pixels: image(size_px, arrays)?, confidence: f32::from_bits(confidence_bits), method })
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct MeshHead {
    vertices: usize,
    triangles: usize,
    colors: bool,
}

impl MeshHead {
    fn of(mesh: &Mesh) -> Self {
        Self {
            vertices: mesh.vertex_positions.len(),
            triangles: mesh.triangle_indices.len(),
            colors: mesh.vertex_colors.is_some(),
        }
    }

    fn arrays(mesh: &Mesh) -> Vec<Cow<'_, [u8]>> {
        let Mesh { vertex_positions, triangle_indices, vertex_colors } = mesh;
        let mut arrays = vec![
            Cow::Borrowed(cast_slice(vertex_positions.as_slice())),
            Cow::Borrowed(cast_slice(triangle_indices.as_slice())),
        ];
        arrays.extend(vertex_colors.as_ref().map(|c| Cow::Borrowed(c.as_flattened())));
        arrays
    }

    fn mesh(self, mut arrays: Arrays) -> Option<Mesh> {
        let mesh = Mesh {
            vertex_positions: arrays.take(self.vertices)?,
            triangle_indices: arrays.take(self.triangles)?,
            vertex_colors: if self.colors { Some(arrays.take(self.vertices)?) } else { None },
        };
        arrays.end(mesh)
    }
}

#[derive(Serialize, Deserialize)]
enum BodyHead {
    Field { samples_per_axis: [usize; 3], origin_bits: [u32; 3], spacing_bits: u32 },
    Mesh(MeshHead),
}

#[derive(Serialize, Deserialize)]
struct SolidHead {
    body: BodyHead,
    in_millimetres: bool,
    lying: bool,
    notes: Vec<String>,
}

fn unit_from(in_millimetres: bool) -> Unit {
    if in_millimetres { Unit::Millimetre } else { Unit::Model }
}

fn pose_from(lying: bool) -> Pose {
    if lying { Pose::Lying } else { Pose::Standing }
}

impl Stored for Solid {
    fn to_parts(&self) -> (Vec<u8>, Vec<Cow<'_, [u8]>>) {
        let Self { body, unit, pose, notes } = self;
        let (body, arrays) = match body {
            Body::Field(ScalarGrid { samples, samples_per_axis, origin, spacing }) => {
                let origin_bits = origin.to_array().map(f32::to_bits);
                let head = BodyHead::Field {
                    samples_per_axis: *samples_per_axis,
                    origin_bits,
                    spacing_bits: spacing.to_bits(),
                };
                (head, vec![Cow::Borrowed(cast_slice(samples.as_slice()))])
            }
            Body::Mesh(mesh) => (BodyHead::Mesh(MeshHead::of(mesh)), MeshHead::arrays(mesh)),
        };
        let (in_millimetres, lying) = (*unit == Unit::Millimetre, *pose == Pose::Lying);
        let head = SolidHead { body, in_millimetres, lying, notes: notes.clone() };
        (json(&head), arrays)
    }

    fn from_parts(head: &[u8], mut arrays: Arrays) -> Option<Self> {
        let SolidHead { body, in_millimetres, lying, notes } = from_json(head)?;
        let body = match body {
            BodyHead::Mesh(head) => Body::Mesh(head.mesh(arrays)?),
            BodyHead::Field { samples_per_axis, origin_bits, spacing_bits } => {
                let count = samples_per_axis.iter().try_fold(1usize, |product, &n| product.checked_mul(n))?;
                let samples = arrays.take(count)?;
                let origin = origin_bits.map(f32::from_bits).into();
                let spacing = f32::from_bits(spacing_bits);
                arrays.end(Body::Field(ScalarGrid { samples, samples_per_axis, origin, spacing }))?
            }
        };
        Some(Self { body, unit: unit_from(in_millimetres), pose: pose_from(lying), notes })
    }
}

#[derive(Serialize, Deserialize)]
struct LatentsHead {
    shape: Vec<usize>,
}

impl Stored for Latents {
    fn to_parts(&self) -> (Vec<u8>, Vec<Cow<'_, [u8]>>) {
        let Self { shape, values } = self;
        (json(&LatentsHead { shape: shape.clone() }), vec![Cow::Borrowed(cast_slice(values.as_slice()))])
    }

    fn from_parts(head: &[u8], mut arrays: Arrays) -> Option<Self> {
        let LatentsHead { shape } = from_json(head)?;
        let count = shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n))?;
        let values = arrays.take(count)?;
        arrays.end(Self::new(shape, values).ok()?)
    }
}

/// A mesh on its way: what the later stages need to know about it besides its triangles.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    pub mesh: Mesh,
    pub unit: Unit,
    pub pose: Pose,
    /// Whether it came out of a field; height fields are exact already and are not smoothed.
    pub from_field: bool,
    pub notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct DraftHead {
    mesh: MeshHead,
    in_millimetres: bool,
    lying: bool,
    from_field: bool,
    notes: Vec<String>,
}

impl Stored for Draft {
    fn to_parts(&self) -> (Vec<u8>, Vec<Cow<'_, [u8]>>) {
        let Self { mesh, unit, pose, from_field, notes } = self;
        let head = DraftHead {
            mesh: MeshHead::of(mesh),
            in_millimetres: *unit == Unit::Millimetre,
            lying: *pose == Pose::Lying,
            from_field: *from_field,
            notes: notes.clone(),
        };
        (json(&head), MeshHead::arrays(mesh))
    }

    fn from_parts(head: &[u8], arrays: Arrays) -> Option<Self> {
        let DraftHead { mesh, in_millimetres, lying, from_field, notes } = from_json(head)?;
        let mesh = mesh.mesh(arrays)?;
        Some(Self { mesh, unit: unit_from(in_millimetres), pose: pose_from(lying), from_field, notes })
    }
}

/// The end of the way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Final {
    pub mesh: Mesh,
    pub report: print::Report,
    pub notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct FinalHead {
    mesh: MeshHead,
    report: print::Report,
    notes: Vec<String>,
}

impl Stored for Final {
    fn to_parts(&self) -> (Vec<u8>, Vec<Cow<'_, [u8]>>) {
        let Self { mesh, report, notes } = self;
        let head = FinalHead { mesh: MeshHead::of(mesh), report: report.clone(), notes: notes.clone() };
        (json(&head), MeshHead::arrays(mesh))
    }

    fn from_parts(head: &[u8], arrays: Arrays) -> Option<Self> {
        let FinalHead { mesh, report, notes } = from_json(head)?;
        Some(Self { mesh: mesh.mesh(arrays)?, report, notes })
    }
}
