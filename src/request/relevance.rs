//! Which settings a request reads at all.
//!
//! The window hides, and the command line refuses, a setting that would change nothing: nobody should
//! wonder why it has no effect.

use super::parameter::ParamSpec;
use super::{LithophaneShape, Mode, ReliefBase, Request, StampKind};

/// The mode that alone reads the group at the same place in [`Request::groups`].
pub const GROUP_MODES: [Option<Mode>; 9] = [
    None,
    None,
    None,
    Some(Mode::Inflate),
    Some(Mode::Relief),
    Some(Mode::Lithophane),
    Some(Mode::Stamp),
    None,
    None,
];

/// What `request` would have to say for the setting `spec` of the group at `group` (its place in
/// [`Request::groups`]) to have an effect, as typed on the command line, or `None` when it has one.
pub fn needed_for(request: &Request, group: usize, spec: &ParamSpec) -> Option<String> {
    if let Some(mode) = GROUP_MODES.get(group).copied().flatten()
        && mode != request.mode
    {
        return Some(format!("--mode {}", mode.name()));
    }
    let kind = request.stamp.kind;
    let shape = request.lithophane.shape;
    let needed = match spec.flag {
        "relief-border" if request.relief.plate != ReliefBase::Plate => "--relief-plate plate",
        "litho-angle" if shape != LithophaneShape::Curved => "--litho-shape curved",
        "litho-stand" if shape != LithophaneShape::Flat => "--litho-shape flat",
        "stamp-wall" | "stamp-blade" if kind != StampKind::CookieCutter => "--stamp-kind cookie-cutter",
        "stamp-handle" if kind != StampKind::Stamp => "--stamp-kind stamp",
        "stamp-hole" if kind != StampKind::Keychain => "--stamp-kind keychain",
        _ => return None,
    };
    Some(needed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_other_modes_are_not_read() {
        let request = Request { mode: Mode::Lithophane, ..Request::default() };
        for (group, params) in request.groups().iter().enumerate() {
            for spec in params.specs() {
                let needed = needed_for(&request, group, spec);
                match params.title() {
                    "Inflate" | "Relief" | "Stamp" => {
                        assert_eq!(needed, Some(format!("--mode {}", params.title().to_lowercase())), "{}", spec.flag);
                    }
                    "Lithophane" => assert_eq!(needed.is_some(), spec.flag == "litho-angle", "{}", spec.flag),
                    _ => assert_eq!(needed, None, "{}", spec.flag),
                }
            }
        }
    }
}
