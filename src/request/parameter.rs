//! What a parameter is: a field of plain data whose name, range, unit, default and explanation are
//! written once, by the [`parameters!`](crate::request) macro, and read by the command line, the
//! window and the cache keys.

use std::fmt;

/// The value of any parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number, in the unit of its [`ParamSpec`].
    Number(f64),
    /// A whole number.
    Integer(u64),
    /// On or off.
    Flag(bool),
    /// One of the names in [`ParamKind::Choice`].
    Choice(&'static str),
    /// Left open: the program decides.
    Unset,
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Flag(on) => write!(f, "{on}"),
            Self::Choice(name) => f.write_str(name),
            Self::Unset => f.write_str("auto"),
        }
    }
}

/// One name that a choice may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceSpec {
    /// As typed and as stored.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub doc: &'static str,
}

/// What values a parameter takes, and so which widget or parser it needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamKind {
    /// [`Value::Number`] in `min..=max`, or [`Value::Unset`] where `optional`.
    Number {
        /// Whether it may be left open.
        optional: bool,
    },
    /// [`Value::Integer`] in `min..=max`, or [`Value::Unset`] where `optional`.
    Integer {
        /// Whether it may be left open.
        optional: bool,
    },
    /// [`Value::Flag`].
    Flag,
    /// [`Value::Choice`] of these.
    Choice(&'static [ChoiceSpec]),
}

/// Everything about one parameter but its value.
#[derive(Clone, Copy, Debug)]
pub struct ParamSpec {
    /// Field name, unique within its group.
    pub name: &'static str,
    /// Long flag on the command line without the dashes, unique within the program.
    pub flag: &'static str,
    /// What it does, in words for users.
    pub doc: &'static str,
    /// Unit of a number: `mm`, `px`, `°`, `×`, or empty.
    pub unit: &'static str,
    /// Which values it takes.
    pub kind: ParamKind,
    /// Smallest number allowed (numbers only).
    pub min: f64,
    /// Largest number allowed (numbers only).
    pub max: f64,
    /// Sensible step of a slider (numbers only).
    pub step: f64,
    /// Value when nothing is said.
    pub default: Value,
}

/// A value that a parameter does not take.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{flag} must be {expected}, not `{found}`")]
pub struct ValueError {
    /// Long flag of the parameter.
    pub flag: &'static str,
    /// What would have been right.
    pub expected: String,
    /// What was given.
    pub found: String,
}

impl ParamSpec {
    /// What values are right, in words: `a number from 0.1 to 4 ×`.
    pub fn expectation(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        match self.kind {
            ParamKind::Number { .. } => format!("a number from {} to {}{unit}", self.min, self.max),
            ParamKind::Integer { .. } => format!("a whole number from {} to {}{unit}", self.min, self.max),
            ParamKind::Flag => "true or false".to_owned(),
            ParamKind::Choice(choices) => {
                let names: Vec<_> = choices.iter().map(|c| c.name).collect();
                format!("one of {}", names.join(", "))
            }
        }
    }

    /// The value that `text` names, within the range.
    ///
    /// # Errors
    /// [`ValueError`] with what would have been right.
    pub fn parse(&self, text: &str) -> Result<Value, ValueError> {
        let optional =
            matches!(self.kind, ParamKind::Number { optional: true } | ParamKind::Integer { optional: true });
        if optional && text == "auto" {
            return Ok(Value::Unset);
        }
        let value = match self.kind {
            ParamKind::Number { .. } => text.parse().ok().map(Value::Number),
            ParamKind::Integer { .. } => text.parse().ok().map(Value::Integer),
            ParamKind::Flag => text.parse().ok().map(Value::Flag),
            ParamKind::Choice(choices) => choices.iter().find(|c| c.name == text).map(|c| Value::Choice(c.name)),
        };
        value.filter(|v| self.allows(*v)).ok_or_else(|| self.error(text))
    }

    /// Whether `value` is of the right kind and in range.
    pub fn allows(&self, value: Value) -> bool {
        let in_range = |number: f64| number.is_finite() && (self.min..=self.max).contains(&number);
        match (self.kind, value) {
            (ParamKind::Number { .. }, Value::Number(number)) => in_range(number),
            (ParamKind::Integer { .. }, Value::Integer(number)) => in_range(number as f64),
            (ParamKind::Number { optional } | ParamKind::Integer { optional }, Value::Unset) => optional,
            (ParamKind::Flag, Value::Flag(_)) => true,
            (ParamKind::Choice(choices), Value::Choice(name)) => choices.iter().any(|c| c.name == name),
            _ => false,
        }
    }

    pub(super) fn error(&self, found: impl fmt::Display) -> ValueError {
        ValueError { flag: self.flag, expected: self.expectation(), found: found.to_string() }
    }
}

/// A struct of parameters, as the window and the command line see it.
pub trait ParamGroup {
    /// Heading in `--help` and in the window.
    fn title(&self) -> &'static str;
    /// The parameters in the order they should be shown.
    fn specs(&self) -> &'static [ParamSpec];
    /// The value of the parameter called `name`, if there is one.
    fn get(&self, name: &str) -> Option<Value>;
    /// Sets the parameter called `name`.
    ///
    /// # Errors
    /// [`ValueError`] when the value is of the wrong kind or out of range; the group is unchanged.
    fn set(&mut self, name: &str, value: Value) -> Result<(), ValueError>;

    /// Checks every value, as after reading a file that somebody may have edited.
    ///
    /// # Errors
    /// The first [`ValueError`].
    fn validate(&self) -> Result<(), ValueError> {
        for spec in self.specs() {
            let value = self.get(spec.name).unwrap_or(Value::Unset);
            if !spec.allows(value) {
                return Err(spec.error(value));
            }
        }
        Ok(())
    }
}

