//! One model part of a 3MF package (core specification 1.3, materials extension 1.2).

use std::collections::BTreeMap;
use std::rc::Rc;

use glam::{DAffine3, DMat3, DVec3, Vec3};
use quick_xml::events::BytesStart;

use super::malformed;
use super::package::{Tag, XmlSource, attribute, each_tag};
use crate::export::Format;
use crate::import::painted::Painter;
use crate::import::{ImportError, Limits};
use crate::progress::Monitor;

const TAGS_PER_STEP: usize = 1 << 14;
/// Extensions that are read, or may be passed over since the triangles are whole without them, as their
/// namespaces name them.
const EXTENSIONS: [&str; 4] = ["material", "production", "slice", "trianglesets"];

/// What a model part holds.
pub struct Model {
    /// Millimetres per unit of its coordinates.
    pub unit_mm: f64,
    pub objects: BTreeMap<u32, Object>,
    /// What is to be built; empty in parts that only others refer to.
    pub items: Vec<Reference>,
    /// Items that the slicer was told not to print.
    pub unprinted_items: u64,
}

/// A thing that can be placed.
pub enum Object {
    Mesh(Part),
    Components(Rc<[Reference]>),
    /// A support, or a slicer's modifier or blocker: nothing that is printed itself.
    Unprinted,
}

/// Triangles of one object.
#[derive(Default)]
pub struct Part {
    pub positions: Vec<Vec3>,
    pub triangles: Vec<[u32; 3]>,
    /// One per position.
    pub colors: Option<Vec<[u8; 3]>>,
}

/// An object and where it goes.
#[derive(Clone)]
pub struct Reference {
    pub object: u32,
    /// The part that it is in, when it is another one.
    pub path: Option<String>,
    pub transform: DAffine3,
}

/// A colour group or base material and the entry in it.
type Property = (u32, u32);

/// Parses a part while it is unpacked.
pub fn parse(source: &mut XmlSource, limits: &Limits, monitor: &Monitor) -> Result<Model, ImportError> {
    let mut parser = Parser {
        model: Model { unit_mm: 1.0, objects: BTreeMap::new(), items: Vec::new(), unprinted_items: 0 },
        colors: BTreeMap::new(),
        group: 0,
        object: None,
    };
    let mut tags = 0usize;
    each_tag(source, |tag| {
        tags += 1;
        if tags.is_multiple_of(TAGS_PER_STEP) {
            monitor.check()?;
        }
        match tag {
            Tag::Start(element) => parser.element(element, limits)?,
            Tag::End("mesh") => parser.set_in_mesh(false),
            Tag::End("object") => parser.end_object(),
            Tag::End(_) => {}
        }
        Ok(())
    })?;
    parser.end_object();
    Ok(parser.model)
}

struct Parser {
    model: Model,
    /// Colours by the group's id.
    colors: BTreeMap<u32, Vec<[u8; 3]>>,
    /// The group that colours are added to.
    group: u32,
    /// The object that vertices, triangles and components are added to.
    object: Option<Open>,
}

/// An object whose end has not come yet.
struct Open {
    id: u32,
    /// Its own colour holds where triangles have none.
    property: Option<Property>,
    part: Part,
    /// Vertices of the file; behind them come those that colours added.
    vertex_count: u32,
    painter: Painter,
    components: Vec<Reference>,
    /// Vertices outside of it belong to extensions.
    in_mesh: bool,
}

