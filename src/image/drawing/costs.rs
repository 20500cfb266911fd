//! What a drawing takes that does not show in the number of its elements, told before anything is drawn.

use resvg::tiny_skia::Transform;
use resvg::usvg::{Fill, Group, Node, NonZeroRect, Paint, Path, Stroke, filter};

use super::{painting, too_far, unsupported};
use crate::image::intake::IntakeError;

/// Looks that filters may take, all together: about ten seconds.
const MOST_LOOKS: f64 = 2.5e9;
/// Looks that all layers may take: below a minute, since drawings of clipped lines have hundreds of them for good reason.
const MOST_LAYER_LOOKS: f64 = 1e10;
/// Looks that all shapes may take to be painted, however often they are copied: below a minute as well.
const MOST_PAINT_LOOKS: f64 = 1e10;
/// Bytes that layers, patterns and the results of a filter may take at once.
const MOST_BYTES: f64 = (1_u64 << 30) as f64;
/// Pixels of a pattern at most.
const MOST_PIXELS: f32 = (64 << 20) as f32;
/// Pixels from the frame to the farthest point of an outline: what draws counts wrongly not far beyond, or leaves it out.
const FARTHEST_PX: f32 = 1e9;
/// Bytes of a pixel of a layer.
const PIXEL_BYTES: f64 = 4.0;
/// Looks of a filter for each pixel of its region, whatever it does: the layer is made, copied and put in its place.
const EVERY_FILTER: f64 = 10.0;
/// Looks of a layer without filters for each of its pixels that is put in its place.
const EVERY_LAYER: f64 = 10.0;
/// Looks of what clips or masks a layer, for each pixel: it is made a mask and multiplied with the layer.
const EVERY_CUT: f64 = 4.0;
/// Copies of a filter's region that there are beside the results of all its steps.
const BESIDE_RESULTS: usize = 4;

/// Checks all that `root` draws when it is brought by `fit` to a picture of so many pixels.
///
/// A pattern is drawn once at its whole size, however little of it shows; a filter works on its whole region, which may
/// reach far beyond the picture, and keeps the results of all its steps until its end. A layer may reach as far, and is
/// kept until all that lies in it is drawn; each is put in its place pixel by pixel, however little is on it.
///
/// # Errors
/// [`IntakeError::Unsupported`] if a pattern has more than 64 megapixels, filters take longer than some seconds, layers or
/// the painting of shapes longer than a minute, either take more than 1 GiB, or an outline reaches too far for what draws
/// it.
pub(super) fn check(root: &Group, fit: Transform, pixels: [u32; 2]) -> Result<(), IntakeError> {
    Costs::default().check(root, Place::of_picture(fit, pixels))
}

/// Where something is drawn.
#[derive(Clone, Copy)]
struct Place {
    transform: Transform,
    /// Width and height of the largest layer.
    most_px: [f32; 2],
    /// Bytes of the layers around, all of which are there at the same time.
    held_bytes: f64,
    /// Bytes of the picture or the layer that is drawn on.
    canvas_bytes: f64,
    /// Bytes of the layer that what is drawn here clips, zero for what clips nothing. Layers in it are all as large.
    clip_bytes: f64,
}

impl Place {
    fn of_picture(fit: Transform, pixels: [u32; 2]) -> Self {
        let size = pixels.map(|p| p as f32);
        Self {
            transform: fit,
            // What draws cuts layers off two pictures' sizes beyond each edge.
            most_px: size.map(|p| 5.0 * p),
            held_bytes: 0.0,
            canvas_bytes: PIXEL_BYTES * area(size),
            clip_bytes: 0.0,
        }
    }

    /// Filters work on a layer that is not turned, only scaled. `None` if that cannot be: then nothing is drawn.
    fn unturned(mut self) -> Option<Self> {
        let t = self.transform;
        let scale = [t.sx.hypot(t.ky), t.kx.hypot(t.sy)];
        let turn = Transform::from_row(t.sx / scale[0], t.ky / scale[0], t.kx / scale[1], t.sy / scale[1], 0.0, 0.0);
        let back = turn.invert()?;
        self.most_px = size_of(back, self.most_px);
        self.transform = back.pre_concat(t);
        Some(self)
    }

    /// Width and height of the part of a layer that `rect` covers.
    fn layer_px(&self, rect: NonZeroRect) -> [f32; 2] {
        let [wide, high] = size_of(self.transform, [rect.width(), rect.height()]);
        [wide.min(self.most_px[0]), high.min(self.most_px[1])]
    }
}

