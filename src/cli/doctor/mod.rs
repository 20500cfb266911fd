//! `orfeas doctor`: what this machine has, and whether ORFEAS can use it.

mod cuda;

use std::path::{Path, PathBuf};

use serde::Serialize;
use sysinfo::{CpuRefreshKind, Disks, MemoryRefreshKind, RefreshKind, System};

use crate::cache::{Cache, CacheOptions};
use crate::render::{AdapterInfo, AdapterKind};

use super::console::Console;
use super::failure::Failure;
use super::summary;

/// Arguments of `orfeas doctor`.
#[derive(clap::Args)]
#[command(after_help = "\
Nothing leaves this machine. When you report a problem, add what this prints.

Examples:
  orfeas doctor
  orfeas doctor --json > machine.json")]
pub struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// Everything that was found.
#[derive(Serialize)]
struct Findings {
    version: &'static str,
    system: String,
    architecture: &'static str,
    processor: String,
    cores: usize,
    memory_bytes: u64,
    available_memory_bytes: u64,
    graphics: Vec<AdapterInfo>,
    cuda: cuda::Cuda,
    /// Learned models that were found; this version uses none.
    models: Vec<String>,
    cache: CacheFindings,
    folders: Vec<Folder>,
    problems: Vec<String>,
}

#[derive(Serialize)]
struct CacheFindings {
    path: Option<PathBuf>,
    entries: u64,
    bytes: u64,
    limit_bytes: u64,
}

#[derive(Serialize)]
struct Folder {
    purpose: &'static str,
    path: PathBuf,
    writable: bool,
    free_bytes: Option<u64>,
}

/// Looks around and tells.
///
/// # Errors
/// Only that the result could not be printed; what is wrong with the machine is a finding.
pub fn run(args: &DoctorArgs, console: &Console) -> Result<(), Failure> {
    let findings = look();
    let text = if args.json { serde_json::to_string_pretty(&findings)? } else { words(&findings) };
    console.result(&text)
}

fn look() -> Findings {
    let refresh = RefreshKind::nothing()
        .with_cpu(CpuRefreshKind::nothing())
        .with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(refresh).ok();
    let brand = system.as_ref().and_then(|s| s.cpus().first()).map(|c| c.brand().trim().to_owned());
    let cache = Cache::open(&CacheOptions::default());
    let stats = cache.stats();
    let mut findings = Findings {
        version: env!("CARGO_PKG_VERSION"),
        system: System::long_os_version().unwrap_or_else(|_| std::env::consts::OS.to_owned()),
        architecture: std::env::consts::ARCH,
        processor: brand.filter(|b| !b.is_empty()).unwrap_or_else(|| "unknown processor".to_owned()),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        memory_bytes: system.as_ref().map_or(0, System::total_memory),
        available_memory_bytes: system.as_ref().map_or(0, System::available_memory),
        graphics: crate::render::probe(),
        cuda: cuda::probe(),
        models: Vec::new(),
        cache: CacheFindings {
            path: cache.path().map(Path::to_owned),
            entries: stats.entries,
            bytes: stats.bytes,
            limit_bytes: stats.limit_bytes,
        },
        folders: folders(cache.path()),
        problems: Vec::new(),
    };
    findings.problems = problems(&findings, cache.take_warning());
    findings
}

fn folders(cache: Option<&Path>) -> Vec<Folder> {
    let disks = Disks::new_with_refreshed_list().ok();
    let here = std::env::current_dir().ok();
    let named = [("this folder", here), ("cache", cache.map(Path::to_owned)), ("temporary files", Some(std::env::temp_dir()))];
    let existing = named.into_iter().filter_map(|(purpose, path)| Some((purpose, path?)));
    existing
        .map(|(purpose, path)| {
            let writable = tempfile::Builder::new().prefix(".orfeas-").suffix(".tmp").tempfile_in(nearest(&path)).is_ok();
            let real = nearest(&path).canonicalize().unwrap_or_else(|_| path.clone());
            // The disk mounted closest to the folder.
            let disk = disks.iter().flat_map(|d| d.iter()).filter(|d| real.starts_with(d.mount_point()));
            let disk = disk.max_by_key(|d| d.mount_point().as_os_str().len());
            Folder { purpose, path, writable, free_bytes: disk.map(sysinfo::Disk::available_space) }
        })
        .collect()
}

