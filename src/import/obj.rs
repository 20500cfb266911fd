//! Wavefront OBJ: positions with optional colours, and faces. Everything else (materials, textures,
//! normals, lines, points) is passed over. Coordinates are taken as millimetres with +Z up.

use std::borrow::Cow;

use glam::Vec3;

use super::polygon::Faces;
use super::{Assembly, ImportError, Limits};
use crate::export::{Format, OBJ_SIGNATURE};
use crate::mesh::Mesh;
use crate::progress::Monitor;

const LINES_PER_STEP: usize = 1 << 14;
/// Colours that count to 1 stay below this, rounding and a little glare included.
const LARGEST_OF_ONE: f32 = 1.5;
/// A vertex without a colour.
const NO_LEVELS: [f32; 3] = [f32::NAN; 3];

pub fn read(bytes: &[u8], limits: &Limits, monitor: &Monitor) -> Result<Mesh, ImportError> {
    let mut content = Content::default();
    let mut assembly = Assembly::new(Format::Obj, limits);
    let mut lines = Lines { rest: bytes, number: 0, is_cut: false };
    while let Some(line) = lines.next() {
        content.line(&line).map_err(|detail| match lines.is_cut {
            true => ImportError::truncated(Format::Obj, format!("its last line ends where {detail}")),
            false => ImportError::malformed(Format::Obj, format!("in line {} {detail}", lines.number)),
        })?;
        if lines.number.is_multiple_of(LINES_PER_STEP) {
            monitor.check()?;
            assembly.make_room(content.positions.len(), content.faces.triangle_count())?;
        }
    }
    let found = [content.positions.len(), content.faces.triangle_count()];
    // More than announced was added by hand.
    if let Some([vertices, triangles]) = content.announced.filter(|&[v, t]| found[0] < v || found[1] < t) {
        let [found_vertices, found_triangles] = [found[0].min(vertices), found[1].min(triangles)];
        let detail =
            format!("{found_vertices} of {vertices} vertices and {found_triangles} of {triangles} triangles are there");
        return Err(ImportError::truncated(Format::Obj, detail));
    }
    let colors = (!content.levels.is_empty()).then(|| colors(content.levels));
    let triangles = content.faces.finish(&content.positions, monitor)?;
    assembly.add(&content.positions, &triangles, colors.as_deref(), |p| p, false)?;
    Ok(assembly.finish())
}

/// Colours by the levels of all vertices. Some writers count to 255 and not to 1; which, the largest
/// level tells. A dark vertex alone would not, nor one that is a rounding error above 1.
fn colors(levels: Vec<[f32; 3]>) -> Vec<[u8; 3]> {
    let largest = levels.iter().flatten().copied().fold(0.0, f32::max);
    let scale = if largest > LARGEST_OF_ONE { 1.0 } else { 255.0 };
    // Conversion to 8 bits clamps.
    let color = |rgb: [f32; 3]| rgb.map(|level| (level * scale).round() as u8);
    levels.into_iter().map(|rgb| if rgb[0].is_nan() { super::NO_COLOR } else { color(rgb) }).collect()
}

/// Lines, with those joined that end in a backslash. A comment ends with its line whatever it ends in:
/// what looks like a continuation there is the name of a folder.
struct Lines<'a> {
    rest: &'a [u8],
    /// Number of the line that was last returned, from 1.
    number: usize,
    /// Whether that line lacks its end, as the last line of a cut file does.
    is_cut: bool,
}

impl<'a> Lines<'a> {
    fn physical(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|&byte| byte == b'\n');
        let line = &self.rest[..end.unwrap_or(self.rest.len())];
        self.rest = end.map_or(b"".as_slice(), |end| &self.rest[end + 1..]);
        self.is_cut = end.is_none();
        self.number += 1;
        Some(line.trim_ascii())
    }

    fn next(&mut self) -> Option<Cow<'a, [u8]>> {
        let mut last = self.physical()?;
        let mut line = Cow::Borrowed(last);
        while last.ends_with(b"\\") && !has_comment(last) {
            last = self.physical().unwrap_or_default();
            // In place: joined anew each time, a long run of such lines would take for ever.
            let joined = line.to_mut();
            joined.pop();
            joined.push(b' ');
            joined.extend_from_slice(last);
        }
        Some(line)
    }
}

/// Whether a comment begins in this line, at its start or behind something.
fn has_comment(line: &[u8]) -> bool {
    line.split(u8::is_ascii_whitespace).any(|word| word.starts_with(b"#"))
}

#[derive(Default)]
struct Content {
    positions: Vec<Vec3>,
    /// Red, green and blue of every position as they stand in the file, NaN where they do not, or none
    /// so far.
    levels: Vec<[f32; 3]>,
    faces: Faces,
    /// The corners of the face that is read, kept for its room.
    corners: Vec<u32>,
    /// Vertices and triangles that our own writer says there are.
    announced: Option<[usize; 2]>,
}

impl Content {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        if line.starts_with(b"#") {
            self.comment(line);
            return Ok(());
        }
        let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let mut words = words.take_while(|word| !word.starts_with(b"#"));
        match words.next() {
            Some(b"v") => self.vertex(words),
            Some(b"f") => self.face(words),
            _ => Ok(()),
        }
    }

    fn vertex<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>) -> Result<(), String> {
        let mut numbers = [0f32; 7];
        let mut count = 0;
        for (slot, word) in numbers.iter_mut().zip(words) {
            let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
            *slot = number.ok_or_else(|| format!("`{}` is not a number", shown(word)))?;
            count += 1;
        }
        if count < 3 {
            return Err("a vertex has fewer than three coordinates".to_owned());
        }
        let [x, y, z, rgb @ ..] = numbers;
        // Four numbers are a position with a weight.
        if count >= 6 {
            self.levels.resize(self.positions.len(), NO_LEVELS);
            self.levels.push([rgb[0], rgb[1], rgb[2]]);
        } else if !self.levels.is_empty() {
            self.levels.push(NO_LEVELS);
        }
        self.positions.push(Vec3::new(x, y, z));
        Ok(())
    }

    fn face<'a>(&mut self, words: impl Iterator<Item = &'a [u8]>) -> Result<(), String> {
        self.corners.clear();
        for word in words {
            self.corners.push(vertex_index(word, self.positions.len())?);
        }
        if self.faces.add(&self.corners) { Ok(()) } else { Err("a face has fewer than three corners".to_owned()) }
    }

    fn comment(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let Some(rest) = text.strip_prefix(OBJ_SIGNATURE) else { return };
        let mut numbers = rest.split(' ').filter_map(|word| word.parse().ok());
        self.announced = numbers.next().zip(numbers.next()).map(|(vertices, triangles)| [vertices, triangles]);
    }
}

/// The vertex of a corner such as `7`, `7/1/2` or `-1`, from 0. Those yet to come are checked later.
fn vertex_index(word: &[u8], vertices: usize) -> Result<u32, String> {
    let number = word.split(|&byte| byte == b'/').next().and_then(|number| std::str::from_utf8(number).ok());
    let index = match number.and_then(|number| number.parse::<i64>().ok()) {
        Some(number) if number < 0 => vertices as i64 + number,
        Some(number) => number - 1,
        None => -1,
    };
    u32::try_from(index).map_err(|_| format!("`{}` names no vertex", shown(word)))
}

/// A word of the file, short enough for a message.
fn shown(word: &[u8]) -> String {
    String::from_utf8_lossy(word).chars().take(30).collect()
}
