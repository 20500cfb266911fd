//! What became of every picture of a batch, as a table.

use std::path::Path;

use super::super::summary;
use super::{Outcome, Row};

/// The table and a last line that counts.
pub fn render(rows: &[Row], secs: f64) -> String {
    let header = ["picture", "solid", "size", "triangles", "time"].map(str::to_owned);
    let cells: Vec<[String; 5]> = std::iter::once(header).chain(rows.iter().map(cells)).collect();
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

fn cells(row: &Row) -> [String; 5] {
    let input = file_name(&row.task.input);
    let output = file_name(&row.task.output);
    match &row.outcome {
        Outcome::Made { size_mm, triangles, .. } => {
            let triangles = summary::grouped(*triangles);
            [input, output, summary::size(*size_mm), triangles, summary::duration(row.secs)]
        }
        Outcome::AlreadyDone => [input, output, "done earlier".to_owned(), String::new(), String::new()],
        Outcome::Failed(why) => [input, format!("failed: {}", first_line(why)), String::new(), String::new(), String::new()],
        Outcome::Interrupted => [input, "not made".to_owned(), String::new(), String::new(), String::new()],
    }
}

/// `3 made, 1 done earlier, 1 failed, in 12 s`
fn totals(rows: &[Row], secs: f64) -> String {
    let count = |matches: fn(&Outcome) -> bool| rows.iter().filter(|r| matches(&r.outcome)).count();
    let made = count(|o| matches!(o, Outcome::Made { .. }));
    let others = [
        (count(|o| matches!(o, Outcome::AlreadyDone)), "done earlier"),
        (count(|o| matches!(o, Outcome::Failed(_))), "failed"),
        (count(|o| matches!(o, Outcome::Interrupted)), "left"),
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
