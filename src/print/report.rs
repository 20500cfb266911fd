//! The verdict on a mesh, in numbers and in words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text;

/// A common printer's room: width and depth of the bed, height above it.
const COMMON_BED_MM: [f32; 3] = [220.0, 220.0, 250.0];
/// Below this a print is lost in the hand, and the file's unit is probably another one.
const TINY_MM: f32 = 5.0;
/// One line of a common nozzle; thinner than this a slicer drops it.
const NOZZLE_MM: f32 = 0.4;
/// Density of PLA, the most common filament.
const PLA_G_PER_CM3: f64 = 1.24;

/// A defect's name for one and for many, and what it means and what to do.
type Wording = ([&'static str; 2], &'static str);

const OPEN_EDGES: Wording = (
    ["open edge", "open edges"],
    "the surface has a hole, so inside and outside are not clear; repair the mesh, or close it in a mesh editor",
);
const NONMANIFOLD_EDGES: Wording = (
    ["edge with more than two faces", "edges with more than two faces"],
    "walls without thickness, or bodies that touch along a line; set them apart or let them overlap",
);
const FLIPPED_EDGES: Wording = (
    ["edge whose faces wind against each other", "edges whose faces wind against each other"],
    "some faces are turned inside out; repair the mesh to turn them",
);
const INWARD_SHELLS: Wording = (
    ["piece that is inside out", "pieces that are inside out"],
    "a slicer would print what is around it; repair the mesh to turn it",
);
const NONMANIFOLD_VERTICES: Wording = (
    ["vertex where parts touch at a point only", "vertices where parts touch at a point only"],
    "such a joint cannot be printed; let the parts overlap or set them apart",
);
const ZERO_AREA_FACES: Wording = (
    ["face without area", "faces without area"],
    "nobody sees them, but slicers trip over them; repair the mesh to remove them",
);
const DUPLICATE_FACES: Wording =
    (["face that is there twice", "faces that are there twice"], "repair the mesh to remove one of them");
const SELF_INTERSECTIONS: Wording = (
    ["face that passes through another", "faces that pass through others"],
    "slicers fuse them, but look at the layers before printing",
);
const NESTED_SHELLS: Wording =
    (["piece inside another one", "pieces inside others"], "slicers fuse them with what is around them");
const LEFT_OUT: Wording = (
    ["triangle without area was left out", "triangles without area were left out"],
    "they are points or lines, so nothing is missing",
);
const ENCLOSES_NOTHING: &str =
    "the surface encloses nothing: a sheet without thickness cannot be printed; give it one in a mesh editor";
const NOT_LOOKED_FOR: &str = "faces that pass through others were not looked for, there are too many faces or too many \
                              close together: look at the layers before printing";
const VOIDS: Wording = (["closed hollow", "closed hollows"], "resin printers need a drain hole");

/// What is wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    /// An edge with one triangle: the rim of a hole.
    OpenEdge,
    /// An edge with three or more triangles.
    NonmanifoldEdge,
    /// An edge whose two triangles wind in opposite senses.
    FlippedEdge,
    /// A vertex where pieces touch at nothing but this point.
    NonmanifoldVertex,
    /// A triangle without area.
    ZeroAreaFace,
    /// A triangle that is there twice.
    DuplicateFace,
    /// A triangle that passes through another.
    SelfIntersection,
    /// A piece that is inside out.
    InwardShell,
}

impl DefectKind {
    /// A few words for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::OpenEdge => "Hole",
            Self::NonmanifoldEdge => "Edge of three or more triangles",
            Self::FlippedEdge => "Flipped triangle",
            Self::NonmanifoldVertex => "Pieces touching at a point",
            Self::ZeroAreaFace => "Triangle without area",
            Self::DuplicateFace => "Double triangle",
            Self::SelfIntersection => "Self-intersection",
            Self::InwardShell => "Piece inside out",
        }
    }
}

/// A defect and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Defect {
    /// What is wrong.
    pub kind: DefectKind,
    /// Where, in print space.
    pub position_mm: [f32; 3],
}

