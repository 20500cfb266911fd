//! Meshes on their way into graphics memory.

use std::sync::Arc;

use super::super::Studio;
use super::super::state::ItemId;
use super::super::toast::Level;
use super::Shown;
use crate::background;
use crate::mesh::Mesh;
use crate::render::{GpuMesh, PreparedMesh, RenderError};

/// A mesh made ready for the device, which can be done before there is one.
pub(in super::super) struct Prepared {
    drawn: PreparedMesh,
    is_stand_in: bool,
}

impl Prepared {
    /// Makes `mesh` ready; for slow devices a coarse one that stands in for a large mesh.
    pub fn new(mesh: &Mesh, for_slow: bool) -> Result<Self, RenderError> {
        let stand_in = if for_slow { PreparedMesh::stand_in(mesh)? } else { None };
        let is_stand_in = stand_in.is_some();
        let drawn = stand_in.map_or_else(|| PreparedMesh::new(mesh), Ok)?;
        Ok(Self { drawn, is_stand_in })
    }
}

/// A mesh in graphics memory, or why it is not there.
pub(in super::super) type Uploaded = Result<OnDevice, RenderError>;

/// A mesh in graphics memory.
pub(in super::super) struct OnDevice {
    mesh: GpuMesh,
    is_stand_in: bool,
}

/// Puts meshes into graphics memory, from any thread.
#[derive(Clone)]
pub(in super::super) struct Uploader {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

impl Uploader {
    /// Uploads what is ready.
    pub fn upload(&self, prepared: &Prepared) -> Uploaded {
        let mesh = GpuMesh::upload(&self.device, &self.queue, &prepared.drawn)?;
        Ok(OnDevice { mesh, is_stand_in: prepared.is_stand_in })
    }

    /// Uploads the whole of `mesh`, with coarser versions.
    fn upload_levels(&self, mesh: &Mesh) -> Result<GpuMesh, RenderError> {
        let whole = PreparedMesh::new(mesh)?;
        let mut on_device = GpuMesh::upload(&self.device, &self.queue, &whole)?;
        let faithful = whole.faithful_level();
        // Where little can be left out, what moves is drawn roughly.
        let is_enough = faithful.as_ref().is_some_and(|level| level.triangle_count() <= GpuMesh::SMALL);
        let quick = if is_enough { None } else { whole.quick_level() };
        for level in [faithful, quick].iter().flatten() {
            on_device = on_device.with_level(&self.device, &self.queue, level)?;
        }
        Ok(on_device)
    }
}

impl super::Viewport {
    /// What uploads meshes, where there is a device.
    pub(in super::super) fn uploader(&self) -> Option<Uploader> {
        self.gpu.as_ref().map(|g| Uploader { device: g.device.clone(), queue: g.queue.clone() })
    }

    /// Whether the device needs coarser versions.
    pub(in super::super) fn is_slow(&self) -> bool {
        self.motion.is_slow()
    }

    /// Makes room for `mesh`; until it is in graphics memory the one before stays, if that is of the
    /// `same_card`. Returns whether there is anything to show.
    fn expect(&mut self, mesh: &Arc<Mesh>, same_card: bool) -> bool {
        let Some(bounds) = mesh.bounds() else { return false };
        self.generation += 1;
        self.motion.awaits_levels = false;
        // That of another card would be taken for this one.
        let before = self.shown.take().filter(|_| same_card).and_then(|s| s.gpu_mesh);
        self.shown = Some(Shown { mesh: mesh.clone(), bounds, gpu_mesh: before, has_levels: false });
        self.camera.set_subject(bounds);
        self.keep_section_inside();
        true
    }
}

impl Studio {
    /// Shows `mesh` (print space, mm) of card `id`; the camera fits it when the card is another one.
    /// `uploaded` is the mesh in graphics memory, if it is there already.
    pub(in super::super) fn show_mesh(&mut self, id: ItemId, mesh: &Arc<Mesh>, uploaded: Option<Uploaded>) {
        let view = &mut self.viewport;
        if view.shown.as_ref().is_some_and(|s| Arc::ptr_eq(&s.mesh, mesh)) {
            return;
        }
        view.marker = None;
        view.overlay = None;
        view.measure.iter_mut().for_each(Vec::clear);
        let same_card = view.fitted == Some(id);
        match uploaded {
            Some(uploaded) => {
                if view.expect(mesh, same_card) {
                    self.take_uploaded(uploaded);
                }
            }
            None => self.upload_of(mesh, same_card),
        }
        let view = &mut self.viewport;
        if view.fitted.replace(id) != Some(id) {
            view.fit();
        }
    }

