//! `orfeas generate`.

use super::support::{Desk, outcome, read_stl};

#[test]
fn the_first_command_makes_a_closed_figure_of_80_mm() {
    let desk = Desk::new();
    desk.draw("figure.png");
    let (code, stdout, stderr) =
        outcome(desk.orfeas(&["generate", "figure.png", "-o", "figure.stl", "--quality", "draft"]));
    assert_eq!((code, stdout.as_str()), (0, "figure.stl\n"), "{stderr}");
    assert!(stderr.contains("80.0 mm") && stderr.contains("ready to print"), "{stderr}");
    let stl = read_stl(&desk.path("figure.stl"));
    assert!(stl.closed && stl.triangles > 500);
    assert!((stl.size_mm[2] - 80.0).abs() < 0.05, "{:?}", stl.size_mm);
    assert!((stl.size_mm[0] - 40.0).abs() < 2.0, "{:?}", stl.size_mm);
    assert!(stl.lowest_mm.abs() < 1e-4);
}

#[test]
fn what_lies_apart_stays_and_specks_go() {
    let desk = Desk::new();
    // A square, a disc with 2 % of its area and far less of its volume, and a speck.
    let picture = image::RgbaImage::from_fn(400, 240, |x, y| {
        let in_disc = |cx: i32, cy: i32, r: i32| (x as i32 - cx).pow(2) + (y as i32 - cy).pow(2) <= r * r;
        let is_square = (20..220).contains(&x) && (20..220).contains(&y);
        let opacity = if is_square || in_disc(300, 190, 17) || in_disc(380, 60, 3) { 255 } else { 0 };
        image::Rgba([180, 120, 60, opacity])
    });
    picture.save(desk.path("apart.png")).unwrap();
    for flags in [["--mode", "inflate"], ["--model", "columns"]] {
        let name = format!("{}.stl", flags[1]);
        let arguments = [&["generate", "apart.png", "-o", &name, "--quality=draft"], flags.as_slice()].concat();
        let (code, _, stderr) = outcome(desk.orfeas(&arguments));
        assert_eq!(code, 0, "{stderr}");
        let stl = read_stl(&desk.path(&name));
        assert!(stl.closed);
        let width = stl.size_mm[0] / stl.size_mm[2];
        assert!((width - 297.0 / 200.0).abs() < 0.03, "{flags:?}: {:?}", stl.size_mm);
    }
}

#[test]
fn without_a_name_a_free_one_beside_the_picture_is_taken() {
    let desk = Desk::new();
    desk.draw("pictures/figure.png");
    for expected in ["pictures/figure.stl", "pictures/figure-2.stl"] {
        let (code, stdout, stderr) = outcome(desk.orfeas(&["generate", "pictures/figure.png", "--quality=draft"]));
        assert_eq!((code, stdout.trim_end()), (0, expected), "{stderr}");
    }
    let same = std::fs::read(desk.path("pictures/figure.stl")).unwrap()
        == std::fs::read(desk.path("pictures/figure-2.stl")).unwrap();
    assert!(same, "the same request gives the same bytes");
}

#[test]
fn the_cache_changes_no_byte() {
    let desk = Desk::new();
    desk.draw("figure.png");
    let make = |name: &str, flags: &[&str]| {
        let (code, _, stderr) =
            outcome(desk.orfeas(&[&["generate", "figure.png", "-o", name, "--quality=draft"], flags].concat()));
        assert_eq!(code, 0, "{stderr}");
        (std::fs::read(desk.path(name)).unwrap(), stderr)
    };
    let (fresh, _) = make("a.3mf", &[]);
    let (cached, words) = make("b.3mf", &[]);
    let (again, _) = make("c.3mf", &["--no-cache"]);
    assert!(words.contains("from the cache"), "{words}");
    // The title inside is that of the picture, so the files are the same whatever their names.
    assert!(fresh == cached && fresh == again);
}

