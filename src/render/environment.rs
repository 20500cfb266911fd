//! Image-based light: a picture of all directions, its irradiance and its blurred reflections.
//!
//! Pictures are equirectangular: column 0 is azimuth -180°, the middle column azimuth 0 (the front,
//! -Y), row 0 is the zenith. Level `k` of the chain is blurred as a GGX surface of perceptual
//! roughness `k / (LEVELS - 1)` reflects it, seen straight on (split-sum approximation: Karis,
//! "Real Shading in Unreal Engine 4", 2013). Everything is computed here, on the CPU, so that all
//! adapters draw with the same light.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::RenderError;
use super::lighting::{AreaLight, LightingPreset, Preset, Sky};
use super::scene::Background;

/// Width of the sharpest level in texels; the height is half of it.
pub(super) const WIDTH: usize = 512;
/// Number of levels; the last has roughness 1.
pub(super) const LEVELS: usize = 6;
/// Reflection rays per texel and level; the wider the lobe, the more.
const RAYS: [usize; LEVELS] = [1, 32, 48, 64, 96, 96];

/// The light that comes from everywhere, ready to upload.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Levels from sharp to blurred, each half as wide; linear red, green, blue.
    pub(super) levels: Vec<Panorama>,
    /// Irradiance / π of everything but the key light, as spherical harmonics up to degree 2, already
    /// convolved with the cosine (Ramamoorthi and Hanrahan 2001).
    pub(super) irradiance: [Vec3; 9],
    /// Unit vector to the light that casts the shadow, before any rotation.
    pub(super) key_direction: Vec3,
    /// Irradiance / π from the key light on a surface that faces it.
    pub(super) key_irradiance: Vec3,
    /// How wide the key light is: tangent of half its angle.
    pub(super) key_spread: f32,
    /// sRGB backdrop, top and bottom.
    pub(super) backdrop: [[u8; 3]; 2],
    /// Darkest that the ground shadow gets, 0 to 1.
    pub(super) shadow_strength: f32,
}

/// A picture of all directions.
#[derive(Clone, Debug)]
pub(super) struct Panorama {
    pub width: usize,
    pub height: usize,
    pub texels: Vec<Vec3>,
}

impl Panorama {
    fn from_fn(width: usize, radiance: impl Fn(Vec3) -> Vec3 + Sync) -> Self {
        let height = (width / 2).max(1);
        let mut texels = vec![Vec3::ZERO; width * height];
        texels.par_chunks_mut(width).enumerate().for_each(|(row, line)| {
            for (column, texel) in line.iter_mut().enumerate() {
                *texel = radiance(direction_at(width, height, column as f32, row as f32));
            }
        });
        Self { width, height, texels }
    }

    /// Half as wide, by averaging four texels; texels near the poles weigh as if they were larger,
    /// which no blurred level shows.
    fn halved(&self) -> Self {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let at = |x: usize, y: usize| self.texels[y.min(self.height - 1) * self.width + x % self.width];
        let texels = (0..width * height).map(|i| (2 * (i % width), 2 * (i / width)));
        let texels = texels.map(|(x, y)| (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) * 0.25).collect();
        Self { width, height, texels }
    }

    fn sample(&self, direction: Vec3) -> Vec3 {
        let azimuth = direction.x.atan2(-direction.y);
        let polar = direction.z.clamp(-1.0, 1.0).acos();
        let x = (azimuth / TAU + 0.5) * self.width as f32 - 0.5;
        let y = (polar / PI * self.height as f32 - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let column = |offset: i64| (x0 as i64 + offset).rem_euclid(self.width as i64) as usize;
        let (c0, c1) = (column(0), column(1));
        let (r0, r1) = (y0 as usize * self.width, (y0 as usize + 1).min(self.height - 1) * self.width);
        let top = self.texels[r0 + c0].lerp(self.texels[r0 + c1], fx);
        top.lerp(self.texels[r1 + c0].lerp(self.texels[r1 + c1], fx), fy)
    }

    /// Every texel's direction, radiance and solid angle.
    fn directions(&self) -> impl Iterator<Item = (Vec3, Vec3, f32)> {
        let (width, height) = (self.width, self.height);
        self.texels.iter().enumerate().map(move |(i, &radiance)| {
            let row = (i / width) as f32;
            let step = PI / height as f32;
            let solid_angle = TAU / width as f32 * ((row * step).cos() - ((row + 1.0) * step).cos());
            (direction_at(width, height, (i % width) as f32, row), radiance, solid_angle)
        })
    }
}

fn direction_at(width: usize, height: usize, column: f32, row: f32) -> Vec3 {
    let azimuth = ((column + 0.5) / width as f32 - 0.5) * TAU;
    let elevation = FRAC_PI_2 - (row + 0.5) / height as f32 * PI;
    super::View { azimuth, elevation }.direction()
}

impl Environment {
    /// The light of a preset.
    pub fn preset(preset: LightingPreset) -> Self {
        let row = preset.preset();
        let surroundings = |direction| {
            row.others.iter().fold(row.sky.radiance(direction), |sum, light| sum + light.radiance(direction))
        };
        let key = Shape::of(&row.key);
        let irradiance = convolved(&Panorama::from_fn(64, surroundings));
        let key_irradiance = received(&Panorama::from_fn(WIDTH / 2, |d| row.key.radiance(d)), key.middle);
        let sharp = Panorama::from_fn(WIDTH, |direction| surroundings(direction) + row.key.radiance(direction));
        let mut environment = Self {
            levels: blurred(sharp),
            irradiance,
            key_direction: key.middle,
            key_irradiance,
            key_spread: key.half_size.max_element().min(1.0),
            backdrop: row.backdrop,
            shadow_strength: row.shadow_strength,
        };
        environment.scale_to(row);
        environment
    }

