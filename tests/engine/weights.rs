//! Files of weights, whole and hostile.

use std::io::Write as _;

use orfeas::engine::weights::{LoadOptions, Precision, WeightFile, WeightsError, load};

use crate::support::device;

fn file(header: &str, data: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(header.as_bytes()).unwrap();
    file.write_all(data).unwrap();
    file
}

fn open(header: &str, data: &[u8]) -> Result<WeightFile, WeightsError> {
    WeightFile::open(file(header, data).path())
}

const TWO: &str = r#"{"__metadata__":{"config":"{}"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b.c":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]}}"#;
const TWO_DATA: [u8; 12] = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0x3c, 0, 0xbc];

#[test]
fn tensors_are_found_by_name() {
    let weights = open(TWO, &TWO_DATA).unwrap();
    assert_eq!(weights.names().collect::<Vec<_>>(), ["a", "b.c"]);
    assert_eq!(weights.get("a").unwrap().to_f32(), [1.0, -2.0]);
    assert_eq!(weights.get("b.c").unwrap().shape(), [1, 2]);
    assert_eq!(weights.get("b.c").unwrap().to_f32(), [1.0, -1.0]);
    assert_eq!(weights.metadata()["config"], "{}");
    assert!(weights.get("b").is_none());
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let bad = [
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#, "outside"),
        (r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "does not fit its shape"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "outside"),
        (r#"{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}"#, "does not fit its shape"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "more in it"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, "gap"),
        (
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
            "overlaps",
        ),
        (
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}}"#,
            "two tensors named a",
        ),
        (r#"{"a":{"dtype":"F8_E4M3","shape":[12],"data_offsets":[0,12]}}"#, "F8_E4M3"),
        (r#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "header"),
        (r#"{"a":"#, "header"),
    ];
    for (header, words) in bad {
        let error = open(header, &TWO_DATA).err().unwrap_or_else(|| panic!("{header} was accepted")).to_string();
        assert!(error.contains(words), "{header}: {error}");
    }
}

#[test]
fn a_file_cut_off_anywhere_gives_a_clear_error() {
    let whole = std::fs::read(file(TWO, &TWO_DATA).path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for length in 0..whole.len() {
        let path = folder.path().join("cut");
        std::fs::write(&path, &whole[..length]).unwrap();
        let error = WeightFile::open(&path).err().unwrap_or_else(|| panic!("{length} bytes were accepted"));
        assert!(matches!(error, WeightsError::Damaged { .. } | WeightsError::UnknownFormat(_)), "{length}: {error}");
    }
    assert!(matches!(WeightFile::open(&folder.path().join("none")), Err(WeightsError::Open { .. })));
}

#[test]
fn names_that_command_a_terminal_are_shown_without() {
    // As JSON has it: escape, bell, line feed, and what turns the direction of writing.
    let name = r"a\u001b[31m\u0007\u000aerror: \u202e";
    let ones = ["1"; 9].join(",");
    for header in [
        format!(r#"{{"{name}":{{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}}}"#),
        format!(r#"{{"a":{{"dtype":"{name}","shape":[2],"data_offsets":[0,8]}}}}"#),
        format!(r#"{{"{name}":{{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}}}"#),
        format!(r#"{{"{name}":{{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}}}"#),
        format!(r#"{{"{name}":{{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}}}"#),
        format!(r#"{{"{name}":{{"dtype":"F32","shape":[{ones},3],"data_offsets":[0,12]}}}}"#),
        format!(r#"{{"a":{{"{name}":1}}}}"#),
        format!(r#"{{"{name}":{{"dtype":"F32","shape":[3],"data_offsets":[0,12]}},"{name}":1}}"#),
    ] {
        let text = open(&header, &TWO_DATA).err().unwrap_or_else(|| panic!("{header} was accepted")).to_string();
        assert!(text.contains("31m") && !text.contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
    let whole = format!(r#"{{"{name}":{{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}}}"#);
    let weights = open(&whole, &TWO_DATA).unwrap();
    let text = load(&weights, &LoadOptions::new(device()), |w| w.tensor("a", [3])).unwrap_err().to_string();
    assert!(text.contains("31m") && !text.contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
}

#[test]
fn a_header_that_claims_gigabytes_costs_nothing() {
    let mut bytes = u64::MAX.to_le_bytes().to_vec();
    bytes.extend(b"{\"a\":1}");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    assert!(matches!(WeightFile::open(file.path()), Err(WeightsError::Damaged { .. })));
}

#[test]
fn one_error_names_all_differences() {
    let weights = open(TWO, &TWO_DATA).unwrap();
    let error = load(&weights, &LoadOptions::new(device()), |w| {
        (w.tensor("a", [3]), w.at("d").tensor("e", [1]), w.at("d").tensor("f", [1, 4]))
    });
    let Err(WeightsError::Mismatch(mismatch)) = error else { panic!("loaded") };
    assert_eq!(mismatch.missing, ["d.e", "d.f"]);
    assert_eq!(mismatch.unexpected, ["b.c"]);
    assert_eq!(mismatch.misshapen, [("a".to_owned(), vec![3], vec![2])]);
    let text = mismatch.to_string();
    assert!(["d.e", "d.f", "b.c", "a [2] instead of [3]"].iter().all(|part| text.contains(part)), "{text}");
}

#[test]
fn tensors_load_in_the_precision_asked_for() {
    let weights = open(TWO, &TWO_DATA).unwrap();
    for precision in [Precision::F32, Precision::F16, Precision::Bf16] {
        let options = LoadOptions { precision, ..LoadOptions::new(device()) };
        let (a, c) = load(&weights, &options, |w| (w.exact("a", [2]), w.at("b").tensor("c", [1, 2]))).unwrap();
        assert_eq!(a.dtype(), Precision::F32.dtype());
        assert_eq!(c.dtype(), precision.dtype());
        assert_eq!(c.into_data().convert::<f32>().to_vec::<f32>().unwrap(), [1.0, -1.0]);
    }
    let below = LoadOptions { prefix: "b.", ..LoadOptions::new(device()) };
    assert!(load(&weights, &below, |w| w.tensor("c", [1, 2])).is_ok());
}

#[test]
fn a_weight_that_is_not_a_number_is_told_by_name() {
    let header = r#"{"x.y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    for bad in [f32::NAN, f32::INFINITY, 1e30] {
        let data: Vec<u8> = [1.0, bad].iter().flat_map(|n: &f32| n.to_le_bytes()).collect();
        let weights = open(header, &data).unwrap();
        let options = LoadOptions { precision: Precision::F16, ..LoadOptions::new(device()) };
        let error = load(&weights, &options, |w| w.tensor("x.y", [2])).unwrap_err();
        assert!(matches!(&error, WeightsError::NotFinite { name, .. } if name == "x.y"), "{error}");
    }
}
