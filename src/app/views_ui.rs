//! Pictures of the object from further sides, for models that take them: a slot for each.

use std::path::PathBuf;

use egui::{Grid, RichText, Ui};

use super::Studio;
use super::ask::Purpose;
use super::inspector::capitalised;
use super::state::{ItemId, Source};
use super::theme;
use super::undo::Change;
use crate::image::intake::ENDINGS as PICTURE_ENDINGS;
use crate::request::{Request, Side, relevance};

impl Studio {
    /// The slots of the selected picture, where its model takes further views.
    pub(super) fn views_ui(&mut self, ui: &mut Ui, request: &Request) {
        if relevance::needed_for_views(request).is_some() {
            return;
        }
        let Some(item) = self.items.selected().filter(|i| matches!(i.source, Source::Picture(_))) else {
            ui.label(RichText::new("Add a picture of the front, then more of its other sides here.").small());
            return;
        };
        let (id, views) = (item.id, item.views.clone());
        ui.label("Pictures of other sides").on_hover_text("This picture is the front; each of these is optional");
        Grid::new("views").num_columns(3).spacing([theme::GAP, 3.0]).show(ui, |ui| {
            for &side in Side::ALL {
                ui.weak(capitalised(side.name()));
                let path = views.get(&side);
                // Before the name, which takes what room is left.
                if path.is_some() {
                    let label = format!("Leave the {} out", side.name());
                    let clear = ui.small_button("✖").on_hover_text(&label);
                    clear.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, &label));
                    if clear.clicked() {
                        self.set_view(id, side, None);
                    }
                } else {
                    ui.label("");
                }
                let name = path.map(|p| p.file_name().unwrap_or(p.as_os_str()).to_string_lossy().into_owned());
                let hint = match path {
                    Some(path) => format!("{}\nClick to choose another one", path.display()),
                    None => format!("Choose a picture of its {}", side.name()),
                };
                let text = name.unwrap_or_else(|| format!("Choose the {}…", side.name()));
                if ui.add(egui::Button::new(text).truncate()).on_hover_text(hint).clicked() {
                    self.ask_for_view(id, side);
                }
                ui.end_row();
            }
        });
    }

    pub(super) fn ask_for_view(&mut self, id: ItemId, side: Side) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title(format!("The object from its {}", side.name()))
            .add_filter("Pictures", PICTURE_ENDINGS);
        self.ask_path(
            Purpose::Other,
            || dialog.pick_file(),
            move |studio, picked| studio.set_view(id, side, Some(picked)),
        );
    }

    /// Shows a card's object from this side by another picture, or not at all, so that it can be undone.
    pub fn set_view(&mut self, id: ItemId, side: Side, path: Option<PathBuf>) {
        let Some(item) = self.items.get_mut(id) else { return };
        let before = item.views.clone();
        item.change(|item| match path {
            Some(path) => _ = item.views.insert(side, path),
            None => _ = item.views.remove(&side),
        });
        if item.views != before {
            self.history.push(Change::Views { id, views: before });
            self.note_pasted_of_history();
            self.touch();
        }
    }
}