    /// The light of a picture: equirectangular, linear, twice as wide as high (any size is taken).
    ///
    /// The brightest spot becomes the key light. The picture is scaled to the studio's brightness.
    ///
    /// # Errors
    /// [`RenderError::Environment`] when the picture is empty, dark or holds no finite numbers.
    pub fn from_picture(picture: &image::Rgb32FImage) -> Result<Self, RenderError> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        if width < 2 || height < 2 {
            return Err(RenderError::Environment("it has no pixels".to_owned()));
        }
        // The sun of a real sky is a few pixels of enormous value; beyond this they only flicker.
        const BRIGHTEST: f32 = 2.0e4;
        let texels = picture.pixels().map(|p| Vec3::from_array(p.0));
        let texels = texels.map(|t| if t.is_finite() { t.clamp(Vec3::ZERO, Vec3::splat(BRIGHTEST)) } else { Vec3::ZERO });
        let mut source = Panorama { width, height, texels: texels.collect() };
        while source.width > 2 * WIDTH {
            source = source.halved();
        }
        let coarse = Panorama::from_fn(64, |d| source.sample(d));
        let brightest = coarse.directions().filter(|(d, ..)| d.z > 0.05).max_by(|a, b| a.1.element_sum().total_cmp(&b.1.element_sum()));
        let key_direction = brightest.map_or(Vec3::Z, |(direction, ..)| direction);
        // What stands out from its surroundings within 20° of the brightest spot is the key light.
        let floor = coarse.texels.iter().map(|t| t.element_sum()).sum::<f32>() / coarse.texels.len() as f32;
        let in_key = |d: Vec3, t: Vec3| d.dot(key_direction) > 0.94 && t.element_sum() > 2.0 * floor;
        let sharp = Panorama::from_fn(WIDTH, |d| source.sample(d));
        let part = |wanted: bool| {
            let kept = sharp.directions().map(|(d, t, _)| if in_key(d, t) == wanted { t } else { Vec3::ZERO });
            Panorama { width: sharp.width, height: sharp.height, texels: kept.collect() }
        };
        let studio = LightingPreset::Studio.preset();
        let mut environment = Self {
            irradiance: convolved(&part(false)),
            key_irradiance: received(&part(true), key_direction),
            key_direction,
            key_spread: 0.15,
            backdrop: studio.backdrop,
            shadow_strength: 0.7,
            levels: blurred(sharp),
        };
        if environment.radiance_towards_viewer() <= 1e-9 {
            return Err(RenderError::Environment("it is dark".to_owned()));
        }
        environment.scale_to(studio);
        Ok(environment)
    }

    /// What a white matt surface that faces forward and up reflects, mean of the channels.
    fn radiance_towards_viewer(&self) -> f32 {
        let normal = super::View::from_degrees(0.0, 45.0).direction();
        let sky = evaluate(&self.irradiance, normal);
        (sky + self.key_irradiance * normal.dot(self.key_direction).max(0.0)).element_sum() / 3.0
    }

    fn scale_to(&mut self, row: &Preset) {
        let scale = row.level / self.radiance_towards_viewer().max(1e-9);
        self.levels.iter_mut().flat_map(|level| &mut level.texels).for_each(|texel| *texel *= scale);
        self.irradiance.iter_mut().for_each(|coefficient| *coefficient *= scale);
        self.key_irradiance *= scale;
    }

