//! One command-line flag per parameter, made from the tables of [`crate::request`].

use std::marker::PhantomData;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::request::Request;
use crate::request::parameter::{ChoiceSpec, ParamKind, ParamSpec, Parameter, Value};
use crate::request::relevance;

/// Which parameters become flags.
pub trait Choose: Send + Sync + 'static {
    /// Whether this one does.
    fn chooses(group_title: &str, spec: &ParamSpec) -> bool;

    /// What it does, where these flags mean it otherwise than a [`Request`] does.
    fn doc(spec: &ParamSpec) -> &'static str {
        spec.doc
    }
}

/// All of them.
#[derive(Debug)]
pub struct All;

impl Choose for All {
    fn chooses(_: &str, _: &ParamSpec) -> bool {
        true
    }
}

/// The parameters that the user gave, to be laid over a [`Request`].
pub struct Flags<C> {
    given: Vec<Given>,
    chosen: PhantomData<C>,
}

/// One flag that the user gave.
struct Given {
    /// Place of its group in [`Request::groups`].
    group: usize,
    spec: &'static ParamSpec,
    value: Value,
}

impl<C: Choose> Flags<C> {
    /// Sets what the user gave, and refuses what would then have no effect; `has_mask` tells whether a
    /// mask comes with the request.
    ///
    /// # Errors
    /// A sentence that names the flag and what it would need.
    pub fn apply_to(&self, request: &mut Request, has_mask: bool) -> Result<(), String> {
        for given in &self.given {
            if let Some(group) = request.groups_mut().into_iter().nth(given.group) {
                group.set(given.spec.name, given.value).map_err(|e| format!("--{e}"))?;
            }
        }
        for Given { group, spec, .. } in &self.given {
            if let Some(needed) = relevance::needed_for(request, has_mask, *group, spec) {
                let flag = spec.flag;
                return Err(format!("--{flag} has no effect here; leave it out, or choose {needed}"));
            }
        }
        Ok(())
    }

    /// The first flag that was given, without dashes.
    pub fn first(&self) -> Option<&'static str> {
        self.given.first().map(|g| g.spec.flag)
    }

    /// The first given flag of the group titled `title`, without dashes.
    pub fn first_of(&self, title: &str) -> Option<&'static str> {
        let defaults = Request::default();
        let groups = defaults.groups();
        self.given.iter().find(|g| groups.get(g.group).is_some_and(|g| g.title() == title)).map(|g| g.spec.flag)
    }

    /// Whether `flag` was given.
    pub fn has(&self, flag: &str) -> bool {
        self.given.iter().any(|g| g.spec.flag == flag)
    }
}

/// Every chosen parameter with its group's place and title.
fn chosen<C: Choose>() -> Vec<(usize, &'static str, &'static ParamSpec)> {
    let defaults = Request::default();
    let groups = defaults.groups();
    let all = groups.iter().enumerate().flat_map(|(i, g)| g.specs().iter().map(move |s| (i, g.title(), s)));
    all.filter(|(_, title, spec)| C::chooses(title, spec)).collect()
}

