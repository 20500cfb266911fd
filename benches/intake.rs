//! Taking in a 12-megapixel photo: against Pillow in the same run, and what resizing before
//! sharpening buys.
//!
//! `cargo bench --bench intake`. Needs `python3` with Pillow for the comparison (another interpreter:
//! `ORFEAS_PYTHON=…`); without it that line says that it was skipped.

#![allow(clippy::expect_used, reason = "a bench that cannot run should stop")]

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use criterion::Criterion;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage, RgbaImage};
use orfeas::image::enhance::sharpen;
use orfeas::image::intake::{Limits, decode};
use orfeas::progress::Monitor;
use orfeas::request::IntakeParams;

const SIZE: [u32; 2] = [4000, 3000];
const SMALL: [u32; 2] = [1024, 768];
const CHILD: &str = "ORFEAS_BENCH_MEMORY_OF";
const ROUNDS: usize = 9;

fn main() {
    if let Ok(path) = std::env::var(CHILD) {
        return report_own_memory(Path::new(&path));
    }
    // Run as a test, a bench only has to start.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for the photo");
    let path = folder.path().join("photo.jpg");
    let photo = photo();
    std::fs::write(&path, encode(&photo)).expect("space for the photo");
    against_pillow(&path);
    peak_memory(&path);

    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let bytes = std::fs::read(&path).expect("the photo");
    let mut group = criterion.benchmark_group("12 MP photo");
    group.bench_function("decode, resize to 1024, sharpen", |b| b.iter(|| take_in(black_box(&bytes), 1.2)));
    group.bench_function("decode, resize to 1024", |b| b.iter(|| take_in(black_box(&bytes), 1.0)));
    let rgba = image::DynamicImage::ImageRgb8(photo).into_rgba8();
    group.bench_function("resize, then sharpen", |b| b.iter(|| resize_then_sharpen(black_box(&rgba))));
    group.bench_function("sharpen, then resize", |b| b.iter(|| sharpen_then_resize(black_box(&rgba))));
    group.finish();
}

/// Smooth light, hard edges, fine texture and sensor noise, so that it compresses as a photo does.
fn photo() -> RgbImage {
    RgbImage::from_fn(SIZE[0], SIZE[1], |x, y| {
        let (u, v) = (x as f32 / SIZE[0] as f32, y as f32 / SIZE[1] as f32);
        let noise = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77)).wrapping_mul(0xC2B2_AE3D) >> 28;
        let texture = (u * 400.0 + (v * 90.0).sin() * 3.0).sin() * 14.0 * v;
        let disc = if (u - 0.5).hypot(v - 0.5) < 0.25 { 70.0 } else { 0.0 };
        let light = 60.0 + 90.0 * u + 40.0 * (v * 5.0).cos() + texture + noise as f32;
        Rgb([(light + disc) as u8, light as u8, (light * 0.8 + 30.0 * v) as u8])
    })
}

fn encode(photo: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(photo).expect("a photo can be encoded");
    bytes
}

fn take_in(bytes: &[u8], sharpness: f32) -> orfeas::image::Picture {
    let params = IntakeParams { working_size_px: SMALL[0], sharpness };
    decode(bytes, &params, &Limits::default(), &Monitor::silent()).expect("the photo is whole")
}

fn resized(source: &RgbaImage) -> RgbaImage {
    let view = ImageRef::new(SIZE[0], SIZE[1], source.as_raw(), PixelType::U8x4).expect("a whole buffer");
    let mut target = Image::new(SMALL[0], SMALL[1], PixelType::U8x4);
    Resizer::new().resize(&view, &mut target, None).expect("same sample type");
    RgbaImage::from_raw(SMALL[0], SMALL[1], target.into_vec()).expect("a whole buffer")
}

fn resize_then_sharpen(source: &RgbaImage) -> RgbaImage {
    let mut small = resized(source);
    sharpen(&mut small, 1.2);
    small
}

fn sharpen_then_resize(source: &RgbaImage) -> RgbaImage {
    let mut large = source.clone();
    sharpen(&mut large, 1.2);
    resized(&large)
}

/// Prints to standard output, which is what a bench is for.
#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
fn say(line: &str) {
    println!("{line}");
}

fn median_ms(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Reads, decodes and resizes like [`take_in`]. `draft` lets libjpeg decode at a quarter of the size
/// (it scales inside the transform), which is faster, and another picture.
const PILLOW: &str = "
import sys, time, statistics
from PIL import Image, __version__
def run(draft):
    start = time.perf_counter()
    image = Image.open(sys.argv[1])
    if draft: image.draft('RGB', (1024, 768))
    image.resize((1024, 768), Image.LANCZOS)
    return (time.perf_counter() - start) * 1e3
rounds = int(sys.argv[2])
print(statistics.median(run(False) for _ in range(rounds)), statistics.median(run(True) for _ in range(rounds)), __version__)
";

fn pillow_ms(path: &Path) -> Option<(f64, f64, String)> {
    let python = std::env::var("ORFEAS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python).args(["-c", PILLOW]).arg(path).arg(ROUNDS.to_string()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut words = text.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?.to_owned()))
}

fn against_pillow(path: &Path) {
    let ours = || {
        median_ms(|| {
            let bytes = std::fs::read(path).expect("the photo");
            black_box(take_in(&bytes, 1.0));
        })
    };
    let before = ours();
    let Some((full, draft, version)) = pillow_ms(path) else {
        return say(&format!("decode + resize: {before:.1} ms; comparison skipped: no python3 with Pillow"));
    };
    let ours = (before + ours()) / 2.0;
    say(&format!(
        "decode + resize 4000×3000 JPEG to 1024×768: {ours:.1} ms, Pillow {version} {full:.1} ms, ratio {:.2}×; \
         Pillow with DCT scaling (draft) {draft:.1} ms, ratio {:.2}×",
        full / ours,
        draft / ours
    ));
}

fn peak_memory(path: &Path) {
    let Ok(own) = std::env::current_exe() else { return };
    let Ok(output) = Command::new(own).env(CHILD, path).output() else { return };
    say(String::from_utf8_lossy(&output.stdout).trim());
}

/// Runs in a process of its own, so that nothing else counts.
fn report_own_memory(path: &Path) {
    let bytes = std::fs::read(path).expect("the photo");
    let picture = take_in(&bytes, 1.2);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).map_or("unknown", str::trim);
    let decoded_kib = SIZE[0] * SIZE[1] * 3 / 1024;
    let _ = writeln!(
        std::io::stdout(),
        "peak memory of the whole process: {peak} (file {} kB, decoded pixels {decoded_kib} kB, result {}×{})",
        bytes.len() / 1024,
        picture.pixels.width(),
        picture.pixels.height()
    );
}
