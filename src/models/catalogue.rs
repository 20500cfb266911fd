//! Which models there are: where they are published, what they consist of, who may use them.
//!
//! Promises: every name in a catalogue is a plain relative path below its model's folder, so it can
//! be joined to any folder; ids are unique.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::digest::Sha256;
use super::places::length;

/// The manifests that come with the program.
const MANIFESTS: [&str; 5] = [
    include_str!("../../models/hunyuan3d-2.1/manifest.json"),
    include_str!("../../models/hunyuan3d-2.0/manifest.json"),
    include_str!("../../models/hunyuan3d-2mini/manifest.json"),
    include_str!("../../models/hunyuan3d-2mv/manifest.json"),
    include_str!("../../models/triposr/manifest.json"),
];

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// It is no manifest.
    #[error("the manifest makes no sense: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A name in it leads elsewhere, or nowhere.
    #[error("a name in the manifest is not a plain relative path: {0:?}")]
    Name(String),
    /// Two models have the same id, or a model has none of what makes one.
    #[error("the manifest contradicts itself: {0}")]
    Contradiction(String),
}

/// Who may use a model, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its name.
    pub name: String,
    /// What it says, in a few sentences of ours; its own text counts.
    pub summary: String,
    /// Where it does not allow any use.
    pub excluded_territory: Vec<String>,
    /// Where its text is.
    pub url: String,
}

impl Licence {
    /// Whether somebody should be asked before the model is fetched: licences that leave nobody out
    /// need no question.
    pub fn asks(&self) -> bool {
        !self.excluded_territory.is_empty()
    }

    /// Where the model may be used, as a sentence.
    pub fn territory(&self) -> String {
        match self.excluded_territory.as_slice() {
            [] => "May be used in every country.".to_owned(),
            [only] => format!("May NOT be used in {only}."),
            [all @ .., last] => format!("May NOT be used in {} and {last}.", all.join(", ")),
        }
    }
}

/// Names that weights are published and kept under, as the engine looks for them. The numbers behind
/// them are the same, the files around them are not.
const FORMS: [&str; 4] = ["model.fp16.safetensors", "model.fp16.ckpt", "model.safetensors", "model.ckpt"];
/// Share of its length by which a file of weights in another form may differ: names and padding.
const FORM_TOLERANCE: u64 = 50;

/// One published file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelFile {
    /// Where it lies below the root of the repository; parts separated by `/`.
    pub path: String,
    /// Its length, where it is known for certain.
    pub bytes: Option<u64>,
    /// Its length, to show; equal to `bytes` where that is known.
    pub about_bytes: u64,
    /// Its digest, where it is known for certain; else the server says it.
    pub sha256: Option<Sha256>,
}

impl ModelFile {
    /// Where the file lies when the repository lies in `root`.
    pub fn below(&self, root: &Path) -> PathBuf {
        root.join(self.path.split('/').collect::<PathBuf>())
    }

    /// Where it lies in `root`, if it is there: under its own name, or the weights in another form where
    /// nothing has that name.
    pub fn found_below(&self, root: &Path) -> Option<PathBuf> {
        let path = self.below(root);
        if let Some(bytes) = length(&path) {
            return self.fits(bytes).then_some(path);
        }
        let is_weights = FORMS.contains(&self.name());
        let forms = FORMS.iter().filter(|_| is_weights).map(|name| path.with_file_name(name));
        let (path, bytes) = forms.filter_map(|path| length(&path).map(|bytes| (path, bytes))).next()?;
        // Of 16 bits a number, or of 32.
        let is_near = |expected: u64| bytes.abs_diff(expected) <= expected / FORM_TOLERANCE;
        (is_near(self.about_bytes) || is_near(2 * self.about_bytes)).then_some(path)
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether a file of `bytes` may be this one.
    pub fn fits(&self, bytes: u64) -> bool {
        match self.bytes {
            Some(expected) => bytes == expected,
            // Of those whose length is not known, only what is clearly something else is refused.
            None => bytes > 0 && bytes >= self.about_bytes / 2 && bytes / 4 <= self.about_bytes,
        }
    }
}

/// A learned model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Model {
    /// What it is called on the command line and in requests.
    pub id: String,
    /// What it is called by people.
    pub name: String,
    /// What it is for, in one sentence without a full stop.
    pub purpose: String,
    /// Hugging Face repository, `owner/name`.
    pub repository: String,
    /// Commit of the repository.
    pub revision: String,
    /// The folder of the repository that holds it; empty when that is the root.
    pub folder: String,
    /// Numbers that it learned.
    pub parameters: u64,
    /// Memory of a graphics card that it runs in, as its makers say, in bytes.
    pub graphics_memory_bytes: u64,
    /// What it consists of.
    pub files: Vec<ModelFile>,
    /// Who may use it.
    pub licence: Licence,
}

