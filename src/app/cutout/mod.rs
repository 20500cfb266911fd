//! The cut-out editor: the mask over the picture, to be corrected with a brush.

mod canvas;
mod cut;
mod mask_edit;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Slider, Ui};

use super::ask::Purpose;
use super::command::Command;
use super::session::new_mask_path_in;
use super::state::{Item, ItemId};
use super::theme::{self, Palette};
use super::toast::Level;
use super::undo::Change;
use super::{Dialog, Studio, words};
use crate::files::IfExists;
use crate::image::Picture;
use crate::image::intake::ENDINGS as PICTURE_ENDINGS;
use crate::image::matte::CutOut;
use crate::image::png;
use crate::progress::{CancelOnDrop, Monitor};
use crate::request::{Background, CutOutParams, Request, relevance};
use canvas::{Canvas, Choices, Shown};
use cut::Cut;
pub(super) use cut::object_of;
use mask_edit::{MaskEdit, Tool};

/// What is said where the editor would be closed with changes in it.
const UNUSED_CHANGES: &str = "Use the changed cut-out, or cancel it, first";
/// What is said where it would be closed while its cut-out is written.
const BEING_KEPT: &str = "The cut-out is being kept; this takes a moment";

/// The open editor.
pub struct CutOutEditor {
    item: ItemId,
    request: Request,
    state: State,
    /// Names the answer that is awaited; earlier ones are dropped.
    awaited: Arc<()>,
    /// What makes that answer ends with this.
    work: CancelOnDrop,
    choices: Choices,
}

enum State {
    Loading,
    Failed(String),
    Ready(Box<Ready>),
}

/// A picture that was read, and its mask.
struct Ready {
    picture: Arc<Picture>,
    /// What there is to say of its size.
    note_on_size: Option<String>,
    edit: MaskEdit,
    canvas: Canvas,
    confidence: f32,
    /// Why it could not be cut out.
    trouble: Option<String>,
    /// What else there is to say of the last cut-out.
    notes: Vec<String>,
    busy: Option<Busy>,
}

/// What goes on beside the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Busy {
    /// Another mask is made.
    CuttingOut,
    /// The mask is written.
    Keeping,
}

impl Ready {
    /// A picture with what came of cutting it out: with nothing, all is left to the brush.
    fn new((picture, note_on_size): (Picture, Option<String>), cut: Cut) -> Self {
        let mut ready = Self {
            edit: MaskEdit::new(image::GrayImage::new(picture.pixels.width(), picture.pixels.height())),
            picture: Arc::new(picture),
            note_on_size,
            canvas: Canvas::default(),
            confidence: 0.0,
            trouble: None,
            notes: cut.notes,
            busy: None,
        };
        match cut.mask {
            Ok((mask, confidence)) => (ready.edit, ready.confidence) = (MaskEdit::new(mask), confidence),
            Err(why) => ready.trouble = Some(why),
        }
        ready
    }

    /// Takes another cut-out as a step that can be undone, if there is one.
    fn take(&mut self, cut: Cut) {
        (self.busy, self.notes) = (None, cut.notes);
        match cut.mask {
            Ok((mask, confidence)) => {
                self.edit.replace(mask);
                (self.confidence, self.trouble) = (confidence, None);
            }
            Err(why) => self.trouble = Some(why),
        }
    }
}

impl CutOutEditor {
    /// An editor for the cut-out of a card; its picture is read and cut out beside the window.
    pub fn new(item: &Item, studio: &mut Studio) -> Self {
        let editor = Self {
            item: item.id,
            request: item.request,
            state: State::Loading,
            awaited: Arc::new(()),
            work: CancelOnDrop::default(),
            choices: Choices { shown: Shown::Overlay, tool: Tool::Add, brush_px: 40.0 },
        };
        let (item, awaited, cancel) = (item.clone(), editor.awaited.clone(), editor.work.token());
        let make = move || -> Result<Ready, String> {
            let monitor = Monitor::new(&cancel, &|_| {});
            let read = cut::read(&item, &monitor)?;
            let cut = cut::cut(&read.0, &item.request.cut_out, item.mask.as_deref(), &monitor);
            Ok(Ready::new(read, cut))
        };
        studio.run_task(make, move |studio, made| {
            let Some(editor) = studio.editor_awaiting(&awaited) else { return };
            editor.state = match made.flatten() {
                Ok(ready) => State::Ready(Box::new(ready)),
                Err(why) => State::Failed(why),
            };
        });
        editor
    }

