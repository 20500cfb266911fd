//! What is taken for the numbers that a request leaves open.

use crate::craft::{self, DefaultSize};
use crate::request::{Mode, Request};

/// What is taken for a number that is left open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Taken {
    /// This one.
    Known(f64),
    /// What the picture brings; a number that is then set begins here.
    About(f64),
}

/// A figure is about so deep compared with its height, to begin with.
const DEPTH_SHARE: f32 = 0.5;

/// What is taken for numbers that are left open, by their flags. `measured_mm` is the width, depth and height on the
/// bed of the mesh that `request` has made, if it has made one.
pub(super) fn taken(request: &Request, measured_mm: Option<[f32; 3]>) -> Vec<(&'static str, Taken)> {
    let [steps, octree, resolution] =
        [request.model.sampling_steps(), request.octree_cells(), request.solid.cells()].map(|n| Taken::Known(n.into()));
    let stamp = Taken::Known(in_tenths(craft::stamp_height_mm(&request.stamp)));
    let [height, width, depth] = sizes(request, measured_mm);
    vec![
        ("steps", steps),
        ("octree", octree),
        ("resolution", resolution),
        ("stamp-height", stamp),
        ("height", height),
        ("width", width),
        ("depth", depth),
    ]
}

/// Whether a depth can be asked for: elsewhere it follows from settings of the mode.
pub(super) fn takes_depth(request: &Request) -> bool {
    !matches!(request.mode, Mode::Lithophane | Mode::Stamp)
}

/// Height, width and depth as they are set, in mm: those of the picture, before the factor `--scale`.
fn sizes(request: &Request, measured_mm: Option<[f32; 3]>) -> [Taken; 3] {
    use Taken::{About, Known};
    let size = &request.size;
    if let Some([width, on_bed, high]) = measured_mm {
        let [height, depth] = if request.lies_flat() { [on_bed, high] } else { [high, on_bed] };
        return [height, width, depth].map(|mm| Known(in_tenths(mm / size.scale)));
    }
    let is_figure = matches!(request.mode, Mode::Inflate | Mode::Model);
    let is_asked = size.height_mm.or(size.width_mm).or(size.depth_mm.filter(|_| is_figure)).is_some();
    let known = |mm: f32| if is_asked { About(in_tenths(mm)) } else { Known(in_tenths(mm)) };
    let about = |mm: f32| About(in_tenths(mm));
    let ([height, width], longest) = match craft::default_size(request) {
        DefaultSize::Height(mm) => ([known(mm), about(mm)], mm),
        DefaultSize::Width(mm) => ([about(mm), known(mm)], mm),
        DefaultSize::Longest(mm) => ([about(mm); 2], mm),
        DefaultSize::Within([width, height]) => ([about(height), about(width)], width.max(height)),
    };
    let depth = match request.mode {
        // Without a depth to scale them to, these stay as they are set.
        Mode::Relief => Known(in_tenths((request.relief.base_mm + request.relief.depth_mm) / size.scale)),
        _ => about(DEPTH_SHARE * longest),
    };
    [height, width, depth]
}

/// As many digits as anybody sets.
fn in_tenths(mm: f32) -> f64 {
    (10.0 * f64::from(mm)).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::Taken::{About, Known};
    use super::*;
    use crate::request::{LithophaneShape, StampKind};

    /// Height, width and depth.
    fn sizes_of(request: &Request, measured_mm: Option<[f32; 3]>) -> [Taken; 3] {
        let taken = taken(request, measured_mm);
        ["height", "width", "depth"].map(|flag| taken.iter().find(|(f, _)| *f == flag).unwrap().1)
    }

    #[test]
    fn what_is_left_open_is_the_default_of_the_mode_where_that_is_known() {
        let mut request = Request::default();
        let height = f64::from(crate::print::DEFAULT_HEIGHT_MM);
        for mode in [Mode::Inflate, Mode::Model] {
            request.mode = mode;
            assert_eq!(sizes_of(&request, None)[..2], [Known(height), About(height)], "{mode:?}");
        }
        request.mode = Mode::Relief;
        // The longer side is 80 mm, and which one that is only the picture tells.
        assert_eq!(sizes_of(&request, None), [About(80.0), About(80.0), Known(7.0)]);
        request.mode = Mode::Lithophane;
        assert_eq!(sizes_of(&request, None)[..2], [About(100.0), Known(100.0)]);
        request.lithophane.shape = LithophaneShape::Cylinder;
        assert_eq!(sizes_of(&request, None)[..2], [About(120.0), About(100.0)]);
        request.mode = Mode::Stamp;
        for (kind, longest, height) in
            [(StampKind::Stamp, 50.0, 2.0), (StampKind::CookieCutter, 75.0, 12.0), (StampKind::Keychain, 45.0, 3.0)]
        {
            request.stamp.kind = kind;
            assert_eq!(sizes_of(&request, None)[..2], [About(longest); 2], "{kind:?}");
            assert!(taken(&request, None).contains(&("stamp-height", Known(height))), "{kind:?}");
        }
        request.mode = Mode::Inflate;
        request.size.width_mm = Some(30.0);
        assert_eq!(sizes_of(&request, None)[0], About(80.0), "the width decides");
    }

    #[test]
    fn a_mesh_is_measured_along_the_axes_of_its_picture() {
        let measured_mm = Some([100.0, 21.0, 103.04]);
        let mut request = Request { mode: Mode::Lithophane, ..Request::default() };
        assert_eq!(sizes_of(&request, measured_mm), [Known(103.0), Known(100.0), Known(21.0)]);
        // The factor comes on top of what is set.
        request.size.scale = 2.0;
        assert_eq!(sizes_of(&request, measured_mm), [Known(51.5), Known(50.0), Known(10.5)]);
        let mut request = Request { mode: Mode::Relief, ..Request::default() };
        assert_eq!(sizes_of(&request, Some([80.0, 60.0, 7.0])), [Known(60.0), Known(80.0), Known(7.0)]);
        request.size.scale = 2.0;
        assert_eq!(sizes_of(&request, None)[2], Known(3.5), "a depth would be doubled");
    }
}
