//! The models on this machine: in our own folder, and in those of others.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::catalogue::{Catalogue, Model, ModelFile};
use super::disk;
use super::error::ModelsError;
use super::hub::Hub;
use super::part;
use super::places::{self, Owner, Place, length};
use super::record::{self, Record, Records};
use crate::files::Lock;

/// Names the folder of the models, before everything else.
pub const FOLDER_VARIABLE: &str = "ORFEAS_MODELS";
/// Names the folder of everything that the program keeps for the user.
pub const DATA_VARIABLE: &str = "ORFEAS_DATA_DIR";

/// Where a model stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It can be used.
    Here {
        /// The root of the repository.
        root: PathBuf,
        /// Whose folder it is in.
        owner: Owner,
    },
    /// Something of it is in our folder.
    Begun {
        /// Bytes that are here, of all.
        bytes: u64,
    },
    /// Nothing of it is here.
    Absent,
}

/// What the user chose; kept in the data folder, so that window and command line agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The folder into which models are pulled, in the place of the usual one.
    pub folder: Option<PathBuf>,
    /// Further folders to look into.
    pub look_into: Vec<PathBuf>,
}

impl Choices {
    /// Pulls into `folder` from now on. Models in the folder so far, which is `before` where none was
    /// chosen, are not moved, but stay in use.
    pub fn keep_in(&mut self, folder: PathBuf, before: &Path) {
        let before = self.folder.replace(folder).unwrap_or_else(|| before.to_owned());
        self.look_into.push(before);
    }
}

/// The models of this machine. Cheap to make and to clone; it reads the disk when asked something.
#[derive(Clone, Debug)]
pub struct Library {
    catalogue: Catalogue,
    own: Place,
    others: Vec<Place>,
    /// The folder without a choice of the user's.
    usual: PathBuf,
    /// Folders of other programs.
    programs: Vec<Place>,
    /// Whether [`FOLDER_VARIABLE`] names the folder.
    is_fixed: bool,
    /// Where the user's choices are kept.
    choices_path: Option<PathBuf>,
    pub(super) hub: Hub,
    pub(super) free_bytes: fn(&Path) -> Option<u64>,
}

