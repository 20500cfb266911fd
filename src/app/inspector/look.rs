//! Which settings of a request are shown, and what they are called.

use super::capitalised;
use crate::app::taken::{Taken, taken, takes_depth};
use crate::request::Request;
use crate::request::parameter::{ParamGroup, ParamSpec};
use crate::request::relevance::is_idle;

/// How the settings of a request are shown.
pub(super) struct Look {
    /// Flags of those that are not shown.
    pub hidden: Vec<&'static str>,
    /// What is taken for numbers that are left open.
    taken: Vec<(&'static str, Taken)>,
    /// Whether the solid lies on its back.
    lies_flat: bool,
}

impl Look {
    /// The arguments are those of [`without_effect`] and [`taken`].
    pub fn of(request: &Request, has_mask: bool, measured_mm: Option<[f32; 3]>) -> Self {
        let mut hidden = without_effect(request, has_mask);
        // One that is set already is an error, and stays in sight to be taken back.
        if !takes_depth(request) && request.size.depth_mm.is_none() {
            hidden.push("depth");
        }
        Self { hidden, taken: taken(request, measured_mm), lies_flat: request.lies_flat() }
    }

    /// The settings of a group that are shown.
    pub fn shown(&self, group: &dyn ParamGroup) -> Vec<&'static ParamSpec> {
        group.specs().iter().filter(|spec| !self.hidden.contains(&spec.flag)).collect()
    }

    /// What a setting is called.
    pub fn label(&self, spec: &ParamSpec) -> String {
        match spec.flag {
            // On the bed it is another side than in the picture.
            "height" if self.lies_flat => "Height of picture".to_owned(),
            "depth" if self.lies_flat => "Height on bed".to_owned(),
            _ => label(spec),
        }
    }

    /// What is taken for a number that is left open.
    pub fn taken(&self, spec: &ParamSpec) -> Option<Taken> {
        self.taken.iter().find(|(flag, _)| *flag == spec.flag).map(|(_, taken)| *taken)
    }
}

/// What a setting is called, whatever the request.
pub(in crate::app) fn label(spec: &ParamSpec) -> String {
    let name = ["_mm", "_px", "_deg"].iter().fold(spec.name, |name, unit| name.trim_end_matches(*unit));
    capitalised(&name.replace('_', " "))
}

/// Flags of the settings that would change nothing in this request; `has_mask` tells whether the cut-out was corrected.
pub(super) fn without_effect(request: &Request, has_mask: bool) -> Vec<&'static str> {
    let groups = request.groups();
    let all = groups.iter().enumerate().flat_map(|(place, group)| group.specs().iter().map(move |s| (place, s)));
    all.filter(|(place, spec)| is_idle(request, has_mask, *place, spec)).map(|(_, spec)| spec.flag).collect()
}
