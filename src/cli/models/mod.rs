//! `orfeas models`: which learned models there are, and getting, checking and removing them.

mod consent;
mod random;
mod show;

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Subcommand;

use crate::files::bytes_in_words;
use crate::models::{Choices, FileVerdict, Library, ModelsError, Remedy, State, Verdict};
use crate::progress::CancelToken;

use super::console::Console;
use super::destination::check_is_folder;
use super::failure::Failure;
use super::generate::check_there;
use super::interrupt;
use super::progress_display::ProgressDisplay;

/// Arguments of `orfeas models`.
#[derive(clap::Args)]
#[command(after_help = "\
Models that other programs have fetched (the Hugging Face cache, hy3dgen, ComfyUI) are found and used \
where they are. Everything else is fetched once, checked, and kept in one folder; a fetch that was \
stopped goes on where it was.

HF_ENDPOINT names a mirror, HF_TOKEN a token, HTTPS_PROXY a proxy, SSL_CERT_FILE the \
certificates to trust instead of the built-in ones, ORFEAS_MODELS the folder. HF_HUB_OFFLINE=1 forbids \
fetching. Nothing else here uses the network.

Examples:
  orfeas models list
  orfeas models pull triposr
  orfeas models import hunyuan3d-2.1 ~/Downloads/model.fp16.ckpt
  orfeas models verify
  orfeas models folder /mnt/large/models")]
