//! Results in words, and as JSON.

use std::path::Path;

use serde::Serialize;

use crate::mesh::Mesh;
use crate::pipeline::{Output, StageReport};
use crate::print::{self, text};
use crate::progress::Stage;

/// What `--json` prints about a file that was made.
#[derive(Serialize)]
pub struct MadeJson {
    path: String,
    size_mm: [f32; 3],
    triangles: usize,
    volume_cm3: Option<f64>,
    print_ready: bool,
    cached: bool,
    secs: f64,
    notes: Vec<String>,
    stages: Vec<StageJson>,
    check: serde_json::Value,
}

#[derive(Serialize)]
struct StageJson {
    stage: Stage,
    secs: f32,
    cached: bool,
}

impl MadeJson {
    /// About `output`, written to `path` after `secs` seconds.
    ///
    /// # Errors
    /// None in practice: a report is plain data.
    pub fn new(path: &Path, output: &Output, secs: f64) -> serde_json::Result<Self> {
        let stages = output.stages.iter();
        Ok(Self {
            path: path.display().to_string(),
            size_mm: size_mm(&output.mesh),
            triangles: output.mesh.triangle_indices.len(),
            volume_cm3: output.report.known_volume_cm3(),
            print_ready: output.report.is_print_ready(),
            cached: output.stages.iter().all(|s| s.cached),
            secs,
            notes: notes(output),
            stages: stages.map(|s| StageJson { stage: s.stage, secs: s.secs, cached: s.cached }).collect(),
            check: check_json(&output.report)?,
        })
    }
}

/// What `--json` prints of a check: no volume where it is not known.
///
/// # Errors
/// None in practice: a report is plain data.
pub fn check_json(report: &print::Report) -> serde_json::Result<serde_json::Value> {
    let mut value = serde_json::to_value(report)?;
    if let Some(volume) = value.get_mut("volume_cm3").filter(|_| report.known_volume_cm3().is_none()) {
        *volume = serde_json::Value::Null;
    }
    Ok(value)
}

/// The lines about a file that was made.
pub fn made(output: &Output, secs: f64) -> String {
    let mut text = format!("{}; {}\n", mesh(&output.mesh, &output.report), verdict(&output.report));
    text += &format!("{} in {}", freshness(&output.stages), duration(secs));
    for note in notes(output) {
        text += &format!("\nnote: {note}");
    }
    text
}

/// What is worth knowing about how it was made and how it prints, a sentence each.
pub fn notes(output: &Output) -> Vec<String> {
    output.notes.iter().cloned().chain(output.report.notes()).collect()
}

/// `34.0 mm wide, 21.3 mm deep, 80.0 mm high; 12 345 triangles, 21.4 cm³`
pub fn mesh(mesh: &Mesh, report: &print::Report) -> String {
    let [width, depth, height] = size_mm(mesh).map(text::length);
    let (triangles, volume) = (grouped(mesh.triangle_indices.len()), report.volume_in_words());
    format!("{width} mm wide, {depth} mm deep, {height} mm high; {triangles} triangles, {volume}")
}

/// Width, depth and height.
pub fn size_mm(mesh: &Mesh) -> [f32; 3] {
    mesh.bounds().map_or([0.0; 3], |b| b.size().to_array())
}

/// Whether it prints, and if not why.
pub fn verdict(report: &print::Report) -> String {
    if report.is_print_ready() { "ready to print".to_owned() } else { format!("not print-ready{}", problems(report)) }
}

/// The problems, one per line.
pub fn problems(report: &print::Report) -> String {
    report.problems().iter().map(|problem| format!("\n  {problem}")).collect()
}

/// What to do about a mesh that is not print-ready.
pub fn next_step(report: &print::Report) -> &'static str {
    if report.only_touches() {
        "surfaces that meet at an edge or a point are set apart, or made to overlap, in a mesh editor; \
         `orfeas convert --repair` can where only one of both is meant"
    } else {
        "`orfeas convert --repair` mends meshes"
    }
}

/// How much of the work was spared.
fn freshness(stages: &[StageReport]) -> &'static str {
    match stages.iter().filter(|s| s.cached).count() {
        0 => "made",
        n if n == stages.len() => "taken from the cache",
        _ => "made, partly from the cache,",
    }
}

/// Seconds as people say them: `0.4 s`, `12 s`, `3 min`, `2 h 5 min`.
pub fn duration(secs: f64) -> String {
    match secs {
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 99.5 => format!("{s:.0} s"),
        // Rounded before they are divided: there is no 60th minute.
        s => match (s / 60.0).round() as u64 {
            minutes @ ..60 => format!("{minutes} min"),
            minutes => format!("{} h {} min", minutes / 60, minutes % 60),
        },
    }
}

/// `1234567` as `1 234 567`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(|g| String::from_utf8_lossy(g));
    groups.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1 000", "1 234 567"]);
        assert_eq!([0.44, 9.96, 59.4, 180.0, 7500.0].map(duration), ["0.4 s", "10 s", "59 s", "3 min", "2 h 5 min"]);
        let near_the_hour = [3560.0, 3575.0, 3590.0, 3625.0, 7190.0];
        assert_eq!(near_the_hour.map(duration), ["59 min", "1 h 0 min", "1 h 0 min", "1 h 0 min", "2 h 0 min"]);
    }
}
