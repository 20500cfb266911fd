//! `--view SIDE=FILE`: pictures of the object from further sides, for models that take them.

use std::path::PathBuf;

use anyhow::anyhow;

use super::failure::Failure;
use super::generate::check_there;
use crate::pipeline::Views;
use crate::request::{Request, Side, relevance};

/// Pictures from further sides.
#[derive(clap::Args)]
pub struct ViewArgs {
    /// Another picture of the object, from its left, back or right, for --model hunyuan3d-2mv; once for
    /// each side
    #[arg(long = "view", value_name = "SIDE=FILE", value_parser = side_and_file, help_heading = "Model")]
    views: Vec<(Side, PathBuf)>,
}

impl ViewArgs {
    /// The pictures, each of another side.
    ///
    /// # Errors
    /// [`Failure`]: they would have no effect, a side is given twice, or a file is not there.
    pub fn settle(&self, request: &Request) -> Result<Views, Failure> {
        let mut views = Views::new();
        for (side, path) in &self.views {
            if let Some(needed) = relevance::needed_for_views(request) {
                let flag = format!("--view {}", side.name());
                return Err(Failure::Usage(format!("{flag} has no effect here; leave it out, or choose {needed}")));
            }
            if views.insert(*side, path.clone()).is_some() {
                let side = side.name();
                return Err(Failure::Usage(format!("--view {side} is given twice; one picture for each side")));
            }
            check_there(path)?;
            if !path.is_file() {
                return Err(anyhow!("there is no such file; check the name: {}", path.display()).into());
            }
        }
        Ok(views)
    }
}

/// `left=FILE` and so on.
fn side_and_file(text: &str) -> Result<(Side, PathBuf), String> {
    let names: Vec<String> = Side::ALL.iter().map(|side| format!("{}=FILE", side.name())).collect();
    let expected = format!("it must be {}", names.join(" or "));
    let (name, file) = text.split_once('=').ok_or(&expected)?;
    match Side::ALL.iter().find(|side| side.name() == name) {
        Some(side) if !file.is_empty() => Ok((*side, file.into())),
        None if name == "front" => Err(format!("the front is IMAGE itself; {expected}")),
        _ => Err(expected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_and_a_file_are_told_apart_and_nothing_else_is_taken() {
        assert_eq!(side_and_file("back=a=b.png"), Ok((Side::Back, "a=b.png".into())));
        for wrong in ["left", "left=", "top=a.png", "=a.png", "front=a.png", ""] {
            let error = side_and_file(wrong).unwrap_err();
            assert!(error.contains("left=FILE or back=FILE or right=FILE"), "{wrong}: {error}");
        }
    }
}
