//! One file that the export dialog writes. No widgets.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use glam::{DVec3, Vec3};

use crate::export::{self, ExportOptions, Format};
use crate::files::{self, IfExists};
use crate::mesh::{Mesh, slivers};
use crate::print;

/// Which axis points up in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Up {
    /// As slicers want it.
    Z,
    /// As most renderers and games want it.
    Y,
}

/// What is written, and how.
#[derive(Clone)]
pub struct Job {
    /// Millimetres, +Z up.
    pub mesh: Arc<Mesh>,
    /// The format.
    pub format: Format,
    /// By how much it grows.
    pub scale: f32,
    /// What points up in the file.
    pub up: Up,
    /// The file.
    pub path: PathBuf,
    /// What happens to a file that is there already.
    pub if_exists: IfExists,
    /// Title, where the format has one.
    pub title: String,
}

impl Job {
    /// Writes the file, and takes away what killed processes left half written where it is to be.
    ///
    /// # Errors
    /// See [`export::write_file`].
    pub fn run(&self) -> Result<(), export::ExportError> {
        let options = ExportOptions { if_exists: self.if_exists, title: self.title.clone(), thumbnail: None };
        // Behind a link, that is elsewhere.
        if let Ok(target) = files::target_of(&self.path) {
            files::sweep_temporaries(files::folder_of(&target));
        }
        export::write_file(&self.placed(), self.format, &self.path, &options)
    }

    /// The mesh as it is written: turned, scaled, and standing where a printer will have it.
    fn placed(&self) -> Cow<'_, Mesh> {
        let mut mesh = Cow::Borrowed(&*self.mesh);
        if self.up == Up::Y {
            mesh.to_mut().transform(|p| Vec3::new(p.x, p.z, -p.y));
        }
        let foot = if self.format.is_for_printing() { print::foot(&mesh) } else { DVec3::ZERO };
        if self.scale != 1.0 || foot != DVec3::ZERO {
            // In double precision, so that only one rounding happens.
            mesh.to_mut().transform(|p| ((p.as_dvec3() - foot) * f64::from(self.scale)).as_vec3());
        }
        match mesh {
            Cow::Owned(mesh) => Cow::Owned(slivers::settled(mesh)),
            as_it_is => as_it_is,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import;

    /// A box of 60 × 40 × 30 mm with its lowest corner at `from`.
    fn slab(from: Vec3) -> Mesh {
        let corner = |i: usize| from + Vec3::new([0.0, 60.0][i & 1], [0.0, 40.0][i >> 1 & 1], [0.0, 30.0][i >> 2]);
        let sides = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        let triangles = sides.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]);
        Mesh {
            vertex_positions: (0..8).map(corner).collect(),
            triangle_indices: triangles.collect(),
            vertex_colors: None,
        }
    }

    fn job(mesh: Mesh, format: Format, up: Up, scale: f32) -> Job {
        let (path, title) = (PathBuf::from(format!("slab.{}", format.extension())), "slab".to_owned());
        Job { mesh: Arc::new(mesh), format, scale, up, path, if_exists: IfExists::Replace, title }
    }

    #[test]
    fn what_is_printed_stands_on_the_bed_whatever_the_file_had_and_whichever_axis_is_up() {
        let folder = tempfile::tempdir().unwrap();
        let mesh = slab(Vec3::new(500.0, 0.0, -12.0));
        assert!(mesh.signed_volume() > 0.0);
        for format in [Format::Stl, Format::ThreeMf] {
            for (up, scale, size) in [
                (Up::Z, 1.0, Vec3::new(60.0, 40.0, 30.0)),
                (Up::Y, 1.0, Vec3::new(60.0, 30.0, 40.0)),
                (Up::Z, 0.5, Vec3::new(30.0, 20.0, 15.0)),
                (Up::Y, 0.5, Vec3::new(30.0, 15.0, 20.0)),
            ] {
                let job = job(mesh.clone(), format, up, scale);
                let job = Job { path: folder.path().join(&job.path), ..job };
                job.run().unwrap();
                let written = import::read_file(&job.path).unwrap();
                let bounds = written.bounds().unwrap();
                assert_eq!(bounds.size(), size, "{format:?} {up:?} {scale}");
                assert_eq!(bounds.center().with_z(bounds.min.z), Vec3::ZERO, "{format:?} {up:?} {scale}");
                assert!(written.signed_volume() > 0.0);
            }
        }
    }

    #[test]
    fn what_a_killed_export_left_goes_with_the_next_one_and_what_others_write_stays() {
        let folder = tempfile::tempdir().unwrap();
        let yesterday = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
        let put = |name: &str| {
            let path = folder.path().join(name);
            (std::fs::File::create(&path).unwrap(), path)
        };
        let [left, notes] = [".orfeas-aB3dEf.tmp", "notes.tmp"].map(put).map(|(file, path)| {
            file.set_modified(yesterday).unwrap();
            path
        });
        let (_file, being_written) = put(".orfeas-fresh1.tmp");
        let job = job(slab(Vec3::ZERO), Format::Stl, Up::Z, 1.0);
        let job = Job { path: folder.path().join(&job.path), ..job };
        job.run().unwrap();
        assert!(job.path.exists() && !left.exists());
        assert!(notes.exists() && being_written.exists());
    }

    #[test]
    fn what_stands_already_and_what_is_not_printed_is_written_as_it_is() {
        let standing = job(slab(Vec3::new(-30.0, -20.0, 0.0)), Format::Stl, Up::Z, 1.0);
        assert!(matches!(standing.placed(), Cow::Borrowed(_)));
        let elsewhere = job(slab(Vec3::new(500.0, 0.0, -12.0)), Format::Obj, Up::Z, 1.0);
        assert!(matches!(elsewhere.placed(), Cow::Borrowed(_)));
    }
}