#[test]
fn a_file_is_replaced_only_when_asked_for() {
    let desk = Desk::new();
    desk.draw("figure.png");
    std::fs::write(desk.path("out.stl"), "precious").unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["generate", "figure.png", "-o", "out.stl", "--quality=draft"]));
    assert_eq!(code, 1);
    assert!(stderr.contains("--overwrite"), "{stderr}");
    assert_eq!(std::fs::read(desk.path("out.stl")).unwrap(), b"precious");
    let (code, ..) =
        outcome(desk.orfeas(&["generate", "figure.png", "-o", "out.stl", "--quality=draft", "--overwrite"]));
    assert_eq!(code, 0);
    assert!(read_stl(&desk.path("out.stl")).closed);
}

#[test]
fn quiet_is_quiet_and_json_is_json() {
    let desk = Desk::new();
    desk.draw("figure.png");
    let (code, stdout, stderr) = outcome(desk.orfeas(&["generate", "figure.png", "-q", "--quality=draft", "--json"]));
    assert_eq!((code, stderr.as_str()), (0, ""));
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["path"], "figure.stl");
    assert_eq!(json["print_ready"], true);
    assert!((json["size_mm"][2].as_f64().unwrap() - 80.0).abs() < 0.05);
}

#[test]
fn wrong_arguments_are_refused_before_anything_is_done() {
    let desk = Desk::new();
    desk.draw("figure.png");
    for (flags, expected) in [
        (&["--litho-min", "1"][..], "--mode lithophane"),
        (&["--mode", "relief", "--thickness", "1"], "--mode inflate"),
        (&["--mode", "lithophane", "--litho-angle", "90"], "--litho-shape curved"),
        (&["--mode", "balloon"], "inflate"),
        (&["--thickness", "99"], "0.1 to 3"),
        (&["--height", "tall"], "1 to 2000 mm"),
        (&["-o", "figure.xyz"], ".3mf"),
        (&["-o", "a.stl", "--format", "glb"], "agree"),
        (&["-o", "figure.png", "--format", "stl", "--overwrite"], "input"),
        (&["--thikness", "1"], "--thickness"),
        (&["--background", "keep", "--cut-out", "network"], "--background auto or remove"),
        (&["--background", "alpha", "--cut-out", "colors"], "--background auto or remove"),
        (&["--background", "keep", "--threshold", "0.9"], "--background auto, remove or alpha"),
        (&["--mode", "lithophane", "--background", "keep", "--cut-out", "network"], "whole frame"),
        (&["--mask", "figure.png", "--cut-out", "network"], "--mask already says"),
        (&["--mode", "lithophane", "--litho-min", "4", "--litho-max", "2"], "--litho-min (4 mm) must be less"),
        (&["--mode", "lithophane", "--depth", "9"], "--litho-max"),
        (&["--mode", "stamp", "--depth", "9"], "--stamp-height"),
        (&["--mode=stamp", "--stamp-kind=cookie-cutter", "--stamp-blade=2", "--stamp-wall=1"], "--stamp-blade (2 mm)"),
    ] {
        let (code, stdout, stderr) = outcome(desk.orfeas(&[&["generate", "figure.png"], flags].concat()));
        assert_eq!((code, stdout.as_str()), (2, ""), "{flags:?}: {stderr}");
        assert!(stderr.contains(expected), "{flags:?}: {stderr}");
    }
    assert_eq!(desk.names("."), ["figure.png"]);
}

#[test]
fn bad_files_and_folders_give_one_sentence() {
    let desk = Desk::new();
    desk.draw("figure.png");
    std::fs::write(desk.path("empty.png"), "").unwrap();
    std::fs::write(desk.path("text.png"), "this is no picture").unwrap();
    std::fs::create_dir(desk.path("folder")).unwrap();
    for arguments in [
        &["generate", "missing.png"][..],
        &["generate", "folder"],
        &["generate", "empty.png"],
        &["generate", "text.png"],
        &["generate", "figure.png", "-o", "nowhere/out.stl"],
        &["generate", "figure.png", "--mask", "missing.png"],
        &["generate", "figure.png", "--request", "missing.json"],
    ] {
        let (code, stdout, stderr) = outcome(desk.orfeas(arguments));
        assert_eq!((code, stdout.as_str()), (1, ""), "{arguments:?}: {stderr}");
        let errors: Vec<_> = stderr.lines().filter(|l| l.starts_with("error: ")).collect();
        assert_eq!(errors.len(), 1, "{arguments:?}: {stderr}");
        assert!(!stderr.contains("panicked") && !stderr.contains("Os {"), "{stderr}");
    }
    assert_eq!(desk.names("."), ["empty.png", "figure.png", "folder", "text.png"]);
}

