//! What memory there is, and what is free.

use serde::Serialize;

use super::device::{DeviceInfo, DeviceKind};

/// Memory of a device, as far as anybody tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// All of it, in bytes.
    pub total_bytes: Option<u64>,
    /// What can be taken now, in bytes.
    pub free_bytes: Option<u64>,
}

/// Share of a card's memory that the system, the window and the driver may have taken already, where
/// the driver does not say what is free.
const TAKEN_SHARE: u64 = 8;

impl Memory {
    /// Of a device: the processor has the machine's memory, as does graphics in its package.
    pub fn of(device: &DeviceInfo) -> Self {
        match (device.kind, device.memory_bytes) {
            (DeviceKind::Processor | DeviceKind::Software | DeviceKind::Integrated, _) => host(),
            (_, Some(total)) => Self { total_bytes: Some(total), free_bytes: Some(total - total / TAKEN_SHARE) },
            (_, None) => Self::default(),
        }
    }
}

/// Memory of this machine, within the limits of the container that the program may run in.
pub fn host() -> Memory {
    let Ok(mut system) = sysinfo::System::new() else { return Memory::default() };
    system.refresh_memory();
    let (mut total, mut free) = (system.total_memory(), system.available_memory());
    if let Some(limits) = system.cgroup_limits() {
        total = total.min(limits.total_memory);
        free = free.min(limits.free_memory);
    }
    let told = |bytes: u64| (bytes > 0).then_some(bytes);
    Memory { total_bytes: told(total), free_bytes: told(free) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_memory_and_no_more_free_than_all() {
        let memory = host();
        assert!(memory.total_bytes.unwrap() >= memory.free_bytes.unwrap());
    }
}