impl<C: Choose> clap::Args for Flags<C> {
    fn augment_args(command: Command) -> Command {
        chosen::<C>().into_iter().fold(command, |command, (group, title, spec)| {
            // `-h` stays short: settings of single modes are in `--help`.
            let special = relevance::GROUP_MODES.get(group).copied().flatten().is_some();
            command.arg(argument(spec, C::doc(spec), title).hide_short_help(special))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<C: Choose> clap::FromArgMatches for Flags<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = chosen::<C>().into_iter().filter_map(|(group, _, spec)| {
            let value = *matches.try_get_one::<Value>(spec.flag).ok().flatten()?;
            Some(Given { group, spec, value })
        });
        Ok(Self { given: given.collect(), chosen: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The flag of one parameter.
fn argument(spec: &'static ParamSpec, doc: &str, heading: &'static str) -> Arg {
    let unit = if matches!(spec.unit, "" | "×") { "N" } else { spec.unit };
    let argument = Arg::new(spec.flag)
        .long(spec.flag)
        .help(help(spec, doc))
        .help_heading(heading)
        .value_parser(parser(spec))
        .allow_negative_numbers(true)
        .action(ArgAction::Set);
    match spec.kind {
        ParamKind::Flag => {
            argument.value_name("true|false").num_args(0..=1).require_equals(true).default_missing_value("true")
        }
        ParamKind::Choice(_) => argument.value_name("CHOICE"),
        ParamKind::Number { .. } | ParamKind::Integer { .. } => argument.value_name(unit),
    }
}

/// What the parameter does, its range and its default.
fn help(spec: &ParamSpec, doc: &str) -> String {
    let what = doc.trim_end_matches('.');
    let unit = if matches!(spec.unit, "" | "×") { String::new() } else { format!(" {}", spec.unit) };
    let (min, max, default) = (spec.min, spec.max, spec.default);
    match spec.kind {
        ParamKind::Number { .. } | ParamKind::Integer { .. } if default == Value::Unset => {
            format!("{what} [{min} to {max}{unit}, or auto]")
        }
        ParamKind::Number { .. } | ParamKind::Integer { .. } => {
            format!("{what} [{min} to {max}{unit}; default {default}]")
        }
        ParamKind::Flag | ParamKind::Choice(_) => format!("{what} [default {default}]"),
    }
}

/// Text to value, with an error that says what would be right.
fn parser(spec: &'static ParamSpec) -> ValueParser {
    match spec.kind {
        ParamKind::Choice(choices) => named(choices).map(move |name| choice(choices, &name)).into(),
        _ => ValueParser::new(move |text: &str| spec.parse(text).map_err(|e| format!("it must be {}", e.expected))),
    }
}

/// The parser of a choice that is no parameter of a [`Request`].
pub fn choice_parser<T: Parameter + Default + Send + Sync + 'static>() -> ValueParser {
    let choices = if let ParamKind::Choice(choices) = T::KIND { choices } else { &[] };
    named(choices).map(move |name| T::from_value(choice(choices, &name)).unwrap_or_default()).into()
}

/// Lets only the names of `choices` through, and says in the help what each means.
fn named(choices: &'static [ChoiceSpec]) -> PossibleValuesParser {
    choices.iter().map(|c| PossibleValue::new(c.name).help(c.doc.trim_end_matches('.'))).into()
}

fn choice(choices: &'static [ChoiceSpec], name: &str) -> Value {
    choices.iter().find(|c| c.name == name).map_or(Value::Unset, |c| Value::Choice(c.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args as _, FromArgMatches as _};

    fn parse(words: &[&str]) -> Result<Flags<All>, clap::Error> {
        let command = Flags::<All>::augment_args(Command::new("test"));
        Flags::from_arg_matches(&command.try_get_matches_from([&["test"], words].concat())?)
    }

    #[test]
    fn every_flag_takes_its_own_default() {
        for (_, _, spec) in chosen::<All>() {
            let flags = parse(&[&format!("--{}={}", spec.flag, spec.default)]).unwrap();
            assert_eq!(flags.given.len(), 1);
            assert_eq!(flags.given[0].value, spec.default, "--{}", spec.flag);
        }
    }

    #[test]
    fn flags_land_in_the_request() {
        let mut request = Request::default();
        let words = ["--height=60", "--thickness", "0.7", "--color=false", "--invert-mask", "--quality", "draft"];
        parse(&words).unwrap().apply_to(&mut request, false).unwrap();
        assert_eq!(request.size.height_mm, Some(60.0));
        assert_eq!(request.inflate.thickness, 0.7);
        assert!(!request.mesh.color && request.cut_out.invert);
        assert_eq!(request.solid.quality, crate::request::Quality::Draft);
    }

    #[test]
    fn sizes_say_which_side_of_the_print_they_mean() {
        fn help_of<C: Choose>(flag: &str) -> String {
            let command = Flags::<C>::augment_args(Command::new("test"));
            let argument = command.get_arguments().find(|a| a.get_id() == flag).unwrap();
            argument.get_help().unwrap().to_string()
        }
        let height = help_of::<All>("height");
        for flat in ["relief", "stamp", "cutter", "keychain", "deep on the bed"] {
            assert!(height.contains(flat), "{flat} is missing: {height}");
        }
        assert!(help_of::<All>("depth").contains("high on the bed"));
        // A finished mesh is measured as it stands.
        assert!(help_of::<crate::cli::convert::ForMeshes>("height").starts_with("Height on the bed ["));
    }

    #[test]
    fn a_flag_of_another_mode_is_refused_by_name() {
        let mut request = Request::default();
        let error = parse(&["--litho-min", "1"]).unwrap().apply_to(&mut request, false).unwrap_err();
        assert!(error.contains("--litho-min") && error.contains("--mode lithophane"), "{error}");
    }

    #[test]
    fn an_error_says_what_would_be_right() {
        for (words, expected) in [
            (["--thickness", "99"], "from 0.1 to 3"),
            (["--thickness", "-1"], "from 0.1 to 3"),
            (["--triangles", "many"], "whole number"),
            (["--quality", "best"], "standard"),
            (["--color=perhaps", "--quality=draft"], "true or false"),
        ] {
            let error = parse(&words).err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
