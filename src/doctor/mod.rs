//! What this machine has, and whether ORFEAS can use it: for `orfeas doctor` and the window's diagnostics.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sysinfo::{CpuRefreshKind, RefreshKind, System};

use crate::cache::Cache;
use crate::engine::device::{self, DeviceInfo, DeviceKind, cuda};
use crate::engine::memory;
use crate::files::bytes_in_words;
use crate::models::{Library, Owner, State, free_bytes};
use crate::render::{AdapterInfo, AdapterKind};

/// A fine solid in every format takes about as much.
const LITTLE_ROOM_BYTES: u64 = 256 << 20;

/// Everything that was found.
#[derive(Serialize)]
pub struct Findings {
    version: &'static str,
    system: String,
    architecture: &'static str,
    processor: String,
    cores: usize,
    /// What models reckon with, in a container its share; nothing where the system does not say.
    memory_bytes: Option<u64>,
    available_memory_bytes: Option<u64>,
    graphics: Vec<AdapterInfo>,
    cuda: cuda::Cuda,
    devices: Vec<Device>,
    models: Vec<ModelFindings>,
    cache: CacheFindings,
    folders: Vec<Folder>,
    /// What stands in the way, and what helps.
    pub problems: Vec<String>,
}

/// What learned models can run on in this build.
#[derive(Serialize)]
struct Device {
    /// As `--device` takes it.
    id: String,
    name: String,
    kind: DeviceKind,
    memory_bytes: Option<u64>,
}

impl From<DeviceInfo> for Device {
    fn from(info: DeviceInfo) -> Self {
        let DeviceInfo { id, name, kind, memory_bytes, .. } = info;
        Self { id: id.to_string(), name, kind, memory_bytes }
    }
}

/// A learned model that can be used, or a part of one.
#[derive(Serialize)]
struct ModelFindings {
    id: String,
    /// Whose folder it is in; nothing while it is not all there.
    owner: Option<Owner>,
    path: PathBuf,
    bytes: u64,
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
    /// It is not there, and nobody makes it.
    missing: bool,
    writable: bool,
    free_bytes: Option<u64>,
}

/// Looks around. May take seconds: it starts every graphics driver.
pub fn look(cache: &Cache) -> Findings {
    let refresh = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
    let system = System::new_with_specifics(refresh).ok();
    let memory = memory::host();
    let brand = system.as_ref().and_then(|s| s.cpus().first()).map(|c| c.brand().trim().to_owned());
    let stats = cache.stats();
    let library = Library::of_user().ok();
    let mut findings = Findings {
        version: env!("CARGO_PKG_VERSION"),
        system: System::long_os_version().unwrap_or_else(|_| std::env::consts::OS.to_owned()),
        architecture: std::env::consts::ARCH,
        processor: brand.filter(|b| !b.is_empty()).unwrap_or_else(|| "unknown processor".to_owned()),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        memory_bytes: memory.total_bytes,
        available_memory_bytes: memory.free_bytes,
        graphics: crate::render::probe(),
        cuda: cuda::probe(),
        devices: device::devices().into_iter().map(Device::from).collect(),
        models: library.as_ref().map(models).unwrap_or_default(),
        cache: CacheFindings {
            path: cache.path().map(Path::to_owned),
            entries: stats.entries,
            bytes: stats.bytes,
            limit_bytes: stats.limit_bytes,
        },
        folders: folders(cache.path(), library.as_ref().map(Library::folder)),
        problems: Vec::new(),
    };
    findings.problems = problems(&findings, cache.take_warning());
    findings
}

/// The models of `library` that are here, and those that are on their way.
fn models(library: &Library) -> Vec<ModelFindings> {
    let found = library.models().iter().filter_map(|model| {
        let (owner, path, bytes) = match library.state(model) {
            State::Here { root, owner } => (Some(owner), model.folder_in(&root), model.bytes()),
            State::Begun { bytes } => (None, library.folder().to_owned(), bytes),
            State::Absent => return None,
        };
        Some(ModelFindings { id: model.id.clone(), owner, path, bytes })
    });
    found.collect()
}

