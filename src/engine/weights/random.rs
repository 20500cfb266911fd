//! Files of random numbers in the place of published weights: to try loading, memory and speed at full
//! size where the published files cannot be had.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use burn::tensor::{bf16, f16};

use super::{Precision, StoredType};
use crate::files::{IfExists, WriteError, write_atomically};
use crate::progress::{Monitor, Stage};

/// Numbers written at once.
const CHUNK: usize = 1 << 16;

/// Writes a `.safetensors` file of these tensors. Matrices get numbers that keep a signal's size, norms
/// get about 1, biases about 0, so a network of them neither dies nor overflows in 16 bits.
///
/// The same tensors, seed and precision give the same bytes. Progress is in numbers under
/// [`Stage::Export`].
///
/// # Errors
/// See [`WriteError`].
pub fn write_random(
    path: &Path,
    tensors: &BTreeMap<String, Vec<usize>>,
    precision: Precision,
    seed: u64,
    monitor: &Monitor,
) -> Result<(), WriteError> {
    let kind = match precision {
        Precision::F32 => StoredType::F32,
        Precision::F16 => StoredType::F16,
        Precision::Bf16 => StoredType::BF16,
    };
    let total: u64 = tensors.values().map(|shape| shape.iter().product::<usize>() as u64).sum();
    let mut done = 0;
    let mut cancelled = None;
    let written = write_atomically(path, IfExists::Replace, |out| {
        let header = header(tensors, kind);
        out.write_all(&(header.len() as u64).to_le_bytes())?;
        out.write_all(header.as_bytes())?;
        let mut numbers = Uniform(seed);
        for (name, shape) in tensors {
            let (center, spread) = distribution(name, shape);
            let mut left: usize = shape.iter().product();
            while left > 0 {
                if let Err(stop) = monitor.step(Stage::Export, done, total) {
                    cancelled = Some(stop);
                    return Err(io::ErrorKind::Interrupted.into());
                }
                let count = left.min(CHUNK);
                let chunk: Vec<f32> = (0..count).map(|_| center + spread * numbers.next()).collect();
                out.write_all(&stored(&chunk, precision))?;
                left -= count;
                done += count as u64;
            }
        }
        Ok(())
    });
    match cancelled {
        Some(stop) => Err(stop.into()),
        None => written,
    }
}

/// The same numbers for a few small tensors, in memory: shapes and numbers by name.
pub fn random_tensors(tensors: &BTreeMap<String, Vec<usize>>, seed: u64) -> BTreeMap<String, Numbers> {
    let mut numbers = Uniform(seed);
    let random = |(name, shape): (&String, &Vec<usize>)| {
        let (center, spread) = distribution(name, shape);
        let count = shape.iter().product();
        (name.clone(), (shape.clone(), (0..count).map(|_| center + spread * numbers.next()).collect()))
    };
    tensors.iter().map(random).collect()
}

/// Shape and numbers of a tensor.
pub type Numbers = (Vec<usize>, Vec<f32>);

fn header(tensors: &BTreeMap<String, Vec<usize>>, kind: StoredType) -> String {
    let mut at = 0;
    let entries = tensors.iter().map(|(name, shape)| {
        let end = at + shape.iter().product::<usize>() * kind.bytes();
        let entry = serde_json::json!({ "dtype": kind.name(), "shape": shape, "data_offsets": [at, end] });
        at = end;
        (name.clone(), entry)
    });
    let mut text = serde_json::Value::Object(entries.collect()).to_string();
    // The data starts at a multiple of 8 bytes.
    text.push_str(&" ".repeat(text.len().next_multiple_of(8) - text.len()));
    text
}

/// Middle and half-width of a tensor's numbers.
fn distribution(name: &str, shape: &[usize]) -> (f32, f32) {
    let inputs: usize = shape.iter().skip(1).product();
    match shape.len() {
        0 | 1 if name.ends_with("bias") => (0.0, 0.02),
        0 | 1 => (1.0, 0.1),
        // A uniform distribution of half-width √3 has deviation 1.
        _ => (0.0, (3.0 / inputs.max(1) as f32).sqrt()),
    }
}

fn stored(numbers: &[f32], precision: Precision) -> Vec<u8> {
    match precision {
        Precision::F32 => numbers.iter().flat_map(|n| n.to_le_bytes()).collect(),
        Precision::F16 => numbers.iter().flat_map(|n| f16::from_f32(*n).to_le_bytes()).collect(),
        Precision::Bf16 => numbers.iter().flat_map(|n| bf16::from_f32(*n).to_le_bytes()).collect(),
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014), as numbers in −1..1.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}
