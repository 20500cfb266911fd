//! How much room there is.

use std::path::Path;

use sysinfo::Disks;

/// Bytes free for files in `folder`, or where it would be made; nothing when the system does not say.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find(|p| p.is_dir())?;
    let real = existing.canonicalize().ok()?;
    let disks = Disks::new_with_refreshed_list().ok()?;
    let holding = disks.iter().filter(|d| real.starts_with(d.mount_point()));
    // The disk mounted closest to the folder.
    holding.max_by_key(|d| d.mount_point().as_os_str().len()).map(sysinfo::Disk::available_space)
}
