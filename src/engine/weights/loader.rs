//! Modules from files: every tensor by name and shape, all differences in one error.
//!
//! A module is made by one function that asks [`Weights`] for each of its tensors. That same function
//! run without a file is the list of what the module needs ([`inventory`]), so names and shapes are
//! written once. [`load`] compares that list with the file before it brings the first tensor to the
//! device: a wrong model is told at once, and costs no memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;

use burn::tensor::TensorData;

use super::stored;
use super::{Mismatch, WeightFile, WeightsError};
use crate::engine::{Backend, Device, Tensor};
use crate::progress::{Monitor, Stage};

/// Number format of weights and activations on the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 32 bits: the reference, and what the CPU is fastest in.
    #[default]
    F32,
    /// 16 bits, 11 of them significant: as the models were published.
    F16,
    /// 16 bits, 8 of them significant, the range of 32.
    Bf16,
}

impl Precision {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        }
    }
}

impl std::str::FromStr for Precision {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::F32, Self::F16, Self::Bf16];
        let found = all.into_iter().find(|precision| precision.name() == text);
        found.ok_or_else(|| format!("there is no number format named {text}; use f32, f16 or bf16"))
    }
}

/// How to load.
#[derive(Clone)]
pub struct LoadOptions<'a> {
    /// Where the tensors go.
    pub device: Device,
    /// Number format of the weights; norms and what else must be exact stay `f32`.
    pub precision: Precision,
    /// What the model's names start with in the file: `model.`, `vae.`, or nothing.
    pub prefix: &'a str,
    /// Told of every tensor, in bytes under [`Stage::Shape`]; cancels between tensors.
    pub monitor: Monitor<'a>,
}

impl LoadOptions<'_> {
    /// In `f32`, without prefix, silently.
    pub fn new(device: Device) -> LoadOptions<'static> {
        LoadOptions { device, precision: Precision::F32, prefix: "", monitor: Monitor::silent() }
    }
}

/// Makes a module from the tensors of `file` whose names start with the prefix.
///
/// `build` is called twice: once to learn what it needs, once to load it.
///
/// # Errors
/// [`WeightsError::Mismatch`] with every missing, unexpected and misshapen tensor, before anything is
/// loaded; [`WeightsError::NotFinite`]; [`WeightsError::Cancelled`].
pub fn load<M>(file: &WeightFile, options: &LoadOptions, build: impl Fn(&Weights) -> M) -> Result<M, WeightsError> {
    let checking = Loading::new(Some(file), options, false);
    build(&checking.root());
    let total = checking.check(file)?;
    let loading = Loading { total, ..Loading::new(Some(file), options, true) };
    let module = build(&loading.root());
    match loading.state.into_inner().failure {
        Some(error) => Err(error),
        None => Ok(module),
    }
}

/// Names and shapes of all tensors that `build` asks for, sorted by name. Needs no file and no memory.
pub fn inventory<M>(build: impl Fn(&Weights) -> M) -> BTreeMap<String, Vec<usize>> {
    let options = LoadOptions::new(Device::Flex(Default::default()));
    let listing = Loading::new(None, &options, false);
    build(&listing.root());
    listing.state.into_inner().asked
}

/// One run of a `build` function.
struct Loading<'a> {
    file: Option<&'a WeightFile>,
    options: &'a LoadOptions<'a>,
    /// Whether tensors are brought to the device; otherwise they are only noted.
    real: bool,
    /// Bytes to load in all.
    total: u64,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    asked: BTreeMap<String, Vec<usize>>,
    ignored: Vec<String>,
    done: u64,
    failure: Option<WeightsError>,
}

impl<'a> Loading<'a> {
    fn new(file: Option<&'a WeightFile>, options: &'a LoadOptions<'a>, real: bool) -> Self {
        Self { file, options, real, total: 0, state: RefCell::default() }
    }

