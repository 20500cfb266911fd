//! What models can run on: the processor always, graphics cards where their drivers say so and the
//! program was built for them (features `cuda` and `vulkan`).
//!
//! Promises: [`devices`] never panics and answers within two seconds, whatever drivers there are.
//! burn panics, for good, when it is given a card that it cannot use; so no card is touched that was not
//! found first, and [`DeviceInfo::open`] tries it with one small sum.

pub mod cuda;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::{Device, Tensor};
use crate::mishap::{Question, caught, panic_text};

/// One device, as people name it: `cpu`, `cuda:0`, `vulkan:0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceId {
    /// The processor.
    Cpu,
    /// An NVIDIA card, by the driver's number.
    Cuda(usize),
    /// A card with a Vulkan driver, by its place in [`devices`].
    Vulkan(usize),
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
            Self::Vulkan(number) => write!(f, "vulkan:{number}"),
        }
    }
}

impl DeviceId {
    /// The feature that such a device takes, where this build is without it.
    fn lacks(self) -> Option<&'static str> {
        match self {
            Self::Cuda(_) if !cfg!(feature = "cuda") => Some("cuda"),
            Self::Vulkan(_) if !cfg!(feature = "vulkan") => Some("vulkan"),
            _ => None,
        }
    }
}

impl FromStr for DeviceId {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        let unknown = || DeviceError::Unknown(text.to_owned());
        match text.split_once(':').unwrap_or((text, "0")) {
            ("cpu", "0") => Ok(Self::Cpu),
            ("cuda", number) => number.parse().map(Self::Cuda).map_err(|_| unknown()),
            ("vulkan", number) => number.parse().map(Self::Vulkan).map_err(|_| unknown()),
            _ => Err(unknown()),
        }
    }
}

/// Which device to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeviceChoice {
    /// The best that works.
    #[default]
    Auto,
    /// This one, or none.
    Named(DeviceId),
}

impl FromStr for DeviceChoice {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Named) }
    }
}

/// Why a device cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// It is named in no known way.
    #[error("there is no kind of device named {0}; use cpu, cuda:0 or vulkan:0")]
    Unknown(String),
    /// This build leaves such devices out.
    #[error(
        "this program was built without the feature {feature}, so it cannot use {id}; choose --device cpu, or build it \
         with `cargo install --path . --features {feature}`"
    )]
    LeftOut {
        /// The device.
        id: DeviceId,
        /// What the build lacks.
        feature: &'static str,
    },
    /// The machine does not have it.
    #[error("this machine has no device {0}; `orfeas doctor` lists what it has")]
    Missing(DeviceId),
    /// Its driver fails at the first sum.
    #[error("the device {id} does not work ({what}); update its driver or choose another device")]
    Broken {
        /// The device.
        id: DeviceId,
        /// What the driver said, on one line.
        what: String,
    },
}

/// What kind of machine a device is; better ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// An NVIDIA card with its own compiler.
    Cuda,
    /// A graphics card of its own.
    Discrete,
    /// A share of a card in another machine.
    Virtual,
    /// Graphics in the processor's package.
    Integrated,
    /// The processor.
    Processor,
    /// The processor, pretending to be a graphics card: for tests.
    Software,
}

/// A device that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceInfo {
    /// Its name for people and requests.
    pub id: DeviceId,
    /// Its name by the driver.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Its own memory in bytes, if the driver tells.
    pub memory_bytes: Option<u64>,
    device: Device,
}

impl DeviceInfo {
    fn processor() -> Self {
        Self {
            id: DeviceId::Cpu,
            name: "processor".to_owned(),
            kind: DeviceKind::Processor,
            memory_bytes: None,
            device: Device::Flex(Default::default()),
        }
    }

    /// The device for tensors, after a small sum on it came out right.
    ///
    /// May take seconds the first time, while kernels are compiled.
    ///
    /// # Errors
    /// [`DeviceError::Broken`]
    pub fn open(&self) -> Result<Device, DeviceError> {
        let broken =
            |what: &str| DeviceError::Broken { id: self.id, what: what.lines().next().unwrap_or("").to_owned() };
        // A driver in a bad state makes burn panic, in its own threads too; the answer is then missing.
        let sum = caught(|| {
            let ones = Tensor::<2>::ones([8, 8], &self.device);
            ones.clone().matmul(ones).sum().try_into_data().map(|data| data.iter::<f32>().next())
        });
        match sum {
            Ok(Ok(Some(512.0))) => Ok(self.device.clone()),
            Ok(Ok(other)) => Err(broken(&format!("a sum gave {other:?} instead of 512"))),
            Ok(Err(error)) => Err(broken(&error.to_string())),
            Err(panic) => Err(broken(panic_text(panic.as_ref()))),
        }
    }
}

