//! As much of Python's pickle as a dictionary of tensors is made of.
//!
//! A pickle is a program for a stack machine that can call any function of any module. This reader knows
//! the instructions that build plain values and, of all functions, the few in [`Global`]; anything else
//! ends it. Values live in flat tables, so no nesting is too deep and dropping them is not recursive.

use std::collections::HashMap;

use super::super::file::{AXES_MAX, IndexError, printable};
use super::super::stored::StoredType;

/// Tensors that a file may have; those of the published models have fewer than 2000. A few bytes make another
/// one of any shape and name already said, so limits of all three keep what a small file can ask for small.
const TENSORS_MAX: usize = 1 << 16;
/// Longest name of a tensor, and of a file of numbers, in bytes.
const NAME_MAX: usize = 512;
/// Dictionaries inside each other that are looked into.
const DEPTH_MAX: usize = 16;

/// A tensor as the pickle describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub kind: StoredType,
    /// Name of the file of numbers.
    pub key: String,
    /// Numbers before its first.
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
}

/// The functions and classes that may be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Global {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(StoredType),
}

impl Global {
    fn named(module: &str, name: &str) -> Option<Self> {
        Some(match (module, name) {
            ("collections", "OrderedDict") => Self::OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2") => Self::RebuildTensor,
            ("torch._utils", "_rebuild_parameter") => Self::RebuildParameter,
            ("torch", "DoubleStorage") => Self::Storage(StoredType::F64),
            ("torch", "FloatStorage") => Self::Storage(StoredType::F32),
            ("torch", "HalfStorage") => Self::Storage(StoredType::F16),
            ("torch", "BFloat16Storage") => Self::Storage(StoredType::BF16),
            ("torch", "LongStorage") => Self::Storage(StoredType::I64),
            ("torch", "IntStorage") => Self::Storage(StoredType::I32),
            ("torch", "ShortStorage") => Self::Storage(StoredType::I16),
            ("torch", "CharStorage") => Self::Storage(StoredType::I8),
            ("torch", "ByteStorage") => Self::Storage(StoredType::U8),
            ("torch", "BoolStorage") => Self::Storage(StoredType::Bool),
            _ => return None,
        })
    }
}

/// A value; what is larger than a word is an index into the machine's tables.
#[derive(Clone, Copy, Debug)]
enum Value<'a> {
    /// Something whose value nobody needs: a float, a boolean, none, an object's state.
    Plain,
    Int(i64),
    Text(&'a str),
    Tuple(usize),
    /// Lists are kept only to be passed over.
    List,
    Dict(usize),
    Global(Global),
    /// Kind and key of a file of numbers.
    Storage(StoredType, &'a str),
    Tensor(usize),
}

/// Names and places of all tensors in the pickle's dictionary.
pub(super) fn tensors(pickle: &[u8]) -> Result<Vec<(String, Record)>, IndexError> {
    let mut machine = Machine { rest: pickle, ..Machine::default() };
    let top = machine.run()?;
    let Value::Dict(top) = top else {
        return IndexError::refused("something else than a dictionary of tensors");
    };
    let mut found = Vec::new();
    let mut visited = 0;
    machine.collect(top, "", 0, &mut visited, &mut found)?;
    Ok(found)
}

#[derive(Default)]
struct Machine<'a> {
    rest: &'a [u8],
    stack: Vec<Value<'a>>,
    /// Heights of the stack at the marks.
    marks: Vec<usize>,
    memo: HashMap<u32, Value<'a>>,
    tuples: Vec<Vec<Value<'a>>>,
    dicts: Vec<Vec<(Value<'a>, Value<'a>)>>,
    records: Vec<Record>,
}

fn cut_off<T>() -> Result<T, IndexError> {
    IndexError::damaged("its pickle is cut off")
}

