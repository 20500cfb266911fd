//! Runs generators over cases and adds up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::EvaluateError;
use super::case::Case;
use super::generator::Generator;
use super::metrics::{Scores, compare};
use crate::mesh::Mesh;
use crate::progress::Monitor;

/// What one generator made of one case.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Name of the solid and number of the view.
    pub case: String,
    /// Group of the solid.
    pub group: String,
    /// How near it is.
    #[serde(flatten)]
    pub scores: Scores,
    /// Wall-clock seconds.
    pub secs: f32,
    /// Number of triangles.
    pub triangles: usize,
}

/// Means over many results.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Mean {
    /// Number of pictures.
    pub count: usize,
    /// Intersection over union.
    pub iou: f32,
    /// Chamfer distance.
    pub chamfer: f32,
    /// F-score at 0.05.
    pub f05: f32,
    /// F-score at 0.1.
    pub f10: f32,
    /// F-score at 0.2.
    pub f20: f32,
    /// Normal consistency.
    pub normals: f32,
    /// Silhouette overlap.
    pub silhouette: f32,
    /// The worst silhouette overlap.
    pub silhouette_least: f32,
    /// Share of results that are closed and manifold.
    pub manifold: f32,
    /// Seconds.
    pub secs: f32,
    /// Share of pictures on which IoU + F@.1 is larger than the baseline's.
    pub better: Option<f32>,
}

/// Everything that was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Table {
    /// For each generator, in the order they were run, its results in the order of the cases.
    pub results: Vec<(String, Vec<Outcome>)>,
    /// Which generator the others are compared with.
    pub baseline: Option<String>,
    /// Most memory that the process has used so far, bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

impl Table {
    /// Runs a generator over all cases. Gives the results in the frame, for sheets. `done` hears the
    /// number of cases done.
    ///
    /// # Errors
    /// [`EvaluateError`]: the first picture that it makes nothing of.
    pub fn run(
        &mut self,
        generator: &Generator,
        cases: &[Case],
        folder: &Path,
        monitor: &Monitor,
        mut done: impl FnMut(usize),
    ) -> Result<Vec<Mesh>, EvaluateError> {
        let (mut results, mut meshes) = (Vec::new(), Vec::new());
        for (number, case) in cases.iter().enumerate() {
            monitor.check()?;
            let made = generator.make(case, folder, monitor)?;
            let (scores, placed) = compare(case, &made.mesh);
            let (case, group) = (case.name.clone(), case.group.clone());
            results.push(Outcome { case, group, scores, secs: made.secs, triangles: made.mesh.triangle_indices.len() });
            meshes.push(placed);
            done(number + 1);
        }
        self.results.push((generator.name().to_owned(), results));
        self.peak_memory_bytes = peak_memory();
        Ok(meshes)
    }

    /// Means of every generator, overall (group "all") and per group.
    pub fn means(&self) -> Vec<(String, BTreeMap<String, Mean>)> {
        let base = self.baseline.as_ref().and_then(|name| self.results.iter().find(|r| r.0 == *name));
        let of = |name: &str, results: &[Outcome]| {
            let mut groups: BTreeMap<String, Vec<(&Outcome, Option<&Outcome>)>> = BTreeMap::new();
            for (i, result) in results.iter().enumerate() {
                let other = base.filter(|b| b.0 != name).and_then(|b| b.1.get(i));
                for group in ["all".to_owned(), result.group.clone()] {
                    groups.entry(group).or_default().push((result, other));
                }
            }
            groups.into_iter().map(|(group, pairs)| (group, mean(&pairs))).collect()
        };
        self.results.iter().map(|(name, results)| (name.clone(), of(name, results))).collect()
    }

    /// The means as text: a table overall, and one per group.
    pub fn to_text(&self) -> String {
        let means = self.means();
        let mut groups: Vec<&String> = means.iter().flat_map(|m| m.1.keys()).collect();
        groups.sort_by_key(|g| (*g != "all", g.as_str()));
        groups.dedup();
        let mut text = String::new();
        for group in groups {
            let count = means.iter().find_map(|m| m.1.get(group)).map_or(0, |m| m.count);
            let _ = writeln!(text, "{group} ({count} pictures)");
            let _ = writeln!(
                text,
                "  {:<16} {:>6} {:>8} {:>6} {:>6} {:>6} {:>8} {:>6} {:>6} {:>7} {:>6} {:>7}",
                "", "IoU", "Chamfer", "F@.05", "F@.1", "F@.2", "normals", "silh.", "least", "closed", "secs", "better"
            );
            for (name, of) in &means {
                let Some(m) = of.get(group) else { continue };
                let better = m.better.map_or_else(|| "-".to_owned(), |b| format!("{:.0} %", 100.0 * b));
                let _ = writeln!(
                    text,
                    "  {name:<16} {:>6.3} {:>8.3} {:>6.3} {:>6.3} {:>6.3} {:>8.3} {:>6.3} {:>6.3} {:>5.0} % {:>6.2} {better:>7}",
                    m.iou,
                    m.chamfer,
                    m.f05,
                    m.f10,
                    m.f20,
                    m.normals,
                    m.silhouette,
                    m.silhouette_least,
                    100.0 * m.manifold,
                    m.secs
                );
            }
        }
        if let Some(bytes) = self.peak_memory_bytes {
            let _ = writeln!(text, "peak memory {:.0} MiB", bytes as f64 / f64::from(1 << 20));
        }
        text
    }
}

fn mean(pairs: &[(&Outcome, Option<&Outcome>)]) -> Mean {
    let count = pairs.len();
    let of = |pick: &dyn Fn(&Outcome) -> f32| {
        (pairs.iter().map(|(r, _)| f64::from(pick(r))).sum::<f64>() / count.max(1) as f64) as f32
    };
    let sum = |r: &Outcome| r.scores.iou + r.scores.f10;
    let compared: Vec<bool> = pairs.iter().filter_map(|(r, b)| b.map(|b| sum(r) > sum(b))).collect();
    let better = compared.iter().filter(|b| **b).count() as f32 / compared.len().max(1) as f32;
    Mean {
        count,
        iou: of(&|r| r.scores.iou),
        chamfer: of(&|r| r.scores.chamfer),
        f05: of(&|r| r.scores.f05),
        f10: of(&|r| r.scores.f10),
        f20: of(&|r| r.scores.f20),
        normals: of(&|r| r.scores.normals),
        silhouette: of(&|r| r.scores.silhouette),
        silhouette_least: pairs.iter().map(|(r, _)| r.scores.silhouette).fold(1.0, f32::min),
        manifold: of(&|r| f32::from(u8::from(r.scores.manifold))),
        secs: of(&|r| r.secs),
        better: (!compared.is_empty()).then_some(better),
    }
}

/// The high-water mark of this process's memory (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