    /// sRGB colours at the top and the bottom for a plain backdrop; `None` for the environment itself
    /// and for nothing.
    pub(super) fn backdrop_of(&self, background: Background) -> Option<[[u8; 3]; 2]> {
        match background {
            Background::Preset => Some(self.backdrop),
            Background::Solid(color) => Some([color, color]),
            Background::Gradient(top, bottom) => Some([top, bottom]),
            Background::Transparent | Background::Environment { .. } => None,
        }
    }
}

impl Sky {
    fn radiance(&self, direction: Vec3) -> Vec3 {
        let pole = Vec3::from_array(if direction.z > 0.0 { self.zenith } else { self.nadir });
        let share = 1.0 - (-direction.z.abs() / self.band.max(0.05) * 1.6).exp();
        // The floor starts sooner than the sky deepens.
        let share = if direction.z > 0.0 { share } else { share.sqrt() };
        Vec3::from_array(self.horizon).lerp(pole, share)
    }
}

/// An area light's frame.
struct Shape {
    middle: Vec3,
    right: Vec3,
    up: Vec3,
    /// Half width and height on the plane at distance 1.
    half_size: Vec2,
}

impl Shape {
    fn of(light: &AreaLight) -> Self {
        let [azimuth, elevation] = light.direction_deg;
        let middle = super::View::from_degrees(azimuth, elevation).direction();
        let up = super::View::from_degrees(azimuth, elevation + 90.0).direction();
        let half_size = Vec2::from(light.size_deg.map(|size| (size * 0.5).to_radians().tan()));
        Self { middle, right: up.cross(middle), up, half_size }
    }
}

impl AreaLight {
    fn radiance(&self, direction: Vec3) -> Vec3 {
        let shape = Shape::of(self);
        let ahead = direction.dot(shape.middle);
        if ahead <= 0.02 {
            return Vec3::ZERO;
        }
        let place = Vec2::new(direction.dot(shape.right), direction.dot(shape.up)) / ahead / shape.half_size;
        // A rounded rectangle: the eighth-power norm is 1 along its edge.
        let edge = (place.x.abs().powi(8) + place.y.abs().powi(8)).powf(0.125);
        let feather = self.feather.max(0.02);
        let t = ((1.0 - edge) / feather).clamp(0.0, 1.0);
        let fade = t * t * (3.0 - 2.0 * t);
        // Softboxes are brightest in the middle.
        Vec3::from_array(self.radiance) * fade * (1.0 - 0.25 * place.length_squared().min(1.0))
    }
}

/// Irradiance / π on a surface that faces `normal`.
fn received(panorama: &Panorama, normal: Vec3) -> Vec3 {
    panorama.directions().map(|(d, radiance, angle)| radiance * (angle * d.dot(normal).max(0.0) / PI)).sum()
}

fn basis(d: Vec3) -> [f32; 9] {
    [
        0.282_095,
        0.488_603 * d.y,
        0.488_603 * d.z,
        0.488_603 * d.x,
        1.092_548 * d.x * d.y,
        1.092_548 * d.y * d.z,
        0.315_392 * (3.0 * d.z * d.z - 1.0),
        1.092_548 * d.x * d.z,
        0.546_274 * (d.x * d.x - d.y * d.y),
    ]
}

/// Spherical harmonics of irradiance / π.
fn convolved(panorama: &Panorama) -> [Vec3; 9] {
    let mut coefficients = [Vec3::ZERO; 9];
    for (direction, radiance, angle) in panorama.directions() {
        for (coefficient, value) in coefficients.iter_mut().zip(basis(direction)) {
            *coefficient += radiance * (angle * value);
        }
    }
    // Cosine lobe per degree, divided by π.
    for (i, coefficient) in coefficients.iter_mut().enumerate() {
        *coefficient *= match i {
            0 => 1.0,
            1..=3 => 2.0 / 3.0,
            _ => 0.25,
        };
    }
    coefficients
}

fn evaluate(coefficients: &[Vec3; 9], normal: Vec3) -> Vec3 {
    let sum: Vec3 = coefficients.iter().zip(basis(normal)).map(|(&c, value)| c * value).sum();
    sum.max(Vec3::ZERO)
}

/// The chain of reflections, from `sharp` to roughness 1.
fn blurred(sharp: Panorama) -> Vec<Panorama> {
    let mut sources = vec![sharp];
    while let Some(last) = sources.last().filter(|last| last.width > 8) {
        sources.push(last.halved());
    }
    let mut levels = Vec::with_capacity(LEVELS);
    for (level, &rays) in RAYS.iter().enumerate().skip(1) {
        let roughness = level as f32 / (LEVELS - 1) as f32;
        let lobe = lobe(roughness * roughness, rays);
        levels.push(Panorama::from_fn(WIDTH >> level, |direction| reflect_lobe(&sources, &lobe, direction)));
    }
    levels.insert(0, sources.swap_remove(0));
    levels
}

