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
    let told = |bytes: u64| (bytes > 0).then_some(bytes);
    let (mut total, mut free) = (told(system.total_memory()), told(system.available_memory()));
    if let Some(limits) = system.cgroup_limits() {
        let limit = limits.total_memory;
        let left = free_within(limit, limit.saturating_sub(limits.free_memory), &container_statistics());
        total = total.map(|bytes| bytes.min(limit));
        // A container that is full has nothing free, which is not the same as nobody telling.
        free = free.map(|bytes| bytes.min(left));
    }
    Memory { total_bytes: total, free_bytes: free }
}

/// What the system says about the memory of the container, in either version; nothing outside of one.
fn container_statistics() -> String {
    let versions = ["/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory/memory.stat"];
    versions.iter().find_map(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
}

/// What can be taken in a container, in bytes: all but what is taken. Pages of files that were read count
/// among what is taken, though the system gives them up as soon as anybody needs the room.
fn free_within(limit: u64, taken: u64, statistics: &str) -> u64 {
    limit.saturating_sub(taken.saturating_sub(file_pages(statistics)))
}

/// Bytes of files that are kept in memory for no more than being read again.
fn file_pages(statistics: &str) -> u64 {
    let bytes = |name: &str| {
        statistics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse::<u64>().ok())
    };
    // Version 1 counts the groups within a group under names of their own.
    let whole = |name: &str| bytes(&format!("total_{name}")).or_else(|| bytes(name)).unwrap_or(0);
    whole("inactive_file").saturating_add(whole("active_file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_memory_and_no_more_free_than_all() {
        let memory = host();
        assert!(memory.total_bytes.unwrap() >= memory.free_bytes.unwrap());
    }

    #[test]
    fn files_that_were_read_leave_a_container_its_room() {
        const GIB: u64 = 1 << 30;
        let second = format!(
            "anon {GIB}\nfile {}\nshmem 0\ninactive_anon {GIB}\nactive_anon 0\ninactive_file {}\nactive_file {}\n",
            7 * GIB,
            4 * GIB,
            3 * GIB,
        );
        // The group itself holds little, those within it the rest.
        let first = format!(
            "cache 99\ninactive_file 9\nactive_file 90\ntotal_inactive_file {}\ntotal_active_file {}\n",
            4 * GIB,
            3 * GIB,
        );
        for statistics in [&*second, &*first] {
            assert_eq!(free_within(8 * GIB, 8 * GIB - 1, statistics), 7 * GIB + 1, "{statistics}");
            assert_eq!(free_within(8 * GIB, 6 * GIB, statistics), 8 * GIB, "never more than all: {statistics}");
        }
        // What programs hold, and what lies in file systems in memory, stays taken.
        let held = format!("anon {}\nshmem {GIB}\ninactive_file 0\nactive_file 4096\n", 6 * GIB);
        assert_eq!(free_within(8 * GIB, 7 * GIB + 4096, &held), GIB);
        assert_eq!(free_within(8 * GIB, 7 * GIB, ""), GIB);
        assert_eq!(free_within(8 * GIB, 9 * GIB, ""), 0);
    }
}
