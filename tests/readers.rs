//! Readers of pictures and meshes on files damaged at random: an error or a sound result, never a
//! panic, a hang, or memory without end. `PROPTEST_CASES=100000 cargo test --release --test readers`
//! runs longer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

use std::io::Cursor;
use std::sync::LazyLock;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use orfeas::export::{self, ExportOptions, Format};
use orfeas::image::intake::{self, Limits};
use orfeas::import;
use orfeas::mesh::Mesh;
use orfeas::progress::Monitor;
use orfeas::request::IntakeParams;
use proptest::prelude::*;
use proptest::sample::Index;

const PICTURE_FORMATS: [ImageFormat; 6] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff];

/// A small good picture of each format.
static PICTURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let picture = RgbaImage::from_fn(23, 17, |x, y| {
        Rgba([(x * 11) as u8, (y * 13) as u8, (x * y) as u8, if x > 3 { 255 } else { 90 }])
    });
    let encode = |format| {
        let mut bytes = Cursor::new(Vec::new());
        let picture = DynamicImage::ImageRgba8(picture.clone());
        let picture = if format == ImageFormat::Jpeg { picture.to_rgb8().into() } else { picture };
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let mut all = PICTURE_FORMATS.map(encode).to_vec();
    all.push(DRAWING.as_bytes().to_vec());
    all
});

/// What a drawing can ask for: styles, gradients, patterns, clips, masks, markers, filters, copies, strokes.
const DRAWING: &str = "<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY red '#c00'>]>
<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='30mm' height='20mm' viewBox='0 0 30 20'>
<style>.a{fill:&red;;stroke:#08f;stroke-width:.5;stroke-dasharray:2 1}</style><defs>
<linearGradient id='g' gradientTransform='rotate(30)'><stop offset='.1' stop-color='#fff'/><stop offset='.9'/></linearGradient>
<radialGradient id='r' xlink:href='#g' r='.7'/><clipPath id='c'><circle cx='9' cy='9' r='8'/></clipPath>
<pattern id='p' width='3' height='2' patternUnits='userSpaceOnUse'><rect width='2' height='1' class='a'/></pattern>
<mask id='m'><rect width='30' height='20' fill='url(#r)'/></mask><marker id='k'><path d='M0 0h2v2z'/></marker>
<filter id='f'><feTurbulence baseFrequency='.1' numOctaves='2'/><feGaussianBlur stdDeviation='.4'/>
<feConvolveMatrix order='3' kernelMatrix='1 1 1 1 1 1 1 1 1'/><feOffset dx='1'/></filter></defs>
<g transform='translate(1 1) scale(.9)' opacity='.8'><path class='a' d='M2 2C5 -3 9 9 12 4A3 2 10 0 1 20 15zM4 4h3v3z' marker-mid='url(#k)'/>
<rect x='3' y='8' width='12' height='9' rx='2' fill='url(#g)' clip-path='url(#c)'/><use id='u' xlink:href='#q' x='3'/></g>
<polygon id='q' points='20,2 28,6 22,12' fill='url(#p)' mask='url(#m)'/><ellipse cx='22' cy='14' rx='5' ry='3' filter='url(#f)'/></svg>";

/// A small good mesh in each format, and in the text forms that others write.
static MESHES: LazyLock<Vec<(Format, Vec<u8>)>> = LazyLock::new(|| {
    let corners = [[0.0; 3], [9.0, 0.0, 0.0], [0.0, 8.0, 0.0], [0.0, 0.0, 7.0]];
    let mesh = Mesh {
        vertex_positions: corners.iter().map(|c| (*c).into()).collect(),
        triangle_indices: vec![[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]],
        vertex_colors: Some(vec![[10, 200, 30]; 4]),
    };
    let encode = |format: &Format| (*format, export::to_bytes(&mesh, *format, &ExportOptions::default()).unwrap());
    let mut all: Vec<_> = Format::ALL.iter().map(encode).collect();
    let facet = "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n";
    all.push((Format::Stl, format!("solid s\n{facet}endsolid s\n").into_bytes()));
    let header = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n\
                  element face 1\nproperty list uchar int vertex_indices\nend_header\n";
    all.push((Format::Ply, format!("{header}0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n").into_bytes()));
    all
});

/// One thing that can happen to a file.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Overwrite(Index, Vec<u8>),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    Cut(Index),
    Number(Index, u32),
}

