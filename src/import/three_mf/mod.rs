//! 3MF: the objects of the build with their placement and colours, in any of its units.
//!
//! Reads the core specification, components, colour groups and base materials, and objects in other
//! parts of the package (the production extension, as large slicers write it). Textures and other
//! extensions are passed over. Parts are parsed while they are unpacked, so a package that unpacks
//! to more than it should never takes the memory.

mod model;
mod package;

use std::collections::BTreeMap;
use std::rc::Rc;

use glam::{DAffine3, Vec3};

use super::{Assembly, ImportError, Limits, Parsed};
use crate::export::Format;
use crate::progress::Monitor;
use model::{Model, Object, Reference};
use package::Package;

const MAX_DEPTH: usize = 32;
/// Copies of objects; those without triangles cost time as well.
const MAX_COPIES: usize = 1_000_000;

pub fn read(bytes: &[u8], limits: &Limits, monitor: &Monitor) -> Result<Parsed, ImportError> {
    let mut package = Package::open(bytes)?;
    let root = package.model_path()?;
    let mut scene = Scene { package, models: BTreeMap::new(), copies: 0, unprinted: 0, limits, monitor };
    let (items, unit_mm, unprinted_items) = {
        let model = scene.model(&root)?;
        if model.items.is_empty() && model.unprinted_items > 0 {
            return Err(ImportError::NothingPrinted);
        }
        if model.items.is_empty() && !model.objects.is_empty() {
            return Err(ImportError::NothingToBuild);
        }
        (model.items.clone(), model.unit_mm, model.unprinted_items)
    };
    let mut assembly = Assembly::new(Format::ThreeMf, limits);
    for item in items {
        let placement = DAffine3::from_scale(glam::DVec3::splat(unit_mm)) * item.transform;
        scene.place(&root, &item, placement, 0, &mut assembly)?;
    }
    let unprinted = scene.unprinted + unprinted_items;
    let mesh = assembly.finish();
    if unprinted > 0 && mesh.triangle_indices.is_empty() {
        return Err(ImportError::NothingPrinted);
    }
    let note = (unprinted > 0).then(|| {
        let (parts, were) = if unprinted == 1 { ("part that is", "was") } else { ("parts that are", "were") };
        format!(
            "{unprinted} {parts} not to be printed (a support, modifier or blocker, or set aside in the slicer) {were} \
             left out"
        )
    });
    Ok(Parsed { mesh, notes: note.into_iter().collect() })
}

fn malformed(detail: impl Into<String>) -> ImportError {
    ImportError::malformed(Format::ThreeMf, detail)
}

struct Scene<'a> {
    package: Package<'a>,
    /// The parts that were needed so far.
    models: BTreeMap<String, Model>,
    copies: usize,
    /// Placed objects that are not printed.
    unprinted: u64,
    limits: &'a Limits,
    monitor: &'a Monitor<'a>,
}

impl Scene<'_> {
    fn model(&mut self, path: &str) -> Result<&Model, ImportError> {
        if !self.models.contains_key(path) {
            let model = self.package.read_part(path, |source| model::parse(source, self.limits, self.monitor))?;
            self.models.insert(path.to_owned(), model);
        }
        self.models.get(path).ok_or_else(|| malformed("a part is missing"))
    }

    /// Adds the object that `reference`, found in the part `from`, names.
    fn place(
        &mut self,
        from: &str,
        reference: &Reference,
        placement: DAffine3,
        depth: usize,
        assembly: &mut Assembly,
    ) -> Result<(), ImportError> {
        self.monitor.check()?;
        self.copies += 1;
        if depth > MAX_DEPTH || self.copies > MAX_COPIES {
            return Err(malformed("its objects contain each other without end"));
        }
        let path = reference.path.clone().unwrap_or_else(|| from.to_owned());
        let missing = || malformed(format!("it names object {}, which is not there", reference.object));
        match self.model(&path)?.objects.get(&reference.object).ok_or_else(missing)? {
            Object::Unprinted => {
                self.unprinted += 1;
                Ok(())
            }
            Object::Mesh(part) => {
                let place = |p: Vec3| placement.transform_point3(p.as_dvec3()).as_vec3();
                let mirrored = placement.matrix3.determinant() < 0.0;
                assembly.add(&part.positions, &part.triangles, part.colors.as_deref(), place, mirrored)
            }
            Object::Components(components) => {
                // Shared, not copied: a list of millions may name itself, over and over.
                let components = Rc::clone(components);
                for component in components.iter() {
                    let placement = placement * component.transform;
                    self.place(&path, component, placement, depth + 1, assembly)?;
                }
                Ok(())
            }
        }
    }
}
