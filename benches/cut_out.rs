//! How well objects are cut out of pictures whose truth is known: by colours, by the network, and by
//! whichever the program chooses.
//!
//! `cargo bench --bench cut_out -- FOLDER...`: each folder holds pictures `0000.png` with their
//! opacity `0000.alpha.png`, as `models/matte/train/scenes.py` writes them. For each it prints the mean
//! overlap (IoU at half opacity; 0 where nothing was found) and seconds per picture.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "that is how a bench speaks")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use image::{GrayImage, RgbaImage};
use orfeas::image::Picture;
use orfeas::image::matte::{Method, cut_out_with};
use orfeas::pipeline::Asked;
use orfeas::progress::Monitor;
use orfeas::request::{CutOutMethod, CutOutParams};

fn main() {
    let folders = std::env::args().skip(1).filter(|a| !a.starts_with("--")).map(PathBuf::from);
    for folder in folders {
        let scenes = scenes(&folder);
        println!("{} pictures of {}", scenes.len(), folder.display());
        for method in [CutOutMethod::Colors, CutOutMethod::Network, CutOutMethod::Auto] {
            measure(&scenes, method);
        }
    }
}

/// Pictures and their truth.
fn scenes(folder: &Path) -> Vec<(Picture, GrayImage)> {
    let read = |at: usize| {
        let pixels = image::open(folder.join(format!("{at:04}.png"))).ok()?.to_rgba8();
        let truth = image::open(folder.join(format!("{at:04}.alpha.png"))).expect("the opacity").to_luma8();
        Some((Picture { pixels, has_alpha: false }, truth))
    };
    (0..).map_while(read).collect()
}

fn measure(scenes: &[(Picture, GrayImage)], method: CutOutMethod) {
    let params = CutOutParams { method, ..CutOutParams::default() };
    let (mut sum, mut asked, begun) = (0.0, 0, Instant::now());
    for (picture, truth) in scenes {
        let network = Asked::default();
        let cut = cut_out_with(picture, &params, None, network.help(&params), &Monitor::silent());
        // Figures without it would be no figures of the program's.
        assert_eq!(network.note_on_failure(), None);
        if let Ok(cut) = cut {
            sum += overlap(&cut.pixels, truth);
            asked += usize::from(cut.method == Method::Network);
        }
    }
    let count = scenes.len().max(1) as f64;
    let secs = begun.elapsed().as_secs_f64() / count;
    println!("{:>8}: overlap {:.4}, {asked} by the network, {secs:.2} s each", method.name(), sum / count);
}

fn overlap(found: &RgbaImage, truth: &GrayImage) -> f64 {
    let (mut both, mut either) = (0_u32, 0_u32);
    for (a, b) in found.pixels().zip(truth.pixels()) {
        let (a, b) = (a[3] >= 128, b[0] >= 128);
        both += u32::from(a && b);
        either += u32::from(a || b);
    }
    f64::from(both) / f64::from(either.max(1))
}
