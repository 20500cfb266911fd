//! How much room there is.

use std::path::Path;
#[cfg(any(test, not(target_os = "linux")))]
use std::path::PathBuf;

/// Bytes free for files in `folder`, or where it would be made; nothing when the system does not say.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let whole = std::path::absolute(folder).ok()?;
    let existing = whole.ancestors().find(|p| p.is_dir())?;
    free_on_disk_of(&existing.canonicalize().ok()?)
}

/// Asks the file system itself: a list of disks leaves out those in memory and on the network.
#[cfg(target_os = "linux")]
fn free_on_disk_of(folder: &Path) -> Option<u64> {
    let about = rustix::fs::statvfs(folder).ok()?;
    // Some user-space file systems do not know how large they are.
    (about.f_blocks > 0).then(|| about.f_bavail.saturating_mul(about.f_frsize))
}

#[cfg(not(target_os = "linux"))]
fn free_on_disk_of(folder: &Path) -> Option<u64> {
    let disks = sysinfo::Disks::new_with_refreshed_list().ok()?;
    let folder = as_mounted(folder);
    let holding = disks.iter().filter(|d| folder.starts_with(d.mount_point()));
    // The disk mounted closest to the folder.
    holding.max_by_key(|d| d.mount_point().as_os_str().len()).map(sysinfo::Disk::available_space)
}

/// The folder as the list of disks would name it: Windows writes a path without links as `\\?\C:\folder`,
/// which starts with the name of no disk.
#[cfg(any(test, not(target_os = "linux")))]
fn as_mounted(folder: &Path) -> PathBuf {
    let Some(plain) = folder.to_str().and_then(|text| text.strip_prefix(r"\\?\")) else { return folder.to_owned() };
    plain.strip_prefix(r"UNC\").map_or_else(|| plain.into(), |share| format!(r"\\{share}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_system_in_memory_has_a_room_of_its_own() {
        let about = |format: &str| {
            let output = std::process::Command::new("stat").args(["-f", "-c", format, "/dev/shm"]).output().ok()?;
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        if about("%T").as_deref() != Some("tmpfs") {
            eprintln!("skipped: there is no file system in memory, or nobody who tells of it");
            return;
        }
        let [free, block]: [u64; 2] = ["%a", "%S"].map(|format| about(format).unwrap().parse().unwrap());
        let expected = free * block;
        let found = free_bytes(Path::new("/dev/shm/missing/folder")).unwrap();
        // Others write there meanwhile.
        assert!(found.abs_diff(expected) <= expected / 20 + (16 << 20), "{found} {expected}");
    }

    #[test]
    fn a_folder_without_a_root_has_room() {
        assert!(free_bytes(Path::new("missing")).is_some());
    }

    #[test]
    fn a_path_without_links_is_named_as_its_disk_is() {
        for (whole, plain) in [
            (r"\\?\C:\Users\me\models", r"C:\Users\me\models"),
            (r"\\?\UNC\server\share\models", r"\\server\share\models"),
            (r"C:\models", r"C:\models"),
            ("/home/me/models", "/home/me/models"),
        ] {
            assert_eq!(as_mounted(Path::new(whole)).to_str(), Some(plain));
        }
    }
}