impl Model {
    /// Length of all files together; of some it may be an estimate.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.about_bytes).sum()
    }

    /// The folder that holds `config.yaml` and the weights, when the repository lies in `root`.
    pub fn folder_in(&self, root: &Path) -> PathBuf {
        if self.folder.is_empty() { root.to_owned() } else { root.join(&self.folder) }
    }

    /// The file called `path` in the repository.
    pub fn file(&self, path: &str) -> Option<&ModelFile> {
        self.files.iter().find(|f| f.path == path)
    }
}

/// All models that can be managed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue(Vec<Model>);

impl Catalogue {
    /// The models that this version of the program knows.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Catalogue> = LazyLock::new(|| {
            Catalogue::parse(&MANIFESTS).unwrap_or_else(|error| {
                // A test reads the same manifests, so that nobody ever sees this.
                tracing::error!(%error, "the built-in catalogue of models cannot be used");
                Catalogue(Vec::new())
            })
        });
        &BUILTIN
    }

    /// Reads manifests.
    ///
    /// # Errors
    /// See [`CatalogueError`].
    pub fn parse(manifests: &[&str]) -> Result<Self, CatalogueError> {
        let mut models = Vec::new();
        for manifest in manifests {
            let manifest: Manifest = serde_json::from_str(manifest)?;
            models.extend(manifest.into_models()?);
        }
        let mut ids = HashSet::new();
        if let Some(twice) = models.iter().find(|m| !ids.insert(&m.id)) {
            return Err(CatalogueError::Contradiction(format!("two models are called {}", twice.id)));
        }
        Ok(Self(models))
    }

    /// The models in the order of the manifests.
    pub fn models(&self) -> &[Model] {
        &self.0
    }

    /// The model called `id`.
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.0.iter().find(|m| m.id == id)
    }
}

/// A `manifest.json`: the models of one repository.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    #[serde(rename = "name")]
    _name: String,
    repository: String,
    revision: String,
    licence: Licence,
    models: Vec<ManifestModel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestModel {
    id: String,
    name: String,
    purpose: String,
    folder: String,
    parameters: u64,
    graphics_memory_bytes: u64,
    files: Vec<ManifestFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    path: String,
    bytes: Option<u64>,
    about_bytes: Option<u64>,
    sha256: Option<Sha256>,
}

impl Manifest {
    fn into_models(self) -> Result<Vec<Model>, CatalogueError> {
        let Self { repository, revision, licence, models, .. } = self;
        checked_path(&repository)?;
        checked_name(&revision)?;
        if repository.split('/').count() != 2 {
            return Err(CatalogueError::Contradiction(format!("{repository} is not `owner/name`")));
        }
        models.into_iter().map(|model| model.into_model(&repository, &revision, &licence)).collect()
    }
}

impl ManifestModel {
    fn into_model(self, repository: &str, revision: &str, licence: &Licence) -> Result<Model, CatalogueError> {
        let Self { id, name, purpose, folder, parameters, graphics_memory_bytes, files } = self;
        checked_name(&id)?;
        if !folder.is_empty() {
            checked_path(&folder)?;
        }
        let contradiction = |what: String| CatalogueError::Contradiction(what);
        let mut found = Vec::with_capacity(files.len());
        for ManifestFile { path, bytes, about_bytes, sha256 } in files {
            checked_path(&path)?;
            let below = if folder.is_empty() { Some(path.as_str()) } else { path.strip_prefix(&format!("{folder}/")) };
            if below.is_none_or(str::is_empty) || found.iter().any(|f: &ModelFile| f.path == path) {
                return Err(contradiction(format!("{path} is named twice or lies outside of {id}")));
            }
            let about_bytes = bytes.or(about_bytes).filter(|b| *b > 0);
            let about_bytes = about_bytes.ok_or_else(|| contradiction(format!("{path} has no length")))?;
            found.push(ModelFile { path, bytes, about_bytes, sha256 });
        }
        if found.is_empty() {
            return Err(contradiction(format!("{id} has no files")));
        }
        let (repository, revision, licence) = (repository.to_owned(), revision.to_owned(), licence.clone());
        Ok(Model {
            id,
            name,
            purpose,
            repository,
            revision,
            folder,
            parameters,
            graphics_memory_bytes,
            files: found,
            licence,
        })
    }
}