/// What [`check`](super::check()) found. Counts are by position: vertices at one place are one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Why the mesh could not be looked into; everything else is zero then.
    pub malformed: Option<String>,
    /// No [`Report::problems`].
    pub print_ready: bool,
    /// Number of triangles.
    pub triangles: u64,
    /// Number of distinct vertex positions in use.
    pub vertices: u64,
    /// Width (x), depth (y) and height (z).
    pub size_mm: [f32; 3],
    /// Enclosed volume, hollows taken off. What lies wholly inside another piece counts once, what two
    /// pieces only share in part twice. Meaningless when there are open edges.
    pub volume_cm3: f64,
    /// Surface area, hollows included.
    pub area_cm2: f64,
    /// Connected pieces of surface.
    pub shells: u64,
    /// Shells that are hollows inside a body.
    pub voids: u64,
    /// Shells that lie wholly inside the material of another body.
    pub nested_shells: u64,
    /// Shells that are inside out.
    pub inward_shells: u64,
    /// Edges with one triangle.
    pub open_edges: u64,
    /// Edges with three or more triangles.
    pub nonmanifold_edges: u64,
    /// Edges whose two triangles wind in opposite senses.
    pub flipped_edges: u64,
    /// Vertices where pieces touch at nothing but this point.
    pub nonmanifold_vertices: u64,
    /// Triangles without area.
    pub zero_area_faces: u64,
    /// Triangles without area that were left out when the file was read; the check does not see them.
    #[serde(default)]
    pub left_out_faces: u64,
    /// What else of the file is not in the mesh, or not as it was, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub file_notes: Vec<String>,
    /// Every piece is closed around no volume: nothing would be printed.
    #[serde(default)]
    pub encloses_nothing: bool,
    /// Triangles that are there twice.
    pub duplicate_faces: u64,
    /// Triangles that pass through others; `None` when the mesh is too large or too tangled to look for them.
    pub self_intersecting_faces: Option<u64>,
    /// A few places per kind of defect, to show them.
    pub defects: Vec<Defect>,
}

impl Report {
    /// Whether slicers will take the mesh as the solid it is meant to be.
    ///
    /// Self-intersections and separate pieces do not count: slicers fuse them.
    pub fn is_print_ready(&self) -> bool {
        self.print_ready
    }

    /// The enclosed volume, where the surface encloses one: it is neither open nor turned nor there twice in places.
    pub fn known_volume_cm3(&self) -> Option<f64> {
        (self.malformed.is_none() && self.why_volume_is_not_known().is_none()).then_some(self.volume_cm3)
    }