impl Parser {
    fn element(&mut self, element: &BytesStart, limits: &Limits) -> Result<(), ImportError> {
        match element.local_name().as_ref() {
            "vertex" => self.vertex(element, limits),
            "triangle" => self.triangle(element, limits),
            "model" => {
                refuse_unknown_extensions(element)?;
                let unit = attribute(element, "unit")?;
                self.model.unit_mm = millimetres(unit.as_deref().unwrap_or("millimeter"))?;
                Ok(())
            }
            "object" => {
                self.end_object();
                let property = whole(element, "pid")?.zip(Some(whole(element, "pindex")?.unwrap_or(0)));
                let id = required(element, "id")?;
                // Slicers call a modifier or a blocker `other`, which the specification keeps out of the build.
                if matches!(attribute(element, "type")?.as_deref(), Some("support" | "solidsupport" | "other")) {
                    self.model.objects.insert(id, Object::Unprinted);
                } else {
                    self.object = Some(Open {
                        id,
                        property,
                        part: Part::default(),
                        vertex_count: 0,
                        painter: Painter::default(),
                        components: Vec::new(),
                        in_mesh: false,
                    });
                }
                Ok(())
            }
            "mesh" => {
                self.set_in_mesh(true);
                Ok(())
            }
            "component" => {
                let component = reference(element)?;
                if let Some(open) = &mut self.object {
                    open.components.push(component);
                }
                Ok(())
            }
            "item" if attribute(element, "printable")?.as_deref() == Some("0") => {
                self.model.unprinted_items += 1;
                Ok(())
            }
            "item" => {
                self.model.items.push(reference(element)?);
                Ok(())
            }
            "colorgroup" | "basematerials" => {
                self.group = required(element, "id")?;
                Ok(())
            }
            "color" => self.color(element, "color"),
            "base" => self.color(element, "displaycolor"),
            _ => Ok(()),
        }
    }

    fn end_object(&mut self) {
        if let Some(Open { id, part, components, .. }) = self.object.take() {
            let object = if components.is_empty() { Object::Mesh(part) } else { Object::Components(components.into()) };
            self.model.objects.insert(id, object);
        }
    }

    fn set_in_mesh(&mut self, in_mesh: bool) {
        if let Some(open) = &mut self.object {
            open.in_mesh = in_mesh;
        }
    }

    fn color(&mut self, element: &BytesStart, name: &str) -> Result<(), ImportError> {
        let text = attribute(element, name)?.unwrap_or_default();
        let digits = text.strip_prefix('#').and_then(|digits| digits.get(..6));
        let color = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, rgb @ ..] = color.ok_or_else(|| malformed(format!("`{text:.20}` is no colour")))?.to_be_bytes();
        self.colors.entry(self.group).or_default().push(rgb);
        Ok(())
    }

    fn vertex(&mut self, element: &BytesStart, limits: &Limits) -> Result<(), ImportError> {
        let open = self.object.as_mut().filter(|open| open.in_mesh);
        let Some(Open { property, part, vertex_count, .. }) = open else { return Ok(()) };
        let mut position = [None; 3];
        for (name, value) in numbers(element) {
            if let Some(axis) = ["x", "y", "z"].iter().position(|axis| *axis == name) {
                position[axis] = value.parse::<f32>().ok();
            }
        }
        let [Some(x), Some(y), Some(z)] = position else { return Err(malformed("a vertex lacks a coordinate")) };
        if part.positions.len() as u64 >= limits.max_triangles.saturating_mul(3) {
            return Err(ImportError::TooManyTriangles { limit: limits.max_triangles });
        }
        part.positions.push(Vec3::new(x, y, z));
        *vertex_count += 1;
        // The object's own colour holds until a triangle says otherwise.
        if let Some(color) = property.and_then(|property| look_up(&self.colors, property)) {
            part.colors.get_or_insert_default().push(color);
        }
        Ok(())
    }

    fn triangle(&mut self, element: &BytesStart, limits: &Limits) -> Result<(), ImportError> {
        let Some(open) = self.object.as_mut().filter(|open| open.in_mesh) else { return Ok(()) };
        let (mut corners, mut group, mut entries) = ([None; 3], open.property.map(|(group, _)| group), [None; 3]);
        for (name, value) in numbers(element) {
            let value = value.parse::<u32>().ok();
            match name {
                "v1" => corners[0] = value,
                "v2" => corners[1] = value,
                "v3" => corners[2] = value,
                "pid" => group = value,
                "p1" => entries[0] = value,
                "p2" => entries[1] = value,
                "p3" => entries[2] = value,
                _ => {}
            }
        }
        let [Some(a), Some(b), Some(c)] = corners else { return Err(malformed("a triangle lacks a corner")) };
        if open.part.triangles.len() as u64 >= limits.max_triangles {
            return Err(ImportError::TooManyTriangles { limit: limits.max_triangles });
        }
        if let Some(vertex) = [a, b, c].into_iter().find(|&vertex| vertex >= open.vertex_count) {
            let count = open.vertex_count;
            return Err(malformed(format!("a triangle names vertex {vertex}, but there are only {count}")));
        }
        let color_of = |entry: Option<u32>| {
            let own = group.zip(entry.or(entries[0]));
            own.or(open.property).and_then(|property| look_up(&self.colors, property))
        };
        let [first, second, third] = entries.map(color_of);
        let triangle = [open.painted(a, first), open.painted(b, second), open.painted(c, third)];
        open.part.triangles.push(triangle);
        Ok(())
    }
}

