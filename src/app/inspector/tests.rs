use super::*;

fn spec(request: &Request, flag: &str) -> &'static ParamSpec {
    let groups = request.groups();
    groups.iter().flat_map(|g| g.specs()).find(|s| s.flag == flag).unwrap()
}

/// The number that is shown for a setting that is left open.
fn open(request: &Request, flag: &str) -> Option<f64> {
    match Look::of(request, false, None).taken(spec(request, flag)) {
        Some(Taken::Known(number)) => Some(number),
        _ => None,
    }
}

#[test]
fn numbers_are_grouped_from_the_right() {
    assert_eq!([thousands(7), thousands(1234), thousands(1_000_000)], ["7", "1\u{2009}234", "1\u{2009}000\u{2009}000"]);
}

#[test]
fn what_is_left_open_shows_what_is_taken() {
    let mut request = Request { mode: Mode::Model, ..Request::default() };
    let known = |request: &Request| ["steps", "octree", "resolution"].map(|f| open(request, f));
    assert_eq!(known(&request), [Some(50.0), Some(256.0), Some(192.0)]);
    request.model.model = crate::request::Model::Hunyuan3d2MvTurbo;
    assert_eq!(known(&request)[0], Some(5.0));
    // The default of the mode, where it has one for this side.
    assert_eq!(["height", "width", "depth"].map(|f| open(&request, f)), [Some(80.0), None, None]);
    request.mode = Mode::Relief;
    assert_eq!(["height", "width", "depth"].map(|f| open(&request, f)), [None, None, Some(7.0)]);
    assert_eq!(["triangles", "max-error"].map(|f| open(&request, f)), [None, None], "nothing is reduced");
    assert_eq!((capitalised("hunyuan3d-2mv"), capitalised("triposr")), ("Hunyuan3D 2mv".into(), "TripoSR".into()));
}

#[test]
fn settings_and_their_choices_are_spelled_as_all_texts_are() {
    let request = Request::default();
    let look = Look::of(&request, false, None);
    let mut shown = Vec::new();
    for spec in request.groups().iter().flat_map(|group| group.specs()) {
        shown.push(look.label(spec));
        if let ParamKind::Choice(choices) = spec.kind {
            shown.extend(choices.iter().map(|choice| capitalised(choice.name)));
        }
    }
    assert!(shown.iter().any(|text| text == "Colour") && shown.iter().any(|text| text == "Colours"), "{shown:?}");
    assert!(!shown.iter().any(|text| text.contains("olor")), "{shown:?}");
}

#[test]
fn a_number_that_is_set_begins_with_what_was_taken() {
    let begins = |mode, flag: &str| {
        let request = Request { mode, ..Request::default() };
        let spec = spec(&request, flag);
        begin(spec, Look::of(&request, false, None).taken(spec))
    };
    assert_eq!(begins(Mode::Relief, "depth"), 7.0);
    assert_eq!(begins(Mode::Lithophane, "width"), 100.0);
    assert_eq!(begins(Mode::Stamp, "stamp-height"), 2.0);
    // A reduction that nobody sees, not one that leaves a lump.
    assert!(begins(Mode::Inflate, "max-error") < 0.1);
}

#[test]
fn sizes_are_named_as_they_come_to_stand_on_the_bed() {
    for &mode in Mode::ALL {
        let request = Request { mode, ..Request::default() };
        let look = Look::of(&request, false, None);
        let labels = ["height", "depth"].map(|flag| look.label(spec(&request, flag)));
        let expected = match mode {
            Mode::Relief | Mode::Stamp => ["Height of picture", "Height on bed"],
            Mode::Inflate | Mode::Lithophane | Mode::Model => ["Height", "Depth"],
        };
        assert_eq!(labels, expected, "{mode:?}");
    }
    let mut request = Request::default();
    request.inflate.back = 0.0;
    assert_eq!(Look::of(&request, false, None).label(spec(&request, "depth")), "Height on bed");
}

#[test]
fn a_flat_base_is_offered_only_to_what_does_not_lie_on_its_back() {
    let mut request = Request::default();
    let is_hidden = |request: &Request| Look::of(request, false, None).hidden.contains(&"flat-base");
    assert!(!is_hidden(&request));
    request.inflate.back = 0.0;
    assert!(is_hidden(&request));
}

