//! Samples for training, and the benchmark.

#[cfg(unix)]
use std::io::Read as _;
use std::path::Path;

use super::support::{Desk, outcome, write_cube};

#[test]
fn samples_are_streamed_and_drawn() {
    let desk = Desk::new();
    let stream = |arguments: &[&str]| {
        let all = [&["dataset", "stream", "--side=32", "--seed=4"], arguments].concat();
        let output = desk.orfeas(&all).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let record = 32 + 23 * 32 * 32 + 16 * 16 * 16;
    let three = stream(&["--count=3", "--threads=2"]);
    assert_eq!(three.len(), 3 * record);
    assert_eq!(&three[..4], b"COC1");
    assert!(three[record..] == stream(&["--first=1", "--count=2"]));
    let sheet = ["dataset", "sheet", "--count=2", "--side=32", "--truth", "-o", "sheet.png"];
    assert_eq!(outcome(desk.orfeas(&sheet)).0, 0);
    assert_eq!(image::open(desk.path("sheet.png")).unwrap().height(), 34);
    let (code, _, stderr) = outcome(desk.orfeas(&sheet));
    assert!(code != 0 && stderr.contains("sheet.png"), "{stderr}");
}

/// Bytes of a sample of 32 pixels in the stream.
#[cfg(unix)]
const RECORD: usize = 32 + 23 * 32 * 32 + 16 * 16 * 16;

#[cfg(unix)]
#[test]
fn a_stream_goes_on_where_its_signals_are_to_be_ignored() {
    let desk = Desk::new();
    // So many that it waits for its reader before the last one is made.
    let arguments = ["dataset", "stream", "--side=32", "--threads=1", "--count=200"];
    let mut child = desk.spawn_ignoring("HUP INT", &arguments);
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    child.send("HUP");
    child.send("INT");
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).unwrap();
    let (code, said) = child.end();
    assert_eq!((code, said.as_str(), 1 + rest.len()), (0, "", 200 * RECORD));
}

#[cfg(unix)]
#[test]
fn an_interrupted_stream_ends_with_a_whole_sample_and_waits_for_no_reader() {
    for reads_on in [true, false] {
        let desk = Desk::new();
        let mut child = desk.spawn(&["dataset", "stream", "--side=32", "--threads=1"]);
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0]).unwrap();
        child.interrupt();
        if reads_on {
            let mut rest = Vec::new();
            stdout.read_to_end(&mut rest).unwrap();
            assert_eq!((1 + rest.len()) % RECORD, 0);
        }
        let (code, said) = child.end();
        assert!(code == 130 && said.contains("interrupted"), "{reads_on}: {code}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_interruption_waits_for_no_samples() {
    let desk = Desk::new();
    // Minutes of work before there is anything to write.
    for arguments in [
        &["dataset", "stream", "--side=512", "--threads=16"][..],
        &["dataset", "sheet", "--side=256", "--count=500", "-o", "sheet.png"],
    ] {
        let mut child = desk.spawn(arguments);
        child.until_it_listens();
        child.interrupt();
        let (code, said) = child.end();
        assert!(code == 130 && said.contains("interrupted"), "{arguments:?}: {code}: {said}");
    }
    assert!(desk.names(".").is_empty());
}

#[test]
fn the_help_names_what_reads_a_stream_and_what_tells_its_format() {
    let (code, help, stderr) = outcome(Desk::new().orfeas(&["dataset", "--help"]));
    assert_eq!(code, 0, "{stderr}");
    let text = |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let words = || help.split_whitespace();
    let format = words().find(|word| word.ends_with("README.md")).unwrap();
    assert!(text(format).contains("COC1"), "{format}");
    let trainer = words().skip_while(|word| *word != "python").nth(1).unwrap();
    assert!(text(trainer).contains("sys.stdin") && text(trainer).contains("--into"), "{trainer}");
}

#[test]
fn wrong_numbers_and_missing_solids_are_told() {
    let desk = Desk::new();
    let (code, _, stderr) = outcome(desk.orfeas(&["dataset", "stream", "--side=33", "--count=1"]));
    assert!(code == 2 && stderr.contains("multiple of 16"), "{stderr}");
    let (code, _, stderr) = outcome(desk.orfeas(&["dataset", "stream", "--solids=none.safetensors", "--count=1"]));
    assert!(code == 1 && stderr.contains("none.safetensors"), "{stderr}");
    let large = ["dataset", "sheet", "--count=2000", "--side=512", "--truth", "-o", "sheet.png"];
    let (code, _, stderr) = outcome(desk.orfeas(&large));
    assert!(code == 2 && stderr.contains("megapixels") && !desk.path("sheet.png").exists(), "{stderr}");
    // There are fewer samples than that behind this one.
    for flags in [&["stream"][..], &["sheet", "-o", "sheet.png"]] {
        let beyond = [&["dataset"], flags, &["--count=3", "--first=18446744073709551614", "--side=32"]].concat();
        let (code, stdout, stderr) = outcome(desk.orfeas(&beyond));
        assert!(code == 2 && stdout.is_empty() && stderr.contains("--first"), "{code}: {stderr}");
    }
    assert!(!desk.path("sheet.png").exists());
    let (code, _, stderr) = outcome(desk.orfeas(&["evaluate", "nowhere"]));
    assert!(code == 1 && stderr.contains("nowhere"), "{stderr}");
    let (code, _, stderr) = outcome(desk.orfeas(&["evaluate", ".", "--with=magic"]));
    assert!(code == 2 && stderr.contains("inflate"), "{stderr}");
}

