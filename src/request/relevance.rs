//! Which settings a request reads at all.
//!
//! The window hides, and the command line refuses, a setting that would change nothing: nobody should
//! wonder why it has no effect.

use super::parameter::{ParamGroup as _, ParamSpec};
use super::{Background, LithophaneShape, Mode, Model, ReliefBase, Request, StampKind};

/// The mode that alone reads the group at the same place in [`Request::groups`].
pub const GROUP_MODES: [Option<Mode>; 10] = [
    None,
    None,
    None,
    Some(Mode::Model),
    Some(Mode::Inflate),
    Some(Mode::Relief),
    Some(Mode::Lithophane),
    Some(Mode::Stamp),
    None,
    None,
];

/// What `request` would have to say for the setting `spec` of the group at `group` (its place in
/// [`Request::groups`]) to have an effect, as typed on the command line, or `None` when it has one.
/// `has_mask` tells whether a mask says what belongs to the object; it wins over `--background`.
pub fn needed_for(request: &Request, has_mask: bool, group: usize, spec: &ParamSpec) -> Option<String> {
    if let Some(mode) = GROUP_MODES.get(group).copied().flatten()
        && mode != request.mode
    {
        return Some(format!("--mode {}", mode.name()));
    }
    if let Some(needed) = needed_for_cut_out(request, has_mask, spec.flag) {
        return Some(needed.to_owned());
    }
    // A stamp's walls have fewer cells in a draft, whatever the resolution.
    if spec.flag == "quality" && request.cells_are_set() && !matches!(request.mode, Mode::Stamp | Mode::Lithophane) {
        let is_octree = request.learned_model().is_some_and(|model| model != Model::Columns);
        return Some(if is_octree { "--octree auto" } else { "--resolution auto" }.to_owned());
    }
    if request.learned_model().is_some() {
        return needed_by_model(&request.model, spec.flag).map(str::to_owned);
    }
    let (mode, kind, shape) = (request.mode, request.stamp.kind, request.lithophane.shape);
    // Reliefs and lithophanes are height fields, meshed as they are and flat on one side.
    let is_field = matches!(mode, Mode::Inflate | Mode::Stamp);
    let needed = match spec.flag {
        "relief-border" if request.relief.plate != ReliefBase::Plate => "--relief-plate plate",
        "litho-angle" if shape != LithophaneShape::Curved => "--litho-shape curved",
        "litho-stand" if shape != LithophaneShape::Flat => "--litho-shape flat",
        "stamp-wall" | "stamp-blade" if kind != StampKind::CookieCutter => "--stamp-kind cookie-cutter",
        "stamp-plate" if kind == StampKind::Keychain => "--stamp-kind stamp or cookie-cutter",
        "stamp-handle" if kind != StampKind::Stamp => "--stamp-kind stamp",
        "stamp-lines" if kind == StampKind::CookieCutter => "--stamp-kind stamp or keychain",
        "stamp-hole" if kind != StampKind::Keychain => "--stamp-kind keychain",
        "drop-floaters"
            if mode == Mode::Lithophane || (mode == Mode::Relief && request.relief.plate == ReliefBase::Plate) =>
        {
            "--mode inflate or stamp, or --relief-plate outline"
        }
        "hollow" | "smooth" if !is_field => "--mode inflate or stamp",
        "flat-base" | "min-wall" if mode != Mode::Inflate => "--mode inflate",
        // It lies on its back already, and that is flat.
        "flat-base" if request.lies_flat() => "--back above 0",
        "color" if matches!(mode, Mode::Lithophane | Mode::Stamp) => "--mode inflate or relief",
        "quality" | "resolution" if mode == Mode::Lithophane => "another --mode; --litho-pitch sets how fine it is",
        _ => return None,
    };
    Some(needed.to_owned())
}