/// One ray of a lobe around +Z.
struct LobeRay {
    direction: Vec3,
    weight: f32,
    /// Index of the source level whose texels are about as large as what the ray stands for.
    source: usize,
}

/// GGX rays for view = normal, importance sampled; the texel size follows Křivánek and Colbert,
/// "Real-time Shading with Filtered Importance Sampling" (2008).
fn lobe(alpha: f32, rays: usize) -> Vec<LobeRay> {
    let texel = TAU * PI / (WIDTH * WIDTH / 2) as f32 / FRAC_PI_2;
    (0..rays)
        .filter_map(|i| {
            let u = (i as f32 + 0.5) / rays as f32;
            let azimuth = (i as f32 * 0.618_034).fract() * TAU;
            let cos_half = ((1.0 - u) / (1.0 + (alpha * alpha - 1.0) * u)).sqrt();
            let sin_half = (1.0 - cos_half * cos_half).max(0.0).sqrt();
            let half = Vec3::new(sin_half * azimuth.cos(), sin_half * azimuth.sin(), cos_half);
            let direction = half * (2.0 * cos_half) - Vec3::Z;
            let denominator = cos_half * cos_half * (alpha * alpha - 1.0) + 1.0;
            let density = alpha * alpha / (PI * denominator * denominator) / 4.0;
            let source = (0.5 * (2.0 / (rays as f32 * density * texel)).log2()).max(0.0).round() as usize;
            (direction.z > 0.0).then_some(LobeRay { direction, weight: direction.z, source })
        })
        .collect()
}

fn reflect_lobe(sources: &[Panorama], lobe: &[LobeRay], normal: Vec3) -> Vec3 {
    let (tangent, bitangent) = normal.any_orthonormal_pair();
    let mut sum = Vec3::ZERO;
    let mut weights = 0.0;
    for ray in lobe {
        let d = tangent * ray.direction.x + bitangent * ray.direction.y + normal * ray.direction.z;
        sum += sources[ray.source.min(sources.len() - 1)].sample(d) * ray.weight;
        weights += ray.weight;
    }
    sum / f32::max(weights, 1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_white_room_lights_every_side_alike() {
        let white = Panorama::from_fn(64, |_| Vec3::ONE);
        let coefficients = convolved(&white);
        for normal in [Vec3::X, -Vec3::Y, Vec3::Z, Vec3::ONE.normalize()] {
            assert!((evaluate(&coefficients, normal) - Vec3::ONE).abs().max_element() < 0.01);
            assert!((received(&white, normal) - Vec3::ONE).abs().max_element() < 0.01);
        }
        for level in blurred(Panorama::from_fn(WIDTH, |_| Vec3::ONE)) {
            assert!(level.texels.iter().all(|t| (*t - Vec3::ONE).abs().max_element() < 1e-3));
        }
    }

    #[test]
    fn panoramas_are_read_where_they_are_written() {
        let panorama = Panorama::from_fn(256, |d| d);
        for view in [super::super::View::from_degrees(10.0, 20.0), super::super::View::from_degrees(-179.0, -50.0)] {
            let direction = view.direction();
            assert!((panorama.sample(direction) - direction).length() < 0.02);
        }
    }

    #[test]
    fn presets_reach_their_level_and_their_key_light_comes_from_above() {
        for preset in LightingPreset::ALL {
            let environment = Environment::preset(*preset);
            assert!((environment.radiance_towards_viewer() - preset.preset().level).abs() < 1e-3, "{preset:?}");
            assert!(environment.key_direction.z > 0.2, "{preset:?}");
            assert!(environment.levels.iter().flat_map(|l| &l.texels).all(|t| t.is_finite() && t.min_element() >= 0.0));
        }
    }

    #[test]
    fn a_bright_spot_in_a_picture_becomes_the_key_light() {
        let mut picture = image::Rgb32FImage::from_pixel(128, 64, image::Rgb([0.5, 0.6, 0.7]));
        picture.put_pixel(32, 16, image::Rgb([9000.0, 9000.0, 9000.0]));
        let environment = Environment::from_picture(&picture).unwrap();
        let expected = direction_at(128, 64, 32.0, 16.0);
        assert!(environment.key_direction.dot(expected) > 0.99);
        assert!(environment.key_irradiance.min_element() > 0.1);
        let dark = image::Rgb32FImage::new(16, 8);
        assert!(matches!(Environment::from_picture(&dark), Err(RenderError::Environment(_))));
    }
}