/// A file of one packed solid, a tetrahedron, that is for training.
fn write_packed(path: &Path) {
    let numbers = |values: &[u16]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let offsets = |end: i64| [0, end].iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let tensors = [
        ("vertices", "U16", "[4,3]", numbers(&[0, 0, 0, 65535, 0, 0, 0, 65535, 0, 0, 0, 65535])),
        ("colors", "U8", "[4,3]", vec![200; 12]),
        ("faces", "U16", "[4,3]", numbers(&[0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3])),
        ("vertex_offsets", "I64", "[2]", offsets(4)),
        ("face_offsets", "I64", "[2]", offsets(4)),
        ("split", "U8", "[1]", vec![0]),
    ];
    let (mut header, mut data) = (Vec::new(), Vec::new());
    for (name, kind, shape, bytes) in tensors {
        let (from, to) = (data.len(), data.len() + bytes.len());
        header.push(format!("\"{name}\":{{\"dtype\":\"{kind}\",\"shape\":{shape},\"data_offsets\":[{from},{to}]}}"));
        data.extend(bytes);
    }
    let header = format!("{{{}}}", header.join(","));
    let file = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &data].concat();
    std::fs::write(path, file).unwrap();
}

#[test]
fn numbers_that_make_no_samples_and_shares_that_change_none_are_refused() {
    let desk = Desk::new();
    write_packed(&desk.path("solids.safetensors"));
    let solids = "--solids=solids.safetensors";
    for (flags, expected, word) in [
        (&["--count=0"][..], 2, "--count"),
        (&["--count", "-3"], 2, "--count"),
        (&["--first", "-1", "--count=1"], 2, "--first"),
        (&["--first=18446744073709551615"], 2, "--first"),
        (&["--side", "-32", "--count=1"], 2, "multiple of 16"),
        (&["--things=nan", "--count=1"], 2, "0 to 1"),
        (&["--things", "-0.5", "--count=1"], 2, "0 to 1"),
        (&["--plain=inf", "--count=1"], 2, "0 to 1"),
        (&["--threads=0", "--count=1"], 2, "--threads"),
        (&["--plain=0.8", "--things=0", "--count=1"], 2, "--plain has no effect"),
        (&[solids, "--plain=1", "--things=1", "--count=1"], 2, "--solids has no effect"),
        (&[solids, "--split=val", "--count=1"], 1, "--split"),
        (&["--solids=.", "--count=1"], 1, "a folder"),
    ] {
        let (code, stdout, stderr) = outcome(desk.orfeas(&[&["dataset", "stream"], flags].concat()));
        assert_eq!((code, stdout.as_str()), (expected, ""), "{flags:?}: {stderr}");
        assert!(stderr.contains(word), "{flags:?}: {stderr}");
    }
    let (code, stdout, stderr) = outcome(desk.orfeas(&[
        "dataset",
        "sheet",
        "--count=1",
        "--side=32",
        "-o",
        "solids.safetensors",
        "--overwrite",
    ]));
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(stderr.contains("end the name in .png"), "{stderr}");
    let drawn = ["dataset", "sheet", "--count=1", "--side=32", solids, "--things=0", "--plain=0.8", "-o", "sheet.png"];
    let (code, _, stderr) = outcome(desk.orfeas(&drawn));
    assert_eq!(code, 0, "{stderr}");
}

// Elsewhere there is no such device.
#[cfg(unix)]
#[test]
fn devices_are_not_read_for_solids() {
    let desk = Desk::new();
    for arguments in [&["dataset", "stream", "--count=1", "--solids=/dev/zero"][..], &["evaluate", "/dev/zero"]] {
        let mut command = desk.orfeas(arguments);
        command.timeout(std::time::Duration::from_secs(60));
        let (code, stdout, stderr) = outcome(command);
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        assert!(stderr.contains("a device"), "{stderr}");
    }
}