impl Library {
    /// The user's library: in the folder that [`FOLDER_VARIABLE`] names, or the user's choice, or the
    /// data folder; with the folders of other programs and the Hugging Face hub that the environment
    /// names.
    ///
    /// # Errors
    /// [`ModelsError::NoFolder`]
    pub fn of_user() -> Result<Self, ModelsError> {
        let data = data_folder();
        let variable = std::env::var_os(FOLDER_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
        let is_fixed = variable.is_some();
        let folder = variable.or_else(|| data.as_ref().map(|data| data.join("models")));
        let folder = folder.ok_or(ModelsError::NoFolder)?;
        let library = Self::new(Catalogue::builtin().clone(), folder, places::of_others(), Hub::from_environment());
        Ok(Self { is_fixed, ..library }.remembering(data.map(|data| data.join("models.json"))))
    }

    /// A library of `catalogue` in `folder` that looks into `programs` as well and pulls from `hub`.
    pub fn new(catalogue: Catalogue, folder: PathBuf, programs: Vec<Place>, hub: Hub) -> Self {
        // Records and links must not depend on where the program is started.
        let usual = std::path::absolute(&folder).unwrap_or(folder);
        let own = Place { owner: Owner::Orfeas, path: usual.clone() };
        let library = Self {
            catalogue,
            own,
            others: Vec::new(),
            usual,
            programs,
            is_fixed: false,
            choices_path: None,
            hub,
            free_bytes: disk::free_bytes,
        };
        library.following(Choices::default())
    }

    /// The same library, which keeps the user's choices in the file `path` and follows those that are
    /// there.
    #[must_use]
    pub fn remembering(self, path: Option<PathBuf>) -> Self {
        let choices = path.as_deref().and_then(record::read).unwrap_or_default();
        Self { choices_path: path, ..self }.following(choices)
    }

    /// The same library, told by `free_bytes` how much room there is: for tests.
    #[must_use]
    pub fn with_free_bytes(self, free_bytes: fn(&Path) -> Option<u64>) -> Self {
        Self { free_bytes, ..self }
    }

    fn following(self, choices: Choices) -> Self {
        let chosen = choices.folder.filter(|folder| !self.is_fixed && folder.is_absolute());
        let own = Place { owner: Owner::Orfeas, path: chosen.unwrap_or_else(|| self.usual.clone()) };
        let named = choices.look_into.into_iter().map(|path| Place { owner: Owner::User, path });
        let others = named.chain(self.programs.iter().cloned()).filter(|place| place.path != own.path).collect();
        Self { own, others, ..self }
    }

    /// What the user chose.
    pub fn choices(&self) -> Choices {
        self.choices_path.as_deref().and_then(record::read).unwrap_or_default()
    }

    /// Keeps what the user chose and returns the library that follows it. Nothing is moved: models in
    /// the old folder stay there, and are found again when it is looked into. Folders are kept from the
    /// root and once each, and the one that models are pulled into is not looked into besides.
    ///
    /// # Errors
    /// [`ModelsError::FolderFixed`], [`ModelsError::NoFolder`], or what the system said. Earlier choices
    /// that cannot be read are replaced only by none at all.
    pub fn choose(&self, mut choices: Choices) -> Result<Self, ModelsError> {
        let path = self.choices_path.as_deref().ok_or(ModelsError::NoFolder)?;
        if choices != Choices::default() {
            let what = "read the earlier choices, so they stay; mend or delete the file";
            record::try_read::<Choices>(path).map_err(ModelsError::io(what, path))?;
        }
        let old = self.choices();
        // No folder at all is nothing that the environment could forbid.
        if self.is_fixed && choices.folder.is_some() && choices.folder != old.folder {
            return Err(ModelsError::FolderFixed(self.own.path.clone()));
        }
        for folder in choices.folder.iter_mut().chain(&mut choices.look_into) {
            *folder = std::path::absolute(&*folder).map_err(ModelsError::io("find the folder", folder))?;
        }
        let own = choices.folder.as_ref().or_else(|| (!self.is_fixed).then_some(&self.usual));
        let mut seen = HashSet::new();
        choices.look_into.retain(|folder| Some(folder) != own && seen.insert(folder.clone()));
        record::write(path, &choices)?;
        Ok(self.clone().following(choices))
    }

    /// The folder into which models are pulled.
    pub fn folder(&self) -> &Path {
        &self.own.path
    }

    /// The folders of others that are looked into.
    pub fn others(&self) -> &[Place] {
        &self.others
    }

    /// The folders that the user chose to look into.
    pub fn looked_into(&self) -> impl Iterator<Item = &Path> {
        self.others.iter().filter(|place| place.owner == Owner::User).map(|place| place.path.as_path())
    }

    /// Whether it follows a choice of the user's.
    pub fn has_choices(&self) -> bool {
        self.own.path != self.usual || self.looked_into().next().is_some()
    }

    /// All models, here or not.
    pub fn models(&self) -> &[Model] {
        self.catalogue.models()
    }

    /// The model called `id`.
    ///
    /// # Errors
    /// [`ModelsError::Unknown`]
    pub fn model(&self, id: &str) -> Result<&Model, ModelsError> {
        self.catalogue.get(id).ok_or_else(|| {
            let known: Vec<&str> = self.models().iter().map(|m| m.id.as_str()).collect();
            ModelsError::Unknown { id: id.to_owned(), known: known.join(", ") }
        })
    }

    /// The root of the repository of the model called `id`, laid out as published. Cheap: lengths are
    /// looked at, bytes are not; for those there is [`Library::verify`].
    ///
    /// The model's own files are in [`Model::folder_in`] of it; [`Library::locate_folder`] joins the two.
    ///
    /// # Errors
    /// [`ModelsError::Unknown`], [`ModelsError::NotInstalled`], [`ModelsError::Incomplete`],
    /// [`ModelsError::Damaged`]
    pub fn locate(&self, id: &str) -> Result<PathBuf, ModelsError> {
        let model = self.model(id)?;
        if let Some((root, _)) = self.find(model) {
            return Ok(root);
        }
        let root = self.own_root(model);
        for file in &model.files {
            let path = file.below(&root);
            if let (Some(found), Some(expected)) = (length(&path).filter(|b| !file.fits(*b)), file.bytes) {
                return Err(ModelsError::Damaged { id: id.to_owned(), found, expected, path });
            }
        }
        match self.first_missing(model).filter(|_| self.begun_bytes(model) > 0) {
            Some(path) => Err(ModelsError::Incomplete { id: id.to_owned(), path }),
            None => Err(ModelsError::NotInstalled { id: id.to_owned(), bytes: model.bytes() }),
        }
    }

    /// The folder with `config.yaml` and the weights of the model called `id`.
    ///
    /// # Errors
    /// As [`Library::locate`].
    pub fn locate_folder(&self, id: &str) -> Result<PathBuf, ModelsError> {
        Ok(self.model(id)?.folder_in(&self.locate(id)?))
    }

    /// The file of weights, the largest, of the model called `id`: the one whose length was looked at, where others lie
    /// beside it.
    ///
    /// # Errors
    /// As [`Library::locate`].
    pub fn locate_weights(&self, id: &str) -> Result<Option<PathBuf>, ModelsError> {
        let root = self.locate(id)?;
        let weights = self.model(id)?.files.iter().max_by_key(|file| file.about_bytes);
        Ok(weights.and_then(|file| file.found_below(&root)))
    }

    /// Where `model` stands.
    pub fn state(&self, model: &Model) -> State {
        match self.find(model) {
            Some((root, owner)) => State::Here { root, owner },
            None => match self.begun_bytes(model) {
                0 => State::Absent,
                bytes => State::Begun { bytes },
            },
        }
    }

    /// What is known about the files of `model` that we put into our folder.
    pub fn record(&self, model: &Model) -> Option<Record> {
        self.records().read(&model.id)
    }

    /// Whether [`Library::remove`] would find something of `model` to remove.
    pub fn is_ours(&self, model: &Model) -> bool {
        let root = self.own_root(model);
        let is_begun = |file: &ModelFile| {
            let path = file.below(&root);
            [part::part_path(&path), part::temporary_path(&path)].iter().any(|path| length(path).is_some())
        };
        self.record(model).is_some() || model.files.iter().any(is_begun)
    }

    /// The server that models are fetched from, to show.
    pub fn host(&self) -> String {
        self.hub.host()
    }

    /// Whether the licence of `model` needs no question, or was agreed to.
    pub fn is_agreed(&self, model: &Model) -> bool {
        !model.licence.asks() || self.records().agreements().iter().any(|a| a.licence == model.licence.name)
    }

    /// Remembers that the user agreed to the licence of `model`.
    ///
    /// # Errors
    /// What the system said.
    pub fn agree(&self, model: &Model) -> Result<(), ModelsError> {
        if self.is_agreed(model) { Ok(()) } else { self.records().agree(&model.licence.name) }
    }

    pub(super) fn check_agreed(&self, model: &Model) -> Result<(), ModelsError> {
        if self.is_agreed(model) {
            return Ok(());
        }
        let (id, name, licence) = (model.id.clone(), model.name.clone(), Box::new(model.licence.clone()));
        Err(ModelsError::LicenceNotAccepted { id, name, licence })
    }

    /// The first place that has all of `model`, our own before all others.
    pub(super) fn find(&self, model: &Model) -> Option<(PathBuf, Owner)> {
        std::iter::once(&self.own).chain(&self.others).find_map(|place| Some((place.find(model)?, place.owner)))
    }

    /// Where the repository of `model` lies, or would lie, in our folder.
    pub(super) fn own_root(&self, model: &Model) -> PathBuf {
        self.own.path.join(model.repository.split('/').collect::<PathBuf>())
    }

    pub(super) fn records(&self) -> Records {
        Records::new(&self.own.path)
    }

    pub(super) fn lock(&self, model: &Model) -> Result<Lock, ModelsError> {
        self.records().lock(&model.id)
    }

    /// Files of `model` that are not, or not rightly, in our folder.
    pub(super) fn missing<'m>(&self, model: &'m Model) -> Vec<&'m ModelFile> {
        let root = self.own_root(model);
        model.files.iter().filter(|file| !length(&file.below(&root)).is_some_and(|bytes| file.fits(bytes))).collect()
    }

    fn first_missing(&self, model: &Model) -> Option<PathBuf> {
        self.missing(model).first().map(|file| file.below(&self.own_root(model)))
    }

    /// Bytes of `model` in our folder, half files included.
    fn begun_bytes(&self, model: &Model) -> u64 {
        let root = self.own_root(model);
        let of = |file: &ModelFile| {
            let path = file.below(&root);
            length(&path).filter(|b| file.fits(*b)).or_else(|| length(&part::part_path(&path))).unwrap_or(0)
        };
        model.files.iter().map(of).sum()
    }
}

/// The folder of everything that the program keeps for the user: the one that [`DATA_VARIABLE`] names, or the
/// system's for data that stay on this machine, because Windows carries the other ones from machine to machine.
pub fn data_folder() -> Option<PathBuf> {
    let variable = std::env::var_os(DATA_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
    variable.or_else(|| directories::ProjectDirs::from("", "", "orfeas").map(|dirs| dirs.data_local_dir().to_owned()))
}