fn confused<T>() -> Result<T, IndexError> {
    IndexError::damaged("its pickle makes no sense")
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Result<Value<'a>, IndexError> {
        loop {
            let [code] = self.bytes()?;
            match code {
                // PROTO: torch writes version 2; 3 has the same words.
                0x80 => match self.bytes()? {
                    [2 | 3] => {}
                    [version] => return IndexError::refused(format!("a pickle of version {version}")),
                },
                b'.' => return self.pop(),
                b'(' => self.marks.push(self.stack.len()),
                b'N' | b'G' | b'K' | b'M' | b'J' | b'X' | 0x88..=0x8a => self.plain_value(code)?,
                b'}' => self.push_dict(),
                b']' => self.stack.push(Value::List),
                b')' | b't' | 0x85..=0x87 => self.tuple(code)?,
                b'a' | b'e' => self.append(code)?,
                b's' | b'u' => {
                    let items = if code == b's' { self.pop_many(2)? } else { self.pop_marked()? };
                    self.set_items(&items)?;
                }
                b'q' | b'r' => {
                    let key = self.key(code == b'q')?;
                    self.remember(key)?;
                }
                b'h' | b'j' => {
                    let key = self.key(code == b'h')?;
                    self.recall(key)?;
                }
                b'c' => self.global()?,
                b'Q' => self.storage()?,
                b'R' => self.call()?,
                // BUILD: the state of an object, such as a dictionary's notes, is passed over.
                b'b' => {
                    let _ = self.pop()?;
                    self.stack.last().map_or_else(confused, |_| Ok(()))?;
                }
                other => return IndexError::refused(format!("a pickle with instruction {other:#04x}")),
            }
        }
    }

    /// A value that stands in the pickle as it is: none, a boolean, a number, a text.
    fn plain_value(&mut self, code: u8) -> Result<(), IndexError> {
        let value = match code {
            b'G' => {
                let _: [u8; 8] = self.bytes()?;
                Value::Plain
            }
            b'K' => Value::Int(i64::from(u8::from_le_bytes(self.bytes()?))),
            b'M' => Value::Int(i64::from(u16::from_le_bytes(self.bytes()?))),
            b'J' => Value::Int(i64::from(i32::from_le_bytes(self.bytes()?))),
            0x8a => Value::Int(self.long()?),
            b'X' => {
                let length = u32::from_le_bytes(self.bytes()?);
                Value::Text(self.text(length as usize)?)
            }
            _ => Value::Plain,
        };
        self.stack.push(value);
        Ok(())
    }

    /// A tuple of nothing, of the topmost one to three values, or of all since the mark.
    fn tuple(&mut self, code: u8) -> Result<(), IndexError> {
        let items = match code {
            b')' => Vec::new(),
            b't' => self.pop_marked()?,
            counted => self.pop_many(usize::from(counted - 0x84))?,
        };
        self.tuples.push(items);
        self.stack.push(Value::Tuple(self.tuples.len() - 1));
        Ok(())
    }

    /// One value, or all since the mark, into a list.
    fn append(&mut self, code: u8) -> Result<(), IndexError> {
        if code == b'a' {
            let _ = self.pop()?;
        } else {
            let _ = self.pop_marked()?;
        }
        if matches!(self.stack.last(), Some(Value::List)) { Ok(()) } else { confused() }
    }

    /// The place of something remembered, in one byte or four.
    fn key(&mut self, is_short: bool) -> Result<u32, IndexError> {
        Ok(if is_short { u32::from(u8::from_le_bytes(self.bytes()?)) } else { u32::from_le_bytes(self.bytes()?) })
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], IndexError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else { return cut_off() };
        self.rest = rest;
        Ok(*bytes)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], IndexError> {
        let Some((bytes, rest)) = self.rest.split_at_checked(length) else { return cut_off() };
        self.rest = rest;
        Ok(bytes)
    }

    fn text(&mut self, length: usize) -> Result<&'a str, IndexError> {
        std::str::from_utf8(self.slice(length)?).or_else(|_| IndexError::damaged("a name in it is not text"))
    }

    /// Text up to the end of the line.
    fn line(&mut self) -> Result<&'a str, IndexError> {
        let Some(length) = self.rest.iter().position(|b| *b == b'\n') else { return cut_off() };
        let line = self.text(length)?;
        self.rest = &self.rest[1..];
        Ok(line)
    }

    /// A whole number of up to 8 bytes.
    fn long(&mut self) -> Result<i64, IndexError> {
        let [length] = self.bytes()?;
        let bytes = self.slice(usize::from(length))?;
        if bytes.len() > 8 {
            return IndexError::refused("a whole number of more than 8 bytes");
        }
        let mut wide = [if bytes.last().is_some_and(|b| *b >= 0x80) { 0xff } else { 0 }; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        Ok(i64::from_le_bytes(wide))
    }

    fn pop(&mut self) -> Result<Value<'a>, IndexError> {
        // Nothing below the last mark may be taken.
        if self.marks.last().is_some_and(|mark| self.stack.len() <= *mark) {
            return confused();
        }
        self.stack.pop().map_or_else(confused, Ok)
    }

    fn pop_many(&mut self, count: usize) -> Result<Vec<Value<'a>>, IndexError> {
        let lowest = self.marks.last().copied().unwrap_or(0);
        match self.stack.len().checked_sub(count) {
            Some(start) if start >= lowest => Ok(self.stack.split_off(start)),
            _ => confused(),
        }
    }

    fn pop_marked(&mut self) -> Result<Vec<Value<'a>>, IndexError> {
        match self.marks.pop() {
            Some(mark) if mark <= self.stack.len() => Ok(self.stack.split_off(mark)),
            _ => confused(),
        }
    }

    fn push_dict(&mut self) {
        self.dicts.push(Vec::new());
        self.stack.push(Value::Dict(self.dicts.len() - 1));
    }

    fn set_items(&mut self, items: &[Value<'a>]) -> Result<(), IndexError> {
        let Some(Value::Dict(dict)) = self.stack.last() else { return confused() };
        let (pairs, []) = items.as_chunks::<2>() else { return confused() };
        self.dicts[*dict].extend(pairs.iter().map(|[key, value]| (*key, *value)));
        Ok(())
    }

    fn remember(&mut self, key: u32) -> Result<(), IndexError> {
        let Some(value) = self.stack.last() else { return confused() };
        self.memo.insert(key, *value);
        Ok(())
    }

    fn recall(&mut self, key: u32) -> Result<(), IndexError> {
        let Some(value) = self.memo.get(&key) else { return confused() };
        self.stack.push(*value);
        Ok(())
    }

    fn global(&mut self) -> Result<(), IndexError> {
        let (module, name) = (self.line()?, self.line()?);
        match Global::named(module, name) {
            Some(global) => self.stack.push(Value::Global(global)),
            // Whatever it is, it is code.
            None => return IndexError::refused(format!("code ({} of {})", printable(name), printable(module))),
        }
        Ok(())
    }

    /// A reference to a file of numbers: `('storage', class, key, location, count)`.
    fn storage(&mut self) -> Result<(), IndexError> {
        let Value::Tuple(tuple) = self.pop()? else { return confused() };
        let [Value::Text("storage"), Value::Global(Global::Storage(kind)), Value::Text(key), _, Value::Int(_)] =
            self.tuples[tuple][..]
        else {
            return confused();
        };
        fits(key)?;
        self.stack.push(Value::Storage(kind, key));
        Ok(())
    }

    /// A call of one of the known functions.
    fn call(&mut self) -> Result<(), IndexError> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let (Value::Tuple(arguments), Value::Global(function)) = (arguments, function) else { return confused() };
        match (function, &self.tuples[arguments][..]) {
            (Global::OrderedDict, []) => self.push_dict(),
            (Global::RebuildParameter, [tensor @ Value::Tensor(_), ..]) => self.stack.push(*tensor),
            (
                Global::RebuildTensor,
                [Value::Storage(kind, key), Value::Int(offset), Value::Tuple(shape), Value::Tuple(strides), ..],
            ) => {
                let axes = self.tuples[*shape].len().max(self.tuples[*strides].len());
                if axes > AXES_MAX {
                    return IndexError::refused(format!("a tensor of {axes} axes"));
                }
                if self.records.len() >= TENSORS_MAX {
                    return IndexError::refused("too many tensors");
                }
                let numbers = |tuple: usize| self.tuples[tuple].iter().map(size).collect::<Option<Vec<_>>>();
                let (Ok(offset), Some(shape), Some(strides)) =
                    (usize::try_from(*offset), numbers(*shape), numbers(*strides))
                else {
                    return IndexError::damaged("a tensor has a negative size");
                };
                let record = Record { kind: *kind, key: (*key).to_owned(), offset, shape, strides };
                self.records.push(record);
                self.stack.push(Value::Tensor(self.records.len() - 1));
            }
            _ => return confused(),
        }
        Ok(())
    }

    fn collect(
        &self,
        dict: usize,
        path: &str,
        depth: usize,
        visited: &mut usize,
        found: &mut Vec<(String, Record)>,
    ) -> Result<(), IndexError> {
        // A dictionary may hold another one many times, or itself.
        *visited += self.dicts[dict].len() + 1;
        if depth > DEPTH_MAX || *visited > TENSORS_MAX {
            return IndexError::refused("too many nested dictionaries");
        }
        for (key, value) in &self.dicts[dict] {
            if !matches!(value, Value::Tensor(_) | Value::Dict(_)) {
                continue;
            }
            let key = match key {
                Value::Text(text) => (*text).to_owned(),
                Value::Int(number) => number.to_string(),
                _ => continue,
            };
            let name = if path.is_empty() { key } else { format!("{path}.{key}") };
            fits(&name)?;
            match value {
                Value::Tensor(record) => found.push((name, self.records[*record].clone())),
                Value::Dict(inner) => self.collect(*inner, &name, depth + 1, visited, found)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn size(value: &Value) -> Option<usize> {
    if let Value::Int(n) = value { usize::try_from(*n).ok() } else { None }
}

/// Refuses a name that is too long.
fn fits(name: &str) -> Result<(), IndexError> {
    if name.len() <= NAME_MAX { Ok(()) } else { IndexError::refused(format!("a name of {} bytes", name.len())) }
}
