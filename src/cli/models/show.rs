//! Models as tables and as JSON.

use std::path::PathBuf;

use serde::Serialize;

use crate::files::bytes_in_words;
use crate::models::{DigestSource, Library, Model, Record, State};

use super::super::console::Console;
use super::super::failure::Failure;

/// A model as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    model: &'a Model,
    bytes: u64,
    #[serde(flatten)]
    state: State,
    /// The folder of its `config.yaml`, when it is here.
    folder: Option<PathBuf>,
    licence_agreed: bool,
    record: Option<Record>,
}

impl<'a> Shown<'a> {
    fn of(library: &Library, model: &'a Model) -> Self {
        let state = library.state(model);
        let folder = match &state {
            State::Here { root, .. } => Some(model.folder_in(root)),
            _ => None,
        };
        let (record, licence_agreed) = (library.record(model), library.is_agreed(model));
        Self { model, bytes: model.bytes(), state, folder, licence_agreed, record }
    }

    fn state_in_words(&self) -> String {
        match &self.state {
            State::Here { owner, .. } if self.record.is_some() => format!("here ({owner})"),
            State::Here { owner, .. } => format!("found ({owner})"),
            State::Begun { bytes } => format!("{} of {}", bytes_in_words(*bytes), bytes_in_words(self.bytes)),
            State::Absent => "-".to_owned(),
        }
    }
}

/// All models.
///
/// # Errors
/// Only that the result could not be printed.
pub fn list(library: &Library, json: bool, console: &Console) -> Result<(), Failure> {
    let all: Vec<Shown> = library.models().iter().map(|model| Shown::of(library, model)).collect();
    if json {
        return console.result_json(&serde_json::to_string_pretty(&all)?);
    }
    let width = all.iter().map(|shown| shown.model.id.len()).max().unwrap_or(0);
    let states: Vec<String> = all.iter().map(Shown::state_in_words).collect();
    let state_width = states.iter().map(|state| state.chars().count()).max().unwrap_or(0);
    let lines = all.iter().zip(&states).map(|(shown, state)| {
        let Model { id, purpose, .. } = shown.model;
        format!("{id:<width$}  {:>8}  {state:<state_width$}  {purpose}", bytes_in_words(shown.bytes))
    });
    console.result(&lines.collect::<Vec<_>>().join("\n"))
}

/// Everything about one model.
///
/// # Errors
/// An unknown model; that the result could not be printed.
pub fn info(library: &Library, id: &str, json: bool, console: &Console) -> Result<(), Failure> {
    let model = library.model(id).map_err(super::failed)?;
    let shown = Shown::of(library, model);
    if json {
        return console.result_json(&serde_json::to_string_pretty(&shown)?);
    }
    let Model { name, purpose, repository, revision, licence, .. } = model;
    let agreed = match (licence.asks(), shown.licence_agreed) {
        (false, _) => "",
        (true, true) => " You agreed to it.",
        (true, false) => " You have not agreed to it yet.",
    };
    let mut text = format!("{name}\n  {purpose}.\n\n");
    let mut row = |name: &str, value: &str| text += &format!("{name:<12} {value}\n");
    let host_page = format!("https://huggingface.co/{repository}/tree/{revision}");
    row("published", &host_page);
    row("size", &format!("{}, {:.1} billion parameters", bytes_in_words(shown.bytes), model.parameters as f64 / 1e9));
    row("memory", &format!("{} of a graphics card, as its makers say", bytes_in_words(model.graphics_memory_bytes)));
    row("licence", &format!("{}. {}{agreed}", licence.name, licence.territory()));
    row("", &licence.summary);
    row("", &licence.url);
    row("state", &shown.state_in_words());
    if let Some(folder) = &shown.folder {
        row("folder", &folder.display().to_string());
    }
    for file in &model.files {
        let recorded = shown.record.as_ref().and_then(|record| record.file(&file.path));
        let said = match recorded.map(|r| r.known_by) {
            Some(DigestSource::Server) => ", as the server said",
            Some(DigestSource::Computed) => ", as it came",
            _ => "",
        };
        let digest = recorded.map(|r| r.sha256).or(file.sha256);
        let digest = digest.map(|d| format!(", SHA-256 {d}{said}")).unwrap_or_default();
        row("file", &format!("{}, {}{digest}", file.path, bytes_in_words(file.about_bytes)));
    }
    console.result(text.trim_end())
}