    /// Draws the editor; returns whether it stays open.
    pub fn show(&mut self, ctx: &Context, studio: &mut Studio) -> bool {
        let mut open = true;
        let mut keep = true;
        let screen = ctx.content_rect();
        super::layout::dialog(ctx, "Cut-out").default_size(screen.size() * 0.8).open(&mut open).show(ctx, |ui| {
            match &self.state {
                State::Loading => {
                    ui.centered_and_justified(|ui| ui.spinner());
                }
                State::Failed(why) => {
                    ui.colored_label(Palette::of(ctx).error, why.as_str());
                }
                State::Ready(ready) => {
                    let is_idle = ready.busy.is_none();
                    self.remarks_ui(ui, studio);
                    ui.add_enabled_ui(is_idle, |ui| self.tools_ui(ui, studio));
                    keep = self.buttons_ui(ui, studio);
                    ui.add_enabled_ui(is_idle, |ui| self.canvas_ui(ui));
                }
            }
        });
        let is_asked = super::settings_panel::escape(ctx) || !open;
        let held_back = if is_asked { self.holds_back() } else { None };
        if let Some(why) = held_back {
            studio.messages.push(Level::Info, why);
        }
        keep && (!is_asked || held_back.is_some())
    }

    /// What to say where closing would lose work that is in it.
    pub(super) fn holds_back(&self) -> Option<&'static str> {
        let State::Ready(ready) = &self.state else { return None };
        match ready.busy {
            Some(Busy::Keeping) => Some(BEING_KEPT),
            _ => ready.edit.is_changed().then_some(UNUSED_CHANGES),
        }
    }

    /// Says why the picture could not be cut out and what helps, or why it or its cut-out is not as it was asked for.
    fn remarks_ui(&mut self, ui: &mut Ui, studio: &mut Studio) {
        let State::Ready(ready) = &self.state else { return };
        for note in ready.note_on_size.iter().chain(&ready.notes) {
            ui.colored_label(Palette::of(ui.ctx()).warning, format!("Note: {}", words::shown(note)));
        }
        let Some(why) = &ready.trouble else { return };
        let load = ui.horizontal_wrapped(|ui| {
            ui.colored_label(Palette::of(ui.ctx()).error, format!("Not cut out: {why}"));
            let button = egui::Button::new("Load mask…");
            ui.add_enabled(ready.busy.is_none(), button).on_hover_text("A picture in which the object is white")
        });
        if load.inner.clicked() {
            self.ask_for_mask(studio);
        }
    }

    /// Asks for a picture that cuts the object out.
    pub(super) fn ask_for_mask(&self, studio: &mut Studio) {
        let dialog = rfd::AsyncFileDialog::new().set_title("Load mask").add_filter("Pictures", PICTURE_ENDINGS);
        let awaited = self.awaited.clone();
        studio.ask_path(
            Purpose::Other,
            || dialog.pick_file(),
            move |studio, path| {
                let is_it = |d: &mut Dialog| matches!(d, Dialog::CutOut(e) if Arc::ptr_eq(&e.awaited, &awaited));
                let Some(Dialog::CutOut(mut editor)) = studio.dialog.take_if(is_it) else { return };
                let params = editor.request.cut_out;
                editor.start_over(studio, move |picture, monitor| cut::cut(picture, &params, Some(&path), monitor));
                studio.dialog = Some(Dialog::CutOut(editor));
            },
        );
    }

    fn tools_ui(&mut self, ui: &mut Ui, studio: &mut Studio) {
        let State::Ready(ready) = &mut self.state else { return };
        let choices = &mut self.choices;
        // In the middle of a stroke its own step would be taken back, and the rest of it would have none.
        let may_step = ui.is_enabled() && !ready.canvas.is_held();
        // Redo first: its keys with Shift left out are those of undo.
        let [redo, undo] = [Command::Redo, Command::Undo].map(|command| {
            let times = times_pressed(ui, command);
            if may_step { times } else { 0 }
        });
        let row = ui.horizontal_wrapped(|ui| {
            ui.selectable_value(&mut choices.tool, Tool::Add, "Add").on_hover_text("Paint what belongs to the object");
            ui.selectable_value(&mut choices.tool, Tool::Remove, "Remove").on_hover_text("Paint what is background");
            ui.selectable_value(&mut choices.tool, Tool::Crop, "Crop")
                .on_hover_text("Drag a frame; all outside is background");
            let brush = Slider::new(&mut choices.brush_px, 2.0..=200.0).logarithmic(true).text("Brush").suffix(" px");
            theme::add_slider(ui, brush);
            ui.separator();
            let undo_button = ui.add_enabled(ready.edit.can_undo(), egui::Button::new("Undo"));
            for _ in 0..undo + usize::from(undo_button.clicked()) {
                ready.edit.undo();
            }
            let redo_button = ui.add_enabled(ready.edit.can_redo(), egui::Button::new("Redo"));
            for _ in 0..redo + usize::from(redo_button.clicked()) {
                ready.edit.redo();
            }
            if ui.button("Invert").on_hover_text("Swap object and background").clicked() {
                ready.edit.invert();
            }
            ui.separator();
            for (shown, label) in [(Shown::Overlay, "Overlay"), (Shown::CutOut, "Cut-out"), (Shown::Mask, "Mask")] {
                ui.selectable_value(&mut choices.shown, shown, label);
            }
            ui.separator();
            let alpha = ui
                .add_enabled(ready.picture.has_alpha, egui::Button::new("Use transparency"))
                .on_hover_text("Start over from the picture's own transparency");
            let redo_cut =
                ui.button("Cut out again").on_hover_text("Start over by telling the background from the object");
            if alpha.clicked() { Some(Background::Alpha) } else { redo_cut.clicked().then_some(Background::Remove) }
        });
        if let Some(background) = row.inner {
            let params = CutOutParams { background, ..self.request.cut_out };
            self.start_over(studio, move |picture, monitor| cut::cut(picture, &params, None, monitor));
        }
    }

    /// Makes another mask beside the window; where that fails the mask stays as it is.
    fn start_over(&mut self, studio: &mut Studio, cut: impl FnOnce(&Picture, &Monitor) -> Cut + Send + 'static) {
        let State::Ready(ready) = &mut self.state else { return };
        let picture = ready.picture.clone();
        let awaited = Arc::new(());
        self.awaited = awaited.clone();
        self.work = CancelOnDrop::default();
        let cancel = self.work.token();
        ready.busy = Some(Busy::CuttingOut);
        studio.run_task(
            move || cut(&picture, &Monitor::new(&cancel, &|_| {})),
            move |studio, made| {
                if let Some(CutOutEditor { state: State::Ready(ready), .. }) = studio.editor_awaiting(&awaited) {
                    ready.take(made.unwrap_or_else(Cut::failed));
                }
            },
        );
    }

    /// The lower buttons; returns whether the editor stays open.
    fn buttons_ui(&mut self, ui: &mut Ui, studio: &mut Studio) -> bool {
        let State::Ready(ready) = &self.state else { return true };
        let palette = Palette::of(ui.ctx());
        let busy = ready.busy;
        let row = ui.horizontal(|ui| {
            let empty = ready.edit.is_empty();
            let text = egui::RichText::new("Use this cut-out").color(palette.on_accent);
            let used = ui.add_enabled(!empty && busy.is_none(), egui::Button::new(text).fill(palette.accent));
            let cancelled = ui.add_enabled(busy != Some(Busy::Keeping), egui::Button::new("Cancel")).clicked();
            if busy.is_some() {
                ui.spinner();
            } else if empty {
                ui.colored_label(palette.error, "Nothing is left of the object");
            } else if ready.confidence < CutOut::POOR_CONFIDENCE {
                ui.colored_label(palette.warning, "The program is not sure about this cut-out");
            }
            (used.clicked(), cancelled)
        });
        let (used, cancelled) = row.inner;
        if used {
            self.keep(studio);
        }
        !cancelled
    }

    fn canvas_ui(&mut self, ui: &mut Ui) {
        let State::Ready(ready) = &mut self.state else { return };
        let Ready { picture, edit, canvas, .. } = &mut **ready;
        canvas.show(ui, &picture.pixels, edit, &self.choices);
    }

    /// Writes the mask beside the window. The editor closes once the card has it: what was painted is nowhere else.
    fn keep(&mut self, studio: &mut Studio) {
        let State::Ready(ready) = &mut self.state else { return };
        let id = self.item;
        let path = match studio.new_mask_path(id) {
            Ok(path) => path,
            Err(error) => {
                let text = "see that the folder for temporary files has room and may be written, then use it again";
                studio.messages.push(Level::Error, format!("The cut-out could not be kept: {text}: {error}"));
                return;
            }
        };
        let awaited = Arc::new(());
        self.awaited = awaited.clone();
        let mask = ready.edit.mask().clone();
        ready.busy = Some(Busy::Keeping);
        let write = move || {
            let written = png::write(&mask, &path, IfExists::Replace).map_err(|error| error.to_string());
            written.map(|()| path)
        };
        studio.run_write(write, move |studio, written| {
            match written.flatten().and_then(|path| studio.use_mask(id, path)) {
                Ok(()) if studio.editor_awaiting(&awaited).is_some() => studio.dialog = None,
                Ok(()) => {}
                Err(why) => {
                    if let Some(CutOutEditor { state: State::Ready(ready), .. }) = studio.editor_awaiting(&awaited) {
                        ready.busy = None;
                    }
                    studio.messages.push(Level::Error, format!("The cut-out could not be kept: {why}"));
                }
            }
        });
    }
}