impl Open {
    /// The vertex at the place of `vertex` that has the colour asked for.
    fn painted(&mut self, vertex: u32, color: Option<[u8; 3]>) -> u32 {
        let Some(color) = color else { return vertex };
        let Part { positions, colors, .. } = &mut self.part;
        self.painter.paint(vertex, color, positions, colors.get_or_insert_default())
    }
}

/// Fails when the part needs an extension without which it is another solid.
fn refuse_unknown_extensions(model: &BytesStart) -> Result<(), ImportError> {
    let required = attribute(model, "requiredextensions")?.unwrap_or_default();
    for prefix in required.split_ascii_whitespace() {
        let mut attributes = model.attributes();
        let mut declared = attributes.with_checks(false).flatten();
        let namespace = declared.find(|a| a.key.as_ref().strip_prefix("xmlns:") == Some(prefix));
        let namespace = namespace.map(|a| a.value.into_owned()).unwrap_or_default();
        if !EXTENSIONS.iter().any(|name| namespace.contains(&format!("/3dmanufacturing/{name}/"))) {
            let name = namespace.split("/3dmanufacturing/").nth(1).and_then(|rest| rest.split('/').next());
            let name = name.filter(|name| !name.is_empty()).unwrap_or(prefix);
            return Err(ImportError::unsupported(Format::ThreeMf, format!("the extension {name:.40}")));
        }
    }
    Ok(())
}

fn look_up(colors: &BTreeMap<u32, Vec<[u8; 3]>>, (group, entry): Property) -> Option<[u8; 3]> {
    colors.get(&group)?.get(entry as usize).copied()
}

/// The attributes of a vertex or triangle. A fast way for the bulk of the file: numbers need no
/// unescaping, and what is not well-formed leaves the element incomplete.
fn numbers<'a>(element: &'a BytesStart) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut rest = element.attributes_raw();
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        rest = after;
        Some((name.trim(), value.trim()))
    })
}

fn reference(element: &BytesStart) -> Result<Reference, ImportError> {
    let transform = match attribute(element, "transform")? {
        Some(text) => transform(&text).ok_or_else(|| malformed("a transform is not twelve numbers"))?,
        None => DAffine3::IDENTITY,
    };
    let path = attribute(element, "path")?.map(|path| path.into_owned());
    Ok(Reference { object: required(element, "objectid")?, path, transform })
}

/// Twelve numbers, a row after another, for row vectors: `p' = p · M`.
fn transform(text: &str) -> Option<DAffine3> {
    let numbers: Vec<f64> = text.split_ascii_whitespace().map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [x, y, z, w] = [0, 3, 6, 9].map(|row| numbers.get(row..row + 3).map(DVec3::from_slice));
    (numbers.len() == 12).then_some(DAffine3::from_mat3_translation(DMat3::from_cols(x?, y?, z?), w?))
}

fn whole(element: &BytesStart, name: &str) -> Result<Option<u32>, ImportError> {
    let text = attribute(element, name)?;
    text.map(|text| text.trim().parse().map_err(|_| malformed(format!("`{text:.20}` is no {name}")))).transpose()
}

fn required(element: &BytesStart, name: &str) -> Result<u32, ImportError> {
    whole(element, name)?.ok_or_else(|| malformed(format!("an element lacks its {name}")))
}

fn millimetres(unit: &str) -> Result<f64, ImportError> {
    match unit {
        "micron" => Ok(0.001),
        "millimeter" => Ok(1.0),
        "centimeter" => Ok(10.0),
        "inch" => Ok(25.4),
        "foot" => Ok(304.8),
        "meter" => Ok(1000.0),
        other => Err(malformed(format!("`{other:.20}` is no unit"))),
    }
}