/// The folder itself or, while it is not made yet, the one it will be made in.
fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|p| p.is_dir()).unwrap_or(path)
}

fn problems(findings: &Findings, cache_warning: Option<String>) -> Vec<String> {
    let mut problems: Vec<_> = cache_warning.into_iter().collect();
    if findings.graphics.is_empty() {
        problems.push(
            "no graphics adapter: `orfeas render` and previews cannot draw; install the driver of your graphics card, \
             or Mesa's software Vulkan (Debian, Ubuntu: apt install mesa-vulkan-drivers)"
                .to_owned(),
        );
    }
    for folder in findings.folders.iter().filter(|f| !f.writable) {
        problems.push(format!("{} cannot be written to: {}", folder.purpose, folder.path.display()));
    }
    if findings.memory_bytes < 2 << 30 {
        problems.push("there is little memory: use --quality draft, and --jobs 1 for batches".to_owned());
    }
    problems
}

fn words(findings: &Findings) -> String {
    let Findings { version, system, architecture, processor, cores, cuda, cache, .. } = findings;
    let [memory, available] = [findings.memory_bytes, findings.available_memory_bytes].map(summary::bytes);
    let mut lines = vec![
        ("ORFEAS", (*version).to_owned()),
        ("system", format!("{system}, {architecture}")),
        ("processor", format!("{processor}, {cores} cores")),
        ("memory", format!("{memory}, {available} of it free")),
    ];
    lines.extend(findings.graphics.iter().map(|adapter| ("graphics", graphics(adapter))));
    if findings.graphics.is_empty() {
        lines.push(("graphics", "none".to_owned()));
    }
    for device in &cuda.devices {
        let version = cuda.driver_version.as_deref().unwrap_or("of unknown version");
        lines.push(("CUDA", format!("{}, {}, driver for CUDA {version}", device.name, summary::bytes(device.memory_bytes))));
    }
    lines.extend(cuda.problem.iter().map(|problem| ("CUDA", format!("{problem}; nothing in this version needs it"))));
    lines.push(("models", "none; this version makes its solids without any".to_owned()));
    let path = cache.path.as_ref().map_or("nowhere".to_owned(), |p| p.display().to_string());
    let [used, limit] = [cache.bytes, cache.limit_bytes].map(summary::bytes);
    lines.push(("cache", format!("{path}, {used} of {limit}")));
    for folder in &findings.folders {
        let free = folder.free_bytes.map(|b| format!(", {} free", summary::bytes(b))).unwrap_or_default();
        let writable = if folder.writable { "writable" } else { "NOT writable" };
        lines.push(("folder", format!("{} ({}), {writable}{free}", folder.path.display(), folder.purpose)));
    }
    let mut text: String = lines.iter().map(|(name, what)| format!("{name:<10} {what}\n")).collect();
    if findings.problems.is_empty() {
        text += "\nEverything that this version needs is here.";
    } else {
        text += &findings.problems.iter().map(|p| format!("\nproblem: {p}")).collect::<String>();
    }
    text
}

fn graphics(adapter: &AdapterInfo) -> String {
    let kind = match adapter.kind {
        AdapterKind::Discrete => "graphics card",
        AdapterKind::Integrated => "part of the processor",
        AdapterKind::Virtual => "shared card",
        AdapterKind::Software => "drawn by the processor, slow",
        AdapterKind::Other => "unknown kind",
    };
    format!("{} ({kind}; {}; {})", adapter.name, adapter.backend, adapter.driver)
}
