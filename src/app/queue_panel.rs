//! The picture list: one card per picture, waiting, running or done.

use std::collections::{HashMap, HashSet};

use egui::{Align, Color32, Layout, ProgressBar, RichText, ScrollArea, Sense, Stroke, StrokeKind};
use egui::{TextureHandle, Ui, UiBuilder, vec2};

use super::Studio;
use super::command::Command;
use super::state::{Item, ItemId, Items, Source, Status};
use super::theme::{self, Palette};
use crate::image::intake::{self, Limits};
use crate::job::JobId;
use crate::print::text;
use crate::progress::Monitor;
use crate::request::IntakeParams;

/// What the list needs to draw: thumbnails, and what learned models were going to need.
#[derive(Default)]
pub struct QueueView {
    thumbnails: HashMap<ItemId, Thumbnail>,
    pub(super) plans: HashMap<ItemId, String>,
    /// Jobs of which it is told already that they were cancelled.
    pub(super) told_cancelled: HashSet<JobId>,
    /// The selected card that was scrolled to.
    scrolled_to: Option<ItemId>,
}

enum Thumbnail {
    Loading,
    Ready(TextureHandle),
    /// The picture cannot be read; the card's own error says why.
    None,
}

/// Side of a thumbnail, in pixels; twice its size in points, for dense screens.
const THUMBNAIL_PX: u32 = 112;
const THUMBNAIL_POINTS: f32 = 56.0;
/// Height of a card, in points: all the same, so that a long list costs only what is visible.
const CARD_HEIGHT: f32 = 80.0;
/// Between a card's edge and what it holds, in points.
const CARD_MARGIN: f32 = 10.0;