pub struct ModelsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// All models, and which of them are here
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// What a model is for, who may use it, where it is
    Info {
        /// The model
        id: String,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch models; prints where they are
    Pull {
        /// The models
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Agree to their licences
        #[arg(short, long)]
        yes: bool,
    },
    /// Take a model over from a file or folder on this machine
    Import {
        /// The model
        id: String,
        /// Its file of weights, or the folder that holds it
        path: PathBuf,
        /// Agree to its licence
        #[arg(short, long)]
        yes: bool,
    },
    /// Read every byte of models again and compare
    Verify {
        /// The models [default: all that are here]
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove models that were fetched or imported here; those of other programs stay
    Remove {
        /// The models
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Write a folder of random numbers at a model's full size, to try memory and speed with
    Random {
        /// The model's tensors and sizes, as JSON; the sources have lists in tests/fixtures/golden/manifests
        manifest: PathBuf,
        /// Where to put `config.yaml` and `model.fp16.safetensors`
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Other numbers
        #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
        seed: u64,
    },
    /// Where models are kept, or keep them elsewhere from now on
    Folder {
        /// The new folder; what is in the old one stays there and is still found
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
        /// Look into this folder as well; repeat for more
        #[arg(long, value_name = "DIR", conflicts_with = "reset")]
        look_into: Vec<PathBuf>,
        /// Forget all of these choices
        #[arg(long, conflicts_with = "folder")]
        reset: bool,
    },
}

/// How a command that failed for this reason ends.
fn failed(error: ModelsError) -> Failure {
    match error {
        ModelsError::Cancelled(_) => Failure::Interrupted,
        ModelsError::Unknown { .. } | ModelsError::LicenceNotAccepted { .. } => Failure::Usage(error.to_string()),
        other => Failure::Failed(other.into()),
    }
}

/// Does what was asked about models.
///
/// # Errors
/// See [`ModelsError`].
pub fn run(args: &ModelsArgs, console: &Console) -> Result<(), Failure> {
    let library = Library::of_user().map_err(failed)?;
    match &args.action {
        Action::List { json } => show::list(&library, *json, console),
        Action::Info { id, json } => show::info(&library, id, *json, console),
        Action::Pull { ids, yes } => pull(&library, ids, *yes, console),
        Action::Import { id, path, yes } => import(&library, id, path, *yes, console),
        Action::Random { manifest, output, seed } => random::run(manifest, output, *seed, console),
        Action::Verify { ids, json } => verify(&library, ids, *json, console),
        Action::Remove { ids } => remove(&library, ids, &interrupt::token(), console),
        Action::Folder { folder: None, look_into, reset: false } if look_into.is_empty() => {
            console.result_path(library.folder())
        }
        Action::Folder { folder, look_into, reset } => {
            check_folders(folder.as_deref(), look_into)?;
            let mut choices = if *reset { Choices::default() } else { library.choices() };
            if let Some(folder) = folder {
                choices.keep_in(folder.clone(), library.folder());
            }
            choices.look_into.extend(look_into.iter().cloned());
            console.result_path(library.choose(choices).map_err(failed)?.folder())
        }
    }
}

/// The folder of models may be made later, those to look into must be there.
fn check_folders(folder: Option<&Path>, look_into: &[PathBuf]) -> Result<(), Failure> {
    if let Some(file) = folder.filter(|folder| folder.exists() && !folder.is_dir()) {
        return Err(Failure::Usage(format!("models are kept in a folder, and this is a file: {}", file.display())));
    }
    look_into.iter().try_for_each(|folder| check_is_folder(folder))
}

/// The ids, each once. Fails for the first that is no model, before anything is done for the others.
fn known(library: &Library, ids: &[String]) -> Result<Vec<String>, Failure> {
    let mut each = Vec::new();
    for id in ids {
        library.model(id).map_err(failed)?;
        if !each.contains(id) {
            each.push(id.clone());
        }
    }
    Ok(each)
}

fn pull(library: &Library, ids: &[String], yes: bool, console: &Console) -> Result<(), Failure> {
    let ids = known(library, ids)?;
    let cancel = interrupt::token();
    for id in &ids {
        let model = library.model(id).map_err(failed)?;
        if !matches!(library.state(model), State::Here { .. }) {
            consent::obtain(library, model, yes, &cancel, console)?;
        }
    }
    for id in &ids {
        let model = library.model(id).map_err(failed)?;
        if let State::Here { root, owner } = library.state(model) {
            console.say(&format!("{id} is on this machine already ({owner})"));
            console.result_path(&model.folder_in(&root))?;
            continue;
        }
        let plan = library.plan(id).map_err(failed)?;
        let free = plan.free_bytes.map(|b| format!(", {} free there", bytes_in_words(b))).unwrap_or_default();
        let part = if plan.fetch_bytes < plan.total_bytes {
            format!(" of {}", bytes_in_words(plan.total_bytes))
        } else {
            String::new()
        };
        let fetched = bytes_in_words(plan.fetch_bytes);
        console.say(&format!("{id}: {fetched}{part} from {} to {}{free}", plan.host, plan.folder.display()));
        let display = ProgressDisplay::new(console);
        let pulled = display.watch(&cancel, |monitor| library.pull(id, monitor));
        drop(display);
        if let Err(ModelsError::Cancelled(_)) = &pulled {
            console.say(&format!("what came is kept; `orfeas models pull {id}` goes on there"));
        }
        console.result_path(&model.folder_in(&pulled.map_err(failed)?))?;
    }
    Ok(())
}

fn import(library: &Library, id: &str, path: &Path, yes: bool, console: &Console) -> Result<(), Failure> {
    let model = library.model(id).map_err(failed)?;
    // Nobody is asked to agree to something for nothing.
    check_there(path)?;
    let cancel = interrupt::token();
    consent::obtain(library, model, yes, &cancel, console)?;
    let imported = ProgressDisplay::new(console).watch(&cancel, |monitor| library.import(id, path, monitor));
    let imported = imported.map_err(failed)?;
    if !imported.missing.is_empty() {
        let missing = imported.missing.join(", ");
        console.say(&format!("still missing: {missing}; `orfeas models pull {id}` fetches that"));
    }
    console.result_path(&model.folder_in(&imported.root))
}

fn verify(library: &Library, ids: &[String], json: bool, console: &Console) -> Result<(), Failure> {
    let ids = known(library, ids)?;
    let mut troubles = Vec::new();
    let ids = if ids.is_empty() { to_verify(library, &mut troubles, console) } else { ids };
    let cancel = interrupt::token();
    let mut found = serde_json::Map::new();
    for id in &ids {
        let model = library.model(id).map_err(failed)?;
        let display = ProgressDisplay::new(console);
        let verification = display.watch(&cancel, |monitor| library.verify(id, monitor));
        drop(display);
        let verification = match verification {
            Ok(verification) => verification,
            Err(cancelled @ ModelsError::Cancelled(_)) => return Err(failed(cancelled)),
            // The others are looked at all the same.
            Err(error) => {
                troubles.push(error.to_string());
                continue;
            }
        };
        troubles.extend(library.remedy(model, &verification).map(|remedy| advice(id, &remedy)));
        if json {
            found.insert(id.clone(), serde_json::to_value(&verification)?);
        } else {
            let lines: Vec<String> =
                verification.files.iter().map(|file| format!("{id}  {}", in_words(file))).collect();
            console.result(&lines.join("\n"))?;
        }
    }
    if json {
        console.result_json(&serde_json::to_string_pretty(&found)?)?;
    }
    if troubles.is_empty() { Ok(()) } else { Err(anyhow!(troubles.join("\n  ")).into()) }
}

/// Removes the models one after the other. At an interrupt the one at hand goes whole, and no further one.
fn remove(library: &Library, ids: &[String], cancel: &CancelToken, console: &Console) -> Result<(), Failure> {
    known(library, ids)?.iter().try_for_each(|id| {
        if cancel.is_cancelled() {
            return Err(Failure::Interrupted);
        }
        let removed = library.remove(id).map_err(failed)?;
        console.say(&format!("removed {id}; {}", removed.in_words()));
        Ok(())
    })
}

/// The models that are here. Of those that are not all there it is told how to go on.
fn to_verify(library: &Library, troubles: &mut Vec<String>, console: &Console) -> Vec<String> {
    let mut here = Vec::new();
    for model in library.models() {
        match library.locate(&model.id) {
            Ok(_) => here.push(model.id.clone()),
            Err(ModelsError::NotInstalled { .. }) => {}
            // Whoever stopped a fetch knows.
            Err(error @ ModelsError::Incomplete { .. }) => console.say(&error.to_string()),
            Err(error) => troubles.push(error.to_string()),
        }
    }
    if library.models().iter().all(|model| library.state(model) == State::Absent) {
        console.say("no model is on this machine; `orfeas models pull` fetches one");
    }
    here
}

/// What to do about a model that is not as published.
fn advice(id: &str, remedy: &Remedy) -> String {
    match remedy {
        Remedy::Pull => format!("{id} is not complete; `orfeas models pull {id}` fetches what is missing"),
        Remedy::Replace => {
            format!("{id} is not as published; `orfeas models remove {id}` and `pull` fetch it anew")
        }
        Remedy::ByHand(path) => format!(
            "{id} is not as published, and this file was not put there by `orfeas models`; get it anew from where it \
             came, or delete it and `orfeas models pull {id}`: {}",
            path.display()
        ),
    }
}

fn in_words(file: &FileVerdict) -> String {
    let what = match file.verdict {
        Verdict::Good => "good".to_owned(),
        Verdict::AsItCame => "as it came; nobody said which bytes it should have".to_owned(),
        Verdict::Changed { found, .. } => format!("CHANGED, SHA-256 {found}"),
        Verdict::Length { found, expected } => format!("CHANGED, {found} bytes instead of {expected}"),
        Verdict::Unknown { .. } => "readable; nobody said which bytes it should have".to_owned(),
        Verdict::Missing => "MISSING".to_owned(),
    };
    format!("{what}: {}", file.path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{Catalogue, Hub};

    #[test]
    fn an_interrupt_leaves_the_models_whose_turn_has_not_come() {
        let folder = tempfile::tempdir().unwrap();
        // A fetch that was stopped.
        let begun = folder.path().join("stabilityai/TripoSR/.orfeas-model.ckpt.part");
        std::fs::create_dir_all(begun.parent().unwrap()).unwrap();
        std::fs::write(&begun, "half").unwrap();
        let (catalogue, root) = (Catalogue::builtin().clone(), folder.path().to_owned());
        let library = Library::new(catalogue, root, Vec::new(), Hub::from_environment());
        let console = Console::new(true, false);
        let remove = |cancel: &CancelToken| remove(&library, &["triposr".to_owned()], cancel, &console);
        let cancel = CancelToken::new();
        cancel.cancel();
        assert!(matches!(remove(&cancel), Err(Failure::Interrupted)) && begun.exists());
        assert!(remove(&CancelToken::new()).is_ok() && !begun.exists());
    }
}