/// Of the upright box around an upright box of `size` that is transformed.
fn size_of(t: Transform, size: [f32; 2]) -> [f32; 2] {
    [t.sx.abs() * size[0] + t.kx.abs() * size[1], t.ky.abs() * size[0] + t.sy.abs() * size[1]]
}

fn area([wide, high]: [f32; 2]) -> f64 {
    f64::from(wide) * f64::from(high)
}

#[derive(Default)]
struct Costs {
    /// Looks at a pixel, of about 5 ns, that filters take.
    looks: f64,
    /// The same for layers, patterns, and what clips or masks.
    layer_looks: f64,
    /// The same for shapes that are painted.
    paint_looks: f64,
}

impl Costs {
    fn check(&mut self, group: &Group, mut place: Place) -> Result<(), IntakeError> {
        if !group.filters().is_empty() {
            let Some(unturned) = place.unturned() else { return Ok(()) };
            place = unturned;
        }
        let (mut layer_bytes, canvas_bytes) = (0.0, place.canvas_bytes);
        if group.should_isolate() {
            layer_bytes = (PIXEL_BYTES * area(place.layer_px(group.layer_bounding_box()))).max(place.clip_bytes);
            place.held_bytes += layer_bytes;
            place.canvas_bytes = layer_bytes;
        }
        if place.held_bytes > MOST_BYTES {
            return Err(unsupported("its layers would take too much memory"));
        }
        if group.filters().is_empty() {
            self.add_layer(EVERY_LAYER, layer_bytes.min(canvas_bytes))?;
        }
        for effect in group.filters() {
            self.check_filter(effect, place)?;
        }
        self.check_cuts(group, place, layer_bytes)?;
        for node in group.children() {
            match node {
                Node::Group(group) => {
                    let transform = place.transform.pre_concat(group.transform());
                    self.check(group, Place { transform, ..place })?;
                }
                Node::Path(path) => self.check_path(path, place)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What clips or masks a layer is drawn on another one as large, which is kept while what clips or masks that one in
    /// turn is drawn.
    fn check_cuts(&mut self, group: &Group, place: Place, layer_bytes: f64) -> Result<(), IntakeError> {
        let (mut clip, mut held_bytes) = (group.clip_path(), place.held_bytes);
        while let Some(this) = clip {
            self.add_layer(EVERY_CUT, layer_bytes)?;
            held_bytes += layer_bytes;
            let transform = place.transform.pre_concat(this.transform());
            self.check(this.root(), Place { transform, held_bytes, clip_bytes: layer_bytes, ..place })?;
            clip = this.clip_path();
        }
        let (mut mask, mut held_bytes) = (group.mask(), place.held_bytes);
        while let Some(this) = mask {
            self.add_layer(EVERY_CUT, layer_bytes)?;
            held_bytes += layer_bytes;
            self.check(this.root(), Place { held_bytes, ..place })?;
            mask = this.mask();
        }
        Ok(())
    }

    /// Counts a layer of so many bytes, for so many looks each pixel.
    fn add_layer(&mut self, looks: f64, bytes: f64) -> Result<(), IntakeError> {
        self.layer_looks += looks * bytes / PIXEL_BYTES;
        if self.layer_looks > MOST_LAYER_LOOKS {
            return Err(unsupported("its layers would take too long"));
        }
        Ok(())
    }

    fn check_path(&mut self, path: &Path, place: Place) -> Result<(), IntakeError> {
        let paints = [path.fill().map(Fill::paint), path.stroke().map(Stroke::paint)];
        if path.is_visible() && paints.iter().any(Option::is_some) {
            let (bounds, t) = (path.stroke_bounding_box(), place.transform);
            let far = [bounds.left().abs().max(bounds.right().abs()), bounds.top().abs().max(bounds.bottom().abs())];
            let [x, y] = size_of(t, far);
            // What is no number at all is too far as well.
            let is_near = |far_px: f32| far_px <= FARTHEST_PX;
            if !is_near(x + t.tx.abs()) || !is_near(y + t.ty.abs()) {
                return Err(too_far());
            }
            self.add_painting(path, place)?;
        }
        for paint in paints.into_iter().flatten() {
            let Paint::Pattern(pattern) = paint else { continue };
            let (x, y) = place.transform.pre_concat(pattern.transform()).get_scale();
            let pixels = pattern.rect().width() * x * pattern.rect().height() * y;
            if pixels > MOST_PIXELS {
                return Err(unsupported("a pattern in it is far larger than the drawing"));
            }
            let bytes = PIXEL_BYTES * f64::from(pixels);
            self.add_layer(EVERY_LAYER, bytes)?;
            let held_bytes = place.held_bytes + bytes;
            let transform = Transform::from_scale(x, y);
            self.check(pattern.root(), Place { transform, held_bytes, canvas_bytes: bytes, ..place })?;
        }
        Ok(())
    }

    /// Counts a shape, which is painted no farther than its box and the picture or layer reach.
    fn add_painting(&mut self, path: &Path, place: Place) -> Result<(), IntakeError> {
        let bounds = path.stroke_bounding_box();
        let box_px = area(size_of(place.transform, [bounds.width(), bounds.height()]));
        let longest_px = f64::from(place.most_px[0] + place.most_px[1]);
        let most_px = box_px.min(place.canvas_bytes / PIXEL_BYTES);
        self.paint_looks += painting::looks(path, place.transform, most_px, longest_px);
        if self.paint_looks > MOST_PAINT_LOOKS {
            return Err(unsupported("its shapes cover one another so often that they would take too long to paint"));
        }
        Ok(())
    }

    fn check_filter(&mut self, effect: &filter::Filter, place: Place) -> Result<(), IntakeError> {
        let region_px = place.layer_px(effect.rect());
        let results = (effect.primitives().len() + BESIDE_RESULTS) as f64;
        let held_bytes = place.held_bytes + results * PIXEL_BYTES * area(region_px);
        if held_bytes > MOST_BYTES {
            return Err(unsupported("it has a filter that would take too much memory"));
        }
        let (x, y) = place.transform.get_scale();
        self.looks += EVERY_FILTER * area(region_px);
        for primitive in effect.primitives() {
            self.looks += looks(primitive.kind(), [x, y]) * area(region_px);
            if self.looks > MOST_LOOKS {
                return Err(unsupported("it has a filter that would take too long"));
            }
            if let filter::Kind::Image(image) = primitive.kind() {
                let transform = Transform::from_scale(x, y);
                let canvas_bytes = PIXEL_BYTES * area(region_px);
                self.check(image.root(), Place { transform, most_px: region_px, held_bytes, canvas_bytes, ..place })?;
            }
        }
        Ok(())
    }
}

/// Looks that a step of a filter takes for each pixel, at a scale in pixels per unit. Measured, but for what takes about
/// as long as others.
fn looks(step: &filter::Kind, scale: [f32; 2]) -> f64 {
    use filter::Kind;
    match step {
        Kind::Flood(_) => 2.0,
        Kind::ColorMatrix(_) | Kind::Offset(_) => 8.0,
        Kind::ComponentTransfer(_) | Kind::DisplacementMap(_) | Kind::Image(_) | Kind::Tile(_) => 12.0,
        Kind::Blend(_) | Kind::Composite(_) => 15.0,
        Kind::Merge(merged) => 10.0 * merged.inputs().len() as f64,
        Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 25.0,
        Kind::GaussianBlur(blur) => blurring([blur.std_dev_x().get(), blur.std_dev_y().get()], scale),
        Kind::DropShadow(shadow) => 15.0 + blurring([shadow.std_dev_x().get(), shadow.std_dev_y().get()], scale),
        Kind::Turbulence(noise) => 25.0 * f64::from(noise.num_octaves()),
        Kind::ConvolveMatrix(sum) => 5.0 + 3.0 * f64::from(sum.matrix().columns()) * f64::from(sum.matrix().rows()),
        Kind::Morphology(thicker) => {
            let radius = [thicker.radius_x().get() * scale[0], thicker.radius_y().get() * scale[1]];
            5.0 + area(radius.map(|r| 2.0 * r + 1.0))
        }
    }
}

/// A blur by little is more work for each pixel than one by much, which takes the same however much it is.
fn blurring(deviation: [f32; 2], scale: [f32; 2]) -> f64 {
    const LITTLE_PX: f32 = 2.0;
    let is_little = deviation[0] * scale[0] < LITTLE_PX && deviation[1] * scale[1] < LITTLE_PX;
    if is_little { 150.0 } else { 45.0 }
}

#[cfg(test)]
mod tests {
    use resvg::usvg::{Options, Tree};

    use super::*;

    /// What a square drawing of 100 units takes, drawn that large.
    fn costs_of(content: &str, side_px: u32) -> Result<Costs, IntakeError> {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>{content}</svg>");
        let tree = Tree::from_str(&svg, &Options::default()).unwrap();
        let fit = Transform::from_scale(side_px as f32 / 100.0, side_px as f32 / 100.0);
        let mut costs = Costs::default();
        costs.check(tree.root(), Place::of_picture(fit, [side_px; 2])).map(|()| costs)
    }

    fn looks_of(filters: &str, side_px: u32) -> f64 {
        costs_of(filters, side_px).unwrap().looks
    }

    /// Why it is refused; nothing if it is not.
    fn refusal(content: &str, side_px: u32) -> String {
        costs_of(content, side_px).err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn filtered(area: &str, steps: &str) -> String {
        let circle = "<circle cx='50' cy='50' r='30' filter='url(#f)'/>";
        format!("<filter id='f' filterUnits='userSpaceOnUse' {area}>{steps}</filter>{circle}")
    }

    #[test]
    fn a_filter_costs_by_its_region_also_beyond_the_picture_up_to_where_it_is_cut_off() {
        let at = |area: &str| looks_of(&filtered(area, "<feGaussianBlur stdDeviation='9'/>"), 100);
        let whole = at("x='0' y='0' width='100' height='100'");
        assert!((whole - 55.0 * 100.0 * 100.0).abs() < 1.0, "{whole}");
        for area in ["x='-200' y='-200' width='500' height='500'", "x='-1e6' y='-1e6' width='1e7' height='1e7'"] {
            assert!((at(area) / whole - 25.0).abs() < 1e-3, "{area}");
        }
    }

    #[test]
    fn every_step_costs_something_and_nothing_is_forgotten_where_things_lie_in_one_another() {
        let area = "x='0' y='0' width='100' height='100'";
        let once = looks_of(&filtered(area, "<feOffset dx='1'/>"), 100);
        let many = looks_of(&filtered(area, &"<feOffset dx='1'/>".repeat(100)), 100);
        assert!(many > 40.0 * once, "{many} for {once}");
        let inner = filtered(area, "<feOffset dx='1'/>");
        let turned = format!("<g transform='rotate(30)' opacity='0.5'>{inner}</g>");
        assert!((looks_of(&turned, 100) / once - 1.0).abs() < 1e-3);
        let masked = format!("<mask id='m'>{inner}</mask><rect width='100' height='100' mask='url(#m)'/>");
        assert!((looks_of(&masked, 100) / once - 1.0).abs() < 1e-3);
    }

    #[test]
    fn thickening_costs_more_than_in_proportion_to_the_pixels() {
        let thicker = filtered("x='0' y='0' width='100' height='100'", "<feMorphology operator='dilate' radius='3'/>");
        assert!(looks_of(&thicker, 400) > 10.0 * 16.0 / 2.0 * looks_of(&thicker, 100));
    }

    #[test]
    fn layers_within_one_another_are_kept_at_the_same_time() {
        const LARGE: &str = "x='-1e5' y='-1e5' width='2e5' height='2e5'";
        let chain = |element: &str, property: &str, count: usize| {
            let one = |level: usize| {
                let cut = if level == 0 { String::new() } else { format!("{property}='url(#c{})'", level - 1) };
                format!("<{element} id='c{level}' {cut}><rect {LARGE} fill='white'/></{element}>")
            };
            let all: String = (0..count).map(one).collect();
            format!("{all}<rect {LARGE} {property}='url(#c{})'/>", count - 1)
        };
        let nested = |count: usize, rect: &str| {
            format!("{}<rect {rect}/>{}", "<g opacity='0.9'>".repeat(count), "</g>".repeat(count))
        };
        // A layer of five pictures' sizes has 16 MB.
        for (few, many) in [
            (nested(50, LARGE), nested(100, LARGE)),
            (chain("clipPath", "clip-path", 50), chain("clipPath", "clip-path", 100)),
            (chain("mask", "mask", 50), chain("mask", "mask", 100)),
        ] {
            assert_eq!(refusal(&few, 400), "");
            assert!(refusal(&many, 400).contains("layers"), "{}", refusal(&many, 400));
            // That coarse it can be drawn.
            assert_eq!(refusal(&many, 200), "");
        }
        assert_eq!(refusal(&nested(100, "width='20' height='20'"), 2000), "");
        assert_eq!(refusal(&format!("<rect {LARGE}/>").repeat(100), 2000), "");
    }

    #[test]
    fn layers_take_time_however_little_memory_and_small_ones_take_little() {
        let page = "<rect width='100' height='100'/>";
        let faded = |count: usize| format!("<g opacity='0.9'>{page}</g>").repeat(count);
        let blended = |count: usize| format!("<g style='isolation:isolate'>{page}</g>").repeat(count);
        let cut = |element: &str, property: &str, count: usize| {
            let uses = format!("<rect width='100' height='100' {property}='url(#c)'/>").repeat(count);
            format!("<{element} id='c'>{page}</{element}>{uses}")
        };
        let tiled = |count: usize| {
            let fills = "<rect width='100' height='100' fill='url(#p)'/>".repeat(count);
            format!("<pattern id='p' patternUnits='userSpaceOnUse' width='100' height='100'>{page}</pattern>{fills}")
        };
        for (few, many) in [
            (faded(100), faded(5000)),
            (blended(100), blended(5000)),
            (cut("mask", "mask", 100), cut("mask", "mask", 5000)),
            (cut("clipPath", "clip-path", 100), cut("clipPath", "clip-path", 5000)),
            (tiled(100), tiled(5000)),
        ] {
            assert_eq!(refusal(&few, 1000), "");
            // A pattern takes even longer to be painted with than to be drawn.
            assert!(refusal(&many, 1000).contains("would take too long"), "{}", refusal(&many, 1000));
            // Coarser it can be drawn.
            assert_eq!(refusal(&many, 200), "");
        }
        // What reaches beyond the picture is not put anywhere.
        let beyond = "<g opacity='0.9'><rect x='-200' y='-200' width='500' height='500'/></g>".repeat(500);
        assert_eq!(refusal(&beyond, 1000), "");
        let small = "<g opacity='0.9'><rect width='1' height='1'/></g>".repeat(50_000);
        assert_eq!(refusal(&small, 1000), "");
        // Within a mask each is drawn as often as what it masks.
        let masked = format!(
            "<mask id='m'>{}</mask>{}",
            faded(100),
            "<rect width='100' height='100' mask='url(#m)'/>".repeat(50)
        );
        assert!(refusal(&masked, 1000).contains("layers would take too long"), "{}", refusal(&masked, 1000));
    }

    #[test]
    fn shapes_that_fill_the_page_over_and_over_are_refused_and_many_small_or_thin_ones_are_not() {
        let copied = |shape: &str, levels: usize| {
            let level = |k: usize| format!("<g id='c{}'>{}</g>", k + 1, format!("<use href='#c{k}'/>").repeat(16));
            format!(
                "<defs><g id='c0'>{shape}</g>{}</defs><use href='#c{levels}'/>",
                (0..levels).map(level).collect::<String>()
            )
        };
        let ramp =
            "<linearGradient id='r'><stop stop-color='red'/><stop offset='1' stop-color='blue'/></linearGradient>";
        for shape in [
            "<rect width='100' height='100'/>",
            "<rect width='100' height='100' fill-opacity='0.5'/>",
            "<rect width='100' height='100' fill='url(#r)'/>",
            "<path d='M0 50H100' fill='none' stroke='red' stroke-width='100'/>",
        ] {
            let drawing = ramp.to_owned() + &copied(shape, 3);
            assert!(refusal(&drawing, 4000).contains("too long to paint"), "{shape}: {}", refusal(&drawing, 4000));
            assert_eq!(refusal(&(ramp.to_owned() + &copied(shape, 1)), 4000), "", "{shape}");
            // Coarser it can be drawn.
            assert_eq!(refusal(&drawing, 100), "", "{shape}");
        }
        for fine in [
            copied("<rect width='2' height='2' fill-opacity='0.5'/>", 3),
            // Hatching, whose boxes are as large as the page.
            "<path d='M0 0L100 100' stroke='red' stroke-width='0.1'/>".repeat(20_000),
            "<path d='M0 0L100 100L100 99.9z'/>".repeat(20_000),
        ] {
            assert_eq!(refusal(&fine, 2000), "", "{}", &fine[..60]);
        }
    }

    #[test]
    fn what_clips_may_not_reach_too_far_either() {
        let far = "<path d='M-1e9 -1e9L1e9 1e9L1e9 -1e9Z'/>";
        let near = "<rect width='9' height='9'/>";
        let clipped = "<circle r='9' clip-path='url(#c)'/>";
        for clip in [
            format!("<clipPath id='c'>{far}</clipPath>"),
            format!("<clipPath id='b'>{far}</clipPath><clipPath id='c' clip-path='url(#b)'>{near}</clipPath>"),
            format!("<clipPath id='c' transform='scale(1e9)'>{near}</clipPath>"),
        ] {
            let refusal = refusal(&format!("{clip}{clipped}"), 200);
            assert!(refusal.contains("too far"), "{clip}: {refusal}");
        }
        assert_eq!(refusal(&format!("<clipPath id='c'>{near}</clipPath>{clipped}"), 200), "");
    }
}