/// How often the keys of `command` were pressed since the last frame, which a slow one may come after.
fn times_pressed(ui: &Ui, command: Command) -> usize {
    let keys = command.shortcuts().iter();
    ui.input_mut(|i| keys.map(|keys| i.count_and_consume_key(keys.modifiers, keys.logical_key)).sum())
}

impl Studio {
    /// Where the corrected cut-out of a card belongs: without a data folder, in one that goes with the window.
    fn new_mask_path(&mut self, id: ItemId) -> std::io::Result<PathBuf> {
        if let Some(store) = &self.store {
            return Ok(store.new_mask_path(id));
        }
        Ok(new_mask_path_in(&self.passing_folder()?, id))
    }

    /// The open editor, if it is the one that awaits this answer.
    fn editor_awaiting(&mut self, awaited: &Arc<()>) -> Option<&mut CutOutEditor> {
        match &mut self.dialog {
            Some(Dialog::CutOut(editor)) if Arc::ptr_eq(&editor.awaited, awaited) => Some(editor),
            _ => None,
        }
    }

    /// Gives a card a corrected mask and makes its mesh again.
    ///
    /// # Errors
    /// The sentence to tell when the card is gone.
    fn use_mask(&mut self, id: ItemId, path: PathBuf) -> Result<(), String> {
        let gone = "its picture was taken out of the list; undo that, then use it again";
        let item = self.items.get_mut(id).ok_or(gone)?;
        let before = item.mask.replace(path);
        let request = Box::new(item.request);
        // The mask says it all already.
        item.request.cut_out = item.request.cut_out.of_made_mask();
        // The settings may have been changed beside the editor.
        let unused = why_none(&item.request);
        self.history.push(Change::Mask { id, mask: before, request });
        match unused {
            None => self.start(id),
            Some(why) => {
                self.messages.push(Level::Info, format!("The cut-out is kept, but not used now: {why}"));
                self.touch();
            }
        }
        Ok(())
    }
}

/// Why nothing is cut out with these settings, where they take the whole frame.
pub(super) fn why_none(request: &Request) -> Option<String> {
    let needed = words::shown(relevance::needed_for_mask(request)?);
    Some(format!("this {} takes the whole frame; for a cut-out choose {needed}", request.mode.name()))
}

#[cfg(test)]
mod tests;