#[test]
fn a_mask_comes_back_as_it_went() {
    let desk = Desk::new();
    desk.draw("figure.png");
    let first = &["generate", "figure.png", "-o", "a.stl", "--quality=draft", "--save-mask", "mask.png"];
    let (code, _, stderr) = outcome(desk.orfeas(first));
    assert_eq!(code, 0, "{stderr}");
    let mask = image::open(desk.path("mask.png")).unwrap().into_luma8();
    assert_eq!((mask.get_pixel(32, 20)[0], mask.get_pixel(2, 2)[0]), (255, 0));
    let second = &["generate", "figure.png", "-o", "b.stl", "--quality=draft", "--mask", "mask.png"];
    let (code, _, stderr) = outcome(desk.orfeas(second));
    assert_eq!(code, 0, "{stderr}");
    let [a, b] = ["a.stl", "b.stl"].map(|name| read_stl(&desk.path(name)));
    for axis in 0..3 {
        assert!((a.size_mm[axis] - b.size_mm[axis]).abs() < 0.5, "{:?} {:?}", a.size_mm, b.size_mm);
    }
    // A mask of something else makes something else.
    image::GrayImage::from_fn(64, 64, |x, y| image::Luma([255 * u8::from(x > 8 && x < 56 && y > 24 && y < 40)]))
        .save(desk.path("bar.png"))
        .unwrap();
    let third = &["generate", "figure.png", "-o", "c.stl", "--quality=draft", "--mask", "bar.png", "--width", "60"];
    assert_eq!(outcome(desk.orfeas(third)).0, 0);
    let c = read_stl(&desk.path("c.stl"));
    assert!((c.size_mm[0] - 60.0).abs() < 0.1 && c.size_mm[2] < 30.0, "{:?}", c.size_mm);
}