/// All devices of this machine, best first; at least the processor.
pub fn devices() -> Vec<DeviceInfo> {
    // Beside the NVIDIA driver: either may hang.
    let vulkan = Question::ask("vulkan probe", vulkan_devices);
    let mut found = cuda_devices(&cuda::probe());
    found.extend(vulkan.answer().unwrap_or_default());
    found.push(DeviceInfo::processor());
    // Stable: within a kind the driver's order stays.
    found.sort_by_key(|device| device.kind);
    found
}

/// The best of all devices that work.
pub fn best() -> (DeviceInfo, Device) {
    for info in devices() {
        if let Ok(device) = info.open() {
            return (info, device);
        }
    }
    let processor = DeviceInfo::processor();
    let device = processor.device.clone();
    (processor, device)
}

/// The device of this name.
///
/// # Errors
/// [`DeviceError::LeftOut`], [`DeviceError::Missing`]
pub fn find(id: DeviceId) -> Result<DeviceInfo, DeviceError> {
    if let Some(feature) = id.lacks() {
        return Err(DeviceError::LeftOut { id, feature });
    }
    devices().into_iter().find(|info| info.id == id).ok_or(DeviceError::Missing(id))
}

#[cfg(not(feature = "cuda"))]
fn cuda_devices(_: &cuda::Cuda) -> Vec<DeviceInfo> {
    Vec::new()
}

#[cfg(feature = "cuda")]
fn cuda_devices(found: &cuda::Cuda) -> Vec<DeviceInfo> {
    // Without its compiler no kernel can be made.
    let usable = found.devices.iter().enumerate().filter(|_| found.compiler);
    usable
        .map(|(number, card)| DeviceInfo {
            id: DeviceId::Cuda(number),
            name: card.name.clone(),
            kind: DeviceKind::Cuda,
            memory_bytes: Some(card.memory_bytes),
            device: Device::Cuda(burn::backend::cuda::CudaDevice::new(number)),
        })
        .collect()
}

#[cfg(not(feature = "vulkan"))]
fn vulkan_devices() -> Vec<DeviceInfo> {
    Vec::new()
}

#[cfg(feature = "vulkan")]
fn vulkan_devices() -> Vec<DeviceInfo> {
    use burn::backend::wgpu::WgpuDevice;

    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::VULKAN,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let mut counts = [0; 3];
    let mut found = Vec::new();
    for adapter in pollster::block_on(instance.enumerate_adapters(wgpu::Backends::VULKAN)) {
        let info = adapter.get_info();
        let mut next = |kind: usize| {
            counts[kind] += 1;
            counts[kind] - 1
        };
        // burn names a card by its number among those of its kind.
        let (kind, device) = match info.device_type {
            wgpu::DeviceType::DiscreteGpu => (DeviceKind::Discrete, WgpuDevice::DiscreteGpu(next(0))),
            wgpu::DeviceType::VirtualGpu => (DeviceKind::Virtual, WgpuDevice::VirtualGpu(next(1))),
            wgpu::DeviceType::IntegratedGpu => (DeviceKind::Integrated, WgpuDevice::IntegratedGpu(next(2))),
            wgpu::DeviceType::Cpu => (DeviceKind::Software, WgpuDevice::Cpu),
            wgpu::DeviceType::Other => continue,
        };
        found.push(DeviceInfo {
            id: DeviceId::Vulkan(found.len()),
            name: info.name,
            kind,
            memory_bytes: None,
            device: Device::Vulkan(device),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn every_machine_has_a_device_that_works_and_is_told_in_time() {
        let started = Instant::now();
        let found = devices();
        // It waits for two seconds at most; a busy machine may need some more to go on.
        assert!(started.elapsed() < Duration::from_secs(10));
        assert!(found.iter().any(|info| info.id == DeviceId::Cpu));
        assert!(found.is_sorted_by_key(|info| info.kind));
        assert_eq!(DeviceInfo::processor().open().unwrap(), Device::Flex(Default::default()));
    }

    #[test]
    fn names_of_devices_are_read_as_they_are_written() {
        for id in [DeviceId::Cpu, DeviceId::Cuda(3), DeviceId::Vulkan(0)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        assert_eq!("cuda".parse(), Ok(DeviceId::Cuda(0)));
        for wrong in ["", "gpu", "cuda:", "cuda:-1", "vulkan:x", "cpu:1"] {
            assert!(wrong.parse::<DeviceId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_device_that_is_not_there_is_told_from_one_that_the_build_leaves_out() {
        assert!(find(DeviceId::Cpu).is_ok());
        for (id, feature, is_built) in [
            (DeviceId::Cuda(999), "cuda", cfg!(feature = "cuda")),
            (DeviceId::Vulkan(999), "vulkan", cfg!(feature = "vulkan")),
        ] {
            let error = find(id).unwrap_err();
            assert_eq!(error == DeviceError::Missing(id), is_built, "{error}");
            // No word on the machine, and the way to a build that can.
            let text = error.to_string();
            let flag = format!("--features {feature}");
            assert_eq!(text.contains(&flag) && !text.contains("machine"), !is_built, "{text}");
        }
    }
}
