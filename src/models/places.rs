//! Where people have models already: folders of other programs.
//!
//! Nothing there is ever changed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::catalogue::{Model, ModelFile};

/// Whose folder it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The folder into which models are pulled.
    Orfeas,
    /// A folder that the user named.
    User,
    /// `~/.cache/hy3dgen`, of the model's own Python program.
    Hy3dgen,
    /// The cache of `huggingface_hub`.
    HuggingFace,
    /// The models of ComfyUI.
    ComfyUi,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Orfeas => "ORFEAS",
            Self::User => "a folder of yours",
            Self::Hy3dgen => "hy3dgen",
            Self::HuggingFace => "the Hugging Face cache",
            Self::ComfyUi => "ComfyUI",
        })
    }
}

/// A folder that may hold models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Whose it is.
    pub owner: Owner,
    /// The folder.
    pub path: PathBuf,
}

/// Folders of a place that are looked into for single files of weights.
const COMFY_FOLDERS: [&str; 7] =
    ["", "checkpoints", "diffusers", "diffusion_models", "diffusion_models/hy3dgen", "unet", "hunyuan3d"];
/// Entries of one folder that are looked at; nobody has more models.
const ENTRIES_MAX: usize = 4096;

/// The folders of other programs that the environment and common use name.
pub fn of_others() -> Vec<Place> {
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    others_by(&|name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from), home.as_deref())
}

fn others_by(variable: &dyn Fn(&str) -> Option<PathBuf>, home: Option<&Path>) -> Vec<Place> {
    let in_home = |below: &str| home.map(|home| home.join(below));
    let mut places = Vec::new();
    let mut add = |owner, path: Option<PathBuf>| {
        let path = path.map(|p| expand_home(&p, home));
        places.extend(path.filter(|p| p.is_absolute()).map(|path| Place { owner, path }));
    };
    add(Owner::Hy3dgen, variable("HY3DGEN_MODELS").or_else(|| in_home(".cache/hy3dgen")));
    let cache = variable("XDG_CACHE_HOME").or_else(|| in_home(".cache")).map(|c| c.join("huggingface"));
    let hub = variable("HF_HUB_CACHE").or_else(|| variable("HUGGINGFACE_HUB_CACHE"));
    add(Owner::HuggingFace, hub.or_else(|| variable("HF_HOME").or(cache).map(|home| home.join("hub"))));
    for named in ["COMFYUI_MODEL_PATH", "COMFYUI_PATH"].into_iter().filter_map(variable) {
        add(Owner::ComfyUi, Some(named.join("models")));
        add(Owner::ComfyUi, Some(named));
    }
    for usual in ["ComfyUI/models", "comfy/ComfyUI/models", "Documents/ComfyUI/models"] {
        add(Owner::ComfyUi, in_home(usual));
    }
    let mut seen = Vec::new();
    places.retain(|place: &Place| {
        let is_new = !seen.contains(&place.path);
        seen.push(place.path.clone());
        is_new
    });
    places
}

/// `~/x` as a shell would read it; variables in files of settings are often written so.
fn expand_home(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(below), Some(home)) => home.join(below),
        _ => path.to_owned(),
    }
}

impl Place {
    /// Roots below which the repository of `model` may lie as it is published.
    fn roots(&self, model: &Model) -> Vec<PathBuf> {
        let (owner, name) = model.repository.split_once('/').unwrap_or(("", &model.repository));
        if self.owner == Owner::Orfeas {
            return vec![self.path.join(owner).join(name)];
        }
        if self.owner == Owner::HuggingFace {
            return snapshots(&self.path.join(format!("models--{owner}--{name}")), &model.revision);
        }
        let mut roots = Vec::new();
        let folders: &[&str] = if self.owner == Owner::ComfyUi { &COMFY_FOLDERS } else { &[""] };
        for folder in folders {
            let folder = if folder.is_empty() { self.path.clone() } else { self.path.join(folder) };
            roots.extend([folder.join(owner).join(name), folder.join(name), folder.join(name.to_lowercase())]);
            roots.push(folder);
        }
        // A folder of the user's may be the model's own.
        if !model.folder.is_empty() && self.path.file_name().is_some_and(|n| n.to_str() == Some(&model.folder)) {
            roots.extend(self.path.parent().map(Path::to_owned));
        }
        roots
    }