#[test]
fn a_saved_request_makes_the_same_solid() {
    let desk = Desk::new();
    desk.draw("figure.png");
    let flags = ["--mode=stamp", "--stamp-kind=keychain", "--height=40", "--quality=draft"];
    let first = [&["generate", "figure.png", "-o", "a.stl", "--save-request", "request.json"][..], &flags].concat();
    let (code, _, stderr) = outcome(desk.orfeas(&first));
    assert_eq!(code, 0, "{stderr}");
    let second = ["generate", "figure.png", "-o", "b.stl", "--request", "request.json"];
    let (code, _, stderr) = outcome(desk.orfeas(&second));
    assert_eq!(code, 0, "{stderr}");
    assert!(std::fs::read(desk.path("a.stl")).unwrap() == std::fs::read(desk.path("b.stl")).unwrap());
    std::fs::write(desk.path("typo.json"), r#"{"inflate": {"thiknes": 1}}"#).unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["generate", "figure.png", "--request", "typo.json"]));
    assert!(code == 1 && stderr.contains("inflate.thiknes"), "{stderr}");
}

#[test]
fn nothing_is_written_over_what_it_is_made_from() {
    let desk = Desk::new();
    let names = ["figure.png", "mask.png", "settings.json", "side.png"];
    for name in ["figure.png", "mask.png", "side.png"] {
        desk.draw(name);
    }
    std::fs::write(desk.path("settings.json"), "{}").unwrap();
    let read = || names.map(|name| std::fs::read(desk.path(name)).unwrap());
    let before = read();
    for (flags, expected) in [
        (&["--save-request", "./figure.png"][..], "the picture"),
        (&["--save-mask", "figure.png"], "the picture"),
        (&["--mask", "mask.png", "--save-request", "mask.png"], "the mask"),
        (&["--mask", "mask.png", "--save-mask", "mask.png"], "the mask"),
        (&["--mask", "mask.png", "-o", "mask.png", "--format", "stl"], "the mask"),
        (&["--model", "hunyuan3d-2mv", "--view", "left=side.png", "--save-request", "side.png"], "--view"),
        (&["--request", "settings.json", "-o", "settings.json", "--format", "stl"], "--request"),
        (&["-o", "out.stl", "--save-request", "out.stl"], "the solid"),
        // The name that the solid gets by itself.
        (&["--save-request", "figure.stl"], "the solid"),
        (&["--save-mask", "new.png", "--save-request", "new.png"], "--save-mask"),
    ] {
        let arguments = [&["generate", "figure.png", "--overwrite"], flags].concat();
        let (code, stdout, stderr) = outcome(desk.orfeas(&arguments));
        assert_eq!((code, stdout.as_str()), (2, ""), "{flags:?}: {stderr}");
        assert!(stderr.contains("would replace") && stderr.contains(expected), "{flags:?}: {stderr}");
    }
    // Also where nothing may be replaced, this comes before the work.
    for flags in [["--save-request", "figure.png"], ["--save-request", "figure.stl"]] {
        assert_eq!(outcome(desk.orfeas(&[&["generate", "figure.png"], &flags[..]].concat())).0, 2, "{flags:?}");
    }
    assert!(read() == before);
    assert_eq!(desk.names("."), names);

    let settings = ["--request", "settings.json", "--save-request", "settings.json", "--quality=draft", "--overwrite"];
    let (code, _, stderr) = outcome(desk.orfeas(&[&["generate", "figure.png"], &settings[..]].concat()));
    assert_eq!(code, 0, "settings may go back to where they came from: {stderr}");
    assert!(std::fs::read_to_string(desk.path("settings.json")).unwrap().contains("draft"));
}

#[test]
fn every_mode_makes_a_closed_solid() {
    let desk = Desk::new();
    desk.draw("figure.png");
    for flags in [
        &["--mode=relief"][..],
        &["--mode=relief", "--relief-plate=outline"],
        &["--mode=lithophane", "--litho-pitch=1"],
        &["--mode=lithophane", "--litho-shape=cylinder", "--litho-pitch=1"],
        &["--mode=stamp"],
        &["--mode=stamp", "--stamp-kind=cookie-cutter"],
        &["--mode=inflate", "--hollow=2", "--flat-base=3"],
    ] {
        let settings = if flags[0] == "--mode=lithophane" { &[][..] } else { &["--quality=draft"] };
        let arguments = [&["generate", "figure.png", "-o", "out.stl", "--overwrite"], settings, flags].concat();
        let (code, _, stderr) = outcome(desk.orfeas(&arguments));
        assert_eq!(code, 0, "{flags:?}: {stderr}");
        assert!(read_stl(&desk.path("out.stl")).closed, "{flags:?}");
    }
}

#[test]
fn fewer_triangles_keep_an_area_each_wherever_they_are_put() {
    let desk = Desk::new();
    desk.draw("figure.png");
    // Flat sides and straight edges: simplified, many vertices lie on a line but for the last digit.
    for (flags, triangles) in [(&["--mode=inflate", "--back=0"][..], "4000"), (&["--mode=stamp"], "20000")] {
        let make = ["generate", "figure.png", "--quality=draft", "--overwrite", "-o"];
        let (code, _, stderr) =
            outcome(desk.orfeas(&[&make, &["few.stl", "--triangles", triangles][..], flags].concat()));
        assert_eq!(code, 0, "{flags:?}: {stderr}");
        let (code, _, stderr) = outcome(desk.orfeas(&[&make, &["all.stl"][..], flags].concat()));
        assert_eq!(code, 0, "{flags:?}: {stderr}");
        for convert in [&["few.stl", "out.stl", "--scale=0.37"][..], &["all.stl", "out.stl", "--triangles", triangles]]
        {
            let (code, _, stderr) = outcome(desk.orfeas(&[&["convert", "--overwrite"], convert].concat()));
            assert_eq!(code, 0, "{flags:?}, {convert:?}: {stderr}");
            assert!(read_stl(&desk.path("out.stl")).closed, "{flags:?}, {convert:?}");
        }
    }
}

#[test]
fn a_drawing_keeps_its_outline_in_millimetres() {
    let desk = Desk::new();
    let drawing =
        |content: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 90 60'>{content}</svg>");
    // On the page, the ring is half as wide as it is high.
    let ring = "<path fill='#255' fill-rule='evenodd' d='M10 5h25v50h-25zM15 10v40h15v-40z'/>";
    std::fs::write(desk.path("ring.svg"), drawing(ring)).unwrap();
    for flags in [&["--mode=inflate"][..], &["--mode=stamp", "--stamp-kind=cookie-cutter"]] {
        let arguments = [&["generate", "ring.svg", "-o", "ring.stl", "--overwrite", "--quality=draft"], flags].concat();
        let (code, _, stderr) = outcome(desk.orfeas(&arguments));
        assert_eq!(code, 0, "{stderr}");
        let stl = read_stl(&desk.path("ring.stl"));
        assert!(stl.closed);
        if flags == ["--mode=inflate"] {
            assert!((stl.size_mm[2] - 80.0).abs() < 0.05 && (stl.size_mm[0] - 40.0).abs() < 0.5, "{:?}", stl.size_mm);
        }
    }
    std::fs::write(desk.path("name.svg"), drawing("<text x='9' y='9'>Anna</text>")).unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["generate", "name.svg"]));
    assert!(code == 1 && stderr.contains("Object to Path") && !stderr.contains("panicked"), "{stderr}");
}