/// A Rust type that can be a parameter.
pub trait Parameter: Sized + Copy {
    /// The kind of its values.
    const KIND: ParamKind;
    /// As a [`Value`]; `const` code cannot call it, so defaults go through it at first use.
    fn to_value(self) -> Value;
    /// From a [`Value`] of the right kind.
    fn from_value(value: Value) -> Option<Self>;
}

impl Parameter for f32 {
    const KIND: ParamKind = ParamKind::Number { optional: false };
    fn to_value(self) -> Value {
        // Through text, so that 0.8 stays 0.8 and does not become 0.800000011920929.
        Value::Number(self.to_string().parse().unwrap_or_else(|_| f64::from(self)))
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Number(number) = value { Some(number as Self) } else { None }
    }
}

impl Parameter for u32 {
    const KIND: ParamKind = ParamKind::Integer { optional: false };
    fn to_value(self) -> Value {
        Value::Integer(self.into())
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Integer(number) = value { number.try_into().ok() } else { None }
    }
}

impl Parameter for Option<f32> {
    const KIND: ParamKind = ParamKind::Number { optional: true };
    fn to_value(self) -> Value {
        self.map_or(Value::Unset, f32::to_value)
    }
    fn from_value(value: Value) -> Option<Self> {
        if value == Value::Unset { Some(None) } else { f32::from_value(value).map(Some) }
    }
}

impl Parameter for Option<u32> {
    const KIND: ParamKind = ParamKind::Integer { optional: true };
    fn to_value(self) -> Value {
        self.map_or(Value::Unset, u32::to_value)
    }
    fn from_value(value: Value) -> Option<Self> {
        if value == Value::Unset { Some(None) } else { u32::from_value(value).map(Some) }
    }
}

impl Parameter for bool {
    const KIND: ParamKind = ParamKind::Flag;
    fn to_value(self) -> Value {
        Value::Flag(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Flag(on) = value { Some(on) } else { None }
    }
}

/// Declares an enum whose variants are the names of a choice; the first variant is the default.
macro_rules! choices {
    ($(#[doc = $doc:literal])+ pub enum $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[doc = $vdoc])+ #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every choice, in the order to show them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// The name as typed and stored.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl Default for $name {
            fn default() -> Self { Self::ALL[0] }
        }

        impl $crate::request::parameter::Parameter for $name {
            const KIND: $crate::request::parameter::ParamKind = $crate::request::parameter::ParamKind::Choice(&[
                $($crate::request::parameter::ChoiceSpec { name: $text, doc: concat!($($vdoc),+).trim_ascii() }),+
            ]);
            fn to_value(self) -> $crate::request::parameter::Value {
                $crate::request::parameter::Value::Choice(self.name())
            }
            fn from_value(value: $crate::request::parameter::Value) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.to_value() == value)
            }
        }
    };
}
pub(crate) use choices;

/// Declares a struct of parameters:
/// `"flag" => field: Type = default, in min..=max by step, "unit";` (the range only for numbers).
macro_rules! parameters {
    ($(#[doc = $doc:literal])+ pub struct $name:ident titled $title:literal {
        $($(#[doc = $fdoc:literal])+ $flag:literal => $field:ident : $type:ty = $default:expr
            $(, in $min:literal ..= $max:literal by $step:literal $(, $unit:literal)?)?;)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name { $($(#[doc = $fdoc])+ pub $field: $type,)+ }

        impl Default for $name {
            fn default() -> Self { Self { $($field: $default,)+ } }
        }

        impl $crate::request::parameter::ParamGroup for $name {
            fn title(&self) -> &'static str { $title }

            fn specs(&self) -> &'static [$crate::request::parameter::ParamSpec] {
                use $crate::request::parameter::{ParamSpec, Parameter};
                static SPECS: std::sync::LazyLock<Vec<ParamSpec>> = std::sync::LazyLock::new(|| {
                    let defaults = $name::default();
                    vec![$({
                        let (min, max, step, unit) = (0.0, 0.0, 0.0, "");
                        let _ = (min, max, step, unit);
                        $(let (min, max, step) = ($min as f64, $max as f64, $step as f64);
                          $(let unit = $unit;)?)?
                        ParamSpec {
                            name: stringify!($field),
                            flag: $flag,
                            doc: concat!($($fdoc),+).trim_ascii(),
                            unit, min, max, step,
                            kind: <$type as Parameter>::KIND,
                            default: Parameter::to_value(defaults.$field),
                        }
                    }),+]
                });
                &SPECS
            }

            fn get(&self, name: &str) -> Option<$crate::request::parameter::Value> {
                match name {
                    $(stringify!($field) => Some($crate::request::parameter::Parameter::to_value(self.$field)),)+
                    _ => None,
                }
            }

            fn set(&mut self, name: &str, value: $crate::request::parameter::Value)
                -> Result<(), $crate::request::parameter::ValueError>
            {
                use $crate::request::parameter::Parameter as _;
                let specs = $crate::request::parameter::ParamGroup::specs(self);
                let Some(spec) = specs.iter().find(|s| s.name == name) else { return Ok(()) };
                if !spec.allows(value) {
                    return Err(spec.error(value));
                }
                match name {
                    $(stringify!($field) => {
                        self.$field = <$type>::from_value(value).ok_or_else(|| spec.error(value))?;
                    })+
                    _ => {}
                }
                Ok(())
            }
        }
    };
}
pub(crate) use parameters;
