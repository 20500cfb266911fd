//! Number formats of files, and turning stored bytes into numbers.

use std::borrow::Cow;

use burn::tensor::{DType, TensorData, bf16, f16};
use rayon::prelude::*;

use super::Precision;

/// How a number is stored; always little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the format's own")]
pub enum StoredType {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
}

impl StoredType {
    /// Bytes of one number.
    pub fn bytes(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::BF16 | Self::I16 => 2,
            Self::I8 | Self::U8 | Self::Bool => 1,
        }
    }

    /// Its name in a `.safetensors` header.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::F64 => "F64",
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::I64 => "I64",
            Self::I32 => "I32",
            Self::I16 => "I16",
            Self::I8 => "I8",
            Self::U8 => "U8",
            Self::Bool => "BOOL",
        }
    }

    /// From its name in a `.safetensors` header.
    pub(super) fn from_safetensors(name: &str) -> Option<Self> {
        let all = [
            Self::F64,
            Self::F32,
            Self::F16,
            Self::BF16,
            Self::I64,
            Self::I32,
            Self::I16,
            Self::I8,
            Self::U8,
            Self::Bool,
        ];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

/// The numbers of `bytes` as `f32`, in order; integers and booleans by value.
pub(super) fn to_f32(kind: StoredType, bytes: &[u8]) -> Vec<f32> {
    match kind {
        StoredType::F64 => numbers::<8, _>(bytes, |b| f64::from_le_bytes(b) as f32),
        StoredType::F32 => numbers::<4, _>(bytes, f32::from_le_bytes),
        StoredType::F16 => numbers::<2, _>(bytes, |b| f16::from_le_bytes(b).to_f32()),
        StoredType::BF16 => numbers::<2, _>(bytes, |b| bf16::from_le_bytes(b).to_f32()),
        _ => to_i64(kind, bytes).into_iter().map(|n| n as f32).collect(),
    }
}

/// The numbers of `bytes` as `i64`, in order; fractions are cut off.
pub(super) fn to_i64(kind: StoredType, bytes: &[u8]) -> Vec<i64> {
    match kind {
        StoredType::I64 => numbers::<8, _>(bytes, i64::from_le_bytes),
        StoredType::I32 => numbers::<4, _>(bytes, |b| i64::from(i32::from_le_bytes(b))),
        StoredType::I16 => numbers::<2, _>(bytes, |b| i64::from(i16::from_le_bytes(b))),
        StoredType::I8 => numbers::<1, _>(bytes, |b| i64::from(i8::from_le_bytes(b))),
        StoredType::U8 => bytes.iter().map(|b| i64::from(*b)).collect(),
        StoredType::Bool => bytes.iter().map(|b| i64::from(*b != 0)).collect(),
        StoredType::F64 => numbers::<8, _>(bytes, |b| f64::from_le_bytes(b) as i64),
        StoredType::F32 | StoredType::F16 | StoredType::BF16 => {
            to_f32(kind, bytes).into_iter().map(|n| n as i64).collect()
        }
    }
}

/// The numbers of several stored tensors, one after another, as one tensor's data in the precision asked for.
///
/// Returns `None` if a number is not finite there.
pub(super) fn to_data(parts: &[(StoredType, Cow<[u8]>)], shape: &[usize], precision: Precision) -> Option<TensorData> {
    match precision {
        Precision::F32 => joined(parts, shape, to_f32, |n| n.is_finite()),
        Precision::F16 => joined(
            parts,
            shape,
            |kind, bytes| match kind {
                StoredType::F16 => numbers::<2, _>(bytes, f16::from_le_bytes),
                _ => to_f32(kind, bytes).into_iter().map(f16::from_f32).collect(),
            },
            |n| n.is_finite(),
        ),
        Precision::Bf16 => joined(
            parts,
            shape,
            |kind, bytes| match kind {
                StoredType::BF16 => numbers::<2, _>(bytes, bf16::from_le_bytes),
                _ => to_f32(kind, bytes).into_iter().map(bf16::from_f32).collect(),
            },
            |n| n.is_finite(),
        ),
    }
}

fn joined<E: burn::tensor::Element>(
    parts: &[(StoredType, Cow<[u8]>)],
    shape: &[usize],
    convert: impl Fn(StoredType, &[u8]) -> Vec<E>,
    is_finite: impl Fn(&E) -> bool + Sync + Send,
) -> Option<TensorData> {
    let mut parts = parts.iter();
    let (kind, bytes) = parts.next()?;
    let mut numbers = convert(*kind, bytes);
    for (kind, bytes) in parts {
        numbers.extend(convert(*kind, bytes));
    }
    numbers.par_iter().all(is_finite).then(|| TensorData::new(numbers, shape.to_vec()))
}

fn numbers<const N: usize, T: Send>(bytes: &[u8], from: impl Fn([u8; N]) -> T + Sync) -> Vec<T> {
    bytes.as_chunks::<N>().0.par_iter().with_min_len(1 << 14).map(|b| from(*b)).collect()
}

impl Precision {
    /// burn's name of the number format.
    pub fn dtype(self) -> DType {
        match self {
            Self::F32 => DType::F32,
            Self::F16 => DType::F16,
            Self::Bf16 => DType::BF16,
        }
    }
}