#[test]
fn a_sound_drawing_that_cannot_be_drawn_is_no_mistake_of_the_program() {
    let desk = Desk::new();
    // What draws gives up on either, the one before it begins.
    let far = "<rect x='-1e30' y='-1e30' width='2e30' height='2e30'/>";
    for content in [far.to_owned(), format!("<clipPath id='c'>{far}</clipPath><circle r='9' clip-path='url(#c)'/>")] {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'>{content}</svg>");
        std::fs::write(desk.path("far.svg"), svg).unwrap();
        let mut command = desk.orfeas(&["generate", "far.svg", "-o", "far.stl"]);
        command.env_remove("RUST_BACKTRACE").env_remove("ORFEAS_LOG");
        let (code, _, stderr) = outcome(command);
        assert!(code == 1 && stderr.matches("error:").count() == 1 && stderr.contains("too far"), "{stderr}");
        assert!(!stderr.contains("mistake") && !stderr.contains("damaged") && !stderr.contains("panicked"), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_and_exits_with_130() {
    use std::io::Read as _;
    let desk = Desk::new();
    desk.draw_sized("figure.png", 512);
    let mut child = desk.spawn(&["generate", "figure.png", "-o", "out.stl", "--quality=fine", "--no-cache"]);
    // The first line on stderr means that the work has begun.
    child.stderr.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    child.interrupt();
    let (code, rest) = child.end();
    assert_eq!(code, 130, "{rest}");
    assert!(rest.contains("interrupted"), "{rest}");
    assert_eq!(desk.names("."), ["figure.png"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf_8_and_names_with_spaces_work() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let desk = Desk::new();
    for name in [OsStr::from_bytes(b"caf\xe9 \xff.png"), OsStr::new("ein schönes 猫.png"), OsStr::new("-dash.png")] {
        let picture = desk.path(".").join(name);
        std::fs::copy(desk.draw("figure.png"), &picture).unwrap();
        let output = desk.orfeas(&["generate", "--quality=draft", "-q", "--"]).arg(&picture).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let expected = picture.with_extension("stl");
        assert_eq!(output.stdout, [expected.as_os_str().as_bytes(), b"\n"].concat());
        assert!(read_stl(&expected).closed);
    }
}