    fn root(&self) -> Weights<'_> {
        Weights { loading: self, path: String::new() }
    }

    /// Bytes that will be loaded, if the file holds exactly what was asked for.
    fn check(&self, file: &WeightFile) -> Result<u64, WeightsError> {
        let state = self.state.borrow();
        let prefix = self.options.prefix;
        let mut mismatch = Mismatch { path: file.path().to_owned(), ..Mismatch::default() };
        let mut total = 0;
        for (name, needed) in &state.asked {
            match file.get(&format!("{prefix}{name}")) {
                None => mismatch.missing.push(name.clone()),
                Some(found) if found.shape() != needed.as_slice() => {
                    mismatch.misshapen.push((name.clone(), needed.clone(), found.shape().to_vec()));
                }
                Some(found) => total += found.byte_count(),
            }
        }
        let known = |name: &str| {
            state.asked.contains_key(name) || state.ignored.iter().any(|start| name.starts_with(start.as_str()))
        };
        let names = file.names().filter_map(|name| name.strip_prefix(prefix));
        mismatch.unexpected = names.filter(|name| !known(name)).map(str::to_owned).collect();
        if mismatch.is_empty() { Ok(total) } else { Err(Box::new(mismatch).into()) }
    }

    /// The numbers of tensors of one shape, one after another. `None` once anything has failed.
    fn data(&self, names: &[String], shape: &[usize], whole: &[usize], precision: Precision) -> Option<TensorData> {
        let mut state = self.state.borrow_mut();
        state.asked.extend(names.iter().map(|name| (name.clone(), shape.to_vec())));
        let file = self.file.filter(|_| self.real && state.failure.is_none())?;
        if let Err(cancelled) = self.options.monitor.step(Stage::Shape, state.done, self.total) {
            state.failure = Some(cancelled.into());
            return None;
        }
        // `check` found them, with this shape.
        let views = names.iter().map(|name| file.get(&format!("{}{name}", self.options.prefix)));
        let views = views.map(|view| view.filter(|v| v.shape() == shape)).collect::<Option<Vec<_>>>()?;
        let parts: Vec<_> = views.iter().map(|view| (view.kind(), view.bytes())).collect();
        let data = stored::to_data(&parts, whole, precision);
        for view in views {
            view.release();
            state.done += view.byte_count();
        }
        if data.is_none() {
            let (name, path) = (names.join(", "), file.path().to_owned());
            state.failure = Some(WeightsError::NotFinite { name, precision: precision.name(), path });
        }
        data
    }
}

/// A place in the tree of names; gives the tensors below it.
///
/// The functions do not fail: what is wrong is noted, and a stand-in of the right shape that takes no
/// memory is returned. [`load`] returns the module only if nothing was noted.
#[derive(Clone)]
pub struct Weights<'a> {
    loading: &'a Loading<'a>,
    path: String,
}

impl Weights<'_> {
    /// The place `part` below this one.
    pub fn at(&self, part: impl Display) -> Self {
        Self { loading: self.loading, path: self.name(part) }
    }

    fn name(&self, part: impl Display) -> String {
        if self.path.is_empty() { part.to_string() } else { format!("{}.{part}", self.path) }
    }

    /// Where the tensors go.
    pub fn device(&self) -> &Device {
        &self.loading.options.device
    }

    /// Number format of the module's activations.
    pub fn precision(&self) -> Precision {
        self.loading.options.precision
    }

    /// Whether the file has the tensor `name`: for parts that a published file may lack. Without a
    /// file, nothing is there.
    pub fn contains(&self, name: &str) -> bool {
        let Loading { file, options, .. } = self.loading;
        file.is_some_and(|f| f.get(&format!("{}{}", options.prefix, self.name(name))).is_some())
    }

    /// Shape of the tensor `name` in the file, if it is there.
    pub fn shape(&self, name: &str) -> Option<Vec<usize>> {
        let Loading { file, options, .. } = self.loading;
        Some(file.as_ref()?.get(&format!("{}{}", options.prefix, self.name(name)))?.shape().to_vec())
    }

    /// Accepts, without loading them, all tensors below this place whose names start with `start`.
    pub fn ignore(&self, start: &str) {
        self.loading.state.borrow_mut().ignored.push(self.name(start));
    }

    /// Notes a tensor that is stored and never used.
    pub fn unused<const D: usize>(&self, name: &str, shape: [usize; D]) {
        self.loading.state.borrow_mut().asked.insert(self.name(name), shape.to_vec());
    }

    /// The tensor `name`, in the model's precision.
    pub fn tensor<const D: usize>(&self, name: &str, shape: [usize; D]) -> Tensor<D> {
        self.stacked(&[name], shape)
    }

    /// The tensor `name`, in `f32` whatever the model's precision is.
    pub fn exact<const D: usize>(&self, name: &str, shape: [usize; D]) -> Tensor<D> {
        self.load(&[name], shape, shape, Precision::F32)
    }

    /// Several tensors of one shape, one after another along the first axis, in the model's precision.
    ///
    /// # Shapes
    /// - each: `shape`
    /// - output: `shape` with the first size times the number of names
    pub fn stacked<const D: usize>(&self, names: &[impl AsRef<str>], shape: [usize; D]) -> Tensor<D> {
        let mut whole = shape;
        whole[0] *= names.len();
        self.load(names, shape, whole, self.precision())
    }

    fn load<const D: usize>(
        &self,
        names: &[impl AsRef<str>],
        shape: [usize; D],
        whole: [usize; D],
        precision: Precision,
    ) -> Tensor<D> {
        let names: Vec<_> = names.iter().map(|name| self.name(name.as_ref())).collect();
        match self.loading.data(&names, &shape, &whole, precision) {
            Some(data) => burn::tensor::Tensor::<Backend, D>::from_data(data, (self.device(), precision.dtype())),
            // On the CPU, one number seen many times: no device is touched and no memory taken.
            None => Tensor::<D>::zeros([1; D], &Device::Flex(Default::default())).expand(whole),
        }
    }
}
