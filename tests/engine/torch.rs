//! PyTorch's files, whole and hostile. They are written here, instruction by instruction.

use std::io::{Cursor, Write as _};
use std::path::Path;

use orfeas::engine::weights::{StoredType, WeightFile, WeightsError};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A pickle being written.
#[derive(Default)]
struct Pickle(Vec<u8>);

impl Pickle {
    fn new() -> Self {
        Self(vec![0x80, 2])
    }

    fn op(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    fn text(self, text: &str) -> Self {
        self.op(b"X").op(&(text.len() as u32).to_le_bytes()).op(text.as_bytes())
    }

    fn global(self, module: &str, name: &str) -> Self {
        self.op(format!("c{module}\n{name}\n").as_bytes())
    }

    fn ints(self, ints: &[i32]) -> Self {
        let open = self.op(b"(");
        ints.iter().fold(open, |p, n| p.op(b"J").op(&n.to_le_bytes())).op(b"t")
    }

    /// As `torch.save` writes a tensor.
    fn tensor(self, storage: &str, key: &str, offset: i64, shape: &[i32], strides: &[i32]) -> Self {
        let offset = match i32::try_from(offset) {
            Ok(short) => [&b"J"[..], &short.to_le_bytes()].concat(),
            Err(_) => [&b"\x8a\x08"[..], &offset.to_le_bytes()].concat(),
        };
        self.global("torch._utils", "_rebuild_tensor_v2")
            .op(b"((")
            .text("storage")
            .global("torch", storage)
            .text(key)
            .text("cpu")
            .op(b"K\x06tQ")
            .op(&offset)
            .ints(shape)
            .ints(strides)
            .op(b"\x89")
            .global("collections", "OrderedDict")
            .op(b")RtR")
    }

    fn end(self) -> Vec<u8> {
        self.op(b".").0
    }
}

fn archive(parts: &[(&str, &[u8])], compression: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(format!("archive/{name}"), SimpleFileOptions::default().compression_method(compression))
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn open_bytes(bytes: &[u8]) -> Result<WeightFile, WeightsError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    WeightFile::open(file.path())
}

fn numbers() -> Vec<u8> {
    (0..6_u8).flat_map(|n| f32::from(n).to_le_bytes()).collect()
}

fn open(pickle: Vec<u8>) -> Result<WeightFile, WeightsError> {
    let parts: [(&str, &[u8]); 3] = [("data.pkl", &pickle), ("byteorder", b"little"), ("data/0", &numbers())];
    open_bytes(&archive(&parts, CompressionMethod::Stored))
}

/// A dictionary of two models, with all that `torch.save` puts around tensors.
fn whole() -> Vec<u8> {
    Pickle::new()
        .op(b"}q\x00(")
        .text("model")
        .global("collections", "OrderedDict")
        .op(b")Rq\x01(")
        .text("a.weight")
        .tensor("FloatStorage", "0", 0, &[2, 3], &[3, 1])
        .text("a.turned")
        .tensor("FloatStorage", "0", 1, &[2, 2], &[1, 3])
        .op(b"u}")
        .text("_metadata")
        .op(b"}sb")
        .text("vae")
        .op(b"}")
        .text("b")
        .tensor("HalfStorage", "0", 3, &[1], &[1])
        .op(b"s")
        .text("epoch")
        .op(b"K\x07")
        .text("notes")
        .op(b"](N\x88G\x00\x00\x00\x00\x00\x00\x00\x00\x8a\x01\x05e")
        .op(b"u")
        .end()
}

#[test]
fn tensors_are_found_by_the_names_of_their_dictionaries() {
    let weights = open(whole()).unwrap();
    assert_eq!(weights.names().collect::<Vec<_>>(), ["model.a.turned", "model.a.weight", "vae.b"]);
    let weight = weights.get("model.a.weight").unwrap();
    assert_eq!((weight.kind(), weight.shape()), (StoredType::F32, &[2, 3][..]));
    assert_eq!(weight.to_f32(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(weights.get("model.a.turned").unwrap().to_f32(), [1.0, 4.0, 2.0, 5.0]);
    assert_eq!(weights.get("vae.b").unwrap().kind(), StoredType::F16);
}

#[test]
fn a_pickle_with_code_is_refused_and_nothing_runs() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("ran");
    let command = format!("touch {}", trace.display());
    let call = |module: &str, name: &str| {
        Pickle::new().op(b"}").text("a").global(module, name).op(b"(").text(&command).op(b"tRs").end()
    };
    for (module, name) in [
        ("os", "system"),
        ("posix", "system"),
        ("builtins", "eval"),
        ("builtins", "exec"),
        ("subprocess", "Popen"),
        ("torch", "load"),
        ("torch._utils", "_rebuild_tensor_v3"),
        ("collections", "OrderedDict.update"),
        ("torch.jit", "load"),
        ("", ""),
    ] {
        let error = open(call(module, name)).err().unwrap_or_else(|| panic!("{module}.{name} was accepted"));
        assert!(matches!(error, WeightsError::Refused { .. }), "{error}");
    }
    // Other ways to name or make things: by the stack, by number, by class, by text.
    for code in [0x93, 0x82, 0x83, 0x84, 0x81, 0x92, b'i', b'o', b'P', b'I', b'S', b'V', b'B', b'C', 0x8e, 0x97] {
        let error = open(Pickle::new().op(b"}(XXXX").op(&[code]).end()).err().unwrap();
        assert!(matches!(error, WeightsError::Refused { .. } | WeightsError::Damaged { .. }), "{error}");
    }
    let calls_data = Pickle::new().op(b"}").global("torch", "FloatStorage").op(b")R0").end();
    assert!(open(calls_data).is_err());
    assert!(!trace.exists());
}

#[test]
fn tensors_outside_their_numbers_are_refused() {
    for (offset, shape, strides) in [
        (0, &[2, 4][..], &[4, 1][..]),
        (1, &[2, 3], &[3, 1]),
        (0, &[2, 3], &[4, 1]),
        (0, &[1 << 20, 1 << 20, 1 << 20, 1 << 20], &[0, 0, 0, 0]),
        (0, &[7], &[0]),
        (0, &[2], &[i32::MAX]),
        (i64::from(i32::MAX), &[1], &[1]),
        // Bytes before the file, if their number went round.
        (i64::MAX / 2, &[1], &[1]),
        (i64::MAX / 2 - 1, &[1], &[1]),
        (-1, &[1], &[1]),
        (0, &[-1], &[1]),
        (0, &[2], &[-1]),
        (0, &[2, 3], &[1]),
    ] {
        let pickle =
            Pickle::new().op(b"}").text("a").tensor("FloatStorage", "0", offset, shape, strides).op(b"s").end();
        let error = open(pickle).err().unwrap_or_else(|| panic!("{offset} {shape:?} {strides:?} was accepted"));
        assert!(matches!(error, WeightsError::Damaged { .. }), "{error}");
    }
    let pickle = Pickle::new().op(b"}").text("a").tensor("FloatStorage", "1", 0, &[1], &[1]).op(b"s").end();
    assert!(matches!(open(pickle), Err(WeightsError::Damaged { .. })), "numbers that are not there");
    let empty = Pickle::new().op(b"}").text("a").tensor("FloatStorage", "0", 0, &[0, 3], &[3, 1]).op(b"s").end();
    assert!(open(empty).unwrap().get("a").unwrap().to_f32().is_empty());
}

#[test]
fn archives_that_inflate_are_refused() {
    let zeros = vec![0; 50 << 20];
    let pickle = Pickle::new().op(b"}").text("a").tensor("FloatStorage", "0", 0, &[1], &[1]).op(b"s").end();
    for parts in [[("data.pkl", &pickle[..]), ("data/0", &zeros)], [("data.pkl", &zeros), ("data/0", &pickle)]] {
        let bytes = archive(&parts, CompressionMethod::Deflated);
        assert!(bytes.len() < 1 << 20);
        assert!(matches!(open_bytes(&bytes), Err(WeightsError::Refused { .. })));
    }
}

#[test]
fn dictionaries_that_hold_each_other_end() {
    // Each holds the one before twice: 2^40 ways to the innermost.
    let mut doubling = Pickle::new().op(b"}q\x00");
    for n in 0..40_u8 {
        doubling = doubling.op(b"}(").text("a").op(&[b'h', n]).text("b").op(&[b'h', n]).op(&[b'u', b'q', n + 1]);
    }
    assert!(matches!(open(doubling.end()), Err(WeightsError::Refused { .. })));
    let itself = Pickle::new().op(b"}q\x00").text("a").op(b"h\x00s").end();
    assert!(matches!(open(itself), Err(WeightsError::Refused { .. })));
    // A million inside each other, and a million marks.
    let nested = (0..1_000_000).fold(Pickle::new().op(b"}"), |p, _| p.op(b"\x85")).end();
    assert!(open(nested).is_err());
    let marks = Pickle::new().op(&[b'('; 1_000_000]).op(b"}").end();
    assert!(open(marks).is_ok_and(|weights| weights.names().count() == 0));
}

#[test]
fn a_small_file_asks_for_little_memory() {
    let refused = |pickle: Pickle, words: &str| {
        let error = open(pickle.end()).err().unwrap_or_else(|| panic!("{words} was accepted"));
        assert!(matches!(&error, WeightsError::Refused { what, .. } if what.contains(words)), "{error}");
    };
    let entry = |name: &str, key: &str, axes: usize| {
        let ones = vec![1; axes];
        Pickle::new().op(b"}(").text(name).tensor("FloatStorage", key, 0, &ones, &ones).op(b"u")
    };
    // What each call copies, and each entry: both are said once and asked for in six bytes or four.
    refused(entry("a", "0", 200_000), "200000 axes");
    refused(entry(&"k".repeat(1_000_000), "0", 1), "name of 1000000 bytes");
    refused(entry("a", &"0".repeat(1_000_000), 1), "name of 1000000 bytes");
    let inner = entry(&"k".repeat(500), "0", 1).op(b"q\x07");
    refused(inner.op(b"}(").text(&"o".repeat(500)).op(b"h\x07u"), "name of 1001 bytes");
    let once = Pickle::new()
        .op(b"}(")
        .global("torch._utils", "_rebuild_tensor_v2")
        .op(b"q\x01((")
        .text("storage")
        .global("torch", "FloatStorage")
        .text("0")
        .text("cpu")
        .op(b"K\x06tQK\x00")
        .ints(&[1])
        .ints(&[1])
        .op(b"\x89Ntq\x02R");
    // All in a tuple that is passed over in the end.
    let many = |calls: usize| Pickle(once.0.clone()).op(&b"h\x01h\x02R".repeat(calls)).op(b"tb");
    assert!(open(many(1000).end()).is_ok_and(|weights| weights.names().count() == 0));
    refused(many(100_000), "too many tensors");
    refused(Pickle::new().op(b"}").op(&b")".repeat(9 << 20)), "a pickle of 9437188 bytes");
}

#[test]
fn names_that_command_a_terminal_are_shown_without() {
    let name = "a\x1b]0;owned\x07\x1b[31m\nerror: \u{9b}1m \u{202e}";
    let long = format!("{name}{}", "l".repeat(400));
    for pickle in [
        Pickle::new().op(b"}").text(name).tensor("FloatStorage", "1", 0, &[1], &[1]).op(b"s"),
        Pickle::new().op(b"}").text(&long).tensor("FloatStorage", "0", 0, &[7], &[1]).op(b"s"),
        Pickle::new().op(b"}").global(&name.replace('\n', " "), "system"),
    ] {
        let text = open(pickle.end()).err().unwrap().to_string();
        assert!(text.contains("31m") && text.chars().count() < 400, "{text:?}");
        assert!(!text.contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
}

#[test]
fn a_file_cut_off_or_with_a_wrong_bit_gives_an_error_or_the_same_names() {
    let pickle = whole();
    let parts: [(&str, &[u8]); 3] = [("data.pkl", &pickle), ("byteorder", b"little"), ("data/0", &numbers())];
    let bytes = archive(&parts, CompressionMethod::Stored);
    for length in 0..bytes.len() {
        assert!(open_bytes(&bytes[..length]).is_err(), "{length} of {} bytes were accepted", bytes.len());
    }
    let mut read = 0;
    for bit in 0..8 * bytes.len() {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        // Any answer but a panic or a wrong size; what a bit of a number was, only a checksum can tell.
        if let Ok(weights) = open_bytes(&flipped) {
            read += 1;
            for name in weights.names() {
                let view = weights.get(name).unwrap();
                assert_eq!(view.to_f32().len(), view.shape().iter().product::<usize>());
            }
        }
    }
    assert!(read < 8 * bytes.len());
}

#[test]
fn what_is_no_dictionary_of_tensors_is_refused() {
    for pickle in [
        Pickle::new().tensor("FloatStorage", "0", 0, &[1], &[1]).end(),
        Pickle::new().op(b"N").end(),
        Pickle::new().end(),
        Pickle::new().op(b"}(").text("a").op(b"u").end(),
        Pickle::new().op(b"t").end(),
        vec![],
    ] {
        assert!(open(pickle).is_err());
    }
    let parts: [(&str, &[u8]); 2] = [("data.pkl", &whole()), ("byteorder", b"big")];
    assert!(matches!(open_bytes(&archive(&parts, CompressionMethod::Stored)), Err(WeightsError::Refused { .. })));
    assert!(matches!(
        WeightFile::open(Path::new("/")),
        Err(WeightsError::Open { .. } | WeightsError::UnknownFormat(_))
    ));
}
