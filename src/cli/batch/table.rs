//! What became of every picture of a batch, as a table.

use std::collections::HashSet;
use std::path::Path;

use crate::job::batch::ItemEvent;
use crate::print::text;

use super::super::summary;
use super::{Made, Row};

/// The table and a last line that counts.
pub fn render(rows: &[Row], secs: f64) -> String {
    let header = ["picture", "solid", "size", "triangles", "time"].map(str::to_owned);
    let mut seen = HashSet::new();
    let repeated: HashSet<_> =
        rows.iter().filter_map(|row| row.input.file_name()).filter(|name| !seen.insert(*name)).collect();
    let cells = rows.iter().map(|row| {
        let is_repeated = row.input.file_name().is_some_and(|name| repeated.contains(name));
        cells(row, if is_repeated { row.input.display().to_string() } else { file_name(row.input) })
    });
    let cells: Vec<[String; 5]> = std::iter::once(header).chain(cells).collect();
    let mut widths = [0; 5];
    for row in &cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            // A long message takes the rest of its line and pushes no column away.
            if !cell.contains(": ") {
                *width = (*width).max(cell.chars().count());
            }
        }
    }
    let mut text = String::new();
    for row in &cells {
        let line = row.iter().zip(widths).map(|(cell, width)| {
            let padding = width.saturating_sub(cell.chars().count());
            format!("{cell}{}", " ".repeat(padding + 2))
        });
        text += line.collect::<String>().trim_end();
        text.push('\n');
    }
    text + &totals(rows, secs)
}

/// The line of a picture that is called `input`.
fn cells(row: &Row, input: String) -> [String; 5] {
    let output = file_name(row.output_name);
    let [none, another] = [String::new(), String::new()];
    match (row.event, &row.made) {
        (ItemEvent::Done { secs }, Some(Made { size_mm, triangles, .. })) => {
            [input, output, text::size(*size_mm), summary::grouped(*triangles), summary::duration(f64::from(*secs))]
        }
        (ItemEvent::Skipped, _) => [input, output, "done earlier".to_owned(), none, another],
        (ItemEvent::Failed(why), _) => [input, format!("failed: {}", first_line(why)), String::new(), none, another],
        _ => [input, "not made".to_owned(), String::new(), none, another],
    }
}

/// `3 made, 1 done earlier, 1 failed, in 12 s`
fn totals(rows: &[Row], secs: f64) -> String {
    let count = |matches: fn(&ItemEvent) -> bool| rows.iter().filter(|r| matches(r.event)).count();
    let made = count(|e| matches!(e, ItemEvent::Done { .. }));
    let others = [
        (count(|e| matches!(e, ItemEvent::Skipped)), "done earlier"),
        (count(|e| matches!(e, ItemEvent::Failed(_))), "failed"),
        (count(|e| matches!(e, ItemEvent::Cancelled)), "left"),
    ];
    let mut text = format!("{made} made");
    for (number, what) in others.into_iter().filter(|(number, _)| *number > 0) {
        text += &format!(", {number} {what}");
    }
    format!("{text}, in {}", summary::duration(secs))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