#[test]
fn a_stream_ends_quietly_when_its_reader_does() {
    use std::io::Read as _;
    let desk = Desk::new();
    let mut child = desk.spawn(&["dataset", "stream", "--side=32", "--threads=1"]);
    let mut first = [0; 4];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"COC1");
    let (code, stderr) = child.end();
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn a_folder_of_solids_is_measured() {
    let desk = Desk::new();
    desk.draw("figure.png");
    let made = ["generate", "figure.png", "-q", "--quality=draft", "-o", "solids.stl"];
    assert_eq!(outcome(desk.orfeas(&made)).0, 0);
    std::fs::create_dir(desk.path("solids")).unwrap();
    std::fs::rename(desk.path("solids.stl"), desk.path("solids/figure.stl")).unwrap();
    let (code, stdout, stderr) = outcome(desk.orfeas(&[
        "evaluate",
        "solids",
        "--views=1",
        "--quality=draft",
        "--json=scores.json",
        "--sheet=sheets",
    ]));
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("all (1 pictures)") && stdout.contains("inflate"), "{stdout}");
    let scores: serde_json::Value = serde_json::from_slice(&std::fs::read(desk.path("scores.json")).unwrap()).unwrap();
    let inflate = &scores["means"][1][1]["all"];
    assert!(inflate["manifold"] == 1.0 && inflate["silhouette"].as_f64().unwrap() > 0.9, "{scores}");
    assert!(image::open(desk.path("sheets/inflate.png")).is_ok());
}

#[test]
fn settings_that_nothing_measured_reads_are_refused() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("solids")).unwrap();
    write_cube(&desk.path("solids/cube.stl"), false);
    for (flags, expected) in [
        (&["--with=extrude", "--thickness=3"][..], "--thickness has no effect on extrude"),
        (&["--with=relief", "--baseline=relief", "--background=keep"], "has no effect here"),
        (&["--with=lithophane", "--baseline=lithophane", "--threshold=0.9", "--cut-out=network"], "has no effect here"),
        (&["--with=lithophane", "--baseline=lithophane", "--litho-min=4", "--litho-max=2"], "must be less"),
    ] {
        let (code, stdout, stderr) = outcome(desk.orfeas(&[&["evaluate", "solids", "--views=1"], flags].concat()));
        assert_eq!((code, stdout.as_str()), (2, ""), "{flags:?}: {stderr}");
        assert!(stderr.contains(expected), "{flags:?}: {stderr}");
    }
}

#[test]
fn what_a_measurement_would_overwrite_or_pass_over_is_told_before_the_work() {
    let desk = Desk::new();
    for folder in ["solids", "sheets"] {
        std::fs::create_dir(desk.path(folder)).unwrap();
    }
    write_cube(&desk.path("solids/cube.stl"), false);
    let kept = ["scores.json", "sheets/extrude.png"].map(|name| desk.path(name));
    kept.iter().for_each(|path| std::fs::write(path, "precious").unwrap());
    let run = |flags: &[&str]| {
        outcome(desk.orfeas(&[&["evaluate", "solids", "--views=1", "--with=extrude"], flags].concat()))
    };
    for (flag, expected, word) in [
        ("--json=scores.json", 1, "--overwrite"),
        ("--json=missing/scores.json", 1, "missing"),
        ("--sheet=sheets", 1, "--overwrite"),
        ("--baseline=infalte", 2, "infalte"),
        ("--baseline=inflate", 2, "--with"),
        ("--with=extrude", 2, "more than once"),
        ("--split=val", 2, "--split"),
        ("--limit=0", 2, "--limit"),
        ("--views=0", 2, "--views"),
        ("--only=", 2, "--only"),
        ("--json=solids/cube.stl", 2, "a solid"),
        ("--only=teapot", 2, "teapot"),
    ] {
        let (code, stdout, stderr) = run(&[flag]);
        assert_eq!((code, stdout.as_str()), (expected, ""), "{flag}: {stderr}");
        assert!(stderr.contains(word) && !stderr.contains("of 1 pictures"), "{flag}: {stderr}");
    }
    let cube = std::fs::read(desk.path("solids/cube.stl")).unwrap();
    let (code, _, stderr) = run(&["--json=solids/cube.stl", "--overwrite"]);
    assert!(code == 2 && stderr.contains("a solid"), "{stderr}");
    assert!(std::fs::read(desk.path("solids/cube.stl")).unwrap() == cube);
    let (code, _, stderr) = outcome(desk.orfeas(&["evaluate", "nowhere", "--sheet=new"]));
    assert!(code == 1 && stderr.contains("nowhere") && !desk.path("new").exists(), "{stderr}");
    assert!(kept.iter().all(|path| std::fs::read(path).unwrap() == b"precious"));
    let (code, stdout, stderr) = run(&["--json=scores.json", "--sheet=sheets", "--overwrite", "--baseline=extrude"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("all (1 pictures)"), "{stdout}");
    assert!(serde_json::from_slice::<serde_json::Value>(&std::fs::read(&kept[0]).unwrap()).is_ok());
    assert!(image::open(&kept[1]).is_ok());
}
