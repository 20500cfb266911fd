//! How a solid looks: colours, patterns, lights, drawing styles, and what cameras, codecs and
//! cut-outs do to a picture.

mod degrade;
mod jpeg;
mod light;
mod palette;
mod style;

use glam::Vec3;

use super::random::Random;
use super::seen::Seen;
use super::solid::Columns;
use super::view::View;

pub use palette::{Palette, color_from_hsv};
pub use style::Style;

/// A picture of a solid in its frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Pixels along each side.
    pub side: usize,
    /// Straight RGBA, 8 bits each, rows top to bottom.
    pub pixels: Vec<u8>,
    /// Whether the colours mean something; else the picture is line art or a mere silhouette.
    pub colors_valid: bool,
}

/// How far a picture is from an ideal one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Everything that may happen to a picture does.
    Training,
    /// All styles and lights, but undamaged and cut out exactly: for measurements.
    Styled,
    /// Shaded and undamaged, for tests and measurements that need steady pictures.
    Clean,
}

/// Draws what is seen. Colours are sRGB with a gamma of 2, close enough to the real curve.
pub fn picture(seen: &Seen, columns: &Columns, view: &View, care: Care, random: &mut Random) -> Picture {
    let palette = Palette::random(&mut random.fork(1));
    let style = if care == Care::Clean { Style::Shaded } else { Style::random(&mut random.fork(2)) };
    let mut albedo = palette.paint(seen, &mut random.fork(3), care);
    if style == Style::Clay {
        let tone = random.fork(4).range(0.55, 0.95);
        let tint = Vec3::splat(tone) * Vec3::new(1.0, random.fork(5).range(0.93, 1.0), random.fork(6).range(0.85, 1.0));
        albedo.fill(tint);
    }
    let lights = light::Lights::random(&mut random.fork(7));
    let colors = style.draw(seen, (columns, view), &albedo, palette.gloss, &lights, &mut random.fork(8));
    match care {
        Care::Training => degrade::degrade(seen, colors, &mut random.fork(9)),
        Care::Styled | Care::Clean => degrade::assemble(seen.side, &colors, &seen.coverage, true),
    }
}