fn folders(cache: Option<&Path>, models: Option<&Path>) -> Vec<Folder> {
    let here = std::env::current_dir();
    let is_lost = here.is_err();
    let here = Folder::look("this folder", &here.unwrap_or_else(|_| PathBuf::from(".")), false);
    // What is deleted can still be opened from inside.
    let mut folders = vec![Folder { missing: is_lost || here.missing, ..here }];
    folders.extend(cache.map(|path| Folder::look("cache", path, true)));
    folders.extend(models.map(|path| Folder::look("models", path, true)));
    folders.push(Folder::look("temporary files", &std::env::temp_dir(), false));
    folders
}

impl Folder {
    /// What there is to say about the folder at `path`, which the program makes when it needs it, or
    /// does not.
    fn look(purpose: &'static str, path: &Path, is_made: bool) -> Self {
        let place = if is_made { nearest(path) } else { path };
        let is_there = place.is_dir();
        let writable =
            is_there && tempfile::Builder::new().prefix(".orfeas-").suffix(".tmp").tempfile_in(place).is_ok();
        let free_bytes = if is_there { free_bytes(place) } else { None };
        Self { purpose, path: path.to_owned(), missing: !is_made && !is_there, writable, free_bytes }
    }

    /// What stands in the way.
    fn problem(&self) -> Option<String> {
        let Self { purpose, missing, writable, .. } = self;
        let path = self.path.display();
        match self.free_bytes {
            _ if *missing => {
                Some(format!("{purpose}: this folder does not exist; create it or use another one: {path}"))
            }
            _ if !writable => Some(format!("{purpose} cannot be written to: {path}")),
            Some(free) if free < LITTLE_ROOM_BYTES => {
                let free = bytes_in_words(free);
                Some(format!("{purpose}: there is hardly any room ({free}); delete what is not needed: {path}"))
            }
            _ => None,
        }
    }
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
    problems.extend(findings.folders.iter().filter_map(Folder::problem));
    if findings.memory_bytes.is_some_and(|bytes| bytes < 2 << 30) {
        problems.push("there is little memory: use --quality draft, and --jobs 1 for batches".to_owned());
    }
    problems
}

impl Findings {
    /// What was found, as names and sentences.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let Self { version, system, architecture, processor, cores, cuda, cache, .. } = self;
        let memory = match (self.memory_bytes, self.available_memory_bytes) {
            (Some(all), Some(free)) => format!("{}, {} of it free", bytes_in_words(all), bytes_in_words(free)),
            _ => "unknown".to_owned(),
        };
        let mut lines = vec![
            ("ORFEAS", (*version).to_owned()),
            ("system", format!("{system}, {architecture}")),
            ("processor", format!("{processor}, {cores} cores")),
            ("memory", memory),
        ];
        lines.extend(self.graphics.iter().map(|adapter| ("graphics", graphics(adapter))));
        if self.graphics.is_empty() {
            lines.push(("graphics", "none".to_owned()));
        }
        lines.extend(cuda_in_words(cuda).into_iter().map(|line| ("CUDA", line)));
        for Device { id, name, memory_bytes, .. } in &self.devices {
            let memory = memory_bytes.map(|bytes| format!(", {}", bytes_in_words(bytes))).unwrap_or_default();
            lines.push(("device", format!("{id}: {name}{memory}")));
        }
        lines.extend(self.models.iter().map(|found| ("models", model(found))));
        if self.models.is_empty() {
            lines.push(("models", "none here; `orfeas models list` shows what there is".to_owned()));
        }
        let path = cache.path.as_ref().map_or("nowhere".to_owned(), |p| p.display().to_string());
        let [used, limit] = [cache.bytes, cache.limit_bytes].map(bytes_in_words);
        lines.push(("cache", format!("{path}, {used} of {limit}")));
        for folder in &self.folders {
            let free = folder.free_bytes.map(|b| format!(", {} free", bytes_in_words(b))).unwrap_or_default();
            let writable = match folder {
                Folder { missing: true, .. } => "MISSING",
                Folder { writable: true, .. } => "writable",
                Folder { .. } => "NOT writable",
            };
            lines.push(("folder", format!("{} ({}), {writable}{free}", folder.path.display(), folder.purpose)));
        }
        lines
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, what) in self.rows() {
            writeln!(f, "{name:<10} {what}")?;
        }
        if self.problems.is_empty() {
            return write!(f, "\nEverything that this version needs is here.");
        }
        self.problems.iter().try_for_each(|problem| write!(f, "\nproblem: {problem}"))
    }
}

