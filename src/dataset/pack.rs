//! Reads packed solids: one safetensors file with many closed, coloured meshes.
//!
//! Tensors: `vertices` u16 [V, 3] (position = v / 65535 · 2 − 1), `colors` u8 [V, 3] sRGB, `faces` u16
//! [F, 3] (numbers within the mesh), `vertex_offsets` and `face_offsets` i64 [M + 1], `split` u8 `[M]`
//! (0 train, 1 val). A JSON file of the same name may say more: `meshes[i]` has `name` and `repo`, the source.

#[cfg(test)]
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use glam::Vec3;

/// Why packed solids cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The system said no.
    #[error("the solids could not be read ({source}); check the name: {path}", path = path.display())]
    Read {
        /// What it said.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// It is no such file, or a damaged one.
    #[error("this is no file of packed solids ({what}): {path}", path = path.display())]
    Malformed {
        /// What is wrong.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// What lies beside it is no JSON.
    #[error(
        "the names and sources of the solids make no sense ({what}); mend the file, or move it away to do without: {path}",
        path = path.display()
    )]
    Notes {
        /// What is wrong.
        what: String,
        /// The file of notes.
        path: PathBuf,
    },
}

/// Which solids are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// For training.
    Train,
    /// Held back for the benchmark.
    Val,
}

/// One solid in its own axes: the longest side of its box is 2, centred.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PackedMesh {
    /// Corners.
    pub positions: Vec<Vec3>,
    /// Equal for corners at one place.
    pub keys: Vec<u64>,
    /// sRGB, 0–1.
    pub colors: Vec<Vec3>,
    /// Counter-clockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
}

impl PackedMesh {
    /// The lowest and the highest corner of its box.
    pub fn corners(&self) -> (Vec3, Vec3) {
        let start = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        self.positions.iter().fold(start, |(low, high), &p| (low.min(p), high.max(p)))
    }

    /// A mesh from anywhere, brought to the size of packed solids. Without colours it is grey.
    /// `None` when it has no extent.
    pub fn of_mesh(mesh: &crate::mesh::Mesh) -> Option<Self> {
        let bounds = mesh.bounds()?;
        let (center, longest) = (bounds.center(), bounds.size().max_element());
        if !(longest > 0.0 && longest.is_finite()) {
            return None;
        }
        let positions: Vec<Vec3> = mesh.vertex_positions.iter().map(|p| (*p - center) * (2.0 / longest)).collect();
        let code = |v: f32| ((v + 1.0) * 1_048_575.0).clamp(0.0, 2_097_151.0) as u64;
        let keys = positions.iter().map(|p| code(p.x) << 42 | code(p.y) << 21 | code(p.z)).collect();
        let color = |c: &[u8; 3]| Vec3::from_array(c.map(|v| f32::from(v) / 255.0));
        let colors = match &mesh.vertex_colors {
            Some(colors) => colors.iter().map(color).collect(),
            None => vec![Vec3::splat(0.7); positions.len()],
        };
        Some(Self { positions, keys, colors, triangles: mesh.triangle_indices.clone() })
    }
}

#[cfg(test)]
impl PackedMesh {
    /// Above 0 where triangles face outward.
    pub fn volume(&self) -> f32 {
        let corner = |i: u32| self.positions[i as usize];
        self.triangles.iter().map(|t| corner(t[0]).cross(corner(t[1])).dot(corner(t[2]))).sum::<f32>() / 6.0
    }

    /// Whether every edge has as many triangles on one side as on the other.
    pub fn is_closed(&self) -> bool {
        let mut edges = BTreeMap::<(u64, u64), i32>::new();
        for t in &self.triangles {
            for k in 0..3 {
                let [a, b] = [t[k], t[(k + 1) % 3]].map(|i| self.keys[i as usize]);
                *edges.entry((a.min(b), a.max(b))).or_default() += if a < b { 1 } else { -1 };
            }
        }
        edges.values().all(|n| *n == 0)
    }
}

/// What is known of a solid besides its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notes {
    /// From its file.
    pub name: String,
    /// Its source, "all" where none is named.
    pub group: String,
}

/// All solids of a file.
pub struct Pack {
    notes: serde_json::Value,
    vertices: Vec<[u16; 3]>,
    colors: Vec<[u8; 3]>,
    faces: Vec<[u16; 3]>,
    vertex_offsets: Vec<usize>,
    face_offsets: Vec<usize>,
    split: Vec<u8>,
}