fn damage() -> impl Strategy<Value = Damage> {
    let bytes = || prop::collection::vec(any::<u8>(), 1..9);
    let place = any::<Index>;
    // Numbers at the edges of their types are what counts and offsets stumble over.
    let edge = prop::sample::select(vec![0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, u32::MAX]);
    prop_oneof![
        4 => (place(), 1_u8..).prop_map(|(i, x)| Damage::Flip(i, x)),
        3 => (place(), bytes()).prop_map(|(i, b)| Damage::Overwrite(i, b)),
        2 => (place(), bytes()).prop_map(|(i, b)| Damage::Insert(i, b)),
        2 => (place(), 1_usize..40).prop_map(|(i, n)| Damage::Remove(i, n)),
        1 => (place(), 1_usize..60, 2_usize..50).prop_map(|(i, n, times)| Damage::Repeat(i, n, times)),
        1 => place().prop_map(Damage::Cut),
        3 => (place(), edge).prop_map(|(i, n)| Damage::Number(i, n)),
    ]
}

fn damaged(good: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match damage {
            Damage::Flip(at, bits) => bytes[at.index(length)] ^= bits,
            Damage::Overwrite(at, new) => {
                bytes.iter_mut().skip(at.index(length)).zip(new).for_each(|(old, new)| *old = *new);
            }
            Damage::Insert(at, new) => {
                let at = at.index(length);
                bytes.splice(at..at, new.iter().copied());
            }
            Damage::Remove(at, count) => {
                let at = at.index(length);
                bytes.drain(at..(at + count).min(length));
            }
            Damage::Repeat(at, count, times) => {
                let at = at.index(length);
                let piece = bytes[at..(at + count).min(length)].repeat(*times);
                bytes.splice(at..at, piece);
            }
            Damage::Cut(at) => bytes.truncate(at.index(length)),
            Damage::Number(at, number) => {
                let at = at.index(length);
                bytes.iter_mut().skip(at).zip(number.to_le_bytes()).for_each(|(old, new)| *old = new);
            }
        }
    }
    bytes
}

fn read_picture(bytes: &[u8]) -> Result<(), TestCaseError> {
    // Small limits keep a run short; what they refuse would be refused at larger sizes, too.
    let limits = Limits { max_pixels: 1 << 20, max_decoded_bytes: 8 << 20, ..Limits::default() };
    let params = IntakeParams { working_size_px: 64, ..IntakeParams::default() };
    match intake::decode(bytes, &params, &limits, &Monitor::silent()) {
        Ok(picture) => {
            let (width, height) = picture.pixels.dimensions();
            prop_assert!((1..=64).contains(&width) && (1..=64).contains(&height));
        }
        Err(error) => sentence(&error.to_string())?,
    }
    Ok(())
}

fn read_mesh(bytes: &[u8], format: Format) -> Result<(), TestCaseError> {
    match import::read_bytes(bytes, format) {
        Ok(mesh) => prop_assert_eq!(mesh.validate(), Ok(())),
        Err(error) => sentence(&error.to_string())?,
    }
    Ok(())
}

/// Whether an error says something that can be read.
fn sentence(text: &str) -> Result<(), TestCaseError> {
    prop_assert!((10..500).contains(&text.len()), "{:?}", text);
    prop_assert!(!text.contains("panicked") && !text.contains('\n'), "{:?}", text);
    Ok(())
}

proptest! {
    #[test]
    fn damaged_pictures(which in any::<Index>(), damages in prop::collection::vec(damage(), 1..6)) {
        read_picture(&damaged(&PICTURES[which.index(PICTURES.len())], &damages))?;
    }

    #[test]
    fn damaged_meshes(which in any::<Index>(), damages in prop::collection::vec(damage(), 1..6)) {
        let (format, good) = &MESHES[which.index(MESHES.len())];
        read_mesh(&damaged(good, &damages), *format)?;
    }

    #[test]
    fn noise(bytes in prop::collection::vec(any::<u8>(), 0..2000), which in any::<Index>()) {
        read_picture(&bytes)?;
        read_mesh(&bytes, Format::ALL[which.index(Format::ALL.len())])?;
    }

    #[test]
    fn noise_behind_a_true_beginning(which in any::<Index>(), keep in 4_usize..100, bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        let start = |good: &[u8]| [&good[..keep.min(good.len())], &bytes].concat();
        read_picture(&start(&PICTURES[which.index(PICTURES.len())]))?;
        let (format, good) = &MESHES[which.index(MESHES.len())];
        read_mesh(&start(good), *format)?;
    }
}

#[test]
fn the_undamaged_files_are_read() {
    for (format, bytes) in MESHES.iter() {
        assert!(import::read_bytes(bytes, *format).is_ok_and(|mesh| !mesh.triangle_indices.is_empty()), "{format:?}");
    }
    for (format, bytes) in PICTURE_FORMATS.iter().zip(PICTURES.iter()) {
        let read = intake::decode(bytes, &IntakeParams::default(), &Limits::default(), &Monitor::silent());
        assert!(read.is_ok_and(|picture| picture.pixels.dimensions() == (23, 17)), "{format:?}");
    }
}