    /// What is wrong with the surface that its volume is not known; nothing where it is.
    fn why_volume_is_not_known(&self) -> Option<&'static str> {
        let box_cm3 = self.size_mm.iter().map(|&side| f64::from(side) / 10.0).product::<f64>();
        if self.open_edges > 0 {
            Some("open")
        } else if self.flipped_edges + self.inward_shells > 0 {
            Some("inside out in places")
        } else if self.duplicate_faces > 0 || !self.has_pieces_that_cross() && self.volume_cm3.abs() > 1.001 * box_cm3 {
            Some("there twice in places")
        } else {
            None
        }
    }

    /// The enclosed volume for people, or that it is not known.
    pub fn volume_in_words(&self) -> String {
        match self.known_volume_cm3() {
            None => "volume not known".to_owned(),
            // What two pieces share counts twice.
            Some(volume) if self.has_pieces_that_cross() => format!("up to {}", text::volume(volume)),
            Some(volume) if self.self_intersecting_faces.is_some_and(|count| count > 0) => {
                format!("about {}", text::volume(volume))
            }
            Some(volume) => text::volume(volume),
        }
    }

    /// Whether nothing is wrong but that surfaces meet at edges or points, which has no one right answer.
    pub fn only_touches(&self) -> bool {
        let others =
            [self.open_edges, self.flipped_edges, self.inward_shells, self.zero_area_faces, self.duplicate_faces];
        !self.print_ready && self.malformed.is_none() && !self.encloses_nothing && others == [0; 5]
    }

    /// Pieces of solid: shells that are neither hollows nor inside of others.
    pub fn pieces(&self) -> u64 {
        self.shells.saturating_sub(self.voids + self.nested_shells)
    }

    fn has_pieces_that_cross(&self) -> bool {
        self.pieces() > 1 && self.self_intersecting_faces != Some(0)
    }

    /// What keeps the mesh from printing, one sentence each: what it is, what it means, what to do.
    pub fn problems(&self) -> Vec<String> {
        if let Some(reason) = &self.malformed {
            return vec![format!("{reason}: the file is damaged; export it again")];
        }
        let found = [
            (self.open_edges, OPEN_EDGES),
            (self.nonmanifold_edges, NONMANIFOLD_EDGES),
            (self.flipped_edges, FLIPPED_EDGES),
            (self.inward_shells, INWARD_SHELLS),
            (self.nonmanifold_vertices, NONMANIFOLD_VERTICES),
            (self.zero_area_faces, ZERO_AREA_FACES),
            (self.duplicate_faces, DUPLICATE_FACES),
        ];
        let found = found.into_iter().filter(|(count, _)| *count > 0);
        let mut problems: Vec<String> =
            found.map(|(count, (names, advice))| format!("{}: {advice}", counted(count, names))).collect();
        problems.extend(self.encloses_nothing.then(|| ENCLOSES_NOTHING.to_owned()));
        problems
    }

    /// What is worth knowing but keeps nothing from printing, one sentence each; of the size as a common
    /// printer sees it.
    pub fn notes(&self) -> Vec<String> {
        self.notes_with("a common printer", COMMON_BED_MM)
    }

    /// [`Report::notes`] for a printer whose bed is so wide and deep, with so much height above it, in mm.
    pub fn notes_for(&self, room_mm: [f32; 3]) -> Vec<String> {
        self.notes_with("the printer", room_mm)
    }

    fn notes_with(&self, printer: &str, [bed_x, bed_y, bed_z]: [f32; 3]) -> Vec<String> {
        let mut notes = Vec::new();
        if self.malformed.is_some() {
            return notes;
        }
        let [width, depth, height] = self.size_mm;
        let (longest, thinnest) = (width.max(depth).max(height), width.min(depth).min(height));
        if width > bed_x || depth > bed_y || height > bed_z {
            notes.push(format!(
                "larger than {printer} ({bed_x} × {bed_y} × {bed_z} mm): scale it down or print it in parts"
            ));
        }
        if longest < TINY_MM {
            notes.push(format!("smaller than {TINY_MM} mm: is the file's unit millimetres?"));
        }
        // Twice the volume over the area is the mean thickness of a thin sheet.
        let mean_mm = self.known_volume_cm3().map(|volume| 20.0 * volume / self.area_cm2);
        if thinnest < NOZZLE_MM || mean_mm.is_some_and(|mean| mean < f64::from(NOZZLE_MM)) {
            notes.push(format!("thinner than one line of a {NOZZLE_MM} mm nozzle: a slicer may leave parts out"));
        }
        let found = [
            (self.self_intersecting_faces.unwrap_or(0), SELF_INTERSECTIONS),
            (self.nested_shells, NESTED_SHELLS),
            (self.voids, VOIDS),
        ];
        let found = found.into_iter().filter(|(count, _)| *count > 0);
        notes.extend(self.self_intersecting_faces.is_none().then(|| NOT_LOOKED_FOR.to_owned()));
        notes.extend(found.map(|(count, (names, advice))| format!("{}: {advice}", counted(count, names))));
        notes.extend(left_out(self.left_out_faces));
        notes.extend(self.file_notes.iter().cloned());
        if self.pieces() > 1 && !self.has_pieces_that_cross() {
            let pieces = self.pieces();
            notes.push(format!(
                "{pieces} separate pieces: unless they touch or interlock, they come off the bed one by one"
            ));
        }
        notes
    }
}

impl Report {
    fn volume_and_weight(&self) -> String {
        if let Some(why) = self.why_volume_is_not_known() {
            return format!("not known: the surface is {why}");
        }
        let grams = text::length(self.volume_cm3.abs() * PLA_G_PER_CM3);
        format!("{}, {grams} g of PLA when printed solid", self.volume_in_words())
    }
}

/// What to say of triangles without area that a reader left out; nothing where there were none.
pub fn left_out(count: u64) -> Option<String> {
    let (names, advice) = LEFT_OUT;
    (count > 0).then(|| format!("{}: {advice}", counted(count, names)))
}

fn counted(count: u64, [one, many]: [&str; 2]) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems = self.problems();
        writeln!(f, "{}", if problems.is_empty() { "Ready to print" } else { "Not ready to print" })?;
        if self.malformed.is_none() {
            writeln!(f, "  size       {} (width × depth × height)", text::size(self.size_mm))?;
            writeln!(f, "  volume     {}", self.volume_and_weight())?;
            let area = text::area(self.area_cm2);
            writeln!(f, "  surface    {area}, {} triangles, {} vertices", self.triangles, self.vertices)?;
        }
        for problem in problems {
            writeln!(f, "  problem    {problem}")?;
        }
        for note in self.notes() {
            writeln!(f, "  note       {note}")?;
        }
        Ok(())
    }
}