    /// The root of the repository of `model`, when all of its files are there with the right length, in
    /// whichever form the weights are.
    pub fn find(&self, model: &Model) -> Option<PathBuf> {
        self.roots(model).into_iter().find(|root| model.files.iter().all(|file| file.found_below(root).is_some()))
    }

    /// Files that may be `file` of `model`, by their length alone: in its place, or under a name of the
    /// user's choosing, as ComfyUI has them.
    pub fn candidates(&self, model: &Model, file: &ModelFile) -> Vec<PathBuf> {
        let Some(bytes) = file.bytes else { return Vec::new() };
        let mut found: Vec<PathBuf> = self.roots(model).iter().map(|root| file.below(root)).collect();
        if matches!(self.owner, Owner::ComfyUi | Owner::User) {
            let ending = Path::new(file.name()).extension();
            for folder in COMFY_FOLDERS.iter().map(|f| self.path.join(f)) {
                let entries = fs::read_dir(&folder).into_iter().flatten().take(ENTRIES_MAX).filter_map(Result::ok);
                let mut here: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.extension() == ending).collect();
                here.sort();
                found.extend(here);
            }
        }
        found.retain(|path| length(path) == Some(bytes));
        found
    }
}

/// Snapshots of a repository in the Hugging Face cache: the pinned one, then what `main` names, then
/// all others by name.
fn snapshots(repository: &Path, revision: &str) -> Vec<PathBuf> {
    let folder = repository.join("snapshots");
    let mut names = vec![revision.to_owned()];
    let main = repository.join("refs").join("main");
    if length(&main).is_some_and(|bytes| bytes <= 128) {
        names.extend(fs::read_to_string(main).ok().map(|text| text.trim().to_owned()));
    }
    let entries = fs::read_dir(&folder).into_iter().flatten().take(ENTRIES_MAX).filter_map(Result::ok);
    let mut others: Vec<String> = entries.filter_map(|e| e.file_name().into_string().ok()).collect();
    others.sort();
    names.extend(others);
    names.retain(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()));
    names.into_iter().map(|name| folder.join(name)).collect()
}

/// Length of a file, through links; nothing for what is not a file.
pub(super) fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|m| m.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_the_folders_of_others() {
        let home = Path::new(if cfg!(windows) { "C:\\u" } else { "/u" });
        let usual = others_by(&|_| None, Some(home));
        let at = |owner| usual.iter().find(|p| p.owner == owner).map(|p| p.path.clone());
        assert_eq!(at(Owner::HuggingFace), Some(home.join(".cache/huggingface/hub")));
        assert_eq!(at(Owner::Hy3dgen), Some(home.join(".cache/hy3dgen")));
        assert_eq!(at(Owner::ComfyUi), Some(home.join("ComfyUI/models")));
        let named = |set: &'static [(&str, &str)]| {
            others_by(&move |name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.into()), Some(home))
        };
        let hub = |places: Vec<Place>| places.into_iter().find(|p| p.owner == Owner::HuggingFace).map(|p| p.path);
        assert_eq!(hub(named(&[("HF_HOME", "~/hf")])), Some(home.join("hf/hub")));
        assert_eq!(hub(named(&[("HF_HOME", "~/hf"), ("HUGGINGFACE_HUB_CACHE", "~/c")])), Some(home.join("c")));
        assert_eq!(hub(named(&[("HF_HUB_CACHE", "relative")])), None, "it would depend on the current folder");
        assert_eq!(others_by(&|_| None, None), Vec::new());
    }
}