/// The NVIDIA cards and what is in their way, a line each.
fn cuda_in_words(cuda: &cuda::Cuda) -> Vec<String> {
    let version = cuda.driver_version.as_deref().unwrap_or("of unknown version");
    let unused =
        if cfg!(feature = "cuda") { "" } else { "; this build does not use it, one with --features cuda does" };
    let card = |card: &cuda::CudaDevice| {
        format!("{}, {}, driver for CUDA {version}{unused}", card.name, bytes_in_words(card.memory_bytes))
    };
    let consequence =
        if cfg!(feature = "cuda") { "models run on the devices below" } else { "this build does not need it" };
    let problem = cuda.problem.iter().map(|problem| format!("{problem}; {consequence}"));
    cuda.devices.iter().map(card).chain(problem).collect()
}

fn model(found: &ModelFindings) -> String {
    let ModelFindings { id, owner, path, bytes } = found;
    let bytes = bytes_in_words(*bytes);
    match owner {
        Some(owner) => format!("{id}, {bytes}, {owner}: {}", path.display()),
        None => format!("{id}, not complete ({bytes}); `orfeas models pull {id}` goes on: {}", path.display()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_the_system_does_not_tell_of_is_not_little() {
        let mut findings = Findings {
            version: "1",
            system: "a system".to_owned(),
            architecture: "an architecture",
            processor: "a processor".to_owned(),
            cores: 1,
            memory_bytes: None,
            available_memory_bytes: None,
            graphics: Vec::new(),
            cuda: cuda::Cuda::default(),
            devices: Vec::new(),
            models: Vec::new(),
            cache: CacheFindings { path: None, entries: 0, bytes: 0, limit_bytes: 0 },
            folders: Vec::new(),
            problems: Vec::new(),
        };
        let is_little =
            |findings: &Findings| problems(findings, None).iter().any(|text| text.contains("little memory"));
        assert!(!is_little(&findings));
        assert!(findings.rows().contains(&("memory", "unknown".to_owned())));
        findings.memory_bytes = Some(1 << 30);
        assert!(is_little(&findings));
    }

    #[test]
    fn folders_that_are_missing_full_or_not_to_be_written_to_are_problems() {
        let desk = tempfile::tempdir().unwrap();
        let missing = desk.path().join("missing");
        let [there, not_there, not_made] =
            [(desk.path(), false), (&*missing, false), (&*missing, true)].map(|(path, is_made)| {
                let folder = Folder::look("files", path, is_made);
                // Whatever room this machine has.
                Folder { free_bytes: Some(1 << 40), ..folder }
            });
        assert_eq!([&there, &not_made].map(Folder::problem), [None, None]);
        assert!(!not_there.writable && not_there.problem().unwrap().contains("does not exist"));
        let locked = Folder { writable: false, ..there };
        assert!(locked.problem().unwrap().contains("cannot be written to"));
        let full = Folder { free_bytes: Some(999), ..not_made };
        assert!(full.problem().unwrap().contains("999 B"));
        assert_eq!(Folder { free_bytes: None, ..full }.problem(), None, "nobody says how much room there is");
    }
}
