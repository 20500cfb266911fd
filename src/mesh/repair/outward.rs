//! Turning pieces that are inside out.

use super::super::Mesh;
use super::super::nesting::{Role, roles, within};
use super::super::topology::Topology;
use crate::progress::{Cancelled, Monitor};

/// A turned piece may hold others that were turned wrongly for themselves; so many times one in
/// another is more than anybody builds.
const ROUNDS: usize = 8;

/// How many pieces were turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turned {
    /// That face outward now.
    pub outward: usize,
    /// That are hollows now.
    pub hollows: usize,
}

/// Turns every closed piece that is inside out, with all that lies within it: what was turned round
/// as a whole has its hollows still.
pub(super) fn turn_outward(mesh: &mut Mesh, monitor: &Monitor) -> Result<Turned, Cancelled> {
    let mut topology = Topology::analyse(mesh, monitor)?;
    let mut is_turned = vec![false; topology.shells.len()];
    for _ in 0..ROUNDS {
        if !topology.shells.iter().any(|shell| shell.closed && shell.signed_volume < 0.0) {
            break;
        }
        let roles = roles(mesh, &topology, monitor)?;
        let inward: Vec<bool> = roles.iter().map(|&role| role == Role::Inward).collect();
        if !inward.contains(&true) {
            break;
        }
        let within = within(mesh, &topology, &inward, monitor)?;
        let turn: Vec<bool> = inward.iter().zip(within).map(|(&inward, within)| inward || within).collect();
        for (triangle, &shell) in mesh.triangle_indices.iter_mut().zip(&topology.shell_of_triangle) {
            if turn[shell as usize] {
                triangle.swap(1, 2);
            }
        }
        let shells = topology.shells.iter_mut().zip(&mut is_turned);
        for ((shell, is_turned), _) in shells.zip(turn).filter(|(_, turn)| *turn) {
            shell.signed_volume = -shell.signed_volume;
            *is_turned = !*is_turned;
        }
    }
    let turned = topology.shells.iter().zip(is_turned).filter(|(_, is_turned)| *is_turned);
    let (outward, hollows): (Vec<_>, Vec<_>) = turned.partition(|(shell, _)| shell.signed_volume > 0.0);
    Ok(Turned { outward: outward.len(), hollows: hollows.len() })
}
