//! Meshes on their way into graphics memory.

use std::sync::Arc;

use super::super::Studio;
use super::super::state::ItemId;
use super::super::tasks::caught;
use super::super::toast::Level;
use super::Shown;
use crate::background;
use crate::mesh::Mesh;
use crate::render::{GpuMesh, PreparedLevel, PreparedMesh, RenderError};

/// A mesh made ready for the device, which can be done before there is one.
pub(in super::super) struct Prepared {
    whole: PreparedMesh,
    quick: Option<PreparedLevel>,
}

impl Prepared {
    /// Makes `mesh` ready, for slow devices with a version to draw while the view moves.
    pub fn new(mesh: &Mesh, for_slow: bool) -> Result<Self, RenderError> {
        let whole = PreparedMesh::new(mesh)?;
        let quick = if for_slow { whole.quick_level() } else { None };
        Ok(Self { whole, quick })
    }
}

/// A mesh in graphics memory, or why it is not there.
pub(in super::super) type Uploaded = Result<(GpuMesh, PreparedMesh), RenderError>;

/// Puts meshes into graphics memory, from any thread.
#[derive(Clone)]
pub(in super::super) struct Uploader {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

impl Uploader {
    /// Uploads what is ready.
    pub fn upload(&self, prepared: Prepared) -> Uploaded {
        let Prepared { whole, quick } = prepared;
        let mesh = GpuMesh::upload(&self.device, &self.queue, &whole)?;
        let mesh = match &quick {
            Some(level) => mesh.with_level(&self.device, &self.queue, level)?,
            None => mesh,
        };
        Ok((mesh, whole))
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

    /// Makes room for `mesh`; until it is in graphics memory the one before stays. Returns whether there
    /// is anything to show.
    fn expect(&mut self, mesh: &Arc<Mesh>) -> bool {
        let Some(bounds) = mesh.bounds() else { return false };
        self.generation += 1;
        self.motion.awaits_level = false;
        let before = self.shown.take().and_then(|s| s.gpu_mesh);
        self.shown = Some(Shown { mesh: mesh.clone(), bounds, gpu_mesh: before });
        self.camera.set_subject(bounds);
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
        match uploaded {
            Some(uploaded) => {
                if view.expect(mesh) {
                    self.take_uploaded(uploaded);
                }
            }
            None => self.upload(mesh),
        }
        let view = &mut self.viewport;
        if view.fitted.replace(id) != Some(id) {
            view.fit();
        }
    }

    /// Shows `mesh` without moving the camera. It appears once it is in graphics memory.
    pub(in super::super) fn upload(&mut self, mesh: &Arc<Mesh>) {
        let view = &mut self.viewport;
        if !view.expect(mesh) {
            return;
        }
        let Some(uploader) = view.uploader() else { return };
        let (generation, slow, mesh) = (view.generation, view.is_slow(), mesh.clone());
        self.spawn(move || {
            let uploaded = Prepared::new(&mesh, slow).and_then(|prepared| uploader.upload(prepared));
            Box::new(move |studio| {
                if studio.viewport.generation == generation {
                    studio.take_uploaded(uploaded);
                }
            })
        });
    }

    fn take_uploaded(&mut self, uploaded: Uploaded) {
        let view = &mut self.viewport;
        match (uploaded, &mut view.shown) {
            (Ok((gpu_mesh, prepared)), Some(shown)) => {
                shown.gpu_mesh = Some(Arc::new(gpu_mesh));
                view.motion.start();
                if view.is_slow() {
                    self.add_faithful_level(prepared);
                }
            }
            (Err(error), _) => self.messages.push(Level::Error, format!("The mesh cannot be shown: {error}")),
            (Ok(_), None) => {}
        }
    }

    /// Adds the version of the shown mesh that looks the same and is drawn sooner, once it is made.
    fn add_faithful_level(&mut self, prepared: PreparedMesh) {
        let view = &mut self.viewport;
        let gpu_mesh = view.shown.as_ref().and_then(|s| s.gpu_mesh.clone());
        let (Some(uploader), Some(gpu_mesh)) = (view.uploader(), gpu_mesh) else { return };
        let generation = view.generation;
        view.motion.awaits_level = true;
        let is_made = self.spawn(move || {
            let level = caught(|| background::run(|| prepared.faithful_level())).unwrap_or_default();
            let levelled = level.and_then(|l| gpu_mesh.with_level(&uploader.device, &uploader.queue, &l).ok());
            Box::new(move |studio| {
                let view = &mut studio.viewport;
                if view.generation != generation {
                    return;
                }
                view.motion.awaits_level = false;
                // Without it everything is drawn as before.
                if let (Some(shown), Some(levelled)) = (&mut view.shown, levelled) {
                    shown.gpu_mesh = Some(Arc::new(levelled));
                }
            })
        });
        if !is_made {
            self.viewport.motion.awaits_level = false;
        }
    }
}