impl Pack {
    /// Reads a file.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn read(path: &Path) -> Result<Self, PackError> {
        let failed = |source| PackError::Read { source, path: path.to_owned() };
        let malformed = |what| PackError::Malformed { what, path: path.to_owned() };
        // Reading a device may never end.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(malformed("it is a folder, a pipe or a device".to_owned()));
        }
        let bytes = std::fs::read(path).map_err(failed)?;
        let mut pack = Self::parse(&bytes).map_err(malformed)?;
        let path = path.with_extension("json");
        match std::fs::read(&path) {
            Ok(text) => {
                pack.notes = serde_json::from_slice(&text)
                    .map_err(|error| PackError::Notes { what: error.to_string(), path: path.clone() })?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(PackError::Read { source, path }),
        }
        Ok(pack)
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let tensors = Tensors::parse(bytes)?;
        let triples = |bytes: &[u8]| -> Vec<[u16; 3]> {
            let number = |b: &[u8], i: usize| u16::from_le_bytes([b[2 * i], b[2 * i + 1]]);
            bytes.chunks_exact(6).map(|b| [number(b, 0), number(b, 1), number(b, 2)]).collect()
        };
        let offsets = |name: &str| -> Result<Vec<usize>, String> {
            let number = |b: &[u8]| i64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]);
            let values: Option<Vec<usize>> =
                tensors.get(name, "I64")?.chunks_exact(8).map(|b| usize::try_from(number(b)).ok()).collect();
            values.filter(|v| v.is_sorted()).ok_or_else(|| format!("{name} do not rise"))
        };
        let pack = Self {
            notes: serde_json::Value::Null,
            vertices: triples(tensors.get("vertices", "U16")?),
            colors: tensors.get("colors", "U8")?.chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect(),
            faces: triples(tensors.get("faces", "U16")?),
            vertex_offsets: offsets("vertex_offsets")?,
            face_offsets: offsets("face_offsets")?,
            split: tensors.get("split", "U8")?.to_vec(),
        };
        pack.check()?;
        Ok(pack)
    }

    fn check(&self) -> Result<(), String> {
        let count = self.split.len();
        if self.vertex_offsets.len() != count + 1 || self.face_offsets.len() != count + 1 {
            return Err("the numbers of offsets and solids differ".to_owned());
        }
        if self.vertex_offsets[count] > self.vertices.len().min(self.colors.len())
            || self.face_offsets[count] > self.faces.len()
        {
            return Err("the offsets lead out of the file".to_owned());
        }
        let broken = (0..count).find(|&mesh| {
            let corners = self.vertex_offsets[mesh + 1] - self.vertex_offsets[mesh];
            let faces = &self.faces[self.face_offsets[mesh]..self.face_offsets[mesh + 1]];
            faces.is_empty() || faces.iter().flatten().any(|&v| usize::from(v) >= corners)
        });
        broken.map_or(Ok(()), |mesh| Err(format!("solid {mesh} names corners that it does not have")))
    }

    /// The numbers of the solids of a split, in order.
    pub fn numbers(&self, split: Split) -> Vec<usize> {
        let wanted = u8::from(split == Split::Val);
        (0..self.split.len()).filter(|&mesh| self.split[mesh] == wanted).collect()
    }

    /// What is known of one solid.
    pub fn notes(&self, number: usize) -> Notes {
        let text = |key: &str| self.notes["meshes"][number][key].as_str();
        Notes {
            name: text("name").map_or_else(|| format!("solid {number}"), str::to_owned),
            group: text("repo").map_or_else(|| "all".to_owned(), short),
        }
    }

    /// One solid.
    ///
    /// # Panics
    /// When `number` is not one of [`Self::numbers`].
    pub fn mesh(&self, number: usize) -> PackedMesh {
        let rows = self.vertex_offsets[number]..self.vertex_offsets[number + 1];
        let vertices = &self.vertices[rows.clone()];
        let place = |v: u16| f32::from(v) / 65535.0 * 2.0 - 1.0;
        let color = |c: u8| f32::from(c) / 255.0;
        PackedMesh {
            positions: vertices.iter().map(|v| Vec3::from_array(v.map(place))).collect(),
            keys: vertices.iter().map(|v| u64::from(v[0]) << 32 | u64::from(v[1]) << 16 | u64::from(v[2])).collect(),
            colors: self.colors[rows].iter().map(|c| Vec3::from_array(c.map(color))).collect(),
            triangles: self.faces[self.face_offsets[number]..self.face_offsets[number + 1]]
                .iter()
                .map(|f| f.map(u32::from))
                .collect(),
        }
    }
}

/// The last part of `owner/name`, without a version.
fn short(repo: &str) -> String {
    let name = repo.rsplit('/').next().unwrap_or(repo);
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').trim_end_matches('-').to_owned()
}

/// A safetensors file: the length of a JSON header, the header, the data.
struct Tensors<'a> {
    header: serde_json::Map<String, serde_json::Value>,
    data: &'a [u8],
}

impl<'a> Tensors<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let start = bytes.first_chunk::<8>().ok_or("it is too short")?;
        let length = usize::try_from(u64::from_le_bytes(*start)).map_err(|_| "its header is too long")?;
        let end = length.checked_add(8).filter(|end| *end <= bytes.len()).ok_or("its header is cut off")?;
        let header = serde_json::from_slice(&bytes[8..end]).map_err(|error| error.to_string())?;
        Ok(Self { header, data: &bytes[end..] })
    }

    fn get(&self, name: &str, kind: &str) -> Result<&'a [u8], String> {
        let entry = self.header.get(name).ok_or_else(|| format!("it has no {name}"))?;
        if entry["dtype"] != kind {
            return Err(format!("{name} is not {kind}"));
        }
        let end = |i: usize| entry["data_offsets"][i].as_u64().and_then(|n| usize::try_from(n).ok());
        let range = end(0).zip(end(1)).and_then(|(from, to)| self.data.get(from..to));
        range.ok_or_else(|| format!("{name} is cut off"))
    }
}