    /// Shows another `mesh` of the same card without moving the camera. It appears once it is in graphics
    /// memory.
    pub(in super::super) fn upload(&mut self, mesh: &Arc<Mesh>) {
        self.upload_of(mesh, true);
    }

    fn upload_of(&mut self, mesh: &Arc<Mesh>, same_card: bool) {
        let view = &mut self.viewport;
        if !view.expect(mesh, same_card) {
            return;
        }
        let Some(uploader) = view.uploader() else { return };
        let (generation, slow, mesh) = (view.generation, view.is_slow(), mesh.clone());
        let upload = move || Prepared::new(&mesh, slow).and_then(|prepared| uploader.upload(&prepared));
        self.run_task(upload, move |studio, uploaded| {
            if studio.viewport.generation != generation {
                return;
            }
            match uploaded {
                Ok(uploaded) => studio.take_uploaded(uploaded),
                Err(why) => studio.tell_not_shown(&why),
            }
        });
    }

    fn tell_not_shown(&mut self, why: &str) {
        // Not the mesh before, which would be taken for this one; it is tried again when selected.
        self.viewport.clear();
        self.messages.push(Level::Error, format!("The mesh cannot be shown: {why}"));
    }

    fn take_uploaded(&mut self, uploaded: Uploaded) {
        let view = &mut self.viewport;
        match (uploaded, &mut view.shown) {
            (Ok(OnDevice { mesh, is_stand_in }), Some(shown)) => {
                shown.gpu_mesh = Some(Arc::new(mesh));
                view.motion.start();
                if is_stand_in {
                    self.add_levels();
                }
            }
            (Err(error), _) => self.tell_not_shown(&error.to_string()),
            (Ok(_), None) => {}
        }
    }

    /// Has the whole of the shown mesh uploaded with coarser versions beside it, once.
    pub(super) fn add_levels(&mut self) {
        let view = &mut self.viewport;
        let (Some(uploader), Some(shown)) = (view.uploader(), &mut view.shown) else { return };
        if std::mem::replace(&mut shown.has_levels, true) {
            return;
        }
        let (generation, mesh) = (view.generation, shown.mesh.clone());
        view.motion.awaits_levels = true;
        let make = move || background::run(|| uploader.upload_levels(&mesh)).map_err(|error| error.to_string());
        self.run_task(make, move |studio, made| {
            let view = &mut studio.viewport;
            if view.generation != generation {
                return;
            }
            view.motion.awaits_levels = false;
            match (made.flatten(), &mut view.shown) {
                (Ok(mesh), Some(shown)) => shown.gpu_mesh = Some(Arc::new(mesh)),
                (Ok(_), None) => {}
                (Err(why), _) => studio.messages.push(Level::Error, format!("The mesh cannot be shown: {why}")),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::super::super::tests::{block, studio, text_of};
    use super::*;
    use crate::render::Gpu;

    #[test]
    fn until_a_mesh_is_drawn_that_of_another_card_is_not_seen_and_that_of_the_same_is() {
        let gpu = match Gpu::new_headless() {
            Ok(gpu) => gpu,
            Err(RenderError::NoAdapter) if std::env::var_os("ORFEAS_REQUIRE_GPU").is_none_or(|v| v != "1") => {
                eprintln!("skipped: no graphics adapter");
                return;
            }
            Err(error) => panic!("{error}"),
        };
        let (_folder, mut studio) = studio();
        let [first, second, other] = [10.0, 20.0, 30.0].map(|side| block(Vec3::splat(side)));
        studio.show_mesh(ItemId(1), &first, None);
        let drawn = GpuMesh::upload(&gpu.device, &gpu.queue, &PreparedMesh::new(&first).unwrap()).unwrap();
        studio.viewport.shown.as_mut().unwrap().gpu_mesh = Some(Arc::new(drawn));
        let says_rough = |studio: &mut Studio| text_of(studio, Studio::viewport_ui).contains("Drawn roughly");
        assert!(!says_rough(&mut studio));
        studio.viewport.motion.awaits_levels = true;
        assert!(says_rough(&mut studio));
        studio.show_mesh(ItemId(1), &second, None);
        assert!(studio.viewport.is_mesh_shown(), "the view goes dark at every change");
        studio.show_mesh(ItemId(2), &other, None);
        assert!(!studio.viewport.is_mesh_shown(), "the mesh of another card");
    }
}
