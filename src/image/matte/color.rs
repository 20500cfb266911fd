//! Cutting out by colour alone: a coarse cut learns what object and background look like, a fine one
//! places the outline, the rim is softened, the confidence measured.

use image::{GrayImage, Luma, RgbaImage};

use super::confidence;
use super::cut::{Known, Smoothness, cut};
use super::filter::Plane;
use super::foreground;
use super::found::Found;
use super::grabcut::{Models, Segmentation, segment, segment_found};
use super::guided::Guide;
use super::lab::LabImage;
use super::regions::tidy;
use super::rim::soften;
use super::{Finder, Matte, MatteError, Method};
use crate::image::resample;
use crate::progress::{Cancelled, Monitor, Stage};

/// Longest side of the picture that the models are learned from.
const COARSE_PX: u32 = 288;
/// Longest side of the picture that the outline is cut in; larger pictures get it by guided filter.
const FINE_PX: u32 = 1024;

/// Below this confidence of a cut-out by colours, a network is asked.
const UNSURE: f32 = 0.9;

/// Whom to ask besides the colours.
#[derive(Clone, Copy)]
pub enum Help<'a> {
    /// Nobody.
    None,
    /// A network, where the colours leave it open.
    WhereUnsure(&'a dyn Finder),
    /// A network, always.
    Always(&'a dyn Finder),
}

/// What a picture was separated into, how sure that is, and by what.
struct Separated {
    segmentation: Segmentation,
    confidence: f32,
    method: Method,
}

/// Cuts out of an opaque picture: the object, or with `invert` what is behind it.
///
/// # Errors
/// [`MatteError::NoObject`] when nothing stands out, and when cancelled.
pub(super) fn by_color(colors: RgbaImage, invert: bool, help: Help, monitor: &Monitor) -> Result<Matte, MatteError> {
    let size = [colors.width(), colors.height()];
    let reduced = |longest_px| -> Result<LabImage, MatteError> {
        let size = resample::fit(size, longest_px);
        let small = resample::rgba_unweighted(&colors, None, size, fast_image_resize::FilterType::Hamming)?;
        Ok(LabImage::from_rgba(&small))
    };
    let coarse = reduced(COARSE_PX)?;
    monitor.step(Stage::CutOut, 5, 100)?;
    let separated = separate(&colors, &coarse, help, monitor)?.ok_or(MatteError::NoObject)?;
    let Separated { segmentation, confidence, method } = separated;
    monitor.step(Stage::CutOut, 40, 100)?;

    let fine = reduced(FINE_PX)?;
    let labels = refine(&coarse, &segmentation, &fine, monitor)?;
    if !labels.contains(&true) {
        return Err(MatteError::NoObject);
    }
    monitor.step(Stage::CutOut, 60, 100)?;
    let mut opacity = soften(&fine, &labels, &segmentation.models, monitor)?;
    if size != [fine.width as u32, fine.height as u32] {
        let noise2 = 2.0 + segmentation.models.noise2();
        opacity = Guide::fit(&fine, &opacity, 2, noise2, monitor)?.apply(&LabImage::from_rgba(&colors));
    }
    monitor.step(Stage::CutOut, 75, 100)?;
    let alpha = super::swap_if(invert, to_gray(&opacity));
    let mut colors = colors;
    foreground::decontaminate(&mut colors, &alpha, monitor)?;
    Ok(Matte { alpha, colors, confidence, method })
}

/// By colours, by a network, or by whichever of the two is surer. `None` when nothing stands out.
fn separate(
    colors: &RgbaImage,
    coarse: &LabImage,
    help: Help,
    monitor: &Monitor,
) -> Result<Option<Separated>, MatteError> {
    let by_color = || -> Result<Option<Separated>, MatteError> {
        let Some(mut segmentation) = segment(coarse, monitor)? else { return Ok(None) };
        tidy(&mut segmentation.labels, coarse.width, &segmentation.odds, 6);
        let confidence = confidence::measure(coarse, &segmentation) * confidence::nothing_lost(coarse, &segmentation);
        Ok(Some(Separated { segmentation, confidence, method: Method::Color }))
    };
    let by_network = |finder: &dyn Finder| -> Result<Option<Separated>, MatteError> {
        // It sees something on every page, a blank one included.
        if coarse.is_of_one_color() {
            return Ok(None);
        }
        let Some(found) = Found::ask(finder, colors, monitor)? else { return Ok(None) };
        let Some(mut segmentation) = segment_found(coarse, &found, monitor)? else { return Ok(None) };
        tidy(&mut segmentation.labels, coarse.width, &segmentation.odds, 6);
        // It does not know what it overlooked; plain ground shows it.
        let confidence = found.confidence() * confidence::nothing_lost(coarse, &segmentation);
        Ok(Some(Separated { segmentation, confidence, method: Method::Network }))
    };
    match help {
        Help::None => by_color(),
        Help::Always(finder) => match by_network(finder)? {
            Some(found) => Ok(Some(found)),
            None => by_color(),
        },
        Help::WhereUnsure(finder) => {
            let first = by_color()?;
            let confidence = first.as_ref().map_or(0.0, |s| s.confidence);
            if confidence >= UNSURE {
                return Ok(first);
            }
            let second = by_network(finder)?;
            let is_surer = second.as_ref().is_some_and(|s| s.confidence > confidence);
            Ok(if is_surer { second } else { first })
        }
    }
}

fn to_gray(opacity: &Plane) -> GrayImage {
    GrayImage::from_fn(opacity.width as u32, opacity.height as u32, |x, y| {
        Luma([(opacity.values[y as usize * opacity.width + x as usize] * 255.0).round() as u8])
    })
}

/// Cuts again at full size, where the coarse cut has its outline and where colours contradict it.
fn refine(
    coarse: &LabImage,
    segmentation: &Segmentation,
    fine: &LabImage,
    monitor: &Monitor,
) -> Result<Vec<bool>, Cancelled> {
    let models: &Models = &segmentation.models;
    if fine.samples.len() == coarse.samples.len() {
        return Ok(segmentation.labels.clone());
    }
    let odds = models.odds(fine, monitor)?;
    let known = known_from_coarse(coarse, &segmentation.labels, fine, &odds);
    let scale = fine.width as f32 / coarse.width as f32;
    let smoothness = Smoothness::for_picture(fine, models.strength() * scale.sqrt(), models.noise2());
    let mut labels = cut(fine, &odds, &known, smoothness, monitor)?;
    tidy(&mut labels, fine.width, &odds, (6.0 * scale) as usize);
    Ok(labels)
}

/// Open within about two coarse pixels of the coarse outline, and around colours that contradict.
fn known_from_coarse(coarse: &LabImage, labels: &[bool], fine: &LabImage, odds: &[f32]) -> Vec<Known> {
    /// Evidence of one pixel against the coarse label that opens it, in nats.
    const CONTRADICTION: f32 = 3.0;
    let hard = Plane::from_fn(coarse.width, coarse.height, |i| f32::from(u8::from(labels[i])));
    let near = super::filter::box_mean(&hard, 2);
    let (scale_x, scale_y) = (coarse.width as f32 / fine.width as f32, coarse.height as f32 / fine.height as f32);
    let label = |i: usize| {
        let x = ((i % fine.width) as f32 + 0.5) * scale_x - 0.5;
        let y = ((i / fine.width) as f32 + 0.5) * scale_y - 0.5;
        near.at(x, y)
    };
    let shares = Plane::from_fn(fine.width, fine.height, label);
    let contradicts = Plane::from_fn(fine.width, fine.height, |i| {
        let against = if shares.values[i] > 0.5 { -odds[i] } else { odds[i] };
        f32::from(u8::from(against > CONTRADICTION))
    });
    let around = super::filter::box_mean(&contradicts, 2);
    (0..fine.samples.len())
        .map(|i| match shares.values[i] {
            _ if around.values[i] > 0.0 => Known::Open,
            share if share > 0.999 => Known::Object,
            share if share < 0.001 => Known::Background,
            _ => Known::Open,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;
    use crate::image::Picture;
    use crate::image::matte::{CutOut, cut_out};
    use crate::progress::CancelToken;
    use crate::request::CutOutParams;

    type Color = [f32; 3];
    const RED: Color = [190.0, 40.0, 30.0];

    struct Scene {
        picture: Picture,
        truth: GrayImage,
    }

    /// A red shape, with a rim two pixels soft, over a background. `shape` is the distance to the
    /// outline in pixels, positive inside.
    fn scene(size: [u32; 2], shape: impl Fn(f32, f32) -> f32, background: impl Fn(f32, f32) -> Color) -> Scene {
        let mut pixels = RgbaImage::new(size[0], size[1]);
        let mut truth = GrayImage::new(size[0], size[1]);
        for (x, y, pixel) in pixels.enumerate_pixels_mut() {
            let (u, v) = (x as f32 + 0.5, y as f32 + 0.5);
            let opacity = (shape(u, v) * 0.5 + 0.5).clamp(0.0, 1.0);
            let behind = background(u, v);
            let noise = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77)).wrapping_mul(0xC2B2_AE3D) >> 30;
            let mix = |c: usize| (opacity * RED[c] + (1.0 - opacity) * behind[c] + noise as f32 - 1.5) as u8;
            *pixel = Rgba([mix(0), mix(1), mix(2), 255]);
            truth.put_pixel(x, y, Luma([(opacity * 255.0) as u8]));
        }
        Scene { picture: Picture { pixels, has_alpha: false }, truth }
    }

    /// A ring of outer radius 90 and inner radius 40.
    fn ring(cx: f32, cy: f32) -> impl Fn(f32, f32) -> f32 {
        move |x, y| {
            let radius = (x - cx).hypot(y - cy);
            (90.0 - radius).min(radius - 40.0)
        }
    }

    fn cut(picture: &Picture) -> Result<CutOut, MatteError> {
        cut_out(picture, &CutOutParams::default(), None, &Monitor::silent())
    }

    fn overlap(cut: &CutOut, truth: &GrayImage) -> f32 {
        let (mut both, mut either) = (0, 0);
        for (ours, theirs) in cut.pixels.pixels().zip(truth.pixels()) {
            let (a, b) = (ours[3] >= 128, theirs[0] >= 128);
            both += u32::from(a && b);
            either += u32::from(a || b);
        }
        both as f32 / either as f32
    }

    #[test]
    fn flat_ground_goes_and_a_hole_stays_a_hole() {
        let Scene { picture, truth } = scene([360, 280], ring(180.0, 140.0), |_, _| [230.0, 232.0, 228.0]);
        let cut = cut(&picture).unwrap();
        assert!(overlap(&cut, &truth) > 0.98, "{}", overlap(&cut, &truth));
        assert_eq!(cut.method, Method::Color);
        assert!(cut.confidence > 0.9, "{}", cut.confidence);
        assert_eq!((cut.pixels.get_pixel(180, 140)[3], cut.pixels.get_pixel(180, 75)[3]), (0, 255));
        // The rim is soft, and its colours are the ring's, not a mix with the ground.
        let soft: Vec<_> = cut.pixels.pixels().filter(|p| (40..216).contains(&p[3])).collect();
        assert!(soft.len() > 500, "{}", soft.len());
        let pale = soft.iter().filter(|p| p[1] > 80).count();
        assert!(pale * 20 < soft.len(), "{pale} of {} rim pixels show the ground", soft.len());
    }

    #[test]
    fn gradients_and_spotlights_go() {
        let gradient = |x: f32, y: f32| [120.0 + 0.3 * x, 140.0 + 0.2 * y, 210.0 - 0.2 * x];
        let glow = |x: f32, y: f32| {
            let light = 225.0 - 0.5 * (x - 200.0).hypot(y - 100.0);
            [light, light * 0.97, light * 0.9]
        };
        for (name, Scene { picture, truth }) in [
            ("gradient", scene([360, 280], ring(180.0, 140.0), gradient)),
            ("glow", scene([360, 280], ring(180.0, 140.0), glow)),
        ] {
            let overlap = overlap(&cut(&picture).unwrap(), &truth);
            assert!(overlap > 0.95, "{name}: {overlap}");
        }
    }

    #[test]
    fn a_soft_shadow_goes() {
        let shadowed = |x: f32, y: f32| {
            let light = 235.0 - 90.0 * (-((x - 180.0) / 110.0).powi(2) - ((y - 235.0) / 22.0).powi(2)).exp();
            [light; 3]
        };
        let Scene { picture, truth } = scene([360, 300], ring(180.0, 140.0), shadowed);
        let overlap = overlap(&cut(&picture).unwrap(), &truth);
        assert!(overlap > 0.93, "{overlap}");
    }

    #[test]
    fn an_object_may_touch_the_frame_and_the_picture_may_be_large() {
        let post = |x: f32, y: f32| (40.0 - (x - 520.0).abs()).min(y - 60.0);
        let Scene { picture, truth } = scene([1200, 240], post, |x, _| [200.0 - 0.05 * x, 210.0, 220.0]);
        let cut = cut(&picture).unwrap();
        assert!(overlap(&cut, &truth) > 0.96, "{}", overlap(&cut, &truth));
        assert_eq!(cut.pixels.get_pixel(520, 239)[3], 255);
    }

    #[test]
    fn one_colour_shows_no_object_at_any_size() {
        for size in [[1, 1], [2, 3], [1, 2000], [2000, 1], [5, 5], [64, 64], [700, 20]] {
            let pixels = RgbaImage::from_pixel(size[0], size[1], Rgba([90, 120, 60, 255]));
            let picture = Picture { pixels, has_alpha: false };
            assert_eq!(cut(&picture), Err(MatteError::NoObject), "{size:?}");
        }
    }

    #[test]
    fn tiny_and_thin_pictures_give_a_cut_out_or_say_why_not() {
        for size in [[1, 1], [3, 2], [6, 6], [2, 500], [9, 400], [17, 17]] {
            let middle = [size[0] as f32 / 2.0, size[1] as f32 / 2.0];
            let shape = |x: f32, y: f32| middle[0] / 2.0 - (x - middle[0]).hypot(y - middle[1]);
            match cut(&scene(size, shape, |_, _| [240.0; 3]).picture) {
                Ok(cut) => assert_eq!(cut.pixels.dimensions(), (size[0], size[1])),
                Err(error) => assert!(matches!(error, MatteError::NoObject | MatteError::Empty), "{size:?}: {error}"),
            }
        }
    }

    #[test]
    fn a_motley_picture_is_not_trusted() {
        let patch = |x: f32, y: f32| {
            let hash = (x as u32 / 30).wrapping_mul(0x9E37_79B1) ^ ((y as u32 / 30).wrapping_mul(0x85EB_CA77));
            let hash = hash.wrapping_mul(0xC2B2_AE3D);
            [hash >> 24, hash >> 16 & 255, hash >> 8 & 255].map(|v| v as f32 * 0.95)
        };
        let picture = scene([300, 300], |_, _| -9.0, patch).picture;
        let confidence = cut(&picture).map_or(0.0, |c| c.confidence);
        assert!(confidence < CutOut::POOR_CONFIDENCE, "{confidence}");
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let picture = scene([400, 300], ring(190.0, 150.0), |x, y| [x * 0.5, 200.0 - y * 0.3, 180.0]).picture;
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| cut(&picture).unwrap())
        };
        assert_eq!(on(1), on(5));
    }

    #[test]
    fn a_cancel_stops_the_work_wherever_it_is() {
        let picture = scene([400, 300], ring(190.0, 150.0), |_, _| [230.0; 3]).picture;
        for after in [0, 5, 40, 60, 75, 90] {
            let token = CancelToken::new();
            let sink = |progress: crate::progress::Progress| {
                if progress.done >= after {
                    token.cancel();
                }
            };
            let result = cut_out(&picture, &CutOutParams::default(), None, &Monitor::new(&token, &sink));
            assert_eq!(result, Err(MatteError::Cancelled(Cancelled)), "after {after}");
        }
    }
}