/// The same for settings that ask for a background to be removed, or for an outline that is not hard.
fn needed_for_cut_out(request: &Request, has_mask: bool, flag: &str) -> Option<&'static str> {
    match (flag, request.cut_out.background) {
        // These read no setting of the cut-out at all, so another background would not help.
        _ if needed_for_mask(request).is_some() => None,
        ("cut-out", Background::Keep | Background::Alpha) => Some("--background auto or remove"),
        ("threshold", Background::Keep) if !has_mask => Some("--background auto, remove or alpha"),
        _ => None,
    }
}

/// The same for a mask, and all else that belongs to a cut-out: `None` where the object is cut out of its picture;
/// elsewhere the whole frame is used.
pub fn needed_for_mask(request: &Request) -> Option<&'static str> {
    let is_cut_out = match request.mode {
        Mode::Inflate | Mode::Stamp | Mode::Model => true,
        Mode::Relief => request.relief.plate == ReliefBase::Outline || request.cut_out.background == Background::Remove,
        Mode::Lithophane => return Some("another --mode"),
    };
    (!is_cut_out).then_some("--relief-plate outline or --background remove")
}

/// The same for pictures of the object from further sides.
pub fn needed_for_views(request: &Request) -> Option<&'static str> {
    match request.learned_model() {
        Some(model) if model.takes_views() => None,
        _ => Some("--model hunyuan3d-2mv"),
    }
}

/// The same for a learned model and the settings that not all of them read.
fn needed_by_model(params: &super::ModelParams, flag: &str) -> Option<&'static str> {
    let model = params.model;
    let needed = match flag {
        "steps" | "guidance" | "seed" if !model.samples() => "a --model that samples, such as hunyuan3d-2.1",
        "guidance-until" if !model.is_guided_by_pairs() => "a --model that is not distilled, such as hunyuan3d-2.1",
        "iso-level" | "box" | "decode" if !model.samples() => "--model hunyuan3d-2.1 or one of its family",
        "density" | "foreground" if model != Model::Triposr => "--model triposr",
        "octree" if model == Model::Columns => "--model triposr or hunyuan3d-2.1",
        "close-silhouette" if model == Model::Columns => {
            "another --model; this one keeps the silhouette where --field-of-view is 0"
        }
        "depth-scale" | "hidden-side" | "field-of-view" | "upright" if model != Model::Columns => "--model columns",
        "upright" | "flat-base" if params.lies_flat() => "--hidden-side predicted or mirrored",
        "color" if model.samples() => "--model triposr, or --mode inflate or relief",
        "resolution" if model != Model::Columns => "--octree instead; a model has a box of its own",
        "min-wall" => "--mode inflate",
        "sharpness" => "another --mode; models want the picture as it is",
        _ => return None,
    };
    Some(needed)
}