impl Studio {
    pub(super) fn queue_ui(&mut self, ui: &mut Ui) {
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            ui.strong(format!("Pictures ({})", self.items.len()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button("Add…").on_hover_text(super::layout::tooltip(ui.ctx(), Command::Open)).clicked() {
                    self.send(Command::Open);
                }
            });
        });
        let ids: Vec<ItemId> = self.items.iter().map(|i| i.id).collect();
        ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, CARD_HEIGHT, ids.len(), |ui, rows| {
            self.scroll_to_selected(ui, &ids, rows.start);
            for &id in &ids[rows] {
                self.card_ui(ui, id);
            }
        });
    }

    /// Brings a card into sight when it becomes selected. `first` is the card at the top of `ui`.
    fn scroll_to_selected(&mut self, ui: &Ui, ids: &[ItemId], first: usize) {
        let selected = self.items.selected_id();
        if std::mem::replace(&mut self.queue_view.scrolled_to, selected) == selected {
            return;
        }
        let Some(place) = ids.iter().position(|id| Some(*id) == selected) else { return };
        let step = CARD_HEIGHT + ui.spacing().item_spacing.y;
        let top = ui.max_rect().top() + (place as f32 - first as f32) * step;
        ui.scroll_to_rect(ui.max_rect().with_min_y(top).with_max_y(top + CARD_HEIGHT), None);
    }

    fn card_ui(&mut self, ui: &mut Ui, id: ItemId) {
        let Some(item) = self.items.get(id).cloned() else { return };
        let palette = Palette::of(ui.ctx());
        let selected = self.items.selected_id() == Some(id);
        let outline = if selected { palette.accent } else { palette.line };
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), CARD_HEIGHT));
        let response = ui.interact(rect, ui.id().with(("card", id)), Sense::click());
        let outline = Stroke::new(if selected { 2.0 } else { 1.0 }, outline);
        ui.painter().rect(rect, theme::ROUNDING, palette.card, outline, StrokeKind::Inside);
        if response.has_focus() {
            // In the colour of text: it must be told from the outline of the selected card.
            let ring = Stroke::new(2.0, palette.text);
            ui.painter().rect_stroke(rect.shrink(3.0), theme::ROUNDING, ring, StrokeKind::Inside);
        }
        let mut content = ui.new_child(UiBuilder::new().id_salt(id).max_rect(rect.shrink(CARD_MARGIN)));
        content.shrink_clip_rect(rect);
        content.horizontal(|ui| {
            self.thumbnail_ui(ui, &item);
            ui.vertical(|ui| self.card_text_ui(ui, &item, &palette));
        });
        let name = format!("Picture {}", item.name());
        response.widget_info(|| egui::WidgetInfo::selected(egui::WidgetType::Button, true, selected, &name));
        if response.clicked() {
            self.select(id);
        }
        if let Status::Failed(why) = &item.status {
            response.clone().on_hover_text(why);
        }
        if let (Status::Running { .. }, Some(plan)) = (&item.status, self.queue_view.plans.get(&id)) {
            response.clone().on_hover_text(plan);
        }
        response.context_menu(|ui| self.card_menu_ui(ui, id));
    }

    fn card_text_ui(&mut self, ui: &mut Ui, item: &Item, palette: &Palette) {
        // Small buttons are no higher than their text.
        ui.spacing_mut().interact_size.y = 0.0;
        if matches!(item.status, Status::Running { .. }) {
            // The bar stands between the lines.
            ui.spacing_mut().item_spacing.y = 2.0;
        }
        // Text that can be selected would keep clicks from the card.
        ui.add(egui::Label::new(RichText::new(item.name()).strong()).truncate().selectable(false));
        let is_mesh = matches!(item.source, Source::MeshFile(_));
        let again = if is_mesh || item.is_read_by_retry() { "Read the mesh once more" } else { "Run it once more" };
        match &item.status {
            Status::New if is_mesh => line(ui, palette.weak_text, "Mesh file"),
            Status::New => line(ui, palette.weak_text, "Not generated yet"),
            Status::Waiting => line(ui, palette.weak_text, "Waiting"),
            Status::Running { stage, estimate } => {
                ui.add(ProgressBar::new(estimate.fraction).desired_height(8.0).fill(palette.accent));
                let stage = stage.map_or("Starting", |s| s.label());
                match estimate.secs_left {
                    Some(secs) => line(ui, palette.weak_text, &format!("{stage}, {} left", duration(secs))),
                    None => line(ui, palette.weak_text, stage),
                }
            }
            Status::Finished if item.is_outdated() => line(ui, palette.warning, "Settings changed"),
            Status::Finished => match &item.finished {
                Some(done) => {
                    let (color, sign) = match done.report.is_print_ready() {
                        true => (palette.success, "✔"),
                        false => (palette.warning, "⚠"),
                    };
                    line(ui, color, &format!("{sign} {}", rough_size(done.report.size_mm)));
                }
                None => line(ui, palette.success, "✔ Finished"),
            },
            // The card itself tells the whole of it where the mouse rests.
            Status::Failed(why) => _ = ui.add(short(palette.error, why).show_tooltip_when_elided(false)),
            Status::Cancelled => line(ui, palette.weak_text, "Cancelled"),
        }
        ui.horizontal(|ui| {
            // Two of them fit beside each other.
            (ui.spacing_mut().button_padding.x, ui.spacing_mut().item_spacing.x) = (5.0, 6.0);
            let mut small = |text: &str, tip: &str| ui.small_button(text).on_hover_text(tip).clicked();
            let command = match &item.status {
                Status::Waiting | Status::Running { .. } => {
                    small("Cancel", "Stop this picture").then_some(Command::Cancel)
                }
                Status::Failed(_) | Status::Cancelled => small("Try again", again).then_some(Command::Retry),
                Status::New if is_mesh => None,
                Status::New => small("Generate", "Make the mesh").then_some(Command::Generate),
                Status::Finished if item.is_outdated() => {
                    small("Generate", "Make the mesh with the changed settings").then_some(Command::Generate)
                }
                Status::Finished => None,
            };
            if let Some(command) = command {
                self.select_if_other(item.id);
                self.send(command);
            }
            if matches!(item.status, Status::Failed(_)) {
                self.fetch_ui(ui, item);
            }
        });
    }

    /// A picture whose model is missing fails again until somebody fetches it.
    fn fetch_ui(&mut self, ui: &mut Ui, item: &Item) {
        let Some(id) = self.missing_model(&item.request) else { return };
        // In a narrow list a part of it.
        let button = egui::Button::new("Fetch model").small().truncate();
        if ui.add(button).on_hover_text(Command::Models.tooltip()).clicked() {
            self.select_if_other(item.id);
            self.open_models(Some(id));
        }
    }

    fn card_menu_ui(&mut self, ui: &mut Ui, id: ItemId) {
        use Command as C;
        self.select_if_other(id);
        for command in
            [C::Generate, C::Cancel, C::EditCutOut, C::Export, C::MoveUp, C::MoveDown, C::ApplyToAll, C::Remove]
        {
            let enabled = self.is_enabled(command);
            if ui.add_enabled(enabled, egui::Button::new(command.label())).on_hover_text(command.tooltip()).clicked() {
                self.send(command);
                ui.close();
            }
        }
    }

    fn thumbnail_ui(&mut self, ui: &mut Ui, item: &Item) {
        let size = vec2(THUMBNAIL_POINTS, THUMBNAIL_POINTS);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        match self.queue_view.thumbnails.get(&item.id) {
            Some(Thumbnail::Ready(texture)) => {
                let [width, height] = texture.size().map(|s| s as f32);
                let shown = vec2(width, height) * (THUMBNAIL_POINTS / width.max(height));
                let target = egui::Rect::from_center_size(rect.center(), shown);
                let whole = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
                ui.painter().image(texture.id(), target, whole, Color32::WHITE);
            }
            known => {
                let symbol = if matches!(item.source, Source::MeshFile(_)) { "📦" } else { "🖼" };
                let weak = Palette::of(ui.ctx()).weak_text;
                let font = egui::FontId::proportional(24.0);
                ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, symbol, font, weak);
                if known.is_none() {
                    self.load_thumbnail(item);
                }
            }
        }
    }

    /// Reads the picture of a card anew, whose file may have changed; until then the old one is shown.
    pub(super) fn renew_thumbnail(&mut self, id: ItemId) {
        let item = self.items.get(id).filter(|_| self.queue_view.thumbnails.contains_key(&id)).cloned();
        if let Some(item) = item {
            self.load_thumbnail(&item);
        }
    }

    fn load_thumbnail(&mut self, item: &Item) {
        let id = item.id;
        let Source::Picture(path) = item.source.clone() else {
            self.queue_view.thumbnails.insert(id, Thumbnail::None);
            return;
        };
        self.queue_view.thumbnails.entry(id).or_insert(Thumbnail::Loading);
        let read = move || {
            let params = IntakeParams { working_size_px: THUMBNAIL_PX, ..IntakeParams::default() };
            let limits = Limits::default();
            // A pipe may keep the reader waiting for ever.
            path.is_file().then_some(())?;
            let picture = intake::read_file(&path, &limits)
                .and_then(|bytes| intake::decode(&bytes, &params, &limits, &Monitor::silent()));
            picture.ok().map(|p| {
                let size = [p.pixels.width() as usize, p.pixels.height() as usize];
                egui::ColorImage::from_rgba_unmultiplied(size, p.pixels.as_raw())
            })
        };
        self.run_thumbnail(read, move |studio, image| {
            // The card may be gone by now.
            if studio.items.get(id).is_none() {
                return;
            }
            let ready = image.ok().flatten().map_or(Thumbnail::None, |image| {
                let name = format!("thumbnail {}", id.0);
                Thumbnail::Ready(studio.ctx.load_texture(name, image, egui::TextureOptions::LINEAR))
            });
            studio.queue_view.thumbnails.insert(id, ready);
        });
    }

    /// Gives up what goes on for cards that are no longer in the list, and drops what belongs to them.
    pub(super) fn forget_removed(&mut self) {
        self.stop_repair_of_removed();
        self.queue_view.forget_removed(&self.items);
    }
}