#[test]
fn a_depth_that_would_be_refused_is_offered_only_to_take_it_back() {
    for &mode in Mode::ALL {
        let mut request = Request { mode, ..Request::default() };
        let is_hidden = |request: &Request| Look::of(request, false, None).hidden.contains(&"depth");
        assert_eq!(is_hidden(&request), matches!(mode, Mode::Lithophane | Mode::Stamp), "{mode:?}");
        request.size.depth_mm = Some(9.0);
        assert!(!is_hidden(&request), "{mode:?}");
    }
}

#[test]
fn showing_the_settings_changes_none() {
    // The smallest is below what can be set.
    for measured_mm in [None, Some([0.1; 3]), Some([81.37, 40.2, 7.0])] {
        for &mode in Mode::ALL {
            let mut request = Request { mode, ..Request::default() };
            request.solid.resolution = Some(32);
            let before = request;
            let look = Look::of(&request, false, measured_mm);
            let _ = egui::Context::default().run_ui(Default::default(), |ui| {
                shown_groups(&mut request, &look).into_iter().for_each(|(group, _)| group_ui(ui, group, &look));
            });
            assert_eq!(request, before, "{mode:?} {measured_mm:?}");
        }
    }
}

#[test]
fn a_quality_that_is_chosen_decides_also_after_a_number_of_cells() {
    let model = |model| {
        let mut request = Request { mode: Mode::Model, ..Request::default() };
        request.model.model = model;
        request
    };
    for mut request in
        [Request::default(), model(crate::request::Model::Columns), model(crate::request::Model::Triposr)]
    {
        (request.solid.resolution, request.model.octree) = (Some(32), Some(32));
        assert!(without_effect(&request, false).contains(&"quality"));
        choose_quality(&mut request, Quality::Fine);
        assert!(!without_effect(&request, false).contains(&"quality"));
        let is_octree = request.mode == Mode::Model && request.model.model == crate::request::Model::Triposr;
        assert_eq!(request.model.octree.is_none(), is_octree, "what is not asked about stays");
    }
}

#[test]
fn a_quality_is_offered_only_where_it_is_read() {
    for &mode in Mode::ALL {
        let mut request = Request { mode, ..Request::default() };
        for resolution in [None, Some(32)] {
            request.solid.resolution = resolution;
            assert_eq!(reads_quality(&request), mode != Mode::Lithophane, "{mode:?} {resolution:?}");
        }
    }
}

#[test]
fn no_group_is_shown_empty() {
    for &mode in Mode::ALL {
        let mut request = Request { mode, ..Request::default() };
        // Set for another mode.
        request.solid.resolution = Some(32);
        let look = Look::of(&request, false, None);
        let shown = shown_groups(&mut request, &look);
        assert!(shown.iter().all(|(group, _)| !look.shown(&**group).is_empty()), "{mode:?}");
        let titles: Vec<&str> = shown.iter().map(|(group, _)| group.title()).collect();
        for title in ["Solid", "Cut-out"] {
            assert_eq!(titles.contains(&title), mode != Mode::Lithophane, "{mode:?} {title}");
        }
    }
}

#[test]
fn a_group_that_is_set_back_keeps_what_it_hides() {
    let mut request = Request { mode: Mode::Relief, ..Request::default() };
    (request.solid.resolution, request.solid.hollow_mm) = (Some(32), 2.0);
    let look = Look::of(&request, false, None);
    assert!(look.hidden.contains(&"hollow"), "a relief is not hollowed");
    set_back(&mut request.solid, &look);
    assert_eq!((request.solid.resolution, request.solid.hollow_mm), (None, 2.0));
}

#[test]
fn every_mode_shows_its_own_settings_first() {
    for &mode in Mode::ALL {
        let mut request = Request { mode, ..Request::default() };
        let own = mode_group(&mut request).title();
        let look = Look::of(&request, false, None);
        assert_eq!(shown_groups(&mut request, &look)[0].0.title(), own);
    }
}