/// Whether no value of the setting would change anything in `request`, so that the window hides it. The arguments are
/// those of [`needed_for`], which judges the value that is set: a background that is kept changes nothing about a relief
/// that takes the whole frame, but another choice has the object cut out.
pub fn is_idle(request: &Request, has_mask: bool, group: usize, spec: &ParamSpec) -> bool {
    let is_of_cut_out = request.cut_out.specs().iter().any(|own| own.flag == spec.flag);
    let may_cut_out = spec.flag == "background" && request.mode == Mode::Relief;
    needed_for(request, has_mask, group, spec).is_some()
        || (is_of_cut_out && !may_cut_out && needed_for_mask(request).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::HiddenSide;

    fn needed(request: &Request, flag: &str) -> Option<String> {
        needed_with(request, false, flag)
    }

    fn needed_with(request: &Request, has_mask: bool, flag: &str) -> Option<String> {
        let groups = request.groups();
        let mut all = groups.iter().enumerate().flat_map(|(i, g)| g.specs().iter().map(move |s| (i, s)));
        let (group, spec) = all.find(|(_, s)| s.flag == flag).unwrap();
        needed_for(request, has_mask, group, spec)
    }

    #[test]
    fn every_flag_of_a_rule_exists() {
        let request = Request { mode: Mode::Lithophane, ..Request::default() };
        assert_eq!(needed(&request, "litho-angle").as_deref(), Some("--litho-shape curved"));
        assert_eq!(needed(&request, "litho-stand"), None);
        let request = Request { mode: Mode::Relief, ..Request::default() };
        for flag in ["hollow", "smooth", "flat-base", "min-wall"] {
            assert!(needed(&request, flag).is_some_and(|n| n.contains("inflate")), "{flag}");
        }
        let mut request = Request { mode: Mode::Stamp, ..Request::default() };
        request.stamp.kind = StampKind::Keychain;
        for flag in ["stamp-wall", "stamp-blade", "stamp-plate", "stamp-handle"] {
            assert!(needed(&request, flag).is_some_and(|n| n.starts_with("--stamp-kind")), "{flag}");
        }
        assert_eq!((needed(&request, "stamp-hole"), needed(&request, "stamp-lines")), (None, None));
        request.stamp.kind = StampKind::CookieCutter;
        assert!(needed(&request, "stamp-lines").is_some_and(|n| n.contains("keychain")));
    }

    #[test]
    fn what_cuts_out_is_read_only_where_something_is_cut_out() {
        let mut request = Request::default();
        let read = |request: &Request| ["cut-out", "threshold", "invert-mask"].map(|f| needed(request, f).is_none());
        for mode in [Mode::Inflate, Mode::Stamp, Mode::Model] {
            request.mode = mode;
            for (background, expected) in [
                (Background::Auto, [true, true, true]),
                (Background::Remove, [true, true, true]),
                (Background::Alpha, [false, true, true]),
                // Turned round, the whole frame is nothing: an error, but an effect.
                (Background::Keep, [false, false, true]),
            ] {
                request.cut_out.background = background;
                assert_eq!(read(&request), expected, "{mode:?} {background:?}");
                assert_eq!(needed(&request, "background"), None);
            }
        }
        // A mask has an outline that can be moved.
        assert_eq!(needed_with(&request, true, "threshold"), None);
        assert!(needed_with(&request, true, "cut-out").is_some());
    }

    #[test]
    fn of_a_cut_out_that_is_not_made_only_what_would_make_it_is_offered() {
        let offered = |request: &Request| {
            let place = request.groups().iter().position(|group| group.title() == "Cut-out").unwrap();
            let specs = request.cut_out.specs().iter().filter(|spec| !is_idle(request, false, place, spec));
            specs.map(|spec| spec.flag).collect::<Vec<_>>()
        };
        let mut request = Request { mode: Mode::Lithophane, ..Request::default() };
        assert_eq!((offered(&request), needed_for_mask(&request)), (vec![], Some("another --mode")));
        request.cut_out.background = Background::Remove;
        assert_eq!(offered(&request), [""; 0]);
        request.mode = Mode::Relief;
        let all = ["background", "cut-out", "threshold", "invert-mask"];
        assert_eq!((offered(&request), needed_for_mask(&request)), (all.to_vec(), None));
        request.cut_out.background = Background::Auto;
        assert_eq!(offered(&request), ["background"]);
        assert!(needed_for_mask(&request).is_some_and(|needed| needed.contains("--relief-plate outline")));
        request.relief.plate = ReliefBase::Outline;
        assert_eq!(offered(&request), all);
    }

    #[test]
    fn a_model_reads_its_own_settings_and_no_others() {
        let mut request = Request { mode: Mode::Model, ..Request::default() };
        let read = |request: &Request, flags: &[&str]| flags.iter().all(|flag| needed(request, flag).is_none());
        for &model in Model::ALL {
            request.model.model = model;
            assert!(read(&request, &["model", "hollow", "flat-base", "height", "threshold"]));
            assert!(needed(&request, "thickness").is_some());
            let is_columns = model == Model::Columns;
            let figure = ["depth-scale", "hidden-side", "field-of-view", "upright", "resolution"];
            assert!(figure.iter().all(|flag| needed(&request, flag).is_none() == is_columns));
            let closing = needed(&request, "close-silhouette");
            assert!(closing.map_or(!is_columns, |needed| is_columns && needed.contains("--field-of-view is 0")));
            let sampled = read(&request, &["steps", "guidance", "seed", "iso-level", "box", "decode"]);
            assert_eq!(sampled, model.samples(), "{}", model.name());
            assert_eq!(read(&request, &["density", "foreground"]), model == Model::Triposr);
        }
        for &model in Model::ALL {
            request.model.model = model;
            assert_eq!(needed_for_views(&request).is_none(), model.name().starts_with("hunyuan3d-2mv"));
        }
        request.mode = Mode::Inflate;
        assert!(needed_for_views(&request).is_some());
        request.mode = Mode::Model;
        request.model.model = Model::Hunyuan3d20Turbo;
        assert!(needed(&request, "guidance-until").is_some_and(|n| n.contains("distilled")));
    }

    #[test]
    fn what_lies_on_its_back_is_neither_set_upright_nor_cut_to_stand() {
        let mut request = Request { mode: Mode::Model, ..Request::default() };
        request.model.model = Model::Columns;
        for &side in HiddenSide::ALL {
            request.model.hidden_side = side;
            let is_flat = side == HiddenSide::Flat;
            assert_eq!((needed(&request, "upright").is_some(), request.lies_flat()), (is_flat, is_flat), "{side:?}");
            assert_eq!(needed(&request, "flat-base").is_some(), is_flat, "{side:?}");
            assert_eq!(needed(&request, "hidden-side"), None);
        }
        // Other models do not read the side.
        request.model.model = Model::Triposr;
        assert!(!request.lies_flat());
        assert_eq!(needed(&request, "upright").as_deref(), Some("--model columns"));
        assert_eq!(needed(&request, "flat-base"), None);
        // Nor does a balloon, which has a back of its own.
        request.mode = Mode::Inflate;
        assert_eq!(needed(&request, "flat-base"), None);
        request.inflate.back = 0.0;
        assert_eq!(needed(&request, "flat-base").as_deref(), Some("--back above 0"));
    }

    #[test]
    fn a_quality_beside_a_number_of_cells_is_not_read() {
        let mut request = Request::default();
        let mut quality = |mode, model, resolution, octree| {
            (request.mode, request.model.model) = (mode, model);
            (request.solid.resolution, request.model.octree) = (resolution, octree);
            needed(&request, "quality")
        };
        for (mode, model) in
            [(Mode::Inflate, Model::Triposr), (Mode::Relief, Model::Triposr), (Mode::Model, Model::Columns)]
        {
            assert_eq!(quality(mode, model, None, Some(64)), None, "{mode:?}");
            assert_eq!(quality(mode, model, Some(96), None).as_deref(), Some("--resolution auto"), "{mode:?}");
        }
        for model in [Model::Triposr, Model::Hunyuan3d21] {
            assert_eq!(quality(Mode::Model, model, Some(96), None), None, "{}", model.name());
            assert_eq!(quality(Mode::Model, model, None, Some(64)).as_deref(), Some("--octree auto"));
        }
        assert_eq!(quality(Mode::Stamp, Model::Triposr, Some(96), Some(64)), None, "a draft has thinner walls");
    }

    #[test]
    fn settings_of_other_modes_are_not_read() {
        let request = Request { mode: Mode::Lithophane, ..Request::default() };
        for (group, params) in request.groups().iter().enumerate() {
            for spec in params.specs() {
                let needed = needed_for(&request, false, group, spec);
                match params.title() {
                    "Inflate" | "Relief" | "Stamp" | "Model" => {
                        assert_eq!(needed, Some(format!("--mode {}", params.title().to_lowercase())), "{}", spec.flag);
                    }
                    "Lithophane" => assert_eq!(needed.is_some(), spec.flag == "litho-angle", "{}", spec.flag),
                    "Solid" => assert!(needed.is_some(), "{}", spec.flag),
                    _ => {
                        let is_idle = matches!(spec.flag, "smooth" | "color" | "drop-floaters");
                        assert_eq!(needed.is_some(), is_idle, "{}", spec.flag);
                    }
                }
            }
        }
    }
}