impl QueueView {
    /// Drops what belongs to cards that are no longer in the list.
    fn forget_removed(&mut self, items: &Items) {
        self.thumbnails.retain(|id, _| items.get(*id).is_some());
        self.plans.retain(|id, _| items.get(*id).is_some());
    }
}

fn line(ui: &mut Ui, color: Color32, text: &str) {
    ui.add(short(color, text));
}

/// Small text that is no wider than its card.
fn short(color: Color32, text: &str) -> egui::Label {
    egui::Label::new(RichText::new(text).small().color(color)).truncate().selectable(false)
}

/// Whole millimetres, and more of what these would round away.
fn rough_size(size_mm: [f32; 3]) -> String {
    let longest = size_mm.into_iter().fold(0.0, f32::max);
    let [width, depth, height] =
        size_mm.map(|mm| if longest >= 10.0 && mm >= 1.0 { format!("{mm:.0}") } else { text::length(mm) });
    format!("{width} × {depth} × {height} mm")
}

/// Seconds as people say them.
fn duration(secs: f32) -> String {
    let secs = secs.max(0.0).ceil() as u64;
    if secs < 60 { format!("{secs} s") } else { format!("{} min {} s", secs / 60, secs % 60) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::studio;
    use super::*;

    #[test]
    fn a_small_mesh_has_a_size() {
        assert_eq!(rough_size([80.2, 34.6, 7.0]), "80 × 35 × 7 mm");
        assert_eq!(rough_size([100.0, 80.0, 0.3]), "100 × 80 × 0.3 mm");
        assert_eq!(rough_size([0.05, 0.04, 0.1]), "0.05 × 0.04 × 0.1 mm");
    }

    #[test]
    fn thumbnails_that_do_not_come_keep_nothing_else_waiting() {
        let (folder, mut studio) = studio();
        super::super::tests::take_answers(&mut studio);
        let (hold, held) = crossbeam_channel::bounded::<()>(0);
        for _ in 0..8 {
            let held = held.clone();
            studio.run_thumbnail(move || held.recv().is_ok(), |_, _| ());
        }
        let path = folder.path().join("a.png");
        image::RgbImage::from_pixel(8, 6, image::Rgb([90, 140, 200])).save(&path).unwrap();
        let id = studio.add(Source::Picture(path));
        let item = studio.items.get(id).unwrap().clone();
        studio.load_thumbnail(&item);
        studio.run_task(|| 5.0, |studio, made| studio.draft.size.height_mm = made.ok());
        studio.next_answer(std::time::Duration::from_secs(60)).unwrap()(&mut studio);
        // It waits behind the others of its kind.
        let thumbnail =
            |studio: &Studio| studio.queue_view.thumbnails.get(&id).map(|t| matches!(t, Thumbnail::Ready(_)));
        assert_eq!((studio.draft.size.height_mm, thumbnail(&studio)), (Some(5.0), Some(false)));
        drop(hold);
        super::super::tests::take_answers(&mut studio);
        assert_eq!(thumbnail(&studio), Some(true));
    }

    #[test]
    fn nothing_is_remembered_of_cards_that_are_gone() {
        let (_folder, mut studio) = studio();
        let id = studio.add(Source::Picture("missing.png".into()));
        let item = studio.items.get(id).unwrap().clone();
        studio.load_thumbnail(&item);
        studio.queue_view.plans.insert(id, "A plan".to_owned());
        studio.remove(&[id]);
        let remembered = |studio: &Studio| studio.queue_view.thumbnails.len() + studio.queue_view.plans.len();
        assert_eq!(remembered(&studio), 0);
        // The answer comes too late.
        studio.next_answer(std::time::Duration::from_secs(60)).unwrap()(&mut studio);
        assert!(studio.is_at_rest());
        assert_eq!(remembered(&studio), 0);
    }
}