/// Names of one part, such as ids: letters, digits, `.`, `_`, `-`, and no dot in front.
fn checked_name(name: &str) -> Result<(), CatalogueError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    // Windows takes some names for devices, whatever their ending.
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = |device: &str| stem.strip_prefix(device).is_some_and(|n| n.len() == 1 && n != "0");
    let device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt");
    let good = !name.is_empty() && name.len() <= 128 && name.bytes().all(plain);
    if good && !name.starts_with('.') && !name.ends_with('.') && !device {
        Ok(())
    } else {
        Err(CatalogueError::Name(name.to_owned()))
    }
}

/// Relative paths with forward slashes that lead nowhere else.
fn checked_path(path: &str) -> Result<(), CatalogueError> {
    path.split('/').try_for_each(|part| checked_name(part).map_err(|_| CatalogueError::Name(path.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifests_of_the_program_can_be_used() {
        let catalogue = Catalogue::parse(&MANIFESTS).unwrap();
        let ids: Vec<&str> = catalogue.models().iter().map(|m| m.id.as_str()).collect();
        for id in ["hunyuan3d-2.1", "hunyuan3d-2.0", "hunyuan3d-2mini-turbo", "hunyuan3d-2mv", "triposr"] {
            assert!(ids.contains(&id), "{id}: {ids:?}");
        }
        for model in catalogue.models() {
            assert_eq!(model.revision.len(), 40, "{}: a commit cannot change", model.id);
            assert!(model.files.iter().any(|f| f.name() == "config.yaml"), "{}", model.id);
            // 16 bits a number, or 32 in TripoSR, and little more.
            let least = model.parameters * if model.id == "triposr" { 4 } else { 2 };
            assert!((least..least + (2 << 20)).contains(&model.bytes()), "{}: {}", model.id, model.bytes());
            assert_eq!(model.licence.asks(), model.id != "triposr", "{}", model.id);
            assert!(!model.purpose.ends_with('.'), "{}", model.id);
        }
        assert_eq!(Catalogue::builtin(), &catalogue);
    }

    fn manifest(folder: &str, path: &str) -> String {
        serde_json::json!({
            "name": "N", "repository": "a/b", "revision": "main",
            "licence": { "name": "L", "summary": "S", "excluded_territory": [], "url": "u" },
            "models": [{
                "id": "m", "name": "M", "purpose": "P", "folder": folder, "parameters": 1,
                "graphics_memory_bytes": 1, "files": [{ "path": path, "bytes": 3 }],
            }],
        })
        .to_string()
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        assert!(Catalogue::parse(&[&manifest("f", "f/x.bin")]).is_ok());
        for path in [
            "../x",
            "f/../../x",
            "/etc/passwd",
            "f//x",
            "f/",
            "C:/x",
            "f\\..\\x",
            "f/x\0",
            "f/.x",
            "f/nul",
            "f/com1.txt",
            "",
            ".",
            "f/x.",
            "f/ x",
            "f/%2e%2e/x",
            "g/x",
        ] {
            assert!(Catalogue::parse(&[&manifest("f", path)]).is_err(), "{path:?}");
        }
        assert!(Catalogue::parse(&[&manifest("..", "../x")]).is_err());
        let same = manifest("f", "f/x");
        assert!(matches!(Catalogue::parse(&[&same, &same]), Err(CatalogueError::Contradiction(_))));
        assert!(matches!(Catalogue::parse(&["{}"]), Err(CatalogueError::Malformed(_))));
    }

    #[test]
    fn the_territory_is_a_sentence() {
        let hunyuan = Catalogue::builtin().get("hunyuan3d-2.1").unwrap();
        assert_eq!(
            hunyuan.licence.territory(),
            "May NOT be used in the European Union, the United Kingdom and South Korea."
        );
    }
}
