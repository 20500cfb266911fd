//! What each stored result depends on: the one place that says which setting matters where.
//!
//! A setting that is missing here would give stale results, one too many only costs time; the tests
//! hold both against what the stages really do.

use super::learned;
use crate::cache::{Digest, Key, KeyBuilder};
use crate::craft;
use crate::progress::Stage;
use crate::request::{Mode, ReliefBase, Request, Side};

/// Digest of the code that makes results, see `build.rs`: new code, new keys. Numbers lie in memory
/// as the machine has them, so the byte order belongs to it.
const VERSION: &str =
    if cfg!(target_endian = "little") { env!("ORFEAS_ALGORITHMS") } else { concat!(env!("ORFEAS_ALGORITHMS"), "-be") };

/// The keys of one request, in the order of the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    /// The decoded, resized and enhanced picture.
    pub picture: Key,
    /// The cut-out.
    pub cut_out: Key,
    /// Whether the request needs the cut-out.
    pub needs_cut_out: bool,
    /// What the learned model knows of the picture, if one makes the solid.
    pub latents: Option<Key>,
    /// What the craft or the model made.
    pub shape: Key,
    /// The raw mesh, after the field operations.
    pub surface: Key,
    /// The mesh with everything but its size.
    pub finished: Key,
    /// The placed mesh and its report.
    pub result: Key,
}

impl Keys {
    /// The keys of `request` for a picture, a mask, a learned model and the further views that it is
    /// shown, in their order, with these digests.
    pub(super) fn of(
        request: &Request,
        picture: &Digest,
        mask: Option<&Digest>,
        learned: Option<&Digest>,
        views: &[(Side, Digest)],
    ) -> Self {
        // Destructured so that a new group cannot be forgotten here.
        let Request { mode, intake: _, cut_out: _, model, inflate, relief, lithophane, stamp, solid, mesh, size } =
            request;
        let start = |stage| KeyBuilder::new(stage, VERSION);

        let (picture, cut_out) = Self::of_picture(request, picture, mask);
        let needs_cut_out = craft::needs_cut_out(request);

        let latents = (*mode == Mode::Model).then(|| {
            let latents = start("latents").input(&cut_out).content(learned).params(&learned::encode_settings(model));
            let with_view = |latents: KeyBuilder, (side, digest): &(Side, Digest)| {
                latents.params(side).input(&Self::of_picture(request, digest, None).1)
            };
            views.iter().fold(latents, with_view).finish()
        });

        // The cut-out's key contains the picture's, that of the latents both.
        let made_of = latents.as_ref().unwrap_or(if needs_cut_out { &cut_out } else { &picture });
        let shape = start("shape").input(made_of).params(mode);
        // A lithophane has a pitch, and a model cells of its own.
        let has_cells = !matches!(mode, Mode::Lithophane | Mode::Model);
        let shape = if has_cells { shape.params(&solid.cells()) } else { shape };
        // All but the balloon are made in millimetres, and so for a size; the balloon knows it only
        // for its thinnest parts.
        let shape = match mode {
            Mode::Inflate if solid.min_wall_mm == 0.0 => shape.params(inflate),
            Mode::Inflate => shape.params(inflate).params(&solid.min_wall_mm).params(size),
            // Reliefs are painted where they are made, and lose their loose pieces there.
            Mode::Relief => {
                let shape = shape.params(relief).params(&mesh.color).params(size);
                if relief.plate == ReliefBase::Plate { shape } else { shape.params(&mesh.drop_floaters) }
            }
            Mode::Lithophane => shape.params(lithophane).params(size),
            // A draft has fewer cells across a wall, and what a wall leaves of the resolution is told.
            Mode::Stamp => shape.params(stamp).params(size).params(&solid.quality).params(&solid.resolution),
            Mode::Model => shape.params(&learned::decode_settings(request)),
        };
        let shape = shape.finish();

        let surface = start("surface").input(&shape);
        let operations = [solid.hollow_mm, solid.flat_base_mm];
        let surface = if operations.iter().all(|mm| *mm == 0.0) {
            surface
        } else {
            // Millimetres in the model's unit need the size of the print, and that what will be left of it.
            surface.params(&operations).params(size).params(&mesh.drop_floaters)
        };
        let surface = surface.finish();

        let finished = start("mesh").input(&surface).params(mesh);
        let finished = if mesh.max_error_mm.is_some() { finished.params(size) } else { finished };
        let finished = finished.finish();

        let result = start("result").input(&finished).params(size).finish();
        Self { picture, cut_out, needs_cut_out, latents, shape, surface, finished, result }
    }

    /// The keys of a decoded picture and of its cut-out.
    fn of_picture(request: &Request, picture: &Digest, mask: Option<&Digest>) -> (Key, Key) {
        let start = |stage| KeyBuilder::new(stage, VERSION);
        let picture = start("picture").content(Some(picture)).params(&request.intake_params()).finish();
        (picture, start("cutout").input(&picture).content(mask).params(&request.cut_out).finish())
    }

    /// Each key with the stage whose work it saves.
    fn by_stage(&self) -> [(Stage, Option<Key>); 7] {
        [
            (Stage::Intake, Some(self.picture)),
            (Stage::CutOut, self.needs_cut_out.then_some(self.cut_out)),
            (Stage::Latents, self.latents),
            (Stage::Shape, Some(self.shape)),
            (Stage::Surface, Some(self.surface)),
            (Stage::Mesh, Some(self.finished)),
            (Stage::Check, Some(self.result)),
        ]
    }
}

/// The stages that have to run again when `old` becomes `new` on the same picture; empty when both
/// ask for the same. Field operations count as [`Stage::Surface`] here.
pub fn stages_to_redo(old: &Request, new: &Request) -> Vec<Stage> {
    let keys = |request| Keys::of(request, &[0; 32], None, None, &[]).by_stage();
    let changed = |((stage, old), (_, new)): ((Stage, Option<Key>), (Stage, Option<Key>))| {
        (old != new && new.is_some()).then_some(stage)
    };
    keys(old).into_iter().zip(keys(new)).filter_map(changed).collect()
}
